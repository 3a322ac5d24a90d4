//! What uses a node, or anything of a project, as a tree: Tableau's sites, projects,
//! workbooks and dashboards.
//!
//! The words are the hover's and the lens's, from the same functions, so that they cannot
//! say different things. What was found is [`found`]'s business, which of it is kept
//! [`filter`]'s and [`share`]'s, where it stands [`folders`]'s, and how a row reads
//! [`rows`]'s. All texts are plain.

mod filter;
mod folders;
mod found;
pub(crate) mod ids;
mod rows;
mod share;
#[cfg(test)]
mod tests;
mod totals;

use lineage::{NodeIx, Subject, Timestamp};

use crate::analysis::Analysis;
use crate::annotations;
use crate::exposure_plan::Names;
use crate::missing::{self, Missing};
use crate::text::{plain, plain_message};

use self::filter::Filter;
use self::found::Found;
use self::ids::Ids;
use self::share::Share;
use self::totals::OfNodes;

/// How many workbooks a tree shows. No view shows so many well: a filter helps.
pub const MAX_TREE_WORKBOOKS: usize = 2_000;

/// How many lines say what is not known.
const MAX_MISSING: usize = 20;

/// What a tree is asked for.
#[derive(Clone, Copy, Debug)]
pub struct TreeRequest<'a> {
    /// What it is about.
    pub about: TreeAbout<'a>,
    /// In which order, and so in which shape.
    pub order: TreeOrder,
    /// Only what has this text in a name, an owner's or a Tableau project's too; case does
    /// not matter.
    pub filter: Option<&'a str>,
    /// When it is looked at.
    pub now: Timestamp,
}

/// What a tree is about.
#[derive(Clone, Copy, Debug)]
pub enum TreeAbout<'a> {
    /// The whole project.
    Project,
    /// These nodes; several get a row each.
    Nodes(&'a [NodeIx]),
}

/// The order of a tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TreeOrder {
    /// Sites, then Tableau projects, workbooks and dashboards, each by name.
    #[default]
    Name,
    /// Workbooks alone, the most viewed first.
    Views,
}

/// A tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The lens's words without `Tableau: `, or the totals; whatever the filter is.
    pub headline: String,
    /// What is not known, a line each. While there is any, an empty tree is no zero.
    pub missing: Vec<String>,
    /// Its rows.
    pub rows: Vec<TreeRow>,
    /// How many workbooks are left out: see [`MAX_TREE_WORKBOOKS`].
    pub n_left_out: usize,
}

/// A row of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeRow {
    /// Unique in the tree, and the same whenever the same thing is shown. Of a node it is
    /// the `unique_id`.
    pub id: String,
    /// What it stands for.
    pub kind: RowKind,
    /// Its name.
    pub label: String,
    /// What stands beside the name.
    pub description: Option<String>,
    /// More lines.
    pub tooltip: Vec<String>,
    /// Its page, if one is known that may be opened.
    pub url: Option<String>,
    /// How often it was viewed: recently where that is known, else ever.
    pub views: Option<u64>,
    /// Whether it, or something below it, reads the node's own relation.
    pub is_direct: bool,
    /// Its exposure, by its place in [`lineage::Lineage::exposures`].
    pub exposure: Option<usize>,
    /// What an exposure can be written for, as it has none.
    pub write: Option<Subject>,
    /// What is below it.
    pub children: Vec<TreeRow>,
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A node of dbt's.
    Node,
    /// A site, from itself or a snapshot.
    Site,
    /// The workbook files.
    Files,
    /// A Tableau project.
    Project,
    /// A workbook.
    Workbook,
    /// A dashboard or a story.
    Dashboard,
    /// A sheet of a workbook without dashboards.
    Sheet,
    /// A published datasource that no known workbook uses.
    Datasource,
}

impl TreeRow {
    /// A row with nothing but its name.
    fn new(id: String, kind: RowKind, label: &str) -> TreeRow {
        TreeRow {
            id,
            kind,
            label: plain(label),
            description: None,
            tooltip: Vec::new(),
            url: None,
            views: None,
            is_direct: false,
            exposure: None,
            write: None,
            children: Vec::new(),
        }
    }

    /// With `children` below it: it is direct where one of them is.
    fn with(mut self, children: Vec<TreeRow>) -> TreeRow {
        self.is_direct = children.iter().any(|it| it.is_direct);
        self.children = children;
        self
    }
}

pub(crate) fn tree(analysis: &Analysis, request: &TreeRequest<'_>) -> Tree {
    let filter = Filter::new(request.filter);
    let mut drawing = Drawing {
        analysis,
        names: Names::of(analysis),
        request,
        ids: Ids::default(),
        share: Share::default(),
    };
    let (headline, missing, rows) = match request.about {
        TreeAbout::Project => {
            let found = Found::of_project(analysis);
            let headline = totals::of_project(analysis, &found);
            let rows = drawing.rows(found, &filter, "");
            (headline, missing::of_project(analysis), rows)
        }
        TreeAbout::Nodes(&[node]) => {
            let rows = drawing.rows(Found::of_node(analysis, node), &filter, "");
            let missing = missing::of_node(analysis, node);
            (annotations::words(analysis, node), missing, rows)
        }
        TreeAbout::Nodes(nodes) => drawing.several(nodes, &filter),
    };
    Tree {
        headline,
        missing: lines(missing),
        rows,
        n_left_out: drawing.share.n_left_out,
    }
}

/// What a tree is drawn with.
struct Drawing<'a> {
    analysis: &'a Analysis,
    names: Names,
    request: &'a TreeRequest<'a>,
    ids: Ids,
    share: Share,
}

impl Drawing<'_> {
    /// A row for each node; with a filter for each that something is kept of.
    fn several(
        &mut self,
        nodes: &[NodeIx],
        filter: &Filter,
    ) -> (String, Vec<Missing>, Vec<TreeRow>) {
        let mut totals = OfNodes::default();
        let (mut missing, mut rows) = (Vec::new(), Vec::new());
        // One after another: of a thousand nodes all uses at once would not fit.
        for &node in nodes {
            let found = Found::of_node(self.analysis, node);
            let unknown = missing::of_node(self.analysis, node);
            totals.add(&found);
            let row = self.node(node, found, filter, &unknown);
            rows.extend(Some(row).filter(|it| filter.is_open() || !it.children.is_empty()));
            missing.extend(unknown);
        }
        let headline = totals.headline(self.analysis, missing.is_empty());
        (headline, missing, rows)
    }

    fn node(
        &mut self,
        node: NodeIx,
        found: Found,
        filter: &Filter,
        missing: &[Missing],
    ) -> TreeRow {
        let it = self.analysis.lineage.nodes().get(node);
        let id = self.ids.take(it.id.to_string());
        let children = self.rows(found, filter, &id);
        let mut row = TreeRow::new(id, RowKind::Node, &it.label()).with(children);
        row.description = Some(annotations::words(self.analysis, node));
        let path = (!it.path.is_empty()).then(|| format!("File: {}", it.path));
        row.tooltip.extend(path.as_deref().map(plain));
        let unknown = lines(missing.to_vec()).into_iter();
        row.tooltip
            .extend(unknown.map(|it| format!("Not known: {it}")));
        row
    }

    /// What was found, as far as the filter keeps it, below a row whose id is `within`.
    fn rows(&mut self, found: Found, filter: &Filter, within: &str) -> Vec<TreeRow> {
        let mut kept = filter.keep(self.analysis, found);
        if self.request.order == TreeOrder::Views {
            kept.sort_by_views(self.analysis);
        }
        let n_shown = self.share.take(&kept.workbooks);
        match self.request.order {
            TreeOrder::Name => self.by_name(&kept, n_shown, within),
            TreeOrder::Views => self.by_views(&kept, n_shown, within),
        }
    }
}

/// Each line once, and how many more.
fn lines(missing: Vec<Missing>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for it in missing.iter().map(|it| plain_message(&it.message)) {
        if !lines.contains(&it) {
            lines.push(it);
        }
    }
    let n_more = lines.len().saturating_sub(MAX_MISSING);
    lines.truncate(MAX_MISSING);
    lines.extend((n_more > 0).then(|| format!("and {n_more} more")));
    lines
}

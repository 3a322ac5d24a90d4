//! Who reads whom, between dbt's nodes, published datasources, workbooks and dashboards.
//!
//! Between a node and a workbook stand the published datasources that the use goes through,
//! each drawn to read what it reads itself. Where a relation is known both as what dbt
//! builds and as a source, what reads it is drawn to read the former, unless the graph is
//! about the source.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use lineage::{Evidence, Lineage, NodeIx, NodeKind, PublishedIx, Usage, WorkbookIx, WorkbookUsage};

use super::Vertex;
use crate::analysis::Analysis;

/// What reads something, or is read by it, and whether each link is only probable.
type Ends = BTreeMap<Vertex, bool>;

/// The links of a project, as they are seen from one node.
pub(super) struct Links<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) center: NodeIx,
    /// The workbooks that the node reaches, in the order of the hover.
    pub(super) usages: Vec<WorkbookUsage>,
    place_of: HashMap<WorkbookIx, usize>,
    /// What reads a node or a published datasource; dbt's own links are asked for.
    down: HashMap<Vertex, Ends>,
    /// The same the other way round.
    up: HashMap<Vertex, Ends>,
    /// The published datasources that no known workbook uses.
    pub(super) unused: HashSet<PublishedIx>,
    /// The nodes that something of Tableau's reads, and what those are built from.
    leading: HashSet<NodeIx>,
}

impl<'a> Links<'a> {
    pub(super) fn new(analysis: &'a Analysis, center: NodeIx) -> Links<'a> {
        let usages = analysis.lineage.downstream_of(center);
        let places = usages.iter().enumerate();
        let mut links = Links {
            analysis,
            center,
            place_of: places.map(|(place, it)| (it.workbook, place)).collect(),
            usages,
            down: HashMap::new(),
            up: HashMap::new(),
            unused: HashSet::new(),
            leading: HashSet::new(),
        };
        let used = links.add_usages();
        links.add_unused(&used);
        links.find_leading();
        links
    }

    pub(super) fn lineage(&self) -> &'a Lineage {
        &self.analysis.lineage
    }

    /// The use of a workbook by the node that the graph is about.
    pub(super) fn usage(&self, workbook: WorkbookIx) -> Option<&WorkbookUsage> {
        self.place_of.get(&workbook).map(|&it| &self.usages[it])
    }

    fn add(&mut self, from: Vertex, to: Vertex, is_probable: bool) {
        for (ends, end) in [
            (self.down.entry(from).or_default(), to),
            (self.up.entry(to).or_default(), from),
        ] {
            let known = ends.entry(end).or_insert(is_probable);
            *known &= is_probable;
        }
    }

    /// Links what workbooks read; returns the published datasources that lie between.
    fn add_usages(&mut self) -> HashSet<PublishedIx> {
        let lineage = self.lineage();
        let mut used = HashSet::new();
        // Those of one datasource lie together.
        let mut last: Option<((WorkbookIx, usize), Vec<PublishedIx>)> = None;
        for usage in lineage.usages() {
            if usage.alias_of.is_some() && usage.node != self.center {
                continue;
            }
            let at = (usage.workbook, usage.datasource);
            if last.as_ref().is_none_or(|(known, _)| *known != at) {
                last = Some((at, lineage.published_chain(at.0, at.1)));
            }
            let chain = last.as_ref().map_or(&[][..], |(_, chain)| chain);
            used.extend(chain);
            self.add_usage(usage, chain);
        }
        used
    }

    /// `chain` leads from the workbook to what reads the warehouse.
    fn add_usage(&mut self, usage: &Usage, chain: &[PublishedIx]) {
        let is_probable = usage.kind.is_probable();
        let is_through = usage.evidence.contains(&Evidence::PublishedDatasource);
        let chain = if is_through { chain } else { &[] };
        // One that reads the node through another one reads it too: the last reads it itself.
        let lineage = self.lineage();
        let reads = |it: &PublishedIx| {
            let read = lineage.read_by_published(*it);
            read.is_some_and(|read| read.contains(&usage.node))
        };
        let n_between = chain
            .iter()
            .rposition(reads)
            .map_or(chain.len(), |it| it + 1);
        let mut to = Vertex::Workbook(usage.workbook);
        for &it in &chain[..n_between] {
            self.add(Vertex::Published(it), to, is_probable);
            to = Vertex::Published(it);
        }
        self.add(Vertex::Node(usage.node), to, is_probable);
    }

    /// Links the published datasources that no known workbook uses.
    fn add_unused(&mut self, used: &HashSet<PublishedIx>) {
        let lineage = self.lineage();
        let all = lineage.all_published().map(|(ix, _)| ix);
        for ix in all.filter(|it| !used.contains(it)) {
            let Some(read) = lineage.read_by_published(ix) else {
                continue;
            };
            let own = read.iter().copied().filter(|it| self.is_own(*it, read));
            for node in own.collect::<Vec<_>>() {
                self.add(Vertex::Node(node), Vertex::Published(ix), false);
            }
            self.unused.insert(ix);
        }
    }

    /// Whether `node` is not only the source of something else that is read.
    fn is_own(&self, node: NodeIx, read: &BTreeSet<NodeIx>) -> bool {
        let lineage = self.lineage();
        let is_source = lineage.nodes().get(node).kind == NodeKind::Source;
        let is_built = || lineage.built_from(node).any(|it| read.contains(&it));
        node == self.center || !(is_source && is_built())
    }

    fn find_leading(&mut self) {
        let nodes = self.down.keys().filter_map(|it| match it {
            Vertex::Node(node) => Some(*node),
            _ => None,
        });
        let mut open: Vec<NodeIx> = nodes.collect();
        self.leading = open.iter().copied().collect();
        while let Some(node) = open.pop() {
            for parent in self.lineage().built_from(node) {
                if self.leading.insert(parent) {
                    open.push(parent);
                }
            }
        }
    }

    /// Whether there is something of Tableau's on the way down from it.
    pub(super) fn leads(&self, vertex: Vertex) -> bool {
        match vertex {
            Vertex::Node(node) => self.leading.contains(&node),
            _ => true,
        }
    }

    /// What it reads.
    pub(super) fn upstream(&self, vertex: Vertex) -> Vec<Vertex> {
        match vertex {
            Vertex::Node(node) => once_each(node, self.lineage().built_from(node)),
            Vertex::Dashboard(workbook, _) => vec![Vertex::Workbook(workbook)],
            Vertex::Published(_) | Vertex::Workbook(_) => {
                let ends = self.up.get(&vertex).into_iter().flatten();
                ends.map(|(&it, _)| it).collect()
            }
        }
    }

    /// What reads it: published datasources and workbooks, the most viewed first; then the
    /// nodes that lead to some; then the others.
    pub(super) fn downstream(&self, vertex: Vertex) -> Vec<Vertex> {
        let mut all = match vertex {
            Vertex::Dashboard(..) => return Vec::new(),
            Vertex::Workbook(workbook) => return self.dashboards(workbook),
            _ => self.readers(vertex),
        };
        if let Vertex::Node(node) = vertex {
            let nodes = once_each(node, self.lineage().builds(node));
            let (leading, others): (Vec<Vertex>, Vec<Vertex>) =
                nodes.into_iter().partition(|it| self.leads(*it));
            all.extend(leading);
            all.extend(others);
        }
        all
    }

    /// What of Tableau's reads it.
    fn readers(&self, vertex: Vertex) -> Vec<Vertex> {
        let ends = self.down.get(&vertex).into_iter().flatten();
        let mut all: Vec<Vertex> = ends.map(|(&it, _)| it).collect();
        let views = |it: &Vertex| match it {
            Vertex::Workbook(ix) => self.lineage().workbook(*ix).views,
            _ => None,
        };
        // Published datasources are first by their own order.
        all.sort_by_key(|it| (matches!(it, Vertex::Workbook(_)), Reverse(views(it))));
        all
    }

    /// The dashboards that show what is read: of the node that the graph is about, where
    /// that reaches the workbook; else of any node.
    fn dashboards(&self, workbook: WorkbookIx) -> Vec<Vertex> {
        let vertex = |ix| Vertex::Dashboard(workbook, ix);
        if let Some(usage) = self.usage(workbook) {
            let reached = usage.dashboards.iter();
            return reached.map(|it| vertex(it.dashboard)).collect();
        }
        let it = self.lineage().workbook(workbook);
        let usages = self.lineage().usages_of(workbook).iter();
        let datasources: BTreeSet<usize> = usages.map(|it| it.datasource).collect();
        let shown = datasources.into_iter();
        let shown: BTreeSet<usize> = shown
            .flat_map(|ix| it.dashboards_on(&it.datasources[ix]))
            .collect();
        let mut shown: Vec<usize> = shown.into_iter().collect();
        shown.sort_by_key(|&ix| Reverse(it.dashboards[ix].views));
        shown.into_iter().map(vertex).collect()
    }

    /// The ways from a node that a workbook reads to that workbook, without the node.
    pub(super) fn ways(&self, node: NodeIx, workbook: WorkbookIx) -> Vec<Vec<Vertex>> {
        let mut ways = Vec::new();
        let mut open = vec![vec![Vertex::Workbook(workbook)]];
        while let Some(way) = open.pop() {
            let Some(nearest) = way.first() else { continue };
            for before in self.upstream(*nearest) {
                match before {
                    Vertex::Node(it) if it == node => ways.push(way.clone()),
                    Vertex::Published(_) if !way.contains(&before) => {
                        open.push(std::iter::once(before).chain(way.iter().copied()).collect());
                    }
                    _ => {}
                }
            }
        }
        ways.sort();
        ways
    }

    /// Whether `to` is only probable to read any of what is drawn.
    pub(super) fn is_probable(&self, to: Vertex, is_drawn: impl Fn(&Vertex) -> bool) -> bool {
        let ends = self.up.get(&to).into_iter().flatten();
        let mut drawn = ends.filter(|(from, _)| is_drawn(from)).peekable();
        drawn.peek().is_some() && drawn.all(|(_, is_probable)| *is_probable)
    }
}

/// The nodes without `own`, each once.
fn once_each(own: NodeIx, nodes: impl Iterator<Item = NodeIx>) -> Vec<Vertex> {
    let mut seen = HashSet::from([own]);
    nodes
        .filter(|it| seen.insert(*it))
        .map(Vertex::Node)
        .collect()
}

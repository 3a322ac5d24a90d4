//! The lineage of one project: its nodes, Tableau's content, and the usages between.
//!
//! [`Lineage::build`] makes it whole, once; it is then only read. Matching a
//! single table is [`crate::matching`]'s business, how an answer looks the face's.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use crate::content::{Connection, Content, Datasource, PublishedDatasource, Table, Workbook};
use crate::exposure::Exposure;
use crate::identity::{self, SameAs};
use crate::knowledge::{Gap, GapCode};
use crate::matching::{MatchKind, Matcher, Reason, Unmatched, Verdict};
use crate::node::{NodeIx, Nodes};
use crate::published::Published;
use crate::relation::Relation;
use crate::usage::{DashboardUsage, Evidence, Usage, WorkbookIx, WorkbookUsage};
use crate::warehouse::Warehouse;

/// What a lineage is built from.
#[derive(Clone, Debug)]
pub struct LineageInput {
    /// The warehouse of the project's adapter.
    pub warehouse: Warehouse,
    /// The project's nodes.
    pub nodes: Arc<Nodes>,
    /// The project's exposures.
    pub exposures: Vec<Exposure>,
    /// Tableau's content, from each place it came from.
    pub contents: Arc<[Content]>,
}

/// A project's nodes and the Tableau content that reads them.
#[derive(Clone, Debug)]
pub struct Lineage {
    input: LineageInput,
    matcher: Arc<Matcher>,
    usages: Vec<Usage>,
    by_node: HashMap<NodeIx, Vec<usize>>,
    /// Nodes from which a used node can be reached, themselves included.
    reaches_use: Vec<bool>,
    unused_datasources: Vec<DatasourceUsage>,
    unmatched: Vec<Unmatched>,
    gaps: Vec<Gap>,
    ambiguous: Vec<NodeIx>,
}

/// A published datasource reads a node, and no known workbook uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatasourceUsage {
    /// The node that is read.
    pub node: NodeIx,
    /// Which [`Content`].
    pub content: usize,
    /// Which of its published datasources.
    pub datasource: usize,
}

/// A node that a workbook depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// The node.
    pub node: NodeIx,
    /// 0 when the workbook reads its own relation.
    pub distance: usize,
}

impl Lineage {
    /// Matches every table of `input.contents` and links what matches.
    pub fn build(input: LineageInput) -> Lineage {
        let contents = Arc::clone(&input.contents);
        let mut builder = Builder::new(&input);
        for (content_ix, content) in contents.iter().enumerate() {
            builder.gaps.extend(content.gaps.iter().cloned());
            for (ix, workbook) in content.workbooks.iter().enumerate() {
                builder.add_workbook(
                    WorkbookIx {
                        content: content_ix,
                        workbook: ix,
                    },
                    workbook,
                );
            }
        }
        builder.finish()
    }

    /// The project's nodes.
    pub fn nodes(&self) -> &Nodes {
        &self.input.nodes
    }

    /// The project's exposures.
    pub fn exposures(&self) -> &[Exposure] {
        &self.input.exposures
    }

    /// The warehouse of the project's adapter.
    pub fn warehouse(&self) -> &Warehouse {
        &self.input.warehouse
    }

    /// Tableau's content, from each place it came from.
    pub fn contents(&self) -> &[Content] {
        &self.input.contents
    }

    /// The workbook at a place.
    pub fn workbook(&self, ix: WorkbookIx) -> &Workbook {
        &self.input.contents[ix.content].workbooks[ix.workbook]
    }

    /// Every workbook, in the contents' order.
    pub fn workbooks(&self) -> impl Iterator<Item = (WorkbookIx, &Workbook)> {
        self.input
            .contents
            .iter()
            .enumerate()
            .flat_map(|(content, it)| {
                let place = move |workbook| WorkbookIx { content, workbook };
                it.workbooks
                    .iter()
                    .enumerate()
                    .map(move |(ix, workbook)| (place(ix), workbook))
            })
    }

    /// The exposure that stands for a workbook, if there is one.
    pub fn exposure_of(&self, ix: WorkbookIx) -> Option<SameAs<'_>> {
        identity::exposure_of(self.workbook(ix), &self.input.exposures)
    }

    /// The nodes that own a table, for a table that is not part of the contents.
    pub fn find(&self, relation: &Relation, connection: &Warehouse) -> Verdict {
        self.matcher.find(relation, connection)
    }

    /// Every direct usage, in the contents' order.
    pub fn usages(&self) -> &[Usage] {
        &self.usages
    }

    /// The direct usages of a node.
    pub fn direct_usages(&self, node: NodeIx) -> impl Iterator<Item = &Usage> {
        self.by_node
            .get(&node)
            .into_iter()
            .flatten()
            .map(|&ix| &self.usages[ix])
    }

    /// What no node owns, sorted.
    pub fn unmatched(&self) -> &[Unmatched] {
        &self.unmatched
    }

    /// Everything that is not known about the content.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// What is not known and may hide a use of this project's nodes. An unknown
    /// behind another warehouse cannot.
    pub fn gaps_that_touch(&self, node: NodeIx) -> impl Iterator<Item = &Gap> {
        let is_ambiguous = self.ambiguous.contains(&node);
        self.gaps.iter().filter(move |gap| match gap.code {
            GapCode::Ambiguous => is_ambiguous && self.is_candidate(gap, node),
            GapCode::ExtractOnly | GapCode::FileUnreadable => true,
            _ => self.input.warehouse.may_hold(&gap.warehouse),
        })
    }

    fn is_candidate(&self, gap: &Gap, node: NodeIx) -> bool {
        let name = self
            .nodes()
            .get(node)
            .relation
            .as_ref()
            .map(ToString::to_string);
        name.is_some_and(|name| gap.message.contains(&name))
    }

    /// Published datasources that read `node` and that no known workbook uses.
    pub fn unused_datasources(&self, node: NodeIx) -> Vec<&PublishedDatasource> {
        let unused = self
            .unused_datasources
            .iter()
            .filter(|usage| usage.node == node);
        unused
            .map(|usage| &self.contents()[usage.content].datasources[usage.datasource])
            .collect()
    }

    /// The workbooks that read `node` or anything built from it: direct ones
    /// first, then by number of dashboards, then by name.
    pub fn downstream_of(&self, node: NodeIx) -> Vec<WorkbookUsage> {
        let mut found: BTreeMap<WorkbookIx, WorkbookUsage> = BTreeMap::new();
        for (reader, via) in self.used_descendants(node) {
            for usage in self.direct_usages(reader) {
                // A source that is also a model answers for itself, not for its readers' alias.
                let skip_alias = usage.alias_of.is_some() && via.len() > 1;
                if !skip_alias {
                    let entry = found.entry(usage.workbook);
                    let it = entry.or_insert_with(|| self.empty_usage(usage, &via));
                    self.add_usage(it, usage, via.len() - 1);
                }
            }
        }
        let mut all: Vec<WorkbookUsage> = found.into_values().collect();
        all.sort_by(|a, b| {
            let name = |it: &WorkbookUsage| &self.workbook(it.workbook).name;
            (!a.is_direct(), b.dashboards.len(), name(a), a.workbook).cmp(&(
                !b.is_direct(),
                a.dashboards.len(),
                name(b),
                b.workbook,
            ))
        });
        all
    }

    /// The node itself and its descendants that are read by a workbook, nearest
    /// first, each with the shortest way to it.
    fn used_descendants(&self, node: NodeIx) -> Vec<(NodeIx, Vec<NodeIx>)> {
        let mut came_from: HashMap<NodeIx, NodeIx> = HashMap::new();
        let mut seen = BTreeSet::from([node]);
        let mut queue = VecDeque::from([node]);
        let mut used = Vec::new();
        while let Some(at) = queue.pop_front() {
            if self.by_node.contains_key(&at) {
                used.push((at, way_to(at, &came_from)));
            }
            for &child in self.nodes().children(at) {
                if self.reaches_use[child.place()] && seen.insert(child) {
                    came_from.insert(child, at);
                    queue.push_back(child);
                }
            }
        }
        used
    }

    fn empty_usage(&self, usage: &Usage, via: &[NodeIx]) -> WorkbookUsage {
        WorkbookUsage {
            workbook: usage.workbook,
            dashboards: Vec::new(),
            sheets: Vec::new(),
            distance: via.len() - 1,
            via: via.to_vec(),
            datasources: Vec::new(),
            kind: usage.kind,
            evidence: BTreeSet::new(),
        }
    }

    fn add_usage(&self, it: &mut WorkbookUsage, usage: &Usage, distance: usize) {
        let workbook = self.workbook(usage.workbook);
        let datasource = &workbook.datasources[usage.datasource];
        for sheet in workbook.sheets_on(datasource) {
            if !it.sheets.contains(&sheet) {
                it.sheets.push(sheet);
            }
        }
        it.sheets.sort_unstable();
        for dashboard in workbook.dashboards_on(datasource) {
            // Nearest first: what is there already is nearer.
            if !it
                .dashboards
                .iter()
                .any(|known| known.dashboard == dashboard)
            {
                it.dashboards.push(DashboardUsage {
                    dashboard,
                    distance,
                });
            }
        }
        it.dashboards.sort_unstable();
        let title = datasource.title().to_owned();
        if let Err(place) = it.datasources.binary_search(&title) {
            it.datasources.insert(place, title);
        }
        it.evidence.extend(&usage.evidence);
        if distance == it.distance {
            it.kind = it.kind.min(usage.kind);
        }
    }

    /// The nodes that a workbook reads, and what those are built from, nearest first.
    pub fn upstream_of(&self, workbook: WorkbookIx) -> Vec<Upstream> {
        let direct = self
            .usages
            .iter()
            .filter(|u| u.workbook == workbook && u.alias_of.is_none());
        let mut queue: VecDeque<Upstream> = direct
            .map(|usage| Upstream {
                node: usage.node,
                distance: 0,
            })
            .collect();
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        while let Some(at) = queue.pop_front() {
            if seen.insert(at.node) {
                let distance = at.distance + 1;
                queue.extend(
                    self.nodes()
                        .parents(at.node)
                        .map(|node| Upstream { node, distance }),
                );
                all.push(at);
            }
        }
        all
    }
}

fn way_to(node: NodeIx, came_from: &HashMap<NodeIx, NodeIx>) -> Vec<NodeIx> {
    let mut way = vec![node];
    let mut at = node;
    while let Some(&before) = came_from.get(&at) {
        way.push(before);
        at = before;
    }
    way.reverse();
    way
}

/// Collects usages while the contents are walked.
struct Builder<'a> {
    input: &'a LineageInput,
    matcher: Matcher,
    published: Published<'a>,
    used_published: BTreeSet<(usize, usize)>,
    usages: Vec<Usage>,
    unmatched: BTreeMap<(String, String, Reason), Unmatched>,
    gaps: Vec<Gap>,
    ambiguous: Vec<NodeIx>,
}

/// Where a table was met.
#[derive(Clone, Copy)]
struct Place<'a> {
    workbook: WorkbookIx,
    workbook_name: &'a str,
    datasource: usize,
    through_published: bool,
}

/// A table, query or datasource that leads to no node.
struct Missed<'a> {
    table: &'a str,
    relation: Option<&'a Relation>,
    class: &'a str,
    reason: Reason,
    candidates: Vec<String>,
}

impl<'a> Missed<'a> {
    /// One whose tables are not known by name.
    fn nameless(table: &'a str, class: &'a str, reason: Reason) -> Missed<'a> {
        Missed { table, relation: None, class, reason, candidates: Vec::new() }
    }
}

impl<'a> Builder<'a> {
    fn new(input: &'a LineageInput) -> Builder<'a> {
        Builder {
            input,
            matcher: Matcher::new(&input.nodes, &input.warehouse),
            published: Published::new(&input.contents),
            used_published: BTreeSet::new(),
            usages: Vec::new(),
            unmatched: BTreeMap::new(),
            gaps: Vec::new(),
            ambiguous: Vec::new(),
        }
    }

    fn add_workbook(&mut self, ix: WorkbookIx, workbook: &'a Workbook) {
        for (datasource_ix, datasource) in workbook.datasources.iter().enumerate() {
            let place = Place {
                workbook: ix,
                workbook_name: &workbook.name,
                datasource: datasource_ix,
                through_published: false,
            };
            self.add_datasource(place, datasource);
        }
    }

    fn add_datasource(&mut self, place: Place<'a>, datasource: &'a Datasource) {
        self.add_tables(place, datasource);
        self.add_hidden_tables(place, datasource);
        let Some(reference) = &datasource.published_as else {
            return;
        };
        let chain = self.published.resolve(reference);
        for &(content, ix) in &chain.found {
            self.used_published.insert((content, ix));
            let inside = &self.input.contents[content].datasources[ix].inside;
            self.add_tables(
                Place {
                    through_published: true,
                    ..place
                },
                inside,
            );
        }
        if !chain.complete {
            let name = reference
                .name
                .clone()
                .or_else(|| reference.content_url.clone());
            let name = name.unwrap_or_else(|| datasource.title().to_owned());
            self.add_missing_published(place, &name);
        }
    }

    /// Lists a datasource whose tables lie behind an extract or a virtual connection.
    fn add_hidden_tables(&mut self, place: Place<'_>, datasource: &Datasource) {
        let through = |class: &str| {
            let is = |it: &Connection| it.class.eq_ignore_ascii_case(class);
            datasource.connections.iter().any(is)
        };
        let reads_nothing = datasource.tables.is_empty() && datasource.custom_sql.is_empty();
        let (class, reason) = if through("publishedConnection") {
            ("publishedConnection", Reason::VirtualConnection)
        } else if reads_nothing && (through("hyper") || through("dataengine")) {
            ("hyper", Reason::ExtractOnly)
        } else {
            return;
        };
        self.add_unmatched(place, Missed::nameless(datasource.title(), class, reason));
    }

    fn add_missing_published(&mut self, place: Place<'_>, name: &str) {
        self.gaps.push(Gap {
            code: GapCode::PublishedDatasourceUnavailable,
            message: format!(
                "published datasource `{name}` of {} is not at hand; put its .tds or .tdsx \
                 beside the workbooks",
                place.workbook_name
            ),
            about: Some(place.workbook_name.to_owned()),
            warehouse: Warehouse::Generic,
        });
        let reason = Reason::PublishedDatasourceUnavailable;
        self.add_unmatched(place, Missed::nameless(name, "sqlproxy", reason));
    }

    fn add_tables(&mut self, place: Place<'a>, datasource: &'a Datasource) {
        for table in &datasource.tables {
            self.add_table(place, datasource, table, Evidence::Table);
        }
        for query in &datasource.custom_sql {
            for table in &query.tables {
                self.add_table(place, datasource, table, Evidence::CustomSql);
            }
            if !query.readable {
                let class = class_of(datasource, query.connection.as_deref());
                let reason = Reason::CustomSqlUnreadable;
                self.add_unmatched(place, Missed::nameless(&query.name, &class, reason));
            }
        }
    }

    fn add_table(
        &mut self,
        place: Place<'a>,
        datasource: &'a Datasource,
        table: &'a Table,
        evidence: Evidence,
    ) {
        let class = class_of(datasource, table.connection.as_deref());
        let warehouse = Warehouse::from_connection_class(&class);
        match self.matcher.find(&table.relation, &warehouse) {
            Verdict::Matched { nodes, kind } => {
                let mut all_evidence = BTreeSet::from([evidence]);
                if place.through_published {
                    all_evidence.insert(Evidence::PublishedDatasource);
                }
                self.add_usages(place, &table.raw, &nodes, kind, &all_evidence);
            }
            Verdict::Unmatched { reason, candidates } => {
                if reason == Reason::Ambiguous {
                    self.add_ambiguous(place, table, &candidates);
                }
                let candidates = self.relations_of(&candidates);
                let relation = Some(&table.relation);
                let missed = Missed { table: &table.raw, relation, class: &class, reason, candidates };
                self.add_unmatched(place, missed);
            }
        }
    }

    fn add_usages(
        &mut self,
        place: Place<'_>,
        table: &str,
        nodes: &[NodeIx],
        kind: MatchKind,
        evidence: &BTreeSet<Evidence>,
    ) {
        for (n, &node) in nodes.iter().enumerate() {
            let known = self.usages.iter_mut().rev().find(|usage| {
                usage.workbook == place.workbook
                    && usage.datasource == place.datasource
                    && usage.node == node
            });
            if let Some(known) = known {
                known.evidence.extend(evidence);
                known.kind = known.kind.min(kind);
                continue;
            }
            self.usages.push(Usage {
                node,
                alias_of: (n > 0).then_some(nodes[0]),
                workbook: place.workbook,
                datasource: place.datasource,
                table: table.to_owned(),
                evidence: evidence.clone(),
                kind,
            });
        }
    }

    fn add_ambiguous(&mut self, place: Place<'_>, table: &Table, candidates: &[NodeIx]) {
        let names = self.relations_of(candidates);
        self.ambiguous.extend(candidates);
        self.gaps.push(Gap {
            code: GapCode::Ambiguous,
            message: format!(
                "{} in {} fits {} relations: {}",
                table.raw,
                place.workbook_name,
                names.len(),
                names.join(", ")
            ),
            about: Some(place.workbook_name.to_owned()),
            warehouse: Warehouse::Generic,
        });
    }

    fn add_unmatched(&mut self, place: Place<'_>, missed: Missed<'_>) {
        let key = (missed.table.to_owned(), missed.class.to_owned(), missed.reason);
        let entry = self.unmatched.entry(key).or_insert_with(|| Unmatched {
            table: missed.table.to_owned(),
            relation: missed.relation.cloned(),
            connection: missed.class.to_owned(),
            workbooks: Vec::new(),
            reason: missed.reason,
            candidates: missed.candidates,
        });
        let name = place.workbook_name.to_owned();
        if let Err(at) = entry.workbooks.binary_search(&name) {
            entry.workbooks.insert(at, name);
        }
    }

    fn relations_of(&self, nodes: &[NodeIx]) -> Vec<String> {
        let relation = |&ix: &NodeIx| self.input.nodes.get(ix).relation.as_ref();
        let mut names: Vec<String> = nodes
            .iter()
            .filter_map(relation)
            .map(ToString::to_string)
            .collect();
        names.dedup();
        names
    }

    fn add_unused_datasources(&mut self) -> Vec<DatasourceUsage> {
        let mut unused = Vec::new();
        for (content_ix, content) in self.input.contents.iter().enumerate() {
            for (ix, published) in content.datasources.iter().enumerate() {
                if self.used_published.contains(&(content_ix, ix)) {
                    continue;
                }
                for node in self.nodes_read_by(&published.inside) {
                    unused.push(DatasourceUsage {
                        node,
                        content: content_ix,
                        datasource: ix,
                    });
                }
            }
        }
        unused
    }

    fn nodes_read_by(&self, datasource: &Datasource) -> BTreeSet<NodeIx> {
        let queries = datasource.custom_sql.iter().flat_map(|query| &query.tables);
        let mut nodes = BTreeSet::new();
        for table in datasource.tables.iter().chain(queries) {
            let class = class_of(datasource, table.connection.as_deref());
            let warehouse = Warehouse::from_connection_class(&class);
            if let Verdict::Matched { nodes: owners, .. } =
                self.matcher.find(&table.relation, &warehouse)
            {
                nodes.extend(owners);
            }
        }
        nodes
    }

    fn finish(mut self) -> Lineage {
        let unused_datasources = self.add_unused_datasources();
        let mut by_node: HashMap<NodeIx, Vec<usize>> = HashMap::new();
        for (ix, usage) in self.usages.iter().enumerate() {
            by_node.entry(usage.node).or_default().push(ix);
        }
        let mut unmatched: Vec<Unmatched> = self.unmatched.into_values().collect();
        unmatched.retain(|it| !it.table.is_empty());
        Lineage {
            reaches_use: reaching(&self.input.nodes, by_node.keys().copied()),
            input: self.input.clone(),
            matcher: Arc::new(self.matcher),
            usages: self.usages,
            by_node,
            unused_datasources,
            unmatched,
            gaps: self.gaps,
            ambiguous: self.ambiguous,
        }
    }
}

/// The class of the connection that a table or query is reached through.
fn class_of(datasource: &Datasource, connection: Option<&str>) -> String {
    let named = |it: &&Connection| Some(it.name.as_str()) == connection;
    let found = datasource.connections.iter().find(named);
    let only = || match datasource.connections.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    found
        .or_else(only)
        .map(|it| it.class.clone())
        .unwrap_or_default()
}

/// For each node whether one of `used` is it or lies downstream of it.
fn reaching(nodes: &Nodes, used: impl Iterator<Item = NodeIx>) -> Vec<bool> {
    let mut reaches = vec![false; nodes.len()];
    let mut stack: Vec<NodeIx> = used.collect();
    while let Some(at) = stack.pop() {
        if !std::mem::replace(&mut reaches[at.place()], true) {
            stack.extend(nodes.parents(at));
        }
    }
    reaches
}

#[cfg(test)]
mod tests;

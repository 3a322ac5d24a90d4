//! Building a lineage: every table of every workbook is matched, once.
//!
//! What matches becomes a [`Usage`]; what does not is handed to
//! [`crate::graph::missing`], which knows what that leaves unknown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use crate::content::{Content, Datasource, PublishedRef, Table, Through, Workbook};
use crate::graph::downstream::Readers;
use crate::graph::exposures::Told;
use crate::graph::missing::{Missed, Missing};
use crate::graph::walk::{self, Graph, Twins};
use crate::graph::{Lineage, LineageInput};
use crate::hidden::hidden_by;
use crate::identity::Identities;
use crate::matching::{MatchKind, Matcher, Reason, Verdict};
use crate::node::NodeIx;
use crate::published::{self, Published, PublishedIx};
use crate::relation::Relation;
use crate::usage::{Evidence, Usage, WorkbookIx};
use crate::warehouse::Warehouse;

pub(super) fn build(input: &LineageInput) -> Lineage {
    let mut builder = Builder::new(input);
    for (ix, workbook) in workbooks(&input.contents) {
        builder.add_workbook(ix, workbook);
    }
    builder.finish()
}

/// Every workbook, in the contents' order.
pub(super) fn workbooks(
    contents: &[Content],
) -> impl Iterator<Item = (WorkbookIx, &Workbook)> + Clone {
    contents.iter().enumerate().flat_map(|(content, it)| {
        let place = move |workbook| WorkbookIx { content, workbook };
        it.workbooks
            .iter()
            .enumerate()
            .map(move |(ix, workbook)| (place(ix), workbook))
    })
}

/// Collects usages while the contents are walked.
struct Builder<'a> {
    input: &'a LineageInput,
    matcher: Matcher,
    /// What was found for a table and a connection class; most are met many times.
    verdicts: HashMap<(&'a Relation, &'a str), Rc<Found>>,
    published: Arc<Published>,
    used_published: BTreeSet<PublishedIx>,
    usages: Vec<Usage>,
    usage_of: HashMap<(WorkbookIx, usize, NodeIx), usize>,
    missed: Missed<'a>,
}

/// What was found for a table.
struct Found {
    verdict: Verdict,
    /// What dbt would build as it by a proposed rule, where it is known as a source.
    proposed: Vec<NodeIx>,
}

/// Where a table was met.
#[derive(Clone, Copy)]
struct Place<'a> {
    ix: WorkbookIx,
    workbook: &'a Workbook,
    datasource: usize,
    through_published: bool,
}

/// A table as one datasource reads it.
#[derive(Clone, Copy)]
pub(super) struct Met<'a> {
    pub(super) table: &'a Table,
    pub(super) class: &'a str,
    evidence: Evidence,
}

impl<'a> Builder<'a> {
    fn new(input: &'a LineageInput) -> Builder<'a> {
        Builder {
            input,
            matcher: Matcher::new(&input.nodes, &input.warehouse, &input.production),
            verdicts: HashMap::new(),
            published: Arc::new(Published::new(&input.contents)),
            used_published: BTreeSet::new(),
            usages: Vec::new(),
            usage_of: HashMap::new(),
            missed: Missed::default(),
        }
    }

    fn add_workbook(&mut self, ix: WorkbookIx, workbook: &'a Workbook) {
        for (datasource_ix, datasource) in workbook.datasources.iter().enumerate() {
            let place = Place {
                ix,
                workbook,
                datasource: datasource_ix,
                through_published: false,
            };
            self.add_datasource(place, datasource);
            self.add_published(place, datasource);
        }
    }

    fn add_datasource(&mut self, place: Place<'a>, datasource: &'a Datasource) {
        for met in tables(datasource) {
            self.add_table(place, datasource, met);
        }
        for query in datasource.custom_sql.iter().filter(|query| !query.readable) {
            let class = class_of(datasource, query.connection.as_deref());
            self.add_nameless(place, &query.name, class, Reason::CustomSqlUnreadable);
        }
        if let Some((class, reason)) = hidden_by(datasource) {
            self.add_nameless(place, datasource.title(), class, reason);
        }
    }

    fn add_published(&mut self, place: Place<'a>, datasource: &'a Datasource) {
        let Some(reference) = &datasource.published_as else {
            return;
        };
        let contents: &'a [Content] = &self.input.contents;
        let chain = self.published.resolve(place.ix.content, reference);
        for &ix in &chain.found {
            self.used_published.insert(ix);
            let place = Place {
                through_published: true,
                ..place
            };
            self.add_datasource(place, inside(contents, ix));
        }
        if !chain.complete {
            let last = chain.found.last();
            let last = last.map(|&ix| inside(contents, ix));
            let missing = last.and_then(|it| it.published_as.as_ref());
            let name = title_of(missing.unwrap_or(reference)).unwrap_or(datasource.title());
            let reason = Reason::PublishedDatasourceUnavailable;
            self.add_nameless(place, name, "sqlproxy", reason);
        }
    }

    fn add_table(&mut self, place: Place<'a>, datasource: &'a Datasource, met: Met<'a>) {
        let Met {
            table,
            class,
            evidence,
        } = met;
        if table.is_nameless() {
            return self.add_nameless(place, datasource.title(), class, Reason::NameHidden);
        }
        let found = self.find(&table.relation, class);
        match &found.verdict {
            Verdict::Matched { nodes, kind } => {
                let published = place
                    .through_published
                    .then_some(Evidence::PublishedDatasource);
                let evidence = published.into_iter().chain([evidence]).collect();
                self.add_usages(place, &table.raw, nodes, *kind, &evidence);
                let kind = MatchKind::Proposed;
                self.add_usages(place, &table.raw, &found.proposed, kind, &evidence);
            }
            Verdict::Unmatched { reason, candidates } => {
                let missed = self.missed.entry(&table.raw, class, *reason);
                missed.met_in(place.ix, place.workbook);
                if missed.relations.insert(&table.relation) {
                    missed.candidates.extend(candidates);
                }
            }
        }
    }

    fn find(&mut self, relation: &'a Relation, class: &'a str) -> Rc<Found> {
        let found = self.verdicts.entry((relation, class)).or_insert_with(|| {
            let connection = Warehouse::from_connection_class(class);
            let (matcher, nodes) = (&self.matcher, &self.input.nodes);
            let verdict = matcher.find(relation, &connection);
            let proposed = matcher.proposed_builders(nodes, relation, &verdict);
            Rc::new(Found { verdict, proposed })
        });
        Rc::clone(found)
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
            let new = self.usages.len();
            let ix = *self
                .usage_of
                .entry((place.ix, place.datasource, node))
                .or_insert(new);
            if let Some(known) = self.usages.get_mut(ix) {
                known.evidence.extend(evidence);
                known.kind = known.kind.min(kind);
                continue;
            }
            self.usages.push(Usage {
                node,
                alias_of: (n > 0).then_some(nodes[0]),
                workbook: place.ix,
                datasource: place.datasource,
                table: table.to_owned(),
                evidence: evidence.clone(),
                kind,
            });
        }
    }

    /// Something whose tables are not known by name.
    fn add_nameless(&mut self, place: Place<'a>, name: &'a str, class: &'a str, reason: Reason) {
        let missed = self.missed.entry(name, class, reason);
        missed.met_in(place.ix, place.workbook);
    }

    /// The nodes that each published datasource reads, itself or through others.
    fn published_reads(&mut self) -> BTreeMap<PublishedIx, BTreeSet<NodeIx>> {
        let contents: &'a [Content] = &self.input.contents;
        let mut reads = BTreeMap::new();
        for ix in published::all(contents) {
            let own = inside(contents, ix);
            let mut nodes = self.nodes_read_by(own);
            let behind = own.published_as.as_ref();
            let behind = behind.map(|it| self.published.resolve(ix.content, it).found);
            for it in behind.into_iter().flatten() {
                nodes.extend(self.nodes_read_by(inside(contents, it)));
            }
            reads.insert(ix, nodes);
        }
        reads
    }

    fn nodes_read_by(&mut self, datasource: &'a Datasource) -> BTreeSet<NodeIx> {
        let mut nodes = BTreeSet::new();
        for met in tables(datasource) {
            let found = self.find(&met.table.relation, met.class);
            if let Verdict::Matched { nodes: owners, .. } = &found.verdict {
                nodes.extend(owners);
                nodes.extend(&found.proposed);
            }
        }
        nodes
    }

    fn finish(mut self) -> Lineage {
        let published_reads = self.published_reads();
        let nodes = &self.input.nodes;
        let mut by_node = vec![Vec::new(); nodes.len()];
        for (ix, usage) in self.usages.iter().enumerate() {
            by_node[usage.node.place()].push(ix);
        }
        let used = nodes.indices().filter(|ix| !by_node[ix.place()].is_empty());
        let twins = Twins::new(self.matcher.twins());
        let graph = Graph {
            nodes,
            twins: &twins,
        };
        Lineage {
            reaches_use: walk::reaching(graph, used),
            identities: Identities::new(&self.input.contents, &self.input.exposures),
            told: Told::new(&self.input.contents),
            missing: Missing::new(self.input, graph, self.missed),
            input: self.input.clone(),
            matcher: Arc::new(self.matcher),
            readers: Readers::new(&self.usages, &self.input.contents),
            usages: self.usages,
            by_node,
            published: self.published,
            unused_datasources: unused(&published_reads, &self.used_published),
            published_reads,
            twins,
        }
    }
}

/// What a published datasource reads.
fn inside(contents: &[Content], ix: PublishedIx) -> &Datasource {
    &contents[ix.content].datasources[ix.datasource].inside
}

/// For each node the published datasources that read it and that no workbook uses.
fn unused(
    reads: &BTreeMap<PublishedIx, BTreeSet<NodeIx>>,
    used: &BTreeSet<PublishedIx>,
) -> HashMap<NodeIx, Vec<PublishedIx>> {
    let mut unused: HashMap<NodeIx, Vec<PublishedIx>> = HashMap::new();
    for (&ix, nodes) in reads.iter().filter(|(ix, _)| !used.contains(ix)) {
        for &node in nodes {
            unused.entry(node).or_default().push(ix);
        }
    }
    unused
}

/// What people call the published datasource that is meant.
pub(super) fn title_of(reference: &PublishedRef) -> Option<&str> {
    let title = reference.name.as_deref();
    title.or(reference.content_url.as_deref())
}

/// The tables that a datasource lists and that its queries name.
pub(super) fn tables(datasource: &Datasource) -> impl Iterator<Item = Met<'_>> {
    let listed = datasource.tables.iter();
    let listed = listed.map(|table| (table, None, evidence_of(table)));
    let queried = datasource.custom_sql.iter().flat_map(|query| {
        let connection = query.connection.as_deref();
        let tables = query.tables.iter();
        tables.map(move |table| (table, connection, Evidence::CustomSql))
    });
    listed
        .chain(queried)
        .map(|(table, connection, evidence)| Met {
            table,
            class: class_of(datasource, table.connection.as_deref().or(connection)),
            evidence,
        })
}

fn evidence_of(table: &Table) -> Evidence {
    match table.through {
        Through::Listed => Evidence::Table,
        Through::Column => Evidence::Column,
        Through::VirtualConnection => Evidence::VirtualConnection,
        Through::Flow => Evidence::Flow,
    }
}

/// The class of the connection that a table or query is reached through: the named
/// one, else the one class that all connections have, else the datasource's own.
fn class_of<'a>(datasource: &'a Datasource, connection: Option<&str>) -> &'a str {
    let all = &datasource.connections;
    let named = all.iter().find(|it| Some(it.name.as_str()) == connection);
    let only = || {
        all.first()
            .filter(|first| all.iter().all(|it| it.class == first.class))
    };
    named
        .or_else(only)
        .map_or(&datasource.class, |it| &it.class)
}

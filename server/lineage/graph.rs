//! The lineage of one project: its nodes, Tableau's content, and the usages between.
//!
//! [`Lineage::build`] makes it whole, once; it is then only read. Matching a
//! single table is [`crate::matching`]'s business, how an answer looks the face's.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::content::{Content, PublishedDatasource, Table, Workbook};
use crate::exposure::Exposure;
use crate::identity::Identities;
use crate::knowledge::Gap;
use crate::matching::{self, Matcher, NameComparison, Unmatched, Verdict};
use crate::naming::{Production, ProductionName};
use crate::node::{NodeIx, Nodes};
use crate::page::PageLink;
use crate::published::{self, Published, PublishedIx};
use crate::relation::Relation;
use crate::usage::{Usage, WorkbookIx, WorkbookUsage};
use crate::warehouse::Warehouse;

use downstream::Readers;
use missing::Missing;
use walk::{Graph, Twins};

pub use exposures::Read;

mod build;
mod downstream;
mod exposures;
mod missing;
mod walk;

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
    /// What production calls the nodes, where that is known from elsewhere.
    pub production: Arc<Production>,
}

/// A project's nodes and the Tableau content that reads them.
#[derive(Clone, Debug)]
pub struct Lineage {
    input: LineageInput,
    matcher: Arc<Matcher>,
    /// In the contents' order, so that a workbook's usages lie together.
    usages: Vec<Usage>,
    /// For each node the places of its usages.
    by_node: Vec<Vec<usize>>,
    readers: Readers,
    /// Nodes from which a used node can be reached, themselves included.
    reaches_use: Vec<bool>,
    published: Arc<Published>,
    published_reads: BTreeMap<PublishedIx, BTreeSet<NodeIx>>,
    unused_datasources: HashMap<NodeIx, Vec<PublishedIx>>,
    identities: Identities,
    told: exposures::Told,
    missing: Missing,
    twins: Twins,
}

/// A table of Tableau's that has a node's name and another place, and matched nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NearMiss<'a> {
    /// The node that has the name: the one asked for, or one built from it.
    pub node: NodeIx,
    /// The table.
    pub table: &'a Unmatched,
}

/// What is found at a page of a site; an empty one where nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AtPage {
    /// Workbooks whose page it is, or that have the view that it shows.
    pub workbooks: Vec<WorkbookIx>,
    /// The dashboards that it shows.
    pub dashboards: Vec<(WorkbookIx, usize)>,
    /// The published datasources that it shows.
    pub datasources: Vec<PublishedIx>,
}

/// A node that something of Tableau's depends on.
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
        build::build(&input)
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
        build::workbooks(&self.input.contents)
    }

    /// What production calls a node, where that is known from elsewhere and the
    /// manifest at hand calls it otherwise.
    pub fn production_relation(&self, node: NodeIx) -> Option<&Relation> {
        self.production_name(node).map(|it| &it.relation)
    }

    /// As [`Lineage::production_relation`], with who says so.
    pub fn production_name(&self, node: NodeIx) -> Option<&ProductionName> {
        let node = self.nodes().get(node);
        let production = self.input.production.get(&node.id);
        let own = node.relation.as_ref();
        let is_own = |it: &Relation| own.is_some_and(|own| self.matcher.is_same(own, it));
        production.filter(|it| !is_own(&it.relation))
    }

    /// Whether somebody answers for what production calls a node, be it as here.
    pub(crate) fn is_production_known(&self, node: NodeIx) -> bool {
        let production = self.input.production.get(&self.nodes().get(node).id);
        production.is_some_and(|it| it.named_by.is_certain())
    }

    /// What somebody answers for that production calls the nodes.
    pub(crate) fn certain_production(&self) -> Production {
        self.input.production.certain()
    }

    /// How each name of a node compares with a table's: the manifest's at hand first,
    /// then what production is known or proposed to call it.
    pub fn compare(&self, node: NodeIx, table: &Relation) -> Vec<NameComparison> {
        let node = self.nodes().get(node);
        let production = self.input.production.get(&node.id);
        matching::compare(node, production, table, self.warehouse())
    }

    /// The nodes that own a table, for a table that is not part of the contents.
    pub fn find(&self, relation: &Relation, connection: &Warehouse) -> Verdict {
        self.matcher.find(relation, connection)
    }

    /// Every table that Tableau reads, by its name and the class of its connection.
    pub(crate) fn tables(&self) -> BTreeMap<(&Relation, &str), &Table> {
        let contents = self.contents().iter();
        let published = contents.clone().flat_map(|it| &it.datasources);
        let workbooks = contents.flat_map(|it| &it.workbooks);
        let embedded = workbooks.flat_map(|it| &it.datasources);
        let datasources = embedded.chain(published.map(|it| &it.inside));
        let met = datasources.flat_map(build::tables);
        met.filter(|it| !it.table.is_nameless())
            .map(|it| ((&it.table.relation, it.class), it.table))
            .collect()
    }

    /// Every direct usage, in the contents' order.
    pub fn usages(&self) -> &[Usage] {
        &self.usages
    }

    /// Whether a workbook reads `node` or anything built from it.
    pub fn is_used(&self, node: NodeIx) -> bool {
        self.reaches_use[node.place()]
    }

    /// The direct usages of a node.
    pub fn direct_usages(&self, node: NodeIx) -> impl Iterator<Item = &Usage> {
        self.by_node[node.place()]
            .iter()
            .map(|&ix| &self.usages[ix])
    }

    /// The usages that tie `workbook` to `node` itself.
    pub fn ties(&self, node: NodeIx, workbook: WorkbookIx) -> impl Iterator<Item = &Usage> {
        let places = &self.by_node[node.place()];
        let first = places.partition_point(|&ix| self.usages[ix].workbook < workbook);
        let usages = places[first..].iter().map(|&ix| &self.usages[ix]);
        usages.take_while(move |it| it.workbook == workbook)
    }

    /// What no node owns, sorted.
    pub fn unmatched(&self) -> &[Unmatched] {
        &self.missing.unmatched
    }

    /// Everything that is not known about the content.
    pub fn gaps(&self) -> &[Gap] {
        &self.missing.gaps
    }

    /// What is not known about the content at a place.
    pub fn gaps_of(&self, content: usize) -> impl Iterator<Item = &Gap> {
        self.missing.gaps_of(content)
    }

    /// What is not known and may hide a use of `node` or of what is built from it. An
    /// unknown behind another warehouse cannot.
    pub fn gaps_that_touch(&self, node: NodeIx) -> impl Iterator<Item = &Gap> {
        self.missing.gaps_that_touch(self.graph(), node).into_iter()
    }

    /// The gaps about `node` itself: tables that fit it and other nodes equally well.
    pub fn gaps_about(&self, node: NodeIx) -> impl Iterator<Item = &Gap> {
        self.missing.gaps_about(node)
    }

    /// Unmatched tables that have the name of `node`, or of what is built from it, in
    /// another schema or database, nearest first. While there are any, an empty
    /// answer may be due to a manifest of another target.
    pub fn near_misses(&self, node: NodeIx) -> Vec<NearMiss<'_>> {
        self.missing.near_misses(self.graph(), node)
    }

    /// Published datasources that read `node` and that no known workbook uses.
    pub fn unused_datasources(&self, node: NodeIx) -> Vec<&PublishedDatasource> {
        let unused = self.unused_datasources.get(&node).into_iter().flatten();
        unused.map(|&ix| self.published(ix)).collect()
    }

    /// The workbooks that read `node` or anything built from it: direct ones first,
    /// then the most viewed, those with more dashboards, and by name.
    pub fn downstream_of(&self, node: NodeIx) -> Vec<WorkbookUsage> {
        downstream::of_node(self, node)
    }

    /// The nodes that a workbook reads, and what those are built from, nearest first.
    pub fn upstream_of(&self, workbook: WorkbookIx) -> Vec<Upstream> {
        let first = self
            .usages
            .partition_point(|usage| usage.workbook < workbook);
        let usages = self.usages[first..]
            .iter()
            .take_while(|it| it.workbook == workbook);
        let direct = usages.filter(|it| it.alias_of.is_none()).map(|it| it.node);
        let all = walk::ancestors(self.graph(), direct).into_iter();
        all.map(|(node, distance)| Upstream { node, distance })
            .collect()
    }

    /// The nodes that a published datasource reads, and what those are built from,
    /// nearest first.
    pub fn upstream_of_published(&self, ix: PublishedIx) -> Vec<Upstream> {
        let Some(read) = self.published_reads.get(&ix) else {
            return Vec::new();
        };
        let is_own = |it: &&NodeIx| {
            self.twins
                .builder_of(**it)
                .is_none_or(|it| !read.contains(&it))
        };
        let all = walk::ancestors(self.graph(), read.iter().filter(is_own).copied()).into_iter();
        all.map(|(node, distance)| Upstream { node, distance })
            .collect()
    }

    /// The published datasource at a place.
    pub fn published(&self, ix: PublishedIx) -> &PublishedDatasource {
        self.published.get(ix)
    }

    /// Every published datasource, in the contents' order.
    pub fn all_published(&self) -> impl Iterator<Item = (PublishedIx, &PublishedDatasource)> {
        published::all(self.contents()).map(|ix| (ix, self.published(ix)))
    }

    /// What is found at a page of a site.
    pub fn at_page(&self, link: &PageLink) -> AtPage {
        let content = |ix: usize| &self.contents()[ix];
        let mut at = AtPage::default();
        for (ix, workbook) in self.workbooks() {
            if link.leads_to(content(ix.content), workbook) {
                at.workbooks.push(ix);
                let dashboards = link.dashboards_of(workbook).into_iter();
                at.dashboards.extend(dashboards.map(|it| (ix, it)));
            }
        }
        for (ix, it) in self.all_published() {
            if link.leads_to_datasource(content(ix.content), it) {
                at.datasources.push(ix);
            }
        }
        at
    }

    /// The published datasources that a datasource of a workbook stands for, each
    /// reading the next; none for an embedded one, or where they are not at hand.
    pub fn published_behind(&self, ix: WorkbookIx, datasource: usize) -> Vec<&PublishedDatasource> {
        let chain = self.published_chain(ix, datasource).into_iter();
        chain.map(|place| self.published.get(place)).collect()
    }

    /// As [`Lineage::published_behind`], by their places.
    pub fn published_chain(&self, ix: WorkbookIx, datasource: usize) -> Vec<PublishedIx> {
        let published_as = &self.workbook(ix).datasources[datasource].published_as;
        let chain = published_as.as_ref();
        let chain = chain.map(|it| self.published.resolve(ix.content, it).found);
        chain.unwrap_or_default()
    }

    /// The nodes that a published datasource reads, itself or through others.
    pub fn read_by_published(&self, ix: PublishedIx) -> Option<&BTreeSet<NodeIx>> {
        self.published_reads.get(&ix)
    }

    /// The nodes that a node is built from: those it reads, and of a source what dbt builds
    /// as its relation.
    pub fn built_from(&self, node: NodeIx) -> impl Iterator<Item = NodeIx> {
        self.graph().parents(node)
    }

    /// The nodes that are built from a node: [`Lineage::built_from`] the other way round.
    pub fn builds(&self, node: NodeIx) -> impl Iterator<Item = NodeIx> {
        self.graph().children(node)
    }

    fn graph(&self) -> Graph<'_> {
        Graph {
            nodes: self.nodes(),
            twins: &self.twins,
        }
    }
}

#[cfg(test)]
mod tests;

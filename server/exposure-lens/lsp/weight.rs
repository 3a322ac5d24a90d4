//! How much memory a loaded project takes: an honest estimate, cheap to make.
//!
//! Counts what grows with a project: its nodes with their names, the usages, what its
//! workbooks hold. Each text counts with what an allocation costs beside it. A test
//! compares the estimate with what the system says of a whole process.

use std::mem::size_of;

use lineage::{Content, Dashboard, Datasource, Node, Relation, Sheet, Table, Usage, Workbook};

use super::load::{Outcome, View};

/// What an allocation costs beside its bytes.
const ALLOCATION: usize = 24;
/// What the indices of the lineage hold for each node: by its id, name, file and relation.
const INDICES: usize = 640;
/// How often a node's texts are held: by dbt's manifest as it was read, by the node as it
/// is now, by what finds it.
const COPIES_OF_NODES: usize = 3;
/// How often the content is held beside what answers are given from: as it was read, file
/// by file and site by site, so that only what changed is read again.
const COPIES_OF_CONTENT: usize = 2;
/// What one file of the project says, beside its path.
const FILE: usize = 800;
/// What the process takes for each byte that is counted here, once many projects have come
/// and gone: allocators keep gaps between what is in use, for each thread its own. Measured
/// with glibc's; right after the start it is half of that.
const ALLOCATOR: usize = 3;

/// How much memory a project takes, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// What is its own.
    pub(super) own: usize,
    /// Tableau's content, which several projects may have together.
    pub(super) content: usize,
    /// Which content that is.
    pub(super) content_id: usize,
}

impl Weight {
    /// How much the view of a load takes, with what is kept for the next one.
    pub(super) fn of(outcome: &Outcome) -> Weight {
        outcome
            .view
            .as_ref()
            .map_or(Weight::default(), |it| of_view(it))
    }
}

fn of_view(view: &View) -> Weight {
    let lineage = &view.analysis.lineage;
    let nodes: usize = lineage.nodes().iter().map(|(_, it)| of_node(it)).sum();
    let usages: usize = lineage.usages().iter().map(of_usage).sum();
    let exposures = lineage.exposures().len() * 1_000;
    let contents = lineage.contents();
    let content: usize = contents.iter().map(of_content).sum();
    let n_nodes = lineage.nodes().len();
    let own = nodes * COPIES_OF_NODES
        + n_nodes * (INDICES + FILE)
        + usages
        + exposures
        + content * COPIES_OF_CONTENT;
    Weight {
        own: own * ALLOCATOR,
        content: content * ALLOCATOR,
        content_id: contents.as_ptr().addr(),
    }
}

fn text(it: &str) -> usize {
    it.len() + ALLOCATION
}

fn texts<'a>(all: impl IntoIterator<Item = &'a String>) -> usize {
    all.into_iter()
        .map(|it| size_of::<String>() + text(it))
        .sum()
}

fn some(it: &Option<String>) -> usize {
    it.as_deref().map_or(0, text)
}

fn of_node(it: &Node) -> usize {
    let own = [&it.name, &it.package, &it.path].map(|it| text(it));
    let said = [
        &it.source_name,
        &it.properties_path,
        &it.version,
        &it.latest_version,
        &it.materialized,
        &it.group,
        &it.checksum,
    ];
    let reads = it.depends_on.iter();
    let reads = reads.map(|id| size_of::<usize>() * 2 + text(id.as_str()));
    size_of::<Node>()
        + text(it.id.as_str())
        + own.iter().sum::<usize>()
        + said.map(some).iter().sum::<usize>()
        + it.relation.as_ref().map_or(0, of_relation)
        + reads.sum::<usize>()
}

fn of_relation(it: &Relation) -> usize {
    let parts = [it.database.as_ref(), it.schema.as_ref(), Some(&it.name)];
    parts.into_iter().flatten().map(|it| text(&it.text)).sum()
}

fn of_usage(it: &Usage) -> usize {
    size_of::<Usage>() + text(&it.table) + 4 * ALLOCATION
}

fn of_content(it: &Content) -> usize {
    let workbooks = it.workbooks.iter().map(of_workbook);
    let datasources = it.datasources.iter();
    let datasources = datasources.map(|it| 600 + text(&it.name) + of_datasource(&it.inside));
    let gaps = it.gaps.iter().map(|it| 120 + text(&it.message));
    workbooks.chain(datasources).chain(gaps).sum()
}

fn of_workbook(it: &Workbook) -> usize {
    let said = [
        &it.site,
        &it.content_url,
        &it.url,
        &it.file,
        &it.description,
    ];
    size_of::<Workbook>()
        + text(&it.name)
        + said.map(some).iter().sum::<usize>()
        + texts(&it.project_path)
        + texts(&it.warnings)
        + it.datasources.iter().map(of_datasource).sum::<usize>()
        + it.sheets.iter().map(of_sheet).sum::<usize>()
        + it.dashboards.iter().map(of_dashboard).sum::<usize>()
}

fn of_sheet(it: &Sheet) -> usize {
    let fields = it.fields.iter();
    let fields = fields.map(|(a, b)| 2 * size_of::<String>() + text(a) + text(b));
    size_of::<Sheet>()
        + text(&it.name)
        + some(&it.url)
        + texts(&it.datasources)
        + fields.sum::<usize>()
}

fn of_dashboard(it: &Dashboard) -> usize {
    size_of::<Dashboard>() + text(&it.name) + some(&it.url) + texts(&it.sheets)
}

fn of_datasource(it: &Datasource) -> usize {
    let queries = it.custom_sql.iter();
    let queries =
        queries.map(|it| 80 + text(&it.name) + it.tables.iter().map(of_table).sum::<usize>());
    let fields = it.fields.iter().map(|it| {
        size_of_val(it) + text(&it.field) + some(&it.caption) + some(&it.table) + text(&it.column)
    });
    size_of::<Datasource>()
        + text(&it.name)
        + some(&it.caption)
        + it.connections.len() * 300
        + it.tables.iter().map(of_table).sum::<usize>()
        + queries.sum::<usize>()
        + fields.sum::<usize>()
}

fn of_table(it: &Table) -> usize {
    size_of::<Table>() + text(&it.raw) + of_relation(&it.relation) + some(&it.connection)
}

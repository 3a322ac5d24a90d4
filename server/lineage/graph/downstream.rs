//! The workbooks downstream of a node.
//!
//! The question is asked for every node of a project in one go, so what does not
//! depend on the node is prepared once: which datasources read anything at all,
//! and on which sheets and dashboards they are seen.

use std::cmp::Reverse;

use crate::content::{Content, Datasource, Workbook};
use crate::graph::Lineage;
use crate::graph::walk::{self, Step};
use crate::node::NodeIx;
use crate::usage::{DashboardUsage, Usage, WorkbookIx, WorkbookUsage};

/// The datasources that read a node, in the order of the usages.
#[derive(Clone, Debug, Default)]
pub(super) struct Readers {
    all: Vec<Reader>,
    /// For each usage the place of its datasource in `all`.
    of_usage: Vec<usize>,
    n_workbooks: usize,
}

/// A datasource of a workbook, and where it is seen.
#[derive(Clone, Debug)]
struct Reader {
    workbook: WorkbookIx,
    /// Which of the workbooks that read anything.
    nth_workbook: usize,
    datasource: usize,
    sheets: Vec<usize>,
    dashboards: Vec<usize>,
}

impl Readers {
    /// `usages` are sorted by workbook and datasource.
    pub(super) fn new(usages: &[Usage], contents: &[Content]) -> Readers {
        let mut readers = Readers::default();
        for usage in usages {
            let last = readers.all.last();
            let is_new_workbook = last.is_none_or(|it| it.workbook != usage.workbook);
            readers.n_workbooks += usize::from(is_new_workbook);
            if is_new_workbook || last.is_none_or(|it| it.datasource != usage.datasource) {
                let workbook = workbook(contents, usage.workbook);
                let datasource = &workbook.datasources[usage.datasource];
                readers.all.push(Reader {
                    workbook: usage.workbook,
                    nth_workbook: readers.n_workbooks - 1,
                    datasource: usage.datasource,
                    sheets: workbook.sheets_on(datasource).collect(),
                    dashboards: workbook.dashboards_on(datasource),
                });
            }
            readers.of_usage.push(readers.all.len() - 1);
        }
        readers
    }
}

impl Reader {
    fn datasource<'a>(&self, contents: &'a [Content]) -> &'a Datasource {
        &workbook(contents, self.workbook).datasources[self.datasource]
    }
}

fn workbook(contents: &[Content], ix: WorkbookIx) -> &Workbook {
    &contents[ix.content].workbooks[ix.workbook]
}

/// The workbooks that read `node` or anything built from it.
pub(super) fn of_node(lineage: &Lineage, node: NodeIx) -> Vec<WorkbookUsage> {
    if !lineage.is_used(node) {
        return Vec::new();
    }
    let steps = walk::descendants(lineage.graph(), node, &lineage.reaches_use);
    let mut found = collect(lineage, &steps);
    for it in &mut found {
        it.tidy();
        let dashboards = &lineage.workbook(it.workbook).dashboards;
        let views = |it: &DashboardUsage| dashboards[it.dashboard].views;
        it.dashboards.sort_by_key(|it| Reverse(views(it)));
    }
    found.sort_by_key(|it| {
        let workbook = lineage.workbook(it.workbook);
        (
            !it.is_direct(),
            Reverse(workbook.views),
            Reverse(it.dashboards.len()),
            &workbook.name,
            it.workbook,
        )
    });
    found
}

/// Every usage of the nodes on a walk, by workbook. The walk goes nearest first, so
/// the first way to a workbook is its shortest, and a datasource that comes again
/// shows nothing that is not there already and nearer.
fn collect(lineage: &Lineage, steps: &[Step]) -> Vec<WorkbookUsage> {
    let readers = &lineage.readers;
    let mut found: Vec<WorkbookUsage> = Vec::new();
    let mut place_of: Vec<Option<usize>> = vec![None; readers.n_workbooks];
    let mut seen = vec![false; readers.all.len()];
    for (at, step) in steps.iter().enumerate() {
        for &ix in &lineage.by_node[step.node.place()] {
            let usage = &lineage.usages[ix];
            let reader = &readers.all[readers.of_usage[ix]];
            let place = *place_of[reader.nth_workbook].get_or_insert_with(|| {
                found.push(WorkbookUsage::new(usage, walk::way_to(steps, at)));
                found.len() - 1
            });
            found[place].add(usage, step.distance);
            if !std::mem::replace(&mut seen[readers.of_usage[ix]], true) {
                add_shown(&mut found[place], reader, lineage.contents(), step.distance);
            }
        }
    }
    found
}

fn add_shown(it: &mut WorkbookUsage, reader: &Reader, contents: &[Content], distance: usize) {
    it.datasources
        .push(reader.datasource(contents).title().to_owned());
    it.sheets.extend(&reader.sheets);
    let dashboards = reader.dashboards.iter();
    it.dashboards
        .extend(dashboards.map(|&dashboard| DashboardUsage {
            dashboard,
            distance,
        }));
}

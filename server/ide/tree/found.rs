//! What reads a node, or anything of a project, before any of it is drawn.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use lineage::{DashboardUsage, NodeIx, PublishedIx, Usage, ViewCount, WorkbookIx, WorkbookUsage};

use crate::analysis::Analysis;
use crate::exposure_plan;

/// The workbooks that read something, and the published datasources that do and that no
/// known workbook uses.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Those that read it themselves first, then the most viewed.
    pub(super) workbooks: Vec<WorkbookUsage>,
    pub(super) datasources: Vec<PublishedIx>,
}

impl Found {
    pub(super) fn of_node(analysis: &Analysis, node: NodeIx) -> Found {
        Found {
            workbooks: analysis.lineage.downstream_of(node),
            datasources: unused(analysis, [node].into_iter()),
        }
    }

    /// Of any node. The usages say so by an empty way: [`WorkbookUsage::via`].
    pub(super) fn of_project(analysis: &Analysis) -> Found {
        let readers = exposure_plan::readers(analysis).into_iter();
        let mut workbooks: Vec<WorkbookUsage> =
            readers.filter_map(|it| usage_of(analysis, it)).collect();
        workbooks.sort_by_key(|it| {
            let workbook = analysis.lineage.workbook(it.workbook);
            let most = (Reverse(workbook.views), Reverse(it.dashboards.len()));
            (most, &workbook.name, it.workbook)
        });
        Found {
            workbooks,
            datasources: unused(analysis, analysis.lineage.nodes().indices()),
        }
    }
}

/// All that a workbook reads of the project, as one usage.
fn usage_of(analysis: &Analysis, ix: WorkbookIx) -> Option<WorkbookUsage> {
    let all = analysis.lineage.usages_of(ix).iter();
    let own: Vec<&Usage> = all.filter(|it| it.alias_of.is_none()).collect();
    let workbook = analysis.lineage.workbook(ix);
    let places: BTreeSet<usize> = own.iter().map(|it| it.datasource).collect();
    let read = places.iter().map(|&it| &workbook.datasources[it]);
    let sheets: BTreeSet<usize> = read.clone().flat_map(|it| workbook.sheets_on(it)).collect();
    let shown: BTreeSet<usize> = read
        .clone()
        .flat_map(|it| workbook.dashboards_on(it))
        .collect();
    let usage = |dashboard| DashboardUsage {
        dashboard,
        distance: 0,
    };
    let mut dashboards: Vec<DashboardUsage> = shown.into_iter().map(usage).collect();
    dashboards.sort_by_key(|it| Reverse(workbook.dashboards[it.dashboard].views));
    Some(WorkbookUsage {
        workbook: ix,
        dashboards,
        sheets: sheets.into_iter().collect(),
        distance: 0,
        via: Vec::new(),
        datasources: read.map(|it| it.title().to_owned()).collect(),
        kind: own.iter().map(|it| it.kind).min()?,
        evidence: own.iter().flat_map(|it| &it.evidence).copied().collect(),
    })
}

/// The published datasources that read one of `nodes` and that no known workbook uses.
fn unused(analysis: &Analysis, nodes: impl Iterator<Item = NodeIx>) -> Vec<PublishedIx> {
    let of_nodes = nodes.flat_map(|it| analysis.lineage.unused_datasources(it));
    let unused: BTreeSet<*const lineage::PublishedDatasource> =
        of_nodes.map(std::ptr::from_ref).collect();
    if unused.is_empty() {
        return Vec::new();
    }
    let all = analysis.lineage.all_published();
    all.filter(|(_, it)| unused.contains(&std::ptr::from_ref(*it)))
        .map(|(ix, _)| ix)
        .collect()
}

/// What of that is shown: see [`super::filter`].
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) workbooks: Vec<KeptWorkbook>,
    pub(super) datasources: Vec<PublishedIx>,
}

/// A workbook, and what of it is shown.
#[derive(Debug)]
pub(super) struct KeptWorkbook {
    pub(super) usage: WorkbookUsage,
    /// Some of the usage's.
    pub(super) dashboards: Vec<DashboardUsage>,
    /// Some of the usage's; none where it has dashboards.
    pub(super) sheets: Vec<usize>,
}

impl Kept {
    /// The most viewed first, whether they read the node itself or not.
    pub(super) fn sort_by_views(&mut self, analysis: &Analysis) {
        let views = |it: &KeptWorkbook| -> Option<ViewCount> {
            analysis.lineage.workbook(it.usage.workbook).views
        };
        self.workbooks.sort_by_key(|it| Reverse(views(it)));
    }
}

//! What an exposure can stand for, as people see it: its title, its page, and which
//! of what reads a node has no exposure yet.

use lineage::{NodeIx, Subject, Workbook};

use crate::analysis::Analysis;
use crate::exposure_plan;
use crate::text::safe_url;

/// Tableau's title: of a dashboard behind its workbook's.
pub(crate) fn title_of(analysis: &Analysis, subject: Subject) -> String {
    let workbook = analysis.lineage.workbook(subject.workbook);
    match subject.dashboard.and_then(|it| workbook.dashboards.get(it)) {
        Some(dashboard) => format!("{} / {}", workbook.name, dashboard.name),
        None => workbook.name.clone(),
    }
}

/// The page of a dashboard; of a workbook its own, else its first dashboard's.
pub(crate) fn page_of(analysis: &Analysis, subject: Subject) -> Option<&str> {
    let workbook = analysis.lineage.workbook(subject.workbook);
    match subject.dashboard {
        Some(dashboard) => safe_url(workbook.dashboards.get(dashboard)?.url.as_deref()?),
        None => page_of_workbook(workbook),
    }
}

fn page_of_workbook(workbook: &Workbook) -> Option<&str> {
    let dashboards = workbook.dashboards.iter();
    let dashboards = dashboards.filter_map(|it| it.url.as_deref());
    let pages = workbook.url.as_deref().into_iter().chain(dashboards);
    pages.into_iter().find_map(safe_url)
}

/// What reads a node itself and has no exposure, most viewed first.
pub(crate) fn missing_for(analysis: &Analysis, node: NodeIx) -> Vec<Subject> {
    let usages = analysis.lineage.downstream_of(node);
    let direct = usages.iter().filter(|it| it.is_direct());
    let subjects = direct.flat_map(|it| exposure_plan::subjects_of(analysis, it.workbook));
    let missing = subjects.filter(|it| {
        let reads = analysis.lineage.reads(*it);
        let is_read = reads.iter().any(|it| it.node == node);
        is_read && exposure_plan::covering(analysis, *it).is_none()
    });
    missing.collect()
}

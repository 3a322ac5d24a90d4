//! Writes the dbt exposure of a workbook that has none.
//!
//! Before: `fct_orders` is read by the workbook Weekly Ops, no YAML knows it.
//! After: `models/exposures/tableau.yml` declares `weekly_ops`, which depends on
//! every node that the workbook reads itself.

use lineage::{Identity, NodeIx, WorkbookIx, WorkbookUsage};

use super::{Action, ActionKind};
use crate::analysis::Analysis;
use crate::text::plain;

/// More than these would bury the other actions.
const MAX_OFFERED: usize = 8;

pub(super) fn for_node(analysis: &Analysis, node: NodeIx) -> Vec<Action> {
    let usages = analysis.lineage.downstream_of(node);
    let direct = usages.iter().filter(|it| it.is_direct());
    let missing =
        direct.filter(|it| crate::exposure_plan::declared(analysis, it.workbook).is_none());
    missing
        .take(MAX_OFFERED)
        .map(|it| action(analysis, it))
        .collect()
}

fn action(analysis: &Analysis, usage: &WorkbookUsage) -> Action {
    let kind = ActionKind::WriteExposure(usage.workbook);
    let name = plain(&analysis.lineage.workbook(usage.workbook).name);
    match analysis.plan_exposure(usage.workbook) {
        Ok(plan) => {
            let hint = same_label(analysis, usage.workbook).unwrap_or_default();
            let title = format!("Write exposure `{}` for {name}{hint}", plan.exposure.name);
            Action {
                title,
                kind,
                disabled: None,
            }
        }
        Err(reason) => Action {
            title: format!("Write exposure for {name}"),
            kind,
            disabled: Some(reason),
        },
    }
}

/// An equal label is a hint to the user, no reason to refuse.
fn same_label(analysis: &Analysis, workbook: WorkbookIx) -> Option<String> {
    let same = analysis.lineage.exposure_of(workbook)?;
    let name = &same.exposure.name;
    (same.by == Identity::Label).then(|| format!(" (`{name}` has the same label)"))
}

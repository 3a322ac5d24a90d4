//! Writes the dbt exposure of a workbook or dashboard that has none.
//!
//! Before: `fct_orders` is read by the workbook Weekly Ops, no YAML knows it.
//! After: `models/exposures/tableau.yml` declares `weekly_ops`, which depends on
//! every node that the workbook reads itself.

use lineage::{Identity, NodeIx, Subject};

use super::{Action, ActionKind};
use crate::analysis::Analysis;
use crate::exposure_plan;
use crate::exposures::subjects;
use crate::intent::Intent;
use crate::text::plain;

/// More than these would bury the other actions.
const MAX_OFFERED: usize = 8;

pub(super) fn for_node(analysis: &Analysis, node: NodeIx) -> Vec<Action> {
    let missing = subjects::missing_for(analysis, node).into_iter();
    missing
        .take(MAX_OFFERED)
        .map(|it| action(analysis, it))
        .collect()
}

fn action(analysis: &Analysis, subject: Subject) -> Action {
    let name = plain(&subjects::title_of(analysis, subject));
    let kind = ActionKind::Edit(Intent::WriteExposure(subject));
    match exposure_plan::plan(analysis, subject) {
        Ok(plan) => {
            let hint = same_label(analysis, subject).unwrap_or_default();
            let title = format!("Write exposure `{}` for {name}{hint}", plan.exposure.name);
            Action::new(title, kind)
        }
        Err(reason) => Action {
            disabled: Some(reason),
            ..Action::new(format!("Write exposure for {name}"), kind)
        },
    }
}

/// An equal label is a hint to the user, no reason to refuse.
fn same_label(analysis: &Analysis, subject: Subject) -> Option<String> {
    let same = analysis.lineage.exposure_of(subject.workbook)?;
    let name = &same.exposure.name;
    (same.by == Identity::Label).then(|| format!(" (`{name}` has the same label)"))
}

//! Writes what is missing for everything that reads a node: an exposure for each
//! workbook without one, and the node in each exposure that lacks it.

use lineage::NodeIx;

use super::{Action, ActionKind};
use crate::analysis::Analysis;
use crate::exposure_plan::Names;
use crate::exposures::subjects;
use crate::intent::{self, Intent};
use crate::text::count;

pub(super) fn for_node(analysis: &Analysis, node: NodeIx) -> Option<Action> {
    let missing = subjects::missing_for(analysis, node).into_iter();
    let names = Names::of(analysis);
    let can_be = missing.filter(|it| intent::can_write(analysis, &names, *it));
    let n_new = can_be.count();
    let n_lacking = intent::lacking(analysis, node).len();
    if n_new + n_lacking < 2 {
        return None;
    }
    let label = analysis.lineage.nodes().get(node).label();
    let title = match (n_new, n_lacking) {
        (n, 0) => format!("Write {} for all that use {label}", count(n, "exposure")),
        (0, n) => format!("Add {label} to {}", count(n, "exposure")),
        (new, n) => format!("Write {} and add {label} to {n}", count(new, "exposure")),
    };
    Some(Action::new(title, ActionKind::Edit(Intent::WriteAll(node))))
}

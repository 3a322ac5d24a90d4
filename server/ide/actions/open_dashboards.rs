//! Lists a node's dashboards, to open one: what a click on the lens does, for
//! editors that draw no lenses.

use lineage::NodeIx;

use super::{Action, ActionKind};
use crate::analysis::Analysis;

pub(super) fn for_node(analysis: &Analysis, node: NodeIx) -> Option<Action> {
    let usages = analysis.lineage.downstream_of(node);
    let label = analysis.lineage.nodes().get(node).label();
    let title = format!("List Tableau dashboards that use {label}");
    (!usages.is_empty()).then(|| Action::new(title, ActionKind::ListDashboards(node)))
}

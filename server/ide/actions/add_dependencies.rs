//! Adds what Tableau shows to the `depends_on` of an exposure that lacks it.
//!
//! Before: the workbook Sales reads `fct_orders` and `fct_returns`, its exposure
//! names one of them. After: it names both, and nothing else has changed.

use lineage::NodeIx;

use super::{Action, ActionKind};
use crate::analysis::Analysis;
use crate::exposures::state;
use crate::intent::Intent;

/// More than these would bury the other actions.
const MAX_OFFERED: usize = 8;
/// More than these do not fit into a title.
const MAX_NAMED: usize = 2;

/// For every exposure whose workbook reads the node, and which does not name it.
pub(super) fn for_node(analysis: &Analysis, node: NodeIx) -> Vec<Action> {
    let lineage = &analysis.lineage;
    let readers = lineage.direct_usages(node).map(|it| it.workbook);
    let readers: Vec<_> = readers.collect();
    let is_read = |ix: &usize| {
        let subjects = lineage.subjects_of(*ix);
        subjects.iter().any(|it| readers.contains(&it.workbook))
    };
    let exposures = (0..lineage.exposures().len()).filter(is_read);
    let lacks = |ix: &usize| state::of(analysis, *ix).lacking.contains(&node);
    let actions = exposures.filter(lacks);
    let actions = actions.filter_map(|ix| for_exposure(analysis, ix));
    actions.take(MAX_OFFERED).collect()
}

pub(super) fn for_exposure(analysis: &Analysis, exposure: usize) -> Option<Action> {
    let lacking = state::of(analysis, exposure).lacking;
    if lacking.is_empty() {
        return None;
    }
    let nodes = analysis.lineage.nodes();
    let named = lacking.iter().take(MAX_NAMED);
    let mut names: Vec<String> = named.map(|&it| nodes.get(it).label()).collect();
    if lacking.len() > MAX_NAMED {
        names.push(format!("+{}", lacking.len() - MAX_NAMED));
    }
    let it = &analysis.lineage.exposures()[exposure];
    let title = format!("Add {} to exposure `{}`", names.join(", "), it.name);
    let kind = ActionKind::Edit(Intent::AddDependencies(it.name.clone()));
    let is_ours = it.package == analysis.lineage.nodes().root_package();
    is_ours.then(|| Action::new(title, kind))
}

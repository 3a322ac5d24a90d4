//! Accepts the name rules that were worked out, for the team or for the user alone.
//!
//! Before: `fct_orders` probably has twelve dashboards, by a rule that nobody has accepted.
//! After: the settings hold the rule (`dbt.map`), and its matches count as known. Offered
//! anywhere in the project's own files: the rule is about all of them.

use super::{AcceptFor, Action, ActionKind};
use crate::analysis::{Analysis, File};
use crate::names;

pub(super) fn for_file(analysis: &Analysis, file: File<'_>) -> Vec<Action> {
    let is_own = file.package == analysis.lineage.nodes().root_package();
    let Some(proposal) = analysis.proposal.as_ref().filter(|_| is_own) else {
        return Vec::new();
    };
    let rules = names::rules(proposal);
    let action = |whose: &str, accept_for| {
        let title = format!("Accept {rules} for {whose}");
        Action::new(title, ActionKind::AcceptNames(accept_for))
    };
    vec![
        action("the team (exposure-lens.yml)", AcceptFor::Team),
        action("me", AcceptFor::Me),
    ]
}

//! The line above a tree of more than one node.

use lineage::{MatchKind, WorkbookUsage};

use super::found::Found;
use crate::analysis::Analysis;
use crate::annotations::{guesses, nothing, nothing_read};
use crate::exposure_plan;
use crate::missing;
use crate::reached::Reached;
use crate::text::count;

/// `12 dashboards in 4 workbooks · 3 workbooks without exposure`
pub(super) fn of_project(analysis: &Analysis, found: &Found) -> String {
    let all = &found.workbooks;
    if all.is_empty() {
        return match analysis.has_answers() {
            true => nothing(analysis, missing::of_project(analysis).is_empty()),
            false => nothing_read(analysis).to_owned(),
        };
    }
    let reached = Reached::of(all);
    let total = reached.counted();
    let (n_by_name, n_proposed) = guessed(&reached);
    if n_by_name == all.len() {
        return format!("probably {total} · matched by name only");
    }
    if n_by_name + n_proposed == all.len() {
        return format!("probably {total} · confirm name rule");
    }
    let mut parts = vec![total];
    parts.extend(guesses(n_by_name, n_proposed));
    let is_without = |it: &&WorkbookUsage| exposure_plan::declared(analysis, it.workbook).is_none();
    let n_without = all.iter().filter(is_without).count();
    let without = || format!("{} without exposure", count(n_without, "workbook"));
    parts.extend((n_without > 0).then(without));
    parts.join(" · ")
}

/// What several nodes reach, counted node by node.
#[derive(Default)]
pub(super) struct OfNodes {
    n_nodes: usize,
    n_used: usize,
    reached: Reached,
}

impl OfNodes {
    pub(super) fn add(&mut self, found: &Found) {
        self.n_nodes += 1;
        self.n_used += usize::from(!found.workbooks.is_empty());
        found.workbooks.iter().for_each(|it| self.reached.add(it));
    }

    /// `3 dashboards in 2 workbooks · 4 of 6 nodes used`; what several nodes reach counts
    /// once.
    pub(super) fn headline(&self, analysis: &Analysis, is_complete: bool) -> String {
        if self.n_used == 0 {
            return nothing(analysis, is_complete && self.n_nodes > 0);
        }
        let nodes = count(self.n_nodes, "node");
        let used = format!(
            "{} · {} of {nodes} used",
            self.reached.counted(),
            self.n_used
        );
        let (n_by_name, n_proposed) = guessed(&self.reached);
        if n_by_name + n_proposed == self.reached.workbooks().len() {
            return format!("probably {used}");
        }
        let parts: Vec<String> = std::iter::once(used)
            .chain(guesses(n_by_name, n_proposed))
            .collect();
        parts.join(" · ")
    }
}

/// How many workbooks match by name alone, and how many by a proposed rule.
fn guessed(reached: &Reached) -> (usize, usize) {
    let of_kind = |kind| {
        reached
            .workbooks()
            .filter(|(_, it)| it.kind == kind)
            .count()
    };
    (of_kind(MatchKind::Name), of_kind(MatchKind::Proposed))
}

//! The line above a tree of more than one node.

use std::collections::{BTreeMap, BTreeSet};

use lineage::{MatchKind, WorkbookIx, WorkbookUsage};

use super::found::Found;
use crate::analysis::Analysis;
use crate::annotations::nothing;
use crate::exposure_plan;
use crate::missing;
use crate::text::{count, count_dashboards};

/// `12 dashboards in 4 workbooks · 3 workbooks without exposure`
pub(super) fn of_project(analysis: &Analysis, found: &Found) -> String {
    let all = &found.workbooks;
    if all.is_empty() {
        return match analysis.has_answers() {
            true => nothing(analysis, missing::of_project(analysis).is_empty()),
            false => nothing_read(analysis),
        };
    }
    let mut reached = Reached::default();
    all.iter().for_each(|it| reached.add(it));
    let total = reached.total();
    let (n_by_name, n_proposed) = reached.guessed();
    if n_by_name == all.len() {
        return format!("probably {total} · matched by name only");
    }
    if n_by_name + n_proposed == all.len() {
        return format!("probably {total} · confirm name rule");
    }
    let mut parts = vec![total];
    parts.extend(reached.guesses());
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
        let used = format!("{} · {} of {nodes} used", self.reached.total(), self.n_used);
        let (n_by_name, n_proposed) = self.reached.guessed();
        if n_by_name + n_proposed == self.reached.workbooks.len() {
            return format!("probably {used}");
        }
        let parts: Vec<String> = std::iter::once(used)
            .chain(self.reached.guesses())
            .collect();
        parts.join(" · ")
    }
}

/// What is reached, each once, however many ways lead there.
#[derive(Default)]
struct Reached {
    workbooks: BTreeMap<WorkbookIx, Shown>,
}

/// What of a workbook is reached, and the surest match that leads there.
struct Shown {
    dashboards: BTreeSet<usize>,
    sheets: BTreeSet<usize>,
    kind: MatchKind,
}

impl Reached {
    fn add(&mut self, usage: &WorkbookUsage) {
        let shown = self.workbooks.entry(usage.workbook).or_insert(Shown {
            dashboards: BTreeSet::new(),
            sheets: BTreeSet::new(),
            kind: usage.kind,
        });
        shown.kind = shown.kind.min(usage.kind);
        let dashboards = usage.dashboards.iter().map(|it| it.dashboard);
        shown.dashboards.extend(dashboards);
        shown.sheets.extend(&usage.sheets);
    }

    /// `12 dashboards in 4 workbooks`
    fn total(&self) -> String {
        let all = self.workbooks.values();
        let n_dashboards = all.clone().map(|it| it.dashboards.len()).sum();
        let n_sheets = all.map(|it| it.sheets.len()).sum();
        let dashboards = count_dashboards(n_dashboards, n_sheets);
        format!(
            "{dashboards} in {}",
            count(self.workbooks.len(), "workbook")
        )
    }

    /// How many workbooks match by name alone, and how many by a proposed rule.
    fn guessed(&self) -> (usize, usize) {
        let all = self.workbooks.values();
        let of_kind = |kind| all.clone().filter(|it| it.kind == kind).count();
        (of_kind(MatchKind::Name), of_kind(MatchKind::Proposed))
    }

    /// `1 by an unconfirmed name rule`, `2 by name only`
    fn guesses(&self) -> impl Iterator<Item = String> {
        let (n_by_name, n_proposed) = self.guessed();
        let all = [
            (n_proposed, "by an unconfirmed name rule"),
            (n_by_name, "by name only"),
        ];
        let some = all.into_iter().filter(|(n, _)| *n > 0);
        some.map(|(n, how)| format!("{n} {how}"))
    }
}

/// What is said where no content was read yet, and so there is no lens.
pub(super) fn nothing_read(analysis: &Analysis) -> String {
    match analysis.has_content() {
        true => nothing(analysis, false),
        false => "use unknown (no Tableau content was found)".to_owned(),
    }
}

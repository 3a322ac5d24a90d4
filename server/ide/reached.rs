//! What is reached of workbooks, counted once however many ways lead to it.

use std::collections::{BTreeMap, BTreeSet};

use lineage::{MatchKind, WorkbookIx, WorkbookUsage};

use crate::text::{count, count_dashboards};

/// Workbooks, and what of them is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    workbooks: BTreeMap<WorkbookIx, Shown>,
}

/// What of a workbook is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its dashboards, by their places.
    pub dashboards: BTreeSet<usize>,
    /// Its sheets likewise.
    pub sheets: BTreeSet<usize>,
    /// The surest match that leads there.
    pub kind: MatchKind,
}

impl Reached {
    /// All that is reached by any of these.
    pub fn of<'u>(usages: impl IntoIterator<Item = &'u WorkbookUsage>) -> Reached {
        let mut reached = Reached::default();
        usages.into_iter().for_each(|it| reached.add(it));
        reached
    }

    /// Adds all that a usage reaches.
    pub fn add(&mut self, usage: &WorkbookUsage) {
        let dashboards = usage.dashboards.iter().map(|it| it.dashboard);
        self.shown(usage).dashboards.extend(dashboards);
    }

    /// Adds the dashboards that are as near as their workbook.
    pub(crate) fn add_nearest(&mut self, usage: &WorkbookUsage) {
        let dashboards = usage.dashboards.iter();
        let nearest = dashboards.filter(|it| it.distance <= usage.distance);
        let nearest = nearest.map(|it| it.dashboard);
        self.shown(usage).dashboards.extend(nearest);
    }

    fn shown(&mut self, usage: &WorkbookUsage) -> &mut Shown {
        let shown = self.workbooks.entry(usage.workbook).or_insert(Shown {
            dashboards: BTreeSet::new(),
            sheets: BTreeSet::new(),
            kind: usage.kind,
        });
        shown.kind = shown.kind.min(usage.kind);
        shown.sheets.extend(&usage.sheets);
        shown
    }

    /// Whether nothing is reached.
    pub fn is_empty(&self) -> bool {
        self.workbooks.is_empty()
    }

    /// Each workbook, with what of it is reached.
    pub fn workbooks(&self) -> impl ExactSizeIterator<Item = (WorkbookIx, &Shown)> {
        self.workbooks.iter().map(|(&ix, it)| (ix, it))
    }

    /// `5 dashboards in 2 workbooks`
    pub fn counted(&self) -> String {
        let all = self.workbooks.values();
        let n_dashboards = all.clone().map(|it| it.dashboards.len()).sum();
        let n_sheets = all.map(|it| it.sheets.len()).sum();
        let workbooks = count(self.workbooks.len(), "workbook");
        match (n_dashboards, n_sheets) {
            (0, 0) => workbooks,
            _ => format!(
                "{} in {workbooks}",
                count_dashboards(n_dashboards, n_sheets)
            ),
        }
    }

    /// `5 dashboards in 2 workbooks read`, or that they probably do.
    pub fn read(&self) -> String {
        let counted = self.counted();
        let verb = match (self.is_probable(), counted.starts_with("1 ")) {
            (true, _) => "probably read",
            (false, true) => "reads",
            (false, false) => "read",
        };
        format!("{counted} {verb}")
    }

    /// Whether all of it is a guess.
    pub fn is_probable(&self) -> bool {
        self.workbooks.values().all(|it| it.kind.is_probable())
    }
}

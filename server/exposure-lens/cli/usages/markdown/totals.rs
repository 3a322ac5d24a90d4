//! How much is read: workbooks, dashboards and views, each counted once however many ways
//! lead to it.

use std::collections::{BTreeMap, BTreeSet};

use ide::Analysis;
use lineage::{RecentViews, ViewCount, WorkbookIx, WorkbookUsage};

/// What is reached of each workbook.
#[derive(Default)]
pub(super) struct Totals {
    workbooks: BTreeMap<WorkbookIx, Reached>,
}

#[derive(Default)]
struct Reached {
    dashboards: BTreeSet<usize>,
    sheets: BTreeSet<usize>,
    /// Whether at least one of the ways to it is no guess.
    is_sure: bool,
}

impl Totals {
    /// What is counted together.
    pub(super) fn of<'u>(usages: impl Iterator<Item = &'u WorkbookUsage>) -> Totals {
        let mut totals = Totals::default();
        for usage in usages {
            let reached = totals.workbooks.entry(usage.workbook).or_default();
            reached.is_sure |= !usage.kind.is_probable();
            let dashboards = usage.dashboards.iter().map(|it| it.dashboard);
            reached.dashboards.extend(dashboards);
            reached.sheets.extend(&usage.sheets);
        }
        totals
    }

    pub(super) fn is_empty(&self) -> bool {
        self.workbooks.is_empty()
    }

    /// `5 dashboards in 2 workbooks`.
    pub(super) fn counted(&self) -> String {
        let n_dashboards = self.workbooks.values().map(|it| it.dashboards.len()).sum();
        let n_sheets = self.workbooks.values().map(|it| it.sheets.len()).sum();
        let workbooks = ide::count(self.workbooks.len(), "workbook");
        match (n_dashboards, n_sheets) {
            (0, 0) => workbooks,
            _ => {
                let dashboards = ide::count_dashboards(n_dashboards, n_sheets);
                format!("{dashboards} in {workbooks}")
            }
        }
    }

    /// `5 dashboards in 2 workbooks read`, or that they probably do.
    pub(super) fn read(&self) -> String {
        let counted = self.counted();
        let verb = match (self.is_probable(), counted.starts_with("1 ")) {
            (true, _) => "probably read",
            (false, true) => "reads",
            (false, false) => "read",
        };
        format!("{counted} {verb}")
    }

    /// Whether all of it is a guess.
    pub(super) fn is_probable(&self) -> bool {
        !self.workbooks.values().any(|it| it.is_sure)
    }

    /// `1 workbook only probably`, where some of it is a guess, and not all.
    pub(super) fn guessed(&self) -> Option<String> {
        let n_guessed = self.workbooks.values().filter(|it| !it.is_sure).count();
        let is_mixed = n_guessed > 0 && !self.is_probable();
        is_mixed.then(|| format!("{} only probably", ide::count(n_guessed, "workbook")))
    }

    /// How often what is reached is opened; `None` where that is known of nothing.
    pub(super) fn views(&self, analysis: &Analysis) -> Option<String> {
        let each = self.workbooks.iter();
        let each: Vec<Option<ViewCount>> = each.map(|(&ix, it)| it.views(analysis, ix)).collect();
        let known: Vec<ViewCount> = each.iter().flatten().copied().collect();
        let views = ide::views(sum(&known)?);
        Some(match known.len() == each.len() {
            true => views,
            false => format!("at least {views}"),
        })
    }
}

impl Reached {
    /// Of the dashboards alone, where a site counts each; else of the workbook.
    fn views(&self, analysis: &Analysis, ix: WorkbookIx) -> Option<ViewCount> {
        let workbook = analysis.lineage.workbook(ix);
        let dashboards = self.dashboards.iter();
        let counted: Vec<ViewCount> = dashboards
            .filter_map(|&it| workbook.dashboards.get(it)?.views)
            .collect();
        sum(&counted).or(workbook.views)
    }
}

/// Lately only where all of them are known for the same days.
fn sum(counts: &[ViewCount]) -> Option<ViewCount> {
    let (first, rest) = counts.split_first()?;
    let add = |a: ViewCount, b: &ViewCount| ViewCount {
        total: a.total.saturating_add(b.total),
        recent: match (a.recent, b.recent) {
            (Some(a), Some(b)) if a.days == b.days => Some(RecentViews {
                count: a.count.saturating_add(b.count),
                days: a.days,
            }),
            _ => None,
        },
    };
    Some(rest.iter().fold(*first, add))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_of_other_days_are_not_added_up() {
        let of = |total, recent: Option<(u64, u32)>| ViewCount {
            total,
            recent: recent.map(|(count, days)| RecentViews { count, days }),
        };
        let shown = |counts: &[ViewCount]| sum(counts).map(ide::views).unwrap_or_default();
        assert_eq!(shown(&[]), "");
        assert_eq!(
            shown(&[of(9, Some((2, 7))), of(5, Some((1, 7)))]),
            "+3 views/7 d"
        );
        assert_eq!(
            shown(&[of(9, Some((2, 7))), of(5, Some((1, 8)))]),
            "14 views ever"
        );
        assert_eq!(shown(&[of(9, Some((2, 7))), of(5, None)]), "14 views ever");
        assert_eq!(
            shown(&[of(u64::MAX, None), of(1, None)]),
            "18446744073709551615 views ever"
        );
    }
}

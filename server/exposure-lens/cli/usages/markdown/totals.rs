//! How much of what is reached is a guess, and how often it is opened: each thing counts once,
//! however many ways lead to it.

use ide::{Analysis, Reached, Shown};
use lineage::{RecentViews, ViewCount, WorkbookIx};

/// `1 workbook only probably`, where some of it is a guess, and not all.
pub(super) fn guessed(reached: &Reached) -> Option<String> {
    let guessed = reached.workbooks().filter(|(_, it)| it.kind.is_probable());
    let n_guessed = guessed.count();
    let is_mixed = n_guessed > 0 && !reached.is_probable();
    is_mixed.then(|| format!("{} only probably", ide::count(n_guessed, "workbook")))
}

/// How often what is reached is opened; `None` where that is known of nothing.
pub(super) fn views(reached: &Reached, analysis: &Analysis) -> Option<String> {
    let each = reached.workbooks();
    let each: Vec<Option<ViewCount>> = each.map(|(ix, it)| views_of(analysis, ix, it)).collect();
    let known: Vec<ViewCount> = each.iter().flatten().copied().collect();
    let views = ide::views(sum(&known)?);
    Some(match known.len() == each.len() {
        true => views,
        false => format!("at least {views}"),
    })
}

/// Of the dashboards alone, where a site counts each; else of the workbook.
fn views_of(analysis: &Analysis, ix: WorkbookIx, shown: &Shown) -> Option<ViewCount> {
    let workbook = analysis.lineage.workbook(ix);
    let dashboards = shown.dashboards.iter();
    let counted: Vec<ViewCount> = dashboards
        .filter_map(|&it| workbook.dashboards.get(it)?.views)
        .collect();
    sum(&counted).or(workbook.views)
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

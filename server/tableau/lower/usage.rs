//! How often things were opened.

use lineage::{RecentViews, ViewCount};

use crate::records::{UsageRecord, ViewUsageRecord};

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// How often the view `luid` was opened.
pub(super) fn of_view(usage: &UsageRecord, luid: Option<&str>) -> Option<ViewCount> {
    let view = usage.views.get(luid?)?;
    Some(count(usage, view))
}

/// How often the views of the workbook were opened, together.
pub(super) fn sum(counts: impl Iterator<Item = ViewCount>) -> Option<ViewCount> {
    counts.reduce(|sum, it| ViewCount {
        total: sum.total.saturating_add(it.total),
        recent: match (sum.recent, it.recent) {
            (Some(one), Some(other)) => Some(RecentViews {
                count: one.count.saturating_add(other.count),
                days: one.days.max(other.days),
            }),
            (one, other) => one.or(other),
        },
    })
}

fn count(usage: &UsageRecord, view: &ViewUsageRecord) -> ViewCount {
    let days = days_between(usage);
    let earlier = view.earlier;
    ViewCount {
        total: view.total,
        recent: days.zip(earlier).map(|(days, earlier)| RecentViews {
            count: view.total.saturating_sub(earlier),
            days,
        }),
    }
}

/// The days since the count that growth is measured from, rounded up; `None` below one.
fn days_between(usage: &UsageRecord) -> Option<u32> {
    let seconds = usage.at?.as_second() - usage.earlier_at?.as_second();
    let days = (seconds + SECONDS_PER_DAY - 1) / SECONDS_PER_DAY;
    let days = (seconds >= SECONDS_PER_DAY).then_some(days)?;
    u32::try_from(days).ok()
}

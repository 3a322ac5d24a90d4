//! How often views were opened, and growth since earlier reads.

use std::collections::{BTreeMap, HashMap, HashSet};

use lineage::Timestamp;

use super::reader::Reader;
use crate::records::{NoteKind, Records, UsageRecord, ViewUsageRecord, Way};
use crate::rest;

/// Growth is counted over at least half of this.
const WINDOW_DAYS: i64 = 7;
const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// Reads the counts. Without them the content is still whole, so that a refusal is a
/// note, and what was known stays.
pub(super) async fn read(
    reader: &Reader<'_>,
    known: Option<&UsageRecord>,
    now: Timestamp,
) -> UsageRecord {
    let query = &[("includeUsageStatistics", "true")];
    let listed = reader
        .client
        .rest_pages("views", query, "views", "view")
        .await;
    match listed {
        Ok(listed) => {
            let views = listed.items.iter().filter_map(rest::view).collect();
            grown(known, views, now)
        }
        Err(error) => {
            let message = format!("view counts are not up to date: {error}");
            reader.note(NoteKind::UsageStale, message, None);
            known.cloned().unwrap_or_default()
        }
    }
}

/// The counts with those to compare with. Two earlier ones are kept, so that one of
/// them always lies days back: `earlier` is compared with, `middle` takes its place.
fn grown(
    known: Option<&UsageRecord>,
    mut views: BTreeMap<String, ViewUsageRecord>,
    now: Timestamp,
) -> UsageRecord {
    let known = known.cloned().unwrap_or_default();
    let (earlier, middle) = samples(&known, now);
    for (luid, view) in &mut views {
        let before = known.views.get(luid);
        let count = |sample: Option<Sample>| match sample? {
            Sample::Earlier => before?.earlier,
            Sample::Middle => before?.middle,
            Sample::Last => before.map(|it| it.total),
        };
        view.earlier = count(earlier);
        view.middle = count(middle);
    }
    UsageRecord {
        at: Some(now),
        earlier_at: earlier.and_then(|it| it.at(&known)),
        middle_at: middle.and_then(|it| it.at(&known)),
        views,
    }
}

/// A count that is kept.
#[derive(Clone, Copy)]
enum Sample {
    Earlier,
    Middle,
    Last,
}

impl Sample {
    fn at(self, known: &UsageRecord) -> Option<Timestamp> {
        match self {
            Sample::Earlier => known.earlier_at,
            Sample::Middle => known.middle_at,
            Sample::Last => known.at,
        }
    }
}

/// Which of the known counts to keep as the earlier and as the middle one.
fn samples(known: &UsageRecord, now: Timestamp) -> (Option<Sample>, Option<Sample>) {
    let age = |it: Sample| {
        let seconds = it.at(known).map(|at| now.as_second() - at.as_second());
        seconds.map(|it| it / SECONDS_PER_DAY)
    };
    let last = known.at.map(|_| Sample::Last);
    match (age(Sample::Earlier), age(Sample::Middle)) {
        (None, _) => (last, None),
        (Some(_), Some(middle)) if middle > WINDOW_DAYS / 2 => (Some(Sample::Middle), last),
        (Some(_), Some(_)) => (Some(Sample::Earlier), Some(Sample::Middle)),
        (Some(earlier), None) => {
            let is_due = earlier > WINDOW_DAYS / 2;
            (Some(Sample::Earlier), last.filter(|_| is_due))
        }
    }
}

/// Lets views of workbooks that are not kept go. Where workbooks were downloaded, the
/// list of views tells which of their sheets have pages.
pub(super) fn settle(records: &mut Records) {
    let kept: HashSet<&str> = records
        .workbooks
        .iter()
        .map(|it| it.luid.as_str())
        .collect();
    let is_kept = |it: &ViewUsageRecord| {
        let workbook = it.workbook_luid.as_deref();
        workbook.is_none_or(|it| kept.contains(it))
    };
    records.usage.views.retain(|_, it| is_kept(it));
    if records.way == Way::Downloads {
        give_pages(records);
    }
    for view in records.usage.views.values_mut() {
        view.name = None;
        view.path = None;
    }
}

fn give_pages(records: &mut Records) {
    let mut pages: HashMap<(&str, &str), (&String, &ViewUsageRecord)> = HashMap::new();
    for (luid, view) in &records.usage.views {
        if let (Some(workbook), Some(name)) = (&view.workbook_luid, &view.name) {
            pages.insert((workbook, name), (luid, view));
        }
    }
    for workbook in &mut records.workbooks {
        for it in workbook.sheets.iter_mut().chain(&mut workbook.dashboards) {
            let name = it.name.as_deref().unwrap_or_default();
            let page = pages.get(&(workbook.luid.as_str(), name));
            if let Some((luid, view)) = page.filter(|(_, view)| view.path.is_some()) {
                it.luid = Some((*luid).clone());
                it.path.clone_from(&view.path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Growth, as it is kept, while one view is opened ten times a day and counted
    /// every `hours`.
    fn check(hours: i64, n: usize, expect: Expect) {
        let mut known: Option<UsageRecord> = None;
        let mut lines = Vec::new();
        for hour in (0..).step_by(usize::try_from(hours).unwrap()).take(n) {
            let now = Timestamp::from_second(hour * 3600).unwrap();
            let total = u64::try_from(hour * 10 / 24).unwrap();
            let view = ViewUsageRecord {
                total,
                ..ViewUsageRecord::default()
            };
            let views = BTreeMap::from([("v".to_owned(), view)]);
            let usage = grown(known.as_ref(), views, now);
            let since = usage
                .earlier_at
                .map(|at| (hour - at.as_second() / 3600) / 24);
            let growth = usage.views["v"].earlier.map(|it| total - it);
            lines.push(format!("{growth:?} in {since:?}"));
            known = Some(usage);
        }
        expect.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn growth_is_counted_over_some_days() {
        check(
            24,
            3,
            expect![[r#"
            None in None
            Some(10) in Some(1)
            Some(20) in Some(2)"#]],
        );
    }

    #[test]
    fn growth_is_counted_while_counts_come_every_hour() {
        check(
            12,
            20,
            expect![[r#"
            None in None
            Some(5) in Some(0)
            Some(10) in Some(1)
            Some(15) in Some(1)
            Some(20) in Some(2)
            Some(25) in Some(2)
            Some(30) in Some(3)
            Some(35) in Some(3)
            Some(40) in Some(4)
            Some(45) in Some(4)
            Some(50) in Some(5)
            Some(55) in Some(5)
            Some(60) in Some(6)
            Some(65) in Some(6)
            Some(70) in Some(7)
            Some(40) in Some(4)
            Some(45) in Some(4)
            Some(50) in Some(5)
            Some(55) in Some(5)
            Some(60) in Some(6)"#]],
        );
    }

    #[test]
    fn a_view_that_is_new_has_not_grown() {
        let known = grown(None, BTreeMap::new(), Timestamp::from_second(0).unwrap());
        let views = BTreeMap::from([("v".to_owned(), ViewUsageRecord::default())]);
        let usage = grown(
            Some(&known),
            views,
            Timestamp::from_second(900_000).unwrap(),
        );
        assert_eq!(usage.views["v"].earlier, None);
        assert_eq!(usage.earlier_at, known.at);
    }
}

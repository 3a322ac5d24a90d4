//! What a lens, a hover and a diagnostic say of an exposure in the same words.

use dbt::Field;
use lineage::{NodeIx, PageLink, RecentViews, Shown, Subject, ViewCount};

use crate::analysis::Analysis;
use crate::exposures::state::ExposureState;
use crate::text::plain;

/// `ref to fct_orders`, `source crm.accounts`; of several how many.
pub(crate) fn dependencies(analysis: &Analysis, nodes: &[NodeIx]) -> String {
    match nodes {
        [only] => {
            let node = analysis.lineage.nodes().get(*only);
            let what = if node.source_name.is_some() {
                "source"
            } else {
                "ref to"
            };
            format!("{what} {}", plain(&node.label()))
        }
        _ => format!("{} dependencies", nodes.len()),
    }
}

/// That what an exposure stands for may be gone or not, and why.
pub(crate) fn presence_unknown(why: &str) -> String {
    format!("it is not known whether what it stands for is still there: {why}")
}

/// `label differs`, `label and url differ`; each word once.
pub(crate) fn differing(state: &ExposureState) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    for it in &state.differences {
        let word = word(it.field);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let (last, first) = words.split_last()?;
    Some(match first {
        [] => format!("{last} differs"),
        _ => format!("{} and {last} differ", first.join(", ")),
    })
}

/// What people call a text of an exposure.
pub(crate) fn word(field: Field) -> &'static str {
    match field {
        Field::Label => "label",
        Field::Url => "url",
        Field::Description => "description",
        Field::OwnerName => "owner",
        Field::OwnerEmail => "owner's address",
    }
}

/// How often what it stands for is opened; `None` where that is not known of all of it.
pub(crate) fn views(analysis: &Analysis, subjects: &[Subject]) -> Option<ViewCount> {
    let mut all = subjects.iter().map(|it| views_of(analysis, *it));
    let first = all.next()??;
    all.try_fold(first, |acc, it| {
        let it = it?;
        Some(ViewCount {
            total: acc.total + it.total,
            recent: acc.recent.zip(it.recent).map(|(a, b)| RecentViews {
                count: a.count + b.count,
                days: a.days.max(b.days),
            }),
        })
    })
}

fn views_of(analysis: &Analysis, subject: Subject) -> Option<ViewCount> {
    let workbook = analysis.lineage.workbook(subject.workbook);
    match subject.dashboard {
        Some(dashboard) => workbook.dashboards.get(dashboard)?.views,
        None => workbook.views,
    }
}

/// Whether all that it stands for is known to read no more than is told.
pub(crate) fn is_all_known(analysis: &Analysis, subjects: &[Subject]) -> bool {
    let mut all = subjects.iter();
    all.all(|it| analysis.lineage.hidden_reads(*it).is_empty())
}

/// `acme`: where something was looked for.
pub(crate) fn place(analysis: &Analysis, content: usize) -> String {
    let content = &analysis.lineage.contents()[content];
    match (content.name.as_str(), &content.host) {
        ("", Some(host)) => plain(host),
        (name, _) => plain(name),
    }
}

/// ` (read 2026-01-31)`: from when the list is that shows something to be gone.
pub(crate) fn as_read(analysis: &Analysis, content: usize) -> String {
    let content = analysis.lineage.contents().get(content);
    let at = content.and_then(|it| it.fetched_at);
    at.map_or_else(String::new, |at| {
        format!(" (read {})", at.strftime("%Y-%m-%d"))
    })
}

/// What is gone: the workbook, or a dashboard of one that is there.
pub(crate) fn what_is_gone(analysis: &Analysis, exposure: usize, content: usize) -> &'static str {
    let it = &analysis.lineage.exposures()[exposure];
    let meta = |key: &str| {
        it.meta
            .iter()
            .find(|(at, _)| at == key)
            .map(|(_, value)| value.as_str())
    };
    let page = it.url.as_deref().and_then(PageLink::parse);
    let of_view = page.and_then(|it| match it.shows {
        Shown::View { workbook, .. } => Some(workbook),
        Shown::Workbook(_) | Shown::Datasource(_) => None,
    });
    let names_dashboard = meta("tableau.dashboard").is_some() || of_view.is_some();
    let url_name = of_view.as_deref().or_else(|| meta("tableau.content_url"));
    let mut workbooks = analysis.lineage.contents()[content].workbooks.iter();
    let is_there = workbooks.any(|workbook| {
        let luid = workbook.luid.as_ref().map(|it| it.0.as_str());
        let same = |a: Option<&str>, b: Option<&str>| {
            a.zip(b).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        same(luid, meta("tableau.luid")) || same(workbook.content_url.as_deref(), url_name)
    });
    if names_dashboard && is_there {
        "dashboard"
    } else {
        "workbook"
    }
}

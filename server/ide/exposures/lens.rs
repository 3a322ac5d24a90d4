//! The lens above an exposure: whether it and Tableau are in step, or what differs.
//!
//! Nothing stands above an exposure that is not Tableau's, nor above one that the
//! lineage does not know yet.

use lineage::{Presence, Subject};

use crate::analysis::{Analysis, File};
use crate::annotations::{About, Annotation};
use crate::exposures::entry::{self, ExposureEntryAt};
use crate::exposures::state::ExposureState;
use crate::exposures::{subjects, words};
use crate::text::{count_dashboards, plain, safe_url, views};

#[cfg(test)]
mod tests;

/// The lenses of a properties file, in its order.
pub(crate) fn of_file(analysis: &Analysis, file: File<'_>) -> Vec<Annotation> {
    let entries = entry::in_file(analysis, file).into_iter();
    entries
        .filter_map(|it| of_entry(analysis, file, &it))
        .collect()
}

fn of_entry(analysis: &Analysis, file: File<'_>, at: &ExposureEntryAt) -> Option<Annotation> {
    let state = at.state(analysis, file)?;
    let said = said(analysis, &state)?;
    let standing = match (at.entry.is_hidden, at.entry.enabled) {
        (true, _) => "hidden from dbt · ",
        (false, Some(false)) => "disabled · ",
        (false, _) => "",
    };
    Some(Annotation {
        range: at.entry.name_span.clone(),
        about: About::Exposure {
            name: analysis.lineage.exposures()[state.exposure].name.clone(),
            url: page(analysis, at, &state),
        },
        title: format!("Tableau: {standing}{said}"),
    })
}

fn said(analysis: &Analysis, state: &ExposureState) -> Option<String> {
    Some(match &state.presence {
        Presence::Elsewhere => return None,
        Presence::Unknown(reason) => format!("not found ({})", plain(reason)),
        Presence::Gone { content } => {
            let what = words::what_is_gone(analysis, state.exposure, *content);
            let place = words::place(analysis, *content);
            let read = words::as_read(analysis, *content);
            format!("{what} is gone from {place}{read}")
        }
        Presence::Here => differences(analysis, state).unwrap_or_else(|| in_step(analysis, state)),
    })
}

fn differences(analysis: &Analysis, state: &ExposureState) -> Option<String> {
    let mut said: Vec<String> = Vec::new();
    if !state.lacking.is_empty() {
        said.push(format!(
            "lacks {}",
            words::dependencies(analysis, &state.lacking)
        ));
    }
    if !state.surplus.is_empty() {
        let dependencies = words::dependencies(analysis, &state.surplus);
        said.push(format!("{dependencies} no longer read"));
    }
    said.extend(words::differing(state));
    (!said.is_empty()).then(|| said.join(" · "))
}

fn in_step(analysis: &Analysis, state: &ExposureState) -> String {
    let subjects = &state.subjects;
    let how = if words::is_all_known(analysis, subjects) {
        ""
    } else {
        " as far as known"
    };
    let mut said = vec![format!("in step{how}"), dashboards(analysis, subjects)];
    said.extend(words::views(analysis, subjects).map(views));
    said.join(" · ")
}

fn dashboards(analysis: &Analysis, subjects: &[Subject]) -> String {
    let (mut n_dashboards, mut n_sheets) = (0, 0);
    for subject in subjects {
        let workbook = analysis.lineage.workbook(subject.workbook);
        match subject.dashboard {
            Some(_) => n_dashboards += 1,
            None => {
                n_dashboards += workbook.dashboards.len();
                n_sheets += workbook.sheets.iter().filter(|it| !it.hidden).count();
            }
        }
    }
    count_dashboards(n_dashboards, n_sheets)
}

/// The page that a click opens: Tableau's own, else the one that stands there. Where
/// the thing is gone there is none.
fn page(analysis: &Analysis, at: &ExposureEntryAt, state: &ExposureState) -> Option<String> {
    let mut pages = state
        .subjects
        .iter()
        .filter_map(|it| subjects::page_of(analysis, *it));
    let stated = || {
        let url = at.entry.url.as_deref().and_then(safe_url)?;
        let is_lost = matches!(state.presence, Presence::Gone { .. });
        (!is_lost && !lineage::is_placeholder(url)).then_some(url)
    };
    pages.next().or_else(stated).map(str::to_owned)
}

//! Workbooks and dashboards that have no exposure yet.

use std::cmp::Reverse;

use lineage::{Subject, Workbook};

use super::CompletionKind;
use super::context::{self, Context, title};
use super::offers::Value;
use crate::exposure_plan::{self, Names};
use crate::exposures::subjects::page_of;
use crate::markdown;
use crate::text::{count_dashboards, plain, views};

/// What is written of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The name that its exposure would get.
    Name,
    /// Its title.
    Title,
    /// Its page.
    Page,
}

/// One part of each, of the one that the exposure stands for first, then most viewed
/// first.
pub(super) fn values(context: Context<'_>, part: Part) -> Vec<Value> {
    let analysis = context.analysis;
    let own = context.subjects();
    let mut subjects = context::open_subjects(analysis);
    subjects.retain(|it| !own.contains(it));
    subjects.sort_by_cached_key(|it| {
        let workbook = analysis.lineage.workbook(it.workbook);
        let dashboard = exposure_plan::dashboard_of(workbook, *it);
        let views = dashboard.map_or(workbook.views, |it| it.views);
        (Reverse(views), title(analysis, *it).to_owned(), *it)
    });
    let names = (part == Part::Name).then(|| Names::of(analysis));
    let text = |it: Subject| match (part, &names) {
        (Part::Name, names) => Some(names.as_ref()?.of_subject(it)?.as_str().to_owned()),
        (Part::Title, _) => Some(title(analysis, it).to_owned()),
        (Part::Page, _) => page_of(analysis, it).map(str::to_owned),
    };
    let all = own.into_iter().chain(subjects);
    all.filter_map(|it| Some(value(context, it, text(it)?, part)))
        .collect()
}

fn value(context: Context<'_>, subject: Subject, text: String, part: Part) -> Value {
    let workbook = context.analysis.lineage.workbook(subject.workbook);
    let title = plain(title(context.analysis, subject));
    let label = match part {
        Part::Name => text.clone(),
        Part::Title | Part::Page => title.clone(),
    };
    let within = workbook.project_path.join("/");
    let detail = match part {
        Part::Name => plain(&format!("Tableau: {title}")),
        Part::Title if !within.is_empty() => plain(&format!("Tableau: {within}")),
        Part::Title => "Tableau".to_owned(),
        Part::Page => plain(&text),
    };
    Value {
        text,
        label,
        detail: Some(detail),
        documentation: Some(about(context, subject, workbook)),
        kind: CompletionKind::Workbook,
    }
}

fn about(context: Context<'_>, subject: Subject, workbook: &Workbook) -> String {
    let mut parts = vec![markdown::title(
        title(context.analysis, subject),
        page_of(context.analysis, subject),
    )];
    let dashboard = exposure_plan::dashboard_of(workbook, subject);
    let within = workbook.project_path.join("/");
    parts.push(markdown::escape(&within));
    let owner = exposure_plan::owner_name(context.analysis, workbook);
    parts.extend(owner.map(|it| markdown::escape(&it)));
    match dashboard {
        Some(_) => parts.push(format!("in {}", markdown::escape(&workbook.name))),
        None => parts.push(count_dashboards(
            workbook.dashboards.len(),
            workbook.sheets.len(),
        )),
    }
    let count = dashboard.map_or(workbook.views, |it| it.views);
    parts.extend(count.map(views));
    parts.retain(|it| !it.is_empty());
    parts.join(" · ")
}

//! The list of exposures as a whole: the key twice, no list, items that are none, and
//! YAML that dbt does not take as it is written.

use std::ops::Range;

use dbt::{Change, Problem, Properties, Taken};

use super::{Context, change, error};
use crate::diagnostics::{Diagnostic, Fix, Severity};
use crate::exposures::entry::ExposureEntryAt;
use crate::locate;

pub(super) fn of_file(
    context: &Context<'_>,
    properties: &Properties,
    entries: &[ExposureEntryAt],
) -> Vec<Diagnostic> {
    let problems = properties.problems.iter();
    let mut all: Vec<Diagnostic> = problems
        .filter_map(|it| problem(context, properties, it))
        .collect();
    let hidden = entries.iter().filter(|it| it.entry.is_hidden);
    all.extend(hidden.map(hidden_entry));
    all
}

fn problem(
    context: &Context<'_>,
    properties: &Properties,
    problem: &Problem,
) -> Option<Diagnostic> {
    let span = problem.span.clone();
    let dbt = context.dbt();
    match problem.code {
        "yaml-repeated-key" => repeated(context, properties, span?),
        "yaml-several-documents" => Some(error(
            second_document(context.file.text),
            problem.code,
            "a second YAML document starts here; dbt takes one in a file and stops".to_owned(),
        )),
        "exposures-empty" => {
            let is_refused = context.engine.takes_empty_list() == Taken::No;
            is_refused.then(|| {
                let message =
                    format!("`exposures:` has no list, and {dbt} stops at that; `[]` is one");
                error(span.unwrap_or_default(), problem.code, message)
            })
        }
        "exposures-not-a-list" => Some(error(
            span?,
            problem.code,
            "`exposures:` is not a list, and dbt stops at that".to_owned(),
        )),
        "exposure-without-name" => Some(error(
            locate::line_of(context.file.text, span?.start),
            "exposure-key-missing",
            "an exposure without `name`; dbt stops at it".to_owned(),
        )),
        "exposure-not-a-map" => Some(error(
            visible(context, span?),
            problem.code,
            "this is no exposure: it has no keys; dbt stops at it".to_owned(),
        )),
        _ => None,
    }
}

/// A range that can be seen: of an empty one its line.
fn visible(context: &Context<'_>, span: Range<usize>) -> Range<usize> {
    if span.is_empty() {
        locate::line_of(context.file.text, span.start)
    } else {
        span
    }
}

fn repeated(
    context: &Context<'_>,
    properties: &Properties,
    span: Range<usize>,
) -> Option<Diagnostic> {
    let key = context.file.text.get(span.clone())?;
    let severity = match context.engine.takes_repeated_key() {
        Taken::No => Severity::Error,
        Taken::Yes | Taken::Deprecated | Taken::Ignored => Severity::Warning,
    };
    // The key's own span is without quotes in the one and with them in the other list.
    let keys = &properties.exposures_keys;
    let is_list = keys
        .iter()
        .any(|it| span.start <= it.start && it.end <= span.end);
    let (code, fixes, what) = if is_list {
        let what = "the exposures below it do not exist for dbt, which takes the last list";
        ("exposures-key-twice", vec![join_lists()], what)
    } else {
        ("yaml-repeated-key", Vec::new(), "dbt takes the last one")
    };
    let refused = match severity {
        Severity::Error => format!("; {} says that this is an error", context.dbt()),
        _ => String::new(),
    };
    Some(Diagnostic {
        range: span,
        severity,
        code,
        message: format!(
            "`{}` stands here again further down; {what}{refused}",
            key.trim_matches(['"', '\''])
        ),
        fixes,
    })
}

fn hidden_entry(at: &ExposureEntryAt) -> Diagnostic {
    Diagnostic {
        range: at.entry.name_span.clone(),
        severity: Severity::Warning,
        code: "exposure-hidden",
        message: format!(
            "dbt does not see `{}`: `exposures:` stands in this file again further down, and the \
             last list counts",
            at.entry.name
        ),
        fixes: vec![join_lists()],
    }
}

fn join_lists() -> Fix {
    let title = "Join the lists of exposures".to_owned();
    Fix {
        is_preferred: true,
        ..change(title, Change::JoinLists)
    }
}

/// The line that starts the second document: no text within one can look like it.
fn second_document(text: &str) -> Range<usize> {
    let mut has_content = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let is_marker = line
            .strip_prefix("---")
            .is_some_and(|it| it.trim_end().is_empty() || it.starts_with([' ', '\t']));
        if is_marker && has_content {
            return locate::line_of(text, start);
        }
        let is_nothing = line.trim().is_empty() || line.starts_with(['#', '%', '\u{feff}']);
        has_content |= !is_nothing || is_marker && has_content;
        start += line.len();
    }
    locate::line_of(text, 0)
}

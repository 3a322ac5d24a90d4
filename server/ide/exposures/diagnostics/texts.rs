//! Values: types and maturities that dbt does not know, addresses that are yet to be
//! filled in, numbers where a text is wanted, Jinja that is never closed.

use dbt::{
    Change, EXPOSURE_TYPES, Engine, ExposureEntry, Field, KeyEntry, MATURITIES, Taken, ValueKind,
};
use lineage::{ExposureName, is_placeholder};

use super::{Context, change, error, has_jinja, nearest, range_of, replace};
use crate::diagnostics::{Diagnostic, Fix, Severity};
use crate::exposures::entry::ExposureEntryAt;
use crate::exposures::subjects;
use crate::text::plain;

/// The keys that want a text; `name`, `type` and `maturity` are looked at by themselves.
const TEXTS: [&str; 5] = ["label", "url", "description", "owner.name", "owner.email"];

pub(super) fn of_entry(context: &Context<'_>, at: &ExposureEntryAt) -> Vec<Diagnostic> {
    let entry = &at.entry;
    let mut all = Vec::new();
    all.extend(kind_of_thing(context, entry));
    all.extend(maturity(context, entry));
    all.extend(placeholder(context, at));
    let texts = TEXTS.into_iter().filter_map(|key| entry.key(key));
    for key in texts {
        all.extend(no_text(context, key));
        all.extend(unclosed(context, key));
    }
    all
}

fn kind_of_thing(context: &Context<'_>, entry: &ExposureEntry) -> Option<Diagnostic> {
    let key = entry.key("type").filter(|it| it.kind != ValueKind::Null)?;
    let value = key.value.as_deref().unwrap_or_default();
    if EXPOSURE_TYPES.contains(&value) || has_jinja(value) {
        return None;
    }
    let message = format!(
        "dbt does not know the type `{}` and stops at it; it knows {}",
        plain(
            context
                .file
                .text
                .get(key.value_span.clone())
                .unwrap_or(value)
        ),
        listed(&EXPOSURE_TYPES)
    );
    Some(Diagnostic {
        fixes: meant(key, value, &EXPOSURE_TYPES, Some("dashboard")),
        ..error(range_of(key), "exposure-type-unknown", message)
    })
}

fn maturity(context: &Context<'_>, entry: &ExposureEntry) -> Option<Diagnostic> {
    let key = entry
        .key("maturity")
        .filter(|it| it.kind != ValueKind::Null)?;
    let value = key.value.as_deref().unwrap_or_default();
    if context.engine.takes_maturity(value) != Taken::No || has_jinja(value) {
        return None;
    }
    let message = format!(
        "{} does not know the maturity `{}` and stops at it; it knows {}",
        context.dbt(),
        plain(value),
        listed(&MATURITIES)
    );
    Some(Diagnostic {
        fixes: meant(key, value, &MATURITIES, None),
        ..error(range_of(key), "exposure-maturity-unknown", message)
    })
}

/// The known word that is most like it.
fn meant(
    key: &KeyEntry,
    value: &str,
    known: &[&'static str],
    otherwise: Option<&'static str>,
) -> Vec<Fix> {
    let like = nearest::names(value, known.iter().copied(), 1);
    let word = like.first().copied().or(otherwise);
    let fix = |it: &str| Fix {
        is_preferred: it.eq_ignore_ascii_case(value),
        ..replace(format!("Change to `{it}`"), &key.value_span, it)
    };
    let is_scalar = key.value.is_some();
    word.filter(|_| is_scalar).map(fix).into_iter().collect()
}

fn listed(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|it| format!("`{it}`")).collect();
    words.join(", ")
}

/// An address that somebody was to fill in later.
fn placeholder(context: &Context<'_>, at: &ExposureEntryAt) -> Option<Diagnostic> {
    let key = at.entry.key("url")?;
    let url = key.value.as_deref().filter(|it| !has_jinja(it))?;
    if !is_placeholder(url) && !is_example(url) {
        return None;
    }
    let page = page(context, at);
    let fix = |page: String| {
        let edit = Change::Set {
            exposure: ExposureName::new(&at.entry.name),
            field: Field::Url,
            value: page,
        };
        Fix {
            is_preferred: true,
            ..change("Set `url` to the page in Tableau".to_owned(), edit)
        }
    };
    Some(Diagnostic {
        severity: Severity::Information,
        fixes: page.map(fix).into_iter().collect(),
        ..error(
            range_of(key),
            "exposure-url-placeholder",
            "this address is a placeholder: it leads nowhere, and nothing is found by it"
                .to_owned(),
        )
    })
}

/// Hosts that are for examples alone. Source: RFC 2606, section 3.
fn is_example(url: &str) -> bool {
    let host = url
        .split_once("://")
        .map(|(_, rest)| rest.split(['/', '?', '#', ':']).next());
    let host = host.flatten().unwrap_or_default().to_ascii_lowercase();
    let examples = ["example.com", "example.org", "example.net"];
    examples
        .iter()
        .any(|it| host == *it || host.ends_with(&format!(".{it}")))
}

/// The page of the one thing that it stands for.
fn page(context: &Context<'_>, at: &ExposureEntryAt) -> Option<String> {
    let subjects = context.analysis.lineage.subjects_of(at.exposure?);
    let [only] = subjects.as_slice() else {
        return None;
    };
    subjects::page_of(context.analysis, *only).map(str::to_owned)
}

/// A number or truth value where dbt wants a text.
fn no_text(context: &Context<'_>, key: &KeyEntry) -> Option<Diagnostic> {
    let is_refused = match key.kind {
        ValueKind::NoText => true,
        ValueKind::NoTextForCore => context.engine.is_core(),
        _ => false,
    };
    let value = key.value.as_deref().filter(|_| is_refused)?;
    let fix = Fix {
        is_preferred: true,
        ..replace(
            format!("Put quotes around `{value}`"),
            &key.value_span,
            value,
        )
    };
    let message = format!(
        "`{value}` is no text without quotes; {} wants one and stops here",
        context.dbt()
    );
    Some(Diagnostic {
        fixes: vec![fix],
        ..error(range_of(key), "exposure-not-text", message)
    })
}

/// A template that starts and does not end. Whatever else a template says may be meant.
fn unclosed(context: &Context<'_>, key: &KeyEntry) -> Option<Diagnostic> {
    let text = key.value.as_deref()?;
    let open = unclosed_tag(text)?;
    // Jinja2 looks for the end of a comment behind it alone: at the end of a text there
    // is nothing that could lack one (measured). Fusion stops there too.
    let is_cut = text.ends_with("{#") && *context.engine != Engine::Fusion;
    let (severity, then) = match is_cut {
        true => (Severity::Warning, "drops it"),
        false => (Severity::Error, "stops at it"),
    };
    let message = format!(
        "`{open}` starts a template and nothing ends it; {} {then}",
        context.dbt()
    );
    Some(Diagnostic {
        severity,
        ..error(range_of(key), "exposure-jinja-unclosed", message)
    })
}

/// The first `{{`, `{%` or `{#` that is not closed. Between `raw` and `endraw` all is text.
fn unclosed_tag(text: &str) -> Option<&'static str> {
    let mut rest = text;
    loop {
        let tags = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
        let found = tags
            .into_iter()
            .filter_map(|(open, close)| Some((rest.find(open)?, open, close)));
        let (at, open, close) = found.min_by_key(|(at, ..)| *at)?;
        let inside = &rest[at + open.len()..];
        let Some(end) = inside.find(close) else {
            return Some(open);
        };
        let tag = inside[..end].trim_matches(['-', '+', ' ', '\t', '\r', '\n']);
        rest = &inside[end + close.len()..];
        if open == "{%" && tag == "raw" {
            let end = rest.find("endraw").map(|at| &rest[at..]);
            let Some(end) = end.and_then(|it| it.split_once("%}")) else {
                return Some("{%");
            };
            rest = end.1;
        }
    }
}

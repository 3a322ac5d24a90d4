//! `depends_on` as it is written: no list, items that are no bare call. Where the calls
//! lead to is looked at in [`leads`].

use std::ops::Range;

use dbt::{DependencyEntry, Engine, ExposureEntry, RefTarget, Taken, ValueKind};

use super::leads::{self, Lookup};
use super::{Context, error, range_of, replace};
use crate::diagnostics::{Diagnostic, Fix, Severity};
use crate::text::plain;

pub(super) fn of_entry(
    context: &Context<'_>,
    entry: &ExposureEntry,
    lookup: &mut Lookup<'_>,
) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = no_list(context, entry).into_iter().collect();
    for span in &entry.odd_dependencies {
        all.extend(odd(context, entry, span));
    }
    let texts = entry.dependencies.iter();
    for item in texts.filter(|it| !entry.odd_dependencies.contains(&it.span)) {
        match as_written(context, item) {
            Some(found) => all.push(found),
            // dbt does not look where a disabled exposure leads to.
            None if entry.enabled != Some(false) => {
                let calls = item.calls.iter();
                all.extend(calls.filter_map(|call| leads::of_call(context, entry, call, lookup)));
            }
            None => {}
        }
    }
    all
}

fn no_list(context: &Context<'_>, entry: &ExposureEntry) -> Option<Diagnostic> {
    let key = entry.key("depends_on")?;
    let dbt = context.dbt();
    let message = match key.kind {
        ValueKind::List => return None,
        ValueKind::Null if context.engine.takes_empty_list() != Taken::No => return None,
        ValueKind::Null => {
            format!("`depends_on:` has no list, and {dbt} stops at that; `[]` is one")
        }
        ValueKind::Text | ValueKind::NoText | ValueKind::NoTextForCore | ValueKind::Map => {
            format!("`depends_on` is not a list, and {dbt} stops at that")
        }
    };
    let code = match key.kind {
        ValueKind::Null => "exposure-dependencies-empty",
        _ => "exposure-dependencies-not-a-list",
    };
    Some(error(range_of(key), code, message))
}

/// An item that is no text. `{{ ref('x') }}` without quotes is a map in a map.
fn odd(context: &Context<'_>, entry: &ExposureEntry, span: &Range<usize>) -> Option<Diagnostic> {
    let written = context.file.text.get(span.clone())?;
    if written.starts_with("{{") {
        return Some(wrapped(span, written));
    }
    let is_empty = span.is_empty() || matches!(written, "~" | "null");
    let what = if is_empty { "is empty" } else { "is no text" };
    let message = format!(
        "an item of `depends_on` {what}; {} stops at it",
        context.dbt()
    );
    let range = match span.is_empty() {
        true => entry.key("depends_on")?.key_span.clone(),
        false => span.clone(),
    };
    Some(error(range, "exposure-dependency-not-text", message))
}

/// An item that is not the bare call that dbt wants.
fn as_written(context: &Context<'_>, item: &DependencyEntry) -> Option<Diagnostic> {
    if item.text.contains("{{") {
        return Some(wrapped(&item.span, &item.text));
    }
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    let text = item.text.trim();
    if !item.calls.is_empty() || text.is_empty() || !text.chars().all(is_name) {
        return None;
    }
    let severity = match context.engine.takes_bare_name() {
        Taken::No => Severity::Error,
        Taken::Yes | Taken::Deprecated | Taken::Ignored => Severity::Warning,
    };
    let then = match context.engine {
        Engine::Fusion => "fails at it",
        Engine::Core { .. } | Engine::Unknown => "reads no dependency in it, and says nothing",
    };
    let call = named(context, text).map(|it| dbt::dependency_call(&it, '\''));
    let fix = call.map(|it| Fix {
        is_preferred: true,
        ..replace(format!("Change to `{it}`"), &item.span, it)
    });
    let message = format!(
        "`{}` is a name without `ref()`; {} {then}",
        plain(text),
        context.dbt()
    );
    Some(Diagnostic {
        severity,
        fixes: fix.into_iter().collect(),
        ..error(item.span.clone(), "exposure-dependency-bare", message)
    })
}

fn wrapped(span: &Range<usize>, written: &str) -> Diagnostic {
    let inside = written
        .trim()
        .strip_prefix("{{")
        .and_then(|it| it.strip_suffix("}}"));
    let inside = inside.map(|it| it.trim_matches(['-', ' ', '\t', '\n', '\r']));
    let call = inside.filter(|it| !it.contains("{{") && !it.is_empty());
    let fix = call.map(|it| Fix {
        is_preferred: true,
        ..replace(format!("Change to `{}`", plain(it)), span, it)
    });
    Diagnostic {
        fixes: fix.into_iter().collect(),
        ..error(
            span.clone(),
            "exposure-dependency-wrapped",
            "dbt puts `{{ }}` around each item itself and stops where there is one already"
                .to_owned(),
        )
    }
}

/// What a name without a call may mean: `orders`, `crm.accounts`.
fn named(context: &Context<'_>, text: &str) -> Option<RefTarget> {
    let node = RefTarget::Ref {
        package: None,
        name: text.to_owned(),
        version: None,
    };
    let source = text
        .split_once('.')
        .map(|(source, table)| RefTarget::Source {
            source: source.to_owned(),
            table: table.to_owned(),
        });
    let nodes = context.analysis.lineage.nodes();
    let mut meant = [Some(node), source].into_iter().flatten();
    meant.find(|it| it.resolve(nodes, context.file.package).is_some())
}

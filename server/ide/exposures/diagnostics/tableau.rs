//! What Tableau shows of an exposure: that its workbook is gone, that it reads more, or
//! less, than stands in `depends_on`.

use dbt::{Change, ExposureEntry, RefTarget};
use lineage::{ExposureName, NodeIx, Presence};

use super::{Context, change, error};
use crate::diagnostics::{Diagnostic, Fix, Severity};
use crate::exposure_plan;
use crate::exposures::entry::ExposureEntryAt;
use crate::exposures::state::ExposureState;
use crate::exposures::words;
use crate::text::plain;

/// More names than these are counted.
const MAX_NAMED: usize = 5;

/// An exposure that is switched off is told nothing about.
pub(super) fn of_entry(context: &Context<'_>, at: &ExposureEntryAt) -> Vec<Diagnostic> {
    if at.entry.enabled == Some(false) {
        return Vec::new();
    }
    let Some(state) = at.state(context.analysis, context.file) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    all.extend(gone(context, &at.entry, &state));
    all.extend(lacking(context, &at.entry, &state));
    all.extend(surplus(context, &at.entry, &state));
    all
}

fn gone(context: &Context<'_>, entry: &ExposureEntry, state: &ExposureState) -> Option<Diagnostic> {
    let Presence::Gone { content } = state.presence else {
        return None;
    };
    let what = words::what_is_gone(context.analysis, state.exposure, content);
    let place = words::place(context.analysis, content);
    let read = words::as_read(context.analysis, content);
    let name = || ExposureName::new(&entry.name);
    Some(Diagnostic {
        severity: Severity::Warning,
        fixes: vec![
            change(format!("Disable `{}`", entry.name), Change::Disable(name())),
            change(format!("Remove `{}`", entry.name), Change::Remove(name())),
        ],
        ..error(
            entry.name_span.clone(),
            "exposure-workbook-gone",
            format!(
                "the {what} is gone from {place}{read}: all that is there is known, and it is not"
            ),
        )
    })
}

fn lacking(
    context: &Context<'_>,
    entry: &ExposureEntry,
    state: &ExposureState,
) -> Option<Diagnostic> {
    if state.lacking.is_empty() {
        return None;
    }
    let (targets, refused) = targets(context, &state.lacking);
    let names = named(context, &state.lacking);
    let is = if state.lacking.len() == 1 {
        "is"
    } else {
        "are"
    };
    let mut message = format!("{names} {is} read in Tableau and missing in `depends_on`");
    for reason in refused {
        message.push_str(&format!("; {reason}"));
    }
    let key = entry.key("depends_on").map(|it| it.key_span.clone());
    Some(Diagnostic {
        severity: Severity::Information,
        fixes: add(context, entry, targets).into_iter().collect(),
        ..error(
            key.unwrap_or_else(|| entry.name_span.clone()),
            "exposure-dependency-missing",
            message,
        )
    })
}

/// What can be written of these nodes, and why the others cannot.
fn targets(context: &Context<'_>, nodes: &[NodeIx]) -> (Vec<RefTarget>, Vec<String>) {
    let mut targets = Vec::new();
    let mut refused = Vec::new();
    for &node in nodes {
        match exposure_plan::target_of(context.analysis, node) {
            Ok(target) => targets.push(target),
            Err(reason) => refused.push(reason),
        }
    }
    (targets, refused)
}

fn add(context: &Context<'_>, entry: &ExposureEntry, targets: Vec<RefTarget>) -> Option<Fix> {
    let title = match targets.as_slice() {
        [] => return None,
        [only] => format!(
            "Add `{}` to `depends_on`",
            plain(&dbt::dependency_call(only, '\''))
        ),
        _ => format!("Add {} dependencies to `depends_on`", targets.len()),
    };
    // Targets are named as they mean their nodes from the root project.
    if context.file.package != context.analysis.lineage.nodes().root_package() {
        return None;
    }
    let edit = Change::AddDependencies {
        exposure: ExposureName::new(&entry.name),
        targets,
    };
    Some(Fix {
        is_preferred: true,
        ..change(title, edit)
    })
}

fn named(context: &Context<'_>, nodes: &[NodeIx]) -> String {
    let label = |ix: &NodeIx| {
        format!(
            "`{}`",
            plain(&context.analysis.lineage.nodes().get(*ix).label())
        )
    };
    let names: Vec<String> = nodes.iter().take(MAX_NAMED).map(label).collect();
    let more = match nodes.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    names.join(", ") + &more
}

/// Each item that Tableau reads no more, where all that it reads is known.
fn surplus(context: &Context<'_>, entry: &ExposureEntry, state: &ExposureState) -> Vec<Diagnostic> {
    let nodes = context.analysis.lineage.nodes();
    let mut all = Vec::new();
    if state.surplus.is_empty() {
        return all;
    }
    for item in &entry.dependencies {
        let [call] = item.calls.as_slice() else {
            continue;
        };
        let node = call.target.resolve(nodes, context.file.package);
        if !node.is_some_and(|it| state.surplus.contains(&it)) {
            continue;
        }
        let edit = Change::RemoveDependency {
            exposure: ExposureName::new(&entry.name),
            target: call.target.clone(),
        };
        all.push(Diagnostic {
            severity: Severity::Hint,
            fixes: vec![change("Remove it from `depends_on`".to_owned(), edit)],
            ..error(
                call.span.clone(),
                "exposure-dependency-surplus",
                "nothing in Tableau reads this for the exposure any more".to_owned(),
            )
        });
    }
    all
}

//! Names: two of one name, and what an engine does not take.

use std::collections::{HashMap, HashSet};

use dbt::{Engine, ExposureEntry, Taken, ValueKind};
use lineage::ExposureName;

use super::{Context, error, has_jinja, is_surely_enabled, replace};
use crate::diagnostics::{Diagnostic, Severity};
use crate::exposures::entry::ExposureEntryAt;

/// Exposures of one name, in this file and in others of the package. Disabled ones are
/// none for dbt.
pub(super) fn twice(context: &Context<'_>, entries: &[ExposureEntryAt]) -> Vec<Diagnostic> {
    let shown = entries.iter().map(|it| &it.entry);
    let shown: Vec<&ExposureEntry> = shown
        .filter(|it| !it.is_hidden && is_surely_enabled(it))
        .collect();
    let mut by_name: HashMap<&str, Vec<&ExposureEntry>> = HashMap::new();
    for entry in &shown {
        by_name.entry(&entry.name).or_default().push(entry);
    }
    let elsewhere = elsewhere(context);
    let mut free = FreeNames::new(context, entries);
    let mut all = Vec::new();
    for entry in shown {
        let same = by_name[entry.name.as_str()].iter();
        let other = same.copied().find(|it| it.name_span != entry.name_span);
        let other = match (other, elsewhere.get(entry.name.as_str())) {
            (Some(other), _) => format!("on line {}", line(context, other)),
            (None, Some(path)) => format!("in {path}"),
            (None, None) => continue,
        };
        all.push(of_two(context, entry, &other, &mut free));
    }
    all
}

/// The enabled exposures of the package in other files, and their files.
fn elsewhere<'a>(context: &Context<'a>) -> HashMap<&'a str, &'a str> {
    let (analysis, file) = (context.analysis, context.file);
    let all = analysis.lineage.exposures().iter();
    let others = all.filter(|it| it.enabled && it.package == file.package && it.path != file.path);
    others
        .map(|it| (it.name.as_str(), it.path.as_str()))
        .collect()
}

/// Names that no other exposure has, each given once.
struct FreeNames {
    taken: HashSet<String>,
    next: HashMap<String, usize>,
}

impl FreeNames {
    fn new(context: &Context<'_>, entries: &[ExposureEntryAt]) -> FreeNames {
        let known = context.analysis.lineage.exposures().iter();
        let known = known.map(|it| it.name.as_str().to_owned());
        let here = entries.iter().map(|it| it.entry.name.clone());
        FreeNames {
            taken: known.chain(here).collect(),
            next: HashMap::new(),
        }
    }

    /// `sales_2`
    fn like(&mut self, name: &str) -> String {
        let number = self.next.entry(name.to_owned()).or_insert(1);
        loop {
            *number += 1;
            let free = format!("{name}_{number}");
            if !self.taken.contains(&free) {
                return free;
            }
        }
    }
}

fn of_two(
    context: &Context<'_>,
    entry: &ExposureEntry,
    other: &str,
    free: &mut FreeNames,
) -> Diagnostic {
    let (severity, then) = match context.engine {
        Engine::Core { .. } => (Severity::Error, "stops at two of one name"),
        Engine::Fusion => (
            Severity::Warning,
            "keeps the last one and drops the other without a word",
        ),
        Engine::Unknown => (Severity::Warning, "takes one at most"),
    };
    let name = free.like(&entry.name);
    let title = format!("Rename to `{name}`");
    Diagnostic {
        range: entry.name_span.clone(),
        severity,
        code: "exposure-name-twice",
        message: format!(
            "another exposure {other} is called `{}` too; {} {then}",
            entry.name,
            context.dbt()
        ),
        fixes: vec![replace(title, &entry.name_span, name)],
    }
}

fn line(context: &Context<'_>, entry: &ExposureEntry) -> usize {
    let before = &context.file.text[..entry.name_span.start];
    before.bytes().filter(|b| *b == b'\n').count() + 1
}

/// A name that the engine does not take, or will not for long.
pub(super) fn refused(context: &Context<'_>, entry: &ExposureEntry) -> Option<Diagnostic> {
    if has_jinja(&entry.name) {
        return None;
    }
    let is_number = entry
        .key("name")
        .is_some_and(|it| it.kind == ValueKind::NoText);
    let taken = match is_number {
        true => Taken::No,
        false => context.engine.takes_name(&entry.name),
    };
    let severity = context.severity(taken)?;
    let dbt = context.dbt();
    let message = match (is_number, taken) {
        (true, _) => format!("`name` is no text without quotes; {dbt} stops at it"),
        (false, Taken::No) => {
            format!("{dbt} refuses this name: letters, digits, `_` and `-` are taken")
        }
        (false, _) => format!(
            "{dbt} takes this name and says that a later version will not: letters, digits, `_` \
             and `-` are taken; the title can stand in `label`"
        ),
    };
    let slug = ExposureName::from_title(&entry.name);
    let all = context.analysis.lineage.exposures();
    let is_free = |it: &ExposureName| !all.iter().any(|known| known.name == *it);
    let slug = slug.filter(|it| it.as_str() != entry.name && is_free(it));
    let fixes = slug.map(|it| replace(format!("Rename to `{it}`"), &entry.name_span, it.as_str()));
    Some(Diagnostic {
        severity,
        fixes: fixes.into_iter().collect(),
        ..error(entry.name_span.clone(), "exposure-name-refused", message)
    })
}

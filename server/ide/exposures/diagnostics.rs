//! What a user can act on in an exposures file.
//!
//! What dbt would make of the file needs no content of Tableau's; what Tableau shows
//! does. Of an engine that is not known only what every engine refuses is told. An
//! exposure that a later list hides from dbt is told of once and no further.

mod dependencies;
mod keys;
mod leads;
mod list;
mod names;
mod nearest;
mod tableau;
#[cfg(test)]
mod tests;
mod texts;

use std::ops::Range;

use dbt::{Engine, ExposureEntry, KeyEntry, Properties, Taken};

use crate::analysis::{Analysis, File};
use crate::diagnostics::{Diagnostic, Fix, FixEdit, Severity};
use crate::exposures::entry::{self, ExposureEntryAt};
use crate::text::plain_message;

/// What the parts of this module look at.
struct Context<'a> {
    analysis: &'a Analysis,
    file: File<'a>,
    engine: &'a Engine,
}

pub(crate) fn of_file(analysis: &Analysis, file: File<'_>) -> Vec<Diagnostic> {
    if !is_read_by_dbt(analysis, file) || !file.text.contains("exposures") {
        return Vec::new();
    }
    let Ok(mut properties) = Properties::parse(file.text) else {
        return Vec::new();
    };
    let has_list = !properties.exposures_keys.is_empty() || !properties.exposures.is_empty();
    if !has_list {
        return Vec::new();
    }
    let context = Context {
        analysis,
        file,
        engine: &analysis.project.engine,
    };
    let entries = std::mem::take(&mut properties.exposures);
    let entries = entry::of_entries(analysis, file, entries);
    let mut all = context.of_entries(&entries);
    all.extend(list::of_file(&context, &properties, &entries));
    all.sort_by_key(|it| (it.range.start, it.range.end));
    all.iter_mut().for_each(harmless);
    all
}

/// What is said holds names as the repository writes them.
fn harmless(it: &mut Diagnostic) {
    it.message = plain_message(&it.message);
    for fix in &mut it.fixes {
        fix.title = plain_message(&fix.title);
    }
}

/// dbt reads properties files below its resource paths and no project files.
fn is_read_by_dbt(analysis: &Analysis, file: File<'_>) -> bool {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let is_root = |it: &String| matches!(it.as_str(), "." | "./" | "");
    let is_below = file.path.contains('/') || analysis.project.model_paths.iter().any(is_root);
    is_below
        && !matches!(
            name,
            "dbt_project.yml" | "exposure-lens.yml" | "profiles.yml"
        )
}

impl Context<'_> {
    fn of_entries(&self, entries: &[ExposureEntryAt]) -> Vec<Diagnostic> {
        let mut all = names::twice(self, entries);
        let mut lookup = leads::Lookup::new(self.analysis);
        for at in entries.iter().filter(|it| !it.entry.is_hidden) {
            let entry = &at.entry;
            all.extend(names::refused(self, entry));
            all.extend(keys::of_entry(self, at));
            all.extend(texts::of_entry(self, at));
            all.extend(dependencies::of_entry(self, entry, &mut lookup));
            if self.analysis.has_answers() {
                all.extend(tableau::of_entry(self, at));
            }
        }
        all
    }

    /// The engine's name in a sentence.
    fn dbt(&self) -> String {
        self.analysis.project.dbt()
    }

    /// How bad it is that the engine takes something so.
    fn severity(&self, taken: Taken) -> Option<Severity> {
        match taken {
            Taken::Yes => None,
            Taken::Deprecated | Taken::Ignored => Some(Severity::Information),
            Taken::No => Some(Severity::Error),
        }
    }
}

/// Whether dbt surely reads the exposure into its graph.
fn is_surely_enabled(entry: &ExposureEntry) -> bool {
    entry.enabled == Some(true)
        || (entry.enabled.is_none() && entry.key("config.enabled").is_none())
}

/// Whether a text is a template, so that nobody but dbt knows what it will be.
fn has_jinja(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|it| text.contains(it))
}

/// Whether keys come from elsewhere (`<<`), so that those at hand are not all.
fn has_merged_keys(entry: &ExposureEntry) -> bool {
    entry.key("<<").is_some()
}

fn error(range: Range<usize>, code: &'static str, message: String) -> Diagnostic {
    Diagnostic {
        range,
        severity: Severity::Error,
        code,
        message,
        fixes: Vec::new(),
    }
}

/// The value of a key; the key itself where there is nothing to see of the value.
fn range_of(key: &KeyEntry) -> Range<usize> {
    if key.value_span.is_empty() {
        key.key_span.clone()
    } else {
        key.value_span.clone()
    }
}

/// Another scalar in the place of one.
fn replace(title: String, span: &Range<usize>, text: impl Into<String>) -> Fix {
    Fix {
        title,
        edit: FixEdit::Replace {
            span: span.clone(),
            text: text.into(),
        },
        is_preferred: false,
    }
}

/// A change of the file's exposures.
fn change(title: String, change: dbt::Change) -> Fix {
    Fix {
        title,
        edit: FixEdit::Change(change),
        is_preferred: false,
    }
}

//! What can be written at a place of an exposures file.
//!
//! The text is half-typed and often no YAML at that moment: where the cursor stands is
//! [`dbt::typing_at`]'s business. Here it is decided what fits there.

mod context;
mod dependencies;
mod keys;
mod offers;
mod owners;
#[cfg(test)]
mod tests;
mod values;
mod workbooks;

use std::ops::Range;

use dbt::{Slot, Typing};

use crate::analysis::{Analysis, File};
use crate::locate::is_yaml;

use self::context::Context;

/// What can be written at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// What is offered, best first.
    pub items: Vec<Completion>,
    /// Whether there is more, so that one more letter is reason to ask again.
    pub is_incomplete: bool,
}

/// A text that can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The name that is shown.
    pub label: String,
    /// What it is, or why it is offered, in a line.
    pub detail: Option<String>,
    /// More about it, as Markdown.
    pub documentation: Option<String>,
    /// What is replaced: on one line, and the cursor is in it.
    pub range: Range<usize>,
    /// What is put there.
    pub insert: String,
    /// What an editor compares with the text from the start of `range` to the cursor.
    pub filter: String,
    /// Sorts the offers, best first.
    pub sort: String,
    /// What it is.
    pub kind: CompletionKind,
}

/// What a [`Completion`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// A model, a seed or a snapshot.
    Node,
    /// A table of a source.
    Source,
    /// Who answers for an exposure.
    Owner,
    /// Something of a Tableau workbook.
    Workbook,
    /// A key.
    Key,
    /// A value that dbt takes.
    Value,
}

/// What can be written at `offset`; nothing outside an exposure's own lines.
pub(crate) fn at(analysis: &Analysis, file: File<'_>, offset: usize) -> Completions {
    let is_own = file.package == analysis.project.name;
    let typing = (is_own && is_yaml(file.path)).then(|| dbt::typing_at(file.text, offset));
    let Some(Typing { exposure, slot }) = typing.flatten() else {
        return Completions::default();
    };
    let context = Context {
        analysis,
        file,
        exposure: &exposure,
    };
    match &slot {
        Slot::Dependency(typed) => dependencies::offers(context, typed),
        Slot::Key { under, .. } => keys::offers(context, under.as_deref(), &slot),
        Slot::Value { key, scalar } => values::offers(context, key, scalar),
    }
}

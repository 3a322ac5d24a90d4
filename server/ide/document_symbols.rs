//! The outline of a properties file that writes exposures.

#[cfg(test)]
mod tests;

use std::ops::Range;

use dbt::{DependencyEntry, Entry, EntryKind, ExposureEntry, Properties};

use crate::analysis::File;
use crate::locate::is_yaml;
use crate::text::plain;

/// A part of a file's outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentSymbol {
    /// Its name.
    pub name: String,
    /// What it is about, in a few words.
    pub detail: Option<String>,
    /// What it is.
    pub kind: DocumentSymbolKind,
    /// All of it.
    pub range: Range<usize>,
    /// Its name, inside of `range`.
    pub selection: Range<usize>,
    /// Its parts.
    pub children: Vec<DocumentSymbol>,
}

/// What a [`DocumentSymbol`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentSymbolKind {
    /// An exposure.
    Exposure,
    /// What an exposure depends on.
    Dependency,
    /// A model, a seed or a snapshot.
    Node,
    /// A source.
    Source,
    /// A table of a source.
    Table,
}

/// The outline of a file with an `exposures` list; of any other file none, since that is
/// others' business.
pub(crate) fn of_file(file: File<'_>) -> Vec<DocumentSymbol> {
    if !is_yaml(file.path) || !file.text.contains("exposures") {
        return Vec::new();
    }
    let Ok(properties) = Properties::parse(file.text) else {
        return Vec::new();
    };
    if properties.exposures_keys.is_empty() && properties.exposures.is_empty() {
        return Vec::new();
    }
    let mut symbols = of_entries(&properties.entries);
    symbols.extend(properties.exposures.iter().map(of_exposure));
    symbols.sort_by_key(|it| it.range.start);
    symbols
}

/// Models and the like, and each source with the tables that stand in it.
fn of_entries(entries: &[Entry]) -> Vec<DocumentSymbol> {
    let mut symbols: Vec<DocumentSymbol> = Vec::new();
    for entry in entries {
        let symbol = of_entry(entry);
        let source = symbols
            .last_mut()
            .filter(|it| it.kind == DocumentSymbolKind::Source && it.range.end >= symbol.range.end);
        match source {
            Some(source) if symbol.kind == DocumentSymbolKind::Table => {
                source.children.push(symbol);
            }
            _ => symbols.push(symbol),
        }
    }
    symbols
}

fn of_entry(entry: &Entry) -> DocumentSymbol {
    let (kind, detail) = match entry.kind {
        EntryKind::Model => (DocumentSymbolKind::Node, "model"),
        EntryKind::Seed => (DocumentSymbolKind::Node, "seed"),
        EntryKind::Snapshot => (DocumentSymbolKind::Node, "snapshot"),
        EntryKind::Source => (DocumentSymbolKind::Source, "source"),
        EntryKind::SourceTable { .. } => (DocumentSymbolKind::Table, "table"),
    };
    DocumentSymbol {
        name: shown(&entry.name),
        detail: Some(detail.to_owned()),
        kind,
        range: entry.span.clone(),
        selection: inside(&entry.name_span, &entry.span),
        children: Vec::new(),
    }
}

fn of_exposure(entry: &ExposureEntry) -> DocumentSymbol {
    let dependencies = entry.dependencies.iter();
    let inside_of_it =
        |it: &&DependencyEntry| entry.span.start <= it.span.start && it.span.end <= entry.span.end;
    DocumentSymbol {
        name: shown(&entry.name),
        detail: detail(entry),
        kind: DocumentSymbolKind::Exposure,
        range: entry.span.clone(),
        selection: inside(&entry.name_span, &entry.span),
        children: dependencies
            .filter(inside_of_it)
            .map(of_dependency)
            .collect(),
    }
}

/// `dashboard · Sales Overview · disabled`
fn detail(entry: &ExposureEntry) -> Option<String> {
    let kind = entry.key("type").and_then(|it| it.value.as_deref());
    let label = entry.label.as_deref();
    let disabled = (entry.enabled == Some(false)).then_some("disabled");
    let parts = [kind, label, disabled].into_iter().flatten().map(plain);
    let parts: Vec<String> = parts.filter(|it| !it.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn of_dependency(entry: &DependencyEntry) -> DocumentSymbol {
    DocumentSymbol {
        name: shown(&entry.text),
        detail: None,
        kind: DocumentSymbolKind::Dependency,
        range: entry.span.clone(),
        selection: entry.span.clone(),
        children: Vec::new(),
    }
}

/// Editors take no outline with an empty name in it.
fn shown(name: &str) -> String {
    let name = plain(name);
    if name.is_empty() {
        "…".to_owned()
    } else {
        name
    }
}

/// A part of `range`: an alias or a merge key may take a name from elsewhere.
fn inside(part: &Range<usize>, range: &Range<usize>) -> Range<usize> {
    if range.start <= part.start && part.end <= range.end {
        return part.clone();
    }
    range.start..range.start
}

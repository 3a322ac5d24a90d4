//! Properties files: what they say of models, seeds, snapshots, sources and
//! exposures, and where.
//!
//! Reads what the file says, as dbt would, and skips what makes no sense: an
//! odd type or an unknown key costs that key and never the file. Whether a
//! model of that name exists is the manifest's business.

mod exposure;
mod kind;
#[cfg(test)]
pub(crate) mod tests;
mod touched;

use std::ops::Range;

use crate::error::{Error, Problem};
use crate::yaml::{Style, Value, Yaml};

pub use self::exposure::{DependencyEntry, ExposureEntry, KeyEntry};
pub use self::kind::ValueKind;
pub use self::touched::{LineChange, touched};

/// A file with more repeated keys than this is told so once more and no longer.
const MAX_PROBLEMS: usize = 20;

/// What a properties file says.
#[derive(Clone, Debug, Default)]
pub struct Properties {
    /// Models, seeds, snapshots, sources and their tables, in the file's order.
    pub entries: Vec<Entry>,
    /// Exposures, in the file's order; those too that a later `exposures:` key hides.
    pub exposures: Vec<ExposureEntry>,
    /// Every top-level `exposures:` key. dbt takes one.
    pub exposures_keys: Vec<Range<usize>>,
    /// What dbt will not take as it is written.
    pub problems: Vec<Problem>,
    /// Whether something in it stands for what is written elsewhere in it.
    pub has_aliases: bool,
}

/// What an [`Entry`] describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// An item of `models`.
    Model,
    /// An item of `seeds`.
    Seed,
    /// An item of `snapshots`.
    Snapshot,
    /// An item of `sources`.
    Source,
    /// An item of a source's `tables`.
    SourceTable {
        /// The source's name.
        source: String,
    },
}

/// An item that describes (or, of a source, defines) a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it describes.
    pub kind: EntryKind,
    /// Its name.
    pub name: String,
    /// Where its name stands, without quotes.
    pub name_span: Range<usize>,
    /// The dash that starts the item; in a list between brackets, the item itself.
    pub item_start: usize,
    /// From the dash to the end of the item's content.
    pub span: Range<usize>,
    /// Its columns, those of its versions behind its own.
    pub columns: Vec<ColumnEntry>,
    /// Its versions.
    pub versions: Vec<VersionEntry>,
}

/// An item of `columns`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnEntry {
    /// The column's name.
    pub name: String,
    /// Where its name stands, without quotes.
    pub name_span: Range<usize>,
}

/// An item of `versions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionEntry {
    /// The version as written: `2`.
    pub v: String,
    /// `v: 2`
    pub span: Range<usize>,
}

impl Properties {
    /// Reads the text of a properties file.
    ///
    /// Of a repeated key the last one counts and of several documents the first
    /// one; both are problems. A text that is not YAML is an error.
    pub fn parse(text: &str) -> Result<Properties, Error> {
        let yaml = Yaml::parse(text)?;
        let mut properties = Properties {
            problems: problems(text, &yaml),
            has_aliases: yaml.has_aliases(),
            ..Properties::default()
        };
        if let Some(root) = yaml.root() {
            properties.read(text, root);
        }
        Ok(properties)
    }

    fn read(&mut self, text: &str, root: Value<'_>) {
        let lists = [
            ("models", EntryKind::Model),
            ("seeds", EntryKind::Seed),
            ("snapshots", EntryKind::Snapshot),
            ("sources", EntryKind::Source),
        ];
        for (key, kind) in lists {
            for item in root.get(key).into_iter().flat_map(Value::items) {
                self.entries.extend(Entry::read(text, kind.clone(), item));
                if kind == EntryKind::Source {
                    self.read_tables(text, item);
                }
            }
        }
        self.entries.sort_by_key(|entry| entry.item_start);
        self.read_exposures(text, root);
    }

    fn read_exposures(&mut self, text: &str, root: Value<'_>) {
        let is_list = |(key, _): &(Value<'_>, Value<'_>)| key.text() == Some("exposures");
        let own: Vec<(Value<'_>, Value<'_>)> = root.pairs().filter(is_list).collect();
        let merged = root.get("exposures").filter(|_| own.is_empty());
        self.exposures_keys = own.iter().map(|(key, _)| inside_quotes(*key)).collect();
        let n_hidden = own.len().saturating_sub(1);
        let lists = own.into_iter().map(|(_, list)| list).chain(merged);
        for (at, list) in lists.enumerate() {
            let is_hidden = at < n_hidden;
            if let Some(key) = self.exposures_keys.get(at).filter(|_| !is_hidden) {
                self.problems.extend(no_list(list, key.clone()));
            }
            for item in list.items() {
                match ExposureEntry::read(text, item) {
                    Some(it) => self.exposures.push(ExposureEntry { is_hidden, ..it }),
                    None => self.problems.push(nameless(item)),
                }
            }
        }
    }

    fn read_tables(&mut self, text: &str, source: Value<'_>) {
        let Some(name) = source.get("name").and_then(Value::filled_text) else {
            return;
        };
        for item in source.get("tables").into_iter().flat_map(Value::items) {
            let source = name.to_owned();
            let kind = EntryKind::SourceTable { source };
            self.entries.extend(Entry::read(text, kind, item));
        }
    }
}

impl Entry {
    fn read(text: &str, kind: EntryKind, item: Value<'_>) -> Option<Entry> {
        let (name, name_span) = named(item)?;
        let item_start = item_start(text, item);
        let versions: Vec<Value<'_>> = item
            .get("versions")
            .into_iter()
            .flat_map(Value::items)
            .collect();
        let of_versions = versions.iter().copied().flat_map(columns);
        Some(Entry {
            kind,
            name,
            name_span,
            item_start,
            span: item_start..item.span().end,
            columns: columns(item).chain(of_versions).collect(),
            versions: versions
                .iter()
                .copied()
                .filter_map(VersionEntry::read)
                .collect(),
        })
    }
}

impl VersionEntry {
    fn read(item: Value<'_>) -> Option<VersionEntry> {
        let (key, v) = item.own_pair("v")?;
        Some(VersionEntry {
            v: v.filled_text()?.to_owned(),
            span: key.span().start..v.span().end,
        })
    }
}

fn columns(item: Value<'_>) -> impl Iterator<Item = ColumnEntry> {
    let columns = item.get("columns").into_iter().flat_map(Value::items);
    columns.filter_map(|column| {
        let (name, name_span) = named(column)?;
        Some(ColumnEntry { name, name_span })
    })
}

/// An item's name and where it stands.
fn named(item: Value<'_>) -> Option<(String, Range<usize>)> {
    let name = item.get("name")?;
    let text = name.filled_text()?;
    Some((text.to_owned(), inside_quotes(name)))
}

/// A scalar's bytes without its quotes.
pub(crate) fn inside_quotes(scalar: Value<'_>) -> Range<usize> {
    let span = scalar.span();
    match scalar.style() {
        Some(Style::SingleQuoted | Style::DoubleQuoted) if span.len() >= 2 => {
            span.start + 1..span.end - 1
        }
        _ => span,
    }
}

/// The dash before a list's item, on its line or, with blank lines and comments
/// in between, above it. The item's own start where brackets hold the list.
pub(crate) fn item_start(text: &str, item: Value<'_>) -> usize {
    let start = item.outer_start();
    let before = &text[..start];
    let same_line = before.trim_end_matches([' ', '\t']);
    if same_line.ends_with('-') {
        return same_line.len() - 1;
    }
    if !same_line.is_empty() && !same_line.ends_with('\n') {
        return start;
    }
    let is_passed = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let Some(line) = same_line.lines().rev().find(|line| !is_passed(line)) else {
        return start;
    };
    let indent = line.len() - line.trim_start().len();
    let has_dash = line[indent..].starts_with("- ") || line.trim() == "-";
    if !has_dash {
        return start;
    }
    // The line is a part of the text: its place is the distance of the two.
    line.as_ptr() as usize - text.as_ptr() as usize + indent
}

/// What is wrong with the value of `exposures:`.
fn no_list(list: Value<'_>, key: Range<usize>) -> Option<Problem> {
    let (code, message) = match kind::kind(list) {
        ValueKind::List => return None,
        ValueKind::Null => ("exposures-empty", "`exposures:` has no list"),
        ValueKind::Map | ValueKind::Text | ValueKind::NoText | ValueKind::NoTextForCore => {
            ("exposures-not-a-list", "`exposures:` is not a list")
        }
    };
    Some(Problem {
        code,
        message: message.to_owned(),
        span: Some(key),
    })
}

/// An item that is no exposure, since it has no name.
fn nameless(item: Value<'_>) -> Problem {
    let (code, message) = if item.is_mapping() {
        ("exposure-without-name", "an exposure without a name")
    } else {
        (
            "exposure-not-a-map",
            "an item of `exposures:` that is not keys with values",
        )
    };
    Problem {
        code,
        message: message.to_owned(),
        span: Some(item.span()),
    }
}

fn problems(text: &str, yaml: &Yaml<'_>) -> Vec<Problem> {
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let mut problems = Vec::new();
    if yaml.n_documents > 1 {
        problems.push(Problem {
            code: "yaml-several-documents",
            message: format!(
                "the file holds {} YAML documents; dbt takes one",
                yaml.n_documents
            ),
            span: None,
        });
    }
    for key in yaml.repeated_keys().into_iter().take(MAX_PROBLEMS) {
        problems.push(Problem {
            code: "yaml-repeated-key",
            message: format!(
                "`{}` on line {} is written again later; only the last one counts",
                key.text().unwrap_or_default(),
                line(key.span().start),
            ),
            span: Some(key.span()),
        });
    }
    problems
}

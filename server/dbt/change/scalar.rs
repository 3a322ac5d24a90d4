//! One scalar for another, in the quotes that stand there where they can hold it.

use std::ops::Range;

use super::data::{Data, verify};
use crate::declare::place::line_number;
use crate::declare::strict::refuse_line_ends;
use crate::declare::text::scalar;
use crate::edit::TextEdit;
use crate::error::Error;
use crate::properties::inside_quotes;
use crate::yaml::{Style, Value, Yaml};

/// The edit that replaces one scalar of a YAML text, which stands at `span`, with
/// or without its quotes. A span within a scalar, as that of the name in a call,
/// replaces that part of it.
///
/// The quotes that are there stay where they can hold `value`; a `|` or `>` block
/// becomes a text in quotes. `value` is written as it is: Jinja in it is Jinja.
///
/// # Errors
/// Where nothing stands there, where other parts of the file depend on it, or where
/// the edit would change something else.
pub fn replace_scalar(text: &str, span: Range<usize>, value: &str) -> Result<TextEdit, Error> {
    let yaml = Yaml::parse(text)?;
    if yaml.n_documents > 1 {
        return Err(Error::SeveralDocuments);
    }
    refuse_line_ends(text, &yaml)?;
    let root = yaml.root().ok_or(Error::ValueMissing)?;
    let found = Found::at(text, root, &span)?;
    let scalar = found.scalar;
    let is_whole = span == scalar.span() || span == inside_quotes(scalar);
    let (edit, values) = if is_whole {
        let edit = scalar_edit(text, scalar, value, Style::Plain, found.in_flow);
        (edit, vec![value.to_owned()])
    } else {
        part_edit(text, scalar, span, value)?
    };
    let edits = [edit];
    let is_exact = values.iter().any(|value| {
        let meant = |data: &mut Data<'_>| {
            data.at(&found.path)?.set_text(value);
            Some(())
        };
        verify(text, &yaml, &edits, meant).is_ok()
    });
    let [edit] = edits;
    is_exact.then_some(edit).ok_or(Error::EditNotExact)
}

/// A scalar, and how it was reached.
struct Found<'y> {
    scalar: Value<'y>,
    path: Vec<usize>,
    in_flow: bool,
}

impl<'y> Found<'y> {
    /// The scalar below `value` that holds `span`.
    fn at(text: &str, value: Value<'y>, span: &Range<usize>) -> Result<Found<'y>, Error> {
        let mut found = Found {
            scalar: value,
            path: Vec::new(),
            in_flow: false,
        };
        loop {
            let value = found.scalar;
            if value.is_referred_to() {
                let line = line_number(text, value.span().start);
                return Err(Error::Shared { line });
            }
            if !value.is_mapping() && !value.is_sequence() {
                break;
            }
            found.in_flow |= value.style() == Some(Style::Flow);
            let (step, child) = child_at(value, span).ok_or(Error::ValueMissing)?;
            found.path.push(step);
            found.scalar = child;
        }
        Ok(found)
    }
}

/// The child that holds `span`, and the step to it.
fn child_at<'y>(value: Value<'y>, span: &Range<usize>) -> Option<(usize, Value<'y>)> {
    let holds = |value: Value<'y>| {
        let own = value.span();
        own.start <= span.start && span.end <= own.end
    };
    let keys_and_values = value.pairs().flat_map(|(key, value)| [key, value]);
    let children = value.items().chain(keys_and_values).enumerate();
    // A key's end and a missing value may be one place: the later one is meant.
    let mut children = children.filter(|&(_, child)| holds(child));
    let first = children.next()?;
    Some(children.last().unwrap_or(first))
}

/// The edit that writes `value` where `scalar` stands: in its quotes, in `wanted`
/// ones where it is a block or nothing at all.
pub(super) fn scalar_edit(
    text: &str,
    existing: Value<'_>,
    value: &str,
    wanted: Style,
    in_flow: bool,
) -> TextEdit {
    let style = match existing.style() {
        Some(Style::Block) | None => wanted,
        Some(Style::Plain) if existing.is_null() => wanted,
        Some(style) => style,
    };
    source_edit(text, existing, &scalar(value, style, in_flow))
}

/// The edit that puts `source` where `existing` stands.
pub(super) fn source_edit(text: &str, existing: Value<'_>, source: &str) -> TextEdit {
    let range = existing.span();
    if existing.style() == Some(Style::Block) {
        return block_edit(text, &range, source);
    }
    if !range.is_empty() {
        return TextEdit {
            range,
            new_text: source.to_owned(),
        };
    }
    let at = missing_value(text, existing);
    TextEdit {
        range: at..at,
        new_text: format!(" {source}"),
    }
}

/// Where a value that is missing would stand: behind the colon. It is said to
/// stand where its key ends.
pub(super) fn missing_value(text: &str, missing: Value<'_>) -> usize {
    let key_end = missing.span().end;
    let colon = text[key_end..].find(':');
    key_end + colon.map_or(0, |at| at + 1)
}

/// The edit that puts `source` in place of a block scalar whose content is at
/// `content`; a comment behind its `|` or `>` and the blank lines below it stay.
fn block_edit(text: &str, content: &Range<usize>, source: &str) -> TextEdit {
    let before = text[..content.start].trim_end_matches([' ', '\r', '\n']);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let header = &before[line_start..];
    let comment = header.find(" #").map_or(header.len(), |at| {
        header[..at].trim_end_matches([' ', '\t']).len()
    });
    let start = header[..comment].rfind(['|', '>']).unwrap_or(comment);
    let inner = text[content.clone()].trim_end_matches([' ', '\t', '\r', '\n']);
    let end = match inner.len() {
        0 => before.len(),
        n => content.start + n,
    };
    TextEdit {
        range: line_start + start..end,
        new_text: format!("{source}{}", &header[comment..]),
    }
}

/// The edit of a part of a scalar, and the texts that it may have then.
fn part_edit(
    text: &str,
    existing: Value<'_>,
    span: Range<usize>,
    value: &str,
) -> Result<(TextEdit, Vec<String>), Error> {
    let is_simple = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '/');
    let old = existing.text().ok_or(Error::ValueMissing)?;
    let part = text.get(span.clone()).filter(|part| !part.is_empty());
    let part = part.ok_or(Error::ValueMissing)?;
    if !value.chars().all(is_simple) {
        return Err(Error::EditNotExact);
    }
    let replaced = |(at, _): (usize, &str)| [&old[..at], value, &old[at + part.len()..]].concat();
    let edit = TextEdit {
        range: span,
        new_text: value.to_owned(),
    };
    Ok((edit, old.match_indices(part).map(replaced).collect()))
}

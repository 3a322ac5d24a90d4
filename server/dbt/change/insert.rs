//! One more key in a map, one more item in a list, in block and in flow style.

use std::ops::Range;

use super::delete::deletion;
use super::file::{File, Pair, pairs};
use super::lines::{before_line_end, column_of, line_start, pair_end};
use super::scalar::missing_value;
use crate::declare::content::Content;
use crate::declare::place::{line_end, missing_eol};
use crate::declare::write::{flow_source, key_lines};
use crate::edit::TextEdit;
use crate::error::Error;
use crate::yaml::{Style, Value};

/// The pair of an exposure that a new `key` goes behind: of those that the file's
/// exposures have before it, the last one.
pub(super) fn place_of<'f>(file: &File<'_>, item: Value<'f>, key: &str) -> Result<Pair<'f>, Error> {
    let position = |key: &str| file.habits.position(key);
    let is_before = |pair: &Pair<'_>| {
        let own = pair.key.text().map(position);
        own.is_some_and(|own| own < position(key))
    };
    let before = pairs(item).filter(is_before);
    let last = before.max_by_key(|pair| pair.key.text().map(position));
    last.or_else(|| pairs(item).next())
        .ok_or(Error::EditNotExact)
}

/// The edits that add `key` behind `before`, a pair of `map`. The scalars of
/// `content` are written for the style that the map has.
pub(super) fn insert_behind(
    file: &File<'_>,
    map: Value<'_>,
    before: Pair<'_>,
    key: &str,
    content: &Content,
) -> Vec<TextEdit> {
    if map.style() == Some(Style::Flow) {
        let source = format!("{key}: {}", flow_source(content, &file.habits));
        let start = before.key.outer_start();
        let end = before.value.span().end.max(before.key.span().end);
        return insert_in_flow(file, map, start..end, &[source]);
    }
    let column = column_of(file.text, map);
    let lines = key_lines(key, content, column, &file.habits);
    let at = pair_end(file.text, before.key, before.value);
    vec![insert_lines(file, at, &lines)]
}

/// The edits that add `key` as the first one of `map`, the value of `parent`.
pub(super) fn insert_first(
    file: &File<'_>,
    parent: Pair<'_>,
    key: &str,
    content: &Content,
) -> Vec<TextEdit> {
    let map = parent.value;
    if map.style() == Some(Style::Flow) {
        let source = format!("{key}: {}", flow_source(content, &file.habits));
        return vec![insert_first_in_flow(file, map, &source)];
    }
    let column = column_of(file.text, map);
    let lines = key_lines(key, content, column, &file.habits);
    let at = line_end(file.text, parent.key.span().end);
    vec![insert_lines(file, at, &lines)]
}

/// The edit that adds whole lines at `at`, a line's start or the text's end.
pub(super) fn insert_lines(file: &File<'_>, at: usize, lines: &[String]) -> TextEdit {
    let eol = file.habits.eol;
    let lines: String = lines.iter().map(|line| format!("{line}{eol}")).collect();
    TextEdit {
        range: at..at,
        new_text: format!("{}{lines}", missing_eol(file.text, at, eol)),
    }
}

/// The edit that adds `source` as the first one between brackets or braces.
pub(super) fn insert_first_in_flow(
    file: &File<'_>,
    collection: Value<'_>,
    source: &str,
) -> TextEdit {
    let span = collection.span();
    let inner = &file.text[span.start + 1..span.end.saturating_sub(1).max(span.start + 1)];
    let at = span.start + 1;
    if inner.trim().is_empty() {
        let padding = if file.habits.is_padded { " " } else { "" };
        return TextEdit {
            range: at..at + inner.len(),
            new_text: format!("{padding}{source}{padding}"),
        };
    }
    let has_children = collection.items().len() > 0 || collection.pairs().next().is_some();
    let padding = inner.len() - inner.trim_start_matches(' ').len();
    let comma = if has_children { ", " } else { "" };
    TextEdit {
        range: at + padding..at + padding,
        new_text: format!("{source}{comma}"),
    }
}

/// The edits that add `sources` between brackets or braces, behind what stands at
/// `before`: on its line, or below where each one has a line.
pub(super) fn insert_in_flow(
    file: &File<'_>,
    collection: Value<'_>,
    before: Range<usize>,
    sources: &[String],
) -> Vec<TextEdit> {
    let text = file.text;
    let end = before.end;
    let close = collection.span().end.saturating_sub(1).max(end);
    let own_line = OwnLine::of(text, before.start, end, close);
    let Some(OwnLine { indent, comma, at }) = own_line else {
        let joined: String = sources.iter().map(|it| format!(", {it}")).collect();
        return vec![insertion(end, joined)];
    };
    let eol = file.habits.eol;
    let start = format!("{eol}{indent}");
    if comma {
        let lines = sources.iter().map(|it| format!("{start}{it},"));
        return vec![insertion(at, lines.collect())];
    }
    let lines = format!("{start}{}", sources.join(&format!(",{start}")));
    if at == end {
        return vec![insertion(at, format!(",{lines}"))];
    }
    vec![insertion(end, ",".to_owned()), insertion(at, lines)]
}

fn insertion(at: usize, new_text: String) -> TextEdit {
    TextEdit {
        range: at..at,
        new_text,
    }
}

/// How the next one goes below one that has its line for itself.
struct OwnLine<'t> {
    indent: &'t str,
    /// Whether a comma stands behind the one above.
    comma: bool,
    /// Where the next line is inserted.
    at: usize,
}

impl<'t> OwnLine<'t> {
    fn of(text: &'t str, start: usize, end: usize, close: usize) -> Option<OwnLine<'t>> {
        let indent = &text[line_start(text, start)..start];
        if !indent.trim().is_empty() {
            return None;
        }
        let line_end = before_line_end(text, end);
        let behind = &text[end..line_end];
        let trimmed = behind.trim_start();
        let (comma, rest) = match trimmed.strip_prefix(',') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, trimmed),
        };
        if close < line_end && !comma {
            return rest.starts_with([']', '}']).then_some(OwnLine {
                indent,
                comma,
                at: end,
            });
        }
        let is_alone = rest.is_empty() || rest.starts_with('#');
        let at = if rest.is_empty() && !comma {
            end
        } else {
            line_end
        };
        is_alone.then_some(OwnLine { indent, comma, at })
    }
}

/// The edits that write lines with these keys below a key whose value is null.
pub(super) fn insert_below(
    file: &File<'_>,
    parent: Pair<'_>,
    pairs: &[(String, Content)],
) -> Vec<TextEdit> {
    let text = file.text;
    let column = column_of(text, parent.key) + file.habits.child;
    let lines = |(key, value): &(String, Content)| key_lines(key, value, column, &file.habits);
    let lines: Vec<String> = pairs.iter().flat_map(lines).collect();
    let at = line_end(text, parent.key.span().end);
    let mut edits = vec![insert_lines(file, at, &lines)];
    edits.extend(without_null(text, parent));
    edits
}

/// The edit that takes a `null` or `[]` away that is written behind a key.
pub(super) fn without_null(text: &str, pair: Pair<'_>) -> Option<TextEdit> {
    let span = pair.value.span();
    let range = missing_value(text, pair.key)..span.end;
    (!span.is_empty()).then(|| deletion(range))
}

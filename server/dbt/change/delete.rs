//! Items taken out of a list, which stays a list.

use std::ops::Range;

use super::file::{File, Pair};
use super::lines::{before_line_end, last_line_end, line_start};
use super::scalar::missing_value;
use crate::declare::place::line_end;
use crate::edit::TextEdit;
use crate::properties::item_start;
use crate::yaml::Value;

/// The edits that take the lines of the items at these places, in order, out of a
/// block list.
pub(super) fn delete_from_block(file: &File<'_>, list: Pair<'_>, at: &[usize]) -> Vec<TextEdit> {
    let text = file.text;
    let items = list.value.items().enumerate();
    let deleted = items.filter(|(index, _)| at.binary_search(index).is_ok());
    let mut edits: Vec<TextEdit> = deleted
        .map(|(_, item)| {
            let start = line_start(text, item_start(text, item));
            deletion(start..last_line_end(text, item.span().end))
        })
        .collect();
    if at.len() == list.value.items().len() {
        edits.push(empty_list(file, list.key));
    }
    edits
}

/// The edit that makes an empty list of a key whose items go: without a value it
/// would be null, which dbt refuses.
pub(super) fn empty_list(file: &File<'_>, key: Value<'_>) -> TextEdit {
    let colon = missing_value(file.text, key);
    TextEdit {
        range: colon..colon,
        new_text: " []".to_owned(),
    }
}

pub(super) fn deletion(range: Range<usize>) -> TextEdit {
    TextEdit {
        range,
        new_text: String::new(),
    }
}

/// The edits that take the items at these places, in order, with their commas out
/// from between brackets.
pub(super) fn delete_from_flow(file: &File<'_>, list: Value<'_>, at: &[usize]) -> Vec<TextEdit> {
    let text = file.text;
    let items: Vec<Range<usize>> = list
        .items()
        .map(|item| item.outer_start()..item.span().end)
        .collect();
    let inner = list.span().start + 1..list.span().end.saturating_sub(1);
    if at.len() == items.len() && !text[inner.clone()].contains('#') {
        return vec![deletion(inner)];
    }
    let mut kept = None;
    let mut ranges = Vec::new();
    for (index, item) in items.iter().enumerate() {
        if at.binary_search(&index).is_ok() {
            ranges.extend(deleted_in_flow(text, &items, index, kept));
        } else {
            kept = Some(item.end);
        }
    }
    merged(ranges).into_iter().map(deletion).collect()
}

/// What goes with the item at `index`; `kept` is the end of the one that stays before.
fn deleted_in_flow(
    text: &str,
    items: &[Range<usize>],
    index: usize,
    kept: Option<usize>,
) -> Vec<Range<usize>> {
    let item = items[index].clone();
    let next = items.get(index + 1);
    let start = line_start(text, item.start);
    let behind = text[item.end..before_line_end(text, item.end)].trim_start();
    let comma = behind.strip_prefix(',');
    let rest = comma.unwrap_or(behind).trim_start();
    let has_line =
        text[start..item.start].trim().is_empty() && (rest.is_empty() || rest.starts_with('#'));
    let is_last = next.is_none() && comma.is_none();
    if has_line {
        let line = start..line_end(text, item.end);
        let comma_before = kept.filter(|&end| is_last && text[end..].starts_with(','));
        return comma_before
            .map(|end| end..end + 1)
            .into_iter()
            .chain([line])
            .collect();
    }
    let is_simple = |range: &Range<usize>| !text[range.clone()].contains(['#', '\n']);
    let to_next = next.map(|next| item.start..next.start).filter(is_simple);
    let from_kept = kept.map(|end| end..item.end);
    let from_kept = from_kept.filter(|it| next.is_none() && !text[it.clone()].contains('#'));
    let with_comma = || {
        let end = text[item.end..].find(',').map(|at| item.end + at + 1);
        item.start..end.filter(|_| comma.is_some()).unwrap_or(item.end)
    };
    vec![to_next.or(from_kept).unwrap_or_else(with_comma)]
}

/// Ranges that touch or overlap, as one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

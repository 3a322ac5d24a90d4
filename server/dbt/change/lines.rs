//! Lines, and which comments belong to what stands above or below them.

use std::ops::Range;

use crate::declare::habits::column as column_at;
use crate::declare::place::{indent, is_commented_item, line_end};
use crate::properties::item_start;
use crate::yaml::{Style, Value};

/// Where the line of `offset` starts; a byte order mark is no part of it.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    match start {
        0 if text.starts_with('\u{feff}') => '\u{feff}'.len_utf8(),
        _ => start,
    }
}

/// Behind the last line of content that ends at `end`: a block scalar may end with
/// a line's end.
pub(super) fn last_line_end(text: &str, end: usize) -> usize {
    if text[..end].ends_with('\n') {
        return end;
    }
    line_end(text, end)
}

/// Behind the line of `offset`, before its line end.
pub(super) fn before_line_end(text: &str, offset: usize) -> usize {
    let line = &text[offset..line_end(text, offset)];
    offset + line.trim_end_matches(['\r', '\n']).len()
}

/// The lines from `start` on, each with its range.
fn lines(text: &str, start: usize) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = start;
    text[start..].split_inclusive('\n').map(move |line| {
        let range = at..at + line.len();
        at = range.end;
        (range, line)
    })
}

/// The lines before `end`, which is a line's start, from the last one on.
fn lines_above(text: &str, end: usize) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = end;
    let start = line_start(text, 0);
    std::iter::from_fn(move || {
        if at <= start {
            return None;
        }
        let above = line_start(text, at - 1)..at;
        at = above.start;
        Some((above.clone(), &text[above]))
    })
}

/// A line that is a comment: its column and what follows the `#`.
fn comment(line: &str) -> Option<(usize, &str)> {
    let trimmed = line.trim_start();
    let text = trimmed.strip_prefix('#')?;
    Some((line.len() - trimmed.len(), text.trim_end()))
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// How many of the lines from `at` on are blank, and where they end.
pub(super) fn blank_below(text: &str, at: usize) -> usize {
    let blank = lines(text, at).take_while(|(_, line)| is_blank(line));
    blank.last().map_or(at, |(range, _)| range.end)
}

/// Where the blank lines above `at` start.
pub(super) fn blank_above(text: &str, at: usize) -> usize {
    let blank = lines_above(text, at).take_while(|(_, line)| is_blank(line));
    blank.last().map_or(at, |(range, _)| range.start)
}

/// Behind the last line of a key and its value, of which `column` is the key's:
/// comments further right are its own, and so is an item that was commented out
/// where the list's dashes stand below the key.
pub(super) fn pair_end(text: &str, key: Value<'_>, value: Value<'_>) -> usize {
    let column = column_at(text, key.span().start);
    let end = value.span().end.max(key.span().end);
    let first = value.items().next();
    let first = first.filter(|_| value.style() == Some(Style::Block));
    let has_dashes_below = first.is_some_and(|it| column_at(text, item_start(text, it)) == column);
    own_comments_end(text, last_line_end(text, end), |at, comment| {
        let is_item = comment.trim_start().starts_with("- ");
        at > column || (at == column && has_dashes_below && is_item)
    })
}

/// The column that a value starts at.
pub(super) fn column_of(text: &str, value: Value<'_>) -> usize {
    column_at(text, value.span().start)
}

/// Behind the last comment below `at` for whose column and text `is_own` holds,
/// as long as nothing else but blank lines comes.
pub(super) fn own_comments_end(
    text: &str,
    at: usize,
    is_own: impl Fn(usize, &str) -> bool,
) -> usize {
    let mut end = at;
    for (range, line) in lines(text, at) {
        match comment(line) {
            Some((column, comment)) if is_own(column, comment) => end = range.end,
            None if is_blank(line) => {}
            _ => break,
        }
    }
    end
}

/// Where the comments directly above the line at `start` begin that are about what
/// stands at `column` of it: at the same column, with no blank line between, and
/// not an item that was commented out.
pub(super) fn comments_above(text: &str, start: usize, column: usize) -> usize {
    let block: Vec<(usize, &str)> = lines_above(text, start)
        .map_while(|(range, line)| {
            let (at, comment) = comment(line)?;
            (at == column).then_some((range.start, comment))
        })
        .collect();
    let Some(item) = block.iter().position(|(_, it)| is_commented_item(it)) else {
        return block.last().map_or(start, |(at, _)| *at);
    };
    // Below the last line of that item: its keys stand further right than its dash.
    let dash = indent(block[item].1);
    let prose = block[..item]
        .iter()
        .take_while(|(_, it)| indent(it) <= dash && !it.trim().is_empty());
    prose.last().map_or(start, |(at, _)| *at)
}

/// What is taken away with the lines `region` so that it looks as if they had never
/// been there: one of the gaps of blank lines around them. `is_first` and `is_last`
/// say where they stand in their list.
pub(super) fn with_one_gap(
    text: &str,
    region: Range<usize>,
    is_first: bool,
    is_last: bool,
) -> Range<usize> {
    let above = blank_above(text, region.start);
    let below = blank_below(text, region.end);
    let has_above = above < region.start;
    let has_below = below > region.end;
    let is_at_end = below == text.len();
    if is_last && has_above && (has_below || is_at_end) {
        return above..region.end;
    }
    if has_below && !is_last && (has_above || is_first) {
        return region.start..below;
    }
    region
}

/// Lines moved from one column to another.
pub(super) fn shifted(lines: &str, from: usize, to: usize) -> String {
    let mut out = String::with_capacity(lines.len() + 64);
    for line in lines.split_inclusive('\n') {
        if line.trim().is_empty() || to == from {
            out.push_str(line);
        } else if to > from {
            out.push_str(&" ".repeat(to - from));
            out.push_str(line);
        } else {
            let n_spaces = line.len() - line.trim_start_matches(' ').len();
            out.push_str(&line[n_spaces.min(from - to)..]);
        }
    }
    out
}

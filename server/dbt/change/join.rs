//! Several `exposures:` keys made one: dbt sees the last one only, or refuses them.

use std::collections::HashMap;
use std::ops::Range;

use super::data::Data;
use super::delete::deletion;
use super::file::{File, Pair, value_step};
use super::lines::{
    before_line_end, blank_below, column_of, comments_above, last_line_end, line_start,
    own_comments_end, shifted, with_one_gap,
};
use super::scalar::source_edit;
use crate::declare::habits::column;
use crate::declare::place::{line_end, missing_eol};
use crate::edit::TextEdit;
use crate::error::Error;
use crate::properties::item_start;
use crate::yaml::{Style, Value};

/// One of the lists, and what moves with it.
struct List<'f> {
    pair: Pair<'f>,
    /// The column of its dashes; `None` where it is empty.
    dash: Option<usize>,
    /// From its key's line to its last line and the comments below that are its own.
    lines: Range<usize>,
    /// The lines below the key's.
    body: Range<usize>,
}

/// The edits that make one list of all.
pub(super) fn join_lists(file: &File<'_>) -> Result<Vec<TextEdit>, Error> {
    let Some(root) = file.root()? else {
        return Ok(Vec::new());
    };
    let pairs = file.lists(root);
    if pairs.len() < 2 {
        return Ok(Vec::new());
    }
    let lists = pairs.iter().map(|pair| List::of(file, *pair));
    let lists = lists.collect::<Result<Vec<_>, _>>()?;
    refuse_common_names(file, &pairs)?;
    let target = target(file, &lists);
    let edits = edits(file, &lists, target);
    file.verified(edits, |data| meant(data, &pairs, target))
}

/// The data with all items in the list of `target`.
fn meant(data: &mut Data<'_>, pairs: &[Pair<'_>], target: usize) -> Option<()> {
    let mut all = Vec::new();
    for pair in pairs {
        all.append(data.at(&[value_step(pair.index)])?.items()?);
    }
    *data.at(&[value_step(pairs[target].index)])?.items()? = all;
    for (at, pair) in pairs.iter().enumerate().rev() {
        if at != target {
            data.pairs()?.remove(pair.index);
        }
    }
    Some(())
}

fn refuse_common_names(file: &File<'_>, pairs: &[Pair<'_>]) -> Result<(), Error> {
    let mut seen: HashMap<&str, Value<'_>> = HashMap::new();
    for item in pairs.iter().flat_map(|pair| pair.value.items()) {
        let Some(name) = item.get("name").and_then(Value::filled_text) else {
            continue;
        };
        if let Some(first) = seen.insert(name, item) {
            return Err(Error::ExposureTwice {
                name: name.to_owned(),
                first: file.line(first),
                second: file.line(item),
            });
        }
    }
    Ok(())
}

impl<'f> List<'f> {
    fn of(file: &File<'_>, pair: Pair<'f>) -> Result<List<'f>, Error> {
        let (text, value) = (file.text, pair.value);
        let line = file.line(pair.key);
        file.refuse_shared(value)?;
        file.refuse_anchors(value)?;
        if !value.is_sequence() && !value.is_null() {
            return Err(Error::ExposuresNotAList { line });
        }
        let first = value.items().next();
        if first.is_some() && value.style() == Some(Style::Flow) {
            return Err(Error::ExposuresInBrackets { line });
        }
        let key_line = line_start(text, pair.key.span().start);
        let body = line_end(text, pair.key.span().end.max(value_line(pair, first)));
        let dash = first.map(|first| column(text, item_start(text, first)));
        let end = match value.items().next_back() {
            Some(last) => list_end(text, last.span().end, dash.unwrap_or_default(), pair.key),
            None => body,
        };
        Ok(List {
            pair,
            dash,
            lines: key_line..end,
            body: body..end,
        })
    }
}

/// Where the value of an empty list ends, which stands on the key's line.
fn value_line(pair: Pair<'_>, first: Option<Value<'_>>) -> usize {
    match first {
        Some(_) => 0,
        None => pair.value.span().end,
    }
}

/// Behind the comments below a list that are its own.
fn list_end(text: &str, end: usize, dash: usize, key: Value<'_>) -> usize {
    let root = column(text, key.span().start);
    own_comments_end(text, last_line_end(text, end), |at, comment| {
        let is_item = comment.trim_start().starts_with("- ");
        (at >= dash && dash > root) || at > dash || (at == dash && is_item)
    })
}

/// The list that takes the others: the first or the last one that has items,
/// whichever moves less.
fn target(file: &File<'_>, lists: &[List<'_>]) -> usize {
    let mut filled = (0..lists.len()).filter(|&at| lists[at].dash.is_some());
    let Some(first) = filled.next() else {
        return lists.len() - 1;
    };
    let last = filled.next_back().unwrap_or(first);
    if are_adjacent(file, lists) {
        return first;
    }
    let moved = |at: usize| {
        let others = lists.iter().enumerate().filter(|(other, _)| *other != at);
        others.map(|(_, list)| list.body.len()).sum::<usize>()
    };
    if moved(last) < moved(first) {
        last
    } else {
        first
    }
}

/// Whether nothing but blank lines and comments stands between the lists, so that
/// only the later keys need to go.
fn are_adjacent(file: &File<'_>, lists: &[List<'_>]) -> bool {
    let is_nothing = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    lists.windows(2).all(|pair| {
        let between = &file.text[pair[0].lines.end..pair[1].lines.start];
        let has_one_dash = pair[0].dash.is_some() && pair[0].dash == pair[1].dash;
        has_one_dash && between.lines().all(is_nothing)
    })
}

fn edits(file: &File<'_>, lists: &[List<'_>], target: usize) -> Vec<TextEdit> {
    if are_adjacent(file, lists) {
        let later = lists.iter().skip(1);
        return later.map(|list| without_key(file, list)).collect();
    }
    let others = || lists.iter().enumerate().filter(|(at, _)| *at != target);
    let mut edits: Vec<TextEdit> = others().map(|(_, list)| gone(file, list)).collect();
    let into = &lists[target];
    let Some(dash) = into.dash else {
        // None has items.
        if into.pair.value.is_null() {
            edits.push(source_edit(file.text, into.pair.value, "[]"));
        }
        return edits;
    };
    let filled = others().filter(|(_, list)| list.dash.is_some());
    let is_below = filled.clone().any(|(at, _)| at > target);
    let chunks: Vec<String> = filled.map(|(_, list)| moved(file, list, dash)).collect();
    if !chunks.is_empty() {
        edits.push(insertion(file, into, &chunks, is_below));
    }
    edits
}

/// The edit that takes the line of a key away; a comment on it becomes a line.
fn without_key(file: &File<'_>, list: &List<'_>) -> TextEdit {
    let comment = key_comment(file, list, list.dash.unwrap_or_default());
    TextEdit {
        range: list.lines.start..list.body.start,
        new_text: comment,
    }
}

/// The comment on a key's line as a line at `column`, if there is one.
fn key_comment(file: &File<'_>, list: &List<'_>, column: usize) -> String {
    let key_end = list.pair.key.span().end;
    let line = &file.text[key_end..before_line_end(file.text, key_end)];
    let comment = line.find(" #").map(|at| line[at..].trim());
    comment.map_or_else(String::new, |comment| {
        format!("{:column$}{comment}{}", "", file.habits.eol)
    })
}

/// Where the comments above a key start that are about its list: not those at the
/// head of the file.
fn comments_start(file: &File<'_>, list: &List<'_>) -> usize {
    let root = column(file.text, list.pair.key.span().start);
    let start = comments_above(file.text, list.lines.start, root);
    if start == line_start(file.text, 0) {
        return list.lines.start;
    }
    start
}

/// The edit that takes a list away where it stood. The comments of one that has no
/// items stay, since there is nothing that they could go with.
fn gone(file: &File<'_>, list: &List<'_>) -> TextEdit {
    let mut range = list.lines.clone();
    if list.dash.is_some() {
        range.start = comments_start(file, list);
    } else {
        let comment = key_comment(file, list, column_of(file.text, list.pair.key));
        if !comment.is_empty() {
            return TextEdit {
                range,
                new_text: comment,
            };
        }
    }
    let is_last = blank_below(file.text, range.end) == file.text.len();
    let is_first = range.start == line_start(file.text, 0);
    deletion(with_one_gap(
        file.text,
        range,
        is_first,
        is_last && !is_first,
    ))
}

/// A list's lines, moved to where the dashes are at `column`.
fn moved(file: &File<'_>, list: &List<'_>, column: usize) -> String {
    let text = file.text;
    let root = column_of(text, list.pair.key);
    let comments = &text[comments_start(file, list)..list.lines.start];
    let comments = shifted(comments, root, column);
    let body = &text[list.body.clone()];
    let body = shifted(body, list.dash.unwrap_or(column), column);
    let end = if body.ends_with('\n') {
        ""
    } else {
        file.habits.eol
    };
    format!("{comments}{}{body}{end}", key_comment(file, list, column))
}

/// The edit that puts the moved lines behind the items of a list, or before them.
fn insertion(file: &File<'_>, into: &List<'_>, chunks: &[String], is_below: bool) -> TextEdit {
    let eol = file.habits.eol;
    let blank = eol.repeat(file.habits.n_blank);
    let (at, new_text) = if is_below {
        let chunks: String = chunks.iter().map(|it| format!("{blank}{it}")).collect();
        let at = into.lines.end;
        (at, format!("{}{chunks}", missing_eol(file.text, at, eol)))
    } else {
        let chunks = chunks.iter().map(|it| format!("{it}{blank}"));
        (into.body.start, chunks.collect())
    };
    TextEdit {
        range: at..at,
        new_text,
    }
}

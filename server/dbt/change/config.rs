//! A top-level `meta` or `tags`, moved under `config`, where newer engines want it.

use std::ops::Range;

use super::data::Data;
use super::delete::deletion;
use super::file::{Exposure, File, Pair, pairs};
use super::insert::insert_in_flow;
use super::lines::{column_of, comments_above, line_start, pair_end, shifted};
use super::scalar::missing_value;
use crate::declare::place::{line_end, missing_eol};
use crate::edit::TextEdit;
use crate::error::Error;
use crate::yaml::Style;

const CONFIG: &str = "config";

/// The edits that move `key` under `config`; none where it does not stand at the top.
pub(super) fn move_to_config(
    file: &File<'_>,
    exposure: Exposure<'_>,
    key: &str,
) -> Result<Vec<TextEdit>, Error> {
    let Some(moved) = file.own_pair(exposure.item, key)? else {
        return Ok(Vec::new());
    };
    refuse_unmovable(file, exposure, moved, key)?;
    let config = file.own_pair(exposure.item, CONFIG)?;
    let edits = match config {
        Some(config) => move_into(file, config, moved, key)?,
        None => vec![wrap(file, moved)],
    };
    file.verified(edits, |data| {
        let pairs = data.at(&exposure.path)?.pairs()?;
        let pair = pairs.get(moved.index)?.clone();
        match config {
            Some(config) => {
                pairs.get_mut(config.index)?.1.pairs()?.push(pair);
                pairs.remove(moved.index);
            }
            None => {
                let mut config = Data::map([]);
                config.pairs()?.push(pair);
                pairs[moved.index] = (Data::text(CONFIG), config);
            }
        }
        Some(())
    })
}

fn refuse_unmovable(
    file: &File<'_>,
    exposure: Exposure<'_>,
    moved: Pair<'_>,
    key: &str,
) -> Result<(), Error> {
    if exposure.item.style() == Some(Style::Flow) {
        let line = file.line(exposure.item);
        return Err(Error::InBraces { line });
    }
    let first = pairs(exposure.item).find(|pair| pair.key.text() == Some(key));
    if let Some(first) = first.filter(|first| first.index != moved.index) {
        return Err(Error::KeyTwice {
            key: key.to_owned(),
            first: file.line(first.key),
            second: file.line(moved.key),
        });
    }
    file.refuse_anchors(moved.value)?;
    let start = moved.key.outer_start();
    let has_line = file.text[line_start(file.text, start)..start]
        .trim()
        .is_empty();
    has_line.then_some(()).ok_or(Error::EditNotExact)
}

/// The lines of the pair, and of the comments above that are about it.
fn lines_of(file: &File<'_>, moved: Pair<'_>) -> Range<usize> {
    let column = column_of(file.text, moved.key);
    let start = line_start(file.text, moved.key.span().start);
    comments_above(file.text, start, column)..pair_end(file.text, moved.key, moved.value)
}

/// Puts `config:` above the lines, and moves them to the right.
fn wrap(file: &File<'_>, moved: Pair<'_>) -> TextEdit {
    let range = lines_of(file, moved);
    let column = column_of(file.text, moved.key);
    let lines = shifted(
        &file.text[range.clone()],
        column,
        column + file.habits.child,
    );
    let eol = file.habits.eol;
    TextEdit {
        range,
        new_text: format!("{:column$}{CONFIG}:{eol}{lines}", ""),
    }
}

/// Moves the lines below the keys that `config` has.
fn move_into(
    file: &File<'_>,
    config: Pair<'_>,
    moved: Pair<'_>,
    key: &str,
) -> Result<Vec<TextEdit>, Error> {
    let (text, map) = (file.text, config.value);
    file.refuse_shared(map)?;
    if !map.is_mapping() && !map.is_null() {
        return Err(Error::NotAMap {
            key: CONFIG.to_owned(),
            line: file.line(config.key),
        });
    }
    if let Some(there) = map.get(key) {
        return Err(Error::ConfigHasKey {
            key: key.to_owned(),
            line: file.line(there),
        });
    }
    let range = lines_of(file, moved);
    let last = pairs(map).last();
    if let (Some(last), Some(Style::Flow)) = (last, map.style()) {
        return move_into_braces(file, config, last, moved, range);
    }
    let column = column_of(text, moved.key);
    let child = match last {
        Some(_) => column_of(text, map),
        None => column_of(text, config.key) + file.habits.child,
    };
    let at = match last {
        Some(last) => pair_end(text, last.key, last.value),
        None => line_end(text, config.key.span().end),
    };
    let lines = shifted(&text[range.clone()], column, child);
    let eol = file.habits.eol;
    let ended = if lines.ends_with('\n') { "" } else { eol };
    let mut edits = vec![
        deletion(range),
        TextEdit {
            range: at..at,
            new_text: format!("{}{lines}{ended}", missing_eol(text, at, eol)),
        },
    ];
    if last.is_none() && !map.span().is_empty() {
        edits.push(deletion(missing_value(text, config.key)..map.span().end));
    }
    Ok(edits)
}

/// Moves a value of one line in between the braces of `config`.
fn move_into_braces(
    file: &File<'_>,
    config: Pair<'_>,
    last: Pair<'_>,
    moved: Pair<'_>,
    range: Range<usize>,
) -> Result<Vec<TextEdit>, Error> {
    let source = &file.text[moved.key.span().start..moved.value.span().end];
    let lines = &file.text[range.clone()];
    let is_scalar = moved.value.text().is_some();
    let is_simple = lines.trim() == source.trim()
        && !source.contains('\n')
        && (!is_scalar || !source.contains([',', '[', ']', '{', '}']));
    if !is_simple || moved.value.style() == Some(Style::Block) {
        let line = file.line(config.value);
        return Err(Error::InBraces { line });
    }
    let before = last.key.outer_start()..last.value.span().end.max(last.key.span().end);
    let mut edits = insert_in_flow(file, config.value, before, &[source.to_owned()]);
    edits.push(deletion(range));
    Ok(edits)
}

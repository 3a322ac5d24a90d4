//! More items for a list of plain maps, below keys that may be missing: a settings file.
//!
//! ```yaml
//! dbt:
//!   map:
//!     - from: {schema: dbt_*}
//!       to: {schema: MARTS}
//! ```
//! Each new item has a key a line, and what stands below a key between braces. What is
//! not written as one key a line is left to the person who wrote it so.

use super::data::Data;
use super::file::{File, Pair, pairs, value_step};
use super::insert::{insert_in_flow, insert_lines, without_null};
use super::lines::{column_of, last_line_end, own_comments_end, pair_end};
use crate::declare::content::{Content, written};
use crate::declare::habits::{Shape, column, most_common};
use crate::declare::place::line_end;
use crate::declare::write::{flow_source, key_lines};
use crate::edit::TextEdit;
use crate::error::Error;
use crate::properties::item_start;
use crate::yaml::{Style, Value};

/// An item to be added: its keys in order, each with a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewItem {
    /// The keys.
    pub keys: Vec<(String, NewValue)>,
}

/// What stands below a key of a [`NewItem`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewValue {
    /// A text.
    Text(String),
    /// A map of texts.
    Map(Vec<(String, String)>),
}

/// The edits that put `items` at the end of the list below the keys of `path`, which are
/// added where they are missing; in a new file where `text` is `None`.
///
/// # Errors
/// Why the file is left as it is.
pub fn append_to_list(
    text: Option<&str>,
    path: &[&str],
    items: &[NewItem],
) -> Result<Vec<TextEdit>, Error> {
    let file = File::read(text.unwrap_or_default())?;
    let Some((list, _)) = path.split_last().filter(|_| !items.is_empty()) else {
        return Ok(Vec::new());
    };
    let Some(root) = file.yaml.root() else {
        return new_keys(&file, path, items);
    };
    if root.style() == Some(Style::Flow) {
        let line = file.line(root);
        return Err(Error::InBraces { line });
    }
    let root = file.root()?.ok_or(Error::EditNotExact)?;
    let found = find(&file, root, path)?;
    let writer = Writer::of(&file, root);
    let edits = match (found.pair, found.missing) {
        (None, missing) => vec![writer.keys_behind(found.mapping, missing, items)?],
        (Some(pair), []) => writer.items(list, pair, items)?,
        (Some(pair), missing) => writer.keys_below(pair, missing, items)?,
    };
    file.verified(edits, |data| {
        let data = data.at(&found.steps)?;
        append(data, found.missing, items)
    })
}

/// How far a path leads.
struct FoundPath<'f, 'p> {
    /// The mapping that has the last key, or lacks the first missing one.
    mapping: Value<'f>,
    /// The last key that is there; `None` where not even one below `mapping` is.
    pair: Option<Pair<'f>>,
    /// The steps from the root of the data to the value of `pair`, else to `mapping`.
    steps: Vec<usize>,
    missing: &'p [&'p str],
}

fn find<'f, 'p>(
    file: &'f File<'_>,
    root: Value<'f>,
    path: &'p [&'p str],
) -> Result<FoundPath<'f, 'p>, Error> {
    let mut found = FoundPath {
        mapping: root,
        pair: None,
        steps: Vec::new(),
        missing: path,
    };
    while let [key, rest @ ..] = found.missing {
        refuse_repeated(file, found.mapping, key)?;
        let Some(pair) = file.own_pair(found.mapping, key)? else {
            found.pair = None;
            return Ok(found);
        };
        file.refuse_shared(pair.value)?;
        found.steps.push(value_step(pair.index));
        found.missing = rest;
        found.pair = Some(pair);
        if rest.is_empty() || is_empty_map(pair.value) {
            return Ok(found);
        }
        refuse_other_than_map(file, pair)?;
        found.mapping = pair.value;
    }
    Ok(found)
}

fn refuse_repeated(file: &File<'_>, mapping: Value<'_>, key: &str) -> Result<(), Error> {
    let mut same = pairs(mapping).filter(|it| it.key.text() == Some(key));
    match (same.next(), same.next()) {
        (Some(first), Some(second)) => Err(Error::KeyTwice {
            key: key.to_owned(),
            first: file.line(first.key),
            second: file.line(second.key),
        }),
        _ => Ok(()),
    }
}

fn refuse_other_than_map(file: &File<'_>, pair: Pair<'_>) -> Result<(), Error> {
    let line = file.line(pair.key);
    match pair.value.style() {
        _ if !pair.value.is_mapping() => Err(Error::NotAMap {
            key: pair.key.text().unwrap_or_default().to_owned(),
            line,
        }),
        Some(Style::Flow) => Err(Error::InBraces { line }),
        _ => Ok(()),
    }
}

/// `null`, nothing, or `{}`.
fn is_empty_map(value: Value<'_>) -> bool {
    value.is_null() || (value.is_mapping() && value.pairs().next().is_none())
}

/// `null`, nothing, or `[]`.
fn is_empty_list(value: Value<'_>) -> bool {
    value.is_null() || (value.is_sequence() && value.items().len() == 0)
}

/// How the file writes lists, as far as it shows.
struct Writer<'f, 't> {
    file: &'f File<'t>,
    /// From a key to the keys below it.
    child: usize,
    /// From a key to the dashes below it.
    list: usize,
}

impl<'f, 't> Writer<'f, 't> {
    fn of(file: &'f File<'t>, root: Value<'f>) -> Writer<'f, 't> {
        let below = |(key, value): (Value<'f>, Value<'f>)| {
            let is_block = value.style() == Some(Style::Block) && value.is_mapping();
            let step = column_of(file.text, value).checked_sub(column_of(file.text, key))?;
            (is_block && step > 0).then_some(step)
        };
        let child = most_common(root.pairs().filter_map(below)).unwrap_or(2);
        let sections = root.pairs().flat_map(|(_, section)| section.pairs());
        let dashes = |(key, value): (Value<'f>, Value<'f>)| {
            let first = value.items().next()?;
            let is_block = value.style() == Some(Style::Block);
            let dash = column(file.text, item_start(file.text, first));
            dash.checked_sub(column_of(file.text, key))
                .filter(|_| is_block)
        };
        Writer {
            file,
            child,
            list: most_common(sections.filter_map(dashes)).unwrap_or(child),
        }
    }

    /// The edit that adds the keys behind the last one of `mapping`.
    fn keys_behind(
        &self,
        mapping: Value<'_>,
        path: &[&str],
        items: &[NewItem],
    ) -> Result<TextEdit, Error> {
        let text = self.file.text;
        let last = pairs(mapping).last().ok_or(Error::EditNotExact)?;
        let lines = self.key_lines(path, items, column_of(text, mapping));
        let at = pair_end(text, last.key, last.value);
        Ok(insert_lines(self.file, at, &lines))
    }

    /// The edits that add the keys below one that has no value.
    fn keys_below(
        &self,
        pair: Pair<'_>,
        path: &[&str],
        items: &[NewItem],
    ) -> Result<Vec<TextEdit>, Error> {
        let column = column_of(self.file.text, pair.key) + self.child;
        self.fill(pair, &self.key_lines(path, items, column))
    }

    /// The edits that add items to the list of `pair`.
    fn items(&self, key: &str, pair: Pair<'_>, items: &[NewItem]) -> Result<Vec<TextEdit>, Error> {
        let (text, list) = (self.file.text, pair.value);
        if is_empty_list(list) {
            let dash = column_of(text, pair.key) + self.list;
            return self.fill(pair, &self.item_lines(items, dash, 1));
        }
        let Some(last) = list.items().next_back() else {
            return Err(Error::NotAList {
                key: key.to_owned(),
                line: self.file.line(pair.key),
            });
        };
        if list.style() == Some(Style::Flow) {
            let sources = items
                .iter()
                .map(|it| flow_source(&content(it), &self.file.habits));
            let before = last.outer_start()..last.span().end;
            let sources: Vec<String> = sources.collect();
            return Ok(insert_in_flow(self.file, list, before, &sources));
        }
        Ok(vec![self.below(pair, last, items)])
    }

    /// The edit that adds items below the last one of a list with an item a line.
    fn below(&self, pair: Pair<'_>, last: Value<'_>, items: &[NewItem]) -> TextEdit {
        let text = self.file.text;
        let dash = column(text, item_start(text, last));
        let gap = column_of(text, last).checked_sub(dash + 1);
        let gap = gap.filter(|gap| (1..=8).contains(gap)).unwrap_or(1);
        let key = column_of(text, pair.key);
        let end = last_line_end(text, last.span().end);
        let at = own_comments_end(text, end, |at, comment| {
            let is_item = comment.trim_start().starts_with("- ");
            at >= dash && (dash > key || is_item)
        });
        let mut lines = self.item_lines(items, dash, gap);
        if last.style() == Some(Style::Flow) {
            let source = |it| flow_source(&content(it), &self.file.habits);
            let line = |it| format!("{:dash$}-{:gap$}{}", "", "", source(it));
            lines = items.iter().map(line).collect();
        }
        insert_lines(self.file, at, &lines)
    }

    /// The edits that write lines below a key in place of its empty value.
    fn fill(&self, pair: Pair<'_>, lines: &[String]) -> Result<Vec<TextEdit>, Error> {
        let text = self.file.text;
        let (key, value) = (pair.key.span(), pair.value.span());
        let between = text.get(key.end..value.end).unwrap_or_default();
        if between.contains(['#', '\n']) {
            return Err(Error::EditNotExact);
        }
        let column = column_of(text, pair.key);
        let at = own_comments_end(text, line_end(text, key.end), |at, _| at > column);
        let mut edits = vec![insert_lines(self.file, at, lines)];
        edits.extend(without_null(text, pair));
        Ok(edits)
    }

    fn key_lines(&self, path: &[&str], items: &[NewItem], column: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut column = column;
        for (n, key) in path.iter().enumerate() {
            lines.push(format!("{:column$}{key}:", ""));
            let is_last = n + 1 == path.len();
            column += if is_last { self.list } else { self.child };
        }
        lines.extend(self.item_lines(items, column, 1));
        lines
    }

    /// Items with a key a line, whose dashes stand at `dash` and keys `gap` behind them.
    fn item_lines(&self, items: &[NewItem], dash: usize, gap: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for item in items {
            let first = lines.len();
            for (key, value) in &item.keys {
                let content = value_content(value);
                let column = dash + 1 + gap;
                lines.extend(key_lines(key, &content, column, &self.file.habits));
            }
            if let Some(line) = lines.get_mut(first) {
                line.replace_range(dash..=dash, "-");
            }
        }
        lines
    }
}

/// The edits for a text without any value: comments, or nothing.
fn new_keys(file: &File<'_>, path: &[&str], items: &[NewItem]) -> Result<Vec<TextEdit>, Error> {
    let writer = Writer {
        file,
        child: 2,
        list: 2,
    };
    let edit = insert_lines(file, file.text.len(), &writer.key_lines(path, items, 0));
    super::data::verify_new(file.text, &edit, |data| append(data, path, items))?;
    Ok(vec![edit])
}

fn content(item: &NewItem) -> Content {
    let keys = item.keys.iter();
    let keys = keys.map(|(key, value)| (key.clone(), value_content(value)));
    Content::Map(keys.collect(), Shape::Flow)
}

fn value_content(value: &NewValue) -> Content {
    let text = |text: &str| Content::Scalar(written(text, Style::Plain, true));
    match value {
        NewValue::Text(it) => text(it),
        NewValue::Map(parts) => {
            let parts = parts.iter().map(|(key, it)| (key.clone(), text(it)));
            Content::Map(parts.collect(), Shape::Flow)
        }
    }
}

/// What the edits are to mean: `missing` keys below `data`, and the items at the end.
fn append(data: &mut Data<'_>, missing: &[&str], items: &[NewItem]) -> Option<()> {
    let Some((first, rest)) = missing.split_first() else {
        let items = items.iter().map(data_of);
        data.items()?.extend(items);
        return Some(());
    };
    let list = Data::list(items.iter().map(data_of));
    let value = rest
        .iter()
        .rev()
        .fold(list, |it, &key| Data::map([(key, it)]));
    data.pairs()?.push((Data::text(first), value));
    Some(())
}

fn data_of<'y>(item: &NewItem) -> Data<'y> {
    let value = |value: &NewValue| match value {
        NewValue::Text(it) => Data::text(it),
        NewValue::Map(parts) => {
            Data::map(parts.iter().map(|(key, it)| (key.as_str(), Data::text(it))))
        }
    };
    Data::map(item.keys.iter().map(|(key, it)| (key.as_str(), value(it))))
}

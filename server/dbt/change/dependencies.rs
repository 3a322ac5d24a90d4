//! What an exposure depends on: calls are added to the list and taken out of it.

use super::data::Data;
use super::delete::{delete_from_block, delete_from_flow};
use super::file::{Exposure, File, Pair, value_step};
use super::insert::{
    insert_behind, insert_first_in_flow, insert_in_flow, insert_lines, place_of, without_null,
};
use super::lines::{column_of, last_line_end, own_comments_end};
use super::scalar::source_edit;
use crate::declare::content::{Content, Scalar, dependency_call, written};
use crate::declare::habits::{Shape, column, most_common, quote_for, quote_in};
use crate::declare::place::line_end;
use crate::edit::TextEdit;
use crate::error::Error;
use crate::properties::item_start;
use crate::refs::{RefCall, RefTarget, refs_in_scalar};
use crate::yaml::{SourceScalar, Style, Value};

const KEY: &str = "depends_on";

/// The edits that add the targets that the exposure lacks.
pub(super) fn add(
    file: &File<'_>,
    exposure: Exposure<'_>,
    targets: &[RefTarget],
) -> Result<Vec<TextEdit>, Error> {
    let list = file.own_pair(exposure.item, KEY)?;
    let present = list
        .map(|list| present(file, list.value))
        .unwrap_or_default();
    let mut lacking: Vec<&RefTarget> = Vec::new();
    for target in targets {
        if !present.contains(target) && !lacking.contains(&target) {
            lacking.push(target);
        }
    }
    if lacking.is_empty() {
        return Ok(Vec::new());
    }
    match list {
        Some(list) => add_to(file, exposure, list, &lacking),
        None => add_key(file, exposure, &lacking),
    }
}

/// The edits that take the items with that target out.
pub(super) fn remove(
    file: &File<'_>,
    exposure: Exposure<'_>,
    target: &RefTarget,
) -> Result<Vec<TextEdit>, Error> {
    let Some(list) = file.own_pair(exposure.item, KEY)? else {
        return Ok(Vec::new());
    };
    let mut at: Vec<usize> = Vec::new();
    for (index, item) in list.value.items().enumerate() {
        let calls = calls(file.text, item);
        if !calls.iter().any(|call| call.target == *target) {
            continue;
        }
        refuse_more_than_one_call(file, item, &calls)?;
        at.push(index);
    }
    if at.is_empty() {
        return Ok(Vec::new());
    }
    file.refuse_shared(list.value)?;
    let edits = if list.value.style() == Some(Style::Flow) {
        delete_from_flow(file, list.value, &at)
    } else {
        delete_from_block(file, list, &at)
    };
    file.verified(edits, |data| {
        let items = items_of(data, exposure, list)?;
        let mut index = 0..;
        items.retain(|_| {
            index
                .next()
                .is_some_and(|it| at.binary_search(&it).is_err())
        });
        Some(())
    })
}

fn items_of<'d, 'y>(
    data: &'d mut Data<'y>,
    exposure: Exposure<'_>,
    list: Pair<'_>,
) -> Option<&'d mut Vec<Data<'y>>> {
    let item = data.at(&exposure.path)?;
    item.at(&[value_step(list.index)])?.items()
}

/// What the list refers to already.
fn present(file: &File<'_>, list: Value<'_>) -> Vec<RefTarget> {
    let calls = list.items().flat_map(|item| calls(file.text, item));
    calls.map(|call| call.target).collect()
}

fn calls(text: &str, item: Value<'_>) -> Vec<RefCall> {
    let scalar = |item: Value<'_>| {
        Some(SourceScalar {
            span: item.span(),
            style: item.style()?,
        })
    };
    let scalar = scalar(item).filter(|_| item.text().is_some());
    scalar.map_or_else(Vec::new, |it| refs_in_scalar(text, &it))
}

/// An item is taken out whole, so it must hold that call and nothing else.
fn refuse_more_than_one_call(
    file: &File<'_>,
    item: Value<'_>,
    calls: &[RefCall],
) -> Result<(), Error> {
    file.refuse_shared(item)?;
    let line = file.line(item);
    let [call] = calls else {
        return Err(Error::NotOneCall { line });
    };
    let around = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '{' | '}' | ',' | '-');
    let span = item.span();
    let before = &file.text[span.start..call.span.start];
    let behind = &file.text[call.span.end..span.end];
    let is_alone = [before, behind].iter().all(|it| it.chars().all(around));
    is_alone.then_some(()).ok_or(Error::NotOneCall { line })
}

/// How calls are written: as the list does, else as the file.
struct Writer {
    quote: char,
    style: Style,
    in_flow: bool,
}

impl Writer {
    fn of(file: &File<'_>, list: Option<Value<'_>>, in_flow: bool) -> Writer {
        let items = || list.into_iter().flat_map(Value::items);
        let texts = items().filter_map(Value::text);
        let style = most_common(
            items()
                .filter_map(Value::style)
                .filter(|it| *it != Style::Block),
        );
        let style = style.unwrap_or(match file.habits.item {
            Style::Block | Style::Flow => Style::Plain,
            style => style,
        });
        let quote = most_common(texts.filter_map(quote_in));
        Writer {
            quote: quote_for(style, quote.unwrap_or(file.habits.call_quote)),
            style,
            in_flow,
        }
    }

    fn calls(&self, targets: &[&RefTarget]) -> Vec<Scalar> {
        let call = |target: &&RefTarget| {
            written(
                &dependency_call(target, self.quote),
                self.style,
                self.in_flow,
            )
        };
        targets.iter().map(call).collect()
    }
}

/// Adds to a list that is there, or to the key of one.
fn add_to(
    file: &File<'_>,
    exposure: Exposure<'_>,
    list: Pair<'_>,
    targets: &[&RefTarget],
) -> Result<Vec<TextEdit>, Error> {
    file.refuse_shared(list.value)?;
    if !list.value.is_sequence() && !list.value.is_null() {
        return Err(Error::NotAList {
            key: KEY.to_owned(),
            line: file.line(list.key),
        });
    }
    let in_flow = exposure.item.style() == Some(Style::Flow);
    let last = list.value.items().next_back();
    let list_is_flow = list.value.style() == Some(Style::Flow);
    let becomes_flow = in_flow || (list_is_flow && last.is_some());
    let calls = Writer::of(file, Some(list.value), becomes_flow).calls(targets);
    let sources = || calls.iter().map(|call| call.source.clone());
    let edits = match last {
        Some(last) if list_is_flow => {
            let before = last.outer_start()..last.span().end;
            insert_in_flow(file, list.value, before, &sources().collect::<Vec<_>>())
        }
        Some(last) => vec![below(file, list, last, sources())],
        None => fill(file, list, in_flow, &calls),
    };
    file.verified(edits, |data| {
        let items = items_of(data, exposure, list)?;
        items.extend(calls.iter().map(|call| Data::text(&call.value)));
        Some(())
    })
}

/// Lines below the last item of a block list, and below the comments that follow it
/// in the list.
fn below(
    file: &File<'_>,
    list: Pair<'_>,
    last: Value<'_>,
    sources: impl Iterator<Item = String>,
) -> TextEdit {
    let text = file.text;
    let start = item_start(text, last);
    let dash = column(text, start);
    let gap = column_of(text, last).checked_sub(dash + 1);
    let gap = " ".repeat(gap.filter(|gap| (1..=8).contains(gap)).unwrap_or(1));
    let line = |source| format!("{:dash$}-{gap}{source}", "");
    let lines: Vec<String> = sources.map(line).collect();
    let key = column_of(text, list.key);
    let end = last_line_end(text, last.span().end);
    let at = own_comments_end(text, end, |at, comment| {
        let is_item = comment.trim_start().starts_with("- ");
        at >= dash && (dash > key || is_item)
    });
    insert_lines(file, at, &lines)
}

/// Fills `depends_on:`, `depends_on: null` and `depends_on: []`.
fn fill(file: &File<'_>, list: Pair<'_>, in_flow: bool, calls: &[Scalar]) -> Vec<TextEdit> {
    let text = file.text;
    let value = list.value;
    let sources: Vec<String> = calls.iter().map(|call| call.source.clone()).collect();
    let holds_comment = value.is_sequence() && text[value.span()].contains('#');
    let texts: Vec<String> = calls.iter().map(|call| call.value.clone()).collect();
    let shape = file.habits.depends_on_shape(&texts);
    if in_flow || holds_comment || shape == Shape::Flow {
        return vec![fill_in_flow(file, value, &sources)];
    }
    let column = column_of(text, list.key);
    let dash = column + file.habits.list;
    let at = own_comments_end(text, line_end(text, list.key.span().end), |at, comment| {
        at > column || (at == dash && comment.trim_start().starts_with("- "))
    });
    let lines: Vec<String> = sources
        .iter()
        .map(|source| format!("{:dash$}- {source}", ""))
        .collect();
    let mut edits = vec![insert_lines(file, at, &lines)];
    edits.extend(without_null(text, list));
    edits
}

fn fill_in_flow(file: &File<'_>, value: Value<'_>, sources: &[String]) -> TextEdit {
    let joined = sources.join(", ");
    if value.is_sequence() {
        return insert_first_in_flow(file, value, &joined);
    }
    let padding = if file.habits.is_padded { " " } else { "" };
    source_edit(file.text, value, &format!("[{padding}{joined}{padding}]"))
}

/// Writes the key where the file has it.
fn add_key(
    file: &File<'_>,
    exposure: Exposure<'_>,
    targets: &[&RefTarget],
) -> Result<Vec<TextEdit>, Error> {
    let quote = file.habits.call_quote;
    let texts: Vec<String> = targets
        .iter()
        .map(|it| dependency_call(it, quote))
        .collect();
    let shape = file.habits.depends_on_shape(&texts);
    let in_flow = exposure.item.style() == Some(Style::Flow) || shape == Shape::Flow;
    let calls = Writer::of(file, None, in_flow).calls(targets);
    let before = place_of(file, exposure.item, KEY)?;
    let content = Content::List(calls, shape);
    let edits = insert_behind(file, exposure.item, before, KEY, &content);
    file.verified(edits, |data| {
        let list = Data::list(texts.iter().map(|text| Data::text(text)));
        let pairs = data.at(&exposure.path)?.pairs()?;
        pairs.insert(before.index + 1, (Data::text(KEY), list));
        Some(())
    })
}

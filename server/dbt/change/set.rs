//! A text of an exposure: replaced where it stands, or written as a new key.

use std::borrow::Cow;

use super::Field;
use super::data::Data;
use super::file::{Exposure, File, Pair, pairs, value_step};
use super::insert::{insert_behind, insert_below, insert_first, place_of};
use super::scalar::{scalar_edit, source_edit};
use crate::declare::content::{Content, written};
use crate::declare::habits::Shape;
use crate::declare::text::{description_without_jinja, holds_jinja, unraw, without_jinja};
use crate::declare::write::flow_source;
use crate::edit::TextEdit;
use crate::error::Error;
use crate::yaml::{Style, Value};

/// A text that is to stand in a map.
struct Wanted<'v> {
    /// The key, with a dot where it stands below another.
    path: &'static str,
    /// The key itself.
    key: &'static str,
    value: &'v str,
    /// The value without Jinja, as it is to be read.
    text: String,
    style: Style,
}

/// The edits that set `field` to Tableau's text.
pub(super) fn set(
    file: &File<'_>,
    exposure: Exposure<'_>,
    field: Field,
    value: &str,
) -> Result<Vec<TextEdit>, Error> {
    let path = field.key();
    let (parent, key) = path
        .split_once('.')
        .map_or((None, path), |(a, b)| (Some(a), b));
    let text = harmless(field, value);
    let style = file.habits.style(if key == "name" { "owner" } else { key });
    let wanted = Wanted {
        path,
        key,
        value,
        text: text.into_owned(),
        style,
    };
    let existing = parent.map_or(Some(exposure.item), |parent| exposure.item.get(parent));
    let existing = existing
        .and_then(|it| it.get(key))
        .and_then(Value::filled_text);
    if existing.is_some_and(|text| says(field, text, value)) {
        return Ok(Vec::new());
    }
    match parent {
        Some(_) if value.trim().is_empty() => Err(Error::OwnerMissing),
        Some(parent) => set_below(file, exposure, parent, &wanted),
        None => match file.own_pair(exposure.item, key)? {
            Some(pair) => replace(file, &exposure.path, pair, exposure.item, &wanted),
            None => add(file, exposure, &wanted),
        },
    }
}

/// Whether a text of an exposure, as it is `written` in the file, says `value` of
/// Tableau's, so that setting it would change nothing.
///
/// Jinja that was made harmless counts as what it shows, and a last line end, which
/// comes of a block scalar, as nothing.
pub(super) fn says(field: Field, written: &str, value: &str) -> bool {
    let shown = |text: &str| text.trim_end_matches('\n').to_owned();
    shown(written) == shown(&harmless(field, value))
        || unraw(written).is_some_and(|text| shown(&text) == shown(value))
}

/// A text as it is written so that dbt gives it back.
fn harmless(field: Field, value: &str) -> Cow<'_, str> {
    match field {
        Field::Description => description_without_jinja(value),
        Field::Label | Field::Url | Field::OwnerName | Field::OwnerEmail => without_jinja(value),
    }
}

/// Replaces the value of `pair`, which stands in `map`, which is at `path`.
fn replace(
    file: &File<'_>,
    path: &[usize],
    pair: Pair<'_>,
    map: Value<'_>,
    wanted: &Wanted<'_>,
) -> Result<Vec<TextEdit>, Error> {
    let existing = pair.value;
    let key = || wanted.path.to_owned();
    let line = file.line(pair.key);
    let Some(text) = existing.text() else {
        let mut items = existing.items();
        if items.any(|item| item.filled_text() == Some(wanted.value)) {
            return Ok(Vec::new());
        }
        return Err(Error::NotAText { key: key(), line });
    };
    file.refuse_shared(existing)?;
    if holds_jinja(text) && unraw(text).is_none() {
        return Err(Error::HoldsJinja { key: key(), line });
    }
    let in_flow = map.style() == Some(Style::Flow);
    let edit = scalar_edit(file.text, existing, &wanted.text, wanted.style, in_flow);
    let path: Vec<usize> = [path, &[value_step(pair.index)]].concat();
    file.verified(vec![edit], |data| {
        data.at(&path)?.set_text(&wanted.text);
        Some(())
    })
}

/// Adds a key of the exposure itself.
fn add(
    file: &File<'_>,
    exposure: Exposure<'_>,
    wanted: &Wanted<'_>,
) -> Result<Vec<TextEdit>, Error> {
    if wanted.value.is_empty() {
        return Ok(Vec::new());
    }
    let before = place_of(file, exposure.item, wanted.key)?;
    let content = content(wanted, exposure.item);
    let edits = insert_behind(file, exposure.item, before, wanted.key, &content);
    file.verified(edits, |data| {
        let pairs = data.at(&exposure.path)?.pairs()?;
        let added = (Data::text(wanted.key), Data::text(&wanted.text));
        pairs.insert(before.index + 1, added);
        Some(())
    })
}

fn content(wanted: &Wanted<'_>, map: Value<'_>) -> Content {
    let in_flow = map.style() == Some(Style::Flow);
    Content::Scalar(written(&wanted.text, wanted.style, in_flow))
}

/// Sets a key below `parent`, which is `owner`.
fn set_below(
    file: &File<'_>,
    exposure: Exposure<'_>,
    parent: &str,
    wanted: &Wanted<'_>,
) -> Result<Vec<TextEdit>, Error> {
    let Some(owner) = file.own_pair(exposure.item, parent)? else {
        return add_parent(file, exposure, parent, wanted);
    };
    let map = owner.value;
    file.refuse_shared(map)?;
    if map.is_mapping() {
        let path = [exposure.path[0], exposure.path[1], value_step(owner.index)];
        return match file.own_pair(map, wanted.key)? {
            Some(pair) => replace(file, &path, pair, map, wanted),
            None => add_below(file, &path, owner, wanted),
        };
    }
    if !map.is_null() {
        return Err(Error::NotAMap {
            key: parent.to_owned(),
            line: file.line(owner.key),
        });
    }
    fill_parent(file, exposure, owner, wanted)
}

/// Adds the key to an owner that has others: a name before them, an address behind.
fn add_below(
    file: &File<'_>,
    path: &[usize],
    owner: Pair<'_>,
    wanted: &Wanted<'_>,
) -> Result<Vec<TextEdit>, Error> {
    let content = content(wanted, owner.value);
    let name = pairs(owner.value).find(|pair| pair.key.text() == Some("name"));
    let before = name.filter(|_| wanted.key != "name");
    let edits = match before {
        Some(before) => insert_behind(file, owner.value, before, wanted.key, &content),
        None => insert_first(file, owner, wanted.key, &content),
    };
    file.verified(edits, |data| {
        let pairs = data.at(path)?.pairs()?;
        let at = before.map_or(0, |before| before.index + 1);
        pairs.insert(at, (Data::text(wanted.key), Data::text(&wanted.text)));
        Some(())
    })
}

/// Writes an owner where there is none.
fn add_parent(
    file: &File<'_>,
    exposure: Exposure<'_>,
    parent: &str,
    wanted: &Wanted<'_>,
) -> Result<Vec<TextEdit>, Error> {
    let in_flow = exposure.item.style() == Some(Style::Flow);
    let before = place_of(file, exposure.item, parent)?;
    let content = parent_content(file, wanted, in_flow);
    let edits = insert_behind(file, exposure.item, before, parent, &content);
    file.verified(edits, |data| {
        let owner = Data::map([(wanted.key, Data::text(&wanted.text))]);
        let pairs = data.at(&exposure.path)?.pairs()?;
        pairs.insert(before.index + 1, (Data::text(parent), owner));
        Some(())
    })
}

fn parent_content(file: &File<'_>, wanted: &Wanted<'_>, in_flow: bool) -> Content {
    let shape = if in_flow {
        Shape::Flow
    } else {
        file.habits.owner
    };
    let scalar = written(&wanted.text, wanted.style, shape == Shape::Flow);
    Content::Map(
        vec![(wanted.key.to_owned(), Content::Scalar(scalar))],
        shape,
    )
}

/// Writes an owner behind a key that has no value.
fn fill_parent(
    file: &File<'_>,
    exposure: Exposure<'_>,
    owner: Pair<'_>,
    wanted: &Wanted<'_>,
) -> Result<Vec<TextEdit>, Error> {
    let in_flow = exposure.item.style() == Some(Style::Flow);
    let content = parent_content(file, wanted, in_flow);
    let source = flow_source(&flowing(wanted), &file.habits);
    let edits = match &content {
        Content::Map(pairs, Shape::Block) => insert_below(file, owner, pairs),
        _ => vec![source_edit(file.text, owner.value, &source)],
    };
    file.verified(edits, |data| {
        let item = data.at(&exposure.path)?;
        let pairs = item.at(&[value_step(owner.index)])?.pairs()?;
        pairs.push((Data::text(wanted.key), Data::text(&wanted.text)));
        Some(())
    })
}

fn flowing(wanted: &Wanted<'_>) -> Content {
    let scalar = written(&wanted.text, wanted.style, true);
    let pair = (wanted.key.to_owned(), Content::Scalar(scalar));
    Content::Map(vec![pair], Shape::Flow)
}

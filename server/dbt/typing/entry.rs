//! What an exposure says while a part of it is being typed.

use std::ops::Range;

use super::ItemPlace;
use super::flow;
use super::lines::{Line, Lines, Marker};
use crate::refs::{RefTarget, refs_in_expression};
use crate::yaml::Yaml;

/// What an exposure says, as far as its lines tell it one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedExposure {
    /// Its name.
    pub name: Option<String>,
    /// Its title.
    pub label: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// Its keys and, with a dot, those of `owner` and `config`, in the text's order. Not
    /// the one that is being typed.
    pub keys: Vec<String>,
    /// What it depends on. Not the item that is being typed.
    pub depends_on: Vec<RefTarget>,
}

/// What the exposure at a dash says beside the bytes `own`.
pub(super) fn read(lines: &Lines<'_>, place: ItemPlace, own: &Range<usize>) -> TypedExposure {
    let mut reader = Reader {
        exposure: TypedExposure::default(),
        own,
        column: None,
        key: None,
        column_below: None,
    };
    for ix in place.line..lines.len() {
        let line = lines.line(ix);
        if ix > place.line && !line.is_blank() && line.indent() <= place.dash {
            break;
        }
        reader.take(&line, place.dash);
    }
    reader.exposure
}

struct Reader<'o> {
    exposure: TypedExposure,
    own: &'o Range<usize>,
    /// The column of the exposure's keys.
    column: Option<usize>,
    /// The key that the lines stand in.
    key: Option<String>,
    /// The column of the keys below it.
    column_below: Option<usize>,
}

impl Reader<'_> {
    fn take(&mut self, line: &Line<'_>, dash: usize) {
        let key = line.markers.last().and_then(|it| match it {
            Marker::Key(column, name) => Some((*column, &line.text[name.clone()])),
            Marker::Dash(_) => None,
        });
        match key {
            Some((column, name)) if column > dash => self.take_key(line, column, name),
            _ if self.key.as_deref() == Some("depends_on") => self.take_dependencies(line),
            _ => {}
        }
    }

    fn take_key(&mut self, line: &Line<'_>, column: usize, name: &str) {
        let key_end = line.key().map_or(0, |it| line.start + it.end);
        let is_own = self.own.start <= key_end && key_end <= self.own.end && !self.own.is_empty();
        if column == *self.column.get_or_insert(column) {
            self.key = Some(name.to_owned());
            self.column_below = None;
            if is_own {
                return;
            }
            self.exposure.keys.push(name.to_owned());
            self.take_value(line, name);
        } else if let Some(above @ ("owner" | "config")) = self.key.as_deref()
            && column == *self.column_below.get_or_insert(column)
            && !is_own
        {
            self.exposure.keys.push(format!("{above}.{name}"));
        }
    }

    fn take_value(&mut self, line: &Line<'_>, name: &str) {
        let value = line.value();
        let start = line.start + line.content;
        let field = match name {
            "name" => &mut self.exposure.name,
            "label" => &mut self.exposure.label,
            "url" => &mut self.exposure.url,
            "depends_on" => return self.take_dependencies(line),
            _ => return,
        };
        if !value.is_empty() && self.own.start != start {
            *field = scalar(value);
        }
    }

    fn take_dependencies(&mut self, line: &Line<'_>) {
        let start = line.start + line.content;
        let value = line.value();
        let end = start + value.len();
        let mut parts = vec![value];
        if start <= self.own.start && self.own.end <= end {
            let before = &value[..self.own.start - start];
            parts = vec![before, &value[self.own.end - start..]];
        }
        for item in parts.into_iter().flat_map(flow::items) {
            let text = scalar(item).unwrap_or_else(|| item.to_owned());
            let calls = refs_in_expression(&text).into_iter();
            self.exposure.depends_on.extend(calls.map(|it| it.target));
        }
    }
}

/// The text of a scalar on one line.
fn scalar(source: &str) -> Option<String> {
    let yaml = Yaml::parse(source).ok()?;
    Some(yaml.root()?.filled_text()?.to_owned())
}

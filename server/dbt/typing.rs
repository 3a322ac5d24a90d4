//! Where a cursor stands in an exposures file that is being typed.
//!
//! While someone types, the text is often no YAML, and a parser would say nothing or
//! something else. So the lines around the cursor are read by their indent: that tells
//! which exposure it is, which key, and what of a value is there. Where the indent tells
//! nothing for sure (comments, block scalars, texts over several lines) there is no
//! answer. What fits there is decided elsewhere.

mod call;
mod entry;
mod flow;
mod lines;
#[cfg(test)]
mod tests;
mod written;

use std::ops::Range;

use crate::yaml::{Style, scalars};

use self::lines::{Lines, Step};

pub use self::call::{TypedCall, TypedDependency};
pub use self::entry::TypedExposure;
pub use self::written::tableau_scalar;

/// Longer texts are no file a person types in.
const MAX_BYTES: usize = 8 << 20;

/// What is being typed, and in which exposure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typing {
    /// What the exposure says beside it.
    pub exposure: TypedExposure,
    /// What is being typed.
    pub slot: Slot,
}

/// A part of an exposure that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A key of the exposure, or of the mapping `under` one of its keys.
    Key {
        /// `owner` or `config`; `None` for the exposure itself.
        under: Option<String>,
        /// What is there of it, to be replaced.
        range: Range<usize>,
        /// What is typed of it.
        typed: String,
        /// Whether its colon is there.
        has_colon: bool,
    },
    /// The value of a key: `label`, `owner.name`.
    Value {
        /// The key.
        key: String,
        /// What is there of it.
        scalar: TypedScalar,
    },
    /// An item of `depends_on`.
    Dependency(TypedDependency),
}

/// A value that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedScalar {
    /// What is there of it, quotes included.
    pub range: Range<usize>,
    /// The quote that it starts with.
    pub quote: Option<char>,
    /// What is typed of it, without the quote.
    pub typed: String,
    /// Whether it needs a space before it: the cursor is right behind the colon.
    pub needs_space: bool,
    /// Whether it stands between brackets.
    pub in_flow: bool,
}

/// What is being typed at `offset`; `None` outside an exposure's own lines.
pub fn typing_at(text: &str, offset: usize) -> Option<Typing> {
    if text.len() > MAX_BYTES || !text.is_char_boundary(offset) {
        return None;
    }
    let lines = Lines::new(text);
    let cursor = Cursor::new(&lines, offset)?;
    let (place, slot) = cursor.place()?;
    if is_in_long_scalar(text, offset, cursor.line.start) {
        return None;
    }
    let own = match &slot {
        Slot::Dependency(it) => it.item.clone(),
        Slot::Key { range, .. } => range.clone(),
        Slot::Value { scalar, .. } => scalar.range.clone(),
    };
    Some(Typing {
        exposure: entry::read(&lines, place, &own),
        slot,
    })
}

/// Whether a text that starts on an earlier line and is whole holds `offset`.
fn is_in_long_scalar(text: &str, offset: usize, line_start: usize) -> bool {
    let mut before = scalars(text).take_while(|it| it.span.start < line_start);
    before.any(|it| {
        let end = match it.style {
            Style::SingleQuoted | Style::DoubleQuoted => it.span.end,
            // Its span reaches to what follows it.
            Style::Block => it.span.start + text[it.span].trim_end().len(),
            Style::Plain | Style::Flow => return false,
        };
        offset <= end
    })
}

/// The line of an exposure's dash, and the dash's column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ItemPlace {
    line: usize,
    dash: usize,
}

/// The line that is typed in.
struct Cursor<'l, 't> {
    lines: &'l Lines<'t>,
    ix: usize,
    line: lines::Line<'t>,
    offset: usize,
    /// The cursor's column, in bytes.
    column: usize,
}

impl<'l, 't> Cursor<'l, 't> {
    fn new(lines: &'l Lines<'t>, offset: usize) -> Option<Cursor<'l, 't>> {
        let ix = lines.at(offset);
        let line = lines.line(ix);
        let column = offset.checked_sub(line.start)?;
        let is_after = column > line.text.len();
        let is_in_comment = line.comment.is_some_and(|it| column > it);
        (!is_after && !is_in_comment).then_some(Cursor {
            lines,
            ix,
            line,
            offset,
            column,
        })
    }

    fn place(&self) -> Option<(ItemPlace, Slot)> {
        match self.line.key() {
            Some(key) if self.column > key.end => self.value(key.start, &self.line.text[key]),
            Some(key) if self.column < key.start => None,
            Some(key) => self.key(key, true),
            None => self.text(),
        }
    }

    /// Behind a key's colon.
    fn value(&self, column: usize, key: &str) -> Option<(ItemPlace, Slot)> {
        let n_before = self.line.markers.len() - 1;
        let path = self.lines.path(self.ix, n_before, column, false);
        let (item, within) = self.in_exposure(&path)?;
        let under = match within {
            [] => None,
            [step] => Some(self.map_above(*step)?),
            _ => return None,
        };
        let value = self.line.value();
        let start = self.line.start + self.line.content;
        let slot = match (under, key, value.chars().next()) {
            (None, "depends_on", Some('[')) => self.in_list(start + 1)?,
            (None, "owner", Some('{')) => self.in_map(start + 1, key)?,
            (None, "depends_on" | "owner" | "config" | "meta" | "tags", _) => return None,
            (None, key, _) => self.scalar_slot(key.to_owned())?,
            (Some(under), key, _) => self.scalar_slot(format!("{under}.{key}"))?,
        };
        Some((item, slot))
    }

    fn scalar_slot(&self, key: String) -> Option<Slot> {
        let line = &self.line;
        let value = line.content..line.content + line.value().len();
        let scalar = if value.is_empty() {
            let needs_space = !line.text[..self.column].ends_with(' ');
            TypedScalar {
                range: self.offset..self.offset,
                quote: None,
                typed: String::new(),
                needs_space,
                in_flow: false,
            }
        } else {
            typed_scalar(line.start, line.text, value, self.column, false)?
        };
        Some(Slot::Value { key, scalar })
    }

    /// On a key itself, or on what may become one.
    fn key(&self, range: Range<usize>, has_colon: bool) -> Option<(ItemPlace, Slot)> {
        let n_before = self.line.markers.len() - usize::from(has_colon);
        let path = self.lines.path(self.ix, n_before, range.start, false);
        let (item, within) = self.in_exposure(&path)?;
        let slot = match within {
            [] => self.key_slot(None, path[0], range, has_colon)?,
            [step] => match self.lines.name(*step)? {
                "depends_on" => self.dependency_without_dash(*step, range, has_colon)?,
                _ => self.key_slot(Some(self.map_above(*step)?), *step, range, has_colon)?,
            },
            _ => return None,
        };
        Some((item, slot))
    }

    fn key_slot(
        &self,
        under: Option<String>,
        above: Step,
        range: Range<usize>,
        has_colon: bool,
    ) -> Option<Slot> {
        let siblings = self.lines.children_column(above, self.ix);
        if siblings.is_some_and(|it| it != range.start) {
            return None;
        }
        let typed = self.line.text[..range.end].get(range.start..self.column)?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let whole = &self.line.text[range.clone()];
        whole.chars().all(is_word).then(|| Slot::Key {
            under,
            typed: typed.to_owned(),
            range: self.line.start + range.start..self.line.start + range.end,
            has_colon,
        })
    }

    /// A line without a key: an item, the start of a key, or nothing yet.
    fn text(&self) -> Option<(ItemPlace, Slot)> {
        let line = &self.line;
        let value = line.value();
        if line.markers.is_empty()
            && let Some(list) = self.inside_list()
        {
            return Some(list);
        }
        if value.is_empty() && line.markers.is_empty() {
            return self.key(self.column..self.column, false);
        }
        let is_behind_dash = line.text[..self.column].ends_with('-') && value.is_empty();
        if self.column < line.content || is_behind_dash {
            return None;
        }
        if line.markers.is_empty() {
            return self.key(line.content..line.content + value.len(), false);
        }
        let end = (line.content + value.len()).max(self.column);
        let n_markers = line.markers.len();
        let path = self.lines.path(self.ix, n_markers, line.content, false);
        let (item, within) = self.in_exposure(&path)?;
        let slot = match within {
            [] => self.key_slot(None, path[0], line.content..end, false)?,
            [dash, step] if self.lines.name(*dash).is_none() => {
                if self.lines.name(*step)? != "depends_on" {
                    return None;
                }
                let item = line.start + line.content..line.start + end;
                self.dependency(item, false, false)?
            }
            _ => return None,
        };
        Some((item, slot))
    }

    fn dependency(&self, item: Range<usize>, in_flow: bool, needs_dash: bool) -> Option<Slot> {
        let typed = self.lines.text.get(item.start..self.offset)?;
        let rest = self.lines.text.get(self.offset..item.end)?;
        let parts = call::read(typed)?;
        Some(Slot::Dependency(TypedDependency {
            word_start: item.start + parts.word_start,
            word: typed[parts.word_start..].to_owned(),
            head: typed[..parts.word_start].to_owned(),
            rest: rest.to_owned(),
            quote: parts.quote,
            call_quote: parts.call_quote,
            call: parts.call,
            item,
            in_flow,
            needs_dash,
        }))
    }

    /// Below `depends_on:`, where an item's dash is not typed yet.
    fn dependency_without_dash(
        &self,
        above: Step,
        range: Range<usize>,
        has_colon: bool,
    ) -> Option<Slot> {
        let siblings = self.lines.children_column(above, self.ix);
        if has_colon || siblings.is_some_and(|it| it != range.start) {
            return None;
        }
        let item = self.line.start + range.start..self.line.start + range.end;
        self.dependency(item, false, true)
    }

    /// In a list between brackets that starts on an earlier line.
    fn inside_list(&self) -> Option<(ItemPlace, Slot)> {
        let column = self.column.min(self.line.content);
        let path = self.lines.path(self.ix, 0, column, false);
        let above = *path.first()?;
        let line = self.lines.line(above.line);
        if self.lines.name(above) != Some("depends_on") || !line.value().starts_with('[') {
            return None;
        }
        let (item, within) = self.in_exposure(&path[1..])?;
        let list = self.in_list(line.start + line.content + 1)?;
        within.is_empty().then_some((item, list))
    }

    /// In a list between brackets whose first item would start at byte `start`.
    fn in_list(&self, start: usize) -> Option<Slot> {
        let item = self.flow_item(start)?;
        self.dependency(item, true, false)
    }

    /// In a mapping between braces.
    fn in_map(&self, start: usize, under: &str) -> Option<Slot> {
        let item = self.flow_item(start)?;
        let text = &self.lines.text[item.clone()];
        let (key, value) = text.split_once(':')?;
        let value_start = item.start + key.len() + 1;
        let value = value_start + (value.len() - value.trim_start().len());
        let key = format!("{under}.{}", key.trim().trim_matches(['"', '\'']));
        let needs_space = self.offset == value_start;
        let is_empty = value >= item.end || self.offset < value;
        let scalar = if is_empty {
            if self.offset < value_start || value < item.end {
                return None;
            }
            TypedScalar {
                range: self.offset..self.offset,
                quote: None,
                typed: String::new(),
                needs_space,
                in_flow: true,
            }
        } else {
            typed_scalar(0, self.lines.text, value..item.end, self.offset, true)?
        };
        Some(Slot::Value { key, scalar })
    }

    /// The item of a flow collection that the cursor is in, as far as it is on this line.
    fn flow_item(&self, start: usize) -> Option<Range<usize>> {
        let line_end = self.line.start + self.line.text.len();
        let item = flow::item_at(self.lines.text, start, self.offset, line_end)?;
        (item.start >= self.line.start).then_some(item)
    }

    /// Takes `exposures:` and the exposure's own dash off the end of a path.
    fn in_exposure<'p>(&self, path: &'p [Step]) -> Option<(ItemPlace, &'p [Step])> {
        let [within @ .., dash, list] = path else {
            return None;
        };
        let is_list = self.lines.name(*list) == Some("exposures") && list.column == 0;
        let is_dash = self.lines.name(*dash).is_none();
        let all_open = path.iter().all(|it| self.lines.is_open(*it, self.ix));
        let place = ItemPlace {
            line: dash.line,
            dash: dash.column,
        };
        (is_list && is_dash && all_open).then_some((place, within))
    }

    /// The key of a mapping that has keys of its own.
    fn map_above(&self, step: Step) -> Option<String> {
        let name = self.lines.name(step)?;
        matches!(name, "owner" | "config").then(|| name.to_owned())
    }
}

/// A scalar at the bytes `value` of `text`, which starts at byte `base` of the file.
fn typed_scalar(
    base: usize,
    text: &str,
    value: Range<usize>,
    cursor: usize,
    in_flow: bool,
) -> Option<TypedScalar> {
    let first = text[value.clone()].chars().next()?;
    if cursor < value.start || "|>&*!%@`[]{}".contains(first) {
        return None;
    }
    let quote = Some(first).filter(|it| matches!(it, '"' | '\''));
    let inner = value.start + usize::from(quote.is_some());
    if cursor < inner {
        return None;
    }
    let mut end = value.end.max(cursor);
    if let Some(quote) = quote {
        let closing = closing(&text[inner..value.end], quote).map(|at| inner + at);
        if closing.is_some_and(|at| at < cursor) {
            return None;
        }
        end = closing.map_or(end, |at| at + quote.len_utf8());
    }
    Some(TypedScalar {
        range: base + value.start..base + end,
        quote,
        typed: text[inner..cursor].to_owned(),
        needs_space: false,
        in_flow,
    })
}

/// Where a quoted text ends.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote == '"' {
            chars.next();
        } else if c == quote {
            let is_doubled = quote == '\'' && chars.peek().is_some_and(|it| it.1 == quote);
            if !is_doubled {
                return Some(at);
            }
            chars.next();
        }
    }
    None
}

//! The file that is to be changed, and the exposure in it.

use super::data::{self, Data};
use crate::declare::habits::Habits;
use crate::declare::place::line_number;
use crate::declare::strict::refuse_line_ends;
use crate::edit::TextEdit;
use crate::error::Error;
use crate::yaml::{Style, Value, Yaml};

/// A properties file, read.
pub(super) struct File<'t> {
    pub(super) text: &'t str,
    pub(super) yaml: Yaml<'t>,
    pub(super) habits: Habits,
}

/// An exposure that can be changed.
#[derive(Clone, Copy)]
pub(super) struct Exposure<'f> {
    /// The key `exposures`, its list, and the item.
    pub(super) key: Value<'f>,
    pub(super) list: Value<'f>,
    pub(super) item: Value<'f>,
    /// The item's place in the list.
    pub(super) index: usize,
    /// The steps from the root of the data to the item.
    pub(super) path: [usize; 2],
}

/// A key of a mapping with its value.
#[derive(Clone, Copy)]
pub(super) struct Pair<'f> {
    /// Its place among the mapping's keys.
    pub(super) index: usize,
    pub(super) key: Value<'f>,
    pub(super) value: Value<'f>,
}

impl<'t> File<'t> {
    /// Reads a file, and refuses one in which no edit would be exact.
    pub(super) fn read(text: &'t str) -> Result<File<'t>, Error> {
        let yaml = Yaml::parse(text)?;
        refuse_line_ends(text, &yaml)?;
        if yaml.n_documents > 1 {
            return Err(Error::SeveralDocuments);
        }
        let habits = Habits::of(text, &yaml);
        Ok(File { text, yaml, habits })
    }

    /// The file's keys; none of an empty file.
    pub(super) fn root(&self) -> Result<Option<Value<'_>>, Error> {
        let Some(root) = self.yaml.root().filter(|root| !root.is_null()) else {
            return Ok(None);
        };
        let is_usual = root.is_mapping() && root.style() == Some(Style::Block);
        if !is_usual || root.is_referred_to() {
            return Err(Error::NotKeyPerLine);
        }
        Ok(Some(root))
    }

    /// The keys `exposures` at the top, in the text's order.
    pub(super) fn lists<'f>(&self, root: Value<'f>) -> Vec<Pair<'f>> {
        let pairs = pairs(root);
        pairs
            .filter(|pair| pair.key.text() == Some("exposures"))
            .collect()
    }

    /// The exposure of that name, where it can be changed.
    pub(super) fn exposure(&self, name: &str) -> Result<Exposure<'_>, Error> {
        let missing = || Error::ExposureMissing {
            name: name.to_owned(),
        };
        let root = self.root()?.ok_or_else(missing)?;
        let lists = self.lists(root);
        if let (true, Some(merged)) = (lists.is_empty(), root.get("exposures")) {
            return Err(self.shared(merged));
        }
        let mut found = lists.iter().flat_map(|list| exposures_named(*list, name));
        let exposure = found.next().ok_or_else(missing)?;
        if let Some(again) = found.next() {
            return Err(Error::ExposureTwice {
                name: name.to_owned(),
                first: self.line(exposure.item),
                second: self.line(again.item),
            });
        }
        if let Some(last) = lists
            .last()
            .filter(|last| last.key.span() != exposure.key.span())
        {
            return Err(Error::ExposureHidden {
                name: name.to_owned(),
                line: self.line(last.key),
            });
        }
        self.refuse_shared(exposure.list)?;
        self.refuse_shared(exposure.item)?;
        Ok(exposure)
    }

    /// The mapping's own key; an error where it has the key from elsewhere.
    pub(super) fn own_pair<'f>(
        &self,
        mapping: Value<'f>,
        key: &str,
    ) -> Result<Option<Pair<'f>>, Error> {
        let own = pair(mapping, key);
        match mapping.get(key) {
            Some(merged) if own.is_none() => Err(self.shared(merged)),
            _ => Ok(own),
        }
    }

    /// Refuses a value that others depend on, or that has a tag.
    pub(super) fn refuse_shared(&self, value: Value<'_>) -> Result<(), Error> {
        if value.is_referred_to() || value.tag().is_some() {
            return Err(self.shared(value));
        }
        Ok(())
    }

    /// Refuses to move what has an anchor or an alias anywhere in it: it may not be read
    /// before what it refers to, nor what refers to it before it.
    pub(super) fn refuse_anchors(&self, value: Value<'_>) -> Result<(), Error> {
        if value.anchor().is_some() || value.alias().is_some() {
            return Err(self.shared(value));
        }
        let keys_and_values = value.pairs().flat_map(|(key, value)| [key, value]);
        let mut children = value.items().chain(keys_and_values);
        children.try_for_each(|child| self.refuse_anchors(child))
    }

    /// Why a value is not changed that others depend on.
    pub(super) fn shared(&self, value: Value<'_>) -> Error {
        Error::Shared {
            line: self.line(value),
        }
    }

    /// The line that a value starts on, counted from 1.
    pub(super) fn line(&self, value: Value<'_>) -> usize {
        line_number(self.text, value.span().start)
    }

    /// The edits in the text's order, after [`data::verify`] has found them exact.
    pub(super) fn verified(
        &self,
        edits: Vec<TextEdit>,
        meant: impl Fn(&mut Data<'_>) -> Option<()>,
    ) -> Result<Vec<TextEdit>, Error> {
        let edits = in_order(edits);
        data::verify(self.text, &self.yaml, &edits, meant)?;
        Ok(edits)
    }
}

/// Edits in the text's order, those that touch as one.
fn in_order(mut edits: Vec<TextEdit>) -> Vec<TextEdit> {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut joined: Vec<TextEdit> = Vec::with_capacity(edits.len());
    for edit in edits {
        match joined.last_mut() {
            Some(last) if last.range.end == edit.range.start => {
                last.range.end = edit.range.end;
                last.new_text.push_str(&edit.new_text);
            }
            _ => joined.push(edit),
        }
    }
    joined
}

fn exposures_named<'f>(list: Pair<'f>, name: &str) -> impl Iterator<Item = Exposure<'f>> {
    let items = list.value.items().enumerate();
    items.filter_map(move |(index, item)| {
        let is_it = item.get("name")?.filled_text() == Some(name);
        is_it.then_some(Exposure {
            key: list.key,
            list: list.value,
            item,
            index,
            path: [value_step(list.index), index],
        })
    })
}

/// The step from a mapping to the value of its pair at `index`.
pub(super) fn value_step(index: usize) -> usize {
    2 * index + 1
}

/// The pairs of a mapping.
pub(super) fn pairs<'f>(mapping: Value<'f>) -> impl Iterator<Item = Pair<'f>> {
    let pair = |(index, (key, value))| Pair { index, key, value };
    mapping.pairs().enumerate().map(pair)
}

/// The key and value that stand in this very mapping; the last ones, which count.
pub(super) fn pair<'f>(mapping: Value<'f>, key: &str) -> Option<Pair<'f>> {
    pairs(mapping)
        .filter(|pair| pair.key.text() == Some(key))
        .last()
}

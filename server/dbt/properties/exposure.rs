//! An exposure as a properties file writes it.

use std::ops::Range;

use lineage::Owner;

use super::kind::{ValueKind, kind};
use super::{inside_quotes, item_start};
use crate::refs::{RefCall, refs_in_scalar};
use crate::yaml::{SourceScalar, Value};

/// Deeper, longer or more than this is nothing a person wrote, and left out. As
/// for the manifest, so that both say the same of one exposure.
const MAX_META_DEPTH: usize = 32;
const MAX_META_PATH: usize = 512;
const MAX_META_VALUES: usize = 2_000;
/// Aliases can make little text into much: no more nodes than this are visited.
const MAX_META_NODES: usize = 20_000;

/// An item of `exposures`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposureEntry {
    /// Its name.
    pub name: String,
    /// Where its name stands, without quotes.
    pub name_span: Range<usize>,
    /// From the dash to the end of the item's content.
    pub span: Range<usize>,
    /// The human-friendly title, as written.
    pub label: Option<String>,
    /// Where the dashboard is found, as written.
    pub url: Option<String>,
    /// What it is said to be about, as written.
    pub description: Option<String>,
    /// Who answers for it.
    pub owner: Owner,
    /// Its keys and, with a dot, those of `owner` and `config`, in the text's order; not
    /// merged ones.
    pub keys: Vec<KeyEntry>,
    /// Every value that stands anywhere in `meta` or `config.meta`, with the
    /// dotted path of keys that leads to it (`tableau.luid`).
    pub meta: Vec<(String, String)>,
    /// What it depends on, as far as that is written in calls.
    pub depends_on: Vec<RefCall>,
    /// The items of that list, as they are written.
    pub dependencies: Vec<DependencyEntry>,
    /// The items of that list that are no texts: `{{ ref('x') }}` without quotes is a map.
    pub odd_dependencies: Vec<Range<usize>>,
    /// The list of what it depends on.
    pub depends_on_span: Option<Range<usize>>,
    /// `config.enabled`, where it is written as true or false.
    pub enabled: Option<bool>,
    /// Whether a later `exposures:` key of the file hides it from dbt.
    pub is_hidden: bool,
}

/// A key of an exposure, and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// `url`, `owner.name`, `config.meta`.
    pub key: String,
    /// Where the key stands, without quotes.
    pub key_span: Range<usize>,
    /// Where its value stands; of a scalar without quotes.
    pub value_span: Range<usize>,
    /// The text of a scalar that is not null.
    pub value: Option<String>,
    /// What the value is taken for.
    pub kind: ValueKind,
}

/// An item of `depends_on`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependencyEntry {
    /// Its text.
    pub text: String,
    /// Where that stands, without quotes.
    pub span: Range<usize>,
    /// The calls in it; none where it is no call.
    pub calls: Vec<RefCall>,
}

impl ExposureEntry {
    pub(super) fn read(text: &str, item: Value<'_>) -> Option<ExposureEntry> {
        let name = item.get("name")?;
        let config = item.get("config");
        let enabled = config.and_then(|config| config.get("enabled"));
        let depends_on = item.get("depends_on");
        let dependencies = depends_on.map(|it| dependencies(text, it));
        let dependencies = dependencies.unwrap_or_default();
        let items = depends_on.into_iter().flat_map(Value::items);
        let odd = items.filter(|it| it.text().is_none() || it.is_null());
        let calls = dependencies.iter().flat_map(|it| it.calls.iter().cloned());
        Some(ExposureEntry {
            name: name.filled_text()?.to_owned(),
            name_span: inside_quotes(name),
            span: item_start(text, item)..item.span().end,
            label: string(item, "label"),
            url: string(item, "url"),
            description: string(item, "description"),
            owner: item.get("owner").map(owner).unwrap_or_default(),
            keys: keys(item),
            meta: meta(item),
            depends_on: calls.collect(),
            dependencies,
            odd_dependencies: odd.map(Value::span).collect(),
            depends_on_span: depends_on.map(Value::span),
            enabled: enabled.and_then(Value::truth),
            is_hidden: false,
        })
    }

    /// Its own key of that name; the last one, which counts.
    pub fn key(&self, key: &str) -> Option<&KeyEntry> {
        self.keys.iter().rfind(|it| it.key == key)
    }
}

fn keys(item: Value<'_>) -> Vec<KeyEntry> {
    let mut keys = Vec::new();
    for (key, value) in item.pairs() {
        let Some(name) = key.text() else { continue };
        keys.push(key_entry(name.to_owned(), key, value));
        if matches!(name, "owner" | "config") {
            let below = value.pairs().filter_map(|(key, value)| {
                let name = format!("{name}.{}", key.text()?);
                Some(key_entry(name, key, value))
            });
            keys.extend(below);
        }
    }
    keys
}

fn key_entry(name: String, key: Value<'_>, value: Value<'_>) -> KeyEntry {
    KeyEntry {
        key: name,
        key_span: inside_quotes(key),
        value_span: inside_quotes(value),
        value: value.filled_text().map(str::to_owned),
        kind: kind(value),
    }
}

fn string(item: Value<'_>, key: &str) -> Option<String> {
    let text = item.get(key)?.filled_text()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn owner(owner: Value<'_>) -> Owner {
    let email = owner.get("email");
    let addresses: Vec<&str> = email
        .into_iter()
        .flat_map(Value::items)
        .filter_map(Value::filled_text)
        .collect();
    let address = (!addresses.is_empty()).then(|| addresses.join(", "));
    Owner {
        name: string(owner, "name"),
        email: address.or_else(|| string(owner, "email")),
    }
}

fn dependencies(text: &str, depends_on: Value<'_>) -> Vec<DependencyEntry> {
    let entry = |item: Value<'_>| {
        let (style, span) = (item.style()?, item.span());
        Some(DependencyEntry {
            text: item.text()?.to_owned(),
            calls: refs_in_scalar(text, &SourceScalar { span, style }),
            span: inside_quotes(item),
        })
    };
    depends_on.items().filter_map(entry).collect()
}

/// The values of `meta` and `config.meta`, each once.
fn meta(item: Value<'_>) -> Vec<(String, String)> {
    let mut all = Meta::default();
    let places = [Some(item), item.get("config")];
    for place in places.into_iter().flatten() {
        if let Some(meta) = place.get("meta").filter(|meta| meta.is_mapping()) {
            all.collect(meta, 0);
        }
    }
    let mut values: Vec<(String, String)> = Vec::with_capacity(all.values.len());
    for value in all.values {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

#[derive(Default)]
struct Meta {
    path: String,
    values: Vec<(String, String)>,
    n_visited: usize,
}

impl Meta {
    fn collect(&mut self, value: Value<'_>, depth: usize) {
        self.n_visited += 1;
        let is_too_much = depth > MAX_META_DEPTH
            || self.path.len() > MAX_META_PATH
            || self.n_visited > MAX_META_NODES
            || self.values.len() >= MAX_META_VALUES;
        if is_too_much || value.is_null() {
            return;
        }
        if let Some(text) = value.text() {
            let text = value
                .truth()
                .map_or_else(|| text.to_owned(), |truth| truth.to_string());
            self.values.push((self.path.clone(), text));
            return;
        }
        for item in value.items() {
            self.collect(item, depth + 1);
        }
        for (key, value) in value.entries() {
            let n_path = self.path.len();
            if n_path > 0 {
                self.path.push('.');
            }
            self.path.push_str(key);
            self.collect(value, depth + 1);
            self.path.truncate(n_path);
        }
    }
}

//! An exposure as a properties file writes it.

use std::ops::Range;

use lineage::Owner;

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
    /// Who answers for it.
    pub owner: Owner,
    /// Every value that stands anywhere in `meta` or `config.meta`, with the
    /// dotted path of keys that leads to it (`tableau.luid`).
    pub meta: Vec<(String, String)>,
    /// What it depends on, as far as that is written in calls.
    pub depends_on: Vec<RefCall>,
    /// The list of what it depends on.
    pub depends_on_span: Option<Range<usize>>,
    /// `false` when it is switched off in the file itself.
    pub enabled: bool,
}

impl ExposureEntry {
    pub(super) fn read(text: &str, item: Value<'_>) -> Option<ExposureEntry> {
        let name = item.get("name")?;
        let config = item.get("config");
        let enabled = config.and_then(|config| config.get("enabled"));
        let depends_on = item.get("depends_on");
        Some(ExposureEntry {
            name: name.filled_text()?.to_owned(),
            name_span: inside_quotes(name),
            span: item_start(text, item)..item.span().end,
            label: string(item, "label"),
            url: string(item, "url"),
            owner: item.get("owner").map(owner).unwrap_or_default(),
            meta: meta(item),
            depends_on: depends_on.map(|it| calls(text, it)).unwrap_or_default(),
            depends_on_span: depends_on.map(Value::span),
            enabled: enabled.and_then(Value::truth) != Some(false),
        })
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

fn calls(text: &str, depends_on: Value<'_>) -> Vec<RefCall> {
    let call = |item: Value<'_>| {
        let style = item.style()?;
        item.text()?;
        let span = item.span();
        Some(refs_in_scalar(text, &SourceScalar { span, style }))
    };
    depends_on.items().filter_map(call).flatten().collect()
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

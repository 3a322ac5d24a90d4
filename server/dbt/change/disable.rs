//! An exposure that dbt is to leave out of its graph: `config.enabled: false`.

use super::data::Data;
use super::file::{Exposure, File, Pair, value_step};
use super::insert::{insert_behind, insert_below, insert_first, place_of};
use super::scalar::source_edit;
use crate::declare::content::{Content, Scalar};
use crate::declare::habits::Shape;
use crate::declare::text::holds_jinja;
use crate::edit::TextEdit;
use crate::error::Error;
use crate::yaml::{Style, Value};

const KEY: &str = "enabled";

/// The edits that disable the exposure.
pub(super) fn disable(file: &File<'_>, exposure: Exposure<'_>) -> Result<Vec<TextEdit>, Error> {
    let enabled = exposure.item.get("config").and_then(|it| it.get(KEY));
    if enabled.and_then(Value::truth) == Some(false) {
        return Ok(Vec::new());
    }
    let Some(config) = file.own_pair(exposure.item, "config")? else {
        return add_config(file, exposure);
    };
    file.refuse_shared(config.value)?;
    if !config.value.is_mapping() && !config.value.is_null() {
        return Err(Error::NotAMap {
            key: "config".to_owned(),
            line: file.line(config.key),
        });
    }
    if let Some(enabled) = file.own_pair(config.value, KEY)? {
        return replace(file, exposure, config, enabled);
    }
    let edits = add_to(file, exposure, config);
    file.verified(edits, |data| {
        let item = data.at(&exposure.path)?;
        let pairs = item.at(&[value_step(config.index)])?.pairs()?;
        pairs.insert(0, (Data::text(KEY), Data::word("false")));
        Some(())
    })
}

fn no() -> Content {
    Content::Scalar(Scalar {
        value: "false".to_owned(),
        source: "false".to_owned(),
    })
}

fn add_to(file: &File<'_>, exposure: Exposure<'_>, config: Pair<'_>) -> Vec<TextEdit> {
    let map = config.value;
    let in_flow = exposure.item.style() == Some(Style::Flow);
    if map.is_mapping() {
        return insert_first(file, config, KEY, &no());
    }
    if !in_flow {
        return insert_below(file, config, &[(KEY.to_owned(), no())]);
    }
    vec![source_edit(file.text, map, "{enabled: false}")]
}

fn add_config(file: &File<'_>, exposure: Exposure<'_>) -> Result<Vec<TextEdit>, Error> {
    let before = place_of(file, exposure.item, "config")?;
    let content = Content::Map(vec![(KEY.to_owned(), no())], Shape::Block);
    let edits = insert_behind(file, exposure.item, before, "config", &content);
    file.verified(edits, |data| {
        let config = Data::map([(KEY, Data::word("false"))]);
        let pairs = data.at(&exposure.path)?.pairs()?;
        pairs.insert(before.index + 1, (Data::text("config"), config));
        Some(())
    })
}

fn replace(
    file: &File<'_>,
    exposure: Exposure<'_>,
    config: Pair<'_>,
    enabled: Pair<'_>,
) -> Result<Vec<TextEdit>, Error> {
    let value = enabled.value;
    let key = || "config.enabled".to_owned();
    let line = file.line(enabled.key);
    file.refuse_shared(value)?;
    match value.text() {
        None => return Err(Error::NotAText { key: key(), line }),
        Some(text) if holds_jinja(text) => return Err(Error::HoldsJinja { key: key(), line }),
        Some(_) => {}
    }
    file.verified(vec![source_edit(file.text, value, "false")], |data| {
        let item = data.at(&exposure.path)?;
        let path = [value_step(config.index), value_step(enabled.index)];
        item.at(&path)?.set_word("false");
        Some(())
    })
}

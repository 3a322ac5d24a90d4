//! What differs between a node of the manifest and what its files say now.
//!
//! Only what is certain on both sides is compared: an unchanged project must show no
//! difference, whatever only dbt can work out.

use lineage::{Identifier, Node};

use crate::config::{Config, ConfigKey, Said};
use crate::scan::{Definition, Origin, Place};

/// Whether the file is the one that dbt parsed; `None` where the manifest does not tell.
pub(super) fn is_same_text(node: &Node, definition: &Definition) -> Option<bool> {
    let expected = node.checksum.as_ref()?;
    if matches!(definition.place, Place::Table(..)) {
        return None;
    }
    Some(definition.file.is_text_of(expected))
}

/// The keys of which files say something else than the manifest.
pub(super) fn differing_keys(
    before: &Config,
    now: &Definition,
    is_same_text: Option<bool>,
) -> Vec<ConfigKey> {
    let (was, is) = (before, &now.config);
    let differs = [
        (ConfigKey::Materialized, is_ephemeral_now(was, is)),
        (ConfigKey::Alias, differs(&was.alias, &is.alias)),
        (ConfigKey::Schema, differs(&was.schema, &is.schema)),
        (ConfigKey::Database, differs(&was.database, &is.database)),
    ];
    let keys = differs.into_iter().filter(|(_, differs)| *differs);
    keys.map(|(key, _)| key)
        .filter(|key| is_claimed(now, *key, is_same_text))
        .collect()
}

/// Whether what the files say of a key can be held against the manifest. A `config()` that
/// dbt parsed cannot have changed: it was not read as dbt read it. What Jinja makes of an
/// environment may be something else where dbt ran.
pub(super) fn is_claimed(now: &Definition, key: ConfigKey, is_same_text: Option<bool>) -> bool {
    match now.origins.of(key) {
        Origin::Code => is_same_text != Some(true),
        Origin::Environment => false,
        Origin::Default | Origin::Properties | Origin::Project => true,
    }
}

/// Nothing and an empty text both mean the default.
fn differs(was: &Said<String>, is: &Said<String>) -> bool {
    let text = |said: &Said<String>| match said {
        Said::Unknown => None,
        Said::Nothing => Some(String::new()),
        Said::Is(text) => Some(text.trim().to_owned()),
    };
    match (text(was), text(is)) {
        (Some(was), Some(is)) => was != is,
        _ => false,
    }
}

fn is_ephemeral_now(was: &Config, is: &Config) -> bool {
    let is_ephemeral = |config: &Config| {
        let materialized = config.materialized.value();
        materialized.map(String::as_str) == Some("ephemeral")
    };
    is_ephemeral(is) && !is_ephemeral(was) && was.materialized != Said::Unknown
}

/// Whether a macro of another package, which the node calls, may have set what the manifest
/// has and its files do not say.
pub(super) fn may_be_set_elsewhere(before: &Config, now: &Definition, key: ConfigKey) -> bool {
    let was = match key {
        ConfigKey::Alias => &before.alias,
        ConfigKey::Schema => &before.schema,
        ConfigKey::Database => &before.database,
        ConfigKey::Enabled | ConfigKey::Materialized => return false,
    };
    let is_set = was.value().is_some_and(|it| !it.trim().is_empty());
    is_set && now.origins.of(key) != Origin::Code
}

/// Whether a source is certainly another table than the manifest's. dbt builds no source,
/// so nothing is lost by it.
pub(super) fn is_redeclared(node: &Node, now: &Definition) -> bool {
    let (Some(was), Some(named)) = (&node.relation, &now.named) else {
        return false;
    };
    let [_, is_schema_known, is_name_known] = named.known;
    // Where no database is stated, it is the target's: that of the manifest.
    let is_database_stated = now.config.database.value().is_some_and(|it| !it.is_empty());
    let is = &named.relation;
    let is_other = |was: &Option<Identifier>, is: &Option<Identifier>| match (was, is) {
        (Some(was), Some(is)) => !was.text.eq_ignore_ascii_case(&is.text),
        _ => false,
    };
    (is_database_stated && is_other(&was.database, &is.database))
        || (is_schema_known && is_other(&was.schema, &is.schema))
        || (is_name_known && !was.name.text.eq_ignore_ascii_case(&is.name.text))
}

/// Whether two parts of names are the same in any warehouse.
pub(super) fn is_same_part(a: &Identifier, b: &Identifier) -> bool {
    let folds = !a.quoted && !b.quoted;
    a.text == b.text || (folds && a.text.eq_ignore_ascii_case(&b.text))
}

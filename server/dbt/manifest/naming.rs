//! What the warehouse calls a node.
//!
//! Names come from the fields `database`, `schema` and `alias` or `identifier`;
//! `relation_name` only tells which of them are quoted, since adapters change
//! its letters (Databricks) and names may hold dots and quotes.

use lineage::{Identifier, Relation};
use serde::de::MapAccess;

use crate::loose::{Loose, Object, skip};

/// dbt's `quoting`: which parts of a name are quoted, where stated.
#[derive(Default)]
pub(super) struct Quoting {
    database: Loose<bool>,
    schema: Loose<bool>,
    identifier: Loose<bool>,
}

impl<'de> Object<'de> for Quoting {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "database" => self.database = map.next_value()?,
            "schema" => self.schema = map.next_value()?,
            "identifier" => self.identifier = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

impl Quoting {
    /// What is not stated here is as `fallback` has it.
    pub(super) fn or(self, fallback: [bool; 3]) -> [bool; 3] {
        let [database, schema, identifier] = fallback;
        [
            self.database.ok().unwrap_or(database),
            self.schema.ok().unwrap_or(schema),
            self.identifier.ok().unwrap_or(identifier),
        ]
    }
}

/// What an adapter quotes where the manifest does not say (before schema v12).
pub(crate) fn default_quoting(adapter_type: Option<&str>) -> [bool; 3] {
    [!matches!(adapter_type, Some("snowflake" | "oracle" | "exasol")); 3]
}

/// The fields that name a relation.
pub(crate) struct Parts<'a> {
    pub(crate) database: Option<&'a str>,
    pub(crate) schema: Option<&'a str>,
    pub(crate) name: &'a str,
}

impl Parts<'_> {
    /// The relation, quoted as `relation_name` is, else as `quoting` says.
    ///
    /// A database that `relation_name` leaves out (ClickHouse, DuckDB's own) is
    /// no part of the relation. A name that carries its own quotes, as in
    /// `identifier: '"GROUP"'`, is the name between them.
    pub(crate) fn relation(&self, relation_name: Option<&str>, quoting: [bool; 3]) -> Relation {
        let bare = Parts {
            database: self.database.map(|text| unquoted(text).unwrap_or(text)),
            schema: self.schema.map(|text| unquoted(text).unwrap_or(text)),
            name: unquoted(self.name).unwrap_or(self.name),
        };
        let written = relation_name.and_then(|text| bare.read(text));
        let [database, schema, name] = written.unwrap_or(quoting.map(Some));
        let identifier = |bare: &str, field: &str, quoted: bool| Identifier {
            text: bare.to_owned(),
            quoted: quoted || bare.len() < field.len(),
        };
        let upper = |bare: Option<&str>, field: Option<&str>, quoted: Option<bool>| {
            let bare = bare.filter(|text| !text.is_empty())?;
            Some(identifier(bare, field?, quoted?))
        };
        Relation {
            database: upper(bare.database, self.database, database),
            schema: upper(bare.schema, self.schema, schema),
            name: identifier(bare.name, self.name, name.unwrap_or(quoting[2])),
        }
    }

    /// Which parts `relation_name` quotes; `None` for a part that it leaves out,
    /// and for the whole where it is not made of these parts.
    fn read(&self, relation_name: &str) -> Option<[Option<bool>; 3]> {
        let text = relation_name.to_lowercase();
        let (rest, name) = take_last(&text, self.name)?;
        let (rest, schema) = take_optional(rest, self.schema)?;
        let (rest, database) = take_optional(rest, self.database)?;
        rest.is_empty().then_some([database, schema, Some(name)])
    }
}

/// The pairs of quotes that adapters use.
const QUOTES: [(char, char); 3] = [('"', '"'), ('`', '`'), ('[', ']')];

/// What stands between the quotes of a name that carries its own.
fn unquoted(text: &str) -> Option<&str> {
    let inner = QUOTES
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))?;
    (!inner.is_empty()).then_some(inner)
}

/// Takes `part` and the dot before it off the end, where there is anything left.
fn take_optional<'t>(text: &'t str, part: Option<&str>) -> Option<(&'t str, Option<bool>)> {
    match part {
        Some(part) if !part.is_empty() && !text.is_empty() => {
            let (rest, quoted) = take_last(text, part)?;
            Some((rest, Some(quoted)))
        }
        _ => Some((text, None)),
    }
}

/// Takes `part`, quoted or not, and the dot before it off the end of `text`.
fn take_last<'t>(text: &'t str, part: &str) -> Option<(&'t str, bool)> {
    let part = part.to_lowercase();
    let quoted = QUOTES.into_iter().find_map(|(open, close)| {
        text.strip_suffix(close)?
            .strip_suffix(part.as_str())?
            .strip_suffix(open)
    });
    let (rest, is_quoted) = match quoted {
        Some(rest) => (rest, true),
        None => (text.strip_suffix(part.as_str())?, false),
    };
    if rest.is_empty() {
        Some((rest, is_quoted))
    } else {
        Some((rest.strip_suffix('.')?, is_quoted))
    }
}

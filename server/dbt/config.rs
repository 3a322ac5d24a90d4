//! dbt's configuration of a node, as far as names and the graph depend on it.
//!
//! The same [`Config`] is read from four places: a `config()` in SQL or Python, an entry
//! of a properties file, `dbt_project.yml`, and a manifest. What Jinja or Python would
//! have to work out is [`Said::Unknown`]: no guess is made of it.

use std::ops::Range;

/// What a place says of something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Said<T> {
    /// Nothing.
    #[default]
    Nothing,
    /// Something that only dbt can work out.
    Unknown,
    /// This.
    Is(T),
}

/// The configuration of a node. An empty text says that the default counts
/// (`schema: null`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// `enabled`.
    pub enabled: Said<bool>,
    /// `alias`.
    pub alias: Said<String>,
    /// `schema`, before `generate_schema_name` makes a schema of it; a snapshot's
    /// `target_schema` as well, which no macro changes.
    pub schema: Said<String>,
    /// `database` (BigQuery's `project`, Databricks' `catalog`); a snapshot's `target_database`.
    pub database: Said<String>,
    /// `materialized`.
    pub materialized: Said<String>,
    /// `access`.
    pub access: Said<String>,
    /// `group`.
    pub group: Said<String>,
    /// `quoting`: of database, schema, identifier.
    pub quoting: [Said<bool>; 3],
    /// `latest_version_pointer.enabled` (dbt 1.12 and Fusion).
    pub pointer: Said<bool>,
    /// `latest_version_pointer.alias`.
    pub pointer_alias: Said<String>,
    /// Whether the schema is a snapshot's `target_schema`, which is taken as it is.
    pub is_target_schema: bool,
}

/// A [`Config`] of one place in a file, and where its values stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigFacts {
    /// What is said.
    pub config: Config,
    /// Where: each key with its value, `alias='x'`.
    pub spans: Vec<(ConfigKey, Range<usize>)>,
}

/// A key of [`Config`] that decides whether and under which name a node is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConfigKey {
    /// `enabled`
    Enabled,
    /// `alias`
    Alias,
    /// `schema`
    Schema,
    /// `database`
    Database,
    /// `materialized`
    Materialized,
}

impl<T> Said<T> {
    /// What is said here, else what a weaker place says.
    #[must_use]
    pub fn or(self, weaker: Said<T>) -> Said<T> {
        match self {
            Said::Nothing => weaker,
            said => said,
        }
    }

    /// Whether something is said, and whether that is known.
    pub(crate) fn without_value(&self) -> Said<()> {
        match self {
            Said::Nothing => Said::Nothing,
            Said::Unknown => Said::Unknown,
            Said::Is(_) => Said::Is(()),
        }
    }

    /// The value, where it is known.
    pub fn value(&self) -> Option<&T> {
        match self {
            Said::Is(value) => Some(value),
            Said::Nothing | Said::Unknown => None,
        }
    }
}

impl<T> From<Option<T>> for Said<T> {
    fn from(value: Option<T>) -> Said<T> {
        value.map_or(Said::Nothing, Said::Is)
    }
}

impl Config {
    /// What a place says that cannot be read at all.
    pub(crate) fn unknown() -> Config {
        Config {
            enabled: Said::Unknown,
            alias: Said::Unknown,
            schema: Said::Unknown,
            database: Said::Unknown,
            materialized: Said::Unknown,
            access: Said::Unknown,
            group: Said::Unknown,
            quoting: [const { Said::Unknown }; 3],
            pointer: Said::Unknown,
            pointer_alias: Said::Unknown,
            is_target_schema: false,
        }
    }

    /// What is said here, and where nothing is, what a `weaker` place says.
    #[must_use]
    pub fn over(self, weaker: Config) -> Config {
        // A snapshot's `target_schema` counts before a nearer `schema`.
        let is_weaker_schema =
            self.schema == Said::Nothing || (weaker.is_target_schema && !self.is_target_schema);
        let (schema, is_target_schema) = match is_weaker_schema {
            true => (weaker.schema, weaker.is_target_schema),
            false => (self.schema, self.is_target_schema),
        };
        let [quoted_database, quoted_schema, quoted_identifier] = self.quoting;
        let [weaker_database, weaker_schema, weaker_identifier] = weaker.quoting;
        Config {
            enabled: self.enabled.or(weaker.enabled),
            alias: self.alias.or(weaker.alias),
            schema,
            database: self.database.or(weaker.database),
            materialized: self.materialized.or(weaker.materialized),
            access: self.access.or(weaker.access),
            group: self.group.or(weaker.group),
            quoting: [
                quoted_database.or(weaker_database),
                quoted_schema.or(weaker_schema),
                quoted_identifier.or(weaker_identifier),
            ],
            pointer: self.pointer.or(weaker.pointer),
            pointer_alias: self.pointer_alias.or(weaker.pointer_alias),
            is_target_schema,
        }
    }
}

impl ConfigFacts {
    /// Where a key's value stands.
    pub fn span(&self, key: ConfigKey) -> Option<Range<usize>> {
        let mut spans = self.spans.iter();
        spans.find(|(it, _)| *it == key).map(|(_, it)| it.clone())
    }
}

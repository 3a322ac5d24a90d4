//! Keys and values as they are written, made a [`ConfigFacts`] of.

use std::ops::Range;

use lineage::NodeKind;

use super::value::Value;
use crate::config::{Config, ConfigFacts, ConfigKey, Said};

/// Collects what one place says of one node.
#[derive(Debug)]
pub(super) struct Configured {
    kind: NodeKind,
    facts: ConfigFacts,
    /// Whether `target_database` is said. It beats `database`, and `target_schema` beats
    /// `schema`, in whichever order they stand.
    has_target_database: bool,
}

impl Configured {
    /// Of a node of this kind, so far nothing.
    pub(super) fn new(kind: NodeKind) -> Configured {
        Configured {
            kind,
            facts: ConfigFacts::default(),
            has_target_database: false,
        }
    }

    /// What was said.
    pub(super) fn facts(self) -> ConfigFacts {
        self.facts
    }

    /// Takes a key, which beats what was said of it before. BigQuery, Databricks and
    /// others have their own words for a database and a schema.
    pub(super) fn set(&mut self, key: &str, value: &Value, span: Range<usize>) {
        let config = &mut self.facts.config;
        let is_snapshot = self.kind == NodeKind::Snapshot;
        match key {
            "enabled" => {
                config.enabled = truth(value);
                self.stands(ConfigKey::Enabled, span);
            }
            "alias" => {
                config.alias = text(value);
                self.stands(ConfigKey::Alias, span);
            }
            "materialized" => {
                config.materialized = text(value);
                self.stands(ConfigKey::Materialized, span);
            }
            "access" => config.access = text(value),
            "group" => config.group = text(value),
            "schema" | "dataset" => self.set_schema(value, span),
            "database" | "project" | "catalog" | "dbname" => self.set_database(value, span),
            "target_schema" | "target_dataset" if is_snapshot => {
                self.set_target_schema(value, span);
            }
            "target_database" | "target_project" | "target_catalog" if is_snapshot => {
                self.set_target_database(value, span);
            }
            "quoting" => self.set_quoting(value),
            "latest_version_pointer" => self.set_pointer(value),
            _ => {}
        }
    }

    /// Keys are said that only dbt knows: any of them may be.
    pub(super) fn set_unknown(&mut self) {
        let is_target_schema = self.facts.config.is_target_schema;
        self.facts.config = Config::unknown();
        self.facts.config.is_target_schema = is_target_schema;
        self.facts.spans.clear();
    }

    fn stands(&mut self, key: ConfigKey, span: Range<usize>) {
        self.facts.spans.retain(|(it, _)| *it != key);
        self.facts.spans.push((key, span));
    }

    fn set_schema(&mut self, value: &Value, span: Range<usize>) {
        if !self.facts.config.is_target_schema {
            self.facts.config.schema = self.name_part(value);
            self.stands(ConfigKey::Schema, span);
        }
    }

    fn set_database(&mut self, value: &Value, span: Range<usize>) {
        if !self.has_target_database {
            self.facts.config.database = self.name_part(value);
            self.stands(ConfigKey::Database, span);
        }
    }

    /// An empty one does not count.
    fn set_target_schema(&mut self, value: &Value, span: Range<usize>) {
        let said = text(value);
        if !is_empty(&said) {
            self.facts.config.schema = said;
            self.facts.config.is_target_schema = true;
            self.stands(ConfigKey::Schema, span);
        }
    }

    fn set_target_database(&mut self, value: &Value, span: Range<usize>) {
        let said = text(value);
        if !is_empty(&said) {
            self.facts.config.database = said;
            self.has_target_database = true;
            self.stands(ConfigKey::Database, span);
        }
    }

    /// dbt asks of a node's schema and database whether they are none; an empty text is
    /// not, and what a macro makes of it is not known. A source's may be empty.
    fn name_part(&self, value: &Value) -> Said<String> {
        let is_empty_text = matches!(value, Value::Text(text) if text.is_empty());
        match is_empty_text && self.kind != NodeKind::Source {
            true => Said::Unknown,
            false => text(value),
        }
    }

    fn set_quoting(&mut self, value: &Value) {
        let quoting = &mut self.facts.config.quoting;
        let Value::Map(pairs) = value else {
            if *value != Value::Null {
                *quoting = [Said::Unknown, Said::Unknown, Said::Unknown];
            }
            return;
        };
        for (key, value) in pairs.iter().filter(|(_, value)| *value != Value::Null) {
            match key.as_str() {
                "database" | "project" | "catalog" => quoting[0] = truth(value),
                "schema" | "dataset" => quoting[1] = truth(value),
                "identifier" => quoting[2] = truth(value),
                _ => {}
            }
        }
    }

    fn set_pointer(&mut self, value: &Value) {
        let config = &mut self.facts.config;
        let Value::Map(pairs) = value else {
            if *value != Value::Null {
                (config.pointer, config.pointer_alias) = (Said::Unknown, Said::Unknown);
            }
            return;
        };
        for (key, value) in pairs.iter().filter(|(_, value)| *value != Value::Null) {
            match key.as_str() {
                "enabled" => config.pointer = truth(value),
                "alias" => config.pointer_alias = text(value),
                _ => {}
            }
        }
    }
}

/// A text; no value at all is an empty one, which says that the default counts.
pub(super) fn text(value: &Value) -> Said<String> {
    match value {
        Value::Text(text) => Said::Is(text.clone()),
        Value::Null => Said::Is(String::new()),
        Value::Truth(_) | Value::Map(_) | Value::Unknown => Said::Unknown,
    }
}

fn truth(value: &Value) -> Said<bool> {
    match value {
        Value::Truth(truth) => Said::Is(*truth),
        Value::Text(_) | Value::Null | Value::Map(_) | Value::Unknown => Said::Unknown,
    }
}

fn is_empty(said: &Said<String>) -> bool {
    said.value().is_some_and(String::is_empty)
}

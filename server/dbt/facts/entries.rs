//! What a properties file says of models, seeds, snapshots and sources.
//!
//! An item that makes no sense is skipped and never its neighbours. An item whose very
//! name only dbt can work out is not left out silently: [`PropertyFacts::has_unknown`].

use std::ops::Range;

use lineage::NodeKind;

use super::configure::{Configured, text};
use super::value::{Value, is_template};
use super::{NodeFacts, PropertyFacts, Reads, Says, SourceFacts, TableFacts, VersionFacts};
use crate::config::{ConfigFacts, Said};
use crate::properties::inside_quotes;
use crate::refs::refs_in_expression;
use crate::yaml::{self, Style, Yaml};

/// A file has aliases that lead to so much, by their number and the largest list, that no
/// person wrote it: following each of them would take as many steps.
const MAX_ALIAS_STEPS: usize = 1_000_000;

const LISTS: [(&str, NodeKind); 3] = [
    ("models", NodeKind::Model),
    ("seeds", NodeKind::Seed),
    ("snapshots", NodeKind::Snapshot),
];

/// Reads the text of a properties file.
pub(super) fn read(text: &str) -> Says {
    let lists = LISTS.iter().map(|(key, _)| *key);
    // Most YAML files of some repositories are no business of dbt's.
    if !lists.chain(["sources"]).any(|key| text.contains(key)) {
        return Says::Nothing;
    }
    let yaml = match Yaml::parse(text) {
        Ok(yaml) => yaml,
        Err(error) => return Says::Unreadable(error.to_string()),
    };
    if yaml.n_alias_steps() > MAX_ALIAS_STEPS {
        return Says::Unreadable("its aliases lead to more than can be read".to_owned());
    }
    let mut facts = PropertyFacts::default();
    if let Some(root) = yaml.root() {
        facts.read(root);
    }
    match facts == PropertyFacts::default() {
        true => Says::Nothing,
        false => Says::Properties(facts),
    }
}

impl PropertyFacts {
    fn read(&mut self, root: yaml::Value<'_>) {
        for (key, kind) in LISTS {
            for item in self.list(root, key) {
                let Some((name, name_span)) = self.named(item) else {
                    continue;
                };
                let node = self.node(kind, name, name_span, item);
                self.nodes.push(node);
            }
        }
        for item in self.list(root, "sources") {
            if let Some((name, _)) = self.named(item) {
                let source = self.source(name, item);
                self.sources.push(source);
            }
        }
        self.nodes.sort_by_key(|node| node.name_span.start);
    }

    /// The items of a list; instead of one there may be a text that dbt renders.
    fn list<'y>(
        &mut self,
        mapping: yaml::Value<'y>,
        key: &str,
    ) -> impl Iterator<Item = yaml::Value<'y>> + use<'y> {
        let list = mapping.get(key);
        self.has_unknown |= list.and_then(yaml::Value::text).is_some_and(is_template);
        list.into_iter().flat_map(yaml::Value::items)
    }

    /// An item's name and where it stands.
    fn named(&mut self, item: yaml::Value<'_>) -> Option<(String, Range<usize>)> {
        let name = item.get("name")?;
        let text = name.filled_text()?;
        if is_template(text) {
            self.has_unknown = true;
            return None;
        }
        Some((text.to_owned(), inside_quotes(name)))
    }

    fn node(
        &mut self,
        kind: NodeKind,
        name: String,
        name_span: Range<usize>,
        item: yaml::Value<'_>,
    ) -> NodeFacts {
        let versions = self.list(item, "versions");
        let versions = versions.filter_map(|it| self.version(it)).collect();
        let latest_version = item.get("latest_version").map(version_text);
        NodeFacts {
            kind,
            name,
            name_span,
            config: node_config(kind, item),
            versions,
            latest_version: latest_version.unwrap_or_default(),
            relation: item
                .get("relation")
                .filter(|_| kind == NodeKind::Snapshot)
                .map(relation),
        }
    }

    fn version(&mut self, item: yaml::Value<'_>) -> Option<VersionFacts> {
        let (key, v) = item.own_pair("v")?;
        let version = version_text(v);
        let defined_in = item.get("defined_in").and_then(yaml::Value::filled_text);
        let is_known = !defined_in.is_some_and(is_template);
        let Some(version) = version.value().filter(|_| is_known) else {
            self.has_unknown |= !v.is_null();
            return None;
        };
        Some(VersionFacts {
            v: version.clone(),
            span: key.span().start..v.span().end,
            defined_in: defined_in.map(str::to_owned),
            config: node_config(NodeKind::Model, item),
        })
    }

    fn source(&mut self, name: String, item: yaml::Value<'_>) -> SourceFacts {
        let mut config = Configured::new(NodeKind::Source);
        let own = [
            "database", "project", "catalog", "dbname", "schema", "dataset", "quoting",
        ];
        set_keys(&mut config, item, &own);
        set_config(&mut config, item, &["enabled"]);
        let tables = self.list(item, "tables");
        let overrides = item.get("overrides").map(|it| text(&Value::of_yaml(it)));
        SourceFacts {
            name,
            config: config.facts(),
            overrides: overrides.unwrap_or_default(),
            tables: tables.filter_map(|it| self.table(it)).collect(),
        }
    }

    fn table(&mut self, item: yaml::Value<'_>) -> Option<TableFacts> {
        let (name, name_span) = self.named(item)?;
        let mut config = Configured::new(NodeKind::Source);
        set_keys(&mut config, item, &["quoting"]);
        set_config(&mut config, item, &["enabled"]);
        let identifier = item.get("identifier").map(|it| text(&Value::of_yaml(it)));
        Some(TableFacts {
            name,
            name_span,
            identifier: identifier.unwrap_or_default(),
            config: config.facts(),
        })
    }
}

/// The keys of a `config:` that matter.
const CONFIG_KEYS: [&str; 18] = [
    "enabled",
    "alias",
    "schema",
    "dataset",
    "database",
    "project",
    "catalog",
    "dbname",
    "materialized",
    "access",
    "group",
    "quoting",
    "latest_version_pointer",
    "target_schema",
    "target_dataset",
    "target_database",
    "target_project",
    "target_catalog",
];

/// What an item of `models`, `seeds` or `snapshots`, or of `versions`, configures. dbt takes
/// `access` and `group` beside `config:` as well.
fn node_config(kind: NodeKind, item: yaml::Value<'_>) -> ConfigFacts {
    let mut config = Configured::new(kind);
    set_keys(&mut config, item, &["access", "group"]);
    set_config(&mut config, item, &CONFIG_KEYS);
    config.facts()
}

/// The keys of its `config:`; one that is a text is for dbt to render.
fn set_config(config: &mut Configured, item: yaml::Value<'_>, keys: &[&str]) {
    match item.get("config") {
        Some(own) if own.is_mapping() => set_keys(config, own, keys),
        Some(own) if !own.is_null() => config.set_unknown(),
        _ => {}
    }
}

fn set_keys(config: &mut Configured, mapping: yaml::Value<'_>, keys: &[&str]) {
    for key in keys {
        let Some(value) = mapping.get(key) else {
            continue;
        };
        let span = match mapping.own_pair(key) {
            Some((own, _)) => own.span().start..value.span().end,
            None => value.span(),
        };
        config.set(key, &Value::of_yaml(value), span);
    }
}

/// What a snapshot is made of: dbt takes the first call that stands there.
fn relation(value: yaml::Value<'_>) -> Reads {
    let calls = value.text().map(refs_in_expression).unwrap_or_default();
    let targets: Vec<_> = calls.into_iter().map(|call| call.target).take(1).collect();
    Reads {
        has_unknown: targets.is_empty(),
        targets,
        ..Reads::default()
    }
}

/// A version as dbt writes it, be it a number or a text: `1.10` without quotes is 1.1.
fn version_text(value: yaml::Value<'_>) -> Said<String> {
    let Some(text) = value.filled_text() else {
        return match value.is_null() {
            true => Said::Nothing,
            false => Said::Unknown,
        };
    };
    if is_template(text) {
        return Said::Unknown;
    }
    let is_plain = value.style() == Some(Style::Plain);
    let is_decimal = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    match text.parse::<f64>() {
        Ok(number) if is_plain && is_decimal && text.contains('.') => {
            Said::Is(format!("{number:?}"))
        }
        _ => Said::Is(text.to_owned()),
    }
}

//! What `dbt_project.yml` configures: `models:`, `seeds:`, `snapshots:` and `sources:`,
//! by package and folder.
//!
//! A key with `+` is configuration. So is one without, unless its value is a map: then it
//! names a package or folder, even where a configuration has that name, as in dbt Core.
//! Values of a wrong type, and Jinja that needs dbt, are not known.

use std::collections::BTreeMap;

use lineage::NodeKind;

use super::Env;
use super::jinja::{is_template, render};
use crate::config::{Config, Said};
use crate::yaml::{Style, Value, Yaml};

/// What one `dbt_project.yml` configures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectConfigs {
    here: Trees,
    /// Without what Jinja says, where there is any.
    anywhere: Option<Box<Trees>>,
}

/// One tree for each kind of node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Trees {
    models: Folder,
    seeds: Folder,
    snapshots: Folder,
    sources: Folder,
}

/// What is configured for a folder, and for those below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Folder {
    config: Config,
    below: BTreeMap<String, Folder>,
}

/// Folders that nest deeper are not read.
const MAX_DEPTH: usize = 64;

/// So many folders are read: aliases of YAML can make very many of a few lines.
const MAX_FOLDERS: usize = 20_000;

impl ProjectConfigs {
    /// What is configured for a node, the nearer folders over the farther ones. `path` is
    /// the node's `fqn`: its package, the folders below the resource path, its name; for a
    /// source its package, folders, source and table.
    ///
    /// dbt lays what the root project configures over all that a package and its files say.
    pub fn of(&self, kind: NodeKind, path: &[&str]) -> Config {
        self.here.of(kind, path)
    }

    /// As [`ProjectConfigs::of`], with what Jinja says left unknown: it may say something
    /// else in another environment, as in the one that a manifest was made in. `None` where
    /// that is the same.
    pub(crate) fn of_anywhere(&self, kind: NodeKind, path: &[&str]) -> Option<Config> {
        Some(self.anywhere.as_ref()?.of(kind, path))
    }

    /// Reads the four trees.
    pub(super) fn read(yaml: &Yaml<'_>, env: Env<'_>) -> ProjectConfigs {
        let here = Trees::read(yaml, Some(env));
        let anywhere = Trees::read(yaml, None);
        ProjectConfigs {
            anywhere: (anywhere != here).then(|| Box::new(anywhere)),
            here,
        }
    }

    /// Of a file that cannot be read further: nothing is known.
    pub(super) fn unknown() -> ProjectConfigs {
        ProjectConfigs {
            here: Trees {
                models: Folder::unknown(),
                seeds: Folder::unknown(),
                snapshots: Folder::unknown(),
                sources: Folder::unknown(),
            },
            anywhere: None,
        }
    }
}

impl Trees {
    fn of(&self, kind: NodeKind, path: &[&str]) -> Config {
        let mut folder = match kind {
            NodeKind::Model => &self.models,
            NodeKind::Seed => &self.seeds,
            NodeKind::Snapshot => &self.snapshots,
            NodeKind::Source => &self.sources,
        };
        let mut config = folder.config.clone();
        for name in path {
            let Some(nearer) = folder.below.get(*name) else {
                break;
            };
            config = nearer.config.clone().over(config);
            folder = nearer;
        }
        config
    }

    /// Reads the four trees; without an environment, what Jinja says is not known.
    fn read(yaml: &Yaml<'_>, env: Option<Env<'_>>) -> Trees {
        let tree = |key, kind| {
            let mut reading = Reading {
                values: Values { env },
                kind,
                n_folders: 0,
            };
            let tree = yaml.root().and_then(|it| it.get(key));
            tree.map_or_else(Folder::default, |it| reading.folder(it, 0))
        };
        Trees {
            models: tree("models", NodeKind::Model),
            seeds: tree("seeds", NodeKind::Seed),
            snapshots: tree("snapshots", NodeKind::Snapshot),
            sources: tree("sources", NodeKind::Source),
        }
    }
}

/// `quoting:` of the project: database, schema, identifier.
pub(super) fn quoting(yaml: &Yaml<'_>, env: Env<'_>) -> [Said<bool>; 3] {
    let quoting = yaml.root().and_then(|it| it.get("quoting"));
    let values = Values { env: Some(env) };
    quoting.map_or_else(Default::default, |it| values.quoting(it))
}

impl Folder {
    fn unknown() -> Folder {
        Folder {
            config: Config::unknown(),
            below: BTreeMap::new(),
        }
    }
}

/// The reader of one tree.
struct Reading<'e> {
    values: Values<'e>,
    kind: NodeKind,
    n_folders: usize,
}

impl Reading<'_> {
    fn folder(&mut self, value: Value<'_>, depth: usize) -> Folder {
        self.n_folders += 1;
        if depth > MAX_DEPTH || self.n_folders > MAX_FOLDERS {
            return Folder::unknown();
        }
        let mut folder = Folder::default();
        let mut target_schema = Said::Nothing;
        for (key, value) in value.entries() {
            match key.strip_prefix('+') {
                None if value.is_mapping() => {
                    let below = self.folder(value, depth + 1);
                    folder.below.insert(key.to_owned(), below);
                }
                _ if self.kind == NodeKind::Source => self.set_of_source(&mut folder, key, value),
                key_with_plus => {
                    let key = key_with_plus.unwrap_or(key).trim();
                    match key {
                        "target_schema" | "target_dataset" => {
                            target_schema = self.values.text(value);
                        }
                        key => self.set(&mut folder.config, key, value),
                    }
                }
            }
        }
        if self.kind == NodeKind::Snapshot {
            set_target_schema(&mut folder.config, target_schema);
        }
        folder
    }

    /// The one key that configures a source from here.
    fn set_of_source(&self, folder: &mut Folder, key: &str, value: Value<'_>) {
        if key.trim_start_matches('+').trim() == "enabled" {
            folder.config.enabled = self.values.truth(value);
        }
    }

    fn set(&self, config: &mut Config, key: &str, value: Value<'_>) {
        let values = &self.values;
        match key {
            "enabled" => config.enabled = values.truth(value),
            "alias" => config.alias = values.text(value),
            // Adapters have names of their own for these.
            "schema" | "dataset" => config.schema = values.text(value),
            "database" | "project" | "catalog" | "dbname" => config.database = values.text(value),
            "target_database" | "target_project" | "target_catalog"
                if self.kind == NodeKind::Snapshot =>
            {
                config.database = values.text(value);
            }
            "materialized" => config.materialized = values.text(value),
            "access" => config.access = values.text(value),
            "group" => config.group = values.text(value),
            "quoting" => config.quoting = values.quoting(value),
            "latest_version_pointer" if value.is_mapping() => {
                config.pointer = values.truth_of(value, "enabled");
                let alias = value.get("alias");
                config.pointer_alias = alias.map_or(Said::Nothing, |it| values.text(it));
            }
            "latest_version_pointer" => config.pointer = Said::Unknown,
            _ => {}
        }
    }
}

/// A snapshot's `target_schema` counts before its `schema`, unless it is empty; an empty
/// one takes back that of a farther folder.
fn set_target_schema(config: &mut Config, target_schema: Said<String>) {
    let is_empty = target_schema.value().is_some_and(String::is_empty);
    let is_said = target_schema != Said::Nothing;
    if is_said && (!is_empty || config.schema == Said::Nothing) {
        config.schema = target_schema;
        config.is_target_schema = true;
    }
}

/// The reader of values.
struct Values<'e> {
    /// `None` where what depends on it is not asked for.
    env: Option<Env<'e>>,
}

impl Values<'_> {
    /// A text; empty for a null, which says that the default counts.
    fn text(&self, value: Value<'_>) -> Said<String> {
        if value.is_null() {
            return Said::Is(String::new());
        }
        let Some(text) = value.text() else {
            return Said::Unknown;
        };
        let is_plain = value.style() == Some(Style::Plain);
        let is_number = is_plain && text.parse::<f64>().is_ok();
        if is_number || value.truth().is_some() || value.tag().is_some() {
            return Said::Unknown;
        }
        match self.env {
            Some(env) => render(text, env).map_or(Said::Unknown, Said::Is),
            None if is_template(text) => Said::Unknown,
            None => Said::Is(text.to_owned()),
        }
    }

    /// A truth value, written as one or as a text.
    fn truth(&self, value: Value<'_>) -> Said<bool> {
        if value.is_null() {
            return Said::Nothing;
        }
        if let Some(truth) = value.truth() {
            return Said::Is(truth);
        }
        match self.text(value) {
            Said::Is(text) if text.trim().eq_ignore_ascii_case("true") => Said::Is(true),
            Said::Is(text) if text.trim().eq_ignore_ascii_case("false") => Said::Is(false),
            _ => Said::Unknown,
        }
    }

    fn truth_of(&self, map: Value<'_>, key: &str) -> Said<bool> {
        map.get(key).map_or(Said::Nothing, |it| self.truth(it))
    }

    fn quoting(&self, value: Value<'_>) -> [Said<bool>; 3] {
        if !value.is_mapping() {
            return Config::unknown().quoting;
        }
        let parts: [&[&str]; 3] = [
            &["database", "project", "catalog"],
            &["schema", "dataset"],
            &["identifier"],
        ];
        parts.map(|keys| {
            let said = keys.iter().map(|key| self.truth_of(value, key));
            said.fold(Said::Nothing, Said::or)
        })
    }
}

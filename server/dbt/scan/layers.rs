//! What configures a node, from the strongest place to the weakest.
//!
//! dbt takes, in this order: what the root project's `dbt_project.yml` says of another
//! package's node; the node's own `config()`; its entry in a properties file, the version's
//! over the model's; that a Python model is a table; its own project's `dbt_project.yml`.

use std::borrow::Cow;

use lineage::NodeKind;

use super::draft::{Described, Draft};
use crate::config::{Config, ConfigKey, Said};
use crate::facts::Says;
use crate::project::Project;

/// The place that decides a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    /// None: the default counts.
    #[default]
    Default,
    /// The file's `config()`.
    Code,
    /// The entry of a properties file.
    Properties,
    /// A `dbt_project.yml`.
    Project,
}

/// Which place decides each key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origins([Origin; 5]);

impl Origins {
    pub(crate) fn of(&self, key: ConfigKey) -> Origin {
        self.0[key as usize]
    }
}

/// The places that configure a node, the strongest first.
pub(super) struct Layers<'a>(Vec<(Origin, Cow<'a, Config>)>);

impl<'a> Layers<'a> {
    /// What configures a draft, in a project whose root is `root`.
    pub(super) fn of(draft: &Draft<'a>, root: Option<&Project>) -> Layers<'a> {
        let fqn = draft.fqn();
        let fqn: Vec<&str> = fqn.iter().map(String::as_str).collect();
        let owner = owner(draft);
        let configured = |project: &Project| Cow::Owned(project.configs.of(draft.kind, &fqn));
        let mut layers = Vec::with_capacity(5);
        if let Some(root) = root.filter(|it| it.name != owner.name) {
            layers.push((Origin::Project, configured(root)));
        }
        if let Some(inline) = draft.inline() {
            layers.push((Origin::Code, Cow::Borrowed(&inline.config)));
        }
        if let Some(described) = draft.described {
            if let Some(version) = described.version {
                let config = &version.facts.config.config;
                layers.push((Origin::Properties, Cow::Borrowed(config)));
            }
            let config = &described.entry.config.config;
            layers.push((Origin::Properties, Cow::Borrowed(config)));
        }
        if matches!(draft.file.says, Says::Python(_)) {
            layers.push((Origin::Default, Cow::Owned(table())));
        }
        layers.push((Origin::Project, configured(owner)));
        let mut layers = Layers(layers);
        if draft.kind == NodeKind::Snapshot {
            layers.put_target_schema_first();
        }
        layers
    }

    /// What configures a source's table: what the root project says of it, its entries,
    /// the stronger first, what its own project says.
    pub(super) fn of_source(
        root: Option<Config>,
        entries: impl Iterator<Item = &'a Config>,
        own: Config,
    ) -> Layers<'a> {
        let project = |config| (Origin::Project, Cow::Owned(config));
        let entries = entries.map(|it| (Origin::Properties, Cow::Borrowed(it)));
        let weaker = entries.chain([project(own)]);
        Layers(root.map(project).into_iter().chain(weaker).collect())
    }

    /// A snapshot's `target_schema` beats any `schema`, wherever it stands.
    fn put_target_schema_first(&mut self) {
        let is_target = |config: &Config| {
            let is_stated = config.schema.value().is_none_or(|it| !it.is_empty());
            config.is_target_schema && is_stated
        };
        let Some(n) = self.0.iter().position(|(_, config)| is_target(config)) else {
            return;
        };
        for (_, config) in &mut self.0[..n] {
            if config.schema != Said::Nothing {
                config.to_mut().schema = Said::Nothing;
            }
        }
    }

    /// Whether it is enabled.
    pub(super) fn enabled(&self) -> &Said<bool> {
        let mut places = self.0.iter().map(|(_, config)| &config.enabled);
        let said = places.find(|it| **it != Said::Nothing);
        said.unwrap_or(&Said::Nothing)
    }

    /// All of it, and which place decides each key.
    pub(super) fn merged(&self) -> (Config, Origins) {
        // Most places say nothing.
        let places = self.0.iter().filter(|(_, it)| **it != Config::default());
        let config = places
            .map(|(_, config)| config.clone().into_owned())
            .reduce(Config::over)
            .unwrap_or_default();
        let keys = [
            ConfigKey::Enabled,
            ConfigKey::Alias,
            ConfigKey::Schema,
            ConfigKey::Database,
            ConfigKey::Materialized,
        ];
        let mut origins = Origins::default();
        for key in keys {
            let mut places = self.0.iter();
            let decides = places.find(|(_, config)| says(config, key));
            origins.0[key as usize] = decides.map(|(origin, _)| *origin).unwrap_or_default();
        }
        (config, origins)
    }
}

/// The project whose `dbt_project.yml` counts as a node's own: that of the properties file
/// that configures it, as in dbt.
fn owner<'a>(draft: &Draft<'a>) -> &'a Project {
    match draft.described {
        Some(Described { project, entry, .. }) if entry.config.config != Config::default() => {
            project
        }
        _ => draft.project,
    }
}

fn table() -> Config {
    Config {
        materialized: Said::Is("table".to_owned()),
        ..Config::default()
    }
}

fn says(config: &Config, key: ConfigKey) -> bool {
    match key {
        ConfigKey::Enabled => config.enabled != Said::Nothing,
        ConfigKey::Alias => config.alias != Said::Nothing,
        ConfigKey::Schema => config.schema != Said::Nothing,
        ConfigKey::Database => config.database != Said::Nothing,
        ConfigKey::Materialized => config.materialized != Said::Nothing,
    }
}

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
    /// The Jinja of a `dbt_project.yml`: it may say something else in the environment that
    /// a manifest was made in.
    Environment,
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
pub(super) struct Layers<'a>(Vec<Layer<'a>>);

/// A place that configures a node.
struct Layer<'a> {
    origin: Origin,
    config: Cow<'a, Config>,
    /// What of it counts in any environment, where that is less.
    anywhere: Option<Config>,
}

impl<'a> Layer<'a> {
    fn new(origin: Origin, config: Cow<'a, Config>) -> Layer<'a> {
        Layer {
            origin,
            config,
            anywhere: None,
        }
    }

    fn of_project(project: &Project, kind: NodeKind, fqn: &[&str]) -> Layer<'a> {
        Layer {
            origin: Origin::Project,
            config: Cow::Owned(project.configs.of(kind, fqn)),
            anywhere: project.configs.of_anywhere(kind, fqn),
        }
    }

    /// What decides a key that this place says something of.
    fn origin(&self, key: ConfigKey) -> Origin {
        let anywhere = self.anywhere.as_ref();
        match anywhere.is_some_and(|it| said(it, key) == Said::Unknown) {
            true => Origin::Environment,
            false => self.origin,
        }
    }
}

impl<'a> Layers<'a> {
    /// What configures a draft, in a project whose root is `root`.
    pub(super) fn of(draft: &Draft<'a>, root: Option<&Project>) -> Layers<'a> {
        let fqn = draft.fqn();
        let fqn: Vec<&str> = fqn.iter().map(String::as_str).collect();
        let owner = owner(draft);
        let mut layers = Vec::with_capacity(5);
        if let Some(root) = root.filter(|it| it.name != owner.name) {
            layers.push(Layer::of_project(root, draft.kind, &fqn));
        }
        if let Some(inline) = draft.inline() {
            layers.push(Layer::new(Origin::Code, inline));
        }
        if let Some(described) = draft.described {
            let version = described.version.map(|it| &it.facts.config);
            let entries = version.into_iter().chain([&described.entry.config]);
            let entries = entries.map(|it| Cow::Borrowed(&it.config));
            layers.extend(entries.map(|it| Layer::new(Origin::Properties, it)));
        }
        if matches!(draft.file.says, Says::Python(_)) {
            layers.push(Layer::new(Origin::Default, Cow::Owned(table())));
        }
        layers.push(Layer::of_project(owner, draft.kind, &fqn));
        let mut layers = Layers(layers);
        if draft.kind == NodeKind::Snapshot {
            layers.put_target_schema_first();
        }
        layers
    }

    /// What configures a source's table: what the root project says of it where it is of
    /// another package, its entries, the stronger first, what its own project says.
    pub(super) fn of_source(
        root: Option<&Project>,
        entries: impl Iterator<Item = &'a Config>,
        own: &Project,
        fqn: &[&str],
    ) -> Layers<'a> {
        let project = |project| Layer::of_project(project, NodeKind::Source, fqn);
        let entries = entries.map(|it| Layer::new(Origin::Properties, Cow::Borrowed(it)));
        let weaker = entries.chain([project(own)]);
        Layers(root.map(project).into_iter().chain(weaker).collect())
    }

    /// A snapshot's `target_schema` beats any `schema`, wherever it stands.
    fn put_target_schema_first(&mut self) {
        let is_target = |config: &Config| {
            let is_stated = config.schema.value().is_none_or(|it| !it.is_empty());
            config.is_target_schema && is_stated
        };
        let Some(n) = self.0.iter().position(|it| is_target(&it.config)) else {
            return;
        };
        for layer in &mut self.0[..n] {
            if layer.config.schema != Said::Nothing {
                layer.config.to_mut().schema = Said::Nothing;
            }
        }
    }

    /// Whether it is enabled.
    pub(super) fn enabled(&self) -> &Said<bool> {
        let mut places = self.0.iter().map(|it| &it.config.enabled);
        let said = places.find(|it| **it != Said::Nothing);
        said.unwrap_or(&Said::Nothing)
    }

    /// All of it, and which place decides each key.
    pub(super) fn merged(&self) -> (Config, Origins) {
        // Most places say nothing.
        let places = self.0.iter().filter(|it| *it.config != Config::default());
        let config = places
            .map(|it| it.config.clone().into_owned())
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
            let decides = places.find(|it| said(&it.config, key) != Said::Nothing);
            origins.0[key as usize] = decides.map(|it| it.origin(key)).unwrap_or_default();
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

/// Whether a place says something of a key, and whether that is known.
fn said(config: &Config, key: ConfigKey) -> Said<()> {
    match key {
        ConfigKey::Enabled => config.enabled.without_value(),
        ConfigKey::Alias => config.alias.without_value(),
        ConfigKey::Schema => config.schema.without_value(),
        ConfigKey::Database => config.database.without_value(),
        ConfigKey::Materialized => config.materialized.without_value(),
    }
}

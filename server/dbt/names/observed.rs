//! What a manifest shows of how configured names become real ones.
//!
//! The macros that do it are not run; but a name that they were given once is shown with
//! what they made of it. Where two nodes of one configured name differ, more than that
//! name decides, and nothing is said of it.

use std::collections::{HashMap, HashSet};

use lineage::{Identifier, Node, NodeKind};

use super::{Asked, default_name};
use crate::config::{Config, Said};
use crate::manifest::Manifest;

/// What the manifest shows of how configured names become real ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    schemas: Seen,
    databases: Seen,
    /// By package, name and version: the alias that was configured, and the name.
    names: HashMap<(String, String, Option<String>), (String, String)>,
    /// Packages with a node that is not named as dbt's own macro would.
    named_otherwise: HashSet<String>,
}

/// What was seen of one part of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    /// By package, kind and configured name.
    by_kind: HashMap<(String, NodeKind, String), OneOf>,
    /// By package and configured name.
    by_package: HashMap<(String, String), OneOf>,
    /// By configured name.
    anywhere: HashMap<String, OneOf>,
    /// What the target has where nothing is configured; unknown where nodes differ.
    base: Said<String>,
    /// What all that was seen is made by.
    shapes: Vec<Shape>,
}

/// A name that was seen, empty where the relation has no such part; `None` where two
/// nodes differ.
type OneOf = Option<String>;

/// What becomes of a configured name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `target_configured`
    Joined,
    /// `configured`
    Configured,
    /// `target`
    Target,
}

/// A configured name, and the node that it is configured for.
pub(super) struct Place<'a> {
    pub(super) package: &'a str,
    pub(super) kind: NodeKind,
    pub(super) configured: &'a str,
    /// Whether other packages make names by other macros.
    pub(super) is_alone: bool,
}

impl Observed {
    /// What a manifest shows.
    pub fn of(manifest: &Manifest) -> Observed {
        let mut observed = Observed::default();
        for node in &manifest.nodes {
            if let Some(config) = manifest.configs.get(&node.id) {
                observed.add(node, config);
            }
        }
        observed.schemas.conclude();
        observed.databases.conclude();
        observed
    }

    fn add(&mut self, node: &Node, config: &Config) {
        let Some(relation) = &node.relation else {
            return;
        };
        let text = |part: &Option<Identifier>| {
            let part = part.as_ref();
            part.map(|it| it.text.clone()).unwrap_or_default()
        };
        // No macro has a part in a snapshot's `target_schema`.
        if !config.is_target_schema {
            self.schemas
                .add(node, &config.schema, text(&relation.schema));
        }
        self.databases
            .add(node, &config.database, text(&relation.database));
        self.add_name(node, &config.alias, &relation.name.text);
    }

    fn add_name(&mut self, node: &Node, alias: &Said<String>, name: &str) {
        if *alias == Said::Unknown {
            return;
        }
        if default_name(alias.value(), &node.name, node.version.as_deref()) != name {
            self.named_otherwise.insert(node.package.clone());
        }
        let key = (
            node.package.clone(),
            node.name.clone(),
            node.version.clone(),
        );
        let alias = alias.value().cloned().unwrap_or_default();
        self.names.insert(key, (alias, name.to_owned()));
    }

    /// Whether all that was seen of a package is named by dbt's own macro.
    pub(super) fn names_by_default(&self, package: &str) -> bool {
        !self.named_otherwise.contains(package)
    }

    /// The name that this very node has with the alias that it is configured with.
    pub(super) fn name(&self, asked: &Asked<'_>) -> Option<&str> {
        let key = (
            asked.package.to_owned(),
            asked.name.to_owned(),
            asked.version.map(str::to_owned),
        );
        let (alias, name) = self.names.get(&key)?;
        let configured = asked.config.alias.value().map_or("", String::as_str);
        (alias == configured).then_some(name)
    }

    /// The schema that a configured one was seen to become; `Some(None)` where the manifest
    /// shows that more decides.
    pub(super) fn schema(&self, place: &Place<'_>) -> Option<Option<&str>> {
        self.schemas.get(place)
    }

    /// The database that a configured one was seen to become, likewise.
    pub(super) fn database(&self, place: &Place<'_>) -> Option<Option<&str>> {
        self.databases.get(place)
    }

    /// The target's schema.
    pub(super) fn base_schema(&self) -> &Said<String> {
        &self.schemas.base
    }

    /// The target's database.
    pub(super) fn base_database(&self) -> &Said<String> {
        &self.databases.base
    }

    /// Which of `shapes` makes all schemas that were seen; `None` where several may.
    pub(super) fn schema_shape(&self, shapes: &[Shape]) -> Option<Shape> {
        self.schemas.shape(shapes)
    }

    /// Which of `shapes` makes all databases that were seen; `None` where several may.
    pub(super) fn database_shape(&self, shapes: &[Shape]) -> Option<Shape> {
        self.databases.shape(shapes)
    }
}

impl Seen {
    fn add(&mut self, node: &Node, configured: &Said<String>, actual: String) {
        let configured = match configured {
            Said::Unknown => return,
            Said::Nothing => String::new(),
            Said::Is(text) => text.trim().to_owned(),
        };
        let package = node.package.clone();
        note(
            &mut self.by_kind,
            (package.clone(), node.kind, configured.clone()),
            &actual,
        );
        note(&mut self.by_package, (package, configured.clone()), &actual);
        note(&mut self.anywhere, configured, &actual);
    }

    /// Works out the target's part, and what makes the others of it.
    fn conclude(&mut self) {
        self.base = match self.anywhere.get("") {
            Some(Some(seen)) => Said::Is(seen.clone()),
            Some(None) => Said::Unknown,
            None => self.prefix().into(),
        };
        let base = self.base.value().map(String::as_str);
        let shapes = [Shape::Joined, Shape::Configured, Shape::Target];
        let fits = |shape: &Shape| {
            self.configured().all(|(configured, actual)| {
                actual.is_some() && shape.apply(base, configured) == *actual
            })
        };
        let fitting = shapes.into_iter().filter(fits).collect();
        self.shapes = fitting;
    }

    /// What stands before all configured names alike.
    fn prefix(&self) -> Option<String> {
        let mut prefixes = self.configured().map(|(configured, actual)| {
            let rest = actual.as_deref()?.strip_suffix(configured.as_str())?;
            rest.strip_suffix('_').filter(|it| !it.is_empty())
        });
        let first = prefixes.next()??;
        prefixes
            .all(|it| it == Some(first))
            .then(|| first.to_owned())
    }

    /// The names that are configured, with what they became.
    fn configured(&self) -> impl Iterator<Item = (&String, &OneOf)> {
        self.anywhere.iter().filter(|(it, _)| !it.is_empty())
    }

    fn get(&self, place: &Place<'_>) -> Option<Option<&str>> {
        let (package, configured) = (place.package.to_owned(), place.configured.to_owned());
        let by_kind = (package.clone(), place.kind, configured.clone());
        let seen = self.by_kind.get(&by_kind).or_else(|| {
            let anywhere = self.anywhere.get(&configured);
            let by_package = self.by_package.get(&(package, configured));
            by_package.or(anywhere.filter(|_| !place.is_alone))
        })?;
        Some(seen.as_deref())
    }

    fn shape(&self, shapes: &[Shape]) -> Option<Shape> {
        let mut fitting = shapes.iter().filter(|it| self.shapes_fit(**it));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(*first)
    }

    /// Whether nothing that was seen speaks against it.
    fn shapes_fit(&self, shape: Shape) -> bool {
        self.configured().next().is_none() || self.shapes.contains(&shape)
    }
}

impl Shape {
    /// The name; `None` where it takes the target's part and that is not known.
    pub(super) fn apply(self, target: Option<&str>, configured: &str) -> Option<String> {
        match self {
            Shape::Joined => Some(format!("{}_{configured}", target?)),
            Shape::Configured => Some(configured.to_owned()),
            Shape::Target => Some(target?.to_owned()),
        }
    }
}

fn note<K: Eq + std::hash::Hash>(seen: &mut HashMap<K, OneOf>, key: K, actual: &str) {
    let one = seen.entry(key).or_insert_with(|| Some(actual.to_owned()));
    if one.as_deref() != Some(actual) {
        *one = None;
    }
}

//! What files do to a deployed relation, and which file does.

use lineage::{Identifier, Node, Relation};

use super::compare::is_same_part;
use super::{Becomes, Pending};
use crate::config::ConfigKey;
use crate::scan::{Definition, Origin};

/// A node of the manifest, and what its files say of it now.
#[derive(Clone, Copy)]
pub(super) struct Change<'a> {
    pub(super) node: &'a Node,
    pub(super) now: &'a Definition,
    /// What is configured otherwise.
    pub(super) keys: &'a [ConfigKey],
    /// Whether the node's text changed.
    pub(super) is_text_new: bool,
    /// Whether `schema` counts in some targets only, so that the manifest does not show
    /// what it is elsewhere.
    pub(super) schema_depends_on_target: bool,
}

impl Change<'_> {
    /// The relation is no longer built because the files disable the node.
    pub(super) fn disabled(&self) -> Option<Pending> {
        let place = self.place_of(ConfigKey::Enabled);
        self.pending(Becomes::Disabled, place)
    }

    /// The relation is no longer built because of what the files configure.
    pub(super) fn configured(&self) -> Option<Pending> {
        if self.keys.contains(&ConfigKey::Materialized) {
            let place = self.place_of(ConfigKey::Materialized);
            return self.pending(Becomes::Ephemeral, place);
        }
        let (to, key) = self.renamed_by_config()?;
        self.pending(Becomes::Renamed(to), self.place_of(key))
    }

    /// The relation is no longer built because the node has another name.
    pub(super) fn renamed(&self) -> Option<Pending> {
        let by_file = self.node.path != self.now.path;
        let place = match &self.now.properties_path {
            Some(properties) if !by_file && !self.is_text_new => (properties.clone(), None),
            _ => (self.now.path.clone(), None),
        };
        if self.keys.contains(&ConfigKey::Materialized) {
            return self.pending(Becomes::Ephemeral, place);
        }
        let deployed = self.node.relation.as_ref()?;
        let to = self.relation(deployed, true)?;
        let is_same = is_same_relation(&to, deployed);
        (!is_same).then(|| self.pending(Becomes::Renamed(to), place))?
    }

    fn pending(&self, becomes: Becomes, place: (String, Option<ConfigKey>)) -> Option<Pending> {
        Some(Pending {
            node: self.now.id.clone(),
            deployed: self.node.relation.clone()?,
            becomes,
            path: place.0,
            key: place.1,
        })
    }

    /// What the node is called by what is configured now, and the first key that says so.
    fn renamed_by_config(&self) -> Option<(Relation, ConfigKey)> {
        let deployed = self.node.relation.as_ref()?;
        let to = self.relation(deployed, false)?;
        let differs = |key: &ConfigKey| match key {
            ConfigKey::Alias => !is_same_part(&to.name, &deployed.name),
            ConfigKey::Schema => !is_same(to.schema.as_ref(), deployed.schema.as_ref()),
            ConfigKey::Database => !is_same(to.database.as_ref(), deployed.database.as_ref()),
            ConfigKey::Enabled | ConfigKey::Materialized => false,
        };
        let key = self.keys.iter().copied().find(differs)?;
        Some((to, key))
    }

    /// What the node is called now: as deployed where nothing else is configured, without
    /// the upper parts that are not known.
    fn relation(&self, deployed: &Relation, is_name_new: bool) -> Option<Relation> {
        let named = self.now.named.as_ref()?;
        let [is_database_known, is_schema_known, _] = named.known;
        let is = &named.relation;
        let has = |key| self.keys.contains(&key);
        let mut to = deployed.clone();
        if has(ConfigKey::Alias) || is_name_new {
            to.name = is.name.clone();
        }
        if has(ConfigKey::Schema) {
            let is_hidden = self.schema_depends_on_target
                && is_same(is.schema.as_ref(), deployed.schema.as_ref());
            let known = is_schema_known && !is_hidden;
            to.schema = is.schema.clone().filter(|_| known);
        }
        if has(ConfigKey::Database) {
            // A part that the warehouse does not have cannot change.
            to.database = match is_database_known {
                true => is.database.clone().or(to.database),
                false => None,
            };
        }
        Some(to)
    }

    /// The file that decides a key, and the key where it stands there.
    fn place_of(&self, key: ConfigKey) -> (String, Option<ConfigKey>) {
        let now = self.now;
        let properties = || {
            now.properties_path
                .as_ref()
                .or(self.node.properties_path.as_ref())
        };
        let has_moved = self.node.path != now.path;
        match now.origins.of(key) {
            Origin::Code => (now.path.clone(), Some(key)),
            Origin::Properties => {
                let path = now.properties_path.as_ref().unwrap_or(&now.path);
                (path.clone(), Some(key))
            }
            _ if has_moved => (now.path.clone(), None),
            Origin::Project | Origin::Environment => (PROJECT_FILE.to_owned(), None),
            Origin::Default if self.is_text_new => (now.path.clone(), None),
            Origin::Default => {
                let path = properties().cloned();
                (path.unwrap_or_else(|| PROJECT_FILE.to_owned()), None)
            }
        }
    }

    /// The files that decide what is configured otherwise.
    pub(super) fn deciding_files(&self) -> impl Iterator<Item = String> {
        self.keys.iter().map(|key| self.place_of(*key).0)
    }
}

/// Where a project is configured.
const PROJECT_FILE: &str = "dbt_project.yml";

/// The relation of a node that nothing defines any more.
pub(super) fn deleted(node: &Node) -> Option<Pending> {
    Some(Pending {
        node: node.id.clone(),
        deployed: node.relation.clone()?,
        becomes: Becomes::Deleted,
        path: node.path.clone(),
        key: None,
    })
}

fn is_same_relation(a: &Relation, b: &Relation) -> bool {
    is_same(a.database.as_ref(), b.database.as_ref())
        && is_same(a.schema.as_ref(), b.schema.as_ref())
        && is_same_part(&a.name, &b.name)
}

fn is_same(a: Option<&Identifier>, b: Option<&Identifier>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => is_same_part(a, b),
        (None, None) => true,
        _ => false,
    }
}

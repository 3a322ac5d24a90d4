//! What dbt calls a node in the warehouse, worked out from files.
//!
//! Three things decide it: the node's configuration, the target, and the macros
//! `generate_{database,schema,alias}_name`. A macro of the project's own is never run: of
//! its text the usual forms are known ([`NameMacro`]). Where a manifest is at hand it shows
//! what the macro made of each configured name ([`Observed`]); else the parts that it
//! decides are not known, and are left out of the relation.

mod adapter;
mod macros;
mod observed;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use lineage::{NodeKind, Relation};

use self::observed::{Place, Shape};
use crate::config::{Config, Said};
use crate::manifest::{Parts, default_quoting};
use crate::profiles::Target;

pub use self::macros::{NameMacro, NameMacros};
pub use self::observed::Observed;

/// All that decides what nodes are called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// dbt's name of the warehouse: `snowflake`.
    pub adapter: Option<String>,
    /// The target, where `profiles.yml` tells it.
    pub target: Option<Target>,
    /// Who works names out.
    pub macros: NameMacros,
    /// Packages that define macros of their own for it: dbt takes those for their nodes.
    /// What is [`NameMacro::BuiltIn`] in them is as the project has it.
    pub package_macros: HashMap<String, NameMacros>,
    /// What a manifest shows.
    pub observed: Observed,
    /// `quoting` of `dbt_project.yml`: database, schema, identifier.
    pub quoting: [Said<bool>; 3],
}

/// A node whose name is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Model, seed or snapshot.
    pub kind: NodeKind,
    /// Its package.
    pub package: &'a str,
    /// The name that `ref()` takes.
    pub name: &'a str,
    /// Its version.
    pub version: Option<&'a str>,
    /// All that configures it, merged.
    pub config: &'a Config,
}

/// What a node is called, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its relation. An upper part that is not known, or that the warehouse does not have,
    /// is left out; a name that is not known is the one that dbt's own macro would give.
    pub relation: Relation,
    /// Which parts are known: database, schema, name. A part that is known and absent is
    /// one that the warehouse does not have.
    pub known: [bool; 3],
}

impl Names {
    /// What the warehouse calls a node; `None` for an ephemeral model, which has no table.
    pub fn relation(&self, asked: &Asked<'_>) -> Option<Named> {
        if asked.config.materialized.value().map(String::as_str) == Some("ephemeral") {
            return None;
        }
        let macros = self.macros_of(asked.package);
        let (name, is_name_known) = self.name(macros.alias, asked);
        let database = self.database(macros.database, asked);
        let schema = self.schema(macros.schema, asked);
        let named = self.named(database, schema, &name, asked.config);
        let [database, schema, _] = named.known;
        Some(Named {
            known: [database, schema, is_name_known],
            ..named
        })
    }

    /// What the warehouse calls a source's table. `config` is all that configures the
    /// table, merged: its schema is the source's name where nothing is said, its database
    /// the target's.
    pub fn source_relation(
        &self,
        source: &str,
        table: &str,
        identifier: &Said<String>,
        config: &Config,
    ) -> Named {
        let schema = match &config.schema {
            Said::Unknown => None,
            Said::Is(schema) if !schema.is_empty() => Some(schema.clone()),
            Said::Is(_) | Said::Nothing => Some(source.to_owned()),
        };
        let database = match &config.database {
            _ if adapter::has_no_database(self.adapter()) => Some(String::new()),
            Said::Unknown => None,
            Said::Is(database) if !database.is_empty() => Some(database.clone()),
            Said::Is(_) | Said::Nothing => self.target_database(),
        };
        let name = identifier.value().filter(|it| !it.is_empty());
        let name = name.map_or(table, String::as_str);
        let named = self.named(database, schema, name, config);
        let [database, schema, _] = named.known;
        Named {
            known: [database, schema, *identifier != Said::Unknown],
            ..named
        }
    }

    /// A relation of these parts, of which `None` is not known and an empty one is not there.
    fn named(
        &self,
        database: Option<String>,
        schema: Option<String>,
        name: &str,
        config: &Config,
    ) -> Named {
        let parts = Parts {
            database: database.as_deref(),
            schema: schema.as_deref(),
            name,
        };
        Named {
            relation: parts.relation(None, self.quoting_of(config)),
            known: [database.is_some(), schema.is_some(), true],
        }
    }

    /// The node's alias, and whether it is known.
    fn name(&self, alias: NameMacro, asked: &Asked<'_>) -> (String, bool) {
        let version = asked.version.filter(|_| alias != NameMacro::CustomAlone);
        let by_default = default_name(asked.config.alias.value(), asked.name, version);
        let is_own = alias.is_own() || !self.observed.names_by_default(asked.package);
        if asked.config.alias == Said::Unknown {
            return (by_default, false);
        }
        if !is_own {
            return (by_default, true);
        }
        match self.observed.name(asked) {
            Some(name) => (name.to_owned(), true),
            None => (by_default, false),
        }
    }

    fn schema(&self, by: NameMacro, asked: &Asked<'_>) -> Option<String> {
        let configured = configured(&asked.config.schema)?;
        if asked.config.is_target_schema && !configured.is_empty() {
            return Some(configured.to_owned());
        }
        let own = self.observed.schema(&self.place(asked, by, configured));
        if let Some(seen) = own {
            return seen.map(str::to_owned);
        }
        let of_target = self.target.as_ref().map(|it| &it.schema);
        let target = base_or(self.observed.base_schema(), of_target);
        if configured.is_empty() {
            return target.filter(|_| !by.is_own()).map(str::to_owned);
        }
        let shapes = match by {
            NameMacro::BuiltIn => adapter::schema_shapes(self.adapter()),
            own => own.schema_shapes(self.target_name()),
        };
        let shape = self.observed.schema_shape(shapes)?;
        shape.apply(target, configured)
    }

    fn database(&self, by: NameMacro, asked: &Asked<'_>) -> Option<String> {
        let adapter = self.adapter();
        if adapter::has_no_database(adapter) {
            return Some(String::new());
        }
        let configured = configured(&asked.config.database)?;
        let own = self.observed.database(&self.place(asked, by, configured));
        if let Some(seen) = own {
            return seen.map(str::to_owned);
        }
        if configured.is_empty() {
            return self.target_database().filter(|_| !by.is_own());
        }
        let shapes = match by {
            NameMacro::BuiltIn => adapter::database_shapes(adapter),
            own => own.database_shapes(self.target_name()),
        };
        let shape = self.observed.database_shape(shapes)?;
        shape.apply(self.target_database().as_deref(), configured)
    }

    /// The target's database: the manifest's, else that of `profiles.yml`.
    fn target_database(&self) -> Option<String> {
        let of_target = self.target.as_ref().map(|it| &it.database);
        let seen = match self.macros.database.is_own() {
            true => &Said::Nothing,
            false => self.observed.base_database(),
        };
        base_or(seen, of_target).map(str::to_owned)
    }

    /// The target's name, unless the manifest was made for another target.
    fn target_name(&self) -> Option<&str> {
        let target = self.target.as_ref()?;
        let is_same = match (self.observed.base_schema(), &target.schema) {
            (Said::Is(seen), Said::Is(schema)) => seen == schema,
            _ => true,
        };
        is_same.then_some(target.name.as_str())
    }

    fn place<'a>(&self, asked: &Asked<'a>, by: NameMacro, configured: &'a str) -> Place<'a> {
        let own = self.package_macros.get(asked.package);
        let has_own_macros = own.is_some_and(|it| *it != NameMacros::default());
        Place {
            package: asked.package,
            kind: asked.kind,
            configured,
            // The macro of another package, or of the project, says nothing of this one.
            is_alone: by.is_own() && has_own_macros,
        }
    }

    fn macros_of(&self, package: &str) -> NameMacros {
        match self.package_macros.get(package) {
            Some(own) => own.over(self.macros),
            None => self.macros,
        }
    }

    fn quoting_of(&self, config: &Config) -> [bool; 3] {
        let default = default_quoting(self.adapter.as_deref());
        std::array::from_fn(|part| {
            let said = config.quoting[part].value();
            let said = said.or_else(|| self.quoting[part].value());
            said.copied().unwrap_or(default[part])
        })
    }

    fn adapter(&self) -> Option<&str> {
        self.adapter.as_deref()
    }
}

/// What is configured, empty where the default counts; `None` where only dbt knows.
fn configured(said: &Said<String>) -> Option<&str> {
    match said {
        Said::Nothing => Some(""),
        Said::Unknown => None,
        Said::Is(text) => Some(text.trim()),
    }
}

/// What was seen of the target, else what its profile says.
fn base_or<'a>(seen: &'a Said<String>, of_target: Option<&'a Said<String>>) -> Option<&'a str> {
    let known = match seen {
        Said::Nothing => of_target.and_then(Said::value),
        seen => seen.value(),
    };
    known.map(String::as_str)
}

/// What dbt's own `generate_alias_name` makes of a node.
fn default_name(alias: Option<&String>, name: &str, version: Option<&str>) -> String {
    let alias = alias.map(|it| it.trim()).filter(|it| !it.is_empty());
    match (alias, version) {
        (Some(alias), _) => alias.to_owned(),
        (None, Some(version)) => format!("{name}_v{}", version.replace('.', "_")),
        (None, None) => name.to_owned(),
    }
}

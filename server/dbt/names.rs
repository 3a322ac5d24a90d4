//! What dbt calls a node in the warehouse, worked out from files.
//!
//! Three things decide it: the node's configuration, the target, and the macros
//! `generate_{database,schema,alias}_name`. A macro of the project's own is never run.
//! Where a manifest is at hand it shows what the macro made of each configured name
//! ([`Observed`]); else the parts that it decides are not known, and are left out of the
//! relation.

use std::collections::HashMap;

use lineage::{NodeKind, Relation};

use crate::config::{Config, Said};
use crate::manifest::Manifest;
use crate::profiles::Target;

/// Who works a name out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameMacro {
    /// dbt's own macro.
    #[default]
    BuiltIn,
    /// The project's own calls dbt's `generate_schema_name_for_env`: in the target `prod`
    /// the configured name alone counts, elsewhere the target's schema alone.
    ForEnv,
    /// The project's own takes the configured name alone, and the target's where nothing is
    /// configured.
    CustomAlone,
    /// The project's own, which only dbt can run.
    Own,
}

/// Who works the parts of names out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameMacros {
    /// `generate_database_name`
    pub database: NameMacro,
    /// `generate_schema_name`
    pub schema: NameMacro,
    /// `generate_alias_name`
    pub alias: NameMacro,
}

/// What the manifest shows of how configured names become real ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// (package, configured schema) -> schema; nothing where two nodes differ.
    pub(crate) schemas: HashMap<(String, String), Option<String>>,
    /// (package, configured database) -> database; nothing where two nodes differ.
    pub(crate) databases: HashMap<(String, String), Option<String>>,
}

/// All that decides what nodes are called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// dbt's name of the warehouse: `snowflake`.
    pub adapter: Option<String>,
    /// The target, where `profiles.yml` tells it.
    pub target: Option<Target>,
    /// Who works names out.
    pub macros: NameMacros,
    /// What a manifest shows.
    pub observed: Observed,
    /// `quoting` of `dbt_project.yml`: database, schema, identifier.
    pub quoting: [Said<bool>; 3],
}

/// A node whose name is asked for. Sources are not asked for here: YAML names them.
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

impl Named {
    /// Whether all parts are known.
    pub fn is_certain(&self) -> bool {
        self.known == [true; 3]
    }
}

impl NameMacros {
    /// What the macro files of the project say, by their text. dbt takes a macro of the
    /// root project before its own; a package's counts for that package's nodes only where
    /// dispatch says so, which is left to dbt.
    pub fn of<'a>(files: impl IntoIterator<Item = &'a str>) -> NameMacros {
        let _ = files;
        NameMacros::default()
    }
}

impl Observed {
    /// What a manifest shows.
    pub fn of(manifest: &Manifest) -> Observed {
        let _ = manifest;
        Observed::default()
    }
}

impl Names {
    /// What the warehouse calls a node; `None` for an ephemeral model, which has no table.
    pub fn relation(&self, asked: &Asked<'_>) -> Option<Named> {
        let _ = asked;
        None
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
        let _ = (source, identifier, config);
        Named {
            relation: Relation {
                database: None,
                schema: None,
                name: lineage::Identifier::quoted(table),
            },
            known: [false; 3],
        }
    }
}

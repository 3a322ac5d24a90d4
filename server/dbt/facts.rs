//! What one file of a project says of nodes, read without the files around it.
//!
//! A forgiving reader: nothing is run, half-typed text is read as far as it goes, and
//! what only dbt can work out is said to be unknown. [`crate::scan`] makes nodes of the
//! facts of all files, [`crate::overlay`] lays them over a manifest.

mod arguments;
mod calls;
mod code;
mod configure;
mod entries;
mod known;
mod macros;
mod python;
mod same;
#[cfg(test)]
mod tests;
mod value;

use std::ops::Range;

use lineage::NodeKind;

use crate::config::{Config, ConfigFacts, Said};
use crate::refs::RefTarget;

pub use self::macros::Macros;

/// What one file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// dbt's checksum of the text, as [`crate::checksum`] makes it.
    pub checksum: String,
    /// Its checksums with the other line ends: Git may have changed them between the
    /// checkout that dbt parsed and this one.
    pub other_line_ends: Vec<String>,
    /// What kind of file it is, and what it says.
    pub says: Says,
}

/// What a file says, by its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// A SQL file.
    Sql(CodeFacts),
    /// A Python file.
    Python(CodeFacts),
    /// A CSV file: a seed.
    Csv,
    /// A properties file.
    Properties(PropertyFacts),
    /// A properties file that cannot be read: what it says is not known.
    Unreadable(String),
    /// A file that says nothing of nodes.
    Nothing,
}

/// What a SQL or Python file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeFacts {
    /// Its `config()`; of several calls the later ones win, as in dbt.
    pub config: ConfigFacts,
    /// What it reads.
    pub reads: Reads,
    /// Its snapshot blocks. What they configure and read is theirs alone.
    pub snapshots: Vec<SnapshotFacts>,
    /// The macros that it defines. What they read is among what the file reads, too.
    pub macros: Vec<MacroFacts>,
}

/// `{% macro name() %} … {% endmacro %}`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroFacts {
    /// Its name.
    pub name: String,
    /// The keys that it configures where it is called, each unknown: arguments decide.
    pub config: Config,
    /// What it reads where it is called.
    pub reads: Reads,
}

/// A snapshot block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotFacts {
    /// The snapshot's name.
    pub name: String,
    /// Where its name stands.
    pub name_span: Range<usize>,
    /// Its `config()`.
    pub config: ConfigFacts,
    /// What it reads.
    pub reads: Reads,
}

/// What a node's text reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// What `ref()` and `source()` name, sorted, each once.
    pub targets: Vec<RefTarget>,
    /// Whether a `ref()` or `source()` has an argument that only dbt can work out.
    pub has_unknown: bool,
    /// Whether it calls macros, which may read more; [`Macros::followed`] tells.
    pub calls_macros: bool,
    /// The macros that it calls, by their names without a package, sorted, each once. Those
    /// of dbt's own that a project may replace are among them.
    pub macros: Vec<MacroName>,
    /// Whether some of them stand in a part that only some runs reach:
    /// `{% if target.name == 'prod' %}`.
    pub has_branches: bool,
}

/// How a macro is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MacroName {
    /// `my_macro()`, `my_package.my_macro()`
    Plain(String),
    /// `adapter.dispatch('my_macro')()`: one of `default__my_macro`, `snowflake__my_macro`.
    Dispatched(String),
    /// By a name that only dbt can work out.
    Unknown,
}

/// What a properties file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PropertyFacts {
    /// Its models, seeds and snapshots, in its order.
    pub nodes: Vec<NodeFacts>,
    /// Its sources, in its order.
    pub sources: Vec<SourceFacts>,
    /// Whether an entry is left out since only dbt can work out its name.
    pub has_unknown: bool,
}

/// An entry of `models`, `seeds` or `snapshots`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFacts {
    /// Which of them.
    pub kind: NodeKind,
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub name_span: Range<usize>,
    /// Its configuration.
    pub config: ConfigFacts,
    /// Its versions.
    pub versions: Vec<VersionFacts>,
    /// `latest_version`.
    pub latest_version: Said<String>,
    /// What a snapshot that is defined here reads (`relation: ref('x')`); `None` for one
    /// that only describes a snapshot block, and for models and seeds.
    pub relation: Option<Reads>,
}

/// An item of `versions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionFacts {
    /// `v`
    pub v: String,
    /// Where `v: 2` stands.
    pub span: Range<usize>,
    /// `defined_in`: the file's name without its extension.
    pub defined_in: Option<String>,
    /// Its configuration.
    pub config: ConfigFacts,
}

/// An entry of `sources`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFacts {
    /// Its name.
    pub name: String,
    /// Its `database` (or `project`, `catalog`), `schema`, `quoting` and `enabled`.
    pub config: ConfigFacts,
    /// `overrides`: the package whose source of this name it changes. Such an entry defines
    /// no source of its own.
    pub overrides: Said<String>,
    /// Its tables.
    pub tables: Vec<TableFacts>,
}

/// An item of a source's `tables`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFacts {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub name_span: Range<usize>,
    /// `identifier`.
    pub identifier: Said<String>,
    /// Its `quoting` and `enabled`.
    pub config: ConfigFacts,
}

impl FileFacts {
    /// Reads the text of a file; `path` tells its kind by its extension.
    pub fn read(path: &str, text: &str) -> FileFacts {
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        let extension = extension.unwrap_or_default().to_ascii_lowercase();
        let says = match extension.as_str() {
            "sql" => Says::Sql(code::read(text)),
            "py" => Says::Python(python::read(text)),
            "csv" => Says::Csv,
            "yml" | "yaml" => entries::read(text),
            _ => Says::Nothing,
        };
        FileFacts {
            checksum: crate::checksum(text),
            other_line_ends: crate::manifest::other_line_ends(text),
            says,
        }
    }

    /// Whether this is the text that `expected` is dbt's checksum of, line ends aside.
    pub fn is_text_of(&self, expected: &str) -> bool {
        let mut known = std::iter::once(&self.checksum).chain(&self.other_line_ends);
        known.any(|it| it.eq_ignore_ascii_case(expected))
    }

    /// Whether two readings say the same of nodes, wherever in the text it stands. What
    /// cannot be read says the same only where it is the same text.
    pub fn means_the_same(&self, other: &FileFacts) -> bool {
        match (&self.says, &other.says) {
            (Says::Unreadable(_), Says::Unreadable(_)) => self.checksum == other.checksum,
            (one, two) => same::meaning(one.clone()) == same::meaning(two.clone()),
        }
    }
}

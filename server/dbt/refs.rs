//! `ref()` and `source()` in SQL, Python and YAML, and snapshot blocks, with spans.
//!
//! Reads what stands there as literals, as dbt's own static reader does; a call
//! with anything else as an argument is left to dbt's run time and not reported.
//! What a call refers to is looked up elsewhere.
//!
//! The text may be half-typed, which is why no template engine reads it: one
//! would stop at the first error, and the calls around it would be lost.

mod call;
mod jinja;
mod python;
#[cfg(test)]
mod tests;
mod token;
mod yaml;

use std::ops::Range;

use lineage::{NodeIx, Nodes};

pub(crate) use self::call::{Function, Words};
pub use self::jinja::snapshot_blocks;
pub(crate) use self::jinja::{Block, BlockKind, Blocks, MAX_NESTED_TEXTS, refs_in_expression};
pub(crate) use self::token::{Language, Token, TokenKind, Tokens};
pub(crate) use self::yaml::refs_in_scalar;

/// Longer texts are no model a person wrote, and not read.
pub(crate) const MAX_BYTES: usize = 8 << 20;

/// A call of `ref()` or `source()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefCall {
    /// The whole call: `ref('x')`.
    pub span: Range<usize>,
    /// The argument that names the node, inside its quotes.
    pub name_span: Range<usize>,
    /// What it refers to.
    pub target: RefTarget,
}

/// What a `ref()` or `source()` refers to, by dbt's names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefTarget {
    /// `ref('package', 'name', v=1)`
    Ref {
        /// The package, where the call names one.
        package: Option<String>,
        /// The node's name.
        name: String,
        /// The version as written; without it the latest one is meant.
        version: Option<String>,
    },
    /// `source('source', 'table')`
    Source {
        /// The source's name.
        source: String,
        /// The table's name.
        table: String,
    },
}

impl RefTarget {
    /// The node that is meant where this stands in a file of `package`.
    pub fn resolve(&self, nodes: &Nodes, package: &str) -> Option<NodeIx> {
        match self {
            RefTarget::Ref {
                package: of,
                name,
                version,
            } => nodes.find_ref(package, of.as_deref(), name, version.as_deref()),
            RefTarget::Source { source, table } => nodes.find_source(package, source, table),
        }
    }
}

/// `{% snapshot name %} … {% endsnapshot %}`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotBlock {
    /// The snapshot's name.
    pub name: String,
    /// Where its name stands.
    pub name_span: Range<usize>,
    /// The whole block; to the text's end where it is not closed.
    pub span: Range<usize>,
}

/// The calls in a SQL file, in its order.
///
/// Inside `{{ }}` and `{% %}` only, and not in `{# #}` or `{% raw %}`. SQL
/// comments count: Jinja renders them, so for dbt the dependency is there.
pub fn refs_in_sql(text: &str) -> Vec<RefCall> {
    jinja::refs(text)
}

/// The calls `dbt.ref()` and `dbt.source()` in a Python model, in its order.
pub fn refs_in_python(text: &str) -> Vec<RefCall> {
    python::refs(text)
}

/// The calls in the values of a YAML file, in its order: `depends_on`, a test's
/// `to`, a unit test's `input`, a semantic model's `model`. Not in comments.
pub fn refs_in_yaml(text: &str) -> Vec<RefCall> {
    yaml::refs(text)
}

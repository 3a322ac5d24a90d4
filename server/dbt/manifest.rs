//! `manifest.json` of dbt Core 1.0 to 1.12 and of Fusion (schema v4 to v12).
//!
//! Reads what lineage needs and skips the rest without decoding it: there is no
//! tree of the whole document, and strings are borrowed from its bytes until
//! they are kept. Every key but `unique_id` and `resource_type` is optional, a
//! definition that makes no sense is left out and counted. Which manifest to
//! read, and how old it is, is for others to say.

mod checksum;
mod document;
mod engine;
mod exposure;
mod lower;
mod naming;
mod node;
#[cfg(test)]
mod tests;

pub(crate) use self::naming::{Parts, default_quoting};
pub(crate) use checksum::other_line_ends;
pub use checksum::{checksum, matches_checksum};
pub use engine::{EXPOSURE_KEYS, EXPOSURE_TYPES, Engine, MATURITIES, Taken};

use std::collections::HashMap;

use lineage::{DisabledNode, Exposure, Node, UniqueId};

use self::document::Document;
use crate::config::Config;
use crate::error::{Error, Problem};

/// What lineage needs of a manifest.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// Where it comes from.
    pub metadata: Metadata,
    /// Models, seeds, snapshots and sources, each `unique_id` once, in the manifest's order.
    pub nodes: Vec<Node>,
    /// Exposures, enabled ones first.
    pub exposures: Vec<Exposure>,
    /// Definitions of nodes that dbt left out. An id may stand here several
    /// times, and among the nodes too.
    pub disabled: Vec<DisabledNode>,
    /// What configures the names of models, seeds and snapshots, as dbt merged it.
    pub configs: HashMap<UniqueId, Config>,
    /// How many definitions could not be read.
    pub n_skipped: usize,
    /// What was left out, and why.
    pub problems: Vec<Problem>,
}

/// Where a manifest comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `12` of `…/manifest/v12.json`.
    pub schema_version: Option<u32>,
    /// The engine that wrote it.
    pub engine: Engine,
    /// That engine's version, as written.
    pub dbt_version: Option<String>,
    /// When, in RFC 3339, as written.
    pub generated_at: Option<String>,
    /// dbt's name of the warehouse: `snowflake`.
    pub adapter_type: Option<String>,
    /// The project's name (schema v10 and later).
    pub project_name: Option<String>,
    /// The id of the run that wrote it.
    pub invocation_id: Option<String>,
}

impl Manifest {
    /// Reads the bytes of a `manifest.json`.
    ///
    /// Bytes that are not UTF-8 are an error and are not replaced: dbt writes
    /// UTF-8 only, and a name with a replaced letter would be another name.
    pub fn parse(bytes: &[u8]) -> Result<Manifest, Error> {
        Ok(lower::lower(Document::parse(bytes)?))
    }
}

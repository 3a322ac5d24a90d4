//! Making a team snapshot: what sites said, and what production calls the nodes.
//!
//! Whoever has the file sees what the token of this machine may see. What is in it
//! is therefore chosen twice: by projects before it is fetched, and by
//! [`Include`] here.

use jiff::Timestamp;
use lineage::{Identifier, Node, Warehouse};
use tableau::snapshot::{Include, RelationRecord, Snapshot, encode, redact};
use tableau::{EnvelopeError, Records};

use crate::workspace::project::LoadedManifest;

/// A snapshot, ready to be written.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many workbooks are in it.
    pub n_workbooks: usize,
    /// How many published datasources.
    pub n_datasources: usize,
    /// How many nodes' relations.
    pub n_relations: usize,
}

/// Makes a snapshot of `sites` for the project of `manifest`.
///
/// # Errors
/// When it cannot be packed.
pub fn make(
    project: &str,
    manifest: &LoadedManifest,
    sites: Vec<Records>,
    include: Include,
    now: Timestamp,
) -> Result<Made, EnvelopeError> {
    let sites: Vec<Records> = sites.into_iter().map(|it| redact(it, include)).collect();
    let relations = manifest.read.nodes.iter().filter_map(|node| {
        let relation = relation(node, &manifest.warehouse)?;
        Some((node.id.to_string(), relation))
    });
    let snapshot = Snapshot {
        project: project.to_owned(),
        generated_at: Some(now),
        relations: relations.collect(),
        sites,
    };
    Ok(Made {
        bytes: encode(&snapshot)?,
        n_workbooks: snapshot.sites.iter().map(|it| it.workbooks.len()).sum(),
        n_datasources: snapshot.sites.iter().map(|it| it.published.len()).sum(),
        n_relations: snapshot.relations.len(),
    })
}

/// A node's relation, each part as the warehouse stores it: quotes are then no matter.
fn relation(node: &Node, warehouse: &Warehouse) -> Option<RelationRecord> {
    let relation = node.relation.as_ref()?;
    let stored = |part: &Identifier| part.stored(warehouse.case());
    Some(RelationRecord {
        database: relation.database.as_ref().map(stored),
        schema: relation.schema.as_ref().map(stored),
        identifier: stored(&relation.name),
    })
}

//! A team snapshot: the content of sites and the relations of production in one file.
//!
//! It flattens the site's permissions: whoever has the file sees what the token of
//! the machine that wrote it saw. [`redact`] therefore leaves out texts and people's
//! addresses unless they are asked for. Which projects are in it is decided before,
//! by what was fetched.

use std::collections::BTreeMap;

use lineage::Timestamp;
use serde::{Deserialize, Serialize};

use crate::envelope::{self, EnvelopeError, Kind};
use crate::lower;
use crate::records::{ItemRecord, PersonRecord, Records, WarningRecord, lenient};

const KIND: Kind = Kind {
    magic: b"EXLSNAP\n",
    version: 1,
};

/// A team snapshot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Snapshot {
    /// The dbt project that it was made beside.
    pub project: String,
    /// When it was made.
    #[serde(with = "lenient::time")]
    pub generated_at: Option<Timestamp>,
    /// What each site said.
    pub sites: Vec<Records>,
    /// Where production keeps each node, by unique id.
    pub relations: BTreeMap<String, RelationRecord>,
}

/// The name of a node's relation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RelationRecord {
    /// The database, catalog or project.
    pub database: Option<String>,
    /// The schema or dataset.
    pub schema: Option<String>,
    /// The table or view.
    pub identifier: String,
}

/// What goes into a snapshot that is left out otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Include {
    /// People's e-mail addresses.
    pub emails: bool,
    /// Descriptions, and what people wrote to data quality warnings.
    pub descriptions: bool,
    /// The text of custom SQL queries.
    pub sql: bool,
}

/// The records without what `include` does not name. Of a query its tables stay.
#[must_use]
pub fn redact(mut records: Records, include: Include) -> Records {
    if !include.sql {
        for query in &mut records.custom_sql {
            query.parsed = Some(lower::parsed(query));
            query.query = None;
        }
    }
    for workbook in &mut records.workbooks {
        redact_item(&mut workbook.item, include);
        redact_warnings(&mut workbook.upstream_data_quality_warnings, include);
    }
    for datasource in records.published.iter_mut().chain(&mut records.embedded) {
        redact_item(&mut datasource.item, include);
        redact_warnings(&mut datasource.data_quality_warnings, include);
    }
    records
}

fn redact_item(item: &mut ItemRecord, include: Include) {
    if !include.descriptions {
        item.description = None;
    }
    if let Some(owner) = item.owner.as_mut().filter(|_| !include.emails) {
        redact_owner(owner);
    }
}

/// On Tableau Cloud the name for signing in is the e-mail address.
fn redact_owner(owner: &mut PersonRecord) {
    let is_address = |it: &String| it.contains('@');
    owner.email = None;
    owner.username = owner.username.take().filter(|it| !is_address(it));
    owner.name = owner.name.take().filter(|it| !is_address(it));
}

fn redact_warnings(all: &mut [WarningRecord], include: Include) {
    for warning in all.iter_mut().filter(|_| !include.descriptions) {
        warning.message = None;
    }
}

/// Packs a snapshot.
pub fn encode(snapshot: &Snapshot) -> Result<Vec<u8>, EnvelopeError> {
    envelope::seal(KIND, snapshot)
}

/// Unpacks a snapshot. The bytes may come from anywhere.
pub fn decode(bytes: &[u8]) -> Result<Snapshot, EnvelopeError> {
    envelope::open(KIND, bytes)
}

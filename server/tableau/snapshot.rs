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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What nobody but the site's users should read, at each place where it may stand.
    fn records() -> Records {
        let owner = json!({"name": "ana@example.com", "username": "ana@example.com",
            "email": "ana@example.com"});
        let warnings = json!([{"id": "x", "value": "Stale", "message": "planted description",
            "isActive": true}]);
        serde_json::from_value(json!({
            "base": "https://t.example.com", "site": "acme",
            "workbooks": [{"id": "w", "luid": "wl", "name": "Sales", "owner": owner,
                "description": "planted description",
                "upstreamDataQualityWarnings": warnings}],
            "published": [{"id": "p", "luid": "pl", "name": "Orders", "owner": owner,
                "description": "planted description", "dataQualityWarnings": warnings}],
            "custom_sql": [{"id": "q", "query": "select 'planted sql' from marts.orders",
                "connectionType": "snowflake", "downstreamWorkbooks": [{"id": "w"}]}],
        }))
        .unwrap()
    }

    fn snapshot(include: Include) -> Snapshot {
        Snapshot {
            project: "shop".to_owned(),
            sites: vec![redact(records(), include)],
            ..Snapshot::default()
        }
    }

    /// Which of the planted words are in the snapshot, unpacked.
    #[track_caller]
    fn check(include: Include, planted: &[&str]) {
        let bytes = encode(&snapshot(include)).unwrap();
        let json = envelope::opened(KIND, &bytes, 1 << 20).unwrap();
        let text = String::from_utf8(json).unwrap();
        let all = ["ana@example.com", "planted description", "planted sql"];
        let found: Vec<&str> = all.into_iter().filter(|it| text.contains(it)).collect();
        assert_eq!(found, planted);
        assert!(text.contains("orders"), "the tables of queries stay");
    }

    #[test]
    fn leaves_out_what_is_not_asked_for() {
        check(Include::default(), &[]);
        let emails = Include {
            emails: true,
            ..Include::default()
        };
        check(emails, &["ana@example.com"]);
        let descriptions = Include {
            descriptions: true,
            ..Include::default()
        };
        check(descriptions, &["planted description"]);
        let sql = Include {
            sql: true,
            ..Include::default()
        };
        check(sql, &["planted sql"]);
    }

    #[test]
    fn reads_back_what_it_wrote_and_the_same_content() {
        let snapshot = snapshot(Include::default());
        let read = decode(&encode(&snapshot).unwrap()).unwrap();
        assert_eq!(read, snapshot);
        let tables = |records: &Records| {
            let content = lower::lower(records, None);
            let datasources = content.workbooks[0].datasources.clone();
            datasources[0].custom_sql[0].tables.clone()
        };
        assert_eq!(tables(&read.sites[0]), tables(&records()));
        assert!(!tables(&read.sites[0]).is_empty());
    }
}

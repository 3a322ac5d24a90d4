//! Records of datasources, embedded and published.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{ItemRecord, RefRecord, TableRecord, lenient};

/// A datasource, embedded or published.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DatasourceRecord {
    /// Its id in the Metadata API.
    #[serde(deserialize_with = "lenient::required")]
    pub id: String,
    /// Its identity, where it is published.
    #[serde(deserialize_with = "lenient::required")]
    pub luid: String,
    /// What every published thing has.
    #[serde(flatten)]
    pub item: ItemRecord,
    /// Whether someone vouches for it.
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "lenient::is_no"
    )]
    pub is_certified: bool,
    /// Warnings on it.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub data_quality_warnings: Vec<WarningRecord>,
    /// Whether it has an extract.
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "lenient::is_no"
    )]
    pub has_extracts: bool,
    /// When its extract was made anew.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub extract_last_refresh_time: Option<String>,
    /// When its extract was changed in any way.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub extract_last_update_time: Option<String>,
    /// The workbook around an embedded one.
    #[serde(
        deserialize_with = "lenient::record",
        skip_serializing_if = "Option::is_none"
    )]
    pub workbook: Option<RefRecord>,
    /// The published datasources that an embedded one stands for.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub parent_published_datasources: Vec<RefRecord>,
    /// The published datasources that it reads.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub upstream_datasources: Vec<RefRecord>,
    /// The tables that it reads.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub upstream_tables: Vec<TableRecord>,
    /// The Prep flows before it.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub upstream_flows: Vec<RefRecord>,
    /// The virtual connections that a published one reads.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub upstream_virtual_connections: Vec<RefRecord>,
    /// The sheets on an embedded one.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub downstream_sheets: Vec<RefRecord>,
    /// What its fields' columns belong to, asked where it lists no table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<ColumnsRecord>,
    /// Its connections, asked where nothing else is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<Vec<ConnectionRecord>>,
}

/// What the columns of a datasource's fields belong to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnsRecord {
    /// Tables.
    pub tables: Vec<TableRecord>,
    /// Ids of custom SQL queries.
    pub custom_sql: Vec<String>,
    /// Ids of tables of virtual connections.
    pub virtual_tables: Vec<String>,
}

/// A connection as REST lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionRecord {
    /// Its class: `sqlproxy`, `snowflake`.
    pub kind: Option<String>,
    /// The datasource behind a `sqlproxy` connection, which is not always its LUID.
    pub datasource_luid: Option<String>,
    /// That datasource's name.
    pub datasource_name: Option<String>,
}

/// A data quality warning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WarningRecord {
    /// Its id.
    #[serde(deserialize_with = "lenient::required")]
    pub id: String,
    /// `Deprecated`, `Stale data`.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub value: Option<String>,
    /// `DEPRECATED`, `STALE`.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub category: Option<String>,
    /// What someone wrote to it.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub message: Option<String>,
    /// Whether it is in force.
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "lenient::is_no"
    )]
    pub is_active: bool,
}

impl DatasourceRecord {
    /// The published datasources before it: those that it stands for, else those that
    /// it reads.
    pub fn parents(&self) -> impl Iterator<Item = &RefRecord> {
        let stated = &self.parent_published_datasources;
        let all = match stated.is_empty() {
            true => &self.upstream_datasources,
            false => stated,
        };
        let mut seen = HashSet::new();
        all.iter().filter(move |it| seen.insert(it.id.as_str()))
    }

    /// The tables that it lists and that its columns belong to.
    pub fn all_tables(&self) -> impl Iterator<Item = &TableRecord> {
        let of_columns = self.columns.iter().flat_map(|it| &it.tables);
        self.upstream_tables.iter().chain(of_columns)
    }

    /// Whether it tells of nothing that it reads, its columns included.
    pub fn lists_nothing(&self) -> bool {
        let by_columns = self.columns.as_ref();
        self.upstream_tables.is_empty()
            && self.parents().next().is_none()
            && by_columns.is_none_or(|it| it.tables.is_empty() && it.custom_sql.is_empty())
    }
}

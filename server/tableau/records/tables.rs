//! Records of what is read: tables, custom SQL, virtual connections, flows.

use serde::{Deserialize, Serialize};

use super::{RefRecord, lenient};

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TableRecord {
    /// Its id in the Metadata API.
    #[serde(deserialize_with = "lenient::required")]
    pub id: String,
    /// Its name; `None` where the user may not see it.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// `[DB].[SCHEMA].[T]`; what to trust.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub full_name: Option<String>,
    /// The schema picked last in a dialogue: a hint.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub schema: Option<String>,
    /// The class of its connection.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub connection_type: Option<String>,
    /// The database around it.
    #[serde(
        deserialize_with = "lenient::record",
        skip_serializing_if = "Option::is_none"
    )]
    pub database: Option<DatabaseRecord>,
    /// The Prep flows that write it.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub upstream_flows: Vec<RefRecord>,
    /// Its name taken apart and completed, where a file told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parsed: Option<ParsedTable>,
}

/// A database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DatabaseRecord {
    /// Its name; for BigQuery what people call the project.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// The class of its connection.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub connection_type: Option<String>,
}

/// A table's name, taken apart and completed from its connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ParsedTable {
    /// As written.
    pub raw: String,
    /// The database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<NamePart>,
    /// The schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<NamePart>,
    /// The table itself.
    pub name: NamePart,
    /// Whether the database was written in `raw`.
    pub database_stated: bool,
}

/// A part of a name; see [`lineage::Identifier`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct NamePart {
    /// Without its quotes.
    pub text: String,
    /// Whether the warehouse keeps its case.
    pub quoted: bool,
}

/// A custom SQL query.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CustomSqlRecord {
    /// Its id in the Metadata API.
    #[serde(deserialize_with = "lenient::required")]
    pub id: String,
    /// Its name.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Its text; `None` where only [`CustomSqlRecord::parsed`] is kept, as in a snapshot.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub query: Option<String>,
    /// Whether Tableau could not read it.
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "lenient::is_no"
    )]
    pub is_unsupported_custom_sql: bool,
    /// The class of its connection.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub connection_type: Option<String>,
    /// The database that it runs in.
    #[serde(
        deserialize_with = "lenient::record",
        skip_serializing_if = "Option::is_none"
    )]
    pub database: Option<DatabaseRecord>,
    /// The tables that Tableau saw in it.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tables: Vec<TableRecord>,
    /// The published datasources that it feeds.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub downstream_datasources: Vec<RefRecord>,
    /// The workbooks that it feeds.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub downstream_workbooks: Vec<RefRecord>,
    /// The sheets that it feeds.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub downstream_sheets: Vec<RefRecord>,
    /// What its text was read as, where the text itself is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parsed: Option<ParsedSql>,
}

/// What a query reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ParsedSql {
    /// Its tables, completed from its connection.
    pub tables: Vec<ParsedTable>,
    /// Why there may be more, where there may.
    pub unreadable: Option<String>,
}

/// A virtual connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VirtualConnectionRecord {
    /// Its id in the Metadata API.
    #[serde(deserialize_with = "lenient::required")]
    pub id: String,
    /// Its identity.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub luid: Option<String>,
    /// Its name.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Its tables, each with what it reads.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tables: Vec<VirtualTableRecord>,
    /// What all of it reads.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub upstream_tables: Vec<TableRecord>,
}

/// A table of a virtual connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VirtualTableRecord {
    /// Its id in the Metadata API.
    #[serde(deserialize_with = "lenient::required")]
    pub id: String,
    /// Its name.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// What it reads.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub upstream_tables: Vec<TableRecord>,
}

/// A Prep flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowRecord {
    /// Its id in the Metadata API.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// The tables that it reads.
    pub inputs: Vec<TableRecord>,
}

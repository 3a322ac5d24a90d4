//! What one site said, as it said it.
//!
//! The shapes of the Metadata API's answers, with what REST adds to them. They are
//! kept in the content cache and in snapshots, so nothing secret may ever stand
//! here. Everything is optional, since a site leaves out or hides what it likes;
//! [`mod@crate::lower`] makes [`lineage::Content`] of it and decides what is missing.

use std::collections::BTreeMap;

use lineage::{GapCode, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) mod lenient;

/// What is known of one site.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Records {
    /// `https://host[:port]`.
    pub base: String,
    /// The site's URL name; empty for the Default site.
    pub site: String,
    /// When it was read.
    #[serde(with = "lenient::time", skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<Timestamp>,
    /// When all of it was read, known or not.
    #[serde(with = "lenient::time", skip_serializing_if = "Option::is_none")]
    pub full_at: Option<Timestamp>,
    /// Globs of the projects that were asked for; empty for all.
    pub projects_wanted: Vec<String>,
    /// Globs of the projects that were left out.
    pub projects_excluded: Vec<String>,
    /// Whether the lists of workbooks and datasources were read to their ends.
    pub catalogue_complete: bool,
    /// How lineage was read.
    pub way: Way,
    /// The tree of Tableau projects.
    pub projects: Vec<ProjectRecord>,
    /// Workbooks, by LUID.
    pub workbooks: Vec<WorkbookRecord>,
    /// The datasources inside workbooks, by id.
    pub embedded: Vec<DatasourceRecord>,
    /// Published datasources, by id.
    pub published: Vec<DatasourceRecord>,
    /// Custom SQL queries, by id.
    pub custom_sql: Vec<CustomSqlRecord>,
    /// Virtual connections, by id.
    pub virtual_connections: Vec<VirtualConnectionRecord>,
    /// Prep flows and what they read, by id.
    pub flows: Vec<FlowRecord>,
    /// How often views were opened.
    pub usage: UsageRecord,
    /// What the site said about its own answers, and what was left out on the way.
    pub notes: Vec<NoteRecord>,
}

/// How lineage was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// From the Metadata API.
    #[default]
    Metadata,
    /// From the workbooks themselves, downloaded, since the Metadata API is off.
    Downloads,
}

/// A Tableau project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectRecord {
    /// Its identity.
    pub luid: String,
    /// Its name, unique below its parent.
    pub name: Option<String>,
    /// The project around it.
    pub parent: Option<String>,
}

/// A workbook.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WorkbookRecord {
    /// Its id in the Metadata API; empty where that API does not know it.
    #[serde(deserialize_with = "lenient::required")]
    pub id: String,
    /// Its identity.
    #[serde(deserialize_with = "lenient::required")]
    pub luid: String,
    /// What every published thing has.
    #[serde(flatten)]
    pub item: ItemRecord,
    /// Its sheets, hidden ones included.
    #[serde(deserialize_with = "lenient::list")]
    pub sheets: Vec<ViewRecord>,
    /// Its dashboards and stories.
    #[serde(deserialize_with = "lenient::list")]
    pub dashboards: Vec<ViewRecord>,
    /// Its datasources; [`Records::embedded`] tells more of each.
    #[serde(deserialize_with = "lenient::list")]
    pub embedded_datasources: Vec<RefRecord>,
    /// The virtual connections that any of its datasources reads.
    #[serde(deserialize_with = "lenient::list")]
    pub upstream_virtual_connections: Vec<RefRecord>,
    /// Warnings on what it reads.
    #[serde(deserialize_with = "lenient::list")]
    pub upstream_data_quality_warnings: Vec<WarningRecord>,
}

/// What workbooks and published datasources have in common.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ItemRecord {
    /// Its name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Its description.
    #[serde(deserialize_with = "lenient::text")]
    pub description: Option<String>,
    /// `sites/1/workbooks/265605`.
    #[serde(deserialize_with = "lenient::text")]
    pub uri: Option<String>,
    /// The number in its address.
    #[serde(deserialize_with = "lenient::text")]
    pub vizportal_url_id: Option<String>,
    /// The name in its address; from REST.
    #[serde(deserialize_with = "lenient::text")]
    pub content_url: Option<String>,
    /// Its page; from REST.
    #[serde(deserialize_with = "lenient::text")]
    pub webpage_url: Option<String>,
    /// The project it lies in; `None` in a personal space.
    #[serde(deserialize_with = "lenient::text")]
    pub project_luid: Option<String>,
    /// That project's own name.
    #[serde(deserialize_with = "lenient::text")]
    pub project_name: Option<String>,
    /// When it was changed last, as REST says.
    #[serde(deserialize_with = "lenient::text")]
    pub updated_at: Option<String>,
    /// Who owns it.
    #[serde(deserialize_with = "lenient::record")]
    pub owner: Option<PersonRecord>,
    /// Whether its lineage is to be asked again, whatever its time of change says:
    /// it came incomplete, or the site had not caught up with a change.
    pub unsettled: bool,
    /// Whether nothing was heard of its lineage at all.
    pub unknown: bool,
}

/// A person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonRecord {
    /// Their full name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The name they sign in with; an e-mail address on Tableau Cloud.
    #[serde(deserialize_with = "lenient::text")]
    pub username: Option<String>,
    /// Their e-mail address.
    #[serde(deserialize_with = "lenient::text")]
    pub email: Option<String>,
}

/// A sheet, a dashboard or a story.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewRecord {
    /// Its id in the Metadata API.
    #[serde(deserialize_with = "lenient::required")]
    pub id: String,
    /// Its identity; hidden sheets have none.
    #[serde(deserialize_with = "lenient::text")]
    pub luid: Option<String>,
    /// Its name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// `WorkbookContentUrl/ViewUrlName`; hidden sheets have none.
    #[serde(deserialize_with = "lenient::text")]
    pub path: Option<String>,
    /// The sheets on a dashboard; stories are said to have none.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub sheets: Vec<RefRecord>,
    /// What a story reads, asked where it shows no sheets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reads: Option<ReadsRecord>,
    /// Whether it is a story, where a file or the list of views tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub story: Option<bool>,
}

/// What a view reads, by ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReadsRecord {
    /// Tables.
    #[serde(deserialize_with = "lenient::list")]
    pub upstream_tables: Vec<RefRecord>,
    /// Published datasources.
    #[serde(deserialize_with = "lenient::list")]
    pub upstream_datasources: Vec<RefRecord>,
}

/// Something else, by its ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct RefRecord {
    /// Its id in the Metadata API.
    #[serde(deserialize_with = "lenient::required")]
    pub id: String,
    /// Its identity, where it has one.
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
}

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
    #[serde(deserialize_with = "lenient::flag")]
    pub is_certified: bool,
    /// Warnings on it.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub data_quality_warnings: Vec<WarningRecord>,
    /// Whether it has an extract.
    #[serde(deserialize_with = "lenient::flag")]
    pub has_extracts: bool,
    /// When its extract was made anew.
    #[serde(deserialize_with = "lenient::text")]
    pub extract_last_refresh_time: Option<String>,
    /// When its extract was changed in any way.
    #[serde(deserialize_with = "lenient::text")]
    pub extract_last_update_time: Option<String>,
    /// The workbook around an embedded one.
    #[serde(deserialize_with = "lenient::record")]
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
    #[serde(deserialize_with = "lenient::list")]
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
    #[serde(deserialize_with = "lenient::text")]
    pub value: Option<String>,
    /// `DEPRECATED`, `STALE`.
    #[serde(deserialize_with = "lenient::text")]
    pub category: Option<String>,
    /// What someone wrote to it.
    #[serde(deserialize_with = "lenient::text")]
    pub message: Option<String>,
    /// Whether it is in force.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_active: bool,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TableRecord {
    /// Its id in the Metadata API.
    #[serde(deserialize_with = "lenient::required")]
    pub id: String,
    /// Its name; `None` where the user may not see it.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// `[DB].[SCHEMA].[T]`; what to trust.
    #[serde(deserialize_with = "lenient::text")]
    pub full_name: Option<String>,
    /// The schema picked last in a dialogue: a hint.
    #[serde(deserialize_with = "lenient::text")]
    pub schema: Option<String>,
    /// The class of its connection.
    #[serde(deserialize_with = "lenient::text")]
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
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The class of its connection.
    #[serde(deserialize_with = "lenient::text")]
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
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Its text; `None` in a snapshot, where [`CustomSqlRecord::parsed`] stands for it.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub query: Option<String>,
    /// Whether Tableau could not read it.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_unsupported_custom_sql: bool,
    /// The class of its connection.
    #[serde(deserialize_with = "lenient::text")]
    pub connection_type: Option<String>,
    /// The database that it runs in.
    #[serde(
        deserialize_with = "lenient::record",
        skip_serializing_if = "Option::is_none"
    )]
    pub database: Option<DatabaseRecord>,
    /// The tables that Tableau saw in it.
    #[serde(deserialize_with = "lenient::list")]
    pub tables: Vec<TableRecord>,
    /// The published datasources that it feeds.
    #[serde(deserialize_with = "lenient::list")]
    pub downstream_datasources: Vec<RefRecord>,
    /// The workbooks that it feeds.
    #[serde(deserialize_with = "lenient::list")]
    pub downstream_workbooks: Vec<RefRecord>,
    /// The sheets that it feeds.
    #[serde(deserialize_with = "lenient::list")]
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
    #[serde(deserialize_with = "lenient::text")]
    pub luid: Option<String>,
    /// Its name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Its tables, each with what it reads.
    #[serde(deserialize_with = "lenient::list")]
    pub tables: Vec<VirtualTableRecord>,
    /// What all of it reads.
    #[serde(deserialize_with = "lenient::list")]
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
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// What it reads.
    #[serde(deserialize_with = "lenient::list")]
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

/// How often views were opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UsageRecord {
    /// When it was read.
    #[serde(with = "lenient::time", skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The time to which growth is counted from.
    #[serde(with = "lenient::time", skip_serializing_if = "Option::is_none")]
    pub earlier_at: Option<Timestamp>,
    /// The time of the counts that will be compared with later.
    #[serde(with = "lenient::time", skip_serializing_if = "Option::is_none")]
    pub middle_at: Option<Timestamp>,
    /// By the view's LUID.
    pub views: BTreeMap<String, ViewUsageRecord>,
}

/// How often one view was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewUsageRecord {
    /// Since it was published.
    pub total: u64,
    /// The same at [`UsageRecord::earlier_at`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier: Option<u64>,
    /// The same at [`UsageRecord::middle_at`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle: Option<u64>,
    /// `dashboard`, `story` or `view`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet_type: Option<String>,
    /// The workbook around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workbook_luid: Option<String>,
    /// Its name, while a site is read.
    #[serde(skip)]
    pub name: Option<String>,
    /// `WorkbookContentUrl/ViewUrlName`, while a site is read.
    #[serde(skip)]
    pub path: Option<String>,
}

/// Something to know about what was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NoteRecord {
    /// What kind.
    pub kind: NoteKind,
    /// One sentence without a full stop.
    pub message: String,
    /// The workbook it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// A kind of note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// Nothing is missing.
    Information,
    /// A part was given up: limits of nodes or time.
    Truncated,
    /// The site is still working out its lineage.
    MetadataIncomplete,
    /// The token sees only part of the site.
    VisibilityLimited,
    /// A part that the site does not offer, or refuses.
    MetadataUnavailable,
    /// A workbook or datasource file could not be read.
    FileUnreadable,
    /// A stored procedure hides the tables it reads.
    StoredProcedure,
    /// What an extract was made from is not known.
    ExtractOnly,
    /// What a virtual connection reads is not known.
    VirtualConnection,
    /// The list of workbooks was not read to its end.
    CatalogueIncomplete,
    /// What some Prep flows read is not known.
    FlowsTruncated,
    /// View counts are not up to date; no lineage is missing.
    UsageStale,
}

impl NoteKind {
    /// What it leaves unknown, if anything.
    pub fn gap(self) -> Option<GapCode> {
        Some(match self {
            NoteKind::Information | NoteKind::UsageStale => return None,
            NoteKind::Truncated | NoteKind::CatalogueIncomplete | NoteKind::FlowsTruncated => {
                GapCode::Truncated
            }
            NoteKind::MetadataIncomplete => GapCode::MetadataIncomplete,
            NoteKind::VisibilityLimited => GapCode::VisibilityLimited,
            NoteKind::MetadataUnavailable => GapCode::MetadataUnavailable,
            NoteKind::FileUnreadable => GapCode::FileUnreadable,
            NoteKind::StoredProcedure => GapCode::StoredProcedure,
            NoteKind::ExtractOnly => GapCode::ExtractOnly,
            NoteKind::VirtualConnection => GapCode::VirtualConnection,
        })
    }
}

impl Records {
    /// `host[:port]` of the site's server.
    pub fn host(&self) -> &str {
        self.base
            .split_once("://")
            .map_or(self.base.as_str(), |(_, host)| host)
    }
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
        let mut seen = std::collections::HashSet::new();
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

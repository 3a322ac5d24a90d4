//! What one site said, as it said it.
//!
//! The shapes of the Metadata API's answers, with what REST adds to them. They are
//! kept in the content cache and in snapshots, so nothing secret may ever stand
//! here. Everything is optional, since a site leaves out or hides what it likes;
//! [`crate::lower()`] makes [`lineage::Content`] of it and decides what is missing.

use lineage::Timestamp;
use serde::{Deserialize, Serialize};

pub use datasource::{ColumnsRecord, ConnectionRecord, DatasourceRecord, WarningRecord};
pub use notes::{NoteKind, NoteRecord, UsageRecord, ViewUsageRecord};
pub use tables::{
    CustomSqlRecord, DatabaseRecord, FlowRecord, NamePart, ParsedSql, ParsedTable, TableRecord,
    VirtualConnectionRecord, VirtualTableRecord,
};

mod datasource;
pub(crate) mod lenient;
mod notes;
mod tables;

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
    /// Whether the token's user sees everything on the site, by its role there; nothing
    /// else of that user is kept.
    pub sees_all: bool,
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
    /// The version of the program that parsed the queries.
    pub parsed_by: String,
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
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub sheets: Vec<ViewRecord>,
    /// Its dashboards and stories.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub dashboards: Vec<ViewRecord>,
    /// Its datasources; [`Records::embedded`] tells more of each.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub embedded_datasources: Vec<RefRecord>,
    /// The virtual connections that any of its datasources reads.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub upstream_virtual_connections: Vec<RefRecord>,
    /// Warnings on what it reads.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub upstream_data_quality_warnings: Vec<WarningRecord>,
}

/// What workbooks and published datasources have in common.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ItemRecord {
    /// Its name.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Its description.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    /// `sites/1/workbooks/265605`.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub uri: Option<String>,
    /// The number in its address.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub vizportal_url_id: Option<String>,
    /// The name in its address; from REST.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub content_url: Option<String>,
    /// Its page; from REST.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub webpage_url: Option<String>,
    /// The project it lies in; `None` in a personal space.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub project_luid: Option<String>,
    /// That project's own name.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub project_name: Option<String>,
    /// When it was changed last, as REST says.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<String>,
    /// Who owns it.
    #[serde(
        deserialize_with = "lenient::record",
        skip_serializing_if = "Option::is_none"
    )]
    pub owner: Option<PersonRecord>,
    /// Whether its lineage is to be asked again, whatever its time of change says:
    /// it came incomplete, or the site had not caught up with a change.
    #[serde(skip_serializing_if = "lenient::is_no")]
    pub unsettled: bool,
    /// Whether nothing was heard of its lineage at all.
    #[serde(skip_serializing_if = "lenient::is_no")]
    pub unknown: bool,
}

/// A person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonRecord {
    /// Their full name.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// The name they sign in with; an e-mail address on Tableau Cloud.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub username: Option<String>,
    /// Their e-mail address.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
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
    /// `WorkbookContentUrl/ViewUrlName`; hidden sheets have none.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
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
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub upstream_tables: Vec<RefRecord>,
    /// Published datasources.
    #[serde(
        deserialize_with = "lenient::list",
        skip_serializing_if = "Vec::is_empty"
    )]
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

impl Records {
    /// `host[:port]` of the site's server.
    pub fn host(&self) -> &str {
        self.base
            .split_once("://")
            .map_or(self.base.as_str(), |(_, host)| host)
    }
}

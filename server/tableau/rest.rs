//! Items of the REST API's lists as records.
//!
//! Fields come as [`crate::loose`] reads them; an item without an identity is none.

use serde_json::Value;

use crate::loose::{number, text};
use crate::records::{ConnectionRecord, ItemRecord, PersonRecord, ProjectRecord, ViewUsageRecord};

/// A workbook or datasource as REST lists it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Listed {
    /// Its identity.
    pub(crate) luid: String,
    /// What the list tells.
    pub(crate) item: ItemRecord,
}

/// Reads a workbook or a datasource.
pub(crate) fn listed(it: &Value) -> Option<Listed> {
    Some(Listed {
        luid: text(&it["id"])?,
        item: ItemRecord {
            name: text(&it["name"]),
            description: text(&it["description"]),
            content_url: text(&it["contentUrl"]),
            webpage_url: text(&it["webpageUrl"]),
            project_luid: text(&it["project"]["id"]),
            project_name: text(&it["project"]["name"]),
            updated_at: text(&it["updatedAt"]),
            owner: owner(&it["owner"]),
            ..ItemRecord::default()
        },
    })
}

/// An owner; lists of older servers tell only an id, which nobody wants to read.
fn owner(it: &Value) -> Option<PersonRecord> {
    let owner = PersonRecord {
        name: text(&it["fullName"]),
        username: text(&it["name"]),
        email: text(&it["email"]),
    };
    (owner != PersonRecord::default()).then_some(owner)
}

/// Reads a project.
pub(crate) fn project(it: &Value) -> Option<ProjectRecord> {
    Some(ProjectRecord {
        luid: text(&it["id"])?,
        name: text(&it["name"]),
        parent: text(&it["parentProjectId"]),
    })
}

/// Reads a view and how often it was opened.
pub(crate) fn view(it: &Value) -> Option<(String, ViewUsageRecord)> {
    let usage = ViewUsageRecord {
        total: number(&it["usage"]["totalViewCount"]).unwrap_or_default(),
        sheet_type: text(&it["sheetType"]),
        workbook_luid: text(&it["workbook"]["id"]),
        name: text(&it["name"]),
        path: text(&it["contentUrl"]).map(|it| it.replacen("/sheets/", "/", 1)),
        ..ViewUsageRecord::default()
    };
    Some((text(&it["id"])?, usage))
}

/// Reads a connection.
pub(crate) fn connection(it: &Value) -> ConnectionRecord {
    ConnectionRecord {
        kind: text(&it["type"]),
        datasource_luid: text(&it["datasource"]["id"]),
        datasource_name: text(&it["datasource"]["name"]),
    }
}

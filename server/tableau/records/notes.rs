//! Records of how often views were opened, and of what is to be known beside content.

use std::collections::BTreeMap;

use lineage::{GapCode, Timestamp};
use serde::{Deserialize, Serialize};

use super::lenient;

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
    /// That workbook's identity, where the note holds until it is read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub luid: Option<String>,
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

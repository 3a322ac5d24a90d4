//! What is not known, and what that touches.
//!
//! A [`Gap`] is the reason why an empty answer may not be a zero. Whoever reads
//! a file or a site adds gaps; [`crate::graph`] decides which nodes they touch.

use crate::warehouse::Warehouse;

/// A kind of missing knowledge. Names are part of the JSON contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GapCode {
    /// A workbook or datasource file could not be read.
    FileUnreadable,
    /// A custom SQL query could not be parsed.
    CustomSqlUnreadable,
    /// Only an extract is there; what it was made from is not known.
    ExtractOnly,
    /// A workbook reads a published datasource that is not at hand.
    PublishedDatasourceUnavailable,
    /// A workbook reads a virtual connection, whose tables are not at hand.
    VirtualConnection,
    /// A stored procedure hides the tables it reads.
    StoredProcedure,
    /// A table's name is hidden from the user.
    NameHidden,
    /// The same table name fits several relations.
    Ambiguous,
    /// The user has not signed in to a site that is named in the settings.
    NotSignedIn,
    /// A site has never been read: it cannot be reached, or refuses.
    SiteUnavailable,
    /// What is known of a site is old: the last refresh failed.
    RefreshFailed,
    /// The site gave up on a part of what it was asked: limits of nodes or time.
    Truncated,
    /// The site is still working out its own lineage.
    MetadataIncomplete,
    /// The token sees only part of the site.
    VisibilityLimited,
    /// The site is too old, or its Metadata API is off, for a part of what is asked.
    MetadataUnavailable,
    /// A team snapshot could not be fetched or read.
    SnapshotUnavailable,
}

impl GapCode {
    /// Every code there is.
    pub const ALL: [GapCode; 16] = [
        GapCode::FileUnreadable,
        GapCode::CustomSqlUnreadable,
        GapCode::ExtractOnly,
        GapCode::PublishedDatasourceUnavailable,
        GapCode::VirtualConnection,
        GapCode::StoredProcedure,
        GapCode::NameHidden,
        GapCode::Ambiguous,
        GapCode::NotSignedIn,
        GapCode::SiteUnavailable,
        GapCode::RefreshFailed,
        GapCode::Truncated,
        GapCode::MetadataIncomplete,
        GapCode::VisibilityLimited,
        GapCode::MetadataUnavailable,
        GapCode::SnapshotUnavailable,
    ];

    /// The code in JSON answers.
    pub fn as_str(self) -> &'static str {
        match self {
            GapCode::FileUnreadable => "file_unreadable",
            GapCode::CustomSqlUnreadable => "custom_sql_unreadable",
            GapCode::ExtractOnly => "extract_only",
            GapCode::PublishedDatasourceUnavailable => "published_datasource_unavailable",
            GapCode::VirtualConnection => "virtual_connection",
            GapCode::StoredProcedure => "stored_procedure",
            GapCode::NameHidden => "name_hidden",
            GapCode::Ambiguous => "ambiguous",
            GapCode::NotSignedIn => "not_signed_in",
            GapCode::SiteUnavailable => "site_unavailable",
            GapCode::RefreshFailed => "refresh_failed",
            GapCode::Truncated => "truncated",
            GapCode::MetadataIncomplete => "metadata_incomplete",
            GapCode::VisibilityLimited => "visibility_limited",
            GapCode::MetadataUnavailable => "metadata_unavailable",
            GapCode::SnapshotUnavailable => "snapshot_unavailable",
        }
    }
}

/// Something that is not known about Tableau's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What kind.
    pub code: GapCode,
    /// What is missing in one sentence, without a full stop.
    pub message: String,
    /// The workbook, datasource or file it is about; `None` where it speaks of the whole
    /// content, or counts by itself.
    pub about: Option<String>,
    /// The warehouse behind it, where that limits which nodes it can touch.
    pub warehouse: Warehouse,
}

impl Gap {
    /// Whether it is about a whole place that content comes from, and not about one
    /// thing in it: it is said in its own words, not counted with others of its kind.
    pub fn is_about_a_place(&self) -> bool {
        use GapCode::{
            MetadataIncomplete, MetadataUnavailable, NotSignedIn, RefreshFailed, SiteUnavailable,
            SnapshotUnavailable, Truncated, VisibilityLimited,
        };
        let is_of_places = matches!(
            self.code,
            NotSignedIn
                | SiteUnavailable
                | RefreshFailed
                | Truncated
                | MetadataIncomplete
                | VisibilityLimited
                | MetadataUnavailable
                | SnapshotUnavailable
        );
        is_of_places && self.about.is_none()
    }
}

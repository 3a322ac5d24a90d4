//! Which dashboards read this dbt node?
//!
//! The pure centre of Exposure Lens: dbt's nodes on one side, Tableau's content
//! on the other, and the [`Usage`]s that tie them together. No I/O, no clock, no
//! environment; nothing here can fail, it can only know less and say so.

pub mod content;
pub mod exposure;
pub mod graph;
mod hidden;
pub mod identity;
mod kinship;
pub mod knowledge;
pub mod matching;
pub mod merge;
pub mod naming;
pub mod node;
pub mod page;
mod published;
pub mod relation;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod usage;
pub mod warehouse;

pub use content::{
    Connection, Content, ContentKind, CustomSql, Dashboard, Datasource, Extract, FieldColumn, Luid,
    Person, PublishedDatasource, PublishedRef, RecentViews, Sheet, Table, Through, ViewCount,
    Workbook,
};
pub use exposure::{Exposure, ExposureName, Owner};
pub use graph::{AtPage, Lineage, LineageInput, NearMiss, Read, Upstream};
pub use identity::{Identity, Presence, SameAs, Subject, is_placeholder};
/// When something was, as times are passed in; there is no clock in this crate.
pub use jiff::Timestamp;
pub use knowledge::{Gap, GapCode};
pub use matching::{MatchKind, Matcher, NameComparison, PartFit, Reason, Unmatched, Verdict};
pub use merge::merge;
pub use naming::{NamePattern, NameRule, NamedBy, Production, ProductionName, Proposal};
pub use node::{Access, DisabledNode, Node, NodeIx, NodeKind, Nodes, Standing, UniqueId};
pub use page::{PageLink, Shown};
pub use published::PublishedIx;
pub use relation::{Identifier, Relation};
pub use usage::{DashboardUsage, Evidence, Usage, WorkbookIx, WorkbookUsage};
pub use warehouse::{Case, Warehouse};

//! Which dashboards read this dbt node?
//!
//! The pure centre of Exposure Lens: dbt's nodes on one side, Tableau's content
//! on the other, and the [`Usage`]s that tie them together. No I/O, no clock, no
//! environment; nothing here can fail, it can only know less and say so.

pub mod content;
pub mod exposure;
pub mod knowledge;
pub mod node;
pub mod relation;
pub mod warehouse;

pub use content::{
    Connection, Content, ContentKind, CustomSql, Dashboard, Datasource, Extract, FieldColumn, Luid,
    Person, PublishedDatasource, PublishedRef, Sheet, Table, Workbook,
};
pub use exposure::{Exposure, ExposureName, Owner};
pub use knowledge::{Gap, GapCode};
pub use node::{Access, DisabledNode, Node, NodeIx, NodeKind, Nodes, UniqueId};
pub use relation::{Identifier, Relation};
pub use warehouse::{Case, Warehouse};

//! Tableau's files, lowered to [`lineage::Workbook`] and [`lineage::PublishedDatasource`].
//!
//! Bytes in, model out: no disk, no network, no clock. Whatever is inside a file
//! or missing from it, reading ends with a model and its gaps or with one
//! [`Error`] for that file.

mod container;
mod custom_sql;
mod error;
mod limits;
mod table_name;
mod workbook;
mod xml;

pub use custom_sql::tables_of_query;
pub use error::{Cause, Error};
pub use limits::Limits;
pub use table_name::parse_table_name;
pub use workbook::{FileReading, TableauFile, read_file, read_file_with, read_from};

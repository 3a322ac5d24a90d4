//! Tableau's files and sites, lowered to [`lineage::Content`].
//!
//! Pure: reading files (bytes in, model out), and making content of what a site said
//! ([`records`], [`lower()`], [`content_cache`], [`snapshot`]); no disk, network or clock.
//! Whatever is inside a file or missing from it, reading ends with a model and its gaps
//! or with one [`Error`] for that file.
//!
//! Network: only [`Client`] and, for a team snapshot, [`PublicFile`] open connections,
//! and [`fetch()`] asks through the first; all three are async. A client goes to the site
//! that it was given and to no other host; its failures are [`SiteError`]s, each with the
//! next step. The clock and the place where a session is shared are passed in.

mod address;
mod auth;
mod client;
mod container;
pub mod content_cache;
mod custom_sql;
mod envelope;
mod error;
mod fetch;
mod limits;
mod loose;
mod lower;
mod metadata;
pub mod records;
mod rest;
mod site_error;
pub mod snapshot;
mod table_name;
mod workbook;
mod xml;

pub use address::{AddressError, Page, PageAddress, SiteAddress};
pub use auth::{Credential, LockedSession, OwnSession, Session, SessionStore};
#[cfg(feature = "testing")]
pub use client::Testing;
pub use client::{
    Client, ClientOptions, Counts, Listed, MetadataAnswer, MetadataProblem, PublicAnswer,
    PublicFile, SignedIn, Timeouts,
};
pub use custom_sql::tables_of_query;
pub use envelope::EnvelopeError;
pub use error::{Cause, Error};
pub use fetch::{FetchOptions, Fetched, Progress, Summary, Wanted, fetch};
pub use limits::Limits;
pub use lower::lower;
pub use records::Records;
pub use site_error::{Said, SiteError};
pub use table_name::parse_table_name;
pub use workbook::{FileReading, TableauFile, read_file, read_file_with, read_from};

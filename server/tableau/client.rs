//! The only place of this crate that opens a connection.
//!
//! A [`Client`] speaks with one site: it signs in, shares the session, pages, retries
//! and keeps every call within bounds of time, size and number. What to ask and in
//! which order is left to its callers.

mod cloud;
mod connect;
mod fault;
mod listing;
mod metadata;
mod options;
mod public_file;
mod refusal;
mod session;
mod sign_in;
mod wire;

pub use listing::Listed;
pub use metadata::{MetadataAnswer, MetadataProblem};
#[cfg(feature = "testing")]
pub use options::Testing;
pub use options::{ClientOptions, Timeouts};
pub use public_file::{PublicAnswer, PublicFile};
pub use sign_in::SignedIn;
pub use wire::Counts;

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::Value;
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use crate::address::SiteAddress;
use crate::auth::{Credential, Session, SessionStore};
use crate::site_error::{Said, SiteError};
use session::Seat;
use sign_in::ServerInfo;
use wire::{Call, Reply, Wants, Wire};

/// One site, and what is needed to speak with it.
///
/// Calls may run at once; they share a session and the bounds. Dropping a call's future
/// cancels it.
pub struct Client {
    address: SiteAddress,
    place: OnceCell<SiteAddress>,
    server: OnceCell<ServerInfo>,
    credential: Arc<Credential>,
    store: Arc<dyn SessionStore>,
    seat: Mutex<Seat>,
    wire: Wire,
    clock: fn() -> Timestamp,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("address", &self.address)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
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
            wire: Wire::new(&address, options, clock)?,
            address,
            place: OnceCell::new(),
            server: OnceCell::new(),
            credential,
            store,
            seat: Mutex::default(),
            clock,
        })
    }

    /// Gets `/api/{version}/sites/{site}/{path}`: an object.
    pub async fn rest(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, SiteError> {
        self.get(path, query, Wants::Json).await.map(Reply::json)
    }

    /// Gets a file below the site's REST path, at most `max_bytes` long.
    pub async fn download(
        &self,
        path: &str,
        query: &[(&str, &str)],
        max_bytes: u64,
    ) -> Result<Vec<u8>, SiteError> {
        let reply = self.get(path, query, Wants::File { max_bytes }).await?;
        Ok(reply.file())
    }

    /// What was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.wire.counts()
    }

    /// The address that the client was made with; [`SignedIn::address`] is where the site is.
    #[must_use]
    pub fn address(&self) -> &SiteAddress {
        &self.address
    }

    async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
        wants: Wants,
    ) -> Result<Reply, SiteError> {
        let doing = match wants {
            Wants::File { .. } => "download",
            _ => "read content",
        };
        let at = self.place().await?;
        let call_of = |session: &Session| {
            let below = ["api", &session.api_version, "sites", &session.site_luid];
            let mut url = url_of(at, below.into_iter().chain(path.split('/')))?;
            url.set_query(wire::query_text(query).as_deref());
            Ok(Call::new(Method::GET, url, doing).wanting(wants))
        };
        let answer = self.within_session(&call_of).await?;
        answer.map_err(|it| it.into_error(at.host().to_owned(), doing))
    }
}

/// A URL on the site's server. No segment can climb: `..` is left out, `/` is encoded.
fn url_of<'a>(at: &SiteAddress, path: impl Iterator<Item = &'a str>) -> Result<Url, SiteError> {
    let unfit = || SiteError::SetUp {
        host: at.host().to_owned(),
        reason: Said::new("the address has no path"),
    };
    let mut url = at.url().ok_or_else(unfit)?;
    url.path_segments_mut()
        .map_err(|()| unfit())?
        .clear()
        .extend(path);
    Ok(url)
}

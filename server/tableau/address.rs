//! Where a Tableau site is, from whatever address a user has at hand.
//!
//! A site is a server (scheme, host, port) and a content URL, the part after
//! `/site/` in a browser. Nothing else of an address is kept: no user, no path,
//! no query.

mod page;

pub use page::{Page, PageAddress};

use std::fmt;

/// A Tableau site: a server and a site on it.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SiteAddress {
    base: String,
    site: String,
}

/// Why a text is no address of a Tableau site.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was given.
    #[error("cannot read an empty address")]
    Empty,
}

impl SiteAddress {
    /// Reads any browser address of a site, or of any page of it.
    pub fn parse(text: &str) -> Result<SiteAddress, AddressError> {
        let _ = text;
        Err(AddressError::Empty)
    }

    /// Scheme, host and port: `https://host[:port]`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The site's content URL; empty for a server's Default site.
    #[must_use]
    pub fn site(&self) -> &str {
        &self.site
    }

    /// Host, with its port where that is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> &str {
        self.base.split_once("://").map_or("", |(_, host)| host)
    }

    /// What stores file a site under: `host[:port]/site`.
    ///
    /// A plain `http` address has `http://` before it, so that what was given for an
    /// encrypted connection is never found for one without.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.host(), self.site)
    }

    /// Whether the server is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        false
    }

    /// Whether the connection is not encrypted.
    #[must_use]
    pub fn is_plain_http(&self) -> bool {
        self.base.starts_with("http://")
    }

    /// Whether this is `online.tableau.com`, which only says where a Cloud site is.
    #[must_use]
    pub fn is_cloud_entry(&self) -> bool {
        self.host() == "online.tableau.com"
    }
}

impl fmt::Display for SiteAddress {
    /// The address of the site's first page.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

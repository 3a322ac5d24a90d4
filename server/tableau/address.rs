//! Where a Tableau site is, from whatever address a user has at hand.
//!
//! A site is a server (scheme, host, port) and a content URL, the part after
//! `/site/` in a browser. Nothing else of an address is kept: no user, no path,
//! no query.

mod page;
mod route;
#[cfg(test)]
mod tests;

pub use page::{Page, PageAddress};

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Host, Url};

use route::Route;

/// Says where a Tableau Cloud site is served; serves none itself.
pub(crate) const CLOUD_ENTRY: &str = "online.tableau.com";

/// Letters that a content URL has and that a path may hold as they are.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A Tableau site: a server and a site on it.
///
/// # Syntax
///
/// `https://host[:port]/#/site/NAME`, or `https://host[:port]` for a server's Default
/// site. [`SiteAddress::parse`] takes much more.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SiteAddress {
    base: String,
    site: String,
}

/// Why a text is no address of a Tableau site.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Nothing was given.
    #[error("cannot read an empty address: copy one from the browser")]
    Empty,
    /// The text has no host, or is no URL at all.
    #[error("cannot read it as an address: copy one from the browser, https://… and all")]
    NotAnAddress,
    /// Another scheme than `https` or `http`.
    #[error("cannot use an address of scheme '{0}': Tableau is reached by https")]
    Scheme(String),
    /// A user name or a password stands before the host.
    #[error("cannot use an address that holds a user or password: remove what is before the '@'")]
    HoldsCredential,
    /// Tableau Cloud without a site.
    #[error("cannot tell the site: copy the address of any page after you signed in to Tableau")]
    SiteMissing,
    /// A page where users sign in, on a host that serves no site.
    #[error("cannot use the sign-in page: sign in, then copy the address of any page")]
    SignInPage,
    /// Tableau Public has neither sites nor an API.
    #[error("cannot read Tableau Public: it has no sites to sign in to")]
    TableauPublic,
    /// The site's name holds what no content URL holds.
    #[error("cannot use the site's name: it holds characters that no site has")]
    BadSite,
}

impl SiteAddress {
    /// Reads any browser address of a site, or of any page of it.
    ///
    /// # Example
    ///
    /// `10ax.online.tableau.com/#/site/acme/home`, `https://bi.acme.com/t/ops/views/A/B`
    /// and `http://localhost:8000` all are addresses.
    pub fn parse(text: &str) -> Result<SiteAddress, AddressError> {
        Ok(PageAddress::parse(text)?.site)
    }

    /// The site of a server that is known to be one, such as the Cloud host that serves it.
    pub(crate) fn of_server(url: &Url, site: &str) -> Result<SiteAddress, AddressError> {
        let scheme = url.scheme();
        let host = url.host_str().ok_or(AddressError::NotAnAddress)?;
        let host = host.trim_end_matches('.');
        let base = match url.port() {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        };
        Ok(SiteAddress {
            base,
            site: site.to_owned(),
        })
    }

    fn of_route(mut url: Url, route: &Route) -> Result<SiteAddress, AddressError> {
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        let is_cloud = host == CLOUD_ENTRY || host.ends_with(".online.tableau.com");
        if is_cloud && route.site.is_empty() {
            return Err(AddressError::SiteMissing);
        }
        if is_cloud {
            // Cloud has no other; whoever typed `http` meant it.
            url.set_scheme("https")
                .map_err(|()| AddressError::NotAnAddress)?;
        }
        SiteAddress::of_server(&url, &route.site)
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
    /// A plain `http` address keeps its `http://` before it, so that what was given for
    /// an encrypted connection is never found for one without.
    #[must_use]
    pub fn key(&self) -> String {
        let server = if self.is_plain_http() {
            &self.base
        } else {
            self.host()
        };
        format!("{server}/{}", self.site)
    }

    /// Whether the server is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.url().as_ref().and_then(Url::host) {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }

    /// Whether the connection is not encrypted.
    #[must_use]
    pub fn is_plain_http(&self) -> bool {
        self.base.starts_with("http://")
    }

    /// Whether this is `online.tableau.com`, which only says where a Cloud site is.
    #[must_use]
    pub fn is_cloud_entry(&self) -> bool {
        self.host() == CLOUD_ENTRY
    }

    /// The server as a URL.
    pub(crate) fn url(&self) -> Option<Url> {
        Url::parse(&self.base).ok()
    }
}

impl fmt::Display for SiteAddress {
    /// The address of the site's first page.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)?;
        if self.site.is_empty() {
            return Ok(());
        }
        write!(f, "/#/site/{}", utf8_percent_encode(&self.site, ENCODED))
    }
}

//! What can go wrong between us and a Tableau site.
//!
//! One variant for each thing that a user can act on, with the next step beside
//! it in [`SiteError::hint`]. No text here ever holds a token, a secret or a URL
//! with its query; what a server said is cut and cleaned by [`Said`].

use std::fmt;
use std::time::Duration;

/// Why a call to a Tableau site gave nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SiteError {
    /// The site answered 401001: token wrong or lapsed, wrong site, or a user of single sign-on.
    #[error("cannot sign in to {address}: the site refused the credential{said}")]
    BadCredentials {
        /// The site.
        address: String,
        /// What the server said.
        said: Said,
    },
    /// The server has no site of this name.
    #[error("cannot sign in to {address}: the server has no site '{site}'")]
    WrongSite {
        /// The site's address.
        address: String,
        /// Its content URL.
        site: String,
    },
    /// Our session ended soon after it began, again and again.
    #[error("cannot keep a session on {host}: it is ended elsewhere as soon as it begins")]
    SessionTakenOver {
        /// The server's host.
        host: String,
    },
    /// The credential may not ask the Metadata API.
    #[error("cannot query the Metadata API of {host}: permission denied{said}")]
    NoMetadataRight {
        /// The server's host.
        host: String,
        /// What the server said.
        said: Said,
    },
    /// The server has no Metadata API, or it is switched off.
    #[error("cannot query the Metadata API of {host}: it is switched off{said}")]
    MetadataOff {
        /// The server's host.
        host: String,
        /// What the server said.
        said: Said,
    },
    /// The server's certificate does not lead to an authority that this machine trusts.
    #[error("cannot connect to {host}: its certificate is not trusted ({reason})")]
    CertificateNotTrusted {
        /// The server's host.
        host: String,
        /// Why, in the TLS library's words.
        reason: Said,
    },
    /// No address is known for the host's name.
    #[error("cannot connect to {host}: no host of this name was found")]
    HostNotFound {
        /// The server's host.
        host: String,
    },
    /// Nothing listens there.
    #[error("cannot connect to {host}: the connection was refused")]
    ConnectionRefused {
        /// The server's host.
        host: String,
    },
    /// The network failed in another way: no route, a connection reset again and again.
    #[error("cannot reach {host}: the connection failed ({reason})")]
    Unreachable {
        /// The server's host.
        host: String,
        /// Why, in the system's words.
        reason: Said,
    },
    /// A proxy on the way did not let us through.
    #[error("cannot reach {host}: the proxy refused{said}")]
    ProxyRefused {
        /// The server's host.
        host: String,
        /// What the proxy said.
        said: Said,
    },
    /// No complete answer came in time.
    #[error("cannot {doing} on {host}: no answer in time")]
    TimedOut {
        /// The server's host.
        host: String,
        /// What was being done.
        doing: &'static str,
    },
    /// An answer is larger than any we take in.
    #[error("cannot {doing} on {host}: the answer is larger than {limit} bytes")]
    TooLarge {
        /// The server's host.
        host: String,
        /// What was being done.
        doing: &'static str,
        /// The limit in force.
        limit: u64,
    },
    /// The site asks for a longer pause than we wait, or again and again.
    #[error("cannot {doing} on {host}: the site asks to wait{}", after(.wait))]
    Throttled {
        /// The server's host.
        host: String,
        /// What was being done.
        doing: &'static str,
        /// How long it asks to wait, where it says.
        wait: Option<Duration>,
    },
    /// What answers there is no Tableau: a login page, a proxy's page, another program.
    #[error("cannot {doing} on {host}: the answer is not Tableau's ({reason})")]
    NotTableau {
        /// The server's host.
        host: String,
        /// What was being done.
        doing: &'static str,
        /// What it is instead.
        reason: &'static str,
    },
    /// An answer stops in the middle, is empty, or has another shape than documented.
    #[error("cannot {doing} on {host}: the answer is {reason}")]
    BadAnswer {
        /// The server's host.
        host: String,
        /// What was being done.
        doing: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The server's version lacks what is needed.
    #[error("cannot sign in to {host} with {what}: its REST API is {have}, {need} is needed")]
    TooOld {
        /// The server's host.
        host: String,
        /// The kind of credential.
        what: &'static str,
        /// The server's version of the REST API.
        have: String,
        /// The least version, with the product's name for it.
        need: &'static str,
    },
    /// The server failed, and failed again when asked again.
    #[error("cannot {doing} on {host}: the server failed (status {status}{said})")]
    ServerFault {
        /// The server's host.
        host: String,
        /// What was being done.
        doing: &'static str,
        /// The HTTP status.
        status: u16,
        /// Tableau's code, where there is one.
        code: Option<String>,
        /// What the server said.
        said: Said,
    },
    /// The server understood, and said no.
    #[error("cannot {doing} on {host}: refused (status {status}{said})")]
    Refused {
        /// The server's host.
        host: String,
        /// What was being done.
        doing: &'static str,
        /// The HTTP status.
        status: u16,
        /// Tableau's code, where there is one.
        code: Option<String>,
        /// What the server said.
        said: Said,
    },
    /// The server sends us to another host, where no credential follows.
    #[error("cannot {doing} on {host}: it redirects to {to}, which was not asked for")]
    RedirectedElsewhere {
        /// The server's host.
        host: String,
        /// What was being done.
        doing: &'static str,
        /// Scheme and host that it names.
        to: String,
    },
    /// `online.tableau.com` did not say which of Tableau Cloud's hosts serves the site.
    #[error("cannot find the Tableau Cloud host of site '{site}' through {host}")]
    CloudHostUnknown {
        /// The entry host.
        host: String,
        /// The site's content URL.
        site: String,
    },
    /// The user asked for no network.
    #[error("cannot {doing} on {host}: offline, as asked")]
    Offline {
        /// The server's host.
        host: String,
        /// What would have been done.
        doing: &'static str,
    },
    /// The connection cannot be prepared: no trusted certificates, a CA file that is none.
    #[error("cannot prepare connections to {host}: {reason}")]
    SetUp {
        /// The server's host.
        host: String,
        /// Why.
        reason: Said,
    },
}

impl SiteError {
    /// The next step, in one sentence.
    #[must_use]
    pub fn hint(&self) -> String {
        String::new()
    }
}

fn after(wait: &Option<Duration>) -> String {
    match wait {
        Some(wait) => format!(" {} s", wait.as_secs()),
        None => String::new(),
    }
}

/// What another program said: cut to a line's length, without control characters.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Said(String);

impl Said {
    /// The text made harmless to show.
    #[must_use]
    pub fn new(text: &str) -> Said {
        Said(text.to_owned())
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

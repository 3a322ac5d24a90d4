//! What can go wrong between us and a Tableau site.
//!
//! One variant for each thing that a user can act on, with the next step beside
//! it in [`SiteError::hint`]. No text here ever holds a token, a secret or a URL
//! with its query; what a server said is cut and cleaned by [`Said`].

mod hint;

use std::fmt;
use std::time::Duration;

/// Why a call to a Tableau site gave nothing.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteError {
    /// The site answered 401001: token wrong or lapsed, wrong site, or a user of single sign-on.
    #[error("cannot sign in to {address}: the site refused the credential{}", tail(.said))]
    BadCredentials {
        /// The site.
        address: String,
        /// The kind of credential, as [`crate::Credential::kind`] says it.
        kind: &'static str,
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
    #[error("cannot query the Metadata API of {host}: permission denied{}", tail(.said))]
    NoMetadataRight {
        /// The server's host.
        host: String,
        /// What the server said.
        said: Said,
    },
    /// The server has no Metadata API, or it is switched off.
    #[error("cannot query the Metadata API of {host}: it is switched off{}", tail(.said))]
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
    #[error("cannot reach {host}: the proxy refused{}", tail(.said))]
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
    #[error("cannot {doing} on {host}: the server failed ({})", facts(*.status, .code.as_deref(), .said))]
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
    #[error("cannot {doing} on {host}: refused ({})", facts(*.status, .code.as_deref(), .said))]
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

/// Where the server said something: after a colon.
fn tail(said: &Said) -> String {
    if said.0.is_empty() {
        return String::new();
    }
    format!(": {said}")
}

fn facts(status: u16, code: Option<&str>, said: &Said) -> String {
    let code = code.map(|it| format!(", code {it}")).unwrap_or_default();
    format!("status {status}{code}{}", tail(said))
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

/// Longer texts help nobody in a status line.
const MAX_SAID: usize = 200;

impl Said {
    /// The text made harmless to show.
    #[must_use]
    pub fn new(text: &str) -> Said {
        let plain = |it: char| if is_shown(it) { it } else { ' ' };
        let mut said = String::new();
        // Some servers send whole pages; past this nothing can be shown anyway.
        for word in text
            .chars()
            .take(8 * MAX_SAID)
            .map(plain)
            .collect::<String>()
            .split(' ')
        {
            if word.is_empty() {
                continue;
            }
            if !said.is_empty() {
                said.push(' ');
            }
            said.push_str(word);
        }
        if said.chars().count() > MAX_SAID {
            said = said.chars().take(MAX_SAID - 1).collect();
            said.push('…');
        }
        Said(said)
    }
}

/// Neither a control character nor one that turns or hides the text beside it.
fn is_shown(it: char) -> bool {
    let turns = matches!(it, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !it.is_control() && !turns
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_cut_and_cleaned() {
        let check = |text: &str, expected: &str| assert_eq!(Said::new(text).to_string(), expected);
        check("", "");
        check(" \n\t ", "");
        check("Signin\r\n  Error", "Signin Error");
        check("\u{1b}[31mred\u{1b}[0m", "[31mred [0m");
        check("a\u{202e}b\u{0}c", "a b c");
        assert_eq!(
            Said::new(&"é".repeat(5000)).to_string().chars().count(),
            MAX_SAID
        );
    }
}

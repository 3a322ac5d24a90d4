//! The next step after each failure, in one sentence.

use super::SiteError;
use crate::auth::APP;

impl SiteError {
    /// The next step, in one sentence.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            SiteError::RedirectedElsewhere { to, .. } => format!(
                "if {to} is the right place, give that address instead; nothing was sent there"
            ),
            SiteError::WrongSite { .. } => {
                "copy the address of any page from the browser: the site's name follows /site/ \
                 and is not always the name that Tableau shows"
                    .to_owned()
            }
            SiteError::CertificateNotTrusted { host, .. } => format!(
                "if your organisation has its own certificates, name their CA file with \
                 tableau.ca_file in your own config.yml; only if that is impossible, list {host} in \
                 tableau.insecure there"
            ),
            SiteError::TooOld { .. } => {
                "ask the server's administrator for an update; workbook files can be read until then"
                    .to_owned()
            }
            other => other.fixed_hint().to_owned(),
        }
    }

    /// The hints that need no word of the error's own.
    fn fixed_hint(&self) -> &'static str {
        match self {
            SiteError::BadCredentials { kind, .. } if *kind == APP => {
                "check the app's client id, secret id, secret and user, that the app is enabled, \
                 that the site is spelt as in the browser's address, and this machine's clock"
            }
            SiteError::BadCredentials { .. } => {
                "one of three: the token is wrong or has lapsed (15 days without use, or past its \
                 end), the site is not spelt as in the browser's address, or the user must sign in \
                 by SAML; make a new token under My Account Settings and run `exposure-lens login`"
            }
            SiteError::SessionTakenOver { .. } => {
                "the token is also used in another place, and each sign-in ends the other's \
                 session: give each place (machine, job, tool) a token of its own"
            }
            SiteError::NoMetadataRight { .. } => {
                "ask the site's administrator for a role that may query the Metadata API; for a \
                 connected app the scope tableau:content:read is needed"
            }
            SiteError::MetadataOff { .. } => {
                "ask the server's administrator to run `tsm maintenance metadata-services enable`; \
                 until then workbooks are downloaded and read instead"
            }
            SiteError::HostNotFound { .. } => {
                "check the address for a slip, and that the network (VPN, proxy) is the right one"
            }
            SiteError::ConnectionRefused { .. } | SiteError::Unreachable { .. } => {
                "check host, port and network (VPN, HTTPS_PROXY, NO_PROXY), then try again"
            }
            SiteError::ProxyRefused { .. } => {
                "check HTTPS_PROXY, with user and password if the proxy wants them, or put the \
                 host into NO_PROXY"
            }
            SiteError::TimedOut { .. } => "try again; if it stays so, check network and proxy",
            SiteError::TooLarge { .. } => {
                "select less with `projects` of the site in the settings, or report it as a defect"
            }
            SiteError::Throttled { .. } => "wait some minutes, then fetch again",
            SiteError::NotTableau { .. } => {
                "check that the address is Tableau's and that no login page or proxy answers for it"
            }
            SiteError::BadAnswer { .. } => "try again; a proxy on the way may cut answers",
            SiteError::ServerFault { .. } => {
                "try again later; if it stays so, tell the administrator"
            }
            SiteError::Refused { .. } => "check that the signed-in user may see the site's content",
            SiteError::CloudHostUnknown { .. } => {
                "sign in to Tableau in the browser and copy the address from there: it begins with \
                 the host that serves the site, such as 10ax.online.tableau.com"
            }
            SiteError::Offline { .. } => "run it without --offline",
            SiteError::SetUp { .. } => {
                "install the system's CA certificates, or name a PEM file with tableau.ca_file in \
                 your own config.yml"
            }
            SiteError::RedirectedElsewhere { .. }
            | SiteError::WrongSite { .. }
            | SiteError::CertificateNotTrusted { .. }
            | SiteError::TooOld { .. } => "",
        }
    }
}

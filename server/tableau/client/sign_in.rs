//! Which version a server speaks, and signing in to it.

use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;

use super::refusal::Refusal;
use super::wire::{self, Call, Outcome, Reply, Wants};
use super::{Client, url_of};
use crate::address::SiteAddress;
use crate::auth::{Credential, Session};
use crate::loose;
use crate::site_error::SiteError;

/// Versions under which `serverInfo` is asked for. Every server knows the first today;
/// the others are for one that has dropped it.
const ASKED: [&str; 3] = ["2.4", "3.6", "3.19"];

/// Tableau's codes for a path, or a version in it, that it does not know.
const UNKNOWN_VERSION: [&str; 2] = ["404003", "404001"];

/// Roles from which nothing on a site is hidden.
const SEE_ALL: [&str; 4] = [
    "ServerAdministrator",
    "SiteAdministrator",
    "SiteAdministratorCreator",
    "SiteAdministratorExplorer",
];

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

impl SignedIn {
    /// Whether the user's role is known and hides nothing on the site.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        let role = self.site_role.as_deref();
        role.is_some_and(|it| SEE_ALL.contains(&it))
    }
}

/// What a server says about itself to anyone.
#[derive(Clone, Debug)]
pub(super) struct ServerInfo {
    api_version: String,
    product_version: Option<String>,
}

impl Client {
    /// Signs in anew, and shares the session. For `login`: it checks the credential itself.
    pub async fn sign_in(&self) -> Result<SignedIn, SiteError> {
        let session = self.sign_in_anew().await?;
        self.describe(session).await
    }

    /// Says who is signed in: by the shared session, or by a sign-in where there is none.
    pub async fn signed_in(&self) -> Result<SignedIn, SiteError> {
        let session = self.session().await?;
        self.describe(session).await
    }

    async fn describe(&self, session: Session) -> Result<SignedIn, SiteError> {
        let user = self
            .rest(&format!("users/{}", session.user_luid), &[])
            .await;
        let user = match user {
            Ok(mut answer) => loose::take(&mut answer, "user"),
            // Not every user may ask, not even for itself.
            Err(SiteError::Refused { .. } | SiteError::ServerFault { .. }) => Value::Null,
            Err(error) => return Err(error),
        };
        Ok(SignedIn {
            user_name: loose::text(&user["name"]),
            site_role: loose::text(&user["siteRole"]),
            user_luid: session.user_luid,
            site_luid: session.site_luid,
            api_version: session.api_version,
            product_version: session.product_version,
            address: self.place().await?.clone(),
        })
    }

    /// A session of its own, by the credential. Whoever calls it shares the session.
    pub(super) async fn new_session(&self) -> Result<Session, SiteError> {
        let place = self.place().await?;
        let server = self.server.get_or_try_init(|| self.server_info(place));
        let server = server.await?;
        self.check_version(place, server)?;
        let now = (self.clock)();
        let url = url_of(
            place,
            ["api", &server.api_version, "auth", "signin"].into_iter(),
        )?;
        let call = Call::new(Method::POST, url, "sign in")
            .with_body(self.credential.sign_in_body(place.site(), now));
        let answer = match self.wire.deliver(call, None).await? {
            Outcome::Done(reply) => reply.json(),
            Outcome::Refused(refusal) => return Err(self.not_signed_in(place, refusal)),
            Outcome::Elsewhere(to) => {
                return Err(wire::elsewhere(place.host().to_owned(), "sign in", &to));
            }
        };
        let credentials = &answer["credentials"];
        let field = |value: &Value| loose::text(value).ok_or_else(|| bad_session(place));
        Ok(Session {
            token: SecretString::from(field(&credentials["token"])?),
            site_luid: field(&credentials["site"]["id"])?,
            user_luid: field(&credentials["user"]["id"])?,
            api_version: server.api_version.clone(),
            product_version: server.product_version.clone(),
            credential: self.credential.label(),
            signed_in_at: now,
        })
    }

    fn not_signed_in(&self, place: &SiteAddress, refusal: Refusal) -> SiteError {
        if refusal.status == 401 {
            return SiteError::BadCredentials {
                address: place.to_string(),
                kind: self.credential.kind(),
                said: refusal.said,
            };
        }
        if refusal.has_code(&["404000"]) {
            return SiteError::WrongSite {
                address: place.to_string(),
                site: place.site().to_owned(),
            };
        }
        refusal.into_error(place.host().to_owned(), "sign in")
    }

    async fn server_info(&self, place: &SiteAddress) -> Result<ServerInfo, SiteError> {
        const DOING: &str = "ask for the version";
        let host = || place.host().to_owned();
        for version in ASKED {
            let url = url_of(place, ["api", version, "serverInfo"].into_iter())?;
            let call = Call::new(Method::GET, url, DOING);
            match self.wire.deliver(call, None).await? {
                Outcome::Done(reply) => return read_server_info(place, reply, DOING),
                Outcome::Refused(it) if it.has_code(&UNKNOWN_VERSION) => {}
                Outcome::Refused(it) if it.status == 404 && it.code.is_none() => {
                    return Err(not_tableau(place, DOING, "that path is not known"));
                }
                Outcome::Refused(it) => return Err(it.into_error(host(), DOING)),
                Outcome::Elsewhere(to) => return Err(wire::elsewhere(host(), DOING, &to)),
            }
        }
        Err(self.too_old(place, "older than 2.4".to_owned()))
    }

    fn check_version(&self, place: &SiteAddress, server: &ServerInfo) -> Result<(), SiteError> {
        let least = match *self.credential {
            Credential::Pat { .. } => (3, 6),
            Credential::ConnectedApp { .. } => (3, 17),
        };
        match version(&server.api_version) {
            Some(have) if have >= least => Ok(()),
            _ => Err(self.too_old(place, server.api_version.clone())),
        }
    }

    fn too_old(&self, place: &SiteAddress, have: String) -> SiteError {
        SiteError::TooOld {
            host: place.host().to_owned(),
            what: self.credential.kind(),
            have,
            need: match *self.credential {
                Credential::Pat { .. } => "3.6 (Tableau 2019.4)",
                Credential::ConnectedApp { .. } => "3.17 (Tableau 2022.3)",
            },
        }
    }

    /// Ends the shared session. For `logout` alone: another window may be using it.
    ///
    /// The session is forgotten in any case; that the server is told of it is an attempt,
    /// since the session may be gone already.
    pub async fn sign_out(&self) {
        let Some(session) = self.forget_session().await else {
            return;
        };
        let told = self.tell_of_sign_out(&session).await;
        if let Err(error) = told {
            tracing::debug!(%error, "the site was not told of the sign-out");
        }
    }

    async fn tell_of_sign_out(&self, session: &Session) -> Result<(), SiteError> {
        let path = ["api", &session.api_version, "auth", "signout"];
        let url = url_of(self.place().await?, path.into_iter())?;
        let call = Call::new(Method::POST, url, "sign out").wanting(Wants::Nothing);
        self.wire.deliver(call, Some(&session.token)).await?;
        Ok(())
    }
}

fn read_server_info(
    place: &SiteAddress,
    reply: Reply,
    doing: &'static str,
) -> Result<ServerInfo, SiteError> {
    let answer = reply.json();
    let info = &answer["serverInfo"];
    let api_version = loose::text(&info["restApiVersion"]).filter(|it| version(it).is_some());
    let product = &info["productVersion"];
    match api_version {
        Some(api_version) => Ok(ServerInfo {
            api_version,
            product_version: loose::text(&product["value"]).or_else(|| loose::text(product)),
        }),
        None => Err(not_tableau(place, doing, "it names no version")),
    }
}

/// `3.24` as two numbers; it becomes part of every path, so nothing else passes.
fn version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    let number = |it: &str| {
        it.bytes()
            .all(|it| it.is_ascii_digit())
            .then(|| it.parse().ok())?
    };
    Some((number(major)?, number(minor)?))
}

fn not_tableau(place: &SiteAddress, doing: &'static str, reason: &'static str) -> SiteError {
    SiteError::NotTableau {
        host: place.host().to_owned(),
        doing,
        reason,
    }
}

fn bad_session(place: &SiteAddress) -> SiteError {
    SiteError::BadAnswer {
        host: place.host().to_owned(),
        doing: "sign in",
        reason: "no session",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_two_numbers() {
        assert_eq!(version("3.24"), Some((3, 24)));
        assert!(version("3.6") < version("3.17"));
        for text in [
            "",
            "3",
            "3.",
            ".1",
            "3.x",
            "3.24/../..",
            "+3.1",
            "3.1.2",
            "3.99999999999",
        ] {
            assert_eq!(version(text), None, "{text}");
        }
    }
}

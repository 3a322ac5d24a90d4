//! What signs in to a site, and the session that a sign-in gives.
//!
//! A second sign-in with the same personal access token ends the first session,
//! so a session is shared by all windows of a user through a [`SessionStore`].
//! Where credentials and sessions are kept is the program's business.

mod jwt;

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// What a user calls a [`Credential::Pat`].
pub(crate) const PAT: &str = "a personal access token";

/// What a user calls a [`Credential::ConnectedApp`].
pub(crate) const APP: &str = "a connected app";

/// What signs in to one site.
#[derive(Clone)]
pub enum Credential {
    /// A personal access token.
    Pat {
        /// Its name.
        name: String,
        /// Its secret.
        secret: SecretString,
    },
    /// A connected app with direct trust, for machines.
    ConnectedApp {
        /// The app's client id.
        client_id: String,
        /// The id of the secret.
        secret_id: String,
        /// The secret.
        secret: SecretString,
        /// Whom it signs in.
        user: String,
    },
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Credential").field(&self.label()).finish()
    }
}

impl Credential {
    /// What a user calls its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Credential::Pat { .. } => PAT,
            Credential::ConnectedApp { .. } => APP,
        }
    }

    /// Which one it is, by its names alone. Tells one credential's session from another's.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Credential::Pat { name, .. } => format!("token {name}"),
            Credential::ConnectedApp {
                client_id, user, ..
            } => format!("app {client_id} for {user}"),
        }
    }

    /// The body of a sign-in to the site of this content URL. It holds the secret.
    pub(crate) fn sign_in_body(&self, site: &str, now: Timestamp) -> Value {
        let site = json!({"contentUrl": site});
        let credentials = match self {
            Credential::Pat { name, secret } => json!({
                "personalAccessTokenName": name,
                "personalAccessTokenSecret": secret.expose_secret(),
                "site": site,
            }),
            Credential::ConnectedApp {
                client_id,
                secret_id,
                secret,
                user,
            } => {
                let app = jwt::App {
                    client_id,
                    secret_id,
                    user,
                };
                json!({"jwt": jwt::sign(&app, secret, now).expose_secret(), "site": site})
            }
        };
        json!({"credentials": credentials})
    }
}

/// A session on one site.
#[derive(Clone)]
pub struct Session {
    /// What goes into `X-Tableau-Auth`.
    pub token: SecretString,
    /// The site's LUID, part of every REST path.
    pub site_luid: String,
    /// The LUID of the user who is signed in.
    pub user_luid: String,
    /// The version of the REST API, such as `3.24`.
    pub api_version: String,
    /// The product's version, such as `2024.2.0`, where the server says it.
    pub product_version: Option<String>,
    /// Which credential signed in, by name; another credential's session is not used.
    pub credential: String,
    /// When the sign-in was.
    pub signed_in_at: Timestamp,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("site_luid", &self.site_luid)
            .field("user_luid", &self.user_luid)
            .field("api_version", &self.api_version)
            .field("signed_in_at", &self.signed_in_at)
            .finish_non_exhaustive()
    }
}

/// How a session is stored. Open to fields that a later version may add.
#[derive(Deserialize, Serialize)]
struct StoredSession {
    token: String,
    site_luid: String,
    user_luid: String,
    api_version: String,
    product_version: Option<String>,
    credential: String,
    signed_in_at: String,
}

impl Session {
    /// What a store keeps. Whoever writes it keeps it from other users' eyes.
    #[must_use]
    pub fn to_json(&self) -> String {
        let stored = StoredSession {
            token: self.token.expose_secret().to_owned(),
            site_luid: self.site_luid.clone(),
            user_luid: self.user_luid.clone(),
            api_version: self.api_version.clone(),
            product_version: self.product_version.clone(),
            credential: self.credential.clone(),
            signed_in_at: self.signed_in_at.to_string(),
        };
        serde_json::to_string(&stored).expect("strings become JSON")
    }

    /// Reads what [`Session::to_json`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Session> {
        let stored: StoredSession = serde_json::from_str(text).ok()?;
        Some(Session {
            signed_in_at: stored.signed_in_at.parse().ok()?,
            token: SecretString::from(stored.token),
            site_luid: stored.site_luid,
            user_luid: stored.user_luid,
            api_version: stored.api_version,
            product_version: stored.product_version,
            credential: stored.credential,
        })
    }

    /// Whether both are the same session of the server.
    #[must_use]
    pub fn has_same_token(&self, other: &Session) -> bool {
        self.token.expose_secret() == other.token.expose_secret()
    }
}

/// Where the session of one site is shared between processes.
///
/// The client calls it from threads that may block. An implementation bounds its own
/// waiting: an error makes the client go on with a session of its own.
pub trait SessionStore: Send + Sync {
    /// Waits until no one else holds the lock. It is released when the answer is dropped.
    fn lock(&self) -> std::io::Result<Box<dyn LockedSession + Send>>;
}

/// The session of one site while nobody else can change it.
pub trait LockedSession {
    /// The stored session, unless there is none or it cannot be read.
    fn read(&mut self) -> Option<Session>;
    /// Replaces the stored session.
    fn write(&mut self, session: &Session);
    /// Drops the stored session.
    fn clear(&mut self);
}

/// A store for one process alone.
#[derive(Clone, Debug, Default)]
pub struct OwnSession(Arc<Mutex<Option<Session>>>);

impl SessionStore for OwnSession {
    fn lock(&self) -> std::io::Result<Box<dyn LockedSession + Send>> {
        Ok(Box::new(Arc::clone(&self.0).blocking_lock_owned()))
    }
}

impl LockedSession for OwnedMutexGuard<Option<Session>> {
    fn read(&mut self) -> Option<Session> {
        Option::clone(self)
    }

    fn write(&mut self, session: &Session) {
        **self = Some(session.clone());
    }

    fn clear(&mut self) {
        **self = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            token: SecretString::from("t0ken|abc"),
            site_luid: "s-1".to_owned(),
            user_luid: "u-1".to_owned(),
            api_version: "3.24".to_owned(),
            product_version: None,
            credential: "token lens".to_owned(),
            signed_in_at: "2026-01-01T00:00:00Z".parse().expect("time"),
        }
    }

    #[test]
    fn a_stored_session_reads_back() {
        let text = session().to_json();
        let read = Session::from_json(&text).expect("a session");
        assert_eq!(read.to_json(), text);
        assert!(read.has_same_token(&session()));
    }

    #[test]
    fn anything_else_is_no_session() {
        for text in ["", "{}", "[]", "null", r#"{"token":"x"}"#, "{\"token\":"] {
            assert!(Session::from_json(text).is_none(), "{text}");
        }
        let bad_time = session().to_json().replace("2026-01-01", "yesterday");
        assert!(Session::from_json(&bad_time).is_none());
    }

    #[test]
    fn debug_shows_no_secret() {
        let secret = SecretString::from("s3cret");
        let pat = Credential::Pat {
            name: "lens".to_owned(),
            secret: secret.clone(),
        };
        let app = Credential::ConnectedApp {
            client_id: "app".to_owned(),
            secret_id: "key".to_owned(),
            secret,
            user: "ana".to_owned(),
        };
        let store = OwnSession::default();
        store.lock().expect("a lock").write(&session());
        let shown = format!("{pat:?} {app:?} {:?} {store:?}", session());
        assert!(
            shown.contains("token lens") && shown.contains("s-1"),
            "{shown}"
        );
        assert!(
            !shown.contains("s3cret") && !shown.contains("t0ken"),
            "{shown}"
        );
    }

    #[test]
    fn a_sign_in_names_the_site_and_the_credential() {
        let pat = Credential::Pat {
            name: "lens".to_owned(),
            secret: SecretString::from("s3cret"),
        };
        let expected = json!({"credentials": {
            "personalAccessTokenName": "lens",
            "personalAccessTokenSecret": "s3cret",
            "site": {"contentUrl": "ops"},
        }});
        assert_eq!(pat.sign_in_body("ops", Timestamp::UNIX_EPOCH), expected);
    }

    #[test]
    fn a_store_hands_the_session_on() {
        let store = OwnSession::default();
        assert!(store.lock().expect("a lock").read().is_none());
        store.lock().expect("a lock").write(&session());
        let other = OwnSession::clone(&store);
        let read = other.lock().expect("a lock").read();
        assert!(read.is_some_and(|it| it.has_same_token(&session())));
        store.lock().expect("a lock").clear();
        assert!(store.lock().expect("a lock").read().is_none());
    }
}

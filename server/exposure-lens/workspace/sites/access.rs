//! Where sites are kept, and what it takes to contact one: a credential, a shared
//! session, ways to connect.
//!
//! Nothing is contacted here. A site without a credential of the user's gets no
//! client, whoever names it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tableau::{Client, ClientOptions, OwnSession, SiteAddress};

use super::folder::cache_folder;
use super::history::Failure;
use super::state::name;
use super::stored::Shelf;
use crate::config::Settings;
use crate::disk;
use crate::workspace::Env;
use crate::workspace::snapshot::{self, SnapshotState};

/// A file of certificates is never this long.
const MAX_PEM: u64 = 4 << 20;

/// What settings and environment say about sites: where they are kept, and who may
/// contact them. Cheap to clone; made anew when settings change.
#[derive(Clone)]
pub struct Access {
    root: PathBuf,
    cache: Option<PathBuf>,
    settings: Arc<Settings>,
    offline: bool,
}

impl Access {
    /// For the project at `root`. With `offline` nothing is ever contacted.
    pub fn new(root: &Path, settings: &Settings, env: Env<'_>, offline: bool) -> Access {
        Access {
            root: root.to_owned(),
            cache: cache_folder(&env),
            settings: Arc::new(settings.clone()),
            offline,
        }
    }

    /// The settings that it was made of.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether nothing is to be contacted.
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    /// How old content may become.
    pub fn max_age(&self) -> SignedDuration {
        SignedDuration::try_from(self.settings.max_age()).unwrap_or(SignedDuration::MAX)
    }

    /// Whether there is a credential for a site.
    pub fn is_signed_in(&self, address: &SiteAddress) -> bool {
        let _ = address;
        false
    }

    /// Whether a host that a snapshot is on may be contacted.
    pub fn is_trusted(&self, host: &str) -> bool {
        let _ = host;
        false
    }

    /// The cache folder.
    ///
    /// # Errors
    /// When the environment names none.
    pub fn cache(&self) -> Result<&Path, Failure> {
        self.cache.as_deref().ok_or_else(no_cache)
    }

    pub(super) fn shelf(&self, address: &SiteAddress) -> Result<Shelf, Failure> {
        Ok(Shelf::of(self.cache()?, address))
    }

    pub(super) fn snapshot(&self, memory: &mut snapshot::Memory) -> Option<SnapshotState> {
        let setting = self.settings.snapshot()?;
        let public_url = self.settings.public_url();
        let place = snapshot::Place {
            root: &self.root,
            cache: self.cache.as_deref(),
            public_url: public_url.as_deref(),
            is_trusted: &|host| self.is_trusted(host),
        };
        Some(SnapshotState::read(&setting, place, memory))
    }

    /// How to connect to `host`. Blocks on the disk where a file of certificates is named.
    ///
    /// # Errors
    /// When that file cannot be read.
    pub fn connection(&self, host: &str) -> Result<ClientOptions, Failure> {
        let read = |path: PathBuf| {
            disk::read(&path, MAX_PEM).map_err(|error| Failure {
                at: Timestamp::now(),
                reason: format!(
                    "cannot read the certificates at {}: {error}",
                    path.display()
                ),
                hint: "see `tableau.ca_file` in your config.yml".to_owned(),
                needs_user: true,
            })
        };
        Ok(ClientOptions {
            ca_pem: self.settings.ca_file().map(read).transpose()?,
            insecure: self.settings.is_insecure(host),
            offline: self.offline,
            ..ClientOptions::default()
        })
    }

    /// A client for a site that the user has signed in to.
    ///
    /// # Errors
    /// When there is no credential for it, or the connection cannot be prepared.
    pub async fn client(&self, address: &SiteAddress) -> Result<Client, Failure> {
        let (access, address) = (self.clone(), address.clone());
        let made = tokio::task::spawn_blocking(move || access.client_now(&address)).await;
        made.unwrap_or_else(|error| {
            Err(Failure::of_cache(
                Timestamp::now(),
                &std::io::Error::other(error),
            ))
        })
    }

    /// The same; blocks on the disk and on the system's keyring.
    fn client_now(&self, address: &SiteAddress) -> Result<Client, Failure> {
        let credential = self
            .credential(address)
            .ok_or_else(|| not_signed_in(address))?;
        let options = self.connection(address.host())?;
        let store = Arc::new(OwnSession::default());
        Client::new(
            address.clone(),
            Arc::new(credential),
            store,
            options,
            Timestamp::now,
        )
        .map_err(|error| Failure::of(Timestamp::now(), &error))
    }

    fn credential(&self, address: &SiteAddress) -> Option<tableau::Credential> {
        let _ = address;
        None
    }
}

/// That a site has no credential of the user's.
pub(super) fn not_signed_in(address: &SiteAddress) -> Failure {
    Failure {
        at: Timestamp::now(),
        reason: format!("{} is not signed in to", name(address)),
        hint: format!("run `exposure-lens login {address}`"),
        needs_user: true,
    }
}

fn no_cache() -> Failure {
    Failure {
        at: Timestamp::now(),
        reason: "there is no cache folder to keep content in".to_owned(),
        hint: "name one with EXPOSURE_LENS_CACHE_DIR".to_owned(),
        needs_user: true,
    }
}

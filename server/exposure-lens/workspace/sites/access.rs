//! Where sites are kept, and what it takes to contact one: a credential, a shared
//! session, ways to connect.
//!
//! Nothing is contacted here. A site without a credential of the user's gets no
//! client, whoever names it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tableau::{Client, ClientOptions, OwnSession, SessionStore, SiteAddress};

use super::folder::cache_folder;
use super::history::Failure;
use super::state::name;
use super::stored::Shelf;
use crate::config::{Origin, Settings, SiteSetting, SnapshotPlace};
use crate::credentials::{Credentials, SignedInSite};
use crate::disk;
use crate::session_store::FileSession;
use crate::trust::Trust;
use crate::workspace::Problem;
use crate::workspace::snapshot::{self, SnapshotState};

/// A file of certificates is never this long.
const MAX_PEM: u64 = 4 << 20;

/// A variable of the environment by its name.
pub type SharedEnv = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What settings and environment say about sites: where they are kept, and who may
/// contact them. Cheap to clone; made anew when settings change. Whom the user has
/// signed in to is looked up each time.
#[derive(Clone)]
pub struct Access {
    root: PathBuf,
    cache: Option<PathBuf>,
    settings: Arc<Settings>,
    credentials: Credentials,
    trust: Trust,
    env: SharedEnv,
    offline: bool,
}

impl Access {
    /// For the project at `root`. With `offline` nothing is ever contacted.
    pub fn new(root: &Path, settings: &Settings, env: SharedEnv, offline: bool) -> Access {
        Access {
            root: root.to_owned(),
            cache: cache_folder(&*env),
            settings: Arc::new(settings.clone()),
            credentials: Credentials::open(&*env),
            trust: Trust::open(&*env),
            env,
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

    /// The sites to read: those of the settings; where these name none, those that the
    /// user has signed in to.
    pub fn sites(&self) -> Vec<SiteSetting> {
        let named = self.settings.sites();
        if named.is_empty() {
            let signed_in = self.credentials.list().unwrap_or_default();
            return signed_in.into_iter().map(|it| whole(it.address)).collect();
        }
        let resolved = named.into_iter().map(|it| SiteSetting {
            address: self.credentials.resolve(&it.address),
            ..it
        });
        resolved.collect()
    }

    /// The host that the team snapshot is on, where it has an address.
    pub fn snapshot_host(&self) -> Option<String> {
        match self.settings.snapshot()?.place {
            SnapshotPlace::Url(url) => snapshot::host_of(&url),
            SnapshotPlace::File(_) => None,
        }
    }

    /// The files that change when the user signs in or out, or says yes to a host.
    pub(super) fn watched(&self) -> impl Iterator<Item = PathBuf> {
        let files = [self.credentials.watched(), self.trust.watched()];
        files.into_iter().flatten()
    }

    /// Whether there is a credential for a site. Asks no keyring.
    pub fn is_signed_in(&self, address: &SiteAddress) -> bool {
        self.credentials.has(address)
    }

    /// That the environment holds part of a credential, which is then none.
    pub fn unusable_credential(&self) -> Option<Problem> {
        let reason = self.credentials.environment_problem()?;
        Some(Problem {
            code: "credential_unusable",
            message: format!(
                "the credential of the environment is not used: {reason}; set all variables of \
                 it, or none"
            ),
        })
    }

    /// What is known of the credential for a site, without looking at it.
    pub fn credential_of(&self, address: &SiteAddress) -> Option<SignedInSite> {
        let mut all = self.credentials.list().unwrap_or_default().into_iter();
        all.find(|it| it.address == *address)
    }

    /// Whether the snapshot's host may be contacted: the user names it, or has said yes.
    pub fn is_trusted(&self, host: &str) -> bool {
        let setting = self.settings.snapshot();
        setting.is_some_and(|it| self.trust.may_contact(host, &it.origin))
    }

    /// Keeps the user's yes to a host.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub fn trust(&self, host: &str) -> anyhow::Result<()> {
        self.trust.allow(host)
    }

    /// The cache folder.
    ///
    /// # Errors
    /// When the environment names none.
    pub fn cache(&self) -> Result<&Path, Failure> {
        self.cache.as_deref().ok_or_else(no_cache)
    }

    pub(super) fn shelf(&self, setting: &SiteSetting) -> Result<Shelf, Failure> {
        Ok(Shelf::of(self.cache()?, setting))
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

    /// A client for a site that the user has signed in to, with `options` of the usual ones.
    ///
    /// # Errors
    /// When there is no credential for it, or the connection cannot be prepared.
    pub async fn client(
        &self,
        address: &SiteAddress,
        options: fn(ClientOptions) -> ClientOptions,
    ) -> Result<Client, Failure> {
        let (access, address) = (self.clone(), address.clone());
        let make = move || access.client_now(&address, options);
        let made = tokio::task::spawn_blocking(make).await;
        made.unwrap_or_else(|error| {
            Err(Failure::of_cache(
                Timestamp::now(),
                &std::io::Error::other(error),
            ))
        })
    }

    /// The same; blocks on the disk and on the system's keyring.
    fn client_now(
        &self,
        address: &SiteAddress,
        options: fn(ClientOptions) -> ClientOptions,
    ) -> Result<Client, Failure> {
        let found = self
            .credentials
            .get(address)
            .map_err(|error| no_keyring(&error))?;
        let credential = found.ok_or_else(|| not_signed_in(address))?.credential;
        let store: Arc<dyn SessionStore> = match FileSession::of(address, &credential, &*self.env) {
            Some(shared) => Arc::new(shared),
            None => Arc::new(OwnSession::default()),
        };
        let options = options(self.connection(address.host())?);
        Client::new(address.clone(), credential, store, options, Timestamp::now)
            .map_err(|error| Failure::now(&error))
    }

    /// Notes that the credential for a site has been used: it lapses when it is not.
    pub(super) fn note_use(&self, address: &SiteAddress) {
        self.credentials.note_use(address, Timestamp::now());
    }
}

/// A site that no settings name, all of it.
fn whole(address: SiteAddress) -> SiteSetting {
    SiteSetting {
        address,
        projects: Vec::new(),
        exclude: Vec::new(),
        origin: Origin::BuiltIn,
    }
}

fn no_keyring(error: &anyhow::Error) -> Failure {
    Failure {
        at: Timestamp::now(),
        reason: format!("{error:#}"),
        hint: "unlock the keyring, or sign in again".to_owned(),
        needs_user: true,
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

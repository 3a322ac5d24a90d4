//! The user's credentials for Tableau sites: one store for the terminal and every editor.
//!
//! They lie in the operating system's keyring, else in `credentials.json` in the config
//! folder, which only the user can read. A credential is for one server and one site; asked
//! for another, the store has nothing, whoever names the other. No secret is logged,
//! printed or written anywhere else.

mod environment;
mod file;
mod index;
mod keyring;
mod record;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tableau::{Credential, SiteAddress};

use self::file::CredentialFile;
use self::index::{Entry, Index};
use self::keyring::Keyring;
use self::record::Record;
use crate::config;
use crate::disk::private::{self, Lock};

/// Tableau lets a personal access token lapse after this many days without a sign-in.
pub const UNUSED_DAYS: i64 = 15;
/// Another window writes for a moment only.
const PATIENCE: Duration = Duration::from_secs(10);
/// A use is noted again after this time; it would else be written with every answer.
const NOTED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Where a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The operating system's keyring.
    Keyring,
    /// `credentials.json` in the config folder.
    File,
    /// Environment variables; nothing is kept.
    Environment,
}

impl Place {
    /// As JSON answers name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Place::Keyring => "keyring",
            Place::File => "file",
            Place::Environment => "environment",
        }
    }
}

/// A credential that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// What signs in.
    pub credential: Arc<Credential>,
    /// Where it was.
    pub place: Place,
}

/// Where a credential is kept now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In the operating system's keyring.
    Keyring,
    /// In a file that only the user can read, and why not in the keyring.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// A site that there is a credential for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInSite {
    /// Which.
    pub address: SiteAddress,
    /// What a user calls the kind of credential.
    pub kind: String,
    /// Where it is.
    pub place: Place,
    /// When it was kept, where that is known.
    pub kept_at: Option<Timestamp>,
    /// When it was last used, where that is known.
    pub used_at: Option<Timestamp>,
}

impl SignedInSite {
    /// In how many days the token lapses if it stays unused; `None` where that is not known.
    pub fn days_left(&self, now: Timestamp) -> Option<i64> {
        let unused = now.duration_since(self.used_at?);
        Some(UNUSED_DAYS - unused.as_hours() / 24)
    }
}

/// The store. Cheap to clone; it reads the disk when it is asked.
#[derive(Clone)]
pub struct Credentials {
    folder: Option<PathBuf>,
    keyring: Keyring,
    environment: Result<Option<(SiteAddress, Arc<Credential>)>, String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Credentials");
        shown.field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Credentials {
    /// The user's store, with what the environment holds.
    pub fn open(env: &dyn Fn(&str) -> Option<String>) -> Credentials {
        let environment = environment::read(env);
        Credentials {
            folder: config::user_folder(env),
            keyring: Keyring::of(env),
            environment: environment
                .map(|found| found.map(|(address, credential)| (address, Arc::new(credential)))),
        }
    }

    /// What is wrong with the credential in the environment, for a person.
    pub fn environment_problem(&self) -> Option<&str> {
        self.environment.as_ref().err().map(String::as_str)
    }

    /// The site that is meant: `online.tableau.com` stands for the Tableau Cloud host that
    /// the user signed in to.
    pub fn resolve(&self, address: &SiteAddress) -> SiteAddress {
        if !address.is_cloud_entry() || self.in_environment(address).is_some() {
            return address.clone();
        }
        let sites = self.list().unwrap_or_default();
        let mut sites = sites.into_iter().map(|it| it.address);
        let is_meant = |it: &SiteAddress| it.site() == address.site() && is_cloud(it);
        sites.find(is_meant).unwrap_or_else(|| address.clone())
    }

    /// Whether there is a credential for a site. Asks no keyring.
    pub fn has(&self, address: &SiteAddress) -> bool {
        if self.in_environment(address).is_some() {
            return true;
        }
        let index = self.index_path().ok().map(|path| Index::read(&path));
        let index = index.and_then(Result::ok).unwrap_or_default();
        index.sites.contains_key(&address.key())
    }

    /// The credential for a site. Blocks on the disk and on the keyring, which is asked only
    /// for a site that the user signed in to.
    ///
    /// # Errors
    /// When there should be one and it cannot be had.
    pub fn get(&self, address: &SiteAddress) -> anyhow::Result<Option<Found>> {
        if let Some(credential) = self.in_environment(address) {
            return Ok(Some(Found {
                credential,
                place: Place::Environment,
            }));
        }
        let Some(folder) = &self.folder else {
            return Ok(None);
        };
        let index = Index::read(&index_path(folder))?;
        let Some(entry) = index.sites.get(&address.key()) else {
            return Ok(None);
        };
        let record = match entry.place {
            Place::Keyring => self.in_keyring(address)?,
            Place::File | Place::Environment => file(folder).get(&address.key())?,
        };
        let credential = record.and_then(|it| it.credential_for(address));
        Ok(credential.map(|credential| Found {
            credential: Arc::new(credential),
            place: entry.place,
        }))
    }

    fn in_environment(&self, address: &SiteAddress) -> Option<Arc<Credential>> {
        let (site, credential) = self.environment.as_ref().ok()?.as_ref()?;
        (site == address).then(|| Arc::clone(credential))
    }

    fn in_keyring(&self, address: &SiteAddress) -> anyhow::Result<Option<Record>> {
        let text = self.keyring.get(&address.key());
        let text = text.with_context(|| format!("cannot read the credential for {address}"))?;
        text.map(|text| Record::parse(&text))
            .transpose()
            .with_context(|| format!("cannot read the credential for {address} in the keyring"))
    }

    /// Keeps a credential for one site: in the keyring where there is one, else in the file.
    ///
    /// # Errors
    /// When it can be kept in neither.
    pub fn put(
        &self,
        address: &SiteAddress,
        credential: &Credential,
        now: Timestamp,
    ) -> anyhow::Result<Kept> {
        let folder = self.folder()?;
        let lock = self.lock(folder)?;
        let mut index = Index::read(&index_path(folder))?;
        let record = Record::new(address, credential);
        let kept = self.keep(folder, address, record)?;
        let place = match kept {
            Kept::Keyring => Place::Keyring,
            Kept::File { .. } => Place::File,
        };
        let before = index.sites.get(&address.key());
        let entry = Entry {
            address: address.to_string(),
            kind: credential.kind().to_owned(),
            place,
            in_keyring: place == Place::Keyring || before.is_some_and(|it| it.in_keyring),
            kept_at: now,
            used_at: now,
        };
        index.sites.insert(address.key(), entry);
        index.write(&index_path(folder))?;
        drop(lock);
        Ok(kept)
    }

    fn keep(&self, folder: &Path, address: &SiteAddress, record: Record) -> anyhow::Result<Kept> {
        let (key, file) = (address.key(), file(folder));
        match self.keyring.set(&key, &record.to_text()?) {
            Ok(()) => {
                file.remove(&key)?;
                Ok(Kept::Keyring)
            }
            Err(error) => {
                file.put(&key, record)?;
                Ok(Kept::File {
                    path: file.path().to_owned(),
                    reason: error.to_string(),
                })
            }
        }
    }

    /// Drops the credential for a site, wherever it is; whether there was one.
    ///
    /// # Errors
    /// When something of it may be left.
    pub fn remove(&self, address: &SiteAddress) -> anyhow::Result<bool> {
        let Some(folder) = self.folder.as_deref().filter(|it| it.is_dir()) else {
            return Ok(false);
        };
        let lock = self.lock(folder)?;
        let mut index = Index::read(&index_path(folder))?;
        let key = address.key();
        let entry = index.sites.remove(&key);
        if entry.as_ref().is_some_and(|it| it.in_keyring) {
            let done = self.keyring.remove(&key);
            done.with_context(|| {
                format!("cannot remove the credential for {address} from the keyring")
            })?;
        }
        let was_in_file = file(folder).remove(&key)?;
        index.write(&index_path(folder))?;
        if index.sites.is_empty() {
            lock.remove(&lock_path(folder));
        }
        Ok(entry.is_some() || was_in_file)
    }

    /// The sites that there are credentials for, sorted. Asks no keyring.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn list(&self) -> anyhow::Result<Vec<SignedInSite>> {
        let index = match &self.folder {
            Some(folder) => Index::read(&index_path(folder))?,
            None => Index::default(),
        };
        let kept = index.sites.into_values().filter_map(|entry| {
            Some(SignedInSite {
                address: SiteAddress::parse(&entry.address).ok()?,
                kind: entry.kind,
                place: entry.place,
                kept_at: Some(entry.kept_at),
                used_at: Some(entry.used_at),
            })
        });
        let mut sites: Vec<SignedInSite> = kept.collect();
        if let Ok(Some((address, credential))) = &self.environment {
            sites.retain(|it| it.address != *address);
            sites.push(SignedInSite {
                address: address.clone(),
                kind: credential.kind().to_owned(),
                place: Place::Environment,
                kept_at: None,
                used_at: None,
            });
        }
        sites.sort_by(|a, b| a.address.cmp(&b.address));
        Ok(sites)
    }

    /// Notes that a credential signed in, for the warning before it lapses. Best effort.
    pub fn note_use(&self, address: &SiteAddress, now: Timestamp) {
        if let Err(error) = self.try_note_use(address, now) {
            tracing::debug!(%error, "the use of a credential was not noted");
        }
    }

    fn try_note_use(&self, address: &SiteAddress, now: Timestamp) -> anyhow::Result<()> {
        let folder = self.folder()?;
        let is_old = |index: &Index| {
            let entry = index.sites.get(&address.key());
            entry.is_some_and(|it| now.duration_since(it.used_at) >= NOTED_FOR)
        };
        if !is_old(&Index::read(&index_path(folder))?) {
            return Ok(());
        }
        let _lock = self.lock(folder)?;
        let mut index = Index::read(&index_path(folder))?;
        if let Some(entry) = index.sites.get_mut(&address.key()) {
            entry.used_at = now;
            index.write(&index_path(folder))?;
        }
        Ok(())
    }

    fn folder(&self) -> anyhow::Result<&Path> {
        self.folder.as_deref().context(
            "there is no config folder to keep credentials in: name one with \
             EXPOSURE_LENS_CONFIG_DIR",
        )
    }

    /// The file that changes whenever someone signs in or out.
    pub fn watched(&self) -> Option<PathBuf> {
        self.index_path().ok()
    }

    fn index_path(&self) -> anyhow::Result<PathBuf> {
        Ok(index_path(self.folder()?))
    }

    fn lock(&self, folder: &Path) -> anyhow::Result<Lock> {
        private::create_folder(folder)
            .and_then(|()| Lock::within(&lock_path(folder), PATIENCE))
            .with_context(|| format!("cannot lock the credentials in {}", folder.display()))
    }
}

fn is_cloud(address: &SiteAddress) -> bool {
    address.host().ends_with(".online.tableau.com")
}

fn file(folder: &Path) -> CredentialFile {
    CredentialFile::new(folder.join("credentials.json"))
}

fn index_path(folder: &Path) -> PathBuf {
    folder.join("sites.json")
}

fn lock_path(folder: &Path) -> PathBuf {
    folder.join(".sites.lock")
}

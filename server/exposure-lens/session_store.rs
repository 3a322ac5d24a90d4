//! The session of a site, shared between all windows of the user.
//!
//! A second sign-in with a personal access token ends the first one's session, so that
//! every process takes the session that is there. It lies in a file that only the user can
//! read: in the runtime folder, which the system empties, else below the cache folder. One
//! for each site and credential, behind a file lock. A file that cannot be read is none.
//!
//! On Windows the file is protected by its folder's access list; this is not tested.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::zeroize::Zeroizing;
use sha2::{Digest, Sha256};
use tableau::{Credential, LockedSession, Session, SessionStore, SiteAddress};

use crate::disk::guarded;
use crate::disk::private::{self, Lock};
use crate::workspace::sites::folder::{cache_folder, folder_of};

/// Who holds the lock signs in, which can take a few requests.
const PATIENCE: Duration = Duration::from_secs(60);
const MAX_SESSION: u64 = 64 << 10;

/// Where the session of one site and credential is.
#[derive(Clone, Debug)]
pub struct FileSession {
    file: PathBuf,
    lock: PathBuf,
}

impl FileSession {
    /// For `credential` at `address`; `None` where the environment names no folder.
    pub fn of(
        address: &SiteAddress,
        credential: &Credential,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Option<FileSession> {
        let folder = site_folder(address, env)?;
        let name = hash(&credential.label());
        Some(FileSession {
            file: folder.join(format!("{name}.json")),
            lock: folder.join(format!("{name}.lock")),
        })
    }
}

/// Removes all sessions of a site from the disk; whether there was one.
///
/// # Errors
/// What the system says.
pub fn forget(address: &SiteAddress, env: &dyn Fn(&str) -> Option<String>) -> io::Result<bool> {
    let Some(folder) = site_folder(address, env) else {
        return Ok(false);
    };
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
        Ok(()) => {
            // Only empty folders go.
            let above = folder.ancestors().skip(1).take(2);
            let _ = above.map(std::fs::remove_dir).find(Result::is_err);
            Ok(true)
        }
    }
}

fn site_folder(address: &SiteAddress, env: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    Some(folder_of(&base_folder(env)?, "sessions", &address.key()))
}

/// `$XDG_RUNTIME_DIR/exposure-lens`, else the cache folder.
fn base_folder(env: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let runtime = env("XDG_RUNTIME_DIR").map(PathBuf::from);
    match runtime.filter(|it| it.is_absolute() && it.is_dir()) {
        Some(runtime) => Some(runtime.join("exposure-lens")),
        None => cache_folder(env),
    }
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(8)
        .map(|it| format!("{it:02x}"))
        .collect()
}

impl SessionStore for FileSession {
    fn lock(&self) -> io::Result<Box<dyn LockedSession + Send>> {
        Ok(Box::new(Locked {
            _lock: Lock::within(&self.lock, PATIENCE)?,
            file: self.file.clone(),
        }))
    }
}

struct Locked {
    _lock: Lock,
    file: PathBuf,
}

impl LockedSession for Locked {
    fn read(&mut self) -> Option<Session> {
        match read(&self.file) {
            Ok(session) => session,
            Err(error) => {
                tracing::warn!(path = %self.file.display(), %error, "session not used");
                None
            }
        }
    }

    fn write(&mut self, session: &Session) {
        let text = Zeroizing::new(session.to_json());
        if let Err(error) = private::write(&self.file, text.as_bytes()) {
            tracing::warn!(path = %self.file.display(), %error, "session not shared");
        }
    }

    fn clear(&mut self) {
        if let Err(error) = private::remove(&self.file) {
            tracing::warn!(path = %self.file.display(), %error, "session not removed");
        }
    }
}

fn read(path: &Path) -> io::Result<Option<Session>> {
    let bytes = guarded::read(path, MAX_SESSION)?.map(Zeroizing::new);
    let text = bytes.as_deref().and_then(|it| std::str::from_utf8(it).ok());
    Ok(text.and_then(Session::from_json))
}

#[cfg(test)]
mod tests;

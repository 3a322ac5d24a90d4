//! The operating system's keyring: Keychain, Credential Manager, Secret Service.
//!
//! A keyring can be locked and ask the user, who may not be there: each call has its own
//! thread and a bound on the time that it is waited for.

use std::fmt;
use std::sync::mpsc;
use std::time::Duration;

use secrecy::zeroize::Zeroizing;

/// What the entries of the program stand under.
const SERVICE: &str = "exposure-lens";
/// How long a user has to unlock the keyring.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the keyring is.
#[derive(Clone, Debug)]
pub(super) enum Keyring {
    /// The system's.
    System,
    /// It is left alone: `EXPOSURE_LENS_KEYRING=off`.
    Off,
    #[cfg(test)]
    Memory(Memory),
}

/// Why the keyring gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyringError {
    Off,
    Unavailable(String),
}

impl std::error::Error for KeyringError {}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyringError::Off => f.write_str("EXPOSURE_LENS_KEYRING is off"),
            KeyringError::Unavailable(reason) => write!(f, "no keyring answers: {reason}"),
        }
    }
}

impl Keyring {
    /// The system's, unless the environment says to leave it alone.
    pub(super) fn of(env: &dyn Fn(&str) -> Option<String>) -> Keyring {
        match env("EXPOSURE_LENS_KEYRING").as_deref().map(str::trim) {
            Some("off" | "0" | "false") => Keyring::Off,
            _ => Keyring::System,
        }
    }

    /// Keeps `text` for `account`, and looks whether it is there.
    pub(super) fn set(&self, account: &str, text: &Zeroizing<String>) -> Result<(), KeyringError> {
        let (account, text) = (account.to_owned(), text.clone());
        self.ask(move |it| {
            it.set(&account, &text)?;
            match it.get(&account)? {
                Some(kept) if *kept == *text => Ok(()),
                _ => Err("it did not keep what it was given".to_owned()),
            }
        })
    }

    pub(super) fn get(&self, account: &str) -> Result<Option<Zeroizing<String>>, KeyringError> {
        let account = account.to_owned();
        self.ask(move |it| it.get(&account))
    }

    /// Drops what is kept for `account`; whether there was anything.
    pub(super) fn remove(&self, account: &str) -> Result<bool, KeyringError> {
        let account = account.to_owned();
        self.ask(move |it| it.remove(&account))
    }

    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Entries) -> Result<T, String> + Send + 'static,
    ) -> Result<T, KeyringError> {
        let keyring = self.clone();
        let (answer, answered) = mpsc::channel();
        std::thread::spawn(move || {
            let said = match &keyring {
                Keyring::Off => Err(KeyringError::Off),
                Keyring::System => question(&System).map_err(KeyringError::Unavailable),
                #[cfg(test)]
                Keyring::Memory(memory) => question(memory).map_err(KeyringError::Unavailable),
            };
            // Nobody listens any more where it took too long.
            let _ = answer.send(said);
        });
        let late = || KeyringError::Unavailable("it is locked, or does not answer in time".into());
        answered
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| Err(late()))
    }
}

/// Named texts that are kept.
trait Entries {
    fn set(&self, account: &str, text: &str) -> Result<(), String>;
    fn get(&self, account: &str) -> Result<Option<Zeroizing<String>>, String>;
    fn remove(&self, account: &str) -> Result<bool, String>;
}

struct System;

impl Entries for System {
    fn set(&self, account: &str, text: &str) -> Result<(), String> {
        entry(account)?.set_password(text).map_err(|it| reason(&it))
    }

    fn get(&self, account: &str) -> Result<Option<Zeroizing<String>>, String> {
        match entry(account)?.get_password() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(reason(&error)),
        }
    }

    fn remove(&self, account: &str) -> Result<bool, String> {
        match entry(account)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(keyring::Error::NoEntry) => Ok(false),
            Err(error) => Err(reason(&error)),
        }
    }
}

fn entry(account: &str) -> Result<keyring::Entry, String> {
    if let Err(error) = keyring::Entry::store_status() {
        return Err(reason(error));
    }
    keyring::Entry::new(SERVICE, account).map_err(|error| reason(&error))
}

/// Errors about data hold the data: they are not passed on.
fn reason(error: &keyring::Error) -> String {
    match error {
        keyring::Error::PlatformFailure(cause) | keyring::Error::NoStorageAccess(cause) => {
            ide::plain_message(&cause.to_string())
        }
        keyring::Error::TooLong(..) => "the credential is too long for it".to_owned(),
        keyring::Error::NoDefaultStore => "this system has none".to_owned(),
        _ => "it holds something else under this name".to_owned(),
    }
}

/// A keyring for tests: `None` while it is locked.
#[cfg(test)]
#[derive(Clone, Debug, Default)]
pub(super) struct Memory(
    pub(super) std::sync::Arc<std::sync::Mutex<Option<std::collections::BTreeMap<String, String>>>>,
);

#[cfg(test)]
impl Memory {
    fn with<T>(
        &self,
        change: impl FnOnce(&mut std::collections::BTreeMap<String, String>) -> T,
    ) -> Result<T, String> {
        let mut entries = self.0.lock().expect("no test panics while it holds it");
        entries.as_mut().map(change).ok_or("locked".to_owned())
    }
}

#[cfg(test)]
impl Entries for Memory {
    fn set(&self, account: &str, text: &str) -> Result<(), String> {
        self.with(|it| it.insert(account.to_owned(), text.to_owned()))
            .map(drop)
    }

    fn get(&self, account: &str) -> Result<Option<Zeroizing<String>>, String> {
        self.with(|it| it.get(account).cloned().map(Zeroizing::new))
    }

    fn remove(&self, account: &str) -> Result<bool, String> {
        self.with(|it| it.remove(account).is_some())
    }
}

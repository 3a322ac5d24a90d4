//! `credentials.json`: where there is no keyring. Only the user can read it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::record::{self, Record};
use crate::disk::{guarded, private};

const MAX_FILE: u64 = 1 << 20;

/// The file, whether it is there or not.
pub(super) struct CredentialFile {
    path: PathBuf,
}

impl CredentialFile {
    pub(super) fn new(path: PathBuf) -> CredentialFile {
        CredentialFile { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn get(&self, key: &str) -> anyhow::Result<Option<Record>> {
        Ok(self.read()?.remove(key))
    }

    pub(super) fn put(&self, key: &str, record: Record) -> anyhow::Result<()> {
        let mut records = self.read()?;
        records.insert(key.to_owned(), record);
        self.write(&records)
    }

    /// Whether there was a record; the last one takes the file with it.
    pub(super) fn remove(&self, key: &str) -> anyhow::Result<bool> {
        let mut records = self.read()?;
        if records.remove(key).is_none() {
            return Ok(false);
        }
        self.write(&records)?;
        Ok(true)
    }

    fn read(&self) -> anyhow::Result<BTreeMap<String, Record>> {
        let reading = || format!("cannot read the credentials in {}", self.path.display());
        match guarded::read(&self.path, MAX_FILE).with_context(reading)? {
            Some(bytes) => {
                record::parse_all(&secrecy::zeroize::Zeroizing::new(bytes)).with_context(reading)
            }
            None => Ok(BTreeMap::new()),
        }
    }

    fn write(&self, records: &BTreeMap<String, Record>) -> anyhow::Result<()> {
        let done = if records.is_empty() {
            private::remove(&self.path)
        } else {
            let text = record::all_to_text(records)?;
            private::write(&self.path, text.as_bytes())
        };
        done.with_context(|| format!("cannot write the credentials to {}", self.path.display()))
    }
}

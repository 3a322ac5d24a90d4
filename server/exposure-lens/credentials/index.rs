//! Which sites there are credentials for, and where: `sites.json`, without a secret.
//!
//! A keyring cannot be asked what it holds without asking the user to unlock it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Place;
use crate::disk::{guarded, private};

const MAX_INDEX: u64 = 1 << 20;

/// What is known of a credential without looking at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The site's address.
    pub(super) address: String,
    /// What a user calls the kind of it.
    pub(super) kind: String,
    pub(super) place: Place,
    /// Whether the keyring may hold one, be it an old one from before it was locked.
    #[serde(default)]
    pub(super) in_keyring: bool,
    pub(super) kept_at: Timestamp,
    pub(super) used_at: Timestamp,
}

/// All entries by the sites' keys.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Index {
    pub(super) sites: BTreeMap<String, Entry>,
}

impl Index {
    /// A damaged index is an error: what it named would else be forgotten in its place.
    pub(super) fn read(path: &Path) -> anyhow::Result<Index> {
        let bytes = guarded::read(path, MAX_INDEX);
        let bytes = bytes.with_context(|| format!("cannot read {}", path.display()))?;
        let Some(bytes) = bytes else {
            return Ok(Index::default());
        };
        serde_json::from_slice(&bytes).with_context(|| {
            format!(
                "cannot read {}: it is damaged; remove it and sign in again",
                path.display()
            )
        })
    }

    /// Writes the index; an empty one leaves no file.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let done = if self.sites.is_empty() {
            private::remove(path)
        } else {
            private::write(path, serde_json::to_string_pretty(self)?.as_bytes())
        };
        done.with_context(|| format!("cannot write {}", path.display()))
    }
}

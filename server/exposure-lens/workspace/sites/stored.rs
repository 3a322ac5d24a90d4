//! What is kept of one site on disk: its content, and how its last fetches went.
//!
//! The content is in the envelope of [`content_cache`], which tells a damaged
//! file from a good one. Lowering it is done once for each change of the file.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lineage::Content;
use tableau::{Records, SiteAddress, content_cache};

use super::folder::folder_of;
use super::history::History;
use crate::config::SiteSetting;
use crate::disk::{self, private};
use crate::workspace::content::fingerprint;

/// A longer file is none of ours.
const MAX_STORED: u64 = 1 << 30;

/// The folder in the cache of what is wanted of one site. Two projects that want
/// different parts of it must not fetch each other's part away.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    pub(super) fn of(cache: &Path, setting: &SiteSetting) -> Shelf {
        let site = folder_of(cache, "sites", &setting.address.key());
        Shelf {
            folder: folder_of(&site, "", &setting.selection()),
        }
    }

    pub(super) fn content(&self) -> PathBuf {
        self.folder.join("content")
    }

    pub(super) fn history(&self) -> PathBuf {
        self.folder.join("history.json")
    }

    /// How the last fetches went.
    pub(super) fn history_kept(&self) -> History {
        History::read(&self.history())
    }

    /// What is locked while the site is fetched.
    pub(super) fn lock(&self) -> PathBuf {
        self.folder.join("lock")
    }

    /// What is kept; `Ok(None)` when nothing is.
    ///
    /// # Errors
    /// Why it cannot be used, in one line.
    pub(super) fn records(&self) -> Result<Option<Records>, String> {
        match disk::read(&self.content(), MAX_STORED) {
            Ok(bytes) => content_cache::decode(&bytes).map(Some).map_err(|error| {
                let said = format!("{:#}", anyhow::Error::new(error));
                said.trim_start_matches("cannot read it: ").to_owned()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    pub(super) fn write(&self, records: &Records) -> io::Result<()> {
        let bytes = content_cache::encode(records).map_err(io::Error::other)?;
        private::write(&self.content(), &bytes)
    }
}

/// Forgets a site with all its shelves.
pub(super) fn forget(cache: &Path, address: &SiteAddress) -> io::Result<()> {
    match std::fs::remove_dir_all(folder_of(cache, "sites", &address.key())) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// What was read before, so that only what has changed is read again.
#[derive(Debug, Default)]
pub(super) struct Memory {
    known: HashMap<PathBuf, Known>,
}

#[derive(Debug)]
struct Known {
    seen: u64,
    public_url: Option<String>,
    content: Result<Option<Arc<Content>>, String>,
}

impl Memory {
    /// What is kept on `shelf`, lowered.
    pub(super) fn content(
        &mut self,
        shelf: &Shelf,
        public_url: Option<&str>,
    ) -> Result<Option<Arc<Content>>, String> {
        let path = shelf.content();
        // Before the file is read: a change meanwhile is then seen as one.
        let seen = fingerprint(std::slice::from_ref(&path));
        if let Some(known) = self.known.get(&path)
            && known.seen == seen
            && known.public_url.as_deref() == public_url
        {
            return known.content.clone();
        }
        let records = shelf.records();
        let content = records.map(|it| it.map(|it| Arc::new(tableau::lower(&it, public_url))));
        let known = Known {
            seen,
            public_url: public_url.map(str::to_owned),
            content: content.clone(),
        };
        self.known.insert(path, known);
        content
    }
}

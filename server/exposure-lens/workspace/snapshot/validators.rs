//! What a web server said of a snapshot, so that it need not send the same one again.

use std::io;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::disk::{self, private};
use crate::workspace::sites::history::{Failure, may_try};

/// How the last tries went, and how to ask whether there is something new.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validators {
    /// `ETag` of the kept file.
    pub etag: Option<String>,
    /// `Last-Modified` of the kept file.
    pub last_modified: Option<String>,
    /// When the server last said what is the newest.
    pub checked_at: Option<Timestamp>,
    /// The last try, where it failed.
    pub failure: Option<Failure>,
}

impl Validators {
    /// Reads them; what cannot be read is as if nothing had been kept.
    pub(super) fn read(path: &Path) -> Validators {
        let bytes = disk::read(path, 1 << 20).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        private::write(path, &serde_json::to_vec_pretty(self)?)
    }

    /// Whether background work is to ask again.
    pub(super) fn is_due(&self, now: Timestamp, max_age: SignedDuration) -> bool {
        let may_try = may_try(self.failure.as_ref(), now, max_age);
        let fresh = SignedDuration::ZERO..max_age;
        let is_old = |at| !fresh.contains(&now.duration_since(at));
        may_try && self.checked_at.is_none_or(is_old)
    }
}

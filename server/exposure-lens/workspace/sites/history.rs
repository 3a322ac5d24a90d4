//! How the last fetches of a site went, kept beside its content.
//!
//! So that another window, and `doctor` in another process, can say why content is
//! old. It is for people: no decision but "is it time to try again" hangs on it.

use std::io;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tableau::SiteError;

use crate::disk::{self, private};

/// After a failure that may pass by itself, background work waits this long.
const PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// The last success and what came after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// The last fetch that ended well.
    pub success: Option<Success>,
    /// The last fetch, where it failed.
    pub failure: Option<Failure>,
}

/// A fetch that ended well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Success {
    /// When it began.
    pub at: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// The user that was signed in, as the site calls them.
    pub user: Option<String>,
    /// How much was fetched, and what it cost.
    pub counts: Counts,
}

/// How much a fetch brought, and what it cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Workbooks that are known now.
    pub workbooks: usize,
    /// Those that are new or have changed.
    pub changed: usize,
    /// Those that are gone.
    pub removed: usize,
    /// Requests that were sent.
    pub requests: u64,
    /// Bytes that came back.
    pub bytes: u64,
    /// How long it took.
    pub milliseconds: u64,
}

/// A fetch that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Failure {
    /// When.
    pub at: Timestamp,
    /// What went wrong, in one line.
    pub reason: String,
    /// What the user can do.
    pub hint: String,
    /// Whether it stays until the user does that: trying again is of no use.
    pub needs_user: bool,
}

impl Failure {
    /// What a site, or the way to it, did.
    pub fn of(at: Timestamp, error: &SiteError) -> Failure {
        Failure {
            at,
            reason: error.to_string(),
            hint: error.hint(),
            needs_user: needs_user(error),
        }
    }

    /// The same, now.
    pub fn now(error: &SiteError) -> Failure {
        Failure::of(Timestamp::now(), error)
    }

    /// The cache folder does not take it.
    pub fn of_cache(at: Timestamp, error: &io::Error) -> Failure {
        Failure {
            at,
            reason: format!("cannot keep content in the cache folder: {error}"),
            hint: "name another folder with EXPOSURE_LENS_CACHE_DIR".to_owned(),
            needs_user: true,
        }
    }

    /// What went wrong and what to do, in one sentence without a full stop.
    pub fn said(&self) -> String {
        match self.hint.trim_end_matches('.') {
            "" => self.reason.clone(),
            hint => format!("{}; {hint}", self.reason),
        }
    }
}

/// Whether trying again is of no use before the user has done something. A network
/// that is not there may come back by itself.
fn needs_user(error: &SiteError) -> bool {
    use SiteError as E;
    matches!(
        error,
        E::BadCredentials { .. }
            | E::WrongSite { .. }
            | E::NoMetadataRight { .. }
            | E::MetadataOff { .. }
            | E::CertificateNotTrusted { .. }
            | E::NotTableau { .. }
            | E::TooOld { .. }
            | E::Refused { .. }
            | E::RedirectedElsewhere { .. }
            | E::CloudHostUnknown { .. }
            | E::SetUp { .. }
    )
}

impl History {
    /// Reads it; what cannot be read is as if nothing had been kept.
    pub fn read(path: &Path) -> History {
        let bytes = disk::read(path, 1 << 20).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Keeps it.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        private::write(path, &serde_json::to_vec_pretty(self)?)
    }

    /// Whether background work may try (again) now, when content is to be no older
    /// than `max_age`.
    pub fn is_due(&self, now: Timestamp, max_age: SignedDuration) -> bool {
        let fresh = SignedDuration::ZERO..max_age;
        let is_old = self
            .success
            .as_ref()
            .is_none_or(|it| !fresh.contains(&now.duration_since(it.at)));
        is_old && may_try(self.failure.as_ref(), now, max_age)
    }
}

/// Whether enough time has gone by since a failure for background work to try again.
pub fn may_try(failure: Option<&Failure>, now: Timestamp, max_age: SignedDuration) -> bool {
    failure.is_none_or(|failure| {
        let pause = if failure.needs_user { max_age } else { PAUSE };
        // A clock that was set back is no reason to wait for ever.
        !(SignedDuration::ZERO..pause).contains(&now.duration_since(failure.at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    fn failed(minute: i64, needs_user: bool) -> Option<Failure> {
        Some(Failure {
            at: at(minute),
            needs_user,
            ..Failure::default()
        })
    }

    fn fetched(minute: i64) -> Option<Success> {
        Some(Success {
            at: at(minute),
            ..Success::default()
        })
    }

    #[test]
    fn content_is_due_when_it_is_old_and_nothing_has_just_failed() {
        let check = |success, failure, now: i64, expect: bool| {
            let history = History { success, failure };
            let is_due = history.is_due(at(now), HOUR);
            assert_eq!(is_due, expect, "{history:?} at {now}");
        };
        check(None, None, 1000, true);
        check(fetched(1000), None, 1059, false);
        check(fetched(1000), None, 1060, true);
        check(fetched(1000), None, 900, true);
        check(fetched(0), failed(1000, false), 1009, false);
        check(fetched(0), failed(1000, false), 1010, true);
        check(fetched(0), failed(1000, true), 1059, false);
        check(None, failed(1000, true), 1060, true);
        check(fetched(1000), failed(1000, false), 1010, false);
        check(None, failed(1000, false), 900, true);
    }

    #[test]
    fn what_cannot_be_read_is_as_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("history.json");
        assert_eq!(History::read(&path), History::default());
        let history = History {
            success: fetched(7),
            failure: failed(9, true),
        };
        history.write(&path).expect("write");
        assert_eq!(History::read(&path), history);
        std::fs::write(&path, "{\"success\": 7").expect("write");
        assert_eq!(History::read(&path), History::default());
    }
}

//! Fetching a site: one process at a time, the last good content kept on any failure.
//!
//! The only async part of what is kept. Dropping the future cancels it: nothing is
//! written before everything has come, and the lock is freed.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tableau::{Client, FetchOptions, Fetched, Records, SiteError, Wanted};

use super::access::Access;
use super::history::{Counts, Failure, History, Success};
use super::stored::Shelf;
use crate::config::SiteSetting;
use crate::disk::private::Lock;

/// How often to look whether another process has finished.
const LOOK: Duration = Duration::from_millis(200);
/// A fetch that takes longer than this hangs, whoever does it.
const MAX_WAIT: Duration = Duration::from_secs(3600);

/// How a site is to be fetched.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Ask for everything again, whether it has changed or not.
    pub full: bool,
}

/// What a fetch is doing.
#[derive(Clone, Debug)]
pub enum Step {
    /// Another window or command is fetching the same site; its result will do.
    Waiting,
    /// What the fetch itself says.
    Fetching(tableau::Progress),
}

/// Told of each [`Step`]. It is called often and must be quick.
pub type Progress<'a> = &'a (dyn Fn(Step) + Send + Sync);

/// A fetch that ended well.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// What it brought and cost.
    pub success: Success,
    /// Whether another process did it while this one waited.
    pub by_another: bool,
}

/// Fetches a site and keeps what it says, unless another process is just doing so:
/// then its result is awaited and used.
///
/// Call it from a task: the disk is left to blocking threads. Ask [`super::read`] for
/// the new content afterwards.
///
/// # Errors
/// Why nothing new is known. A failure of the site or of the network is kept too, so
/// that other processes can show it; that there is no credential they see themselves.
pub async fn refresh(
    access: &Access,
    setting: &SiteSetting,
    options: Options,
    progress: Progress<'_>,
) -> Result<Refreshed, Failure> {
    let asked = Timestamp::now();
    let shelf = access.shelf(setting)?;
    // Before the lock: of a site that nobody has signed in to nothing is written at all.
    let client = match access.client(&setting.address, |usual| usual).await {
        Ok(client) => client,
        Err(failure) => return Err(without_client(access, setting, &shelf, failure).await),
    };
    // Held until this function is left, in whatever way.
    let _lock = locked(shelf.lock(), progress).await?;
    let before = on_disk(&shelf, Before::read).await?;
    if let Some(success) = before.done_since(asked).filter(|_| !options.full) {
        return Ok(Refreshed {
            success,
            by_another: true,
        });
    }
    let fetch = Fetch {
        client: &client,
        at: Timestamp::now(),
        wanted: Wanted {
            projects: setting.projects.clone(),
            exclude: setting.exclude.clone(),
        },
    };
    match fetch.run(before.known, options, progress).await {
        Ok((success, records)) => {
            let (access, address) = (access.clone(), setting.address.clone());
            let keep = move |it: &Shelf| {
                access.note_use(&address);
                keep(it, success, &records)
            };
            on_disk(&shelf, keep).await?
        }
        Err(error) => {
            let failure = Failure::of(fetch.at, &error);
            if !matches!(error, SiteError::Offline { .. }) {
                let kept = failure.clone();
                on_disk(&shelf, move |it| keep_failure(it, before.history, kept)).await?;
            }
            Err(failure)
        }
    }
}

/// Why there is no client. That a keyring is locked, or that a file of certificates is
/// not there, is kept: else background work would try again at once.
async fn without_client(
    access: &Access,
    setting: &SiteSetting,
    shelf: &Shelf,
    failure: Failure,
) -> Failure {
    let (access, address, kept) = (access.clone(), setting.address.clone(), failure.clone());
    let keep = move |shelf: &Shelf| {
        if access.is_signed_in(&address) {
            keep_failure(shelf, History::read(&shelf.history()), kept);
        }
    };
    match on_disk(shelf, keep).await {
        Ok(()) => failure,
        Err(other) => other,
    }
}

/// What was known of a site before it is fetched.
struct Before {
    history: History,
    known: Option<Arc<Records>>,
}

impl Before {
    fn read(shelf: &Shelf) -> Before {
        Before {
            history: History::read(&shelf.history()),
            // What is damaged is as good as nothing: it is fetched anew.
            known: shelf.records().ok().flatten().map(Arc::new),
        }
    }

    /// The fetch that another process ended well after `asked`.
    fn done_since(&self, asked: Timestamp) -> Option<Success> {
        let History { success, failure } = &self.history;
        let success = success.clone().filter(|_| failure.is_none())?;
        (success.ended > asked && self.known.is_some()).then_some(success)
    }
}

/// A fetch under way.
struct Fetch<'a> {
    client: &'a Client,
    at: Timestamp,
    wanted: Wanted,
}

impl Fetch<'_> {
    async fn run(
        &self,
        known: Option<Arc<Records>>,
        options: Options,
        progress: Progress<'_>,
    ) -> Result<(Success, Records), SiteError> {
        let began = Instant::now();
        let user = self.client.signed_in().await?.user_name;
        let options = FetchOptions {
            wanted: self.wanted.clone(),
            known,
            now: self.at,
            full: options.full,
        };
        let report = |it| progress(Step::Fetching(it));
        let Fetched { records, summary } = tableau::fetch(self.client, options, &report).await?;
        let sent = self.client.counts();
        let success = Success {
            at: self.at,
            ended: Timestamp::now(),
            user,
            counts: Counts {
                workbooks: summary.n_workbooks,
                changed: summary.n_changed,
                removed: summary.n_removed,
                requests: sent.requests,
                bytes: sent.bytes,
                milliseconds: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            },
        };
        Ok((success, records))
    }
}

/// Keeps what came.
fn keep(shelf: &Shelf, success: Success, records: &Records) -> Result<Refreshed, Failure> {
    let at = success.at;
    let history = History {
        success: Some(success.clone()),
        failure: None,
    };
    let written = shelf.write(records);
    written
        .and_then(|()| history.write(&shelf.history()))
        .map_err(|error| Failure::of_cache(at, &error))?;
    Ok(Refreshed {
        success,
        by_another: false,
    })
}

/// Keeps why nothing came; what was known before stays.
fn keep_failure(shelf: &Shelf, before: History, failure: Failure) {
    let history = History {
        failure: Some(failure),
        ..before
    };
    if let Err(error) = history.write(&shelf.history()) {
        tracing::warn!(%error, "cannot keep why a fetch failed");
    }
}

/// Waits for the lock of a site. A thread that waits for a lock could not be cancelled;
/// so this looks again and again.
async fn locked(path: PathBuf, progress: Progress<'_>) -> Result<Lock, Failure> {
    let began = Instant::now();
    let failed = |error: &io::Error| Failure::of_cache(Timestamp::now(), error);
    loop {
        if let Some(lock) = Lock::try_at(&path).map_err(|it| failed(&it))? {
            return Ok(lock);
        }
        if began.elapsed() > MAX_WAIT {
            let message = "another window has been fetching the site for an hour";
            return Err(failed(&io::Error::new(io::ErrorKind::TimedOut, message)));
        }
        progress(Step::Waiting);
        tokio::time::sleep(LOOK).await;
    }
}

/// Leaves work on the disk to a thread that may block.
async fn on_disk<T: Send + 'static>(
    shelf: &Shelf,
    work: impl FnOnce(&Shelf) -> T + Send + 'static,
) -> Result<T, Failure> {
    let shelf = shelf.clone();
    let done = tokio::task::spawn_blocking(move || work(&shelf)).await;
    done.map_err(|error| Failure::of_cache(Timestamp::now(), &io::Error::other(error)))
}

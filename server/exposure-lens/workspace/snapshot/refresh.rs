//! Fetching a team snapshot from its address: only where it has changed, never with a
//! credential, never in place of a good one when it is not one itself.

use std::io;

use jiff::Timestamp;
use tableau::{ClientOptions, PublicAnswer, PublicFile, SiteError};

use super::{MAX_SNAPSHOT, Shelf, Validators, host_of, in_words};
use crate::config::{SnapshotPlace, SnapshotSetting};
use crate::disk::private::{self, Lock};
use crate::workspace::sites::Access;
use crate::workspace::sites::history::Failure;

/// What asking for a snapshot brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// A new one, of so many bytes.
    New(usize),
    /// The one that is kept is the newest.
    Unchanged,
}

/// Asks for the snapshot of the settings, where it has an address, and keeps it.
/// `None` where there is nothing to ask for. Call it from a task: the disk is left to
/// blocking threads. Dropping the future cancels it.
///
/// # Errors
/// Why nothing new is known; it is kept too, for other processes to show. The last
/// good snapshot stays.
pub async fn refresh(access: &Access) -> Option<Result<Fetched, Failure>> {
    let SnapshotSetting { place, .. } = access.settings().snapshot()?;
    let SnapshotPlace::Url(url) = place else {
        return None;
    };
    Some(of_address(access, url).await)
}

async fn of_address(access: &Access, url: String) -> Result<Fetched, Failure> {
    let host = host_of(&url).unwrap_or_default();
    let (before, shelf, options) = prepare(access, &url, &host).await?;
    let file = PublicFile {
        url: &url,
        etag: before.etag.as_deref(),
        last_modified: before.last_modified.as_deref(),
        max_bytes: MAX_SNAPSHOT,
    };
    let answer = file.get(&options).await;
    if let Err(error @ SiteError::Offline { .. }) = &answer {
        return Err(Failure::of(Timestamp::now(), error));
    }
    in_background(move || keep(&shelf, before, answer)).await
}

/// What to ask with. Blocks no task: a user's yes, the cache and certificates are on the disk.
async fn prepare(
    access: &Access,
    url: &str,
    host: &str,
) -> Result<(Validators, Shelf, ClientOptions), Failure> {
    let (access, url, host) = (access.clone(), url.to_owned(), host.to_owned());
    in_background(move || {
        if !access.is_trusted(&host) {
            return Err(not_trusted(&host));
        }
        let shelf = Shelf::of(access.cache()?, &url);
        let mut before = Validators::read(&shelf.validators());
        if !shelf.content().is_file() {
            // Without the file itself the server must not say that it is the newest.
            (before.etag, before.last_modified) = (None, None);
        }
        Ok((before, shelf, access.connection(&host)?))
    })
    .await
}

/// Keeps a snapshot that is one, and what to ask with the next time.
fn keep(
    shelf: &Shelf,
    before: Validators,
    answer: Result<PublicAnswer, SiteError>,
) -> Result<Fetched, Failure> {
    let now = Timestamp::now();
    let failed = |error: &io::Error| Failure::of_cache(now, error);
    let _lock = Lock::at(&shelf.lock()).map_err(|it| failed(&it))?;
    let checked = Validators {
        checked_at: Some(now),
        failure: None,
        ..before.clone()
    };
    let (kept, fetched) = match answer {
        Ok(PublicAnswer::Unchanged) => (checked, Ok(Fetched::Unchanged)),
        Ok(PublicAnswer::New {
            bytes,
            etag,
            last_modified,
        }) => match tableau::snapshot::decode(&bytes) {
            Ok(_) => {
                private::write(&shelf.content(), &bytes).map_err(|it| failed(&it))?;
                let kept = Validators {
                    etag,
                    last_modified,
                    ..checked
                };
                (kept, Ok(Fetched::New(bytes.len())))
            }
            Err(error) => failing(before, no_snapshot(now, &in_words(&error))),
        },
        Err(error) => failing(before, not_fetched(now, &error)),
    };
    kept.write(&shelf.validators()).map_err(|it| failed(&it))?;
    fetched
}

fn failing(before: Validators, failure: Failure) -> (Validators, Result<Fetched, Failure>) {
    let kept = Validators {
        failure: Some(failure.clone()),
        ..before
    };
    (kept, Err(failure))
}

/// What keeps a file from coming, where the words for a site would mislead.
fn not_fetched(at: Timestamp, error: &SiteError) -> Failure {
    let failure = Failure::of(at, error);
    let reason = match error {
        SiteError::NotTableau { host, reason, .. } => {
            format!("cannot fetch the team snapshot on {host}: {reason} came in its place")
        }
        SiteError::Refused { .. } => failure.reason,
        _ => return failure,
    };
    Failure {
        reason,
        hint: "check the address in `tableau.snapshot`: the file may not be there, or open only \
               to those who sign in"
            .to_owned(),
        ..failure
    }
}

fn no_snapshot(at: Timestamp, reason: &str) -> Failure {
    Failure {
        at,
        reason: format!("what `tableau.snapshot` leads to is no team snapshot: {reason}"),
        hint: "check the address; `exposure-lens pull --output FILE` writes one".to_owned(),
        needs_user: true,
    }
}

fn not_trusted(host: &str) -> Failure {
    Failure {
        at: Timestamp::now(),
        reason: format!("the team snapshot is on {host}, which only the repository names"),
        hint: format!(
            "run `exposure-lens pull` in a terminal and say yes, or `exposure-lens pull --yes`, \
             if you know {host}"
        ),
        needs_user: true,
    }
}

async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        Err(Failure::of_cache(
            Timestamp::now(),
            &io::Error::other(error),
        ))
    })
}

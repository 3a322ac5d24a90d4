//! One question to the Metadata API, and what is kept of its answer's warnings.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::Progress;
use super::unseen::Unseen;
use crate::client::Client;
use crate::metadata::{Page, Query, Trouble, Without};
use crate::records::{NoteKind, NoteRecord};
use crate::rest::Listed;
use crate::site_error::SiteError;

/// The smallest form of a query; see [`Without`].
const LEAST: u8 = 2;
/// So often a site may ask to come later.
const MAX_WAITS: u32 = 5;
/// So many single nodes may fail in a row before the site counts as down.
const MAX_FAULTS: usize = 4;

/// What the stages of one read share.
pub(super) struct Reader<'a> {
    pub(super) client: &'a Client,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
    notes: Mutex<BTreeSet<NoteRecord>>,
    /// Ids on which the site gave up, of whatever kind.
    failed: Mutex<BTreeMap<Query, BTreeSet<String>>>,
    /// How much is left out of queries, for older servers.
    level: AtomicU8,
    n_faults: AtomicUsize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        client: &'a Client,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> Reader<'a> {
        Reader {
            client,
            progress,
            notes: Mutex::default(),
            failed: Mutex::default(),
            level: AtomicU8::new(0),
            n_faults: AtomicUsize::new(0),
        }
    }

    /// Tells how far a stage is.
    pub(super) fn report(&self, stage: &'static str, done: usize, total: Option<u64>) {
        let done = done as u64;
        (self.progress)(Progress { stage, done, total });
    }

    /// Keeps a note, once.
    pub(super) fn note(&self, kind: NoteKind, message: String, about: Option<String>) {
        self.keep(NoteRecord {
            kind,
            message,
            about,
            luid: None,
        });
    }

    /// Keeps a note about one workbook or published datasource.
    pub(super) fn note_about(&self, kind: NoteKind, message: String, listed: &Listed) {
        self.keep(NoteRecord {
            luid: Some(listed.luid.clone()),
            about: listed.item.name.clone(),
            kind,
            message,
        });
    }

    fn keep(&self, note: NoteRecord) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.insert(note);
    }

    /// What queries left out, for a server that seems older.
    pub(super) fn left_out(&self) -> Unseen {
        let level = self.level.load(Ordering::Relaxed);
        Unseen {
            virtual_connections: level > 0,
            flows: level > 1,
            why: "the server's Metadata API does not tell of them",
        }
    }

    /// The notes so far.
    pub(super) fn notes(&self) -> Vec<NoteRecord> {
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.iter().cloned().collect()
    }

    /// Keeps ids on which the site gave up.
    pub(super) fn fail(&self, query: Query, ids: BTreeSet<String>) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.entry(query).or_default().extend(ids);
    }

    /// The ids on which the site gave up, save those that came in another way. Says how
    /// many there are.
    pub(super) fn failed(&self, came: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(published) = failed.get_mut(&Query::Published) {
            published.retain(|it| !came(it));
        }
        for (query, ids) in failed.iter().filter(|(_, ids)| !ids.is_empty()) {
            let (n, things) = (ids.len(), query.things());
            let message = format!("the site gave up on {n} {things}, each asked for alone");
            self.note(NoteKind::Truncated, message, None);
        }
        failed.values().flatten().cloned().collect()
    }

    /// Whether the site said that its answers leave out what they will tell later.
    pub(super) fn is_incomplete(&self) -> bool {
        let incomplete = |it: &NoteRecord| it.kind == NoteKind::MetadataIncomplete;
        self.notes().iter().any(incomplete)
    }

    /// Asks for one page. Limits are the caller's to deal with; every other trouble is
    /// noted here.
    pub(super) async fn ask(
        &self,
        query: Query,
        variables: &Value,
        owner: bool,
    ) -> Result<Page, SiteError> {
        let mut n_waits = 0;
        loop {
            let level = self.level.load(Ordering::Relaxed);
            if query.is_newer() && level > 0 {
                return Ok(Page::default());
            }
            let without = Without {
                newer: level > 0,
                extra: level > 1,
                owner: !owner,
            };
            let text = query.text(without);
            let page = match self.client.metadata(&text, variables.clone()).await {
                Ok(answer) => Page::of(query, answer),
                // Some servers refuse an unknown field as a bad request.
                Err(SiteError::Refused { status: 400, .. }) if level < LEAST => {
                    self.lower_level(level + 1);
                    continue;
                }
                Err(error) => return Err(error),
            };
            if page.is_unknown_field() && level < LEAST {
                self.lower_level(level + 1);
            } else if page.troubles.contains(&Trouble::Rate) && n_waits < MAX_WAITS {
                n_waits += 1;
                pause(n_waits).await;
            } else {
                self.keep_notes(query, &page, &variables["filter"]);
                return Ok(page);
            }
        }
    }

    /// Asks less from now on: the server is older.
    fn lower_level(&self, level: u8) {
        self.level.fetch_max(level, Ordering::Relaxed);
        let message = match level {
            1 => "the server's version knows no virtual connections, so none are read",
            _ => "the server's version tells less of warnings, flows and custom SQL",
        };
        self.note(NoteKind::Information, message.to_owned(), None);
    }

    fn keep_notes(&self, query: Query, page: &Page, filter: &Value) {
        for trouble in &page.troubles {
            match trouble {
                Trouble::Note(kind, message) => self.note(*kind, message.clone(), None),
                Trouble::UnknownField(said) => {
                    let things = query.things();
                    let message = format!("the server's version cannot tell {things}: {said}");
                    self.note(NoteKind::MetadataUnavailable, message, None);
                }
                Trouble::Rate => {
                    let things = query.things();
                    let message = format!("{things} are missing: the site wants fewer questions");
                    self.note(NoteKind::Truncated, message, None);
                }
                Trouble::FilterRequired(said) if !filter.is_null() => {
                    let message = format!("the site refused to tell {}: {said}", query.things());
                    self.note(NoteKind::MetadataUnavailable, message, None);
                }
                Trouble::Nulled if page.has_holes() => {
                    let things = query.things();
                    let message = format!("parts of some {things} did not come: they are broken");
                    self.note(NoteKind::MetadataUnavailable, message, None);
                }
                Trouble::Limit(_) | Trouble::Nulled | Trouble::FilterRequired(_) => {}
            }
        }
    }

    /// Counts a single node on which the site failed. Where nothing else comes any
    /// more, that is the end.
    pub(super) fn count_fault(&self, error: Option<SiteError>) -> Result<(), SiteError> {
        let n_faults = self.n_faults.fetch_add(1, Ordering::Relaxed) + 1;
        match error {
            Some(error) if n_faults >= MAX_FAULTS => Err(error),
            _ => Ok(()),
        }
    }

    /// The site answers.
    pub(super) fn count_success(&self) {
        self.n_faults.store(0, Ordering::Relaxed);
    }
}

/// Whether a smaller question may have an answer where this one had none.
pub(super) fn is_heavy(error: &SiteError) -> bool {
    matches!(
        error,
        SiteError::TimedOut { .. }
            | SiteError::TooLarge { .. }
            | SiteError::ServerFault { .. }
            | SiteError::BadAnswer { .. }
    )
}

/// Waits before the n-th repetition.
pub(super) async fn pause(n: u32) {
    let millis = 100_u64.saturating_mul(1 << n.min(6));
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

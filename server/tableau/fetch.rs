//! Reading a site: all of it, or what has changed.
//!
//! The REST catalogue comes first and says what there is and what has changed; the
//! Metadata API then tells the lineage of that. Pages are for a first read; what is
//! missing after them, and every refresh, goes by lists of ids. Whatever a site
//! refuses or gives up on ends as a note, never as a shorter list without a word.

use std::collections::HashSet;
use std::sync::Arc;

use ::lineage::Timestamp;

use crate::client::Client;
use crate::content_cache::PARSED_BY;
use crate::lower;
use crate::metadata::Query;
use crate::records::{NoteKind, Records, Way};
use crate::site_error::SiteError;
use assemble::Trust;
use plan::Plan;
use reader::Reader;
use selection::Selection;

mod assemble;
mod batches;
mod catalogue;
mod downloads;
mod extras;
mod lineage;
mod pages;
mod plan;
mod prune;
mod reader;
mod selection;
mod unseen;
mod usage;

/// So often everything is asked for again: flows and virtual connections change
/// without any workbook telling.
const FULL_EVERY: i64 = 7 * DAY;
/// So often while a site is still working out its lineage, which may take it days.
const FULL_EVERY_WHILE_INCOMPLETE: i64 = DAY;
const DAY: i64 = 24 * 60 * 60;

/// Which Tableau projects to read, as globs over nested paths such as `Finance/Exec`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Those to read; empty for all.
    pub projects: Vec<String>,
    /// Those to leave out.
    pub exclude: Vec<String>,
}

/// How to read a site.
#[derive(Clone, Debug, Default)]
pub struct FetchOptions {
    /// Which projects.
    pub wanted: Wanted,
    /// What is known of the site from before.
    pub known: Option<Arc<Records>>,
    /// The time.
    pub now: Timestamp,
    /// Whether to ask for everything again, known or not.
    pub full: bool,
}

/// A site as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fetched {
    /// What it said.
    pub records: Records,
    /// What that took.
    pub summary: Summary,
}

/// What reading a site took and brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Workbooks now known.
    pub n_workbooks: usize,
    /// Workbooks whose lineage was asked.
    pub n_changed: usize,
    /// Workbooks that are gone.
    pub n_removed: usize,
    /// Requests that were sent.
    pub requests: u64,
    /// Bytes of their answers.
    pub bytes: u64,
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being read, in words for people: `workbooks`.
    pub stage: &'static str,
    /// How many so far.
    pub done: u64,
    /// How many there are, where that is known.
    pub total: Option<u64>,
}

/// Reads a site. Dropping the future stops it.
pub async fn fetch(
    client: &Client,
    options: FetchOptions,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Fetched, SiteError> {
    let before = client.counts();
    let reader = Reader::new(client, progress);
    let known = options.known.as_deref().filter(|it| is_of(it, client));
    let counted = async { Ok(usage::read(&reader, known.map(|it| &it.usage), options.now).await) };
    let role = async { Ok(sees_all(client).await) };
    let (usage, sees_all, mut fetched) =
        tokio::try_join!(counted, role, read(&reader, &options, known))?;
    let after = client.counts();
    fetched.summary.requests = after.requests.saturating_sub(before.requests);
    fetched.summary.bytes = after.bytes.saturating_sub(before.bytes);
    let records = &mut fetched.records;
    records.base = client.address().base().to_owned();
    records.site = client.address().site().to_owned();
    records.fetched_at = Some(options.now);
    records.projects_wanted = options.wanted.projects;
    records.projects_excluded = options.wanted.exclude;
    records.sees_all = sees_all;
    records.usage = usage;
    usage::settle(records);
    records.notes.extend(reader.notes());
    records.notes.sort();
    records.notes.dedup();
    parse_queries(records).await;
    Ok(fetched)
}

/// Whether the token's user has a role from which nothing is hidden. Where the site does
/// not tell, something may be.
async fn sees_all(client: &Client) -> bool {
    let who = client.signed_in().await;
    who.is_ok_and(|it| it.sees_all())
}

/// Keeps what queries read, so that content which is loaded answers without parsing them.
async fn parse_queries(records: &mut Records) {
    PARSED_BY.clone_into(&mut records.parsed_by);
    for (n, query) in records.custom_sql.iter_mut().enumerate() {
        if query.parsed.is_none() {
            query.parsed = Some(lower::parsed(query));
        }
        // Other tasks of this thread have their turn.
        if n % 50 == 49 {
            tokio::task::yield_now().await;
        }
    }
}

/// Whether the records are of the client's site.
fn is_of(records: &Records, client: &Client) -> bool {
    let address = client.address();
    records.base == address.base() && records.site == address.site()
}

/// Reads the catalogue, and then the lineage in whatever way the site offers.
async fn read(
    reader: &Reader<'_>,
    options: &FetchOptions,
    known: Option<&Records>,
) -> Result<Fetched, SiteError> {
    let catalogue = catalogue::read(reader).await?;
    let selection = Selection::new(&options.wanted);
    let is_recent = known.is_some_and(|it| is_recent(it, options.now));
    let of_way = |way| known.filter(|it| it.way == way && is_recent && !options.full);
    let kept = match of_way(Way::Metadata) {
        Some(kept) if is_incomplete(kept) && has_caught_up(reader).await => None,
        kept => kept,
    };
    let plan = Plan::new(catalogue, &selection, kept);
    note_undecided(reader, &plan);
    let heard = match from_metadata(reader, &plan).await {
        Ok(heard) => heard,
        Err(SiteError::MetadataOff { .. }) => {
            let plan = Plan::new(plan.catalogue, &selection, of_way(Way::Downloads));
            let records = downloads::read(reader, &plan).await?;
            return Ok(finish(&plan, records, known, options));
        }
        Err(error) => return Err(error),
    };
    let trust = Trust {
        now: options.now,
        is_incomplete: reader.is_incomplete(),
    };
    let records = assemble::records(&plan, heard, trust);
    Ok(finish(&plan, records, known, options))
}

async fn from_metadata(reader: &Reader<'_>, plan: &Plan<'_>) -> Result<lineage::Heard, SiteError> {
    let mut heard = lineage::read(reader, plan).await?;
    extras::read(reader, plan, &mut heard).await?;
    unseen::note(reader, reader.left_out()).await?;
    let published = &heard.published;
    let came = |luid: &str| published.values().any(|it| it.luid == luid);
    let failed = reader.failed(|it| published.contains_key(it) || came(it));
    heard.failed.extend(failed);
    Ok(heard)
}

/// Whether everything was asked for lately enough.
fn is_recent(known: &Records, now: Timestamp) -> bool {
    let age = known.full_at.map(|at| now.as_second() - at.as_second());
    let every = match is_incomplete(known) {
        true => FULL_EVERY_WHILE_INCOMPLETE,
        false => FULL_EVERY,
    };
    age.is_some_and(|age| age < every)
}

/// Whether the site said that it left out what it would tell later.
fn is_incomplete(known: &Records) -> bool {
    let mut notes = known.notes.iter();
    notes.any(|it| it.kind == NoteKind::MetadataIncomplete)
}

/// Whether a site that left things out does so no longer. Then all is asked again: any
/// workbook may have come with less than it has.
async fn has_caught_up(reader: &Reader<'_>) -> bool {
    let one = serde_json::json!({"n": 1});
    let page = reader.ask(Query::CustomSql, &one, true).await;
    page.is_ok_and(|it| it.is_there && !reader.is_incomplete())
}

fn note_undecided(reader: &Reader<'_>, plan: &Plan<'_>) {
    let n = plan.n_undecided;
    if n > 0 {
        let message = format!(
            "of the projects around {n} more workbooks some are hidden, so whether they are \
             selected is not known"
        );
        reader.note(NoteKind::CatalogueIncomplete, message, None);
    }
}

fn finish(
    plan: &Plan<'_>,
    mut records: Records,
    known: Option<&Records>,
    options: &FetchOptions,
) -> Fetched {
    let was_full = plan.known.is_none();
    records.full_at = match was_full {
        true => Some(options.now),
        false => known.and_then(|it| it.full_at),
    };
    let known = known.into_iter().flat_map(|it| &it.workbooks);
    let listed = plan.catalogue.workbooks.iter();
    let listed: HashSet<&str> = listed.map(|it| it.luid.as_str()).collect();
    let n_gone = known
        .filter(|it| !listed.contains(it.luid.as_str()))
        .count();
    let summary = Summary {
        n_workbooks: records.workbooks.len(),
        n_changed: plan.ask_workbooks.len(),
        n_removed: if plan.catalogue.is_complete {
            n_gone
        } else {
            0
        },
        ..Summary::default()
    };
    Fetched { records, summary }
}

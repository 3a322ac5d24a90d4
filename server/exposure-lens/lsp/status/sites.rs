//! How Tableau's sites and the team snapshot are, and what of that the user is told.

use std::collections::{BTreeMap, HashSet};

use lineage::{GapCode, Timestamp};
use tower_lsp::ls_types::MessageType;

use super::Projects;
use crate::lsp::ext::SiteStatus;
use crate::lsp::load::Sites;
use crate::lsp::session::State;
use crate::lsp::sites::key_of;
use crate::workspace::sites::{Phase, SiteState};
use crate::workspace::snapshot::SnapshotState;

/// Whether a problem with this code is about one site or snapshot. Those are told of
/// by name, each once: [`messages`].
pub(super) fn is_about_one(code: &str) -> bool {
    [
        GapCode::NotSignedIn,
        GapCode::SiteUnavailable,
        GapCode::RefreshFailed,
        GapCode::SnapshotUnavailable,
    ]
    .iter()
    .any(|it| it.as_str() == code)
}

/// Every site and snapshot that a project names, each once, by name.
pub(super) fn all(state: &State) -> Vec<SiteStatus> {
    let now = Timestamp::now();
    let mut all: BTreeMap<String, SiteStatus> = BTreeMap::new();
    for sites in of_projects(&state.projects) {
        for site in &sites.kept.sites {
            let key = key_of(&site.setting);
            let is_busy = state.fetches.get(&key).is_some_and(|it| it.is_busy());
            all.entry(key)
                .or_insert_with(|| of_site(sites, site, is_busy, now));
        }
        if let Some(snapshot) = &sites.kept.snapshot {
            let key = format!("snapshot {}", snapshot.place);
            all.entry(key)
                .or_insert_with(|| of_snapshot(sites, snapshot, now));
        }
    }
    all.into_values().collect()
}

/// Whether any project names a site or a snapshot.
pub(super) fn are_named(projects: &Projects) -> bool {
    of_projects(projects).any(|it| !it.kept.sites.is_empty() || it.kept.snapshot.is_some())
}

fn of_projects(projects: &Projects) -> impl Iterator<Item = &Sites> {
    projects.values().filter_map(|it| it.sites.as_ref())
}

fn of_site(sites: &Sites, site: &SiteState, is_busy: bool, now: Timestamp) -> SiteStatus {
    let max_age = sites.kept.max_age;
    let phase = match site.phase(now, max_age) {
        _ if is_busy => "fetching",
        Phase::NotSignedIn => "not_signed_in",
        Phase::NeverFetched => "never_fetched",
        Phase::Failed => "failed",
        Phase::Fresh => "fresh",
        Phase::Stale => "stale",
    };
    SiteStatus {
        name: ide::plain(&site.name()),
        address: Some(site.setting.address.to_string()),
        phase: phase.to_owned(),
        fetched_at: site.fetched_at().map(|it| it.to_string()),
        workbooks: site.content.as_ref().map_or(0, |it| it.workbooks.len()),
        message: site.problem(now, max_age).map(|it| it.message),
    }
}

fn of_snapshot(sites: &Sites, snapshot: &SnapshotState, now: Timestamp) -> SiteStatus {
    let read = snapshot.snapshot.as_ref();
    let problem = snapshot.problem(now);
    let phase = match (&problem, read) {
        (Some(_), _) => "failed",
        (None, None) => "never_fetched",
        (None, Some(_)) if snapshot.is_due(now, sites.kept.max_age) => "stale",
        (None, Some(_)) => "fresh",
    };
    SiteStatus {
        name: format!("team snapshot {}", ide::plain(&snapshot.place)),
        address: None,
        phase: phase.to_owned(),
        fetched_at: read.and_then(|it| it.generated_at).map(|it| it.to_string()),
        workbooks: read.map_or(0, |it| {
            it.contents.iter().map(|it| it.workbooks.len()).sum()
        }),
        message: problem.map(|it| it.message),
    }
}

/// What keeps a site from being known, once for each site and kind of trouble; not that
/// one is about to be fetched, nor what a question is asked about anyway.
pub(super) fn messages(
    projects: &Projects,
    told: &mut HashSet<String>,
) -> Vec<(MessageType, String)> {
    let now = Timestamp::now();
    let mut new = Vec::new();
    for sites in of_projects(projects) {
        // Who signs out knows it.
        for site in sites.kept.sites.iter().filter(|it| it.signed_in) {
            told.insert(cause(GapCode::NotSignedIn.as_str(), &key_of(&site.setting)));
        }
        let is_news = |it: &&SiteState| it.phase(now, sites.kept.max_age) != Phase::NeverFetched;
        for site in sites.kept.sites.iter().filter(is_news) {
            let problem = site.problem(now, sites.kept.max_age);
            new.extend(problem.map(|it| (key_of(&site.setting), it)));
        }
        let snapshot = sites.kept.snapshot.as_ref().filter(|it| it.trusted);
        let problem = snapshot.and_then(|it| Some((it.place.clone(), it.problem(now)?)));
        new.extend(problem);
    }
    new.retain(|(key, problem)| told.insert(cause(problem.code, key)));
    let lines = new.into_iter().map(|(_, it)| it.message);
    lines.map(|it| (MessageType::WARNING, it)).collect()
}

/// What is told once of a site or snapshot.
fn cause(code: &str, key: &str) -> String {
    format!("{code} {key}")
}

/// The user knows how the last fetch of a site ended: that is not told again, and after
/// a success the next failure is news.
pub(in crate::lsp) fn settle(told: &mut HashSet<String>, key: &str, failed: bool) {
    for code in [GapCode::RefreshFailed, GapCode::SiteUnavailable] {
        let cause = cause(code.as_str(), key);
        if failed {
            told.insert(cause);
        } else {
            told.remove(&cause);
        }
    }
}

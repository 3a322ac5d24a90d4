//! What `doctor` tells of each site and of the team snapshot.

use lineage::{Content, Timestamp};
use serde::Serialize;

use super::Findings;
use super::look::Look;
use crate::cli::load::Loaded;
use crate::output::json_v1::Note;
use crate::workspace::sites::history::{Counts, Failure};
use crate::workspace::sites::{self, Phase, SiteState};

/// A token that lapses within so many days is warned of.
const LAPSES_SOON: i64 = 5;

/// A site.
#[derive(Serialize)]
pub(super) struct Site {
    pub(super) name: String,
    pub(super) url: String,
    /// `not_signed_in`, `never_fetched`, `failed`, `fresh` or `stale`.
    pub(super) state: &'static str,
    /// Whether there is a credential.
    pub(super) signed_in: bool,
    /// Whether it answered now; `null` where it was not asked.
    pub(super) reachable: Option<bool>,
    /// Where the credential is: `keyring`, `file` or `environment`.
    pub(super) credential: Option<&'static str>,
    /// In how many days the token lapses if it stays unused.
    pub(super) lapses_in_days: Option<i64>,
    pub(super) user: Option<String>,
    pub(super) role: Option<String>,
    pub(super) product_version: Option<String>,
    pub(super) api_version: Option<String>,
    /// Whether the Metadata API answers.
    pub(super) metadata_api: Option<bool>,
    pub(super) workbooks: usize,
    pub(super) datasources: usize,
    pub(super) fetched_at: Option<String>,
    pub(super) selected: Option<String>,
    pub(super) complete: bool,
    pub(super) last_fetch: Option<Counts>,
    pub(super) last_failure: Option<LastFailure>,
    pub(super) notes: Vec<Note>,
}

/// A try that failed.
#[derive(Serialize)]
pub(super) struct LastFailure {
    pub(super) at: String,
    pub(super) reason: String,
    pub(super) hint: String,
}

/// The team snapshot.
#[derive(Serialize)]
pub(super) struct Snapshot {
    pub(super) place: String,
    /// Whether it is whole and of a version that this program reads.
    pub(super) verified: bool,
    pub(super) project: Option<String>,
    pub(super) generated_at: Option<String>,
    pub(super) checked_at: Option<String>,
    pub(super) workbooks: usize,
    pub(super) relations: usize,
    pub(super) notes: Vec<Note>,
}

impl Site {
    pub(super) fn all(findings: &Findings) -> Vec<Site> {
        let sites = findings.loaded.kept.sites.iter().zip(&findings.looks);
        sites
            .map(|(state, look)| Site::of(&findings.loaded, state, look.as_ref()))
            .collect()
    }

    fn of(loaded: &Loaded, state: &SiteState, look: Option<&Look>) -> Site {
        let content = state.content.as_deref();
        let signed_in = look.and_then(|it| it.signed_in.as_ref().ok());
        let history = &state.history;
        let (now, max_age) = (loaded.now, loaded.kept.max_age);
        let whole = state.to_content(now, max_age);
        let credential = loaded.access.credential_of(&state.setting.address);
        Site {
            credential: credential.as_ref().map(|it| it.place.as_str()),
            lapses_in_days: credential.and_then(|it| it.days_left(now)),
            name: state.name(),
            url: state.setting.address.to_string(),
            state: word(state.phase(now, max_age)),
            signed_in: state.signed_in,
            reachable: look.map(|it| it.signed_in.is_ok()),
            user: signed_in
                .and_then(|it| it.user_name.clone())
                .or_else(|| history.success.as_ref()?.user.clone()),
            role: signed_in.and_then(|it| it.site_role.clone()),
            product_version: signed_in.and_then(|it| it.product_version.clone()),
            api_version: signed_in.map(|it| it.api_version.clone()),
            metadata_api: look.and_then(|it| it.metadata.as_ref().map(Result::is_ok)),
            workbooks: content.map_or(0, |it| it.workbooks.len()),
            datasources: content.map_or(0, |it| it.datasources.len()),
            fetched_at: state.fetched_at().map(|it| it.to_string()),
            selected: content.and_then(|it| it.selected.clone()),
            complete: whole.gaps.is_empty() && state.content.is_some(),
            last_fetch: history.success.as_ref().map(|it| it.counts),
            last_failure: failure(state, look).map(LastFailure::of),
            notes: notes(&whole),
        }
    }
}

/// What failed last: just now, else when it was last fetched.
pub(super) fn failure<'a>(state: &'a SiteState, look: Option<&'a Look>) -> Option<&'a Failure> {
    let now = look.and_then(|it| {
        let metadata = it.metadata.as_ref().and_then(|it| it.as_ref().err());
        it.signed_in.as_ref().err().or(metadata)
    });
    now.or(state.history.failure.as_ref())
}

impl LastFailure {
    fn of(failure: &Failure) -> LastFailure {
        LastFailure {
            at: failure.at.to_string(),
            reason: ide::plain_message(&failure.reason),
            hint: ide::plain_message(&failure.hint),
        }
    }
}

impl Snapshot {
    pub(super) fn of(loaded: &Loaded) -> Option<Snapshot> {
        let state = loaded.kept.snapshot.as_ref()?;
        let read = state.snapshot.as_deref();
        let contents = read.map_or(&[][..], |it| &it.contents);
        let mut all: Vec<Note> = contents.iter().flat_map(notes).collect();
        all.extend(state.problem(loaded.now).map(|it| Note {
            code: it.code.to_owned(),
            message: it.message,
        }));
        all.sort();
        Some(Snapshot {
            place: state.place.clone(),
            verified: read.is_some(),
            project: read.map(|it| it.project.clone()),
            generated_at: read.and_then(|it| it.generated_at).map(|it| it.to_string()),
            checked_at: state.validators.checked_at.map(|it| it.to_string()),
            workbooks: contents.iter().map(|it| it.workbooks.len()).sum(),
            relations: read.map_or(0, |it| it.production.len()),
            notes: all,
        })
    }
}

fn notes(content: &Content) -> Vec<Note> {
    let gaps = content.gaps.iter().map(|gap| Note {
        code: gap.code.as_str().to_owned(),
        message: ide::plain_message(&gap.message),
    });
    let mut notes: Vec<Note> = gaps.collect();
    notes.sort();
    notes.dedup();
    notes
}

fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::NotSignedIn => "not_signed_in",
        Phase::NeverFetched => "never_fetched",
        Phase::Failed => "failed",
        Phase::Fresh => "fresh",
        Phase::Stale => "stale",
    }
}

/// The lines of a site in a terminal, below its name.
pub(super) fn lines(findings: &Findings, n: usize) -> Vec<(bool, String)> {
    let loaded = &findings.loaded;
    let (state, look) = (&loaded.kept.sites[n], findings.looks[n].as_ref());
    let site = Site::of(loaded, state, look);
    let mut lines = vec![(false, signed_in(&site, look))];
    lines.extend(runs(&site).map(|it| (false, it)));
    lines.extend(kept(&site, state, loaded.now).map(|it| (false, it)));
    if let Some(fetch) = &site.last_fetch {
        let n_requests = usize::try_from(fetch.requests).unwrap_or(usize::MAX);
        let seconds = fetch.milliseconds as f64 / 1000.0;
        let requests = ide::count(n_requests, "request");
        lines.push((false, format!("last fetch: {requests}, {seconds:.1} s")));
    }
    if let Some(failure) = failure(state, look) {
        let when = ide::ago(loaded.now, failure.at);
        lines.push((true, format!("failed {when}: {}", failure.said())));
    }
    lines.extend(state.damaged.iter().map(|reason| {
        let line = format!("what was kept cannot be used and is fetched anew: {reason}");
        (true, line)
    }));
    lines
}

fn signed_in(site: &Site, look: Option<&Look>) -> String {
    if !site.signed_in {
        return format!("not signed in to: run `exposure-lens login {}`", site.url);
    }
    let whom = site.user.as_deref().unwrap_or("a user without a name");
    let mut facts = match look.map(|it| it.signed_in.is_ok()) {
        Some(true) => vec![format!("signed in as {whom}")],
        Some(false) => vec!["no sign-in just now".to_owned()],
        None => vec!["there is a credential; the site was not asked".to_owned()],
    };
    facts.extend(site.role.clone());
    facts.extend(site.credential.map(|it| match it {
        "environment" => "credential from the environment".to_owned(),
        "keyring" => "credential in the system's keyring".to_owned(),
        place => format!("credential in a {place} of yours"),
    }));
    let lapses = site.lapses_in_days.filter(|it| *it <= LAPSES_SOON);
    facts.extend(lapses.map(|it| match it {
        ..=0 => "the token may have lapsed, unused".to_owned(),
        1 => "the token lapses in a day if unused".to_owned(),
        days => format!("the token lapses in {days} days if unused"),
    }));
    facts.join(" · ")
}

/// What the site runs, where it was asked.
fn runs(site: &Site) -> Option<String> {
    let mut facts = Vec::new();
    facts.extend(
        site.product_version
            .as_ref()
            .map(|it| format!("Tableau {it}")),
    );
    facts.extend(site.metadata_api.map(|is_on| match is_on {
        true => "Metadata API on".to_owned(),
        false => "Metadata API not to be had".to_owned(),
    }));
    (!facts.is_empty()).then(|| facts.join(" · "))
}

/// `None` where nothing is kept and the next step is to sign in, which is said above.
fn kept(site: &Site, state: &SiteState, now: Timestamp) -> Option<String> {
    let Some(at) = state.fetched_at() else {
        let next = "nothing fetched yet: run `exposure-lens pull`";
        return site.signed_in.then(|| next.to_owned());
    };
    let mut facts = vec![
        ide::count(site.workbooks, "workbook"),
        ide::count(site.datasources, "published datasource"),
        format!("fetched {}", ide::ago(now, at)),
    ];
    facts.extend(site.selected.as_ref().map(|it| format!("of {it}")));
    facts.push(match site.notes.len() {
        0 => "complete".to_owned(),
        n => format!("incomplete, {} below", ide::count(n, "note")),
    });
    Some(facts.join(" · "))
}

/// The name of a site.
pub(super) fn name(state: &SiteState) -> String {
    sites::name(&state.setting.address)
}

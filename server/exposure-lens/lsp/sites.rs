//! Fetching Tableau's sites and the team snapshot in the background.
//!
//! Nothing waits for it: answers are given from what is kept, and when a fetch has
//! ended, well or not, the projects that name the site read what is kept anew. One
//! fetch at a time for each site, whichever projects name it; the user may ask for
//! one, watch it and cancel it.

use std::path::PathBuf;
use std::sync::Arc;

use lineage::Timestamp;
use tokio::sync::Notify;
use tower_lsp::ls_types::{MessageType, ProgressToken};

use super::load::Sites;
use super::progress::Progress;
use super::session::{Session, State};
use super::status::sites::settle;
use super::watched::Parts;
use crate::config::SiteSetting;
use crate::refresh::{Coalesce, OpQueue};
use crate::workspace::sites::{self, Access, Step};
use crate::workspace::snapshot;

/// Should nothing of a fetch be kept, not even why it failed, then the next one that
/// nobody asks for comes no sooner than this.
const MIN_PAUSE_SECONDS: i64 = 300;

const FETCH_IT: &str = "Fetch it";
const NOT_NOW: &str = "Not now";

/// The work that fetches one site, or one snapshot.
#[derive(Default)]
pub(super) struct Fetching {
    queue: OpQueue<Wish>,
    running: Option<Running>,
    /// When the last fetch began.
    tried: Option<Timestamp>,
}

/// What a running fetch is cancelled by.
struct Running {
    cancel: Arc<Notify>,
    token: Option<ProgressToken>,
}

/// A fetch that is wanted.
#[derive(Clone)]
struct Wish {
    access: Access,
    /// `None`: the team snapshot.
    site: Option<SiteSetting>,
    /// Whether a user asked for it, and is told how it ended.
    asked: bool,
}

impl Coalesce for Wish {
    fn join(&mut self, other: Wish) {
        let asked = self.asked || other.asked;
        *self = Wish { asked, ..other };
    }
}

/// What one fetch at a time is for: the part of a site that is wanted.
pub(super) fn key_of(site: &SiteSetting) -> String {
    format!("{} {}", site.address.key(), site.selection())
}

impl Wish {
    /// What one fetch at a time is for.
    fn key(&self) -> String {
        match &self.site {
            Some(site) => key_of(site),
            None => format!("snapshot {}", self.snapshot_host()),
        }
    }

    fn name(&self) -> String {
        match &self.site {
            Some(site) => sites::name(&site.address),
            None => format!("the team snapshot on {}", self.snapshot_host()),
        }
    }

    fn snapshot_host(&self) -> String {
        self.access.snapshot_host().unwrap_or_default()
    }

    /// Fetches, and says how that ended in one line.
    async fn fetch(&self, report: &(dyn Fn(String) + Send + Sync)) -> Result<String, String> {
        let step = |it: Step| report(in_words(&it));
        match &self.site {
            Some(site) => {
                let options = sites::Options::default();
                let done = sites::refresh(&self.access, site, options, &step).await;
                let counts = done.map_err(|it| it.said())?.success.counts;
                let workbooks = ide::count(counts.workbooks, "workbook");
                Ok(format!("{workbooks}, {} changed", counts.changed))
            }
            None => match snapshot::refresh(&self.access).await {
                Some(Err(failure)) => Err(failure.said()),
                Some(Ok(snapshot::Fetched::New(_))) => Ok("a new one".to_owned()),
                Some(Ok(snapshot::Fetched::Unchanged)) | None => Ok("unchanged".to_owned()),
            },
        }
    }
}

fn in_words(step: &Step) -> String {
    match step {
        Step::Waiting => "another window is fetching it".to_owned(),
        Step::Fetching(it) => match it.total {
            Some(total) => format!("{}: {} of {total}", it.stage, it.done),
            None => format!("{}: {}", it.stage, it.done),
        },
    }
}

impl Sites {
    /// What background work is to fetch now.
    fn due(&self, now: Timestamp) -> Vec<Wish> {
        if self.access.is_offline() {
            return Vec::new();
        }
        let sites = self.kept.due(now).map(|it| Some(it.setting.clone()));
        let snapshot = self.kept.is_snapshot_due(now).then_some(None);
        self.wishes(sites.chain(snapshot), false)
    }

    /// What can be fetched when the user asks: what has a credential or needs none.
    fn all(&self) -> Vec<Wish> {
        let signed_in = self.kept.sites.iter().filter(|it| it.signed_in);
        let sites = signed_in.map(|it| Some(it.setting.clone()));
        let snapshot = self.access.snapshot_host().map(|_| None);
        self.wishes(sites.chain(snapshot), true)
    }

    fn wishes(&self, of: impl Iterator<Item = Option<SiteSetting>>, asked: bool) -> Vec<Wish> {
        let access = || self.access.clone();
        of.map(|site| Wish {
            access: access(),
            site,
            asked,
        })
        .collect()
    }
}

impl Session {
    /// Fetches what is missing or old, unless it is being fetched already.
    pub(super) fn fetch_due(self: &Arc<Session>) {
        let now = Timestamp::now();
        let mut state = self.lock();
        let wishes = wishes(&state, |it| it.due(now));
        let due = wishes.into_iter().filter(|wish| {
            let fetching = state.fetches.get(&wish.key());
            fetching.is_none_or(|it| it.queue.is_idle() && it.has_paused(now))
        });
        let due: Vec<Wish> = due.collect();
        let keys = request(&mut state, due, "content is old");
        drop(state);
        keys.iter().for_each(|key| self.drive_fetch(key));
    }

    /// Fetches everything that can be, since the user asks. Returns how much that is.
    pub(super) fn fetch_all(self: &Arc<Session>) -> usize {
        if self.options.offline {
            return 0;
        }
        let mut state = self.lock();
        let all = wishes(&state, Sites::all);
        let keys = request(&mut state, all, "the user asked");
        drop(state);
        keys.iter().for_each(|key| self.drive_fetch(key));
        keys.len()
    }

    /// Asks once whether a host may be contacted that only a repository names.
    pub(super) fn ask_for_trust(self: &Arc<Session>) {
        let mut state = self.lock();
        let state = &mut *state;
        for sites in state.projects.values().filter_map(|it| it.sites.as_ref()) {
            let snapshot = sites.kept.snapshot.as_ref().filter(|it| !it.trusted);
            let Some(host) = snapshot.and_then(|it| it.host.clone()) else {
                continue;
            };
            if !sites.access.is_offline() && state.told.insert(format!("trust {host}")) {
                let (session, access) = (Arc::clone(self), sites.access.clone());
                tokio::spawn(async move { session.ask_to_trust(access, host).await });
            }
        }
    }

    async fn ask_to_trust(self: Arc<Session>, access: Access, host: String) {
        let question = format!(
            "Exposure Lens: this repository's exposure-lens.yml names a team snapshot on {}. \
             Shall it be fetched from there? It is asked for without any credential.",
            ide::plain(&host)
        );
        let titles = vec![FETCH_IT.to_owned(), NOT_NOW.to_owned()];
        if self.peer.ask(question, titles).await.as_deref() != Some(FETCH_IT) {
            return;
        }
        let kept = tokio::task::spawn_blocking(move || access.trust(&host)).await;
        if let Ok(Err(error)) = kept {
            let text = format!("Exposure Lens: cannot keep your yes: {error}");
            self.peer.message(MessageType::WARNING, text);
        }
        self.request_sites("a host may be contacted");
    }

    /// Has every project read anew what is kept of sites.
    fn request_sites(self: &Arc<Session>, cause: &str) {
        let roots: Vec<PathBuf> = self.lock().projects.keys().cloned().collect();
        for root in roots {
            self.request(&root, Parts::SITES, cause);
        }
    }

    /// Cancels the fetch that a client shows under `token`. What is kept stays.
    pub(super) fn cancel_fetch(&self, token: &ProgressToken) {
        let state = self.lock();
        let mut running = state.fetches.values().filter_map(|it| it.running.as_ref());
        if let Some(it) = running.find(|it| it.token.as_ref() == Some(token)) {
            it.cancel.notify_one();
        }
    }

    /// Starts the fetch that is due, unless one is running.
    fn drive_fetch(self: &Arc<Session>, key: &str) {
        let mut state = self.lock();
        let Some(fetching) = state.fetches.get_mut(key) else {
            return;
        };
        let Some(op) = fetching.queue.start() else {
            return;
        };
        let title = format!("Exposure Lens: fetching {}", ide::plain(&op.args.name()));
        let progress = Progress::start_cancellable(&self.peer, title);
        let cancel = Arc::new(Notify::new());
        fetching.tried = Some(Timestamp::now());
        fetching.running = Some(Running {
            cancel: Arc::clone(&cancel),
            token: progress.as_ref().map(|it| it.token.clone()),
        });
        drop(state);
        self.tell();
        let (session, key) = (Arc::clone(self), key.to_owned());
        tokio::spawn(async move {
            tracing::info!(cause = op.cause, key, "fetching");
            let report = |it: String| {
                if let Some(progress) = &progress {
                    progress.report(it);
                }
            };
            let mut phase = session.peer.phase();
            let ended = tokio::select! {
                ended = op.args.fetch(&report) => Some(ended),
                () = cancel.notified() => None,
                _ = phase.wait_for(|it| *it >= super::peer::Phase::Closing) => None,
            };
            session.fetched(&key, op.generation, &op.args, ended);
            drop(progress);
            session.drive_fetch(&key);
        });
    }

    /// A fetch has ended, well or not, or was cancelled.
    fn fetched(
        self: &Arc<Session>,
        key: &str,
        generation: u64,
        wish: &Wish,
        ended: Option<Result<String, String>>,
    ) {
        let mut state = self.lock();
        if let Some(fetching) = state.fetches.get_mut(key) {
            fetching.queue.finish(generation);
            fetching.running = None;
        }
        if wish.asked || matches!(ended, Some(Ok(_))) {
            settle(&mut state.told, key, matches!(ended, Some(Err(_))));
        }
        drop(state);
        tracing::info!(key, ?ended, "fetched");
        if wish.asked {
            self.say_how_it_ended(&wish.name(), ended.as_ref());
        }
        self.request_sites("a site was fetched");
    }

    fn say_how_it_ended(&self, name: &str, ended: Option<&Result<String, String>>) {
        let (kind, text) = match ended {
            None => (
                MessageType::INFO,
                "fetching was cancelled; what was known stays",
            ),
            Some(Ok(text)) => (MessageType::INFO, text.as_str()),
            Some(Err(text)) => (MessageType::WARNING, text.as_str()),
        };
        let (name, text) = (ide::plain(name), ide::plain_message(text));
        self.peer
            .message(kind, format!("Exposure Lens: {name}: {text}"));
    }
}

/// The wishes of all projects, each once.
fn wishes(state: &State, of: impl Fn(&Sites) -> Vec<Wish>) -> Vec<Wish> {
    let sites = state.projects.values().filter_map(|it| it.sites.as_ref());
    let mut all: Vec<Wish> = sites.flat_map(of).collect();
    all.sort_by_key(Wish::key);
    all.dedup_by_key(|it| it.key());
    all
}

/// Asks for fetches, and returns what to drive.
fn request(state: &mut State, wishes: Vec<Wish>, cause: &str) -> Vec<String> {
    let requested = wishes.into_iter().map(|wish| {
        let key = wish.key();
        let fetching = state.fetches.entry(key.clone()).or_default();
        fetching.queue.request(cause, wish);
        key
    });
    requested.collect()
}

impl Fetching {
    fn has_paused(&self, now: Timestamp) -> bool {
        let since = self.tried.map(|it| now.duration_since(it).as_secs());
        since.is_none_or(|seconds| seconds >= MIN_PAUSE_SECONDS)
    }

    /// Whether it is being fetched, or about to be.
    pub(super) fn is_busy(&self) -> bool {
        !self.queue.is_idle()
    }
}

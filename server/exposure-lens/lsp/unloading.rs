//! Which projects stay loaded: memory has a bound.
//!
//! A workspace may hold a hundred projects. When those that are loaded take more than the
//! bound, the one that nobody has asked about for longest goes, save those with open
//! files, those that a request waits for, and the one that was asked about last. It loads
//! again when it is asked for, and answers the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tower_lsp::ls_types::MessageType;

use super::ext::MemoryStatus;
use super::project::Project;
use super::session::{Session, State};

/// What is shown of sizes is in steps of this, so that not every edit is news.
pub(super) const STEP: usize = 64 << 10;

/// A project that is not unloaded while this is there.
pub(super) struct Needed {
    session: Arc<Session>,
    root: PathBuf,
}

impl Drop for Needed {
    fn drop(&mut self) {
        if let Some(project) = self.session.lock().projects.get_mut(&self.root) {
            project.n_waiting = project.n_waiting.saturating_sub(1);
        }
    }
}

impl Session {
    /// Loads a project that is known and not loaded, and keeps it until it is answered.
    pub(super) fn wake(self: &Arc<Session>, root: &Path) -> Needed {
        if self.lock().known.contains(root) {
            self.load(root);
        }
        if let Some(project) = self.lock().projects.get_mut(root) {
            project.n_waiting += 1;
        }
        Needed {
            session: Arc::clone(self),
            root: root.to_owned(),
        }
    }

    /// Unloads projects until the rest fits into the bound.
    pub(super) fn unload_unused(&self) {
        let mut n_unloaded = 0;
        while self.unload_one() {
            n_unloaded += 1;
        }
        if n_unloaded > 0 {
            self.tell();
        }
    }

    /// Unloads the project that is used least, where the loaded ones take too much.
    fn unload_one(&self) -> bool {
        let mut state = self.lock();
        let state = &mut *state;
        if bytes(&state.projects) <= self.options.max_memory {
            return false;
        }
        let Some(root) = state.least_used() else {
            return false;
        };
        tracing::info!(project = %root.display(), "unloaded: other projects need its memory");
        state.projects.remove(&root);
        self.take_back_lost(&mut state.lost, &root);
        true
    }

    /// Says once that a search looked only into the projects that are loaded.
    pub(super) fn say_what_was_searched(&self) {
        let mut state = self.lock();
        let n_missing = state.n_unloaded();
        let n_loaded = state.projects.len();
        if n_missing == 0 || !state.told.insert("not all searched".to_owned()) {
            return;
        }
        let text = format!(
            "Exposure Lens: the search looked into {n_loaded} of {} projects; the others load \
             when a file of theirs is opened",
            n_loaded + n_missing
        );
        self.peer.message(MessageType::INFO, text);
    }
}

impl State {
    /// How many projects are known and not loaded.
    pub(super) fn n_unloaded(&self) -> usize {
        let is_loaded = |root: &&PathBuf| self.projects.contains_key(*root);
        self.known.iter().filter(|it| !is_loaded(it)).count()
    }

    /// What the loaded projects take of what is meant for them.
    pub(super) fn memory(&self, bound: usize) -> MemoryStatus {
        MemoryStatus {
            loaded: self.projects.len(),
            known: self.projects.len() + self.n_unloaded(),
            bytes: bytes(&self.projects).next_multiple_of(STEP),
            bound,
        }
    }

    /// The project to unload next, if there is one.
    fn least_used(&self) -> Option<PathBuf> {
        let last = self.projects.values().map(|it| it.last_asked.get()).max();
        let is_unused = |root: &Path, project: &Project| {
            project.has_loaded()
                && project.queue.is_idle()
                && project.n_waiting == 0
                && Some(project.last_asked.get()) != last
                && !self.documents.values().any(|it| it.home.has(root))
        };
        let unused = self
            .projects
            .iter()
            .filter(|(root, it)| is_unused(root, it));
        let least = unused.min_by_key(|(_, it)| it.last_asked.get());
        least.map(|(root, _)| root.clone())
    }
}

/// How much memory projects take; what several have together counts once.
fn bytes(projects: &BTreeMap<PathBuf, Project>) -> usize {
    let own: usize = projects.values().map(|it| it.weight.own).sum();
    let contents = projects
        .values()
        .map(|it| (it.weight.content_id, it.weight.content));
    let contents: BTreeMap<usize, usize> = contents.collect();
    own + contents.values().sum::<usize>()
}

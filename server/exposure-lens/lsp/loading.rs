//! Which projects there are, and the work that loads them.
//!
//! A project loads when one of its files is opened, or with its workspace
//! folder; [`super::unloading`] tells when it goes. The loads of one project run one
//! after the other; what is asked for meanwhile is one more load.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::document::Home;
use super::load::{self, Job, Outcome, Sources};
use super::progress::Progress;
use super::project::Project;
use super::session::{Session, State};
use super::watched::Parts;
use super::weight::Weight;
use crate::disk;
use crate::refresh::Op;
use crate::workspace::exposures::is_dbts;
use crate::workspace::project;

/// A workspace with more projects than these loads each when a file of its is opened.
const MAX_AT_START: usize = 8;

impl Session {
    /// Looks for the projects that a document belongs to.
    pub(super) fn find_home(self: &Arc<Session>, path: PathBuf) {
        let session = Arc::clone(self);
        let known: Vec<PathBuf> = self.lock().known.iter().cloned().collect();
        tokio::spawn(async move {
            let (of, reaches) = (path.clone(), Arc::clone(&session.reaches));
            let env = Arc::clone(&session.options.env);
            let found = tokio::task::spawn_blocking(move || {
                reaches.homes_of(&of, &known, &|name| env(name))
            });
            session.settle(&path, found.await.unwrap_or_default());
        });
    }

    /// A document's projects are known: loads those that are not.
    pub(super) fn settle(self: &Arc<Session>, path: &Path, roots: Vec<PathBuf>) {
        let home = Home::at(roots);
        let mut state = self.lock();
        let Some(document) = state.documents.get_mut(path) else {
            return;
        };
        let before = std::mem::replace(&mut Arc::make_mut(document).home, home.clone());
        if before == home {
            return;
        }
        let uri = document.uri.clone();
        let is_read = is_dbts(path);
        for root in home.roots().iter().filter(|it| !before.has(it)) {
            let is_new = state.add(root);
            if let Some(project) = state.projects.get_mut(root).filter(|_| is_new || is_read) {
                let parts = if is_new { Parts::ALL } else { Parts::CODE };
                project.edited = project.queue.request("a file was opened", parts);
            }
        }
        drop(state);
        self.changed.send_replace(());
        home.roots().iter().for_each(|root| self.drive(root));
        self.publish([(path.to_owned(), uri)].into(), "document opened");
    }

    /// Loads the projects in or around a workspace folder.
    pub(super) fn discover(self: &Arc<Session>, folder: PathBuf) {
        self.lock().n_discovering += 1;
        let session = Arc::clone(self);
        tokio::spawn(async move {
            let found = tokio::task::spawn_blocking(move || Found::of(&folder)).await;
            let found = found.unwrap_or_default();
            let (n_projects, n_known) = (found.roots.len(), found.all.len());
            tracing::info!(n_projects, n_known, "workspace folder looked through");
            session.lock().known.extend(found.all);
            if n_projects <= MAX_AT_START {
                found.roots.iter().for_each(|root| session.load(root));
            }
            session.lock().n_discovering -= 1;
            session.changed.send_replace(());
            session.find_homes_again();
            session.tell();
        });
    }

    /// Files may belong to projects that have been found only now.
    fn find_homes_again(self: &Arc<Session>) {
        let state = self.lock();
        let open: Vec<PathBuf> = state.documents.keys().cloned().collect();
        let may_be_shared = state.known.len() > 1;
        drop(state);
        for path in open.into_iter().filter(|_| may_be_shared) {
            self.find_home(path);
        }
    }

    /// Loads the project at `root`, unless it is loaded.
    pub(super) fn load(self: &Arc<Session>, root: &Path) {
        let mut state = self.lock();
        if state.add(root)
            && let Some(project) = state.projects.get_mut(root)
        {
            project.queue.request("it is needed", Parts::ALL);
        }
        drop(state);
        self.drive(root);
    }

    /// Forgets the projects of a folder that has left the workspace, save those
    /// that an open file or another folder needs.
    pub(super) fn forget(&self, folder: &Path) {
        let mut state = self.lock();
        let state = &mut *state;
        let needed = |root: &Path| {
            state
                .folders
                .iter()
                .any(|folder| root.starts_with(folder) || folder.starts_with(root))
                || state.documents.values().any(|it| it.home.has(root))
        };
        let is_kept = |root: &PathBuf| !root.starts_with(folder) || needed(root);
        state.known.retain(&is_kept);
        let gone: Vec<PathBuf> = state.projects.keys().cloned().collect();
        for root in gone.iter().filter(|root| !is_kept(root)) {
            state.projects.remove(root);
            self.take_back_lost(&mut state.lost, root);
        }
    }

    /// Asks for a load of the project at `root`.
    pub(super) fn request(self: &Arc<Session>, root: &Path, parts: Parts, cause: &str) {
        if let Some(project) = self.lock().projects.get_mut(root) {
            project.queue.request(cause, parts);
        }
        self.drive(root);
    }

    /// Asks for a load of every project: settings are read each time. What changes files
    /// waits for it, since they say which ones.
    pub(super) fn request_all(self: &Arc<Session>, cause: &str) {
        let roots: Vec<PathBuf> = self.lock().projects.keys().cloned().collect();
        for root in roots {
            if let Some(project) = self.lock().projects.get_mut(&root) {
                project.edited = project.queue.request(cause, Parts::NONE);
            }
            self.drive(&root);
        }
    }

    /// Starts the load that is due for the project at `root`, unless one is running.
    pub(super) fn drive(self: &Arc<Session>, root: &Path) {
        let Some((op, job)) = self.start(root) else {
            return;
        };
        self.tell();
        let session = Arc::clone(self);
        let root = root.to_owned();
        tokio::spawn(async move {
            let progress = session.progress(&root, op.args);
            tracing::debug!(cause = op.cause, parts = ?op.args, "loading");
            let loaded = session.loaders.run(move || {
                let outcome = load::load(&job);
                let weight = Weight::of(&outcome);
                (outcome, weight)
            });
            let outcome = loaded.await;
            if outcome.is_none() {
                tracing::error!(project = %root.display(), "loading failed");
            }
            if session.finish(&root, &op, outcome) {
                session.publish_lost(&root).await;
            }
            drop(progress);
            session.drive(&root);
        });
    }

    fn start(&self, root: &Path) -> Option<(Op<Parts>, Job)> {
        let mut state = self.lock();
        let state = &mut *state;
        let project = state.projects.get_mut(root)?;
        let op = project.start()?;
        let open = state.documents.iter();
        let open = open.filter(|(path, it)| is_dbts(path) && it.home.has(root));
        let job = Job {
            root: root.to_owned(),
            parts: op.args,
            sources: Sources {
                user_file: self.options.user_file.clone(),
                editor: state.editor.sections(root),
                env: Arc::clone(&self.options.env),
                offline: self.options.offline,
            },
            memory: Arc::clone(&project.memory),
            buffers: open
                .map(|(path, it)| (path.clone(), it.text.clone()))
                .collect(),
        };
        Some((op, job))
    }

    fn progress(&self, root: &Path, parts: Parts) -> Option<Progress> {
        let name = root
            .file_name()
            .map(|it| ide::plain(&it.to_string_lossy()))
            .unwrap_or_default();
        let shown = parts.manifest || parts.files;
        shown
            .then(|| Progress::start(&self.peer, format!("Exposure Lens: loading {name}")))
            .flatten()
    }

    /// A load is done: answers may differ, so the client asks again. Returns whether they may.
    fn finish(
        self: &Arc<Session>,
        root: &Path,
        op: &Op<Parts>,
        outcome: Option<(Outcome, Weight)>,
    ) -> bool {
        let mut state = self.lock();
        let Some(project) = state.projects.get_mut(root) else {
            return false;
        };
        let may_differ = project.finish(op.generation, outcome);
        if let Some(view) = project.view.as_ref().filter(|_| may_differ) {
            let lineage = &view.analysis.lineage;
            let (n_nodes, n_usages) = (lineage.nodes().len(), lineage.usages().len());
            tracing::info!(cause = op.cause, n_nodes, n_usages, "lineage built");
        }
        drop(state);
        self.changed.send_replace(());
        self.unload_unused();
        self.fetch_due();
        self.ask_for_trust();
        self.ask_about_names();
        self.tell();
        if may_differ {
            self.peer.refresh_lenses(&op.cause);
            self.peer.say_changed();
            self.peer.refresh_diagnostics(&op.cause);
            self.publish_all(root, &op.cause);
        }
        may_differ
    }
}

impl State {
    /// Adds the project at `root`, unless it is there. Returns whether it was not.
    fn add(&mut self, root: &Path) -> bool {
        self.known.insert(root.to_owned());
        let is_new = !self.projects.contains_key(root);
        if is_new {
            let project = Project::new(root.to_owned());
            self.projects.insert(root.to_owned(), project);
        }
        self.asked(root);
        is_new
    }
}

/// The projects of a workspace folder.
#[derive(Default)]
struct Found {
    /// The project around the folder; else those below it.
    roots: Vec<PathBuf>,
    /// Those inside of that project too.
    all: Vec<PathBuf>,
}

impl Found {
    fn of(folder: &Path) -> Found {
        let below = disk::project_roots(folder);
        // A folder's own project is looked for as that of a file in it.
        let own = project::root_of(&folder.join("dbt_project.yml"));
        let mut all = below.clone();
        all.extend(own.clone());
        all.sort();
        all.dedup();
        Found {
            roots: own.map_or(below, |own| vec![own]),
            all,
        }
    }
}

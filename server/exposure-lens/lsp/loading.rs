//! Which projects there are, and the work that loads them.
//!
//! A project loads when one of its files is opened, or with its workspace
//! folder. The loads of one project run one after the other; what is asked for
//! meanwhile is one more load.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::document::Home;
use super::load::{self, Job, Outcome, Parts, Sources};
use super::progress::Progress;
use super::project::Project;
use super::session::{Session, mentions_exposures};
use crate::disk;
use crate::refresh::Op;
use crate::workspace::project;

/// A workspace with more projects than these loads each when a file of its is opened.
const MAX_AT_START: usize = 8;

impl Session {
    /// Looks for the project that a document belongs to.
    pub(super) fn find_home(self: &Arc<Session>, path: PathBuf) {
        let session = Arc::clone(self);
        tokio::spawn(async move {
            let of = path.clone();
            let root = tokio::task::spawn_blocking(move || project::root_of(&of)).await;
            session.settle(&path, root.ok().flatten());
        });
    }

    /// A document's project is known: loads it, if that has not been done.
    pub(super) fn settle(self: &Arc<Session>, path: &Path, root: Option<PathBuf>) {
        let mut state = self.lock();
        let Some(document) = state.documents.get_mut(path) else {
            return;
        };
        let document = Arc::make_mut(document);
        document.home = root.clone().map_or(Home::Nowhere, Home::Project);
        let has_exposures = mentions_exposures(path, &document.text);
        let uri = document.uri.clone();
        let request = root.and_then(|root| {
            let is_new = !state.projects.contains_key(&root);
            let project = state
                .projects
                .entry(root.clone())
                .or_insert_with(|| Project::new(root.clone()));
            let parts = if is_new { Parts::ALL } else { Parts::EXPOSURES };
            (is_new || has_exposures).then(|| {
                project.edited = project.queue.request("a file was opened", parts);
                root
            })
        });
        drop(state);
        self.changed.send_replace(());
        if let Some(root) = request {
            self.drive(&root);
        }
        self.publish([(path.to_owned(), uri)].into(), "document opened");
    }

    /// Loads the projects in or around a workspace folder.
    pub(super) fn discover(self: &Arc<Session>, folder: PathBuf) {
        self.lock().n_discovering += 1;
        let session = Arc::clone(self);
        tokio::spawn(async move {
            let found = tokio::task::spawn_blocking(move || projects_of(&folder)).await;
            let roots = found.unwrap_or_default();
            tracing::info!(n_projects = roots.len(), "workspace folder looked through");
            if roots.len() <= MAX_AT_START {
                roots.iter().for_each(|root| session.add_project(root));
            }
            session.lock().n_discovering -= 1;
            session.changed.send_replace(());
            session.tell();
        });
    }

    fn add_project(self: &Arc<Session>, root: &Path) {
        let mut state = self.lock();
        if !state.projects.contains_key(root) {
            let mut project = Project::new(root.to_owned());
            project.queue.request("a folder was opened", Parts::ALL);
            state.projects.insert(root.to_owned(), project);
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
                || state
                    .documents
                    .values()
                    .any(|it| it.home == Home::Project(root.to_owned()))
        };
        state
            .projects
            .retain(|root, _| !root.starts_with(folder) || needed(root));
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
            let loaded = tokio::task::spawn_blocking(move || load::load(&job)).await;
            let outcome = loaded
                .inspect_err(|error| tracing::error!(%error, "loading failed"))
                .ok();
            session.finish(&root, &op, outcome);
            drop(progress);
            session.drive(&root);
        });
    }

    fn start(&self, root: &Path) -> Option<(Op<Parts>, Job)> {
        let mut state = self.lock();
        let state = &mut *state;
        let project = state.projects.get_mut(root)?;
        let op = project.start()?;
        let is_ours = |path: &Path| path.starts_with(root);
        let open = state.documents.iter().filter(|(path, _)| is_ours(path));
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

    /// A load is done: answers may differ, so the client asks again.
    fn finish(self: &Arc<Session>, root: &Path, op: &Op<Parts>, outcome: Option<Outcome>) {
        let mut state = self.lock();
        let Some(project) = state.projects.get_mut(root) else {
            return;
        };
        let may_differ = project.finish(op.generation, outcome);
        if let Some(view) = project.view.as_ref().filter(|_| may_differ) {
            let lineage = &view.analysis.lineage;
            let (n_nodes, n_usages) = (lineage.nodes().len(), lineage.usages().len());
            tracing::info!(cause = op.cause, n_nodes, n_usages, "lineage built");
        }
        drop(state);
        self.changed.send_replace(());
        self.fetch_due();
        self.ask_for_trust();
        self.tell();
        if may_differ {
            self.peer.refresh_lenses(&op.cause);
            self.peer.refresh_diagnostics(&op.cause);
            self.publish_all(root, &op.cause);
        }
    }
}

/// The project around `folder`; else those below it.
fn projects_of(folder: &Path) -> Vec<PathBuf> {
    // A folder's own project is looked for as that of a file in it.
    match project::root_of(&folder.join("dbt_project.yml")) {
        Some(root) => vec![root],
        None => disk::project_roots(folder),
    }
}

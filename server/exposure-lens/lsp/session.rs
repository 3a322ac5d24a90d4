//! The session: open documents, projects, settings, and who may write to them.
//!
//! Everything lies under one lock that is never held over an `.await` or a look
//! at the disk. The methods here write; a handler gets a [`Snapshot`], which it
//! can only read. Loading is in [`super::loading`], watching in [`super::watch`].

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::{Notify, watch};
use tower_lsp::ls_types::{
    DidChangeTextDocumentParams, DidOpenTextDocumentParams, PublishDiagnosticsParams, Uri,
};

use super::capabilities::ClientCan;
use super::document::{Document, Home, Text};
use super::ext::StatusParams;
use super::load::View;
use super::loaders::Loaders;
use super::peer::Peer;
use super::project::Project;
use super::sites::Fetching;
use super::watched::Parts;
use super::{Options, from_proto};
use crate::refresh::OpQueue;
use crate::workspace::exposures::is_dbts;
use crate::workspace::homes::Reaches;

/// All that the server knows.
pub(super) struct Session {
    pub(super) peer: Arc<Peer>,
    pub(super) options: Options,
    state: Mutex<State>,
    /// Ticks when something has changed that a request may wait for.
    pub(super) changed: watch::Sender<()>,
    /// Asks for a look at the disk before it is due.
    pub(super) poke: Notify,
    /// Which projects read what lies beside them.
    pub(super) reaches: Arc<Reaches>,
    pub(super) loaders: Loaders,
}

/// What lies under the session's lock.
#[derive(Default)]
pub(super) struct State {
    pub(super) documents: HashMap<PathBuf, Arc<Document>>,
    /// The projects that are loaded, or being loaded.
    pub(super) projects: BTreeMap<PathBuf, Project>,
    /// The roots of all projects that were met, loaded or not.
    pub(super) known: BTreeSet<PathBuf>,
    /// The work that fetches each site and snapshot.
    pub(super) fetches: BTreeMap<String, Fetching>,
    pub(super) folders: Vec<PathBuf>,
    /// Folders that are being looked through for projects.
    pub(super) n_discovering: usize,
    pub(super) editor: Editor,
    /// Causes that the user was told of; nobody is told twice.
    pub(super) told: HashSet<String>,
    /// What the client was last told of our state.
    pub(super) status: Option<StatusParams>,
    pub(super) publishing: OpQueue<BTreeMap<PathBuf, Uri>>,
    /// Documents whose diagnostics the client shows, where it does not ask itself.
    pub(super) published: BTreeMap<PathBuf, Uri>,
    /// Files that are gone, with something said of them; by their project.
    pub(super) lost: BTreeMap<PathBuf, BTreeMap<PathBuf, Uri>>,
    /// Counts what is asked, to tell what was asked last.
    pub(super) n_asked: Cell<u64>,
}

impl State {
    /// Whether projects are still being looked for.
    fn may_find_projects(&self) -> bool {
        self.n_discovering > 0 || self.documents.values().any(|it| it.home == Home::Unknown)
    }

    /// The project at `root`, which is asked for something now.
    pub(super) fn asked(&self, root: &Path) -> Option<&Project> {
        let project = self.projects.get(root)?;
        self.n_asked.set(self.n_asked.get() + 1);
        project.last_asked.set(self.n_asked.get());
        Some(project)
    }
}

/// The editor's settings, as they came.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Editor {
    /// `initializationOptions`.
    pub(super) initial: Value,
    /// The payload of the last `didChangeConfiguration`.
    pub(super) pushed: Value,
    /// What the client answered when asked: for all, and for each folder.
    pub(super) pulled: Value,
    pub(super) pulled_for: BTreeMap<PathBuf, Value>,
}

impl Editor {
    /// The sections that are in force for the project at `root`, later ones win.
    pub(super) fn sections(&self, root: &Path) -> Vec<Value> {
        let folders = self
            .pulled_for
            .iter()
            .filter(|(folder, _)| root.starts_with(folder));
        let nearest = folders.max_by_key(|(folder, _)| folder.components().count());
        let pulled = nearest.map_or(&self.pulled, |(_, section)| section);
        vec![self.initial.clone(), self.pushed.clone(), pulled.clone()]
    }
}

/// What a request about a project is answered from.
#[derive(Clone)]
pub(super) struct ProjectSnapshot {
    pub(super) root: PathBuf,
    pub(super) view: Arc<View>,
    pub(super) problems: Vec<crate::workspace::Problem>,
    pub(super) documents: Arc<HashMap<PathBuf, Arc<Document>>>,
    pub(super) can: Arc<ClientCan>,
}

/// What a request about a document is answered from.
#[derive(Clone)]
pub(super) struct Snapshot {
    pub(super) path: PathBuf,
    pub(super) document: Arc<Document>,
    /// The nearest of its projects that could be read.
    pub(super) project: ProjectSnapshot,
    /// The other projects that it belongs to.
    pub(super) others: Vec<ProjectSnapshot>,
}

/// What a request waits for before it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Nothing.
    No,
    /// The project has been loaded once.
    Loaded,
    /// Changes in open files have reached the lineage.
    Edits,
}

impl Session {
    pub(super) fn new(peer: Arc<Peer>, options: Options) -> Session {
        Session {
            peer,
            options,
            state: Mutex::default(),
            changed: watch::Sender::new(()),
            poke: Notify::new(),
            reaches: Arc::default(),
            loaders: Loaders::start(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn open(self: &Arc<Session>, params: DidOpenTextDocumentParams) {
        let item = params.text_document;
        let Some(path) = from_proto::file_path(&item.uri) else {
            return;
        };
        let text = Text::new(&item.text);
        let document = Document {
            uri: item.uri,
            version: item.version,
            text,
            home: Home::Unknown,
        };
        self.lock()
            .documents
            .insert(path.clone(), Arc::new(document));
        self.find_home(path);
    }

    pub(super) fn change(self: &Arc<Session>, params: DidChangeTextDocumentParams) {
        let Some(path) = from_proto::file_path(&params.text_document.uri) else {
            return;
        };
        let encoding = self.peer.can().encoding;
        let mut state = self.lock();
        let Some(document) = state.documents.get_mut(&path) else {
            tracing::warn!("a change of a document that is not open");
            return;
        };
        let document = Arc::make_mut(document);
        for change in params.content_changes {
            document.text.apply(change.range, &change.text, encoding);
        }
        document.version = params.text_document.version;
        let (uri, home) = (document.uri.clone(), document.home.clone());
        drop(state);
        self.request_for_edit(&path, &home, "a file was edited");
        self.publish([(path, uri)].into(), "document changed");
    }

    pub(super) fn close(self: &Arc<Session>, uri: &Uri) {
        let Some(path) = from_proto::file_path(uri) else {
            return;
        };
        let Some(document) = self.lock().documents.remove(&path) else {
            return;
        };
        self.request_for_edit(&path, &document.home, "a file was closed");
        self.publish([(path, document.uri.clone())].into(), "document closed");
        self.unload_unused();
    }

    /// A change in a buffer, which requests wait for that list what is missing. What a file
    /// says decides which nodes there are and what they read: whether this change does is
    /// found out by the load.
    fn request_for_edit(self: &Arc<Session>, path: &Path, home: &Home, cause: &str) {
        for root in home.roots().iter().filter(|_| is_dbts(path)) {
            if let Some(project) = self.lock().projects.get_mut(root) {
                project.edited = project.queue.request(cause, Parts::CODE);
            }
            self.drive(root);
        }
    }

    /// The last thing the session does: takes its diagnostics back.
    pub(super) async fn shut_down(&self) {
        let (published, lost) = {
            let mut state = self.lock();
            let published = std::mem::take(&mut state.published);
            (published, std::mem::take(&mut state.lost))
        };
        let lost = lost.into_values().flat_map(BTreeMap::into_values);
        let clear = |uri| PublishDiagnosticsParams {
            uri,
            diagnostics: Vec::new(),
            version: None,
        };
        self.peer.close();
        self.changed.send_replace(());
        self.peer
            .say_farewell(published.into_values().chain(lost).map(clear).collect())
            .await;
    }

    /// What a request about the document at `uri` is answered from; `None` when
    /// there is nothing to say about it.
    pub(super) async fn snapshot(&self, uri: &Uri, wait: Wait) -> Option<Snapshot> {
        let path = from_proto::file_path(uri)?;
        self.wait_for(|state| self.snapshot_now(state, &path, wait))
            .await
    }

    fn snapshot_now(&self, state: &State, path: &Path, wait: Wait) -> Waited<Snapshot> {
        let Some(document) = state.documents.get(path) else {
            return Waited::Nothing;
        };
        if document.home == Home::Unknown && wait != Wait::No {
            return Waited::NotYet;
        }
        let mut homes = Vec::new();
        for root in document.home.roots() {
            match self.project_now(state, root, wait) {
                Waited::Ready(project) => homes.push(project),
                Waited::NotYet => return Waited::NotYet,
                Waited::Nothing => {}
            }
        }
        let mut homes = homes.into_iter();
        let Some(project) = homes.next() else {
            return Waited::Nothing;
        };
        Waited::Ready(Snapshot {
            path: path.to_owned(),
            document: Arc::clone(document),
            project,
            others: homes.collect(),
        })
    }

    fn project_now(&self, state: &State, root: &Path, wait: Wait) -> Waited<ProjectSnapshot> {
        let Some(project) = state.asked(root) else {
            let may_come = wait != Wait::No && state.may_find_projects();
            return if may_come {
                Waited::NotYet
            } else {
                Waited::Nothing
            };
        };
        let is_ready = match wait {
            Wait::No => true,
            Wait::Loaded => project.has_loaded(),
            // A file that was just opened may be the project's.
            Wait::Edits => {
                let is_settled = state.documents.values().all(|it| it.home != Home::Unknown);
                is_settled && project.has_loaded() && project.queue.is_done(project.edited)
            }
        };
        if !is_ready {
            return Waited::NotYet;
        }
        let Some(view) = &project.view else {
            return Waited::Nothing;
        };
        Waited::Ready(ProjectSnapshot {
            root: root.to_owned(),
            view: Arc::clone(view),
            problems: project.problems.clone(),
            documents: Arc::new(state.documents.clone()),
            can: self.peer.can(),
        })
    }

    /// What a request about the project in the folder `uri` is answered from. One that is
    /// known and not loaded is loaded for it.
    pub(super) async fn project(
        self: &Arc<Session>,
        uri: &Uri,
        wait: Wait,
    ) -> Option<ProjectSnapshot> {
        let root = from_proto::file_path(uri)?;
        let _needed = self.wake(&root);
        self.wait_for(|state| self.project_now(state, &root, wait))
            .await
    }

    /// What is known of a document at this moment.
    pub(super) fn snapshot_at_once(&self, path: &Path) -> Option<Snapshot> {
        match self.snapshot_now(&self.lock(), path, Wait::No) {
            Waited::Ready(snapshot) => Some(snapshot),
            Waited::NotYet | Waited::Nothing => None,
        }
    }

    /// The views of the projects that are loaded at this moment.
    pub(super) fn loaded(&self) -> Vec<(PathBuf, Arc<View>)> {
        let state = self.lock();
        let views = state.projects.iter();
        views
            .filter_map(|(root, it)| Some((root.clone(), Arc::clone(it.view.as_ref()?))))
            .collect()
    }

    /// Every project that has been loaded, after those that are being loaded.
    pub(super) async fn projects(&self) -> Vec<ProjectSnapshot> {
        let all = self.wait_for(|state| {
            let is_loading = state.projects.values().any(|it| !it.has_loaded());
            if is_loading || state.may_find_projects() {
                return Waited::NotYet;
            }
            let roots = state.projects.keys();
            Waited::Ready(
                roots
                    .filter_map(|root| self.project_now(state, root, Wait::No).ready())
                    .collect(),
            )
        });
        all.await.unwrap_or_default()
    }

    async fn wait_for<T>(&self, mut ask: impl FnMut(&State) -> Waited<T>) -> Option<T> {
        let mut changed = self.changed.subscribe();
        loop {
            if self.peer.is_closing() {
                return None;
            }
            let asked = ask(&self.lock());
            match asked {
                Waited::Ready(it) => return Some(it),
                Waited::Nothing => return None,
                Waited::NotYet => changed.changed().await.ok()?,
            }
        }
    }
}

/// An answer that may have to be waited for.
enum Waited<T> {
    Ready(T),
    NotYet,
    Nothing,
}

impl<T> Waited<T> {
    fn ready(self) -> Option<T> {
        match self {
            Waited::Ready(it) => Some(it),
            Waited::NotYet | Waited::Nothing => None,
        }
    }
}

impl Snapshot {
    /// The document in each of its projects. One that is only used as a package of others
    /// has no manifest, and knows less of its files than those who have one.
    pub(super) fn in_each(&self) -> Vec<Snapshot> {
        let all = std::iter::once(&self.project).chain(&self.others);
        let mut each: Vec<Snapshot> = all
            .map(|project| Snapshot {
                path: self.path.clone(),
                document: Arc::clone(&self.document),
                project: project.clone(),
                others: Vec::new(),
            })
            .collect();
        let has_manifest = |it: &Snapshot| it.project.view.manifest.is_some();
        if each.iter().any(has_manifest) {
            each.retain(has_manifest);
        }
        each
    }

    /// Asks the pure side about the document as it stands; `None` when dbt would
    /// not read this file.
    pub(super) fn ask<R>(&self, ask: impl FnOnce(&ide::Analysis, ide::File<'_>) -> R) -> Option<R> {
        let place = self.project.view.files.resource_place_of(&self.path)?;
        Some(self.ask_at(place, ask))
    }

    /// As [`Snapshot::ask`], about the project's `dbt_project.yml`; `None` of another file.
    pub(super) fn ask_project_file<R>(
        &self,
        ask: impl FnOnce(&ide::Analysis, ide::File<'_>) -> R,
    ) -> Option<R> {
        let place = self.project.view.files.place_of(&self.path)?;
        (place.1 == "dbt_project.yml").then(|| self.ask_at(place, ask))
    }

    fn ask_at<R>(
        &self,
        (package, path): (String, String),
        ask: impl FnOnce(&ide::Analysis, ide::File<'_>) -> R,
    ) -> R {
        let text = self.document.text.to_string();
        let file = ide::File {
            package: &package,
            path: &path,
            text: &text,
        };
        ask(&self.project.view.analysis, file)
    }
}

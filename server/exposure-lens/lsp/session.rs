//! The session: open documents, projects, settings, and who may write to them.
//!
//! Everything lies under one lock that is never held over an `.await` or a look
//! at the disk. The methods here write; a handler gets a [`Snapshot`], which it
//! can only read. Loading is in [`super::loading`], watching in [`super::watch`].

use std::collections::{BTreeMap, HashMap, HashSet};
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
use super::load::{Parts, View};
use super::peer::Peer;
use super::project::Project;
use super::sites::Fetching;
use super::{Options, from_proto};
use crate::refresh::OpQueue;
use crate::workspace::exposures::is_yaml;

/// All that the server knows.
pub(super) struct Session {
    pub(super) peer: Arc<Peer>,
    pub(super) options: Options,
    state: Mutex<State>,
    /// Ticks when something has changed that a request may wait for.
    pub(super) changed: watch::Sender<()>,
    /// Asks for a look at the disk before it is due.
    pub(super) poke: Notify,
}

/// What lies under the session's lock.
#[derive(Default)]
pub(super) struct State {
    pub(super) documents: HashMap<PathBuf, Arc<Document>>,
    pub(super) projects: BTreeMap<PathBuf, Project>,
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
}

impl State {
    /// Whether projects are still being looked for.
    fn may_find_projects(&self) -> bool {
        self.n_discovering > 0 || self.documents.values().any(|it| it.home == Home::Unknown)
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
    pub(super) documents: HashMap<PathBuf, Arc<Document>>,
    pub(super) can: Arc<ClientCan>,
}

/// What a request about a document is answered from.
#[derive(Clone)]
pub(super) struct Snapshot {
    pub(super) path: PathBuf,
    pub(super) document: Arc<Document>,
    pub(super) project: ProjectSnapshot,
}

/// What a request waits for before it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Nothing.
    No,
    /// The project has been loaded once.
    Loaded,
    /// Changes in open exposures files have reached the lineage.
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
        let had_exposures = mentions_exposures(&path, &document.text);
        for change in params.content_changes {
            document.text.apply(change.range, &change.text, encoding);
        }
        document.version = params.text_document.version;
        let counts = had_exposures || mentions_exposures(&path, &document.text);
        let uri = document.uri.clone();
        let home = document.home.clone();
        drop(state);
        if let Home::Project(root) = home.clone_if(counts) {
            self.request_for_edit(&root, "an exposures file was edited");
        }
        self.publish([(path, uri)].into(), "document changed");
    }

    pub(super) fn close(self: &Arc<Session>, uri: &Uri) {
        let Some(path) = from_proto::file_path(uri) else {
            return;
        };
        let Some(document) = self.lock().documents.remove(&path) else {
            return;
        };
        if let Home::Project(root) = document
            .home
            .clone_if(mentions_exposures(&path, &document.text))
        {
            self.request_for_edit(&root, "an exposures file was closed");
        }
        self.publish([(path, document.uri.clone())].into(), "document closed");
    }

    /// A change in a buffer, which requests that list what is missing wait for.
    fn request_for_edit(self: &Arc<Session>, root: &Path, cause: &str) {
        if let Some(project) = self.lock().projects.get_mut(root) {
            project.edited = project.queue.request(cause, Parts::EXPOSURES);
        }
        self.drive(root);
    }

    /// The last thing the session does: takes its diagnostics back.
    pub(super) async fn shut_down(&self) {
        let published = std::mem::take(&mut self.lock().published);
        let clear = |uri| PublishDiagnosticsParams {
            uri,
            diagnostics: Vec::new(),
            version: None,
        };
        self.peer.close();
        self.changed.send_replace(());
        self.peer
            .say_farewell(published.into_values().map(clear).collect())
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
        let root = match &document.home {
            Home::Project(root) => root,
            Home::Unknown if wait != Wait::No => return Waited::NotYet,
            Home::Unknown | Home::Nowhere => return Waited::Nothing,
        };
        match self.project_now(state, root, wait) {
            Waited::Ready(project) => {
                let document = Arc::clone(document);
                Waited::Ready(Snapshot {
                    path: path.to_owned(),
                    document,
                    project,
                })
            }
            Waited::NotYet => Waited::NotYet,
            Waited::Nothing => Waited::Nothing,
        }
    }

    fn project_now(&self, state: &State, root: &Path, wait: Wait) -> Waited<ProjectSnapshot> {
        let Some(project) = state.projects.get(root) else {
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
            Wait::Edits => project.has_loaded() && project.queue.is_done(project.edited),
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
            documents: state.documents.clone(),
            can: self.peer.can(),
        })
    }

    /// What a request about the project in the folder `uri` is answered from.
    pub(super) async fn project(&self, uri: &Uri, wait: Wait) -> Option<ProjectSnapshot> {
        let root = from_proto::file_path(uri)?;
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

impl Home {
    fn clone_if(&self, wanted: bool) -> Home {
        if wanted { self.clone() } else { Home::Nowhere }
    }
}

/// Whether a change of this file may change which exposures there are.
pub(super) fn mentions_exposures(path: &Path, text: &Text) -> bool {
    is_yaml(path) && text.to_string().contains("exposures")
}

impl Snapshot {
    /// Asks the pure side about the document as it stands; `None` when dbt would
    /// not read this file.
    pub(super) fn ask<R>(&self, ask: impl FnOnce(&ide::Analysis, ide::File<'_>) -> R) -> Option<R> {
        let files = &self.project.view.files;
        let (package, path) = files.resource_place_of(&self.path)?;
        let text = self.document.text.to_string();
        let file = ide::File {
            package: &package,
            path: &path,
            text: &text,
        };
        Some(ask(&self.project.view.analysis, file))
    }
}

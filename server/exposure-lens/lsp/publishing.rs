//! Diagnostics for clients that do not ask for them.
//!
//! One task at a time computes and sends them, so that an older list never
//! follows a newer one. Nothing is sent about a document that had none and has none.
//! What is lost with a file that is gone is sent to every client: nobody has that file
//! open to ask about it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tower_lsp::ls_types::{Diagnostic, PublishDiagnosticsParams, Uri};

use super::document::{Encoding, Text};
use super::load::View;
use super::session::Session;
use super::{handlers, to_proto};

/// The files that are gone from a project, with what is said of them.
type Lost = BTreeMap<PathBuf, Vec<Diagnostic>>;

impl Session {
    /// The diagnostics of these documents may have changed.
    pub(super) fn publish(self: &Arc<Session>, documents: BTreeMap<PathBuf, Uri>, cause: &str) {
        if self.peer.can().pull_diagnostics {
            return;
        }
        self.lock().publishing.request(cause, documents);
        let session = Arc::clone(self);
        tokio::spawn(async move { session.publish_waiting().await });
    }

    /// The diagnostics of every open document of a project may have changed.
    pub(super) fn publish_all(self: &Arc<Session>, root: &Path, cause: &str) {
        let state = self.lock();
        let ours = state.documents.iter().filter(|(_, it)| it.home.has(root));
        let ours = ours
            .map(|(path, it)| (path.clone(), it.uri.clone()))
            .collect();
        drop(state);
        self.publish(ours, cause);
    }

    async fn publish_waiting(&self) {
        loop {
            let Some(op) = self.lock().publishing.start() else {
                return;
            };
            for (path, uri) in op.args {
                self.publish_one(path, uri).await;
            }
            self.lock().publishing.finish(op.generation);
        }
    }

    async fn publish_one(&self, path: PathBuf, uri: Uri) {
        let snapshot = self.snapshot_at_once(&path);
        let version = snapshot.as_ref().map(|it| it.document.version);
        let asked = tokio::task::spawn_blocking(move || {
            snapshot
                .map(|it| handlers::diagnostics(&it))
                .unwrap_or_default()
        });
        let diagnostics = asked
            .await
            .inspect_err(|error| tracing::error!(%error, "no diagnostics"));
        let diagnostics = diagnostics.unwrap_or_default();
        let mut state = self.lock();
        let had_some = if diagnostics.is_empty() {
            state.published.remove(&path).is_some()
        } else {
            state.published.insert(path, uri.clone());
            true
        };
        if had_some {
            self.peer.publish(PublishDiagnosticsParams {
                uri,
                diagnostics,
                version,
            });
        }
    }

    /// Tells what is lost with files that are gone, and takes back what is not any more.
    pub(super) async fn publish_lost(&self, root: &Path) {
        let view = self
            .lock()
            .projects
            .get(root)
            .and_then(|it| it.view.clone());
        let Some(view) = view else { return };
        let encoding = self.peer.can().encoding;
        let asked = tokio::task::spawn_blocking(move || lost(&view, encoding)).await;
        let lost = asked
            .inspect_err(|error| tracing::error!(%error, "what is lost is not known"))
            .unwrap_or_default();
        let mut state = self.lock();
        let state = &mut *state;
        if !state.projects.contains_key(root) {
            return;
        }
        let mut before = state.lost.remove(root).unwrap_or_default();
        let mut now = BTreeMap::new();
        for (path, diagnostics) in lost {
            // An open buffer is asked about, or told of, by itself.
            let is_open = state.documents.contains_key(&path);
            let uri = to_proto::file_uri(&path).filter(|_| !is_open);
            let Some(uri) = uri else { continue };
            before.remove(&path);
            now.insert(path, uri.clone());
            self.say_of_gone(uri, diagnostics);
        }
        before.retain(|path, _| !state.published.contains_key(path));
        before
            .into_values()
            .for_each(|uri| self.say_of_gone(uri, Vec::new()));
        if !now.is_empty() {
            state.lost.insert(root.to_owned(), now);
        }
    }

    /// Takes back what was said of the gone files of a project that is not looked at any more.
    pub(super) fn take_back_lost(
        &self,
        lost: &mut BTreeMap<PathBuf, BTreeMap<PathBuf, Uri>>,
        root: &Path,
    ) {
        let gone = lost.remove(root).unwrap_or_default();
        gone.into_values()
            .for_each(|uri| self.say_of_gone(uri, Vec::new()));
    }

    fn say_of_gone(&self, uri: Uri, diagnostics: Vec<Diagnostic>) {
        self.peer.publish(PublishDiagnosticsParams {
            uri,
            diagnostics,
            version: None,
        });
    }
}

fn lost(view: &View, encoding: Encoding) -> Lost {
    let mut all = Lost::new();
    for (package, path, diagnostic) in view.analysis.lost() {
        if let Some(file) = view.files.file_in(&package, &path) {
            // There is no text any more: every place is its start.
            let diagnostic = to_proto::diagnostic(diagnostic, &Text::default(), encoding);
            all.entry(file).or_default().push(diagnostic);
        }
    }
    all
}

//! Diagnostics for clients that do not ask for them.
//!
//! One task at a time computes and sends them, so that an older list never
//! follows a newer one. Nothing is sent about a document that had none and has none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tower_lsp::ls_types::{PublishDiagnosticsParams, Uri};

use super::document::Home;
use super::handlers;
use super::session::Session;

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
        let home = Home::Project(root.to_owned());
        let state = self.lock();
        let ours = state.documents.iter().filter(|(_, it)| it.home == home);
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
}

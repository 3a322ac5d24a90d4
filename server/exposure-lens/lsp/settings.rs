//! The editor's settings: taken from wherever the client puts them.
//!
//! `initializationOptions` come first, then what `didChangeConfiguration` carries,
//! then what the client answers when asked for its section, folder by folder.
//! What they mean is [`crate::config`]'s business.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use tower_lsp::ls_types::{ConfigurationItem, DidChangeConfigurationParams};

use super::session::Session;
use super::to_proto;

/// The section that the client is asked for.
const SECTION: &str = "exposureLens";

impl Session {
    pub(super) fn settings_changed(self: &Arc<Session>, params: DidChangeConfigurationParams) {
        let before = {
            let mut state = self.lock();
            let before = state.editor.clone();
            if !params.settings.is_null() {
                state.editor.pushed = params.settings;
            }
            before
        };
        if self.peer.can().configuration {
            self.pull_settings();
        } else if self.lock().editor != before {
            self.request_all("settings changed");
        }
    }

    /// Asks the client for its settings, for all and for each folder.
    pub(super) fn pull_settings(self: &Arc<Session>) {
        if !self.peer.can().configuration || self.peer.is_closing() {
            return;
        }
        let session = Arc::clone(self);
        tokio::spawn(async move {
            let folders = session.lock().folders.clone();
            let scopes = std::iter::once(None).chain(folders.iter().map(Some));
            let items = scopes.map(|folder| ConfigurationItem {
                scope_uri: folder.and_then(|it| to_proto::file_uri(it)),
                section: Some(SECTION.to_owned()),
            });
            match session.peer.client().configuration(items.collect()).await {
                Ok(sections) => session.take_settings(&folders, sections),
                Err(error) => tracing::warn!(%error, "the client has no settings for us"),
            }
        });
    }

    fn take_settings(self: &Arc<Session>, folders: &[PathBuf], sections: Vec<Value>) {
        let mut sections = sections.into_iter();
        let pulled = sections.next().unwrap_or_default();
        let pulled_for = folders.iter().cloned().zip(sections).collect();
        let mut state = self.lock();
        let before = state.editor.clone();
        state.editor.pulled = pulled;
        state.editor.pulled_for = pulled_for;
        let roots: Vec<PathBuf> = state.projects.keys().cloned().collect();
        let differs = |root: &PathBuf| before.sections(root) != state.editor.sections(root);
        let has_changed = roots.iter().any(differs) || before.pushed != state.editor.pushed;
        drop(state);
        if has_changed {
            self.request_all("settings changed");
        }
    }
}

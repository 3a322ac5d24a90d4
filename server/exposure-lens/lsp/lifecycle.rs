//! The session's start, and the folders it works on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tower_lsp::ls_types::{
    DidChangeWorkspaceFoldersParams, FileSystemWatcher, GlobPattern, InitializeParams,
    InitializeResult, Registration, ServerInfo, WorkspaceFolder,
};

use super::capabilities::{ClientCan, server_capabilities};
use super::session::Session;
use super::{from_proto, to_proto, watch};

/// What the client is asked to watch for us; a hint, for we look ourselves.
const WATCHED: [&str; 4] = [
    "**/manifest.json",
    "**/*.{twb,twbx,tds,tdsx}",
    "**/*.{yml,yaml}",
    "**/*.{sql,py,csv}",
];

pub(super) fn initialize(session: &Session, params: InitializeParams) -> InitializeResult {
    let can = ClientCan::of(&params.capabilities);
    tracing::info!(client = ?params.client_info, ?can, "initialize");
    let capabilities = server_capabilities(&can);
    session.peer.set_can(can);
    let mut state = session.lock();
    state.folders = folders(&params);
    state.editor.initial = params.initialization_options.unwrap_or_default();
    InitializeResult {
        capabilities,
        server_info: Some(ServerInfo {
            name: "exposure-lens".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        ..InitializeResult::default()
    }
}

// `root_uri` and `root_path` are deprecated, and all that older clients send.
#[allow(deprecated)]
fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    match &params.workspace_folders {
        Some(folders) => folders.iter().filter_map(folder_path).collect(),
        None => {
            let root = params.root_uri.as_ref().and_then(from_proto::file_path);
            root.or_else(|| params.root_path.as_ref().map(PathBuf::from))
                .into_iter()
                .collect()
        }
    }
}

fn folder_path(folder: &WorkspaceFolder) -> Option<PathBuf> {
    from_proto::file_path(&folder.uri)
}

pub(super) fn initialized(session: &Arc<Session>) {
    register(session);
    session.pull_settings();
    let folders = session.lock().folders.clone();
    if folders.is_empty() {
        session.tell();
    }
    folders
        .into_iter()
        .for_each(|folder| session.discover(folder));
    tokio::spawn(watch::watch(Arc::clone(session)));
}

pub(super) fn folders_changed(session: &Arc<Session>, params: DidChangeWorkspaceFoldersParams) {
    let added: Vec<PathBuf> = params.event.added.iter().filter_map(folder_path).collect();
    let removed: Vec<PathBuf> = params
        .event
        .removed
        .iter()
        .filter_map(folder_path)
        .collect();
    let mut state = session.lock();
    state.folders.retain(|it| !removed.contains(it));
    state.folders.extend(added.iter().cloned());
    drop(state);
    removed
        .iter()
        .for_each(|folder| session.forget(Path::new(folder)));
    session.pull_settings();
    added
        .into_iter()
        .for_each(|folder| session.discover(folder));
    session.tell();
}

/// Asks the client to tell what changes, where it can.
fn register(session: &Arc<Session>) {
    let can = session.peer.can();
    let watched = || {
        let watcher = |glob: &str| FileSystemWatcher {
            glob_pattern: GlobPattern::String(glob.to_owned()),
            kind: None,
        };
        json!({ "watchers": WATCHED.map(watcher) })
    };
    let wanted = [
        can.watch_files
            .then(|| registration("workspace/didChangeWatchedFiles", watched())),
        can.register_configuration.then(|| {
            registration(
                "workspace/didChangeConfiguration",
                json!({ "section": "exposureLens" }),
            )
        }),
    ];
    let wanted: Vec<Registration> = wanted.into_iter().flatten().collect();
    if wanted.is_empty() {
        return;
    }
    let peer = Arc::clone(&session.peer);
    tokio::spawn(async move {
        if let Err(error) = peer.client().register_capability(wanted).await {
            tracing::warn!(%error, "the client watches no files for us");
        }
    });
}

fn registration(method: &str, options: Value) -> Registration {
    Registration {
        id: format!("exposure-lens {method}"),
        method: method.to_owned(),
        register_options: Some(to_proto::json(&options)),
    }
}

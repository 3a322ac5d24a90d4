//! Work-done progress, for clients that show it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;
use tower_lsp::ls_types::ProgressToken;

use super::peer::Peer;

/// Shown until it is dropped. The work never waits for the client's leave to show it.
#[derive(Debug)]
pub(super) struct Progress {
    _end: oneshot::Sender<()>,
}

static LAST: AtomicU64 = AtomicU64::new(0);

impl Progress {
    pub(super) fn start(peer: &Arc<Peer>, title: String) -> Option<Progress> {
        if !peer.can().progress || peer.is_closing() {
            return None;
        }
        let (end, ended) = oneshot::channel();
        tokio::spawn(show(Arc::clone(peer), title, ended));
        Some(Progress { _end: end })
    }
}

async fn show(peer: Arc<Peer>, title: String, ended: oneshot::Receiver<()>) {
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    let token = ProgressToken::String(format!("exposureLens/{number}"));
    if let Err(error) = peer.client().create_work_done_progress(token.clone()).await {
        tracing::debug!(%error, "the client shows no progress");
        return;
    }
    if peer.is_closing() {
        return;
    }
    let shown = peer.client().progress(token, title).begin().await;
    // An error means that the sender was dropped: the work is done.
    let _ = ended.await;
    shown.finish().await;
}

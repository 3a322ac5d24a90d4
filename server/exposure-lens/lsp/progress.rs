//! Work-done progress, for clients that show it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;
use tower_lsp::ls_types::ProgressToken;

use super::peer::Peer;

/// Shown until it is dropped. The work never waits for the client's leave to show it.
#[derive(Debug)]
pub(super) struct Progress {
    /// By what the client names it when the user cancels the work.
    pub(super) token: ProgressToken,
    message: watch::Sender<String>,
}

static LAST: AtomicU64 = AtomicU64::new(0);

/// How work is shown.
struct Shown {
    peer: Arc<Peer>,
    token: ProgressToken,
    title: String,
    /// Whether the user may cancel it.
    cancellable: bool,
    message: watch::Receiver<String>,
}

impl Progress {
    pub(super) fn start(peer: &Arc<Peer>, title: String) -> Option<Progress> {
        Progress::show(peer, title, false)
    }

    /// As [`Progress::start`], for work that the user may cancel.
    pub(super) fn start_cancellable(peer: &Arc<Peer>, title: String) -> Option<Progress> {
        Progress::show(peer, title, true)
    }

    fn show(peer: &Arc<Peer>, title: String, cancellable: bool) -> Option<Progress> {
        if !peer.can().progress || peer.is_closing() {
            return None;
        }
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let token = ProgressToken::String(format!("exposureLens/{number}"));
        let message = watch::Sender::default();
        let shown = Shown {
            peer: Arc::clone(peer),
            token: token.clone(),
            title,
            cancellable,
            message: message.subscribe(),
        };
        tokio::spawn(shown.run());
        Some(Progress { token, message })
    }

    /// Says how far the work has come. What comes faster than the client takes it is left out.
    pub(super) fn report(&self, message: String) {
        self.message.send_if_modified(|known| {
            let is_new = *known != message;
            *known = message;
            is_new
        });
    }
}

impl Shown {
    async fn run(mut self) {
        let client = self.peer.client();
        if let Err(error) = client.create_work_done_progress(self.token.clone()).await {
            tracing::debug!(%error, "the client shows no progress");
            return;
        }
        if self.peer.is_closing() {
            return;
        }
        let progress = client.progress(self.token.clone(), self.title.clone());
        // Without a button, what is reported later cannot have one either.
        if self.cancellable {
            let ongoing = progress.with_cancel_button().begin().await;
            // An error means that the sender was dropped: the work is done.
            while self.message.changed().await.is_ok() {
                let message = self.message.borrow_and_update().clone();
                ongoing.report_with_message(message, Some(true)).await;
            }
            ongoing.finish().await;
        } else {
            let ongoing = progress.begin().await;
            while self.message.changed().await.is_ok() {
                let message = self.message.borrow_and_update().clone();
                ongoing.report(message).await;
            }
            ongoing.finish().await;
        }
    }
}

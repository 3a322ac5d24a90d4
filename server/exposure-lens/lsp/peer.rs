//! The client, as the server talks to it.
//!
//! A handler that waits for the client can stop the whole server: replies come in
//! through the same queue. So nothing here is waited for, save by tasks of its
//! own; notifications go through one outbox and keep their order. After
//! `shutdown` nothing is said any more: some clients wait for us to be silent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tower_lsp::Client;
use tower_lsp::jsonrpc;
use tower_lsp::ls_types::{
    MessageActionItem, MessageType, PublishDiagnosticsParams, ShowDocumentParams, WorkspaceEdit,
};

use super::capabilities::ClientCan;
use super::ext::{self, StatusParams};
use crate::refresh::OpQueue;

/// A client that does not answer a request to ask again is asked once more after this.
const MAX_REFRESH: Duration = Duration::from_secs(30);

/// How far the session has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// `initialize` has not been answered.
    #[default]
    Starting,
    /// Everything may be asked and said.
    Running,
    /// `shutdown` was asked for: nothing new is said.
    Closing,
    /// The last word has left.
    Closed,
}

/// The client, and what it can do.
pub(super) struct Peer {
    client: Client,
    can: OnceLock<Arc<ClientCan>>,
    outbox: mpsc::UnboundedSender<Outgoing>,
    phase: watch::Sender<Phase>,
    lenses: Mutex<OpQueue<()>>,
    diagnostics: Mutex<OpQueue<()>>,
    /// Whether the outbox holds a [`Outgoing::Changed`] already: one says as much as many.
    changed_waits: Arc<AtomicBool>,
}

enum Outgoing {
    Status(StatusParams),
    Diagnostics(PublishDiagnosticsParams),
    Message(MessageType, String),
    Copy(ext::CopyParams),
    Changed,
    /// Everything before it has been sent.
    Flush(oneshot::Sender<()>),
}

impl Peer {
    /// Must be called inside the runtime, for the outbox is emptied by a task.
    pub(super) fn new(client: Client) -> Arc<Peer> {
        let (outbox, outgoing) = mpsc::unbounded_channel();
        let changed_waits = Arc::new(AtomicBool::new(false));
        let waits = Arc::clone(&changed_waits);
        tokio::spawn(send_all(client.clone(), outgoing, waits));
        Arc::new(Peer {
            client,
            can: OnceLock::new(),
            outbox,
            phase: watch::Sender::default(),
            lenses: Mutex::default(),
            diagnostics: Mutex::default(),
            changed_waits,
        })
    }

    /// The framework's handle, for tasks that may wait for the client.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Said once, at `initialize`.
    pub(super) fn set_can(&self, can: ClientCan) {
        let _ = self.can.set(Arc::new(can));
        self.phase.send_replace(Phase::Running);
    }

    pub(super) fn can(&self) -> Arc<ClientCan> {
        self.can.get().cloned().unwrap_or_default()
    }

    /// How far the session has come, to wait for.
    pub(super) fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    pub(super) fn is_closing(&self) -> bool {
        *self.phase.borrow() >= Phase::Closing
    }

    /// Nothing new is said from now on.
    pub(super) fn close(&self) {
        self.phase.send_if_modified(|phase| {
            let is_new = *phase < Phase::Closing;
            *phase = (*phase).max(Phase::Closing);
            is_new
        });
    }

    /// Says the last words and waits until they have left.
    pub(super) async fn say_farewell(&self, clear: Vec<PublishDiagnosticsParams>) {
        let (sent, all_sent) = oneshot::channel();
        for it in clear {
            let _ = self.outbox.send(Outgoing::Diagnostics(it));
        }
        let _ = self.outbox.send(Outgoing::Flush(sent));
        let _ = all_sent.await;
        self.phase.send_replace(Phase::Closed);
    }

    pub(super) fn status(&self, status: StatusParams) {
        self.send(Outgoing::Status(status));
    }

    pub(super) fn publish(&self, diagnostics: PublishDiagnosticsParams) {
        self.send(Outgoing::Diagnostics(diagnostics));
    }

    pub(super) fn message(&self, kind: MessageType, text: impl Into<String>) {
        self.send(Outgoing::Message(kind, text.into()));
    }

    /// Puts a text where the user can paste it from, with a client that can.
    pub(super) fn copy(&self, text: String) {
        self.send(Outgoing::Copy(ext::CopyParams { text }));
    }

    /// Says that answers to our own requests may differ, to a client that wants to know.
    pub(super) fn say_changed(&self) {
        if self.can().changed && !self.changed_waits.swap(true, Ordering::AcqRel) {
            self.send(Outgoing::Changed);
        }
    }

    fn send(&self, outgoing: Outgoing) {
        if !self.is_closing() {
            // The task ends only with the runtime.
            let _ = self.outbox.send(outgoing);
        }
    }

    /// Asks the client to ask for its lenses again.
    pub(super) fn refresh_lenses(self: &Arc<Peer>, cause: &str) {
        if self.can().refresh_lenses && !self.is_closing() {
            lock(&self.lenses).request(cause, ());
            let peer = Arc::clone(self);
            tokio::spawn(async move {
                repeat(&peer.lenses, || peer.client.code_lens_refresh()).await;
            });
        }
    }

    /// Asks the client to ask for its diagnostics again.
    pub(super) fn refresh_diagnostics(self: &Arc<Peer>, cause: &str) {
        if self.can().refresh_diagnostics && !self.is_closing() {
            lock(&self.diagnostics).request(cause, ());
            let peer = Arc::clone(self);
            tokio::spawn(async move {
                repeat(&peer.diagnostics, || {
                    peer.client.workspace_diagnostic_refresh()
                })
                .await;
            });
        }
    }

    /// Lets the user choose one of `titles`. Only tasks of their own may wait for it.
    pub(super) async fn ask(&self, question: String, titles: Vec<String>) -> Option<String> {
        let item = |title| MessageActionItem {
            title,
            properties: Default::default(),
        };
        self.ask_for(question, titles.into_iter().map(item).collect())
            .await
    }

    /// Lets the user choose one of `items`, by its title. Only tasks of their own may wait
    /// for it.
    pub(super) async fn ask_for(
        &self,
        question: String,
        items: Vec<MessageActionItem>,
    ) -> Option<String> {
        let asked = self
            .client
            .show_message_request(MessageType::INFO, question, Some(items));
        match asked.await {
            Ok(chosen) => chosen.map(|it| it.title),
            Err(error) => {
                tracing::warn!(%error, "the client lets the user choose nothing");
                None
            }
        }
    }

    /// Has the client make an edit, and says why where it does not. Returns whether it did.
    /// Only tasks of their own may wait for it.
    pub(super) async fn apply(&self, edit: WorkspaceEdit) -> bool {
        let why = match self.client.apply_edit(edit).await {
            Ok(answer) if answer.applied => return true,
            Ok(answer) => answer.failure_reason,
            Err(error) => Some(error.message.into_owned()),
        };
        let why = why.unwrap_or_else(|| "the editor did not say why".to_owned());
        let text = format!(
            "Exposure Lens: nothing was written: {}",
            ide::plain_message(&why)
        );
        self.message(MessageType::WARNING, text);
        false
    }

    /// Opens a page in the user's browser, or says its address. Only tasks of
    /// their own may wait for it.
    pub(super) async fn open_page(&self, title: &str, url: &str) {
        if let Some(uri) = url.parse().ok().filter(|_| self.can().show_document) {
            let params = ShowDocumentParams {
                uri,
                external: Some(true),
                take_focus: Some(true),
                selection: None,
            };
            match self.client.show_document(params).await {
                Ok(true) => return,
                Ok(false) => tracing::debug!("the client did not open a page"),
                Err(error) => tracing::warn!(%error, "the client cannot open a page"),
            }
        }
        self.message(MessageType::INFO, format!("{title}: {url}"));
    }
}

async fn send_all(
    client: Client,
    mut outgoing: mpsc::UnboundedReceiver<Outgoing>,
    changed_waits: Arc<AtomicBool>,
) {
    while let Some(it) = outgoing.recv().await {
        match it {
            Outgoing::Status(status) => client.send_notification::<ext::Status>(status).await,
            Outgoing::Diagnostics(it) => {
                client
                    .publish_diagnostics(it.uri, it.diagnostics, it.version)
                    .await;
            }
            Outgoing::Message(kind, text) => client.show_message(kind, text).await,
            Outgoing::Copy(it) => client.send_notification::<ext::Copy>(it).await,
            Outgoing::Changed => {
                // Before it is sent: what changes meanwhile is said once more.
                changed_waits.store(false, Ordering::Release);
                client.send_notification::<ext::Changed>(()).await;
            }
            Outgoing::Flush(sent) => {
                let _ = sent.send(());
            }
        }
    }
}

/// Sends a request as long as it is wanted, one at a time.
async fn repeat<F: Future<Output = jsonrpc::Result<()>>>(
    queue: &Mutex<OpQueue<()>>,
    request: impl Fn() -> F,
) {
    loop {
        let Some(op) = lock(queue).start() else {
            return;
        };
        match tokio::time::timeout(MAX_REFRESH, request()).await {
            Ok(Ok(())) => tracing::debug!(cause = op.cause, "asked the client to ask again"),
            Ok(Err(error)) => tracing::warn!(%error, "the client does not ask again"),
            Err(_) => tracing::warn!("the client has not answered a refresh"),
        }
        lock(queue).finish(op.generation);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

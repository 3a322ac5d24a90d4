//! The server's commands: list a node's dashboards, open a page.
//!
//! A command answers at once. What the user is asked, and what is opened then, is
//! a task of its own: the user may take all day.

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{ExecuteCommandParams, MessageType};

use super::accepting::accept;
use super::choosing::{choose, listing};
use super::ext::{ActionData, CopyParams, NodeArgument, PageArgument};
use super::handlers;
use super::peer::Peer;
use super::session::{ProjectSnapshot, Session, Wait};
use crate::workspace::accept::For;

/// Between an answer and what the client is asked next: no person notices it.
const BREATH: Duration = Duration::from_millis(50);

/// Lists a node's dashboards, to open one; the argument is a [`NodeArgument`].
pub(super) const LIST_DASHBOARDS: &str = "exposureLens.listDashboards";
/// Opens the page of a workbook, dashboard or sheet; the argument is a [`PageArgument`].
pub(super) const OPEN_DASHBOARD: &str = "exposureLens.openDashboard";
/// Fetches every site that the user has signed in to, and the team snapshot, now.
pub(super) const PULL: &str = "exposureLens.pullNow";
/// Puts a text where the user can paste it from; the argument is a [`CopyParams`].
pub(super) const COPY: &str = "exposureLens.copy";
/// Writes into exposures files; the argument is an [`ActionData`].
pub(super) const WRITE: &str = "exposureLens.write";
/// Accepts the name rules that are proposed for a project, for everyone who works on it;
/// the argument is a [`super::ext::ProjectArgument`].
pub(super) const ACCEPT_FOR_TEAM: &str = "exposureLens.acceptNamesForTeam";
/// The same, for the user alone.
pub(super) const ACCEPT_FOR_ME: &str = "exposureLens.acceptNamesForMe";
/// What the server announces.
pub(super) const ALL: [&str; 7] = [
    LIST_DASHBOARDS,
    OPEN_DASHBOARD,
    PULL,
    COPY,
    WRITE,
    ACCEPT_FOR_TEAM,
    ACCEPT_FOR_ME,
];
/// Panics, for the test that a panic loses one answer. Only with [`super::Options::debug`].
const DEBUG_PANIC: &str = "exposureLens.debug.panic";

/// Runs a command.
pub(super) async fn execute(
    session: &Arc<Session>,
    params: ExecuteCommandParams,
) -> Result<Option<Value>> {
    match params.command.as_str() {
        LIST_DASHBOARDS => list_dashboards(session, argument(params.arguments)?).await?,
        OPEN_DASHBOARD => open_dashboard(session, argument(params.arguments)?).await?,
        PULL => pull(session),
        COPY => copy(&session.peer, argument(params.arguments)?),
        WRITE => write(session, argument(params.arguments)?).await?,
        ACCEPT_FOR_TEAM => accept(session, For::Team, argument(params.arguments)?).await?,
        ACCEPT_FOR_ME => accept(session, For::Me, argument(params.arguments)?).await?,
        DEBUG_PANIC if session.options.debug => {
            super::server::blocking("debug.panic", || panic!("asked for by a test")).await?;
        }
        other => {
            let command = ide::plain(other);
            return Err(Error::invalid_params(format!("no such command: {command}")));
        }
    }
    Ok(None)
}

/// Goes on by itself once the answer is out. What comes in one piece behind an answer is
/// lost to Emacs's lsp-mode; and eglot gives the answer up while it asks its user something.
fn after_the_answer(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(async move {
        tokio::time::sleep(BREATH).await;
        task.await;
    });
}

fn argument<T: DeserializeOwned>(arguments: Vec<Value>) -> Result<T> {
    let first = arguments.into_iter().next().unwrap_or_default();
    serde_json::from_value(first)
        .map_err(|error| Error::invalid_params(ide::plain_message(&error.to_string())))
}

async fn list_dashboards(session: &Arc<Session>, about: NodeArgument) -> Result<()> {
    let peer = Arc::clone(&session.peer);
    let Some(project) = session.project(&about.project, Wait::Loaded).await else {
        peer.message(MessageType::INFO, "Exposure Lens: that project is not open");
        return Ok(());
    };
    let listing = super::server::blocking("listDashboards", move || {
        let node = project.view.analysis.node(&about.node)?;
        Some(listing(&project, node))
    });
    match listing.await? {
        Some(listing) => after_the_answer(async move { choose(&peer, listing).await }),
        None => peer.message(
            MessageType::INFO,
            "Exposure Lens: the manifest has no such node any more",
        ),
    }
    Ok(())
}

fn pull(session: &Arc<Session>) {
    let text = if session.options.offline {
        "Exposure Lens: it runs with --offline and contacts nothing"
    } else if session.fetch_all() == 0 {
        "Exposure Lens: there is no site that you have signed in to: name one with \
         `tableau.sites` and run `exposure-lens login`"
    } else {
        return;
    };
    session.peer.message(MessageType::INFO, text);
}

/// What is copied is one line; a client that cannot copy gets it to read.
fn copy(peer: &Peer, it: CopyParams) {
    let text = ide::plain_message(&it.text);
    if peer.can().copy {
        peer.copy(text);
    } else {
        peer.message(MessageType::INFO, text);
    }
}

/// Asks the client to make the edit. A task of its own waits for the answer.
async fn write(session: &Arc<Session>, it: ActionData) -> Result<()> {
    let Some(project) = session.project(&it.project, Wait::Edits).await else {
        return Err(Error::invalid_params("that project is not open"));
    };
    let made = super::server::blocking("write", move || handlers::write(&project, &it.write));
    let made = made.await?.map_err(handlers::failed)?;
    let peer = Arc::clone(&session.peer);
    after_the_answer(async move {
        let is_made = peer.apply(made.edit).await;
        if let Some(rest) = made.rest.filter(|_| is_made) {
            let text = ide::plain_message(&format!("Exposure Lens: {rest}"));
            peer.message(MessageType::INFO, text);
        }
    });
    Ok(())
}

/// Only pages that a known workbook names are opened, whoever asks.
async fn open_dashboard(session: &Arc<Session>, page: PageArgument) -> Result<()> {
    let project = session.project(&page.project, Wait::Loaded).await;
    let is_known = project.is_some_and(|it| knows_page(&it, &page.url));
    let Some(url) = ide::safe_url(&page.url)
        .filter(|_| is_known)
        .map(str::to_owned)
    else {
        return Err(Error::invalid_params("no workbook here has that page"));
    };
    let peer = Arc::clone(&session.peer);
    after_the_answer(async move { peer.open_page("Exposure Lens", &url).await });
    Ok(())
}

fn knows_page(project: &ProjectSnapshot, url: &str) -> bool {
    project
        .view
        .known
        .contents
        .iter()
        .flat_map(|it| &it.workbooks)
        .any(|it| {
            let pages = it
                .dashboards
                .iter()
                .map(|it| &it.url)
                .chain(it.sheets.iter().map(|it| &it.url));
            pages.chain([&it.url]).flatten().any(|page| page == url)
        })
}

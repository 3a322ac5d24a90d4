//! The server's commands: list a node's dashboards, open a page.
//!
//! A command answers at once. What the user is asked, and what is opened then, is
//! a task of its own: the user may take all day.

use std::collections::HashSet;
use std::sync::Arc;

use lineage::NodeIx;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{ExecuteCommandParams, MessageType};

use super::accepting::accept;
use super::ext::{ActionData, CopyParams, NodeArgument, PageArgument};
use super::handlers;
use super::peer::Peer;
use super::session::{ProjectSnapshot, Session, Wait};
use crate::workspace;
use crate::workspace::accept::For;

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

/// More than this many buttons do not fit into any client's message.
const MAX_ASKED: usize = 10;

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
        other => return Err(Error::invalid_params(format!("no such command: {other}"))),
    }
    Ok(None)
}

fn argument<T: DeserializeOwned>(arguments: Vec<Value>) -> Result<T> {
    let first = arguments.into_iter().next().unwrap_or_default();
    serde_json::from_value(first).map_err(|error| Error::invalid_params(error.to_string()))
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
        Some(listing) => drop(tokio::spawn(async move { choose(&peer, listing).await })),
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
    let edit = super::server::blocking("write", move || handlers::write(&project, &it.write));
    let edit = edit.await?.map_err(handlers::failed)?;
    let peer = Arc::clone(&session.peer);
    tokio::spawn(async move { peer.apply(edit).await });
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
    tokio::spawn(async move { peer.open_page("Exposure Lens", &url).await });
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

/// A node's dashboards as choices, and what stands above them.
#[derive(Debug, PartialEq, Eq)]
struct Listing {
    question: String,
    choices: Vec<Choice>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Choice {
    title: String,
    opens: Opens,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Opens {
    Page(String),
    /// Nothing: the workbook is only known as this file.
    File(String),
    Nothing,
}

fn listing(project: &ProjectSnapshot, node: NodeIx) -> Listing {
    let analysis = &project.view.analysis;
    let label = ide::plain(&analysis.lineage.nodes().get(node).label());
    let headline = analysis
        .headline(node)
        .unwrap_or_else(|| workspace::no_content().message);
    let headline = headline.strip_prefix("Tableau: ").unwrap_or(&headline);
    let mut choices: Vec<(usize, Choice)> = Vec::new();
    for usage in analysis.lineage.downstream_of(node) {
        let workbook = analysis.lineage.workbook(usage.workbook);
        let choice = |name: &str, url: Option<&String>| Choice {
            title: format!("{} — {}", ide::plain(name), ide::plain(&workbook.name)),
            opens: opens(url.or(workbook.url.as_ref()), workbook.file.as_ref()),
        };
        let dashboards = usage
            .dashboards
            .iter()
            .map(|it| (it.distance, &workbook.dashboards[it.dashboard]));
        let before = choices.len();
        choices
            .extend(dashboards.map(|(distance, it)| (distance, choice(&it.name, it.url.as_ref()))));
        if choices.len() == before {
            let sheets = usage.sheets.iter().map(|&ix| &workbook.sheets[ix]);
            choices.extend(sheets.map(|it| (usage.distance, choice(&it.name, it.url.as_ref()))));
        }
    }
    choices.sort_by_key(|(distance, _)| *distance);
    let choices = with_own_titles(choices.into_iter().map(|(_, choice)| choice));
    Listing {
        question: format!("{label}: {headline}"),
        choices,
    }
}

fn opens(url: Option<&String>, file: Option<&String>) -> Opens {
    match (url.and_then(|url| ide::safe_url(url)), file) {
        (Some(url), _) => Opens::Page(url.to_owned()),
        (None, Some(file)) => Opens::File(ide::plain(file)),
        (None, None) => Opens::Nothing,
    }
}

/// A client answers with a title alone, so no two may be equal.
fn with_own_titles(choices: impl Iterator<Item = Choice>) -> Vec<Choice> {
    let mut taken = HashSet::new();
    choices
        .map(|mut choice| {
            let title = choice.title.clone();
            for n in 2.. {
                if taken.insert(choice.title.clone()) {
                    break;
                }
                choice.title = format!("{title} ({n})");
            }
            choice
        })
        .collect()
}

/// Lets the user choose; a single dashboard opens at once.
async fn choose(peer: &Peer, listing: Listing) {
    let mut rest = listing.choices.as_slice();
    if rest.is_empty() {
        return peer.message(MessageType::INFO, listing.question);
    }
    if let [only] = rest {
        return open(peer, only).await;
    }
    loop {
        let (shown, more) = page(rest);
        let titles = shown.iter().map(|it| it.title.clone()).chain(more.clone());
        let Some(chosen) = peer.ask(listing.question.clone(), titles.collect()).await else {
            return;
        };
        if let Some(choice) = shown.iter().find(|it| it.title == chosen) {
            return open(peer, choice).await;
        }
        if more.is_none_or(|more| more != chosen) {
            return;
        }
        rest = &rest[shown.len()..];
    }
}

/// What is shown at once, and what leads to the rest.
fn page(rest: &[Choice]) -> (&[Choice], Option<String>) {
    if rest.len() <= MAX_ASKED {
        return (rest, None);
    }
    let (shown, more) = rest.split_at(MAX_ASKED - 1);
    (shown, Some(format!("+{} more", more.len())))
}

async fn open(peer: &Peer, choice: &Choice) {
    let title = &choice.title;
    match &choice.opens {
        Opens::Page(url) => peer.open_page(title, url).await,
        Opens::File(file) => {
            let text = format!("{title}: it has no known page; the workbook is {file}");
            peer.message(MessageType::INFO, text);
        }
        Opens::Nothing => peer.message(MessageType::INFO, format!("{title}: it has no known page")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(titles: &[&str]) -> Vec<Choice> {
        titles
            .iter()
            .map(|it| Choice {
                title: (*it).to_owned(),
                opens: Opens::Nothing,
            })
            .collect()
    }

    #[test]
    fn no_two_choices_have_one_title() {
        let unique = with_own_titles(choices(&["A", "A", "B", "A", "A (2)"]).into_iter());
        let titles: Vec<&str> = unique.iter().map(|it| it.title.as_str()).collect();
        assert_eq!(titles, ["A", "A (2)", "B", "A (3)", "A (2) (2)"]);
    }

    #[test]
    fn at_most_ten_are_asked_for_at_once() {
        let all = choices(&["x"; 12]);
        assert_eq!(page(&all[..10]), (&all[..10], None));
        assert_eq!(page(&all[..11]), (&all[..9], Some("+2 more".to_owned())));
        assert_eq!(page(&all), (&all[..9], Some("+3 more".to_owned())));
    }
}

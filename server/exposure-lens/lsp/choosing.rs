//! A node's dashboards, for the user to open one: what a click on the lens does.
//!
//! Which they are and in which order is [`ide`]'s answer. A client that has a picker of
//! its own gets all of them, each with its workbook and what else tells it apart; another
//! one gets as many buttons as fit into a message.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use ide::Listed;
use lineage::NodeIx;
use tower_lsp::ls_types::{MessageActionItem, MessageActionItemProperty, MessageType};

use super::peer::Peer;
use super::session::ProjectSnapshot;

/// More than this many buttons do not fit into any client's message.
const MAX_BUTTONS: usize = 10;
/// More than this many lines nobody looks through.
const MAX_PICKED: usize = 500;

/// A node's dashboards, and what stands above them.
pub(super) struct Listing {
    question: String,
    choices: Vec<Listed>,
}

/// What is listed of a node.
pub(super) fn listing(project: &ProjectSnapshot, node: NodeIx) -> Listing {
    let analysis = &project.view.analysis;
    let label = ide::plain(&analysis.lineage.nodes().get(node).label());
    Listing {
        question: format!("{label}: {}", project.headline(node)),
        choices: analysis.dashboards(node),
    }
}

/// Lets the user choose; a single dashboard opens at once.
pub(super) async fn choose(peer: &Peer, listing: Listing) {
    if listing.choices.is_empty() {
        return peer.message(MessageType::INFO, listing.question);
    }
    if let [only] = listing.choices.as_slice() {
        return open(peer, only).await;
    }
    let picker = peer.can().picker;
    let titles = titles(&listing.choices, picker);
    let all: Vec<(String, &Listed)> = titles.into_iter().zip(&listing.choices).collect();
    let mut rest = all.as_slice();
    loop {
        let (shown, more) = page(rest, if picker { MAX_PICKED } else { MAX_BUTTONS });
        let items = shown
            .iter()
            .map(|(title, it)| item(title, Some(*it).filter(|_| picker)));
        let items = items.chain(more.iter().map(|it| item(it, None)));
        let Some(chosen) = peer
            .ask_for(listing.question.clone(), items.collect())
            .await
        else {
            return;
        };
        if let Some((_, choice)) = shown.iter().find(|(title, _)| *title == chosen) {
            return open(peer, choice).await;
        }
        if more.is_none_or(|more| more != chosen) {
            return;
        }
        rest = &rest[shown.len()..];
    }
}

/// The title of each choice. A client answers with a title alone, so no two may be equal.
fn titles(choices: &[Listed], picker: bool) -> Vec<String> {
    let mut n_of_name: HashMap<&str, usize> = HashMap::new();
    for it in choices {
        *n_of_name.entry(&it.name).or_default() += 1;
    }
    let is_own = |it: &Listed| n_of_name.get(it.name.as_str()) == Some(&1);
    unlike(choices.iter().map(|it| match picker && is_own(it) {
        true => it.name.clone(),
        false => whole(it),
    }))
}

/// The dashboard and its workbook in one line.
fn whole(it: &Listed) -> String {
    format!("{} — {}", it.name, it.workbook)
}

/// Titles, those that are there already with a number behind them. Which numbers are taken
/// is kept: a thousand may be called the same.
fn unlike(titles: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken: HashMap<String, usize> = HashMap::new();
    let mut own_titles = Vec::new();
    for title in titles {
        let mut n = taken.get(&title).copied().unwrap_or_default();
        let mut own = title.clone();
        while taken.contains_key(&own) {
            n += 1;
            own = format!("{title} ({})", n + 1);
        }
        taken.insert(title, n);
        taken.entry(own.clone()).or_default();
        own_titles.push(own);
    }
    own_titles
}

/// What is shown at once, and what leads to the rest.
fn page<T>(rest: &[T], max: usize) -> (&[T], Option<String>) {
    if rest.len() <= max {
        return (rest, None);
    }
    let (shown, more) = rest.split_at(max - 1);
    (shown, Some(format!("+{} more", more.len())))
}

/// A button; for a picker with what stands beside the title and below it.
fn item(title: &str, picked: Option<&Listed>) -> MessageActionItem {
    let about = picked.into_iter().flat_map(|it| {
        let text = |text: &String| MessageActionItemProperty::String(text.clone());
        [
            ("description".to_owned(), text(&it.workbook)),
            ("detail".to_owned(), text(&it.detail)),
        ]
    });
    MessageActionItem {
        title: title.to_owned(),
        properties: about.collect(),
    }
}

async fn open(peer: &Peer, choice: &Listed) {
    let title = whole(choice);
    match (&choice.url, &choice.file) {
        (Some(url), _) => peer.open_page(&title, url).await,
        (None, Some(file)) => {
            let text = format!("{title}: it has no known page; the workbook is {file}");
            peer.message(MessageType::INFO, text);
        }
        (None, None) => {
            peer.message(MessageType::INFO, format!("{title}: it has no known page"));
        }
    }
}

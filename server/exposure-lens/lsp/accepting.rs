//! Accepting the name rules that were worked out: for the team or for the user alone.
//!
//! The team's file is changed by the editor, as an edit that the user sees and saves; the
//! user's own file lies outside of any workspace and is written here. That there is
//! something to accept is asked once for each project.

use std::path::PathBuf;
use std::sync::Arc;

use ide::FileChange;
use lineage::Proposal;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::MessageType;

use super::edits;
use super::ext::ProjectArgument;
use super::session::{ProjectSnapshot, Session, State, Wait};
use super::to_proto;
use crate::workspace::accept::{self, For};

/// The team's file, from the project's root.
const TEAM_FILE: &str = "exposure-lens.yml";

const FOR_TEAM: &str = "Use for the team";
const FOR_ME: &str = "Only for me";
const SHOW: &str = "Show";

/// More examples than these explain no more.
const MAX_EXAMPLES: usize = 5;

impl Session {
    /// Asks, once for each project, whether the rules that were worked out for it count.
    pub(super) fn ask_about_names(self: &Arc<Session>) {
        let mut state = self.lock();
        for new in news(&mut state) {
            let session = Arc::clone(self);
            tokio::spawn(async move { session.ask_to_accept(new).await });
        }
    }

    async fn ask_to_accept(self: Arc<Session>, new: News) {
        let News { root, proposal, .. } = &new;
        let mut question = question(&new);
        let mut titles = vec![FOR_TEAM.to_owned(), FOR_ME.to_owned(), SHOW.to_owned()];
        let who = loop {
            match self
                .peer
                .ask(question.clone(), titles.clone())
                .await
                .as_deref()
            {
                Some(FOR_TEAM) => break For::Team,
                Some(FOR_ME) => break For::Me,
                Some(SHOW) if titles.len() == 3 => {
                    question = format!("{question}. {}", details(proposal));
                    titles.truncate(2);
                }
                _ => return,
            }
        };
        let Some(project) = to_proto::file_uri(root) else {
            return;
        };
        if let Err(error) = accept(&self, who, ProjectArgument { project }).await {
            tracing::warn!(%error, "no name rule was accepted");
        }
    }
}

/// A proposal that nobody was told of.
struct News {
    root: PathBuf,
    /// The project's name.
    name: String,
    proposal: Arc<Proposal>,
}

fn news(state: &mut State) -> Vec<News> {
    let told = &mut state.told;
    let projects = state.projects.iter();
    let proposals = projects.filter_map(|(root, project)| {
        let view = project.view.as_ref()?;
        let proposal = view.analysis.proposal.clone()?;
        let is_new = told.insert(format!("proposal {}", root.display()));
        is_new.then(|| News {
            root: root.clone(),
            name: view.files.dbt.name.clone(),
            proposal,
        })
    });
    proposals.collect()
}

/// Accepts what is proposed for a project, and says what was done. A task of its own waits
/// for the client.
pub(super) async fn accept(session: &Arc<Session>, who: For, about: ProjectArgument) -> Result<()> {
    let project = session.project(&about.project, Wait::Loaded).await;
    let Some(project) = project else {
        say(session, MessageType::INFO, "that project is not open");
        return Ok(());
    };
    let Some(proposal) = project.view.analysis.proposal.clone() else {
        let text = "no name rule is proposed for this project any more";
        say(session, MessageType::INFO, text);
        return Ok(());
    };
    match who {
        For::Me => for_me(session, project, &proposal).await,
        For::Team => for_team(session, project, proposal).await,
    }
}

async fn for_me(
    session: &Arc<Session>,
    project: ProjectSnapshot,
    proposal: &Arc<Proposal>,
) -> Result<()> {
    let (options, rules) = (session.options.clone(), proposal.rules.clone());
    let written = super::server::blocking("accept", move || {
        let user_file = options.user_file.as_deref();
        let env = |name: &str| (options.env)(name);
        let planned = accept::plan(For::Me, &rules, &project.view.files, user_file, &env)?;
        planned.write().map(|()| planned.path)
    });
    match written.await? {
        Ok(path) => {
            let text = format!("{} is in {}", rules_in_words(proposal), path.display());
            say(session, MessageType::INFO, &text);
            session.request_all("a name rule was accepted");
        }
        Err(reason) => say(session, MessageType::WARNING, &reason),
    }
    Ok(())
}

async fn for_team(
    session: &Arc<Session>,
    project: ProjectSnapshot,
    proposal: Arc<Proposal>,
) -> Result<()> {
    let (options, rules) = (session.options.clone(), proposal.rules.clone());
    let edit = super::server::blocking("accept", move || {
        let env = |name: &str| (options.env)(name);
        let change = team_change(&project, &rules, &env)?;
        change
            .map(|it| edits::workspace_edit(&project, &[it]))
            .transpose()
    });
    let edit = match edit.await? {
        Ok(Some(edit)) => edit,
        Ok(None) => {
            let text = format!(
                "{TEAM_FILE} has {} already: save it",
                rules_in_words(&proposal)
            );
            say(session, MessageType::INFO, &text);
            return Ok(());
        }
        Err(reason) => {
            say(session, MessageType::WARNING, &reason);
            return Ok(());
        }
    };
    let session = Arc::clone(session);
    tokio::spawn(async move {
        if session.peer.apply(edit).await {
            let rules = rules_in_words(&proposal);
            let text = format!("{rules} was put into {TEAM_FILE}: it counts once that is saved");
            say(&session, MessageType::INFO, &text);
        }
    });
    Ok(())
}

/// The change of the team's file; `None` where it has the rules. An open buffer counts
/// before the disk.
fn team_change(
    project: &ProjectSnapshot,
    rules: &[lineage::NameRule],
    env: crate::workspace::Env<'_>,
) -> std::result::Result<Option<FileChange>, String> {
    let files = &project.view.files;
    let open = project.documents.get(&project.root.join(TEAM_FILE));
    let (before, after) = match open.map(|it| it.text.to_string()) {
        Some(text) => {
            let left = |reason| format!("{TEAM_FILE} is left as it is: {reason}");
            let after = accept::accept_edit(Some(&text), rules, None).map_err(left)?;
            (Some(text), after)
        }
        None => {
            let planned = accept::plan(For::Team, rules, files, None, env)?;
            (planned.before, planned.after)
        }
    };
    if before.as_deref() == Some(&after) {
        return Ok(None);
    }
    Ok(Some(FileChange {
        path: TEAM_FILE.to_owned(),
        edits: vec![edit_between(before.as_deref().unwrap_or_default(), &after)],
        before,
        after,
    }))
}

/// The one edit that makes `after` of `before`: what both begin and end with stays.
fn edit_between(before: &str, after: &str) -> dbt::TextEdit {
    let same = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| -> usize {
        let pairs = a.zip(b).take_while(|(a, b)| a == b);
        pairs.map(|(it, _)| it.len_utf8()).sum()
    };
    let start = same(&mut before.chars(), &mut after.chars());
    let (rest, new) = (&before[start..], &after[start..]);
    let end = same(&mut rest.chars().rev(), &mut new.chars().rev());
    dbt::TextEdit {
        range: start..before.len() - end,
        new_text: new[..new.len() - end].to_owned(),
    }
}

fn question(News { name, proposal, .. }: &News) -> String {
    let tables = ide::count(proposal.n_matched, "table");
    let unsure = match proposal.n_ambiguous {
        0 => String::new(),
        n => format!(", and {n} more would fit several nodes"),
    };
    ide::plain_message(&format!(
        "Exposure Lens: {name}: {tables} that Tableau reads would be found under {}{unsure}. \
         Until somebody accepts that, their dashboards are only probable",
        rules_in_words(proposal)
    ))
}

fn details(proposal: &Proposal) -> String {
    let rules = proposal.rules.iter().map(ToString::to_string);
    let rules: Vec<String> = rules.collect();
    let examples = proposal.examples.iter().take(MAX_EXAMPLES);
    let examples = examples.map(|(table, node)| format!("{table} is {node}"));
    let examples: Vec<String> = examples.collect();
    let stay = ide::count(proposal.n_unexplained, "table");
    ide::plain_message(&format!(
        "All rules: {}. Examples: {}. No rule explains {stay}",
        rules.join("; "),
        examples.join("; ")
    ))
}

/// `the name rule schema dbt_* → MARTS`; of several the first, and how many more.
fn rules_in_words(proposal: &Proposal) -> String {
    match proposal.rules.as_slice() {
        [] => "the name rule".to_owned(),
        [only] => format!("the name rule {only}"),
        [first, rest @ ..] => format!("the name rule {first} with {} more", rest.len()),
    }
}

fn say(session: &Session, kind: MessageType, text: &str) {
    let text = format!("Exposure Lens: {}", ide::plain_message(text));
    session.peer.message(kind, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_leaves_what_both_texts_begin_and_end_with() {
        let check = |before: &str, after: &str, changed: &str, new: &str| {
            let edit = edit_between(before, after);
            assert_eq!(&before[edit.range.clone()], changed, "{before:?}");
            assert_eq!(edit.new_text, new, "{before:?}");
            assert_eq!(dbt::TextEdit::apply_all(&[edit], before), after);
        };
        check("", "a: 1\n", "", "a: 1\n");
        check("a: 1\nb: 2\n", "a: 1\nc: 3\nb: 2\n", "", "c: 3\n");
        check("aa", "a", "a", "");
        check("é: ü\n", "é: ö\n", "ü", "ö");
        check("same", "same", "", "");
    }
}

//! What `pull` is to fetch: which sites, and whether the team snapshot.

use std::io::{IsTerminal, Write};

use tableau::SiteAddress;

use super::Args;
use super::output;
use crate::cli::complain;
use crate::cli::load::Opened;
use crate::config::SiteSetting;
use crate::workspace::Problem;
use crate::workspace::sites;

/// What is fetched, and what is not.
pub(super) struct Choice {
    /// Sites that the user has signed in to.
    pub(super) sites: Vec<SiteSetting>,
    /// Sites that were meant and have no credential.
    pub(super) not_signed_in: Vec<SiteSetting>,
    /// Whether the snapshot's address is asked.
    pub(super) with_snapshot: bool,
}

/// What the arguments and the settings say.
///
/// # Errors
/// When they make no sense: nothing is contacted then.
pub(super) fn choose(opened: &Opened, args: &Args) -> Result<Choice, Problem> {
    let known = opened.access.sites();
    let mut wanted = match &args.sites[..] {
        [] => known,
        words => named(&known, words)?,
    };
    if !args.projects.is_empty() {
        for setting in &mut wanted {
            setting.projects.clone_from(&args.projects);
        }
    }
    output::check(args, &wanted)?;
    let is_signed_in = |it: &SiteSetting| opened.access.is_signed_in(&it.address);
    let (sites, not_signed_in) = wanted.into_iter().partition(is_signed_in);
    let choice = Choice {
        sites,
        not_signed_in,
        // Whoever writes the snapshot has no use for the one of yesterday.
        with_snapshot: args.sites.is_empty()
            && args.output.is_none()
            && may_ask_for_snapshot(opened, args),
    };
    Ok(choice)
}

/// The sites that the words name, each once.
fn named(known: &[SiteSetting], words: &[String]) -> Result<Vec<SiteSetting>, Problem> {
    let mut found: Vec<SiteSetting> = Vec::new();
    for word in words {
        let mut meant = known.iter().filter(|it| is_named(it, word)).peekable();
        if meant.peek().is_none() {
            return Err(unknown(known, word));
        }
        let new: Vec<&SiteSetting> = meant.filter(|it| !found.contains(it)).collect();
        found.extend(new.into_iter().cloned());
    }
    Ok(found)
}

/// By its name, its host, or any address of it.
fn is_named(setting: &SiteSetting, word: &str) -> bool {
    let address = &setting.address;
    let is_name = !word.is_empty() && address.site().eq_ignore_ascii_case(word);
    is_name
        || address.host().eq_ignore_ascii_case(word)
        || SiteAddress::parse(word).is_ok_and(|it| it == *address)
}

fn unknown(known: &[SiteSetting], word: &str) -> Problem {
    let names: Vec<String> = known.iter().map(|it| sites::name(&it.address)).collect();
    let known = match names.is_empty() {
        true => "none is named in the settings, and none is signed in to".to_owned(),
        false => format!("the sites are {}", names.join(", ")),
    };
    Problem {
        code: "no_such_site",
        message: format!("no site `{}`: {known}", ide::plain(word)),
    }
}

/// Whether to try the snapshot's address. Where only the repository names its host, the
/// user is asked once, and a yes is kept.
fn may_ask_for_snapshot(opened: &Opened, args: &Args) -> bool {
    let Some(host) = opened.access.snapshot_host() else {
        return false;
    };
    if opened.access.is_offline() || opened.access.is_trusted(&host) {
        return true;
    }
    match args.yes || is_terminal() && asks(&host) {
        true => keep_yes(opened, &host),
        // Where nobody can be asked the try ends with what to do, before any connection.
        false => !is_terminal(),
    }
}

fn keep_yes(opened: &Opened, host: &str) -> bool {
    let kept = opened.access.trust(host);
    if let Err(error) = &kept {
        complain(&format!("error: cannot keep that answer: {error}"));
    }
    kept.is_ok()
}

fn is_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

fn asks(host: &str) -> bool {
    let host = ide::plain(host);
    let question = format!(
        "The team snapshot is on {host}, which only the repository names. Contact it? [y/N] "
    );
    let mut err = anstream::stderr();
    let asked = err.write_all(question.as_bytes());
    if asked.and_then(|()| err.flush()).is_err() {
        return false;
    }
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

//! `pull`: fetches what sites say now, and writes a team snapshot.
//!
//! Beside `doctor` and `login` the only command that contacts a host, and only hosts
//! that the user has signed in to or said yes to. Sites are fetched at the same time;
//! one that fails keeps what was known of it. Ctrl-C leaves everything as it was.

mod choice;
mod output;
mod report;
mod shown;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use self::choice::Choice;
use self::output::Written;
use self::shown::Shown;
use super::load::{self, Opened};
use super::{Context, Format, Outcome, block_on, complain, note, refuse};
use crate::config::SiteSetting;
use crate::workspace::sites::history::Failure;
use crate::workspace::sites::{self, Kept, Options, Refreshed, Step};
use crate::workspace::snapshot::{self, Fetched};
use crate::workspace::{self, Problem};

/// Arguments of `pull`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Sites of the settings, by name, host or address [default: every one signed in to]
    #[arg(value_name = "SITE")]
    sites: Vec<String>,
    /// Ask for everything again, changed or not
    #[arg(long)]
    full: bool,
    /// Contact the host of the team snapshot without asking, though only the repository names it
    #[arg(long)]
    yes: bool,
    /// Write a team snapshot: whoever has it sees what your token may see
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Tableau projects that the snapshot holds (Finance/**), in place of the settings'; may be repeated
    #[arg(long, value_name = "GLOB", requires = "output")]
    projects: Vec<String>,
    /// Put people's e-mail addresses into the snapshot
    #[arg(long, requires = "output")]
    include_emails: bool,
    /// Put descriptions into the snapshot
    #[arg(long, requires = "output")]
    include_descriptions: bool,
    /// Put the text of custom SQL into the snapshot; the tables that it reads are there anyway
    #[arg(long, requires = "output")]
    include_sql: bool,
}

/// What became of one site.
struct Pulled {
    setting: SiteSetting,
    result: Result<Refreshed, Failure>,
}

/// What became of everything.
struct Answer {
    sites: Vec<Pulled>,
    /// Sites of the settings that the user has not signed in to.
    not_signed_in: Vec<SiteSetting>,
    snapshot: Option<Result<Fetched, Failure>>,
    /// What is known afterwards.
    kept: Kept,
    written: Option<Result<Written, Problem>>,
    now: Timestamp,
}

pub(super) fn run(context: &Context, args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let opened = load::open(context)?;
    if let Format::Text = context.format {
        let ignored = workspace::ignored_settings(&opened.settings);
        let unusable = opened.access.unusable_credential();
        ignored.iter().chain(&unusable).for_each(note);
    }
    let choice = match choice::choose(&opened, args) {
        Ok(choice) => choice,
        Err(problem) => return Ok(refuse(&problem.message)),
    };
    let shown = Arc::new(Shown::new(context.format));
    let Some((sites, snapshot)) = fetch(&opened, args, &choice, &shown)? else {
        complain("cancelled: what was known before is kept");
        return Ok(Outcome::NotKnown);
    };
    let mut answer = Answer {
        sites,
        not_signed_in: choice.not_signed_in,
        snapshot,
        kept: sites::read(&opened.access, &mut sites::Memory::default()),
        written: None,
        now: Timestamp::now(),
    };
    if let Some(file) = &args.output {
        answer.written = Some(output::write(&opened, args, &answer, file));
    }
    report::write(context.format, &answer, out)?;
    Ok(outcome(args, &answer))
}

/// Notes say what is missing from an answer that came; they are no failure.
fn outcome(args: &Args, answer: &Answer) -> Outcome {
    let has_failed = answer.sites.iter().any(|it| it.result.is_err())
        || matches!(answer.snapshot, Some(Err(_)))
        || matches!(answer.written, Some(Err(_)));
    let is_nothing = answer.sites.is_empty() && answer.snapshot.is_none();
    // A site that is asked for by name is needed; one that stands in the settings may be
    // a colleague's.
    let is_needed = !(args.sites.is_empty() || answer.not_signed_in.is_empty());
    match has_failed || is_nothing || is_needed {
        true => Outcome::NotKnown,
        false => Outcome::Fine,
    }
}

type Fetches = (Vec<Pulled>, Option<Result<Fetched, Failure>>);

/// Fetches everything at once; `None` when the user has cancelled it.
fn fetch(
    opened: &Opened,
    args: &Args,
    choice: &Choice,
    shown: &Arc<Shown>,
) -> anyhow::Result<Option<Fetches>> {
    block_on(async {
        let done = tokio::select! {
            done = fetch_all(opened, args, choice, shown) => Some(done),
            _ = tokio::signal::ctrl_c() => None,
        };
        shown.clear();
        done
    })
}

async fn fetch_all(opened: &Opened, args: &Args, choice: &Choice, shown: &Arc<Shown>) -> Fetches {
    let options = Options { full: args.full };
    let mut running = tokio::task::JoinSet::new();
    for (n, setting) in choice.sites.iter().cloned().enumerate() {
        let (access, shown) = (opened.access.clone(), Arc::clone(shown));
        shown.add(n, &sites::name(&setting.address));
        running.spawn(async move {
            let progress = |step: Step| shown.step(n, &step);
            let result = sites::refresh(&access, &setting, options, &progress).await;
            shown.finish(n);
            (n, Pulled { setting, result })
        });
    }
    let snapshot = async {
        match choice.with_snapshot {
            true => snapshot::refresh(&opened.access).await,
            false => None,
        }
    };
    let (mut sites, snapshot) = tokio::join!(running.join_all(), snapshot);
    sites.sort_by_key(|(n, _)| *n);
    (sites.into_iter().map(|(_, it)| it).collect(), snapshot)
}

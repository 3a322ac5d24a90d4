//! `exposures`: the exposures YAML against Tableau, as a plan, a check, a diff or a write.
//!
//! What is to be changed is [`ide::Analysis::plan_exposures`]'s business and how a file
//! is written [`write`]'s; here it is decided what is asked for and how it ends. All
//! texts are planned before the first file is written.

mod choice;
mod diff;
mod json;
mod text;

use std::io::Write;

use ide::{FileChange, Plan, PlanAction, PlanRequest, WhenGone};

use super::load::{self, Loaded};
use super::{Context, Format, Outcome, complain, note, refuse};
use crate::output::json_v1;
use crate::workspace::{Problem, write};

/// Arguments of `exposures`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// End with 1 if an exposure is missing or stale, with 3 if that cannot be told
    #[arg(long, group = "what")]
    check: bool,
    /// Print the changes as a unified diff, for `git apply` or `patch -p1`
    #[arg(long, group = "what")]
    diff: bool,
    /// Make the changes
    #[arg(long, group = "what")]
    write: bool,
    /// Only workbooks of this title, LUID, file or Tableau link; may be repeated
    #[arg(long, value_name = "NAME")]
    workbook: Vec<String>,
    /// Only workbooks in Tableau projects of this path (Finance/**); may be repeated
    #[arg(long, alias = "projects", value_name = "GLOB")]
    project: Vec<String>,
    /// Take over what differs in Tableau too: title, page, owner, description, what is no longer read
    #[arg(long)]
    update: bool,
    /// What to do with an exposure whose workbook is gone from Tableau
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = Gone::Keep)]
    gone: Gone,
}

/// What is done with an exposure whose workbook is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Gone {
    /// Tell of it.
    Keep,
    /// Set `config.enabled: false`.
    Disable,
    /// Take the entry out.
    Remove,
}

/// What there is to say.
struct Answer<'a> {
    loaded: &'a Loaded,
    plan: &'a Plan,
    /// What became of each file, where they were to be written.
    written: Option<Vec<Written<'a>>>,
    /// Whether it is a check, whose silence means something.
    is_check: bool,
    /// Why nothing is taken away.
    gone_kept: Option<Problem>,
}

impl Answer<'_> {
    /// What is odd, and of a check what it did not look at.
    fn problems(&self) -> Vec<Problem> {
        let limits = self.loaded.files_only().into_iter();
        let limits = limits.chain(self.loaded.projects_selected());
        let limits = limits.chain(self.loaded.old_contents());
        let limits = limits.filter(|_| self.is_check);
        let limits = limits.chain(self.gone_kept.clone());
        self.loaded.problems.iter().cloned().chain(limits).collect()
    }
}

/// Why nothing is taken away, though it was asked for: what was gone when the site was
/// read may be there again.
fn gone_kept(loaded: &Loaded, args: &Args) -> Option<Problem> {
    let old = loaded.old_contents().into_iter().next()?;
    let takes_away = args.update || args.gone != Gone::Keep;
    takes_away.then(|| Problem {
        code: "gone_kept",
        message: format!(
            "nothing is disabled, removed or taken out of `depends_on`: {}",
            old.message
        ),
    })
}

/// What became of a file.
struct Written<'a> {
    change: &'a FileChange,
    /// Why it was left as it is.
    result: Result<(), String>,
}

pub(super) fn run(context: &Context, args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let loaded = load::load(context)?;
    if !loaded.is_known() {
        return unknown(context, &loaded, out);
    }
    let workbooks = match choice::workbooks(&loaded, args) {
        Ok(workbooks) => workbooks,
        Err(reason) => return Ok(refuse(&reason)),
    };
    let gone_kept = gone_kept(&loaded, args);
    let request = PlanRequest {
        workbooks,
        update: args.update,
        gone: match args.gone {
            Gone::Keep => WhenGone::Keep,
            Gone::Disable => WhenGone::Disable,
            Gone::Remove => WhenGone::Remove,
        },
        is_old: gone_kept.is_some(),
    };
    let read = |path: &str| write::read(&loaded.project, path);
    let plan = loaded.analysis.plan_exposures(&request, &read);
    let answer = Answer {
        loaded: &loaded,
        plan: &plan,
        written: args.write.then(|| write_all(&loaded, &plan)),
        is_check: args.check,
        gone_kept,
    };
    match context.format {
        Format::Json => json_v1::write(out, &json::Answer::of(&answer, args.diff))?,
        Format::Text if args.diff => {
            diff::write(&plan.files, out)?;
            text::note_refused(&answer);
            text::note_rest(&answer);
        }
        Format::Text => {
            text::write(&answer, args, out)?;
            out.flush()?;
            text::note_rest(&answer);
        }
    }
    Ok(outcome(&answer, args))
}

/// Makes every change of the plan. One file that cannot be written takes nothing from
/// the others.
fn write_all<'a>(loaded: &Loaded, plan: &'a Plan) -> Vec<Written<'a>> {
    let one = |change: &'a FileChange| Written {
        change,
        result: write::write(&loaded.project, change),
    };
    plan.files.iter().map(one).collect()
}

/// Without a manifest or without any content nothing can be planned.
fn unknown(context: &Context, loaded: &Loaded, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match context.format {
        Format::Json => json_v1::write(out, &json::Answer::unknown(loaded))?,
        Format::Text => {
            complain("error: cannot compare exposures without a manifest and Tableau content");
            loaded.problems.iter().for_each(note);
        }
    }
    Ok(Outcome::NotKnown)
}

fn outcome(answer: &Answer<'_>, args: &Args) -> Outcome {
    let is_open = |it: &ide::PlannedChange| {
        let is_done = args.write && it.action != PlanAction::Refused;
        it.is_finding && !is_done
    };
    let has_open = answer.plan.changes.iter().any(is_open);
    let has_failed = answer.written.iter().flatten().any(|it| it.result.is_err());
    match (args.check, args.write) {
        (true, _) if has_open => Outcome::Findings,
        (true, _) if !answer.plan.incomplete.is_empty() => Outcome::NotKnown,
        (_, true) if has_open || has_failed => Outcome::NotKnown,
        _ => Outcome::Fine,
    }
}

//! `usages --format markdown`: what a change of the project does to dashboards, as a comment
//! for a pull request; without a word the project's summary.
//!
//! What is asked are the files that Git names ([`list`]): changed, new, deleted, renamed, and
//! what each is about ([`paths`]).
//! The answer is worked out against what is deployed ([`changes`]), written down
//! ([`comment`]), and never longer than a forge takes.

mod changes;
mod comment;
mod details;
mod footer;
mod list;
mod paths;
mod summary;
mod totals;

use std::io::Write;

use anyhow::Context as _;

use self::changes::Changes;
use self::list::Named;
use super::Args;
use crate::cli::load::{self, Deployed, Loaded};
use crate::cli::{Context, Outcome, complain, note};

/// The first line of every comment, by which a bot finds its own to renew it.
const MARKER: &str = "<!-- exposure-lens -->";

/// How an answer is to look.
#[derive(Clone, Copy)]
struct Look<'a> {
    loaded: &'a Loaded,
    args: &'a Args,
}

impl Look<'_> {
    /// Whether nothing may be said that only Tableau or the warehouse knows.
    fn is_public(self) -> bool {
        self.args.public
    }
}

/// Writes the comment.
pub(in crate::cli) fn run(
    context: &Context,
    args: &Args,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    if args.unused {
        complain("error: `--unused` is answered as text or JSON, not with `--format markdown`");
        return Ok(Outcome::WrongUse);
    }
    let named = match named(args)? {
        Ok(named) => named,
        Err(refused) => {
            complain(&format!("error: {}", ide::plain_message(&refused)));
            return Ok(Outcome::WrongUse);
        }
    };
    let loaded = load::load(context)?;
    tell_problems(&loaded, args.public);
    let look = Look {
        loaded: &loaded,
        args,
    };
    if named.is_empty() && args.paths_from.is_none() {
        out.write_all(summary::write(look).as_bytes())?;
        return Ok(super::outcome(&loaded, Outcome::Fine));
    }
    let deployed = Deployed::of(&loaded);
    let changes = match Changes::of(look, deployed.as_ref(), &named) {
        Ok(changes) => changes,
        Err(refused) => {
            complain(&format!("error: {}", ide::plain_message(&refused)));
            return Ok(Outcome::WrongUse);
        }
    };
    out.write_all(comment::write(look, &changes).as_bytes())?;
    let otherwise = match changes.asked.unknown.is_empty() {
        true => Outcome::Fine,
        false => Outcome::NotKnown,
    };
    Ok(super::outcome(&loaded, otherwise))
}

/// On stderr, which a build shows as openly as the comment: of a public one only the codes.
fn tell_problems(loaded: &Loaded, is_public: bool) {
    for problem in &loaded.problems {
        match is_public {
            true => complain(&format!("note: {}", problem.code)),
            false if problem.code == "file_unreadable" => {}
            false => note(problem),
        }
    }
}

/// The words, and the paths of the list.
///
/// # Errors
/// A list that cannot be read; within it, what a list is that is none of paths.
fn named(args: &Args) -> anyhow::Result<Result<Vec<Named>, String>> {
    let Some(list) = &args.paths_from else {
        return Ok(Ok(list::all(&args.words, Vec::new())));
    };
    let bytes = list::read(list).with_context(|| format!("cannot read {}", list.display()))?;
    let listed = list::parse(&bytes);
    Ok(listed.map(|it| list::all(&args.words, it)))
}

//! `usages --format markdown`: what a change of the project does to dashboards, as a comment
//! for a pull request; without a word the project's summary.
//!
//! What is asked are the files that Git names: changed, new, deleted, renamed ([`paths`]).
//! The answer is worked out against what is deployed ([`changes`]), written down
//! ([`comment`]), and never longer than a forge takes.

mod changes;
mod comment;
mod details;
mod footer;
mod paths;
mod summary;
mod totals;

use std::io::{Read, Write};
use std::path::Path;

use anyhow::Context as _;

use self::changes::Changes;
use super::Args;
use crate::cli::load::{self, Deployed, Loaded};
use crate::cli::{Context, Outcome, complain, note};
use crate::disk;

/// The first line of every comment, by which a bot finds its own to renew it.
const MARKER: &str = "<!-- exposure-lens -->";

/// A list of files is never larger.
const MAX_LIST: u64 = 64 << 20;

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
    let words = words(args)?;
    let loaded = load::load(context)?;
    tell_problems(&loaded, args.public);
    let look = Look {
        loaded: &loaded,
        args,
    };
    if words.is_empty() && args.paths_from.is_none() {
        out.write_all(summary::write(look).as_bytes())?;
        return Ok(super::outcome(&loaded, Outcome::Fine));
    }
    let deployed = Deployed::of(&loaded);
    let changes = match Changes::of(look, deployed.as_ref(), &words) {
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
fn words(args: &Args) -> anyhow::Result<Vec<String>> {
    let mut words = args.words.clone();
    if let Some(list) = &args.paths_from {
        let bytes = read_list(list).with_context(|| format!("cannot read {}", list.display()))?;
        words.extend(listed_paths(&decoded(&bytes)));
    }
    words.retain(|it| !it.trim().is_empty());
    words.sort();
    words.dedup();
    Ok(words)
}

/// What PowerShell writes into a file has a mark at its start, and may be UTF-16.
fn decoded(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|it| unit([it[0], it[1]]));
        String::from_utf16_lossy(&units.collect::<Vec<_>>())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The paths of a list, one a line or with NUL between them; of `git diff --name-status`
/// too, which writes what became of a file and a tab before it, and both paths of a rename.
fn listed_paths(text: &str) -> Vec<String> {
    if text.contains('\0') {
        let has_states = text.split('\0').next().is_some_and(is_status);
        let words = text.split('\0').filter(|it| !(has_states && is_status(it)));
        return words.map(str::to_owned).collect();
    }
    let lines = text.lines().map(|it| it.trim_end_matches('\r'));
    let paths = lines.flat_map(|line| match line.split_once('\t') {
        Some((status, paths)) if is_status(status) => paths.split('\t').collect(),
        // Git writes a path with a tab in quotes.
        _ => vec![line],
    });
    paths.map(str::to_owned).collect()
}

/// `M`, `R100`.
fn is_status(text: &str) -> bool {
    let mut chars = text.chars();
    let is_letter = chars.next().is_some_and(|it| it.is_ascii_uppercase());
    is_letter && chars.all(|it| it.is_ascii_digit())
}

fn read_list(list: &Path) -> std::io::Result<Vec<u8>> {
    if list != Path::new("-") {
        return disk::read(list, MAX_LIST);
    }
    let mut bytes = Vec::new();
    std::io::stdin().take(MAX_LIST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

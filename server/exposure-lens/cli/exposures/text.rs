//! The answer of `exposures` for people: each change under its file, with its reason.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;
use ide::{PlanAction, PlannedChange};

use super::{Answer, Args, Gone, Written};
use crate::cli::{complain, note};
use crate::output::terminal::{BAD, BOLD, Cell, DIM, GOOD, WARN, styled, write_table};
use crate::workspace::Problem;

/// How many reasons for not knowing are listed.
const MAX_LISTED: usize = 20;

pub(super) fn write(answer: &Answer<'_>, args: &Args, out: &mut dyn Write) -> io::Result<()> {
    let changes = &answer.plan.changes;
    let mut files: BTreeMap<&str, Vec<&PlannedChange>> = BTreeMap::new();
    let is_shown =
        |it: &&PlannedChange| !matches!(it.action, PlanAction::Unchanged | PlanAction::Refused);
    for change in changes.iter().filter(is_shown) {
        files.entry(&change.path).or_default().push(change);
    }
    // Whatever a file was written for, that it was is told.
    for it in answer.written.iter().flatten() {
        files.entry(&it.change.path).or_default();
    }
    for (path, changes) in files {
        writeln!(out, "{}", heading(answer, path))?;
        let rows: Vec<Vec<Cell>> = changes.iter().map(|it| row(it, args)).collect();
        write_table(out, 2, &rows)?;
    }
    let refused = changes.iter().filter(|it| it.action == PlanAction::Refused);
    let refused: Vec<Vec<Cell>> = refused.map(self::refused).collect();
    if !refused.is_empty() {
        writeln!(out, "{}", styled("left as they are:", WARN))?;
        write_table(out, 2, &refused)?;
    }
    writeln!(out, "{}", summary(answer, args))?;
    if !args.check && answer.written.is_none() && !answer.plan.files.is_empty() {
        let hint = "--diff shows the changes to the files, --write makes them";
        writeln!(out, "{}", styled(hint, DIM))?;
    }
    Ok(())
}

/// A file, and what is or became of it.
fn heading(answer: &Answer<'_>, path: &str) -> String {
    let mut files = answer.plan.files.iter();
    let is_new = files.any(|it| it.path == path && it.before.is_none());
    let is_it = |it: &&Written<'_>| it.change.path == path;
    let written = answer.written.iter().flatten().find(is_it);
    let state = match written.map(|it| it.result.is_ok()) {
        Some(true) => styled(": written", GOOD),
        Some(false) => styled(": not written", BAD),
        None if is_new => styled(" (new file)", DIM),
        None => String::new(),
    };
    format!("{}{state}", styled(&ide::plain_message(path), BOLD))
}

fn row(it: &PlannedChange, args: &Args) -> Vec<Cell> {
    let (word, style) = action(it.action, args);
    vec![
        Cell::new(word).style(style),
        Cell::new(exposure(it)).style(BOLD),
        Cell::new(it.workbook.as_deref().unwrap_or_default()),
        Cell::message(&it.reason).style(DIM),
    ]
}

fn refused(it: &PlannedChange) -> Vec<Cell> {
    vec![
        Cell::new(exposure(it)).style(BOLD),
        Cell::new(it.workbook.as_deref().unwrap_or_default()),
        Cell::message(&it.reason).style(DIM),
    ]
}

fn exposure(it: &PlannedChange) -> &str {
    it.exposure.as_ref().map_or("-", |it| it.as_str())
}

fn action(action: PlanAction, args: &Args) -> (&'static str, Style) {
    match (action, args.gone) {
        (PlanAction::Stale, Gone::Disable) => ("disable", WARN),
        (PlanAction::Stale, Gone::Remove) => ("remove", WARN),
        (PlanAction::Stale, Gone::Keep) => ("stale", WARN),
        (PlanAction::Create, _) => ("create", GOOD),
        (action, _) => (action.as_str(), Style::new()),
    }
}

fn summary(answer: &Answer<'_>, args: &Args) -> String {
    let count = |action| {
        let changes = answer.plan.changes.iter();
        changes.filter(|it| it.action == action).count()
    };
    let mut parts = match &answer.written {
        Some(written) => vec![files_written(written)],
        None => {
            let kinds = [
                (PlanAction::Create, "missing"),
                (PlanAction::AddDependsOn, "to extend"),
                (PlanAction::Update, "to update"),
                (PlanAction::Stale, "stale"),
            ];
            let some = kinds.map(|(action, words)| (count(action), words));
            let some = some.iter().filter(|(n, _)| *n > 0);
            some.map(|(n, words)| format!("{n} {words}")).collect()
        }
    };
    if parts.is_empty() {
        let is_known = answer.plan.incomplete.is_empty();
        let is_all = count(PlanAction::Refused) == 0;
        parts.push(match (is_known, is_all) {
            (true, true) => styled("nothing is missing or stale", GOOD),
            (true, false) => "nothing else is missing or stale".to_owned(),
            (false, true) => "nothing is missing or stale as far as is known".to_owned(),
            (false, false) => "nothing else is missing or stale as far as is known".to_owned(),
        });
    }
    let left = match count(PlanAction::Refused) {
        1 => "left as it is",
        _ => "left as they are",
    };
    let rest = [
        (count(PlanAction::Unchanged), "unchanged"),
        (count(PlanAction::Refused), left),
    ];
    let rest = rest.iter().filter(|(n, _)| *n > 0);
    parts.extend(rest.map(|(n, words)| format!("{n} {words}")));
    if count(PlanAction::Stale) > 0 && args.gone == Gone::Keep {
        parts.push("--gone disable or --gone remove acts on stale ones".to_owned());
    }
    parts.join(" · ")
}

fn files_written(written: &[Written<'_>]) -> String {
    let n_done = written.iter().filter(|it| it.result.is_ok()).count();
    match (n_done, written.len()) {
        (_, 0) => "nothing to write".to_owned(),
        (n_done, n) if n_done == n => styled(&format!("{} written", ide::count(n, "file")), GOOD),
        (n_done, n) => styled(
            &format!("{n_done} of {} written", ide::count(n, "file")),
            BAD,
        ),
    }
}

/// What could not be written, what is odd, and what is not known, on stderr.
pub(super) fn note_rest(answer: &Answer<'_>) {
    for it in answer.written.iter().flatten() {
        if let Err(reason) = &it.result {
            complain(&format!("error: {}", ide::plain_message(reason)));
        }
    }
    // Unreadable workbooks are among what is not known.
    let problems = answer.problems();
    let problems = problems.iter().filter(|it| it.code != "file_unreadable");
    problems.for_each(note);
    let unknown = &answer.plan.incomplete;
    for message in unknown.iter().take(MAX_LISTED) {
        note(&not_known(message));
    }
    if unknown.len() > MAX_LISTED {
        let n_more = unknown.len() - MAX_LISTED;
        note(&not_known(&format!(
            "{n_more} more; --format json lists them"
        )));
    }
}

fn not_known(message: &str) -> Problem {
    // Some say so themselves.
    let message = match message.contains("not known") {
        true => message.to_owned(),
        false => format!("not known: {message}"),
    };
    Problem {
        code: "exposures_unknown",
        message,
    }
}

/// What a diff does not show: what was to be changed and is left as it is, on stderr.
pub(super) fn note_refused(answer: &Answer<'_>) {
    let changes = answer.plan.changes.iter();
    for it in changes.filter(|it| it.action == PlanAction::Refused) {
        let exposure = it.exposure.as_ref().map(|it| it.as_str());
        let subject = exposure.or(it.workbook.as_deref()).unwrap_or(&it.path);
        let message = format!("{} is left as it is: {}", ide::plain(subject), it.reason);
        note(&Problem {
            code: "refused",
            message,
        });
    }
}

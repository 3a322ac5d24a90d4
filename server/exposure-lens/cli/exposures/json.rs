//! The JSON answer of `exposures`.

use ide::PlannedChange;
use serde::Serialize;

use super::diff;
use crate::cli::load::Loaded;
use crate::output::json_v1::Note;
use crate::workspace::Problem;

#[derive(Serialize)]
pub(super) struct Answer {
    version: u32,
    project: String,
    changes: Vec<Change>,
    complete: bool,
    missing: Vec<Note>,
    diff: Option<String>,
    written: Option<Vec<String>>,
    not_written: Option<Vec<NotWritten>>,
    problems: Vec<Note>,
}

#[derive(Serialize)]
struct Change {
    action: &'static str,
    exposure: Option<String>,
    workbook: Option<String>,
    file: Option<String>,
    reason: String,
    finding: bool,
}

#[derive(Serialize)]
struct NotWritten {
    file: String,
    reason: String,
}

impl Answer {
    pub(super) fn of(answer: &super::Answer<'_>, with_diff: bool) -> Answer {
        let (loaded, plan) = (answer.loaded, answer.plan);
        let written = answer.written.as_ref();
        let missing = plan.incomplete.iter().map(|it| missing(loaded, it));
        Answer {
            version: 1,
            project: loaded.analysis.project.name.clone(),
            changes: plan.changes.iter().map(change).collect(),
            complete: plan.incomplete.is_empty(),
            missing: sorted(missing),
            diff: with_diff.then(|| plan.files.iter().map(diff::of).collect()),
            written: written.map(|all| {
                let done = all.iter().filter(|it| it.result.is_ok());
                done.map(|it| it.change.path.clone()).collect()
            }),
            not_written: written.map(|all| all.iter().filter_map(not_written).collect()),
            problems: sorted(answer.problems().iter().map(note)),
        }
    }

    /// That nothing can be said, with the reasons.
    pub(super) fn unknown(loaded: &Loaded) -> Answer {
        let problems = || sorted(loaded.problems.iter().map(note));
        Answer {
            version: 1,
            project: loaded.analysis.project.name.clone(),
            changes: Vec::new(),
            complete: false,
            missing: problems(),
            diff: None,
            written: None,
            not_written: None,
            problems: problems(),
        }
    }
}

fn change(it: &PlannedChange) -> Change {
    Change {
        action: it.action.as_str(),
        exposure: it.exposure.as_ref().map(ToString::to_string),
        workbook: it.workbook.clone(),
        file: Some(it.path.clone()).filter(|it| !it.is_empty()),
        reason: it.reason.clone(),
        finding: it.is_finding,
    }
}

fn not_written(it: &super::Written<'_>) -> Option<NotWritten> {
    let reason = it.result.as_ref().err()?;
    Some(NotWritten {
        file: it.change.path.clone(),
        reason: reason.clone(),
    })
}

/// What is not known, under the code of the gap that says so.
fn missing(loaded: &Loaded, message: &str) -> Note {
    let gaps = loaded.analysis.lineage.gaps().iter();
    let gaps = gaps.map(|it| (it.code.as_str(), it.message.as_str()));
    let beside = loaded.analysis.missing_somewhere();
    let beside = beside.iter().map(|it| (it.code, it.message.as_str()));
    let problems = loaded
        .problems
        .iter()
        .map(|it| (it.code, it.message.as_str()));
    let mut known = gaps.chain(beside).chain(problems);
    let found = known.find(|(_, it)| *it == message);
    Note {
        code: found
            .map_or("exposures_unknown", |(code, _)| code)
            .to_owned(),
        message: message.to_owned(),
    }
}

fn note(it: &Problem) -> Note {
    Note {
        code: it.code.to_owned(),
        message: it.message.clone(),
    }
}

fn sorted(notes: impl Iterator<Item = Note>) -> Vec<Note> {
    let mut notes: Vec<Note> = notes.collect();
    notes.sort();
    notes.dedup();
    notes
}

//! Every exposure that is missing in the project, written in one go.
//!
//! They are those that `exposures --write` creates: what depends on a guess is left out.
//! Whoever has nothing to write is told why, and never that all is well while something is
//! not known.

#[cfg(test)]
mod tests;

use crate::analysis::Analysis;
use crate::exposures::plan::{self, Plan, PlanAction};
use crate::file_change::{FileChange, Texts};
use crate::text::plain_message;

/// So many things are named, the others counted.
const MAX_NAMED: usize = 3;

/// The files with all exposures that were missing and can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenMissing {
    /// The files.
    pub files: Vec<FileChange>,
    /// How many exposures are new in them.
    pub n_new: usize,
    /// What is left out, by its title, and why.
    pub left_out: Vec<String>,
    /// Why more may be missing.
    pub incomplete: Vec<String>,
}

impl WrittenMissing {
    /// What a person has to know of it beside the files, if anything.
    pub fn rest(&self) -> Option<String> {
        rest(&self.left_out, &self.incomplete)
    }
}

pub(crate) fn write(analysis: &Analysis, texts: Texts<'_>) -> Result<WrittenMissing, String> {
    let plan = plan::plan_missing(analysis, texts);
    let of_action = |action| plan.changes.iter().filter(move |it| it.action == action);
    let n_new = of_action(PlanAction::Create).count();
    let left_out: Vec<String> = of_action(PlanAction::Refused)
        .map(|it| {
            let title = it.workbook.as_deref().unwrap_or(&it.path);
            plain_message(&format!("{title}: {}", it.reason))
        })
        .collect();
    let Plan {
        files, incomplete, ..
    } = plan;
    if files.is_empty() {
        return Err(nothing(&left_out, &incomplete));
    }
    Ok(WrittenMissing {
        files,
        n_new,
        left_out,
        incomplete,
    })
}

/// Why nothing is written.
fn nothing(left_out: &[String], incomplete: &[String]) -> String {
    match rest(left_out, incomplete) {
        None => "every workbook that reads this project has its exposure".to_owned(),
        Some(rest) if !left_out.is_empty() => format!("no exposure can be written: {rest}"),
        Some(_) => {
            let why = named(incomplete);
            format!("no exposure is known to be missing, yet some may be ({why})")
        }
    }
}

fn rest(left_out: &[String], incomplete: &[String]) -> Option<String> {
    let mut parts = Vec::new();
    if !left_out.is_empty() {
        parts.push(format!("{} left out ({})", left_out.len(), named(left_out)));
    }
    if !incomplete.is_empty() {
        parts.push(format!("more may be missing ({})", named(incomplete)));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn named(all: &[String]) -> String {
    let mut shown: Vec<String> = all.iter().take(MAX_NAMED).cloned().collect();
    if all.len() > MAX_NAMED {
        shown.push(format!("+{}", all.len() - MAX_NAMED));
    }
    shown.join("; ")
}

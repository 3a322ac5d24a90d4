//! Writes every exposure that is missing in the project. Offered on the line `exposures:`,
//! which is about all of them.
//!
//! Before: twelve workbooks read the project, and five of them have an exposure. After: all
//! have one, save those that dbt would refuse or that are only guessed.

use super::{Action, ActionKind};
use crate::analysis::{Analysis, File};
use crate::exposures::plan::count_missing;
use crate::intent::Intent;
use crate::locate::{is_yaml, line_of};
use crate::text::count;

pub(super) fn for_line(analysis: &Analysis, file: File<'_>, offset: usize) -> Option<Action> {
    let is_ours = file.package == analysis.lineage.nodes().root_package();
    let line = line_of(file.text, offset);
    let is_key = is_yaml(file.path) && file.text.get(line)?.starts_with("exposures:");
    if !is_ours || !is_key {
        return None;
    }
    let n = count_missing(analysis);
    let title = format!("Write {}", count(n, "missing exposure"));
    (n > 0).then(|| Action::new(title, ActionKind::Edit(Intent::WriteMissing)))
}

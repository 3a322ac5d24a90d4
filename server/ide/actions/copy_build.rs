//! Copies the command that builds everything an exposure depends on:
//! `dbt build --select +exposure:sales`.

use dbt::ExposureEntry;

use super::{Action, ActionKind};
use crate::analysis::{Analysis, File};

pub(super) fn for_exposure(
    analysis: &Analysis,
    file: File<'_>,
    entry: &ExposureEntry,
) -> Option<Action> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    // Anything else would mean something to a shell, or to dbt's selectors.
    let is_plain = [&entry.name, file.package]
        .iter()
        .all(|it| it.chars().all(is_word));
    let is_off = entry.enabled == Some(false) || entry.is_hidden;
    let package = match file.package == analysis.project.name {
        true => String::new(),
        false => format!("{}.", file.package),
    };
    let command = format!("dbt build --select +exposure:{package}{}", entry.name);
    let title = format!("Copy `{command}`");
    (is_plain && !is_off).then(|| Action::new(title, ActionKind::Copy(command)))
}

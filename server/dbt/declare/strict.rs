//! What dbt Core's YAML parser reads otherwise than ours, which is more lenient.
//!
//! An edit that only ours takes would stop dbt, so such places are refused.

use crate::edit::TextEdit;
use crate::error::Error;
use crate::yaml::Yaml;

use super::place::{indent, line_end, line_number};

/// Refuses line ends that not everybody takes for some: a carriage return alone, which
/// YAML ends a line at and nothing else here does, and those that only dbt Core ends a
/// line at. In quotes these are text for all.
pub(crate) fn refuse_line_ends(text: &str, yaml: &Yaml<'_>) -> Result<(), Error> {
    let mut returns = text.match_indices('\r');
    if returns.any(|(at, _)| !text[at + 1..].starts_with('\n')) {
        return Err(Error::MacLineEnds);
    }
    let mut quoted = yaml.quoted().peekable();
    for (at, _) in text.match_indices(['\u{85}', '\u{2028}', '\u{2029}']) {
        while quoted.next_if(|it| it.end <= at).is_some() {}
        if quoted.peek().is_none_or(|it| at < it.start) {
            let line = line_number(text, at);
            return Err(Error::UnicodeLineEnd { line });
        }
    }
    Ok(())
}

/// Refuses edits above a blank line or comment that starts with a tab: dbt Core takes
/// it below a text without quotes and not below most of what we write.
pub(crate) fn refuse_tab_below(text: &str, edits: &[TextEdit]) -> Result<(), Error> {
    edits.iter().try_for_each(|edit| {
        let end = edit.range.end;
        let mut at = match text[..end].ends_with('\n') {
            true => end,
            false => line_end(text, end),
        };
        while at < text.len() {
            let line = &text[at..line_end(text, at)];
            let rest = line.trim_start();
            if !rest.is_empty() && !rest.starts_with('#') {
                break;
            }
            if line[..indent(line)].contains('\t') {
                let line = line_number(text, at);
                return Err(Error::TabBelow { line });
            }
            at += line.len();
        }
        Ok(())
    })
}

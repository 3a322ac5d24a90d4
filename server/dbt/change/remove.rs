//! An entry of `exposures` taken out, so that it looks as if it had never been there.

use super::delete::{delete_from_flow, deletion, empty_list};
use super::file::{Exposure, File};
use super::lines::{comments_above, last_line_end, line_start, own_comments_end, with_one_gap};
use crate::declare::habits::column;
use crate::edit::TextEdit;
use crate::error::Error;
use crate::properties::item_start;
use crate::yaml::Style;

/// The edits that take the exposure out.
pub(super) fn remove(file: &File<'_>, exposure: Exposure<'_>) -> Result<Vec<TextEdit>, Error> {
    if let Some(needed) = exposure.item.needed_elsewhere() {
        return Err(file.shared(needed));
    }
    let edits = if exposure.list.style() == Some(Style::Flow) {
        delete_from_flow(file, exposure.list, &[exposure.index])
    } else {
        delete_entry(file, exposure)
    };
    file.verified(edits, |data| {
        let items = data.at(&exposure.path[..1])?.items()?;
        items.remove(exposure.index);
        Some(())
    })
}

/// The entry's lines, the comments above that are about it, and a gap.
fn delete_entry(file: &File<'_>, exposure: Exposure<'_>) -> Vec<TextEdit> {
    let text = file.text;
    let dash_at = item_start(text, exposure.item);
    let dash = column(text, dash_at);
    let start = comments_above(text, line_start(text, dash_at), dash);
    let end = last_line_end(text, exposure.item.span().end);
    let end = own_comments_end(text, end, |at, comment| {
        // An entry that was commented out is none of its comments, wherever it stands.
        at > dash && !comment.trim_start().starts_with("- name:")
    });
    let n_items = exposure.list.items().len();
    let is_first = exposure.index == 0;
    let is_last = exposure.index + 1 == n_items;
    let mut edits = vec![deletion(with_one_gap(text, start..end, is_first, is_last))];
    if n_items == 1 {
        edits.push(empty_list(file, exposure.key));
    }
    edits
}

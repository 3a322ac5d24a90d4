//! A change of a text, as editors take it.

use std::ops::Range;

/// One replacement in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    /// The bytes that are replaced; empty where something is only added.
    pub range: Range<usize>,
    /// What stands there afterwards.
    pub new_text: String,
}

impl TextEdit {
    /// `text` after the edit, for a text that the edit was made for.
    pub fn apply(&self, text: &str) -> String {
        let before = text.get(..self.range.start).unwrap_or(text);
        let after = text.get(self.range.end..).unwrap_or_default();
        [before, &self.new_text, after].concat()
    }

    /// `text` after several edits, which are in its order and do not overlap.
    pub fn apply_all(edits: &[TextEdit], text: &str) -> String {
        let mut edited = String::with_capacity(text.len());
        let mut at = 0;
        for edit in edits {
            edited.push_str(text.get(at..edit.range.start).unwrap_or_default());
            edited.push_str(&edit.new_text);
            at = edit.range.end.max(at);
        }
        edited.push_str(text.get(at..).unwrap_or_default());
        edited
    }
}

//! The new entry as lines.

use super::content::{Content, Scalar};
use super::habits::{Habits, Shape};

/// The lines of one more item of `exposures`, without line ends.
pub(super) fn item_lines(content: &Content, habits: &Habits) -> Vec<String> {
    let mut lines = Lines {
        habits,
        lines: Vec::new(),
    };
    let column = habits.dash + habits.key;
    lines.block(content, column);
    let mut lines = lines.lines;
    if let Some(first) = lines.first_mut() {
        let dash = format!("{:width$}-", "", width = habits.dash);
        first.replace_range(..habits.dash + 1, &dash);
    }
    lines
}

struct Lines<'h> {
    habits: &'h Habits,
    lines: Vec<String>,
}

impl Lines<'_> {
    /// Writes a map's keys, each on a line that starts at `column`.
    fn block(&mut self, content: &Content, column: usize) {
        let Content::Map(keys, _) = content else {
            return;
        };
        for (key, value) in keys {
            self.key(key, value, column);
        }
    }

    fn key(&mut self, key: &str, value: &Content, column: usize) {
        match value {
            Content::Scalar(scalar) => self.line(column, &format!("{key}: {}", scalar.source)),
            Content::List(items, shape) if *shape == Shape::Flow || items.is_empty() => {
                let items = items.iter().map(|item| item.source.clone());
                self.flow(column, key, ['[', ']'], items.collect());
            }
            Content::List(items, _) => {
                self.line(column, &format!("{key}:"));
                for Scalar { source, .. } in items {
                    self.line(column + self.habits.list, &format!("- {source}"));
                }
            }
            Content::Map(keys, Shape::Flow) => {
                let pairs = keys
                    .iter()
                    .map(|(key, value)| format!("{key}: {}", inline(value)));
                self.flow(column, key, ['{', '}'], pairs.collect());
            }
            Content::Map(..) => {
                self.line(column, &format!("{key}:"));
                self.block(value, column + self.habits.child);
            }
        }
    }

    fn flow(&mut self, column: usize, key: &str, [open, close]: [char; 2], items: Vec<String>) {
        let padding = if self.habits.is_padded && !items.is_empty() {
            " "
        } else {
            ""
        };
        let items = items.join(", ");
        self.line(
            column,
            &format!("{key}: {open}{padding}{items}{padding}{close}"),
        );
    }

    fn line(&mut self, column: usize, text: &str) {
        self.lines.push(format!("{:column$}{text}", ""));
    }
}

/// A value between braces; nothing that we write there is a collection.
fn inline(value: &Content) -> &str {
    match value {
        Content::Scalar(scalar) => &scalar.source,
        Content::List(..) | Content::Map(..) => "",
    }
}

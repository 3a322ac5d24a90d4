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

/// A key and its value as lines that start at `column`, without line ends.
pub(crate) fn key_lines(
    key: &str,
    content: &Content,
    column: usize,
    habits: &Habits,
) -> Vec<String> {
    let mut lines = Lines {
        habits,
        lines: Vec::new(),
    };
    lines.key(key, content, column);
    lines.lines
}

/// A value as it stands between brackets and braces, where all its scalars are
/// written for that.
pub(crate) fn flow_source(content: &Content, habits: &Habits) -> String {
    let pair = |(key, value): &(String, Content)| format!("{key}: {}", flow_source(value, habits));
    match content {
        Content::Scalar(scalar) => scalar.source.clone(),
        Content::List(items, _) => {
            let items = items.iter().map(|item| item.source.clone());
            bracketed(['[', ']'], items.collect(), habits)
        }
        Content::Map(pairs, _) => bracketed(['{', '}'], pairs.iter().map(pair).collect(), habits),
    }
}

fn bracketed([open, close]: [char; 2], items: Vec<String>, habits: &Habits) -> String {
    let is_padded = habits.is_padded && !items.is_empty();
    let padding = if is_padded { " " } else { "" };
    format!("{open}{padding}{}{padding}{close}", items.join(", "))
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
            Content::List(items, Shape::Block) if !items.is_empty() => {
                self.line(column, &format!("{key}:"));
                for Scalar { source, .. } in items {
                    self.line(column + self.habits.list, &format!("- {source}"));
                }
            }
            Content::Map(keys, Shape::Block) if !keys.is_empty() => {
                self.line(column, &format!("{key}:"));
                self.block(value, column + self.habits.child);
            }
            Content::Scalar(_) | Content::List(..) | Content::Map(..) => {
                let source = flow_source(value, self.habits);
                self.line(column, &format!("{key}: {source}"));
            }
        }
    }

    fn line(&mut self, column: usize, text: &str) {
        self.lines.push(format!("{:column$}{text}", ""));
    }
}

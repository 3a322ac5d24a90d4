//! Where one more exposure goes in a file.

use std::collections::HashSet;
use std::ops::Range;

use super::habits::Habits;
use super::strict::refuse_line_ends;
use crate::edit::TextEdit;
use crate::error::Error;
use crate::yaml::{Style, Value, Yaml};

/// Where the new lines go, and what goes with them.
#[derive(Debug)]
pub(super) enum Place {
    /// Behind the list's last item, or behind an `exposures:` that has none.
    Line { at: usize, n_blank: usize },
    /// Instead of `[]` or `null`, up to the end of its line.
    Value(Range<usize>),
    /// At the end of a file that has no such key.
    End {
        at: usize,
        n_blank: usize,
        root: usize,
        is_first_key: bool,
    },
}

/// Refuses a file in which an edit could not be exact, and names that it has already.
pub(super) fn refuse_unsafe(text: &str, yaml: &Yaml<'_>, names: &[&str]) -> Result<(), Error> {
    refuse_line_ends(text, yaml)?;
    if yaml.n_documents > 1 {
        return Err(Error::SeveralDocuments);
    }
    let Some(root) = yaml.root().filter(|root| !root.is_null()) else {
        return Ok(());
    };
    if !root.is_mapping() || root.style() != Some(Style::Block) || root.is_shared() {
        return Err(Error::NotKeyPerLine);
    }
    let line = |value: Value<'_>| line_number(text, value.span().start);
    let mut keys = root
        .pairs()
        .filter(|(key, _)| key.text() == Some("exposures"));
    if let (Some((first, _)), Some((second, _))) = (keys.next(), keys.next()) {
        return Err(Error::ExposuresTwice {
            first: line(first),
            second: line(second),
        });
    }
    let own = root.own_pair("exposures").map(|(_, value)| value);
    if let (None, Some(merged)) = (own, root.get("exposures")) {
        return Err(Error::ExposuresShared { line: line(merged) });
    }
    let new: HashSet<&str> = names.iter().copied().collect();
    for exposure in own.into_iter().flat_map(Value::items) {
        let name = exposure.get("name");
        let existing = name.filter(|it| it.text().is_some_and(|text| new.contains(text)));
        if let Some(existing) = existing {
            return Err(Error::ExposureExists {
                name: existing.text().unwrap_or_default().to_owned(),
                line: line(existing),
            });
        }
    }
    Ok(())
}

impl Place {
    pub(super) fn find(text: &str, yaml: &Yaml<'_>, habits: &Habits) -> Result<Place, Error> {
        let root = yaml.root().filter(|root| !root.is_null());
        let Some((key, value)) = root.and_then(|root| root.own_pair("exposures")) else {
            let end = root.map_or(0, |root| root.span().end);
            let at = content_end(text).max(end);
            return Ok(Place::End {
                at,
                n_blank: n_blank(text, end, at, 1),
                root: root.map_or(0, |root| super::habits::column(text, root.span().start)),
                is_first_key: root.is_none(),
            });
        };
        let line = line_number(text, key.span().start);
        let root_column = super::habits::column(text, key.outer_start());
        if value.is_shared() || value.outer_start() != value.span().start {
            return Err(Error::ExposuresShared { line });
        }
        if value.is_null() && value.span().is_empty() {
            let at = list_end(text, key.span().end, habits.dash, root_column);
            let is_below_comments = at > line_end(text, key.span().end);
            let n_blank = if is_below_comments { habits.n_blank } else { 0 };
            return Ok(Place::Line { at, n_blank });
        }
        let is_empty_list = value.is_sequence() && value.items().len() == 0;
        if value.is_null() || is_empty_list {
            return Place::instead_of(text, key, value, line);
        }
        match value.style() {
            Some(Style::Block) if value.is_sequence() => {
                let end = value.span().end;
                let at = list_end(text, end, habits.dash, root_column);
                let n_blank = n_blank(text, end, at, habits.n_blank);
                Ok(Place::Line { at, n_blank })
            }
            Some(Style::Flow) if value.is_sequence() => Err(Error::ExposuresInBrackets { line }),
            _ => Err(Error::ExposuresNotAList { line }),
        }
    }

    fn instead_of(
        text: &str,
        key: Value<'_>,
        value: Value<'_>,
        line: usize,
    ) -> Result<Place, Error> {
        let span = value.span();
        let inner = text[span.clone()].trim_matches(['[', ']']);
        let between = &text[key.span().end..span.start];
        let is_simple = between.trim() == ":" && (value.is_null() || inner.trim().is_empty());
        if !is_simple {
            return Err(Error::ExposuresInBrackets { line });
        }
        let colon = between
            .find(':')
            .map_or(span.start, |at| key.span().end + at + 1);
        Ok(Place::Value(colon..span.end))
    }

    /// The edit that puts `lines` there.
    pub(super) fn edit(&self, text: &str, lines: &[String], habits: &Habits) -> TextEdit {
        let eol = habits.eol;
        let item: String = lines.iter().map(|line| format!("{line}{eol}")).collect();
        match self {
            Place::Line { at, n_blank } => TextEdit {
                range: *at..*at,
                new_text: format!(
                    "{}{}{item}",
                    missing_eol(text, *at, eol),
                    eol.repeat(*n_blank)
                ),
            },
            Place::Value(range) => {
                let line_end = line_end(text, range.end);
                let behind = text[range.end..line_end].trim_end_matches(['\r', '\n']);
                let is_last = line_end == range.end + behind.len();
                let item = if is_last {
                    item.as_str()
                } else {
                    item.trim_end_matches(['\r', '\n'])
                };
                TextEdit {
                    range: range.start..range.end + behind.len(),
                    new_text: format!("{behind}{eol}{item}"),
                }
            }
            Place::End {
                at,
                n_blank,
                root,
                is_first_key,
            } => {
                let indent = " ".repeat(*root);
                let version = if *is_first_key {
                    format!("version: 2{eol}{eol}")
                } else {
                    String::new()
                };
                let blank = eol.repeat(*n_blank);
                let missing = missing_eol(text, *at, eol);
                TextEdit {
                    range: *at..*at,
                    new_text: format!("{missing}{blank}{version}{indent}exposures:{eol}{item}"),
                }
            }
        }
    }
}

/// The line end that a last line lacks.
pub(crate) fn missing_eol<'e>(text: &str, at: usize, eol: &'e str) -> &'e str {
    let before = text[..at].trim_start_matches('\u{feff}');
    if before.is_empty() || before.ends_with('\n') {
        ""
    } else {
        eol
    }
}

/// How many of the `wanted` blank lines go to `at`, below content that ends at
/// `end`: none at the text's start or below a blank line, and none below a block
/// scalar that would take them for its own (`|+`), whose end is a line's start.
fn n_blank(text: &str, end: usize, at: usize, wanted: usize) -> usize {
    let before = text[..at].trim_start_matches('\u{feff}');
    let mut lines = before.lines();
    let is_below_blank = lines.next_back().is_none_or(|line| line.trim().is_empty());
    let is_taken = at == end && text[..end].ends_with('\n');
    if is_below_blank || is_taken {
        0
    } else {
        wanted
    }
}

/// Behind the last line that is not blank.
fn content_end(text: &str) -> usize {
    let content = text.trim_end_matches([' ', '\t', '\r', '\n']);
    if content.trim_start_matches('\u{feff}').is_empty() {
        return content.len();
    }
    line_end(text, content.len())
}

/// Behind the last line that belongs to a list whose content ends at `end`: its
/// own, and the comments below that are its own. A comment that stands further
/// left, or with the key that follows, is that one's.
fn list_end(text: &str, end: usize, dash: usize, root: usize) -> usize {
    let mut at = if text[..end].ends_with('\n') {
        end
    } else {
        line_end(text, end)
    };
    let mut comments = Comments {
        dash,
        root,
        item: None,
        is_after_blank: false,
    };
    let mut next = at;
    while next < text.len() {
        let line = &text[next..line_end(text, next)];
        let rest = &text[next + line.len()..];
        next += line.len();
        if line.trim().is_empty() {
            comments.item = None;
            comments.is_after_blank = true;
        } else if comments.take(line, rest) {
            at = next;
        } else {
            break;
        }
    }
    at
}

/// Which comments below a list are the list's.
struct Comments {
    dash: usize,
    /// The column of the keys at the top.
    root: usize,
    /// Of an item that was commented out in the lines before: the column of its `#`,
    /// and how far its dash stands behind that.
    item: Option<(usize, usize)>,
    is_after_blank: bool,
}

impl Comments {
    /// Whether `line`, with `rest` below, is a comment of the list.
    fn take(&mut self, line: &str, rest: &str) -> bool {
        let Some(comment) = line.trim_start().strip_prefix('#') else {
            return false;
        };
        let column = indent(line);
        if is_commented_item(comment) {
            self.item = Some((column, indent(comment)));
            return true;
        }
        let is_in_item = self.item.is_some_and(|(hash, dash)| {
            column >= hash && (comment.trim().is_empty() || indent(comment) > dash)
        });
        is_in_item
            || (self.dash > self.root && column >= self.dash)
            || (self.dash == self.root && !self.is_after_blank && !is_followed_by_key(rest))
    }
}

/// Whether a comment's text is `- key: …`.
pub(crate) fn is_commented_item(comment: &str) -> bool {
    let item = comment.trim_start().strip_prefix("- ");
    let key = item.and_then(|item| item.split_once(':'));
    key.is_some_and(|(key, _)| key.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

/// How far a line's text stands from its start.
pub(crate) fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether the comment lines at the start of `rest` lead to a line of content.
fn is_followed_by_key(rest: &str) -> bool {
    let next = rest
        .lines()
        .find(|line| !line.trim_start().starts_with('#'));
    next.is_some_and(|line| !line.trim().is_empty())
}

/// Behind the line end of the line of `offset`.
pub(crate) fn line_end(text: &str, offset: usize) -> usize {
    text[offset..]
        .find('\n')
        .map_or(text.len(), |at| offset + at + 1)
}

pub(crate) fn line_number(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

//! Items between brackets, some of them half-typed.

use std::ops::Range;

/// What is known of a flow collection up to a byte. Commas in quotes and in a call's
/// brackets part no items: YAML sees that otherwise, people do not.
#[derive(Clone, Copy)]
struct State {
    item_start: usize,
    is_empty: bool,
    quote: Option<char>,
    n_calls: usize,
    is_escaped: bool,
    is_comment: bool,
    was_space: bool,
    is_closed: bool,
}

impl State {
    fn new(start: usize) -> State {
        State {
            item_start: start,
            is_empty: true,
            quote: None,
            n_calls: 0,
            is_escaped: false,
            is_comment: false,
            was_space: true,
            is_closed: false,
        }
    }

    /// Takes the character at byte `at`; says whether an item ends there.
    fn take(&mut self, at: usize, c: char) -> bool {
        let was_space = std::mem::replace(&mut self.was_space, c.is_whitespace());
        if std::mem::take(&mut self.is_escaped) {
            return false;
        }
        if self.is_comment {
            self.is_comment = c != '\n';
            if !self.is_comment && self.is_empty {
                self.item_start = at + 1;
            }
            return false;
        }
        if let Some(open) = self.quote {
            self.is_escaped = open == '"' && c == '\\';
            if open == c {
                self.quote = None;
            }
            return false;
        }
        if c == '#' && was_space {
            self.is_comment = true;
            return false;
        }
        self.is_empty &= c.is_whitespace();
        match c {
            '"' | '\'' => self.quote = Some(c),
            '(' => self.n_calls += 1,
            ')' => self.n_calls = self.n_calls.saturating_sub(1),
            ']' | '}' => {
                self.is_closed = true;
                return true;
            }
            ',' if self.n_calls == 0 => {
                self.item_start = at + 1;
                self.is_empty = true;
                return true;
            }
            _ => {}
        }
        false
    }
}

/// The item at byte `offset` of a collection whose items start at byte `start`, up to
/// `line_end` at most; `None` where the collection ends before, or in a comment.
pub(super) fn item_at(
    text: &str,
    start: usize,
    offset: usize,
    line_end: usize,
) -> Option<Range<usize>> {
    let mut state = State::new(start);
    for (at, c) in text.get(start..offset)?.char_indices() {
        state.take(start + at, c);
        if state.is_closed {
            return None;
        }
    }
    if state.is_comment {
        return None;
    }
    let typed = &text[state.item_start..offset];
    let item_start = state.item_start + typed.len() - typed.trim_start().len();
    let rest = &text[offset..line_end];
    let mut after = state;
    let end = rest
        .char_indices()
        .find(|&(at, c)| after.take(offset + at, c));
    // Where a quote is open the list's own signs seem to be a part of the text.
    let end = end.map(|(at, _)| at).or_else(|| rest.find([',', ']', '}']));
    let rest = &rest[..end.unwrap_or(rest.len())];
    Some(item_start..offset + rest.trim_end().len())
}

/// The items of one line of a list, with or without brackets, trimmed.
pub(super) fn items(line: &str) -> Vec<&str> {
    let mut state = State::new(0);
    let mut items = Vec::new();
    let mut start = 0;
    for (at, c) in line.char_indices() {
        let is_opening = c == '[' && state.quote.is_none();
        if state.take(at, c) || is_opening {
            items.push(&line[start..at]);
            start = at + c.len_utf8();
        }
    }
    items.push(&line[start..]);
    let trimmed = items.into_iter().map(str::trim);
    trimmed.filter(|it| !it.is_empty()).collect()
}

//! What stands between a call's brackets: positional values and keywords.

use std::ops::Range;

use super::value::{Value, key_text};
use crate::refs::{Language, TokenKind, Words};

/// A key that a call sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Argument {
    /// The key; `None` says that keys are set that only dbt knows (`**options`).
    pub(super) key: Option<String>,
    /// Its value.
    pub(super) value: Value,
    /// `alias='x'`
    pub(super) span: Range<usize>,
}

/// The keys that the call sets whose opening bracket stands at `open`, as far as the call
/// goes, and where its words end.
pub(super) fn arguments(
    words: Words<'_>,
    open: usize,
    language: Language,
) -> (Vec<Argument>, usize) {
    let (items, end) = items(words, open + 1);
    let is_whole = words.is_sign(end, ')');
    let n_items = items.len();
    let mut arguments = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let is_half_typed = !is_whole && index + 1 == n_items;
        take(words, item, language, is_half_typed, &mut arguments);
    }
    (arguments, end)
}

/// The words between two commas each, from `start` to the closing bracket, which stands at
/// the second value; half-typed, that is where the words end. Empty items are left out.
pub(super) fn items(words: Words<'_>, start: usize) -> (Vec<Range<usize>>, usize) {
    let mut items = Vec::new();
    let mut item_start = start;
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(token) = words.tokens.get(at) {
        match token.kind {
            TokenKind::Sign('(' | '[' | '{') => depth += 1,
            TokenKind::Sign(')' | ']' | '}') if depth == 0 => break,
            TokenKind::Sign(')' | ']' | '}') => depth -= 1,
            TokenKind::Sign(',') if depth == 0 => {
                items.push(item_start..at);
                item_start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    items.push(item_start..at);
    items.retain(|item| !item.is_empty());
    (items, at)
}

/// The key and the words of the value of `'key': value`.
pub(super) fn pair(
    words: Words<'_>,
    item: &Range<usize>,
    language: Language,
) -> Option<(String, Range<usize>)> {
    let key = key_text(words, item.start, language)?;
    let is_pair = item.len() > 2 && words.is_sign(item.start + 1, ':');
    is_pair.then(|| (key, item.start + 2..item.end))
}

fn take(
    words: Words<'_>,
    item: Range<usize>,
    language: Language,
    is_half_typed: bool,
    arguments: &mut Vec<Argument>,
) {
    let span = span_of(words, &item);
    let is_keyword = words.is_sign(item.start + 1, '=') && !words.is_sign(item.start + 2, '=');
    if let Some(name) = words.name(item.start).filter(|_| is_keyword) {
        let value = Value::of_words(words, item.start + 2..item.end, language);
        arguments.push(Argument {
            key: Some(name.to_owned()),
            value,
            span,
        });
        return;
    }
    if words.is_sign(item.start, '{') {
        take_map(words, item.start, language, arguments);
        return;
    }
    // A name that is just being typed will become a keyword.
    if !is_half_typed {
        arguments.push(unknown(span));
    }
}

/// `{'alias': 'x'}`, whose brace stands at `open`; as far as it goes.
fn take_map(words: Words<'_>, open: usize, language: Language, arguments: &mut Vec<Argument>) {
    let (pairs, end) = items(words, open + 1);
    let is_whole = words.is_sign(end, '}');
    let n_pairs = pairs.len();
    for (index, it) in pairs.into_iter().enumerate() {
        let span = span_of(words, &it);
        match pair(words, &it, language) {
            Some((key, value)) => arguments.push(Argument {
                key: Some(key),
                value: Value::of_words(words, value, language),
                span,
            }),
            None if !is_whole && index + 1 == n_pairs => {}
            None => arguments.push(unknown(span)),
        }
    }
}

fn unknown(span: Range<usize>) -> Argument {
    Argument {
        key: None,
        value: Value::Unknown,
        span,
    }
}

fn span_of(words: Words<'_>, item: &Range<usize>) -> Range<usize> {
    words.tokens[item.start].span.start..words.tokens[item.end - 1].span.end
}

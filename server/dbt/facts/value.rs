//! A value that stands in a file as it is, in Jinja, Python or YAML.
//!
//! What has to be worked out (a call, a variable, text that is Jinja itself) is
//! [`Value::Unknown`].

use std::borrow::Cow;
use std::ops::Range;

use crate::refs::{Language, TokenKind, Words};
use crate::yaml::{self, Style};

/// Maps in maps are read this deep; no configuration that matters lies deeper.
const MAX_DEPTH: usize = 2;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Truth(bool),
    /// `none`, `null`.
    Null,
    Map(Vec<(String, Value)>),
    /// Something that only dbt can work out, or a number or a list, which mean nothing here.
    Unknown,
}

impl Value {
    /// The value of the words of `range`.
    pub(super) fn of_words(words: Words<'_>, range: Range<usize>, language: Language) -> Value {
        value_of_words(words, range, language, 0)
    }

    /// The value of a node of a YAML file.
    pub(super) fn of_yaml(value: yaml::Value<'_>) -> Value {
        value_of_yaml(value, 0)
    }
}

/// Whether dbt renders a text before it takes it.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

fn value_of_words(
    words: Words<'_>,
    range: Range<usize>,
    language: Language,
    depth: usize,
) -> Value {
    let Some(first) = words.tokens.get(range.start).filter(|_| !range.is_empty()) else {
        return Value::Unknown;
    };
    if first.kind == TokenKind::Sign('{') && depth < MAX_DEPTH {
        return map_of_words(words, range, language, depth).unwrap_or(Value::Unknown);
    }
    if range.len() > 1 {
        return Value::Unknown;
    }
    match &first.kind {
        TokenKind::Text { inner, .. } => {
            let text = text_of(words, range.start, inner.clone(), language);
            text.map_or(Value::Unknown, Value::Text)
        }
        TokenKind::Name => match &words.text[first.span.clone()] {
            "true" if language == Language::Jinja => Value::Truth(true),
            "false" if language == Language::Jinja => Value::Truth(false),
            "none" if language == Language::Jinja => Value::Null,
            "True" => Value::Truth(true),
            "False" => Value::Truth(false),
            "None" => Value::Null,
            _ => Value::Unknown,
        },
        TokenKind::Number | TokenKind::Sign(_) => Value::Unknown,
    }
}

/// The text of the string at `index`, whose quotes hold `inner`.
fn text_of(
    words: Words<'_>,
    index: usize,
    inner: Range<usize>,
    language: Language,
) -> Option<String> {
    let token = words.tokens.get(index)?;
    let TokenKind::Text { is_literal, .. } = token.kind else {
        return None;
    };
    let written = &words.text[inner];
    let has_prefix = !words.text[token.span.clone()].starts_with(['"', '\'']);
    let text = match (is_literal, has_prefix) {
        (true, _) => Cow::Borrowed(written),
        // `f'…'` is for run time, `r'\…'` and `b'…'` are nothing that names anything.
        (false, true) => return None,
        (false, false) => Cow::Owned(unescaped(written)?),
    };
    // Python's strings are not rendered.
    let is_rendered = language == Language::Jinja && is_template(&text);
    (!is_rendered).then(|| text.into_owned())
}

/// A string's text; `None` where it has an escape that no name has.
fn unescaped(written: &str) -> Option<String> {
    let mut text = String::with_capacity(written.len());
    let mut chars = written.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next()? {
            c @ ('\\' | '\'' | '"') => text.push(c),
            'n' => text.push('\n'),
            't' => text.push('\t'),
            _ => return None,
        }
    }
    Some(text)
}

/// The map between the braces that are the first and the last word of `range`.
fn map_of_words(
    words: Words<'_>,
    range: Range<usize>,
    language: Language,
    depth: usize,
) -> Option<Value> {
    let (items, end) = super::arguments::items(words, range.start + 1);
    if end + 1 != range.end || !words.is_sign(end, '}') {
        return None;
    }
    let mut pairs = Vec::new();
    for item in items {
        let (key, value) = super::arguments::pair(words, &item, language)?;
        let value = value_of_words(words, value, language, depth + 1);
        pairs.push((key, value));
    }
    Some(Value::Map(pairs))
}

/// The text of a key in a map: a string as it stands there.
pub(super) fn key_text(words: Words<'_>, index: usize, language: Language) -> Option<String> {
    match &words.tokens.get(index)?.kind {
        TokenKind::Text { inner, .. } => text_of(words, index, inner.clone(), language),
        TokenKind::Name | TokenKind::Number | TokenKind::Sign(_) => None,
    }
}

fn value_of_yaml(value: yaml::Value<'_>, depth: usize) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    if let Some(truth) = value.truth() {
        return Value::Truth(truth);
    }
    if let Some(text) = value.text() {
        // An alias has no style of its own; what it stands for cannot be told apart
        // from a number by its text alone, so the stricter rule counts.
        let is_plain = !matches!(
            value.style(),
            Some(Style::SingleQuoted | Style::DoubleQuoted | Style::Block)
        );
        let is_odd = value.tag().is_some() || (is_plain && may_be_number(text));
        return match is_odd || is_template(text) {
            true => Value::Unknown,
            false => Value::Text(text.to_owned()),
        };
    }
    if !value.is_mapping() || depth >= MAX_DEPTH {
        return Value::Unknown;
    }
    let pairs = value.entries().into_iter();
    let pairs = pairs.map(|(key, it)| (key.to_owned(), value_of_yaml(it, depth + 1)));
    Value::Map(pairs.collect())
}

/// Whether a text without quotes may stand for a number, a date or a time.
fn may_be_number(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    starts
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || "_.:+-eExXoT ".contains(c))
}

//! The calls in the values of a YAML file.

use std::ops::Range;

use super::{RefCall, jinja};
use crate::yaml::{SourceScalar, Style, scalars};

/// The calls in `text`, up to where it stops being YAML.
pub(super) fn refs(text: &str) -> Vec<RefCall> {
    let calls = scalars(text).flat_map(|it| refs_in_scalar(text, &it));
    calls.collect()
}

/// The calls in one scalar of `text`.
pub(crate) fn refs_in_scalar(text: &str, scalar: &SourceScalar) -> Vec<RefCall> {
    let written = &text[scalar.span.clone()];
    if !written.contains("ref") && !written.contains("source") {
        return Vec::new();
    }
    let value = Unquoted::new(text, scalar);
    let calls = if is_bare_call(&value.text) {
        jinja::refs_in_expression(&value.text)
    } else {
        jinja::refs(&value.text)
    };
    let in_file = |call: RefCall| RefCall {
        span: value.in_file(&call.span),
        name_span: value.in_file(&call.name_span),
        target: call.target,
    };
    calls.into_iter().map(in_file).collect()
}

/// dbt puts braces around a value that is a call and nothing else, and around
/// each item of `depends_on`.
fn is_bare_call(value: &str) -> bool {
    let value = value.trim();
    let starts = ["ref", "source", "metric"].into_iter().any(|name| {
        let rest = value.strip_prefix(name).map(str::trim_start);
        rest.is_some_and(|rest| rest.starts_with('('))
    });
    starts && value.ends_with([')', ','])
}

/// A scalar's text without quotes and their escapes, and where its bytes stand.
struct Unquoted {
    text: String,
    start: usize,
    /// The bytes of `text` before which something was left out, and how much in all.
    left_out: Vec<(usize, usize)>,
}

impl Unquoted {
    fn new(text: &str, scalar: &SourceScalar) -> Unquoted {
        let is_quoted = matches!(scalar.style, Style::SingleQuoted | Style::DoubleQuoted);
        let Range { start, end } = scalar.span;
        let quote = usize::from(is_quoted && end >= start + 2);
        let inner = &text[start + quote..end - quote];
        let mut unquoted = Unquoted {
            text: String::with_capacity(inner.len()),
            start: start + quote,
            left_out: Vec::new(),
        };
        match scalar.style {
            Style::SingleQuoted => unquoted.take(inner, '\''),
            Style::DoubleQuoted => unquoted.take(inner, '\\'),
            Style::Plain | Style::Block | Style::Flow => unquoted.text.push_str(inner),
        }
        unquoted
    }

    /// Takes `inner` without each `escape` that stands before another character.
    fn take(&mut self, inner: &str, escape: char) {
        let mut chars = inner.chars();
        let mut n_left_out = 0;
        while let Some(c) = chars.next() {
            let mut kept = c;
            if c == escape
                && let Some(next) = chars.next()
            {
                n_left_out += 1;
                self.left_out.push((self.text.len(), n_left_out));
                // What `\n` or `\x41` stands for matters to no call: it only must
                // not be taken for a part of one.
                let is_itself = matches!(next, '\'' | '"' | '\\' | '/' | ' ');
                kept = if is_itself { next } else { '\u{1}' };
            }
            self.text.push(kept);
        }
    }

    fn in_file(&self, range: &Range<usize>) -> Range<usize> {
        let left_out_before = |is_before: &dyn Fn(usize) -> bool| {
            let n = self.left_out.partition_point(|&(from, _)| is_before(from));
            n.checked_sub(1).map_or(0, |last| self.left_out[last].1)
        };
        let start = range.start + left_out_before(&|from| from <= range.start);
        let end = range.end + left_out_before(&|from| from < range.end);
        self.start + start..self.start + end
    }
}

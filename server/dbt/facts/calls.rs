//! What a call in Jinja may do: read nodes, configure, or neither.
//!
//! A macro may call `ref()` by itself, which a reader of one file cannot see. What is
//! known not to do so is listed in [`super::known`]; any other call is taken for such a macro.

use super::MacroName;
use super::known::{is_context, is_harmless_owner, is_keyword, is_method};
use crate::refs::{Function, TokenKind, Words};

/// No `ref()` or `source()` has more words than these.
const MAX_WORDS: usize = 500;

/// What a word calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Called {
    /// `ref()`, `source()`.
    Node(Function),
    /// `config()`
    Config,
    /// Something that reads no node but those in its arguments.
    Harmless,
    /// What may read nodes.
    Macro(MacroName),
    /// It is no call.
    Nothing,
}

/// What the word at `index` calls.
pub(super) fn called(words: Words<'_>, index: usize) -> Called {
    let Some(name) = words.name(index) else {
        // `macros['x'](…)`
        let is_item = words.is_sign(index, ']') && words.is_sign(index + 1, '(');
        return match is_item {
            true => Called::Macro(MacroName::Unknown),
            false => Called::Nothing,
        };
    };
    if !words.is_sign(index + 1, '(') {
        // `ref` itself, given to something that calls it. Alone it is being typed.
        let is_alone = words.tokens.len() == 1;
        let is_handed_on = name == "ref" && !is_alone && !is_sign_before(words, index, '.');
        return match is_handed_on && !words.is_sign(index + 1, '=') {
            true => Called::Macro(MacroName::Unknown),
            false => Called::Nothing,
        };
    }
    if is_sign_before(words, index, '|') || is_test(words, index) || is_keyword(name) {
        return Called::Nothing;
    }
    called_function(words, index, name)
}

fn called_function(words: Words<'_>, index: usize, name: &str) -> Called {
    let called_macro = || Called::Macro(MacroName::Plain(name.to_owned()));
    match owner(words, index) {
        Owner::None | Owner::Name("builtins") => match words.function(index) {
            Some(function) => Called::Node(function),
            None if name == "config" => Called::Config,
            None if is_context(name) => Called::Harmless,
            None => called_macro(),
        },
        Owner::Name("adapter") if name == "dispatch" => Called::Macro(dispatched(words, index)),
        Owner::Name(owner) if is_harmless_owner(owner) => Called::Harmless,
        Owner::Name(_) | Owner::Value if is_method(name) => Called::Harmless,
        Owner::Name(_) | Owner::Value => called_macro(),
    }
}

/// Whether the call of the word at `index` is still being typed: dbt would not take it, and
/// it says nothing of what will be read. `ref(`, `ref()`, `ref('')`, `ref('x`.
pub(super) fn is_half_typed(words: Words<'_>, index: usize) -> bool {
    let first = words.tokens.get(index + 2).map(|it| &it.kind);
    let is_empty = match first {
        Some(TokenKind::Text { inner, .. }) => words.text[inner.clone()].trim().is_empty(),
        Some(TokenKind::Sign(')')) | None => true,
        Some(_) => false,
    };
    is_empty || !is_closed(words, index + 1)
}

/// Whether the bracket at `open` is closed, within what a call may hold.
fn is_closed(words: Words<'_>, open: usize) -> bool {
    let mut depth = 0_usize;
    for token in words.tokens.iter().skip(open).take(MAX_WORDS) {
        match token.kind {
            TokenKind::Sign('(') => depth += 1,
            TokenKind::Sign(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return true;
        }
    }
    false
}

/// The macro that `adapter.dispatch('x', …)` stands for.
fn dispatched(words: Words<'_>, index: usize) -> MacroName {
    let first = words.tokens.get(index + 2).map(|token| &token.kind);
    match first {
        Some(TokenKind::Text { inner, is_literal }) if *is_literal => {
            MacroName::Dispatched(words.text[inner.clone()].to_owned())
        }
        _ => MacroName::Unknown,
    }
}

enum Owner<'w> {
    None,
    /// The first name before the dots: `a` of `a.b.c()`.
    Name(&'w str),
    /// Something that is no name: `'x'.join()`.
    Value,
}

fn owner(words: Words<'_>, index: usize) -> Owner<'_> {
    let mut first = index;
    while is_sign_before(words, first, '.') {
        match first.checked_sub(2) {
            Some(before) if words.name(before).is_some() => first = before,
            _ => return Owner::Value,
        }
    }
    match words.name(first).filter(|_| first != index) {
        Some(name) => Owner::Name(name),
        None => Owner::None,
    }
}

fn is_sign_before(words: Words<'_>, index: usize, sign: char) -> bool {
    index
        .checked_sub(1)
        .is_some_and(|before| words.is_sign(before, sign))
}

/// `x is divisibleby(3)`, `x is not in(y)`
fn is_test(words: Words<'_>, index: usize) -> bool {
    let before = |n: usize| index.checked_sub(n).and_then(|at| words.name(at));
    match before(1) {
        Some("is") => true,
        Some("not") => before(2) == Some("is"),
        _ => false,
    }
}

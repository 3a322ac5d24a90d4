//! A call's words, read as `ref()` or `source()`.

use std::ops::Range;

use super::token::{Token, TokenKind};
use super::{RefCall, RefTarget};

/// The words of an expression, and the text that they stand in.
#[derive(Clone, Copy)]
pub(crate) struct Words<'w> {
    pub(crate) text: &'w str,
    pub(crate) tokens: &'w [Token],
}

/// Which of the two functions is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Ref,
    Source,
}

impl<'w> Words<'w> {
    /// The function that the word at `index` names.
    pub(crate) fn function(self, index: usize) -> Option<Function> {
        match self.name(index)? {
            "ref" => Some(Function::Ref),
            "source" => Some(Function::Source),
            _ => None,
        }
    }

    /// The name at `index`, when there is one.
    pub(crate) fn name(self, index: usize) -> Option<&'w str> {
        let token = self.tokens.get(index)?;
        (token.kind == TokenKind::Name).then(|| &self.text[token.span.clone()])
    }

    /// What stands before a dot before `index`: `a` of `a.b`, empty where that is no name.
    pub(crate) fn owner(self, index: usize) -> Option<&'w str> {
        let dot = index.checked_sub(1)?;
        if !self.is_sign(dot, '.') {
            return None;
        }
        let owner = dot.checked_sub(1).and_then(|at| self.name(at));
        let has_owner_itself = dot >= 2 && self.is_sign(dot - 2, '.');
        Some(owner.filter(|_| !has_owner_itself).unwrap_or_default())
    }

    /// The call of `function`, whose name stands at `index`, and where the words
    /// go on behind it. `None` when its arguments are not literals or not whole.
    pub(crate) fn call(self, index: usize, function: Function) -> Option<(RefCall, usize)> {
        let mut at = index + 1;
        let mut arguments = Arguments::default();
        if !self.is_sign(at, '(') {
            return None;
        }
        at += 1;
        while !self.is_sign(at, ')') {
            at = arguments.take(self, at)?;
            if self.is_sign(at, ',') {
                at += 1;
            } else if !self.is_sign(at, ')') {
                return None;
            }
        }
        let span = self.tokens[index].span.start..self.tokens[at].span.end;
        let call = arguments.into_call(self.text, function, span)?;
        Some((call, at + 1))
    }

    /// Whether the sign stands at `index`.
    pub(crate) fn is_sign(self, index: usize, sign: char) -> bool {
        let token = self.tokens.get(index);
        token.is_some_and(|token| token.kind == TokenKind::Sign(sign))
    }

    /// The version that a literal names; `Some(None)` for none at all.
    fn version(self, index: usize) -> Option<Option<String>> {
        let token = self.tokens.get(index)?;
        match &token.kind {
            TokenKind::Number => Some(Some(self.text[token.span.clone()].to_owned())),
            TokenKind::Text { inner, is_literal } if *is_literal => {
                Some(Some(self.text[inner.clone()].to_owned()))
            }
            TokenKind::Name if matches!(self.name(index), Some("none" | "None")) => Some(None),
            TokenKind::Text { .. } | TokenKind::Name | TokenKind::Sign(_) => None,
        }
    }
}

/// Literals between the brackets.
#[derive(Default)]
struct Arguments {
    texts: Vec<Range<usize>>,
    version: Option<String>,
}

impl Arguments {
    /// Takes the argument at `index`; says where the words go on.
    fn take(&mut self, words: Words<'_>, index: usize) -> Option<usize> {
        match &words.tokens.get(index)?.kind {
            TokenKind::Text { inner, is_literal } if *is_literal => {
                self.texts.push(inner.clone());
                Some(index + 1)
            }
            TokenKind::Name if matches!(words.name(index), Some("v" | "version")) => {
                if !words.is_sign(index + 1, '=') {
                    return None;
                }
                self.version = words.version(index + 2)?;
                Some(index + 3)
            }
            TokenKind::Text { .. } | TokenKind::Name | TokenKind::Number | TokenKind::Sign(_) => {
                None
            }
        }
    }

    fn into_call(self, text: &str, function: Function, span: Range<usize>) -> Option<RefCall> {
        let string = |range: &Range<usize>| text[range.clone()].to_owned();
        let (first, last) = match self.texts.as_slice() {
            [name] => (None, name),
            [first, last] => (Some(first), last),
            _ => return None,
        };
        let target = match (function, first) {
            (Function::Ref, package) => RefTarget::Ref {
                package: package.map(string),
                name: string(last),
                version: self.version,
            },
            (Function::Source, Some(source)) if self.version.is_none() => RefTarget::Source {
                source: string(source),
                table: string(last),
            },
            (Function::Source, _) => return None,
        };
        Some(RefCall {
            span,
            name_span: last.clone(),
            target,
        })
    }
}

//! Jinja's blocks in a text, and the calls and snapshots in them.

use std::ops::Range;

use super::call::Words;
use super::token::{Language, Token, TokenKind, Tokens, Unclosed};
use super::{MAX_BYTES, RefCall, SnapshotBlock};

/// Strings that hold Jinja themselves are read this deep: dbt renders hooks,
/// which are strings in a `config()` call, and counts their dependencies.
pub(crate) const MAX_NESTED_TEXTS: usize = 2;

/// The calls in the blocks of `text`.
pub(super) fn refs(text: &str) -> Vec<RefCall> {
    let mut calls = Vec::new();
    if text.len() <= MAX_BYTES {
        collect(text, 0, 0, &mut calls);
    }
    calls
}

/// The calls of an expression that stands without braces around it.
pub(crate) fn refs_in_expression(text: &str) -> Vec<RefCall> {
    let tokens: Vec<Token> = Tokens::new(text, 0, Language::Jinja).collect();
    let mut calls = Vec::new();
    calls_in(
        Words {
            text,
            tokens: &tokens,
        },
        0,
        MAX_NESTED_TEXTS,
        &mut calls,
    );
    calls
}

/// The snapshots that a SQL file defines, in its order.
pub fn snapshot_blocks(text: &str) -> Vec<SnapshotBlock> {
    let mut snapshots: Vec<SnapshotBlock> = Vec::new();
    let mut is_open = false;
    for block in Blocks::new(text).filter(|block| block.kind == BlockKind::Statement) {
        let words = block.words(text);
        let last = snapshots.last_mut().filter(|_| is_open);
        match (words.name(0), words.name(1)) {
            (Some("endsnapshot"), _) => {
                if let Some(last) = last {
                    last.span.end = block.span.end;
                }
                is_open = false;
            }
            (Some("snapshot"), Some(name)) => {
                if let Some(last) = last {
                    last.span.end = block.span.start;
                }
                snapshots.push(SnapshotBlock {
                    name: name.to_owned(),
                    name_span: words.tokens[1].span.clone(),
                    span: block.span.start..text.len(),
                });
                is_open = true;
            }
            _ => {}
        }
    }
    snapshots
}

fn collect(text: &str, base: usize, depth: usize, calls: &mut Vec<RefCall>) {
    for block in Blocks::new(text) {
        calls_in(block.words(text), base, depth, calls);
    }
}

/// Adds the calls among `words`, whose text starts at byte `base` of the file.
fn calls_in(words: Words<'_>, base: usize, depth: usize, calls: &mut Vec<RefCall>) {
    let mut index = 0;
    while let Some(token) = words.tokens.get(index) {
        if let Some((call, next)) = call_at(words, index) {
            calls.push(moved(call, base));
            index = next;
            continue;
        }
        if let TokenKind::Text { inner, .. } = &token.kind
            && depth < MAX_NESTED_TEXTS
        {
            let text = &words.text[inner.clone()];
            collect(text, base + inner.start, depth + 1, calls);
        }
        index += 1;
    }
}

fn call_at(words: Words<'_>, index: usize) -> Option<(RefCall, usize)> {
    let function = words.function(index)?;
    // `builtins.ref` is dbt's own below a project's override; `x.ref` is not dbt's.
    let is_dbts = matches!(words.owner(index), None | Some("builtins"));
    words.call(index, function).filter(|_| is_dbts)
}

fn moved(mut call: RefCall, by: usize) -> RefCall {
    for range in [&mut call.span, &mut call.name_span] {
        *range = range.start + by..range.end + by;
    }
    call
}

/// Which braces a block has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockKind {
    /// `{{ … }}`
    Expression,
    /// `{% … %}`
    Statement,
}

/// A block, its words without the braces, and where it stands with them.
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    tokens: Vec<Token>,
    pub(crate) span: Range<usize>,
}

impl Block {
    pub(crate) fn words<'w>(&'w self, text: &'w str) -> Words<'w> {
        Words {
            text,
            tokens: &self.tokens,
        }
    }
}

/// The blocks of a text, comments and raw text left out.
pub(crate) struct Blocks<'t> {
    text: &'t str,
    offset: usize,
    unclosed: Unclosed,
}

impl<'t> Blocks<'t> {
    pub(crate) fn new(text: &'t str) -> Blocks<'t> {
        Blocks {
            text,
            offset: 0,
            unclosed: Unclosed::default(),
        }
    }

    /// Reads the block that starts at `start` and ends at its braces, at the next
    /// block when it is half-typed, or with the text.
    fn block(&mut self, kind: BlockKind, start: usize) -> Block {
        let words = Tokens::new(self.text, start + 2, Language::Jinja);
        let mut words = words.knowing(self.unclosed);
        let mut tokens = Vec::new();
        let mut n_open = 0_usize;
        self.offset = self.text.len();
        for token in words.by_ref() {
            let next = self.text[token.span.end..].chars().next();
            match (&token.kind, next) {
                (TokenKind::Sign('{'), Some('{' | '%' | '#')) => {
                    self.offset = token.span.start;
                    break;
                }
                (TokenKind::Sign('{'), _) => n_open += 1,
                (TokenKind::Sign('}'), _) if n_open > 0 => n_open -= 1,
                (TokenKind::Sign(close @ ('}' | '%')), Some('}')) if kind.closes_with(*close) => {
                    self.offset = token.span.end + 1;
                    break;
                }
                _ => {}
            }
            // `{%-`, `{%+`: no words.
            if !(tokens.is_empty() && matches!(token.kind, TokenKind::Sign('-' | '+'))) {
                tokens.push(token);
            }
        }
        self.unclosed = words.unclosed();
        Block {
            kind,
            tokens,
            span: start..self.offset,
        }
    }

    /// Goes behind the end of the raw text that has just begun.
    fn skip_raw(&mut self) {
        while let Some(at) = self.text[self.offset..].find("{%") {
            self.offset += at + 2;
            let rest = self.text[self.offset..].trim_start_matches(['-', '+']);
            let Some(rest) = rest.trim_start().strip_prefix("endraw") else {
                continue;
            };
            if let Some(rest) = rest.trim_start().trim_start_matches('-').strip_prefix("%}") {
                self.offset = self.text.len() - rest.len();
                return;
            }
        }
        self.offset = self.text.len();
    }
}

impl BlockKind {
    fn closes_with(self, sign: char) -> bool {
        match self {
            BlockKind::Expression => sign == '}',
            BlockKind::Statement => sign == '%',
        }
    }
}

impl Iterator for Blocks<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        loop {
            let start = self.offset + self.text[self.offset..].find('{')?;
            self.offset = start + 1;
            let kind = match self.text.as_bytes().get(start + 1) {
                Some(b'{') => BlockKind::Expression,
                Some(b'%') => BlockKind::Statement,
                Some(b'#') => {
                    let end = self.text[start..].find("#}").map(|at| start + at + 2);
                    self.offset = end.unwrap_or(self.text.len());
                    continue;
                }
                _ => continue,
            };
            let block = self.block(kind, start);
            let is_raw =
                kind == BlockKind::Statement && block.words(self.text).name(0) == Some("raw");
            if is_raw {
                self.skip_raw();
                continue;
            }
            return Some(block);
        }
    }
}

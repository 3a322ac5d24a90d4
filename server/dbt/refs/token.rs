//! The words of an expression, in Jinja or in Python.

use std::ops::Range;

/// Which language's strings and comments apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Jinja,
    Python,
}

/// A word and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Name,
    Number,
    /// A string literal; its value where that is written as it is, without
    /// escapes and placeholders.
    Text {
        inner: Range<usize>,
        is_literal: bool,
    },
    /// Any other character.
    Sign(char),
}

/// Words of `text` from `offset` on; spans count from the text's start.
pub(crate) struct Tokens<'t> {
    text: &'t str,
    offset: usize,
    language: Language,
    unclosed: Unclosed,
}

/// Quotes that are known not to come again before a byte: without this each
/// quote of a half-typed text would search through all of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unclosed {
    /// `"`, `'`, `"""` and `'''`.
    until: [usize; 4],
}

impl Unclosed {
    fn until(&mut self, quote: &str) -> &mut usize {
        let is_triple = usize::from(quote.len() > 1);
        &mut self.until[2 * is_triple + usize::from(quote.starts_with('"'))]
    }
}

impl<'t> Tokens<'t> {
    pub(crate) fn new(text: &'t str, offset: usize, language: Language) -> Tokens<'t> {
        Tokens {
            text,
            offset,
            language,
            unclosed: Unclosed::default(),
        }
    }

    /// Goes on with what is known of the same text.
    pub(super) fn knowing(self, unclosed: Unclosed) -> Tokens<'t> {
        Tokens { unclosed, ..self }
    }

    /// What is known after the words so far.
    pub(super) fn unclosed(&self) -> Unclosed {
        self.unclosed
    }

    fn rest(&self) -> &'t str {
        &self.text[self.offset..]
    }

    fn skip_space(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.offset += rest.len() - trimmed.len();
            if self.language != Language::Python || !trimmed.starts_with('#') {
                return;
            }
            self.offset += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn word(&mut self, is_part: impl Fn(char) -> bool) -> Range<usize> {
        let start = self.offset;
        let rest = self.rest();
        self.offset += rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        start..self.offset
    }

    fn name(&mut self) -> Token {
        let span = self.word(|c| c.is_alphanumeric() || c == '_');
        let is_quote_next = self.rest().starts_with(['"', '\'']);
        if self.language == Language::Python && is_quote_next {
            let prefix = self.text[span.clone()].to_ascii_lowercase();
            let is_prefix = prefix.len() <= 2 && prefix.chars().all(|c| "rbuft".contains(c));
            if let Some(mut text) = is_prefix.then(|| self.string()).flatten() {
                text.span.start = span.start;
                if let TokenKind::Text { is_literal, .. } = &mut text.kind {
                    // Bytes are no text, and placeholders are for run time.
                    *is_literal &= matches!(prefix.as_str(), "r" | "u");
                }
                return text;
            }
        }
        Token {
            kind: TokenKind::Name,
            span,
        }
    }

    /// The string that starts here; `None` when it is never closed.
    fn string(&mut self) -> Option<Token> {
        let start = self.offset;
        let rest = self.rest();
        let triple = ["\"\"\"", "'''"]
            .into_iter()
            .find(|it| rest.starts_with(it));
        let triple = triple.filter(|_| self.language == Language::Python);
        let quote = triple.unwrap_or(if rest.starts_with('"') { "\"" } else { "'" });
        let ends_with_line = self.language == Language::Python && triple.is_none();
        if start < *self.unclosed.until(quote) {
            return None;
        }
        let inner_start = start + quote.len();
        let Some((end, has_escape)) = closing(&self.text[inner_start..], quote, ends_with_line)
        else {
            let line_end = self.rest().find('\n').filter(|_| ends_with_line);
            *self.unclosed.until(quote) = line_end.map_or(self.text.len(), |at| start + at);
            return None;
        };
        let inner = inner_start..inner_start + end;
        self.offset = inner.end + quote.len();
        Some(Token {
            kind: TokenKind::Text {
                inner,
                is_literal: !has_escape,
            },
            span: start..self.offset,
        })
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_space();
        let c = self.rest().chars().next()?;
        if c.is_alphabetic() || c == '_' {
            return Some(self.name());
        }
        if c.is_ascii_digit() {
            let span = self.word(|c| c.is_alphanumeric() || c == '_' || c == '.');
            return Some(Token {
                kind: TokenKind::Number,
                span,
            });
        }
        if matches!(c, '"' | '\'')
            && let Some(string) = self.string()
        {
            return Some(string);
        }
        let start = self.offset;
        self.offset += c.len_utf8();
        Some(Token {
            kind: TokenKind::Sign(c),
            span: start..self.offset,
        })
    }
}

/// Where `quote` stands in `text`, and whether a backslash came before.
fn closing(text: &str, quote: &str, ends_with_line: bool) -> Option<(usize, bool)> {
    let mut has_escape = false;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                has_escape = true;
                chars.next()?;
            }
            '\n' if ends_with_line => return None,
            _ if quote.starts_with(c) && text[at..].starts_with(quote) => {
                return Some((at, has_escape));
            }
            _ => {}
        }
    }
    None
}

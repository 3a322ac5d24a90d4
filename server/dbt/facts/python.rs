//! What a Python model says: `dbt.config()`, `dbt.ref()` and `dbt.source()`.
//!
//! dbt reads these from the syntax tree, wherever they stand and whether or not they are
//! reached, and takes literals alone.

use lineage::NodeKind;

use super::arguments::arguments;
use super::calls::is_half_typed;
use super::code::{Part, too_large};
use super::{CodeFacts, Reads};
use crate::refs::{Language, MAX_BYTES, Token, TokenKind, Tokens, Words};

/// Reads the text of a Python file.
pub(super) fn read(text: &str) -> CodeFacts {
    if text.len() > MAX_BYTES {
        return too_large();
    }
    let tokens: Vec<Token> = Tokens::new(text, 0, Language::Python).collect();
    let words = Words {
        text,
        tokens: &tokens,
    };
    let mut part = Part::new(NodeKind::Model);
    let mut configured_to = 0;
    for index in 0..tokens.len() {
        let is_call = is_call_of_dbt(words, index);
        match words.name(index).filter(|_| is_call) {
            Some("config") if index >= configured_to => {
                let (keys, end) = arguments(words, index + 1, Language::Python);
                part.configure(keys, false);
                configured_to = end;
            }
            Some(_) => read_call(words, index, &mut part.reads),
            None => read_placeholders(words, index, &mut part.reads),
        }
    }
    part.code_facts()
}

fn is_call_of_dbt(words: Words<'_>, index: usize) -> bool {
    words.owner(index) == Some("dbt") && words.is_sign(index + 1, '(')
}

/// Takes the calls in the placeholders of a string: `f"select * from {dbt.ref('x')}"`.
fn read_placeholders(words: Words<'_>, index: usize, reads: &mut Reads) {
    let TokenKind::Text { inner, .. } = &words.tokens[index].kind else {
        return;
    };
    let prefix = &words.text[words.tokens[index].span.start..inner.start];
    if !prefix.contains(['f', 'F']) {
        return;
    }
    // Two braces are one, and no placeholder.
    let written = words.text[inner.clone()].replace("{{", "");
    for part in written.split('{').skip(1) {
        let text = part.split('}').next().unwrap_or_default();
        let tokens: Vec<Token> = Tokens::new(text, 0, Language::Python).collect();
        let words = Words {
            text,
            tokens: &tokens,
        };
        for index in (0..tokens.len()).filter(|&at| is_call_of_dbt(words, at)) {
            read_call(words, index, reads);
        }
    }
}

fn read_call(words: Words<'_>, index: usize, reads: &mut Reads) {
    let Some(function) = words.function(index) else {
        return;
    };
    match words.call(index, function) {
        Some((call, _)) => reads.targets.push(call.target),
        None => reads.has_unknown |= !is_half_typed(words, index),
    }
}

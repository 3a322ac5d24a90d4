//! What a Python model says: `dbt.config()`, `dbt.ref()` and `dbt.source()`.
//!
//! dbt reads these from the syntax tree, wherever they stand and whether or not they are
//! reached, and takes literals alone.

use lineage::NodeKind;

use super::CodeFacts;
use super::arguments::arguments;
use super::code::{Part, too_large};
use crate::refs::{Language, MAX_BYTES, Token, Tokens, Words};

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
        let is_call = words.owner(index) == Some("dbt") && words.is_sign(index + 1, '(');
        match words.name(index).filter(|_| is_call) {
            Some("config") if index >= configured_to => {
                let (keys, end) = arguments(words, index + 1, Language::Python);
                part.configure(keys, false);
                configured_to = end;
            }
            Some(_) => read_call(words, index, &mut part),
            None => {}
        }
    }
    part.code_facts()
}

fn read_call(words: Words<'_>, index: usize, part: &mut Part) {
    let Some(function) = words.function(index) else {
        return;
    };
    match words.call(index, function) {
        Some((call, _)) => part.reads.targets.push(call.target),
        None => part.reads.has_unknown = true,
    }
}

//! The calls in a Python model.

use super::call::Words;
use super::token::{Language, Token, Tokens};
use super::{MAX_BYTES, RefCall};

/// The calls `dbt.ref(…)` and `dbt.source(…)` of `text`.
pub(super) fn refs(text: &str) -> Vec<RefCall> {
    if text.len() > MAX_BYTES {
        return Vec::new();
    }
    let tokens: Vec<Token> = Tokens::new(text, 0, Language::Python).collect();
    let words = Words {
        text,
        tokens: &tokens,
    };
    let mut calls = Vec::new();
    for index in 0..tokens.len() {
        let Some(function) = words.function(index) else {
            continue;
        };
        // dbt's parser wants the parameter to be called `dbt`.
        if words.owner(index) == Some("dbt")
            && let Some((call, _)) = words.call(index, function)
        {
            calls.push(call);
        }
    }
    calls
}

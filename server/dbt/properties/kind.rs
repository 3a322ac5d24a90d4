//! What a value is taken for by dbt's engines.
//!
//! dbt Core reads YAML 1.1 and Fusion nearly 1.2, so that some texts without quotes are
//! numbers or truth values for one of them only.

use crate::yaml::{Style, Value};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// `key:`, `~`, `null`
    Null,
    /// A text.
    Text,
    /// A number or a truth value: `2024`, `true`.
    NoText,
    /// A number or a truth value for dbt Core, a text for Fusion: `no`, `12:30`.
    NoTextForCore,
    /// A list.
    List,
    /// Keys with values.
    Map,
}

pub(super) fn kind(value: Value<'_>) -> ValueKind {
    match value.text() {
        _ if value.is_null() => ValueKind::Null,
        _ if value.is_mapping() => ValueKind::Map,
        None => ValueKind::List,
        Some(text) if value.truth().is_some() => {
            let is_in_both =
                text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
            if is_in_both {
                ValueKind::NoText
            } else {
                ValueKind::NoTextForCore
            }
        }
        // A tag may make anything a text.
        Some(text) if value.style() == Some(Style::Plain) && !has_tag(value) => of_plain(text),
        Some(_) => ValueKind::Text,
    }
}

fn has_tag(value: Value<'_>) -> bool {
    value.outer_start() < value.span().start
}

/// Source: the types of YAML 1.1 (`int`, `float`) and the core schema of 1.2.
fn of_plain(text: &str) -> ValueKind {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if is_digits(whole) && is_digits(part) {
        let is_octal = whole.len() > 1 && whole.starts_with('0');
        return if is_octal {
            ValueKind::NoTextForCore
        } else {
            ValueKind::NoText
        };
    }
    let mut parts = unsigned.split(':');
    let is_sexagesimal = parts.next().is_some_and(is_digits)
        && unsigned.contains(':')
        && parts.all(|it| is_digits(it) && it.parse::<u8>().is_ok_and(|n| n < 60));
    if is_sexagesimal {
        ValueKind::NoTextForCore
    } else {
        ValueKind::Text
    }
}

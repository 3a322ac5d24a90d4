//! What a scalar without quotes is taken for, in YAML 1.1 and in YAML 1.2.
//!
//! dbt Core reads 1.1 and Fusion nearly 1.2, so a text that either would take
//! for something else needs quotes.

/// Whether both versions read it as no value.
pub(crate) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// The truth value that YAML 1.1 reads in it.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// Whether a text must be quoted to stay that text, in block context or, with
/// `in_flow`, between brackets. Rather too often than once too rarely: only
/// what starts with a letter and holds nothing suspicious does without.
pub(crate) fn needs_quotes(text: &str, in_flow: bool) -> bool {
    !starts_harmless(text)
        || text.ends_with([' ', ':'])
        || text.contains(": ")
        || text.contains(" #")
        || text.chars().any(|c| !is_harmless(c, in_flow))
        || is_null(text)
        || truth(text).is_some()
        || is_short_truth(text)
}

/// Numbers, dates and times start with a digit, a sign or a dot, indicators with
/// punctuation; `text` that starts with a letter is none of them.
fn starts_harmless(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '/')
}

fn is_harmless(c: char, in_flow: bool) -> bool {
    match c {
        // PyYAML has ended keys at any colon there.
        ',' | '[' | ']' | '{' | '}' | ':' => !in_flow,
        ' '..='~' => true,
        _ => c.is_alphanumeric(),
    }
}

/// YAML 1.1 lists these too, though PyYAML does not follow.
fn is_short_truth(text: &str) -> bool {
    matches!(text, "y" | "Y" | "n" | "N")
}

//! Values of an exposure's keys.

use dbt::{EXPOSURE_TYPES, MATURITIES, TypedScalar};

use super::context::Context;
use super::offers::{self, Value};
use super::workbooks::Part;
use super::{CompletionKind, Completions, owners, workbooks};

pub(super) fn offers(context: Context<'_>, key: &str, scalar: &TypedScalar) -> Completions {
    let of_list = |values: &[&str]| {
        let value = |it: &&str| Value::new(it, CompletionKind::Value);
        values.iter().map(value).collect()
    };
    let values = match key {
        "name" => workbooks::values(context, Part::Name),
        "label" => workbooks::values(context, Part::Title),
        "url" => workbooks::values(context, Part::Page),
        "owner.name" => owners::names(context),
        "owner.email" => owners::addresses(context),
        "type" => of_list(&EXPOSURE_TYPES),
        "maturity" => of_list(&MATURITIES),
        "config.enabled" => of_list(&["true", "false"]),
        _ => return Completions::default(),
    };
    // dbt takes `enabled: "false"` for a text.
    if key == "config.enabled" && scalar.quote.is_some() {
        return Completions::default();
    }
    let habit = match key {
        "label" | "url" | "owner.name" | "owner.email" => habit(context.file.text, key),
        _ => None,
    };
    offers::of_values(values, scalar, habit)
}

/// How the file quotes Tableau's words as values of a key.
fn habit(text: &str, key: &str) -> Option<char> {
    let name = key.rsplit('.').next().unwrap_or(key);
    let is_owners = key.starts_with("owner.");
    let mut counts = [0_usize; 3];
    for (at, _) in text.match_indices(&format!("{name}: ")) {
        let before = text[..at].trim_end_matches([' ', '{', ',']);
        if is_owners && before.ends_with('-') {
            continue;
        }
        match text[at + name.len() + 2..].chars().next() {
            Some('"') => counts[0] += 1,
            Some('\'') => counts[1] += 1,
            Some(c) if !c.is_whitespace() => counts[2] += 1,
            _ => {}
        }
    }
    match counts {
        [double, single, plain] if double >= single && double >= plain => Some('"'),
        [_, single, plain] if single >= plain => Some('\''),
        _ => None,
    }
}

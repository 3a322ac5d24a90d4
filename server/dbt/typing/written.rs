//! Texts as they are put in while someone types.

use crate::declare::text::{scalar, without_jinja};
use crate::yaml::Style;

/// A text as a scalar that dbt gives back as it was, whatever is in it: in the wanted
/// quotes, or in those that it needs. Between brackets with `in_flow`.
pub fn tableau_scalar(text: &str, quote: Option<char>, in_flow: bool) -> String {
    let style = match quote {
        Some('"') => Style::DoubleQuoted,
        Some(_) => Style::SingleQuoted,
        None => Style::Plain,
    };
    scalar(&without_jinja(text), style, in_flow)
}

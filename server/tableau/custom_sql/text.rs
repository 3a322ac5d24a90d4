//! What Tableau does to the text of a custom SQL query, undone.

use std::borrow::Cow;

/// Stands where a parameter's value stood. Valid as a number, and inside a string.
const VALUE: &str = "1";

/// The query with `<<` and `>>` single again and each parameter replaced by a value.
///
/// Read from left to right, as Tableau writes it: a `<` that is not doubled
/// begins a parameter, `<[Parameters].[Name]>` or, in old files, `<Parameters.Name>`.
pub(super) fn restored(query: &str) -> String {
    let mut sql = String::with_capacity(query.len());
    let mut rest = query;
    while let Some(at) = rest.find(['<', '>']) {
        let (text, mark) = rest.split_at(at);
        sql.push_str(text);
        if mark.starts_with("<<") || mark.starts_with(">>") {
            sql.push_str(&mark[..1]);
            rest = &mark[2..];
        } else if let Some(after) = after_parameter(mark) {
            sql.push_str(VALUE);
            rest = after;
        } else {
            sql.push_str(&mark[..1]);
            rest = &mark[1..];
        }
    }
    sql.push_str(rest);
    sql
}

/// What follows the parameter at the start of `text`, if there is one.
fn after_parameter(text: &str) -> Option<&str> {
    const OLD: &str = "Parameters.";
    let inner = text.strip_prefix('<')?;
    if inner
        .get(..OLD.len())
        .is_some_and(|it| it.eq_ignore_ascii_case(OLD))
    {
        let (name, after) = inner.split_once('>')?;
        return (!name.contains(['<', '\n'])).then_some(after);
    }
    let mut rest = inner;
    loop {
        rest = after_bracketed(rest)?;
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None => return rest.strip_prefix('>'),
        }
    }
}

fn after_bracketed(text: &str) -> Option<&str> {
    let mut rest = text.strip_prefix('[')?;
    loop {
        let (_, after) = rest.split_once(']')?;
        match after.strip_prefix(']') {
            Some(after) => rest = after,
            None => return Some(after),
        }
    }
}

/// The query with HTML entities resolved; `None` where it has none.
pub(super) fn without_entities(query: &str) -> Option<String> {
    match quick_xml::escape::unescape(query) {
        Ok(Cow::Owned(text)) => Some(text),
        _ => None,
    }
}

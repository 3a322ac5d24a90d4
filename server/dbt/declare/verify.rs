//! Whether an edit did what it was meant to do, and nothing else.

use super::content::Content;
use super::strict::refuse_tab_below;
use crate::edit::TextEdit;
use crate::error::Error;
use crate::yaml::{Value, Yaml};

/// Reads the text after `edit` and compares it with what was there before.
pub(super) fn verify(
    text: &str,
    before: &Yaml<'_>,
    edit: &TextEdit,
    new: &[Content],
) -> Result<(), Error> {
    refuse_tab_below(text, std::slice::from_ref(edit))?;
    let edited = edit.apply(text);
    let after = Yaml::parse(&edited).map_err(|_| Error::EditNotExact)?;
    // A block scalar on a last line without line end gains that line end.
    let ended = format!("{text}\n");
    let ended = (!text.ends_with('\n')).then(|| Yaml::parse(&ended));
    let is_exact = adds_only(before, &after, new)
        || matches!(ended, Some(Ok(before)) if adds_only(&before, &after, new));
    if after.n_documents != 1 || !is_exact {
        return Err(Error::EditNotExact);
    }
    Ok(())
}

/// Whether `after` is `before` with these exposures at the list's end.
fn adds_only(before: &Yaml<'_>, after: &Yaml<'_>, new: &[Content]) -> bool {
    let Some(after) = after.root() else {
        return false;
    };
    let before = before.root().filter(|root| !root.is_null());
    let Some(before) = before else {
        let exposures = after.get("exposures");
        let version = after.get("version").and_then(Value::text);
        return after.pairs().count() == 2
            && version == Some("2")
            && exposures.is_some_and(|it| extends(None, it, new));
    };
    let had_list = before.own_pair("exposures").is_some();
    let mut pairs = after.pairs();
    let all_same = before.pairs().all(|(key, value)| {
        let Some((key_after, value_after)) = pairs.next() else {
            return false;
        };
        let is_list = key.text() == Some("exposures");
        key.is_same(key_after)
            && if is_list {
                extends(Some(value), value_after, new)
            } else {
                value.is_same(value_after)
            }
    });
    let added = pairs.next();
    let is_added = match added {
        Some((key, value)) => {
            !had_list && key.text() == Some("exposures") && extends(None, value, new)
        }
        None => had_list,
    };
    all_same && is_added && pairs.next().is_none()
}

fn extends(before: Option<Value<'_>>, after: Value<'_>, new: &[Content]) -> bool {
    let mut items = after.items();
    let old = before.into_iter().flat_map(Value::items);
    let all_same = old
        .into_iter()
        .all(|old| items.next().is_some_and(|item| old.is_same(item)));
    let mut new = new.iter();
    let are_new = new.all(|new| items.next().is_some_and(|item| says(item, new)));
    all_same && are_new && items.next().is_none()
}

/// Whether a value is what was to be written.
fn says(value: Value<'_>, content: &Content) -> bool {
    match content {
        Content::Scalar(scalar) => value.filled_text() == Some(scalar.value.as_str()),
        Content::List(items, _) => {
            let mut values = value.items();
            value.is_sequence()
                && values.len() == items.len()
                && items
                    .iter()
                    .all(|item| values.next().and_then(Value::filled_text) == Some(&item.value))
        }
        Content::Map(keys, _) => {
            let mut pairs = value.pairs();
            let all_same = keys.iter().all(|(key, content)| {
                let pair = pairs.next();
                pair.is_some_and(|(it, value)| it.text() == Some(key) && says(value, content))
            });
            value.is_mapping() && all_same && pairs.next().is_none()
        }
    }
}

//! JSON as Tableau's REST API writes it.
//!
//! Numbers and booleans come as strings, an empty collection as `{}`, a single item
//! without its list. These readers take every form; what is absent stays absent.

use serde_json::Value;

/// Takes a field out. Indexing with `[..]` would panic where the value is no object.
pub(crate) fn take(value: &mut Value, field: &str) -> Value {
    value.get_mut(field).map_or(Value::Null, Value::take)
}

/// A text that is there and not empty; numbers and booleans count.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// A whole number, written as one or as a string.
pub(crate) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The items of a collection, such as those of `"workbooks": {"workbook": […]}`.
pub(crate) fn items(collection: Value, item: &str) -> Vec<Value> {
    let inner = match collection {
        Value::Object(mut fields) => match fields.remove(item) {
            Some(inner) => inner,
            None => return Vec::new(),
        },
        other => other,
    };
    match inner {
        Value::Array(items) => items.into_iter().filter(|it| !it.is_null()).collect(),
        Value::Object(fields) if fields.is_empty() => Vec::new(),
        Value::Object(fields) => vec![Value::Object(fields)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_collection_has_many_forms() {
        let check = |collection: Value, expected: Value| {
            assert_eq!(Value::Array(items(collection, "view")), expected);
        };
        check(
            json!({"view": [{"id": 1}, {"id": 2}]}),
            json!([{"id": 1}, {"id": 2}]),
        );
        check(json!({"view": {"id": 1}}), json!([{"id": 1}]));
        check(json!({"view": [null, {"id": 1}]}), json!([{"id": 1}]));
        check(json!([{"id": 1}]), json!([{"id": 1}]));
        check(json!({"view": []}), json!([]));
        check(json!({"view": {}}), json!([]));
        check(json!({"view": null}), json!([]));
        check(json!({"view": "x"}), json!([]));
        check(json!({}), json!([]));
        check(json!(null), json!([]));
    }

    #[test]
    fn numbers_come_as_strings() {
        assert_eq!(number(&json!(250)), Some(250));
        assert_eq!(number(&json!("250")), Some(250));
        assert_eq!(number(&json!(" 250 ")), Some(250));
        assert_eq!(number(&json!("")), None);
        assert_eq!(number(&json!(-1)), None);
        assert_eq!(number(&json!(1.5)), None);
        assert_eq!(number(&json!(null)), None);
    }

    #[test]
    fn texts_come_as_anything() {
        assert_eq!(text(&json!("a")), Some("a".to_owned()));
        assert_eq!(text(&json!(404_000)), Some("404000".to_owned()));
        assert_eq!(text(&json!(true)), Some("true".to_owned()));
        assert_eq!(text(&json!("")), None);
        assert_eq!(text(&json!({})), None);
    }
}

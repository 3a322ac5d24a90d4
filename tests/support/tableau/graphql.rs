//! The Metadata API: runs a query against the graph and words its errors as Tableau does.

use std::sync::Arc;

use async_graphql::dynamic::Schema;
use async_graphql::{PathSegment, ServerError, Variables};
use serde_json::{Value, json};

use super::execution::Execution;

/// The answer to the body of a request.
pub(crate) async fn answer(schema: &Schema, execution: Execution, body: &[u8]) -> Value {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return json!({"errors": [{"message": "the body is no JSON", "extensions": null}]});
    };
    let execution = Arc::new(execution);
    let mut request = async_graphql::Request::new(body["query"].as_str().unwrap_or_default())
        .variables(Variables::from_json(body["variables"].clone()))
        .data(Arc::clone(&execution));
    if let Some(name) = body["operationName"].as_str() {
        request = request.operation_name(name);
    }
    let response = schema.execute(request).await;
    let mut data = response.data.into_json().unwrap_or_default();
    let mut errors: Vec<Value> = Vec::new();
    for error in &response.errors {
        errors.push(word(error, &mut data));
    }
    errors.sort_by_key(|it| it["path"].to_string());
    if execution.effects.has_null_elements {
        append_nulls(&mut data);
    }
    errors.extend(execution.into_warnings());
    let mut answer = json!({});
    if !data.is_null() {
        answer["data"] = data;
    }
    if !errors.is_empty() {
        answer["errors"] = Value::Array(errors);
    }
    answer
}

/// Ends each list of objects with a null, as the schema allows.
fn append_nulls(data: &mut Value) {
    match data {
        Value::Object(members) => members.values_mut().for_each(append_nulls),
        Value::Array(items) => {
            items.iter_mut().for_each(append_nulls);
            items.push(Value::Null);
        }
        _ => (),
    }
}

/// An error in graphql-java's words, which Tableau uses.
fn word(error: &ServerError, data: &mut Value) -> Value {
    let path: Vec<Value> = error.path.iter().map(segment).collect();
    if let Some((field, owner)) = unknown_field(&error.message) {
        return json!({
            "message": format!(
                "Validation error (FieldUndefined@[{field}]) : Field '{field}' in type '{owner}' is undefined"
            ),
            "locations": error.locations,
            "extensions": {"classification": "ValidationError"},
        });
    }
    if error.message.contains("non-null types require") {
        null_parent(data, &path);
        return json!({
            "message": "Cannot return null for non-nullable type",
            "path": path,
            "extensions": {"classification": "NullValueInNonNullableField"},
        });
    }
    let extensions = match &error.extensions {
        Some(extensions) => json!(extensions),
        None if path.is_empty() => json!({"classification": "ValidationError"}),
        None => json!({"classification": "DataFetchingException"}),
    };
    json!({
        "message": error.message,
        "path": path,
        "locations": error.locations,
        "extensions": extensions,
    })
}

fn segment(segment: &PathSegment) -> Value {
    match segment {
        PathSegment::Field(name) => json!(name),
        PathSegment::Index(index) => json!(index),
    }
}

/// `Unknown field "x" on type "Y"`.
fn unknown_field(message: &str) -> Option<(&str, &str)> {
    let rest = message.strip_prefix("Unknown field \"")?;
    let (field, rest) = rest.split_once('"')?;
    let (_, rest) = rest.split_once("on type \"")?;
    let (owner, _) = rest.split_once('"')?;
    Some((field, owner))
}

/// GraphQL's rule: where a field may not be null, the object around it is.
fn null_parent(data: &mut Value, path: &[Value]) {
    let Some((_, parents)) = path.split_last() else {
        return;
    };
    let mut at = data;
    for segment in parents {
        let next = match segment {
            Value::String(name) => at.get_mut(name),
            Value::Number(index) => at.get_mut(index.as_u64().unwrap_or_default() as usize),
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => return,
        }
    }
    *at = Value::Null;
}

//! REST in XML: values as attributes, objects and lists as elements, as Tableau writes them.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value, json};

/// Values that are elements, not attributes.
const ELEMENTS: [&str; 5] = ["restApiVersion", "summary", "detail", "content", "notes"];

/// A whole answer.
pub(crate) fn response(value: &Value) -> String {
    let mut out = String::from(concat!(
        "<?xml version='1.0' encoding='UTF-8'?>",
        "<tsResponse xmlns=\"http://tableau.com/api\" ",
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"",
        "http://tableau.com/api http://tableau.com/api/ts-api-2.3.xsd\">",
    ));
    if let Value::Object(members) = value {
        for (name, value) in members {
            element(&mut out, name, value);
        }
    }
    out.push_str("</tsResponse>");
    out
}

fn element(out: &mut String, name: &str, value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(|it| element(out, name, it)),
        Value::Object(members) => object(out, name, members),
        Value::Null => (),
        other => {
            let text = text_of(other);
            out.push_str(&format!("<{name}>{}</{name}>", escape(text.as_ref())));
        }
    }
}

fn object(out: &mut String, name: &str, members: &Map<String, Value>) {
    let is_inside = |it: &(&String, &Value)| {
        it.1.is_object() || it.1.is_array() || ELEMENTS.contains(&it.0.as_str())
    };
    out.push_str(&format!("<{name}"));
    for (name, value) in members.iter().filter(|it| !is_inside(it)) {
        // A version's own text stands between its tags.
        if !value.is_null() && name != "value" {
            let text = text_of(value);
            out.push_str(&format!(" {name}=\"{}\"", escape(text.as_ref())));
        }
    }
    out.push('>');
    if let Some(value) = members.get("value") {
        out.push_str(&escape(text_of(value).as_ref()));
    }
    for (name, value) in members.iter().filter(is_inside) {
        element(out, name, value);
    }
    out.push_str(&format!("</{name}>"));
}

fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// A request's body, JSON or XML, as JSON: attributes are members, elements objects.
pub(crate) fn request_body(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| read_xml(body).unwrap_or(Value::Null))
}

/// What lies in `<tsRequest>`.
fn read_xml(body: &[u8]) -> Option<Value> {
    let mut reader = Reader::from_reader(body);
    let mut open: Vec<(String, Value)> = Vec::new();
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(start) => open.push(begin(&start)?),
            Event::Empty(start) => {
                let (name, value) = begin(&start)?;
                open.last_mut()?.1[name] = value;
            }
            Event::End(_) => {
                let (name, value) = open.pop()?;
                match open.last_mut() {
                    Some((_, parent)) => parent[name] = value,
                    None => return Some(value),
                }
            }
            Event::Eof => return None,
            _ => (),
        }
        buffer.clear();
    }
}

fn begin(start: &BytesStart<'_>) -> Option<(String, Value)> {
    let name = start.local_name().as_ref().to_owned();
    let mut value = json!({});
    for attribute in start.attributes().flatten() {
        let text = quick_xml::escape::unescape(&attribute.value).ok()?;
        value[attribute.key.local_name().as_ref()] = json!(text);
    }
    Some((name, value))
}

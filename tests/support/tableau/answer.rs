//! What is sent back, in the format that was asked for.

use serde_json::{Value, json};

use super::fault::Oddity;

/// An answer, before a fault spoils it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// What a REST call leads to.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Value(u16, Value),
    Nothing,
    File(String, Vec<u8>),
}

/// An error in Tableau's shape; the code's first three digits are the status.
#[derive(Clone, Debug)]
pub(crate) struct RestError {
    code: String,
    summary: String,
    detail: String,
}

impl RestError {
    pub(crate) fn new(code: &str, summary: &str, detail: &str) -> Self {
        Self {
            code: code.to_owned(),
            summary: summary.to_owned(),
            detail: detail.to_owned(),
        }
    }

    pub(crate) fn unauthorized() -> Self {
        let detail = "Invalid authentication credentials were provided.";
        Self::new("401002", "Unauthorized Access", detail)
    }

    pub(crate) fn forbidden(detail: &str) -> Self {
        Self::new("403004", "Forbidden", detail)
    }

    pub(crate) fn not_found(code: &str, detail: &str) -> Self {
        Self::new(code, "Resource Not Found", detail)
    }

    /// For a status that says nothing of why.
    pub(crate) fn of_status(status: u16) -> Self {
        match status {
            429 => Self::new("429000", "Too Many Requests", "Too many requests were made"),
            _ => Self::new(
                &format!("{status}000"),
                "Error",
                "The server cannot answer now",
            ),
        }
    }

    fn status(&self) -> u16 {
        self.code[..3].parse().unwrap_or(500)
    }
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type", content_type.to_owned())],
            body: body.into(),
        }
    }

    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::new(status, "application/json;charset=UTF-8", value.to_string())
    }

    /// A REST reply, as JSON for those who ask for it, else as XML.
    pub(crate) fn rest(
        reply: Result<Reply, RestError>,
        wants_json: bool,
        oddities: &[Oddity],
    ) -> Self {
        let (status, mut value) = match reply {
            Ok(Reply::Nothing) => return Self::new(204, "application/json", ""),
            Ok(Reply::File(name, bytes)) => return Self::file(&name, bytes),
            Ok(Reply::Value(status, value)) => (status, value),
            Err(error) => (
                error.status(),
                json!({"error": {
                    "summary": error.summary,
                    "detail": error.detail,
                    "code": error.code,
                }}),
            ),
        };
        if !wants_json {
            let text = super::xml::response(&value);
            return Self::new(status, "application/xml;charset=utf-8", text);
        }
        for oddity in oddities {
            make_odd(&mut value, *oddity);
        }
        Self::json(status, &value)
    }

    fn file(name: &str, bytes: Vec<u8>) -> Self {
        let content_type = match name.ends_with('x') {
            true => "application/octet-stream",
            false => "application/xml",
        };
        let mut answer = Self::new(200, content_type, bytes);
        let disposition = format!("name=\"tableau_workbook\"; filename=\"{name}\"");
        answer.headers.push(("content-disposition", disposition));
        answer
    }

    /// What the Metadata API says without a session: Spring's words, and no code.
    pub(crate) fn spring_unauthorized() -> Self {
        let body = json!({
            "timestamp": "2025-03-01T10:00:00.000+0000",
            "status": 401,
            "error": "Unauthorized",
            "path": "/relationship-service-war/graphql",
        });
        Self::json(401, &body)
    }
}

/// Writes the lists, or the values, as Tableau does at times.
fn make_odd(value: &mut Value, oddity: Oddity) {
    match value {
        Value::Object(members) => {
            let lists: Vec<String> = members
                .iter()
                .filter(|(_, it)| it.is_array())
                .map(|(name, _)| name.clone())
                .collect();
            for name in lists {
                make_list_odd(members, &name, oddity);
            }
            members.values_mut().for_each(|it| make_odd(it, oddity));
        }
        Value::Array(items) => items.iter_mut().for_each(|it| make_odd(it, oddity)),
        Value::Number(_) | Value::Bool(_) if oddity == Oddity::Strings => {
            *value = Value::String(value.to_string());
        }
        _ => (),
    }
}

fn make_list_odd(members: &mut serde_json::Map<String, Value>, name: &str, oddity: Oddity) {
    let Some(Value::Array(items)) = members.get_mut(name) else {
        return;
    };
    match (oddity, items.len()) {
        (Oddity::EmptyObject, 0) => drop(members.remove(name)),
        (Oddity::SingleObject, 1) => {
            let only = items.remove(0);
            members.insert(name.to_owned(), only);
        }
        _ => (),
    }
}

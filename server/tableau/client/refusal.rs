//! What a server says when it refuses, in whichever form it says it.
//!
//! Tableau answers in JSON or XML, its Metadata API in the form of its framework, a
//! proxy or a login page in HTML, and some send nothing at all.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use crate::loose;
use crate::site_error::{Said, SiteError};

/// An answer whose status is an error that will not pass by itself.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: Option<String>,
    pub(super) said: Said,
    pub(super) is_html: bool,
}

impl Refusal {
    pub(super) fn read(status: u16, body: &[u8], is_html: bool) -> Refusal {
        let (code, text) = match body.trim_ascii_start().first() {
            _ if is_html => (None, String::new()),
            Some(b'{') => of_json(body),
            Some(b'<') => of_xml(body),
            _ => (
                None,
                String::from_utf8_lossy(&body[..body.len().min(2000)]).into_owned(),
            ),
        };
        Refusal {
            status,
            code: code.filter(|it| it.len() <= 12),
            said: Said::new(&text),
            is_html,
        }
    }

    pub(super) fn has_code(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|it| codes.contains(&it))
    }

    pub(super) fn into_error(self, host: String, doing: &'static str) -> SiteError {
        let Refusal {
            status, code, said, ..
        } = self;
        match status {
            407 => SiteError::ProxyRefused { host, said },
            _ if self.is_html => SiteError::NotTableau {
                host,
                doing,
                reason: "a web page",
            },
            500.. => SiteError::ServerFault {
                host,
                doing,
                status,
                code,
                said,
            },
            _ => SiteError::Refused {
                host,
                doing,
                status,
                code,
                said,
            },
        }
    }
}

/// Whether a body is a web page, whatever it is labelled as.
pub(super) fn is_html(content_type: Option<&str>, body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    let begins = |tag: &[u8]| {
        start
            .get(..tag.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(tag))
    };
    content_type.is_some_and(|it| it.to_ascii_lowercase().contains("html"))
        || begins(b"<!doctype html")
        || begins(b"<html")
}

/// `{"error":{"summary","detail","code"}}`, or `{"status":401,"error":"Unauthorized"}`.
fn of_json(body: &[u8]) -> (Option<String>, String) {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        return (None, String::new());
    };
    let error = &answer["error"];
    let of = |value: &Value| loose::text(value);
    if error.is_object() {
        let text = joined(of(&error["summary"]), of(&error["detail"]));
        return (of(&error["code"]), text);
    }
    (None, joined(of(error), of(&answer["message"])))
}

/// `<error code="404006"><summary/><detail/></error>`, in whichever namespace.
fn of_xml(body: &[u8]) -> (Option<String>, String) {
    let text = String::from_utf8_lossy(body);
    let mut reader = Reader::from_str(&text);
    let (mut code, mut texts, mut is_text) = (None, Vec::new(), false);
    // Tableau's errors have a dozen events; anything longer is something else.
    for _ in 0..100 {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                let name = tag.local_name();
                is_text = matches!(name.as_ref(), "summary" | "detail");
                if name.as_ref() == "error" {
                    let attribute = tag.try_get_attribute("code").ok().flatten();
                    code = attribute.map(|it| it.value.into_owned());
                }
            }
            Ok(Event::Text(text)) if is_text => {
                texts.push(text.to_string());
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    (code, joined(texts.first().cloned(), texts.get(1).cloned()))
}

fn joined(summary: Option<String>, detail: Option<String>) -> String {
    match (summary, detail) {
        (Some(summary), Some(detail)) => format!("{summary}: {detail}"),
        (summary, detail) => summary.or(detail).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(status: u16, body: &str, expect: Expect) {
        let refusal = Refusal::read(status, body.as_bytes(), is_html(None, body.as_bytes()));
        let error = refusal.into_error("bi.acme.com".to_owned(), "read content");
        expect.assert_eq(&error.to_string());
    }

    #[test]
    fn a_refusal_is_read_in_every_form() {
        check(
            404,
            r#"{"error":{"summary":"Not Found","detail":"No workbook","code":"404006"}}"#,
            expect![
                "cannot read content on bi.acme.com: refused (status 404, code 404006: Not Found: No workbook)"
            ],
        );
        check(
            403,
            r#"{"error":{"code":403004}}"#,
            expect!["cannot read content on bi.acme.com: refused (status 403, code 403004)"],
        );
        check(
            404,
            r#"<?xml version="1.0"?><t:tsResponse xmlns:t="http://tableau.com/api"><t:error code="404006"><t:summary>Not Found</t:summary><t:detail>No workbook</t:detail></t:error></t:tsResponse>"#,
            expect![
                "cannot read content on bi.acme.com: refused (status 404, code 404006: Not Found: No workbook)"
            ],
        );
        check(
            400,
            r#"<tsResponse><error code="400000"/></tsResponse>"#,
            expect!["cannot read content on bi.acme.com: refused (status 400, code 400000)"],
        );
        check(
            403,
            r#"{"timestamp":1,"status":403,"error":"Forbidden","path":"/graphql"}"#,
            expect!["cannot read content on bi.acme.com: refused (status 403: Forbidden)"],
        );
        check(
            400,
            "",
            expect!["cannot read content on bi.acme.com: refused (status 400)"],
        );
        check(
            400,
            "bad\u{1b}[31m request\r\n",
            expect!["cannot read content on bi.acme.com: refused (status 400: bad [31m request)"],
        );
        check(
            400,
            "{",
            expect!["cannot read content on bi.acme.com: refused (status 400)"],
        );
        check(
            403,
            "<html><body>Log in</body></html>",
            expect!["cannot read content on bi.acme.com: the answer is not Tableau's (a web page)"],
        );
        check(
            403,
            "\n<!DOCTYPE HTML><title>Blocked</title>",
            expect!["cannot read content on bi.acme.com: the answer is not Tableau's (a web page)"],
        );
        check(
            407,
            "<html>proxy</html>",
            expect!["cannot reach bi.acme.com: the proxy refused"],
        );
        check(
            500,
            r#"{"error":{"summary":"Internal","detail":"x","code":"500000"}}"#,
            expect![
                "cannot read content on bi.acme.com: the server failed (status 500, code 500000: Internal: x)"
            ],
        );
    }

    #[test]
    fn a_long_text_is_cut() {
        let body = "x".repeat(100_000);
        let error = Refusal::read(400, body.as_bytes(), false).into_error("h".to_owned(), "ask");
        assert!(error.to_string().chars().count() < 300);
    }
}

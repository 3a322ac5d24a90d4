//! A client of a few lines: one connection for each request.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::support::tableau::Running;
use crate::support::tableau::site::{TOKEN_NAME, TOKEN_SECRET};

/// An answer, as far as it came.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|it| panic!("{it}: {}", self.body))
    }

    /// Status and error code, for errors: `401 401002`.
    pub(crate) fn error(&self) -> String {
        let code = self.json()["error"]["code"].clone();
        format!("{} {}", self.status, code.as_str().unwrap_or_default())
    }
}

/// A signed-in client of the first site.
pub(crate) struct Client<'a> {
    running: &'a Running,
    pub(crate) token: String,
    pub(crate) site: String,
}

impl<'a> Client<'a> {
    pub(crate) fn sign_in(running: &'a Running) -> Self {
        let answer = sign_in(running, &running.site().content_url, TOKEN_SECRET);
        let credentials = &answer.json()["credentials"];
        let text = |it: &Value| it.as_str().expect("text").to_owned();
        Self {
            running,
            token: text(&credentials["token"]),
            site: text(&credentials["site"]["id"]),
        }
    }

    /// Asks for something below the site.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "")
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let path = format!("/api/3.25/sites/{}/{path}", self.site);
        send(self.running, method, &path, &self.headers(), body).expect("an answer")
    }

    /// Runs a query.
    pub(crate) fn query(&self, query: &str, variables: Value) -> Value {
        self.post_query(query, variables).expect("an answer").json()
    }

    pub(crate) fn post_query(&self, query: &str, variables: Value) -> io::Result<Answer> {
        let body = json!({"query": query, "variables": variables}).to_string();
        let path = "/api/metadata/graphql";
        send(self.running, "POST", path, &self.headers(), &body)
    }

    fn headers(&self) -> String {
        format!(
            "Accept: application/json\r\nX-Tableau-Auth: {}\r\n",
            self.token
        )
    }
}

/// Signs in with the token of tests and this secret.
pub(crate) fn sign_in(running: &Running, site: &str, secret: &str) -> Answer {
    let body = json!({"credentials": {
        "personalAccessTokenName": TOKEN_NAME,
        "personalAccessTokenSecret": secret,
        "site": {"contentUrl": site},
    }});
    let path = "/api/3.25/auth/signin";
    let accept = "Accept: application/json\r\n";
    send(running, "POST", path, accept, &body.to_string()).expect("an answer")
}

/// Sends one request; an error where the answer does not come whole.
pub(crate) fn send(
    running: &Running,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(running.socket())?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {host}\r\n{headers}Content-Length: {length}\r\n\r\n{body}",
        host = running.socket(),
    )?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes).expect("UTF-8");
    let (head, body) = text
        .split_once("\r\n\r\n")
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
    let head = head.to_lowercase();
    let promised = head
        .lines()
        .find_map(|it| it.strip_prefix("content-length: "));
    if promised.is_some_and(|it| it.parse() != Ok(body.len())) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Answer {
        status: status.ok_or(io::ErrorKind::InvalidData)?,
        body: body.to_owned(),
        head,
    })
}

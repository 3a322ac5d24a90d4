//! What comes in, before the framework sees it.
//!
//! The framework stops for good at the first message that it cannot read, drops
//! a message whose addresses are not quite legal, refuses what comes right after
//! `initialize`, lets an `exit` overtake the `shutdown` before it, and refuses a
//! `shutdown` that has empty parameters (as some Emacs sends it). Here what is no
//! message is skipped, addresses are mended (some clients write `[x]` and spaces as
//! they are), parameters of what takes none are left out, and what has to wait waits.

use std::io;
use std::time::Duration;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader,
};
use tokio::sync::watch;
use tower_lsp::jsonrpc::{Request, Response};

use super::peer::Phase;

/// A header line longer than this is no header.
const MAX_HEADER: u64 = 8 << 10;
/// A message longer than this is not read into memory. Files longer than 16 MB are none of ours.
const MAX_MESSAGE: u64 = 256 << 20;
/// How long a message waits for the answer to the one before it.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// How the input ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Farewell {
    /// Whether the client asked for a shutdown, as it must before `exit`.
    pub(super) shutdown_asked: bool,
}

/// Passes messages on until `exit` or the end of `input`. `phase` tells what the
/// server has done.
pub(super) async fn forward(
    input: impl AsyncRead + Unpin,
    mut output: impl AsyncWrite + Unpin,
    mut phase: watch::Receiver<Phase>,
) -> Farewell {
    let mut input = BufReader::new(input);
    let mut farewell = Farewell::default();
    loop {
        let body = match next_body(&mut input).await {
            Ok(Some(body)) => body,
            Ok(None) => return farewell,
            Err(error) => {
                tracing::error!(%error, "cannot read from the client");
                return farewell;
            }
        };
        let Some(message) = Message::read(body) else {
            continue;
        };
        farewell.shutdown_asked |= message.method == "shutdown";
        let is_exit = message.method == "exit";
        if is_exit && farewell.shutdown_asked {
            wait(&mut phase, Phase::Closed).await;
        }
        if write(&mut output, &message.body).await.is_err() || is_exit {
            return farewell;
        }
        if message.method == "initialize" {
            wait(&mut phase, Phase::Running).await;
        }
    }
}

/// Waits, not for ever: a request may have been refused.
async fn wait(phase: &mut watch::Receiver<Phase>, wanted: Phase) {
    let reached = phase.wait_for(|it| *it >= wanted);
    let _ = tokio::time::timeout(MAX_WAIT, reached).await;
}

async fn write(output: &mut (impl AsyncWrite + Unpin), body: &[u8]) -> io::Result<()> {
    output
        .write_all(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes())
        .await?;
    output.write_all(body).await?;
    output.flush().await
}

/// The body of the next message; what stands before its header is skipped.
async fn next_body(input: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut length: Option<u64> = None;
    let mut n_skipped = 0;
    loop {
        let mut line = Vec::new();
        if (&mut *input)
            .take(MAX_HEADER)
            .read_until(b'\n', &mut line)
            .await?
            == 0
        {
            return Ok(None);
        }
        let line = line.trim_ascii();
        if let Some(stated) = content_length(line) {
            length = Some(stated);
        } else if line.is_empty() && length.is_some() {
            break;
        } else if !line.is_empty() && !line.to_ascii_lowercase().starts_with(b"content-type") {
            n_skipped += 1;
        }
    }
    if n_skipped > 0 {
        tracing::warn!(n_skipped, "lines before a message that are none");
    }
    let length = length.unwrap_or_default();
    if length > MAX_MESSAGE {
        let message = format!("a message of {length} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    let mut body = Vec::new();
    let n_read = (&mut *input).take(length).read_to_end(&mut body).await?;
    Ok((n_read as u64 == length).then_some(body))
}

fn content_length(line: &[u8]) -> Option<u64> {
    let line = std::str::from_utf8(line).ok()?;
    // Garbage may stand before the header, without an end of line.
    let at = line.to_ascii_lowercase().find("content-length:")?;
    line.get(at + "content-length:".len()..)?
        .trim()
        .parse()
        .ok()
}

/// A message that the framework can read.
struct Message {
    /// Empty for an answer.
    method: String,
    body: Vec<u8>,
}

impl Message {
    fn read(body: Vec<u8>) -> Option<Message> {
        let request = match serde_json::from_slice::<Request>(&body) {
            Ok(request) if !request.method().is_empty() => request,
            // An answer looks like a request without a method.
            read => match serde_json::from_slice::<Response>(&body) {
                Ok(_) => {
                    return Some(Message {
                        method: String::new(),
                        body,
                    });
                }
                Err(error) => {
                    let error = read.err().unwrap_or(error);
                    tracing::error!(%error, "a message that is none is skipped");
                    return None;
                }
            },
        };
        let method = request.method().to_owned();
        let takes_none = matches!(method.as_str(), "shutdown" | "exit");
        let body = match request.params() {
            Some(_) if takes_none => with_params(request, |_| None)?,
            Some(params) if needs_mending(params) => with_params(request, mended)?,
            _ => body,
        };
        Some(Message { method, body })
    }
}

fn mended(mut params: Value) -> Option<Value> {
    mend(&mut params);
    Some(params)
}

fn with_params(request: Request, change: fn(Value) -> Option<Value>) -> Option<Vec<u8>> {
    let (method, id, params) = request.into_parts();
    let request = Request::build(method);
    let request = match params.and_then(change) {
        Some(params) => request.params(params),
        None => request,
    };
    let request = if let Some(id) = id {
        request.id(id)
    } else {
        request
    };
    serde_json::to_vec(&request.finish()).ok()
}

/// Where addresses stand in what a client sends.
const ADDRESSES: [&str; 5] = ["uri", "rootUri", "scopeUri", "oldUri", "newUri"];

fn needs_mending(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| match value {
            Value::String(text) => ADDRESSES.contains(&key.as_str()) && mended_uri(text).is_some(),
            _ => needs_mending(value),
        }),
        Value::Array(items) => items.iter().any(needs_mending),
        _ => false,
    }
}

fn mend(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if ADDRESSES.contains(&key.as_str()) => {
                        if let Some(mended) = mended_uri(text) {
                            *text = mended;
                        }
                    }
                    _ => mend(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mend),
        _ => {}
    }
}

/// What no address may hold as it is (RFC 3986); `[` and `]` may, in a host.
const ILLEGAL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');
const ILLEGAL_IN_PATH: &AsciiSet = &ILLEGAL.add(b'[').add(b']');

/// The address with what is illegal in it encoded; `None` when nothing is.
fn mended_uri(uri: &str) -> Option<String> {
    let is_file = uri
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"));
    let set = if is_file { ILLEGAL_IN_PATH } else { ILLEGAL };
    let slashes = if is_file {
        uri.replace('\\', "/")
    } else {
        uri.to_owned()
    };
    let encoded = bare_percents(&slashes);
    let encoded = utf8_percent_encode(&encoded, set).to_string();
    (encoded != uri).then_some(encoded)
}

/// A `%` that encodes nothing stands for itself.
fn bare_percents(uri: &str) -> String {
    let mut out = String::with_capacity(uri.len());
    for (at, c) in uri.char_indices() {
        out.push(c);
        let digits = uri.as_bytes().get(at + 1..at + 3);
        let encodes = digits.is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit));
        if c == '%' && !encodes {
            out.push_str("25");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn forwarded(input: &[u8]) -> (String, Farewell) {
        let (_sender, phase) = watch::channel(Phase::Closed);
        let mut output = Vec::new();
        let farewell = forward(input, &mut output, phase).await;
        (
            String::from_utf8(output).expect("what is passed on is JSON"),
            farewell,
        )
    }

    fn frame(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    const HOVER: &str = r#"{"jsonrpc":"2.0","method":"textDocument/hover","params":{},"id":1}"#;
    const ANSWER: &str = r#"{"jsonrpc":"2.0","result":null,"id":0}"#;

    #[tokio::test]
    async fn messages_pass_as_they_are() {
        let both = frame(HOVER) + &frame(ANSWER);
        assert_eq!(forwarded(both.as_bytes()).await.0, both);
        let typed = format!(
            "content-length:{}\nContent-Type: application/vscode-jsonrpc; charset=utf8\n\n{HOVER}",
            HOVER.len()
        );
        assert_eq!(forwarded(typed.as_bytes()).await.0, frame(HOVER));
    }

    #[tokio::test]
    async fn what_is_no_message_is_skipped() {
        let noise = [
            "hello\r\n\r\n".to_owned(),
            "x".repeat(100_000),
            frame("{"),
            frame("[]"),
            frame(r#"{"jsonrpc":"1.0","method":"x"}"#),
            frame(r#"{"jsonrpc":"2.0"}"#),
            frame(""),
            "Content-Length: many\r\n\r\n".to_owned(),
        ];
        for noise in noise {
            let input = noise.clone() + &frame(HOVER);
            assert_eq!(
                forwarded(input.as_bytes()).await.0,
                frame(HOVER),
                "{noise:.40}"
            );
        }
        let cut = frame(HOVER) + "Content-Length: 99999\r\n\r\n{";
        assert_eq!(forwarded(cut.as_bytes()).await.0, frame(HOVER));
        let huge = frame(HOVER) + "Content-Length: 99999999999999\r\n\r\n{";
        assert_eq!(forwarded(huge.as_bytes()).await.0, frame(HOVER));
    }

    #[tokio::test]
    async fn the_end_says_whether_a_shutdown_was_asked_for() {
        let shutdown = frame(r#"{"jsonrpc":"2.0","method":"shutdown","id":1}"#);
        let exit = frame(r#"{"jsonrpc":"2.0","method":"exit"}"#);
        assert!(!forwarded(exit.as_bytes()).await.1.shutdown_asked);
        assert!(
            forwarded((shutdown + &exit).as_bytes())
                .await
                .1
                .shutdown_asked
        );
        // Nothing comes after exit.
        let more = exit.clone() + &frame(HOVER);
        assert_eq!(forwarded(more.as_bytes()).await.0, exit);
    }

    #[tokio::test]
    async fn what_takes_no_parameters_gets_none() {
        for (method, params) in [("shutdown", "{}"), ("shutdown", "[]"), ("exit", "{}")] {
            let sent =
                format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params},"id":7}}"#);
            let (passed, _) = forwarded(frame(&sent).as_bytes()).await;
            let (_, body) = passed.split_once("\r\n\r\n").expect("a message");
            let body: Value = serde_json::from_str(body).expect("JSON");
            let wanted = serde_json::json!({"jsonrpc": "2.0", "method": method, "id": 7});
            assert_eq!(body, wanted);
        }
    }

    #[test]
    fn addresses_are_mended() {
        let check =
            |uri: &str, expect: Option<&str>| assert_eq!(mended_uri(uri).as_deref(), expect);
        check("file:///w/a.sql", None);
        check("file:///w/caf%C3%A9/%5Bx%5D/%23.sql", None);
        check(
            "file:///w/[x] y/café.sql",
            Some("file:///w/%5Bx%5D%20y/caf%C3%A9.sql"),
        );
        check("file:///w/100%.sql", Some("file:///w/100%25.sql"));
        check(r"file:///C:\w\a.sql", Some("file:///C:/w/a.sql"));
        check("untitled:Untitled 1", Some("untitled:Untitled%201"));
        check("http://[::1]/x", None);
    }

    #[tokio::test]
    async fn a_message_with_an_illegal_address_is_mended() {
        let open = r#"{"jsonrpc":"2.0","method":"m","params":{"textDocument":{"uri":"file:///[x]","text":"uri [y]"}}}"#;
        let (passed, _) = forwarded(frame(open).as_bytes()).await;
        assert!(passed.contains("file:///%5Bx%5D"), "{passed}");
        assert!(passed.contains("uri [y]"), "{passed}");
    }
}

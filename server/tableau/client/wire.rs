//! One call on the wire: bounded, counted, tried again, its redirects judged.
//!
//! What an answer means for a session, a page or a query is left to the callers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::header::{ETAG, LAST_MODIFIED, LOCATION, RETRY_AFTER};
use reqwest::{Method, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::sync::Semaphore;
use url::Url;

use super::ClientOptions;
use super::connect::connector;
use super::fault::{self, Fault};
use super::refusal::{self, Refusal};
use crate::address::SiteAddress;
use crate::site_error::SiteError;

/// Redirects of one call, all of them on one server.
const MAX_REDIRECTS: u32 = 4;

/// No pause between two tries is longer, unless the site asks for it.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// What stays as it is in a query: Tableau's filters are written with colons and commas.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b':')
    .remove(b',');

/// The connections to one server, and the bounds on their use.
pub(super) struct Wire {
    /// Absent when offline, so that nothing can be sent by mistake.
    http: Option<reqwest::Client>,
    options: ClientOptions,
    permits: Semaphore,
    requests: AtomicU64,
    bytes: AtomicU64,
    clock: fn() -> Timestamp,
}

/// What was asked of a site so far.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Requests that were sent, with those that were sent again.
    pub requests: u64,
    /// Bytes of the answers' bodies, unpacked.
    pub bytes: u64,
}

/// One thing to ask.
pub(super) struct Call {
    method: Method,
    url: Url,
    body: Option<Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    wants: Wants,
    pub(super) doing: &'static str,
}

/// What an answer should hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wants {
    Json,
    File {
        max_bytes: u64,
    },
    /// A file with what tells its version; unless it is unchanged.
    Copy {
        max_bytes: u64,
    },
    Nothing,
}

/// A good answer.
#[derive(Debug)]
pub(super) enum Reply {
    /// Always an object.
    Json(Value),
    File(Vec<u8>),
    Copy {
        bytes: Vec<u8>,
        etag: Option<String>,
        last_modified: Option<String>,
    },
    Nothing,
}

/// How a call ended, once it was answered.
#[derive(Debug)]
pub(super) enum Outcome {
    Done(Reply),
    Refused(Refusal),
    /// Another server is named; whether to go there is not decided here.
    Elsewhere(Url),
}

/// An answer as it came.
struct Received {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Call {
    pub(super) fn new(method: Method, url: Url, doing: &'static str) -> Call {
        Call {
            method,
            url,
            body: None,
            headers: Vec::new(),
            wants: Wants::Json,
            doing,
        }
    }

    pub(super) fn wanting(self, wants: Wants) -> Call {
        Call { wants, ..self }
    }

    pub(super) fn with_body(self, body: Value) -> Call {
        Call {
            body: Some(body),
            ..self
        }
    }

    pub(super) fn with_headers(self, headers: Vec<(HeaderName, HeaderValue)>) -> Call {
        Call { headers, ..self }
    }

    /// What it carries and no message may repeat.
    fn secrets<'a>(&'a self, token: Option<&'a SecretString>) -> impl Iterator<Item = &'a str> {
        let sign_in = self.body.iter().map(|it| &it["credentials"]);
        let of_sign_in = sign_in.flat_map(|it| [&it["personalAccessTokenSecret"], &it["jwt"]]);
        let secrets = of_sign_in.filter_map(Value::as_str);
        let secrets = secrets.chain(token.map(ExposeSecret::expose_secret));
        secrets.filter(|it| !it.is_empty())
    }

    /// Host and port for messages; never the path or the query.
    pub(super) fn host(&self) -> String {
        host_of(&self.url)
    }
}

impl Received {
    /// Without secrets where it is an error, whose words are shown: some servers, and
    /// proxies more often, repeat what they were sent.
    fn without<'a>(self, secrets: impl Iterator<Item = &'a str>) -> Received {
        if (200..300).contains(&self.status) {
            return self;
        }
        let mut body = String::from_utf8_lossy(&self.body).into_owned();
        for secret in secrets {
            body = body.replace(secret, "…");
        }
        Received {
            body: body.into_bytes(),
            ..self
        }
    }
}

impl Reply {
    pub(super) fn json(self) -> Value {
        match self {
            Reply::Json(value) => value,
            Reply::File(_) | Reply::Copy { .. } | Reply::Nothing => Value::Null,
        }
    }

    pub(super) fn file(self) -> Vec<u8> {
        match self {
            Reply::File(bytes) | Reply::Copy { bytes, .. } => bytes,
            Reply::Json(_) | Reply::Nothing => Vec::new(),
        }
    }
}

impl Wire {
    pub(super) fn new(
        address: &SiteAddress,
        options: ClientOptions,
        clock: fn() -> Timestamp,
    ) -> Result<Wire, SiteError> {
        let http = if options.offline {
            None
        } else {
            Some(connector(address, &options)?)
        };
        Ok(Wire {
            http,
            permits: Semaphore::new(options.concurrency.max(1)),
            options,
            requests: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            clock,
        })
    }

    pub(super) fn options(&self) -> &ClientOptions {
        &self.options
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            requests: self.requests.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }

    /// Sends a call until it is answered or its tries are used up. Redirects within the
    /// server are followed; the token goes to the call's server alone.
    pub(super) async fn deliver(
        &self,
        mut call: Call,
        token: Option<&SecretString>,
    ) -> Result<Outcome, SiteError> {
        // A call that waits to be sent again keeps its place: a busy site gets less to do.
        let permit = self.permits.acquire().await;
        let _permit = permit.expect("the semaphore is never closed");
        let mut n_redirects = 0;
        loop {
            match self.try_until_answered(&call, token).await? {
                Outcome::Elsewhere(to) if self.may_follow(&call, &to, n_redirects) => {
                    n_redirects += 1;
                    call.url = to;
                }
                Outcome::Elsewhere(to) if to.origin() == call.url.origin() => {
                    return Err(bad_answer(&call, "one redirect after another").error);
                }
                outcome => return Ok(outcome),
            }
        }
    }

    fn may_follow(&self, call: &Call, to: &Url, n_redirects: u32) -> bool {
        let is_same_server = to.origin() == call.url.origin();
        is_same_server && call.method == Method::GET && n_redirects < MAX_REDIRECTS
    }

    async fn try_until_answered(
        &self,
        call: &Call,
        token: Option<&SecretString>,
    ) -> Result<Outcome, SiteError> {
        let mut n_tries = 0;
        loop {
            let fault = match self.try_once(call, token).await {
                Ok(outcome) => return Ok(outcome),
                Err(fault) => fault,
            };
            if !fault.may_pass || n_tries >= self.options.max_retries {
                return Err(fault.error);
            }
            let Some(pause) = self.pause(n_tries, fault.wait) else {
                return Err(throttled(call, fault.wait));
            };
            tracing::debug!(host = call.host(), doing = call.doing, ?pause, error = %fault.error, "asking again");
            tokio::time::sleep(pause).await;
            n_tries += 1;
        }
    }

    /// How long to wait after so many tries; `None` where the site asks for too long a wait.
    pub(super) fn pause(&self, n_tries: u32, asked: Option<Duration>) -> Option<Duration> {
        let factor = 2_u32.saturating_pow(n_tries);
        let pause = self
            .options
            .retry_pause
            .saturating_mul(factor)
            .min(MAX_PAUSE);
        match asked {
            Some(asked) if asked > self.options.max_retry_after => None,
            Some(asked) => Some(pause.max(asked)),
            None => Some(pause),
        }
    }

    async fn try_once(&self, call: &Call, token: Option<&SecretString>) -> Result<Outcome, Fault> {
        let response = self.send(call, token).await?;
        let received = self.receive(call, response).await?;
        let received = received.without(call.secrets(token));
        judge(call, received, (self.clock)())
    }

    async fn send(&self, call: &Call, token: Option<&SecretString>) -> Result<Response, Fault> {
        let Some(http) = &self.http else {
            return Err(Fault::lasting(SiteError::Offline {
                host: call.host(),
                doing: call.doing,
            }));
        };
        let accept = match call.wants {
            Wants::File { .. } | Wants::Copy { .. } => "*/*",
            Wants::Json | Wants::Nothing => "application/json",
        };
        let request = http.request(call.method.clone(), call.url.clone());
        let mut request = request.header(ACCEPT, accept);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        if let Some(token) = token {
            request = request.header(AUTH, secret_header(token, call)?);
        }
        if let Some(body) = &call.body {
            let body = body.to_string();
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
        let sent = request.send().await;
        sent.map_err(|it| Fault::of_transport(it, &call.host(), call.doing))
    }

    /// Takes the body in piece by piece and stops at the bound, however long it would be.
    async fn receive(&self, call: &Call, mut response: Response) -> Result<Received, Fault> {
        let limit = match call.wants {
            Wants::File { max_bytes } | Wants::Copy { max_bytes } => max_bytes,
            Wants::Json | Wants::Nothing => self.options.max_answer,
        };
        let too_large = || {
            Fault::lasting(SiteError::TooLarge {
                host: call.host(),
                doing: call.doing,
                limit,
            })
        };
        if response.content_length().is_some_and(|it| it > limit) {
            return Err(too_large());
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        loop {
            let chunk = response.chunk().await;
            let chunk = chunk.map_err(|it| Fault::of_transport(it, &call.host(), call.doing))?;
            let Some(chunk) = chunk else { break };
            self.bytes.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            if body.len() as u64 + chunk.len() as u64 > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Received {
            status,
            headers,
            body,
        })
    }
}

const AUTH: HeaderName = HeaderName::from_static("x-tableau-auth");

fn secret_header(token: &SecretString, call: &Call) -> Result<HeaderValue, Fault> {
    let header = HeaderValue::from_str(token.expose_secret());
    let mut header = header.map_err(|_| bad_answer(call, "a session that no header can hold"))?;
    header.set_sensitive(true);
    Ok(header)
}

/// What an answer is, by its status and its form.
fn judge(call: &Call, received: Received, now: Timestamp) -> Result<Outcome, Fault> {
    let header = |name: HeaderName| received.headers.get(name).and_then(|it| it.to_str().ok());
    let is_html = refusal::is_html(header(CONTENT_TYPE), &received.body);
    let wait = header(RETRY_AFTER).and_then(|it| fault::retry_after(it, now));
    match received.status {
        200..=299 => accept(call, received, is_html).map(Outcome::Done),
        304 if matches!(call.wants, Wants::Copy { .. }) => Ok(Outcome::Done(Reply::Nothing)),
        301 | 302 | 303 | 307 | 308 => match header(LOCATION).map(|it| call.url.join(it)) {
            Some(Ok(to)) => Ok(Outcome::Elsewhere(to)),
            _ => Err(bad_answer(call, "a redirect to nowhere")),
        },
        429 => Err(Fault {
            wait,
            ..Fault::passing(throttled(call, wait))
        }),
        status @ (408 | 500 | 502 | 503 | 504) => {
            let Refusal { code, said, .. } = Refusal::read(status, &received.body, is_html);
            let error = SiteError::ServerFault {
                host: call.host(),
                doing: call.doing,
                status,
                code,
                said,
            };
            Err(Fault {
                wait,
                ..Fault::passing(error)
            })
        }
        status => Ok(Outcome::Refused(Refusal::read(
            status,
            &received.body,
            is_html,
        ))),
    }
}

/// The content of a good answer. A proxy's page or half an answer may be right the next time.
fn accept(call: &Call, received: Received, is_html: bool) -> Result<Reply, Fault> {
    let Received { headers, body, .. } = received;
    let header = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::to_owned);
    match call.wants {
        Wants::Nothing => Ok(Reply::Nothing),
        _ if is_html => Err(Fault::passing(SiteError::NotTableau {
            host: call.host(),
            doing: call.doing,
            reason: "a web page",
        })),
        _ if body.trim_ascii().is_empty() => Err(bad_answer(call, "empty")),
        Wants::File { .. } => Ok(Reply::File(body)),
        Wants::Copy { .. } => Ok(Reply::Copy {
            etag: header(ETAG),
            last_modified: header(LAST_MODIFIED),
            bytes: body,
        }),
        Wants::Json => match serde_json::from_slice(&body) {
            Ok(value @ Value::Object(_)) => Ok(Reply::Json(value)),
            Ok(_) => Err(bad_answer(call, "no JSON object")),
            Err(error) if error.is_eof() => Err(bad_answer(call, "cut off")),
            Err(_) => Err(bad_answer(call, "no JSON")),
        },
    }
}

fn bad_answer(call: &Call, reason: &'static str) -> Fault {
    Fault::passing(SiteError::BadAnswer {
        host: call.host(),
        doing: call.doing,
        reason,
    })
}

pub(super) fn throttled(call: &Call, wait: Option<Duration>) -> SiteError {
    SiteError::Throttled {
        host: call.host(),
        doing: call.doing,
        wait,
    }
}

pub(super) fn elsewhere(call_host: String, doing: &'static str, to: &Url) -> SiteError {
    SiteError::RedirectedElsewhere {
        host: call_host,
        doing,
        to: format!("{}://{}", to.scheme(), host_of(to)),
    }
}

fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// A query as Tableau reads it; `None` where there is nothing to say.
pub(super) fn query_text(query: &[(&str, &str)]) -> Option<String> {
    let encoded = |it| utf8_percent_encode(it, QUERY);
    let pairs = query.iter();
    let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    let pairs: Vec<String> = pairs.collect();
    (!pairs.is_empty()).then(|| pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_grows_is_never_short_of_what_the_site_asks_and_ends() {
        let options = ClientOptions {
            offline: true,
            ..ClientOptions::default()
        };
        let address = SiteAddress::parse("https://bi.acme.com").expect("an address");
        let wire = Wire::new(&address, options, || Timestamp::UNIX_EPOCH).expect("a wire");
        let check = |n_tries: u32, asked: Option<u64>, expected: Option<u64>| {
            let pause = wire.pause(n_tries, asked.map(Duration::from_secs));
            assert_eq!(
                pause,
                expected.map(Duration::from_millis),
                "{n_tries} {asked:?}"
            );
        };
        check(0, None, Some(500));
        check(1, None, Some(1000));
        check(2, None, Some(2000));
        check(100, None, Some(30_000));
        check(0, Some(0), Some(500));
        check(0, Some(7), Some(7000));
        check(0, Some(60), Some(60_000));
        check(0, Some(61), None);
    }

    #[test]
    fn a_query_keeps_filters_readable_and_all_else_encoded() {
        let check = |query: &[(&str, &str)], expected: Option<&str>| {
            assert_eq!(query_text(query).as_deref(), expected);
        };
        check(&[], None);
        check(&[("pageSize", "1000")], Some("pageSize=1000"));
        check(
            &[("filter", "name:eq:A & B,size:gt:1"), ("fields", "_all_")],
            Some("filter=name:eq:A%20%26%20B,size:gt:1&fields=_all_"),
        );
    }
}

//! Failures on the way, told apart by what a user can do about them.

use std::error::Error;
use std::io;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::site_error::{Said, SiteError};

/// What went wrong in one try, and whether another may do better.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) error: SiteError,
    pub(super) may_pass: bool,
    /// How long the site asks to wait.
    pub(super) wait: Option<Duration>,
}

impl Fault {
    pub(super) fn lasting(error: SiteError) -> Fault {
        Fault {
            error,
            may_pass: false,
            wait: None,
        }
    }

    pub(super) fn passing(error: SiteError) -> Fault {
        Fault {
            error,
            may_pass: true,
            wait: None,
        }
    }

    /// A fault of the connection, in the HTTP library's terms.
    pub(super) fn of_transport(error: reqwest::Error, host: &str, doing: &'static str) -> Fault {
        let host = host.to_owned();
        if error.is_timeout() {
            return Fault::lasting(SiteError::TimedOut { host, doing });
        }
        let error = error.without_url();
        let causes = causes(&error);
        if let Some(fault) = of_tls(&causes, &host) {
            return fault;
        }
        if let Some(fault) = of_words(&causes, &host) {
            return fault;
        }
        if error.is_body() || error.is_decode() {
            let reason = "cut off";
            return Fault::passing(SiteError::BadAnswer {
                host,
                doing,
                reason,
            });
        }
        let reason = causes.last().map(|it| Said::new(&it.to_string()));
        Fault::passing(SiteError::Unreachable {
            host,
            reason: reason.unwrap_or_default(),
        })
    }
}

/// An error and what lies below it. An [`io::Error`] hides its content from `source()`.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut causes = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next.filter(|_| causes.len() < 20) {
        causes.push(error);
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    causes
}

fn of_tls(causes: &[&(dyn Error + 'static)], host: &str) -> Option<Fault> {
    let error = causes
        .iter()
        .find_map(|it| it.downcast_ref::<rustls::Error>())?;
    let host = host.to_owned();
    Some(Fault::lasting(match error {
        rustls::Error::InvalidCertificate(reason) => SiteError::CertificateNotTrusted {
            host,
            reason: Said::new(words_of_certificate(reason).unwrap_or(&reason.to_string())),
        },
        rustls::Error::InvalidMessage(_) => SiteError::Unreachable {
            host,
            reason: Said::new("what answers there does not speak TLS"),
        },
        other => SiteError::Unreachable {
            host,
            reason: Said::new(&format!("TLS: {other}")),
        },
    }))
}

fn words_of_certificate(error: &rustls::CertificateError) -> Option<&'static str> {
    use rustls::CertificateError as Reason;
    match error {
        Reason::UnknownIssuer => Some("its issuer is unknown here"),
        Reason::BadSignature => Some("its issuer only bears the name of one that is known here"),
        Reason::Expired | Reason::ExpiredContext { .. } => Some("it has expired"),
        Reason::NotValidYet | Reason::NotValidYetContext { .. } => Some("it is not valid yet"),
        Reason::NotValidForName | Reason::NotValidForNameContext { .. } => {
            Some("it is for another host")
        }
        Reason::Revoked => Some("it was revoked"),
        _ => None,
    }
}

/// What the libraries below say in words alone. A test holds each of them.
fn of_words(causes: &[&(dyn Error + 'static)], host: &str) -> Option<Fault> {
    let host = host.to_owned();
    let words: Vec<String> = causes.iter().map(|it| it.to_string()).collect();
    let says = |part: &str| words.iter().find(|it| it.contains(part));
    if let Some(words) = says("tunnel error").or_else(|| says("proxy authorization")) {
        let said = match words.trim_start_matches("tunnel error: ") {
            "unsuccessful" => "it does not let us through to this host",
            "failed to create underlying connection" => "it cannot be reached itself",
            words => words,
        };
        return Some(Fault::lasting(SiteError::ProxyRefused {
            host,
            said: Said::new(said),
        }));
    }
    if says("dns error").is_some() {
        return Some(Fault::lasting(SiteError::HostNotFound { host }));
    }
    let is_refused = |it: &io::Error| it.kind() == io::ErrorKind::ConnectionRefused;
    let mut io_errors = causes
        .iter()
        .filter_map(|it| it.downcast_ref::<io::Error>());
    io_errors
        .any(is_refused)
        .then(|| Fault::lasting(SiteError::ConnectionRefused { host }))
}

/// How long `Retry-After` asks to wait: seconds, or a date.
pub(super) fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let until = rfc2822::parse(text).ok()?.timestamp();
    let wait = until.duration_since(now);
    Some(wait.try_into().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("time");
        let check = |text: &str, expected: Option<u64>| {
            assert_eq!(
                retry_after(text, now).map(|it| it.as_secs()),
                expected,
                "{text}"
            );
        };
        check("0", Some(0));
        check(" 7 ", Some(7));
        check("Thu, 01 Jan 2026 00:01:00 GMT", Some(60));
        check("Wed, 31 Dec 2025 23:00:00 GMT", Some(0));
        check("4294967295", Some(4_294_967_295));
        check("99999999999999999999", None);
        check("-1", None);
        check("soon", None);
        check("", None);
    }
}

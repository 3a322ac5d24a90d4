//! The token by which a connected app signs a user in (direct trust).
//!
//! One HMAC over two pieces of JSON, as RFC 7515 and RFC 7518 lay down for HS256. The
//! common libraries bring all of RSA and elliptic curves for it, and read the clock.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use uuid::Uuid;

/// Tableau allows ten minutes at most.
const LIFE: SignedDuration = SignedDuration::from_mins(5);

/// How far the server's clock may be behind ours.
const SKEW: SignedDuration = SignedDuration::from_secs(5);

/// What the session may do: read what there is, and no more.
const SCOPES: [&str; 4] = [
    "tableau:content:read",
    "tableau:users:read",
    "tableau:workbooks:download",
    "tableau:datasources:download",
];

/// The names of a connected app, and whom it signs in.
pub(super) struct App<'a> {
    pub(super) client_id: &'a str,
    pub(super) secret_id: &'a str,
    pub(super) user: &'a str,
}

pub(super) fn sign(app: &App<'_>, secret: &SecretString, now: Timestamp) -> SecretString {
    let header = json!({"alg": "HS256", "typ": "JWT", "kid": app.secret_id, "iss": app.client_id});
    let claims = json!({
        "iss": app.client_id,
        "sub": app.user,
        "aud": "tableau",
        "jti": Uuid::new_v4().to_string(),
        "iat": (now - SKEW).as_second(),
        "exp": (now + LIFE).as_second(),
        "scp": SCOPES,
    });
    sign_text(&header.to_string(), &claims.to_string(), secret)
}

fn sign_text(header: &str, claims: &str, secret: &SecretString) -> SecretString {
    let content = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let signature = hmac::sign(&key, content.as_bytes());
    SecretString::from(format!("{content}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn part(token: &str, nth: usize) -> Value {
        let part = token.split('.').nth(nth).expect("three parts");
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
    }

    fn signed(now: &str) -> SecretString {
        let app = App {
            client_id: "app",
            secret_id: "key",
            user: "ana@acme.com",
        };
        sign(
            &app,
            &SecretString::from("s3cret"),
            now.parse().expect("time"),
        )
    }

    #[test]
    fn header_and_claims_are_those_of_a_connected_app() {
        let token = signed("2026-01-01T00:00:00Z");
        let header = part(token.expose_secret(), 0);
        assert_eq!(
            header,
            json!({"alg": "HS256", "typ": "JWT", "kid": "key", "iss": "app"})
        );
        let mut claims = part(token.expose_secret(), 1);
        let id = claims["jti"].take();
        assert_eq!(id.as_str().map(str::len), Some(36));
        let expected = json!({
            "iss": "app", "sub": "ana@acme.com", "aud": "tableau", "jti": null,
            "iat": 1_767_225_595, "exp": 1_767_225_900, "scp": SCOPES,
        });
        assert_eq!(claims, expected);
    }

    #[test]
    fn no_two_tokens_have_one_id() {
        let id = |token: SecretString| part(token.expose_secret(), 1)["jti"].clone();
        let now = "2026-01-01T00:00:00Z";
        assert_ne!(id(signed(now)), id(signed(now)));
    }

    #[test]
    fn the_signature_is_the_one_that_others_compute() {
        // The token that jwt.io has shown for years.
        let claims = r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#;
        let secret = SecretString::from("your-256-bit-secret");
        let token = sign_text(r#"{"alg":"HS256","typ":"JWT"}"#, claims, &secret);
        let signature = token.expose_secret().rsplit('.').next();
        assert_eq!(
            signature,
            Some("SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c")
        );
    }
}

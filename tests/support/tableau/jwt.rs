//! Connected apps with direct trust: the JWT that a client signs for a user.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::site::ConnectedApp;

/// The user whom a JWT of this app names, if it is signed by it and fit for Tableau.
///
/// The time is not looked at: tests have no clock.
pub(crate) fn user_of(app: &ConnectedApp, jwt: &str) -> Option<String> {
    let (signed, signature) = jwt.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Value = serde_json::from_slice(&base64(header)?).ok()?;
    let claims: Value = serde_json::from_slice(&base64(claims)?).ok()?;
    let is_fit = header["alg"] == "HS256"
        && header["kid"] == app.secret_id.as_str()
        && claims["iss"] == app.client_id.as_str()
        && claims["aud"] == "tableau"
        && claims["jti"].is_string()
        && claims["exp"].is_number()
        && claims["scp"].is_array();
    let is_signed = base64(signature)? == hmac(app.secret.as_bytes(), signed.as_bytes());
    (is_fit && is_signed).then(|| claims["sub"].as_str().map(str::to_owned))?
}

/// HMAC with SHA-256 (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    match key.len() > 64 {
        true => block[..32].copy_from_slice(&Sha256::digest(key)),
        false => block[..key.len()].copy_from_slice(key),
    }
    let keyed = |pad: u8, rest: &[u8]| {
        let mut hash = Sha256::new();
        hash.update(block.map(|it| it ^ pad));
        hash.update(rest);
        hash.finalize().to_vec()
    };
    keyed(0x5c, &keyed(0x36, message))
}

/// Base64 for addresses, without padding (RFC 4648, section 5).
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut n_bits) = (0_u32, 0);
    for character in text.trim_end_matches('=').bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xff_ffff;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits & 0xff) as u8);
        }
    }
    Some(bytes)
}

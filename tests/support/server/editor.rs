//! What an editor knows by itself: addresses, and how positions are counted.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The address of a file, as VS Code writes it.
pub(crate) fn uri(path: &Path) -> String {
    let mut out = String::from("file://");
    for byte in path.to_str().expect("tests use UTF-8").bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The path of an address, decoded by hand.
pub(super) fn path_of(uri: &str) -> PathBuf {
    let encoded = uri.strip_prefix("file://").expect("a file");
    let mut bytes = Vec::new();
    let mut rest = encoded.as_bytes();
    while let [first, more @ ..] = rest {
        if *first == b'%' {
            let digits = std::str::from_utf8(&more[..2]).expect("hex digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("hex digits"));
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    PathBuf::from(String::from_utf8(bytes).expect("tests use UTF-8"))
}

/// The byte that a position means, counted as the specification says.
pub(crate) fn offset(text: &str, position: &Value, encoding: &str) -> usize {
    let mut line = position["line"].as_u64().expect("a line");
    let character = position["character"].as_u64().expect("a character");
    let mut at = 0;
    while line > 0 {
        let end = text[at..]
            .find(['\r', '\n'])
            .map_or(text.len(), |it| at + it);
        at = end
            + if text[end..].starts_with("\r\n") {
                2
            } else {
                1
            };
        line -= 1;
    }
    let mut counted = 0;
    for (width, c) in text[at..].char_indices() {
        if counted >= character {
            return at + width;
        }
        counted += match encoding {
            "utf-8" => c.len_utf8() as u64,
            "utf-16" => c.len_utf16() as u64,
            _ => 1,
        };
    }
    text.len()
}

//! The list of a change's files, in whichever form Git writes it.
//!
//! A form that is not known would be paths that nothing knows, and those of files beside the
//! models are no news: so it is refused instead.

mod diff;
mod states;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use dbt::LineChange;

/// A list is never larger.
const MAX_LIST: u64 = 64 << 20;

/// What a change is said to be of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) text: String,
    pub(super) origin: Origin,
    /// Where the file differs, if a diff tells that.
    pub(super) lines: Option<Vec<LineChange>>,
}

/// Where that is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// On the command line: a path, or a name.
    Word,
    /// In a list, which holds paths alone.
    List,
    /// In a diff, which names a renamed file by both of its paths.
    Diff,
}

impl Named {
    fn new(text: impl Into<String>, origin: Origin) -> Named {
        Named {
            text: text.into(),
            origin,
            lines: None,
        }
    }
}

/// The words and what `list` names, sorted, each once.
pub(super) fn all(words: &[String], listed: Vec<Named>) -> Vec<Named> {
    let words = words
        .iter()
        .map(|it| Named::new(unquoted(it), Origin::Word));
    let mut all: BTreeMap<String, Named> = BTreeMap::new();
    for it in words.chain(listed) {
        if it.text.trim().is_empty() {
            continue;
        }
        match all.get_mut(&it.text) {
            // Twice: what is known of its lines is not all.
            Some(known) => {
                known.lines = None;
            }
            None => _ = all.insert(it.text.clone(), it),
        }
    }
    all.into_values().collect()
}

/// The bytes of a list; `-` is stdin. A pipe that the shell names is read too.
pub(super) fn read(list: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let n_read = match list == Path::new("-") {
        true => io::stdin().take(MAX_LIST + 1).read_to_end(&mut bytes)?,
        false => File::open(list)?
            .take(MAX_LIST + 1)
            .read_to_end(&mut bytes)?,
    };
    match n_read as u64 > MAX_LIST {
        true => Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is larger than 64 MiB; `git diff --name-only -z` is shorter than a diff",
        )),
        false => Ok(bytes),
    }
}

/// The paths of a list.
///
/// # Errors
/// What the list is instead of one of paths.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<Named>, String> {
    let text = decoded(bytes);
    let bare = diff::bare(&text);
    match diff::is_one(&bare) {
        true => diff::files(&bare),
        false => states::paths(&text),
    }
}

/// What PowerShell writes into a file has a mark at its start, and may be UTF-16.
fn decoded(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|it| unit([it[0], it[1]]));
        String::from_utf16_lossy(&units.collect::<Vec<_>>())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// A path as Git writes it in quotes where it holds more than plain ASCII: `"m\303\274.sql"`.
fn unquoted(word: &str) -> String {
    let inner = word.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let Some(inner) = inner.filter(|it| !it.is_empty()) else {
        return word.to_owned();
    };
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'\\' => bytes.push(escaped(&mut rest)),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| word.to_owned())
}

/// What stands for one byte behind a backslash: three octal digits, or one letter.
fn escaped(rest: &mut std::str::Bytes<'_>) -> u8 {
    let digit = |it: u8| it.wrapping_sub(b'0');
    match rest.next() {
        Some(first @ b'0'..=b'3') => {
            let second = rest.next().map_or(0, digit);
            let third = rest.next().map_or(0, digit);
            let sum = u32::from(digit(first)) * 64 + u32::from(second) * 8 + u32::from(third);
            u8::try_from(sum & 0xff).unwrap_or_default()
        }
        Some(b't') => b'\t',
        Some(b'n') => b'\n',
        Some(other) => other,
        None => b'\\',
    }
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn a_path_that_git_writes_in_quotes_is_read() {
        let check = |word: &str, expect: &str| assert_eq!(unquoted(word), expect);
        check("models/a.sql", "models/a.sql");
        check(r#""models/\303\274ber.sql""#, "models/über.sql");
        check(r#""a\"b\\c\td""#, "a\"b\\c\td");
        check(r#""\377""#, r#""\377""#);
        check(r#""\30""#, r#""\30""#);
        check(r#""a\""#, "a\\");
        check("\"", "\"");
        check("\"\"", "\"\"");
    }
}

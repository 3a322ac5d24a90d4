//! dbt's checksum of a file, for telling whether it changed since the manifest.

use sha2::{Digest, Sha256};

/// The SHA-256 of a file's text without the white space around it, in
/// hexadecimal, as dbt writes it into a node's `checksum`.
///
/// dbt Core does this from 1.5 on for models, snapshots (the YAML file, for one
/// defined in YAML) and seeds alike. [`lineage::Node::checksum`] is left out
/// where dbt does something else:
/// - a seed of more than 1 MiB: its path is hashed, and the checksum called `path`;
/// - a snapshot in Fusion: its block is hashed and not the file;
/// - Core before 1.5: the text is hashed with the white space around it.
pub fn checksum(text: &str) -> String {
    let digest = Sha256::digest(text.trim_matches(is_python_space).as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a file's text is the one that `expected` was made of, line endings
/// aside: Git may have changed them between two checkouts.
pub fn matches_checksum(text: &str, expected: &str) -> bool {
    let is_expected = |text: &str| checksum(text).eq_ignore_ascii_case(expected);
    let unix = text.replace("\r\n", "\n");
    is_expected(text) || is_expected(&unix) || is_expected(&unix.replace('\n', "\r\n"))
}

/// The checksums that a text has with the line ends that it does not have.
pub(crate) fn other_line_ends(text: &str) -> Vec<String> {
    if !text.contains('\n') {
        return Vec::new();
    }
    let unix = text.replace("\r\n", "\n");
    let windows = unix.replace('\n', "\r\n");
    let others = [unix, windows].into_iter().filter(|it| it != text);
    others.map(|it| checksum(&it)).collect()
}

/// What Python's `str.strip` takes off: Unicode's white space and four separators.
fn is_python_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

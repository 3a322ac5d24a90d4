//! dbt's checksum of a file, for telling whether it changed since the manifest.

use sha2::{Digest, Sha256};

/// The SHA-256 of a file's text without the white space around it, in
/// hexadecimal, as dbt writes it into a node's `checksum`.
///
/// dbt Core does this for models, snapshots (the YAML file, for one defined in
/// YAML) and seeds alike; for a seed of more than 1 MiB it hashes the path and
/// names the checksum `path`, which [`lineage::Node::checksum`] leaves out.
/// Fusion does the same for models and seeds and hashes only the block of a
/// snapshot, so its snapshots have no checksum here either.
pub fn checksum(text: &str) -> String {
    let digest = Sha256::digest(text.trim_matches(is_python_space).as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What Python's `str.strip` takes off: Unicode's white space and four separators.
fn is_python_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

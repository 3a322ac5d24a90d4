//! Ids that are the same in every run: made from what they stand for.

use sha2::{Digest, Sha256};

/// A LUID for the thing that `parts` name, such as `["acme", "workbook", "Revenue"]`.
pub(crate) fn luid(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\u{1f}").as_bytes());
    let hex: String = digest
        .iter()
        .take(16)
        .map(|it| format!("{it:02x}"))
        .collect();
    let cut = |from: usize, to: usize| &hex[from..to];
    format!(
        "{}-{}-{}-{}-{}",
        cut(0, 8),
        cut(8, 12),
        cut(12, 16),
        cut(16, 20),
        cut(20, 32)
    )
}

/// What Tableau makes of a name for its addresses: letters, digits, `_` and `-` stay.
pub(crate) fn content_url(name: &str) -> String {
    name.chars()
        .filter(|it| it.is_alphanumeric() || "_-".contains(*it))
        .collect()
}

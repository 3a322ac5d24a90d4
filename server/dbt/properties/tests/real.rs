//! Files of real projects.

use std::io::Read as _;
use std::path::PathBuf;

use expect_test::{Expect, expect};

use crate::Properties;

/// A folder of the shared data; without it the test that asks is skipped.
#[allow(clippy::print_stderr)] // tests/run counts these lines.
pub(crate) fn shared(test: &str, path: &str) -> Option<PathBuf> {
    let root = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/dbt"
    ));
    if !root.join(path).exists() {
        eprintln!("skipped: no shared data");
        return None;
    }
    eprintln!("read shared data: {test}");
    Some(root.join(path))
}

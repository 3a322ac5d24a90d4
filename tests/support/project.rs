//! Projects to run on: copies of the fixtures, and the shared data.

use std::path::{Path, PathBuf};

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A fixture of ours, to read.
pub(crate) fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures").join(name)
}

/// A copy of a fixture in a folder of its own, to write to. It lies outside any
/// repository, so that only its own files are found.
pub(crate) fn copy(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_folder(&fixture(name), folder.path());
    folder
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("make a folder");
    for entry in std::fs::read_dir(from).expect("list a fixture") {
        let entry = entry.expect("list a fixture");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).expect("copy a fixture");
        }
    }
}

/// The shared data, where it is; tests that need it say when it is absent.
#[allow(clippy::print_stderr)]
pub(crate) fn shared_data(test: &str) -> Option<PathBuf> {
    let folder = root().parent()?.join("shared/data");
    if folder.is_dir() {
        eprintln!("read shared data: {test}");
        Some(folder)
    } else {
        eprintln!("skipped: no shared data");
        None
    }
}

//! What a release is made of: one version, and the same systems wherever they are listed.

use std::collections::BTreeSet;
use std::fs;

use crate::support::project::root;

fn read(path: &str) -> String {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.replace("\r\n", "\n")
}

/// Puts Cargo.toml's version where the file has one that is older, and then fails. The
/// version stands in the first line that starts so, once for each start.
#[track_caller]
fn assert_version(path: &str, line_starts: &[&str], line_end: &str) {
    let text = read(path);
    let version = env!("CARGO_PKG_VERSION");
    let mut left = line_starts.to_vec();
    let follow = |line: &str| {
        let Some(at) = left.iter().position(|it| line.starts_with(it)) else {
            return line.to_owned();
        };
        format!("{}\"{version}\"{line_end}", left.remove(at))
    };
    let new: Vec<String> = text.split('\n').map(follow).collect();
    let new = new.join("\n");
    assert_eq!(left, <[&str; 0]>::default(), "{path} has these lines");
    if new != text {
        fs::write(root().join(path), new).expect("write a manifest");
        panic!("{path} had another version than Cargo.toml and has been rewritten");
    }
}

#[test]
fn the_extension_of_vs_code_has_the_version_of_the_program() {
    let (top, nested) = ("  \"version\": ", "      \"version\": ");
    assert_version("editors/vscode/package.json", &[top], ",");
    // At the top, and for the package itself.
    assert_version("editors/vscode/package-lock.json", &[top, nested], ",");
}

#[test]
fn the_extension_of_zed_has_it_too() {
    assert_version("editors/zed/extension.toml", &["version = "], "");
}

/// Every word in the text that is Rust's name of a system that programs are released for.
fn triples(text: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let words = text.split(|c| !is_part(c)).map(|it| it.trim_matches('-'));
    let (starts, ends) = (
        ["x86_64-", "aarch64-"],
        ["-gnu", "-musl", "-darwin", "-msvc"],
    );
    words
        .filter(|it| starts.iter().any(|start| it.starts_with(start)))
        .filter(|it| ends.iter().any(|end| it.ends_with(end)))
        .collect()
}

#[test]
fn every_list_of_systems_is_the_same() {
    let workflow = read(".github/workflows/release.yml");
    let built = triples(&workflow);
    assert_eq!(built.len(), 8, "{built:?}");
    for path in [
        "editors/vscode/scripts/platforms.mjs",
        ".github/deny.toml",
        ".github/release/about.toml",
    ] {
        assert_eq!(triples(&read(path)), built, "{path}");
    }
    // What is unpacked and started before it is shipped.
    let (_, tried) = workflow.split_once("\n  try:\n").expect("the job `try`");
    let (tried, _) = tried.split_once("\n  attest:\n").expect("the job after it");
    assert_eq!(triples(tried), built, "the job `try`");
}

#[test]
fn cargo_binstall_finds_what_the_archives_are_called() {
    let script = read(".github/release/archive");
    assert!(script.contains("name=exposure-lens-v$version-$triple\n"));
    let manifest = read("Cargo.toml");
    let name = "{ name }-v{ version }-{ target }";
    let page = "{ repo }/releases/download/v{ version }";
    for (line, n_times) in [
        (format!("pkg-url = \"{page}/{name}.tar.gz\"\n"), 1),
        (format!("pkg-url = \"{page}/{name}.zip\"\n"), 2),
        (
            format!("bin-dir = \"{name}/{{ bin }}{{ binary-ext }}\"\n"),
            1,
        ),
    ] {
        assert_eq!(manifest.matches(&line).count(), n_times, "{line}");
    }
    for target in triples(&read(".github/workflows/release.yml")) {
        let section = format!("[package.metadata.binstall.overrides.{target}]\n");
        let is_windows = target.contains("windows");
        assert_eq!(manifest.contains(&section), is_windows, "{target}");
    }
}

#[test]
fn the_workflows_are_built_of_actions_at_a_hash() {
    for path in [".github/workflows/ci.yml", ".github/workflows/release.yml"] {
        let text = read(path);
        for line in text.lines().filter(|it| it.contains("uses: ")) {
            let (_, action) = line.split_once("uses: ").expect("just found");
            let hash = action.split_once('@').and_then(|(_, it)| it.get(..40));
            let is_pinned = hash.is_some_and(|it| it.bytes().all(|b| b.is_ascii_hexdigit()))
                && action.contains(" # v");
            assert!(is_pinned || action.starts_with("$/"), "{path}: {line}");
        }
    }
}

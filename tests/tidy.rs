//! Rules of the house that no lint knows.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::project::root;

/// Every file of ours with this extension.
fn files(extension: &str) -> Vec<PathBuf> {
    let skip = [
        "target",
        "node_modules",
        ".git",
        ".tools",
        "dist",
        "bundled",
    ];
    let walk = ignore::WalkBuilder::new(root())
        .standard_filters(false)
        .filter_entry(move |it| !skip.iter().any(|name| it.file_name() == *name))
        .build();
    let paths = walk.flatten().map(ignore::DirEntry::into_path);
    paths
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .collect()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}

#[test]
fn every_rust_file_says_what_it_is_for_and_stays_readable() {
    for path in files("rs") {
        let text = fs::read_to_string(&path).expect("read");
        let name = shown(&path);
        let is_test = name.contains("/tests") || name.starts_with("tests/");
        assert!(is_test || text.starts_with("//! "), "{name} opens with //!");
        let n_lines = text.lines().count();
        assert!(
            is_test || n_lines <= 700,
            "{name} has {n_lines} lines: split it"
        );
    }
}

#[test]
fn no_file_is_called_mod_rs() {
    let bad: Vec<String> = files("rs")
        .iter()
        .map(|it| shown(it))
        .filter(|it| it.ends_with("/mod.rs"))
        .collect();
    assert_eq!(bad, Vec::<String>::new());
}

#[test]
fn lsp_types_stay_in_the_language_server() {
    for path in files("rs") {
        let name = shown(&path);
        let may = name.starts_with("server/exposure-lens/lsp") || name.starts_with("tests/");
        let text = fs::read_to_string(&path).expect("read");
        assert!(may || !text.contains("lsp_types"), "{name} speaks LSP");
    }
}

#[test]
fn domain_types_are_not_serialised() {
    for path in files("rs") {
        let name = shown(&path);
        let is_domain = name.starts_with("server/lineage/") || name.starts_with("server/ide/");
        let text = fs::read_to_string(&path).expect("read");
        assert!(
            !is_domain || !text.contains("Serialize"),
            "{name} derives Serialize"
        );
    }
}

#[test]
fn the_architecture_page_names_only_files_that_exist() {
    let text = fs::read_to_string(root().join("server/ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    assert!(text.lines().count() <= 200, "the page is too long");
    let all: Vec<String> = files("rs").iter().map(|it| shown(it)).collect();
    let words = text.split(|c: char| !(c.is_alphanumeric() || "./_-".contains(c)));
    for word in words.filter(|word| word.ends_with(".rs") && !word.contains("x.rs")) {
        assert!(all.iter().any(|it| it.ends_with(word)), "no file {word}");
    }
}

#[test]
fn every_decision_is_numbered_and_titled() {
    let mut paths: Vec<String> = files("md").iter().map(|it| shown(it)).collect();
    paths.retain(|it| it.starts_with("server/decisions/"));
    paths.sort();
    assert!(!paths.is_empty());
    for (n, path) in paths.iter().enumerate() {
        let text = fs::read_to_string(root().join(path)).expect("read");
        assert!(
            path.starts_with(&format!("server/decisions/{:04}-", n + 1)),
            "{path}: a gap"
        );
        assert!(
            text.starts_with(&format!("# {}. ", n + 1)),
            "{path}: its title"
        );
    }
}

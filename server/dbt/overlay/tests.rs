//! Files as dbt parsed them, as they are now, and what becomes of the manifest.
//!
//! A fixture holds the files as they were; `now PATH` is a file with another text, `gone
//! PATH` one that is gone. The manifest is what the scan of the files as they were gives.

mod configs;
mod deployed;
mod macros;
mod real;
mod texts;
mod unread;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::Expect;
use fixture::Fixture;
use lineage::{DisabledNode, Node, Standing};

use super::{Becomes, Overlay, Pending, overlay};
use crate::facts::FileFacts;
use crate::manifest::Manifest;
use crate::names::Observed;
use crate::scan::testing::{Files, scanned};
use crate::scan::tests::shown;

/// The files of a fixture, as they were and as they are.
struct Project {
    then: Files,
    now: Files,
}

impl Project {
    fn of(fixture: &str) -> Project {
        let fixture = Fixture::parse(fixture);
        let (mut then, mut now) = (Files::new(), Files::new());
        for (name, text) in fixture.files() {
            match name.split_once(' ') {
                Some(("now", path)) => {
                    now.insert(path.to_owned(), text.to_owned());
                }
                Some(("gone", path)) => {
                    now.remove(path);
                }
                _ => {
                    then.insert(name.to_owned(), text.to_owned());
                    now.insert(name.to_owned(), text.to_owned());
                }
            }
        }
        Project { then, now }
    }

    /// What dbt would have made of the files as they were.
    fn manifest(&self) -> Manifest {
        let scan = scanned(&self.then, None, Observed::default());
        let parsed = |node: Node| Node {
            standing: Standing::Parsed,
            reads_unknown: false,
            ..node
        };
        Manifest {
            configs: scan.configs(),
            nodes: scan.nodes.into_iter().map(parsed).collect(),
            disabled: scan.disabled,
            ..Manifest::default()
        }
    }

    /// The project's own files laid over `manifest`, those as they were not at hand.
    fn over(&self, manifest: &Manifest) -> Overlay {
        self.over_knowing(manifest, &|_| None)
    }

    fn over_knowing(
        &self,
        manifest: &Manifest,
        then: &dyn Fn(&str) -> Option<FileFacts>,
    ) -> Overlay {
        let scan = scanned(&self.now, Some(1), Observed::of(manifest));
        overlay(manifest, scan, &["shop"], then)
    }

    fn facts_then(&self, path: &str) -> Option<FileFacts> {
        Some(FileFacts::read(path, self.then.get(path)?))
    }
}

/// What an overlay changes.
#[track_caller]
fn check(fixture: &str, expect: Expect) {
    let project = Project::of(fixture);
    let manifest = project.manifest();
    expect.assert_eq(&changes(&manifest, &project.over(&manifest)));
}

/// What an overlay changes where the files as they were are at hand.
#[track_caller]
fn check_knowing(fixture: &str, expect: Expect) {
    let project = Project::of(fixture);
    let manifest = project.manifest();
    let overlay = project.over_knowing(&manifest, &|path| project.facts_then(path));
    expect.assert_eq(&changes(&manifest, &overlay));
}

/// What is not as the manifest has it, a line for each.
fn changes(manifest: &Manifest, overlay: &Overlay) -> String {
    let mut text = String::new();
    let mut add = |line: String| writeln!(text, "{line}").expect("a text");
    for node in &overlay.nodes {
        let before = manifest.nodes.iter().find(|it| it.id == node.id);
        if before != Some(node) {
            let standing = match node.standing {
                Standing::Parsed => "parsed",
                Standing::Edited => "edited",
                Standing::Missing => "missing",
                Standing::New => "new",
            };
            let moved = before.is_some_and(|it| it.path != node.path);
            let path = if moved { &node.path } else { "" };
            add(format!("{standing} {} {path}", shown(node))
                .trim_end()
                .to_owned());
        }
    }
    for it in &overlay.pending {
        add(pending(it));
    }
    let mut renamed: Vec<_> = overlay.renamed.iter().collect();
    renamed.sort();
    for (now, then) in renamed {
        add(format!("{now} was {then}"));
    }
    let disabled = |all: &[DisabledNode]| -> BTreeSet<String> {
        let shown = all.iter().map(|it| format!("{} {}", it.id, it.path));
        shown.collect()
    };
    let (before, now) = (disabled(&manifest.disabled), disabled(&overlay.disabled));
    for it in before.difference(&now) {
        add(format!("no longer disabled {it}"));
    }
    for it in now.difference(&before) {
        add(format!("disabled {it}"));
    }
    if !overlay.differing.is_empty() {
        add(format!("differing: {}", overlay.differing.join(", ")));
    }
    text
}

fn pending(it: &Pending) -> String {
    let becomes = match &it.becomes {
        Becomes::Renamed(to) => format!("becomes {to}"),
        Becomes::Disabled => "is disabled".to_owned(),
        Becomes::Ephemeral => "is ephemeral".to_owned(),
        Becomes::Deleted => "is deleted".to_owned(),
    };
    let key = it.key.map(|it| format!(" {it:?}")).unwrap_or_default();
    format!("! {} {becomes} by {}{key}", it.deployed, it.path)
}

//! Files of real projects.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::PathBuf;

use expect_test::{Expect, expect};

use super::*;
use crate::{RefTarget, refs_in_yaml};

/// A path of the shared data; without it the test that asks is skipped.
#[allow(clippy::print_stderr)] // tests/run counts these lines.
pub(crate) fn shared(test: &str, path: &str) -> Option<PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/dbt");
    let path = PathBuf::from(root).join(path);
    if !path.exists() {
        eprintln!("skipped: no shared data");
        return None;
    }
    eprintln!("read shared data: {test}");
    Some(path)
}

/// The files of a folder or a packed one, by name.
#[allow(clippy::disallowed_methods, clippy::disallowed_types)] // Test data is read from disk.
pub(crate) fn files(path: &PathBuf) -> Vec<(String, String)> {
    let mut files = Vec::new();
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            files.push((entry.file_name().into_string().unwrap(), text));
        }
    } else {
        let packed = flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap());
        for entry in tar::Archive::new(packed).entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().display().to_string();
            let mut text = String::new();
            if entry.header().entry_type().is_file() {
                entry.read_to_string(&mut text).unwrap();
                files.push((name, text));
            }
        }
    }
    files.sort();
    files
}

#[derive(Default)]
struct Counts {
    n_files: usize,
    n_entries: usize,
    n_columns: usize,
    n_exposures: usize,
    n_refs: usize,
    problems: Vec<String>,
}

/// Reads all files; what a second parser reads must be as many.
fn check_files(test: &str, path: &str, expected: Expect) {
    let Some(path) = shared(test, path) else {
        return;
    };
    let mut counts = Counts::default();
    for (name, text) in files(&path) {
        counts.n_files += 1;
        match Properties::parse(&text) {
            Ok(properties) => counts.add(&name, &text, &properties),
            Err(error) => counts.problems.push(format!("{name}: {error}")),
        }
    }
    let mut out = format!(
        "{} files, {} entries, {} columns, {} exposures, {} calls\n",
        counts.n_files, counts.n_entries, counts.n_columns, counts.n_exposures, counts.n_refs
    );
    for problem in counts.problems {
        writeln!(out, "{problem}").unwrap();
    }
    expected.assert_eq(&out);
}

impl Counts {
    fn add(&mut self, name: &str, text: &str, properties: &Properties) {
        self.n_entries += properties.entries.len();
        self.n_exposures += properties.exposures.len();
        self.n_columns += properties
            .entries
            .iter()
            .map(|it| it.columns.len())
            .sum::<usize>();
        for problem in &properties.problems {
            self.problems.push(format!("{name}: {}", problem.message));
        }
        for it in &properties.entries {
            assert_eq!(text[it.name_span.clone()], it.name, "{name}");
            assert!(text[it.item_start..].starts_with('-'), "{name}");
            assert!(it.span.contains(&it.name_span.start), "{name}");
            for column in &it.columns {
                // A name without quotes may go on over a line's end, if by mistake.
                let written = &text[column.name_span.clone()];
                let joined: Vec<&str> = written.split_whitespace().collect();
                assert!(
                    written == column.name || joined.join(" ") == column.name,
                    "{name}"
                );
                assert!(it.span.contains(&column.name_span.start), "{name}");
            }
        }
        for call in refs_in_yaml(text) {
            self.n_refs += 1;
            let (RefTarget::Ref { name: target, .. } | RefTarget::Source { table: target, .. }) =
                &call.target;
            assert_eq!(text[call.name_span.clone()], *target, "{name}");
            assert!(text[call.span].ends_with(')'), "{name}");
        }
        if let Ok(yaml) = serde_yaml::from_str::<serde_yaml::Value>(text) {
            assert_eq!(counted(&yaml), counted_here(properties), "{name}");
        }
    }
}

/// Models, sources, their tables, exposures, columns; by a second parser.
fn counted(yaml: &serde_yaml::Value) -> [usize; 5] {
    fn list<'y>(value: &'y serde_yaml::Value, key: &str) -> &'y [serde_yaml::Value] {
        value
            .get(key)
            .and_then(|it| it.as_sequence())
            .map_or(&[], Vec::as_slice)
    }
    let models = list(yaml, "models").len();
    let sources = list(yaml, "sources");
    let tables: Vec<_> = sources.iter().flat_map(|it| list(it, "tables")).collect();
    let described = ["models", "seeds", "snapshots", "sources"]
        .into_iter()
        .flat_map(|key| list(yaml, key));
    let columns = described
        .chain(tables.iter().copied())
        .map(|it| list(it, "columns").len())
        .sum();
    [
        models,
        sources.len(),
        tables.len(),
        list(yaml, "exposures").len(),
        columns,
    ]
}

fn counted_here(properties: &Properties) -> [usize; 5] {
    let of = |is_kind: &dyn Fn(&EntryKind) -> bool| {
        properties
            .entries
            .iter()
            .filter(|it| is_kind(&it.kind))
            .count()
    };
    [
        of(&|it| *it == EntryKind::Model),
        of(&|it| *it == EntryKind::Source),
        of(&|it| matches!(it, EntryKind::SourceTable { .. })),
        properties.exposures.len(),
        properties.entries.iter().map(|it| it.columns.len()).sum(),
    ]
}

#[test]
fn gitlab_s_files_are_read() {
    check_files(
        "gitlab_s_files_are_read",
        "exposure_files/gitlab_yml.tar.gz",
        expect![[r#"
            309 files, 3572 entries, 18717 columns, 12 exposures, 167 calls
            ./transform/snowflake-dbt/models/marts/pumps/schema.yml: `description` on line 174 is written again later; only the last one counts
        "#]],
    );
}

// C30: 65 exposures in google-sheets.yml, beside those that are commented out.
#[test]
fn teamster_s_exposures_are_read() {
    let Some(path) = shared("teamster_s_exposures_are_read", "exposure_files/teamster") else {
        return;
    };
    let mut out = String::new();
    for (name, text) in files(&path) {
        let exposures = Properties::parse(&text).unwrap().exposures;
        let n_depends_on: usize = exposures.iter().map(|it| it.depends_on.len()).sum();
        let n_off = exposures
            .iter()
            .filter(|it| it.enabled == Some(false))
            .count();
        let has_id = |it: &&ExposureEntry| {
            it.meta
                .iter()
                .any(|(key, _)| key == "dagster.asset.metadata.id")
        };
        let n_ids = exposures.iter().filter(has_id).count();
        let n = exposures.len();
        writeln!(
            out,
            "{name}: {n} exposures, {n_off} off, {n_ids} with id, {n_depends_on} calls"
        )
        .unwrap();
    }
    expect![[r#"
        cube.yml: 1 exposures, 0 off, 0 with id, 77 calls
        dbt.yml: 2 exposures, 0 off, 0 with id, 4 calls
        google-appsheet.yml: 5 exposures, 0 off, 0 with id, 9 calls
        google-sheets.yml: 65 exposures, 0 off, 0 with id, 80 calls
        tableau.yml: 49 exposures, 2 off, 45 with id, 96 calls
    "#]]
    .assert_eq(&out);
}

#[test]
fn edge_cases_are_read() {
    check_files(
        "edge_cases_are_read",
        "edge/cases",
        expect![[r#"
            38 files, 0 entries, 0 columns, 36 exposures, 28 calls
            11_null.yml: `exposures:` has no list
            16_label_colon.yml: line 3 is not valid YAML: mapping values are not allowed in this context
            19_multidoc.yml: the file holds 2 YAML documents; dbt takes one
            20_two_exposures_keys.yml: `exposures` on line 1 is written again later; only the last one counts
            25_tab.yml: line 3 is not valid YAML: it is indented with a tab; YAML takes spaces only
            26_flow_two_arg_unquoted.yml: line 5 is not valid YAML: invalid trailing content after single-quoted scalar
            32_dup_key_same_exposure.yml: `url` on line 5 is written again later; only the last one counts
        "#]],
    );
}

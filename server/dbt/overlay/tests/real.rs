//! Real projects: of files that are as dbt parsed them nothing is said.
//!
//! A manifest keeps the text of models and snapshots. Checksums of other files are taken
//! from it, so that all that could differ is how their text is read.
#![allow(clippy::print_stderr)]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use expect_test::{Expect, expect};
use flate2::read::GzDecoder;
use lineage::Standing;
use serde::Deserialize;

use super::{changes, overlay};
use crate::facts::{FileFacts, Says};
use crate::manifest::Manifest;
use crate::names::{NameMacros, Names, Observed};
use crate::project::Project;
use crate::scan::{Package, scan};

/// What a manifest keeps of files.
#[derive(Deserialize)]
struct Texts {
    nodes: BTreeMap<String, Text>,
    macros: BTreeMap<String, Macro>,
    disabled: BTreeMap<String, Vec<Text>>,
}

#[derive(Deserialize)]
struct Text {
    resource_type: String,
    package_name: String,
    original_file_path: String,
    name: String,
    #[serde(default)]
    raw_code: Option<String>,
}

#[derive(Deserialize)]
struct Macro {
    package_name: String,
    original_file_path: String,
    macro_sql: String,
}

/// A project as a manifest and other files give it.
struct Real {
    manifest: Manifest,
    project: Project,
    files: BTreeMap<String, FileFacts>,
    macros: Vec<String>,
}

fn shared(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(path)
}

// Tests may read the disk; the crate itself may not.
#[allow(clippy::disallowed_methods)]
fn read(path: &Path) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

impl Real {
    /// The project of a manifest whose `dbt_project.yml` is `project`, its SQL only, read in
    /// another environment than dbt ran in.
    fn of(test: &str, name: &str, project: &str) -> Option<Real> {
        let Some(packed) = read(&shared(&format!("dbt/manifests/{name}.json.gz"))) else {
            eprintln!("skipped: no shared data");
            return None;
        };
        eprintln!("read shared data: {test}");
        let mut bytes = Vec::new();
        let mut unpacked = GzDecoder::new(packed.as_slice());
        unpacked.read_to_end(&mut bytes).expect("gzip");
        let texts: Texts = serde_json::from_slice(&bytes).expect("a manifest");
        let mut real = Real {
            manifest: Manifest::parse(&bytes).expect("a manifest"),
            project: Project::parse(project, &|_| Some("ELSEWHERE".to_owned())).expect("a project"),
            files: BTreeMap::new(),
            macros: Vec::new(),
        };
        real.add_texts(texts);
        real.take_checksums();
        Some(real)
    }

    fn add_texts(&mut self, texts: Texts) {
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        let disabled = texts.disabled.into_values().flatten();
        let own = |it: &Text| it.package_name == self.project.name;
        for it in texts.nodes.into_values().chain(disabled).filter(own) {
            let path = it.original_file_path.replace('\\', "/");
            let code = it.raw_code.unwrap_or_default();
            match it.resource_type.as_str() {
                "model" | "seed" => {
                    files.entry(path).or_insert(code);
                }
                "snapshot" if path.ends_with(".sql") => {
                    let block = format!("{{% snapshot {} %}}{code}{{% endsnapshot %}}\n", it.name);
                    *files.entry(path).or_default() += &block;
                }
                _ => {}
            }
        }
        for it in texts.macros.into_values() {
            if it.package_name == self.project.name {
                *files.entry(it.original_file_path).or_default() += &it.macro_sql;
                self.macros.push(it.macro_sql);
            }
        }
        let read = |(path, text): (String, String)| {
            let facts = FileFacts::read(&path, &text);
            (path, facts)
        };
        self.files = files.into_iter().map(read).collect();
    }

    /// Not every text is kept as it was, but the checksums are.
    fn take_checksums(&mut self) {
        for node in &self.manifest.nodes {
            if let (Some(file), Some(checksum)) = (self.files.get_mut(&node.path), &node.checksum) {
                file.checksum.clone_from(checksum);
            }
        }
    }

    /// Properties files that cannot be read, where they are not at hand.
    fn hide_properties(&mut self) {
        let nodes = self.manifest.nodes.iter();
        let own = nodes.filter(|it| it.package == self.project.name);
        let paths: Vec<String> = own
            .flat_map(|it| [Some(&it.path), it.properties_path.as_ref()])
            .flatten()
            .chain(self.manifest.disabled.iter().map(|it| &it.path))
            .filter(|it| it.ends_with(".yml") || it.ends_with(".yaml"))
            .cloned()
            .collect();
        for path in paths {
            let hidden = FileFacts {
                checksum: String::new(),
                other_line_ends: Vec::new(),
                says: Says::Unreadable("it is not at hand".to_owned()),
            };
            self.files.insert(path, hidden);
        }
    }

    fn add(&mut self, path: &str, text: &str) {
        let facts = FileFacts::read(path, text);
        self.files.insert(path.to_owned(), facts);
    }

    /// What is said of the files, and of how many nodes.
    #[track_caller]
    fn check(self, expect: Expect) {
        let files = self.files.into_iter();
        let files: Vec<_> = files.map(|(path, it)| (path, Arc::new(it))).collect();
        let package = Package {
            project: &self.project,
            files: &files,
        };
        let names = Names {
            adapter: self.manifest.metadata.adapter_type.clone(),
            macros: NameMacros::of(self.macros.iter().map(String::as_str)),
            observed: Observed::of(&self.manifest),
            quoting: self.project.quoting.clone(),
            ..Names::default()
        };
        let scan = scan(&[package], &names);
        let name = self.project.name.as_str();
        let overlay = overlay(&self.manifest, scan, &[name], &|_| None);
        let nodes = overlay.nodes.iter();
        let n_parsed = nodes
            .filter(|it| it.package == name && it.standing == Standing::Parsed)
            .count();
        let text = changes(&self.manifest, &overlay);
        expect.assert_eq(&format!("{n_parsed} parsed\n{text}"));
    }
}

#[test]
fn nothing_is_said_of_the_edge_project() {
    let edge = shared("dbt/edge/base");
    for name in ["edge-v1-dev", "edge-v1-prod", "edge-v2-dev", "edge-v2-prod"] {
        let Some(project) = read(&edge.join("dbt_project.yml")) else {
            eprintln!("skipped: no shared data");
            return;
        };
        let project = String::from_utf8(project).expect("a text");
        let Some(mut real) = Real::of("nothing_is_said_of_the_edge_project", name, &project) else {
            return;
        };
        for path in [
            "models/schema.yml",
            "snapshots/snaps.yml",
            "snapshots/snaps.sql",
            "seeds/regions.csv",
            "models/py_model.py",
        ] {
            let text = read(&edge.join(path)).expect("a file");
            real.add(path, &String::from_utf8(text).expect("a text"));
        }
        real.check(expect![[r#"
            13 parsed
        "#]]);
    }
}

#[test]
fn nothing_is_said_of_jaffle_shop() {
    let test = "nothing_is_said_of_jaffle_shop";
    for name in [
        "jaffle_shop_duckdb",
        "v2-jaffle_shop_duckdb",
        "dbt17-jaffle_shop_duckdb",
    ] {
        let project = "name: jaffle_shop
models: {jaffle_shop: {materialized: table, staging: {materialized: view}}}";
        let Some(mut real) = Real::of(test, name, project) else {
            return;
        };
        real.hide_properties();
        real.check(expect![[r#"
            8 parsed
        "#]]);
    }
}

/// What its `dbt_project.yml` configures is not at hand.
#[test]
fn nothing_is_said_of_teamsters_texts() {
    for name in ["teamster-kipptaf", "v2-teamster-kipptaf"] {
        let test = "nothing_is_said_of_teamsters_texts";
        let Some(mut real) = Real::of(test, name, "name: kipptaf") else {
            return;
        };
        real.manifest.configs.clear();
        real.hide_properties();
        real.check(expect![[r#"
            1979 parsed
        "#]]);
    }
}

#[test]
fn nothing_is_said_of_gitlab() {
    let test = "nothing_is_said_of_gitlab";
    let Some(packed) = read(&shared("dbt/exposure_files/gitlab_yml.tar.gz")) else {
        eprintln!("skipped: no shared data");
        return;
    };
    let mut texts = BTreeMap::new();
    let mut archive = tar::Archive::new(GzDecoder::new(packed.as_slice()));
    for entry in archive.entries().expect("an archive") {
        let mut entry = entry.expect("an entry");
        let path = entry.path().expect("a path").to_string_lossy().into_owned();
        let mut text = String::new();
        let below = path.split_once("snowflake-dbt/").map(|it| it.1.to_owned());
        if let Some(path) = below
            && entry.read_to_string(&mut text).is_ok()
        {
            texts.insert(path, text);
        }
    }
    let Some(mut real) = Real::of(test, "gitlab", &texts["dbt_project.yml"]) else {
        return;
    };
    let resources: Vec<String> = real.project.resource_paths().map(str::to_owned).collect();
    for (path, text) in &texts {
        if crate::scan::testing::is_below(path, &resources) {
            real.add(path, text);
        }
    }
    real.check(expect![[r#"
        4113 parsed
    "#]]);
}

//! The properties files of a real project against what dbt made of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;

use expect_test::expect;
use flate2::read::GzDecoder;
use lineage::NodeKind;
use serde::Deserialize;

use super::super::*;
use crate::config::Said;
use crate::properties::tests::real::{files, shared};

#[derive(Deserialize)]
struct Made {
    nodes: BTreeMap<String, Node>,
    sources: BTreeMap<String, Source>,
}

#[derive(Deserialize)]
struct Node {
    #[serde(default)]
    raw_code: Option<String>,
    config: Option<NodeConfig>,
}

#[derive(Deserialize)]
struct NodeConfig {
    alias: Option<String>,
    schema: Option<String>,
    materialized: Option<String>,
    enabled: Option<bool>,
    access: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    original_file_path: String,
    database: Option<String>,
    schema: String,
    identifier: String,
    quoting: Quoting,
}

#[derive(Deserialize)]
struct Quoting {
    database: Option<bool>,
    schema: Option<bool>,
    identifier: Option<bool>,
}

/// How often something is read as dbt reads it, is unknown, is not said, and is another.
#[derive(Default)]
struct Counts {
    keys: BTreeMap<&'static str, [usize; 3]>,
    wrong: Vec<String>,
}

impl Counts {
    fn compare<T>(&mut self, what: &str, key: &'static str, said: &Said<T>, by_dbt: Option<&T>)
    where
        T: PartialEq + std::fmt::Debug,
    {
        let place = match said {
            Said::Is(value) if by_dbt == Some(value) => 0,
            Said::Unknown => 1,
            Said::Nothing => 2,
            Said::Is(value) => {
                let wrong = format!("{key} of {what} is {value:?}, by dbt {by_dbt:?}\n");
                return self.wrong.push(wrong);
            }
        };
        self.keys.entry(key).or_default()[place] += 1;
    }

    fn show(&self) -> String {
        let mut out = String::new();
        for (key, [n_read, n_unknown, n_unsaid]) in &self.keys {
            writeln!(
                out,
                "{key}: {n_read} read, {n_unknown} unknown, {n_unsaid} not said"
            )
            .unwrap();
        }
        writeln!(out, "{} wrong", self.wrong.len()).unwrap();
        out + &self.wrong.concat()
    }
}

/// The manifest of GitLab, and its properties files by their path in the project.
fn gitlab(test: &str) -> Option<(Made, Vec<(String, PropertyFacts)>)> {
    let manifest = shared(test, "manifests/gitlab.json.gz")?;
    let packed = shared(test, "exposure_files/gitlab_yml.tar.gz")?;
    #[allow(clippy::disallowed_methods)] // Test data is read from disk.
    let manifest = std::fs::read(manifest).unwrap();
    let mut text = String::new();
    GzDecoder::new(manifest.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    let made = serde_json::from_str(&text).unwrap();
    let read = |(path, text): (String, String)| {
        let path = path.strip_prefix("./transform/snowflake-dbt/")?.to_owned();
        match FileFacts::read(&path, &text).says {
            Says::Properties(facts) => Some((path, facts)),
            Says::Nothing => None,
            other => panic!("{path}: {other:?}"),
        }
    };
    Some((made, files(&packed).into_iter().filter_map(read).collect()))
}

#[test]
fn gitlab_sources_are_as_by_dbt() {
    let Some((made, files)) = gitlab("gitlab_sources_are_as_by_dbt") else {
        return;
    };
    let id = |source: &str, table: &str| format!("source.gitlab_snowflake.{source}.{table}");
    let mut counts = Counts::default();
    let mut n_tables = 0;
    for (path, facts) in &files {
        for source in &facts.sources {
            for table in &source.tables {
                let made = &made.sources[&id(&source.name, &table.name)];
                assert_eq!(made.original_file_path, *path);
                counts.source(source, table, made);
                n_tables += 1;
            }
        }
    }
    assert_eq!(n_tables, made.sources.len());
    expect![[r#"
        database: 20 read, 1072 unknown, 1 not said
        identifier: 359 read, 0 unknown, 734 not said
        quoted database: 1089 read, 0 unknown, 4 not said
        quoted identifier: 1089 read, 0 unknown, 4 not said
        quoted schema: 1089 read, 0 unknown, 4 not said
        schema: 1091 read, 0 unknown, 2 not said
        0 wrong
    "#]]
    .assert_eq(&counts.show());
}

impl Counts {
    fn source(&mut self, source: &SourceFacts, table: &TableFacts, made: &Source) {
        let what = format!("{}.{}", source.name, table.name);
        let (of_source, of_table) = (&source.config.config, &table.config.config);
        self.compare(
            &what,
            "database",
            &of_source.database,
            made.database.as_ref(),
        );
        self.compare(&what, "schema", &of_source.schema, Some(&made.schema));
        self.compare(
            &what,
            "identifier",
            &table.identifier,
            Some(&made.identifier),
        );
        let quoting = of_table.clone().over(of_source.clone()).quoting;
        let by_dbt = [
            made.quoting.database,
            made.quoting.schema,
            made.quoting.identifier,
        ];
        let keys = ["quoted database", "quoted schema", "quoted identifier"];
        for ((key, said), by_dbt) in keys.into_iter().zip(&quoting).zip(&by_dbt) {
            self.compare(&what, key, said, by_dbt.as_ref());
        }
        // What is not said is the default.
        if of_source.schema == Said::Nothing {
            assert_eq!(made.schema, source.name);
        }
        if table.identifier == Said::Nothing {
            assert_eq!(made.identifier, table.name);
        }
    }
}

#[test]
fn gitlab_models_are_configured_as_by_dbt() {
    let Some((made, files)) = gitlab("gitlab_models_are_configured_as_by_dbt") else {
        return;
    };
    let mut counts = Counts::default();
    let mut n_described = 0;
    for facts in files.iter().flat_map(|(_, facts)| &facts.nodes) {
        let kind = facts.kind.as_str();
        let id = format!("{kind}.gitlab_snowflake.{}", facts.name);
        if let Some(made) = made.nodes.get(&id) {
            counts.node(facts, made);
            n_described += 1;
        }
    }
    expect![[r#"
        2400 described
        access: 0 read, 0 unknown, 2400 not said
        alias: 32 read, 0 unknown, 2368 not said
        enabled: 0 read, 0 unknown, 2400 not said
        materialized: 513 read, 0 unknown, 1887 not said
        schema: 47 read, 0 unknown, 2352 not said
        0 wrong
    "#]]
    .assert_eq(&format!("{n_described} described\n{}", counts.show()));
}

impl Counts {
    fn node(&mut self, facts: &NodeFacts, made: &Node) {
        let code = made.raw_code.as_deref().unwrap_or_default();
        let inline = match FileFacts::read("x.sql", code).says {
            Says::Sql(code) => code.config.config,
            _ => panic!("a SQL file"),
        };
        let config = inline.over(facts.config.config.clone());
        let by_dbt = made.config.as_ref().expect("a node has one");
        let what = &facts.name;
        self.compare(what, "alias", &config.alias, by_dbt.alias.as_ref());
        // A snapshot's own schema lies in another key.
        if facts.kind != NodeKind::Snapshot {
            self.compare(what, "schema", &config.schema, by_dbt.schema.as_ref());
        }
        self.compare(what, "enabled", &config.enabled, by_dbt.enabled.as_ref());
        self.compare(what, "access", &config.access, by_dbt.access.as_ref());
        let materialized = by_dbt.materialized.as_ref();
        self.compare(what, "materialized", &config.materialized, materialized);
    }
}

//! Against what dbt made of the same texts: a manifest holds each node's code, what it
//! reads and what configures it.
#![allow(clippy::print_stderr)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::PathBuf;

use expect_test::{Expect, expect};
use flate2::read::GzDecoder;
use lineage::Nodes;
use serde::Deserialize;

use super::super::*;
use super::show_target;
use crate::config::{Config, ConfigFacts, Said};
use crate::manifest::Manifest;
use crate::refs::RefTarget;

/// What of a manifest is compared.
#[derive(Deserialize)]
struct Made {
    nodes: BTreeMap<String, Code>,
    disabled: BTreeMap<String, Vec<Code>>,
    macros: BTreeMap<String, Macro>,
}

#[derive(Deserialize)]
struct Macro {
    package_name: String,
    macro_sql: String,
}

#[derive(Deserialize)]
struct Code {
    unique_id: String,
    resource_type: String,
    package_name: String,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    raw_code: Option<String>,
    #[serde(default)]
    depends_on: DependsOn,
    config: ByDbt,
}

#[derive(Default, Deserialize)]
struct DependsOn {
    #[serde(default)]
    nodes: BTreeSet<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ByDbt {
    enabled: Option<bool>,
    alias: Option<String>,
    schema: Option<String>,
    target_schema: Option<String>,
    database: Option<String>,
    target_database: Option<String>,
    materialized: Option<String>,
    access: Option<String>,
    group: Option<String>,
}

/// A manifest; `None` where it is not at hand.
fn shared(test: &str, name: &str) -> Option<Vec<u8>> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let path = root.join(format!("dbt/manifests/{name}.json.gz"));
    // Tests may read the disk; the crate itself may not.
    #[allow(clippy::disallowed_methods)]
    let Ok(packed) = std::fs::read(path) else {
        eprintln!("skipped: no shared data");
        return None;
    };
    eprintln!("read shared data: {test}");
    let mut bytes = Vec::new();
    GzDecoder::new(packed.as_slice())
        .read_to_end(&mut bytes)
        .expect("gzip");
    Some(bytes)
}

impl Code {
    fn is_code(&self) -> bool {
        let is_built = matches!(self.resource_type.as_str(), "model" | "snapshot");
        is_built && self.raw_code.as_ref().is_some_and(|it| !it.is_empty())
    }

    /// The facts of its text. The manifest holds a snapshot's without its block's tags.
    fn facts(&self) -> (ConfigFacts, Reads) {
        let code = self.raw_code.as_deref().unwrap_or_default();
        let is_snapshot = self.resource_type == "snapshot";
        let (path, code) = match self.language.as_deref() {
            Some("python") => ("x.py", code.to_owned()),
            _ if is_snapshot => {
                let block = format!("{{% snapshot x %}}{code}{{% endsnapshot %}}");
                ("x.sql", block)
            }
            _ => ("x.sql", code.to_owned()),
        };
        match FileFacts::read(path, &code).says {
            Says::Sql(mut code) if is_snapshot => {
                let snapshot = code.snapshots.pop().expect("a snapshot");
                (snapshot.config, snapshot.reads)
            }
            Says::Sql(code) | Says::Python(code) => (code.config, code.reads),
            _ => panic!("no code"),
        }
    }
}

/// How the texts compare with what dbt read.
#[derive(Default)]
struct Compared {
    texts: ReadsCompared,
    followed: ReadsCompared,
    keys: BTreeMap<&'static str, Key>,
    wrong: Vec<String>,
}

#[derive(Default)]
struct ReadsCompared {
    n_equal: usize,
    /// Of these, that there may be more.
    n_unsure: usize,
    /// dbt reads more, which was said to be so.
    n_more: usize,
    /// Another run reads more, which was said to be so.
    n_of_other_runs: usize,
    wrong: Vec<String>,
}

/// How often a key is read, and is said to be unknown.
#[derive(Default)]
struct Key {
    n_read: usize,
    n_unknown: usize,
}

fn check(test: &str, name: &str, expected: Expect) {
    let Some(bytes) = shared(test, name) else {
        return;
    };
    let manifest = Manifest::parse(&bytes).expect("a manifest");
    let project = manifest.metadata.project_name.clone().unwrap_or_default();
    let nodes = Nodes::new(&project, manifest.nodes);
    let made: Made = serde_json::from_slice(&bytes).expect("JSON");
    let macros = made.macros.values().filter(|it| !it.is_dbts());
    let macros: Vec<FileFacts> = macros
        .map(|it| FileFacts::read("macros/x.sql", &it.macro_sql))
        .collect();
    let macros = Macros::of(&macros);
    let mut compared = Compared::default();
    for code in made.nodes.values().filter(|it| it.is_code()) {
        let (config, reads) = code.facts();
        compared.texts.reads(&nodes, code, &reads);
        let followed = macros.followed(&reads);
        compared.followed.reads(&nodes, code, &followed);
        let config = macros.configured(&config.config, &reads);
        compared.config(code, config);
    }
    for code in made.disabled.values().flatten().filter(|it| it.is_code()) {
        let (config, reads) = code.facts();
        let config = macros.configured(&config.config, &reads);
        compared.config(code, config);
    }
    expected.assert_eq(&compared.show());
}

impl Macro {
    /// Whether it comes with dbt and its adapter, and lies in no folder of the project.
    fn is_dbts(&self) -> bool {
        let adapters = [
            "dbt",
            "dbt_bigquery",
            "dbt_duckdb",
            "dbt_postgres",
            "dbt_snowflake",
        ];
        adapters.contains(&self.package_name.as_str())
    }
}

impl ReadsCompared {
    fn reads(&mut self, nodes: &Nodes, code: &Code, reads: &Reads) {
        let resolve = |target: &RefTarget| {
            let found = target.resolve(nodes, &code.package_name);
            found.map_or_else(
                || show_target(target),
                |ix| nodes.get(ix).id.as_str().to_owned(),
            )
        };
        let read: BTreeSet<String> = reads.targets.iter().map(resolve).collect();
        let by_dbt = &code.depends_on.nodes;
        let may_be_more = reads.has_unknown || reads.calls_macros;
        let (all_right, all_there) = (read.is_subset(by_dbt), by_dbt.is_subset(&read));
        if all_right && all_there {
            self.n_equal += 1;
            self.n_unsure += usize::from(may_be_more);
        } else if (all_there || may_be_more) && (all_right || reads.has_branches) {
            self.n_of_other_runs += usize::from(!all_right);
            self.n_more += usize::from(!all_there);
        } else {
            let id = &code.unique_id;
            let wrong = format!("{id} reads {read:?}, by dbt {by_dbt:?}\n");
            self.wrong.push(wrong);
        }
    }

    fn show(&self) -> String {
        format!(
            "{} equal ({} of them unsure), {} said to be more, {} said to be of other runs, {} wrong\n{}",
            self.n_equal,
            self.n_unsure,
            self.n_more,
            self.n_of_other_runs,
            self.wrong.len(),
            self.wrong.concat()
        )
    }
}

impl Compared {
    fn config(&mut self, code: &Code, config: Config) {
        let by_dbt = &code.config;
        let schema = match config.is_target_schema {
            true => &by_dbt.target_schema,
            false => &by_dbt.schema,
        };
        let database = by_dbt.target_database.as_ref().or(by_dbt.database.as_ref());
        let texts = [
            ("alias", config.alias, by_dbt.alias.as_ref()),
            ("schema", config.schema, schema.as_ref()),
            ("database", config.database, database),
            (
                "materialized",
                config.materialized,
                by_dbt.materialized.as_ref(),
            ),
            ("access", config.access, by_dbt.access.as_ref()),
            ("group", config.group, by_dbt.group.as_ref()),
        ];
        for (key, said, by_dbt) in texts {
            self.key(code, key, said, by_dbt.cloned().unwrap_or_default());
        }
        let enabled = by_dbt.enabled.unwrap_or(true);
        self.key(code, "enabled", config.enabled, enabled);
    }

    fn key<T>(&mut self, code: &Code, key: &'static str, said: Said<T>, by_dbt: T)
    where
        T: PartialEq + std::fmt::Debug,
    {
        match said {
            Said::Nothing => {}
            Said::Unknown => self.keys.entry(key).or_default().n_unknown += 1,
            Said::Is(value) if value == by_dbt => self.keys.entry(key).or_default().n_read += 1,
            Said::Is(value) => {
                let id = &code.unique_id;
                let wrong = format!("{key} of {id} is {value:?}, by dbt {by_dbt:?}\n");
                self.wrong.push(wrong);
            }
        }
    }

    fn show(&self) -> String {
        let mut out = format!("reads: {}", self.texts.show());
        out += &format!("with macros: {}", self.followed.show());
        for (key, Key { n_read, n_unknown }) in &self.keys {
            writeln!(out, "{key}: {n_read} read, {n_unknown} unknown").unwrap();
        }
        writeln!(out, "keys: {} wrong", self.wrong.len()).unwrap();
        out + &self.wrong.concat()
    }
}

#[test]
fn teamster_reads_as_by_dbt() {
    check(
        "teamster_reads_as_by_dbt",
        "teamster-kipptaf",
        expect![[r#"
            reads: 736 equal (115 of them unsure), 68 said to be more, 0 said to be of other runs, 0 wrong
            with macros: 736 equal (0 of them unsure), 68 said to be more, 0 said to be of other runs, 0 wrong
            keys: 0 wrong
        "#]],
    );
}

// Two models of a package compare variables that hold a `ref()`, which dbt counts; only the
// one that calls other macros is told apart.
#[test]
fn gitlab_reads_as_by_dbt() {
    check(
        "gitlab_reads_as_by_dbt",
        "gitlab",
        expect![[r#"
            reads: 2609 equal (583 of them unsure), 419 said to be more, 3 said to be of other runs, 0 wrong
            with macros: 2632 equal (104 of them unsure), 392 said to be more, 4 said to be of other runs, 2 wrong
            model.snowplow.snowplow_page_views reads {"model.gitlab_snowflake.snowplow_web_events", "model.snowplow.snowplow_web_events_scroll_depth", "model.snowplow.snowplow_web_events_time", "model.snowplow.snowplow_web_timing_context", "snowplow_web_ua_parser_context"}, by dbt {"model.gitlab_snowflake.snowplow_performance_timing_metrics", "model.gitlab_snowflake.snowplow_web_events", "model.snowplow.snowplow_web_events_scroll_depth", "model.snowplow.snowplow_web_events_time", "model.snowplow.snowplow_web_timing_context"}
            model.snowplow.snowplow_web_timing_context reads {"model.snowplow.snowplow_base_performance_timing_context", "model.snowplow.snowplow_web_page_context"}, by dbt {"model.gitlab_snowflake.snowplow_performance_timing_metrics", "model.snowplow.snowplow_base_performance_timing_context", "model.snowplow.snowplow_web_page_context"}
            alias: 52 read, 0 unknown
            database: 0 read, 29 unknown
            enabled: 4 read, 15 unknown
            materialized: 633 read, 4 unknown
            schema: 62 read, 0 unknown
            keys: 0 wrong
        "#]],
    );
}

#[test]
fn jaffle_shop_reads_as_by_dbt() {
    check(
        "jaffle_shop_reads_as_by_dbt",
        "jaffle_shop_duckdb",
        expect![[r#"
            reads: 5 equal (0 of them unsure), 0 said to be more, 0 said to be of other runs, 0 wrong
            with macros: 5 equal (0 of them unsure), 0 said to be more, 0 said to be of other runs, 0 wrong
            keys: 0 wrong
        "#]],
    );
}

#[test]
fn edge_reads_as_by_dbt() {
    check(
        "edge_reads_as_by_dbt",
        "edge-v1-dev",
        expect![[r#"
            reads: 12 equal (0 of them unsure), 0 said to be more, 0 said to be of other runs, 0 wrong
            with macros: 12 equal (0 of them unsure), 0 said to be more, 0 said to be of other runs, 0 wrong
            alias: 1 read, 0 unknown
            enabled: 1 read, 0 unknown
            materialized: 2 read, 0 unknown
            keys: 0 wrong
        "#]],
    );
}

#[test]
fn teamster_reads_as_by_fusion() {
    check(
        "teamster_reads_as_by_fusion",
        "v2-teamster-kipptaf",
        expect![[r#"
            reads: 736 equal (115 of them unsure), 68 said to be more, 0 said to be of other runs, 0 wrong
            with macros: 736 equal (0 of them unsure), 68 said to be more, 0 said to be of other runs, 0 wrong
            keys: 0 wrong
        "#]],
    );
}

#[test]
fn edge_reads_as_by_fusion() {
    check(
        "edge_reads_as_by_fusion",
        "edge-v2-prod",
        expect![[r#"
            reads: 12 equal (0 of them unsure), 0 said to be more, 0 said to be of other runs, 0 wrong
            with macros: 12 equal (0 of them unsure), 0 said to be more, 0 said to be of other runs, 0 wrong
            alias: 1 read, 0 unknown
            enabled: 1 read, 0 unknown
            materialized: 2 read, 0 unknown
            keys: 0 wrong
        "#]],
    );
}

//! What dbt found in the models of real projects.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use expect_test::{Expect, expect};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::properties::tests::real::shared;
use crate::{RefTarget, refs_in_python, refs_in_sql};

#[derive(Deserialize)]
struct WireManifest {
    nodes: BTreeMap<String, WireNode>,
}

#[derive(Deserialize)]
struct WireNode {
    resource_type: String,
    raw_code: Option<String>,
    language: Option<String>,
    test_metadata: Option<IgnoredAny>,
    #[serde(default)]
    refs: Vec<WireRef>,
    #[serde(default)]
    sources: Vec<[String; 2]>,
}

#[derive(Deserialize)]
struct WireRef {
    package: Option<String>,
    name: String,
    version: Option<serde_json::Value>,
}

impl WireNode {
    fn depends_on(self) -> Vec<RefTarget> {
        let version = |version: serde_json::Value| match version {
            serde_json::Value::String(text) => text,
            number => number.to_string(),
        };
        let of_refs = self.refs.into_iter().map(|it| RefTarget::Ref {
            package: it.package,
            name: it.name,
            version: it.version.map(version),
        });
        let of_sources = self
            .sources
            .into_iter()
            .map(|[source, table]| RefTarget::Source { source, table });
        of_refs.chain(of_sources).collect()
    }
}

/// The calls of each node's code beside those that dbt wrote into the manifest.
///
/// Ours must be dbt's; what only dbt has must come from a macro, and so not
/// stand in the code as a call.
#[allow(clippy::disallowed_methods, clippy::disallowed_types)] // Test data is read from disk.
fn check(test: &str, file: &str, expected: Expect) {
    let Some(path) = shared(test, &format!("manifests/{file}")) else {
        return;
    };
    let packed = flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap());
    let manifest: WireManifest = serde_json::from_reader(std::io::BufReader::new(packed)).unwrap();
    let (mut n_nodes, mut n_calls, mut n_by_macros) = (0, 0, 0);
    let mut odd = String::new();
    for (id, node) in manifest.nodes {
        let is_code = node.test_metadata.is_none() && node.resource_type != "seed";
        let Some(code) = node.raw_code.clone().filter(|_| is_code) else {
            continue;
        };
        let calls = match node.language.as_deref() {
            Some("python") => refs_in_python(&code),
            _ => refs_in_sql(&code),
        };
        n_nodes += 1;
        n_calls += calls.len();
        let ours: BTreeSet<&RefTarget> = calls.iter().map(|call| &call.target).collect();
        let dbts = node.depends_on();
        let dbts: BTreeSet<&RefTarget> = dbts.iter().collect();
        n_by_macros += dbts.difference(&ours).count();
        for target in ours.difference(&dbts) {
            writeln!(odd, "{id}: ours only {target:?}").unwrap();
        }
        for target in dbts.difference(&ours).filter(|it| stands_in(&code, it)) {
            writeln!(odd, "{id}: dbt's only {target:?}").unwrap();
        }
    }
    let counts = format!("{n_nodes} nodes, {n_calls} calls, {n_by_macros} dependencies by macros");
    expected.assert_eq(&format!("{counts}\n{odd}"));
}

/// Whether a call of the target stands anywhere in the code, however it is spaced.
fn stands_in(code: &str, target: &RefTarget) -> bool {
    let code: String = code.replace('"', "'").split_whitespace().collect();
    match target {
        RefTarget::Ref { name, .. } => code.contains(&format!("ref('{name}'")),
        RefTarget::Source { source, table } => {
            code.contains(&format!("source('{source}','{table}'"))
        }
    }
}

// The three that dbt does not have stand in a branch that is not taken.
#[test]
fn gitlab_s_models_are_read_as_dbt_reads_them() {
    check(
        "gitlab_s_models_are_read_as_dbt_reads_them",
        "gitlab.json.gz",
        expect![[r#"
            3038 nodes, 4139 calls, 1675 dependencies by macros
            model.gitlab_snowflake.snowplow_gitlab_events: ours only Ref { package: None, name: "snowplow_gitlab_good_events_source", version: None }
            model.gitlab_snowflake.snowplow_gitlab_events_context_flattened: ours only Ref { package: None, name: "snowplow_gitlab_good_events_source", version: None }
            model.snowplow.snowplow_page_views: ours only Ref { package: None, name: "snowplow_web_ua_parser_context", version: None }
        "#]],
    );
}

#[test]
fn teamster_s_models_are_read_as_dbt_reads_them() {
    check(
        "teamster_s_models_are_read_as_dbt_reads_them",
        "teamster-kipptaf.json.gz",
        expect![[r#"
            848 nodes, 2567 calls, 115 dependencies by macros
        "#]],
    );
}

#[test]
fn edge_cases_are_read_as_dbt_reads_them() {
    check(
        "edge_cases_are_read_as_dbt_reads_them",
        "edge-v1-dev.json.gz",
        expect![[r#"
            12 nodes, 3 calls, 0 dependencies by macros
        "#]],
    );
}

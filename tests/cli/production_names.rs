//! A developer's manifest beside dashboards that read production: the edge project in dev
//! against a workbook that reads every one of its production relations.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::given::{Reads, packed, workbook};
use crate::support::cli::{json, run, run_with};
use crate::support::project::{copy_folder, shared_data};

/// What production calls the nodes, as Tableau writes it.
const TABLES: [&str; 14] = [
    "[analytics].[Daily Sales.v1]",
    "[analytics].[orders]",
    "[analytics].[pkg_only]",
    "[analytics].[py_model]",
    "[analytics].[regions]",
    "[analytics].[snap_a]",
    "[analytics].[snap_b]",
    "[analytics].[snap_yaml]",
    "[analytics].[uses_eph]",
    "[analytics_marts].[dim_customers_next]",
    "[analytics_marts].[dim_customers_v1]",
    "[analytics_marts].[orders]",
    "[raw].[events_20251121]",
    "[raw].[Users]",
];

/// The nodes that dbt builds, each of which has its own table above.
const BUILT: [&str; 12] = [
    "model.pkg.orders",
    "model.pkg.pkg_only",
    "model.shop.aliased",
    "model.shop.dim_customers.v1",
    "model.shop.dim_customers.v2",
    "model.shop.orders",
    "model.shop.py_model",
    "model.shop.uses_eph",
    "seed.shop.regions",
    "snapshot.shop.snap_a",
    "snapshot.shop.snap_b",
    "snapshot.shop.snap_yaml",
];

/// The edge project with the manifest of an engine's `dev` target, and the workbook.
fn project(data: &Path, engine: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_folder(&data.join("dbt/edge/base"), folder.path());
    manifest(
        data,
        &format!("edge-{engine}-dev"),
        &folder.path().join("target"),
    );
    let reads: Vec<Reads<'_>> = TABLES.into_iter().map(Reads::Table).collect();
    let warehouse = ("duckdb_jdbc", "dbname='shop'", &reads[..]);
    workbook(folder.path(), "W", &[warehouse]);
    folder
}

/// Writes a manifest of the shared data into `folder`.
fn manifest(data: &Path, name: &str, folder: &Path) -> PathBuf {
    fs::create_dir_all(folder).expect("make a folder");
    let path = folder.join("manifest.json");
    fs::write(&path, packed(data, &format!("{name}.json.gz"))).expect("write");
    path
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn node<'a>(answer: &'a Value, id: &str) -> &'a Value {
    let mut nodes = list(&answer["nodes"]).iter();
    nodes
        .find(|it| it["unique_id"] == id)
        .unwrap_or_else(|| panic!("{id}: {answer:#}"))
}

/// The match of the workbook that reads the node itself; `None` where none does.
fn direct<'a>(answer: &'a Value, id: &str) -> Option<&'a str> {
    let workbooks = list(&node(answer, id)["workbooks"]);
    let direct = workbooks.iter().find(|it| it["distance"] == 0)?;
    direct["match"].as_str()
}

/// Every table is the node that it is in production.
#[track_caller]
fn all_are_mapped(answer: &Value) {
    for id in BUILT {
        assert_eq!(direct(answer, id), Some("mapped"), "{id}");
    }
    assert_eq!(direct(answer, "source.shop.raw.events"), Some("exact"));
    assert_eq!(direct(answer, "source.shop.raw.Users"), Some("exact"));
    assert_eq!(list(&answer["unmatched"]), &[] as &[Value]);
}

/// No node says that nothing reads it, though something does.
#[track_caller]
fn none_claims_zero(answer: &Value) {
    let ephemeral = ["model.shop.eph"];
    for id in BUILT.into_iter().chain(ephemeral) {
        let node = node(answer, id);
        let is_zero = list(&node["workbooks"]).is_empty() && node["complete"] == true;
        assert!(!is_zero, "{node:#}");
    }
}

#[test]
fn with_nothing_the_rule_is_proposed_and_no_node_claims_zero() {
    let test = "with_nothing_the_rule_is_proposed_and_no_node_claims_zero";
    let Some(data) = shared_data(test) else {
        return;
    };
    for engine in ["v1", "v2"] {
        let project = project(&data, engine);
        let answer = json(project.path(), &["usages"]);
        none_claims_zero(&answer);
        for id in BUILT {
            assert_eq!(direct(&answer, id), Some("proposed"), "{engine}: {id}");
            let said = run(project.path(), &["usages", id]);
            assert!(!said.out.contains("no dashboards"), "{id}: {}", said.out);
        }
        let doctor = run(project.path(), &["doctor", "--offline"]);
        assert!(doctor.out.contains("dbt_dev"), "{}", doctor.out);
        assert!(doctor.out.contains("analytics"), "{}", doctor.out);
        assert!(doctor.out.contains("doctor --fix"), "{}", doctor.out);
        assert!(!project.path().join("exposure-lens.yml").exists());
    }
}

#[test]
fn what_no_table_would_be_by_a_proposed_rule_is_unknown_and_no_zero() {
    let test = "what_no_table_would_be_by_a_proposed_rule_is_unknown_and_no_zero";
    let Some(data) = shared_data(test) else {
        return;
    };
    let project = project(&data, "v1");
    let tables = TABLES.into_iter().filter(|it| !it.contains("pkg_only"));
    let reads: Vec<Reads<'_>> = tables.map(Reads::Table).collect();
    let warehouse = ("duckdb_jdbc", "dbname='shop'", &reads[..]);
    workbook(project.path(), "W", &[warehouse]);
    none_claims_zero(&json(project.path(), &["usages"]));
    let said = run(project.path(), &["usages", "pkg_only"]);
    assert!(said.out.contains("use unknown"), "{}", said.out);
    let unused = run(project.path(), &["usages", "--unused"]);
    assert_eq!(
        (unused.code, unused.out.as_str()),
        (3, ""),
        "{}",
        unused.err
    );
    // Accepted, it is known that nothing reads it in these files.
    run(project.path(), &["doctor", "--offline", "--fix", "--yes"]);
    let answer = json(project.path(), &["usages", "pkg_only"]);
    assert_eq!(answer["nodes"][0]["complete"], true, "{answer:#}");
}

#[test]
fn the_proposed_rule_is_accepted_for_the_team_and_every_table_matches() {
    let test = "the_proposed_rule_is_accepted_for_the_team_and_every_table_matches";
    let Some(data) = shared_data(test) else {
        return;
    };
    for engine in ["v1", "v2"] {
        let project = project(&data, engine);
        let file = project.path().join("exposure-lens.yml");
        let before = "# ours\nlens: {zero: false} # no zeros\n";
        fs::write(&file, before).expect("write");
        let said = run(project.path(), &["doctor", "--offline", "--fix", "--yes"]);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        let after = fs::read_to_string(&file).expect("read");
        assert!(after.contains(before.trim_end()), "{after}");
        assert!(after.contains("map:"), "{after}");
        all_are_mapped(&json(project.path(), &["usages"]));
        // There is nothing left to propose, and a second run writes nothing.
        let again = run(project.path(), &["doctor", "--offline", "--fix", "--yes"]);
        assert_eq!(again.code, 0, "{}{}", again.out, again.err);
        assert_eq!(fs::read_to_string(&file).expect("read"), after);
    }
}

#[test]
fn productions_manifest_is_found_where_dbt_keeps_it_and_every_table_matches() {
    let test = "productions_manifest_is_found_where_dbt_keeps_it_and_every_table_matches";
    let Some(data) = shared_data(test) else {
        return;
    };
    for variable in [
        "DBT_STATE",
        "DBT_DEFER_STATE",
        "DBT_ENGINE_STATE",
        "DBT_ENGINE_DEFER_STATE",
    ] {
        let project = project(&data, "v1");
        manifest(&data, "edge-v1-prod", &project.path().join("prod-state"));
        let said = run_with(
            project.path(),
            &["usages", "--format", "json"],
            &[(variable, "prod-state")],
        );
        let answer = serde_json::from_str(&said.out).expect("JSON");
        all_are_mapped(&answer);
    }
    for engine in ["v1", "v2"] {
        let project = project(&data, engine);
        let deferred = project.path().join("target/dbt_cloud_defer");
        manifest(&data, &format!("edge-{engine}-prod"), &deferred);
        all_are_mapped(&json(project.path(), &["usages"]));
    }
}

#[test]
fn productions_manifest_is_named_by_the_settings_and_every_table_matches() {
    let test = "productions_manifest_is_named_by_the_settings_and_every_table_matches";
    let Some(data) = shared_data(test) else {
        return;
    };
    let project = project(&data, "v2");
    manifest(&data, "edge-v2-prod", &project.path().join("ops"));
    let settings = "dbt: {production_manifest: ops/manifest.json}\n";
    fs::write(project.path().join("exposure-lens.yml"), settings).expect("write");
    let answer = json(project.path(), &["usages"]);
    all_are_mapped(&answer);
    let orders = node(&answer, "model.shop.orders");
    assert_eq!(orders["relation"], "shop.dbt_dev_marts.orders");
    assert_eq!(orders["production_relation"], "shop.analytics_marts.orders");
    let doctor = run(project.path(), &["doctor", "--offline"]);
    assert!(doctor.out.contains("ops/manifest.json"), "{}", doctor.out);
}

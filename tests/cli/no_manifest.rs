//! A fresh clone: the project is read from its files, and the answers say so.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::given::{Reads, packed, workbook};
use crate::support::cli::{json, run};
use crate::support::project::{copy, copy_folder, shared_data};

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// Each node that has a table or something that reads it: its id, where it is and what
/// it is called, then `workbook, distance, match`.
fn lines(answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for node in list(&answer["nodes"]) {
        let text = |key: &str| node[key].as_str().unwrap_or("-").to_owned();
        lines.push(format!(
            "{} in {} as {}",
            text("unique_id"),
            text("path"),
            text("relation")
        ));
        for it in list(&node["workbooks"]) {
            lines.push(format!(
                "  {}, {}, {}",
                it["name"], it["distance"], it["match"]
            ));
        }
    }
    lines
}

/// Answers with and without the manifest are the same, but that the one says that there
/// is none.
#[track_caller]
fn check(project: &Path) {
    let with = json(project, &["usages"]);
    fs::remove_dir_all(project.join("target")).expect("remove");
    let without = json(project, &["usages"]);
    assert_ne!(with["manifest"], Value::Null);
    assert_eq!(without["manifest"], Value::Null);
    assert_eq!(lines(&with).join("\n"), lines(&without).join("\n"));
    let problems = list(&without["problems"]).iter();
    let codes: Vec<&str> = problems.filter_map(|it| it["code"].as_str()).collect();
    assert!(codes.contains(&"manifest_missing"), "{codes:?}");
}

#[test]
fn the_summary_says_that_files_were_read() {
    let project = copy("shop");
    fs::remove_dir_all(project.path().join("target")).expect("remove");
    let said = run(project.path(), &["usages"]);
    let head = said.out.lines().next();
    assert_eq!(
        head,
        Some("shop · 31 nodes · read from the project's files")
    );
}

#[test]
fn a_schema_that_only_dbt_can_work_out_is_told_with_what_to_do() {
    let project = copy("shop");
    fs::remove_dir_all(project.path().join("target")).expect("remove");
    let path = project.path().join("profiles.yml");
    let text = fs::read_to_string(&path).expect("read");
    let text = text.replace(
        "schema: analytics",
        "schema: \"{{ env_var('NOT_SET_HERE') }}\"",
    );
    fs::write(&path, text).expect("write");
    let said = run(project.path(), &["usages", "dim_vendors"]);
    let told = "the schema of target `dev` in profiles.yml cannot be worked out";
    assert!(said.err.contains(told), "{}", said.err);
    assert!(said.out.contains("use unknown"), "{}", said.out);
}

#[test]
fn the_sample_answers_as_with_its_manifest() {
    check(copy("shop").path());
}

#[test]
fn the_edge_project_answers_as_with_its_manifest() {
    let Some(data) = shared_data("the_edge_project_answers_as_with_its_manifest") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_folder(&data.join("dbt/edge/base"), folder.path());
    let target = folder.path().join("target");
    fs::create_dir(&target).expect("make a folder");
    let manifest = packed(&data, "edge-v1-dev.json.gz");
    fs::write(target.join("manifest.json"), manifest).expect("write");
    let tables = [
        "[dbt_dev].[Daily Sales.v1]",
        "[dbt_dev_marts].[orders]",
        "[dbt_dev_marts].[dim_customers_next]",
        "[dbt_dev].[uses_eph]",
        "[dbt_dev].[snap_yaml]",
        "[raw].[events_20251121]",
    ];
    let reads: Vec<Reads<'_>> = tables.into_iter().map(Reads::Table).collect();
    let warehouse = ("duckdb_jdbc", "dbname='shop'", &reads[..]);
    workbook(folder.path(), "W", &[warehouse]);
    check(folder.path());
}

#[test]
fn the_text_says_that_the_answer_is_of_files() {
    let project = copy("shop");
    fs::remove_dir_all(project.path().join("target")).expect("remove");
    let said = run(project.path(), &["usages", "fct_orders"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("Sales Overview"), "{}", said.out);
    assert!(said.err.contains("manifest"), "{}", said.err);
}

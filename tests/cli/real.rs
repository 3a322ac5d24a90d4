//! Real manifests of the shared data, as if they lay in a project.

use serde_json::Value;

use super::given::{self, Reads, real_project as project};
use crate::support::cli::{json, run};
use crate::support::project::{fixture, shared_data};

/// Writes a workbook that reads one table.
fn workbook(folder: &tempfile::TempDir, class: &str, connection: &str, table: &str) {
    let reads = [Reads::Table(table)];
    given::workbook(folder.path(), "W", &[(class, connection, &reads)]);
}

fn used(answer: &Value) -> Vec<String> {
    let nodes = answer["nodes"].as_array().expect("nodes").iter();
    let direct = |it: &&Value| {
        it["workbooks"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|it| it["distance"] == 0)
    };
    nodes
        .filter(direct)
        .map(|it| it["unique_id"].as_str().expect("id").to_owned())
        .collect()
}

/// The codes of the problems. The project's files are not part of the shared data.
fn problems(answer: &Value) -> Vec<&str> {
    let problems = answer["problems"].as_array().into_iter().flatten();
    problems.filter_map(|it| it["code"].as_str()).collect()
}

#[test]
fn a_manifest_of_42_megabytes_answers() {
    let Some(data) = shared_data("a_manifest_of_42_megabytes_answers") else {
        return;
    };
    let folder = project(&data, "gitlab.json.gz", "gitlab_snowflake");
    let probe = json(folder.path(), &["usages", "dim_date"]);
    let relation = probe["nodes"][0]["relation"]
        .as_str()
        .expect("a relation")
        .to_uppercase();
    let table = format!("[{}]", relation.replace('.', "].["));
    workbook(&folder, "snowflake", "", &table);
    let answer = json(folder.path(), &["usages"]);
    assert_eq!(problems(&answer), ["files_gone"]);
    assert_eq!(used(&answer), ["model.gitlab_snowflake.dim_date"]);
    assert!(
        answer["manifest"]["nodes"].as_u64() > Some(4000),
        "{}",
        answer["manifest"]
    );
}

#[test]
fn a_bigquery_manifest_of_795_models_answers() {
    let Some(data) = shared_data("a_bigquery_manifest_of_795_models_answers") else {
        return;
    };
    for manifest in ["teamster-kipptaf.json.gz", "v2-teamster-kipptaf.json.gz"] {
        let folder = project(&data, manifest, "kipptaf");
        let all = json(folder.path(), &["usages"]);
        let nodes = all["nodes"].as_array().expect("nodes");
        let model = nodes
            .iter()
            .find(|it| {
                let id = it["unique_id"].as_str().expect("id");
                id.starts_with("model.kipptaf.rpt_tableau__") && it["relation"].is_string()
            })
            .expect("a Tableau report model");
        let relation = model["relation"].as_str().expect("a relation");
        let parts: Vec<&str> = relation.split('.').collect();
        let place = format!("CATALOG='{}' schema='{}'", parts[0], parts[1]);
        workbook(
            &folder,
            "bigquery",
            &place,
            &format!("[{}]", parts[1..].join("].[")),
        );
        let answer = json(folder.path(), &["usages"]);
        assert_eq!(used(&answer), [model["unique_id"].as_str().expect("id")]);
        assert_eq!(problems(&answer), ["files_gone"], "{manifest}");
    }
}

#[test]
fn a_development_manifest_never_says_zero_for_production_tables() {
    let Some(data) = shared_data("a_development_manifest_never_says_zero_for_production_tables")
    else {
        return;
    };
    for (manifest, schema, expected) in [
        ("edge-v1-dev.json.gz", "analytics_marts", "name"),
        ("edge-v1-prod.json.gz", "analytics_marts", "exact"),
        ("edge-v2-prod.json.gz", "analytics_marts", "exact"),
    ] {
        let folder = project(&data, manifest, "shop");
        workbook(
            &folder,
            "duckdb_jdbc",
            "dbname='shop'",
            &format!("[{schema}].[dim_customers_next]"),
        );
        let answer = json(folder.path(), &["usages", "model.shop.dim_customers.v2"]);
        assert_eq!(
            answer["nodes"][0]["workbooks"][0]["match"], expected,
            "{manifest}"
        );
        let said = run(folder.path(), &["usages", "model.shop.dim_customers.v2"]);
        assert!(
            !said.out.contains("no dashboards"),
            "{manifest}: {}",
            said.out
        );
    }
}

#[test]
fn the_samples_are_read_from_any_folder() {
    let said = run(
        &fixture(""),
        &["usages", "--project-dir", "shop", "dim_vendors"],
    );
    assert_eq!(said.code, 0, "{}", said.err);
    let said = run(
        &fixture("shop/models/marts"),
        &["usages", "dim_vendors.sql"],
    );
    assert!(
        said.out.contains("no dashboards in 17 workbook files"),
        "{}",
        said.out
    );
}

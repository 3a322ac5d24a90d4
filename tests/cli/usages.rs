use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::support::cli::{json, run};
use crate::support::project::fixture;

/// What `usages` prints on a fixture, and its exit code where it is not 0.
#[track_caller]
fn check(project: &str, args: &[&str], expect: Expect) {
    let args: Vec<&str> = ["usages"].iter().chain(args).copied().collect();
    let said = run(&fixture(project), &args);
    let code = if said.code == 0 { String::new() } else { format!("exit code {}\n", said.code) };
    expect.assert_eq(&format!("{}{}{code}", said.out, said.err));
}

#[test]
fn the_summary_lists_the_most_used_nodes() {
    check("shop", &[], expect![[""]]);
}

#[test]
fn a_mart_lists_its_workbooks_and_dashboards() {
    check("shop", &["fct_orders"], expect![[""]]);
}

#[test]
fn a_staging_model_shows_the_way_to_its_dashboards() {
    check("shop", &["stg_products"], expect![[""]]);
}

#[test]
fn nodes_are_found_by_id_label_file_and_source_name() {
    for word in
        ["model.shop.dim_vendors", "shop.dim_vendors", "models/marts/dim_vendors.sql", "dim_vendors"]
    {
        check("shop", &[word], expect![[""]]);
    }
    check("shop", &["crm.accounts", "--direct"], expect![[""]]);
}

#[test]
fn a_workbook_a_dashboard_and_an_address_lead_to_their_nodes() {
    for word in [
        "Sales Overview",
        "tableau/Sales Overview.twb",
        "Regional Detail",
        "https://10ax.online.tableau.com/#/site/acme/views/SalesOverview/Overview?:iid=1",
    ] {
        check("shop", &[word], expect![[""]]);
    }
}

#[test]
fn an_unknown_name_says_the_nearest() {
    check("shop", &["fct_order"], expect![[""]]);
}

#[test]
fn a_developers_schema_is_no_zero() {
    check("snow", &["fct_orders"], expect![[""]]);
    check("snow", &[], expect![[""]]);
}

#[test]
fn unused_nodes_are_listed_only_when_nothing_is_missing() {
    check("shop", &["--unused"], expect![[""]]);
    check("snow", &["--unused"], expect![[""]]);
}

/// `node: workbook (distance, match): dashboards` for every node of the JSON answer.
fn summary(answer: &Value) -> String {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut lines = BTreeMap::new();
    for node in answer["nodes"].as_array().expect("nodes") {
        for it in node["workbooks"].as_array().expect("workbooks") {
            let dashboards = it["dashboards"].as_array().expect("dashboards");
            let names: Vec<String> = dashboards.iter().map(|it| text(&it["name"])).collect();
            let line = format!("{} {} {}", it["distance"], text(&it["match"]), names.join(", "));
            lines.insert((text(&node["unique_id"]), text(&it["name"])), line);
        }
    }
    let lines: Vec<String> =
        lines.into_iter().map(|((node, workbook), line)| format!("{node} | {workbook}: {line}")).collect();
    lines.join("\n")
}

#[test]
fn json_holds_every_node_of_the_sample() {
    let answer = json(&fixture("shop"), &["usages"]);
    assert_eq!(answer["version"], 1);
    assert_eq!(answer["nodes"].as_array().map(Vec::len), Some(31));
    expect![[""]].assert_eq(&summary(&answer));
    expect![[""]].assert_eq(&serde_json::to_string_pretty(&answer["unmatched"]).expect("JSON"));
    expect![[""]].assert_eq(&format!("{}\n{}", answer["manifest"], answer["content"]));
}

#[test]
fn json_speaks_of_production_names() {
    expect![[""]].assert_eq(&summary(&json(&fixture("snow"), &["usages"])));
}

#[test]
fn two_runs_print_the_same_bytes() {
    let args = ["usages", "--format", "json"];
    assert_eq!(run(&fixture("shop"), &args).out, run(&fixture("shop"), &args).out);
}

#[test]
fn a_gap_makes_an_empty_answer_unknown() {
    let project = crate::support::project::copy("shop");
    crate::support::project::copy_folder(&fixture("gaps"), &project.path().join("tableau"));
    let said = run(project.path(), &["usages", "dim_vendors"]);
    expect![[""]].assert_eq(&said.out);
    assert_eq!(run(project.path(), &["usages", "--unused"]).code, 3);
    let answer = json(project.path(), &["usages", "dim_vendors"]);
    assert_eq!(answer["nodes"][0]["complete"], false);
}

//! What a word on the command line means: names, paths, addresses, and what leads nowhere.

use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};
use serde_json::Value;

use super::given::{Reads, project, workbook};
use crate::support::cli::{json, run};
use crate::support::project::{copy, fixture};

/// The first line of the answer for `word`, what is said beside it, and the exit code.
fn first_line(dir: &Path, args: &[&str]) -> String {
    let args: Vec<&str> = ["usages"].iter().chain(args).copied().collect();
    let said = run(dir, &args);
    let line = said.out.lines().next().unwrap_or_default();
    format!("{line}{} ({})", said.err.trim_end(), said.code)
}

#[track_caller]
fn check(word: &str, expect: Expect) {
    expect.assert_eq(&first_line(&fixture("shop"), &[word]));
}

#[test]
fn a_path_is_found_however_it_is_written() {
    let project = copy("shop");
    let root = project.path();
    let absolute = root.join("models/marts/dim_vendors.sql");
    let from_root = [
        "models/marts/dim_vendors.sql",
        "./models/marts/dim_vendors.sql",
        "models/../models/marts/dim_vendors.sql",
        "models\\marts\\dim_vendors.sql",
        absolute.to_str().expect("UTF-8"),
    ];
    for word in from_root {
        assert!(
            first_line(root, &[word]).starts_with("dim_vendors model"),
            "{word}"
        );
    }
    let below = root.join("models/marts");
    for word in [
        "dim_vendors.sql",
        "./dim_vendors.sql",
        "../marts/dim_vendors.sql",
    ] {
        assert!(
            first_line(&below, &[word]).starts_with("dim_vendors model"),
            "{word}"
        );
    }
    // Named from elsewhere: relative to the project.
    let dir = root.to_str().expect("UTF-8");
    for word in from_root {
        let line = first_line(Path::new("/"), &["--project-dir", dir, word]);
        assert!(line.starts_with("dim_vendors model"), "{word}: {line}");
    }
    let workbook = root.join("tableau/Churn.twbx");
    for word in [
        "tableau/Churn.twbx",
        "tableau\\Churn.twbx",
        workbook.to_str().expect("UTF-8"),
    ] {
        assert!(
            first_line(root, &[word]).starts_with("Churn workbook"),
            "{word}"
        );
    }
}

#[cfg(unix)]
#[test]
fn links_on_the_way_do_not_matter() {
    let project = copy("shop");
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let link = elsewhere.path().join("link");
    std::os::unix::fs::symlink(project.path(), &link).expect("link");
    let word = link.join("models/marts/dim_vendors.sql");
    let line = first_line(&link, &[word.to_str().expect("UTF-8")]);
    assert!(line.starts_with("dim_vendors model"), "{line}");
    let target = elsewhere.path().join("Moved.twbx");
    fs::rename(project.path().join("tableau/Churn.twbx"), &target).expect("move");
    std::os::unix::fs::symlink(&target, project.path().join("tableau/Churn.twbx")).expect("link");
    let line = first_line(project.path(), &["tableau/Churn.twbx"]);
    assert!(line.starts_with("Churn workbook"), "{line}");
}

#[test]
fn names_of_every_kind_are_understood() {
    check(
        "dim_vendors",
        expect![
            "dim_vendors model · models/marts/dim_vendors.sql · shop.analytics_marts.dim_vendors (0)"
        ],
    );
    check(
        "DIM_VENDORS",
        expect![
            "dim_vendors model · models/marts/dim_vendors.sql · shop.analytics_marts.dim_vendors (0)"
        ],
    );
    check(
        "shop.analytics_marts.dim_vendors",
        expect![
            "dim_vendors model · models/marts/dim_vendors.sql · shop.analytics_marts.dim_vendors (0)"
        ],
    );
    check(
        "crm.accounts",
        expect![
            "crm.accounts source · models/sources/sources.yml · shop.raw_crm.tbl_accounts_v3 (0)"
        ],
    );
    check(
        "sales overview",
        expect![
            "Sales Overview workbook · 3 dashboards · exposure sales_overview · tableau/Sales Overview.twb (0)"
        ],
    );
    check(
        "regional detail",
        expect![
            "Sales Overview workbook · 3 dashboards · exposure sales_overview · tableau/Sales Overview.twb (0)"
        ],
    );
    check(
        "sales_overview",
        expect![
            "Sales Overview workbook · 3 dashboards · exposure sales_overview · tableau/Sales Overview.twb (0)"
        ],
    );
    check(
        "https://10ax.online.tableau.com/t/acme/views/SalesOverview/Overview",
        expect![
            "Sales Overview workbook · 3 dashboards · exposure sales_overview · tableau/Sales Overview.twb (0)"
        ],
    );
    check(
        "https://10ax.online.tableau.com/#/site/acme/views/Nowhere/Overview",
        expect![
            "error: no node, file or workbook `https://10ax.online.tableau.com/#/site/acme/views/Nowhere/Overview` in this project (2)"
        ],
    );
}

#[test]
fn a_folder_stands_for_what_is_below_it() {
    let said = run(
        &fixture("shop"),
        &["usages", "snapshots", "--format", "json"],
    );
    let answer: Value = serde_json::from_str(&said.out).expect("JSON");
    let ids: Vec<&str> = nodes(&answer);
    expect![[r#"
        snapshot.shop.products_snapshot
        snapshot.shop.snap_customers
        snapshot.shop.snap_orders"#]]
    .assert_eq(&ids.join("\n"));
    assert!(first_line(&fixture("shop"), &["tableau/"]).contains("workbook"));
}

fn nodes(answer: &Value) -> Vec<&str> {
    let nodes = answer["nodes"].as_array().expect("nodes").iter();
    nodes
        .map(|it| it["unique_id"].as_str().expect("an id"))
        .collect()
}

#[test]
fn what_leads_nowhere_says_why() {
    let project = copy("shop");
    let at = |name: &str| project.path().join(name);
    fs::write(at("models/new.sql"), "select 1\n").expect("write");
    fs::write(at("notes.md"), "text\n").expect("write");
    let check = |word: &str, expect: Expect| {
        expect.assert_eq(&first_line(project.path(), &[word]));
    };
    check(
        "models/new.sql",
        expect!["new model · models/new.sql · shop.analytics.new (0)"],
    );
    check(
        "notes.md",
        expect!["note: notes.md defines no node of this project (0)"],
    );
    check(
        "models/archive/stg_sessions.sql",
        expect![
            "note: `stg_sessions` in models/archive/stg_sessions.sql is disabled: dbt does not build it; the enabled definition is models/staging/stg_sessions.sql (0)"
        ],
    );
    check(
        "tableau/Sales Targets.tds",
        expect![
            "note: tableau/Sales Targets.tds is a datasource: `exposure-lens inspect` shows what it reads (0)"
        ],
    );
    check(
        "models/no_such.sql",
        expect!["error: no node, file or workbook `models/no_such.sql` in this project (2)"],
    );
    check(
        "",
        expect!["error: no node, file or workbook `` in this project (2)"],
    );
}

#[test]
fn a_list_of_changed_files_is_one_question() {
    let project = copy("shop");
    fs::write(project.path().join("notes.md"), "text\n").expect("write");
    let words = [
        "usages",
        "notes.md",
        "models/marts/dim_vendors.sql",
        "dim_vendors",
        "Churn",
    ];
    let answer = json(project.path(), &words);
    let ids = nodes(&answer);
    assert!(ids.is_sorted(), "{ids:?}");
    assert_eq!(
        ids.iter()
            .filter(|it| **it == "model.shop.dim_vendors")
            .count(),
        1
    );
    assert_eq!(
        answer["problems"][0]["code"], "no_node",
        "{:#}",
        answer["problems"]
    );
}

#[test]
fn a_node_that_is_asked_for_keeps_all_its_workbooks_beside_a_workbook_that_is() {
    let answer = json(&fixture("shop"), &["usages", "Churn", "fct_orders"]);
    let find = |id: &str| {
        let mut nodes = answer["nodes"].as_array().expect("nodes").iter();
        nodes.find(|it| it["unique_id"] == id).expect("the node")
    };
    let n_workbooks = |id: &str| find(id)["workbooks"].as_array().map(Vec::len);
    assert_eq!(n_workbooks("model.shop.fct_orders"), Some(8));
    assert_eq!(n_workbooks("model.shop.dim_products"), Some(1));
}

#[test]
fn direct_leaves_out_what_is_only_further_down() {
    let project = project(
        "snowflake",
        "model.shop.a DB.S.a models/a.sql\nmodel.shop.b DB.S.b models/b.sql <- model.shop.a",
    );
    let [a, b] = [
        [Reads::Table("[DB].[S].[A]")],
        [Reads::Table("[DB].[S].[B]")],
    ];
    workbook(
        project.path(),
        "W",
        &[("snowflake", "", &a), ("snowflake", "", &b)],
    );
    let workbook = |args: &[&str]| json(project.path(), args)["nodes"][0]["workbooks"][0].clone();
    let all = workbook(&["usages", "a"]);
    assert_eq!(all["dashboards"].as_array().map(Vec::len), Some(2));
    let direct = workbook(&["usages", "a", "--direct"]);
    assert_eq!(direct["dashboards"].as_array().map(Vec::len), Some(1));
    assert_eq!(direct["sheets"], serde_json::json!(["Sheet 0"]));
    assert_eq!(direct["datasources"], serde_json::json!(["D0"]));
}

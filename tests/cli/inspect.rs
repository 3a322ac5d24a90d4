use std::collections::BTreeSet;

use expect_test::expect;
use serde_json::Value;

use crate::support::cli::{json, run};
use crate::support::project::{fixture, root, shared_data};

#[test]
fn a_workbook_shows_its_datasources_and_dashboards() {
    let said = run(
        &fixture("shop"),
        &[
            "inspect",
            "tableau/Churn.twbx",
            "tableau/Sales Overview.twb",
        ],
    );
    expect![[r#"
        tableau/Churn.twbx  workbook · 2 dashboards · 1 sheet (0 hidden)
          datasource At risk
            custom SQL  "analytics_marts"."fct_orders"     duckdb_jdbc
                        customer_churn                     duckdb_jdbc
                        shop.analytics_marts.dim_products  duckdb_jdbc
          dashboard  Churn Risk  Scores
          dashboard  Call List   Scores
        tableau/Sales Overview.twb  workbook · 3 dashboards · 4 sheets (3 hidden)
          datasource Orders
            table  [analytics_marts].[fct_orders]  duckdb_jdbc
          dashboard  Overview          Revenue by Day, Revenue by Region
          dashboard  Regional Detail   Revenue by Region, Order List
          story      Quarterly Review  Overview, Order List
    "#]]
    .assert_eq(&said.out);
}

#[test]
fn one_bad_file_does_not_hide_the_good_ones() {
    let said = run(
        &fixture(""),
        &[
            "inspect",
            "hostile/workbooks/picture.twb",
            "shop/tableau/Churn.twbx",
        ],
    );
    assert_eq!(said.code, 0);
    expect![[r#"
        hostile/workbooks/picture.twb  unreadable: cannot read a workbook or datasource: this is a PNG image
        shop/tableau/Churn.twbx  workbook · 2 dashboards · 1 sheet (0 hidden)
          datasource At risk
            custom SQL  "analytics_marts"."fct_orders"     duckdb_jdbc
                        customer_churn                     duckdb_jdbc
                        shop.analytics_marts.dim_products  duckdb_jdbc
          dashboard  Churn Risk  Scores
          dashboard  Call List   Scores
    "#]].assert_eq(&said.out);
    assert_eq!(
        run(&fixture("hostile"), &["inspect", "workbooks/picture.twb"]).code,
        3
    );
}

#[test]
fn a_file_that_is_not_there_does_not_hide_the_good_ones() {
    let alone = run(&fixture("shop"), &["inspect", "no-such-file.twb"]);
    assert_eq!(alone.code, 3);
    let files = ["tableau/Sales Targets.tds", "no-such-file.twb"];
    let answer = json(&fixture("shop"), &["inspect", files[0], files[1]]);
    let found = answer["files"].as_array().expect("files");
    assert_eq!(found.len(), 2);
    assert_eq!(found[0]["path"], files[1]);
    assert!(found[0]["error"].is_string(), "{}", found[0]);
    assert_eq!(found[1]["error"], Value::Null);
    assert_eq!(found[1]["kind"], "datasource");
}

/// Where the independent reading is known to be wrong: server/decisions/.
const EXCEPTIONS: &[(&str, &str)] = &[];

fn names(list: &Value, key: &str) -> BTreeSet<String> {
    let items = list.as_array().into_iter().flatten();
    items
        .filter_map(|it| it[key].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn agrees_with_an_independent_reading_of_real_workbooks() {
    let Some(data) = shared_data("agrees_with_an_independent_reading_of_real_workbooks") else {
        return;
    };
    let text =
        std::fs::read_to_string(data.join("workbooks/reference_extract.json")).expect("reference");
    let reference: Value = serde_json::from_str(&text).expect("JSON");
    let mut n_files = 0;
    for (name, expected) in reference.as_object().expect("files by name") {
        let path = data.join("workbooks").join(name);
        let answer = json(root(), &["inspect", path.to_str().expect("UTF-8")]);
        let file = &answer["files"][0];
        n_files += 1;
        if expected["error"].is_string() {
            assert!(file["error"].is_string(), "{name}");
            continue;
        }
        assert_eq!(file["error"], Value::Null, "{name}");
        let is_copy = |raw: &String| raw.starts_with("[Extract].") || raw == "[sqlproxy]";
        for (n, expected) in expected["datasources"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
        {
            if EXCEPTIONS.iter().any(|(file, _)| file == name) {
                continue;
            }
            let ours = &file["datasources"][n];
            let relations = expected["relations"].as_array().expect("relations");
            let of_kind =
                |kind: &'static str| relations.iter().filter(move |it| it["kind"] == kind);
            let tables: BTreeSet<String> = of_kind("table")
                .filter_map(|it| it["table"].as_str().map(str::to_owned))
                .filter(|raw| !is_copy(raw))
                .collect();
            assert_eq!(names(&ours["tables"], "raw"), tables, "{name} {n}");
            let n_sql = ours["custom_sql"].as_array().map(Vec::len);
            assert_eq!(n_sql, Some(of_kind("sql").count()), "{name} {n}");
        }
        let dashboards = expected["dashboards"].as_object();
        for (dashboard, expected) in dashboards.into_iter().flatten() {
            let mut ours = file["dashboards"].as_array().expect("dashboards").iter();
            let ours = ours.find(|it| it["name"] == *dashboard).expect(dashboard);
            assert_eq!(ours["story"], expected["story"], "{name} {dashboard}");
            let sheets = |list: &Value| -> BTreeSet<String> {
                let items = list.as_array().into_iter().flatten();
                items
                    .filter_map(|it| it.as_str().map(str::to_owned))
                    .collect()
            };
            let mut wanted = sheets(&expected["sheets"]);
            wanted.extend(sheets(&expected["captured"]));
            assert_eq!(sheets(&ours["sheets"]), wanted, "{name} {dashboard}");
        }
        let n_dashboards = dashboards.map_or(0, serde_json::Map::len);
        assert_eq!(
            file["dashboards"].as_array().map(Vec::len),
            Some(n_dashboards),
            "{name}"
        );
        let ours = file["sheets"].as_array().into_iter().flatten();
        let hidden: BTreeSet<&str> = ours
            .filter(|it| it["hidden"] == true)
            .filter_map(|it| it["name"].as_str())
            .collect();
        let wanted = expected["hidden"].as_array().into_iter().flatten();
        assert_eq!(hidden, wanted.filter_map(Value::as_str).collect(), "{name}");
    }
    assert!(n_files >= 33, "{n_files} files");
}

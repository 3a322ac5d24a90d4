//! What a site knows, in the answers of the command line: a team snapshot beside the
//! project stands for the site, so that nothing is contacted.

use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::given::project;
use crate::support::cli::{self, run};

const NODES: &str = "\
model.shop.orders DEV.ALICE.orders models/orders.sql
model.shop.customers DEV.ALICE.customers models/customers.sql
model.shop.spare DEV.ALICE.spare models/spare.sql
";

/// A project of a developer's schema, beside the team's snapshot of `acme`, in which
/// `change` was made.
fn with_snapshot(change: impl FnOnce(&mut Value)) -> tempfile::TempDir {
    let project = project("snowflake", NODES);
    let mut snapshot = snapshot();
    change(&mut snapshot);
    let snapshot = serde_json::from_value(snapshot).expect("a snapshot");
    let bytes = tableau::snapshot::encode(&snapshot).expect("bytes");
    fs::write(project.path().join("team.snapshot"), bytes).expect("write");
    let settings = "tableau:\n  snapshot: team.snapshot\n";
    fs::write(project.path().join("exposure-lens.yml"), settings).expect("write");
    project
}

fn snapshot() -> Value {
    let production =
        |name: &str| json!({"database": "PROD", "schema": "MARTS", "identifier": name});
    json!({
        "project": "shop",
        "generated_at": "2026-01-10T10:00:00Z",
        "relations": {
            "model.shop.orders": production("ORDERS"),
            "model.shop.customers": production("CUSTOMERS"),
            "model.shop.spare": production("SPARE"),
        },
        "sites": [site()],
    })
}

fn site() -> Value {
    let table = |name: &str| {
        json!({
            "id": name,
            "name": name,
            "fullName": format!("[PROD].[MARTS].[{name}]"),
            "connectionType": "snowflake",
            "database": {"name": "PROD", "connectionType": "snowflake"},
        })
    };
    let view = |id: &str, name: &str| json!({"id": id, "luid": format!("{id}-luid"), "name": name, "path": format!("Sales/{id}")});
    let mut overview = view("Overview", "Overview");
    overview["sheets"] = json!([{"id": "ByDay", "name": "By day"}]);
    json!({
        "base": "https://acme.example",
        "site": "acme",
        "fetched_at": "2026-01-10T10:00:00Z",
        "full_at": "2026-01-10T10:00:00Z",
        "catalogue_complete": true,
        "projects": [{"luid": "p1", "name": "Finance"}, {"luid": "p2", "name": "Exec", "parent": "p1"}],
        "workbooks": [{
            "id": "wb", "luid": "w1", "name": "Sales", "vizportalUrlId": "7", "contentUrl": "Sales",
            "projectLuid": "p2", "owner": {"name": "Ana Ruiz", "email": "ana@acme.example"},
            "sheets": [view("ByDay", "By day")],
            "dashboards": [overview],
            "embeddedDatasources": [{"id": "ds"}],
        }],
        "embedded": [{
            "id": "ds", "name": "Orders",
            "parentPublishedDatasources": [{"id": "pub", "luid": "d1", "name": "Orders"}],
            "downstreamSheets": [{"id": "ByDay"}],
        }],
        "published": [
            {
                "id": "pub", "luid": "d1", "name": "Orders", "vizportalUrlId": "3", "isCertified": true,
                "upstreamTables": [table("ORDERS")],
            },
            {
                "id": "pulse", "luid": "d2", "name": "Pulse", "vizportalUrlId": "4",
                "owner": {"name": "Bo Li"}, "upstreamTables": [table("CUSTOMERS")],
            },
        ],
        "usage": {
            "at": "2026-01-10T10:00:00Z", "earlier_at": "2026-01-03T10:00:00Z",
            "views": {"Overview-luid": {"total": 900, "earlier": 590}},
        },
    })
}

#[track_caller]
fn check(dir: &Path, args: &[&str], expect: Expect) {
    let args: Vec<&str> = ["usages"].iter().chain(args).copied().collect();
    let said = run(dir, &args);
    // How long ago the snapshot was made depends on the day.
    let said = format!("{}{}({})", said.out, said.err, said.code);
    let words = said.split_inclusive(' ').collect::<Vec<_>>();
    let is_age = |at: usize| words.get(at + 2).is_some_and(|it| it.starts_with("ago"));
    let shown = (0..words.len()).map(|at| if is_age(at) { "N " } else { words[at] });
    expect.assert_eq(&shown.collect::<String>());
}

#[test]
fn a_developers_schema_matches_by_what_production_calls_a_node() {
    let project = with_snapshot(|_| {});
    check(
        project.path(),
        &["orders"],
        expect![[r#"
            orders model · models/orders.sql · DEV.ALICE.orders
            Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure · orders is gone from the files
            in production PROD.MARTS.ORDERS

              Sales  1 dashboard  table + published datasource, mapped match  no exposure  https://acme.example/#/site/acme/workbooks/7
                acme · Finance/Exec · Ana Ruiz · ✓ certified · +310 views/7 d · datasource Orders
                Overview
            (0)"#]],
    );
    check(
        project.path(),
        &["customers"],
        expect![[r#"
            customers model · models/customers.sql · DEV.ALICE.customers
            Tableau: no dashboards · customers is gone from the files
            in production PROD.MARTS.CUSTOMERS
            1 published datasource that no known workbook uses reads it: Pulse (Bo Li · https://acme.example/#/site/acme/datasources/4)
            (0)"#]],
    );
    check(
        project.path(),
        &["spare"],
        expect![[r#"
            spare model · models/spare.sql · DEV.ALICE.spare
            Tableau: no dashboards · spare is gone from the files
            in production PROD.MARTS.SPARE
            (0)"#]],
    );
}

#[test]
fn a_pasted_link_leads_to_the_models_that_feed_it() {
    let project = with_snapshot(|_| {});
    let at = |rest: &str| format!("https://acme.example/{rest}");
    check(
        project.path(),
        &[&at("#/site/acme/workbooks/7/views")],
        expect![[r#"
            Sales workbook · 1 dashboard · no exposure · acme · Finance/Exec · Ana Ruiz · +310 views/7 d · https://acme.example/#/site/acme/workbooks/7
              reads  orders  model  models/orders.sql
            (0)"#]],
    );
    let of_view = at("t/acme/views/Sales/Overview?:iid=1");
    let of_view = run(project.path(), &["usages", &of_view]).out;
    assert_eq!(of_view, run(project.path(), &["usages", "Sales"]).out);
    check(
        project.path(),
        &[&at("#/site/acme/datasources/4")],
        expect![[r#"
            Pulse published datasource · acme · Bo Li · https://acme.example/#/site/acme/datasources/4
              reads  customers  model  models/customers.sql
            (0)"#]],
    );
    check(
        project.path(),
        &["acme.example/#/site/acme/workbooks/8"],
        expect![[r#"
            error: no node, file or workbook `acme.example/#/site/acme/workbooks/8` in this project; known: acme on acme.example
            (2)"#]],
    );
}

#[test]
fn unused_nodes_are_told_of_those_named_and_never_of_half_a_site() {
    let project = with_snapshot(|_| {});
    check(
        project.path(),
        &["--unused"],
        expect![[r#"
        customers  model  models/customers.sql  read by datasource Pulse
        spare      model  models/spare.sql
        (0)"#]],
    );
    check(
        project.path(),
        &["--unused", "orders", "spare"],
        expect![[r#"
            spare  model  models/spare.sql
            (0)"#]],
    );
    check(project.path(), &["--unused", "orders"], expect!["(0)"]);
    let partial = with_snapshot(|it| {
        it["sites"][0]["published"][0]["upstreamTables"] = json!([{"id": "hidden"}]);
    });
    check(
        partial.path(),
        &["--unused"],
        expect![[r#"
        error: content is incomplete, so that "unused" cannot be told:
          1 table has its name hidden by permissions
        (3)"#]],
    );
}

#[test]
fn json_tells_what_the_site_knows() {
    let project = with_snapshot(|_| {});
    let answer = cli::json(project.path(), &["usages", "orders", "customers"]);
    let pretty = |value: &Value| serde_json::to_string_pretty(value).expect("JSON");
    let shown = json!({"content": answer["content"], "nodes": answer["nodes"]});
    expect![[r#"
        {
          "content": [
            {
              "complete": true,
              "fetched_at": null,
              "host": null,
              "kind": "files",
              "name": "workbook files",
              "notes": [],
              "selected": null,
              "workbooks": 0
            },
            {
              "complete": true,
              "fetched_at": "2026-01-10T10:00:00Z",
              "host": "acme.example",
              "kind": "snapshot",
              "name": "acme",
              "notes": [],
              "selected": null,
              "workbooks": 1
            }
          ],
          "nodes": [
            {
              "complete": true,
              "datasources": [
                {
                  "certified": false,
                  "extract_refreshed": null,
                  "file": null,
                  "luid": "d2",
                  "name": "Pulse",
                  "owner": {
                    "email": null,
                    "name": "Bo Li"
                  },
                  "project_path": [],
                  "site": "acme",
                  "url": "https://acme.example/#/site/acme/datasources/4",
                  "warnings": []
                }
              ],
              "missing": [],
              "name": "customers",
              "path": "models/customers.sql",
              "production_relation": "PROD.MARTS.CUSTOMERS",
              "relation": "DEV.ALICE.customers",
              "unique_id": "model.shop.customers",
              "workbooks": []
            },
            {
              "complete": true,
              "datasources": [],
              "missing": [],
              "name": "orders",
              "path": "models/orders.sql",
              "production_relation": "PROD.MARTS.ORDERS",
              "relation": "DEV.ALICE.orders",
              "unique_id": "model.shop.orders",
              "workbooks": [
                {
                  "certified": true,
                  "dashboards": [
                    {
                      "distance": 0,
                      "luid": "Overview-luid",
                      "name": "Overview",
                      "story": false,
                      "url": "https://acme.example/#/site/acme/views/Sales/Overview",
                      "views": {
                        "recent": 310,
                        "recent_days": 7,
                        "total": 900
                      }
                    }
                  ],
                  "datasources": [
                    "Orders"
                  ],
                  "distance": 0,
                  "evidence": [
                    "published_datasource",
                    "table"
                  ],
                  "exposure": null,
                  "extract_refreshed": null,
                  "file": null,
                  "flows": [],
                  "luid": "w1",
                  "match": "mapped",
                  "name": "Sales",
                  "owner": {
                    "email": "ana@acme.example",
                    "name": "Ana Ruiz"
                  },
                  "project_path": [
                    "Finance",
                    "Exec"
                  ],
                  "sheets": [
                    "By day"
                  ],
                  "site": "acme",
                  "url": "https://acme.example/#/site/acme/workbooks/7",
                  "via": [
                    "model.shop.orders"
                  ],
                  "views": {
                    "recent": 310,
                    "recent_days": 7,
                    "total": 900
                  },
                  "virtual_connections": [],
                  "warnings": []
                }
              ]
            }
          ]
        }"#]]
    .assert_eq(&pretty(&shown));
}

#[test]
fn what_was_gone_long_ago_is_neither_disabled_nor_removed() {
    let project = with_snapshot(|snapshot| snapshot["sites"][0]["sees_all"] = json!(true));
    let file = project.path().join("models/exposures.yml");
    let exposures = "exposures:\n  - name: old\n    type: dashboard\n    owner: {name: Ana}\n    \
                     url: https://acme.example/#/site/acme/workbooks/3\n    depends_on: []\n";
    fs::create_dir_all(project.path().join("models")).expect("a folder");
    fs::write(&file, exposures).expect("write");
    let plan = run(project.path(), &["exposures"]);
    assert!(plan.out.contains("stale  old"), "{}", plan.out);
    for what in ["disable", "remove"] {
        let said = run(project.path(), &["exposures", "--gone", what, "--write"]);
        let why = "acme was read";
        assert!(said.err.contains(why), "{}{}", said.out, said.err);
        let text = fs::read_to_string(&file).expect("read");
        assert!(text.starts_with(exposures), "{text}");
    }
}

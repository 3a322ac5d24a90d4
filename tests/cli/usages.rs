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
    let code = if said.code == 0 {
        String::new()
    } else {
        format!("exit code {}\n", said.code)
    };
    expect.assert_eq(&format!("{}{}{code}", said.out, said.err));
}

#[test]
fn the_summary_lists_the_most_used_nodes() {
    check(
        "shop",
        &[],
        expect![[r#"
            shop · 31 nodes · dbt Core 1.11 on duckdb
            17 workbook files · 22 dashboards · complete

            NODE                         DIRECT  DOWNSTREAM  READ BY
            fct_orders           model       11           1  Sales Overview, Churn, Weekly Ops, +4
            dim_products         model        5           ·  Churn, Basket Explorer, Executive Summary, +1
            fct_returns          model        3           ·  Weekly Ops, All Movements
            dim_customers.v2     model        2           2  Customer 360
            customer_churn       model        2           ·  Churn
            fct_sessions         model        2           ·  Weekly Ops
            crm.accounts         source       1           5  Account Tracker
            regions              seed         1           5  Café & Crème 🧁
            stg_sessions         model        1           2  Session Quality
            dim_customers.v1     model        1           ·  Basket Explorer
            fct_refunds          model        1           ·  Refund Audit
            reference.regions    source       1           ·  Café & Crème 🧁
            rpt_daily_sales      model        1           ·  Daily Sales Flash
            int_orders_enriched  model        ·          12  Sales Overview, Churn, Weekly Ops, +5
            stg_order_items      model        ·          12  Sales Overview, Churn, Weekly Ops, +5
            stg_orders           model        ·          12  Sales Overview, Churn, Weekly Ops, +5
            webshop.order_items  source       ·          12  Sales Overview, Churn, Weekly Ops, +5
            webshop.orders       source       ·          12  Sales Overview, Churn, Weekly Ops, +5
            stg_products         model        ·           5  Churn, Basket Explorer, Executive Summary, +2
            webshop.products     source       ·           5  Churn, Basket Explorer, Executive Summary, +2
            +5 more; --all lists them

            6 nodes reach no dashboard and no sheet
            1 table in Tableau without a node:
              [analytics_marts].[fct_return]  no such relation  Returns Archive
              exposure-lens explain TABLE says why
            2 tables of files or other warehouses left out
        "#]],
    );
}

#[test]
fn a_mart_lists_its_workbooks_and_dashboards() {
    check(
        "shop",
        &["fct_orders"],
        expect![[r#"
        fct_orders model · models/marts/fct_orders.sql · shop.analytics_marts.fct_orders
        Tableau: 11 dashboards in 7 workbooks · 1 more downstream · 6 workbooks without exposure

          Sales Overview     3 dashboards  table, exact match                         sales_overview  tableau/Sales Overview.twb
            Overview · Regional Detail · Quarterly Review (story)
          Churn              2 dashboards  custom SQL, exact match                    no exposure     tableau/Churn.twbx
            Churn Risk · Call List
          Weekly Ops         2 dashboards  table, exact match                         no exposure     tableau/Weekly Ops.twb
            Ops Board · Both
          All Movements       1 dashboard  table, exact match                         no exposure     tableau/All Movements.twb
            Movements
          Basket Explorer     1 dashboard  table, exact match                         no exposure     tableau/Basket Explorer.twb
            Baskets
          Executive Summary   1 dashboard  table + published datasource, exact match  no exposure     tableau/Executive Summary.twb
            Board Pack
          Plan vs Actual      1 dashboard  table, exact match                         no exposure     tableau/Plan vs Actual.twb
            Plan vs Actual
          Daily Sales Flash   1 dashboard  via rpt_daily_sales                        no exposure     tableau/Daily Sales Flash.twb
            Flash
    "#]],
    );
}

#[test]
fn a_staging_model_shows_the_way_to_its_dashboards() {
    check(
        "shop",
        &["stg_products"],
        expect![[r#"
        stg_products model · models/staging/stg_products.sql · shop.analytics.stg_products
        Tableau: 5 dashboards downstream, none direct

          Churn              2 dashboards  via dim_products       no exposure  tableau/Churn.twbx
            Churn Risk · Call List
          Basket Explorer     1 dashboard  via dim_products       no exposure  tableau/Basket Explorer.twb
            Baskets
          Executive Summary   1 dashboard  via dim_products       no exposure  tableau/Executive Summary.twb
            Board Pack
          Stock Levels        1 dashboard  via dim_products       no exposure  tableau/Stock Levels.twbx
            Stock
          Price History           1 sheet  via products_snapshot  no exposure  tableau/Price History.twb
            Prices over Time
    "#]],
    );
}

#[test]
fn nodes_are_found_by_id_label_file_and_source_name() {
    let by_name = run(&fixture("shop"), &["usages", "dim_vendors"]).out;
    expect![[r#"
        dim_vendors model · models/marts/dim_vendors.sql · shop.analytics_marts.dim_vendors
        Tableau: no dashboards in 17 workbook files
    "#]]
    .assert_eq(&by_name);
    for word in [
        "model.shop.dim_vendors",
        "shop.dim_vendors",
        "models/marts/dim_vendors.sql",
    ] {
        assert_eq!(
            run(&fixture("shop"), &["usages", word]).out,
            by_name,
            "{word}"
        );
    }
    check(
        "shop",
        &["crm.accounts", "--direct"],
        expect![[r#"
        crm.accounts source · models/sources/sources.yml · shop.raw_crm.tbl_accounts_v3
        Tableau: 1 dashboard in 1 workbook · 5 more downstream · 1 workbook without exposure

          Account Tracker  1 dashboard  table, schema match  no exposure  tableau/Account Tracker.twb
            Accounts by Region
    "#]],
    );
}

#[test]
fn a_workbook_a_dashboard_and_an_address_lead_to_their_nodes() {
    let by_name = run(&fixture("shop"), &["usages", "Sales Overview"]).out;
    expect![[r#"
        Sales Overview workbook · 3 dashboards · exposure sales_overview · tableau/Sales Overview.twb
          reads       fct_orders           model   models/marts/fct_orders.sql
          1 step up   int_orders_enriched  model   models/intermediate/int_orders_enriched.sql
          2 steps up  stg_orders           model   models/staging/stg_orders.sql
          2 steps up  stg_order_items      model   models/staging/stg_order_items.sql
          3 steps up  webshop.orders       source  models/sources/sources.yml
          3 steps up  webshop.order_items  source  models/sources/sources.yml
    "#]].assert_eq(&by_name);
    for word in [
        "tableau/Sales Overview.twb",
        "Regional Detail",
        "https://10ax.online.tableau.com/#/site/acme/views/SalesOverview/Overview?:iid=1",
    ] {
        assert_eq!(
            run(&fixture("shop"), &["usages", word]).out,
            by_name,
            "{word}"
        );
    }
}

#[test]
fn an_unknown_name_says_the_nearest() {
    check(
        "shop",
        &["fct_order"],
        expect![[r#"
        error: no node, file or workbook `fct_order` in this project; did you mean `fct_orders`?
        exit code 2
    "#]],
    );
}

#[test]
fn a_developers_schema_is_no_zero() {
    check(
        "snow",
        &["fct_orders"],
        expect![[r#"
            fct_orders model · models/marts/fct_orders.sql · DEV_ALICE.dbt_alice_marts.fct_orders
            Tableau: probably 3 dashboards · 1 more downstream · confirm name rule
            in production probably ANALYTICS.marts.fct_orders

              Revenue          2 dashboards  table, proposed match                no exposure  tableau/Revenue.twb
                Revenue · Customers
              Funnel            1 dashboard  custom SQL, proposed match           no exposure  tableau/Funnel.twb
                Funnel
              Finance Summary   1 dashboard  via finance_summary, proposed match  no exposure  tableau/Finance Summary.twb
                Close
            not known: nobody has accepted the proposed name rule schema dbt_alice_* → *, database DEV_ALICE → ANALYTICS yet: Tableau may call other nodes otherwise too
            note: Tableau reads production's names and the nodes have others: the name rule schema dbt_alice_* → *, database DEV_ALICE → ANALYTICS would match 4 tables (1 ambiguous, 1 unexplained); accept it with a code action on a model or `exposure-lens doctor --fix`, or name a manifest of production with `dbt.production_manifest`
        "#]],
    );
    check(
        "snow",
        &[],
        expect![[r#"
            snow · 14 nodes · dbt Core 1.11 on snowflake
            10 workbook files · 12 dashboards · incomplete

            NODE                        DIRECT  DOWNSTREAM  READ BY
            fct_orders          model        3           1  Revenue (by the proposed rule), Funnel (by the proposed rule)
            dim_customers       model        3           ·  Revenue (by the proposed rule), Funnel (by the proposed rule)
            crm.accounts        source       2           3  Pipeline
            stg_orders          model        1           4  Load Check (by the proposed rule)
            app_quoted.orders   source       1           ·  App Orders
            directory.dim_user  source       1           ·  User Directory
            finance_summary     model        1           ·  Finance Summary (by the proposed rule)
            payments.charges    source       1           ·  Payments
            app.orders          source       ·           5  Revenue (by the proposed rule), Finance Summary (by the proposed rule), Funnel (by the proposed rule…
            stg_accounts        model        ·           3  Revenue (by the proposed rule), Funnel (by the proposed rule)

            4 nodes have no known use, which is not a zero
            2 tables in Tableau without a node:
              [APP_DB].[Public].[Orders]             ambiguous         App Orders Mixed
              [PROD].[PUBLIC_2023_01_01].[DIM_USER]  no such relation  User Directory 2023
              exposure-lens explain TABLE says why
            not known: nobody has accepted the proposed name rule schema dbt_alice_* → *, database DEV_ALICE → ANALYTICS yet: Tableau may call other nodes otherwise too
            not known: `[PROD].[PUBLIC_2023_01_01].[DIM_USER]` in User Directory 2023 has the name of `PROD.public.dim_user`, `PROD.public_2024_01_01.dim_user`, but another schema or database
            not known: `[APP_DB].[Public].[Orders]` in App Orders Mixed fits 2 relations: APP_DB.PUBLIC.ORDERS, APP_DB.public.orders
            note: Tableau reads production's names and the nodes have others: the name rule schema dbt_alice_* → *, database DEV_ALICE → ANALYTICS would match 4 tables (1 ambiguous, 1 unexplained); accept it with a code action on a model or `exposure-lens doctor --fix`, or name a manifest of production with `dbt.production_manifest`
        "#]],
    );
}

#[test]
fn unused_nodes_are_listed_only_when_nothing_is_missing() {
    check(
        "shop",
        &["--unused"],
        expect![[r#"
            dim_vendors     model     models/marts/dim_vendors.sql
            stg_vendors     model     models/staging/stg_vendors.sql
            sales_targets   seed      seeds/sales_targets.csv         read by datasource Sales Targets
            snap_customers  snapshot  snapshots/customers.sql
            snap_orders     snapshot  snapshots/customers.sql
            erp.vendors     source    models/sources/sources.yml
            note: only workbook files were looked at; a site may hold other workbooks
        "#]],
    );
    check(
        "snow",
        &["--unused"],
        expect![[r#"
            note: Tableau reads production's names and the nodes have others: the name rule schema dbt_alice_* → *, database DEV_ALICE → ANALYTICS would match 4 tables (1 ambiguous, 1 unexplained); accept it with a code action on a model or `exposure-lens doctor --fix`, or name a manifest of production with `dbt.production_manifest`
            error: content is incomplete, so that "unused" cannot be told:
              `[PROD].[PUBLIC_2023_01_01].[DIM_USER]` in User Directory 2023 has the name of `directory_2024.dim_user`, but another schema or database
              nobody has accepted the proposed name rule schema dbt_alice_* → *, database DEV_ALICE → ANALYTICS yet: Tableau may call other nodes otherwise too
            exit code 3
        "#]],
    );
}

/// `node: workbook (distance, match): dashboards` for every node of the JSON answer.
fn summary(answer: &Value) -> String {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut lines = BTreeMap::new();
    for node in answer["nodes"].as_array().expect("nodes") {
        for it in node["workbooks"].as_array().expect("workbooks") {
            let dashboards = it["dashboards"].as_array().expect("dashboards");
            let names: Vec<String> = dashboards.iter().map(|it| text(&it["name"])).collect();
            let line = format!(
                "{} {} {}",
                it["distance"],
                text(&it["match"]),
                names.join(", ")
            );
            lines.insert((text(&node["unique_id"]), text(&it["name"])), line);
        }
    }
    let lines: Vec<String> = lines
        .into_iter()
        .map(|((node, workbook), line)| format!("{node} | {workbook}: {line}"))
        .collect();
    lines.join("\n")
}

#[test]
fn json_holds_every_node_of_the_sample() {
    let answer = json(&fixture("shop"), &["usages"]);
    assert_eq!(answer["version"], 1);
    assert_eq!(answer["nodes"].as_array().map(Vec::len), Some(31));
    expect![[r#"
        model.shop.customer_churn | Churn: 0 exact Call List, Churn Risk
        model.shop.dim_customers.v1 | Basket Explorer: 0 exact Baskets
        model.shop.dim_customers.v2 | Churn: 1 exact Call List, Churn Risk
        model.shop.dim_customers.v2 | Customer 360: 0 exact Customer 360, Segment Mix
        model.shop.dim_products | Basket Explorer: 0 exact Baskets
        model.shop.dim_products | Churn: 0 exact Call List, Churn Risk
        model.shop.dim_products | Executive Summary: 0 exact Board Pack
        model.shop.dim_products | Stock Levels: 0 exact Stock
        model.shop.fct_orders | All Movements: 0 exact Movements
        model.shop.fct_orders | Basket Explorer: 0 exact Baskets
        model.shop.fct_orders | Churn: 0 exact Call List, Churn Risk
        model.shop.fct_orders | Daily Sales Flash: 1 schema Flash
        model.shop.fct_orders | Executive Summary: 0 exact Board Pack
        model.shop.fct_orders | Plan vs Actual: 0 exact Plan vs Actual
        model.shop.fct_orders | Sales Overview: 0 exact Overview, Quarterly Review, Regional Detail
        model.shop.fct_orders | Weekly Ops: 0 exact Both, Ops Board
        model.shop.fct_refunds | Refund Audit: 0 exact Audit
        model.shop.fct_returns | All Movements: 0 exact Movements
        model.shop.fct_returns | Weekly Ops: 0 exact Both, Ops Board
        model.shop.fct_sessions | Weekly Ops: 0 exact Both, Session Pulse
        model.shop.int_orders_enriched | All Movements: 1 exact Movements
        model.shop.int_orders_enriched | Basket Explorer: 1 exact Baskets
        model.shop.int_orders_enriched | Churn: 1 exact Call List, Churn Risk
        model.shop.int_orders_enriched | Daily Sales Flash: 2 schema Flash
        model.shop.int_orders_enriched | Executive Summary: 1 exact Board Pack
        model.shop.int_orders_enriched | Plan vs Actual: 1 exact Plan vs Actual
        model.shop.int_orders_enriched | Sales Overview: 1 exact Overview, Quarterly Review, Regional Detail
        model.shop.int_orders_enriched | Weekly Ops: 1 exact Both, Ops Board
        model.shop.rpt_daily_sales | Daily Sales Flash: 0 schema Flash
        model.shop.stg_customers | Basket Explorer: 1 exact Baskets
        model.shop.stg_customers | Churn: 2 exact Call List, Churn Risk
        model.shop.stg_customers | Customer 360: 1 exact Customer 360, Segment Mix
        model.shop.stg_order_items | All Movements: 2 exact Movements
        model.shop.stg_order_items | Basket Explorer: 2 exact Baskets
        model.shop.stg_order_items | Churn: 2 exact Call List, Churn Risk
        model.shop.stg_order_items | Daily Sales Flash: 3 schema Flash
        model.shop.stg_order_items | Executive Summary: 2 exact Board Pack
        model.shop.stg_order_items | Plan vs Actual: 2 exact Plan vs Actual
        model.shop.stg_order_items | Sales Overview: 2 exact Overview, Quarterly Review, Regional Detail
        model.shop.stg_order_items | Weekly Ops: 2 exact Both, Ops Board
        model.shop.stg_orders | All Movements: 1 exact Movements
        model.shop.stg_orders | Basket Explorer: 2 exact Baskets
        model.shop.stg_orders | Churn: 2 exact Call List, Churn Risk
        model.shop.stg_orders | Daily Sales Flash: 3 schema Flash
        model.shop.stg_orders | Executive Summary: 2 exact Board Pack
        model.shop.stg_orders | Plan vs Actual: 2 exact Plan vs Actual
        model.shop.stg_orders | Sales Overview: 2 exact Overview, Quarterly Review, Regional Detail
        model.shop.stg_orders | Weekly Ops: 1 exact Both, Ops Board
        model.shop.stg_products | Basket Explorer: 1 exact Baskets
        model.shop.stg_products | Churn: 1 exact Call List, Churn Risk
        model.shop.stg_products | Executive Summary: 1 exact Board Pack
        model.shop.stg_products | Price History: 1 schema 
        model.shop.stg_products | Stock Levels: 1 exact Stock
        model.shop.stg_returns | All Movements: 1 exact Movements
        model.shop.stg_returns | Refund Audit: 1 exact Audit
        model.shop.stg_returns | Weekly Ops: 1 exact Both, Ops Board
        model.shop.stg_sessions | Session Quality: 0 exact Session Quality
        model.shop.stg_sessions | Weekly Ops: 1 exact Both, Session Pulse
        seed.shop.regions | Basket Explorer: 2 exact Baskets
        seed.shop.regions | Café & Crème 🧁: 0 exact Vue d’ensemble <été> & "co" 🧁
        seed.shop.regions | Churn: 3 exact Call List, Churn Risk
        seed.shop.regions | Customer 360: 2 exact Customer 360, Segment Mix
        snapshot.shop.products_snapshot | Price History: 0 schema 
        source.shop.crm.accounts | Account Tracker: 0 schema Accounts by Region
        source.shop.crm.accounts | Basket Explorer: 2 exact Baskets
        source.shop.crm.accounts | Churn: 3 exact Call List, Churn Risk
        source.shop.crm.accounts | Customer 360: 2 exact Customer 360, Segment Mix
        source.shop.erp.returns | All Movements: 2 exact Movements
        source.shop.erp.returns | Refund Audit: 2 exact Audit
        source.shop.erp.returns | Weekly Ops: 2 exact Both, Ops Board
        source.shop.reference.regions | Café & Crème 🧁: 0 exact Vue d’ensemble <été> & "co" 🧁
        source.shop.webshop.events | Session Quality: 1 exact Session Quality
        source.shop.webshop.events | Weekly Ops: 2 exact Both, Session Pulse
        source.shop.webshop.order_items | All Movements: 3 exact Movements
        source.shop.webshop.order_items | Basket Explorer: 3 exact Baskets
        source.shop.webshop.order_items | Churn: 3 exact Call List, Churn Risk
        source.shop.webshop.order_items | Daily Sales Flash: 4 schema Flash
        source.shop.webshop.order_items | Executive Summary: 3 exact Board Pack
        source.shop.webshop.order_items | Plan vs Actual: 3 exact Plan vs Actual
        source.shop.webshop.order_items | Sales Overview: 3 exact Overview, Quarterly Review, Regional Detail
        source.shop.webshop.order_items | Weekly Ops: 3 exact Both, Ops Board
        source.shop.webshop.orders | All Movements: 2 exact Movements
        source.shop.webshop.orders | Basket Explorer: 3 exact Baskets
        source.shop.webshop.orders | Churn: 3 exact Call List, Churn Risk
        source.shop.webshop.orders | Daily Sales Flash: 4 schema Flash
        source.shop.webshop.orders | Executive Summary: 3 exact Board Pack
        source.shop.webshop.orders | Plan vs Actual: 3 exact Plan vs Actual
        source.shop.webshop.orders | Sales Overview: 3 exact Overview, Quarterly Review, Regional Detail
        source.shop.webshop.orders | Weekly Ops: 2 exact Both, Ops Board
        source.shop.webshop.products | Basket Explorer: 2 exact Baskets
        source.shop.webshop.products | Churn: 2 exact Call List, Churn Risk
        source.shop.webshop.products | Executive Summary: 2 exact Board Pack
        source.shop.webshop.products | Price History: 2 schema 
        source.shop.webshop.products | Stock Levels: 2 exact Stock"#]].assert_eq(&summary(&answer));
    expect![[r#"
        [
          {
            "candidates": [],
            "connection": "excel-direct",
            "reason": "not_a_warehouse",
            "table": "[Targets$]",
            "workbooks": [
              "Plan vs Actual"
            ]
          },
          {
            "candidates": [],
            "connection": "sqlserver",
            "reason": "other_warehouse",
            "table": "[analytics_marts].[fct_orders]",
            "workbooks": [
              "Legacy Finance"
            ]
          },
          {
            "candidates": [],
            "connection": "duckdb_jdbc",
            "reason": "no_such_relation",
            "table": "[analytics_marts].[fct_return]",
            "workbooks": [
              "Returns Archive"
            ]
          }
        ]"#]]
    .assert_eq(&serde_json::to_string_pretty(&answer["unmatched"]).expect("JSON"));
    expect![[r#"
        {"adapter":"duckdb","dbt_version":"1.11.16","generated_at":"2026-01-01T06:00:00.000000Z","nodes":31,"path":"target/manifest.json","role":null}
        [{"complete":true,"fetched_at":null,"host":null,"kind":"files","name":"workbook files","notes":[],"selected":null,"workbooks":17}]"#]].assert_eq(&format!("{}\n{}", answer["manifest"], answer["content"]));
}

#[test]
fn json_speaks_of_production_names() {
    expect![[r#"
        model.snow.dim_customers | Funnel: 0 proposed Funnel
        model.snow.dim_customers | Revenue: 0 proposed Customers, Revenue
        model.snow.fct_orders | Finance Summary: 1 proposed Close
        model.snow.fct_orders | Funnel: 0 proposed Funnel
        model.snow.fct_orders | Revenue: 0 proposed Customers, Revenue
        model.snow.finance_summary | Finance Summary: 0 proposed Close
        model.snow.stg_accounts | Funnel: 1 proposed Funnel
        model.snow.stg_accounts | Revenue: 1 proposed Customers, Revenue
        model.snow.stg_orders | Finance Summary: 2 proposed Close
        model.snow.stg_orders | Funnel: 1 proposed Funnel
        model.snow.stg_orders | Load Check: 0 proposed Load Check
        model.snow.stg_orders | Revenue: 1 proposed Customers, Revenue
        source.snow.app.orders | Finance Summary: 3 proposed Close
        source.snow.app.orders | Funnel: 2 proposed Funnel
        source.snow.app.orders | Load Check: 1 proposed Load Check
        source.snow.app.orders | Revenue: 2 proposed Customers, Revenue
        source.snow.app_quoted.orders | App Orders: 0 exact App Orders
        source.snow.crm.accounts | Funnel: 2 proposed Funnel
        source.snow.crm.accounts | Pipeline: 0 exact Big Accounts, Pipeline
        source.snow.crm.accounts | Revenue: 2 proposed Customers, Revenue
        source.snow.directory.dim_user | User Directory: 0 exact Users
        source.snow.payments.charges | Payments: 0 exact Payments"#]]
    .assert_eq(&summary(&json(&fixture("snow"), &["usages"])));
}

#[test]
fn two_runs_print_the_same_bytes() {
    let args = ["usages", "--format", "json"];
    assert_eq!(
        run(&fixture("shop"), &args).out,
        run(&fixture("shop"), &args).out
    );
}

#[test]
fn a_gap_makes_an_empty_answer_unknown() {
    let project = crate::support::project::copy("shop");
    crate::support::project::copy_folder(&fixture("gaps"), &project.path().join("tableau"));
    let said = run(project.path(), &["usages", "dim_vendors"]);
    expect![[r#"
        dim_vendors model · models/marts/dim_vendors.sql · shop.analytics_marts.dim_vendors
        Tableau: use unknown (data incomplete)
        not known: 1 custom SQL query could not be read (Unreadable Query)
        not known: 1 datasource only holds an extract, its origin unknown (Extract Only)
        not known: 1 published datasource is not at hand (Absent Datasource)
        not known: 1 virtual connection is not at hand (Virtual Connection)
        not known: 1 stored procedure hides the tables it reads (Stored Procedure)
    "#]]
    .assert_eq(&said.out);
    assert_eq!(run(project.path(), &["usages", "--unused"]).code, 3);
    let answer = json(project.path(), &["usages", "dim_vendors"]);
    assert_eq!(answer["nodes"][0]["complete"], false);
}

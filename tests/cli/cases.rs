//! Cases that people reported of other tools, by the number that the project knows
//! them under (C1 to C22), from a workbook's file to the answer.

use std::path::Path;

use expect_test::{Expect, expect};
use serde_json::Value;

use super::given::{Datasource, Reads, project, published, real_project, workbook};
use crate::support::cli::{json, run};
use crate::support::project::{copy, fixture, shared_data};
use Reads::{Published, Query, Table};

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// `node <- workbook: distance, match, evidence` for each use, then what led to no
/// node, then what keeps an empty answer from being a zero.
fn answer(project: &Path, args: &[&str]) -> String {
    let args: Vec<&str> = ["usages"].iter().chain(args).copied().collect();
    let answer = json(project, &args);
    let mut lines = Vec::new();
    for node in list(&answer["nodes"]) {
        for it in list(&node["workbooks"]) {
            let evidence: Vec<&str> = list(&it["evidence"]).iter().map(text).collect();
            lines.push(format!(
                "{} <- {}: {}, {}, {}",
                text(&node["unique_id"]),
                text(&it["name"]),
                it["distance"],
                text(&it["match"]),
                evidence.join(" + ")
            ));
        }
    }
    for it in list(&answer["unmatched"]) {
        let candidates: Vec<&str> = list(&it["candidates"]).iter().map(text).collect();
        lines.push(format!(
            "{}: {} {candidates:?}",
            text(&it["table"]),
            text(&it["reason"])
        ));
    }
    let notes = answer["content"].as_array().into_iter().flatten();
    for note in notes.flat_map(|it| list(&it["notes"])) {
        lines.push(format!("not known: {}", text(&note["message"])));
    }
    lines.join("\n")
}

/// A workbook `W` with these datasources, on a project of these nodes.
#[track_caller]
fn check(adapter: &str, nodes: &str, datasources: &[Datasource<'_>], expect: Expect) {
    let project = project(adapter, nodes);
    workbook(project.path(), "W", datasources);
    expect.assert_eq(&answer(project.path(), &[]));
}

/// The same on the edge project as dbt Core and Fusion parse it for production, which
/// must give one answer.
#[track_caller]
fn check_edge(test: &str, datasources: &[Datasource<'_>], args: &[&str], expect: Expect) {
    let Some(data) = shared_data(test) else {
        return;
    };
    let [core, fusion] = ["edge-v1-prod.json.gz", "edge-v2-prod.json.gz"].map(|manifest| {
        let project = real_project(&data, manifest, "shop");
        workbook(project.path(), "W", datasources);
        answer(project.path(), args)
    });
    assert_eq!(core, fusion);
    expect.assert_eq(&core);
}

const ANALYTICS: &str = "dbname='ANALYTICS' schema='MARTS'";
const SHOP: &str = "dbname='shop'";

#[test]
fn c1_case_folding_on_snowflake() {
    check(
        "snowflake",
        "model.shop.f_orders ANALYTICS.marts.f_orders",
        &[("snowflake", ANALYTICS, &[Table("[MARTS].[F_ORDERS]")])],
        expect!["model.shop.f_orders <- W: 0, exact, table"],
    );
}

#[test]
fn c2_two_relations_that_differ_only_in_case() {
    let nodes = r#"
        source.shop.quoted.orders "DB"."public"."orders"
        source.shop.plain.orders DB.PUBLIC.ORDERS
    "#;
    let db = "dbname='DB'";
    check(
        "snowflake",
        nodes,
        &[("snowflake", db, &[Table("[public].[orders]")])],
        expect!["source.shop.quoted.orders <- W: 0, exact, table"],
    );
    check(
        "snowflake",
        nodes,
        &[("snowflake", db, &[Table("[Public].[orders]")])],
        expect![[r#"[Public].[orders]: ambiguous ["DB.PUBLIC.ORDERS", "DB.public.orders"]"#]],
    );
    // As in GitLab's manifest: only the database is quoted.
    check(
        "snowflake",
        r#"source.shop.prometheus.periodic_queries "RAW".PROMETHEUS.periodic_queries"#,
        &[(
            "snowflake",
            "dbname='RAW'",
            &[Table("[PROMETHEUS].[PERIODIC_QUERIES]")],
        )],
        expect!["source.shop.prometheus.periodic_queries <- W: 0, exact, table"],
    );
}

#[test]
fn c3_one_table_name_in_several_schemas() {
    let nodes = "
        source.shop.now.dim_user PROD.public.dim_user
        source.shop.then.dim_user PROD.public_2023_01_01.dim_user
    ";
    check(
        "snowflake",
        nodes,
        &[(
            "snowflake",
            "dbname='PROD'",
            &[Table("[PUBLIC].[DIM_USER]")],
        )],
        expect!["source.shop.now.dim_user <- W: 0, exact, table"],
    );
    check(
        "snowflake",
        nodes,
        &[(
            "snowflake",
            "dbname='PROD'",
            &[Table("[PUBLIC_2022].[DIM_USER]")],
        )],
        expect![[
            r#"[PUBLIC_2022].[DIM_USER]: no_such_relation ["PROD.public.dim_user", "PROD.public_2023_01_01.dim_user"]"#
        ]],
    );
}

#[test]
fn c4_an_alias_differs_from_the_models_name() {
    check(
        "postgres",
        r#"
        model.shop.payments "db"."public"."transactions"
        model.shop.transactions "db"."archive"."transactions"
        "#,
        &[(
            "postgres",
            "dbname='db'",
            &[Table("[public].[transactions]")],
        )],
        expect!["model.shop.payments <- W: 0, exact, table"],
    );
    check_edge(
        "c4_an_alias_differs_from_the_models_name",
        &[(
            "duckdb_jdbc",
            SHOP,
            &[Table("[analytics].[Daily Sales.v1]")],
        )],
        &[],
        expect!["model.shop.aliased <- W: 0, exact, table"],
    );
}

#[test]
fn c6_custom_sql() {
    let nodes = "
        model.shop.orders ANALYTICS.MARTS.ORDERS
        model.shop.customers ANALYTICS.MARTS.customers
        model.shop.x ANALYTICS.MARTS.x
        model.shop.table ANALYTICS.dead.table
    ";
    check(
        "snowflake",
        nodes,
        &[(
            "snowflake",
            ANALYTICS,
            &[Query(
                "with x as (select * from ANALYTICS.MARTS.ORDERS) select * from x \
                 join \"MARTS\".\"CUSTOMERS\" c on x.a >>= 1 -- from dead.table",
            )],
        )],
        expect![[r#"
            model.shop.customers <- W: 0, exact, custom_sql
            model.shop.orders <- W: 0, exact, custom_sql"#]],
    );
    check(
        "snowflake",
        nodes,
        &[("snowflake", ANALYTICS, &[Query("select from where ((")])],
        expect![[r#"
            Query: custom_sql_unreadable []
            not known: custom SQL `Query` of `D0` in W.twb could not be read: it does not parse"#]],
    );
}

#[test]
fn c8_a_bare_extract() {
    check(
        "snowflake",
        "model.shop.orders ANALYTICS.MARTS.ORDERS",
        &[(
            "hyper",
            "dbname='x.hyper' schema='Extract'",
            &[Table("[Extract].[Extract]")],
        )],
        expect![[r#"
            D0: extract_only []
            not known: `D0` in W.twb holds only an extract; what it was made from is not known"#]],
    );
}

#[test]
fn c11_the_table_name_knows_better_than_the_connections_schema() {
    check(
        "snowflake",
        "
        model.shop.orders ANALYTICS.MARTS.ORDERS
        model.shop.stg ANALYTICS.STAGING.ORDERS
        ",
        &[(
            "snowflake",
            "dbname='ANALYTICS' schema='STAGING'",
            &[Table("[MARTS].[ORDERS]")],
        )],
        expect!["model.shop.orders <- W: 0, exact, table"],
    );
}

#[test]
fn c12_published_datasources_and_virtual_connections() {
    let project = project("bigquery", "model.shop.orders `proj`.`marts`.`orders`");
    let bigquery = "CATALOG='proj' schema='marts'";
    let reads = [Table("[marts].[orders]")];
    published(project.path(), "A", ("bigquery", bigquery, &reads));
    published(project.path(), "B", ("sqlserver", "dbname='proj'", &reads));
    let datasources: [Datasource<'_>; 2] =
        [("", "", &[Published("A")]), ("", "", &[Published("B")])];
    workbook(project.path(), "Both", &datasources);
    workbook(project.path(), "Only B", &datasources[1..]);
    expect![[r#"
        model.shop.orders <- Both: 0, exact, published_datasource + table
        [marts].[orders]: other_warehouse []"#]]
    .assert_eq(&answer(project.path(), &[]));
    let all = json(project.path(), &["usages"]);
    let both = &all["nodes"][0]["workbooks"][0];
    assert_eq!(both["datasources"], serde_json::json!(["D0"]));
    assert_eq!(list(&both["dashboards"]).len(), 1, "{both:#}");

    workbook(
        project.path(),
        "Absent",
        &[("", "", &[Published("Nowhere")])],
    );
    let virtual_connection = "resourceName='Governed'";
    let reads = [Table("[2c9d6f0e].[ledger (X.Y.LEDGER)]")];
    workbook(
        project.path(),
        "Virtual",
        &[("publishedConnection", virtual_connection, &reads)],
    );
    expect![[r#"
        model.shop.orders <- Both: 0, exact, published_datasource + table
        D0: virtual_connection []
        Nowhere: published_datasource_unavailable []
        [X].[Y].[LEDGER]: no_such_relation []
        [marts].[orders]: other_warehouse []
        not known: published datasource `Nowhere` of Absent is not at hand; put its .tds or .tdsx beside the workbooks
        not known: `D0` in Virtual.twb reads the virtual connection `Governed`, whose tables are not at hand"#]].assert_eq(&answer(project.path(), &[]));
}

#[test]
fn c14_shards_wildcards_and_names_of_four_parts() {
    let reads = [
        Table("[raw].[events_20251121]"),
        Table("[raw].[events_12345678]"),
        Table("[raw].[events_intraday_20251121]"),
    ];
    for it in reads {
        let Table(table) = it else { continue };
        let expected = match table {
            "[raw].[events_20251121]" => expect!["source.shop.raw.events <- W: 0, exact, table"],
            "[raw].[events_12345678]" => expect!["[raw].[events_12345678]: no_such_relation []"],
            _ => expect!["source.shop.raw.events <- W: 0, wildcard, table"],
        };
        check_edge(
            "c14_shards_wildcards_and_names_of_four_parts",
            &[("duckdb_jdbc", SHOP, &[it])],
            &[],
            expected,
        );
    }
    // Where a table `events` is built, its dated copies are not it.
    check(
        "bigquery",
        "model.shop.events `p-1`.`raw`.`events`",
        &[(
            "bigquery",
            "CATALOG='p-1' schema='raw'",
            &[Table("[raw].[events_20251121]")],
        )],
        expect!["[raw].[events_20251121]: no_such_relation []"],
    );
    check(
        "bigquery",
        "source.shop.jobs.jobs `p-1`.`region-us`.INFORMATION_SCHEMA.JOBS_BY_PROJECT",
        &[(
            "bigquery",
            "CATALOG='p-1'",
            &[Query(
                "select * from `p-1`.`region-us`.INFORMATION_SCHEMA.JOBS_BY_PROJECT",
            )],
        )],
        expect!["source.shop.jobs.jobs <- W: 0, exact, custom_sql"],
    );
}

#[test]
fn c15_one_relation_of_several_nodes() {
    check(
        "trino",
        r#"
        source.shop.dex.trades "hive"."dex"."trades" models/a.yml
        model.shop.trades "hive"."dex"."trades" models/trades.sql
        source.shop.again.trades "hive"."dex"."trades" models/b.yml
        model.shop.daily "hive"."dex"."daily" models/daily.sql <- source.shop.dex.trades
        "#,
        &[(
            "trino_jdbc",
            "dbname='hive'",
            &[Table("[dex].[trades]"), Table("[dex].[daily]")],
        )],
        expect![[r#"
            model.shop.daily <- W: 0, exact, table
            model.shop.trades <- W: 0, exact, table
            source.shop.again.trades <- W: 0, exact, table
            source.shop.dex.trades <- W: 0, exact, table"#]],
    );
}

#[test]
fn c16_versions() {
    check_edge(
        "c16_versions",
        &[(
            "duckdb_jdbc",
            SHOP,
            &[Table("[analytics_marts].[dim_customers_next]")],
        )],
        &[],
        expect!["model.shop.dim_customers.v2 <- W: 0, exact, table"],
    );
    for (word, expected) in [
        (
            "models/marts/dim_customers_v1.sql",
            "dim_customers.v1 model · latest version",
        ),
        (
            "models/marts/dim_customers_v2.sql",
            "dim_customers.v2 model · not the latest version",
        ),
        (
            "dim_customers.v2",
            "dim_customers.v2 model · not the latest version",
        ),
    ] {
        let said = run(&fixture("shop"), &["usages", word]);
        assert!(said.out.starts_with(expected), "{word}: {}", said.out);
    }
}

#[test]
fn c17_one_id_enabled_in_one_file_and_disabled_in_another() {
    let said = |word: &str| run(&fixture("shop"), &["usages", word]);
    let archived = said("models/archive/stg_sessions.sql");
    expect![[r#"
        note: `stg_sessions` in models/archive/stg_sessions.sql is disabled: dbt does not build it; the enabled definition is models/staging/stg_sessions.sql
    "#]].assert_eq(&format!("{}{}", archived.out, archived.err));
    assert_eq!(archived.code, 0);
    assert!(
        said("models/staging/stg_sessions.sql")
            .out
            .contains("Session Quality")
    );
    let legacy = said("fct_orders_legacy");
    expect![[r#"
        note: `fct_orders_legacy` in models/archive/fct_orders_legacy.sql is disabled: dbt does not build it
    "#]].assert_eq(&format!("{}{}", legacy.out, legacy.err));
}

#[test]
fn c18_seeds_and_snapshots_in_sql_and_yaml() {
    let reads = [
        Table("[analytics].[regions]"),
        Table("[analytics].[snap_b]"),
        Table("[analytics].[snap_yaml]"),
    ];
    check_edge(
        "c18_seeds_and_snapshots_in_sql_and_yaml",
        &[("duckdb_jdbc", SHOP, &reads)],
        &[
            "seeds/regions.csv",
            "snapshots/snaps.sql",
            "snapshots/snaps.yml",
            "--direct",
        ],
        expect![[r#"
            seed.shop.regions <- W: 0, exact, table
            snapshot.shop.snap_b <- W: 0, exact, table
            snapshot.shop.snap_yaml <- W: 0, exact, table"#]],
    );
}

#[test]
fn c19_dashboards_on_sources() {
    check_edge(
        "c19_dashboards_on_sources",
        &[("duckdb_jdbc", SHOP, &[Table("[raw].[Users]")])],
        &["raw.Users"],
        expect!["source.shop.raw.Users <- W: 0, exact, table"],
    );
    // The source's table has another identifier.
    let said = run(&fixture("shop"), &["usages", "Account Tracker", "--direct"]);
    expect![[r#"
        Account Tracker workbook · 1 dashboard · no exposure · tableau/Account Tracker.twb
          reads  crm.accounts  source  models/sources/sources.yml
    "#]]
    .assert_eq(&said.out);
}

#[test]
fn c20_ephemeral_models() {
    let datasources: [Datasource<'_>; 1] =
        [("duckdb_jdbc", SHOP, &[Table("[analytics].[uses_eph]")])];
    check_edge(
        "c20_ephemeral_models",
        &datasources,
        &["eph"],
        expect!["model.shop.eph <- W: 1, exact, table"],
    );
    let said = run(&fixture("shop"), &["usages", "int_orders_enriched"]);
    assert!(
        said.out.contains("no table of its own (ephemeral)"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("12 dashboards downstream, none direct"),
        "{}",
        said.out
    );
}

#[test]
fn c21_python_models() {
    check_edge(
        "c21_python_models",
        &[("duckdb_jdbc", SHOP, &[Table("[analytics].[py_model]")])],
        &["models/py_model.py"],
        expect!["model.shop.py_model <- W: 0, exact, table"],
    );
    let project = copy("shop");
    std::fs::create_dir(project.path().join("scripts")).expect("make a folder");
    std::fs::write(project.path().join("scripts/load.py"), "print()\n").expect("write");
    let said = run(project.path(), &["usages", "scripts/load.py"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    expect![[r#"
        note: scripts/load.py defines no node of this project
    "#]]
    .assert_eq(&said.err);
}

#[test]
fn c22_one_name_in_two_packages() {
    let reads = [Table("[analytics_marts].[orders]")];
    let datasources: [Datasource<'_>; 1] = [("duckdb_jdbc", SHOP, &reads)];
    check_edge(
        "c22_one_name_in_two_packages",
        &datasources,
        &["orders", "--direct"],
        expect!["model.shop.orders <- W: 0, exact, table"],
    );
    check_edge(
        "c22_one_name_in_two_packages",
        &[("duckdb_jdbc", SHOP, &[Table("[analytics].[orders]")])],
        &["dbt_packages/pkg/models/orders.sql"],
        expect!["model.pkg.orders <- W: 0, exact, table"],
    );
}

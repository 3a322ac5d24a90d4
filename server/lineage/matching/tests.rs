use expect_test::{Expect, expect};

use super::*;
use crate::testing;

mod compare;
mod production;

/// What each table of `tables` (one a line, reached through the adapter's own
/// connector unless `via` names another) leads to.
#[track_caller]
fn check(adapter: &str, project: &str, tables: &str, found: Expect) {
    let nodes = testing::nodes(project);
    let production = testing::production_by_rules(adapter, project);
    let matcher = Matcher::new(&nodes, &Warehouse::from_adapter(adapter), &production);
    let names = |places: &[NodeIx]| {
        let ids: Vec<&str> = places.iter().map(|&ix| nodes.get(ix).id.as_str()).collect();
        ids.join(", ")
    };
    let answer = |line: &str| {
        let table = testing::table(line.trim());
        let class = table.connection.as_deref().unwrap_or(adapter);
        match matcher.find(&table.relation, &Warehouse::from_connection_class(class)) {
            Verdict::Matched { nodes, kind } => format!("{}: {}\n", kind.as_str(), names(&nodes)),
            Verdict::Unmatched { reason, candidates } if candidates.is_empty() => {
                format!("{}\n", reason.as_str())
            }
            Verdict::Unmatched { reason, candidates } => {
                format!("{}, not {}\n", reason.as_str(), names(&candidates))
            }
        }
    };
    let lines = tables.lines().filter(|line| !line.trim().is_empty());
    found.assert_eq(&lines.map(answer).collect::<String>());
}

// C1
#[test]
fn unquoted_names_are_compared_as_snowflake_stores_them() {
    check(
        "snowflake",
        "model.shop.f_orders ANALYTICS.marts.f_orders",
        "[ANALYTICS].[MARTS].[F_ORDERS]
         [MARTS].[F_ORDERS]
         analytics.Marts.f_Orders
         [ANALYTICS].[marts].[f_orders]",
        expect![[r#"
            exact: model.shop.f_orders
            schema: model.shop.f_orders
            exact: model.shop.f_orders
            case: model.shop.f_orders
        "#]],
    );
}

#[test]
fn postgres_folds_down_and_keeps_quoted_names() {
    check(
        "postgres",
        r#"model.shop.orders "shop"."marts"."orders"
           model.shop.Daily  "shop"."marts"."Daily Sales.v1""#,
        r#"[marts].[orders]
           [shop].[marts].[orders]
           SHOP.Marts.ORDERS
           "Marts"."orders"
           [marts].[Daily Sales.v1]"#,
        expect![[r#"
            schema: model.shop.orders
            exact: model.shop.orders
            exact: model.shop.orders
            case: model.shop.orders
            schema: model.shop.Daily
        "#]],
    );
}

#[test]
fn databricks_trino_and_sql_server_do_not_mind_case() {
    for adapter in ["databricks", "trino", "sqlserver", "redshift", "duckdb"] {
        check(
            adapter,
            "model.shop.dim `analytics`.`marts`.`dim cust`",
            "[Analytics].[MARTS].[Dim Cust]",
            expect![[r#"
                exact: model.shop.dim
            "#]],
        );
    }
}

#[test]
fn bigquery_minds_the_case_of_tables_and_not_of_projects() {
    check(
        "bigquery",
        "model.shop.orders `my-proj-1`.`marts`.`Orders`",
        "[My-Proj-1].[marts].[Orders]
         [my-proj-1].[marts].[orders]",
        expect![[r#"
            exact: model.shop.orders
            case: model.shop.orders
        "#]],
    );
}

#[test]
fn without_a_known_adapter_another_case_is_marked() {
    check(
        "",
        "model.shop.orders marts.orders",
        "[MARTS].[ORDERS]\n[marts].[orders]",
        expect![[r#"
        case: model.shop.orders
        schema: model.shop.orders
    "#]],
    );
}

// C2
#[test]
fn exact_beats_folded_and_two_folded_are_ambiguous() {
    let project = r#"
        source.shop.a.orders "DB"."public"."orders"
        source.shop.b.orders DB.PUBLIC.ORDERS"#;
    check(
        "snowflake",
        project,
        "[public].[orders]
         [DB].[PUBLIC].[ORDERS]
         [DB].[Public].[Orders]",
        expect![[r#"
            schema: source.shop.a.orders
            exact: source.shop.b.orders
            ambiguous, not source.shop.a.orders, source.shop.b.orders
        "#]],
    );
}

#[test]
fn one_candidate_that_differs_in_case_is_matched_and_marked() {
    check(
        "snowflake",
        r#"source.shop.a.orders "RAW".PROMETHEUS."orders""#,
        "[RAW].[PROMETHEUS].[ORDERS]\n[RAW].[PROMETHEUS].[orders]",
        expect![[r#"
            case: source.shop.a.orders
            exact: source.shop.a.orders
        "#]],
    );
}

// C3
#[test]
fn the_schema_decides_between_copies() {
    let project = "
        model.shop.dim_user      PROD.public.dim_user
        model.shop.dim_user_copy PROD.public_2023_01_01.dim_user";
    check(
        "snowflake",
        project,
        "[PUBLIC].[DIM_USER]
         [PROD].[PUBLIC_2023_01_01].[DIM_USER]
         [PROD].[PUBLIC_2022_01_01].[DIM_USER]
         [DIM_USER]",
        expect![[r#"
            schema: model.shop.dim_user
            exact: model.shop.dim_user_copy
            no_such_relation, not model.shop.dim_user, model.shop.dim_user_copy
            ambiguous, not model.shop.dim_user, model.shop.dim_user_copy
        "#]],
    );
}

#[test]
fn a_name_that_only_one_relation_has_is_matched_and_marked() {
    check(
        "snowflake",
        "model.shop.orders  DEV.dbt_ana_marts.orders
         seed.shop.regions  DEV.dbt_ana.regions",
        "[PROD].[MARTS].[ORDERS]
         [ORDERS]
         [PROD].[DBT_ANA].[REGIONS]",
        expect![[r#"
            name: model.shop.orders
            name: model.shop.orders
            name: seed.shop.regions
        "#]],
    );
}

#[test]
fn a_source_in_another_stated_schema_is_another_systems_table() {
    check(
        "snowflake",
        "source.shop.stripe.customers RAW.STRIPE.customers",
        "[CRM].[DBO].[CUSTOMERS]
         [RAW].[SHOPIFY].[CUSTOMERS]
         [RAW_DEV].[STRIPE].[CUSTOMERS]
         [CUSTOMERS]",
        expect![[r#"
            no_such_relation, not source.shop.stripe.customers
            no_such_relation, not source.shop.stripe.customers
            name: source.shop.stripe.customers
            name: source.shop.stripe.customers
        "#]],
    );
}

#[test]
fn a_database_that_differs_leaves_the_name_alone() {
    let project = "
        model.shop.orders PROD.MARTS.orders
        model.shop.old    ARCHIVE.MARTS.orders";
    check(
        "snowflake",
        project,
        "[PROD].[MARTS].[ORDERS]
         [MARTS].[ORDERS]
         [OTHER].[MARTS].[ORDERS]",
        expect![[r#"
            exact: model.shop.orders
            ambiguous, not model.shop.orders, model.shop.old
            no_such_relation, not model.shop.orders, model.shop.old
        "#]],
    );
}

// C4
#[test]
fn the_alias_is_matched_and_not_the_models_name() {
    check(
        "postgres",
        r#"model.shop.payments     "shop"."marts"."transactions"
           model.shop.transactions "shop"."staging"."transactions""#,
        "[marts].[transactions]
         [staging].[transactions]
         [marts].[payments]",
        expect![[r#"
            schema: model.shop.payments
            schema: model.shop.transactions
            no_such_relation
        "#]],
    );
}

// C14
#[test]
fn a_wildcard_source_owns_its_dated_shards() {
    check(
        "bigquery",
        "source.shop.raw.events   `p`.`raw`.`events_*`
         source.shop.raw.intraday `p`.`raw`.`events_intraday_*`
         source.shop.raw.sessions `p`.`raw`.`ga_sessions_*`",
        "[p].[raw].[events_20251121]
         [raw].[events_20240229]
         [p].[raw].[events_20230229]
         [p].[raw].[events_12345678]
         [p].[raw].[events_fresh_20251121]
         [p].[raw].[events_intraday_20251121]
         [p].[raw].[events_*]
         [p].[other].[events_20251121]
         [p].[raw].[ga_sessions]",
        expect![[r#"
            exact: source.shop.raw.events
            schema: source.shop.raw.events
            no_such_relation
            no_such_relation
            wildcard: source.shop.raw.events
            exact: source.shop.raw.intraday
            exact: source.shop.raw.events
            no_such_relation
            no_such_relation
        "#]],
    );
}

#[test]
fn without_a_source_of_its_own_another_suffix_falls_under_the_wildcard() {
    check(
        "bigquery",
        "source.shop.raw.events `p`.`raw`.`events_*`",
        "[p].[raw].[events_intraday_20251121]",
        expect![[r#"
            wildcard: source.shop.raw.events
        "#]],
    );
}

#[test]
fn a_dated_table_is_not_the_table_without_a_date() {
    check(
        "bigquery",
        "model.shop.events `p`.`raw`.`events`",
        "[p].[raw].[events_20251121]",
        expect![[r#"
            no_such_relation
        "#]],
    );
}

#[test]
fn two_sources_on_one_wildcard_both_own_the_shard() {
    check(
        "bigquery",
        "source.shop.raw.events   `p`.`raw`.`events_*`
         source.shop.ga4.events   `p`.`raw`.`events_*`
         source.shop.other.events `q`.`raw`.`events_*`",
        "[p].[raw].[events_20251121]
         [raw].[events_20251121]",
        expect![[r#"
            exact: source.shop.raw.events, source.shop.ga4.events
            ambiguous, not source.shop.raw.events, source.shop.ga4.events, source.shop.other.events
        "#]],
    );
}

#[test]
fn bigquery_paths_of_four_parts_are_one_name_however_they_are_cut() {
    let project = "source.shop.meta.jobs `p`.`region-us`.`INFORMATION_SCHEMA.JOBS_BY_PROJECT`";
    check(
        "bigquery",
        project,
        "`p`.`region-us`.`INFORMATION_SCHEMA.JOBS_BY_PROJECT`
         `p.region-us`.`INFORMATION_SCHEMA`.`JOBS_BY_PROJECT`
         `p`.`region-us.INFORMATION_SCHEMA`.`JOBS_BY_PROJECT`
         `region-us`.`INFORMATION_SCHEMA`.`JOBS_BY_PROJECT`
         `region-eu`.`INFORMATION_SCHEMA`.`JOBS_BY_PROJECT`",
        expect![[r#"
            exact: source.shop.meta.jobs
            exact: source.shop.meta.jobs
            exact: source.shop.meta.jobs
            schema: source.shop.meta.jobs
            no_such_relation, not source.shop.meta.jobs
        "#]],
    );
}

#[test]
fn a_display_name_or_a_path_is_no_database_to_compare() {
    check(
        "bigquery",
        "model.shop.orders `my-proj-1`.`marts`.`orders`",
        "[My Project 42084].[marts].[orders]
         [MyProject].[marts].[orders]
         [my-proj-2].[marts].[orders]",
        expect![[r#"
            schema: model.shop.orders
            schema: model.shop.orders
            name: model.shop.orders
        "#]],
    );
    check(
        "duckdb",
        r#"model.shop.orders "shop"."main"."orders""#,
        "[shop].[main].[orders]
         [/data/shop.duckdb].[main].[orders]
         [other].[main].[orders]",
        expect![[r#"
            exact: model.shop.orders
            schema: model.shop.orders
            name: model.shop.orders
        "#]],
    );
    check(
        "athena",
        r#"model.shop.orders "awsdatacatalog"."marts"."orders""#,
        "[AwsDataCatalog].[marts].[orders]\n[marts].[marts].[orders]",
        expect![[r#"
            exact: model.shop.orders
            schema: model.shop.orders
        "#]],
    );
}

#[test]
fn two_level_warehouses_have_one_upper_part_wherever_it_stands() {
    for adapter in ["clickhouse", "mysql", "teradata"] {
        check(
            adapter,
            "model.shop.orders `marts`.`orders`\nmodel.shop.raw `raw`.`orders`",
            "[marts].[orders]
             [def].[marts].[orders]
             [other].[orders]",
            expect![[r#"
                exact: model.shop.orders
                exact: model.shop.orders
                no_such_relation, not model.shop.orders, model.shop.raw
            "#]],
        );
    }
    let database_only = Relation {
        database: Some(crate::Identifier::quoted("marts")),
        ..Relation::stored("", "", "orders")
    };
    let nodes = testing::nodes("model.shop.orders `marts`.`orders`");
    let found = Matcher::new(&nodes, &Warehouse::MySql, &Production::default())
        .find(&database_only, &Warehouse::MySql);
    assert!(
        matches!(
            found,
            Verdict::Matched {
                kind: MatchKind::Exact,
                ..
            }
        ),
        "{found:?}"
    );
}

#[test]
fn a_database_that_dbt_does_not_state_is_unknown() {
    check(
        "duckdb",
        r#"model.shop.orders "main"."orders""#,
        "[shop].[main].[orders]",
        expect![[r#"
            schema: model.shop.orders
        "#]],
    );
}

// C15
#[test]
fn what_dbt_builds_comes_before_sources_on_the_same_relation() {
    check(
        "trino",
        r#"source.shop.dex.trades "hive"."dex"."trades"
           model.shop.trades      "hive"."dex"."trades"
           source.shop.b.swaps    "hive"."dex"."swaps"
           source.shop.a.swaps    "hive"."dex"."swaps""#,
        "[hive].[dex].[trades]
         [dex].[swaps]",
        expect![[r#"
            exact: model.shop.trades, source.shop.dex.trades
            schema: source.shop.b.swaps, source.shop.a.swaps
        "#]],
    );
}

// C16
#[test]
fn versions_are_matched_by_alias_and_the_pointer_leads_to_the_latest() {
    check(
        "postgres",
        "model.shop.dim_customers.v1 shop.marts.dim_customers_v1 latest=1 pointer=shop.marts.dim_customers
         model.shop.dim_customers.v2 shop.marts.dim_customers_next latest=1 pointer=shop.marts.dim_customers",
        "[marts].[dim_customers_next]
         [marts].[dim_customers_v1]
         [marts].[dim_customers]",
        expect![[r#"
            schema: model.shop.dim_customers.v2
            schema: model.shop.dim_customers.v1
            schema: model.shop.dim_customers.v1
        "#]],
    );
}

#[test]
fn a_real_relation_beats_a_pointer_of_its_name() {
    check(
        "postgres",
        "model.shop.dim.v1 shop.marts.dim_v1 latest=1 pointer=shop.marts.dim
         seed.shop.dim     shop.marts.dim",
        "[shop].[marts].[dim]",
        expect![[r#"
            exact: seed.shop.dim
        "#]],
    );
}

// C18, C19, C22
#[test]
fn seeds_snapshots_sources_and_packages_are_matched_alike() {
    check(
        "postgres",
        r#"seed.shop.regions     "shop"."seeds"."regions"
           snapshot.shop.snap_a  "shop"."snapshots"."snap_a"
           source.shop.raw.users "shop"."raw"."Users"
           model.shop.orders     "shop"."marts"."orders"
           model.pkg.orders      "shop"."pkg"."orders""#,
        "[seeds].[regions]
         [snapshots].[snap_a]
         [raw].[Users]
         [pkg].[orders]
         [marts].[orders]",
        expect![[r#"
            schema: seed.shop.regions
            schema: snapshot.shop.snap_a
            schema: source.shop.raw.users
            schema: model.pkg.orders
            schema: model.shop.orders
        "#]],
    );
}

#[test]
fn another_warehouse_matches_nothing_and_an_unknown_one_may() {
    check(
        "snowflake",
        "model.shop.orders DB.MARTS.ORDERS",
        "[DB].[MARTS].[ORDERS] via sqlserver
         [DB].[MARTS].[ORDERS] via saphana
         [DB].[MARTS].[ORDERS] via excel-direct
         [DB].[MARTS].[ORDERS] via hyper
         [DB].[MARTS].[ORDERS] via genericjdbc
         [DB].[MARTS].[ORDERS] via federated
         [DB].[MARTS].[ORDERS] via acme_plugin_jdbc",
        expect![[r#"
            other_warehouse
            other_warehouse
            not_a_warehouse
            not_a_warehouse
            exact: model.shop.orders
            exact: model.shop.orders
            exact: model.shop.orders
        "#]],
    );
}

#[test]
fn nothing_has_the_name() {
    check(
        "snowflake",
        "model.shop.orders DB.MARTS.ORDERS",
        "[DB].[MARTS].[VENDORS]",
        expect![[r#"
        no_such_relation
    "#]],
    );
}

#[test]
fn dates_are_days_between_1970_and_2199() {
    for day in ["19700101", "20240229", "20251231", "21991231"] {
        assert!(is_date(day), "{day}");
    }
    for text in [
        "20230229", "20251301", "20250431", "12345678", "99999999", "2025112", "ééé", "",
    ] {
        assert!(!is_date(text), "{text}");
    }
}

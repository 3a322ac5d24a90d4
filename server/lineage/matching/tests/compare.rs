//! How each name of a node compares with a table's.

use expect_test::{Expect, expect};

use crate::matching::compare;
use crate::naming::NamedBy;
use crate::testing;
use crate::warehouse::Warehouse;

/// The names of the project's first node beside each table, one a line.
#[track_caller]
fn check(adapter: &str, project: &str, tables: &str, found: Expect) {
    let (nodes, warehouse) = (testing::nodes(project), Warehouse::from_adapter(adapter));
    let production = testing::production_by_rules(adapter, project);
    let (_, node) = nodes.iter().next().expect("a node");
    let mut text = String::new();
    for table in tables.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let relation = testing::table(table).relation;
        text.push_str(&format!("{table}\n"));
        for it in compare(node, production.get(&node.id), &relation, &warehouse) {
            let named_by = match it.named_by {
                None => "here",
                Some(NamedBy::Rule(_)) => "rule",
                Some(NamedBy::Proposal(_)) => "proposal",
                Some(_) => "production",
            };
            let parts = (it.database, it.schema, it.table);
            text.push_str(&format!("  {named_by} {}: {parts:?}\n", it.name));
        }
    }
    found.assert_eq(&text);
}

#[test]
fn each_part_of_each_name_is_compared() {
    check(
        "snowflake",
        "model.shop.orders DEV.dbt_marts.orders
         rule schema dbt_* -> *",
        "[PROD].[MARTS].[ORDERS]
         [dev].[MARTS].[orders]
         [DBT_MARTS].[CUSTOMERS]",
        expect![[r#"
            [PROD].[MARTS].[ORDERS]
              here DEV.dbt_marts.orders: (Differs, Differs, Equal)
              rule DEV.marts.orders: (Differs, Equal, Equal)
            [dev].[MARTS].[orders]
              here DEV.dbt_marts.orders: (CaseDiffers, Differs, CaseDiffers)
              rule DEV.marts.orders: (CaseDiffers, Equal, CaseDiffers)
            [DBT_MARTS].[CUSTOMERS]
              here DEV.dbt_marts.orders: (Unknown, Equal, Differs)
              rule DEV.marts.orders: (Unknown, Differs, Differs)
        "#]],
    );
}

#[test]
fn pointers_and_shards_are_compared_too() {
    check(
        "snowflake",
        "model.shop.dim.v1 D.S.dim_v1 latest=1 pointer=D.S.dim production=P.S.dim_v1",
        "[P].[S].[DIM]",
        expect![[r#"
            [P].[S].[DIM]
              here D.S.dim_v1: (Differs, Equal, Differs)
              here D.S.dim: (Differs, Equal, Equal)
              production P.S.dim_v1: (Equal, Equal, Differs)
              production P.S.dim: (Equal, Equal, Equal)
        "#]],
    );
    check(
        "bigquery",
        "source.shop.raw.events p.raw.`events_*`",
        "[P].[raw].[events_20251121]
         [p].[raw].[events_12345678]
         [My Project].[raw].[events_intraday]",
        expect![[r#"
            [P].[raw].[events_20251121]
              here p.raw.events_*: (Equal, Equal, Equal)
            [p].[raw].[events_12345678]
              here p.raw.events_*: (Equal, Equal, Differs)
            [My Project].[raw].[events_intraday]
              here p.raw.events_*: (Unknown, Equal, Equal)
        "#]],
    );
}

#[test]
fn a_warehouse_without_databases_has_none_to_compare() {
    check(
        "clickhouse",
        "model.shop.orders `dev`.`orders`
         proposed schema dev -> prod",
        "[prod].[orders]",
        expect![[r#"
            [prod].[orders]
              here dev.orders: (Equal, Differs, Equal)
              proposal prod.orders: (Equal, Equal, Equal)
        "#]],
    );
}

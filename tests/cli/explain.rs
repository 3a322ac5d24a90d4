use expect_test::{Expect, expect};

use crate::support::cli::run;
use crate::support::project::fixture;

#[track_caller]
fn check(project: &str, subject: &str, expect: Expect) {
    let said = run(&fixture(project), &["explain", subject]);
    expect.assert_eq(&format!("{}{}", said.out, said.err));
}

#[test]
fn a_node_shows_the_tables_that_are_it() {
    check(
        "shop",
        "fct_refunds",
        expect![[r#"
        fct_refunds is shop.analytics_marts.fct_refunds
        Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure

        Tables held to be it:
          [analytics_marts].[fct_refunds]  exact  table  Refund Audit / Refunds
    "#]],
    );
}

#[test]
fn a_table_that_matched_nothing_shows_the_nearest() {
    check(
        "shop",
        "[analytics_marts].[fct_return]",
        expect![[r#"
            [analytics_marts].[fct_return] on duckdb_jdbc no such relation
              read by Returns Archive
              compare fct_returns: name: fct_return in Tableau, fct_returns in dbt
        "#]],
    );
}

#[test]
fn a_table_of_another_schema_shows_the_part_that_differs() {
    check(
        "snow",
        "[PROD].[PUBLIC_2023_01_01].[DIM_USER]",
        expect![[r#"
            [PROD].[PUBLIC_2023_01_01].[DIM_USER] on snowflake no such relation
              read by User Directory 2023
              compare directory.dim_user: schema: PUBLIC_2023_01_01 in Tableau, public in dbt
              compare directory_2024.dim_user: schema: PUBLIC_2023_01_01 in Tableau, public_2024_01_01 in dbt
        "#]],
    );
}

#[test]
fn two_relations_that_differ_in_case_are_compared() {
    check(
        "snow",
        "[APP_DB].[Public].[Orders]",
        expect![[r#"
            [APP_DB].[Public].[Orders] on snowflake ambiguous
              read by App Orders Mixed
              compare app.orders: schema: Public and PUBLIC differ in case; name: Orders and ORDERS differ in case
              compare app_quoted.orders: schema: Public and public differ in case; name: Orders and orders differ in case
        "#]],
    );
}

#[test]
fn what_is_neither_node_nor_table_is_wrong_use() {
    let said = run(&fixture("shop"), &["explain", ""]);
    assert_eq!(said.code, 2);
}

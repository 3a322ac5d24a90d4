//! Dashboards of nodes that production calls otherwise.

use expect_test::expect;

use super::check;

#[test]
fn what_production_calls_a_model_reaches_what_reads_a_source_on_it() {
    check(
        "model.shop.orders      DEV.ALICE.orders production=PROD.MARTS.orders
         source.shop.mart.orders PROD.MARTS.orders
         model.shop.report      DEV.ALICE.report production=PROD.MARTS.report <- source.shop.mart.orders",
        "workbook W
         datasource D snowflake
         [PROD].[MARTS].[REPORT]
         workbook V
         datasource D snowflake
         [PROD].[MARTS].[ORDERS]",
        expect![[r#"
            model.shop.orders
              V: Overview (D, table, mapped)
              W: Overview+2 (D, table, mapped) via orders > mart.orders > report
            source.shop.mart.orders
              V: Overview (D, table, mapped)
              W: Overview+1 (D, table, mapped) via mart.orders > report
            model.shop.report
              W: Overview (D, table, mapped)
        "#]],
    );
}

#[test]
fn a_proposed_model_behind_a_certain_source_is_shown_beside_it() {
    check(
        "proposed schema ALICE -> MARTS, database DEV -> PROD
         model.shop.orders       DEV.ALICE.orders
         source.shop.mart.orders PROD.MARTS.orders
         model.shop.report       DEV.ALICE.report <- source.shop.mart.orders",
        "workbook W
         datasource D snowflake
         [PROD].[MARTS].[ORDERS]",
        expect![[r#"
            model.shop.orders
              W: Overview (D, table, proposed)
            source.shop.mart.orders
              W: Overview (D, table, exact)
        "#]],
    );
}

#[test]
fn a_rule_that_mixes_nodes_up_leaves_them_unknown_and_builds_no_bridge() {
    check(
        "rule schema -> MARTS
         model.shop.orders       DEV.A.orders
         model.shop.stg          DEV.B.orders
         source.shop.mart.orders DEV.MARTS.orders
         model.shop.report       DEV.A.report <- source.shop.mart.orders",
        "workbook W
         datasource D snowflake
         [DEV].[MARTS].[ORDERS]
         [DEV].[MARTS].[REPORT]",
        expect![[r#"
            source.shop.mart.orders
              W: Overview+1 (D, table, mapped) via mart.orders > report
            model.shop.report
              W: Overview (D, table, mapped)
            ambiguous: [DEV].[MARTS].[ORDERS] in W, not DEV.A.orders, DEV.B.orders, DEV.MARTS.orders
        "#]],
    );
}

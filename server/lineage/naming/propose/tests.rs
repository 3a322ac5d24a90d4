use std::sync::Arc;

use expect_test::{Expect, expect};

use super::*;
use crate::graph::LineageInput;
use crate::naming::with_proposal;
use crate::testing;

/// What is proposed for a project and tables, one a line, that a workbook reads. With
/// it accepted or only proposed the same tables match.
#[track_caller]
fn check(adapter: &str, project: &str, tables: &str, found: Expect) {
    let tableau = format!("workbook W\ndatasource D {adapter}\n{tables}");
    let lineage = testing::lineage(adapter, project, "", &tableau);
    let proposal = propose(&lineage);
    assert_eq!(proposal, propose(&lineage));
    found.assert_eq(&proposal.as_ref().map_or("nothing".to_owned(), shown));
    let Some(proposal) = proposal else { return };
    let names = with_proposal(
        &lineage.certain_production(),
        lineage.nodes(),
        &proposal,
        lineage.warehouse(),
    );
    let proposed = Lineage::build(LineageInput {
        production: Arc::new(names),
        contents: testing::contents(&tableau).into(),
        nodes: Arc::new(testing::nodes(project)),
        warehouse: lineage.warehouse().clone(),
        exposures: Vec::new(),
    });
    let kinds = proposed.usages().iter().map(|it| it.kind);
    let n_proposed = kinds.filter(|it| *it == MatchKind::Proposed).count();
    assert_eq!(n_proposed, proposal.n_matched);
    assert_eq!(propose(&proposed), Some(proposal), "asked again");
}

fn shown(it: &Proposal) -> String {
    let rules: Vec<String> = it.rules.iter().map(|it| format!("{it}\n")).collect();
    let counts = (it.n_matched, it.n_ambiguous, it.n_unexplained);
    let examples = it.examples.iter();
    let examples: Vec<String> = examples
        .map(|(table, id)| format!("  {table} {id}\n"))
        .collect();
    format!(
        "{}{} matched, {} ambiguous, {} unexplained\n{}",
        rules.concat(),
        counts.0,
        counts.1,
        counts.2,
        examples.concat()
    )
}

// C5
#[test]
fn a_dropped_prefix_is_found() {
    check(
        "snowflake",
        "model.shop.orders    DEV.dbt_alice_marts.orders
         model.shop.customers DEV.dbt_alice_marts.customers
         model.shop.stg       DEV.dbt_alice_staging.stg_orders",
        "[PROD].[MARTS].[ORDERS]
         [PROD].[MARTS].[CUSTOMERS]
         [PROD].[STAGING].[STG_ORDERS]
         [PROD].[CRM].[ACCOUNTS]",
        expect![[r#"
            schema dbt_alice_* → *, database DEV → PROD
            3 matched, 0 ambiguous, 1 unexplained
              [PROD].[MARTS].[CUSTOMERS] model.shop.customers
              [PROD].[STAGING].[STG_ORDERS] model.shop.stg
              [PROD].[MARTS].[ORDERS] model.shop.orders
        "#]],
    );
}

#[test]
fn a_replaced_prefix_is_found_with_the_schema_that_is_the_prefix() {
    check(
        "postgres",
        r#"model.shop.orders    "shop"."dbt_alice_marts"."orders"
           model.shop.customers "shop"."dbt_alice_marts"."customers"
           seed.shop.regions    "shop"."dbt_alice"."regions""#,
        "[analytics_marts].[orders]
         [analytics_marts].[customers]
         [analytics].[regions]",
        expect![[r#"
            schema dbt_alice* → analytics*
            3 matched, 0 ambiguous, 0 unexplained
              [analytics].[regions] seed.shop.regions
              [analytics_marts].[customers] model.shop.customers
              [analytics_marts].[orders] model.shop.orders
        "#]],
    );
}

#[test]
fn one_schema_that_is_called_otherwise_is_named_alone() {
    check(
        "snowflake",
        "model.shop.orders    DEV.dbt_alice_marts.orders
         model.shop.customers DEV.dbt_alice_marts.customers
         model.shop.items     DEV.dbt_alice_marts.items",
        "[DEV].[REPORTING].[ORDERS]
         [DEV].[REPORTING].[CUSTOMERS]
         [DEV].[REPORTING].[ITEMS]",
        expect![[r#"
            schema dbt_alice_marts → REPORTING
            3 matched, 0 ambiguous, 0 unexplained
              [DEV].[REPORTING].[CUSTOMERS] model.shop.customers
              [DEV].[REPORTING].[ITEMS] model.shop.items
              [DEV].[REPORTING].[ORDERS] model.shop.orders
        "#]],
    );
}

#[test]
fn a_database_alone_is_found() {
    check(
        "snowflake",
        "model.shop.orders    DEV.marts.orders
         model.shop.customers DEV.marts.customers
         model.shop.other     DEV.staging.customers",
        "[PROD].[MARTS].[ORDERS]
         [PROD].[MARTS].[CUSTOMERS]",
        expect![[r#"
            database DEV → PROD
            2 matched, 0 ambiguous, 0 unexplained
              [PROD].[MARTS].[CUSTOMERS] model.shop.customers
              [PROD].[MARTS].[ORDERS] model.shop.orders
        "#]],
    );
    check(
        "snowflake",
        "model.shop.orders    ALICE_PROD.marts.orders
         model.shop.customers ALICE_PROD.marts.customers
         model.shop.prep      ALICE_PREP.marts.prep
         model.shop.more      ALICE_PREP.marts.more",
        "[ANALYTICS_PROD].[MARTS].[ORDERS]
         [ANALYTICS_PROD].[MARTS].[CUSTOMERS]
         [ANALYTICS_PREP].[MARTS].[PREP]
         [ANALYTICS_PREP].[MARTS].[MORE]",
        expect![[r#"
            database ALICE* → ANALYTICS*
            4 matched, 0 ambiguous, 0 unexplained
              [ANALYTICS_PREP].[MARTS].[MORE] model.shop.more
              [ANALYTICS_PREP].[MARTS].[PREP] model.shop.prep
              [ANALYTICS_PROD].[MARTS].[CUSTOMERS] model.shop.customers
              [ANALYTICS_PROD].[MARTS].[ORDERS] model.shop.orders
        "#]],
    );
}

#[test]
fn an_exception_comes_before_the_rule_that_explains_most() {
    check(
        "snowflake",
        "model.shop.a DEV.dbt_marts.a
         model.shop.b DEV.dbt_marts.b
         model.shop.c DEV.dbt_staging.c
         model.shop.d DEV.dbt_finance.d
         model.shop.e DEV.dbt_finance.e
         model.shop.f DEV.dbt_finance.f",
        "[DEV].[MARTS].[A]
         [DEV].[MARTS].[B]
         [DEV].[STAGING].[C]
         [DEV].[MONEY].[D]
         [DEV].[MONEY].[E]
         [DEV].[MONEY].[F]",
        expect![[r#"
            schema dbt_finance → MONEY
            schema dbt_* → *
            6 matched, 0 ambiguous, 0 unexplained
              [DEV].[MARTS].[A] model.shop.a
              [DEV].[MONEY].[D] model.shop.d
              [DEV].[STAGING].[C] model.shop.c
              [DEV].[MARTS].[B] model.shop.b
              [DEV].[MONEY].[E] model.shop.e
        "#]],
    );
}

#[test]
fn one_coincidence_is_not_enough() {
    check(
        "snowflake",
        "model.shop.orders DEV.dbt_alice_marts.orders
         model.shop.items  DEV.dbt_alice_marts.items",
        "[PROD].[MARTS].[ORDERS]",
        expect!["nothing"],
    );
    // One table under two names is one.
    check(
        "snowflake",
        "model.shop.orders DEV.dbt_alice_marts.orders",
        "[PROD].[MARTS].[ORDERS]\n[MARTS].[ORDERS]\n[PROD].[MARTS].[orders]",
        expect!["nothing"],
    );
    // Another system has names in common.
    let project = "
        model.shop.orders    DEV.dbt_alice_marts.orders
        model.shop.customers DEV.dbt_alice_marts.customers
        model.shop.items     DEV.dbt_alice_marts.items";
    check(
        "snowflake",
        project,
        "[RAW].[SHOPIFY].[ORDERS]\n[RAW].[SHOPIFY].[CUSTOMERS]",
        expect!["nothing"],
    );
    check(
        "snowflake",
        project,
        "[RAW].[SHOPIFY].[ORDERS]
         [RAW].[SHOPIFY].[CUSTOMERS]
         [RAW].[SHOPIFY].[ITEMS]
         [RAW].[SHOPIFY].[PAYMENTS]
         [RAW].[SHOPIFY].[REFUNDS]
         [RAW].[SHOPIFY].[DRAFTS]
         [RAW].[SHOPIFY].[CARTS]",
        expect!["nothing"],
    );
}

#[test]
fn a_rule_that_mixes_two_nodes_up_is_refused() {
    check(
        "snowflake",
        "model.shop.a DEV.dbt_x_marts.orders
         model.shop.b DEV.dbt_y_marts.orders
         model.shop.c DEV.dbt_x_marts.items
         model.shop.d DEV.dbt_y_marts.stock",
        "[DEV].[MARTS].[ORDERS]
         [DEV].[MARTS].[ITEMS]
         [DEV].[MARTS].[STOCK]",
        expect!["nothing"],
    );
}

#[test]
fn tables_that_are_known_speak_against_a_rule() {
    // C3: dated copies of production, with production's manifest.
    let known = "
        [PROD].[PUBLIC].[A]
        [PROD].[PUBLIC].[B]";
    let copies = "
        [PROD].[PUBLIC_2023].[A]
        [PROD].[PUBLIC_2023].[B]";
    let project = "
        model.shop.a PROD.public.a
        model.shop.b PROD.public.b";
    check(
        "snowflake",
        project,
        &format!("{known}\n{copies}"),
        expect!["nothing"],
    );
    // The other node is really there.
    check(
        "snowflake",
        "model.shop.a DEV.dbt_marts.a
         model.shop.b DEV.dbt_marts.b
         model.shop.c DEV.dbt_marts.c
         model.pkg.c  DEV.marts.c",
        "[DEV].[MARTS].[A]
         [DEV].[MARTS].[B]
         [DEV].[MARTS].[C]",
        expect!["nothing"],
    );
}

#[test]
fn nodes_whose_production_is_known_are_left_out() {
    check(
        "snowflake",
        "rule schema dbt_marts -> other
         model.shop.a DEV.dbt_marts.a
         model.shop.b DEV.dbt_marts.b",
        "[DEV].[MARTS].[A]
         [DEV].[MARTS].[B]",
        expect!["nothing"],
    );
}

#[test]
fn nothing_is_proposed_where_everything_matches_or_nothing_is_read() {
    let project = "model.shop.a DB.S.a\nmodel.shop.b DB.S.b";
    check(
        "snowflake",
        project,
        "[DB].[S].[A]\n[DB].[S].[B]",
        expect!["nothing"],
    );
    check("snowflake", project, "", expect!["nothing"]);
    check(
        "snowflake",
        project,
        "[X].[Y].[NO]\n[X].[Y].[NEITHER]",
        expect!["nothing"],
    );
}

#[test]
fn upper_case_names_of_bigquery_are_explained() {
    check(
        "bigquery",
        "model.shop.a `my-dev`.`dbt_dev_marts`.`a`
         model.shop.b `my-dev`.`dbt_dev_tableau`.`b`
         model.shop.c `my-dev`.`dbt_dev_tableau`.`c`",
        "[my-prod].[MARTS].[A]
         [My Project].[TABLEAU].[B]
         [my-prod].[TABLEAU].[C]",
        expect![[r#"
            schema dbt_dev_* → *, database my-dev → my-prod
            3 matched, 0 ambiguous, 0 unexplained
              [My Project].[TABLEAU].[B] model.shop.b
              [my-prod].[MARTS].[A] model.shop.a
              [my-prod].[TABLEAU].[C] model.shop.c
        "#]],
    );
}

#[test]
fn a_warehouse_without_databases_changes_its_one_level() {
    check(
        "clickhouse",
        "model.shop.a `dev_marts`.`a`\nmodel.shop.b `dev_marts`.`b`",
        "[marts].[a]\n[marts].[b]",
        expect![[r#"
            schema dev_marts → marts
            2 matched, 0 ambiguous, 0 unexplained
              [marts].[a] model.shop.a
              [marts].[b] model.shop.b
        "#]],
    );
}

// C16
#[test]
fn the_pointer_of_a_version_is_explained_with_its_node() {
    check(
        "snowflake",
        "model.shop.dim.v1 D.dbt_marts.dim_v1 latest=1 pointer=D.dbt_marts.dim
         model.shop.other  D.dbt_marts.other
         model.shop.third  D.dbt_marts.third",
        "[D].[MARTS].[DIM]
         [D].[MARTS].[OTHER]
         [D].[MARTS].[THIRD]",
        expect![[r#"
            schema dbt_marts → MARTS
            3 matched, 0 ambiguous, 0 unexplained
              [D].[MARTS].[DIM] model.shop.dim.v1
              [D].[MARTS].[OTHER] model.shop.other
              [D].[MARTS].[THIRD] model.shop.third
        "#]],
    );
}

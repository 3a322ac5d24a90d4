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
    check("shop", "fct_refunds", expect![[""]]);
}

#[test]
fn a_table_that_matched_nothing_shows_the_nearest() {
    check("shop", "[analytics_marts].[fct_return]", expect![[""]]);
}

#[test]
fn a_table_of_another_schema_shows_the_part_that_differs() {
    check("snow", "[PROD].[PUBLIC_2023_01_01].[DIM_USER]", expect![[""]]);
}

#[test]
fn two_relations_that_differ_in_case_are_compared() {
    check("snow", "[APP_DB].[Public].[Orders]", expect![[""]]);
}

#[test]
fn what_is_neither_node_nor_table_is_wrong_use() {
    let said = run(&fixture("shop"), &["explain", ""]);
    assert_eq!(said.code, 2);
}

use expect_test::{Expect, expect};

use super::*;
use crate::testing;

/// What relations (one a line) are called by a rule.
#[track_caller]
fn check(adapter: &str, rule: &str, relations: &str, found: Expect) {
    let rule = testing::rule(rule);
    assert_eq!(rule.check(), Ok(()), "{rule}");
    let warehouse = Warehouse::from_adapter(adapter);
    let named = |line: &str| {
        let relation = testing::relation(line.trim());
        let new = rule.apply(&relation, &warehouse);
        format!("{}\n", new.map_or("-".to_owned(), |it| it.to_string()))
    };
    let lines = relations.lines().filter(|it| !it.trim().is_empty());
    found.assert_eq(&lines.map(named).collect::<String>());
}

#[test]
fn a_star_takes_any_text_and_gives_it_back() {
    check(
        "snowflake",
        "schema dbt_* -> *",
        "DEV.dbt_alice_marts.orders
         DEV.DBT_ALICE.orders
         DEV.dbt_.orders
         DEV.dbt.orders
         DEV.marts.orders
         orders",
        expect![[r#"
            DEV.alice_marts.orders
            DEV.ALICE.orders
            -
            -
            -
            -
        "#]],
    );
    check(
        "postgres",
        "schema dbt_alice* -> analytics*",
        r#""shop"."dbt_alice"."orders"
           "shop"."dbt_alice_marts"."orders""#,
        expect![[r#"
            shop.analytics.orders
            shop.analytics_marts.orders
        "#]],
    );
    check(
        "snowflake",
        "schema dbt_*_marts -> MARTS, database dev -> prod",
        "DEV.dbt_bob_marts.orders\nOTHER.dbt_bob_marts.orders\ndbt_bob_marts.orders",
        expect![[r#"
            prod.MARTS.orders
            -
            -
        "#]],
    );
}

#[test]
fn each_star_takes_as_little_as_it_can_and_the_last_what_is_left() {
    check(
        "snowflake",
        "schema dbt_*_* -> {2}_of_{1}",
        "D.dbt_alice_marts_finance.t\nD.dbt_alice.t\nD.dbt_a_.t",
        expect![[r#"
            D.marts_finance_of_alice.t
            -
            D._of_a.t
        "#]],
    );
    check(
        "snowflake",
        "schema *aba -> *",
        "D.xaba.t\nD.xababa.t\nD.aba.t\nD.aaba.t",
        expect![[r#"
            D.x.t
            D.xab.t
            -
            D.a.t
        "#]],
    );
}

#[test]
fn numbers_count_the_stars_of_all_parts() {
    check(
        "snowflake",
        "database dev_* -> prod, schema dbt_* -> {1}_{2}, table *__* -> {4}",
        "DEV_EU.DBT_A.B__T",
        expect![[r#"
            prod.EU_A.T
        "#]],
    );
}

#[test]
fn a_part_that_is_left_out_may_be_anything_and_stays() {
    check(
        "snowflake",
        "database * -> PROD",
        "DEV.S.t\nt",
        expect![[r#"
            PROD.S.t
            -
        "#]],
    );
    check(
        "snowflake",
        "database -> PROD",
        "DEV.S.t\nt",
        expect![[r#"
            PROD.S.t
            PROD.t
        "#]],
    );
    check(
        "snowflake",
        "schema -> x_*",
        "DEV.S.t\nt",
        expect![[r#"
            DEV.x_S.t
            -
        "#]],
    );
    check(
        "snowflake",
        "schema S, table -> new_*",
        "DEV.s.t\nDEV.other.t",
        expect![[r#"
            DEV.s.new_t
            -
        "#]],
    );
}

#[test]
fn letters_compare_as_the_warehouse_compares_them() {
    for adapter in ["snowflake", "postgres", "databricks"] {
        check(
            adapter,
            "schema DBT_* -> *",
            "d.dbt_a.t",
            expect!["d.a.t\n"],
        );
    }
    check(
        "bigquery",
        "schema dbt_* -> *, database my-dev -> my-prod",
        "`My-Dev`.`dbt_a`.`t`\n`my-dev`.`DBT_a`.`t`",
        expect![[r#"
            my-prod.a.t
            -
        "#]],
    );
    // Letters whose lower case is longer or shorter stay in their place.
    check(
        "snowflake",
        "schema İ*ß -> *",
        r#"D."İäÄẞẞß".t"#,
        expect![[r#"
            D.äÄẞẞ.t
        "#]],
    );
}

#[test]
fn two_level_warehouses_have_one_part_above_the_table() {
    for rule in ["database dev_* -> *", "schema dev_* -> *"] {
        let relation = "`dev_marts`.`orders`";
        check("clickhouse", rule, relation, expect!["marts.orders\n"]);
    }
}

#[test]
fn new_names_are_quoted_as_the_old_ones() {
    let rule = testing::rule("schema dbt_* -> *");
    let quoted = |text: &str| {
        let relation = testing::relation(text);
        let new = rule.apply(&relation, &Warehouse::Snowflake).unwrap();
        new.schema.unwrap().quoted
    };
    assert!(quoted(r#"D."dbt_a".t"#));
    assert!(!quoted(r#"D.dbt_a."t""#));
}

#[test]
fn rules_that_make_no_sense_are_told_of() {
    let what = |text: &str| testing::rule(text).check().unwrap_err();
    let long = format!("schema {} -> x", "a".repeat(257));
    let stars = format!("schema {} -> x", "*".repeat(9));
    let all: Vec<String> = [
        "schema dbt_*",
        "schema dbt_ -> *",
        "schema * -> *_*",
        "schema dbt_* -> {2}",
        "schema dbt_* -> {0}",
        "schema dbt_* -> {1}{1}{1}{1}{1}{1}{1}{1}{1}",
        "schema \u{7} -> x",
        &long,
        &stars,
    ]
    .map(what)
    .into();
    expect![[r#"
        `to` names no part, so that the rule changes nothing
        `to.schema` has more `*` than the same part of `from`, which has 0
        `to.schema` has more `*` than the same part of `from`, which has 1
        `to.schema` has `{2}`, and `from` has 1 `*`
        `to.schema` has `{0}`, and `from` has 1 `*`
        `to.schema` has more than 8 numbers
        `from.schema` has a control character
        `from.schema` is longer than 256 letters
        `from.schema` has more than 8 `*`"#]]
    .assert_eq(&all.join("\n"));
    let empty = NameRule {
        to: NamePattern {
            schema: Some(String::new()),
            ..NamePattern::default()
        },
        ..NameRule::default()
    };
    expect!["`to.schema` is empty; leave it out where it does not matter"]
        .assert_eq(&empty.check().unwrap_err());
}

#[test]
fn hostile_rules_end_soon_and_give_no_long_name() {
    let rule = |from: String, to: String| NameRule {
        from: NamePattern {
            schema: Some(from),
            ..NamePattern::default()
        },
        to: NamePattern {
            schema: Some(to),
            ..NamePattern::default()
        },
    };
    let relation = Relation::stored("D", &"a".repeat(1000), "t");
    let apply = |from: String, to: String| rule(from, to).apply(&relation, &Warehouse::Snowflake);
    let stars = "*".repeat(10_000);
    assert!(apply(stars.clone(), "x".to_owned()).is_some());
    assert!(apply("*a".repeat(10_000), "x".to_owned()).is_none());
    assert!(apply(format!("{}b", "*a".repeat(900)), "x".to_owned()).is_none());
    assert!(apply(stars.clone(), stars).is_some());
    assert!(apply("*".to_owned(), "{1}".repeat(100_000)).is_none());
    assert!(apply("*".to_owned(), "{".repeat(100_000)).is_none());
    assert!(apply("*".to_owned(), "{1}}".to_owned()).is_some());
    let long = Relation::stored("D", &"a".repeat(1_000_000), "t");
    let rule = rule("*".to_owned(), "x".to_owned());
    assert!(rule.apply(&long, &Warehouse::Snowflake).is_none());
}

#[test]
fn rules_are_shown_as_people_write_them() {
    let shown: Vec<String> = [
        "schema dbt_*_marts -> MARTS, database dev -> prod",
        "database -> prod, schema dbt_*",
        "table stg_* -> *",
    ]
    .map(|it| testing::rule(it).to_string())
    .into();
    expect![[r#"
        schema dbt_*_marts → MARTS, database dev → prod
        schema dbt_*, database * → prod
        table stg_* → *"#]]
    .assert_eq(&shown.join("\n"));
}

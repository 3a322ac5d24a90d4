//! What production calls nodes, by a snapshot, by rules, by proposals.

use expect_test::expect;

use super::check;

#[test]
fn what_production_calls_a_node_is_the_node() {
    check(
        "snowflake",
        "model.shop.orders DEV.ALICE_MARTS.orders production=PROD.MARTS.orders
         model.shop.dim    DEV.ALICE_MARTS.dim production=PROD.MARTS.dim_customers
         model.shop.same   PROD.MARTS.same production=PROD.MARTS.same
         model.shop.temp   - production=PROD.MARTS.temp",
        "[PROD].[MARTS].[ORDERS]
         [MARTS].[ORDERS]
         [DEV].[ALICE_MARTS].[ORDERS]
         [PROD].[marts].[orders]
         [PROD].[MARTS].[DIM_CUSTOMERS]
         [PROD].[MARTS].[SAME]
         [MARTS].[SAME]
         [PROD].[MARTS].[TEMP]",
        expect![[r#"
            mapped: model.shop.orders
            mapped: model.shop.orders
            exact: model.shop.orders
            mapped: model.shop.orders
            mapped: model.shop.dim
            exact: model.shop.same
            schema: model.shop.same
            mapped: model.shop.temp
        "#]],
    );
}

#[test]
fn a_node_whose_production_is_known_is_in_no_third_place() {
    check(
        "snowflake",
        "model.shop.orders DEV.ALICE_MARTS.orders production=PROD.MARTS.orders
         model.shop.other  DEV.ALICE_MARTS.other",
        "[PROD].[FINANCE].[ORDERS]
         [ORDERS]
         [STAGING].[MARTS].[ORDERS]
         [PROD].[FINANCE].[OTHER]",
        expect![[r#"
            no_such_relation, not model.shop.orders
            name: model.shop.orders
            name: model.shop.orders
            name: model.shop.other
        "#]],
    );
}

#[test]
fn what_production_calls_one_node_beats_what_a_target_calls_another() {
    check(
        "snowflake",
        "model.shop.a DEV.S.a production=PROD.S.b
         model.shop.b PROD.S.b production=PROD.S.c",
        "[PROD].[S].[B]
         [S].[B]
         [PROD].[S].[C]",
        expect![[r#"
            mapped: model.shop.a
            mapped: model.shop.a
            mapped: model.shop.b
        "#]],
    );
}

#[test]
fn what_production_calls_a_node_and_what_may_be_another_are_ambiguous() {
    check(
        "snowflake",
        "model.shop.a DEV.S.a production=PROD.S.b
         model.shop.b PROD.S.b
         model.shop.c DEV.T.c production=PROD.T.c
         model.shop.d DEV.T.d production=PROD.T.c
         seed.shop.e  - production=PROD.T.e
         seed.shop.f  - production=PROD.T.e",
        "[PROD].[S].[B]
         [S].[B]
         [PROD].[T].[C]
         [PROD].[T].[E]",
        expect![[r#"
            ambiguous, not model.shop.a, model.shop.b
            ambiguous, not model.shop.a, model.shop.b
            ambiguous, not model.shop.c, model.shop.d
            ambiguous, not seed.shop.e, seed.shop.f
        "#]],
    );
}

#[test]
fn nodes_that_are_one_relation_here_may_be_one_there() {
    check(
        "snowflake",
        "model.shop.a DEV.S.t production=PROD.S.t
         model.pkg.a  DEV.S.t production=PROD.S.t",
        "[PROD].[S].[T]\n[DEV].[S].[T]",
        expect![[r#"
            mapped: model.shop.a, model.pkg.a
            exact: model.shop.a, model.pkg.a
        "#]],
    );
}

// C5
#[test]
fn a_rule_names_every_node_that_it_fits() {
    let project = "
        rule schema dbt_dev_* -> *, database DEV -> PROD
        rule database DEV -> PROD, schema dbt_dev -> analytics
        model.shop.orders DEV.dbt_dev_marts.orders
        model.shop.root   DEV.dbt_dev.root
        seed.shop.other   OTHER.dbt_dev_marts.other
        model.shop.files  dbt_dev_marts.files";
    check(
        "snowflake",
        project,
        "[PROD].[MARTS].[ORDERS]
         [MARTS].[ORDERS]
         [PROD].[ANALYTICS].[ROOT]
         [PROD].[FINANCE].[ROOT]
         [PROD].[MARTS].[OTHER]
         [PROD].[MARTS].[FILES]",
        expect![[r#"
            mapped: model.shop.orders
            mapped: model.shop.orders
            mapped: model.shop.root
            no_such_relation, not model.shop.root
            name: seed.shop.other
            name: model.shop.files
        "#]],
    );
}

#[test]
fn a_wrong_rule_that_mixes_two_nodes_up_matches_neither() {
    check(
        "snowflake",
        "rule schema -> marts
         model.shop.orders     DEV.dbt_marts.orders
         model.shop.stg_orders DEV.dbt_staging.orders
         model.shop.only       DEV.dbt_staging.only",
        "[DEV].[MARTS].[ORDERS]
         [DEV].[MARTS].[ONLY]
         [DEV].[DBT_MARTS].[ORDERS]
         [ORDERS]",
        expect![[r#"
            ambiguous, not model.shop.orders, model.shop.stg_orders
            mapped: model.shop.only
            exact: model.shop.orders
            ambiguous, not model.shop.orders, model.shop.stg_orders
        "#]],
    );
    check(
        "snowflake",
        "rule table stg_* -> *
         model.shop.orders     DEV.S.orders
         model.shop.stg_orders DEV.S.stg_orders",
        "[DEV].[S].[ORDERS]\n[DEV].[S].[STG_ORDERS]",
        expect![[r#"
            ambiguous, not model.shop.orders, model.shop.stg_orders
            exact: model.shop.stg_orders
        "#]],
    );
}

#[test]
fn a_rule_is_doubted_where_it_forgets_the_node_that_is_meant() {
    check(
        "snowflake",
        "rule schema dbt_x -> marts
         model.shop.wrong DEV.dbt_x.orders
         model.shop.meant DEV.dbt_marts.orders
         model.shop.alone DEV.dbt_x.alone
         model.shop.far   DEV.dbt_y.far
         model.shop.x_far DEV.dbt_x.far",
        "[DEV].[MARTS].[ORDERS]
         [DEV].[MARTS].[ALONE]
         [DEV].[MARTS].[FAR]",
        expect![[r#"
            ambiguous, not model.shop.wrong, model.shop.meant
            mapped: model.shop.alone
            ambiguous, not model.shop.far, model.shop.x_far
        "#]],
    );
    check(
        "snowflake",
        "rule database ALICE_PREP -> LIVE_PROD
         model.shop.wrong ALICE_PREP.legacy.orders
         model.shop.meant ALICE_PROD.legacy.orders",
        "[LIVE_PROD].[LEGACY].[ORDERS]",
        expect![[r#"
            ambiguous, not model.shop.wrong, model.shop.meant
        "#]],
    );
    check(
        "snowflake",
        "rule schema dbt_marts -> marts
         model.shop.orders DEV.dbt_marts.orders
         model.shop.stg    DEV.dbt_staging.orders",
        "[DEV].[MARTS].[ORDERS]",
        expect![[r#"
            mapped: model.shop.orders
        "#]],
    );
    // What is the same under any target is none of the rule's business.
    check(
        "snowflake",
        "rule schema dbt_alice_* -> *, database DEV -> PROD
         model.shop.orders DEV.dbt_alice_marts.orders
         model.pkg.orders  PROD.fixed_marts.orders",
        "[PROD].[MARTS].[ORDERS]",
        expect![[r#"
            mapped: model.shop.orders
        "#]],
    );
}

#[test]
fn a_source_that_a_rule_moves_is_doubted_where_dbt_builds_the_like() {
    check(
        "snowflake",
        "rule database -> PROD
         source.shop.legacy.orders RAW.legacy.orders
         model.shop.orders         PROD.dbt_legacy.orders
         source.shop.legacy.items  RAW.legacy.items",
        "[PROD].[LEGACY].[ORDERS]
         [PROD].[LEGACY].[ITEMS]",
        expect![[r#"
            ambiguous, not model.shop.orders, source.shop.legacy.orders
            mapped: source.shop.legacy.items
        "#]],
    );
}

#[test]
fn sources_that_a_rule_makes_one_are_ambiguous() {
    check(
        "snowflake",
        "rule schema raw_* -> raw
         source.shop.a.users RAW.raw_a.users
         source.shop.b.users RAW.raw_b.users
         source.shop.c.items RAW.raw.items
         source.shop.d.items RAW.raw_d.items
         source.shop.e.stock RAW.raw_e.stock
         source.shop.f.stock RAW.raw_e.stock
         rule schema other* -> other
         source.shop.g.kept  RAW.other.kept
         source.shop.h.kept  RAW.other_h.kept",
        "[RAW].[OTHER].[KEPT]
         [RAW].[RAW].[USERS]
         [RAW].[RAW].[ITEMS]
         [RAW].[RAW].[STOCK]",
        expect![[r#"
            ambiguous, not source.shop.g.kept, source.shop.h.kept
            ambiguous, not source.shop.a.users, source.shop.b.users
            exact: source.shop.c.items, source.shop.d.items
            mapped: source.shop.e.stock, source.shop.f.stock
        "#]],
    );
}

#[test]
fn a_rule_minds_case_where_the_warehouse_does() {
    check(
        "bigquery",
        "rule schema dbt_* -> *, database my-dev -> my-prod
         model.shop.orders `my-dev`.`dbt_marts`.`Orders`
         model.shop.a      `my-dev`.`dbt_marts`.`Twice`
         model.shop.b      `my-dev`.`dbt_marts`.`twice`
         model.shop.odd    `my-dev`.`DBT_marts`.`odd`",
        "[my-prod].[marts].[Orders]
         [my-prod].[MARTS].[ORDERS]
         [My Project].[marts].[Orders]
         [my-prod].[marts].[twice]
         [my-prod].[marts].[TWICE]
         [my-prod].[marts].[odd]",
        expect![[r#"
            mapped: model.shop.orders
            mapped: model.shop.orders
            mapped: model.shop.orders
            mapped: model.shop.b
            ambiguous, not model.shop.a, model.shop.b
            name: model.shop.odd
        "#]],
    );
}

#[test]
fn a_proposed_name_is_a_mark_and_gives_way_to_all_that_is_certain() {
    check(
        "snowflake",
        "proposed schema dbt_* -> *
         model.shop.orders DEV.dbt_marts.orders
         model.shop.known  DEV.dbt_marts.known production=PROD.FIN.known
         model.shop.taken  DEV.dbt_marts.taken
         model.shop.other  DEV.marts.taken
         model.shop.one    DEV.dbt_marts.two
         model.shop.two    DEV.dbt_MARTS_.two",
        "[DEV].[MARTS].[ORDERS]
         [MARTS].[ORDERS]
         [DEV].[DBT_MARTS].[ORDERS]
         [DEV].[FINANCE].[ORDERS]
         [DEV].[MARTS].[KNOWN]
         [PROD].[FIN].[KNOWN]
         [DEV].[MARTS].[TAKEN]
         [DEV].[MARTS].[TWO]",
        expect![[r#"
            proposed: model.shop.orders
            proposed: model.shop.orders
            exact: model.shop.orders
            name: model.shop.orders
            no_such_relation, not model.shop.known
            mapped: model.shop.known
            exact: model.shop.other
            proposed: model.shop.one
        "#]],
    );
}

#[test]
fn proposed_names_that_collide_are_ambiguous() {
    check(
        "snowflake",
        "proposed schema -> marts
         model.shop.a DEV.X.t
         model.shop.b DEV.Y.t",
        "[DEV].[MARTS].[T]",
        expect![[r#"
            ambiguous, not model.shop.a, model.shop.b
        "#]],
    );
}

#[test]
fn a_proposed_name_alone_is_no_match_elsewhere() {
    check(
        "snowflake",
        "proposed table alice_* -> *
         model.shop.a DEV.S.alice_orders",
        "[DEV].[S].[ORDERS]
         [DEV].[OTHER].[ORDERS]
         [DEV].[OTHER].[ALICE_ORDERS]",
        expect![[r#"
            proposed: model.shop.a
            no_such_relation, not model.shop.a
            name: model.shop.a
        "#]],
    );
}

// C16
#[test]
fn the_pointer_of_the_latest_version_moves_with_its_model() {
    let project = |rule: &str, production: &str| {
        format!(
            "{rule}
             model.shop.dim.v1 D.dbt_marts.dim_v1 latest=2 pointer=D.dbt_marts.dim
             model.shop.dim.v2 D.dbt_marts.dim_v2 latest=2 pointer=D.dbt_marts.dim {production}"
        )
    };
    let tables = "
        [D].[MARTS].[DIM]
        [D].[MARTS].[DIM_V2]
        [D].[DBT_MARTS].[DIM]";
    let moved = || {
        expect![[r#"
            mapped: model.shop.dim.v2
            mapped: model.shop.dim.v2
            exact: model.shop.dim.v2
        "#]]
    };
    check(
        "snowflake",
        &project("rule schema dbt_* -> *", ""),
        tables,
        moved(),
    );
    check(
        "snowflake",
        &project("", "production=D.MARTS.DIM_V2"),
        tables,
        moved(),
    );
    check(
        "snowflake",
        &project("rule table *_v2 -> *_v2, schema dbt_* -> *", ""),
        tables,
        moved(),
    );
    check(
        "snowflake",
        &project("proposed schema dbt_* -> *", ""),
        tables,
        expect![[r#"
            proposed: model.shop.dim.v2
            proposed: model.shop.dim.v2
            exact: model.shop.dim.v2
        "#]],
    );
    check(
        "snowflake",
        &project("", "production=D.MARTS.OTHER"),
        tables,
        expect![[r#"
            no_such_relation, not model.shop.dim.v2
            no_such_relation, not model.shop.dim.v2
            exact: model.shop.dim.v2
        "#]],
    );
}

#[test]
fn a_real_relation_of_production_beats_a_pointer_there() {
    check(
        "snowflake",
        "rule schema dbt_* -> *
         model.shop.dim.v1 D.dbt_marts.dim_v1 latest=1 pointer=D.dbt_marts.dim
         seed.shop.dim     D.dbt_marts.dim",
        "[D].[MARTS].[DIM]",
        expect![[r#"
            mapped: seed.shop.dim
        "#]],
    );
}

// C14
#[test]
fn a_wildcard_source_is_mapped_with_its_shards() {
    let tables = "
        [p].[raw].[events_20251121]
        [p].[raw].[events_12345678]
        [p].[raw].[events_intraday_20251121]";
    check(
        "bigquery",
        "rule schema dev_* -> *
         source.shop.raw.events `p`.`dev_raw`.`events_*`",
        tables,
        expect![[r#"
            mapped: source.shop.raw.events
            no_such_relation
            wildcard: source.shop.raw.events
        "#]],
    );
    check(
        "bigquery",
        "proposed schema dev_* -> *
         source.shop.raw.events `p`.`dev_raw`.`events_*`",
        tables,
        expect![[r#"
            proposed: source.shop.raw.events
            no_such_relation
            proposed: source.shop.raw.events
        "#]],
    );
}

#[test]
fn a_node_read_from_files_alone_is_never_exact() {
    check(
        "snowflake",
        "model.shop.a MARTS.a
         model.shop.b b
         model.shop.c c
         model.pkg.c  MARTS.c
         rule schema MARTS -> FIN",
        "[PROD].[MARTS].[A]
         [PROD].[FIN].[A]
         [PROD].[MARTS].[B]
         [PROD].[OTHER].[C]
         [PROD].[FIN].[C]",
        expect![[r#"
            schema: model.shop.a
            mapped: model.shop.a
            name: model.shop.b
            ambiguous, not model.shop.c, model.pkg.c
            ambiguous, not model.shop.c, model.pkg.c
        "#]],
    );
}

#[test]
fn a_source_on_productions_relation_stands_behind_the_model_that_builds_it() {
    check(
        "snowflake",
        "source.shop.raw.orders PROD.MARTS.orders
         model.shop.orders      DEV.ALICE.orders production=PROD.MARTS.orders",
        "[PROD].[MARTS].[ORDERS]",
        expect![[r#"
            mapped: model.shop.orders, source.shop.raw.orders
        "#]],
    );
}

#[test]
fn two_nodes_that_production_calls_alike_but_for_case_are_told_apart() {
    check(
        "snowflake",
        "model.shop.a DEV.S.a production=PROD.S.\"t\"
         model.shop.b DEV.S.b production=PROD.S.t",
        "[PROD].[S].[t]
         [PROD].[S].[T]
         [PROD].[s].[t]",
        expect![[r#"
            mapped: model.shop.a
            mapped: model.shop.b
            ambiguous, not model.shop.a, model.shop.b
        "#]],
    );
}

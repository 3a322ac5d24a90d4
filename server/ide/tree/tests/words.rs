//! What a tree says of what is not sure, not known, not exposed, or hostile.

use expect_test::{Expect, expect};
use fixture::Fixture;

use super::{Asked, NODE, PROJECT, check, text_of, tree_of};
use crate::analysis::Grain;
use crate::testing::analysis;

#[test]
fn a_guess_beside_what_is_sure_is_counted_for_several_nodes_too() {
    check(
        "#- nodes\nmodel.shop.a DB.S.a\nmodel.shop.b DB.S.b <- model.shop.a\n#- tableau\n\
         workbook W\ndatasource D snowflake\n[DB].[S].[A]\n\
         workbook V\ndatasource D snowflake\n[B]\n",
        Asked {
            nodes: "model.shop.a model.shop.b",
            ..NODE
        },
        expect![[r#"
            2 dashboards in 2 workbooks · 2 of 2 nodes used · 1 by name only
            node a — 1 dashboard in 1 workbook · 1 more downstream · 1 workbook without exposure
              files Workbook files — 2 workbooks · 2 dashboards
                workbook V — 1 dashboard · matched by name only · via b · no exposure * +
                  dashboard Overview *
                workbook W — 1 dashboard · no exposure +
                  dashboard Overview
            node b — probably 1 dashboard in 1 workbook · matched by name only
              files Workbook files — 1 workbook · 1 dashboard
                workbook V — 1 dashboard · matched by name only · no exposure +
                  dashboard Overview
        "#]],
    );
}

#[test]
fn matches_that_are_not_sure_say_so() {
    let asked = Asked {
        with_tooltips: true,
        ..NODE
    };
    let workbook =
        |table: &str| format!("#- tableau\nworkbook W\ndatasource D snowflake\n{table}\n");
    let by_name = workbook("[A]");
    check(
        &format!("#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n{by_name}"),
        asked,
        expect![[r#"
            probably 1 dashboard in 1 workbook · matched by name only
            ? most of Tableau's tables that have a name of dbt's lie elsewhere: the names here may be of another target
            files Workbook files — 1 workbook · 1 dashboard
              workbook W — 1 dashboard · matched by name only · no exposure +
                | Reads a: matched by name only · table
                | No exposure
                dashboard Overview
        "#]],
    );
    let proposed = "#- nodes\nmodel.shop.a DEV.dbt_me.a path=models/a.sql\n#- proposal\n\
                    rule schema dbt_* -> MARTS, database dev -> PROD\ncounts 1 0 0\n";
    let proposed = format!("{proposed}{}", workbook("[PROD].[MARTS].[A]"));
    check(
        &proposed,
        asked,
        expect![[r#"
            probably 1 dashboard · confirm name rule
            ? nobody has accepted the proposed name rule schema dbt_* → MARTS, database dev → PROD yet: Tableau may call other nodes otherwise too
            files Workbook files — 1 workbook · 1 dashboard
              workbook W — 1 dashboard · by the proposed name rule · no exposure +
                | Reads a: by the proposed name rule · table
                | No exposure
                dashboard Overview
        "#]],
    );
    check(
        &proposed,
        PROJECT,
        expect![[r#"
            probably 1 dashboard in 1 workbook · confirm name rule
            ? nobody has accepted the proposed name rule schema dbt_* → MARTS, database dev → PROD yet: Tableau may call other nodes otherwise too
            files Workbook files — 1 workbook · 1 dashboard
              workbook W — 1 dashboard · by the proposed name rule · no exposure +
                dashboard Overview
        "#]],
    );
    let ambiguous = format!(
        "#- nodes\nmodel.shop.a DB.S.a\nmodel.shop.b DB.T.a\n{}",
        workbook("[A]")
    );
    check(
        &ambiguous,
        NODE,
        expect![[r#"
        use unknown (data incomplete)
        ? 1 table fits several relations (W)
    "#]],
    );
    check(
        &ambiguous,
        PROJECT,
        expect![[r#"
        use unknown (data incomplete)
        ? 1 table fits several relations (W)
    "#]],
    );
}

/// The node's tree, then the project's.
#[track_caller]
fn check_both(project: &str, expect: Expect) {
    let analysis = analysis(&Fixture::parse(project));
    let text = |asked| text_of(&analysis, &tree_of(&analysis, asked), false);
    expect.assert_eq(&format!("{}--\n{}", text(NODE), text(PROJECT)));
}

#[test]
fn of_a_long_way_the_ends_are_named() {
    let node = |n: usize| match n {
        0 => "model.shop.a DB.S.a\n".to_owned(),
        1 => "model.shop.m1 DB.S.m1 <- model.shop.a\n".to_owned(),
        n => format!("model.shop.m{n} DB.S.m{n} <- model.shop.m{}\n", n - 1),
    };
    let nodes: String = (0..12).map(node).collect();
    let asked = Asked {
        with_tooltips: true,
        ..NODE
    };
    check(
        &format!(
            "#- nodes\n{nodes}#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[M11]\n"
        ),
        asked,
        expect![[r#"
            1 dashboard downstream, none direct
            files Workbook files — 1 workbook · 1 dashboard *
              workbook W — 1 dashboard · via m11 · no exposure * +
                | Reads m11: exact match · table
                | Indirectly: a → m1 → m2 → m3 → +4 → m8 → m9 → m10 → m11
                | No exposure
                dashboard Overview *
                  | Reads what is built from a, not a itself
        "#]],
    );
}

#[test]
fn an_empty_tree_that_is_no_zero_says_why() {
    const ONE: &str = "#- nodes\nmodel.shop.a DB.S.a\nmodel.shop.b DB.S.b\n#- tableau\n";
    check_both(
        ONE,
        expect![[r#"
        use unknown (no Tableau content was found)
        ? no Tableau content was found at all
        --
        use unknown (no Tableau content was found)
        ? no Tableau content was found at all
    "#]],
    );
    check_both(
        &format!("{ONE}content site acme\ngap not_signed_in not signed in to acme\n"),
        expect![[r#"
            use unknown (data incomplete)
            ? not signed in to acme
            --
            use unknown (data incomplete)
            ? not signed in to acme
        "#]],
    );
    check_both(
        &format!("{ONE}workbook W\ndatasource D snowflake\nsql ?\n"),
        expect![[r#"
            use unknown (data incomplete)
            ? 1 custom SQL query could not be read (W)
            --
            use unknown (data incomplete)
            ? 1 custom SQL query could not be read (W)
        "#]],
    );
    let elsewhere = "workbook V\ndatasource D snowflake\n[DB].[S].[B]\n\
                     workbook W\ndatasource D snowflake\n[PROD].[MARTS].[A]\n";
    let named = ONE.replace("DB.S.a", "DB.S.a production=DB.S.a");
    check_both(
        &format!("{named}{elsewhere}"),
        expect![[r#"
            use unknown (data incomplete)
            ? `[PROD].[MARTS].[A]` in W has the name of `a`, but another schema or database
            --
            1 dashboard in 1 workbook · 1 workbook without exposure
            ? `[PROD].[MARTS].[A]` in W has the name of `DB.S.a`, but another schema or database
            files Workbook files — 1 workbook · 1 dashboard
              workbook V — 1 dashboard · no exposure +
                dashboard Overview
        "#]],
    );
    check_both(
        &format!("{ONE}workbook W\n"),
        expect![[r#"
        no dashboards in 1 workbook file
        --
        no dashboards in 1 workbook file
    "#]],
    );
}

#[test]
fn an_exposure_is_offered_only_where_it_can_be_written() {
    let project = |access: &str, exposures: &str| {
        format!(
            "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql {access}\n#- exposures\n{exposures}\n\
             #- tableau\nworkbook W luid=11111111-1111-1111-1111-111111111111\ndatasource D snowflake\n[DB].[S].[A]\n\
             sheet One: D\nsheet Two: D\ndashboard First: One\ndashboard Second: Two\n\
             facts Second: luid=22222222-2222-2222-2222-222222222222\n"
        )
    };
    let workbooks = Asked {
        with_tooltips: true,
        ..NODE
    };
    let dashboards = Asked {
        grain: Grain::Dashboard,
        ..workbooks
    };
    check(
        &project("", ""),
        workbooks,
        expect![[r#"
            2 dashboards in 1 workbook · 1 workbook without exposure
            files Workbook files — 1 workbook · 2 dashboards
              workbook W — 2 dashboards · no exposure +
                | Reads a: exact match · table
                | No exposure
                dashboard First
                dashboard Second
        "#]],
    );
    check(
        &project("", ""),
        dashboards,
        expect![[r#"
            2 dashboards in 1 workbook · 1 workbook without exposure
            files Workbook files — 1 workbook · 2 dashboards
              workbook W — 2 dashboards · no exposure
                | Reads a: exact match · table
                | No exposure
                dashboard First — no exposure +
                  | No exposure
                dashboard Second — no exposure +
                  | No exposure
        "#]],
    );
    check(
        &project("access=private", ""),
        workbooks,
        expect![[r#"
            2 dashboards in 1 workbook · 1 workbook without exposure
            files Workbook files — 1 workbook · 2 dashboards
              workbook W — 2 dashboards · no exposure
                | Reads a: exact match · table
                | No exposure
                | It cannot be written: `a` has `access: private`, and dbt Core 1.11 refuses an exposure on it
                dashboard First
                dashboard Second
        "#]],
    );
    check(
        &project(
            "",
            "w tableau.luid=11111111-1111-1111-1111-111111111111 disabled",
        ),
        workbooks,
        expect![[r#"
            2 dashboards in 1 workbook
            files Workbook files — 1 workbook · 2 dashboards
              workbook W — 2 dashboards =w
                | Reads a: exact match · table
                | Exposure: w (disabled)
                dashboard First
                dashboard Second
        "#]],
    );
    check(
        &project("", "board label=W"),
        workbooks,
        expect![[r#"
            2 dashboards in 1 workbook · 1 workbook without exposure
            files Workbook files — 1 workbook · 2 dashboards
              workbook W — 2 dashboards · no exposure +
                | Reads a: exact match · table
                | No exposure
                | `board` has the same label
                dashboard First
                dashboard Second
        "#]],
    );
    let second = "second tableau.luid=11111111-1111-1111-1111-111111111111 \
                  tableau.dashboard=Second tableau.dashboard_luid=22222222-2222-2222-2222-222222222222";
    check(
        &project("", second),
        workbooks,
        expect![[r#"
            2 dashboards in 1 workbook
            files Workbook files — 1 workbook · 2 dashboards
              workbook W — 2 dashboards =second
                | Reads a: exact match · table
                | Exposure: second
                dashboard First
                dashboard Second =second
                  | Exposure: second
        "#]],
    );
    check(
        &project("", second),
        dashboards,
        expect![[r#"
            2 dashboards in 1 workbook
            files Workbook files — 1 workbook · 2 dashboards
              workbook W — 2 dashboards =second
                | Reads a: exact match · table
                | Exposure: second
                dashboard First — no exposure +
                  | No exposure
                dashboard Second =second
                  | Exposure: second
        "#]],
    );
}

#[test]
fn hostile_names_are_shown_as_harmless_text() {
    let long = "x".repeat(5_000);
    check(
        &format!(
            "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\ncontent site \u{1b}[31macme\u{202e}\n\
             workbook [x](javascript:alert) project=\u{202e}Fin/a%2Fb owner=\u{1b}[0m{long} url=javascript:alert(1)\n\
             datasource D snowflake\n[DB].[S].[A]\n\
             workbook {long} file=../%2e/x.twb url=https://a@evil.example/\n\
             datasource D snowflake\n[DB].[S].[A]\n\
             workbook Same\ndatasource D snowflake\n[DB].[S].[A]\n\
             workbook Same\ndatasource D snowflake\n[DB].[S].[A]\n"
        ),
        Asked {
            with_tooltips: true,
            ..NODE
        },
        expect![[r#"
            4 dashboards in 4 workbooks · 4 workbooks without exposure
            site [31macme — 4 workbooks · 4 dashboards
              project Fin / a%2Fb — 1 workbook · 1 dashboard
                workbook [x](javascript:alert) — 1 dashboard · no exposure +
                  | Project: Fin / a%2Fb
                  | Owner: [0mxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
                  | Reads a: exact match · table
                  | No exposure
                  dashboard Overview
              workbook Same — 1 dashboard · no exposure
                | Reads a: exact match · table
                | No exposure
                | It cannot be written: no name can be made for it that nothing else has: it is known by its title alone
                dashboard Overview
              workbook Same — 1 dashboard · no exposure
                | Reads a: exact match · table
                | No exposure
                | It cannot be written: no name can be made for it that nothing else has: it is known by its title alone
                dashboard Overview
              workbook xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… — 1 dashboard · no exposure +
                | Reads a: exact match · table
                | No exposure
                | File: ../%2e/x.twb
                dashboard Overview
        "#]],
    );
}

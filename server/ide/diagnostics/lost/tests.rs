use expect_test::{Expect, expect};
use fixture::Fixture;

use crate::diagnostics::Diagnostic;
use crate::testing::{SHOP, analysis, file};

/// What is said in a file, `SEVERITY at TEXT: MESSAGE` for each.
#[track_caller]
fn check(pending: &str, path: &str, text: &str, expect: Expect) {
    check_in(
        &format!("{SHOP}#- pending\n{pending}\n"),
        path,
        text,
        expect,
    );
}

#[track_caller]
fn check_in(project: &str, path: &str, text: &str, expect: Expect) {
    let fixture = Fixture::parse(&format!("{project}#- {path}\n{text}"));
    let analysis = analysis(&fixture);
    let found = analysis.pending_of_file(file(&fixture, path)).into_iter();
    let lines: Vec<String> = found.map(|it| line(&it, text)).collect();
    expect.assert_eq(&lines.join("\n"));
}

fn line(it: &Diagnostic, text: &str) -> String {
    assert_eq!(it.code, "deployed-relation-lost");
    let at = &text[it.range.clone()];
    format!("{:?} at {at:?}: {}", it.severity, it.message)
}

/// Of files that are gone, `PACKAGE PATH: MESSAGE` for each.
#[track_caller]
fn check_gone(project: &str, expect: Expect) {
    let analysis = analysis(&Fixture::parse(project));
    let lines = analysis.lost().into_iter().map(|(package, path, it)| {
        assert_eq!(it.range, 0..0);
        format!("{package} {path}: {}", it.message)
    });
    expect.assert_eq(&lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_mart_that_gets_another_name_tells_who_loses_it() {
    check(
        "model.shop.fct_orders renamed DB.MARTS.fct_orders_v2 models/fct_orders.sql alias",
        "models/fct_orders.sql",
        "{{ config(alias='fct_orders_v2') }}\nselect 1\n",
        expect![[
            r#"Warning at "alias='fct_orders_v2'": 3 dashboards in 2 workbooks read DB.MARTS.fct_orders, which is no longer built after this change: it becomes DB.MARTS.fct_orders_v2. Read by: Sales, Weekly Ops"#
        ]],
    );
}

#[test]
fn what_becomes_of_it_is_said() {
    let one = |becomes: &str, expect: Expect| {
        check(
            &format!("model.shop.fct_returns {becomes} models/fct_returns.sql"),
            "models/fct_returns.sql",
            "select 1\n",
            expect,
        );
    };
    one(
        "disabled",
        expect![[
            r#"Warning at "select 1": 1 dashboard in 1 workbook reads DB.MARTS.fct_returns, which is no longer built after this change: `fct_returns` is disabled. Read by: Weekly Ops"#
        ]],
    );
    one(
        "ephemeral",
        expect![[
            r#"Warning at "select 1": 1 dashboard in 1 workbook reads DB.MARTS.fct_returns, which is no longer built after this change: `fct_returns` becomes ephemeral. Read by: Weekly Ops"#
        ]],
    );
    one(
        "renamed DB.NEW.fct_returns",
        expect![[
            r#"Warning at "select 1": 1 dashboard in 1 workbook reads DB.MARTS.fct_returns, which is no longer built after this change: it becomes DB.NEW.fct_returns. Read by: Weekly Ops"#
        ]],
    );
    one(
        "renamed fct_returns",
        expect![[
            r#"Warning at "select 1": 1 dashboard in 1 workbook reads DB.MARTS.fct_returns, which may no longer be built after this change: only dbt can work out its database and schema. Read by: Weekly Ops"#
        ]],
    );
    one(
        "renamed DB.fct_returns_2",
        expect![[
            r#"Warning at "select 1": 1 dashboard in 1 workbook reads DB.MARTS.fct_returns, which is no longer built after this change: it becomes DB.fct_returns_2, and only dbt can work out its database. Read by: Weekly Ops"#
        ]],
    );
    one(
        "renamed fct_returns_2",
        expect![[
            r#"Warning at "select 1": 1 dashboard in 1 workbook reads DB.MARTS.fct_returns, which is no longer built after this change: it becomes fct_returns_2, and only dbt can work out its database and schema. Read by: Weekly Ops"#
        ]],
    );
    one(
        "deleted",
        expect![[
            r#"Warning at "select 1": 1 dashboard in 1 workbook reads DB.MARTS.fct_returns, which is no longer built after this change: its definition is gone. Read by: Weekly Ops"#
        ]],
    );
}

#[test]
fn a_file_that_is_gone_is_told_by_itself() {
    check_gone(
        &format!(
            "{SHOP}#- pending\nmodel.shop.fct_orders deleted models/fct_orders.sql\nmodel.shop.dim_vendors deleted models/dim_vendors.sql\nmodel.shop.fct_returns disabled models/fct_returns.sql\n"
        ),
        expect![
            "shop models/fct_orders.sql: 3 dashboards in 2 workbooks read DB.MARTS.fct_orders, which is no longer built after this change: its file is gone. Read by: Sales, Weekly Ops"
        ],
    );
    check_gone(SHOP, expect![[""]]);
}

#[test]
fn only_the_file_that_says_so_tells() {
    let pending = "model.shop.fct_orders disabled models/marts.yml enabled";
    check(
        pending,
        "models/fct_orders.sql",
        "select 1\n",
        expect![[""]],
    );
    check(
        pending,
        "models/marts.yml",
        "models:\n  - name: dim_vendors\n  - name: fct_orders\n    config:\n      enabled: false\n",
        expect![[
            r#"Warning at "enabled: false": 3 dashboards in 2 workbooks read DB.MARTS.fct_orders, which is no longer built after this change: `fct_orders` is disabled. Read by: Sales, Weekly Ops"#
        ]],
    );
}

#[test]
fn what_nothing_reads_may_go() {
    check(
        "model.shop.dim_vendors disabled models/dim_vendors.sql enabled",
        "models/dim_vendors.sql",
        "{{ config(enabled=false) }} select 1\n",
        expect![[""]],
    );
}

#[test]
fn where_it_is_not_known_who_reads_a_hint_is_enough() {
    let project = "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\nmodel.shop.b DB.S.b path=models/b.sql\n\
                   #- pending\nmodel.shop.a disabled models/a.sql enabled\nmodel.shop.a disabled models/m.yml enabled\nmodel.shop.b renamed DB.S.c models/m.yml alias\n\
                   #- tableau\nworkbook W\ndatasource D snowflake\nsql ?\n";
    check_in(
        project,
        "models/a.sql",
        "select 1\n",
        expect![[
            r#"Hint at "select 1": DB.S.a is no longer built after this change; whether a dashboard reads it is not known"#
        ]],
    );
    check_in(
        project,
        "models/m.yml",
        "models:\n  - name: a\n  - name: b\n",
        expect![[
            r#"Hint at "a": DB.S.a, DB.S.b are no longer built after this change; whether a dashboard reads them is not known"#
        ]],
    );
}

#[test]
fn what_only_others_are_built_from_matters_where_those_cannot_be_built() {
    let one = |becomes: &str, expect: Expect| {
        check(
            &format!("model.shop.stg_orders {becomes} models/stg_orders.sql"),
            "models/stg_orders.sql",
            "select 1\n",
            expect,
        );
    };
    one(
        "disabled",
        expect![[
            r#"Warning at "select 1": 3 dashboards in 2 workbooks read what is built from DB.STAGING.stg_orders, which is no longer built after this change: `stg_orders` is disabled. Read by: Sales, Weekly Ops"#
        ]],
    );
    one("renamed DB.STAGING.stg_orders_2", expect![[""]]);
    one("ephemeral", expect![[""]]);
}

#[test]
fn another_node_may_take_the_name_over() {
    let project = "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\nmodel.shop.b DB.S.b path=models/b.sql\n\
                   #- pending\nmodel.shop.a renamed DB.S.a_old models/a.sql alias\nmodel.shop.b renamed db.s.A models/b.sql alias\n\
                   #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[A]\n[DB].[S].[B]\n";
    check_in(project, "models/a.sql", "select 1\n", expect![[""]]);
    check_in(
        project,
        "models/b.sql",
        "select 1\n",
        expect![[
            r#"Warning at "select 1": 1 dashboard in 1 workbook reads DB.S.b, which is no longer built after this change: it becomes db.s.A. Read by: W"#
        ]],
    );
    check_in(
        "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\nmodel.shop.new DB.S.A path=models/new.sql standing=new\n\
         #- pending\nmodel.shop.a deleted models/a.sql\n#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[A]\n",
        "models/a.sql",
        "",
        expect![[""]],
    );
}

/// A site's workbooks on `a`, which production knows by another name.
fn site(production: &str, tableau: &str) -> String {
    format!(
        "#- nodes\nmodel.shop.a DEV.me.a path=models/a.sql {production}\n\
         #- pending\nmodel.shop.a renamed DEV.me.b models/a.sql alias\n\
         #- tableau\ncontent site acme host=acme.example fetched=2026-01-10T10:00:00Z\n{tableau}\n"
    )
}

#[test]
fn the_most_viewed_are_named_with_their_owners() {
    let one = |n: usize| {
        format!(
            "workbook W{n} luid=w{n} views={n}+{n}/7 owner=\"Ana\u{202e} {n}\"\ndatasource D snowflake\n[DEV].[ME].[A]\n"
        )
    };
    check_in(
        &site("", &(1..=5).map(one).collect::<String>()),
        "models/a.sql",
        "select 1\n",
        expect![[
            r#"Warning at "select 1": 5 dashboards in 5 workbooks read DEV.me.a, which is no longer built after this change: it becomes DEV.me.b. Most viewed: W5 (Ana 5, +5 views/7 d), W4 (Ana 4, +4 views/7 d), W3 (Ana 3, +3 views/7 d), +2 more"#
        ]],
    );
}

#[test]
fn the_name_that_dashboards_read_is_productions() {
    let tableau = "workbook W luid=w1\ndatasource D snowflake\n[PROD].[MARTS].[A]";
    check_in(
        &site("production=PROD.MARTS.a", tableau),
        "models/a.sql",
        "select 1\n",
        expect![[
            r#"Warning at "select 1": 1 dashboard in 1 workbook reads PROD.MARTS.a (DEV.me.a here), which is no longer built after this change: it becomes DEV.me.b. Read by: W"#
        ]],
    );
}

#[test]
fn what_is_matched_by_name_only_probably_reads() {
    check_in(
        &site(
            "",
            "workbook W luid=w1\ndatasource D snowflake\n[PROD].[MARTS].[A]",
        ),
        "models/a.sql",
        "select 1\n",
        expect![[
            r#"Warning at "select 1": 1 dashboard in 1 workbook probably read DEV.me.a, which is no longer built after this change: it becomes DEV.me.b. Read by: W"#
        ]],
    );
}

#[test]
fn one_change_of_the_project_file_is_one_warning_however_many_it_hits() {
    let many = |n: usize| {
        let nodes = (1..=n).map(|n| format!("model.shop.m{n} DB.S.m{n} path=models/m{n}.sql\n"));
        let nodes: String = nodes.collect();
        let pending =
            (1..=n).map(|n| format!("model.shop.m{n} renamed DB.T.m{n} dbt_project.yml schema\n"));
        let pending: String = pending.collect();
        let tables: String = (1..=n).map(|n| format!("[DB].[S].[M{n}]\n")).collect();
        format!(
            "#- nodes\n{nodes}#- pending\n{pending}#- tableau\nworkbook W\ndatasource D snowflake\n{tables}"
        )
    };
    let yaml = "name: shop\nmodels:\n  shop:\n    +schema: t\n";
    check_in(
        &many(2),
        "dbt_project.yml",
        yaml,
        expect![[r#"
        Warning at "name: shop": 1 dashboard in 1 workbook reads DB.S.m1, which is no longer built after this change: it becomes DB.T.m1. Read by: W
        Warning at "name: shop": 1 dashboard in 1 workbook reads DB.S.m2, which is no longer built after this change: it becomes DB.T.m2. Read by: W"#]],
    );
    check_in(
        &many(5),
        "dbt_project.yml",
        yaml,
        expect![[
            r#"Warning at "name: shop": 1 dashboard in 1 workbook reads 5 relations that are no longer built after this change: DB.S.m1, DB.S.m2, DB.S.m3, +2 more. Read by: W"#
        ]],
    );
}

#[test]
fn without_content_nothing_is_said() {
    let project = "#- nodes\nmodel.shop.a DB.S.a path=models/a.sql\n#- pending\nmodel.shop.a disabled models/a.sql\n";
    check_in(project, "models/a.sql", "select 1\n", expect![[""]]);
    check_gone(project, expect![[""]]);
}

#[test]
fn a_source_is_not_built_and_so_not_lost() {
    check(
        "source.shop.crm.accounts renamed RAW.CRM.OTHER models/sources.yml",
        "models/sources.yml",
        "sources:\n  - name: crm\n    tables:\n      - name: accounts\n",
        expect![[""]],
    );
}

#[test]
fn the_key_that_says_so_is_marked() {
    check_in(
        "#- nodes\nsnapshot.shop.s_a DB.S.s_a path=snapshots/s.sql\nsnapshot.shop.s_b DB.S.s_b path=snapshots/s.sql\n\
         #- pending\nsnapshot.shop.s_b renamed DB.S.s_c snapshots/s.sql alias\nsnapshot.shop.s_a renamed DB.S.s_d snapshots/s.sql\n\
         #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[S_A]\n[DB].[S].[S_B]\n",
        "snapshots/s.sql",
        "{% snapshot s_a %}{{ config(alias='s_d') }} select 1 {% endsnapshot %}\n{% snapshot s_b %}{{ config(alias='s_c') }} select 2 {% endsnapshot %}\n",
        expect![[r#"
            Warning at "{% snapshot s_a %}{{ config(alias='s_d') }} select 1 {% endsnapshot %}": 1 dashboard in 1 workbook reads DB.S.s_a, which is no longer built after this change: it becomes DB.S.s_d. Read by: W
            Warning at "alias='s_c'": 1 dashboard in 1 workbook reads DB.S.s_b, which is no longer built after this change: it becomes DB.S.s_c. Read by: W"#]],
    );
    let versions = |path: &str, text: &str, expect: Expect| {
        check_in(
            &format!(
                "#- nodes\nmodel.shop.dim.v1 DB.S.dim_v1 path=models/dim_v1.sql latest=2\nmodel.shop.dim.v2 DB.S.dim_v2 path=models/dim_v2.py latest=2\n\
                 #- pending\nmodel.shop.dim.v2 renamed DB.S.dim {path} alias\n\
                 #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[DIM_V2]\n"
            ),
            path,
            text,
            expect,
        );
    };
    versions(
        "models/m.yml",
        "models:\n  - name: dim\n    config: {alias: dim}\n    versions:\n      - v: 1\n      - v: 2\n",
        expect![[
            r#"Warning at "alias: dim": 1 dashboard in 1 workbook reads DB.S.dim_v2, which is no longer built after this change: it becomes DB.S.dim. Read by: W"#
        ]],
    );
    versions(
        "models/m.yml",
        "models:\n  - name: dim\n    versions:\n      - v: 1\n      - v: 2\n        config:\n          alias: dim\n",
        expect![[
            r#"Warning at "alias: dim": 1 dashboard in 1 workbook reads DB.S.dim_v2, which is no longer built after this change: it becomes DB.S.dim. Read by: W"#
        ]],
    );
    versions(
        "models/m.yml",
        "models:\n  - name: dim\n    versions:\n      - v: 1\n      - v: 2\n",
        expect![[
            r#"Warning at "v: 2": 1 dashboard in 1 workbook reads DB.S.dim_v2, which is no longer built after this change: it becomes DB.S.dim. Read by: W"#
        ]],
    );
    versions(
        "models/dim_v2.py",
        "def model(dbt, session):\n    dbt.config(alias='dim')\n    return 1\n",
        expect![[
            r#"Warning at "alias='dim'": 1 dashboard in 1 workbook reads DB.S.dim_v2, which is no longer built after this change: it becomes DB.S.dim. Read by: W"#
        ]],
    );
}

#[test]
fn a_file_that_is_half_typed_is_marked_somewhere() {
    for text in ["", "{{ config(alias='", "{{ config(alias='x\u{1F600}"] {
        let project = format!(
            "{SHOP}#- pending\nmodel.shop.fct_orders renamed DB.MARTS.x models/fct_orders.sql alias\n"
        );
        let fixture = Fixture::parse(&project);
        let file = crate::analysis::File {
            package: "shop",
            path: "models/fct_orders.sql",
            text,
        };
        let found = analysis(&fixture).pending_of_file(file);
        assert!(text.get(found[0].range.clone()).is_some(), "{text}");
    }
}

#[test]
fn the_project_file_speaks_for_packages_too() {
    let project = "#- nodes\nmodel.dbt_utils.a DB.S.a path=models/a.sql\n#- pending\nmodel.dbt_utils.a disabled dbt_project.yml enabled\n\
                   #- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[A]\n";
    check_in(
        project,
        "dbt_project.yml",
        "name: shop\n",
        expect![[
            r#"Warning at "name: shop": 1 dashboard in 1 workbook reads DB.S.a, which is no longer built after this change: `a` is disabled. Read by: W"#
        ]],
    );
}

use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;
use crate::testing;

mod production;

/// For each node the workbooks downstream of it, then what matched nothing and what
/// that leaves unknown. `Overview+1` is a dashboard one node further down.
#[track_caller]
fn check(project: &str, tableau: &str, answer: Expect) {
    let lineage = testing::lineage("snowflake", project, "", tableau);
    let mut text = String::new();
    for (ix, node) in lineage.nodes().iter() {
        let uses = lineage.downstream_of(ix);
        let unused = lineage.unused_datasources(ix);
        if !uses.is_empty() || !unused.is_empty() {
            writeln!(text, "{}", node.id).unwrap();
        }
        for it in &uses {
            writeln!(text, "  {}", describe(&lineage, it)).unwrap();
        }
        for it in unused {
            writeln!(text, "  unused datasource {}", it.name).unwrap();
        }
        assert_eq!(lineage.is_used(ix), !uses.is_empty(), "{}", node.id);
    }
    for it in lineage.unmatched() {
        let workbooks = it.workbooks.join(", ");
        write!(text, "{}: {} in {workbooks}", it.reason.as_str(), it.table).unwrap();
        let candidates = it.candidates.join(", ");
        let or = if candidates.is_empty() { "" } else { ", not " };
        writeln!(text, "{or}{candidates}").unwrap();
    }
    answer.assert_eq(&text);
}

fn describe(lineage: &Lineage, it: &WorkbookUsage) -> String {
    let workbook = lineage.workbook(it.workbook);
    let dashboards = it.dashboards.iter().map(|at| {
        let name = &workbook.dashboards[at.dashboard].name;
        if at.distance == 0 {
            name.clone()
        } else {
            format!("{name}+{}", at.distance)
        }
    });
    let dashboards = dashboards.collect::<Vec<_>>().join(", ");
    let evidence: Vec<&str> = it.evidence.iter().map(|it| it.as_str()).collect();
    let mut line = format!(
        "{}: {dashboards} ({}, {}, {})",
        workbook.name,
        it.datasources.join(" & "),
        evidence.join(" & "),
        it.kind.as_str(),
    );
    if !it.is_direct() {
        let way = it.via.iter().map(|&ix| lineage.nodes().get(ix).label());
        write!(line, " via {}", way.collect::<Vec<_>>().join(" > ")).unwrap();
    }
    line
}

const SHOP: &str = "
    source.shop.raw.orders RAW.SHOP.ORDERS
    model.shop.stg_orders  DB.STAGING.STG_ORDERS <- source.shop.raw.orders
    model.shop.fct_orders  DB.MARTS.FCT_ORDERS <- model.shop.stg_orders
    model.shop.dim_dates   DB.MARTS.DIM_DATES";

#[test]
fn a_dashboard_on_a_mart_is_downstream_of_what_the_mart_is_built_from() {
    check(
        SHOP,
        "workbook Sales
         datasource Orders snowflake
         [DB].[MARTS].[FCT_ORDERS]",
        expect![[r#"
            source.shop.raw.orders
              Sales: Overview+2 (Orders, table, exact) via raw.orders > stg_orders > fct_orders
            model.shop.stg_orders
              Sales: Overview+1 (Orders, table, exact) via stg_orders > fct_orders
            model.shop.fct_orders
              Sales: Overview (Orders, table, exact)
        "#]],
    );
}

#[test]
fn a_dashboard_counts_at_its_nearest_node() {
    check(
        SHOP,
        "workbook Sales
         datasource Marts snowflake
         [DB].[MARTS].[FCT_ORDERS]
         datasource Staging snowflake
         [DB].[STAGING].[STG_ORDERS]
         sheet Fact: Marts
         sheet Raw: Staging
         dashboard Both: Fact, Raw
         dashboard Facts: Fact",
        expect![[r#"
            source.shop.raw.orders
              Sales: Both+1, Facts+2 (Marts & Staging, table, exact) via raw.orders > stg_orders
            model.shop.stg_orders
              Sales: Both, Facts+1 (Marts & Staging, table, exact)
            model.shop.fct_orders
              Sales: Both, Facts (Marts, table, exact)
        "#]],
    );
}

#[test]
fn of_two_ways_the_shorter_is_shown() {
    check(
        "model.shop.a DB.S.A
         model.shop.b DB.S.B <- model.shop.a
         model.shop.c DB.S.C <- model.shop.b, model.shop.a",
        "workbook W
         datasource D snowflake
         [DB].[S].[C]",
        expect![[r#"
            model.shop.a
              W: Overview+1 (D, table, exact) via a > c
            model.shop.b
              W: Overview+1 (D, table, exact) via b > c
            model.shop.c
              W: Overview (D, table, exact)
        "#]],
    );
}

#[test]
fn only_dashboards_that_show_a_sheet_on_the_datasource_are_reached() {
    check(
        "model.shop.a DB.S.A\nmodel.shop.b DB.S.B",
        "workbook W
         datasource A snowflake
         [DB].[S].[A]
         datasource B snowflake
         [DB].[S].[B]
         sheet One: A
         sheet Two: B
         sheet Loose: A
         dashboard First: One
         dashboard Second: Two
         dashboard All: One, Two
         dashboard Text:
         story Tale: Second
         story Loose tale: Loose",
        expect![[r#"
            model.shop.a
              W: First, All, Loose tale (A, table, exact)
            model.shop.b
              W: Second, All, Tale (B, table, exact)
        "#]],
    );
}

#[test]
fn a_datasource_that_no_sheet_reads_is_a_use_without_dashboards() {
    check(
        "model.shop.a DB.S.A",
        "workbook W
         datasource A snowflake
         [DB].[S].[A]
         sheet Empty:
         dashboard Nothing: Empty",
        expect![[r#"
            model.shop.a
              W:  (A, table, exact)
        "#]],
    );
}

#[test]
fn direct_workbooks_come_first_then_those_with_more_dashboards() {
    check(
        "model.shop.a DB.S.A\nmodel.shop.b DB.S.B <- model.shop.a",
        "workbook Far
         datasource D snowflake
         [DB].[S].[B]
         sheet S: D
         dashboard One: S
         dashboard Two: S
         workbook Zoo
         datasource D snowflake
         [DB].[S].[A]
         workbook Big
         datasource D snowflake
         [DB].[S].[A]
         sheet S: D
         dashboard One: S
         dashboard Two: S
         workbook Ant
         datasource D snowflake
         [DB].[S].[A]",
        expect![[r#"
            model.shop.a
              Big: One, Two (D, table, exact)
              Ant: Overview (D, table, exact)
              Zoo: Overview (D, table, exact)
              Far: One+1, Two+1 (D, table, exact) via a > b
            model.shop.b
              Far: One, Two (D, table, exact)
        "#]],
    );
}

#[test]
fn one_table_in_several_datasources_of_a_workbook_is_one_use() {
    check(
        "model.shop.a DB.S.A",
        "workbook W
         datasource One snowflake
         [DB].[S].[A]
         [S].[A]
         datasource Two snowflake
         sql db.s.a
         sql s.a",
        expect![[r#"
            model.shop.a
              W: Overview (One & Two, table & custom_sql, exact)
        "#]],
    );
}

// C6
#[test]
fn custom_sql_counts_and_is_told_apart() {
    check(
        "model.shop.orders    ANALYTICS.MARTS.ORDERS
         model.shop.customers ANALYTICS.marts.customers",
        r#"workbook W
         datasource Q snowflake
         sql ANALYTICS.MARTS.ORDERS, MARTS.customers
         datasource Broken snowflake
         sql ?"#,
        expect![[r#"
            model.shop.orders
              W: Overview (Q, custom_sql, exact)
            model.shop.customers
              W: Overview (Q, custom_sql, schema)
            custom_sql_unreadable: Custom SQL Query in W
        "#]],
    );
}

// C8
#[test]
fn an_extract_without_tables_is_listed() {
    check(
        "model.shop.a DB.S.A",
        "workbook W
         datasource Alone hyper
         datasource Api extract
         datasource Beside snowflake extract
         [DB].[S].[A]
         datasource Joined snowflake hyper
         [DB].[S].[A] via snowflake
         datasource Sheets excel-direct extract
         datasource Ref sqlproxy extract -> Nowhere",
        expect![[r#"
            model.shop.a
              W: Overview (Beside & Joined, table, exact)
            extract_only: Alone in W
            extract_only: Api in W
            extract_only: Joined in W
            published_datasource_unavailable: Nowhere in W
        "#]],
    );
}

// C11
#[test]
fn the_connection_says_which_warehouse_and_the_table_its_schema() {
    check(
        "model.shop.orders DB.MARTS.ORDERS",
        "workbook W
         datasource Mixed snowflake sqlserver
         [DB].[MARTS].[ORDERS] via sqlserver
         datasource Right snowflake sqlserver
         [DB].[MARTS].[ORDERS] via snowflake
         datasource Unsaid snowflake sqlserver
         [DB].[MARTS].[ORDERS]",
        expect![[r#"
            model.shop.orders
              W: Overview (Right & Unsaid, table, exact)
            other_warehouse: [DB].[MARTS].[ORDERS] in W
        "#]],
    );
}

// C12
#[test]
fn a_published_datasource_gives_its_tables_to_the_datasource_that_points_at_it() {
    check(
        "model.shop.a DB.S.A",
        "workbook W
         datasource Mine sqlproxy -> Orders
         datasource Other sqlproxy -> Budget
         sheet One: Mine
         sheet Two: Other
         sheet Blend: Mine, Other
         dashboard First: One
         dashboard Second: Two
         dashboard Third: Blend
         workbook Alone
         datasource Budget sqlproxy -> Budget
         published Orders snowflake
         [DB].[S].[A]
         published Budget sqlserver
         [DB].[S].[A]",
        expect![[r#"
            model.shop.a
              W: First, Third (Mine, table & published_datasource, exact)
            other_warehouse: [DB].[S].[A] in Alone, W
        "#]],
    );
}

#[test]
fn published_datasources_may_point_at_each_other_but_not_for_ever() {
    check(
        "model.shop.a DB.S.A",
        "workbook W
         datasource Chain sqlproxy -> One
         workbook Loop
         datasource Round sqlproxy -> Round
         published One sqlproxy -> Two
         published Two snowflake
         [DB].[S].[A]
         published Round sqlproxy -> Round",
        expect![[r#"
            model.shop.a
              W: Overview (Chain, table & published_datasource, exact)
            published_datasource_unavailable: Round in Loop
        "#]],
    );
}

#[test]
fn a_missing_published_datasource_is_listed_once_for_all_workbooks() {
    check(
        "model.shop.a DB.S.A",
        "workbook One
         datasource D sqlproxy -> Orders
         workbook Two
         datasource D sqlproxy -> Orders",
        expect![[r#"
            published_datasource_unavailable: Orders in One, Two
        "#]],
    );
}

#[test]
fn a_title_that_a_site_has_twice_is_not_guessed() {
    check(
        "model.shop.a DB.S.A\nmodel.shop.b DB.S.B",
        "workbook W
         datasource D sqlproxy -> Orders
         datasource E sqlproxy -> Same
         published Orders snowflake
         [DB].[S].[A]
         published Orders snowflake
         [DB].[S].[B]
         published Same snowflake
         [DB].[S].[B]
         published Same snowflake
         [DB].[S].[B]",
        expect![[r#"
            model.shop.a
              unused datasource Orders
            model.shop.b
              W: Overview (E, table & published_datasource, exact)
              unused datasource Orders
              unused datasource Same
            published_datasource_unavailable: Orders in W
        "#]],
    );
}

#[test]
fn the_published_datasource_of_the_workbooks_own_site_is_meant() {
    check(
        "model.shop.a DB.S.A\nmodel.shop.b DB.S.B",
        "published Orders snowflake
         [DB].[S].[A]
         content site acme
         workbook W
         datasource D sqlproxy -> Orders
         published Orders snowflake
         [DB].[S].[B]",
        expect![[r#"
            model.shop.a
              unused datasource Orders
            model.shop.b
              W: Overview (D, table & published_datasource, exact)
        "#]],
    );
}

#[test]
fn what_a_published_datasource_hides_is_listed_for_its_workbooks() {
    check(
        "model.shop.a DB.S.A",
        "workbook W
         datasource D sqlproxy -> Orders
         published Orders snowflake publishedConnection
         sql ?",
        expect![[r#"
            custom_sql_unreadable: Custom SQL Query in W
            virtual_connection: Orders in W
        "#]],
    );
}

// C13
#[test]
fn two_workbooks_of_one_name_are_two() {
    check(
        "model.shop.a DB.S.A",
        "workbook Sales luid=11111111-1111-1111-1111-111111111111
         datasource D snowflake
         [DB].[S].[A]
         workbook Sales luid=22222222-2222-2222-2222-222222222222
         datasource D snowflake
         [DB].[S].[A]
         [DB].[S].[B]",
        expect![[r#"
            model.shop.a
              Sales: Overview (D, table, exact)
              Sales: Overview (D, table, exact)
            no_such_relation: [DB].[S].[B] in Sales
        "#]],
    );
}

// C15
#[test]
fn a_source_on_a_models_relation_is_its_alias() {
    let project = "
        source.shop.dex.trades HIVE.DEX.TRADES
        model.shop.base        HIVE.DEX.BASE
        model.shop.trades      HIVE.DEX.TRADES <- model.shop.base
        model.shop.daily       HIVE.DEX.DAILY <- source.shop.dex.trades";
    let tableau = "workbook W
         datasource D snowflake
         [HIVE].[DEX].[TRADES]";
    check(
        project,
        tableau,
        expect![[r#"
        source.shop.dex.trades
          W: Overview (D, table, exact)
        model.shop.base
          W: Overview+1 (D, table, exact) via base > trades
        model.shop.trades
          W: Overview (D, table, exact)
    "#]],
    );
    let lineage = testing::lineage("snowflake", project, "", tableau);
    let aliases: Vec<_> = lineage
        .usages()
        .iter()
        .filter_map(|it| it.alias_of)
        .collect();
    assert_eq!(aliases.len(), 1);
    assert_eq!(lineage.nodes().get(aliases[0]).name, "trades");
}

#[test]
fn what_reads_a_source_is_downstream_of_the_model_that_builds_it() {
    check(
        "model.shop.base        HIVE.DEX.BASE
         model.shop.trades      HIVE.DEX.TRADES <- model.shop.base
         source.shop.dex.trades HIVE.DEX.TRADES
         model.shop.daily       HIVE.DEX.DAILY <- source.shop.dex.trades",
        "workbook Daily
         datasource D snowflake
         [HIVE].[DEX].[DAILY]
         workbook Trades
         datasource D snowflake
         [HIVE].[DEX].[TRADES]",
        expect![[r#"
            model.shop.base
              Daily: Overview+3 (D, table, exact) via base > trades > dex.trades > daily
              Trades: Overview+1 (D, table, exact) via base > trades
            model.shop.trades
              Trades: Overview (D, table, exact)
              Daily: Overview+2 (D, table, exact) via trades > dex.trades > daily
            source.shop.dex.trades
              Trades: Overview (D, table, exact)
              Daily: Overview+1 (D, table, exact) via dex.trades > daily
            model.shop.daily
              Daily: Overview (D, table, exact)
        "#]],
    );
}

// C20
#[test]
fn an_ephemeral_model_has_the_dashboards_of_what_is_built_from_it() {
    check(
        "model.shop.eph      -
         model.shop.eph2     - <- model.shop.eph
         model.shop.uses_eph DB.S.USES_EPH <- model.shop.eph2",
        "workbook W
         datasource D snowflake
         [DB].[S].[USES_EPH]",
        expect![[r#"
            model.shop.eph
              W: Overview+2 (D, table, exact) via eph > eph2 > uses_eph
            model.shop.eph2
              W: Overview+1 (D, table, exact) via eph2 > uses_eph
            model.shop.uses_eph
              W: Overview (D, table, exact)
        "#]],
    );
}

// C3
#[test]
fn an_indirect_use_is_as_sure_as_its_match() {
    check(
        "model.shop.a DEV.DEV_S.A\nmodel.shop.b DEV.DEV_S.B <- model.shop.a",
        "workbook W
         datasource D snowflake
         [PROD].[S].[B]",
        expect![[r#"
            model.shop.a
              W: Overview+1 (D, table, name) via a > b
            model.shop.b
              W: Overview (D, table, name)
        "#]],
    );
}

#[test]
fn upstream_of_a_workbook_is_what_it_reads_and_what_that_is_built_from() {
    let lineage = testing::lineage(
        "snowflake",
        SHOP,
        "",
        "workbook Dates
         datasource D snowflake
         [DB].[MARTS].[DIM_DATES]
         workbook Sales
         datasource D snowflake
         [DB].[MARTS].[FCT_ORDERS]
         [DB].[MARTS].[DIM_DATES]",
    );
    let mut text = String::new();
    for (ix, workbook) in lineage.workbooks() {
        for it in lineage.upstream_of(ix) {
            let node = lineage.nodes().get(it.node);
            writeln!(
                text,
                "{} < {} +{}",
                workbook.name,
                node.label(),
                it.distance
            )
            .unwrap();
        }
    }
    expect![[r#"
        Dates < dim_dates +0
        Sales < fct_orders +0
        Sales < dim_dates +0
        Sales < stg_orders +1
        Sales < raw.orders +2
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_cycle_in_the_graph_ends() {
    check(
        "model.shop.a DB.S.A <- model.shop.c, model.shop.a
         model.shop.b DB.S.B <- model.shop.a
         model.shop.c DB.S.C <- model.shop.b",
        "workbook W
         datasource D snowflake
         [DB].[S].[B]",
        expect![[r#"
            model.shop.a
              W: Overview+1 (D, table, exact) via a > b
            model.shop.b
              W: Overview (D, table, exact)
            model.shop.c
              W: Overview+2 (D, table, exact) via c > a > b
        "#]],
    );
}

// C34
#[test]
fn an_exposure_that_stands_for_one_workbook_is_not_offered_to_its_namesake() {
    let lineage = testing::lineage(
        "snowflake",
        "",
        r#"sales      label="Sales" tableau.luid=11111111-1111-1111-1111-111111111111
           sales_file label="Sales""#,
        "workbook Sales luid=22222222-2222-2222-2222-222222222222
         workbook Sales luid=11111111-1111-1111-1111-111111111111
         workbook Other",
    );
    let found = lineage.workbooks().map(|(ix, it)| {
        let same = lineage.exposure_of(ix);
        let same = same.map_or("-".to_owned(), |it| {
            format!("{} {:?}", it.exposure.name, it.by)
        });
        let luid = it.luid.as_ref().map_or("", |it| &it.0[..4]);
        format!("{} {luid}: {same}\n", it.name)
    });
    expect![[r#"
        Sales 2222: sales_file Label
        Sales 1111: sales Luid
        Other : -
    "#]]
    .assert_eq(&found.collect::<String>());
}

#[test]
fn how_a_table_is_known_of_is_told() {
    check(
        "model.shop.a DB.S.A\nmodel.shop.b DB.S.B\nmodel.shop.c DB.S.C",
        "content site acme
         workbook W
         datasource D snowflake
         vc Shared
         [DB].[S].[A] through vc
         datasource E snowflake extract
         flow Nightly
         [DB].[S].[B] through flow
         [DB].[S].[C] through column",
        expect![[r#"
            model.shop.a
              W: Overview (D, virtual_connection, exact)
            model.shop.b
              W: Overview (E, flow, exact)
            model.shop.c
              W: Overview (E, column, exact)
        "#]],
    );
}

#[test]
fn a_virtual_connection_is_unresolved_while_none_of_its_tables_is_known() {
    let tableau = |table: &str| {
        format!(
            "content site acme\nworkbook W\ndatasource D publishedConnection\nvc Shared\n{table}"
        )
    };
    let project = "model.shop.a DB.S.A";
    check(
        project,
        &tableau("[DB].[S].[A] through vc"),
        expect![[r#"
            model.shop.a
              W: Overview (D, virtual_connection, exact)
        "#]],
    );
    check(
        project,
        &tableau("[DB].[S].[A]"),
        expect![[r#"
            model.shop.a
              W: Overview (D, table, exact)
            virtual_connection: D in W
        "#]],
    );
    check(
        project,
        "content site acme\nworkbook W\ndatasource D snowflake\nvc Shared",
        expect![[r#"
            virtual_connection: D in W
        "#]],
    );
}

#[test]
fn the_most_viewed_come_first() {
    check(
        "model.shop.a DB.S.A",
        "content site acme
         workbook Unseen
         datasource D snowflake
         [DB].[S].[A]
         workbook Once views=900
         datasource D snowflake
         [DB].[S].[A]
         workbook Now views=40+31/7
         datasource D snowflake
         [DB].[S].[A]
         sheet S: D
         dashboard First: S
         dashboard Loved: S
         facts Loved: views=30
         workbook Less views=50+2/7
         datasource D snowflake
         [DB].[S].[A]",
        expect![[r#"
            model.shop.a
              Now: Loved, First (D, table, exact)
              Less: Overview (D, table, exact)
              Once: Overview (D, table, exact)
              Unseen: Overview (D, table, exact)
        "#]],
    );
}

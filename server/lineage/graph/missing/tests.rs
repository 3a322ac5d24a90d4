use std::fmt::Write;
use std::sync::Arc;

use expect_test::{Expect, expect};

use super::*;
use crate::content::Content;
use crate::graph::Lineage;
use crate::testing;

/// For each node what is not known about it.
#[track_caller]
fn check_unknown(project: &str, tableau: &str, answer: Expect) {
    let lineage = testing::lineage("snowflake", project, "", tableau);
    let mut text = String::new();
    for (ix, node) in lineage.nodes().iter() {
        for gap in lineage.gaps_that_touch(ix) {
            let own = lineage.gaps_about(ix).any(|it| it == gap);
            let own = if own { "own " } else { "" };
            writeln!(
                text,
                "{}: {own}{}: {}",
                node.id,
                gap.code.as_str(),
                gap.message
            )
            .unwrap();
        }
        for miss in lineage.near_misses(ix) {
            let name_of = &lineage.nodes().get(miss.node).id;
            writeln!(
                text,
                "{}: {} has the name of {name_of}",
                node.id, miss.table.table
            )
            .unwrap();
        }
    }
    answer.assert_eq(&text);
}

// C5
#[test]
fn names_that_fit_elsewhere_leave_no_zero_here_nor_upstream() {
    check_unknown(
        "source.shop.raw.orders RAW.SHOP.ORDERS_V1
         model.shop.orders      DEV.DEV_MARTS.ORDERS <- source.shop.raw.orders
         model.pkg.orders       DEV.DEV_PKG.ORDERS
         model.shop.other       DEV.DEV_MARTS.OTHER",
        "workbook W
         datasource D snowflake
         [PROD].[MARTS].[ORDERS]",
        expect![[r#"
            source.shop.raw.orders: [PROD].[MARTS].[ORDERS] has the name of model.shop.orders
            model.shop.orders: [PROD].[MARTS].[ORDERS] has the name of model.shop.orders
            model.pkg.orders: [PROD].[MARTS].[ORDERS] has the name of model.pkg.orders
        "#]],
    );
}

#[test]
fn an_ambiguous_table_leaves_its_candidates_and_their_parents_unknown() {
    check_unknown(
        "model.shop.stg    DB.S.STG
         model.shop.orders DB.A.ORDERS <- model.shop.stg
         model.pkg.orders  DB.B.ORDERS
         model.shop.child  DB.S.CHILD <- model.shop.orders",
        "workbook One
         datasource D snowflake
         [ORDERS]
         workbook Two
         datasource D snowflake
         [ORDERS]",
        expect![[r#"
            model.shop.stg: ambiguous: `[ORDERS]` in One and 1 more fits 2 relations: DB.A.ORDERS, DB.B.ORDERS
            model.shop.orders: own ambiguous: `[ORDERS]` in One and 1 more fits 2 relations: DB.A.ORDERS, DB.B.ORDERS
            model.pkg.orders: own ambiguous: `[ORDERS]` in One and 1 more fits 2 relations: DB.A.ORDERS, DB.B.ORDERS
        "#]],
    );
}

#[test]
fn a_missing_published_datasource_may_hide_a_use_of_any_node() {
    check_unknown(
        "model.shop.a DB.S.A",
        "workbook One
         datasource D sqlproxy -> Orders
         workbook Two
         datasource D sqlproxy -> Orders",
        expect![[r#"
            model.shop.a: published_datasource_unavailable: published datasource `Orders` of One and 1 more is not at hand; put its .tds or .tdsx beside the workbooks
        "#]],
    );
}

/// A lineage of one Snowflake model, with `change` made to the content.
fn lineage(tableau: &str, change: impl FnOnce(&mut Content)) -> Lineage {
    let mut contents = testing::contents(tableau);
    change(&mut contents[0]);
    Lineage::build(LineageInput {
        warehouse: Warehouse::Snowflake,
        nodes: Arc::new(testing::nodes("model.shop.a DB.S.A")),
        exposures: Vec::new(),
        contents: contents.into(),
        production: Arc::default(),
    })
}

#[test]
fn gaps_behind_another_warehouse_touch_no_node_unless_their_origin_is_unknown() {
    let gaps = [
        (GapCode::CustomSqlUnreadable, Warehouse::SqlServer),
        (GapCode::CustomSqlUnreadable, Warehouse::Snowflake),
        (GapCode::StoredProcedure, Warehouse::Generic),
        (GapCode::ExtractOnly, Warehouse::NotAWarehouse),
        (GapCode::FileUnreadable, Warehouse::NotAWarehouse),
    ];
    let gaps = gaps.map(|(code, warehouse)| Gap {
        code,
        message: String::new(),
        about: None,
        warehouse,
    });
    let lineage = lineage("workbook W", |content| content.gaps = gaps.to_vec());
    let node = lineage.nodes().indices().next().unwrap();
    let codes: Vec<&str> = lineage
        .gaps_that_touch(node)
        .map(|it| it.code.as_str())
        .collect();
    expect!["custom_sql_unreadable, stored_procedure, extract_only, file_unreadable"]
        .assert_eq(&codes.join(", "));
    assert_eq!(lineage.gaps().len(), 5);
}

// C9
#[test]
fn a_table_without_a_name_is_hidden() {
    let lineage = lineage("workbook W\ndatasource D snowflake\n[X]", |content| {
        let table = &mut content.workbooks[0].datasources[0].tables[0];
        table.relation = Relation::stored("", "", "");
    });
    assert_eq!(lineage.unmatched()[0].reason.as_str(), "name_hidden");
    assert_eq!(lineage.unmatched()[0].table, "D");
}

#[test]
fn of_several_sites_the_one_that_lacks_a_datasource_is_named() {
    check_unknown(
        "model.shop.a DB.S.A",
        "content site acme
         workbook W
         datasource D sqlproxy -> luid=d1
         content site emea",
        expect![[r#"
            model.shop.a: published_datasource_unavailable: published datasource `D` of W is not at hand (acme)
        "#]],
    );
}

#[test]
fn the_missing_end_of_a_chain_is_named() {
    check_unknown(
        "model.shop.a DB.S.A",
        "content site acme
         workbook W
         datasource D sqlproxy -> Orders luid=d1
         published Orders sqlproxy -> Base luid=d2",
        expect![[r#"
            model.shop.a: published_datasource_unavailable: published datasource `Orders` of W is not at hand
        "#]],
    );
    check_unknown(
        "model.shop.a DB.S.A",
        "content site acme
         workbook W
         datasource D sqlproxy -> Orders
         published Orders sqlproxy -> Base luid=d2",
        expect![[r#"
            model.shop.a: published_datasource_unavailable: published datasource `Base` of W is not at hand
        "#]],
    );
}

#[test]
fn a_hidden_table_that_no_reader_tells_of_is_told_of() {
    let hidden = |gap: &str| {
        format!("content site acme\n{gap}\nworkbook W\ndatasource D snowflake\nvc Shared")
    };
    check_unknown(
        "model.shop.a DB.S.A",
        &hidden(""),
        expect![[r#"
            model.shop.a: virtual_connection: W: a virtual connection's tables are not at hand
        "#]],
    );
    check_unknown(
        "model.shop.a DB.S.A",
        &hidden("gap virtual_connection Shared cannot be read"),
        expect![[r#"
            model.shop.a: virtual_connection: Shared cannot be read
        "#]],
    );
}

#[test]
fn a_site_that_could_not_be_read_may_hide_a_use_of_any_node() {
    check_unknown(
        "model.shop.a DB.S.A\nsource.shop.raw.t RAW.S.T",
        "content site acme
         gap not_signed_in not signed in to acme",
        expect![[r#"
            model.shop.a: not_signed_in: not signed in to acme
            source.shop.raw.t: not_signed_in: not signed in to acme
        "#]],
    );
}

#[test]
fn a_gap_belongs_to_the_content_that_it_is_about() {
    let lineage = testing::lineage(
        "snowflake",
        "model.shop.a DB.S.A",
        "",
        "content site acme
         workbook W
         datasource D sqlproxy -> Orders
         content site emea
         workbook W
         gap truncated half of it is missing",
    );
    let codes = |ix| {
        lineage
            .gaps_of(ix)
            .map(|it| it.code.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(0), [""; 0]);
    assert_eq!(codes(1), ["published_datasource_unavailable"]);
    assert_eq!(codes(2), ["truncated"]);
}

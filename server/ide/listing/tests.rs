//! Which dashboards are listed, and in which order.

use expect_test::{Expect, expect};
use fixture::Fixture;
use lineage::UniqueId;

use super::of_node;
use crate::testing::analysis;

#[track_caller]
fn check(tableau: &str, node: &str, expect: Expect) {
    let fixture = Fixture::parse(&format!("{NODES}#- tableau\n{tableau}"));
    let analysis = analysis(&fixture);
    let nodes = analysis.lineage.nodes();
    let node = nodes.by_id(&UniqueId::new(node)).expect("a node");
    let mut text = String::new();
    for it in of_node(&analysis, node) {
        let opens = it.url.or(it.file).unwrap_or_else(|| "-".to_owned());
        let line = [it.name, it.workbook, it.detail, opens].join(" | ");
        text.push_str(&format!("{line}\n"));
    }
    expect.assert_eq(&text);
}

const NODES: &str = "#- nodes
model.shop.a DB.S.a
model.shop.b DB.S.b <- model.shop.a
";

#[test]
fn the_most_viewed_come_first_whatever_their_workbook() {
    check(
        "content site acme host=acme.example fetched=2026-01-01T06:00:00Z
workbook Big luid=w1 site=acme views=1000 owner=\"Ana Ruiz\" project=Finance/Exec
datasource D snowflake
[DB].[S].[A]
sheet S: D
dashboard Seldom: S
dashboard Often: S
facts Seldom: views=10 url=https://acme.example/#/site/acme/views/Big/Seldom
facts Often: views=990
workbook Small luid=w2 site=acme views=500 url=https://acme.example/#/site/acme/workbooks/2
datasource D snowflake
[DB].[S].[A]
sheet S: D
dashboard Middle: S
facts Middle: views=500
",
        "model.shop.a",
        expect![[r#"
            Often | Big | Finance/Exec · Ana Ruiz · 990 views ever | -
            Middle | Small | 500 views ever | https://acme.example/#/site/acme/workbooks/2
            Seldom | Big | Finance/Exec · Ana Ruiz · 10 views ever | https://acme.example/#/site/acme/views/Big/Seldom
        "#]],
    );
}

#[test]
fn views_lately_count_before_views_ever_and_what_is_unknown_comes_last() {
    check(
        "workbook W
datasource D snowflake
[DB].[S].[A]
sheet S: D
dashboard Unknown: S
dashboard Once: S
dashboard Never: S
dashboard Lately: S
facts Once: views=900
facts Never: views=0
facts Lately: views=20+3/7
",
        "model.shop.a",
        expect![[r#"
            Lately | W | +3 views/7 d | -
            Once | W | 900 views ever | -
            Never | W | 0 views ever | -
            Unknown | W |  | -
        "#]],
    );
}

#[test]
fn what_reads_the_node_itself_comes_before_all_else() {
    check(
        "workbook Far
datasource B snowflake
[DB].[S].[B]
sheet S: B
dashboard Far: S
facts Far: views=900
workbook Both file=both.twb
datasource A snowflake
[DB].[S].[A]
datasource B snowflake
[DB].[S].[B]
sheet SA: A
sheet SB: B
dashboard Behind: SB
dashboard Near: SA, SB
facts Near: views=1
",
        "model.shop.a",
        expect![[r#"
            Near | Both | 1 view ever | both.twb
            Far | Far | 900 views ever · through b | -
            Behind | Both | further downstream | both.twb
        "#]],
    );
}

#[test]
fn sheets_stand_in_and_an_unsafe_page_is_none() {
    check(
        "workbook W file=w.twb url=javascript:alert(1)
datasource A snowflake
[DB].[S].[A]
sheet One: A
sheet Two: A
",
        "model.shop.a",
        expect![[r#"
            One | W |  | w.twb
            Two | W |  | w.twb
        "#]],
    );
}

#[test]
fn a_match_by_name_alone_is_marked() {
    check(
        "workbook W file=w.twb
datasource A snowflake
[A]
",
        "model.shop.a",
        expect![[r#"
            Overview | W | probably: matched by name only | w.twb
        "#]],
    );
}

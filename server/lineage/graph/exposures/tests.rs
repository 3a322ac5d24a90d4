use expect_test::{Expect, expect};

use crate::graph::Lineage;
use crate::identity::Subject;
use crate::testing;

const PROJECT: &str = "
    source.shop.raw.orders RAW.SHOP.ORDERS
    model.shop.fct_orders  DB.MARTS.FCT_ORDERS <- source.shop.raw.orders
    source.shop.marts.fct  DB.MARTS.FCT_ORDERS
    model.shop.dim_dates   DB.MARTS.DIM_DATES
    model.shop.other_dates DB.OTHER.DATES
    model.shop.more_dates  DB.MORE.DATES";

/// What the workbooks of `tableau` read, or a dashboard of the first one, and why they
/// may read more.
#[track_caller]
fn check(tableau: &str, dashboard: Option<&str>, expect: Expect) {
    let lineage = testing::lineage("snowflake", PROJECT, "", tableau);
    let mut lines = Vec::new();
    for (workbook, it) in lineage.workbooks() {
        let mut dashboards = it.dashboards.iter();
        let dashboard = dashboard.map(|name| dashboards.position(|it| it.name == name).unwrap());
        let subject = Subject {
            workbook,
            dashboard,
        };
        lines.push(format!("{}: {}", it.name, reads(&lineage, subject)));
        lines.extend(lineage.unknown_reads(subject));
    }
    expect.assert_eq(&lines.join("\n"));
}

fn reads(lineage: &Lineage, subject: Subject) -> String {
    let reads = lineage.reads(subject);
    let names = reads.iter().map(|it| lineage.nodes().get(it.node).label());
    names.collect::<Vec<_>>().join(", ")
}

const TWO: &str = "content site acme host=t.acme.com
    workbook Sales
    datasource Orders snowflake
    [DB].[MARTS].[FCT_ORDERS]
    [DB].[ELSEWHERE].[NOT_OURS]
    datasource Dates snowflake
    [DB].[MARTS].[DIM_DATES]
    sheet By day: Orders, Dates
    sheet Days: Dates
    dashboard Overview: By day, Days
    dashboard Calendar: Days
    story Tale: Calendar
    workbook Raw
    datasource Raw snowflake
    [RAW].[SHOP].[ORDERS]";

#[test]
fn a_workbook_reads_what_its_datasources_do_and_a_dashboard_what_its_sheets_do() {
    check(
        TWO,
        None,
        expect![[r#"
            Sales: fct_orders, dim_dates
            Raw: raw.orders"#]],
    );
    let sales = TWO.split("    workbook Raw").next().unwrap();
    check(
        sales,
        Some("Overview"),
        expect!["Sales: fct_orders, dim_dates"],
    );
    check(sales, Some("Calendar"), expect!["Sales: dim_dates"]);
    check(sales, Some("Tale"), expect!["Sales: dim_dates"]);
}

/// A workbook with one datasource on a site, with these lines.
#[track_caller]
fn check_one(lines: &str, expect: Expect) {
    let tableau = format!("content site acme host=t.acme.com\nworkbook Sales\n{lines}");
    check(&tableau, None, expect);
}

#[test]
fn what_is_no_relation_of_the_project_is_known() {
    check_one(
        "datasource Orders snowflake\n[DB].[X].[NOT_OURS]",
        expect!["Sales: "],
    );
    check_one("datasource Plan excel-direct", expect!["Sales: "]);
    check_one("datasource Other bigquery\n[p].[d].[t]", expect!["Sales: "]);
}

#[test]
fn each_thing_that_a_datasource_hides_has_its_reason() {
    check_one(
        "datasource Orders snowflake\n[DB].[MARTS].[FCT_ORDERS]\nsql ?",
        expect![[r#"
            Sales: fct_orders
            a custom SQL query cannot be read in Orders"#]],
    );
    check_one(
        "datasource Orders hyper",
        expect![[r#"
            Sales: 
            it is not known what was extracted into Orders"#]],
    );
    check_one(
        "datasource Orders snowflake\nvc Shared",
        expect![[r#"
            Sales: 
            the tables of a virtual connection are not at hand for Orders"#]],
    );
    check_one(
        "datasource Orders sqlproxy -> Orders luid=d1",
        expect![[r#"
            Sales: 
            the published datasource Orders is not at hand"#]],
    );
    check_one(
        "datasource Orders snowflake\n[]",
        expect![[r#"
            Sales: 
            the name of a table is hidden in Orders"#]],
    );
    check_one(
        "datasource Orders snowflake\n[DATES]",
        expect![[r#"
            Sales: 
            `[DATES]` in Orders fits several relations"#]],
    );
    check_one(
        "",
        expect![[r#"
        Sales: 
        it is not known what Sales reads"#]],
    );
}

#[test]
fn what_lies_behind_a_published_datasource_counts() {
    check_one(
        "datasource Orders sqlproxy -> Orders luid=d1
         published Orders snowflake luid=d1
         [DB].[MARTS].[FCT_ORDERS]
         sql ?
         gap stored_procedure about=Orders a procedure hides what it reads",
        expect![[r#"
            Sales: fct_orders
            a custom SQL query cannot be read in Orders
            a procedure hides what it reads"#]],
    );
}

#[test]
fn what_was_told_of_the_workbook_or_of_its_whole_place_counts() {
    let lines = "datasource Orders snowflake
        [DB].[MARTS].[FCT_ORDERS]
        gap truncated about=Sales the site gave up on Sales
        gap truncated about=Other the site gave up on Other
        gap refresh_failed what is known of acme is old
        gap custom_sql_unreadable somewhere a query cannot be read";
    check_one(
        lines,
        expect![[r#"
            Sales: fct_orders
            the site gave up on Sales
            what is known of acme is old"#]],
    );
}

#[test]
fn a_file_may_be_old() {
    check(
        "workbook Sales file=Sales.twb
         datasource Orders snowflake
         [DB].[MARTS].[FCT_ORDERS]",
        None,
        expect![[r#"
            Sales: fct_orders
            it is known from a file alone, which may be old"#]],
    );
}

#[test]
fn a_dashboard_whose_sheets_are_not_known_may_read_anything() {
    let site = "content site acme host=t.acme.com
        workbook Sales
        datasource Orders snowflake
        [DB].[MARTS].[FCT_ORDERS]
        sheet By day: Orders
        sheet Blank:
        dashboard Overview: By day
        dashboard Empty:
        dashboard Partly: By day, Blank, Hidden
        story Tale: Partly
        story Blurred:";
    check(site, Some("Overview"), expect!["Sales: fct_orders"]);
    check(site, Some("Empty"), expect!["Sales: "]);
    check(
        site,
        Some("Blurred"),
        expect![[r#"
            Sales: 
            it is not known what Blurred shows"#]],
    );
    let partly = || {
        expect![[r#"
            Sales: fct_orders
            it is not known what the sheet Blank reads
            it is not known what the sheet Hidden reads"#]]
    };
    check(site, Some("Partly"), partly());
    check(site, Some("Tale"), partly());
}

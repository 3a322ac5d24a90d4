//! What goes wrong on a site, and where that ends: with complete content, with content
//! that says what is missing, or with an error that says why.

use std::time::Duration;

use expect_test::{Expect, expect};
use tableau::FetchOptions;

use super::fetch::{now, shown, try_fetch};
use crate::support::tableau::Standin;
use crate::support::tableau::datasource::VirtualConnection;
use crate::support::tableau::datasource::{CustomSql, Datasource as Source, Flow};
use crate::support::tableau::fault::{Fault, Oddity};
use crate::support::tableau::large::Large;
use crate::support::tableau::site::Site;
use crate::support::tableau::workbook::Workbook;

/// A site with something of each kind.
fn site() -> Site {
    let query = CustomSql::new("snowflake", "SHOP", "select * from marts.fct_returns");
    let mut site = Site::new("acme")
        .virtual_connection(
            VirtualConnection::new("Warehouse").table("orders", "SHOP.MARTS.FCT_ORDERS"),
        )
        .flow(Flow::new("Clean up").input("RAW.CRM.ACCOUNTS"))
        .datasource(Source::new("Customers").table("SHOP.MARTS.DIM_CUSTOMERS"));
    for nth in 0..3 {
        let workbook = Workbook::new(&format!("Workbook {nth:02}"))
            .project("Finance/Exec")
            .datasource(Source::new("Orders").table("SHOP.MARTS.FCT_ORDERS"))
            .datasource(Source::new("Customers").published("Customers"))
            .datasource(Source::new("Returns").custom_sql(query.clone()))
            .datasource(
                Source::new("Columns")
                    .table("SHOP.MARTS.FCT_COSTS")
                    .only_in_columns(),
            )
            .datasource(Source::new("Virtual").virtual_table("Warehouse", "orders"))
            .datasource(
                Source::new("Flown")
                    .table("SHOP.PREP.ACCOUNTS")
                    .flow("Clean up"),
            )
            .sheet("Orders", &["Orders", "Customers"])
            .sheet("Others", &["Returns", "Columns"])
            .hidden_sheet("Rest", &["Virtual", "Flown"])
            .dashboard("Overview", &["Orders", "Others", "Rest"])
            .story("Story", &["Overview"]);
        site.add_workbook(workbook);
    }
    site
}

/// Where reading the site ends while this goes wrong.
#[track_caller]
fn check(faults: impl IntoIterator<Item = Fault>, expect: Expect) {
    check_on(site(), faults, expect);
}

/// The same with a site that is large enough to be read page by page.
#[track_caller]
fn check_pages(fault: Fault, expect: Expect) {
    check_on(Large::new(101, 6, 1, 1).site(), [fault], expect);
}

#[track_caller]
fn check_on(site: Site, faults: impl IntoIterator<Item = Fault>, expect: Expect) {
    let running = Standin::start(site);
    let options = || FetchOptions {
        now: now(),
        ..FetchOptions::default()
    };
    let whole = try_fetch(&running, options()).expect("the site is read");
    let whole = shown(&whole.records);
    assert!(!whole.contains("\ngap "), "{whole}");
    running.forget_requests();
    for fault in faults {
        running.script(fault);
    }
    let end = match try_fetch(&running, options()) {
        Err(error) => format!("error: {error}"),
        Ok(fetched) => difference(&whole, &shown(&fetched.records)),
    };
    let port = running.socket().to_string();
    expect.assert_eq(&end.replace(&port, "HOST"));
}

/// What the content lacks, and what it says of that.
fn difference(whole: &str, shown: &str) -> String {
    if whole == shown {
        return "complete".to_owned();
    }
    let (gaps, content): (Vec<&str>, Vec<&str>) =
        shown.lines().partition(|it| it.starts_with("gap "));
    let n_missing = whole.lines().count().saturating_sub(content.len());
    let state = match whole.lines().eq(content) {
        true => "complete, and says:".to_owned(),
        false => format!("{n_missing} lines less, and says:"),
    };
    [vec![state.as_str()], gaps].concat().join("\n")
}

#[test]
fn faults_that_pass_leave_complete_content() {
    for fault in [
        Fault::session_ends().nth(4),
        Fault::session_ends().on_metadata().nth(2),
        Fault::refused().nth(5),
        Fault::status(429).nth(4),
        Fault::status(429).retry_after("0").on_metadata().times(2),
        Fault::status(500).on_metadata().nth(2),
        Fault::status(502).on_path("*/workbooks").once(),
        Fault::status(504).on_metadata().nth(3),
        Fault::empty_body().on_metadata().nth(2),
        Fault::cut().on_metadata().nth(2),
        Fault::cut_text().on_metadata().nth(2),
        Fault::close().nth(6),
        Fault::drip(2000, Duration::from_millis(1)).on_metadata(),
        Fault::error("RATE_EXCEEDED").times(2),
        Fault::timeout().times(3),
        Fault::uncoded("Unexpected error occurred").times(2),
        Fault::uncoded("Internal Server Error(s) while executing query").nth(3),
    ] {
        check([fault], expect!["complete"]);
    }
}

#[test]
fn limits_make_questions_smaller_until_they_are_answered() {
    for limit in [2000, 600, 300] {
        check([Fault::node_limit(limit)], expect!["complete"]);
    }
    check(
        [Fault::status(504).on_operation("Workbooks").times(12)],
        expect!["complete"],
    );
}

#[test]
fn rows_that_come_twice_or_in_disorder_lose_none() {
    for fault in [
        Fault::unstable_order(),
        Fault::unstable_order_unless_asked(),
        Fault::duplicate_rows(),
        Fault::null_elements(),
        Fault::oddity(Oddity::EmptyObject),
        Fault::oddity(Oddity::SingleObject),
        Fault::oddity(Oddity::Strings),
    ] {
        check([fault.clone()], expect!["complete"]);
        check_pages(fault, expect!["complete"]);
    }
}

#[test]
fn pages_halve_pass_over_and_make_up_for_what_they_missed() {
    for fault in [
        Fault::node_limit(1000),
        Fault::node_limit(100),
        Fault::node_limit(15).on_operation("Embedded").times(9),
        Fault::timeout().on_operation("Workbooks").times(8),
        Fault::timeout().on_operation("Published").times(20),
        Fault::status(504).on_operation("Embedded").times(30),
        Fault::null_field("owner"),
        Fault::uncoded("Unexpected error occurred")
            .on_operation("CustomSql")
            .times(3),
        Fault::error("FILTER_REQUIRED")
            .on_operation("Workbooks")
            .once(),
        Fault::error("FILTER_REQUIRED")
            .on_operation("CustomSql")
            .once(),
    ] {
        check_pages(fault, expect!["complete"]);
    }
}

#[test]
fn an_owner_that_cannot_be_null_costs_the_owner_alone() {
    check([Fault::null_field("owner")], expect!["complete"]);
}

#[test]
fn every_warning_is_said_with_its_effect() {
    let check = |code: &str, expect: Expect| check([Fault::warning(code)], expect);
    check(
        "BACKFILL_RUNNING",
        expect![[r#"
        complete, and says:
        gap metadata_incomplete: the site is still working out its lineage, so tables and dashboards may be missing (BACKFILL_RUNNING)"#]],
    );
    check(
        "LINKED_RESULTS_INCOMPLETE",
        expect![[r#"
        complete, and says:
        gap metadata_incomplete: the site has not yet tied all its content together, so links may be missing (LINKED_RESULTS_INCOMPLETE)"#]],
    );
    check(
        "INHERITANCE_INCOMPLETE",
        expect![[r#"
        complete, and says:
        gap metadata_incomplete: the site has not yet worked out what is inherited, so warnings may be missing (INHERITANCE_INCOMPLETE)"#]],
    );
    check(
        "PERMISSIONS_MODE_SWITCHED",
        expect![[r#"
        complete, and says:
        gap visibility_limited: the site left out what the token's user may not see (PERMISSIONS_MODE_SWITCHED)"#]],
    );
    check(
        "USER_VISIBILITY_IS_LIMITED",
        expect![[r#"
        complete, and says:
        gap visibility_limited: the token's user sees only part of the site (USER_VISIBILITY_IS_LIMITED)"#]],
    );
    check("MAX_PAGE_SIZE_EXCEEDED", expect!["complete"]);
    check(
        "SOMETHING_NEW",
        expect![[r#"
        complete, and says:
        gap metadata_incomplete: the site warned: something new (told by the stand-in site) (SOMETHING_NEW)"#]],
    );
}

#[test]
fn what_is_refused_is_said_or_ends_the_read() {
    let check = |code: &str, expect: Expect| check([Fault::error(code)], expect);
    check(
        "ACCESS_DENIED",
        expect![
            "error: cannot query the Metadata API of HOST: permission denied: access denied (told by the stand-in site)"
        ],
    );
    check(
        "INVALID_ARGUMENT",
        expect![[r#"
        55 lines less, and says:
        gap truncated: some custom SQL queries are missing: the site did not list them
        gap metadata_unavailable: the site refused: invalid argument (told by the stand-in site) (INVALID_ARGUMENT)
        gap metadata_incomplete: what Workbook 00 reads is not known: the site did not tell
        gap metadata_incomplete: what Workbook 01 reads is not known: the site did not tell
        gap metadata_incomplete: what Workbook 02 reads is not known: the site did not tell
        gap metadata_incomplete: what the published Customers reads is not known: the site did not tell"#]],
    );
    check(
        "SITE_DISABLED",
        expect![[r#"
        15 lines less, and says:
        gap metadata_unavailable: what the site's Prep flows read is not known: the Metadata API is off
        gap virtual_connection: `Virtual` in Workbook 00 reads the virtual connection `Warehouse`, whose tables are not at hand
        gap virtual_connection: `Virtual` in Workbook 01 reads the virtual connection `Warehouse`, whose tables are not at hand
        gap virtual_connection: `Virtual` in Workbook 02 reads the virtual connection `Warehouse`, whose tables are not at hand"#]],
    );
    check(
        "FILTER_REQUIRED",
        expect![[r#"
        55 lines less, and says:
        gap truncated: some custom SQL queries are missing: filter required (told by the stand-in site)
        gap metadata_unavailable: the site refused to tell custom SQL queries: filter required (told by the stand-in site)
        gap metadata_unavailable: the site refused to tell published datasources: filter required (told by the stand-in site)
        gap metadata_unavailable: the site refused to tell workbooks: filter required (told by the stand-in site)
        gap metadata_incomplete: what Workbook 00 reads is not known: the site did not tell
        gap metadata_incomplete: what Workbook 01 reads is not known: the site did not tell
        gap metadata_incomplete: what Workbook 02 reads is not known: the site did not tell
        gap metadata_incomplete: what the published Customers reads is not known: the site did not tell"#]],
    );
    check(
        "RATE_EXCEEDED",
        expect!["error: cannot query the Metadata API on HOST: the site asks to wait"],
    );
}

#[test]
fn what_fails_for_good_is_named() {
    let on = |operation: &str| Fault::timeout().on_operation(operation);
    check(
        [on("Embedded")],
        expect![[r#"
        33 lines less, and says:
        gap truncated: the site gave up on 18 embedded datasources, each asked for alone
        gap truncated: what `Orders`, `Customers`, `Returns`, `Columns`, `Virtual`, `Flown` in Workbook 00 read did not come
        gap truncated: what `Orders`, `Customers`, `Returns`, `Columns`, `Virtual`, `Flown` in Workbook 01 read did not come
        gap truncated: what `Orders`, `Customers`, `Returns`, `Columns`, `Virtual`, `Flown` in Workbook 02 read did not come"#]],
    );
    check(
        [on("CustomSql")],
        expect![[r#"
        3 lines less, and says:
        gap truncated: some custom SQL queries are missing: Execution canceled because timeout of 30000 millis was reached
        gap metadata_incomplete: `Returns` in Workbook 00 lists nothing that it reads, so that what lies behind it is not known
        gap metadata_incomplete: `Returns` in Workbook 01 lists nothing that it reads, so that what lies behind it is not known
        gap metadata_incomplete: `Returns` in Workbook 02 lists nothing that it reads, so that what lies behind it is not known"#]],
    );
    check(
        [on("EmbeddedColumns")],
        expect![[r#"
        0 lines less, and says:
        gap truncated: the site gave up on 6 columns of datasources, each asked for alone"#]],
    );
    check(
        [on("WorkbookConnections")],
        expect![[r#"
        0 lines less, and says:
        gap truncated: the site gave up on 1 virtual connections, each asked for alone
        gap virtual_connection: `Warehouse` in Workbook 00 reads the virtual connection `Warehouse`, whose tables are not at hand
        gap virtual_connection: `Warehouse` in Workbook 01 reads the virtual connection `Warehouse`, whose tables are not at hand
        gap virtual_connection: `Warehouse` in Workbook 02 reads the virtual connection `Warehouse`, whose tables are not at hand"#]],
    );
    check(
        [on("FlowTables")],
        expect![[r#"
        3 lines less, and says:
        gap truncated: what some Prep flows read is missing: Execution canceled because timeout of 30000 millis was reached"#]],
    );
    check(
        [on("Stories")],
        expect![[r#"
        complete, and says:
        gap truncated: the site gave up on 3 stories, each asked for alone"#]],
    );
    check(
        [on("Published")],
        expect![[r#"
            0 lines less, and says:
            gap truncated: the site gave up on 2 published datasources, each asked for alone
            gap metadata_incomplete: what the published Customers reads is not known: the site did not tell"#]],
    );
    check(
        [Fault::hidden_names()],
        expect![[r#"
        3 lines less, and says:
        gap name_hidden: 5 tables have names hidden by permissions (snowflake)
        gap custom_sql_unreadable: custom SQL `Custom SQL Query` of `(name hidden)` in Workbook 00 could not be read: its text is hidden
        gap custom_sql_unreadable: custom SQL `Custom SQL Query` of `(name hidden)` in Workbook 01 could not be read: its text is hidden
        gap custom_sql_unreadable: custom SQL `Custom SQL Query` of `(name hidden)` in Workbook 02 could not be read: its text is hidden"#]],
    );
    check(
        [Fault::node_limit(5)],
        expect![[r#"
        48 lines less, and says:
        gap truncated: the site gave up on 3 workbooks, each asked for alone
        gap metadata_incomplete: what Workbook 00 reads is not known: the site did not tell
        gap metadata_incomplete: what Workbook 01 reads is not known: the site did not tell
        gap metadata_incomplete: what Workbook 02 reads is not known: the site did not tell"#]],
    );
    check(
        [Fault::status(500).on_path("*/views")],
        expect!["0 lines less, and says:"],
    );
}

#[test]
fn a_site_that_is_down_is_an_error_and_no_hang() {
    check(
        [Fault::status(503)],
        expect![
            "error: cannot ask for the version on HOST: the server failed (status 503, code 503000: Error: The server cannot answer now)"
        ],
    );
    check(
        [Fault::html()],
        expect![
            "error: cannot ask for the version on HOST: the answer is not Tableau's (a web page)"
        ],
    );
    check(
        [Fault::status(500).on_metadata()],
        expect![
            "error: cannot query the Metadata API on HOST: the server failed (status 500, code 500000: Error: The server cannot answer now)"
        ],
    );
    check(
        [Fault::close()],
        expect![
            "error: cannot reach HOST: the connection failed (connection closed before message completed)"
        ],
    );
    check(
        [Fault::redirect("http://127.0.0.1:9")],
        expect![
            "error: cannot ask for the version on HOST: it redirects to http://127.0.0.1:9, which was not asked for"
        ],
    );
}

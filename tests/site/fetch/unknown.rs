//! What a read of the stand-in site cannot know, and that it says so.

use std::sync::Arc;

use expect_test::{Expect, expect};
use tableau::{FetchOptions, Wanted};

use super::{Flow, Source, client, fetch, now, sales, shown, try_fetch};
use crate::support::tableau::Standin;
use crate::support::tableau::fault::Fault;
use crate::support::tableau::large::Large;
use crate::support::tableau::site::{MetadataApi, Site};
use crate::support::tableau::workbook::Workbook;

/// What is said to be unknown.
#[track_caller]
fn check(site: Site, faults: impl IntoIterator<Item = Fault>, expect: Expect) {
    check_selected(site, &[], faults, expect);
}

#[track_caller]
fn check_selected(
    site: Site,
    projects: &[&str],
    faults: impl IntoIterator<Item = Fault>,
    expect: Expect,
) {
    let running = Standin::start(site);
    for fault in faults {
        running.script(fault);
    }
    let options = FetchOptions {
        wanted: Wanted {
            projects: projects.iter().map(|it| (*it).to_owned()).collect(),
            exclude: Vec::new(),
        },
        now: now(),
        ..FetchOptions::default()
    };
    let fetched = try_fetch(&running, options).expect("the site is read");
    let shown = shown(&fetched.records);
    let gaps: Vec<&str> = shown.lines().filter(|it| it.starts_with("gap ")).collect();
    expect.assert_eq(&gaps.join("\n"));
}

#[test]
fn workbooks_that_are_hidden_are_counted() {
    let site = || Site::new("acme").workbook(sales());
    check(site(), [], expect![""]);
    check(
        site().workbook(Workbook::new("Secret").hidden()),
        [],
        expect!["gap visibility_limited: 1 workbook is hidden by permissions"],
    );
    check(
        site()
            .workbook(Workbook::new("Secret").hidden())
            .workbook(Workbook::new("Other").hidden()),
        [],
        expect!["gap visibility_limited: 2 workbooks are hidden by permissions"],
    );
}

#[test]
fn one_workbook_on_which_the_site_gives_up_is_named_and_costs_no_other() {
    let mut huge = Workbook::new("Huge").datasource(Source::new("A").table("SHOP.MARTS.A"));
    for nth in 0..300 {
        huge = huge.sheet(&format!("Sheet {nth}"), &["A"]);
    }
    let site = Large::new(120, 6, 2, 1).site().workbook(huge);
    let running = Standin::start(site);
    running.script(Fault::node_limit(200).on_operation("Workbooks"));
    let shown = shown(&fetch(&running, None));
    let gaps: Vec<&str> = shown.lines().filter(|it| it.starts_with("gap ")).collect();
    expect![[r#"
        gap truncated: the site gave up on 1 workbooks, each asked for alone
        gap metadata_incomplete: what Huge reads is not known: the site did not tell"#]]
    .assert_eq(&gaps.join("\n"));
    assert_eq!(shown.matches("  dashboard Dashboard 0 ").count(), 120);
}

#[test]
fn flows_that_no_file_tells_of_are_a_gap_where_there_are_any() {
    let site = || {
        Site::new("acme")
            .metadata(MetadataApi::Disabled)
            .workbook(sales())
    };
    check(site(), [], expect![""]);
    let with_flow = || site().flow(Flow::new("Clean up").input("RAW.CRM.ACCOUNTS"));
    check(
        with_flow(),
        [],
        expect![
            "gap metadata_unavailable: what the site's Prep flows read is not known: the Metadata API is off"
        ],
    );
    check(
        with_flow(),
        [Fault::status(403).on_path("*/flows")],
        expect![
            "gap metadata_unavailable: what Prep flows read, if the site has any, is not known: the Metadata API is off"
        ],
    );
}

#[test]
fn what_a_query_leaves_out_for_a_server_is_a_gap_where_the_site_has_it() {
    let site = || {
        let mut site = Site::new("acme").workbook(sales());
        // Newer than virtual connections, and still without a field that is asked for.
        site.version
            .lacks
            .push("Workbook.upstreamDataQualityWarnings".to_owned());
        site
    };
    check(site(), [], expect![""]);
    let connection = crate::support::tableau::datasource::VirtualConnection::new("Warehouse");
    let connection = connection.table("orders", "SHOP.MARTS.FCT_ORDERS");
    check(
        site()
            .flow(Flow::new("Clean up").input("RAW.CRM.ACCOUNTS"))
            .virtual_connection(connection),
        [],
        expect![[r#"
            gap metadata_unavailable: what the site's Prep flows read is not known: the server's Metadata API does not tell of them
            gap metadata_unavailable: what the site's virtual connections read is not known: the server's Metadata API does not tell of them"#]],
    );
}

#[test]
fn projects_that_are_missing_may_hide_what_is_wanted() {
    let site = || Site::new("acme").workbook(sales());
    let project = |n: usize, rest: &str| {
        let site = site();
        let project = site.project("Finance/Exec").expect("it was made");
        let parent = project.parent.clone().unwrap_or_default();
        let page = format!(
            r#"{{"pagination":{{"pageNumber":"1","pageSize":"1000","totalAvailable":"{n}"}},
            "projects":{{"project":[{{"id":"{}","name":"Exec","parentProjectId":"{parent}"}}{rest}]}}}}"#,
            project.luid
        );
        Fault::body(200, "application/json", &page).on_path("*/projects")
    };
    let wanted = ["Finance/**"];
    check_selected(site(), &wanted, [], expect![""]);
    check_selected(
        site(),
        &wanted,
        [project(1, "")],
        expect![
            "gap truncated: of the projects around 1 more workbooks some are hidden, so whether they are selected is not known"
        ],
    );
    check_selected(
        site(),
        &wanted,
        [project(2, "")],
        expect![[r#"
            gap truncated: of the projects around 1 more workbooks some are hidden, so whether they are selected is not known
            gap truncated: the site has 1 more projects than it listed"#]],
    );
    check_selected(
        site(),
        &["**/Exec"],
        [project(2, r#",{"name":"without an id"}"#)],
        expect!["gap truncated: the site has 1 more projects than it listed"],
    );
}

#[test]
fn connections_that_do_not_come_cost_no_other_lineage() {
    let site = || Site::new("acme").workbook(sales().datasource(Source::new("Blank")));
    let faults = || [Fault::status(504).on_path("*/connections")];
    check(
        site(),
        faults(),
        expect![
            "gap metadata_incomplete: `Blank` in Sales lists nothing that it reads, so that what lies behind it is not known"
        ],
    );
}

#[test]
fn a_list_that_does_not_say_how_long_it_is_is_read_to_its_end() {
    let mut site = Site::new("acme");
    for nth in 0..5 {
        site.add_workbook(Workbook::new(&format!("W{nth}")));
    }
    let luids: Vec<String> = site.workbooks.iter().map(|it| it.luid.clone()).collect();
    let running = Standin::start(site);
    let page = format!(
        r#"{{"workbooks":{{"workbook":[{{"id":"{}"}},{{"id":"{}"}}]}}}}"#,
        luids[0], luids[1]
    );
    let silent = Fault::body(200, "application/json", &page);
    running.script(silent.on_path("*/workbooks").once());
    let client = Arc::new(client(&running));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let query = [("pageSize", "2")];
    let listed = client.rest_pages("workbooks", &query, "workbooks", "workbook");
    let listed = runtime.block_on(listed).expect("it is listed");
    assert_eq!((listed.items.len(), listed.n_missing), (5, 0));
}

#[test]
fn what_queries_read_is_kept_with_them() {
    let running = Standin::start(Large::new(3, 6, 2, 1).site());
    let records = fetch(&running, None);
    assert!(!records.custom_sql.is_empty());
    assert!(records.custom_sql.iter().all(|it| it.parsed.is_some()));
}

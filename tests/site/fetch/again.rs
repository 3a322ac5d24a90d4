//! Reading the stand-in site again: what is asked anew, and what stays.

use std::sync::Arc;

use expect_test::{Expect, expect};
use tableau::{FetchOptions, Records, Wanted};

use super::{Source, asked, client, counted, fetch, now, sales, shown, try_fetch};
use crate::support::tableau::fault::Fault;
use crate::support::tableau::large::Large;
use crate::support::tableau::site::{MetadataApi, Site};
use crate::support::tableau::workbook::Workbook;
use crate::support::tableau::{Running, Standin};

const LATER: &str = "2025-05-01T00:00:00Z";

/// Reads the projects below `Finance` alone.
fn fetch_finance(running: &Running, known: Option<&Records>) -> Records {
    let options = FetchOptions {
        wanted: Wanted {
            projects: vec!["Finance/**".to_owned()],
            exclude: Vec::new(),
        },
        known: known.cloned().map(Arc::new),
        now: now(),
        full: false,
    };
    let fetched = try_fetch(running, options);
    fetched.expect("the site is read").records
}

/// A workbook that reads a published datasource of another project.
fn with_customers() -> Site {
    let customers = Source::new("Customers").project("Shared");
    Site::new("acme")
        .datasource(customers.table("SHOP.MARTS.DIM_CUSTOMERS"))
        .workbook(sales().datasource(Source::new("Customers").published("Customers")))
}

#[test]
fn a_published_datasource_that_changed_is_asked_again_whatever_its_project() {
    let reads: [fn(&Running, Option<&Records>) -> Records; 2] = [fetch, fetch_finance];
    for metadata in [MetadataApi::On, MetadataApi::Disabled] {
        for read in reads {
            let running = Standin::start(with_customers().metadata(metadata));
            let known = read(&running, None);
            assert!(shown(&known).contains("DIM_CUSTOMERS"));
            running.edit(|site| {
                let changed = Source::new("Customers").table("SHOP.MARTS.DIM_CLIENTS");
                LATER.clone_into(&mut site.datasources[0].updated_at);
                site.datasources[0].upstream = changed.upstream;
            });
            running.forget_requests();
            let again = shown(&read(&running, Some(&known)));
            let requests = asked(&running.forget_requests());
            // Where the Metadata API is off, it is tried before anything is downloaded.
            let is_off = metadata == MetadataApi::Disabled;
            assert!(is_off || !requests.contains("Workbooks"), "{requests}");
            assert!(!requests.contains("workbooks/"), "{requests}");
            assert!(again.contains("SHOP.MARTS.DIM_CLIENTS"), "{again}");
            assert!(!again.contains("DIM_CUSTOMERS"), "{again}");
        }
    }
}

#[test]
fn where_workbooks_are_downloaded_only_what_changed_is() {
    let site = with_customers()
        .workbook(Workbook::new("Other").datasource(Source::new("Costs").table("SHOP.MARTS.COSTS")))
        .workbook(Workbook::new("Gone"));
    let running = Standin::start(site.metadata(MetadataApi::Disabled));
    let known = fetch(&running, None);
    running.edit(|site| {
        site.remove_workbook("Gone");
        let sales = site.workbook_mut("Sales");
        LATER.clone_into(&mut sales.updated_at);
        sales.dashboards[0].name = "Renamed".to_owned();
    });
    running.forget_requests();
    let again = fetch(&running, Some(&known));
    expect![[r#"
        Other [Default]
          Costs on 
            SHOP.MARTS.COSTS Listed
        Sales [Finance/Exec]
          Orders on By month
            SHOP.MARTS.FCT_ORDERS Listed
          Customers on 
            is Customers by LUID
          dashboard Renamed shows By month
        published Customers [Shared]
            SHOP.MARTS.DIM_CUSTOMERS Listed
    "#]]
    .assert_eq(&shown(&again));
    let requests = running.forget_requests();
    let n_downloads = requests.iter().filter(|it| it.path.ends_with("/content"));
    assert_eq!(n_downloads.count(), 1);
}

#[test]
fn what_was_said_of_one_file_stays_when_another_of_its_name_changes() {
    let opaque = || Source::new("V").virtual_table("Warehouse", "orders");
    let site = Site::new("acme")
        .virtual_connection(
            crate::support::tableau::datasource::VirtualConnection::new("Warehouse")
                .table("orders", "SHOP.MARTS.FCT_ORDERS"),
        )
        .workbook(Workbook::new("Twin").project("A").datasource(opaque()))
        .workbook(sales_named("Twin"));
    let running = Standin::start(site.metadata(MetadataApi::Disabled));
    let known = fetch(&running, None);
    assert!(shown(&known).contains("gap virtual_connection"));
    running.edit(|site| LATER.clone_into(&mut site.workbooks[1].updated_at));
    let again = fetch(&running, Some(&known));
    assert_eq!(shown(&again), shown(&known));
}

fn sales_named(name: &str) -> Workbook {
    let mut workbook = sales();
    name.clone_into(&mut workbook.name);
    workbook
}

/// What is left where a list of `kind` comes empty while there are more.
#[track_caller]
fn check_cut(kind: &str, expect: Expect) {
    for metadata in [MetadataApi::On, MetadataApi::Disabled] {
        let running = Standin::start(with_customers().metadata(metadata));
        let known = fetch(&running, None);
        let page = format!(
            r#"{{"pagination":{{"pageNumber":"1","pageSize":"1000","totalAvailable":"1"}},
                "{kind}":{{}}}}"#
        );
        running.script(
            Fault::body(200, "application/json", &page).on_path(&format!("*/sites/*/{kind}")),
        );
        let again = shown(&fetch(&running, Some(&known)));
        let whole = shown(&known);
        let said = again.lines().filter(|it| !whole.contains(*it));
        expect.assert_eq(&said.collect::<Vec<_>>().join("\n"));
        let lost = whole.lines().filter(|it| !again.contains(*it));
        assert_eq!(lost.collect::<Vec<_>>(), Vec::<&str>::new());
    }
}

#[test]
fn a_list_that_is_cut_removes_nothing() {
    check_cut(
        "workbooks",
        expect!["gap truncated: the site has 1 more workbooks than it listed"],
    );
    check_cut(
        "datasources",
        expect!["gap truncated: the site has 1 more published datasources than it listed"],
    );
}

#[test]
fn an_answer_without_a_list_is_no_empty_list() {
    let running = Standin::start(with_customers());
    let known = fetch(&running, None);
    running.script(Fault::body(200, "application/json", "{}").on_path("*/workbooks"));
    let options = FetchOptions {
        known: Some(Arc::new(known)),
        now: now(),
        ..FetchOptions::default()
    };
    let error = try_fetch(&running, options).expect_err("nothing was listed");
    expect!["cannot read content on HOST: the answer is without the list"].assert_eq(
        &error
            .to_string()
            .replace(&running.socket().to_string(), "HOST"),
    );
}

#[test]
fn a_site_that_is_still_working_is_asked_for_all_once_it_is_done() {
    let running = Standin::start(Large::new(30, 4, 2, 1).site());
    let whole = shown(&fetch(&running, None));
    running.script(Fault::warning("BACKFILL_RUNNING"));
    let known = fetch(&running, None);
    assert!(shown(&known).contains("gap metadata_incomplete"));

    running.forget_requests();
    let meanwhile = fetch(&running, Some(&known));
    expect![[r#"
        1 CustomSql
        1 api/2.4/serverInfo
        1 api/3.25/auth/signin
        1 datasources
        1 projects
        1 users/1b1cc4b2-cae1-232f-457d-b67cb26f1280
        1 workbooks
        7 in all"#]]
    .assert_eq(&counted(&running.forget_requests()));
    assert_eq!(shown(&meanwhile), shown(&known));

    running.clear_script();
    running.edit(|site| site.workbooks[3].dashboards[0].name = "Found late".to_owned());
    let complete = shown(&fetch(&running, Some(&meanwhile)));
    assert_eq!(complete.matches("Found late").count(), 1);
    assert_eq!(complete.lines().count(), whole.lines().count());
    assert!(!complete.contains("gap "), "{complete}");
}

#[test]
fn while_a_site_is_still_working_what_came_empty_is_asked_again() {
    let running = Standin::start(Site::new("acme").workbook(sales()));
    running.script(Fault::warning("BACKFILL_RUNNING"));
    for operation in ["Embedded", "EmbeddedColumns"] {
        let fields = ["upstreamTables", "fields"];
        for field in fields {
            running.script(Fault::null_field(field).on_operation(operation));
        }
    }
    let known = fetch(&running, None);
    assert!(!shown(&known).contains("FCT_ORDERS"));
    running.clear_script();
    running.script(Fault::warning("BACKFILL_RUNNING"));
    let again = shown(&fetch(&running, Some(&known)));
    assert!(again.contains("SHOP.MARTS.FCT_ORDERS"), "{again}");
}

/// Waits until an operation has been asked for.
async fn until_asked(running: &Running, operation: &str) {
    let is_it =
        |it: &crate::support::tableau::log::Request| it.operation.as_deref() == Some(operation);
    while !running.requests().iter().any(is_it) {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

#[test]
fn a_read_that_is_dropped_leaves_nothing_half_done() {
    let running = Standin::start(with_customers());
    let whole = fetch(&running, None);
    running.forget_requests();
    running.script(Fault::hang().on_operation("Embedded").once());
    let client = client(&running);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let options = || FetchOptions {
        now: now(),
        ..FetchOptions::default()
    };
    let was_dropped = runtime.block_on(async {
        tokio::select! {
            _ = tableau::fetch(&client, options(), &|_| {}) => false,
            () = until_asked(&running, "Embedded") => true,
        }
    });
    assert!(was_dropped);
    // The same client, with the same session, reads all of it.
    let again = runtime.block_on(tableau::fetch(&client, options(), &|_| {}));
    assert_eq!(
        shown(&again.expect("the site is read").records),
        shown(&whole)
    );
    assert_eq!(running.n_sessions(), 1);
}

#[test]
fn a_project_that_is_no_longer_seen_removes_nothing() {
    let running = Standin::start(with_customers().workbook(Workbook::new("Ops").project("Ops")));
    let known = fetch_finance(&running, None);
    assert_eq!(known.workbooks.len(), 1);
    let site = running.site();
    let project = site.project("Finance/Exec").expect("it was made");
    let page = format!(
        r#"{{"pagination":{{"pageNumber":"1","pageSize":"1000","totalAvailable":"1"}},
            "projects":{{"project":[{{"id":"{}","name":"Exec","parentProjectId":"gone"}}]}}}}"#,
        project.luid
    );
    running.script(Fault::body(200, "application/json", &page).on_path("*/projects"));
    let again = fetch_finance(&running, Some(&known));
    expect![[r#"
        Sales [Exec]
          Orders on By month
            SHOP.MARTS.FCT_ORDERS Listed
          Customers on 
            is Customers by LUID
          dashboard Overview shows By month
        published Customers [Shared]
            SHOP.MARTS.DIM_CUSTOMERS Listed
        gap truncated: of the projects around 2 more workbooks some are hidden, so whether they are selected is not known
    "#]]
    .assert_eq(&shown(&again));
}

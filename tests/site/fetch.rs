//! Reading the stand-in site: what is asked, and what comes of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use expect_test::{Expect, expect};
use lineage::{Content, Datasource, Timestamp, Workbook as Lowered};
use tableau::{
    Client, ClientOptions, Credential, FetchOptions, Fetched, OwnSession, Records, SiteAddress,
    SiteError, Wanted,
};

use crate::support::tableau::datasource::VirtualConnection;
use crate::support::tableau::datasource::{CustomSql, Datasource as Source, Flow};
use crate::support::tableau::fault::Fault;
use crate::support::tableau::large::{Large, touch};
use crate::support::tableau::log::Request;
use crate::support::tableau::site::{MetadataApi, Site, TOKEN_NAME, TOKEN_SECRET, Version};
use crate::support::tableau::workbook::Workbook;
use crate::support::tableau::{Running, Standin};

/// Reading again.
mod again;
/// What is not known after a read.
mod unknown;
/// Whether every workbook of the site came.
mod whole;

/// The time at which tests read.
const NOW: &str = "2025-06-01T12:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().expect("tests write times")
}

pub(super) fn now() -> Timestamp {
    time(NOW)
}

/// A client of the stand-in site that loses no time where the site fails.
pub(super) fn client(site: &Running) -> Client {
    let address = SiteAddress::parse(&site.address()).expect("the stand-in has an address");
    let credential = Credential::Pat {
        name: TOKEN_NAME.to_owned(),
        secret: TOKEN_SECRET.to_owned().into(),
    };
    let options = ClientOptions {
        retry_pause: Duration::from_millis(1),
        ..ClientOptions::default()
    };
    let store = Arc::new(OwnSession::default());
    Client::new(address, Arc::new(credential), store, options, now).expect("a client")
}

/// Reads the site.
pub(super) fn try_fetch(site: &Running, options: FetchOptions) -> Result<Fetched, SiteError> {
    let client = client(site);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(tableau::fetch(&client, options, &|_| {}))
}

/// Reads the site, first or again.
pub(super) fn fetch(site: &Running, known: Option<&Records>) -> Records {
    let options = FetchOptions {
        known: known.cloned().map(Arc::new),
        now: now(),
        ..FetchOptions::default()
    };
    try_fetch(site, options).expect("the site is read").records
}

/// The content of a site in lines, with addresses shortened.
pub(super) fn shown(records: &Records) -> String {
    let content = tableau::lower(records, Some("https://bi.example.com"));
    let mut lines = String::new();
    for workbook in &content.workbooks {
        show_workbook(&mut lines, workbook);
    }
    for it in &content.datasources {
        let _ = writeln!(
            lines,
            "published {} [{}]",
            it.name,
            it.project_path.join("/")
        );
        show_datasource(&mut lines, &it.inside);
    }
    show_gaps(&mut lines, &content);
    lines
}

fn show_workbook(lines: &mut String, it: &Lowered) {
    let _ = writeln!(lines, "{} [{}]", it.name, it.project_path.join("/"));
    for datasource in &it.datasources {
        let title = datasource.title();
        let readers: Vec<&str> = it
            .sheets_on(datasource)
            .map(|ix| &*it.sheets[ix].name)
            .collect();
        let _ = writeln!(lines, "  {title} on {}", readers.join(", "));
        show_datasource(lines, datasource);
    }
    for it in &it.dashboards {
        let kind = if it.story { "story" } else { "dashboard" };
        let _ = writeln!(lines, "  {kind} {} shows {}", it.name, it.sheets.join(", "));
    }
}

fn show_datasource(lines: &mut String, it: &Datasource) {
    if let Some(published) = &it.published_as {
        let known = if published.luid.is_some() {
            "by LUID"
        } else {
            "by name"
        };
        let name = published.name.as_deref().unwrap_or("?");
        let _ = writeln!(lines, "    is {name} {known}");
    }
    for table in &it.tables {
        let _ = writeln!(lines, "    {} {:?}", table.relation, table.through);
    }
    for query in &it.custom_sql {
        let tables: Vec<String> = query
            .tables
            .iter()
            .map(|it| it.relation.to_string())
            .collect();
        let _ = writeln!(lines, "    query of {}", tables.join(", "));
    }
    for name in &it.virtual_connections {
        let _ = writeln!(lines, "    through {name}");
    }
    for name in &it.flows {
        let _ = writeln!(lines, "    after flow {name}");
    }
}

fn show_gaps(lines: &mut String, content: &Content) {
    for gap in &content.gaps {
        let _ = writeln!(lines, "gap {}: {}", gap.code.as_str(), gap.message);
    }
}

#[track_caller]
fn check(site: Site, expect: Expect) {
    let running = Standin::start(site);
    let shown = shown(&fetch(&running, None));
    expect.assert_eq(&shown.replace(&running.socket().to_string(), "HOST"));
}

/// What was asked, a line each: path or operation.
fn asked(requests: &[Request]) -> String {
    let line = |it: &Request| {
        let path = it
            .path
            .rsplit_once("/sites/")
            .map_or(it.path.as_str(), |(_, rest)| rest);
        let path = path.split_once('/').map_or(path, |(_, rest)| rest);
        it.operation.clone().unwrap_or_else(|| path.to_owned())
    };
    let mut lines: Vec<String> = requests.iter().map(line).collect();
    lines.sort();
    lines.join("\n")
}

fn sales() -> Workbook {
    Workbook::new("Sales")
        .project("Finance/Exec")
        .datasource(Source::new("Orders").table("SHOP.MARTS.FCT_ORDERS"))
        .sheet("By month", &["Orders"])
        .dashboard("Overview", &["By month"])
}

#[test]
fn reads_workbooks_with_what_lies_before_them() {
    let site = Site::new("acme")
        .datasource(
            Source::new("Customers")
                .project("Shared")
                .table("SHOP.MARTS.DIM_CUSTOMERS"),
        )
        .workbook(sales())
        .workbook(
            Workbook::new("Churn")
                .datasource(Source::new("Customers").published("Customers"))
                .datasource(Source::new("Query").custom_sql(CustomSql::new(
                    "snowflake",
                    "SHOP",
                    "select * from marts.fct_churn where a <<= 3 and b = <[Parameters].[P]>",
                )))
                .sheet("Who", &["Customers"])
                .hidden_sheet("Why", &["Query"])
                .dashboard("Leaving", &["Who", "Why"])
                .story("Told", &["Leaving"]),
        );
    check(
        site,
        expect![[r#"
        Churn [Default]
          Customers on Who
            is Customers by LUID
          Query on Why
            query of SHOP.marts.fct_churn
          dashboard Leaving shows Who, Why
          story Told shows Leaving
        Sales [Finance/Exec]
          Orders on By month
            SHOP.MARTS.FCT_ORDERS Listed
          dashboard Overview shows By month
        published Customers [Shared]
            SHOP.MARTS.DIM_CUSTOMERS Listed
    "#]],
    );
}

#[test]
fn follows_virtual_connections_and_flows() {
    let site = Site::new("acme")
        .virtual_connection(
            VirtualConnection::new("Warehouse").table("orders", "SHOP.MARTS.FCT_ORDERS"),
        )
        .flow(Flow::new("Clean up").input("RAW.CRM.ACCOUNTS"))
        .workbook(
            Workbook::new("Through")
                .datasource(Source::new("Virtual").virtual_table("Warehouse", "orders"))
                .datasource(
                    Source::new("Flown")
                        .table("SHOP.PREP.ACCOUNTS")
                        .flow("Clean up"),
                )
                .sheet("One", &["Virtual"])
                .sheet("Two", &["Flown"])
                .dashboard("Both", &["One", "Two"]),
        );
    check(
        site,
        expect![[r#"
        Through [Default]
          Virtual on One
            SHOP.MARTS.FCT_ORDERS VirtualConnection
            through Warehouse
          Flown on Two
            SHOP.PREP.ACCOUNTS Listed
            RAW.CRM.ACCOUNTS Flow
            after flow Clean up
          dashboard Both shows One, Two
    "#]],
    );
}

#[test]
fn finds_tables_that_only_columns_know() {
    let site = Site::new("acme").workbook(
        Workbook::new("Hidden way")
            .datasource(
                Source::new("Orders")
                    .table("SHOP.MARTS.FCT_ORDERS")
                    .only_in_columns(),
            )
            .sheet("One", &["Orders"])
            .dashboard("All", &["One"]),
    );
    check(
        site,
        expect![[r#"
        Hidden way [Default]
          Orders on One
            SHOP.MARTS.FCT_ORDERS Column
          dashboard All shows One
    "#]],
    );
}

#[test]
fn says_how_many_names_are_hidden() {
    check(
        Site::new("acme").workbook(sales()).without_names(),
        expect![[r#"
        Sales [Finance/Exec]
          Orders on By month
             Listed
          dashboard Overview shows By month
        gap name_hidden: 1 table has its name hidden by permissions (snowflake)
    "#]],
    );
}

#[test]
fn an_older_server_is_asked_for_less() {
    for version in [Version::v2021(), Version::v2019()] {
        check(
            Site::new("acme").version(version).workbook(sales()),
            expect![[r#"
                Sales [Finance/Exec]
                  Orders on By month
                    SHOP.MARTS.FCT_ORDERS Listed
                  dashboard Overview shows By month
            "#]],
        );
    }
}

#[test]
fn downloads_workbooks_where_the_metadata_api_is_off() {
    let site = || {
        Site::new("acme")
            .datasource(Source::new("Customers").table("SHOP.MARTS.DIM_CUSTOMERS"))
            .workbook(sales().datasource(Source::new("Customers").published("Customers")))
    };
    check(
        site().metadata(MetadataApi::Disabled),
        expect![[r#"
        Sales [Finance/Exec]
          Orders on By month
            SHOP.MARTS.FCT_ORDERS Listed
          Customers on 
            is Customers by LUID
          dashboard Overview shows By month
        published Customers [Default]
            SHOP.MARTS.DIM_CUSTOMERS Listed
    "#]],
    );
    check(
        site().metadata(MetadataApi::Missing),
        expect![[r#"
        Sales [Finance/Exec]
          Orders on By month
            SHOP.MARTS.FCT_ORDERS Listed
          Customers on 
            is Customers by LUID
          dashboard Overview shows By month
        published Customers [Default]
            SHOP.MARTS.DIM_CUSTOMERS Listed
    "#]],
    );
    check(
        site().metadata(MetadataApi::Missing).without_download(),
        expect![[r#"
        Sales [Finance/Exec]
        published Customers [Default]
        gap file_unreadable: what Customers reads is not known: cannot download on HOST: refused (status 403, code 403004: The user may not download this datasource.: Forbidden)
        gap file_unreadable: what Sales reads is not known: cannot download on HOST: refused (status 403, code 403004: The user may not download this workbook.: Forbidden)
    "#]],
    );
}

#[test]
fn a_refresh_asks_for_what_changed_alone() {
    let site = Site::new("acme")
        .workbook(sales())
        .workbook(Workbook::new("Other"));
    let running = Standin::start(site);
    let known = fetch(&running, None);
    running.forget_requests();
    let same = fetch(&running, Some(&known));
    expect![[r#"
        api/2.4/serverInfo
        api/3.25/auth/signin
        datasources
        projects
        users/1b1cc4b2-cae1-232f-457d-b67cb26f1280
        views
        workbooks"#]]
    .assert_eq(&asked(&running.forget_requests()));
    assert_eq!(shown(&same), shown(&known));

    running.edit(|site| {
        let sales = site.workbook_mut("Sales");
        "2025-05-01T00:00:00Z".clone_into(&mut sales.updated_at);
        sales.dashboards[0].name = "Renamed".to_owned();
        site.remove_workbook("Other");
    });
    let changed = fetch(&running, Some(&known));
    expect![[r#"
        CustomSql
        Embedded
        Workbooks
        api/2.4/serverInfo
        api/3.25/auth/signin
        datasources
        projects
        users/1b1cc4b2-cae1-232f-457d-b67cb26f1280
        views
        workbooks"#]]
    .assert_eq(&asked(&running.forget_requests()));
    expect![[r#"
        Sales [Finance/Exec]
          Orders on By month
            SHOP.MARTS.FCT_ORDERS Listed
          dashboard Renamed shows By month
    "#]]
    .assert_eq(&shown(&changed));
}

#[test]
fn unselected_projects_cost_no_lineage() {
    let site = Site::new("acme")
        .workbook(sales())
        .workbook(Workbook::new("Draft").project("Finance/Drafts"))
        .workbook(Workbook::new("Ops").project("Ops"))
        .workbook(Workbook::new("Mine").personal());
    let running = Standin::start(site);
    let options = FetchOptions {
        wanted: Wanted {
            projects: vec!["Finance/**".to_owned()],
            exclude: vec!["**/Drafts".to_owned()],
        },
        now: now(),
        ..FetchOptions::default()
    };
    let fetched = try_fetch(&running, options).expect("the site is read");
    expect![[r#"
        Sales [Finance/Exec]
          Orders on By month
            SHOP.MARTS.FCT_ORDERS Listed
          dashboard Overview shows By month
    "#]]
    .assert_eq(&shown(&fetched.records));
    let requests = running.forget_requests();
    let lineage = requests
        .iter()
        .filter(|it| it.operation.as_deref() == Some("Workbooks"));
    let luids: Vec<_> = lineage
        .map(|it| it.variables["filter"]["luidWithin"].clone())
        .collect();
    assert_eq!(luids.len(), 1);
    assert_eq!(luids[0].as_array().map(Vec::len), Some(1));
}

/// How often each thing was asked for, views apart.
fn counted(requests: &[Request]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in asked(requests).lines().filter(|it| *it != "views") {
        *counts.entry(line.to_owned()).or_default() += 1;
    }
    let n: usize = counts.values().sum();
    let lines: Vec<String> = counts.iter().map(|(it, n)| format!("{n} {it}")).collect();
    format!("{}\n{n} in all", lines.join("\n"))
}

#[test]
fn a_large_site_is_read_in_few_requests() {
    let running = Standin::start(Large::new(400, 6, 10, 3).site());
    let known = fetch(&running, None);
    expect![[r#"
        3 CustomSql
        6 Embedded
        16 EmbeddedColumns
        1 Published
        4 Workbooks
        1 api/2.4/serverInfo
        1 api/3.25/auth/signin
        1 datasources
        1 projects
        1 users/1b1cc4b2-cae1-232f-457d-b67cb26f1280
        1 workbooks
        36 in all"#]]
    .assert_eq(&counted(&running.forget_requests()));
    let content = tableau::lower(&known, None);
    assert_eq!((content.workbooks.len(), content.gaps), (400, Vec::new()));

    running.edit(|site| touch(site, 20, "2025-05-01T00:00:00Z"));
    let again = fetch(&running, Some(&known));
    expect![[r#"
        1 CustomSql
        2 Embedded
        1 EmbeddedColumns
        1 Workbooks
        1 api/2.4/serverInfo
        1 api/3.25/auth/signin
        1 datasources
        1 projects
        1 users/1b1cc4b2-cae1-232f-457d-b67cb26f1280
        1 workbooks
        11 in all"#]]
    .assert_eq(&counted(&running.forget_requests()));
    let changed = |records: &Records| {
        let content = tableau::lower(records, None);
        let dashboards = content
            .workbooks
            .iter()
            .flat_map(|it| it.dashboards.clone());
        dashboards
            .filter(|it| it.name.ends_with("(changed)"))
            .count()
    };
    assert_eq!((changed(&known), changed(&again)), (0, 20));
}

#[test]
fn a_narrower_selection_leaves_no_name_of_the_rest() {
    let site = Site::new("acme")
        .virtual_connection(
            VirtualConnection::new("Secret way").table("orders", "SHOP.SECRET.ORDERS"),
        )
        .flow(Flow::new("Secret flow").input("RAW.SECRET.ACCOUNTS"))
        .datasource(
            Source::new("Secret source")
                .project("Secret")
                .table("SHOP.SECRET.A"),
        )
        .workbook(sales())
        .workbook(
            Workbook::new("Secret book")
                .project("Secret/Inner")
                .datasource(Source::new("V").virtual_table("Secret way", "orders"))
                .datasource(Source::new("F").table("SHOP.SECRET.B").flow("Secret flow"))
                .sheet("Secret sheet", &["V", "F"])
                .dashboard("Secret dashboard", &["Secret sheet"]),
        );
    let running = Standin::start(site);
    let known = fetch(&running, None);
    let secrets = |records: &Records| {
        let snapshot = serde_json::to_string(records).expect("records are JSON");
        snapshot.to_lowercase().matches("secret").count()
    };
    assert!(secrets(&known) > 5);
    let options = FetchOptions {
        wanted: Wanted {
            projects: vec!["Finance/**".to_owned()],
            exclude: Vec::new(),
        },
        known: Some(Arc::new(known)),
        now: now(),
        full: false,
    };
    let narrow = try_fetch(&running, options).expect("the site is read");
    assert_eq!(secrets(&narrow.records), 0);
    assert_eq!(narrow.records.workbooks.len(), 1);
}

#[test]
fn connections_tell_what_the_metadata_api_does_not() {
    let site = Site::new("acme")
        .datasource(
            Source::new("Customers")
                .project("Shared")
                .table("SHOP.MARTS.DIM_CUSTOMERS"),
        )
        .workbook(sales().datasource(Source::new("Customers").published("Customers")));
    let running = Standin::start(site);
    for field in [
        "parentPublishedDatasources",
        "upstreamDatasources",
        "upstreamTables",
    ] {
        running.script(Fault::null_field(field).on_operation("Embedded"));
    }
    running.script(Fault::null_field("fields").on_operation("EmbeddedColumns"));
    let records = fetch(&running, None);
    expect![[r#"
        Sales [Finance/Exec]
          Orders on By month
          Customers on 
            is Customers by LUID
          dashboard Overview shows By month
        published Customers [Shared]
            SHOP.MARTS.DIM_CUSTOMERS Listed
        gap metadata_incomplete: `Orders` in Sales lists nothing that it reads, so that what lies behind it is not known
    "#]]
    .assert_eq(&shown(&records));
    let requests = running.forget_requests();
    let n = requests
        .iter()
        .filter(|it| it.path.ends_with("/connections"))
        .count();
    assert_eq!(n, 1);
}

#[test]
fn progress_is_told_for_each_stage() {
    let running = Standin::start(Large::new(101, 6, 1, 1).site());
    let stages = std::sync::Mutex::new(std::collections::BTreeSet::new());
    let client = client(&running);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let options = FetchOptions {
        now: now(),
        ..FetchOptions::default()
    };
    let tell = |it: tableau::Progress| {
        assert!(it.total.is_none_or(|total| it.done <= total), "{it:?}");
        stages.lock().expect("no panic").insert(it.stage);
    };
    let fetched = runtime.block_on(tableau::fetch(&client, options, &tell));
    let summary = fetched.expect("the site is read").summary;
    assert_eq!(
        (summary.n_workbooks, summary.n_changed, summary.n_removed),
        (101, 101, 0)
    );
    assert_eq!(summary.requests, running.requests().len() as u64);
    let stages: Vec<&str> = stages.into_inner().expect("no panic").into_iter().collect();
    expect![[r#"
        columns of datasources
        custom SQL queries
        embedded datasources
        workbooks"#]]
    .assert_eq(&stages.join("\n"));
}

#[test]
fn pages_grow_back_after_a_limit() {
    let running = Standin::start(Large::new(400, 1, 1, 1).site());
    running.script(Fault::node_limit(300).on_operation("Embedded").times(2));
    fetch(&running, None);
    let requests = running.forget_requests();
    let embedded = requests
        .iter()
        .filter(|it| it.operation.as_deref() == Some("Embedded"));
    let sizes: Vec<String> = embedded.map(|it| it.variables["n"].to_string()).collect();
    expect!["50 25 25 50 50 100 100 200"].assert_eq(&sizes.join(" "));
}

#[test]
fn a_read_known_from_long_ago_is_read_whole() {
    let running = Standin::start(Site::new("acme").workbook(sales()));
    let mut known = fetch(&running, None);
    assert_eq!(known.full_at, Some(now()));
    known.full_at = Some(time("2025-05-20T00:00:00Z"));
    running.forget_requests();
    let again = fetch(&running, Some(&known));
    let requests = asked(&running.forget_requests());
    assert!(requests.contains("Workbooks"), "{requests}");
    assert_eq!(again.full_at, Some(now()));
}

#[test]
fn a_list_that_is_not_whole_removes_nothing() {
    let site = Site::new("acme")
        .workbook(sales())
        .workbook(Workbook::new("Other"));
    let running = Standin::start(site);
    let known = fetch(&running, None);
    running.edit(|site| site.remove_workbook("Other"));
    let luid = &known
        .workbooks
        .iter()
        .find(|it| it.item.name.as_deref() == Some("Sales"));
    let luid = &luid.expect("it was read").luid;
    let page = format!(
        r#"{{"pagination":{{"pageNumber":"1","pageSize":"1000","totalAvailable":"2"}},
            "workbooks":{{"workbook":[{{"id":"{luid}","name":"Sales"}}]}}}}"#
    );
    running.script(Fault::body(200, "application/json", &page).on_path("*/workbooks"));
    let again = fetch(&running, Some(&known));
    expect![[r#"
        Other [Default]
        Sales []
          Orders on By month
            SHOP.MARTS.FCT_ORDERS Listed
          dashboard Overview shows By month
        gap truncated: the site has 1 more workbooks than it listed
    "#]]
    .assert_eq(&shown(&again));
}

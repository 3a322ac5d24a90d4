//! Faults by script: each strikes where, and as often, as it says.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Client, send};
use crate::support::tableau::datasource::Datasource;
use crate::support::tableau::fault::{Fault, Oddity};
use crate::support::tableau::site::{MetadataApi, Site, Version};
use crate::support::tableau::workbook::Workbook;
use crate::support::tableau::{Running, Standin};

const NAMES: &str = "query Names($n: Int, $after: String) { workbooksConnection(first: $n, after: \
                     $after, orderBy: {field: ID, direction: ASC}) { totalCount pageInfo { \
                     hasNextPage endCursor } nodes { id name owner { name } dashboards { name } \
                     upstreamTables { name } } } }";

fn site(n_workbooks: usize) -> Site {
    let mut site = Site::new("acme");
    for nth in 0..n_workbooks {
        site.add_workbook(
            Workbook::new(&format!("Workbook {nth}"))
                .datasource(Datasource::new("Orders").table("SHOP.MARTS.FCT_ORDERS"))
                .sheet("Sheet", &["Orders"])
                .dashboard("Dashboard", &["Sheet"]),
        );
    }
    site
}

/// A site of four workbooks with this fault, and a client of it.
fn with(fault: Fault) -> Running {
    let running = Standin::start(site(4));
    running.script(fault);
    running
}

fn names(running: &Running, variables: Value) -> Value {
    Client::sign_in(running).query(NAMES, variables)
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_default()
}

fn nodes(answer: &Value) -> Vec<Value> {
    let nodes = answer["data"]["workbooksConnection"]["nodes"].as_array();
    nodes.cloned().unwrap_or_default()
}

#[test]
fn strikes_the_nth_fitting_request() {
    let running = with(Fault::status(503).on_path("*/workbooks").nth(2));
    let client = Client::sign_in(&running);
    let statuses = ["workbooks", "views", "workbooks", "workbooks"].map(|it| client.get(it).status);
    assert_eq!(statuses, [200, 200, 503, 200]);
}

#[test]
fn strikes_so_many_times() {
    let running = with(
        Fault::status(429)
            .retry_after("7")
            .on_root("workbooksConnection")
            .times(2),
    );
    let client = Client::sign_in(&running);
    let ask = || client.post_query(NAMES, Value::Null).expect("an answer");
    let answer = ask();
    assert_eq!(answer.status, 429);
    assert!(answer.head.contains("retry-after: 7"), "{}", answer.head);
    assert_eq!([ask().status, ask().status], [429, 200]);
    assert_eq!(client.get("workbooks").status, 200);
}

#[test]
fn ends_the_session_for_good() {
    let running = with(Fault::session_ends().on_operation("Names").once());
    let client = Client::sign_in(&running);
    let ask = || client.post_query(NAMES, Value::Null).expect("an answer");
    assert_eq!([ask().status, ask().status], [401, 401]);
    assert_eq!(client.get("workbooks").error(), "401 401002");
    assert_eq!(Client::sign_in(&running).get("workbooks").status, 200);
}

#[test]
fn refuses_once_while_the_session_lives() {
    let running = with(Fault::refused().on_path("*/workbooks").once());
    let client = Client::sign_in(&running);
    assert_eq!(client.get("workbooks").error(), "401 401002");
    assert_eq!(client.get("workbooks").status, 200);
}

#[test]
fn spoils_bodies() {
    let body = |fault: Fault| {
        let running = with(fault.on_path("*/workbooks"));
        let client = Client::sign_in(&running);
        client.get("workbooks").body
    };
    assert_eq!(body(Fault::empty_body()), "");
    assert!(body(Fault::html()).starts_with("<!DOCTYPE html>"));
    assert!(serde_json::from_str::<Value>(&body(Fault::cut_text())).is_err());
    assert!(body(Fault::oversize(1_000_000)).len() > 1_000_000);
    let dripped = body(Fault::drip(100, Duration::from_millis(1)));
    assert!(serde_json::from_str::<Value>(&dripped).is_ok());
}

#[test]
fn breaks_off() {
    let is_broken = |fault: Fault| {
        let running = with(fault);
        send(&running, "GET", "/api/2.4/serverInfo", "", "").is_err()
    };
    assert!(is_broken(Fault::close()));
    assert!(is_broken(Fault::cut()));
}

#[test]
fn redirects_to_another_host() {
    let running = with(Fault::redirect("http://evil.example").on_path("*/serverInfo"));
    let answer = send(&running, "GET", "/api/2.4/serverInfo", "", "").expect("an answer");
    assert_eq!(answer.status, 301);
    let location = "location: http://evil.example/api/2.4/serverinfo";
    assert!(answer.head.contains(location), "{}", answer.head);
}

#[test]
fn cuts_at_the_node_limit_with_a_warning() {
    let answer = names(&with(Fault::node_limit(8)), Value::Null);
    assert_eq!(code(&answer), "NODE_LIMIT_EXCEEDED");
    assert_eq!(
        answer["errors"][0]["extensions"]["properties"]["nodeLimit"],
        8
    );
    let n_dashboards: usize = nodes(&answer)
        .iter()
        .map(|it| it["dashboards"].as_array().map_or(0, Vec::len))
        .sum();
    assert!(n_dashboards < 4, "{answer:#}");
    assert_eq!(code(&names(&Standin::start(site(4)), Value::Null)), "");
}

#[test]
fn answers_errors_and_warnings_of_any_code() {
    let answer = names(&with(Fault::warning("BACKFILL_RUNNING")), Value::Null);
    assert_eq!(
        (code(&answer), nodes(&answer).len()),
        ("BACKFILL_RUNNING", 4)
    );
    let answer = names(&with(Fault::error("RATE_EXCEEDED")), Value::Null);
    assert_eq!((code(&answer), nodes(&answer).len()), ("RATE_EXCEEDED", 0));
    let answer = names(&with(Fault::timeout()), Value::Null);
    assert_eq!(answer["errors"][0]["extensions"], Value::Null);
    let answer = names(
        &with(Fault::warning("TIME_LIMIT_EXCEEDED").once()),
        Value::Null,
    );
    assert_eq!(code(&answer), "TIME_LIMIT_EXCEEDED");
}

#[test]
fn hides_names_and_fields() {
    let answer = names(&with(Fault::hidden_names()), Value::Null);
    assert_eq!(nodes(&answer)[0]["name"], Value::Null);
    let answer = names(&with(Fault::null_elements()), Value::Null);
    assert_eq!(nodes(&answer).last(), Some(&Value::Null));
    // An owner is never null, so the workbook is.
    let answer = names(&with(Fault::null_field("owner")), Value::Null);
    assert_eq!(nodes(&answer), vec![Value::Null; 4]);
    let classification = &answer["errors"][0]["extensions"]["classification"];
    assert_eq!(classification, "NullValueInNonNullableField");
}

/// The ids on all pages of two.
fn paged(running: &Running) -> Vec<String> {
    let client = Client::sign_in(running);
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = client.query(NAMES, json!({"n": 2, "after": after}));
        ids.extend(nodes(&answer).iter().map(|it| it["id"].to_string()));
        let info = &answer["data"]["workbooksConnection"]["pageInfo"];
        if info["hasNextPage"] != true {
            return ids;
        }
        after = info["endCursor"].clone();
    }
}

#[test]
fn repeats_and_shuffles_rows() {
    let n_different = |ids: &[String]| {
        let ids: std::collections::BTreeSet<&String> = ids.iter().collect();
        ids.len()
    };
    let plain = paged(&Standin::start(site(10)));
    assert_eq!((plain.len(), n_different(&plain)), (10, 10));
    let running = Standin::start(site(10));
    running.script(Fault::duplicate_rows());
    let repeated = paged(&running);
    assert_eq!((repeated.len(), n_different(&repeated)), (14, 10));
    let running = Standin::start(site(10));
    running.script(Fault::unstable_order());
    assert_ne!(paged(&running), plain);
    let running = Standin::start(site(10));
    running.script(Fault::unstable_order_unless_asked());
    assert_eq!(paged(&running), plain);
}

#[test]
fn writes_odd_json() {
    let list = |n_workbooks: usize, oddity: Oddity| {
        let running = Standin::start(site(n_workbooks));
        running.script(Fault::oddity(oddity));
        Client::sign_in(&running).get("workbooks").json()["workbooks"].clone()
    };
    assert_eq!(list(0, Oddity::EmptyObject), json!({}));
    assert_eq!(
        list(1, Oddity::SingleObject)["workbook"]["name"],
        "Workbook 0"
    );
    assert_eq!(list(2, Oddity::Strings)["workbook"][0]["showTabs"], "true");
}

#[test]
fn an_older_server_lacks_fields() {
    let query = "{ workbooksConnection { nodes { name projectLuid } } }";
    let ask = |version: Version| {
        let running = Standin::start(site(1).version(version));
        let path = "/api/3.6/sites/x/workbooks";
        let status = send(&running, "GET", path, "", "")
            .expect("an answer")
            .status;
        let newer = send(&running, "GET", "/api/3.25/serverInfo", "", "").expect("an answer");
        let query = match newer.status {
            200 => Client::sign_in(&running).query(query, Value::Null),
            _ => Value::Null,
        };
        (status, newer.status, query["errors"].is_null())
    };
    assert_eq!(ask(Version::modern()), (401, 200, true));
    assert_eq!(ask(Version::v2021()), (401, 404, true));
    let running = Standin::start(site(1));
    running.edit(|site| site.version.lacks = Version::v2021().lacks);
    let answer = Client::sign_in(&running).query(query, Value::Null);
    assert!(
        answer["errors"][0]["message"]
            .as_str()
            .is_some_and(|it| it.contains("projectLuid"))
    );
    running.edit(|site| site.version.lacks = Version::v2019().lacks);
    let answer =
        Client::sign_in(&running).query("{ workbooksConnection { nodes { id } } }", Value::Null);
    assert_eq!(nodes(&answer).len(), 1);
}

#[test]
fn the_metadata_api_can_be_off() {
    let ask = |metadata: MetadataApi| {
        let running = Standin::start(site(1).metadata(metadata));
        let client = Client::sign_in(&running);
        client.post_query(NAMES, Value::Null).expect("an answer")
    };
    assert_eq!(code(&ask(MetadataApi::Disabled).json()), "FEATURE_DISABLED");
    assert_eq!(ask(MetadataApi::Missing).status, 404);
}

#[test]
fn a_token_without_rights_sees_no_names_and_downloads_nothing() {
    let running = Standin::start(site(1).without_names().without_download());
    let client = Client::sign_in(&running);
    let answer = client.query(NAMES, Value::Null);
    assert_eq!(nodes(&answer)[0]["upstreamTables"], json!([{"name": null}]));
    let query = "{ databaseTablesConnection(filter: {name: \"FCT_ORDERS\"}) { nodes { id } } }";
    let answer = client.query(query, Value::Null);
    assert_eq!(code(&answer), "PERMISSIONS_MODE_SWITCHED");
    assert_eq!(
        answer["data"]["databaseTablesConnection"]["nodes"],
        json!([])
    );
    let luid = &running.site().workbooks[0].luid;
    assert_eq!(
        client.get(&format!("workbooks/{luid}/content")).error(),
        "403 403004"
    );
}

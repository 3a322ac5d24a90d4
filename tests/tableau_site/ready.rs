//! Sites that are made: recorded, large, for the sample project.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::client::Client;
use crate::support::project::root;
use crate::support::tableau::large::{Large, touch};
use crate::support::tableau::{Standin, recorded, shop};

#[test]
fn the_shop_site_reads_the_sample_project() {
    let running = Standin::start(shop::site());
    let query = "{ workbooksConnection { nodes { name upstreamTables { fullName } } } }";
    let answer = Client::sign_in(&running).query(query, Value::Null);
    let nodes = answer["data"]["workbooksConnection"]["nodes"]
        .as_array()
        .expect("nodes")
        .clone();
    let mut read: Vec<String> = Vec::new();
    for node in &nodes {
        for table in node["upstreamTables"].as_array().expect("tables") {
            read.push(format!("{} {}", node["name"], table["fullName"]));
        }
    }
    read.sort();
    assert_eq!(
        read,
        [
            r#""Customer Health" "[analytics_marts].[dim_customers_v1]""#,
            r#""Order Funnel" "[analytics_marts].[dim_products]""#,
            r#""Order Funnel" "[analytics_marts].[fct_orders]""#,
            r#""Sales Overview" "[analytics_marts].[fct_orders]""#,
            r#""Vendor Scorecard" "[analytics_marts].[dim_vendors]""#,
        ]
    );
}

#[test]
fn a_large_site_is_the_same_in_every_run() {
    let large = Large::new(12, 6, 10, 3);
    let (mut one, other) = (large.site(), large.site());
    assert_eq!(one.workbooks[7].luid, other.workbooks[7].luid);
    assert_eq!(one.workbooks[7].sheets.len(), 10);
    touch(&mut one, 3, "2025-09-01T00:00:00Z");
    let pairs = one.workbooks.iter().zip(&other.workbooks);
    let n_changed = pairs.filter(|(a, b)| a.updated_at != b.updated_at).count();
    assert_eq!(n_changed, 3);
}

/// A folder of the shared data, which is not everywhere.
fn shared(name: &str) -> Option<PathBuf> {
    use std::io::Write;
    let folder = root().join("../shared/data").join(name);
    let message = match folder.exists() {
        true => format!("read shared data: {name}"),
        false => "skipped: no shared data".to_owned(),
    };
    let _ = writeln!(std::io::stderr(), "{message}");
    folder.exists().then_some(folder)
}

#[test]
fn recorded_answers_are_answered_again() {
    let Some(folder) = shared("tableau_responses/datahub") else {
        return;
    };
    let running = Standin::start(recorded::site(&folder));
    let client = Client::sign_in(&running);
    let query = "{ workbooksConnection(orderBy: [{field: ID, direction: ASC}]) { totalCount nodes \
                 { id luid vizportalUrlId name owner { username } embeddedDatasources { name \
                 upstreamTables { fullName } } } } dashboardsConnection { totalCount } \
                 customSQLTablesConnection { nodes { query } } }";
    let answer = client.query(query, Value::Null);
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    let text = std::fs::read(folder.join("workbooksConnection_all.json")).expect("recorded");
    let told: Value = serde_json::from_slice(&text).expect("JSON");
    let told = told["data"]["workbooksConnection"]["nodes"]
        .as_array()
        .expect("nodes");
    let page = &answer["data"]["workbooksConnection"];
    for workbook in told {
        let mut nodes = page["nodes"].as_array().expect("nodes").iter();
        let own = nodes
            .find(|it| it["id"] == workbook["id"])
            .expect("the workbook");
        for field in ["name", "luid", "owner"] {
            assert_eq!(own[field], workbook[field]);
        }
    }
    let n_listed = client.get("workbooks").json()["pagination"]["totalAvailable"].clone();
    assert_eq!(n_listed, json!(told.len().to_string()));
}

#[test]
fn the_schema_is_the_shared_one() {
    use crate::support::tableau::schema::{SDL, read};
    let Some(folder) = shared("tableau_schema") else {
        return;
    };
    let text = std::fs::read_to_string(folder.join("modern_subset.graphql")).expect("the subset");
    let own: Vec<String> = read(SDL, &[]).iter().map(super::metadata::told).collect();
    let shared: Vec<String> = read(&text, &[]).iter().map(super::metadata::told).collect();
    assert_eq!(own, shared);
}

#[test]
fn a_download_is_read_as_a_file() {
    let running = Standin::start(shop::site());
    let client = Client::sign_in(&running);
    let site = running.site();
    let read = |name: &str| {
        let workbook = site
            .workbooks
            .iter()
            .find(|it| it.name == name)
            .expect("a workbook");
        let answer = client.get(&format!(
            "workbooks/{}/content?includeExtract=false",
            workbook.luid
        ));
        let path = format!("{name}.twb");
        let reading = tableau::read_file(answer.body.as_bytes(), &path).expect("a workbook");
        format!("{reading:#?}")
    };
    let overview = read("Sales Overview");
    for told in [
        "fct_orders",
        "Regional Detail",
        "Quarterly Review",
        "SalesOverview",
    ] {
        assert!(overview.contains(told), "{told}: {overview}");
    }
    assert!(read("Order Funnel").contains("OrderLines"));
    assert!(read("Returns Desk").contains("fct_returns"));
}

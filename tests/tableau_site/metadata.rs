//! The Metadata API: what it answers, and its schema.

use serde_json::{Value, json};

use super::client::Client;
use crate::support::tableau::Standin;
use crate::support::tableau::datasource::{CustomSql, Datasource};
use crate::support::tableau::site::Site;
use crate::support::tableau::workbook::Workbook;

fn site() -> Site {
    Site::new("acme")
        .datasource(
            Datasource::new("Lines")
                .table("SHOP.MARTS.DIM_PRODUCTS")
                .certified(),
        )
        .workbook(
            Workbook::new("Revenue")
                .project("Finance/Reports")
                .datasource(Datasource::new("Orders").table("SHOP.MARTS.FCT_ORDERS"))
                .datasource(Datasource::new("Lines").published("Lines"))
                .datasource(Datasource::new("Query").custom_sql(CustomSql::new(
                    "snowflake",
                    "SHOP",
                    "select * from marts.fct_returns",
                )))
                .sheet("By month", &["Orders"])
                .hidden_sheet("Legend", &["Lines", "Query"])
                .dashboard("Overview", &["By month"])
                .dashboard("Detail", &["By month", "Legend"])
                .story("Quarter", &["Overview"]),
        )
        .workbook(Workbook::new("Churn").personal())
}

/// What a query answers on the site above.
fn ask(query: &str, variables: Value) -> Value {
    let running = Standin::start(site());
    Client::sign_in(&running).query(query, variables)
}

#[test]
fn walks_from_workbooks_to_tables() {
    let answer = ask(
        "query Q($n: Int) { workbooksConnection(first: $n, filter: {name: \"Revenue\"}, \
         orderBy: {field: ID, direction: ASC}) { totalCount pageInfo { hasNextPage } nodes { name \
         projectName owner { username } dashboards { name sheets { name path } \
         upstreamTables { fullName schema database { __typename name } } } \
         embeddedDatasources { name parentPublishedDatasources { name isCertified } } } } }",
        json!({"n": 10}),
    );
    let expected = json!({"data": {"workbooksConnection": {
        "totalCount": 1,
        "pageInfo": {"hasNextPage": false},
        "nodes": [{
            "name": "Revenue",
            "projectName": "Reports",
            "owner": {"username": "ann"},
            "dashboards": [
                {
                    "name": "Overview",
                    "sheets": [{"name": "By month", "path": "Revenue/Bymonth"}],
                    "upstreamTables": [table("FCT_ORDERS")],
                },
                {
                    "name": "Detail",
                    "sheets": [
                        {"name": "By month", "path": "Revenue/Bymonth"},
                        {"name": "Legend", "path": ""},
                    ],
                    "upstreamTables": [table("DIM_PRODUCTS"), table("FCT_ORDERS")],
                },
                {"name": "Quarter", "sheets": [], "upstreamTables": []},
            ],
            "embeddedDatasources": [
                {"name": "Orders", "parentPublishedDatasources": []},
                {
                    "name": "Lines",
                    "parentPublishedDatasources": [{"name": "Lines", "isCertified": true}],
                },
                {"name": "Query", "parentPublishedDatasources": []},
            ],
        }],
    }}});
    assert_eq!(answer, expected, "{answer:#}");
}

fn table(name: &str) -> Value {
    json!({
        "fullName": format!("[SHOP].[MARTS].[{name}]"),
        "schema": "MARTS",
        "database": {"__typename": "DatabaseServer", "name": "SHOP"},
    })
}

#[test]
fn an_unknown_field_fails_the_whole_query() {
    let answer = ask(
        "{ workbooksConnection { nodes { id nosuch } } }",
        Value::Null,
    );
    assert_eq!(answer.get("data"), None);
    let message = "Validation error (FieldUndefined@[nosuch]) : Field 'nosuch' in type \
                   'Workbook' is undefined";
    assert_eq!(answer["errors"][0]["message"], message);
}

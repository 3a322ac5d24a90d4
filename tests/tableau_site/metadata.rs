//! The Metadata API: what it answers, and its schema.

use async_graphql::parser::types::{
    FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind,
};
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

/// A type in words, without where it stands in its file: to compare two schemas.
pub(super) fn told(definition: &TypeDefinition) -> String {
    let arguments = |it: &FieldDefinition| {
        let told = it.arguments.iter().map(|it| input(&it.node));
        told.collect::<Vec<_>>().join(", ")
    };
    let field = |it: &FieldDefinition| format!("{}({}): {}", it.name, arguments(it), it.ty);
    let (kind, parts): (&str, Vec<String>) = match &definition.kind {
        TypeKind::Scalar => ("scalar", Vec::new()),
        TypeKind::Object(it) => {
            let implements = it.implements.iter().map(|it| format!("implements {it}"));
            let fields = it.fields.iter().map(|it| field(&it.node));
            ("type", implements.chain(fields).collect())
        }
        TypeKind::Interface(it) => (
            "interface",
            it.fields.iter().map(|it| field(&it.node)).collect(),
        ),
        TypeKind::Union(it) => (
            "union",
            it.members.iter().map(ToString::to_string).collect(),
        ),
        TypeKind::Enum(it) => (
            "enum",
            it.values
                .iter()
                .map(|it| it.node.value.to_string())
                .collect(),
        ),
        TypeKind::InputObject(it) => (
            "input",
            it.fields.iter().map(|it| input(&it.node)).collect(),
        ),
    };
    format!("{kind} {} {{ {} }}", definition.name, parts.join("; "))
}

fn input(of: &InputValueDefinition) -> String {
    format!("{}: {}", of.name, of.ty)
}

/// The code of the first error.
fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_default()
}

#[test]
fn pages_are_bounded() {
    let answer = ask(
        "{ workbooksConnection(first: 5000) { nodes { id } } }",
        Value::Null,
    );
    assert_eq!(code(&answer), "MAX_PAGE_SIZE_EXCEEDED");
    let query = "{ workbooksConnection(first: 1, offset: 0, after: \"00\") { nodes { id } } }";
    assert_eq!(code(&ask(query, Value::Null)), "INVALID_ARGUMENT");
}

#[test]
fn long_lists_of_ids_find_nothing() {
    let query =
        "query ($ids: [ID]) { workbooksConnection(filter: {idWithin: $ids}) { totalCount } }";
    let id = site().workbooks[0].id.clone();
    let n_found = |length: usize| {
        let ids = vec![id.clone(); length];
        ask(query, json!({"ids": ids}))["data"]["workbooksConnection"]["totalCount"].clone()
    };
    assert_eq!(n_found(500), 1);
    assert_eq!(n_found(501), 0);
}

#[test]
fn orders_by_a_list_or_a_single_object() {
    let names = |order: &str| {
        let query = format!("{{ workbooksConnection(orderBy: {order}) {{ nodes {{ name }} }} }}");
        let answer = ask(&query, Value::Null);
        answer["data"]["workbooksConnection"]["nodes"].to_string()
    };
    let ascending = r#"[{"name":"Churn"},{"name":"Revenue"}]"#;
    assert_eq!(names("{field: NAME, direction: ASC}"), ascending);
    assert_eq!(names("[{field: SHEETS_COUNT, direction: ASC}]"), ascending);
    let descending = r#"[{"name":"Revenue"},{"name":"Churn"}]"#;
    assert_eq!(names("{field: NAME, direction: DESC}"), descending);
}

#[test]
fn custom_sql_is_found_by_who_uses_it() {
    let answer = ask(
        "{ customSQLTablesConnection { nodes { query isUnsupportedCustomSql database { name } \
         tables { name } downstreamWorkbooks { name } downstreamDashboards { name } } } }",
        Value::Null,
    );
    let expected = json!([{
        "query": "select * from marts.fct_returns",
        "isUnsupportedCustomSql": true,
        "database": {"name": "SHOP"},
        "tables": [],
        "downstreamWorkbooks": [{"name": "Revenue"}],
        "downstreamDashboards": [{"name": "Detail"}],
    }]);
    assert_eq!(
        answer["data"]["customSQLTablesConnection"]["nodes"],
        expected
    );
}

#[test]
fn a_personal_space_has_no_project() {
    let answer = ask(
        "{ workbooksConnection(filter: {name: \"Churn\"}) { nodes { projectName projectLuid \
         containerType containerName } } }",
        Value::Null,
    );
    let expected = json!([{
        "projectName": null,
        "projectLuid": null,
        "containerType": "PersonalSpace",
        "containerName": "Ann Archer",
    }]);
    assert_eq!(answer["data"]["workbooksConnection"]["nodes"], expected);
}

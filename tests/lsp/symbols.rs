//! Workspace symbols: the model behind a dashboard.

use expect_test::{Expect, expect};
use serde_json::json;
use tower_lsp::ls_types::{WorkspaceSymbolResponse, request::WorkspaceSymbolRequest};

use crate::support::project;
use crate::support::server::{Client, Setup};

fn symbols(client: &mut Client, query: &str) -> String {
    let found = client.request::<WorkspaceSymbolRequest>(json!({ "query": query }));
    let Some(WorkspaceSymbolResponse::Flat(found)) = found else {
        panic!("a list of symbols")
    };
    let lines = found.iter().map(|it| {
        let uri = it.location.uri.as_str();
        let file = uri.rsplit('/').next().unwrap_or_default();
        let container = it.container_name.as_deref().unwrap_or_default();
        format!(
            "{} ({container}) {file}:{}\n",
            it.name,
            it.location.range.start.line + 1
        )
    });
    lines.collect()
}

fn check(query: &str, expect: Expect) {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    expect.assert_eq(&symbols(&mut client, query));
}

#[test]
fn a_dashboard_leads_to_the_models_that_its_workbook_reads() {
    check(
        "Ops Board",
        expect![[r#"
        Ops Board (Weekly Ops → fct_orders) fct_orders.sql:1
        Ops Board (Weekly Ops → fct_returns) fct_returns.sql:1
        Ops Board (Weekly Ops → fct_sessions) fct_sessions.sql:1
    "#]],
    );
    check(
        "regional",
        expect![[r#"
        Regional Detail (Sales Overview → fct_orders) fct_orders.sql:1
    "#]],
    );
}

#[test]
fn a_source_is_found_in_its_yaml() {
    check(
        "accounts by",
        expect![[r#"
        Accounts by Region (Account Tracker → crm.accounts) sources.yml:24
    "#]],
    );
}

#[test]
fn letters_in_order_are_enough() {
    check(
        "stk",
        expect![[r#"
        Stock Levels (Tableau workbook → dim_products) dim_products.sql:1
        Stock (Stock Levels → dim_products) dim_products.sql:1
    "#]],
    );
    check("no such dashboard", expect![[""]]);
}

#[test]
fn an_empty_query_lists_what_there_is() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let all = symbols(&mut client, "");
    assert!(all.contains("Vue d’ensemble <été> & \"co\" 🧁"), "{all}");
    assert!(all.lines().count() > 30);
}

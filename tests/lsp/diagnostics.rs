//! Diagnostics: pulled where the client can, else pushed and taken back.

use std::path::Path;

use expect_test::expect;
use serde_json::{Value, json};

use crate::support::project;
use crate::support::server::{Client, Setup, uri};

const BROKEN: &str = "version: 2\nmodels:\n\t- name: fct_orders\n";

fn shown(items: &Value) -> String {
    let lines = items.as_array().expect("a list").iter().map(|it| {
        let start = &it["range"]["start"];
        let code = it["code"].as_str().expect("a code");
        format!(
            "{}:{} {code}: {}\n",
            start["line"],
            start["character"],
            it["message"].as_str().expect("a text")
        )
    });
    lines.collect()
}

pub(super) fn pull(client: &mut Client, path: &Path) -> String {
    let params = json!({ "textDocument": { "uri": uri(path) } });
    let report = client
        .call("textDocument/diagnostic", params)
        .expect("a report");
    assert_eq!(report["kind"], "full");
    shown(&report["items"])
}

fn pushing(folder: &Path) -> Setup {
    Setup::new(folder).capability("/textDocument/diagnostic", Value::Null)
}

/// The next list that is pushed for a file.
pub(super) fn pushed(client: &Client, path: &Path) -> (Value, String) {
    let uri = uri(path);
    let params = client.expect("textDocument/publishDiagnostics", |it| it["uri"] == uri);
    (params["version"].clone(), shown(&params["diagnostics"]))
}

/// The next list that is pushed for a version of a file: of an earlier one more may come
/// meanwhile, with what else became known.
fn pushed_of(client: &Client, path: &Path, version: Value) -> String {
    loop {
        let (of, items) = pushed(client, path);
        if of == version {
            return items;
        }
    }
}

#[test]
fn they_are_pulled_by_a_client_that_can() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join("models/marts/_marts.yml");
    client.open(&path);
    assert_eq!(pull(&mut client, &path), "");
    client.set_text(&path, BROKEN);
    expect![[r#"
        2:0 yaml-unreadable: no Tableau dashboards are shown in this file: line 3 is not valid YAML: it is indented with a tab; YAML takes spaces only
    "#]].assert_eq(&pull(&mut client, &path));
    client.set_text(&path, "version: 2\n");
    assert_eq!(pull(&mut client, &path), "");
    let disabled = folder.path().join("models/archive/stg_sessions.sql");
    client.open(&disabled);
    expect![[r#"
        0:0 disabled-twin: `stg_sessions` is disabled here; the enabled definition is models/staging/stg_sessions.sql
    "#]].assert_eq(&pull(&mut client, &disabled));
    assert!(client.seen("textDocument/publishDiagnostics").is_empty());
    assert!(client.initialized["capabilities"]["diagnosticProvider"].is_object());
}

#[test]
fn they_are_pushed_to_a_client_that_cannot_and_taken_back() {
    let folder = project::copy("shop");
    let mut client = pushing(folder.path()).start();
    assert!(client.initialized["capabilities"]["diagnosticProvider"].is_null());
    let path = folder.path().join("models/marts/_marts.yml");
    client.open_text(&path, BROKEN);
    assert!(!pushed_of(&client, &path, json!(1)).is_empty());
    client.set_text(&path, "version: 2\n");
    assert_eq!(pushed_of(&client, &path, json!(2)), "");
    client.set_text(&path, BROKEN);
    assert!(!pushed_of(&client, &path, json!(3)).is_empty());
    client.close(&path);
    assert_eq!(pushed_of(&client, &path, Value::Null), "");
}

#[test]
fn they_are_pushed_to_a_client_that_cannot_be_told_to_ask_again() {
    let folder = project::copy("shop");
    let setup = Setup::new(folder.path());
    let mut client = setup
        .capability("/workspace/diagnostics/refreshSupport", json!(false))
        .start();
    assert!(client.initialized["capabilities"]["diagnosticProvider"].is_null());
    let path = folder.path().join("models/marts/fct_orders.sql");
    client.open(&path);
    let text = client.text(&path).to_owned();
    client.set_text(&path, &format!("{{{{ config(enabled=false) }}}}\n{text}"));
    while !pushed(&client, &path).1.contains("deployed-relation-lost") {}
    client.set_text(&path, &text);
    while !pushed(&client, &path).1.is_empty() {}
}

#[test]
fn they_are_taken_back_at_the_end() {
    let folder = project::copy("shop");
    let mut client = pushing(folder.path()).start();
    let path = folder.path().join("models/marts/_marts.yml");
    client.open_text(&path, BROKEN);
    assert!(!pushed(&client, &path).1.is_empty());
    client
        .call("shutdown", Value::Null)
        .expect("shutdown is answered");
    assert_eq!(pushed(&client, &path).1, "");
    assert_eq!(client.exit(), 0);
}

#[test]
fn an_empty_file_and_a_good_one_say_nothing() {
    let folder = project::copy("shop");
    let mut client = pushing(folder.path()).start();
    let path = folder.path().join("models/marts/_marts.yml");
    client.open(&path);
    client.set_text(&path, "");
    client.lenses(&path);
    client.expect_quiescent();
    assert!(client.seen("textDocument/publishDiagnostics").is_empty());
}

#[test]
fn yaml_that_is_not_dbts_is_left_alone() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    for file in [
        "dbt_project.yml",
        ".github/workflows/ci.yml",
        "packages.yml",
    ] {
        let path = folder.path().join(file);
        client.open_text(&path, BROKEN);
        assert_eq!(pull(&mut client, &path), "", "{file}");
    }
}

#[test]
fn a_table_that_fits_several_relations_is_pointed_at() {
    let folder = project::copy("snow");
    let mut client = Setup::new(folder.path()).leave_unread().start();
    let path = folder.path().join("models/sources/sources.yml");
    client.open(&path);
    expect![[r#"
        32:14 ambiguous-table: `[APP_DB].[Public].[Orders]` in App Orders Mixed fits 2 relations: APP_DB.PUBLIC.ORDERS, APP_DB.publ…; counted for none of them
        38:14 ambiguous-table: `[APP_DB].[Public].[Orders]` in App Orders Mixed fits 2 relations: APP_DB.PUBLIC.ORDERS, APP_DB.publ…; counted for none of them
    "#]].assert_eq(&pull(&mut client, &path));
}

#[test]
fn new_knowledge_asks_for_them_again() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    client.open(&folder.path().join("models/marts/fct_orders.sql"));
    client.expect("workspace/diagnostic/refresh", |_| true);
    client.expect("workspace/codeLens/refresh", |_| true);
}

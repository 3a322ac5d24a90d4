//! Code actions: the exposure is written, once, in each way a client takes edits.

use std::path::{Path, PathBuf};

use expect_test::expect;
use serde_json::json;
use tower_lsp::ls_types::{CodeActionOrCommand, DocumentChanges};

use crate::support::project;
use crate::support::server::{Client, Setup, action_title, uri};

const MODEL: &str = "models/marts/fct_orders.sql";
const EXPOSURES: &str = "models/exposures/tableau.yml";

fn titles(client: &mut Client, path: &Path, at: (u32, u32)) -> String {
    let actions = client.actions(path, at);
    let lines = actions.iter().map(|it| {
        let reason = match it {
            CodeActionOrCommand::CodeAction(it) => it
                .disabled
                .as_ref()
                .map(|it| format!(" (not: {})", it.reason)),
            CodeActionOrCommand::Command(_) => Some(" (a command)".to_owned()),
        };
        format!("{}{}\n", action_title(it), reason.unwrap_or_default())
    });
    lines.collect()
}

fn exposure_names(text: &str) -> Vec<String> {
    let properties = dbt::Properties::parse(text).expect("YAML that dbt reads");
    properties
        .exposures
        .iter()
        .map(|it| it.name.clone())
        .collect()
}

/// With a mark before each line, since indents count.
fn lines(text: &str) -> String {
    text.lines().map(|line| format!("|{line}\n")).collect()
}

/// What was put in between, with every old line still there in order.
fn added(before: &str, after: &str) -> String {
    let start = before
        .bytes()
        .zip(after.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let longest = before.len().min(after.len()) - start;
    let same_end = before.bytes().rev().zip(after.bytes().rev()).take(longest);
    let end = same_end.take_while(|(a, b)| a == b).count();
    assert_eq!(start + end, before.len(), "nothing of the old text is gone");
    after[start..after.len() - end].to_owned()
}

#[test]
fn each_workbook_without_exposure_is_offered() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    expect![[r#"
        Write exposure `churn` for Churn
        Write exposure `weekly_ops` for Weekly Ops
        Write exposure `all_movements` for All Movements
        Write exposure `basket_explorer` for Basket Explorer
        Write exposure `executive_summary` for Executive Summary
        Write exposure `plan_vs_actual` for Plan vs Actual
        Write 6 exposures for all that use fct_orders
        List Tableau dashboards that use fct_orders
    "#]]
    .assert_eq(&titles(&mut client, &path, (0, 0)));
    // On a ref in the same file, what the other node needs.
    let text = client.text(&path).to_owned();
    let line = text
        .lines()
        .position(|it| it.contains("ref("))
        .expect("a ref");
    let at = (u32::try_from(line).expect("few lines"), 15);
    expect![[r#"
        List Tableau dashboards that use int_orders_enriched
    "#]]
    .assert_eq(&titles(&mut client, &path, at));
}

#[test]
fn what_dbt_would_refuse_is_not_offered_and_says_why() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join("models/marts/fct_refunds.sql");
    client.open(&path);
    expect![[r#"
        Write exposure for Refund Audit (not: `fct_refunds` has `access: private`, and dbt Core 1.11 refuses an exposure on it)
        List Tableau dashboards that use fct_refunds
    "#]].assert_eq(&titles(&mut client, &path, (0, 0)));
    drop(client);
    let setup = Setup::new(folder.path())
        .capability("/textDocument/codeAction/disabledSupport", json!(false));
    let mut client = setup.start();
    client.open(&path);
    expect![[r#"
        List Tableau dashboards that use fct_refunds
    "#]]
    .assert_eq(&titles(&mut client, &path, (0, 0)));
}

#[test]
fn the_exposure_is_added_to_the_file_on_disk_and_then_offered_no_more() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    let file = folder.path().join(EXPOSURES);
    client.open(&path);
    let before = std::fs::read_to_string(&file).expect("the exposures file");
    let action = client.action(&path, (0, 0), "Write exposure `weekly_ops`");
    let changed = client.apply(&action.edit.expect("an edit"));
    assert_eq!(changed, std::slice::from_ref(&file));
    let after = std::fs::read_to_string(&file).expect("the exposures file");
    expect![[r#"
        |
        |  - name: weekly_ops
        |    label: "Weekly Ops"
        |    type: dashboard
        |    owner:
        |      name: unknown
        |    depends_on:
        |      - ref('fct_orders')
        |      - ref('fct_returns')
        |      - ref('fct_sessions')
        |    config:
        |      meta:
        |        tableau: {file: tableau/Weekly Ops.twb}
    "#]]
    .assert_eq(&lines(&added(&before, &after)));
    let names = exposure_names(&after);
    assert_eq!(
        names.iter().filter(|it| *it == "weekly_ops").count(),
        1,
        "{names:?}"
    );
    // The file is not open: the server has to notice by itself.
    client.wait_until("the action is gone", |client| {
        !titles(client, &path, (0, 0)).contains("weekly_ops")
    });
}

#[test]
fn an_open_buffer_counts_before_the_disk() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    let file = folder.path().join(EXPOSURES);
    client.open(&path);
    client.open(&file);
    // Unsaved work in front of the list moves everything.
    let before = format!("# not saved yet: é 😀\n{}", client.text(&file));
    client.set_text(&file, &before);
    let lens_before = client.lens_text(&path);
    let action = client.action(&path, (0, 0), "Write exposure `churn`");
    client.apply(&action.edit.expect("an edit"));
    let after = client.text(&file).to_owned();
    added(&before, &after);
    assert!(exposure_names(&after).contains(&"churn".to_owned()));
    // Counted from the buffer alone, nothing saved; and at once.
    assert!(!titles(&mut client, &path, (0, 0)).contains("`churn`"));
    assert_ne!(client.lens_text(&path), lens_before);
    // Undone in the buffer, it is missing again.
    client.set_text(&file, &before);
    assert!(titles(&mut client, &path, (0, 0)).contains("`churn`"));
}

#[test]
fn a_file_is_made_where_there_is_none() {
    let folder = project::copy("snow");
    // A name rule is proposed for it; that is not what this is about.
    let mut client = Setup::new(folder.path()).leave_unread().start();
    let path = folder.path().join("models/sources/sources.yml");
    client.open(&path);
    let at = place_of(client.text(&path), "accounts");
    let action = client.action(&path, at, "Write exposure `pipeline`");
    let edit = action.edit.expect("an edit");
    assert!(
        matches!(edit.document_changes, Some(DocumentChanges::Operations(_))),
        "{edit:?}"
    );
    let files = client.apply(&edit);
    assert_eq!(files, [folder.path().join(EXPOSURES)]);
    let text = std::fs::read_to_string(&files[0]).expect("the new file");
    expect![[r#"
        version: 2

        exposures:
          - name: pipeline
            label: "Pipeline"
            type: dashboard
            owner: {name: "unknown"}
            depends_on:
              - source('crm', 'accounts')
            config:
              meta:
                tableau: {file: tableau/Pipeline.twbx}
    "#]]
    .assert_eq(&text);
    assert_eq!(exposure_names(&text), ["pipeline"]);
}

#[test]
fn clients_of_less_skill_get_the_edit_they_can_take() {
    let kinds = |setup: Setup, folder: &Path| {
        let mut client = setup.start();
        let path = folder.join("models/sources/sources.yml");
        client.open(&path);
        let at = place_of(client.text(&path), "accounts");
        let action = client.action(&path, at, "Write exposure `pipeline`");
        let edit = action.edit.expect("an edit");
        let files = client.apply(&edit);
        let text = std::fs::read_to_string(&files[0]).expect("the new file");
        std::fs::remove_file(&files[0]).expect("remove the file");
        assert_eq!(exposure_names(&text), ["pipeline"]);
        let kind = match &edit.document_changes {
            Some(DocumentChanges::Operations(_)) => "create and edit",
            Some(DocumentChanges::Edits(_)) => "versioned edit",
            None => "changes",
        };
        let resolves = &client.initialized["capabilities"]["codeActionProvider"]["resolveProvider"];
        (kind, resolves.as_bool())
    };
    let folder = project::copy("snow");
    let edit = "/workspace/workspaceEdit";
    let setup = || Setup::new(folder.path()).leave_unread();
    assert_eq!(
        kinds(setup(), folder.path()),
        ("create and edit", Some(true))
    );
    let without = setup().capability(&format!("{edit}/resourceOperations"), json!([]));
    assert_eq!(
        kinds(without, folder.path()),
        ("versioned edit", Some(true))
    );
    assert_eq!(
        kinds(setup().capability(edit, json!(null)), folder.path()),
        ("changes", Some(true))
    );
    let inline = setup().capability("/textDocument/codeAction/resolveSupport", json!(null));
    assert_eq!(kinds(inline, folder.path()), ("create and edit", None));
}

#[test]
fn a_client_of_commands_alone_can_list_the_dashboards() {
    let folder = project::copy("shop");
    let setup = Setup::new(folder.path()).capability("/textDocument/codeAction", json!(null));
    let mut client = setup.start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    expect![[r#"
        List Tableau dashboards that use fct_orders (a command)
    "#]]
    .assert_eq(&titles(&mut client, &path, (0, 0)));
}

#[test]
fn only_the_kinds_that_are_asked_for_come() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    let mut n_actions = |only: serde_json::Value| {
        let start = json!({ "line": 0, "character": 0 });
        let params = json!({
            "textDocument": { "uri": uri(&path) }, "range": { "start": start, "end": start },
            "context": { "diagnostics": [], "only": only },
        });
        client
            .call("textDocument/codeAction", params)
            .expect("a list")
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!(n_actions(json!(["refactor"])), 7);
    assert_eq!(n_actions(json!([""])), 7);
    assert_eq!(n_actions(json!(["quickfix"])), 0);
    assert_eq!(n_actions(json!(["source.organizeImports"])), 0);
}

#[test]
fn an_action_that_is_out_of_date_says_so() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    let file = folder.path().join(EXPOSURES);
    client.open(&path);
    client.open(&file);
    let stale = client.actions(&path, (0, 0));
    let find = |it: &CodeActionOrCommand| action_title(it).contains("`churn`");
    let stale = stale.into_iter().find(find).expect("it is offered");
    let action = client.action(&path, (0, 0), "Write exposure `churn`");
    client.apply(&action.edit.expect("an edit"));
    let error = client.call(
        "codeAction/resolve",
        serde_json::to_value(stale).expect("JSON"),
    );
    let error = error.expect_err("it is written already");
    assert_eq!(error["code"], -32803);
    expect!["exposure `churn` stands for it already"]
        .assert_eq(error["message"].as_str().expect("a message"));
}

fn place_of(text: &str, needle: &str) -> (u32, u32) {
    let at = text.find(needle).expect("the text holds it");
    let line = text[..at].matches('\n').count();
    let column = at - text[..at].rfind('\n').map_or(0, |it| it + 1);
    (
        u32::try_from(line).expect("few lines"),
        u32::try_from(column).expect("short lines"),
    )
}

#[test]
fn crlf_files_stay_crlf() {
    let folder = project::copy("shop");
    let file: PathBuf = folder.path().join(EXPOSURES);
    let text = std::fs::read_to_string(&file)
        .expect("the exposures file")
        .replace('\n', "\r\n");
    std::fs::write(&file, &text).expect("write it");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    let action = client.action(&path, (0, 0), "Write exposure `weekly_ops`");
    client.apply(&action.edit.expect("an edit"));
    let after = std::fs::read_to_string(&file).expect("the exposures file");
    added(&text, &after);
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
    assert!(exposure_names(&after).contains(&"weekly_ops".to_owned()));
}

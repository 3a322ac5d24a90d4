//! `exposureLens.write` of all that is missing: shown before it is made, made at once, and
//! what is left out is said.

use std::path::Path;

use expect_test::expect;
use serde_json::{Value, json};
use tower_lsp::ls_types::WorkspaceEdit;

use crate::support::project;
use crate::support::server::{Answer, Client, Setup, uri};

const EXPOSURES: &str = "models/exposures/tableau.yml";

fn setup(folder: &Path) -> Setup {
    Setup::new(folder)
        .capability("/workspace/applyEdit", json!(true))
        .capability(
            "/workspace/workspaceEdit/changeAnnotationSupport",
            json!({ "groupsOnLabel": true }),
        )
        .answer(
            "workspace/applyEdit",
            Answer::Ok(json!({ "applied": true })),
        )
}

fn write_missing(client: &mut Client, folder: &Path) -> Result<Value, Value> {
    let argument = json!({ "project": uri(folder), "write": { "what": "missing" } });
    client.execute("exposureLens.write", argument)
}

fn names(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("the exposures file");
    let properties = dbt::Properties::parse(&text).expect("YAML that dbt reads");
    properties.exposures.into_iter().map(|it| it.name).collect()
}

#[test]
fn all_are_written_in_one_edit_and_what_is_left_out_is_said() {
    let folder = project::copy("shop");
    let mut client = setup(folder.path()).start();
    client.expect_quiescent();
    write_missing(&mut client, folder.path()).expect("they can be written");
    let asked = client.expect("workspace/applyEdit", |_| true);
    let edit: WorkspaceEdit = serde_json::from_value(asked["edit"].clone()).expect("an edit");
    let annotations = edit.change_annotations.clone().expect("annotations");
    let review = annotations.values().next().expect("an annotation");
    assert_eq!(review.needs_confirmation, Some(true));
    expect!["13 missing exposures; 1 left out (Refund Audit: `fct_refunds` has `access: private`, and dbt Core 1.11 refuses an exposure on it)"].assert_eq(review.description.as_deref().unwrap_or_default());
    assert_eq!(client.apply(&edit), [folder.path().join(EXPOSURES)]);
    expect![[r#"
        sales_overview
        basket_analysis
        kpi_wall
        account_tracker
        all_movements
        basket_explorer
        cafe_creme
        churn
        customer_360
        daily_sales_flash
        executive_summary
        plan_vs_actual
        price_history
        session_quality
        stock_levels
        weekly_ops"#]]
    .assert_eq(&names(&folder.path().join(EXPOSURES)).join("\n"));
    expect!["Exposure Lens: 1 left out (Refund Audit: `fct_refunds` has `access: private`, and dbt Core 1.11 refuses an exposure on it)"].assert_eq(&client.expect_message());
    // What is written is not written again; what is left out is left out.
    client.wait_until("the exposures are known", |client| {
        let again = write_missing(client, folder.path());
        let Err(refused) = again else { return false };
        refused["message"]
            .as_str()
            .is_some_and(|it| it.starts_with("no exposure can be written"))
    });
    client.seen("window/showMessage");
}

#[test]
fn a_client_that_asks_nobody_gets_the_plain_edit() {
    let folder = project::copy("shop");
    let mut client = setup(folder.path())
        .capability("/workspace/workspaceEdit", json!({}))
        .leave_unread()
        .start();
    client.expect_quiescent();
    write_missing(&mut client, folder.path()).expect("they can be written");
    let edit = client.expect("workspace/applyEdit", |_| true)["edit"].clone();
    assert_eq!(edit.as_object().expect("an edit").len(), 1);
    assert!(edit["changes"].is_object());
}

#[test]
fn an_edit_that_is_not_made_is_said_and_nothing_else() {
    let folder = project::copy("shop");
    let refusal = Answer::Ok(json!({ "applied": false, "failureReason": "not now" }));
    let mut client = setup(folder.path())
        .answer("workspace/applyEdit", refusal)
        .start();
    client.expect_quiescent();
    write_missing(&mut client, folder.path()).expect("they can be written");
    client.expect("workspace/applyEdit", |_| true);
    let said = client.expect_message();
    assert_eq!(said, "Exposure Lens: nothing was written: not now");
}

#[test]
fn it_is_an_action_on_the_list_of_exposures() {
    let folder = project::copy("shop");
    let mut client = setup(folder.path()).start();
    let file = folder.path().join(EXPOSURES);
    client.open(&file);
    let line = client
        .text(&file)
        .lines()
        .position(|it| it == "exposures:")
        .expect("a list of exposures");
    let at = (u32::try_from(line).expect("a small file"), 0);
    let before = names(&file).len();
    let action = client.action(&file, at, "Write 1");
    expect!["Write 13 missing exposures"].assert_eq(&action.title);
    client.apply(&action.edit.expect("an edit"));
    let after = dbt::Properties::parse(client.text(&file)).expect("YAML that dbt reads");
    assert!(after.exposures.len() > before + 10);
}

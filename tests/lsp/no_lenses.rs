//! Editors that draw no lenses: what a lens says and does is in the hover and among the
//! code actions of the same place.

use std::path::{Path, PathBuf};

use expect_test::expect;
use serde_json::{Value, json};
use tower_lsp::ls_types::{CodeActionOrCommand, CodeLens, Command};

use crate::support::project;
use crate::support::server::{Answer, Client, Setup};

/// What Helix and eglot announce of it: nothing of lenses.
fn capabilities() -> Value {
    json!({
        "textDocument": {
            "hover": { "contentFormat": ["markdown"] },
            "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["", "quickfix", "refactor"] } } },
        },
        "workspace": { "applyEdit": true, "workspaceEdit": { "documentChanges": true } },
    })
}

fn files_with_nodes(folder: &Path) -> Vec<PathBuf> {
    let walk = ignore::WalkBuilder::new(folder)
        .sort_by_file_path(Ord::cmp)
        .build();
    let files = walk.flatten().map(ignore::DirEntry::into_path);
    let of_dbt = |it: &PathBuf| {
        it.extension()
            .is_some_and(|it| ["sql", "py", "yml", "csv"].iter().any(|known| it == *known))
    };
    files.filter(of_dbt).collect()
}

/// The command of an action, in both shapes that it may have.
fn command(action: CodeActionOrCommand) -> Option<Command> {
    match action {
        CodeActionOrCommand::Command(it) => Some(it),
        CodeActionOrCommand::CodeAction(it) => it.command,
    }
}

/// Whether the lens's hover, and the action that its click stands for, can be had without it.
fn is_reachable(client: &mut Client, path: &Path, lens: &CodeLens) -> bool {
    let at = (lens.range.start.line, lens.range.start.character);
    let click = lens.command.as_ref().expect("a lens is resolved");
    // A click on these says what the hover says; there is nothing to list.
    let lists_nothing = ["Tableau: no dashboards", "Tableau: use unknown"];
    let offered = client.actions(path, at).into_iter().filter_map(command);
    let is_offered = offered
        .map(|it| (it.command, it.arguments))
        .any(|it| it == (click.command.clone(), click.arguments.clone()));
    client.hover(path, at).is_some()
        && (is_offered || lists_nothing.iter().any(|it| click.title.starts_with(it)))
}

#[test]
fn each_lens_has_a_hover_and_an_action() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path())
        .capabilities(capabilities())
        .start();
    let (mut n_reachable, mut others) = (0, Vec::new());
    for path in files_with_nodes(folder.path()) {
        client.open(&path);
        for lens in client.raw_lenses(&path) {
            if is_reachable(&mut client, &path, &lens) {
                n_reachable += 1;
            } else {
                let title = lens.command.expect("a lens is resolved").title;
                others.push(format!("{}: {title}", path.display()));
            }
        }
    }
    assert_eq!(others, Vec::<String>::new());
    assert!(n_reachable > 30, "{n_reachable}");
}

#[test]
fn the_action_lists_and_opens_as_a_click_does() {
    let folder = project::copy("shop");
    let choice = json!({ "title": "Overview — Sales Overview" });
    let mut client = Setup::new(folder.path())
        .capabilities(capabilities())
        .answer("window/showMessageRequest", Answer::Ok(choice))
        .start();
    let path = folder.path().join("models/marts/fct_orders.sql");
    client.open(&path);
    let mut commands = client
        .actions(&path, (0, 0))
        .into_iter()
        .filter_map(command);
    let list = commands.find(|it| it.title.starts_with("List Tableau dashboards"));
    let list = list.expect("the dashboards can be listed");
    let params = json!({ "command": list.command, "arguments": list.arguments });
    client
        .call("workspace/executeCommand", params)
        .expect("it is done");
    let asked = client.expect("window/showMessageRequest", |_| true);
    let question = asked["message"].as_str().expect("a question");
    expect!["fct_orders: 11 dashboards in 7 workbooks · 1 more downstream · 6 workbooks without exposure"]
        .assert_eq(question);
    expect!["Overview — Sales Overview: https://10ax.online.tableau.com/#/site/acme/views/SalesOverview/Overview"]
        .assert_eq(&client.expect_message());
}

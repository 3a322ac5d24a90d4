//! What must not stop the server: panics, clients that do not answer, bad input.

use std::path::Path;
use std::time::Duration;

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::support::project::{self, copy_folder};
use crate::support::server::{Answer, Setup, at_place, capabilities, frame, uri};

const MODEL: &str = "models/marts/fct_orders.sql";

#[test]
fn a_panic_loses_one_answer() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path())
        .options(|it| it.debug = true)
        .start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    let command = json!({ "command": "exposureLens.debug.panic", "arguments": [] });
    let before = client.begin("textDocument/hover", at_place(&path, (0, 0)));
    let panics: Vec<i64> = (0..20)
        .map(|_| client.begin("workspace/executeCommand", command.clone()))
        .collect();
    let after = client.begin("textDocument/hover", at_place(&path, (0, 0)));
    for id in panics {
        assert_eq!(client.answer(id).expect_err("it panicked")["code"], -32603);
    }
    assert!(client.answer(before).expect("an answer")["range"].is_object());
    assert!(client.answer(after).expect("an answer")["range"].is_object());
}

#[test]
fn a_client_that_never_answers_is_served() {
    let folder = project::copy("shop");
    let mut setup = Setup::new(folder.path());
    for method in [
        "client/registerCapability",
        "workspace/configuration",
        "window/workDoneProgress/create",
        "workspace/codeLens/refresh",
        "workspace/diagnostic/refresh",
        "window/showMessageRequest",
    ] {
        setup = setup.answer(method, Answer::Never);
    }
    let mut client = setup.start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    // More than the framework's queue holds.
    let asked: Vec<i64> = (0..500)
        .map(|_| client.begin("textDocument/hover", at_place(&path, (0, 0))))
        .collect();
    for id in asked {
        assert!(client.answer(id).expect("an answer")["range"].is_object());
    }
}

#[test]
fn a_client_that_answers_with_errors_is_served() {
    let folder = project::copy("shop");
    let mut setup = Setup::new(folder.path());
    for method in [
        "client/registerCapability",
        "workspace/configuration",
        "window/workDoneProgress/create",
        "workspace/codeLens/refresh",
        "workspace/diagnostic/refresh",
    ] {
        setup = setup.answer(method, Answer::Error("no"));
    }
    let mut client = setup.start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    assert_eq!(client.lenses(&path).len(), 1);
    client.expect_quiescent();
    assert!(client.seen("$/progress").is_empty());
}

#[test]
fn a_client_that_can_nothing_is_asked_nothing() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).capabilities(json!({})).start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    assert_eq!(client.lenses(&path).len(), 1);
    client.expect_quiescent();
    for method in [
        "client/registerCapability",
        "workspace/configuration",
        "window/workDoneProgress/create",
        "workspace/codeLens/refresh",
        "workspace/diagnostic/refresh",
        "window/showDocument",
    ] {
        assert_eq!(client.seen(method), Vec::<Value>::new(), "{method}");
    }
}

#[test]
fn a_cancelled_request_is_answered_as_cancelled_or_well() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    for _ in 0..50 {
        let id = client.begin("textDocument/hover", at_place(&path, (0, 0)));
        client.tell("$/cancelRequest", json!({ "id": id }));
        if let Err(error) = client.answer(id) {
            assert_eq!(error["code"], -32800);
        }
    }
    assert_eq!(client.lenses(&path).len(), 1);
}

#[test]
fn a_thousand_trees_keep_no_hover_waiting() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    client.expect_quiescent();
    let project = json!({ "project": uri(folder.path()) });
    let of_node = json!({ "project": uri(folder.path()), "node": "model.shop.fct_orders" });
    let methods = [
        ("exposureLens/downstream", &project),
        ("exposureLens/lineage", &of_node),
        ("exposureLens/usages", &of_node),
    ];
    let asked = methods.into_iter().cycle().take(1000);
    let trees: Vec<i64> = asked
        .map(|(method, params)| client.begin(method, params.clone()))
        .collect();
    let edited = client.text(&path).to_owned() + " -- edited";
    client.set_text(&path, &edited);
    client
        .call("textDocument/hover", at_place(&path, (0, 0)))
        .expect("an answer");
    // Most of them were asked before it, and are answered behind it.
    let n_answered = trees.iter().filter(|it| client.has_answer(**it)).count();
    assert!(n_answered < 700, "{n_answered}");
    for id in &trees[..100] {
        client.tell("$/cancelRequest", json!({ "id": id }));
    }
    for id in trees {
        if let Err(error) = client.answer(id) {
            assert_eq!(error["code"], -32800);
        }
    }
}

#[test]
fn what_a_client_made_up_is_not_said_back_as_it_is() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    client.expect_quiescent();
    let name = format!("evil\u{1b}[31m\u{202e}{}", "x".repeat(100_000));
    for write in [
        json!({ "what": "dependencies", "exposure": name }),
        json!({ "what": "text", "exposure": "kpi_wall", "key": name }),
        json!({ "what": name }),
    ] {
        let argument = json!({ "project": uri(folder.path()), "write": write });
        let refused = client.execute("exposureLens.write", argument);
        check_refused(&refused.expect_err("there is no such thing"));
    }
    let refused = client.execute(&name, json!({}));
    check_refused(&refused.expect_err("there is no such command"));
}

fn check_refused(error: &Value) {
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("evil"), "{message}");
    assert!(
        message.len() < 1000 && !message.contains(ide::is_hidden),
        "{message:?}"
    );
}

#[test]
fn what_is_no_message_does_not_stop_the_server() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    client.send_bytes(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec());
    client.send_bytes(b"Content-Length: 5\r\n\r\n{{{{{".to_vec());
    client.send_bytes(frame(&json!([1, 2])));
    client.send_bytes(frame(
        &json!({ "jsonrpc": "2.0", "result": 1, "id": 99_999 }),
    ));
    client.tell("no/suchNotification", json!({}));
    client.tell("$/setTrace", json!({ "value": "off" }));
    client.tell("textDocument/didChange", json!({ "wrong": true }));
    assert_eq!(
        client
            .call("no/suchRequest", json!({}))
            .expect_err("unknown")["code"],
        -32601
    );
    assert_eq!(
        client
            .call("textDocument/hover", json!({ "wrong": 1 }))
            .expect_err("wrong")["code"],
        -32602
    );
    assert_eq!(client.lenses(&path).len(), 1);
}

#[test]
fn requests_before_the_handshake_are_refused() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start_silent();
    let early = client.call("textDocument/hover", at_place(Path::new("/x.sql"), (0, 0)));
    assert_eq!(early.expect_err("too early")["code"], -32002);
    let started = client.call("initialize", json!({ "capabilities": capabilities() }));
    assert_eq!(
        started.expect("initialize")["serverInfo"]["name"],
        "exposure-lens"
    );
    client.tell("initialized", json!({}));
    let status = client.expect_quiescent();
    assert_eq!(status.message, "no dbt project");
}

#[test]
fn exit_codes_are_the_specifications() {
    let folder = project::copy("shop");
    let start = || Setup::new(folder.path()).start();
    let mut client = start();
    client.call("shutdown", Value::Null).expect("an answer");
    let late = client.call("textDocument/hover", at_place(Path::new("/x.sql"), (0, 0)));
    assert_eq!(late.expect_err("too late")["code"], -32600);
    assert_eq!(client.exit(), 0);
    assert_eq!(start().exit(), 1);
    assert_eq!(start().hang_up(), 1);
    // Both at once: the answer to shutdown still comes.
    let mut client = start();
    let id = client.begin("shutdown", Value::Null);
    assert_eq!(client.exit(), 0);
    client.answer(id).expect("shutdown is answered");
}

#[test]
fn nothing_is_said_after_shutdown() {
    let folder = project::copy("shop");
    let setup = Setup::new(folder.path());
    let mut client = setup
        .capability("/experimental/exposureLens/changed", json!(true))
        .start();
    client.open(&folder.path().join(MODEL));
    // In the middle of loading.
    client.call("shutdown", Value::Null).expect("an answer");
    let count = |client: &crate::support::server::Client| {
        [
            "exposureLens/status",
            "exposureLens/changed",
            "workspace/codeLens/refresh",
            "window/showMessage",
        ]
        .map(|method| client.seen(method).len())
    };
    let before = count(&client);
    std::fs::remove_file(folder.path().join("target/manifest.json")).expect("remove the manifest");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(count(&client), before);
    assert_eq!(client.exit(), 0);
}

/// A broken project: what the user is told, and that the server stays up.
fn check_broken(project: &str, n_lenses: usize, expect: Expect) {
    let folder = project::copy(&format!("hostile/projects/{project}"));
    let mut client = Setup::new(folder.path()).leave_unread().start();
    let path = folder.path().join("models/fct_orders.sql");
    client.open(&path);
    assert_eq!(client.lenses(&path).len(), n_lenses, "{project}");
    let status = client.expect_quiescent();
    let told = client.seen("window/showMessage");
    let told: Vec<&str> = told
        .iter()
        .filter_map(|it| it["message"].as_str())
        .collect();
    let root = folder.path().display().to_string();
    let said = format!(
        "{:?}: {}\ntold: {}\n",
        status.health,
        status.message,
        told.join("\n      ")
    );
    expect.assert_eq(&said.replace(&root, "ROOT"));
    client
        .call("textDocument/hover", at_place(&path, (0, 0)))
        .expect("an answer");
}

#[test]
fn a_broken_project_says_what_is_wrong() {
    check_broken(
        "no_manifest",
        1,
        expect![[r#"
        Warning: no manifest at target/manifest.json, so that the project's files are read: run `dbt parse`, or name one with `dbt.manifest`
        told: Exposure Lens: no manifest at target/manifest.json, so that the project's files are read: run `dbt parse`, or name one with `dbt.manifest`
    "#]],
    );
    check_broken(
        "empty_manifest",
        1,
        expect![[r#"
        Warning: cannot read the manifest at target/manifest.json: the manifest is empty; run `dbt parse` to write it anew
        told: Exposure Lens: cannot read the manifest at target/manifest.json: the manifest is empty; run `dbt parse` to write it anew
    "#]],
    );
    check_broken(
        "bare_manifest",
        1,
        expect![[r#"
        Warning: cannot read the manifest at target/manifest.json: this is not a dbt manifest but other JSON; run `dbt parse` to write it anew
        told: Exposure Lens: cannot read the manifest at target/manifest.json: this is not a dbt manifest but other JSON; run `dbt parse` to write it anew
    "#]],
    );
    check_broken(
        "wrong_shape",
        1,
        expect![[r#"
        Warning: cannot read the manifest at target/manifest.json: this is not a dbt manifest but other JSON; run `dbt parse` to write it anew
        told: Exposure Lens: cannot read the manifest at target/manifest.json: this is not a dbt manifest but other JSON; run `dbt parse` to write it anew
    "#]],
    );
    check_broken(
        "cut_manifest",
        1,
        expect![[r#"
        Warning: cannot read the manifest at target/manifest.json: the manifest breaks off after 20000 bytes; run `dbt parse` to write it anew
        told: Exposure Lens: cannot read the manifest at target/manifest.json: the manifest breaks off after 20000 bytes; run `dbt parse` to write it anew
    "#]],
    );
    check_broken(
        "other_manifest",
        1,
        expect![[r#"
        Warning: the manifest at target/manifest.json is of project `warehouse`, not of `shop`: run `dbt parse` here
        told: Exposure Lens: the manifest at target/manifest.json is of project `warehouse`, not of `shop`: run `dbt parse` here
    "#]],
    );
    check_broken(
        "broken_project",
        0,
        expect![[r#"
        Error: cannot read ROOT/dbt_project.yml: dbt_project.yml is not valid YAML: did not find expected ',' or ']' at line 2 column 10, while parsing a flow sequence at line 1 column 7
        told: Exposure Lens: cannot read ROOT/dbt_project.yml: dbt_project.yml is not valid YAML: did not find expected ',' or ']' at line 2 column 10, while parsing a flow sequence at line 1 column 7
    "#]],
    );
}

#[test]
fn what_is_broken_in_one_place_leaves_the_rest_its_answers() {
    check_broken(
        "odd_nodes",
        1,
        expect![[r#"
        Ok: shop: 2 nodes, 1 workbook
        told: 
    "#]],
    );
    check_broken(
        "tabs",
        1,
        expect![[r#"
        Ok: shop: 1 node, 1 workbook
        told: 
    "#]],
    );
}

#[test]
fn broken_workbooks_leave_the_others_their_answers() {
    let folder = project::copy("shop");
    copy_folder(
        &project::fixture("hostile/workbooks"),
        &folder.path().join("tableau"),
    );
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    let lens = client.lens_text(&path);
    assert!(lens.contains("dashboards in"), "{lens}");
    let status = client.expect_quiescent();
    assert_eq!(status.projects.len(), 1);
    let problems = &status.projects[0].problems;
    assert!(
        problems.iter().any(|it| it.message.contains("picture.twb")),
        "{problems:#?}"
    );
    assert!(
        problems
            .iter()
            .all(|it| !it.message.contains(char::is_control)),
        "{problems:#?}"
    );
    // Some files could not be read, so a zero is none.
    let vendors = folder.path().join("models/marts/dim_vendors.sql");
    client.open(&vendors);
    assert!(client.lens_text(&vendors).contains("unknown"));
}

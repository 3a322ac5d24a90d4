//! The status, the messages, and what changes on disk under the server.

use std::path::Path;
use std::time::Duration;

use exposure_lens::lsp::ext::{Health, StatusParams};
use serde_json::{Value, json};

use crate::support::project;
use crate::support::server::{Answer, Client, Setup, at_place, uri};

const MODEL: &str = "models/marts/fct_orders.sql";

fn opened(folder: &Path) -> Client {
    let mut client = Setup::new(folder).start();
    client.open(&folder.join(MODEL));
    client
}

fn settled(client: &Client, wanted: impl Fn(&StatusParams) -> bool) -> StatusParams {
    client.expect_status(|it| it.quiescent && wanted(it))
}

#[test]
fn it_says_what_is_known() {
    let folder = project::copy("shop");
    let client = opened(folder.path());
    let status = settled(&client, |it| !it.projects.is_empty());
    assert_eq!(
        (status.health, status.detail.as_deref()),
        (Health::Ok, None)
    );
    let nodes = status.projects[0]
        .manifest
        .as_ref()
        .expect("a manifest")
        .nodes;
    assert_eq!(status.message, format!("shop: {nodes} nodes, 17 workbooks"));
    let manifest = status.projects[0].manifest.as_ref().expect("a manifest");
    assert_eq!(manifest.path, "target/manifest.json");
    assert!(manifest.dbt_version.is_some());
    assert_eq!(status.projects[0].workbooks, 17);
}

#[test]
fn it_is_announced_and_loading_is_shown() {
    let folder = project::copy("shop");
    let client = opened(folder.path());
    let experimental = &client.initialized["capabilities"]["experimental"];
    let methods = json!([
        "exposureLens/status",
        "exposureLens/usages",
        "exposureLens/downstream",
        "exposureLens/lineage",
        "exposureLens/pull",
        "exposureLens/copy",
        "exposureLens/changed"
    ]);
    assert_eq!(
        *experimental,
        json!({ "exposureLens": { "version": 1, "methods": methods } })
    );
    client.expect("exposureLens/status", |it| it["quiescent"] == false);
    client.expect("window/workDoneProgress/create", |_| true);
    let begun = client.expect("$/progress", |it| it["value"]["kind"] == "begin");
    let token = &begun["token"];
    assert!(
        begun["value"]["title"]
            .as_str()
            .is_some_and(|it| it.contains("loading")),
        "{begun}"
    );
    client.expect("$/progress", |it| {
        it["value"]["kind"] == "end" && it["token"] == *token
    });
}

#[test]
fn a_new_manifest_is_noticed() {
    let folder = project::copy("shop");
    let mut client = opened(folder.path());
    let path = folder.path().join(MODEL);
    assert_eq!(client.lenses(&path).len(), 1);
    client.expect("workspace/codeLens/refresh", |_| true);
    let manifest = folder.path().join("target/manifest.json");
    let text = std::fs::read_to_string(&manifest).expect("the manifest");
    // The model gets another alias, which no workbook reads.
    let renamed = text.replace(r#""alias":"fct_orders""#, r#""alias":"fct_other""#);
    let renamed = renamed.replace(r#""alias": "fct_orders""#, r#""alias": "fct_other""#);
    assert_ne!(renamed, text);
    let renamed = renamed.replace(
        r#"\"analytics_marts\".\"fct_orders\""#,
        r#"\"analytics_marts\".\"fct_other\""#,
    );
    std::fs::write(&manifest, renamed).expect("write the manifest");
    client.wait_until("the lens changes", |client| {
        !client.lens_text(&path).contains("11 dashboards")
    });
    client.expect("workspace/codeLens/refresh", |_| true);
}

#[test]
fn a_half_written_or_deleted_manifest_never_empties_the_view() {
    let folder = project::copy("shop");
    let mut client = opened(folder.path());
    let path = folder.path().join(MODEL);
    let lens = client.lens_text(&path);
    let manifest = folder.path().join("target/manifest.json");
    let whole = std::fs::read(&manifest).expect("the manifest");
    let mut check = |message: &str| {
        let status = settled(&client, |it| it.message == message);
        assert_eq!(status.health, Health::Warning);
        assert!(status.projects[0].manifest.is_some());
        assert_eq!(client.lens_text(&path), lens);
    };
    std::fs::write(&manifest, &whole[..whole.len() / 2]).expect("write half");
    check("the manifest is half-written; showing the last good one");
    std::fs::write(&manifest, "").expect("write nothing");
    check("the manifest is half-written; showing the last good one");
    std::fs::remove_file(&manifest).expect("remove it");
    check("the manifest is gone; showing the last good one until `dbt parse` writes it anew");
    std::fs::remove_dir_all(folder.path().join("target")).expect("dbt clean");
    std::fs::create_dir(folder.path().join("target")).expect("a new target");
    std::fs::write(&manifest, &whole).expect("write the whole again");
    let status = settled(&client, |it| it.health == Health::Ok);
    assert!(status.projects[0].problems.is_empty());
    assert_eq!(client.lens_text(&path), lens);
    // And the user was never bothered: reading what was said would fail the test.
}

#[test]
fn a_manifest_that_grows_is_read_when_it_is_whole() {
    let folder = project::copy("shop");
    let manifest = folder.path().join("target/manifest.json");
    let whole = std::fs::read(&manifest).expect("the manifest");
    std::fs::remove_file(&manifest).expect("remove it");
    let mut client = opened(folder.path());
    let path = folder.path().join(MODEL);
    // Until then the answer is of the files.
    assert!(client.lens_text(&path).contains("11 dashboards"));
    assert!(client.expect_message().contains("run `dbt parse`"));
    let status = settled(&client, |it| it.health == Health::Warning);
    assert!(
        status.message.contains("run `dbt parse`"),
        "{}",
        status.message
    );
    for part in 1..=4 {
        std::fs::write(&manifest, &whole[..whole.len() * part / 4]).expect("write a part");
        std::thread::sleep(Duration::from_millis(40));
    }
    settled(&client, |it| it.health == Health::Ok);
    assert!(client.lens_text(&path).contains("11 dashboards"));
    // A part of it may have been read; that is said once at most.
    let more = client.seen("window/showMessage");
    assert!(more.len() <= 2, "{more:#?}");
}

#[test]
fn workbooks_come_change_and_go() {
    let folder = project::copy("shop");
    // Without it, workbooks anywhere count.
    std::fs::remove_file(folder.path().join("exposure-lens.yml")).expect("the sample's settings");
    let mut client = opened(folder.path());
    let path = folder.path().join(MODEL);
    let lens = client.lens_text(&path);
    assert!(lens.contains("in 7 workbooks"));
    let from = folder.path().join("tableau/Weekly Ops.twb");
    let copy = folder.path().join("tableau/A Copy.twb");
    std::fs::copy(&from, &copy).expect("a copy");
    client.wait_until("it has come", |client| {
        client.lens_text(&path).contains("in 8 workbooks")
    });
    let changed = std::fs::read_to_string(&copy)
        .expect("XML")
        .replace("fct_orders", "fct_other");
    std::fs::write(&copy, changed).expect("a change");
    client.wait_until("it has changed", |client| client.lens_text(&path) == lens);
    std::fs::write(&copy, "half a workb").expect("broken");
    settled(&client, |it| {
        it.projects[0]
            .problems
            .iter()
            .any(|it| it.message.contains("A Copy.twb"))
    });
    assert!(client.lens_text(&path).contains("in 7 workbooks"));
    std::fs::remove_file(&copy).expect("remove it");
    settled(&client, |it| it.projects[0].problems.is_empty());
    let nested = folder.path().join("reports/2026");
    std::fs::create_dir_all(&nested).expect("a new folder");
    std::fs::copy(&from, nested.join("B.twb")).expect("a copy");
    client.wait_until("it is found", |client| {
        client.lens_text(&path).contains("in 8 workbooks")
    });
}

#[test]
fn exposures_written_elsewhere_are_noticed() {
    let folder = project::copy("shop");
    let mut client = opened(folder.path());
    let path = folder.path().join(MODEL);
    let file = folder.path().join("models/exposures/tableau.yml");
    let without = |client: &mut Client| {
        client
            .actions(&path, (0, 0))
            .iter()
            .filter(|it| crate::support::server::action_title(it).starts_with("Write exposure"))
            .count()
    };
    let before = without(&mut client);
    let text = std::fs::read_to_string(&file).expect("YAML");
    std::fs::write(&file, "version: 2\n").expect("an edit by git");
    client.wait_until("one more is missing", |client| {
        without(client) == before + 1
    });
    std::fs::write(&file, text).expect("the old text");
    client.wait_until("it is back", |client| without(client) == before);
}

#[test]
fn a_hint_of_the_client_is_taken_at_once() {
    let folder = project::copy("shop");
    // The server itself would look once an hour.
    let setup = Setup::new(folder.path()).options(|it| it.poll = Duration::from_secs(3_600));
    let mut client = setup.start();
    let path = folder.path().join(MODEL);
    client.open(&path);
    let lens = client.lens_text(&path);
    let registered = client.expect("client/registerCapability", |_| true);
    let methods: Vec<&Value> = registered["registrations"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| &it["method"])
        .collect();
    assert_eq!(
        methods,
        [
            "workspace/didChangeWatchedFiles",
            "workspace/didChangeConfiguration"
        ]
    );
    let workbook = folder.path().join("tableau/Weekly Ops.twb");
    std::fs::remove_file(&workbook).expect("remove a workbook");
    let event = json!({ "changes": [{ "uri": uri(&workbook), "type": 3 }] });
    client.tell("workspace/didChangeWatchedFiles", event);
    client.wait_until("the lens has changed", |client| {
        client.lens_text(&path) != lens
    });
    let lens = client.lens_text(&path);
    std::fs::remove_file(folder.path().join("tableau/Churn.twbx")).expect("remove a workbook");
    client.tell(
        "textDocument/didSave",
        json!({ "textDocument": { "uri": uri(&path) } }),
    );
    client.wait_until("the lens has changed", |client| {
        client.lens_text(&path) != lens
    });
}

#[test]
fn a_quiet_disk_is_no_reason_to_do_anything() {
    let folder = project::copy("shop");
    let client = opened(folder.path());
    client.expect("workspace/codeLens/refresh", |_| true);
    settled(&client, |it| !it.projects.is_empty());
    let before = client.seen("exposureLens/status").len();
    std::thread::sleep(Duration::from_millis(500));
    let refreshes = client.seen("workspace/codeLens/refresh").len();
    assert!(refreshes <= 1, "{refreshes}");
    assert!(client.seen("exposureLens/status").len() <= before + 2);
}

#[test]
fn without_any_content_there_is_one_message_and_no_lens() {
    let folder = project::copy("shop");
    std::fs::remove_dir_all(folder.path().join("tableau")).expect("no workbooks");
    let mut client = opened(folder.path());
    let path = folder.path().join(MODEL);
    assert_eq!(client.lenses(&path), []);
    assert_eq!(client.hover(&path, (0, 0)), None);
    assert!(client.actions(&path, (0, 0)).is_empty());
    let said = client.expect_message();
    assert!(
        said.contains(".twb") && said.contains("tableau.files"),
        "{said}"
    );
    let status = settled(&client, |it| it.health == Health::Warning);
    assert!(said.ends_with(&status.message), "{said}");
    // Once in a session: nothing is said when another file is opened.
    let other = folder.path().join("models/marts/dim_vendors.sql");
    client.open(&other);
    assert_eq!(client.lenses(&other), []);
    // And it goes away by itself.
    let workbook = project::fixture("shop/tableau/Weekly Ops.twb");
    std::fs::create_dir(folder.path().join("tableau")).expect("a folder");
    std::fs::copy(workbook, folder.path().join("tableau/Weekly Ops.twb")).expect("a workbook");
    client.wait_until("the lens is there", |client| {
        client.lenses(&path).len() == 1
    });
    settled(&client, |it| it.health == Health::Ok);
}

#[test]
fn one_project_with_content_is_enough_for_the_session() {
    let home = tempfile::tempdir().expect("a folder");
    let (a, b) = (home.path().join("a"), home.path().join("b"));
    project::copy_folder(&project::fixture("shop"), &a);
    project::copy_folder(&project::fixture("shop"), &b);
    std::fs::remove_dir_all(b.join("tableau")).expect("no workbooks");
    let client = Setup::multi_root(&[&a, &b]).start();
    let status = settled(&client, |it| it.projects.len() == 2);
    assert_eq!(status.health, Health::Ok);
}

#[test]
fn usages_can_be_asked_for() {
    let folder = project::copy("shop");
    let mut client = opened(folder.path());
    let project = uri(folder.path());
    let params = json!({ "project": project, "node": "model.shop.fct_returns" });
    let usages = client.call("exposureLens/usages", params).expect("usages");
    assert_eq!(
        (&usages["version"], &usages["project"]),
        (&json!(1), &json!("shop"))
    );
    assert_eq!(usages["nodes"][0]["unique_id"], "model.shop.fct_returns");
    assert_eq!(
        usages["nodes"][0]["workbooks"].as_array().map(Vec::len),
        Some(2)
    );
    // What a document defines, and what stands at a place in it.
    let path = folder.path().join(MODEL);
    let all = client.call(
        "exposureLens/usages",
        json!({ "textDocument": { "uri": uri(&path) } }),
    );
    assert_eq!(
        all.expect("usages")["nodes"][0]["unique_id"],
        "model.shop.fct_orders"
    );
    let at = client
        .call("exposureLens/usages", at_place(&path, (8, 15)))
        .expect("usages");
    assert_eq!(
        at["nodes"][0]["unique_id"],
        "model.shop.int_orders_enriched"
    );
    // Nothing is known of what is not there.
    let gone = json!({ "project": project, "node": "model.shop.gone" });
    assert_eq!(
        client.call("exposureLens/usages", gone).expect("usages")["nodes"],
        json!([])
    );
    let elsewhere = json!({ "project": uri(Path::new("/nowhere")) });
    assert_eq!(
        client
            .call("exposureLens/usages", elsewhere)
            .expect("an answer"),
        Value::Null
    );
}

#[test]
fn settings_from_files_take_effect_while_it_runs() {
    let folder = project::copy("shop");
    let mut client = opened(folder.path());
    let path = folder.path().join(MODEL);
    assert_eq!(client.lenses(&path).len(), 1);
    let team = folder.path().join("exposure-lens.yml");
    std::fs::write(&team, "lens: {enabled: false}\n").expect("a file");
    client.wait_until("lenses are off", |client| client.lenses(&path).is_empty());
    std::fs::write(&team, "tableau: {files: ['tableau/Weekly*.twb']}\n").expect("a file");
    client.wait_until("one workbook", |client| {
        client.lens_text(&path).contains("in 1 workbook")
    });
    client.set_answer("window/showMessageRequest", Answer::Ok(Value::Null));
}

#[test]
fn a_project_file_that_breaks_keeps_the_last_good_view() {
    let folder = project::copy("shop");
    let mut client = opened(folder.path());
    let path = folder.path().join(MODEL);
    let lens = client.lens_text(&path);
    let file = folder.path().join("dbt_project.yml");
    let text = std::fs::read_to_string(&file).expect("YAML");
    std::fs::write(&file, "name: [").expect("broken");
    let status = settled(&client, |it| it.health == Health::Warning);
    assert!(
        status.message.contains("dbt_project.yml"),
        "{}",
        status.message
    );
    assert!(client.expect_message().contains("dbt_project.yml"));
    assert_eq!(client.lens_text(&path), lens);
    std::fs::write(&file, text).expect("mended");
    settled(&client, |it| it.health == Health::Ok);
}

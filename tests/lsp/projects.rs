//! Projects: found, nested, several at once, and their settings.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::project::{self, copy_folder};
use crate::support::server::{Answer, Client, Setup, uri};

const MODEL: &str = "models/marts/fct_orders.sql";

/// A folder with copies of fixtures below it.
fn workspace(places: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (fixture, place) in places {
        copy_folder(&project::fixture(fixture), &folder.path().join(place));
    }
    folder
}

fn n_lenses(client: &mut Client, path: &Path) -> usize {
    client.open(path);
    client.lenses(path).len()
}

#[test]
fn a_project_above_or_below_the_folder_is_found() {
    let home = workspace(&[("shop", "analytics/shop")]);
    let root = home.path().join("analytics/shop");
    for folder in [home.path(), &root, &root.join("models/marts")] {
        let client = Setup::new(folder).start();
        let status = client.expect_status(|it| it.quiescent && !it.projects.is_empty());
        assert_eq!(status.projects[0].name, "shop");
        assert_eq!(status.projects[0].uri.as_str(), uri(&root));
    }
}

#[test]
fn a_file_without_a_workspace_folder_finds_its_project() {
    let home = workspace(&[("shop", "shop")]);
    let mut client = Setup::multi_root(&[]).start();
    assert_eq!(
        n_lenses(&mut client, &home.path().join("shop").join(MODEL)),
        1
    );
}

#[test]
fn several_roots_each_answer_for_themselves() {
    let home = workspace(&[("shop", "a"), ("snow", "b")]);
    let (a, b) = (home.path().join("a"), home.path().join("b"));
    let mut client = Setup::multi_root(&[&a, &b]).leave_unread().start();
    client.open(&a.join(MODEL));
    client.open(&b.join(MODEL));
    assert!(
        client
            .lens_text(&a.join(MODEL))
            .contains("11 dashboards in 7 workbooks")
    );
    assert!(
        client
            .lens_text(&b.join(MODEL))
            .contains("probably 3 dashboards")
    );
    let status = client.expect_status(|it| it.quiescent && it.projects.len() == 2);
    // What is to be done about one of them is said with its name.
    let proposed = "snow: Tableau reads production's names";
    assert!(status.message.starts_with(proposed), "{}", status.message);
}

#[test]
fn many_projects_without_a_manifest_are_one_message() {
    let home = workspace(&[("shop", "a"), ("snow", "b")]);
    let (a, b) = (home.path().join("a"), home.path().join("b"));
    for root in [&a, &b] {
        std::fs::remove_dir_all(root.join("target")).expect("no manifest");
    }
    let mut client = Setup::multi_root(&[&a, &b]).leave_unread().start();
    client.open(&a.join(MODEL));
    client.open(&b.join(MODEL));
    let status = client.expect_status(|it| it.quiescent && it.projects.len() == 2);
    for project in &status.projects {
        let codes: Vec<&str> = project.problems.iter().map(|it| it.code.as_str()).collect();
        assert!(codes.contains(&"manifest_missing"), "{codes:?}");
    }
    let told = client.seen("window/showMessage");
    let told = told.iter().filter_map(|it| it["message"].as_str());
    let told: Vec<&str> = told.filter(|it| it.contains("no manifest at")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn a_file_belongs_to_its_nearest_project() {
    // Neither the one around it, nor the one whose name only starts alike.
    let home = workspace(&[("shop", "."), ("snow", "inner"), ("snow", "models_2")]);
    let mut client = Setup::new(home.path()).leave_unread().start();
    let (outer, inner) = (
        home.path().join(MODEL),
        home.path().join("inner").join(MODEL),
    );
    client.open(&outer);
    client.open(&inner);
    assert!(client.lens_text(&outer).contains("11 dashboards"));
    assert!(client.lens_text(&inner).contains("probably 3 dashboards"));
}

#[test]
fn packages_and_targets_are_no_projects() {
    let home = workspace(&[
        ("shop", "."),
        ("snow", "dbt_packages/snow"),
        ("snow", "target/x"),
    ]);
    let mut client = Setup::new(home.path()).start();
    let packaged = home.path().join("dbt_packages/snow").join(MODEL);
    assert_eq!(n_lenses(&mut client, &packaged), 0);
    assert_eq!(client.expect_quiescent().projects.len(), 1);
}

#[test]
fn folders_come_and_go() {
    let home = workspace(&[("shop", "a"), ("snow", "b")]);
    let (a, b) = (home.path().join("a"), home.path().join("b"));
    let client = Setup::new(&a).leave_unread().start();
    client.expect_status(|it| it.quiescent && it.projects.len() == 1);
    let folder = |path: &Path| json!({ "uri": uri(path), "name": "folder" });
    let event = json!({ "event": { "added": [folder(&b)], "removed": [] } });
    client.tell("workspace/didChangeWorkspaceFolders", event);
    client.expect_status(|it| it.quiescent && it.projects.len() == 2);
    let event = json!({ "event": { "added": [], "removed": [folder(&a)] } });
    client.tell("workspace/didChangeWorkspaceFolders", event);
    let status = client.expect_status(|it| it.quiescent && it.projects.len() == 1);
    assert_eq!(status.projects[0].name, "snow");
}

#[test]
fn a_project_that_appears_later_is_found() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join(MODEL);
    let mut client = Setup::new(home.path()).leave_unread().start();
    client.open_text(&path, "select 1");
    assert_eq!(client.lenses(&path), []);
    // While it is copied, its manifest may be missing.
    copy_folder(&project::fixture("shop"), home.path());
    client.wait_until("the project is found", |client| {
        client.lenses(&path).len() == 1
    });
}

#[test]
fn a_crowd_of_projects_loads_one_by_one() {
    let places: Vec<String> = (0..9).map(|n| format!("p{n}")).collect();
    let places: Vec<(&str, &str)> = places
        .iter()
        .map(|it| ("hostile/projects/tabs", it.as_str()))
        .collect();
    let home = workspace(&places);
    let mut client = Setup::new(home.path()).start();
    assert_eq!(client.expect_quiescent().projects.len(), 0);
    assert_eq!(
        n_lenses(&mut client, &home.path().join("p4/models/fct_orders.sql")),
        1
    );
    client.expect_status(|it| it.quiescent && it.projects.len() == 1);
}

#[test]
fn settings_are_taken_from_wherever_a_client_puts_them() {
    let folder = project::copy("shop");
    let off = json!({ "lens": { "enabled": false } });
    let count = |setup: Setup| {
        let mut client = setup.start();
        client.open(&folder.path().join(MODEL));
        client.wait_until("the setting is known", |client| {
            client.lenses(&folder.path().join(MODEL)).is_empty()
        });
    };
    let setup = || Setup::new(folder.path());
    // As initializationOptions, bare, wrapped and flat.
    count(setup().initialization_options(off.clone()));
    count(setup().initialization_options(json!({ "exposureLens": off })));
    count(setup().initialization_options(json!({ "exposureLens": { "lens.enabled": false } })));
    // As the answer to a question, which beats them.
    let pulled = setup().answer("workspace/configuration", Answer::Ok(json!([off, off])));
    count(pulled.initialization_options(json!({ "lens": { "enabled": true } })));
    // As the team's and the user's file.
    std::fs::write(
        folder.path().join("exposure-lens.yml"),
        "lens: {enabled: false}",
    )
    .expect("a file");
    count(setup());
    std::fs::remove_file(folder.path().join("exposure-lens.yml")).expect("no file");
    let user = folder.path().join("user.yml");
    std::fs::write(&user, "lens: {enabled: false}").expect("a file");
    count(setup().options(|it| it.user_file = Some(user.clone())));
}

#[test]
fn a_change_of_settings_counts_whatever_it_carries() {
    let folder = project::copy("shop");
    let path = folder.path().join(MODEL);
    let off = json!({ "lens": { "enabled": false } });
    let mut client = Setup::new(folder.path()).start();
    assert_eq!(n_lenses(&mut client, &path), 1);
    // The client is asked again.
    client.set_answer("workspace/configuration", Answer::Ok(json!([off, off])));
    client.tell(
        "workspace/didChangeConfiguration",
        json!({ "settings": null }),
    );
    client.wait_until("lenses are off", |client| client.lenses(&path).is_empty());
    client.set_answer("workspace/configuration", Answer::Ok(json!([null, null])));
    client.tell(
        "workspace/didChangeConfiguration",
        json!({ "settings": {} }),
    );
    client.wait_until("lenses are on", |client| client.lenses(&path).len() == 1);
    drop(client);
    // A client that cannot be asked says it at once.
    let setup = Setup::new(folder.path()).capability("/workspace/configuration", json!(false));
    let mut client = setup.start();
    assert_eq!(n_lenses(&mut client, &path), 1);
    client.tell(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "exposureLens": off } }),
    );
    client.wait_until("lenses are off", |client| client.lenses(&path).is_empty());
    client.tell(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "exposureLens": {} } }),
    );
    client.wait_until("lenses are on", |client| client.lenses(&path).len() == 1);
}

#[test]
fn each_folder_has_its_own_settings() {
    let home = workspace(&[("shop", "a"), ("shop", "b")]);
    let (a, b) = (home.path().join("a"), home.path().join("b"));
    let off = json!({ "lens": { "enabled": false } });
    let answer = Answer::Ok(json!([null, off, null]));
    let mut client = Setup::multi_root(&[&a, &b])
        .answer("workspace/configuration", answer)
        .start();
    let asked = client.expect("workspace/configuration", |_| true);
    let expected = json!({ "items": [
        { "section": "exposureLens" },
        { "scopeUri": uri(&a), "section": "exposureLens" },
        { "scopeUri": uri(&b), "section": "exposureLens" },
    ] });
    assert_eq!(asked, expected);
    client.open(&a.join(MODEL));
    client.open(&b.join(MODEL));
    client.wait_until("the first folder's are off", |client| {
        client.lenses(&a.join(MODEL)).is_empty()
    });
    assert_eq!(client.lenses(&b.join(MODEL)).len(), 1);
}

#[test]
fn a_wrong_setting_is_said_once_and_stops_nothing() {
    let folder = project::copy("shop");
    let wrong = json!({ "lens": { "enabld": true, "zero": "maybe" }, "tableau": 7 });
    let mut client = Setup::new(folder.path())
        .initialization_options(wrong)
        .start();
    assert_eq!(n_lenses(&mut client, &folder.path().join(MODEL)), 1);
    let said = client.expect_message();
    for part in ["did you mean `lens.enabled`", "lens.zero", "tableau"] {
        assert!(said.contains(part), "{said}");
    }
    let text = client.text(&folder.path().join(MODEL)).to_owned();
    client.set_text(&folder.path().join(MODEL), &text);
    client.tell(
        "workspace/didChangeConfiguration",
        json!({ "settings": Value::Null }),
    );
    client.lenses(&folder.path().join(MODEL));
    client.expect_quiescent();
}

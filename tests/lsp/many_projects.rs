//! Many projects in one repository: which are loaded, files that several of them read,
//! and odd ways to name a file.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::repository::{
    Generated, Repository, mesh_model, model_of_package, source, workbook,
};
use crate::support::server::{Client, Setup, at_place, uri};

const MODEL: &str = "models/m_0.sql";

/// The lens of a project's first model, which one dashboard reads directly.
#[track_caller]
fn check_lens(client: &mut Client, path: &Path) {
    let lens = client.lens_text(path);
    let expect = "1: Tableau: 1 dashboard in 1 workbook · 9 more downstream";
    assert!(lens.starts_with(expect), "{lens:?}");
}

fn repository(names: &[&str]) -> Repository {
    let repository = Repository::new();
    for name in names {
        repository.add(&Generated::new(name, name, 12));
    }
    repository
}

/// A server for which hardly any project has room.
fn tiny(repository: &Repository) -> Setup {
    Setup::new(repository.root()).options(|it| it.max_memory = 1 << 10)
}

#[test]
fn projects_without_open_files_make_room_and_load_again() {
    let repository = repository(&["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"]);
    let mut client = tiny(&repository).leave_unread().start();
    let status = client.expect_quiescent();
    assert_eq!(
        status.message,
        "9 projects, none loaded: open a file of one"
    );
    assert_eq!((status.memory.loaded, status.memory.known), (0, 9));
    let path = |name: &str| repository.at(name).join(MODEL);
    for name in ["p0", "p1", "p2"] {
        client.open(&path(name));
        check_lens(&mut client, &path(name));
        client.close(&path(name));
    }
    let status = client.expect_status(|it| it.quiescent && it.memory.loaded == 1);
    assert_eq!(status.projects.len(), 1);
    assert_eq!(status.projects[0].name, "p2");
    assert_eq!(status.memory.known, 9);
    client.open(&path("p0"));
    check_lens(&mut client, &path("p0"));
}

#[test]
fn projects_with_open_files_stay_and_the_status_says_what_they_take() {
    let repository = repository(&["p0", "p1"]);
    let mut client = tiny(&repository).leave_unread().start();
    for name in ["p0", "p1"] {
        client.open(&repository.at(name).join(MODEL));
    }
    for name in ["p0", "p1", "p0"] {
        check_lens(&mut client, &repository.at(name).join(MODEL));
    }
    let status = client.expect_status(|it| it.quiescent && it.memory.loaded == 2);
    let said = "the projects of open files take 1 MB of memory, more than the 1 MB that are meant";
    assert!(status.message.starts_with(said), "{}", status.message);
    assert!(status.memory.bytes > status.memory.bound);
}

#[test]
fn a_request_about_an_unloaded_project_loads_it() {
    let repository = repository(&["p0", "p1"]);
    let mut client = tiny(&repository).leave_unread().start();
    let ask = |client: &mut Client, name: &str| -> Value {
        let params = json!({
            "project": uri(&repository.at(name)), "node": format!("model.{name}.m_1"),
        });
        let answer = client.call("exposureLens/usages", params);
        let answer = answer.expect("it is answered");
        answer["nodes"][0]["workbooks"][0]["name"].clone()
    };
    client.expect_status(|it| it.quiescent && it.memory.known == 2);
    for name in ["p0", "p1", "p0", "p1"] {
        assert_eq!(ask(&mut client, name), json!(name));
    }
}

#[test]
fn a_search_says_once_where_it_did_not_look() {
    let repository = repository(&["p0", "p1"]);
    let mut client = tiny(&repository).start();
    client.open(&repository.at("p0").join(MODEL));
    check_lens(&mut client, &repository.at("p0").join(MODEL));
    client.expect_status(|it| it.quiescent && it.memory.loaded == 1);
    let search = |client: &mut Client| {
        let found = client.call("workspace/symbol", json!({ "query": "Dashboard 3" }));
        let found = found.expect("an answer");
        found.as_array().map_or(0, Vec::len)
    };
    let n_found = search(&mut client);
    assert!(n_found > 0);
    let said = client.expect_message();
    assert!(said.contains("looked into 1 of 2 projects"), "{said}");
    assert_eq!(search(&mut client), n_found);
}

#[test]
fn a_file_that_two_projects_read_is_answered_for_by_both() {
    let repository = Repository::new();
    let shares = "model-paths: [models, ../../sources]\n";
    let file = "../../sources/raw.yml";
    for (name, number) in [("core", 0), ("spark", 0), ("idle", 11)] {
        let place = format!("sub/{name}");
        let table = format!("{name}_{number}");
        let source = source(name, file, "events", [name, &table]);
        repository.add(&Generated::new(&place, name, 12).says(shares).with(source));
    }
    repository.add(&Generated::new("sub/alone", "alone", 12));
    let text = "sources:\n  - name: raw\n    tables:\n      - name: events\n";
    repository.write("sources/raw.yml", text);
    let mut client = Setup::new(repository.root()).leave_unread().start();
    let path = repository.at("sources/raw.yml");
    client.open(&path);
    client.wait_until("all projects answer", |client| {
        client.lenses(&path).len() == 2
    });
    let lenses = client.lens_text(&path);
    assert!(lenses.contains("Tableau (core, spark): 1"), "{lenses}");
    assert!(lenses.contains("Tableau (idle): "), "{lenses}");
    let (hover, _) = client.hover(&path, (3, 16)).expect("a hover");
    for name in ["`core`", "`spark`", "In `idle`:\n"] {
        assert!(hover.contains(name), "{hover}");
    }
    assert!(!hover.contains("alone"), "{hover}");
}

#[test]
fn a_local_packages_file_is_answered_for_by_those_who_use_it() {
    let repository = Repository::new();
    let packages = "packages:\n  - local: ../shared-pkg\n";
    for name in ["core", "spark"] {
        let model = model_of_package("common", "dim", ["shared", "dim"]);
        repository.add(&Generated::new(name, name, 12).with(model));
        repository.write(&format!("{name}/packages.yml"), packages);
    }
    repository.write("shared-pkg/dbt_project.yml", "name: common\n");
    repository.write("shared-pkg/models/dim.sql", "select 1\n");
    let workbook = workbook(&["[PROD].[SHARED].[DIM]".to_owned()]);
    repository.write("tableau/Shared.twb", &workbook);
    let mut client = Setup::new(repository.root()).leave_unread().start();
    let path = repository.at("shared-pkg/models/dim.sql");
    client.open(&path);
    client.wait_until("both projects answer", |client| {
        client.lens_text(&path).contains("Tableau (core, spark): ")
    });
    // The package alone has no manifest, and knows of no dashboard.
    assert_eq!(client.lenses(&path).len(), 1);
}

#[test]
fn a_model_of_another_mesh_project_is_no_file() {
    let repository = Repository::new();
    let mesh = mesh_model("platform", "dim_users");
    repository.add(&Generated::new("p", "p", 12).with(mesh));
    let mut client = Setup::new(repository.root()).leave_unread().start();
    let path = repository.at("p").join(MODEL);
    let text = "select * from {{ ref('platform', 'dim_users') }} join {{ ref('m_1') }}\n";
    client.open_text(&path, text);
    let mut go = |character: u32| {
        let params = at_place(&path, (0, character));
        client
            .call("textDocument/definition", params)
            .expect("an answer")
    };
    assert_eq!(go(24), json!([]));
    let found = go(62);
    let expected = uri(&repository.at("p/models/m_1.sql"));
    assert_eq!(found[0]["uri"], json!(expected), "{found}");
}

#[test]
fn a_file_is_known_however_its_address_is_written() {
    let repository = Repository::new();
    repository.add(&Generated::new("my repo/p (1)", "p", 12));
    let mut client = Setup::new(repository.root()).leave_unread().start();
    let path = repository.at("my repo/p (1)").join(MODEL);
    let spelled = uri(&path).replace("%28", "(").replace("%29", ")");
    let text = std::fs::read_to_string(&path).expect("a file");
    client.tell(
        "textDocument/didOpen",
        json!({
            "textDocument": { "uri": spelled, "languageId": "sql", "version": 1, "text": text }
        }),
    );
    check_lens(&mut client, &path);
}

#[cfg(unix)]
#[test]
fn a_file_opened_through_a_link_has_its_lens() {
    let repository = Repository::new();
    repository.add(&Generated::new("real/p", "p", 12));
    std::os::unix::fs::symlink(repository.at("real/p"), repository.at("link")).expect("a link");
    let mut client = Setup::new(&repository.at("link")).leave_unread().start();
    for path in [
        repository.at("link").join(MODEL),
        repository.at("real/p").join(MODEL),
    ] {
        client.open(&path);
        check_lens(&mut client, &path);
    }
}

#[test]
fn what_is_lost_with_a_file_is_told_and_taken_back() {
    let repository = repository(&["p"]);
    let path = repository.at("p").join(MODEL);
    let mut client = Setup::new(&repository.at("p")).start();
    client.open(&repository.at("p/models/m_5.sql"));
    assert_eq!(client.lenses(&repository.at("p/models/m_5.sql")).len(), 1);
    let text = std::fs::read_to_string(&path).expect("a file");
    std::fs::remove_file(&path).expect("it is there");
    let is_ours = |params: &Value| params["uri"] == json!(uri(&path));
    let said = client.expect("textDocument/publishDiagnostics", is_ours);
    let said = &said["diagnostics"][0];
    assert_eq!(said["code"], json!("deployed-relation-lost"), "{said}");
    std::fs::write(&path, text).expect("a file");
    let said = client.expect("textDocument/publishDiagnostics", is_ours);
    assert_eq!(said["diagnostics"], json!([]));
}

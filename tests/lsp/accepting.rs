//! Name rules that were worked out: asked about once, accepted for the team or for me.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::project;
use crate::support::server::{Answer, Client, Setup, uri};

const MODEL: &str = "models/marts/fct_orders.sql";
const RULE: &str = "schema dbt_alice_* → *";
const QUESTION: &str = "window/showMessageRequest";

/// The sample of a developer's names, with a user's file of its own.
struct Scene {
    folder: tempfile::TempDir,
    /// Where the user's own settings are.
    own: tempfile::TempDir,
}

impl Scene {
    fn new() -> Scene {
        Scene {
            folder: project::copy("snow"),
            own: tempfile::tempdir().expect("a folder"),
        }
    }

    fn user_file(&self) -> PathBuf {
        self.own.path().join("config.yml")
    }

    fn team_file(&self) -> PathBuf {
        self.folder.path().join("exposure-lens.yml")
    }

    fn model(&self) -> PathBuf {
        self.folder.path().join(MODEL)
    }

    /// A client whose user answers the questions with these buttons, one after the other.
    fn start(&self, button: &str) -> Client {
        let user_file = self.user_file();
        let setup = Setup::new(self.folder.path())
            .options(|it| it.user_file = Some(user_file))
            .capability("/workspace/applyEdit", json!(true))
            .answer(
                "workspace/applyEdit",
                Answer::Ok(json!({ "applied": true })),
            )
            .answer(QUESTION, Answer::Ok(json!({ "title": button })));
        let mut client = setup.start();
        client.open(&self.model());
        client
    }
}

fn question(client: &Client) -> String {
    let asked = client.expect(QUESTION, |_| true);
    asked["message"].as_str().expect("a text").to_owned()
}

/// Waits until nothing is only probable any more.
fn wait_until_known(client: &mut Client, model: &Path) {
    client.wait_until("the rule counts", |client| {
        let lens = client.lens_text(model);
        lens.contains("dashboard") && !lens.contains("probably")
    });
}

#[test]
fn a_proposal_is_asked_about_once_with_what_it_explains() {
    let scene = Scene::new();
    let mut client = scene.start("nothing");
    assert!(client.lens_text(&scene.model()).contains("probably"));
    let asked = question(&client);
    for part in [RULE, "would be found under", "only probable"] {
        assert!(asked.contains(part), "{asked}");
    }
    let text = client.text(&scene.model()).to_owned();
    client.set_text(&scene.model(), &format!("{text}\n-- more"));
    client.set_text(&scene.model(), &text);
    client.lens_text(&scene.model());
    client.expect_quiescent();
    assert_eq!(client.seen(QUESTION).len(), 1);
}

#[test]
fn what_i_accept_is_written_to_my_own_file_and_counts() {
    let scene = Scene::new();
    let mut client = scene.start("Only for me");
    wait_until_known(&mut client, &scene.model());
    question(&client);
    let said = client.expect_message();
    assert!(
        said.contains(&scene.user_file().display().to_string()),
        "{said}"
    );
    let text = std::fs::read_to_string(scene.user_file()).expect("it was written");
    assert!(text.contains("dbt_alice_*"), "{text}");
    assert!(
        !std::fs::read_to_string(scene.team_file())
            .expect("a file")
            .contains("alice")
    );
}

#[test]
fn what_the_team_accepts_is_an_edit_that_counts_once_it_is_saved() {
    let scene = Scene::new();
    let before = std::fs::read_to_string(scene.team_file()).expect("a file");
    let mut client = scene.start("Use for the team");
    let asked = client.expect("workspace/applyEdit", |_| true);
    question(&client);
    let said = client.expect_message();
    assert!(said.contains("once that is saved"), "{said}");
    let edit = serde_json::from_value(asked["edit"].clone()).expect("an edit");
    assert_eq!(client.apply(&edit), [scene.team_file()]);
    let after = std::fs::read_to_string(scene.team_file()).expect("a file");
    assert!(after.starts_with(&before), "{after}");
    wait_until_known(&mut client, &scene.model());
    assert!(!scene.user_file().exists());
}

#[test]
fn a_command_does_the_same_and_an_open_file_counts_as_it_stands() {
    let scene = Scene::new();
    let mut client = scene.start("nothing");
    assert!(client.lens_text(&scene.model()).contains("probably"));
    question(&client);
    let text = "# Ours.\nlens:\n  zero: false\n";
    client.open_text(&scene.team_file(), text);
    let about = json!({ "project": uri(scene.folder.path()) });
    let done = client.execute("exposureLens.acceptNamesForTeam", about.clone());
    assert_eq!(done, Ok(Value::Null));
    let asked = client.expect("workspace/applyEdit", |_| true);
    let edit = serde_json::from_value(asked["edit"].clone()).expect("an edit");
    client.apply(&edit);
    let after = client.text(&scene.team_file()).to_owned();
    assert!(
        after.starts_with(text) && after.contains("dbt_alice_*"),
        "{after}"
    );
    client.expect_message();
    // Once more changes nothing.
    client
        .execute("exposureLens.acceptNamesForTeam", about)
        .expect("it is known");
    let said = client.expect_message();
    assert!(said.contains("already"), "{said}");
}

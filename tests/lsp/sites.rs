//! Tableau's sites in the editor: fetched in the background, shown when they are there.
//!
//! The site is the stand-in for the sample project; the server finds a credential for
//! it in its environment, as machines have it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use exposure_lens::lsp::ext::{SiteStatus, StatusParams};
use serde_json::{Value, json};

use crate::support::server::{Answer, Client, Setup};
use crate::support::tableau::fault::Fault;
use crate::support::tableau::site::{TOKEN_NAME, TOKEN_SECRET};
use crate::support::tableau::{Running, Standin, shop};
use crate::support::{cli, project};

const MODEL: &str = "models/marts/fct_orders.sql";

/// The sample project without its workbook files, its site, and an editor's home.
pub(super) struct Scene {
    project: tempfile::TempDir,
    home: tempfile::TempDir,
    site: Running,
}

impl Scene {
    pub(super) fn new() -> Scene {
        let project = project::copy("shop");
        std::fs::remove_dir_all(project.path().join("tableau")).expect("the sample's workbooks");
        let site = Standin::start(shop::site());
        let settings = format!("tableau:\n  sites:\n    - url: \"{}\"\n", site.address());
        std::fs::write(project.path().join("exposure-lens.yml"), settings).expect("settings");
        Scene {
            project,
            home: tempfile::tempdir().expect("a temporary folder"),
            site,
        }
    }

    pub(super) fn folder(&self) -> &Path {
        self.project.path()
    }

    pub(super) fn model(&self) -> PathBuf {
        self.project.path().join(MODEL)
    }

    /// An editor whose environment signs in to the site.
    pub(super) fn setup(&self) -> Setup {
        self.setup_with(vec![
            ("TABLEAU_SITE_URL", self.site.address()),
            ("TABLEAU_PAT_NAME", TOKEN_NAME.to_owned()),
            ("TABLEAU_PAT_SECRET", TOKEN_SECRET.to_owned()),
        ])
    }

    fn setup_with(&self, mut env: Vec<(&'static str, String)>) -> Setup {
        env.extend(self.home());
        Setup::new(self.project.path()).options(|options| {
            options.env = std::sync::Arc::new(move |name| {
                let found = env.iter().find(|(it, _)| *it == name);
                found.map(|(_, value)| value.clone())
            });
        })
    }

    /// Signs in as a terminal does, and returns the exit code.
    fn login(&self, secret: &str) -> i32 {
        let args = ["login", &self.site.address(), "--stdin"];
        let input = format!("{TOKEN_NAME}\n{secret}\n");
        let env: Vec<(&str, String)> = self.home();
        let env: Vec<(&str, &str)> = env.iter().map(|(name, it)| (*name, &**it)).collect();
        cli::run_with_input(self.project.path(), &args, &env, &input).code
    }

    /// The folders of this editor's user.
    fn home(&self) -> Vec<(&'static str, String)> {
        let at = |name: &str| self.home.path().join(name).display().to_string();
        vec![
            ("EXPOSURE_LENS_CACHE_DIR", at("cache")),
            ("EXPOSURE_LENS_CONFIG_DIR", at("config")),
            ("EXPOSURE_LENS_KEYRING", "off".to_owned()),
            ("XDG_RUNTIME_DIR", at("run")),
        ]
    }

    pub(super) fn open(&self, setup: Setup) -> Client {
        let mut client = setup.start();
        client.open(&self.model());
        client
    }
}

fn site(status: &StatusParams) -> Option<&SiteStatus> {
    status.sites.first()
}

fn phase(client: &Client, wanted: &str) -> SiteStatus {
    let status = client.expect_status(|it| site(it).is_some_and(|it| it.phase == wanted));
    site(&status).expect("it was just there").clone()
}

fn hover(client: &mut Client, model: &Path) -> String {
    let hover = client.hover(model, (0, 0));
    hover.map(|(text, _)| text).unwrap_or_default()
}

pub(super) fn shows_dashboards(client: &mut Client, model: &Path) {
    client.wait_until("dashboards appear", |client| {
        client.lens_text(model).contains("dashboards in")
    });
}

#[test]
fn a_site_is_fetched_in_the_background_and_its_dashboards_appear() {
    let scene = Scene::new();
    let mut client = scene.open(scene.setup());
    shows_dashboards(&mut client, &scene.model());
    let fresh = phase(&client, "fresh");
    assert_eq!((fresh.workbooks, fresh.message), (6, None));
    assert_eq!(fresh.address, Some(scene.site.address()));
    assert!(fresh.fetched_at.is_some());
    client.expect("workspace/codeLens/refresh", |_| true);
    let hover = hover(&mut client, &scene.model());
    assert!(hover.contains("Sales Overview"), "{hover}");
    assert!(hover.contains("acme"), "{hover}");
}

#[test]
fn what_was_fetched_answers_at_the_next_start_and_no_host_is_asked() {
    let scene = Scene::new();
    let mut client = scene.open(scene.setup());
    shows_dashboards(&mut client, &scene.model());
    phase(&client, "fresh");
    drop(client);
    scene.site.forget_requests();
    let mut client = scene.open(scene.setup());
    shows_dashboards(&mut client, &scene.model());
    phase(&client, "fresh");
    assert_eq!(scene.site.requests().len(), 0);
}

#[test]
fn a_site_without_a_credential_is_named_once_and_never_asked() {
    let scene = Scene::new();
    let mut client = scene.open(scene.setup_with(Vec::new()));
    let message = client.expect_message();
    assert!(message.contains("exposure-lens login"), "{message}");
    let state = phase(&client, "not_signed_in");
    assert!(state.message.is_some_and(|it| it.contains("login")));
    assert_eq!(client.lens_text(&scene.model()), "");
    assert_eq!(scene.site.requests().len(), 0);
}

#[test]
fn signing_in_from_a_terminal_is_noticed() {
    let scene = Scene::new();
    let mut client = scene.open(scene.setup_with(Vec::new()).leave_unread());
    phase(&client, "not_signed_in");
    scene.login("wrong");
    assert_eq!(scene.login(TOKEN_SECRET), 0);
    shows_dashboards(&mut client, &scene.model());
    phase(&client, "fresh");
}

#[test]
fn offline_contacts_nothing_even_when_asked() {
    let scene = Scene::new();
    let setup = scene.setup().options(|options| options.offline = true);
    let mut client = scene.open(setup.leave_unread());
    phase(&client, "never_fetched");
    assert_eq!(pull(&mut client), 0);
    client
        .execute("exposureLens.pullNow", Value::Null)
        .expect("a command");
    client.expect("window/showMessage", |it| {
        it["message"]
            .as_str()
            .is_some_and(|it| it.contains("--offline"))
    });
    assert_eq!(scene.site.requests().len(), 0);
}

fn pull(client: &mut Client) -> u64 {
    let said = client.call("exposureLens/pull", Value::Null);
    said.expect("an answer")["fetching"]
        .as_u64()
        .expect("a number")
}

#[test]
fn answers_do_not_wait_for_a_fetch_and_the_user_can_cancel_it() {
    let scene = Scene::new();
    scene.site.script(Fault::hang().on_metadata());
    let mut client = scene.open(scene.setup().leave_unread());
    phase(&client, "fetching");
    let begun = client.expect("$/progress", |it| {
        let title = it["value"]["title"].as_str().unwrap_or_default();
        title.contains("fetching acme")
    });
    assert_eq!(begun["value"]["cancellable"], true);
    assert_eq!(hover(&mut client, &scene.model()), "");
    let token = json!({ "token": begun["token"] });
    client.tell("window/workDoneProgress/cancel", token);
    client.expect("$/progress", |it| {
        it["value"]["kind"] == "end" && it["token"] == begun["token"]
    });
    phase(&client, "never_fetched");
}

#[test]
fn a_failed_refresh_keeps_what_is_known_and_says_why() {
    let scene = Scene::new();
    let mut client = scene.open(scene.setup());
    shows_dashboards(&mut client, &scene.model());
    phase(&client, "fresh");
    scene.site.script(Fault::refused());
    assert_eq!(pull(&mut client), 1);
    let failed = phase(&client, "failed");
    assert_eq!(failed.workbooks, 6);
    assert!(failed.message.is_some());
    assert!(client.lens_text(&scene.model()).contains("dashboards in"));
    let answer = client.expect_message();
    assert!(answer.contains("acme on 127.0.0.1"), "{answer}");
}

#[test]
fn a_host_that_only_the_repository_names_is_asked_about_and_left_alone() {
    let scene = Scene::new();
    let url = format!("{}/snapshot", scene.site.url());
    let settings = format!("tableau:\n  snapshot: \"{url}\"\n");
    std::fs::write(scene.project.path().join("exposure-lens.yml"), settings).expect("settings");
    let answer = Answer::Ok(json!({ "title": "Not now" }));
    let setup = scene
        .setup_with(Vec::new())
        .answer("window/showMessageRequest", answer);
    let client = scene.open(setup.leave_unread());
    let asked = client.expect("window/showMessageRequest", |_| true);
    let question = asked["message"].as_str().unwrap_or_default().to_owned();
    assert!(question.contains("127.0.0.1"), "{question}");
    client.expect_quiescent();
    assert_eq!(scene.site.requests().len(), 0);
}

#[test]
fn a_fetch_that_takes_long_ends_with_the_session() {
    let scene = Scene::new();
    scene.site.set_delay(Duration::from_secs(600));
    let mut client = scene.open(scene.setup().leave_unread());
    phase(&client, "fetching");
    client.call("shutdown", Value::Null).expect("an answer");
    assert_eq!(client.exit(), 0);
}

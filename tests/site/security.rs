//! Who is never asked and where nothing is written: the program as a whole.
//!
//! [`super::hostile`] has what a repository names; here are redirects, certificates, the
//! hosts that are told of, and the ways out of a repository that are links.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::client::tls;
use super::machine::{Machine, codes};
use crate::support::server::Setup;
use crate::support::tableau::fault::Fault;
use crate::support::tableau::site::{TOKEN_NAME, TOKEN_SECRET};
use crate::support::tableau::{Running, Standin, shop};

fn token(secret: &str) -> String {
    format!("{TOKEN_NAME}\n{secret}\n")
}

fn site() -> Running {
    Standin::start(shop::site())
}

#[test]
fn no_command_follows_a_redirect_to_another_host() {
    let (running, other) = (site(), site());
    let machine = Machine::new();
    let login = ["login", &running.address(), "--stdin"];
    assert_eq!(machine.run_with_input(&login, &token(TOKEN_SECRET)).code, 0);
    // With the session that is there, and without one.
    for path in ["*/signin", "*/graphql", "*/serverInfo", "*"] {
        running.clear_script();
        running.script(Fault::redirect(&other.url()).on_path(path));
        for args in [&["pull"][..], &["pull", "--full"], &["doctor"]] {
            machine.run(args);
        }
        machine.run_with_input(&login, &token(TOKEN_SECRET));
    }
    let asked: Vec<String> = other.requests().into_iter().map(|it| it.path).collect();
    assert_eq!(asked, Vec::<String>::new());
}

#[test]
fn a_kept_credential_goes_to_no_other_host_port_or_site_of_the_same_name() {
    let (ours, theirs) = (site(), site());
    let machine = Machine::new();
    let login = ["login", &ours.address(), "--stdin"];
    assert_eq!(machine.run_with_input(&login, &token(TOKEN_SECRET)).code, 0);
    ours.forget_requests();
    let port = ours.socket().port();
    for other in [
        theirs.address(),
        format!("http://localhost:{port}/#/site/acme"),
        format!("http://127.0.0.2:{port}/#/site/acme"),
        format!("http://127.1:{port}/#/site/other"),
        format!("https://127.0.0.1:{port}/#/site/acme"),
        format!("http://127.0.0.1:{port}/#/site/ACME"),
        format!("http://127.0.0.1:{port}/#/site/other"),
        format!("http://127.0.0.1:{port}/#/home"),
    ] {
        let settings = format!("tableau: {{sites: [{{url: {other:?}}}]}}");
        machine.write("exposure-lens.yml", settings);
        for args in [&["pull"][..], &["pull", "--full"], &["usages"]] {
            machine.run(args);
        }
        let doctor = machine.json(&["doctor"]);
        assert_eq!(doctor["sites"][0]["state"], "not_signed_in", "{other}");
        assert_eq!(doctor["hosts"], json!([]), "{other}");
        assert_eq!(ours.requests().len(), 0, "{other}");
    }
    assert_eq!(theirs.requests().len(), 0);
}

/// Takes the repository's own word that a certificate need not be checked.
fn unchecked(address: &str) -> Value {
    let host = address.split('/').nth(2).expect("a host");
    json!({"tableau": {"insecure": [host, "127.0.0.1"], "ca_file": "ca.pem",
           "sites": [{"url": address}]}})
}

/// A site behind a certificate by an authority that nobody trusts, and that authority.
struct Untrusted {
    running: Running,
    address: String,
    authority: String,
    _runtime: tokio::runtime::Runtime,
}

impl Untrusted {
    fn start() -> Untrusted {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let running = site();
        let certified = tls::certified("127.0.0.1", "Nobody's");
        let address = runtime.block_on(tls::front(running.socket(), certified.config));
        Untrusted {
            running,
            address,
            authority: certified.authority_pem,
            _runtime: runtime,
        }
    }

    fn machine(&self) -> Machine {
        Machine::new()
            .with_variable("TABLEAU_SITE_URL", &self.address)
            .with_variable("TABLEAU_PAT_NAME", TOKEN_NAME)
            .with_variable("TABLEAU_PAT_SECRET", TOKEN_SECRET)
    }
}

#[test]
fn a_repository_s_word_does_not_switch_the_check_of_certificates_off() {
    let untrusted = Untrusted::start();
    let machine = untrusted.machine();
    machine.write("ca.pem", &untrusted.authority);
    machine.write(
        "exposure-lens.yml",
        unchecked(&untrusted.address).to_string(),
    );
    let said = machine.run(&["pull"]);
    assert!(
        said.out.contains("its certificate is not trusted"),
        "{}",
        said.out
    );
    assert_eq!(
        said.err
            .matches("may only be set in your own config.yml")
            .count(),
        2
    );
    let answer = machine.json(&["usages"]);
    let ignored = codes(&answer["problems"]);
    assert_eq!(
        ignored
            .iter()
            .filter(|it| **it == "setting_ignored")
            .count(),
        2
    );
    assert_eq!(untrusted.running.requests().len(), 0);
    // The user's own word does.
    let host = untrusted.address.split('/').nth(2).expect("a host");
    machine.write_config(&format!("tableau: {{insecure: ['{host}']}}"));
    assert_eq!(machine.run(&["pull"]).code, 0);
}

#[test]
fn an_editor_s_section_does_not_switch_it_off_either() {
    let untrusted = Untrusted::start();
    let machine = untrusted.machine();
    let pem = machine.project().join("ca.pem");
    machine.write("ca.pem", &untrusted.authority);
    let mut section = unchecked(&untrusted.address);
    section["tableau"]["ca_file"] = json!(pem);
    let env: Vec<(String, String)> = machine
        .env()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let setup = Setup::new(machine.project())
        .capability("/workspace/configuration", Value::Null)
        .initialization_options(section)
        .leave_unread()
        .options(|options| {
            options.env = std::sync::Arc::new(move |name| {
                let found = env.iter().find(|(it, _)| it == name);
                found.map(|(_, value)| value.clone())
            });
        });
    let mut client = setup.start();
    client.open(&machine.project().join("models/marts/fct_orders.sql"));
    let status = client.expect_status(|it| it.sites.first().is_some_and(|it| it.phase == "failed"));
    let message = status.sites[0].message.clone().unwrap_or_default();
    assert!(
        message.contains("its certificate is not trusted"),
        "{message}"
    );
    let said = client.seen("window/showMessage");
    let said: Vec<String> = said.iter().map(|it| it["message"].to_string()).collect();
    let warned = said.join("\n");
    assert_eq!(
        warned
            .matches("may only be set in your own config.yml")
            .count(),
        2,
        "{warned}"
    );
    assert_eq!(untrusted.running.requests().len(), 0);
}

#[test]
fn logging_out_after_everything_leaves_nothing_and_offline_asks_nobody() {
    let running = site();
    let machine = Machine::new();
    let address = running.address();
    let login = ["login", &address, "--stdin"];
    for offline in [false, true] {
        assert_eq!(machine.run_with_input(&login, &token(TOKEN_SECRET)).code, 0);
        assert_eq!(machine.run(&["pull"]).code, 0);
        running.forget_requests();
        let said = match offline {
            true => machine.run(&["--offline", "logout", &address]),
            false => machine.run(&["logout", &address]),
        };
        assert_eq!(said.code, 0, "{}", said.err);
        let left = machine.written().into_iter().map(|(path, _)| path);
        assert_eq!(left.collect::<Vec<PathBuf>>(), Vec::<PathBuf>::new());
        assert_eq!(running.requests().is_empty(), offline);
    }
}

/// What the program says of a repository with these settings, without the sample's own.
#[track_caller]
fn ignored(machine: &Machine, settings: &str) -> usize {
    machine.write("exposure-lens.yml", settings);
    let answer = machine.json(&["usages"]);
    let ignored = codes(&answer["problems"]);
    let n_files = machine.json(&["doctor"])["files"].as_array().map(Vec::len);
    assert_eq!(n_files, Some(0), "{settings}");
    ignored
        .iter()
        .filter(|it| **it == "setting_ignored")
        .count()
}

#[test]
fn settings_that_lead_out_of_the_repository_are_ignored() {
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let sample = crate::support::project::fixture("shop/tableau/Sales Overview.twb");
    std::fs::copy(sample, elsewhere.path().join("private.twb")).expect("a copy");
    let machine = Machine::new();
    let outside = elsewhere.path().display().to_string();
    for path in [
        "../**/*.twb",
        &format!("{outside}/*.twb"),
        "a/../../*.twb",
        r"\\evil\share\*.twb",
        "//evil/share/*.twb",
        r"C:\*.twb",
    ] {
        assert_eq!(
            ignored(&machine, &format!("tableau: {{files: ['{path}']}}")),
            1,
            "{path}"
        );
    }
    for path in [
        "../x.yml",
        &format!("{outside}/x.yml"),
        "models/../../x.yml",
        r"\\evil\share\x.yml",
        r"..\x.yml",
        r"C:\x.yml",
    ] {
        assert_eq!(
            ignored(&machine, &format!("exposures: {{path: '{path}'}}")),
            1,
            "{path}"
        );
    }
    assert_eq!(
        std::fs::read_dir(elsewhere.path())
            .expect("a folder")
            .count(),
        1
    );
}

/// What the editor is asked to change when the exposure of a workbook is written, or why not.
fn written(project: &Path) -> Result<Vec<PathBuf>, Value> {
    let mut client = Setup::new(project).leave_unread().start();
    let model = project.join("models/marts/fct_orders.sql");
    client.open(&model);
    let actions = client.actions(&model, (0, 0));
    let action = actions.iter().find(|it| {
        let title = crate::support::server::action_title(it);
        title.starts_with("Write exposure `weekly_ops`")
    });
    let action = json!(action.expect("it is offered"));
    let action = client.call("codeAction/resolve", action)?;
    let edit = serde_json::from_value(action["edit"].clone()).expect("an edit");
    Ok(client.apply(&edit))
}

#[cfg(unix)]
#[test]
fn an_exposure_is_not_written_through_a_link_out_of_the_repository() {
    use std::os::unix::fs::symlink;

    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let outside = elsewhere.path();
    std::fs::write(outside.join("there.yml"), "version: 2\n").expect("write");
    for (at, to) in [
        ("models/link", outside.to_owned()),
        ("models/link", outside.join("not-there")),
        ("models/link/new.yml", outside.join("there.yml")),
        ("models/link/new.yml", outside.join("new.yml")),
    ] {
        let project = crate::support::project::copy("shop");
        let root = project.path();
        let at = root.join(at);
        std::fs::create_dir_all(at.parent().expect("a folder")).expect("make a folder");
        symlink(&to, &at).expect("a link");
        let settings = "exposures: {path: models/link/new.yml}\n";
        std::fs::write(root.join("exposure-lens.yml"), settings).expect("settings");
        let refused = written(root).expect_err("it leads out");
        let reason = "models/link/new.yml cannot be read: it is a link that leads out of the \
                      repository or nowhere";
        assert_eq!(refused["message"], reason, "{}", to.display());
    }
    let there = std::fs::read_to_string(outside.join("there.yml")).expect("read");
    assert_eq!(there, "version: 2\n");
    assert_eq!(std::fs::read_dir(outside).expect("a folder").count(), 1);
    // A link that stays inside is the team's own affair.
    let project = crate::support::project::copy("shop");
    let root = project.path();
    symlink(root.join("models/exposures"), root.join("models/link")).expect("a link");
    let settings = "exposures: {path: models/link/new.yml}\n";
    std::fs::write(root.join("exposure-lens.yml"), settings).expect("settings");
    assert_eq!(
        written(root).expect("an edit"),
        [root.join("models/link/new.yml")]
    );
}

#[test]
fn doctor_lists_a_proxy_without_its_password() {
    let running = site();
    let machine = Machine::new()
        .signed_in(&running)
        .with_variable("https_proxy", "http://ana:pr0xyPassword@proxy.corp:3128")
        .with_variable("ALL_PROXY", "proxy.corp:3128");
    let said = machine.run(&["--offline", "doctor"]).out;
    assert_eq!(
        said.matches("proxy.corp:3128: the proxy that").count(),
        1,
        "{said}"
    );
    assert!(!said.contains("pr0xyPassword"), "{said}");
    let doctor = machine.json(&["--offline", "doctor"]);
    let site = running.socket().to_string();
    assert_eq!(doctor["hosts"], json!([site, "proxy.corp:3128"]));
}

//! Where a secret never is, and who is never asked: the program as a whole.
//!
//! [`super::hostile`] has what a repository names; here are the secrets, the redirects, the
//! certificates and the ways out of a repository that are links.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::client::tls;
use super::machine::{Machine, codes};
use crate::support::server::{Setup, frame};
use crate::support::tableau::fault::Fault;
use crate::support::tableau::site::{ConnectedApp, TOKEN_NAME, TOKEN_SECRET};
use crate::support::tableau::{Running, Standin, shop};

/// Every library's lines too.
const ALL: &str = "trace,exposure_lens=trace";
const WRONG_SECRET: &str = "wr0ngS3cretOfTheTest";
const APP_SECRET: &str = "c0nnectedAppS3cretOfTheTest";

fn token(secret: &str) -> String {
    format!("{TOKEN_NAME}\n{secret}\n")
}

/// The sample's site, with a connected app beside the token.
fn site() -> Running {
    let mut site = shop::site();
    site.connected_app = Some(ConnectedApp {
        client_id: "client".to_owned(),
        secret_id: "secret id".to_owned(),
        secret: APP_SECRET.to_owned(),
    });
    Standin::start(site)
}

fn app() -> String {
    let app = json!({
        "client_id": "client", "secret_id": "secret id", "secret": APP_SECRET, "user": "ann",
    });
    app.to_string()
}

/// Everything that was said and written, by where it was.
#[derive(Default)]
struct Seen {
    places: Vec<(String, Vec<u8>)>,
}

impl Seen {
    /// Runs a command with all of the log.
    fn run(&mut self, machine: &Machine, args: &[&str], input: &str) -> i32 {
        let args = [&["--log", ALL], args].concat();
        let said = machine.run_with_input(&args, input);
        let place = args.join(" ");
        self.places
            .push((format!("{place} > out"), said.out.into_bytes()));
        self.places
            .push((format!("{place} > err"), said.err.into_bytes()));
        said.code
    }

    /// Adds every file of the user's and the snapshot; unpacked where they are packed.
    fn add_files(&mut self, machine: &Machine, snapshot: &Path) {
        let bytes = std::fs::read(snapshot).expect("the snapshot");
        let files = machine.written().into_iter();
        for (path, bytes) in files.chain([(snapshot.to_owned(), bytes)]) {
            let place = path.display().to_string();
            if let Some(inside) = unpacked(&bytes) {
                self.places.push((format!("{place}, unpacked"), inside));
            }
            self.places.push((place, bytes));
        }
    }

    /// The places, other than `home`, where `secret` is.
    fn leaks(&self, secret: &str, home: &str) -> Vec<&str> {
        let holds = |bytes: &[u8]| {
            let mut windows = bytes.windows(secret.len());
            windows.any(|it| it == secret.as_bytes())
        };
        let places = self.places.iter();
        let leaks = places.filter(|(place, bytes)| !place.contains(home) && holds(bytes));
        leaks.map(|(place, _)| &**place).collect()
    }
}

/// What is behind the head of an envelope: a mark, a version, a checksum.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut inside = Vec::new();
    let mut packed = flate2::read::ZlibDecoder::new(bytes.get(42..)?);
    packed.read_to_end(&mut inside).ok().map(|_| inside)
}

/// The language server as an editor starts it: it fetches the site, and ends.
fn edit(machine: &Machine, seen: &mut Seen) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exposure-lens"));
    let mut server = command
        .args(["--log", ALL, "lsp"])
        .current_dir(machine.project())
        .envs(machine.env())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let root = crate::support::server::uri(machine.project());
    let mut stdin = server.stdin.take().expect("a pipe");
    for message in [
        json!({"id": 1, "method": "initialize", "params": {
            "capabilities": {}, "rootUri": root, "processId": null}}),
        json!({"method": "initialized", "params": {}}),
        json!({"id": 2, "method": "exposureLens/pull", "params": {}}),
        json!({"id": 3, "method": "shutdown"}),
        json!({"method": "exit"}),
    ] {
        let mut message = message;
        message["jsonrpc"] = json!("2.0");
        let answered = message["id"].as_i64();
        stdin.write_all(&frame(&message)).expect("it reads");
        if let Some(id) = answered.filter(|it| *it < 3) {
            let out = read_answer(&mut server, id);
            seen.places.push((format!("lsp > answer {id}"), out));
        }
    }
    let ended = server.wait_with_output().expect("it ends");
    seen.places.push(("lsp > out".to_owned(), ended.stdout));
    seen.places.push(("lsp > err".to_owned(), ended.stderr));
}

/// What it says, up to the answer to a request.
fn read_answer(server: &mut Child, id: i64) -> Vec<u8> {
    let out = server.stdout.as_mut().expect("it is piped");
    let mut all = Vec::new();
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            out.read_exact(&mut byte).expect("it says more");
            head.push(byte[0]);
        }
        let text = String::from_utf8(head).expect("a head");
        let length = text
            .lines()
            .find_map(|it| it.strip_prefix("Content-Length: "));
        let length = length.and_then(|it| it.parse().ok()).expect("a length");
        let mut body = vec![0; length];
        out.read_exact(&mut body).expect("a body");
        let message: Value = serde_json::from_slice(&body).expect("JSON");
        all.extend(body);
        if message["id"] == id && message["method"].is_null() {
            return all;
        }
    }
}

/// What the site was given, and what it gave: JWTs and the sessions' tokens.
fn secrets_of(running: &Running, seen: &Seen) -> Vec<(String, &'static str)> {
    let mut secrets = Vec::new();
    for request in running.requests() {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        if let Some(jwt) = body["credentials"]["jwt"].as_str() {
            secrets.push((jwt.to_owned(), "nowhere"));
        }
    }
    assert!(!secrets.is_empty(), "a JWT was used");
    let n_jwts = secrets.len();
    for (place, bytes) in &seen.places {
        let session: Value = match place.contains("sessions") {
            true => serde_json::from_slice(bytes).unwrap_or_default(),
            false => Value::Null,
        };
        if let Some(token) = session["token"].as_str() {
            secrets.push((token.to_owned(), "sessions"));
        }
    }
    assert!(secrets.len() > n_jwts, "a session was shared");
    secrets
}

#[test]
fn a_secret_is_where_it_is_kept_and_nowhere_else() {
    let running = site();
    let machine = Machine::new()
        .with_variable("RUST_BACKTRACE", "full")
        .with_variable("EXPOSURE_LENS_LOG", ALL);
    let address = running.address();
    let settings = format!("tableau: {{sites: [{{url: {address:?}, projects: ['**']}}]}}");
    machine.write("exposure-lens.yml", settings);
    let snapshot = machine.project().join("team.snapshot");
    let output = snapshot.display().to_string();
    let mut seen = Seen::default();
    let login = ["login", &address, "--stdin"];
    assert_eq!(seen.run(&machine, &login, &token(WRONG_SECRET)), 3);
    assert_eq!(seen.run(&machine, &login, &app()), 0);
    seen.run(&machine, &["pull"], "");
    seen.add_files(&machine, &machine.project().join("exposure-lens.yml"));
    assert_eq!(seen.run(&machine, &login, &token(TOKEN_SECRET)), 0);
    assert_eq!(
        seen.run(&machine, &["pull", "--full", "--output", &output], ""),
        0
    );
    seen.run(&machine, &["doctor"], "");
    seen.run(&machine, &["doctor", "--format", "json"], "");
    seen.run(&machine, &["usages"], "");
    seen.run(&machine, &["usages", &address], "");
    edit(&machine, &mut seen);
    running.script(Fault::session_ends());
    assert_eq!(seen.run(&machine, &["pull"], ""), 3);
    seen.add_files(&machine, &snapshot);
    seen.run(&machine, &["logout", &address], "");

    let logged = seen
        .places
        .iter()
        .any(|(_, it)| it.windows(5).any(|it| it == b"TRACE"));
    assert!(logged, "the log was on");
    let known = [
        (TOKEN_SECRET.to_owned(), "credentials.json"),
        ("ZmFrZVRva2VuU2VjcmV0".to_owned(), "credentials.json"),
        (APP_SECRET.to_owned(), "credentials.json"),
        (WRONG_SECRET.to_owned(), "nowhere"),
    ];
    for (secret, home) in secrets_of(&running, &seen).into_iter().chain(known) {
        assert_eq!(seen.leaks(&secret, home), Vec::<&str>::new(), "{home}");
    }
}

#[test]
fn what_a_server_repeats_of_a_credential_is_not_shown() {
    let error = json!({"summary": "Denied", "detail": TOKEN_SECRET, "code": "401001"});
    let error = json!({"error": error}).to_string();
    let echo = format!("cannot parse {{\"personalAccessTokenSecret\":\"{TOKEN_SECRET}\"}}");
    for (fault, shown) in [
        (Fault::body(401, "application/json", &error), "Denied: …"),
        (Fault::body(400, "text/plain", &echo), "cannot parse"),
        (Fault::body(500, "text/plain", &echo), "cannot parse"),
    ] {
        let running = site();
        running.script(fault.on_path("*/signin"));
        let machine = Machine::new().signed_in(&running);
        let login = ["login", &running.address(), "--stdin"];
        let login = machine.run_with_input(&login, &token(TOKEN_SECRET));
        assert!(login.err.contains(shown), "{}", login.err);
        let said = format!("{}{}", login.err, machine.run(&["pull"]).out);
        assert!(!said.contains(TOKEN_SECRET), "{said}");
        for (path, bytes) in machine.written() {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(TOKEN_SECRET), "{}", path.display());
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_process_has_a_secret_among_its_arguments_while_it_signs_in() {
    const SECRET: &str = "0nlyInTheArgumentsTest";

    let mut site = shop::site();
    site.tokens[0].secret = SECRET.to_owned();
    let running = Standin::start(site);
    running.script(Fault::hang().on_path("*/signin"));
    let machine = Machine::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_exposure-lens"))
        .args(["login", &running.address(), "--stdin"])
        .current_dir(machine.project())
        .envs(machine.env())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(token(SECRET).as_bytes()).expect("it reads");
    while !running.requests().iter().any(|it| it.body.contains(SECRET)) {
        assert!(child.try_wait().expect("a child").is_none(), "it signs in");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let all = std::fs::read_dir("/proc").expect("processes").flatten();
    let lines = all.filter_map(|it| std::fs::read(it.path().join("cmdline")).ok());
    let lines: Vec<String> = lines
        .map(|it| String::from_utf8_lossy(&it).replace('\0', " "))
        .collect();
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(
        lines.iter().any(|it| it.contains(&running.address())),
        "it was seen"
    );
    let told: Vec<&String> = lines.iter().filter(|it| it.contains(SECRET)).collect();
    assert_eq!(told, Vec::<&String>::new());
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
        let reason = "models/link/new.yml is a link out of the repository";
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

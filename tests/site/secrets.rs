//! Where a secret never is: the program as a whole, with all of its log.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::machine::Machine;
use crate::support::server::frame;
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

//! A team snapshot that has an address: who asks for it, how often, and with what.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::machine::{Machine, codes};
use crate::support::tableau::{Standin, shop};

/// A web server with one file, for this machine alone. It ends with the test's process.
struct Files {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    etag: &'static str,
    /// In place of the file.
    answer: Option<String>,
    requests: Vec<BTreeMap<String, String>>,
}

impl Files {
    fn start(bytes: Vec<u8>) -> Files {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State {
            bytes,
            etag: "\"one\"",
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away is no failure of the test.
                let _ = serve(stream, &shared);
            }
        });
        Files { address, state }
    }

    fn url(&self) -> String {
        format!("http://{}/team.snapshot?sig=s3cret", self.address)
    }

    fn edit(&self, edit: impl FnOnce(&mut State)) {
        edit(&mut self.state.lock().expect("no holder panics"));
    }

    fn requests(&self) -> Vec<BTreeMap<String, String>> {
        self.state
            .lock()
            .expect("no holder panics")
            .requests
            .clone()
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut headers = BTreeMap::new();
    while let Some(Ok(line)) = lines
        .next()
        .filter(|it| it.as_ref().is_ok_and(|it| !it.is_empty()))
    {
        let (name, value) = line.split_once(": ").unwrap_or((&line, ""));
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut state = state.lock().expect("no holder panics");
    let is_known = headers
        .get("if-none-match")
        .is_some_and(|it| it == state.etag);
    state.requests.push(headers);
    let head = match &state.answer {
        Some(answer) => return stream.write_all(answer.as_bytes()),
        None if is_known => "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".to_owned(),
        None => format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: {}\r\nContent-Length: {}\r\n\r\n",
            state.etag,
            state.bytes.len()
        ),
    };
    stream.write_all(head.as_bytes())?;
    stream.write_all(if is_known { &[] } else { &state.bytes })
}

fn snapshot() -> Vec<u8> {
    let running = Standin::start(shop::site());
    let machine = Machine::new().signed_in(&running);
    let said = machine.run(&["pull", "--output", "out", "--projects", "**"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    std::fs::read(machine.project().join("out")).expect("the snapshot")
}

/// A machine whose own settings name the address.
fn machine(files: &Files) -> Machine {
    let machine = Machine::new();
    machine.write_config(&format!("tableau: {{snapshot: {:?}}}", files.url()));
    machine
}

#[test]
fn it_is_fetched_once_and_then_only_when_it_has_changed() {
    let files = Files::start(snapshot());
    let machine = machine(&files);
    let answer = machine.json(&["pull"]);
    assert_eq!(answer["snapshot"]["changed"], true, "{answer}");
    let dashboards = machine.dashboards();
    assert!(!dashboards.is_empty());
    assert_eq!(files.requests().len(), 1, "answers ask nobody");
    let answer = machine.json(&["pull"]);
    assert_eq!(answer["snapshot"]["changed"], false, "{answer}");
    assert_eq!(files.requests()[1]["if-none-match"], "\"one\"");
    files.edit(|it| it.etag = "\"two\"");
    assert_eq!(machine.json(&["pull"])["snapshot"]["changed"], true);
    for request in files.requests() {
        let sent: Vec<&String> = request.keys().collect();
        for name in ["authorization", "x-tableau-auth", "cookie", "referer"] {
            assert!(!request.contains_key(name), "{sent:?}");
        }
    }
    let doctor = machine.json(&["doctor"]);
    assert_eq!(doctor["snapshot"]["verified"], true);
    assert!(
        !doctor.to_string().contains("s3cret"),
        "a query may be a secret"
    );
}

#[test]
fn the_last_good_one_stays_when_the_next_is_none() {
    let files = Files::start(snapshot());
    let machine = machine(&files);
    machine.run(&["pull"]);
    let good = machine.dashboards();
    let page = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 13\r\n\r\n<html></html>";
    let elsewhere = "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\n\
                     Location: http://192.0.2.1/x\r\n\r\n";
    let error = "HTTP/1.1 500 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    for answer in [page, elsewhere, error] {
        files.edit(|it| it.answer = Some(answer.to_owned()));
        let said = machine.run(&["pull"]);
        assert_eq!(said.code, 3, "{}", said.out);
        assert_eq!(machine.dashboards(), good);
        let usages = machine.json(&["usages"]);
        assert_eq!(codes(&usages["problems"]), ["snapshot_unavailable"]);
    }
    files.edit(|it| it.answer = None);
    assert_eq!(machine.run(&["pull"]).code, 0);
    let usages = machine.json(&["usages"]);
    assert_eq!(codes(&usages["problems"]), Vec::<String>::new());
}

#[test]
fn a_host_that_the_repository_names_is_asked_after_one_yes() {
    let files = Files::start(snapshot());
    let machine = Machine::new();
    machine.write(
        "exposure-lens.yml",
        format!("tableau: {{snapshot: {:?}}}", files.url()),
    );
    assert_eq!(machine.run(&["pull"]).code, 3);
    assert_eq!(files.requests().len(), 0);
    assert_eq!(machine.run(&["pull", "--yes"]).code, 0);
    assert_eq!(machine.run(&["pull"]).code, 0, "the yes is kept");
    assert_eq!(files.requests().len(), 2);
    machine.run(&["--offline", "pull"]);
    assert_eq!(files.requests().len(), 2);
}

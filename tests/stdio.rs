//! The language server as a program: exit codes, standard output.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::server::frame;

const PATIENCE: Duration = Duration::from_secs(30);

/// A running server, and the messages on its standard output as they come.
pub(crate) struct Program {
    child: Child,
    output: mpsc::Receiver<Value>,
    messages: Vec<Value>,
}

impl Program {
    fn start(arguments: &[&str]) -> Program {
        Program::run(command().args(arguments))
    }

    pub(crate) fn run(command: &mut Command) -> Program {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("it is piped");
        let (sender, output) = mpsc::channel();
        std::thread::spawn(move || read_messages(stdout, &sender));
        Program {
            child,
            output,
            messages: Vec::new(),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The result of a request.
    pub(crate) fn ask(&mut self, id: i64, method: &str, params: Value) -> Value {
        self.send(&message(id, method, params));
        loop {
            self.await_message();
            let last = self.messages.last_mut().expect("one has come");
            if last["method"].is_null() && last["id"] == id {
                return last["result"].take();
            }
        }
    }

    /// The parameters of the last message of a method.
    pub(crate) fn last(&self, method: &str) -> Option<&Value> {
        let mut ours = self.messages.iter().rev();
        ours.find(|it| it["method"] == method)
            .map(|it| &it["params"])
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        self.send(&frame(&message));
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let stdin = self.child.stdin.as_mut().expect("it is piped");
        stdin
            .write_all(bytes)
            .and_then(|()| stdin.flush())
            .expect("the program reads");
    }

    pub(crate) fn await_message(&mut self) {
        self.messages
            .push(self.output.recv_timeout(PATIENCE).expect("a message"));
    }

    /// Its exit code and its messages, when its input ends.
    pub(crate) fn hang_up(mut self) -> (Option<i32>, Vec<Value>) {
        drop(self.child.stdin.take());
        self.end()
    }

    /// Its exit code and its messages; its input stays open.
    fn end(mut self) -> (Option<i32>, Vec<Value>) {
        loop {
            match self.output.recv_timeout(PATIENCE) {
                Ok(message) => self.messages.push(message),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    self.child.kill().expect("it runs");
                    panic!("the program does not end; it said {:#?}", self.messages);
                }
            }
        }
        // Waiting would close its input; it has to end without that.
        let stdin = self.child.stdin.take();
        let status = self.child.wait().expect("it has ended");
        drop(stdin);
        assert_ne!(
            self.messages.last(),
            Some(&json!(NOISE)),
            "standard output holds only messages"
        );
        (status.code(), self.messages)
    }
}

/// The program, to be started.
pub(crate) fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_exposure-lens"))
}

const NOISE: &str = "something that is no message";

fn read_messages(stdout: impl Read, sender: &mpsc::Sender<Value>) {
    let mut output = BufReader::new(stdout);
    loop {
        match read_message(&mut output) {
            Some(Some(message)) => drop(sender.send(message)),
            Some(None) => return drop(sender.send(json!(NOISE))),
            None => return,
        }
    }
}

/// The next message; `Some(None)` for what is none, `None` at the end.
fn read_message(output: &mut impl BufRead) -> Option<Option<Value>> {
    let mut line = String::new();
    if output.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let length = line
        .strip_prefix("Content-Length: ")
        .and_then(|it| it.trim().parse::<usize>().ok());
    let mut empty = String::new();
    output.read_line(&mut empty).ok()?;
    let mut body = vec![0; length.filter(|_| empty == "\r\n").unwrap_or_default()];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).ok())
}

fn message(id: i64, method: &str, params: Value) -> Vec<u8> {
    frame(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
}

fn notification(method: &str) -> Vec<u8> {
    frame(&json!({ "jsonrpc": "2.0", "method": method }))
}

fn started(arguments: &[&str]) -> Program {
    let mut program = Program::start(arguments);
    program.send(&message(1, "initialize", json!({ "capabilities": {} })));
    program.await_message();
    program
}

#[test]
fn a_session_ends_well() {
    for arguments in [
        &["lsp"][..],
        &["lsp", "--stdio"],
        &["--log", "trace", "lsp"],
    ] {
        let mut program = started(arguments);
        program.send(&message(2, "shutdown", Value::Null));
        program.send(&notification("exit"));
        let (code, messages) = program.end();
        assert_eq!(code, Some(0), "{arguments:?}");
        let answers: Vec<&Value> = messages
            .iter()
            .filter(|it| it["method"].is_null())
            .collect();
        assert_eq!(answers.len(), 2, "{messages:#?}");
        assert_eq!(answers[0]["result"]["serverInfo"]["name"], "exposure-lens");
        assert_eq!(
            answers[1],
            &json!({ "jsonrpc": "2.0", "id": 2, "result": null })
        );
    }
}

#[test]
fn exit_without_shutdown_is_a_failure() {
    let mut program = started(&["lsp"]);
    program.send(&notification("exit"));
    assert_eq!(program.end().0, Some(1));
}

#[test]
fn it_ends_with_its_input() {
    assert_eq!(started(&["lsp"]).hang_up().0, Some(1));
    assert_eq!(Program::start(&["lsp"]).hang_up().0, Some(1));
}

#[test]
fn garbage_does_not_hang_it() {
    let mut program = Program::start(&["lsp"]);
    program.send(&[0xff; 50_000]);
    program.send(b"\r\n\r\nhello\r\n\r\n");
    program.send(&message(1, "initialize", json!({ "capabilities": {} })));
    program.send(b"Content-Length: 10\r\n\r\nnot a json");
    program.send(&message(2, "shutdown", Value::Null));
    program.send(&notification("exit"));
    let (code, messages) = program.end();
    assert_eq!((code, messages.len()), (Some(0), 2));
    let mut program = started(&["lsp"]);
    program.send(b"Content-Length: 100000\r\n\r\n{");
    assert_eq!(program.hang_up().0, Some(1));
}

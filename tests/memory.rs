//! What the language server takes of memory where a workspace has many projects.
//!
//! A process of its own, since memory is the process's. What the system says of it is
//! compared with what the server says of itself.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::stdio::{Program, command};
use crate::support::repository::{Generated, Repository};
use crate::support::server::uri;

const N_PROJECTS: usize = 16;
const N_MODELS: usize = 800;
const MIB: u64 = 1 << 20;
/// How much memory projects may take. Not all sixteen fit into it, and one does easily.
const BOUND: u64 = 64 * MIB;
/// The estimate may be wrong by this factor.
const FACTOR: u64 = 3;

/// A server on the repository, and a count of its requests.
struct Session {
    program: Program,
    id: i64,
}

impl Session {
    fn start(root: &Path, bound: u64) -> Session {
        let bound = (bound / MIB).to_string();
        let mut command: Command = command();
        let command = command
            .arg("lsp")
            .env("EXPOSURE_LENS_MAX_MEMORY_MB", bound)
            // As our editors start it: glibc else keeps memory apart for each of many threads,
            // and what it keeps was measured to go some 30 MiB over this small bound.
            .env("MALLOC_ARENA_MAX", "2")
            .env("EXPOSURE_LENS_CONFIG_DIR", root.join("no config"))
            .env("EXPOSURE_LENS_CACHE_DIR", root.join("no cache"));
        let mut session = Session {
            program: Program::run(command),
            id: 0,
        };
        session.ask(
            "initialize",
            json!({ "capabilities": {}, "rootUri": uri(root) }),
        );
        session.program.tell("initialized", json!({}));
        session
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.id += 1;
        self.program.ask(self.id, method, params)
    }

    /// Opens a model, asks for its lens and closes it.
    fn lens(&mut self, model: &Path) -> String {
        let text = std::fs::read_to_string(model).expect("a model");
        let document = json!({ "uri": uri(model) });
        let opened = json!({
            "uri": uri(model), "languageId": "sql", "version": 1, "text": text
        });
        let tell = |session: &mut Session, method: &str, document: &Value| {
            let params = json!({ "textDocument": document });
            session.program.tell(method, params);
        };
        tell(self, "textDocument/didOpen", &opened);
        let lenses = self.ask("textDocument/codeLens", json!({ "textDocument": document }));
        tell(self, "textDocument/didClose", &document);
        let title = &lenses[0]["command"]["title"];
        title.as_str().expect("a lens").to_owned()
    }

    /// What the server says of its memory, once that is `wanted` and nothing is being
    /// loaded: a number by its name.
    fn status(&mut self, wanted: impl Fn(&dyn Fn(&str) -> u64) -> bool) -> Value {
        loop {
            let last = self.program.last("exposureLens/status");
            if let Some(status) = last.filter(|it| it["quiescent"] == true) {
                let memory = &status["memory"];
                let number = |key: &str| memory[key].as_u64().expect("a number");
                if wanted(&number) {
                    return memory.clone();
                }
            }
            self.program.await_message();
        }
    }

    /// What the system says of it, in bytes.
    fn resident(&self) -> u64 {
        let path = format!("/proc/{}/status", self.program.id());
        let text = std::fs::read_to_string(path).expect("it runs");
        let line = text.lines().find_map(|it| it.strip_prefix("VmRSS:"));
        let number = line.and_then(|it| it.trim().strip_suffix(" kB"));
        let kilobytes: u64 = number.expect("a size").parse().expect("a number");
        kilobytes << 10
    }
}

fn model(repository: &Repository, n: usize) -> std::path::PathBuf {
    repository.at(&format!("sub/p{n}/models/m_0.sql"))
}

#[test]
fn sixteen_projects_opened_one_after_another_stay_under_the_bound() {
    let repository = Repository::new();
    for n in 0..N_PROJECTS {
        let (place, name) = (format!("sub/p{n}"), format!("p{n}"));
        repository.add(&Generated::new(&place, &name, N_MODELS));
    }
    let mut session = Session::start(repository.root(), BOUND);
    let expect = "Tableau: 1 dashboard in 1 workbook · 9 more downstream";
    let mut first = String::new();
    let mut base = 0;
    let mut most = 0;
    for n in 0..N_PROJECTS {
        let lens = session.lens(&model(&repository, n));
        assert!(lens.starts_with(expect), "{n}: {lens}");
        if n == 0 {
            first = lens;
            // One project with all that it takes to load one.
            base = session.resident();
        }
        most = most.max(session.resident());
    }
    let status = session.status(|number| number("bytes") <= BOUND && number("loaded") > 0);
    assert_eq!(status["known"], N_PROJECTS, "{status}");
    assert!(
        status["loaded"].as_u64() < Some(N_PROJECTS as u64),
        "{status}"
    );
    assert!(
        most <= base + BOUND,
        "{most} is more than {base} and the bound"
    );
    // What was unloaded answers as before.
    assert_eq!(session.lens(&model(&repository, 0)), first);
    session.program.hang_up();
}

#[test]
fn the_estimate_is_what_the_system_says_within_a_factor() {
    let repository = Repository::new();
    for n in 0..9 {
        let (place, name) = (format!("sub/p{n}"), format!("p{n}"));
        repository.add(&Generated::new(&place, &name, N_MODELS));
    }
    let mut session = Session::start(repository.root(), 1 << 40);
    session.lens(&model(&repository, 0));
    let said_before = bytes(&session.status(|number| number("loaded") == 1));
    let before = session.resident();
    for n in 1..9 {
        session.lens(&model(&repository, n));
    }
    let said = bytes(&session.status(|number| number("loaded") == 9)) - said_before;
    let grown = session.resident() - before;
    let is_near = said <= grown * FACTOR && grown <= said * FACTOR;
    assert!(is_near, "{said} is said, {grown} is taken");
    session.program.hang_up();
}

fn bytes(status: &Value) -> u64 {
    status["bytes"].as_u64().expect("a number")
}

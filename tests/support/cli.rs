//! The program, run and read.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a run said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program in `dir`, with no user settings and no variables of dbt's.
pub(crate) fn run(dir: &Path, args: &[&str]) -> Said {
    run_with(dir, args, &[])
}

pub(crate) fn run_with(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Said {
    said(start_with(dir, args, env))
}

/// Runs the program with something on its stdin.
pub(crate) fn run_with_input(dir: &Path, args: &[&str], env: &[(&str, &str)], input: &str) -> Said {
    let mut child = start(dir, args, env, Stdio::piped());
    let mut stdin = child.stdin.take().expect("a pipe");
    // It may end without reading everything.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    said(child)
}

fn said(child: Child) -> Said {
    let output = child.wait_with_output().expect("the program ends");
    Said {
        code: output.status.code().expect("an exit code"),
        out: String::from_utf8(output.stdout).expect("answers are UTF-8"),
        err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

/// Starts the program with its output kept, and does not wait for it.
pub(crate) fn start_with(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Child {
    start(dir, args, env, Stdio::null())
}

/// What a developer's machine may have set and a test must not see.
const UNSET: [&str; 14] = [
    "DBT_STATE",
    "DBT_DEFER_STATE",
    "DBT_ENGINE_STATE",
    "DBT_ENGINE_DEFER_STATE",
    "DBT_PROFILES_DIR",
    "DBT_TARGET",
    "TABLEAU_PAT_NAME",
    "TABLEAU_PAT_SECRET",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
];

fn start(dir: &Path, args: &[&str], env: &[(&str, &str)], stdin: Stdio) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exposure-lens"));
    for name in UNSET {
        command.env_remove(name);
    }
    command
        .args(args)
        .current_dir(dir)
        .env("EXPOSURE_LENS_CONFIG_DIR", dir.join("no-such-config"))
        .env("EXPOSURE_LENS_CACHE_DIR", dir.join("no-such-cache"))
        .env_remove("TABLEAU_SITE_URL")
        .env_remove("DBT_TARGET_PATH")
        .env_remove("DBT_ENGINE_TARGET_PATH")
        .env_remove("EXPOSURE_LENS_LOG")
        .envs(env.iter().copied())
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// The JSON answer of a run that ended well.
pub(crate) fn json(dir: &Path, args: &[&str]) -> serde_json::Value {
    let args: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
    let said = run(dir, &args);
    serde_json::from_str(&said.out)
        .unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.err))
}

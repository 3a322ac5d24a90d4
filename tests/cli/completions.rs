//! Completions and manual pages: made from the command line itself, and taken by the shells
//! and the reader that are here.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::cli::run;
use crate::support::project::root;

/// The subcommands that `--help` lists.
fn commands() -> Vec<String> {
    let help = run(root(), &["--help"]).out;
    let (_, listed) = help.split_once("Commands:\n").expect("a list of commands");
    let lines = listed.lines().take_while(|line| !line.is_empty());
    let names = lines.filter(|line| !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|it| *it != "help")
        .map(str::to_owned)
        .collect()
}

fn script(shell: &str) -> String {
    let said = run(root(), &["completions", shell]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{shell}");
    said.out
}

/// Whether a program takes `input`; `None` where the program is not here.
#[allow(clippy::print_stderr)]
fn takes(program: &str, args: &[&str], input: &str) -> Option<bool> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::piped());
    let Ok(mut child) = command.stdout(Stdio::null()).spawn() else {
        eprintln!("skipped: no {program}");
        return None;
    };
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("write");
    drop(stdin);
    Some(child.wait().expect("it ends").success())
}

#[test]
fn every_shell_has_a_script_with_every_command_in_it() {
    let commands = commands();
    assert!(commands.len() > 8, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = script(shell);
        for command in &commands {
            assert!(script.contains(command), "{shell}: {command}");
        }
        assert!(script.contains("unused"), "{shell}");
    }
    assert_eq!(run(root(), &["completions", "cmd"]).code, 2);
}

#[test]
fn the_shells_that_are_here_take_their_scripts() {
    for shell in ["bash", "zsh", "fish"] {
        let taken = takes(shell, &["-n"], &script(shell));
        assert_ne!(taken, Some(false), "{shell}");
    }
    assert_eq!(
        takes("bash", &["-n"], "if then"),
        Some(false),
        "bash judges"
    );
}

#[test]
fn every_command_has_a_page_and_the_programs_page_comes_to_stdout() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pages = folder.path().join("share/man1");
    let said = run(root(), &["man", "--output", &pages.to_string_lossy()]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let page = |name: &str| {
        let path = pages.join(name);
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    for command in commands() {
        let text = page(&format!("exposure-lens-{command}.1"));
        let title = format!(".TH exposure-lens-{command} 1");
        assert!(text.contains(&title), "{command}: {text}");
        check_page(&pages.join(format!("exposure-lens-{command}.1")));
    }
    let own = page("exposure-lens.1");
    assert!(own.contains("exposure\\-lens\\-usages(1)"), "{own}");
    check_page(&pages.join("exposure-lens.1"));
    assert_eq!(run(root(), &["man"]).out, own);
    // Whoever only uses the program needs neither.
    assert!(!commands().contains(&"man".to_owned()));
    assert!(!pages.join("exposure-lens-man.1").exists());
}

/// A reader shows the page without a word of warning, where one is here.
#[allow(clippy::print_stderr)]
fn check_page(page: &Path) {
    let path = page.to_string_lossy();
    let shown = Command::new("groff")
        .args(["-man", "-Tutf8", "-ww", "-z", &path])
        .output();
    match shown {
        Ok(shown) => {
            let said = String::from_utf8_lossy(&shown.stderr);
            assert!(shown.status.success() && said.is_empty(), "{path}: {said}");
        }
        Err(_) => eprintln!("skipped: no groff"),
    }
}

#[test]
fn what_cannot_be_written_is_said() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("taken");
    fs::write(&file, "").expect("write");
    let said = run(root(), &["man", "--output", &file.to_string_lossy()]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("cannot make"), "{}", said.err);
}

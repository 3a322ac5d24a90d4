//! What `server/docs/command-line.md` promises is what the program has.

use std::collections::BTreeSet;

use crate::support::cli::run;
use crate::support::project::{fixture, root};

fn docs() -> String {
    std::fs::read_to_string(root().join("server/docs/command-line.md")).expect("the docs")
}

#[test]
fn every_option_and_command_is_documented() {
    let docs = docs();
    for args in [
        &["--help"][..],
        &["usages", "--help"],
        &["inspect", "--help"],
        &["explain", "--help"],
        &["exposures", "--help"],
        &["doctor", "--help"],
        &["pull", "--help"],
        &["login", "--help"],
        &["logout", "--help"],
        &["completions", "--help"],
        &["man", "--help"],
        &["lsp", "--help"],
    ] {
        let help = run(&fixture("shop"), args).out;
        let options = help.split_whitespace().filter(|it| it.starts_with("--"));
        for option in options.filter(|it| !["--help", "--version"].contains(it)) {
            let option = option.trim_end_matches([',', '.', ']']);
            assert!(docs.contains(option), "{option}");
        }
        let (_, commands) = help.split_once("Commands:\n").unwrap_or_default();
        let commands = commands.lines().take_while(|line| !line.is_empty());
        // Descriptions go on in lines that are indented further.
        for line in commands.filter(|line| !line.starts_with("   ")) {
            let command = line.split_whitespace().next().unwrap_or("help");
            assert!(
                command == "help" || docs.contains(&format!("## `{command}")),
                "{command}"
            );
        }
    }
}

#[test]
fn the_help_of_a_command_starts_with_its_own_options() {
    for command in ["usages", "exposures", "pull", "doctor"] {
        let help = run(&fixture("shop"), &[command, "--help"]).out;
        let (own, shared) = help
            .split_once("Options of every command:")
            .expect("a heading");
        assert!(own.contains("      --"), "{command}: {own}");
        for option in [
            "--project-dir",
            "--config",
            "--log",
            "--offline",
            "--format",
        ] {
            let is_shared = shared.contains(&format!("      {option} ")) || option == "--offline";
            assert!(is_shared, "{command} {option}: {help}");
            assert!(
                !own.contains(&format!("      {option} ")),
                "{command} {option}: {help}"
            );
        }
    }
}

#[test]
fn every_code_is_documented() {
    let docs = docs();
    let mut codes: BTreeSet<String> = BTreeSet::new();
    for folder in [
        "exposure-lens/cli",
        "exposure-lens/workspace",
        "dbt/manifest",
        "dbt/project",
        "ide",
        "lineage",
    ] {
        let walk = ignore::WalkBuilder::new(root().join("server").join(folder)).build();
        let sources = walk
            .flatten()
            .filter(|it| it.path().extension().is_some_and(|it| it == "rs"));
        for source in sources {
            let text = std::fs::read_to_string(source.path()).expect("a source file");
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            codes.extend(codes_in(text));
        }
    }
    assert!(codes.len() > 25, "{codes:?}");
    for code in codes {
        assert!(docs.contains(&format!("`{code}`")), "{code}");
    }
}

/// What stands after `code: `, in an arm for a `GapCode` or a `Reason`, or first in a
/// call that states a problem, on the same line or on the next.
fn codes_in(text: &str) -> impl Iterator<Item = String> {
    let starts = ["code: \"", "GapCode::", "Reason::", "said(\"", "  add(\""];
    let calls = ["  add(", "self.problem("];
    let mut before = "";
    let lines = text.lines().filter(move |line| {
        let is_arm = line.contains("=> \"") || !line.contains("::");
        let is_first = calls.iter().any(|call| before.ends_with(call));
        before = line;
        is_first || is_arm && starts.iter().any(|start| line.contains(start))
    });
    let codes = lines.filter_map(|line| line.split('"').nth(1));
    // Names with a hyphen are diagnostics of the language server; words are none.
    codes
        .filter(|code| !code.contains(['-', ' ']))
        .map(str::to_owned)
}

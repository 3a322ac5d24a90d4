//! `exposures --diff`: a patch that other tools take, and that makes what `--write` makes.

use std::path::Path;
use std::process::Command;

use super::exposures::{read, two_workbooks, write};
use crate::support::cli::run;
use crate::support::project::copy_folder;

/// The exposure of `Ops` lacks a node, `Sales` has none; in a file of this text.
const OURS: &str = "\
exposures:
  - name: ops
    type: dashboard
    owner: {name: Ana}
    depends_on:
      - ref('orders')
    meta: {tableau: {file: Ops.twb}, colour: \"CONTROL\"}
";

/// A copy of a project, in a repository, with a diff applied by one of the tools.
pub(super) fn patched(
    project: &Path,
    diff: &str,
    program: &str,
    args: &[&str],
) -> tempfile::TempDir {
    let copied = tempfile::tempdir().expect("a temporary folder");
    // Below a repository's root, as projects often are.
    let init = Command::new("git")
        .args(["init", "-q"])
        .current_dir(&copied)
        .status();
    assert!(init.expect("git").success());
    let folder = copied.path().join("dbt/shop");
    copy_folder(project, &folder);
    std::fs::write(copied.path().join("x.diff"), diff).expect("write");
    let done = Command::new(program)
        .args(args)
        .arg("../../x.diff")
        .current_dir(&folder)
        .output()
        .expect(program);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program}: {said}\n{diff}");
    copied
}

/// The diff for a project with this file makes of it what `--write` makes.
#[track_caller]
fn check(name: &str, text: &str) {
    let project = two_workbooks();
    let settings = format!("exposures: {{path: {name:?}}}\n");
    write(project.path(), "exposure-lens.yml", settings);
    if !text.is_empty() {
        write(project.path(), name, text);
    }
    let said = run(project.path(), &["exposures", "--diff"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with("--- "), "{}{}", said.out, said.err);
    let by_git = patched(project.path(), &said.out, "git", &["apply"]);
    let by_patch = patched(
        project.path(),
        &said.out,
        "patch",
        &["-s", "--binary", "-p1", "-i"],
    );
    assert_eq!(run(project.path(), &["exposures", "--write"]).code, 0);
    let written = read(project.path(), name);
    assert_eq!(read(&by_git.path().join("dbt/shop"), name), written);
    assert_eq!(read(&by_patch.path().join("dbt/shop"), name), written);
    assert_eq!(run(project.path(), &["exposures", "--diff"]).out, "");
}

#[test]
fn git_and_patch_make_of_it_what_write_makes() {
    for text in [
        "",
        OURS,
        OURS.trim_end(),
        &OURS.replace('\n', "\r\n"),
        OURS.replace('\n', "\r\n").trim_end(),
        &format!("\u{feff}{OURS}"),
        &format!("{OURS}models: []\n# the end"),
    ] {
        check("models/exposures/tableau.yml", text);
    }
}

#[test]
fn a_path_may_have_blanks_and_letters() {
    check("models/our own é/all of it.yml", OURS);
    check("models/our own é/new.yml", "");
}

#[test]
fn invisible_characters_of_a_file_stay_in_a_patch() {
    let text = OURS.replace("CONTROL", "\u{202e}a\u{200b}b\u{ad}");
    check("models/x.yml", &text);
}

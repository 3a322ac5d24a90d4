//! Broken projects: a clear message each, and the right exit code.

use std::fs;

use expect_test::{Expect, expect};

use crate::support::cli::{json, run};
use crate::support::project::{copy, fixture};

/// What `usages` says on stderr, and its exit code.
#[track_caller]
fn check(project: &std::path::Path, expect: Expect) {
    let said = run(project, &["usages"]);
    expect.assert_eq(&format!("{}exit code {}", said.err, said.code));
}

#[test]
fn no_project_at_all() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    check(
        folder.path(),
        expect![[r#"
        error: no dbt_project.yml here or above; name the project with --project-dir
        exit code 3"#]],
    );
}

#[test]
fn above_the_projects_of_a_repository_they_are_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for project in ["ops", "data/trans form"] {
        let project = folder.path().join(project);
        fs::create_dir_all(&project).expect("a folder");
        fs::write(project.join("dbt_project.yml"), "name: shop\n").expect("write");
    }
    // Nothing is looked for in a home folder.
    check(
        folder.path(),
        expect![[r#"
            error: no dbt_project.yml here or above; name the project with --project-dir
            exit code 3"#]],
    );
    fs::create_dir(folder.path().join(".git")).expect("a repository");
    check(
        folder.path(),
        expect![[r#"
            error: no dbt_project.yml here or above; name the project with --project-dir: data/trans form, ops
            exit code 3"#]],
    );
}

#[test]
fn no_manifest() {
    let project = copy("shop");
    fs::remove_dir_all(project.path().join("target")).expect("remove");
    check(
        project.path(),
        expect![[r#"
            note: no manifest at target/manifest.json, so that the project's files are read: run `dbt parse`, or name one with `dbt.manifest`
            exit code 0"#]],
    );
}

#[test]
fn a_manifest_that_is_empty_cut_or_something_else() {
    let project = copy("shop");
    let path = project.path().join("target/manifest.json");
    let whole = fs::read(&path).expect("read");
    let catalog = br#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"}}"#;
    let check = |bytes: &[u8], expect: Expect| {
        fs::write(&path, bytes).expect("write");
        check(project.path(), expect);
    };
    check(
        b"",
        expect![[r#"
            note: cannot read the manifest at target/manifest.json: the manifest is empty; run `dbt parse` to write it anew
            exit code 0"#]],
    );
    check(
        &whole[..50_000],
        expect![[r#"
            note: cannot read the manifest at target/manifest.json: the manifest breaks off after 50000 bytes; run `dbt parse` to write it anew
            exit code 0"#]],
    );
    check(
        b"<html></html>",
        expect![[r#"
            note: cannot read the manifest at target/manifest.json: the manifest is not JSON: expected value at line 1 column 1; run `dbt parse` to write it anew
            exit code 0"#]],
    );
    check(
        catalog,
        expect![[r#"
            note: cannot read the manifest at target/manifest.json: this is not a dbt manifest but dbt's catalog.json; run `dbt parse` to write it anew
            exit code 0"#]],
    );
}

#[test]
fn a_manifest_of_another_project() {
    let project = copy("shop");
    let other = fixture("snow/target/manifest.json");
    fs::copy(other, project.path().join("target/manifest.json")).expect("copy");
    check(
        project.path(),
        expect![[r#"
            note: the manifest at target/manifest.json is of project `snow`, not of `shop`: run `dbt parse` here
            exit code 0"#]],
    );
}

#[test]
fn no_tableau_content_is_no_zero() {
    let project = copy("shop");
    fs::remove_dir_all(project.path().join("tableau")).expect("remove");
    check(
        project.path(),
        expect![[r#"
        note: no Tableau content found: sign in to a site with `exposure-lens login URL` and run `exposure-lens pull`, name a team snapshot with `tableau.snapshot`, or put .twb, .twbx, .tds or .tdsx files into the repository or name them with `tableau.files` (files that Git ignores are left out)
        exit code 3"#]],
    );
    let said = run(project.path(), &["usages", "fct_orders"]);
    assert!(!said.out.contains("no dashboards"), "{}", said.out);
    assert_eq!(run(project.path(), &["usages", "--unused"]).code, 3);
    let answer = crate::support::cli::json(project.path(), &["usages", "fct_orders"]);
    assert_eq!(answer["nodes"][0]["complete"], false);
}

#[test]
fn a_project_file_that_is_no_yaml() {
    let project = copy("shop");
    fs::write(project.path().join("dbt_project.yml"), "name: [\n").expect("write");
    let said = run(project.path(), &["usages"]);
    assert_eq!(said.code, 3);
    assert!(
        said.err.contains("dbt_project.yml is not valid YAML: "),
        "{}",
        said.err
    );
}

#[test]
fn exposures_in_a_file_that_is_no_yaml() {
    let project = copy("shop");
    let path = project.path().join("models/exposures/tableau.yml");
    let text = fs::read_to_string(&path).expect("read");
    fs::write(&path, text.replace("  - name: sales", "\t- name: sales")).expect("write");
    let said = run(project.path(), &["usages", "Sales Overview"]);
    expect![[r#"
        note: exposures in models/exposures/tableau.yml are taken from the manifest, if at all: line 7 is not valid YAML: it is indented with a tab; YAML takes spaces only
    "#]].assert_eq(&said.err);
    assert!(said.out.contains("exposure sales_overview"), "{}", said.out);
}

#[test]
fn a_settings_file_that_is_named_is_there() {
    let said = run(&fixture("shop"), &["usages", "--config", "nowhere.yml"]);
    assert_eq!(said.code, 2);
    expect![[r#"
        error: no settings file at nowhere.yml
    "#]]
    .assert_eq(&said.err);
}

#[test]
fn exposures_are_written_where_dbt_reads_them() {
    let project = copy("shop");
    let settings = project.path().join("exposure-lens.yml");
    for (path, is_read) in [
        ("models/tableau.yml", true),
        ("./models/{project}/{workbook}.yaml", true),
        ("tableau.yml", false),
        ("models/tableau.json", false),
    ] {
        fs::write(&settings, format!("exposures: {{path: \"{path}\"}}\n")).expect("write");
        let said = run(project.path(), &["doctor"]);
        assert_eq!(
            !said.out.contains("dbt reads no exposures from"),
            is_read,
            "{path}: {}",
            said.out
        );
    }
}

#[cfg(unix)]
#[test]
fn a_manifest_of_the_teams_stays_in_the_repository() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    let project = copy("shop");
    let at = |name: &str| project.path().join(name);
    fs::rename(at("target/manifest.json"), outside.path().join("m.json")).expect("move");
    std::os::unix::fs::symlink(outside.path().join("m.json"), at("m.json")).expect("link");
    fs::write(at("exposure-lens.yml"), "dbt: {manifest: m.json}\n").expect("write");
    let said = run(project.path(), &["usages"]);
    let answer = json(project.path(), &["usages"]);
    assert!(answer["manifest"].is_null(), "{}", answer["manifest"]);
    assert!(
        said.err
            .contains("`dbt.manifest` is a link out of the repository"),
        "{}",
        said.err
    );
}

#[test]
fn settings_never_stop_an_answer() {
    let project = copy("shop");
    fs::write(
        project.path().join("exposure-lens.yml"),
        "lense: 1\nlens: {zero: maybe}\n",
    )
    .expect("write");
    check(
        project.path(),
        expect![[r#"
        note: exposure-lens.yml: `lens.zero` takes true or false; it is ignored
        note: exposure-lens.yml: unknown setting `lense`
        exit code 0"#]],
    );
}

#[test]
fn awkward_paths_are_paths() {
    for name in ["with space", "with#hash", "with[x]", "with é", "100%25"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let project = folder.path().join(name);
        crate::support::project::copy_folder(&fixture("shop"), &project);
        let said = run(&project, &["usages", "dim_vendors"]);
        assert!(
            said.out.contains("no dashboards in 17 workbook files"),
            "{name}: {}{}",
            said.out,
            said.err
        );
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_exposure-lens"))
        .args(["usages", "--format", "json"])
        .current_dir(fixture("shop"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn wrong_use_is_exit_code_2() {
    for args in [
        &["usages", "--no-such"][..],
        &["inspect"],
        &["nonsense"],
        &[],
    ] {
        assert_eq!(run(&fixture("shop"), args).code, 2, "{args:?}");
    }
    assert_eq!(run(&fixture("shop"), &["--version"]).code, 0);
    assert_eq!(
        run(&fixture("shop"), &["usages", "no_such_node_anywhere"]).code,
        2
    );
}

//! Whatever is not known keeps an empty answer from being a zero.

use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};

use super::given::{Reads, workbook};
use crate::support::cli::{json, run};
use crate::support::project::{copy, fixture};

/// What is missing for a model that nothing reads, and that no zero is shown of it.
#[track_caller]
fn check(project: &Path, expect: Expect) {
    let answer = json(project, &["usages", "dim_vendors"]);
    let node = &answer["nodes"][0];
    assert_eq!(node["complete"], false, "{node:#}");
    let missing = node["missing"].as_array().expect("a list");
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let lines = missing.iter();
    let lines: Vec<String> = lines
        .map(|it| format!("{}: {}", text(&it["code"]), text(&it["message"])))
        .collect();
    expect.assert_eq(&lines.join("\n"));
    let said = run(project, &["usages", "dim_vendors"]);
    assert!(said.out.contains("use unknown"), "{}", said.out);
    assert!(run(project, &["usages"]).out.contains("incomplete"));
    let unused = run(project, &["usages", "--unused", "--format", "json"]);
    assert_eq!(
        (unused.code, unused.out.as_str()),
        (3, ""),
        "{}",
        unused.err
    );
}

#[test]
fn a_file_that_cannot_be_read() {
    let project = copy("shop");
    fs::copy(
        fixture("hostile/workbooks/picture.twb"),
        project.path().join("tableau/picture.twb"),
    )
    .expect("copy");
    check(
        project.path(),
        expect!["file_unreadable: 1 file could not be read (tableau/picture.twb)"],
    );
    let said = run(project.path(), &["usages", "tableau/picture.twb"]);
    assert_eq!(said.code, 3);
    expect![[r#"
        note: tableau/picture.twb: cannot read a workbook or datasource: this is a PNG image
    "#]]
    .assert_eq(&said.err);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere() {
    let project = copy("shop");
    std::os::unix::fs::symlink("gone.twb", project.path().join("tableau/link.twb")).expect("link");
    check(
        project.path(),
        expect!["file_unreadable: 1 file could not be read (tableau/link.twb)"],
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_looked_into() {
    use std::os::unix::fs::PermissionsExt;

    let project = copy("shop");
    let folder = project.path().join("secret");
    fs::create_dir(&folder).expect("make a folder");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).expect("forbid");
    if fs::read_dir(&folder).is_ok() {
        return; // The test runs as root, to whom nothing is forbidden.
    }
    check(
        project.path(),
        expect!["file_unreadable: 1 folder could not be looked into (secret/)"],
    );
}

#[test]
fn definitions_of_the_manifest_that_make_no_sense() {
    let project = copy("shop");
    let path = project.path().join("target/manifest.json");
    let text = fs::read_to_string(&path).expect("read");
    let broken = text.replacen("\"nodes\": {", "\"nodes\": {\"model.shop.x\": 7,", 1);
    assert_ne!(broken, text);
    fs::write(&path, broken).expect("write");
    check(
        project.path(),
        expect!["manifest_definitions_skipped: 1 definition of the manifest could not be read"],
    );
    let answer = json(project.path(), &["usages"]);
    assert_eq!(
        answer["problems"].as_array().map(Vec::len),
        Some(1),
        "{:#}",
        answer["problems"]
    );
}

#[test]
fn datasources_without_a_workbook() {
    let project = copy("shop");
    for entry in fs::read_dir(project.path().join("tableau")).expect("list") {
        let path = entry.expect("list").path();
        if path
            .extension()
            .is_some_and(|it| it == "twb" || it == "twbx")
        {
            fs::remove_file(path).expect("remove");
        }
    }
    check(
        project.path(),
        expect!["no_workbooks: no workbook was found, only datasources"],
    );
}

#[test]
fn tables_of_which_none_is_dbts() {
    let project = copy("shop");
    let tableau = project.path().join("tableau");
    fs::remove_dir_all(&tableau).expect("remove");
    fs::create_dir(&tableau).expect("make a folder");
    let reads = [Reads::Table("[prod].[orders]")];
    workbook(&tableau, "W", &[("duckdb_jdbc", "dbname='shop'", &reads)]);
    check(
        project.path(),
        expect![
            "nothing_matches: none of Tableau's tables is one that dbt builds here: the manifest may be of another target"
        ],
    );
    let said = run(project.path(), &["usages", "dim_vendors"]);
    expect![[r#"
        note: few of Tableau's tables are relations of the project, whose names may be of a developer's target: name a manifest of production with `dbt.production_manifest`, or write a rule for names with `dbt.map`
    "#]].assert_eq(&said.err);
}

#[test]
fn workbooks_beside_a_manifest_that_is_named() {
    let project = copy("shop");
    let at = |name: &str| project.path().join(name);
    fs::rename(at("target/manifest.json"), at("tableau/manifest.json")).expect("move");
    fs::write(
        at("exposure-lens.yml"),
        "dbt: {manifest: tableau/manifest.json}\n",
    )
    .expect("write");
    let answer = json(project.path(), &["usages"]);
    assert_eq!(answer["content"][0]["workbooks"], 17);
}

#[cfg(unix)]
#[test]
fn a_linked_folder_outside_of_the_repository_is_named() {
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let project = copy("shop");
    std::os::unix::fs::symlink(elsewhere.path(), project.path().join("bi")).expect("link");
    let said = run(project.path(), &["usages", "dim_vendors"]);
    expect![[r#"
        note: bi leads out of the repository and is not looked through
    "#]]
    .assert_eq(&said.err);
}

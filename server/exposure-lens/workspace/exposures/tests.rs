use std::fs;

use expect_test::{Expect, expect};

use super::*;
use crate::config::Settings;
use crate::workspace::project;

/// A project of these files, as it is opened.
fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, ProjectFiles) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in [&("dbt_project.yml", "name: shop\n")]
        .into_iter()
        .chain(files)
    {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("make a folder");
        fs::write(path, text).expect("write");
    }
    let opened = project::open(folder.path(), &Settings::default(), &|_| None);
    (folder, opened.expect("a project"))
}

fn collected(project: &ProjectFiles) -> Collected {
    let manifest = project::read_manifest(project).ok();
    let (files, unseen) = YamlPlaces::of(project).files();
    let read = manifest.as_ref().map(|it| it.read.nodes.clone());
    let nodes = Nodes::new("shop", read.unwrap_or_default());
    let mut all = collect(project, manifest.as_ref(), &nodes, &files, &|_| None);
    all.add_unseen(unseen);
    all
}

/// Each exposure with its file, then what is not known.
#[track_caller]
fn check(files: &[(&str, &str)], expect: Expect) {
    let (_folder, project) = project(files);
    let all = collected(&project);
    let state = |it: &Exposure| if it.enabled { "" } else { " (disabled)" };
    let exposures = all.exposures.iter();
    let lines = exposures.map(|it| format!("{} in {}{}\n", it.name, it.path, state(it)));
    let problems = all.problems.iter().map(|it| format!("{}\n", it.message));
    expect.assert_eq(&lines.chain(problems).collect::<String>());
}

fn list(name: &str) -> String {
    format!("exposures:\n  - name: {name}\n    type: dashboard\n    owner: {{name: x}}\n")
}

/// A manifest with an enabled exposure `on` and a disabled one `off`, in `path`.
fn manifest(path: &str) -> String {
    let exposure = |name: &str| {
        serde_json::json!({
            "unique_id": format!("exposure.shop.{name}"),
            "resource_type": "exposure",
            "package_name": "shop",
            "name": name,
            "original_file_path": path,
            "owner": {"name": "x"},
            "depends_on": {"nodes": []},
        })
    };
    serde_json::json!({
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "dbt_version": "1.11.0",
            "adapter_type": "snowflake",
            "project_name": "shop",
        },
        "nodes": {},
        "sources": {},
        "exposures": {"exposure.shop.on": exposure("on")},
        "disabled": {"exposure.shop.off": [exposure("off")]},
    })
    .to_string()
}

#[test]
fn exposures_are_found_where_dbt_core_reads_them() {
    let files = [
        ("models/a.yml", "a"),
        ("models/.deep/b.yaml", "b"),
        ("analyses/C.YML", "c"),
        ("seeds/d.yml", "d"),
        ("macros/e.yml", "e"),
        ("models/.hidden.yml", "no"),
        ("models/~old.yml", "no"),
        ("models/#new.yml", "no"),
        ("models/drafts/f.yml", "no"),
        ("models/x.txt", "no"),
        ("root.yml", "no"),
        ("target/compiled/x.yml", "no"),
    ];
    let texts: Vec<(&str, String)> = files.map(|(path, name)| (path, list(name))).to_vec();
    let mut files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (*path, &**text)).collect();
    files.push((".dbtignore", "# ours\nmodels/drafts/\n"));
    check(
        &files,
        expect![[r#"
        a in models/a.yml
        b in models/.deep/b.yaml
        c in analyses/C.YML
        d in seeds/d.yml
        e in macros/e.yml
    "#]],
    );
}

#[test]
fn what_is_hidden_by_a_later_list_is_known_and_not_enabled() {
    let text = format!("{}models: []\n{}", list("first"), list("second"));
    check(
        &[("models/a.yml", &text)],
        expect![[r#"
        first in models/a.yml (disabled)
        second in models/a.yml
    "#]],
    );
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let broken = "exposures:\n\t- name: x\n";
    check(
        &[("models/a.yml", broken), ("models/b.yml", &list("b"))],
        expect![[r#"
            b in models/b.yml
            exposures in models/a.yml are taken from the manifest, if at all: line 2 is not valid YAML: it is indented with a tab; YAML takes spaces only
        "#]],
    );
    let no_matter = "models:\n\t- name: x\n";
    check(&[("models/a.yml", no_matter)], expect![[r#""#]]);
}

#[test]
fn the_manifest_tells_what_a_file_leaves_open() {
    let target = manifest("models/a.yml");
    let target = ("target/manifest.json", target.as_str());
    let both = format!("{}{}", list("on"), list("off").replace("exposures:\n", ""));
    // Of `off` the file says nothing: `dbt_project.yml` disables it.
    check(
        &[target, ("models/a.yml", &both)],
        expect![[r#"
        off in models/a.yml (disabled)
        on in models/a.yml
    "#]],
    );
    let jinja = both.replace("owner:", "config: {enabled: \"{{ x }}\"}\n    owner:");
    check(
        &[target, ("models/a.yml", &jinja)],
        expect![[r#"
        off in models/a.yml (disabled)
        on in models/a.yml
    "#]],
    );
    let stated = both.replace("owner:", "config: {enabled: true}\n    owner:");
    check(
        &[target, ("models/a.yml", &stated)],
        expect![[r#"
        off in models/a.yml
        on in models/a.yml
    "#]],
    );
}

#[test]
fn the_manifest_is_asked_of_files_that_are_there_and_not_read() {
    let target = manifest("models/a.yml");
    let target = ("target/manifest.json", target.as_str());
    let broken = "exposures:\n\t- name: x\n";
    check(
        &[target, ("models/a.yml", broken)],
        expect![[r#"
        off in models/a.yml (disabled)
        on in models/a.yml
        exposures in models/a.yml are taken from the manifest, if at all: line 2 is not valid YAML: it is indented with a tab; YAML takes spaces only
    "#]],
    );
    check(&[target], expect![[r#""#]]);
    check(
        &[target, ("models/a.yml", "exposures: []\n")],
        expect![[r#""#]],
    );
    let ignored = (".dbtignore", "models/a.yml\n");
    check(
        &[target, ("models/a.yml", &list("on")), ignored],
        expect![[r#""#]],
    );
    // Fusion reads such a file, which we do not.
    let hidden = manifest("models/.a.yml");
    let hidden = ("target/manifest.json", hidden.as_str());
    check(
        &[hidden, ("models/.a.yml", &list("on"))],
        expect![[r#"
        off in models/.a.yml (disabled)
        on in models/.a.yml
    "#]],
    );
    let absolute = manifest("/etc/passwd");
    check(
        &[("target/manifest.json", &absolute)],
        expect![[r#"
        off in /etc/passwd (disabled)
        on in /etc/passwd
    "#]],
    );
}

use std::fs;

use expect_test::{Expect, expect};
use lineage::Node;
use serde_json::json;

use super::*;
use crate::config::Origin;
use crate::workspace::project;

/// A project of these files; what ends in `manifest.json` is a manifest with this text.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in [&("dbt_project.yml", "name: shop\n")]
        .into_iter()
        .chain(files)
    {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("make a folder");
        fs::write(path, text).expect("write");
    }
    folder
}

fn settings(team: &str) -> Settings {
    let mut settings = Settings::default();
    settings.lay_yaml(team, &Origin::Team("exposure-lens.yml".into()));
    settings
}

fn open(folder: &Path, settings: &Settings) -> ProjectFiles {
    project::open(folder, settings, &|_| None).expect("a project")
}

/// Where production's manifest is said to be, and what reading it says.
#[track_caller]
fn check(files: &[(&str, &str)], team: &str, env: &[(&str, &str)], expect: Expect) {
    let folder = folder(files);
    let settings = settings(team);
    let project = open(folder.path(), &settings);
    let env = |name: &str| {
        let found = env.iter().find(|(it, _)| *it == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let mut said: Vec<String> = refused_setting(&project, &settings)
        .map(|it| format!("{}: {}", it.code, it.message))
        .into_iter()
        .collect();
    said.push(match find(&project, &settings, &env) {
        None => "nowhere".to_owned(),
        Some(place) => {
            let at_hand = if place.is_at_hand(&project) {
                ", which is at hand"
            } else {
                ""
            };
            let read = match read(&project, &place) {
                Ok(manifest) => format!("{} names", manifest.names.len()),
                Err(it) => format!("{}: {}", it.code, it.message),
            };
            format!("{:?} {}{at_hand}\n{read}", place.found_by, place.shown)
        }
    });
    expect.assert_eq(&said.join("\n"));
}

fn manifest(project: &str, relations: &[(&str, &str)]) -> String {
    let node = |(name, relation): &(&str, &str)| {
        let parts: Vec<&str> = relation.split('.').collect();
        let id = format!("model.{project}.{name}");
        let node = json!({
            "unique_id": id, "resource_type": "model", "package_name": project, "name": name,
            "original_file_path": format!("models/{name}.sql"), "path": format!("{name}.sql"),
            "database": parts[0], "schema": parts[1], "alias": parts[2],
            "relation_name": relation, "config": {"materialized": "table"},
        });
        (id, node)
    };
    let nodes: serde_json::Map<String, serde_json::Value> = relations.iter().map(node).collect();
    let metadata = json!({
        "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
        "dbt_version": "1.11.0", "adapter_type": "snowflake", "project_name": project,
    });
    json!({"metadata": metadata, "nodes": nodes, "sources": {}}).to_string()
}

fn prod() -> String {
    manifest(
        "shop",
        &[("orders", "PROD.MARTS.ORDERS"), ("gone", "PROD.MARTS.GONE")],
    )
}

#[test]
fn the_setting_comes_first_then_the_state_folders_then_what_dbt_fetched() {
    let prod = prod();
    let files = [
        ("prod/manifest.json", prod.as_str()),
        ("state/manifest.json", &prod),
        ("defer/manifest.json", &prod),
        ("target/dbt_cloud_defer/manifest.json", &prod),
    ];
    let setting = "dbt: {production_manifest: prod/manifest.json}";
    let state = ("DBT_STATE", "state");
    let defer = ("DBT_DEFER_STATE", "defer");
    check(
        &files,
        setting,
        &[state, defer],
        expect![[r#"
        Setting prod/manifest.json
        2 names"#]],
    );
    check(
        &files,
        "dbt: {production_manifest: prod}",
        &[],
        expect![[r#"
        Setting prod/manifest.json
        2 names"#]],
    );
    check(
        &files,
        "",
        &[state, defer],
        expect![[r#"
        Environment("DBT_DEFER_STATE") defer/manifest.json
        2 names"#]],
    );
    check(
        &files,
        "",
        &[state],
        expect![[r#"
        Environment("DBT_STATE") state/manifest.json
        2 names"#]],
    );
    check(
        &files,
        "",
        &[state, ("DBT_ENGINE_STATE", "defer")],
        expect![[r#"
            Environment("DBT_ENGINE_STATE") defer/manifest.json
            2 names"#]],
    );
    check(
        &files,
        "",
        &[("DBT_STATE", "state/manifest.json")],
        expect![[r#"
            Environment("DBT_STATE") state/manifest.json
            2 names"#]],
    );
    check(
        &files,
        "",
        &[("DBT_STATE", " ")],
        expect![[r#"
        CloudDefer target/dbt_cloud_defer/manifest.json
        2 names"#]],
    );
    check(&[], "", &[], expect!["nowhere"]);
}

#[test]
fn what_is_named_and_cannot_be_taken_says_what_to_do() {
    let other = manifest("other", &[]);
    let files = [
        ("other/manifest.json", other.as_str()),
        ("cut.json", "{\"nodes\": {"),
    ];
    check(
        &files,
        "dbt: {production_manifest: prod.json}",
        &[],
        expect![[r#"
            Setting prod.json
            production_manifest_missing: no manifest of production at prod.json, which dbt.production_manifest names: name production's manifest.json or its folder, or take the setting out"#]],
    );
    check(
        &files,
        "",
        &[("DBT_STATE", "nowhere")],
        expect![[r#"
        Environment("DBT_STATE") nowhere/manifest.json
        production_manifest_missing: no manifest of production at nowhere/manifest.json, which DBT_STATE names: put production's manifest.json there, or name it with `dbt.production_manifest`"#]],
    );
    check(
        &files,
        "dbt: {production_manifest: cut.json}",
        &[],
        expect![[r#"
            Setting cut.json
            production_manifest_unreadable: cannot read production's manifest at cut.json: the manifest breaks off after 11 bytes; fetch it again from where production runs"#]],
    );
    check(
        &files,
        "dbt: {production_manifest: other}",
        &[],
        expect![[r#"
        Setting other/manifest.json
        production_manifest_of_another_project: production's manifest at other/manifest.json is of project `other`, not of `shop`: name one of this project with `dbt.production_manifest`"#]],
    );
}

#[test]
fn the_manifest_at_hand_may_be_productions_itself() {
    let prod = prod();
    let files = [("target/manifest.json", prod.as_str())];
    check(
        &files,
        "dbt: {production_manifest: ./target}",
        &[],
        expect![[r#"
            Setting target/manifest.json, which is at hand
            2 names"#]],
    );
    let files = [("target/dbt_cloud_defer/manifest.json", prod.as_str())];
    let team = "dbt: {manifest: target/dbt_cloud_defer/manifest.json}";
    check(
        &files,
        team,
        &[],
        expect![[r#"
        CloudDefer target/dbt_cloud_defer/manifest.json, which is at hand
        2 names"#]],
    );
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_repository_is_not_followed_for_the_team() {
    let outside = folder(&[("manifest.json", &prod())]);
    let folder = folder(&[(".git/HEAD", "")]);
    std::os::unix::fs::symlink(outside.path(), folder.path().join("prod")).expect("link");
    let settings = settings("dbt: {production_manifest: prod}");
    let project = open(folder.path(), &settings);
    assert_eq!(find(&project, &settings, &|_| None), None);
    let refused = refused_setting(&project, &settings).expect("it is refused");
    assert!(refused.message.contains("link out of the repository"));
}

/// What production calls each node of the manifest `here`, and who says so.
#[track_caller]
fn check_names(here: &str, production: Option<&str>, renamed: &[(&str, &str)], expect: Expect) {
    let folder = folder(&[("prod/manifest.json", production.unwrap_or_default())]);
    let settings = settings("dbt: {production_manifest: prod}");
    let project = open(folder.path(), &settings);
    let place = find(&project, &settings, &|_| None).expect("it is named");
    let manifest = production.map(|_| read(&project, &place).expect("a manifest"));
    let nodes = dbt::Manifest::parse(here.as_bytes())
        .expect("a manifest")
        .nodes;
    let nodes = Nodes::new("shop", nodes);
    let snapshot = dbt::Manifest::parse(snapshot().as_bytes()).expect("a manifest");
    let snapshot = names_in(snapshot.nodes).into_iter();
    let snapshot: Production = snapshot
        .map(|(id, it)| (id, it, NamedBy::Snapshot))
        .collect();
    let id = |name: &str| UniqueId::new(&format!("model.shop.{name}"));
    let renamed = renamed
        .iter()
        .map(|(now, then)| (id(now), id(then)))
        .collect();
    let warehouse = Warehouse::from_adapter("snowflake");
    let names = names(
        manifest.as_ref(),
        &snapshot,
        &[],
        &nodes,
        &warehouse,
        &renamed,
    );
    let line = |node: &Node| match names.get(&node.id) {
        Some(name) => format!("{}: {} by {:?}", node.id, name.relation, name.named_by),
        None => format!("{}: not known", node.id),
    };
    let mut lines: Vec<String> = nodes.iter().map(|(_, node)| line(node)).collect();
    let only = manifest.iter().flat_map(|it| it.only_in_production(&nodes));
    lines.extend(only.map(|(id, relation)| format!("only in production: {id} {relation}")));
    expect.assert_eq(&lines.join("\n"));
}

fn snapshot() -> String {
    manifest(
        "shop",
        &[
            ("orders", "SNAP.MARTS.ORDERS"),
            ("users", "SNAP.MARTS.USERS"),
        ],
    )
}

#[test]
fn the_manifest_of_production_beats_the_snapshot_and_names_are_joined_by_id() {
    let here = manifest(
        "shop",
        &[
            ("orders", "DEV.ALICE.ORDERS"),
            ("users", "DEV.ALICE.USERS"),
            ("fresh", "DEV.ALICE.FRESH"),
        ],
    );
    check_names(
        &here,
        Some(&prod()),
        &[],
        expect![[r#"
        model.shop.fresh: not known
        model.shop.orders: PROD.MARTS.ORDERS by Manifest("prod/manifest.json")
        model.shop.users: SNAP.MARTS.USERS by Snapshot
        only in production: model.shop.gone PROD.MARTS.GONE"#]],
    );
    check_names(
        &here,
        None,
        &[],
        expect![[r#"
        model.shop.fresh: not known
        model.shop.orders: SNAP.MARTS.ORDERS by Snapshot
        model.shop.users: SNAP.MARTS.USERS by Snapshot"#]],
    );
}

#[test]
fn a_renamed_node_is_deployed_under_its_old_id() {
    let here = manifest(
        "shop",
        &[("sales", "DEV.ALICE.SALES"), ("people", "DEV.ALICE.PEOPLE")],
    );
    let renamed = [("sales", "orders"), ("people", "users")];
    check_names(
        &here,
        Some(&prod()),
        &renamed,
        expect![[r#"
        model.shop.people: SNAP.MARTS.USERS by Snapshot
        model.shop.sales: PROD.MARTS.ORDERS by Manifest("prod/manifest.json")
        only in production: model.shop.gone PROD.MARTS.GONE
        only in production: model.shop.orders PROD.MARTS.ORDERS"#]],
    );
}

//! A project on disk beside its manifest: what is there, and what is not gone.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Current, Memory};
use crate::config::Settings;
use crate::workspace::code::{self, Listing};
use crate::workspace::project;

/// The project `shop`, of whose manifest these files are models.
struct Home(tempfile::TempDir);

impl Home {
    fn new(models: &[&str]) -> Home {
        let home = Home(tempfile::tempdir().expect("a folder"));
        home.write("dbt_project.yml", "name: shop\n");
        let nodes = models.iter().map(|path| {
            let name = path
                .rsplit('/')
                .next()
                .and_then(|it| it.strip_suffix(".sql"));
            let name = name.expect("a model");
            let id = format!("model.shop.{name}");
            let node = serde_json::json!({
                "unique_id": id, "resource_type": "model", "name": name, "package_name": "shop",
                "original_file_path": path, "database": "DB", "schema": "DEV", "alias": name,
                "relation_name": format!("DB.DEV.{name}"), "config": {},
                "checksum": {"name": "sha256", "checksum": dbt::checksum("select 1")},
            });
            (id, node)
        });
        let nodes: serde_json::Map<String, serde_json::Value> = nodes.collect();
        let manifest = serde_json::json!({
            "metadata": {
                "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
                "project_name": "shop", "adapter_type": "snowflake",
            },
            "nodes": nodes, "sources": {}, "exposures": {}, "disabled": {},
        });
        home.write("target/manifest.json", &manifest.to_string());
        home
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// The project as it is; its `dbt_project.yml` may have changed since the manifest was read.
    fn read(&self, project_file: &str) -> Current {
        let open = || project::open(&self.at(""), &Settings::default(), &|_| None);
        let manifest = project::read_manifest(&open().expect("a project")).expect("a manifest");
        self.write("dbt_project.yml", project_file);
        let project = open().expect("a project");
        let listing = Arc::new(Listing::of(&project));
        let code = code::Memory::default().read(&project, &listing, &HashMap::new());
        let mut memory = Memory::default();
        super::read(
            &project,
            Some(&manifest),
            &listing,
            &code,
            &mut memory,
            &|_| None,
        )
    }
}

/// The relations that are no longer built, and the nodes that there are.
fn shown(current: &Current) -> String {
    let lost = current
        .pending
        .iter()
        .map(|it| format!("lost {}", it.deployed));
    let nodes = current.nodes.iter().map(|(_, it)| it.id.to_string());
    let all: Vec<String> = nodes.chain(lost).collect();
    all.join("\n")
}

#[test]
fn a_file_that_is_gone_is_told() {
    let home = Home::new(&["models/a.sql", "models/b.sql"]);
    home.write("models/a.sql", "select 1");
    let current = home.read("name: shop\n");
    assert_eq!(shown(&current), "model.shop.a\nmodel.shop.b\nlost DB.DEV.b");
}

#[cfg(unix)]
#[test]
fn a_file_behind_a_link_is_not_gone() {
    let home = Home::new(&["models/linked/a.sql"]);
    home.write("elsewhere/a.sql", "select 1");
    home.write("models/b.sql", "select 2");
    std::os::unix::fs::symlink(home.at("elsewhere"), home.at("models/linked")).expect("a link");
    let current = home.read("name: shop\n");
    assert_eq!(shown(&current), "model.shop.a\nmodel.shop.b");
}

#[test]
fn a_file_in_a_folder_whose_name_only_dbt_knows_is_not_gone() {
    let home = Home::new(&["extra/a.sql", "left/b.sql"]);
    home.write("extra/a.sql", "select 1");
    let current = home.read("name: shop\nmodel-paths: [models, \"{{ var('extra') }}\"]\n");
    assert_eq!(shown(&current), "model.shop.a\nmodel.shop.b\nlost DB.DEV.b");
}

#[test]
fn a_file_in_a_folder_that_dbt_no_longer_reads_is_told() {
    let home = Home::new(&["models/a.sql"]);
    home.write("models/a.sql", "select 1");
    let current = home.read("name: shop\nmodel-paths: [other]\n");
    assert_eq!(shown(&current), "model.shop.a\nlost DB.DEV.a");
}

#[test]
fn nodes_keep_their_ids_while_another_name_of_the_project_is_typed() {
    let home = Home::new(&["models/a.sql"]);
    home.write("models/a.sql", "select 1");
    for name in ["name: sho\n", "profile: x\n"] {
        assert_eq!(shown(&home.read(name)), "model.shop.a");
        home.write("dbt_project.yml", "name: shop\n");
    }
}

//! The samples, the edge project and jaffle_shop: nearly all of them is known.

use std::fs;
use std::path::Path;

use super::compare::Comparison;
use super::files;
use super::given::{Texts, manifest, packed};
use crate::support::project::{copy, copy_folder, fixture, shared_data};

#[track_caller]
fn check(name: &str, root: &Path, bytes: &[u8]) {
    let scan = files::scan(root);
    Comparison::of(&manifest(bytes), &scan).assert(name, 98);
}

#[test]
fn the_samples_are_what_dbt_made_of_them() {
    let root = fixture("shop");
    let bytes = fs::read(root.join("target/manifest.json")).expect("read");
    check("shop", &root, &bytes);
}

// Its macro of its own for schemas is never run.
#[test]
fn a_schema_that_only_a_macro_knows_is_left_out() {
    let root = fixture("snow");
    let bytes = fs::read(root.join("target/manifest.json")).expect("read");
    let comparison = Comparison::of(&manifest(&bytes), &files::scan(&root));
    comparison.assert("snow", 0);
}

#[test]
fn the_edge_project_is_what_each_engine_made_of_it_for_each_target() {
    let Some(data) = shared_data("the_edge_project_is_what_each_engine_made_of_it") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_folder(&data.join("dbt/edge/base"), folder.path());
    let profiles = folder.path().join("profiles.yml");
    for target in ["dev", "prod"] {
        let text = fs::read_to_string(data.join("dbt/edge/base/profiles.yml")).expect("read");
        let text = text.replace("target: dev", &format!("target: {target}"));
        fs::remove_file(&profiles).expect("it is a copy that may be read only");
        fs::write(&profiles, text).expect("write");
        for engine in ["v1", "v2"] {
            let name = format!("edge-{engine}-{target}");
            check(&name, folder.path(), &packed(&data, &name));
        }
    }
}

#[test]
fn jaffle_shop_is_what_each_engine_made_of_it() {
    let Some(data) = shared_data("jaffle_shop_is_what_each_engine_made_of_it") else {
        return;
    };
    for name in [
        "jaffle_shop_duckdb",
        "v2-jaffle_shop_duckdb",
        "dbt17-jaffle_shop_duckdb",
    ] {
        let bytes = packed(&data, name);
        let folder = copy("jaffle");
        Texts::of(&bytes).write("jaffle_shop", folder.path());
        check(name, folder.path(), &bytes);
    }
}

//! Real manifests of two engines, as production's and as what CI parsed.

use std::fs;
use std::path::Path;

use crate::cli::given::{Reads, packed, workbook};
use crate::support::cli::run;
use crate::support::project::{copy_folder, shared_data};

/// The edge project, parsed for `dev` beside production's manifest, and a workbook that
/// reads production.
fn project(data: &Path, engine: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join(".git")).expect("a repository");
    copy_folder(&data.join("dbt/edge/base"), folder.path());
    for (target, place) in [("dev", "target"), ("prod", "prod")] {
        let manifest = packed(data, &format!("edge-{engine}-{target}.json.gz"));
        let place = folder.path().join(place);
        fs::create_dir_all(&place).expect("a folder");
        fs::write(place.join("manifest.json"), manifest).expect("write");
    }
    let settings = "dbt: {production_manifest: prod}\n";
    fs::write(folder.path().join("exposure-lens.yml"), settings).expect("write");
    let tables = [
        "[analytics_marts].[orders]",
        "[analytics_marts].[dim_customers_v1]",
        "[analytics].[regions]",
    ];
    let reads = tables.map(Reads::Table);
    workbook(
        folder.path(),
        "W",
        &[("duckdb_jdbc", "dbname='shop'", &reads[..])],
    );
    folder
}

fn ask(folder: &Path, paths: &[&str]) -> String {
    let args: Vec<&str> = ["usages", "--format", "markdown"]
        .into_iter()
        .chain(paths.iter().copied())
        .collect();
    run(folder, &args).out
}

#[test]
fn a_real_project_loses_what_is_deleted_and_nothing_else() {
    let Some(data) = shared_data("a_real_project_loses_what_is_deleted_and_nothing_else") else {
        return;
    };
    for engine in ["v1", "v2"] {
        let folder = project(&data, engine);
        let all = ask(
            folder.path(),
            &["models", "seeds", "snapshots", "dbt_project.yml"],
        );
        assert!(
            all.contains("1 dashboard in 1 workbook reads"),
            "{engine}: {all}"
        );
        assert!(!all.contains("no longer"), "{engine}: {all}");
        let orders = "models/marts/orders.sql";
        fs::remove_file(folder.path().join(orders)).expect("the file");
        for path in [orders, "seeds/regions.csv"] {
            let said = ask(folder.path(), &[path]);
            assert!(
                said.contains("1 dashboard in 1 workbook reads"),
                "{engine}: {said}"
            );
            assert_eq!(
                said.contains("is no longer built"),
                path == orders,
                "{engine}: {said}"
            );
        }
    }
}

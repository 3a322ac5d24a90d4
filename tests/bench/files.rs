//! A project of 10,000 models as its files say it, beside the lineage that is built of it
//! anyway. `cargo bench --bench files`.
//!
//! No test asserts a time: machines differ. What it costs is told as a ratio of two times
//! of one run.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dbt::{FileFacts, Manifest, Names, Observed, Overlay, Package, Project, Scan};
use divan::Bencher;
use lineage::{Content, Lineage, LineageInput, Nodes, Production, Warehouse};

const N_MODELS: usize = 10_000;
const N_IN_FOLDER: usize = 100;
const N_TABLES: usize = 2_000;

fn main() {
    divan::main();
    print_ratio();
}

/// What a change of one file costs, in buildings of the lineage.
#[allow(clippy::print_stdout)]
fn print_ratio() {
    let large = Large::new();
    let over = median(|| drop(large.overlay(large.scan())));
    let build = median(|| drop(large.lineage(large.manifest.nodes.clone())));
    let ratio = over.as_secs_f64() / build.as_secs_f64();
    println!("\nscan and overlay of {N_MODELS} models: {ratio:.2} of building the lineage");
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

/// A project on Snowflake: folders of models that read each other, one properties file for
/// each folder, and workbooks on a fifth of them.
struct Large {
    project: Project,
    files: Vec<(String, Arc<FileFacts>)>,
    manifest: Manifest,
    names: Names,
    contents: Arc<[Content]>,
}

impl Large {
    fn new() -> Large {
        let texts = texts();
        let facts =
            |(path, text): &(String, String)| (path.clone(), Arc::new(FileFacts::read(path, text)));
        let manifest = Manifest::parse(manifest(&texts).as_bytes()).expect("a manifest");
        let project = "name: shop\nmodels: {shop: {+schema: marts, f7: {+materialized: table}}}\n";
        Large {
            project: Project::parse(project, &|_| None).expect("a project"),
            files: texts.iter().map(facts).collect(),
            names: Names {
                adapter: Some("snowflake".to_owned()),
                observed: Observed::of(&manifest),
                ..Names::default()
            },
            contents: contents(),
            manifest,
        }
    }

    fn scan(&self) -> Scan {
        let package = Package {
            project: &self.project,
            files: &self.files,
        };
        dbt::scan(&[package], &self.names)
    }

    fn overlay(&self, scan: Scan) -> Overlay {
        dbt::overlay(&self.manifest, scan, &["shop"], &|_| None)
    }

    fn lineage(&self, nodes: Vec<lineage::Node>) -> Lineage {
        Lineage::build(LineageInput {
            warehouse: Warehouse::Snowflake,
            nodes: Arc::new(Nodes::new("shop", nodes)),
            exposures: Vec::new(),
            contents: Arc::clone(&self.contents),
            production: Arc::new(Production::default()),
        })
    }
}

fn place(n: usize) -> String {
    format!("models/f{}/m{n}.sql", n / N_IN_FOLDER)
}

/// Each model reads the one before it and one of the first.
fn parents(n: usize) -> [usize; 2] {
    [n.max(1) - 1, n % 50]
}

/// The files of the project, sorted by their path.
fn texts() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for n in 0..N_MODELS {
        let [before, first] = parents(n);
        let text = format!(
            "{{{{ config(tags=['a'], alias='t{n}') }}}}\n\
             select a.id, b.total, coalesce(a.name, b.name) as name\n\
             from {{{{ ref('m{before}') }}}} as a\n\
             left join {{{{ ref('m{first}') }}}} as b on a.id = b.id\n"
        );
        texts.push((place(n), text));
    }
    for folder in 0..N_MODELS / N_IN_FOLDER {
        let mut text = "models:\n".to_owned();
        for n in folder * N_IN_FOLDER..(folder + 1) * N_IN_FOLDER {
            let _ = writeln!(text, "  - name: m{n}\n    columns: [{{name: id}}]");
        }
        texts.push((format!("models/f{folder}/_f{folder}.yml"), text));
    }
    texts.sort();
    texts
}

/// What dbt would have written of them.
fn manifest(texts: &[(String, String)]) -> String {
    let mut nodes = serde_json::Map::new();
    for n in 0..N_MODELS {
        let (path, id) = (place(n), format!("model.shop.m{n}"));
        let at = texts.binary_search_by(|it| it.0.as_str().cmp(&path));
        let text = &texts[at.expect("a file")].1;
        let parents = parents(n).map(|it| format!("model.shop.m{it}"));
        let node = serde_json::json!({
            "unique_id": id, "resource_type": "model", "name": format!("m{n}"),
            "package_name": "shop", "original_file_path": path,
            "patch_path": format!("shop://models/f{0}/_f{0}.yml", n / N_IN_FOLDER),
            "database": "DB", "schema": "S_marts", "alias": format!("t{n}"),
            "relation_name": format!("DB.S_marts.t{n}"),
            "checksum": {"name": "sha256", "checksum": dbt::checksum(text)},
            "config": {"alias": format!("t{n}"), "schema": "marts", "materialized": "view"},
            "depends_on": {"nodes": parents},
        });
        nodes.insert(id, node);
    }
    let schema = "https://schemas.getdbt.com/dbt/manifest/v12.json";
    let metadata = serde_json::json!({
        "dbt_schema_version": schema, "adapter_type": "snowflake", "project_name": "shop",
    });
    serde_json::json!({"metadata": metadata, "nodes": nodes}).to_string()
}

fn contents() -> Arc<[Content]> {
    let mut tableau = String::new();
    for n in 0..N_TABLES {
        let _ = writeln!(
            tableau,
            "workbook W{n} file=w/{n}.twb\ndatasource D snowflake\n[DB].[S_MARTS].[T{}]",
            n * (N_MODELS / N_TABLES)
        );
    }
    lineage::testing::contents(&tableau).into()
}

#[divan::bench(sample_count = 10)]
fn read_facts(bencher: Bencher<'_, '_>) {
    let texts = texts();
    bencher.bench(|| {
        let read = texts.iter().map(|(path, text)| FileFacts::read(path, text));
        read.collect::<Vec<_>>()
    });
}

#[divan::bench(sample_count = 20)]
fn scan(bencher: Bencher<'_, '_>) {
    let large = Large::new();
    bencher.bench(|| large.scan());
}

#[divan::bench(sample_count = 20)]
fn overlay(bencher: Bencher<'_, '_>) {
    let large = Large::new();
    bencher
        .with_inputs(|| large.scan())
        .bench_values(|scan| large.overlay(scan));
}

#[divan::bench(sample_count = 20)]
fn build_lineage(bencher: Bencher<'_, '_>) {
    let large = Large::new();
    bencher
        .with_inputs(|| large.manifest.nodes.clone())
        .bench_values(|nodes| large.lineage(nodes));
}

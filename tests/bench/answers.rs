//! From the bytes on disk to an answer, part by part. `cargo bench`.
//!
//! The real manifests lie in the shared data; without it only the sample is run.
//! No test asserts a time: machines differ.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::Bencher;
use exposure_lens::config::Settings;
use exposure_lens::workspace::code::{self, Listing};
use exposure_lens::workspace::content::{self, FileCache};
use exposure_lens::workspace::current::{self, Current};
use exposure_lens::workspace::exposures::{self, Collected, YamlPlaces};
use exposure_lens::workspace::project::{self, LoadedManifest};
use exposure_lens::workspace::{self, Ingredients};

fn main() {
    divan::main();
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Manifests by name: the sample's, and the real ones that are at hand.
fn manifests() -> Vec<(String, Vec<u8>)> {
    let sample = root().join("tests/fixtures/shop/target/manifest.json");
    let mut all = vec![(
        "shop".to_owned(),
        std::fs::read(sample).expect("the sample"),
    )];
    let shared = root()
        .parent()
        .map(|it| it.join("shared/data/dbt/manifests"));
    for name in ["teamster-kipptaf", "gitlab"] {
        let path = shared.as_ref().map(|it| it.join(format!("{name}.json.gz")));
        if let Some(file) = path.and_then(|path| std::fs::File::open(path).ok()) {
            let mut bytes = Vec::new();
            flate2::read::GzDecoder::new(file)
                .read_to_end(&mut bytes)
                .expect("gzip");
            all.push((name.to_owned(), bytes));
        }
    }
    all
}

fn bytes_of(name: &str) -> Option<Vec<u8>> {
    manifests()
        .into_iter()
        .find(|(known, _)| known == name)
        .map(|(_, bytes)| bytes)
}

#[divan::bench(args = ["shop", "teamster-kipptaf", "gitlab"])]
fn parse_manifest(bencher: Bencher<'_, '_>, name: &str) {
    let Some(bytes) = bytes_of(name) else { return };
    let n = divan::counter::BytesCount::new(bytes.len());
    bencher
        .counter(n)
        .bench(|| dbt::Manifest::parse(&bytes).expect("a manifest"));
}

/// What a reader that keeps everything takes, to compare with.
#[divan::bench(args = ["shop", "teamster-kipptaf", "gitlab"], sample_count = 10)]
fn parse_manifest_whole(bencher: Bencher<'_, '_>, name: &str) {
    let Some(bytes) = bytes_of(name) else { return };
    let n = divan::counter::BytesCount::new(bytes.len());
    bencher
        .counter(n)
        .bench(|| serde_json::from_slice::<serde_json::Value>(&bytes).expect("JSON"));
}

fn shop() -> (project::ProjectFiles, Settings) {
    let folder = root().join("tests/fixtures/shop");
    let env = |_: &str| None;
    let settings = project::settings(
        &folder,
        Some(Path::new("none")),
        &serde_json::Value::Null,
        &env,
    );
    let project = project::open(&folder, &settings, &env).expect("the sample");
    (project, settings)
}

#[divan::bench]
fn read_workbooks(bencher: Bencher<'_, '_>) {
    let (project, settings) = shop();
    bencher.bench(|| content::read_files(&project, &settings, &mut FileCache::default()));
}

/// The project's nodes as they are now, as the program reads them.
fn current(project: &project::ProjectFiles, manifest: &LoadedManifest) -> Current {
    let listing = Arc::new(Listing::of(project));
    let code = code::Memory::default().read(project, &listing, &HashMap::new());
    let mut memory = current::Memory::default();
    let env = |_: &str| None;
    current::read(project, Some(manifest), &listing, &code, &mut memory, &env)
}

fn known(files: lineage::Content) -> workspace::Known {
    workspace::Known {
        contents: Arc::from([files]),
        ..workspace::Known::default()
    }
}

#[divan::bench]
fn build_lineage(bencher: Bencher<'_, '_>) {
    let (project, settings) = shop();
    let manifest = project::read_manifest(&project).expect("the sample's manifest");
    let files = content::read_files(&project, &settings, &mut FileCache::default());
    let known = known(files.content);
    let current = current(&project, &manifest);
    bencher.bench(|| {
        let exposures = Collected {
            exposures: manifest.exposures.clone(),
            ..Collected::default()
        };
        workspace::analyse(Ingredients {
            project: &project,
            manifest: Some(&manifest),
            current: &current,
            exposures,
            known: &known,
            production: None,
            settings: &settings,
        })
    });
}

#[divan::bench]
fn collect_exposures(bencher: Bencher<'_, '_>) {
    let (project, _) = shop();
    let manifest = project::read_manifest(&project).expect("the sample's manifest");
    let nodes = current(&project, &manifest).nodes;
    bencher.bench(|| {
        let (yaml, _) = YamlPlaces::of(&project).files();
        exposures::collect(&project, Some(&manifest), &nodes, &yaml, &|_| None)
    });
}

#[divan::bench]
fn lenses_of_a_file(bencher: Bencher<'_, '_>) {
    let (project, settings) = shop();
    let manifest = project::read_manifest(&project).expect("the sample's manifest");
    let files = content::read_files(&project, &settings, &mut FileCache::default());
    let known = known(files.content);
    let current = current(&project, &manifest);
    let analysis = workspace::analyse(Ingredients {
        project: &project,
        manifest: Some(&manifest),
        current: &current,
        exposures: Collected::default(),
        known: &known,
        production: None,
        settings: &settings,
    });
    let path: PathBuf = project.root.join("models/marts/fct_orders.sql");
    let text = std::fs::read_to_string(path).expect("a model");
    let file = ide::File {
        package: "shop",
        path: "models/marts/fct_orders.sql",
        text: &text,
    };
    bencher.bench(|| analysis.annotations(file));
}

/// A project of 500 models described in one file, each read by a workbook or none,
/// beside 200 workbooks with a query that cannot be read.
fn large() -> (lineage::Lineage, String) {
    use std::fmt::Write as _;

    let (mut nodes, mut tableau) = (String::new(), String::new());
    let mut yaml = "models:\n".to_owned();
    for n in 0..500 {
        let before = n.max(1) - 1;
        let _ = writeln!(
            nodes,
            "model.shop.m{n} DB.S.m{n} yml=models/all.yml <- model.shop.m{before}"
        );
        let _ = writeln!(yaml, "  - name: m{n}");
    }
    for n in 0..200 {
        let _ = writeln!(
            tableau,
            "workbook W{n} file=w/{n}.twb\ndatasource D snowflake"
        );
        let _ = writeln!(tableau, "[DB].[S].[M{n}]\n[DB].[OTHER].[M{}]", n + 250);
        let _ = writeln!(
            tableau,
            "workbook Q{n} file=q/{n}.twb\ndatasource D snowflake\nsql ?"
        );
    }
    let lineage = lineage::testing::lineage("snowflake", &nodes, "", &tableau);
    (lineage, yaml)
}

#[divan::bench]
fn lenses_of_500_models_in_one_file(bencher: Bencher<'_, '_>) {
    let (lineage, text) = large();
    let analysis = ide::Analysis {
        lineage: Arc::new(lineage),
        disabled: Arc::from([]),
        pending: Arc::from([]),
        proposal: None,
        project: ide::ProjectFacts::default(),
        options: ide::Options::default(),
        doubts: ide::Doubts::default(),
    };
    let file = ide::File {
        package: "shop",
        path: "models/all.yml",
        text: &text,
    };
    assert_eq!(analysis.annotations(file).len(), 500);
    bencher.bench(|| analysis.annotations(file));
}

/// A site of 5,000 workbooks with five dashboards each over 1,000 models that are built one
/// from another; every other workbook has an exposure.
fn large_site() -> ide::Analysis {
    use std::fmt::Write as _;

    let (mut nodes, mut exposures) = (String::new(), String::new());
    let mut tableau = "content site acme host=acme.example\n".to_owned();
    for n in 0..1_000 {
        let before = n.max(1) - 1;
        let _ = writeln!(
            nodes,
            "model.shop.m{n} DB.S.m{n} path=models/m{n}.sql <- model.shop.m{before}"
        );
    }
    for n in 0..5_000 {
        let luid = format!("00000000-0000-0000-0000-{n:012}");
        if n % 2 == 0 {
            let _ = writeln!(exposures, "e{n} tableau.luid={luid}");
        }
        let (folder, sub, owner) = (n % 40, n % 7, n % 90);
        let _ = writeln!(
            tableau,
            "workbook W{n} luid={luid} project=F{folder}/S{sub} owner=O{owner} views={n}\n\
             datasource D snowflake\n[DB].[S].[M{}]\n[DB].[S].[M{}]\n[DB].[S].[M{}]",
            n % 1_000,
            (n + 17) % 1_000,
            (n + 501) % 1_000
        );
        for d in 0..5 {
            let _ = writeln!(tableau, "sheet S{d}: D\ndashboard D{d}: S{d}");
        }
    }
    ide::Analysis {
        lineage: Arc::new(lineage::testing::lineage(
            "snowflake",
            &nodes,
            &exposures,
            &tableau,
        )),
        disabled: Arc::from([]),
        pending: Arc::from([]),
        proposal: None,
        project: ide::ProjectFacts {
            has_manifest: true,
            model_paths: vec!["models".to_owned()],
            ..ide::ProjectFacts::default()
        },
        options: ide::Options::default(),
        doubts: ide::Doubts::default(),
    }
}

/// Of the project, of the node that all of it is built from, and of the project by views
/// with an exposure for each dashboard.
#[divan::bench(args = ["project", "first model", "dashboards by views"], sample_count = 10)]
fn tree_of_5000_workbooks(bencher: Bencher<'_, '_>, of: &str) {
    let mut analysis = large_site();
    let first: Vec<lineage::NodeIx> = analysis.node("model.shop.m0").into_iter().collect();
    let mut request = ide::TreeRequest {
        about: ide::TreeAbout::Project,
        order: ide::TreeOrder::Name,
        filter: None,
        now: lineage::Timestamp::UNIX_EPOCH,
    };
    match of {
        "first model" => request.about = ide::TreeAbout::Nodes(&first),
        "project" => {}
        _ => {
            request.order = ide::TreeOrder::Views;
            analysis.options.exposures.grain = ide::Grain::Dashboard;
        }
    }
    assert_eq!(analysis.tree(&request).n_left_out, 3_000);
    bencher.bench(|| analysis.tree(&request));
}

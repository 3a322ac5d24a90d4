//! Large real projects, as far as their manifests keep their files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dbt::{CodeFacts, Config, FileFacts, Manifest, Said, Says};
use lineage::{Node, Nodes, UniqueId};

use super::compare::{Comparison, Fit};
use super::files;
use super::given::{Texts, manifest, packed};
use crate::support::project::shared_data;

/// They read one model in production and another elsewhere, by an `{% if %}` of their own or
/// of a macro's. Their files name both.
const WITH_BRANCHES: [&str; 4] = [
    "model.gitlab_snowflake.prep_crm_account",
    "model.gitlab_snowflake.prep_crm_account_daily_snapshot",
    "model.gitlab_snowflake.snowplow_gitlab_events",
    "model.gitlab_snowflake.snowplow_gitlab_events_context_flattened",
];

/// GitLab's YAML is public, and the manifest keeps its SQL: the whole project is at hand.
/// Its macros for names are its own, so databases and schemas are not known; what it reads is.
#[test]
fn gitlab_is_what_dbt_made_of_it_and_what_macros_decide_is_marked() {
    let test = "gitlab_is_what_dbt_made_of_it_and_what_macros_decide_is_marked";
    let Some(data) = shared_data(test) else {
        return;
    };
    let bytes = packed(&data, "gitlab");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = unpack_gitlab(&data, folder.path());
    let texts = Texts::of(&bytes);
    texts.write("gitlab_snowflake", &root);
    for package in ["snowplow", "dbt_artifacts"] {
        let folder = root.join("dbt_packages").join(package);
        texts.write(package, &folder);
        let project = format!("name: {package}\n");
        fs::write(folder.join("dbt_project.yml"), project).expect("write");
    }
    let of_root =
        Comparison::of_package("gitlab_snowflake", &manifest(&bytes), &files::scan(&root));
    let of_root = of_root.without_surplus(&WITH_BRANCHES);
    of_root.assert("gitlab", 0);
    of_root.assert_reads("gitlab", 90, 3);
}

fn unpack_gitlab(data: &Path, to: &Path) -> std::path::PathBuf {
    let packed = fs::File::open(data.join("dbt/exposure_files/gitlab_yml.tar.gz"));
    let packed = flate2::read::GzDecoder::new(packed.expect("the packed files"));
    tar::Archive::new(packed).unpack(to).expect("unpack");
    to.join("transform/snowflake-dbt")
}

/// Of teamster only SQL is at hand: what it reads, and what it configures inline. One in
/// twelve reads through macros alone, by names that they are given.
#[test]
fn what_teamsters_models_read_is_what_each_engine_found() {
    let Some(data) = shared_data("what_teamsters_models_read_is_what_each_engine_found") else {
        return;
    };
    for name in ["teamster-kipptaf", "v2-teamster-kipptaf"] {
        let bytes = packed(&data, name);
        let mut manifest = manifest(&bytes);
        let nodes = std::mem::take(&mut manifest.nodes);
        let nodes = Nodes::new("kipptaf", nodes);
        let mut comparison = Comparison::default();
        for (id, path, text) in Texts::of(&bytes).models() {
            let id = UniqueId::new(id);
            let node = nodes.get(nodes.by_id(&id).expect("a node"));
            let facts = FileFacts::read(path, text);
            let Says::Sql(code) = &facts.says else {
                panic!("{path}: {:?}", facts.says);
            };
            let fits = [reads(node, code, &nodes), config(&manifest, node, code)];
            comparison.add(&id, &fits);
        }
        comparison.assert(name, 91);
    }
}

fn reads(node: &Node, code: &CodeFacts, nodes: &Nodes) -> Fit {
    let targets = code.reads.targets.iter();
    let found = targets.map(|it| match it.resolve(nodes, &node.package) {
        Some(ix) => nodes.get(ix).id.clone(),
        None => UniqueId::new(&format!("{it:?}")),
    });
    let found: BTreeSet<UniqueId> = found.collect();
    let parsed = node.depends_on.iter().cloned().collect();
    super::compare::reads(
        &parsed,
        &found,
        code.reads.has_unknown || code.reads.calls_macros,
    )
}

/// What is said inline is the strongest, and so what dbt has.
fn config(manifest: &Manifest, node: &Node, code: &CodeFacts) -> Fit {
    let Some(parsed) = manifest.configs.get(&node.id) else {
        return Fit::Wrong("no configuration in the manifest".to_owned());
    };
    let texts = |it: &Config| {
        [
            it.alias.clone(),
            it.schema.clone(),
            it.database.clone(),
            it.materialized.clone(),
        ]
    };
    let mut pairs = texts(parsed).into_iter().zip(texts(&code.config.config));
    let differs = |(parsed, found): &(Said<String>, Said<String>)| {
        matches!(found, Said::Is(_)) && parsed != found
    };
    match pairs.find(differs) {
        Some((parsed, found)) => Fit::Wrong(format!("configured {found:?}, not {parsed:?}")),
        None => Fit::Equal,
    }
}

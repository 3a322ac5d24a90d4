//! Names of the manifests of real projects, worked out again from their configuration.
#![allow(clippy::print_stderr)]

use std::io::Read as _;
use std::path::PathBuf;

use expect_test::{Expect, expect};
use flate2::read::GzDecoder;
use lineage::{Node, NodeKind};

use crate::config::{Config, Said};
use crate::manifest::Manifest;
use crate::names::{Asked, NameMacros, Named, Names, Observed};
use crate::profiles::target;
use crate::project::Project;

/// A file of the shared data; `None` where it is not at hand.
fn shared(test: &str, path: &str) -> Option<Vec<u8>> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    // Tests may read the disk; the crate itself may not.
    #[allow(clippy::disallowed_methods)]
    let Ok(bytes) = std::fs::read(root.join(path)) else {
        eprintln!("skipped: no shared data");
        return None;
    };
    eprintln!("read shared data: {test}");
    Some(bytes)
}

fn real(test: &str, name: &str) -> Option<Manifest> {
    let packed = shared(test, &format!("dbt/manifests/{name}.json.gz"))?;
    let mut bytes = Vec::new();
    GzDecoder::new(packed.as_slice())
        .read_to_end(&mut bytes)
        .expect("gzip");
    Some(Manifest::parse(&bytes).expect("a manifest"))
}

/// How many parts of names are right, and how many are not known.
#[derive(Debug, Default)]
struct Score {
    nodes: usize,
    certain: usize,
    unknown: [usize; 3],
    wrong: Vec<String>,
}

impl Score {
    fn add(&mut self, node: &Node, named: Option<Named>) {
        let (Some(named), Some(actual)) = (&named, &node.relation) else {
            if named.is_some() != node.relation.is_some() {
                self.wrong.push(format!("{}: {named:?}", node.id));
            }
            return;
        };
        self.nodes += 1;
        self.certain += usize::from(named.known == [true; 3]);
        let parts = |it: &lineage::Relation| {
            [
                it.database.clone(),
                it.schema.clone(),
                Some(it.name.clone()),
            ]
            .map(|part| part.map(|it| it.text))
        };
        let pairs = parts(&named.relation).into_iter().zip(parts(actual));
        for (n, (part, actual)) in pairs.enumerate() {
            if !named.known[n] {
                self.unknown[n] += 1;
            } else if part != actual {
                self.wrong
                    .push(format!("{}: {part:?}, not {actual:?}", node.id));
            }
        }
    }

    fn shown(&self) -> String {
        let [database, schema, name] = self.unknown;
        format!(
            "{} of {} certain; not known: {database} databases, {schema} schemas, {name} names; {} wrong\n",
            self.certain,
            self.nodes,
            self.wrong.len()
        )
    }
}

/// Names every node of a manifest again by its configuration.
fn score(manifest: &Manifest, names: &Names) -> Score {
    let mut score = Score::default();
    for node in &manifest.nodes {
        if let Some(config) = manifest.configs.get(&node.id) {
            let named = names.relation(&Asked {
                kind: node.kind,
                package: &node.package,
                name: &node.name,
                version: node.version.as_deref(),
                config,
            });
            score.add(node, named);
        }
    }
    for wrong in score.wrong.iter().take(5) {
        eprintln!("{wrong}");
    }
    score
}

/// The nodes that stand at even places: what is seen, so that the others are new to it.
fn half(manifest: &Manifest) -> Manifest {
    let nodes = manifest.nodes.iter().step_by(2).cloned();
    Manifest {
        nodes: nodes.collect(),
        ..manifest.clone()
    }
}

fn check(test: &str, name: &str, macros: NameMacros, expected: Expect) {
    let Some(manifest) = real(test, name) else {
        return;
    };
    let names = |seen: &Manifest| Names {
        adapter: manifest.metadata.adapter_type.clone(),
        macros,
        observed: Observed::of(seen),
        ..Names::default()
    };
    let all = score(&manifest, &names(&manifest));
    let of_half = score(&manifest, &names(&half(&manifest)));
    let shown = format!("{}by half: {}", all.shown(), of_half.shown());
    eprint!("{shown}");
    expected.assert_eq(&shown);
    assert!(all.wrong.is_empty() && of_half.wrong.is_empty());
}

/// A manifest, and names by dbt's own macros.
fn check_built_in(name: &str, expected: Expect) {
    check(name, name, NameMacros::default(), expected);
}

#[test]
fn names_of_the_edge_project() {
    check_built_in(
        "edge-v1-dev",
        expect![[r#"
        12 of 12 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
        by half: 12 of 12 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
    "#]],
    );
    check_built_in(
        "edge-v1-prod",
        expect![[r#"
        12 of 12 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
        by half: 12 of 12 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
    "#]],
    );
    check_built_in(
        "edge-v2-dev",
        expect![[r#"
        12 of 12 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
        by half: 12 of 12 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
    "#]],
    );
    check_built_in(
        "edge-v2-prod",
        expect![[r#"
        12 of 12 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
        by half: 12 of 12 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
    "#]],
    );
}

#[test]
fn names_of_jaffle_shop() {
    check_built_in(
        "jaffle_shop_duckdb",
        expect![[r#"
        8 of 8 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
        by half: 8 of 8 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
    "#]],
    );
    check_built_in(
        "v2-jaffle_shop_duckdb",
        expect![[r#"
        8 of 8 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
        by half: 8 of 8 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
    "#]],
    );
    check_built_in(
        "dbt17-jaffle_shop_duckdb",
        expect![[r#"
        8 of 8 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
        by half: 8 of 8 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
    "#]],
    );
}

#[test]
fn names_of_teamster() {
    check_built_in(
        "teamster-kipptaf",
        expect![[r#"
        801 of 801 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
        by half: 801 of 801 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
    "#]],
    );
    check_built_in(
        "v2-teamster-kipptaf",
        expect![[r#"
        801 of 801 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
        by half: 801 of 801 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
    "#]],
    );
}

#[test]
fn names_of_gitlab() {
    check_built_in(
        "gitlab",
        expect![[r#"
        3049 of 3049 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
        by half: 3039 of 3049 certain; not known: 0 databases, 10 schemas, 0 names; 0 wrong
    "#]],
    );
    check(
        "gitlab_own",
        "gitlab",
        NameMacros::unknown(),
        expect![[r#"
        3049 of 3049 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong
        by half: 1526 of 3049 certain; not known: 0 databases, 10 schemas, 1523 names; 0 wrong
    "#]],
    );
}

/// The configuration that the edge project's own file gives a node, by its place.
fn configured(project: &Project, node: &Node) -> Config {
    let folders = node.path.split('/').skip(1);
    let mut fqn: Vec<&str> = std::iter::once(node.package.as_str())
        .chain(folders)
        .collect();
    fqn.pop();
    fqn.push(&node.name);
    project.configs.of(node.kind, &fqn)
}

/// The edge project without its manifest: its own file and its profile.
fn edge_names(test: &str, target_name: &str) -> Option<(Project, Names)> {
    let text = |path| {
        let bytes = shared(test, &format!("dbt/edge/base/{path}"))?;
        Some(String::from_utf8(bytes).expect("text"))
    };
    let env = |_: &str| None;
    let project = Project::parse(&text("dbt_project.yml")?, &env).expect("a project");
    let profile = project.profile.as_deref().expect("a profile");
    let profiles = text("profiles.yml")?;
    let target = target(&profiles, profile, Some(target_name), &env).expect("a target");
    let names = Names {
        adapter: target.adapter.clone(),
        target: Some(target),
        quoting: project.quoting.clone(),
        ..Names::default()
    };
    Some((project, names))
}

#[test]
fn names_of_the_edge_project_without_its_manifest() {
    for (name, target) in [
        ("edge-v1-dev", "dev"),
        ("edge-v1-prod", "prod"),
        ("edge-v2-dev", "dev"),
        ("edge-v2-prod", "prod"),
    ] {
        let test = "names_of_the_edge_project_without_its_manifest";
        let (Some(manifest), Some((project, names))) = (real(test, name), edge_names(test, target))
        else {
            return;
        };
        for node in manifest.nodes.iter().filter(|it| it.package == "shop") {
            let Some(merged) = manifest.configs.get(&node.id) else {
                continue;
            };
            let own = configured(&project, node);
            assert_eq!(own.schema.value(), merged.schema.value(), "{}", node.id);
        }
        let score = score(&manifest, &names);
        let shown = score.shown();
        eprint!("{name}: {shown}");
        assert_eq!(
            shown,
            "12 of 12 certain; not known: 0 databases, 0 schemas, 0 names; 0 wrong\n"
        );
        for node in manifest
            .nodes
            .iter()
            .filter(|it| it.kind == NodeKind::Source)
        {
            let source = node.source_name.as_deref().expect("a source's name");
            let identifier = match node.name.as_str() {
                "events" => Said::Is("events_*".to_owned()),
                _ => Said::Nothing,
            };
            let named = names.source_relation(source, &node.name, &identifier, &Config::default());
            assert_eq!(Some(&named.relation), node.relation.as_ref());
            assert_eq!(named.known, [true; 3]);
        }
    }
}

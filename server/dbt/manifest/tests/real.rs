//! The manifests that real projects and real engines made.
//!
//! The expected counts were taken from the same files by other means (Python's
//! `json`), not from this reader.
#![allow(clippy::print_stderr)]

use std::io::Read as _;
use std::path::PathBuf;

use expect_test::{Expect, expect};
use flate2::read::GzDecoder;
use lineage::{Node, NodeKind};

use super::{quoted, show_node};
use crate::manifest::{Manifest, checksum};

/// A file of the shared data; `None` where it is not at hand.
fn shared(test: &str, path: &str) -> Option<Vec<u8>> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    // Tests may read the disk; the crate itself may not.
    #[allow(clippy::disallowed_methods)]
    match std::fs::read(root.join(path)) {
        Ok(bytes) => {
            eprintln!("read shared data: {test}");
            Some(bytes)
        }
        Err(_) => {
            eprintln!("skipped: no shared data");
            None
        }
    }
}

fn real(test: &str, name: &str) -> Option<Manifest> {
    let packed = shared(test, &format!("dbt/manifests/{name}.json.gz"))?;
    let mut bytes = Vec::new();
    GzDecoder::new(packed.as_slice())
        .read_to_end(&mut bytes)
        .expect("gzip");
    Some(Manifest::parse(&bytes).expect("a manifest"))
}

fn node<'m>(manifest: &'m Manifest, id: &str) -> &'m Node {
    manifest
        .nodes
        .iter()
        .find(|node| node.id.as_str() == id)
        .expect("a node of this id")
}

fn check_counts(test: &str, name: &str, expected: Expect) {
    let Some(manifest) = real(test, name) else {
        return;
    };
    let count = |kind| {
        manifest
            .nodes
            .iter()
            .filter(|node| node.kind == kind)
            .count()
    };
    let with = |has: fn(&Node) -> bool| manifest.nodes.iter().filter(|node| has(node)).count();
    let (on, off): (Vec<_>, Vec<_>) = manifest.exposures.iter().partition(|it| it.enabled);
    expected.assert_eq(&format!(
        "{} models, {} seeds, {} snapshots, {} sources; {} without relation, {} described, {} edges\n\
        {} exposures, {} of them off, {} edges; {} nodes off, {} skipped, {:?}\n\
        v{} by {} on {} for {}",
        count(NodeKind::Model),
        count(NodeKind::Seed),
        count(NodeKind::Snapshot),
        count(NodeKind::Source),
        with(|node| node.relation.is_none()),
        with(|node| node.properties_path.is_some()),
        manifest.nodes.iter().map(|node| node.depends_on.len()).sum::<usize>(),
        on.len() + off.len(),
        off.len(),
        manifest.exposures.iter().map(|it| it.depends_on.len()).sum::<usize>(),
        manifest.disabled.len(),
        manifest.n_skipped,
        manifest.problems,
        manifest.metadata.schema_version.unwrap_or_default(),
        manifest.metadata.engine,
        manifest.metadata.adapter_type.as_deref().unwrap_or_default(),
        manifest.metadata.project_name.as_deref().unwrap_or_default(),
    ));
}

#[test]
fn counts_of_core_1_7() {
    check_counts(
        "counts_of_core_1_7",
        "dbt17-jaffle_shop_duckdb",
        expect![[r#"
            5 models, 3 seeds, 0 snapshots, 0 sources; 0 without relation, 5 described, 8 edges
            0 exposures, 0 of them off, 0 edges; 0 nodes off, 0 skipped, []
            v11 by dbt Core 1.7 on duckdb for jaffle_shop"#]],
    );
}

#[test]
fn counts_of_core_1_11() {
    check_counts(
        "counts_of_core_1_11",
        "jaffle_shop_duckdb",
        expect![[r#"
            5 models, 3 seeds, 0 snapshots, 0 sources; 0 without relation, 5 described, 8 edges
            0 exposures, 0 of them off, 0 edges; 0 nodes off, 0 skipped, []
            v12 by dbt Core 1.11 on duckdb for jaffle_shop"#]],
    );
}

#[test]
fn counts_of_core_2() {
    check_counts(
        "counts_of_core_2",
        "v2-jaffle_shop_duckdb",
        expect![[r#"
            5 models, 3 seeds, 0 snapshots, 0 sources; 0 without relation, 5 described, 8 edges
            0 exposures, 0 of them off, 0 edges; 0 nodes off, 0 skipped, []
            v12 by dbt Fusion on duckdb for jaffle_shop"#]],
    );
}

// Two more models are described in another package's file, which is no path in theirs.
#[test]
fn counts_of_gitlab() {
    check_counts(
        "counts_of_gitlab",
        "gitlab",
        expect![[r#"
            2930 models, 34 seeds, 100 snapshots, 1093 sources; 15 without relation, 2441 described, 5641 edges
            12 exposures, 0 of them off, 98 edges; 17 nodes off, 0 skipped, []
            v12 by dbt Core 1.11 on snowflake for gitlab_snowflake"#]],
    );
}

#[test]
fn counts_of_teamster() {
    check_counts(
        "counts_of_teamster",
        "teamster-kipptaf",
        expect![[r#"
            795 models, 0 seeds, 9 snapshots, 1175 sources; 3 without relation, 792 described, 2205 edges
            122 exposures, 2 of them off, 262 edges; 1155 nodes off, 0 skipped, []
            v12 by dbt Core 1.11 on bigquery for kipptaf"#]],
    );
}

#[test]
fn counts_of_teamster_by_core_2() {
    check_counts(
        "counts_of_teamster_by_core_2",
        "v2-teamster-kipptaf",
        expect![[r#"
            795 models, 0 seeds, 9 snapshots, 1175 sources; 3 without relation, 792 described, 2205 edges
            122 exposures, 2 of them off, 262 edges; 1154 nodes off, 0 skipped, []
            v12 by dbt Fusion on bigquery for kipptaf"#]],
    );
}

#[test]
fn counts_of_edge_v1_dev() {
    check_counts(
        "counts_of_edge_v1_dev",
        "edge-v1-dev",
        expect![[r#"
            9 models, 1 seeds, 3 snapshots, 2 sources; 1 without relation, 3 described, 3 edges
            1 exposures, 0 of them off, 12 edges; 1 nodes off, 0 skipped, []
            v12 by dbt Core 1.11 on duckdb for shop"#]],
    );
}

#[test]
fn counts_of_edge_v1_prod() {
    check_counts(
        "counts_of_edge_v1_prod",
        "edge-v1-prod",
        expect![[r#"
            9 models, 1 seeds, 3 snapshots, 2 sources; 1 without relation, 3 described, 3 edges
            1 exposures, 0 of them off, 12 edges; 1 nodes off, 0 skipped, []
            v12 by dbt Core 1.11 on duckdb for shop"#]],
    );
}

#[test]
fn counts_of_edge_v2_dev() {
    check_counts(
        "counts_of_edge_v2_dev",
        "edge-v2-dev",
        expect![[r#"
            9 models, 1 seeds, 3 snapshots, 2 sources; 1 without relation, 3 described, 3 edges
            1 exposures, 0 of them off, 12 edges; 1 nodes off, 0 skipped, []
            v12 by dbt Fusion on duckdb for shop"#]],
    );
}

#[test]
fn counts_of_edge_v2_prod() {
    check_counts(
        "counts_of_edge_v2_prod",
        "edge-v2-prod",
        expect![[r#"
            9 models, 1 seeds, 3 snapshots, 2 sources; 1 without relation, 3 described, 3 edges
            1 exposures, 0 of them off, 12 edges; 1 nodes off, 0 skipped, []
            v12 by dbt Fusion on duckdb for shop"#]],
    );
}

#[test]
fn the_same_project_reads_alike_from_both_engines() {
    let test = "the_same_project_reads_alike_from_both_engines";
    for target in ["dev", "prod"] {
        let one = real(test, &format!("edge-v1-{target}"));
        let two = real(test, &format!("edge-v2-{target}"));
        let (Some(one), Some(two)) = (one, two) else {
            return;
        };
        for mut node in one.nodes {
            let mut twin = self::node(&two, node.id.as_str()).clone();
            // Fusion hashes a snapshot's block and keeps a pointer to the latest version.
            for it in [&mut node, &mut twin] {
                it.checksum = it.checksum.take().filter(|_| it.kind != NodeKind::Snapshot);
                it.latest_pointer = None;
                it.depends_on.sort();
            }
            assert_eq!(node, twin);
        }
    }
}

#[test]
fn model_versions_are_told_apart() {
    let test = "model_versions_are_told_apart";
    let Some(manifest) = real(test, "edge-v2-prod") else {
        return;
    };
    let mut shown = String::new();
    for id in ["model.shop.dim_customers.v1", "model.shop.dim_customers.v2"] {
        show_node(&mut shown, node(&manifest, id));
    }
    expect![[r#"
        model.shop.dim_customers.v1 dim_customers.v1 of shop at "models/marts/dim_customers_v1.sql"
          properties models/schema.yml
          latest 1
          relation "shop"."analytics_marts"."dim_customers_v1"
          pointer "shop"."analytics_marts"."dim_customers"
          materialized view
          access Protected
          checksum 3ea0f972fa1b56aa2dc2f56ee784b6a5796312f9a813d59ae70fd8855f10d16d
        model.shop.dim_customers.v2 dim_customers.v2 of shop at "models/marts/dim_customers_v2.sql"
          properties models/schema.yml
          latest 1
          relation "shop"."analytics_marts"."dim_customers_next"
          materialized view
          access Protected
          checksum 3ea0f972fa1b56aa2dc2f56ee784b6a5796312f9a813d59ae70fd8855f10d16d
    "#]]
    .assert_eq(&shown);
}

#[test]
fn seeds_snapshots_ephemeral_and_python_models_are_nodes() {
    let test = "seeds_snapshots_ephemeral_and_python_models_are_nodes";
    let Some(manifest) = real(test, "edge-v1-prod") else {
        return;
    };
    let mut shown = String::new();
    let ids = [
        "seed.shop.regions",
        "snapshot.shop.snap_b",
        "snapshot.shop.snap_yaml",
        "model.shop.eph",
        "model.shop.uses_eph",
        "model.shop.py_model",
        "model.shop.aliased",
        "source.shop.raw.events",
    ];
    for id in ids {
        show_node(&mut shown, node(&manifest, id));
    }
    expect![[r#"
        seed.shop.regions regions of shop at "seeds/regions.csv"
          relation "shop"."analytics"."regions"
          materialized seed
          checksum 8785bd65e2099267252e07a04b3ad2eb72f692775aae46d95ff6a49f0a864e4f
        snapshot.shop.snap_b snap_b of shop at "snapshots/snaps.sql"
          relation "shop"."analytics"."snap_b"
          materialized snapshot
          checksum eb1c97dad79cd88198ac1c7270af794073adefecdc28860be6e2d71e56ad938e
        snapshot.shop.snap_yaml snap_yaml of shop at "snapshots/snaps.yml"
          properties snapshots/snaps.yml
          relation "shop"."analytics"."snap_yaml"
          materialized snapshot
          reads model.shop.orders
          checksum f1c98fdc9b62071e47f1397ee7cf9cd435a3f2b720a71310b014f301e6671b8c
        model.shop.eph eph of shop at "models/eph.sql"
          materialized ephemeral
          access Protected
          checksum c37034aeed4e5a3a28b053a058857ffc65c3f131edddb40e44c8ed5bddc7e320
        model.shop.uses_eph uses_eph of shop at "models/uses_eph.sql"
          relation "shop"."analytics"."uses_eph"
          materialized view
          access Protected
          reads model.shop.eph
          checksum 619537e6ca914ae2700a23f2cab67acb42f546e1daacc3b05cdbf94e4f3afee9
        model.shop.py_model py_model of shop at "models/py_model.py"
          relation "shop"."analytics"."py_model"
          materialized table
          access Protected
          reads model.shop.orders
          checksum 805035f997dc16e4b8ba8581006f6ced92c6f78ffae9f9b436343416dfd97a05
        model.shop.aliased aliased of shop at "models/aliased.sql"
          relation "shop"."analytics"."Daily Sales.v1"
          materialized view
          access Protected
          checksum 394bfb020fedc2ee147314857086581347b6a14f7788001e7664abb39d879928
        source.shop.raw.events raw.events of shop at "models/schema.yml"
          relation "shop"."raw"."events_*"
    "#]]
    .assert_eq(&shown);
}

#[test]
fn a_package_may_have_a_model_of_the_same_name() {
    let test = "a_package_may_have_a_model_of_the_same_name";
    let Some(manifest) = real(test, "edge-v1-dev") else {
        return;
    };
    let places: Vec<String> = manifest
        .nodes
        .iter()
        .filter(|node| node.name == "orders")
        .map(|node| format!("{} of {} at {}\n", node.id, node.package, node.path))
        .collect();
    let mut places = places;
    places.sort();
    expect![[r#"
        model.pkg.orders of pkg at models/orders.sql
        model.shop.orders of shop at models/marts/orders.sql
    "#]]
    .assert_eq(&places.concat());
}

#[test]
fn an_id_may_be_enabled_in_one_file_and_disabled_in_another() {
    let test = "an_id_may_be_enabled_in_one_file_and_disabled_in_another";
    for (name, n_expected) in [
        ("teamster-kipptaf", 8),
        ("v2-teamster-kipptaf", 8),
        ("gitlab", 2),
    ] {
        let Some(manifest) = real(test, name) else {
            return;
        };
        let both: Vec<(&str, &str, &str)> = manifest
            .nodes
            .iter()
            .flat_map(|on| manifest.disabled.iter().map(move |off| (on, off)))
            .filter(|(on, off)| on.id == off.id)
            .map(|(on, off)| (on.id.as_str(), on.path.as_str(), off.path.as_str()))
            .collect();
        let ids: std::collections::BTreeSet<&str> = both.iter().map(|(id, ..)| *id).collect();
        assert_eq!(ids.len(), n_expected, "{name}");
        assert!(
            both.iter().all(|(_, on, off)| on != off),
            "{name}: {both:?}"
        );
    }
}

#[test]
fn gitlab_quotes_the_database_and_sometimes_the_table() {
    let test = "gitlab_quotes_the_database_and_sometimes_the_table";
    let Some(manifest) = real(test, "gitlab") else {
        return;
    };
    let mut counts = std::collections::BTreeMap::new();
    for relation in manifest
        .nodes
        .iter()
        .filter_map(|node| node.relation.as_ref())
    {
        let quoted: Vec<bool> = relation.parts().map(|part| part.quoted).collect();
        *counts.entry(format!("{quoted:?}")).or_insert(0) += 1;
    }
    expect![[r#"
        {
            "[false, false, false]": 6,
            "[true, false, false]": 4132,
            "[true, false, true]": 4,
        }
    "#]]
    .assert_debug_eq(&counts);
    let sources = manifest
        .nodes
        .iter()
        .filter(|node| node.kind == NodeKind::Source);
    let n_renamed = sources
        .filter(|node| {
            node.relation
                .as_ref()
                .is_some_and(|it| it.name.text != node.name)
        })
        .count();
    assert_eq!(n_renamed, 342);
}

#[test]
fn teamster_names_keep_dashes_and_backticks_away() {
    let test = "teamster_names_keep_dashes_and_backticks_away";
    let Some(manifest) = real(test, "teamster-kipptaf") else {
        return;
    };
    let relation = manifest
        .nodes
        .iter()
        .find_map(|node| node.relation.as_ref());
    expect![[r#""my-gcp-project"."dbt_dev_overgrad"."int_overgrad__top_choices""#]]
        .assert_eq(&relation.map(quoted).unwrap_or_default());
    let all_quoted = manifest
        .nodes
        .iter()
        .filter_map(|node| node.relation.as_ref())
        .all(|relation| relation.parts().count() == 3 && relation.parts().all(|part| part.quoted));
    assert!(all_quoted);
}

#[test]
fn checksums_are_those_of_the_files() {
    let test = "checksums_are_those_of_the_files";
    for name in ["edge-v1-dev", "edge-v2-dev"] {
        let Some(manifest) = real(test, name) else {
            return;
        };
        let mut n_checked = 0;
        for node in manifest.nodes.iter().filter(|node| node.checksum.is_some()) {
            let root = if node.package == "pkg" { "pkg/" } else { "" };
            let path = format!("dbt/edge/base/{root}{}", node.path);
            let Some(bytes) = shared(test, &path) else {
                return;
            };
            let text = String::from_utf8(bytes).expect("text");
            assert_eq!(
                node.checksum.as_deref(),
                Some(checksum(&text).as_str()),
                "{}",
                node.id
            );
            n_checked += 1;
        }
        assert_eq!(n_checked, if name == "edge-v1-dev" { 13 } else { 10 });
    }
}

//! What `dbt_project.yml` configures for nodes.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use lineage::NodeKind;

use super::parse;
use crate::config::{Config, Said};

const SHOP: &str = "
name: shop
profile: warehouse
quoting: {database: true, identifier: \"{{ env_var('QUOTE', 'false') }}\"}
models:
  +materialized: view
  +schema: base
  shop:
    staging:
      schema: stg
      +enabled: \"{{ env_var('STAGING', 'no') == 'yes' }}\"
    marts:
      materialized: table
      '+ schema': marts
      finance:
        +schema: null
        +access: public
        +group: finance
      orders:
        +alias: daily
        +quoting: {schema: yes, identifier: maybe}
        +quoting_of_mine: 1
        +latest_version_pointer: {enabled: true, alias: orders_now}
  history: {+target_schema: x, +target_database: x, +quoting: {project: true}}
  pkg: {+enabled: false, +database: \"{{ var('db') }}\"}
seeds:
  shop: {+schema: raw, +dataset: lake, +project: warehouse-1}
snapshots:
  +target_schema: history
  shop:
    old: {+schema: ignored, +target_database: archive}
    new: {+target_schema: ''}
sources:
  shop:
    crm: {+enabled: 'false', +schema: ignored}
";

/// The configuration of nodes, each by its kind and the words of its `fqn`.
fn check(text: &str, nodes: &[&str], expected: Expect) {
    let project = parse(text, &[]).expect("a project");
    let mut out = String::new();
    for node in nodes {
        let words: Vec<&str> = node.split_whitespace().collect();
        let kind = match words[0] {
            "model" => NodeKind::Model,
            "seed" => NodeKind::Seed,
            "snapshot" => NodeKind::Snapshot,
            _ => NodeKind::Source,
        };
        let config = project.configs.of(kind, &words[1..]);
        let _ = writeln!(out, "{node}:{}", shown(&config));
    }
    expected.assert_eq(&out);
}

/// What is said, `?` where it is not known.
fn shown(config: &Config) -> String {
    let mut out = String::new();
    let target = if config.is_target_schema {
        "target_"
    } else {
        ""
    };
    let schema = format!("{target}schema");
    for (key, said) in [
        ("alias", &config.alias),
        (schema.as_str(), &config.schema),
        ("database", &config.database),
        ("materialized", &config.materialized),
        ("access", &config.access),
        ("group", &config.group),
        ("pointer_alias", &config.pointer_alias),
    ] {
        show(&mut out, key, said);
    }
    let [database, schema, identifier] = &config.quoting;
    for (key, said) in [
        ("enabled", &config.enabled),
        ("pointer", &config.pointer),
        ("quoted_database", database),
        ("quoted_schema", schema),
        ("quoted_identifier", identifier),
    ] {
        show(&mut out, key, said);
    }
    out
}

fn show<T: std::fmt::Debug>(out: &mut String, key: &str, said: &Said<T>) {
    let _ = match said {
        Said::Nothing => Ok(()),
        Said::Unknown => write!(out, " {key}=?"),
        Said::Is(value) => write!(out, " {key}={value:?}"),
    };
}

#[test]
fn nearer_folders_count_before_farther_ones() {
    check(
        SHOP,
        &[
            "model other x",
            "model shop x",
            "model shop staging x",
            "model shop marts x",
            "model shop marts finance x",
            "model shop marts orders",
            "model shop orders",
            "model pkg x",
        ],
        expect![[r#"
            model other x: schema="base" materialized="view"
            model shop x: schema="base" materialized="view"
            model shop staging x: schema="stg" materialized="view" enabled=false
            model shop marts x: schema="marts" materialized="table"
            model shop marts finance x: schema="" materialized="table" access="public" group="finance"
            model shop marts orders: alias="daily" schema="marts" materialized="table" pointer_alias="orders_now" pointer=true quoted_schema=true quoted_identifier=?
            model shop orders: schema="base" materialized="view"
            model pkg x: schema="base" database=? materialized="view" enabled=false
        "#]],
    );
}

#[test]
fn each_kind_has_a_tree_of_its_own() {
    check(
        SHOP,
        &[
            "model history x",
            "seed shop x",
            "snapshot shop x",
            "snapshot shop old x",
            "snapshot shop new x",
            "source shop crm accounts",
            "source shop erp accounts",
        ],
        expect![[r#"
            model history x: schema="base" materialized="view" quoted_database=true
            seed shop x: schema="lake" database="warehouse-1"
            snapshot shop x: target_schema="history"
            snapshot shop old x: target_schema="history" database="archive"
            snapshot shop new x: target_schema=""
            source shop crm accounts: enabled=false
            source shop erp accounts:
        "#]],
    );
}

#[test]
fn a_map_under_a_plain_key_is_a_folder_of_that_name() {
    check(
        "name: shop\nmodels:\n  shop:\n    schema: {+schema: x}\n    quoting: {database: true}\n    +schema: {a: b}\n",
        &[
            "model shop x",
            "model shop schema x",
            "model shop quoting x",
        ],
        expect![[r#"
            model shop x: schema=?
            model shop schema x: schema="x"
            model shop quoting x: schema=? database=?
        "#]],
    );
}

#[test]
fn values_of_other_types_are_not_known() {
    check(
        "name: shop\nmodels:\n  +schema: 2024\n  +alias: [a]\n  +database: true\n  +enabled: perhaps\n  \
        +group: !tag x\n  +quoting: true\n  +latest_version_pointer: true\n  +access: '1'\n",
        &["model shop x"],
        expect![[r#"
            model shop x: alias=? schema=? database=? access="1" group=? enabled=? pointer=? quoted_database=? quoted_schema=? quoted_identifier=?
        "#]],
    );
    check(
        "name: shop\nmodels: [a]\nseeds: null\n",
        &["model shop x", "seed shop x"],
        expect![[r#"
        model shop x:
        seed shop x:
    "#]],
    );
}

#[test]
fn what_the_environment_says_is_rendered() {
    check(
        "name: shop\nmodels:\n  +enabled: \"{{ env_var('ON', 'True') | as_bool }}\"\n  \
        +schema: \"x_{{ env_var('S', 'y') }}\"\n  +alias: \"{{ target.name }}\"\n  \
        +database: \"{{ env_var('NOPE') }}\"\n",
        &["model shop x"],
        expect![[r#"
            model shop x: alias=? schema="x_y" database=? enabled=true
        "#]],
    );
}

#[test]
fn anchors_and_repeated_keys_are_read_as_dbt_reads_them() {
    check(
        "name: shop\nmodels:\n  shop:\n    a: &a {+schema: one, +alias: x}\n    b: {<<: *a, +schema: two}\n    \
        c: *a\n    d: {+schema: one}\n    d: {+schema: two}\n    e: {+schema: one, schema: two}\n",
        &[
            "model shop a",
            "model shop b",
            "model shop c",
            "model shop d",
            "model shop e",
        ],
        expect![[r#"
            model shop a: alias="x" schema="one"
            model shop b: alias="x" schema="two"
            model shop c: alias="x" schema="one"
            model shop d: schema="two"
            model shop e: schema="two"
        "#]],
    );
}

#[test]
fn the_profile_and_quoting_of_a_project() {
    let project = parse(SHOP, &[("QUOTE", "True")]).expect("a project");
    assert_eq!(project.profile.as_deref(), Some("warehouse"));
    let quoting = [Said::Is(true), Said::Nothing, Said::Is(true)];
    assert_eq!(project.quoting, quoting);
    let rendered =
        parse("name: x\nprofile: \"{{ env_var('P', 'q') }}\"\n", &[]).expect("a project");
    assert_eq!(rendered.profile.as_deref(), Some("q"));
    let without = parse("name: x\nquoting: none\n", &[]).expect("a project");
    assert_eq!(
        (without.profile, without.quoting[0].clone()),
        (None, Said::Unknown)
    );
}

#[test]
fn hostile_trees_are_bounded() {
    let mut deep = "name: shop\nmodels:\n".to_owned();
    for depth in 1..80 {
        let _ = writeln!(deep, "{}f:", " ".repeat(depth));
    }
    let path: Vec<&str> = std::iter::once("f").cycle().take(100).collect();
    let project = parse(&deep, &[]).expect("a project");
    assert_eq!(
        project.configs.of(NodeKind::Model, &path).schema,
        Said::Unknown
    );
    assert_eq!(
        project.configs.of(NodeKind::Model, &path[..3]).schema,
        Said::Nothing
    );

    let mut bomb = "name: shop\nmodels:\n  a0: &a0 {+schema: x}\n".to_owned();
    for n in 1..40 {
        let below = n - 1;
        let _ = writeln!(bomb, "  a{n}: &a{n} {{x: *a{below}, y: *a{below}}}");
    }
    let project = parse(&bomb, &[]).expect("a project");
    assert_eq!(
        project.configs.of(NodeKind::Model, &["a0"]).schema,
        Said::Is("x".to_owned())
    );
    assert_eq!(
        project.configs.of(NodeKind::Model, &["a39"]).schema,
        Said::Unknown
    );
}

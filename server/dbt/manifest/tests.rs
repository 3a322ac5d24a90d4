//! What manifests of every schema and engine say, real and hand-written ones.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use lineage::{Identifier, Node, Relation};

use super::{Engine, Manifest};

mod broken;
mod real;

/// A manifest of schema v12 made of these sections.
fn manifest_v12(sections: &str) -> String {
    format!(
        r#"{{"metadata": {{"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
        "dbt_version": "1.11.16", "adapter_type": "postgres"}}, "nodes": {{}}, {sections}}}"#
    )
}

fn check(manifest: &str, expected: Expect) {
    match Manifest::parse(manifest.as_bytes()) {
        Ok(manifest) => expected.assert_eq(&shown(&manifest)),
        Err(err) => expected.assert_eq(&format!("{err}\n")),
    }
}

fn check_v12(sections: &str, expected: Expect) {
    check(&manifest_v12(sections), expected);
}

/// A manifest as text, absent things left out.
fn shown(manifest: &Manifest) -> String {
    let mut out = String::new();
    for node in &manifest.nodes {
        show_node(&mut out, node);
    }
    for it in &manifest.exposures {
        let off = if it.enabled { "" } else { " (off)" };
        let _ = writeln!(out, "{}{off} {} at {:?}", it.id, it.name, it.path);
        show(&mut out, "label", it.label.as_ref());
        show(&mut out, "url", it.url.as_ref());
        show(&mut out, "owner", it.owner.name.as_ref());
        show(&mut out, "email", it.owner.email.as_ref());
        for (path, value) in &it.meta {
            let _ = writeln!(out, "  meta {path} = {value}");
        }
        show(&mut out, "reads", join(&it.depends_on).as_ref());
    }
    for it in &manifest.disabled {
        let _ = writeln!(
            out,
            "{} (off) {} of {} at {:?}",
            it.id, it.name, it.package, it.path
        );
    }
    for it in &manifest.problems {
        let _ = writeln!(out, "{}: {}", it.code, it.message);
    }
    out
}

fn show_node(out: &mut String, node: &Node) {
    let _ = writeln!(
        out,
        "{} {} of {} at {:?}",
        node.id,
        node.label(),
        node.package,
        node.path
    );
    show(out, "properties", node.properties_path.as_ref());
    show(out, "latest", node.latest_version.as_ref());
    show(out, "relation", node.relation.as_ref().map(quoted).as_ref());
    show(
        out,
        "pointer",
        node.latest_pointer.as_ref().map(quoted).as_ref(),
    );
    show(out, "materialized", node.materialized.as_ref());
    show(
        out,
        "access",
        node.access.map(|access| format!("{access:?}")).as_ref(),
    );
    show(out, "group", node.group.as_ref());
    show(out, "reads", join(&node.depends_on).as_ref());
    show(out, "checksum", node.checksum.as_ref());
}

fn show(out: &mut String, name: &str, value: Option<&String>) {
    if let Some(value) = value {
        let _ = writeln!(out, "  {name} {value}");
    }
}

fn join(ids: &[lineage::UniqueId]) -> Option<String> {
    let ids: Vec<&str> = ids.iter().map(lineage::UniqueId::as_str).collect();
    (!ids.is_empty()).then(|| ids.join(", "))
}

fn quoted(relation: &Relation) -> String {
    let part = |it: &Identifier| match it.quoted {
        true => format!("\"{}\"", it.text),
        false => it.text.clone(),
    };
    relation.parts().map(part).collect::<Vec<_>>().join(".")
}

#[test]
fn reads_schema_v4_of_core_1_0() {
    check(
        r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v4.json",
          "dbt_version": "1.0.9", "adapter_type": "snowflake"},
        "nodes": {"model.shop.orders": {"raw_sql": "select 1", "resource_type": "model",
          "depends_on": {"macros": [], "nodes": ["seed.shop.regions"]},
          "config": {"materialized": "table"}, "database": "PROD", "schema": "marts",
          "fqn": ["shop", "orders"], "unique_id": "model.shop.orders", "package_name": "shop",
          "root_path": "/home/ci/shop", "path": "marts/orders.sql",
          "original_file_path": "models/marts/orders.sql", "name": "orders", "alias": "fct",
          "checksum": {"name": "sha256", "checksum": "ab12"}, "refs": [["regions"]],
          "patch_path": "shop://models/schema.yml"},
         "seed.shop.regions": {"resource_type": "seed", "unique_id": "seed.shop.regions",
          "checksum": {"name": "path", "checksum": "seeds/regions.csv"}, "database": "PROD",
          "schema": "raw", "alias": "regions", "original_file_path": "seeds\\regions.csv"}},
        "exposures": {"exposure.shop.sales": {"unique_id": "exposure.shop.sales", "name": "sales",
          "resource_type": "exposure", "package_name": "shop", "type": "dashboard",
          "owner": {"email": "ana@example.com", "name": null}, "url": "https://t.example/1",
          "original_file_path": "models/exposures.yml", "root_path": "/home/ci/shop",
          "depends_on": {"macros": [], "nodes": ["model.shop.orders"]}}},
        "disabled": {"model.shop.old": {"unique_id": "model.shop.old", "resource_type": "model",
          "package_name": "shop", "name": "old", "original_file_path": "models/old.sql"}}}"#,
        expect![[r#"
            model.shop.orders orders of shop at "models/marts/orders.sql"
              properties models/schema.yml
              relation PROD.marts.fct
              materialized table
              reads seed.shop.regions
            seed.shop.regions regions of shop at "seeds/regions.csv"
              relation PROD.raw.regions
              materialized seed
            exposure.shop.sales sales at "models/exposures.yml"
              url https://t.example/1
              email ana@example.com
              reads model.shop.orders
            model.shop.old (off) old of shop at "models/old.sql"
        "#]],
    );
}

#[test]
fn reads_schema_v7_of_core_1_3() {
    check(
        r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v7.json",
          "dbt_version": "1.3.4", "adapter_type": "bigquery"},
        "nodes": {}, "sources": {"source.shop.raw.Users": {"resource_type": "source",
          "unique_id": "source.shop.raw.Users", "source_name": "raw", "name": "Users",
          "identifier": "users_v2", "database": "my-p", "schema": "raw", "package_name": "shop",
          "relation_name": "`my-p`.`raw`.`users_v2`", "root_path": "/x",
          "quoting": {"database": null, "schema": null, "identifier": null, "column": null},
          "path": "models/raw.yml", "original_file_path": "models/raw.yml"}},
        "exposures": {"exposure.shop.s": {"unique_id": "exposure.shop.s", "name": "s",
          "resource_type": "exposure", "label": "S!", "package_name": "shop", "meta": {"a": 1},
          "config": {"enabled": true}, "owner": {"name": "Ana", "email": "a@example.com"},
          "original_file_path": "models/e.yml",
          "depends_on": {"nodes": ["source.shop.raw.Users"]}}}}"#,
        expect![[r#"
            source.shop.raw.Users raw.Users of shop at "models/raw.yml"
              relation "my-p"."raw"."users_v2"
            exposure.shop.s s at "models/e.yml"
              label S!
              owner Ana
              email a@example.com
              meta a = 1
              reads source.shop.raw.Users
        "#]],
    );
}

#[test]
fn reads_schema_v9_of_core_1_5() {
    check(
        r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v9.json",
          "dbt_version": "1.5.11", "adapter_type": "redshift"},
        "nodes": {"model.shop.dim.v1": {"resource_type": "model", "unique_id": "model.shop.dim.v1",
          "name": "dim", "package_name": "shop", "version": 1, "latest_version": 2,
          "alias": "dim_v1", "database": "dev", "schema": "public", "access": "public",
          "group": "finance", "relation_name": "\"dev\".\"public\".\"dim_v1\"",
          "config": {"materialized": "view", "group": "finance"},
          "original_file_path": "models/dim_v1.sql"}}}"#,
        expect![[r#"
            model.shop.dim.v1 dim.v1 of shop at "models/dim_v1.sql"
              latest 2
              relation "dev"."public"."dim_v1"
              materialized view
              access Public
              group finance
        "#]],
    );
}

#[test]
fn takes_versions_as_text_however_they_are_written() {
    let node = |id: &str, version: &str, latest: &str| {
        format!(
            r#""{id}": {{"unique_id": "{id}", "resource_type": "model", "name": "a",
            "version": {version}, "latest_version": {latest}}}"#
        )
    };
    let nodes = [
        node("model.p.a.v1", "1", "2.0"),
        node("model.p.a.v2", "2.0", "2"),
        node("model.p.a.v2.5", "2.5", "\"2\""),
        node("model.p.b.v3.0", "3.0", "3.0"),
        node("model.p.c.vgold", "\"gold\"", "\"gold\""),
    ];
    let manifest =
        Manifest::parse(manifest_v12(&format!(r#""nodes": {{{}}}"#, nodes.join(","))).as_bytes());
    let versions: Vec<String> = manifest
        .expect("a manifest")
        .nodes
        .iter()
        .map(|it| {
            format!(
                "{:?} of {:?}, latest {}\n",
                it.version,
                it.latest_version,
                it.is_latest()
            )
        })
        .collect();
    expect![[r#"
        Some("1") of Some("2.0"), latest false
        Some("2") of Some("2"), latest true
        Some("2.5") of Some("2"), latest false
        Some("3.0") of Some("3.0"), latest true
        Some("gold") of Some("gold"), latest true
    "#]]
    .assert_eq(&versions.concat());
}

#[test]
fn completes_a_definition_from_its_id() {
    check_v12(
        r#""nodes": {"model.p.a": {"unique_id": "model.p.a", "resource_type": "model"}},
        "sources": {"source.p.s.t": {"unique_id": "source.p.s.t", "resource_type": "source"}},
        "exposures": {"exposure.p.e": {"unique_id": "exposure.p.e", "resource_type": "exposure"}}"#,
        expect![[r#"
            model.p.a a of p at ""
              relation "a"
            source.p.s.t s.t of p at ""
              relation "t"
            exposure.p.e e at ""
        "#]],
    );
}

#[test]
fn reads_windows_paths() {
    check_v12(
        r#""nodes": {"model.p.a": {"unique_id": "model.p.a", "resource_type": "model",
          "original_file_path": ".\\models\\mar ts\\a.sql", "patch_path": "p://models\\s.yml"}}"#,
        expect![[r#"
            model.p.a a of p at "models/mar ts/a.sql"
              properties models/s.yml
              relation "a"
        "#]],
    );
}

#[test]
fn keeps_paths_that_leave_the_package() {
    check_v12(
        r#""sources": {"source.p.s.t": {"unique_id": "source.p.s.t", "resource_type": "source",
          "original_file_path": "../../sources/s.yml", "patch_path": "p://../../sources/s.yml"}}"#,
        expect![[r#"
            source.p.s.t s.t of p at "../../sources/s.yml"
              relation "t"
        "#]],
    );
}

/// One model of these fields, under `config` what the test wants.
fn check_relation(adapter: &str, fields: &str, expected: Expect) {
    let manifest = format!(
        r#"{{"metadata": {{"adapter_type": "{adapter}"}}, "nodes": {{"model.p.a": {{
        "unique_id": "model.p.a", "resource_type": "model", "name": "a", {fields}}}}}}}"#
    );
    let manifest = Manifest::parse(manifest.as_bytes()).expect("a manifest");
    let relation = manifest
        .nodes
        .first()
        .and_then(|node| node.relation.as_ref());
    expected.assert_eq(&relation.map_or("none".to_owned(), quoted));
}

#[test]
fn takes_names_from_fields_and_quotes_from_the_relation_name() {
    let snowflake = r#""database": "RAW", "schema": "zuora", "alias": "ORDER""#;
    let with = |relation_name: &str| format!("{snowflake}, \"relation_name\": {relation_name:?}");
    check_relation(
        "snowflake",
        &with("\"RAW\".zuora.\"ORDER\""),
        expect![[r#""RAW".zuora."ORDER""#]],
    );
    check_relation(
        "snowflake",
        &with("\"RAW\".zuora.ORDER"),
        expect![[r#""RAW".zuora.ORDER"#]],
    );
    check_relation(
        "snowflake",
        &with("RAW.zuora.ORDER"),
        expect!["RAW.zuora.ORDER"],
    );
    check_relation(
        "sqlserver",
        &with("[RAW].[zuora].[ORDER]"),
        expect![[r#""RAW"."zuora"."ORDER""#]],
    );
    // Something else altogether says nothing about quotes.
    check_relation(
        "snowflake",
        &with("{{ broken }}"),
        expect!["RAW.zuora.ORDER"],
    );
    check_relation("snowflake", snowflake, expect!["RAW.zuora.ORDER"]);
}

#[test]
fn keeps_the_case_that_databricks_lowers() {
    check_relation(
        "databricks",
        r#""database": "Main", "schema": "Marts", "alias": "Dim Cust",
        "relation_name": "`main`.`marts`.`dim cust`""#,
        expect![[r#""Main"."Marts"."Dim Cust""#]],
    );
}

#[test]
fn leaves_out_a_database_that_dbt_leaves_out() {
    let fields =
        r#""database": "", "schema": "marts", "alias": "a", "relation_name": "`marts`.`a`""#;
    check_relation("clickhouse", fields, expect![[r#""marts"."a""#]]);
    let fields = r#""database": "main", "schema": "marts", "alias": "a", "relation_name": "\"marts\".\"a\"""#;
    check_relation("duckdb", fields, expect![[r#""marts"."a""#]]);
    check_relation(
        "spark",
        r#""database": null, "schema": "marts""#,
        expect![[r#""marts"."a""#]],
    );
}

#[test]
fn keeps_dots_and_quotes_inside_names() {
    let fields = r#""database": "p", "schema": "region-us", "alias": "INFORMATION_SCHEMA.JOBS",
        "relation_name": "`p`.`region-us`.INFORMATION_SCHEMA.JOBS""#;
    check_relation(
        "bigquery",
        fields,
        expect![[r#""p"."region-us".INFORMATION_SCHEMA.JOBS"#]],
    );
    let fields = r#""database": "p", "schema": "s", "alias": "Daily \"Sales\".v1",
        "relation_name": "\"p\".\"s\".\"Daily \"Sales\".v1\"""#;
    check_relation(
        "postgres",
        fields,
        expect![[r#""p"."s"."Daily "Sales".v1""#]],
    );
}

#[test]
fn takes_the_quotes_off_a_name_that_carries_its_own() {
    let fields = |relation_name: &str| {
        format!(
            r#""database": "RAW", "schema": "sf", "alias": "\"GROUP\"", "relation_name": {relation_name}"#
        )
    };
    check_relation(
        "snowflake",
        &fields(r#""\"RAW\".sf.\"GROUP\"""#),
        expect![[r#""RAW".sf."GROUP""#]],
    );
    check_relation("snowflake", &fields("null"), expect![[r#"RAW.sf."GROUP""#]]);
    check_relation(
        "postgres",
        &fields(r#""\"RAW\".\"sf\".\"\"GROUP\"\"""#),
        expect![[r#""RAW"."sf"."GROUP""#]],
    );
    check_relation("postgres", r#""alias": "\"\"""#, expect![[r#""""""#]]);
}

#[test]
fn an_ephemeral_model_has_no_relation() {
    let fields = r#""schema": "s", "relation_name": null, "config": {"materialized": "ephemeral"}"#;
    check_relation("postgres", fields, expect!["none"]);
}

#[test]
fn the_projects_quoting_stands_in_for_a_missing_relation_name() {
    check(
        r#"{"nodes": {"model.p.a": {"unique_id": "model.p.a", "resource_type": "model",
          "database": "D", "schema": "s", "config": {"quoting": {"schema": true}}}},
        "sources": {"source.p.s.t": {"unique_id": "source.p.s.t", "resource_type": "source",
          "database": "D", "schema": "s", "quoting": {"identifier": true, "database": null}}},
        "metadata": {"adapter_type": "snowflake", "quoting": {"database": true}}}"#,
        expect![[r#"
            model.p.a a of p at ""
              relation "D"."s".a
            source.p.s.t s.t of p at ""
              relation "D".s."t"
        "#]],
    );
}

#[test]
fn the_latest_version_may_have_a_pointer() {
    let node = |version: u8, pointer: &str| {
        format!(
            r#""model.p.d.v{version}": {{"unique_id": "model.p.d.v{version}", "name": "d",
            "resource_type": "model", "schema": "s", "alias": "d_v{version}", "version": {version},
            "latest_version": 2, "relation_name": "\"s\".\"d_v{version}\"",
            "config": {{"latest_version_pointer": {pointer}}}}}"#
        )
    };
    let pointers = |dbt_version: &str, pointer: &str| {
        let (one, two) = (node(1, pointer), node(2, pointer));
        let text = format!(
            r#"{{"metadata": {{"dbt_version": "{dbt_version}"}}, "nodes": {{{one}, {two}}}}}"#
        );
        let nodes = Manifest::parse(text.as_bytes()).expect("a manifest").nodes;
        let shown = nodes.iter().map(|node| match &node.latest_pointer {
            Some(pointer) => format!(
                "v{} {}",
                node.version.as_deref().unwrap_or(""),
                quoted(pointer)
            ),
            None => "-".to_owned(),
        });
        shown.collect::<Vec<_>>().join(", ")
    };
    let enabled = r#"{"enabled": true, "alias": null}"#;
    expect![[r#"-, v2 "s"."d""#]].assert_eq(&pointers("1.12.0", enabled));
    expect![[r#"-, v2 "s"."d_now""#]].assert_eq(&pointers(
        "1.12.0",
        r#"{"enabled": true, "alias": "d_now"}"#,
    ));
    expect!["-, -"].assert_eq(&pointers("1.12.0", r#"{"enabled": true, "alias": "d_v2"}"#));
    expect!["-, -"].assert_eq(&pointers("1.12.0", "null"));
    expect!["-, -"].assert_eq(&pointers("1.12.0", r#"{"enabled": "yes"}"#));
    // Fusion keeps one unless told not to.
    expect![[r#"-, v2 "s"."d""#]].assert_eq(&pointers("2.0.0-preview.196", r#"{"enabled": null}"#));
    expect!["-, -"].assert_eq(&pointers("2.0.0-preview.196", r#"{"enabled": false}"#));
}

#[test]
fn flattens_the_meta_of_an_exposure() {
    check_v12(
        r#""exposures": {"exposure.p.e": {"unique_id": "exposure.p.e", "resource_type": "exposure",
          "meta": {"tableau": {"luid": "2f1e", "n": 3, "x": 1.50, "live": true, "none": null},
                   "ids": [1, [2], {"deep": "3"}]},
          "config": {"meta": {"tableau": {"luid": "2f1e", "site": "acme"}}},
          "owner": {"name": "", "email": ["a@example.com", "b@example.com"]}}}"#,
        expect![[r#"
            exposure.p.e e at ""
              email a@example.com, b@example.com
              meta tableau.luid = 2f1e
              meta tableau.n = 3
              meta tableau.x = 1.5
              meta tableau.live = true
              meta ids = 1
              meta ids = 2
              meta ids.deep = 3
              meta tableau.site = acme
        "#]],
    );
}

#[test]
fn lists_disabled_definitions_of_every_kind() {
    check_v12(
        r#""disabled": {
          "model.p.x": [{"unique_id": "model.p.x", "resource_type": "model", "name": "x",
            "package_name": "p", "original_file_path": "models/a/x.sql"},
            {"unique_id": "model.p.x", "resource_type": "model", "name": "x",
            "package_name": "p", "original_file_path": "models/c/x.sql"}],
          "source.p.s.t": [{"unique_id": "source.p.s.t", "resource_type": "source"}],
          "test.p.t": [{"unique_id": "test.p.t", "resource_type": "test"}],
          "unit_test.p.t": [{"unique_id": "unit_test.p.t", "resource_type": "unit_test"}],
          "metric.p.m": [{"unique_id": "metric.p.m", "resource_type": "metric"}],
          "exposure.p.e": [{"unique_id": "exposure.p.e", "resource_type": "exposure",
            "depends_on": {"nodes": []}}]}"#,
        expect![[r#"
            exposure.p.e (off) e at ""
            model.p.x (off) x of p at "models/a/x.sql"
            model.p.x (off) x of p at "models/c/x.sql"
            source.p.s.t (off) t of p at ""
        "#]],
    );
}

#[test]
fn of_a_repeated_key_the_last_value_counts() {
    check(
        r#"{"nodes": {"model.p.gone": {"unique_id": "model.p.gone", "resource_type": "model"}},
        "nodes": {
          "model.p.a": {"unique_id": "model.p.a", "resource_type": "model", "schema": "old"},
          "model.p.b": {"unique_id": "model.p.b", "resource_type": "model", "schema": "s"},
          "model.p.a": {"unique_id": "model.p.a", "resource_type": "model",
            "schema": "older", "schema": "new"}}}"#,
        expect![[r#"
            model.p.a a of p at ""
              relation "new"."a"
            model.p.b b of p at ""
              relation "s"."b"
        "#]],
    );
}

#[test]
fn decodes_escapes_in_keys_and_values() {
    check_v12(
        r#""nodes": {"model.p.\u00e9": {"unique\u005fid": "model.p.\u00e9",
          "resource_type": "model", "name": "\u00e9\ud83d\ude00", "schema": "a\"b"}}"#,
        expect![[r#"
            model.p.é é😀 of p at ""
              relation "a"b"."é😀"
        "#]],
    );
}

#[test]
fn tells_engines_apart() {
    let versions = [
        "0.21.1",
        "1.0.0",
        "1.9.11",
        "1.10.0b2",
        "1.11.16",
        "2.0.0-preview.196",
        "2.0.0-alpha.4",
        "2025.5.22+996c95c",
        "",
        "main",
    ];
    let shown = versions.map(|version| {
        let engine = Engine::parse(version);
        let (config, private) = (
            engine.tags_and_meta_under_config(),
            engine.refuses_private(false),
        );
        format!("{version:?}: {engine}, under config {config}, refuses private {private}\n")
    });
    expect![[r#"
        "0.21.1": dbt Core 0.21, under config false, refuses private true
        "1.0.0": dbt Core 1.0, under config false, refuses private true
        "1.9.11": dbt Core 1.9, under config false, refuses private true
        "1.10.0b2": dbt Core 1.10, under config true, refuses private true
        "1.11.16": dbt Core 1.11, under config true, refuses private true
        "2.0.0-preview.196": dbt Fusion, under config true, refuses private false
        "2.0.0-alpha.4": dbt Fusion, under config true, refuses private false
        "2025.5.22+996c95c": unknown dbt engine, under config true, refuses private true
        "": unknown dbt engine, under config true, refuses private true
        "main": unknown dbt engine, under config true, refuses private true
    "#]]
    .assert_eq(&shown.concat());
}

#[test]
fn keeps_only_checksums_that_can_be_compared() {
    let shown = |dbt_version: &str, kind: &str, name: &str| {
        let text = format!(
            r#"{{"metadata": {{"dbt_version": "{dbt_version}"}}, "nodes": {{"{kind}.p.a": {{
            "unique_id": "{kind}.p.a", "resource_type": "{kind}",
            "checksum": {{"name": "{name}", "checksum": "ab"}}}}}}}}"#
        );
        let manifest = Manifest::parse(text.as_bytes()).expect("a manifest");
        manifest.nodes[0].checksum.is_some()
    };
    assert!(shown("1.5.0", "model", "sha256"));
    assert!(shown("1.11.16", "snapshot", "sha256"));
    assert!(shown("2.0.0-preview.196", "model", "sha256"));
    assert!(!shown("1.4.10", "model", "sha256"));
    assert!(!shown("2.0.0-preview.196", "snapshot", "sha256"));
    assert!(!shown("1.11.16", "seed", "path"));
}

#[test]
fn checksums_ignore_white_space_around_the_text() {
    expect!["822ae07d4783158bc1912bb623e5107cc9002d519e1143a9c200ed6ee18b6d0f"]
        .assert_eq(&super::checksum("select 1"));
    assert_eq!(super::checksum("\u{feff}a").len(), 64);
    assert_eq!(
        super::checksum("\r\n\u{1c}select 1\u{a0}\n"),
        super::checksum("select 1")
    );
    assert_ne!(super::checksum("select\n1"), super::checksum("select 1"));
}

#[test]
fn line_endings_do_not_change_a_file() {
    let (unix, windows) = ("select 1,\n  2\n", "select 1,\r\n  2\r\n");
    for (text, other) in [(unix, windows), (windows, unix), (unix, unix)] {
        assert!(super::matches_checksum(text, &super::checksum(other)));
    }
    assert!(!super::matches_checksum(
        unix,
        &super::checksum("select 1, 2")
    ));
    assert!(!super::matches_checksum("", "ab"));
}

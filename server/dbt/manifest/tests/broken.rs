//! Manifests that are cut, broken, hostile or something else.

use expect_test::{Expect, expect};

use super::{check, check_v12, manifest_v12};
use crate::manifest::Manifest;

fn check_bytes(bytes: &[u8], expected: Expect) {
    let answer = match Manifest::parse(bytes) {
        Ok(manifest) => format!(
            "{} nodes, {} skipped",
            manifest.nodes.len(),
            manifest.n_skipped
        ),
        Err(err) => {
            let cause = std::error::Error::source(&err).map(|cause| format!(": {cause}"));
            format!("{err}{}", cause.unwrap_or_default())
        }
    };
    expected.assert_eq(&answer);
}

#[test]
fn names_what_is_wrong_with_the_whole_file() {
    check_bytes(b"", expect!["the manifest is empty"]);
    check_bytes(b"\xef\xbb\xbf \r\n\t", expect!["the manifest is empty"]);
    check_bytes(
        b"{\"metadata\": {\"dbt_version\": \"1.1",
        expect!["the manifest breaks off after 33 bytes"],
    );
    check_bytes(
        b"{\"nodes\": {}",
        expect!["the manifest breaks off after 12 bytes"],
    );
    check_bytes(
        "{\"nodes\": {\"é"
            .as_bytes()
            .split_last()
            .map_or(&[][..], |(_, cut)| cut),
        expect!["the manifest breaks off after 13 bytes"],
    );
    check_bytes(
        b"<!DOCTYPE html><html></html>",
        expect!["the manifest is not JSON: expected value at line 1 column 1"],
    );
    check_bytes(
        b"version: 2\n",
        expect!["the manifest is not JSON: expected value at line 1 column 1"],
    );
    check_bytes(
        b"{\"nodes\": {}} trailing",
        expect!["the manifest is not JSON: trailing characters at line 1 column 15"],
    );
    check_bytes(
        b"{\"nodes\": {\"a\": \"\xff\xfe\"}}",
        expect!["the manifest is not UTF-8 text from byte 17 on"],
    );
    check_bytes(
        b"\xff\xfe{\0}\0",
        expect!["the manifest is not UTF-8 text from byte 0 on"],
    );
    check_bytes(
        b"\x89PNG\r\n\x1a\n\0\0",
        expect!["the manifest is not UTF-8 text from byte 0 on"],
    );
    check_bytes(
        b"\0\0\0\0",
        expect!["the manifest is not JSON: expected value at line 1 column 1"],
    );
}

#[test]
fn tells_other_files_of_dbt_from_a_manifest() {
    let of_schema = |name: &str| {
        format!(
            r#"{{"metadata": {{"dbt_schema_version": "https://schemas.getdbt.com/dbt/{name}.json"}},
            "nodes": {{}}}}"#
        )
    };
    check(
        &of_schema("catalog/v1"),
        expect![[r#"
        this is not a dbt manifest but dbt's catalog.json
    "#]],
    );
    check(
        &of_schema("run-results/v6"),
        expect![[r#"
        this is not a dbt manifest but dbt's run_results.json
    "#]],
    );
    check(
        &of_schema("\\u001b[31m/v6"),
        expect![[r#"
        this is not a dbt manifest but other JSON
    "#]],
    );
    check(
        "[1, 2]",
        expect![[r#"
        this is not a dbt manifest but other JSON
    "#]],
    );
    check(
        "null",
        expect![[r#"
        this is not a dbt manifest but other JSON
    "#]],
    );
    check(
        "{}",
        expect![[r#"
        this is not a dbt manifest but other JSON
    "#]],
    );
    check(
        r#"{"nodes": []}"#,
        expect![[r#"
        this is not a dbt manifest but other JSON
    "#]],
    );
    // A workbook's JSON, a package.json, …
    check(
        r#"{"name": "x", "version": "1.0.0"}"#,
        expect![[r#"
        this is not a dbt manifest but other JSON
    "#]],
    );
}

#[test]
fn reads_schemas_it_does_not_know_and_says_so() {
    let of_schema = |version: &str| {
        format!(
            r#"{{"metadata": {{"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/{version}.json"}},
            "nodes": {{"model.p.a": {{"unique_id": "model.p.a", "resource_type": "model"}}}}}}"#
        )
    };
    check(
        &of_schema("v20"),
        expect![[r#"
        model.p.a a of p at ""
          relation "a"
        manifest_schema: the manifest's schema v20 is not known; parts may be missing
    "#]],
    );
    check(
        &of_schema("v3"),
        expect![[r#"
        model.p.a a of p at ""
          relation "a"
        manifest_schema: the manifest's schema v3 is not known; parts may be missing
    "#]],
    );
    check(
        &of_schema("next"),
        expect![[r#"
        model.p.a a of p at ""
          relation "a"
    "#]],
    );
}

#[test]
fn skips_and_counts_definitions_that_make_no_sense() {
    check_v12(
        r#""nodes": {
          "model.p.ok": {"unique_id": "model.p.ok", "resource_type": "model", "future_key": {"a": []}},
          "model.p.name": {"unique_id": "model.p.name", "resource_type": "model", "name": 7},
          "model.p.config": {"unique_id": "model.p.config", "resource_type": "model", "config": []},
          "model.p.deps": {"unique_id": "model.p.deps", "resource_type": "model",
            "depends_on": {"nodes": {"model.p.ok": 1}}},
          "model.p.id": {"resource_type": "model"},
          "model.p.type": {"unique_id": "model.p.type"},
          "model.p.null": null, "model.p.text": "x",
          "metric.p.other": {"unique_id": "metric.p.other", "resource_type": "metric"}},
        "sources": [], "exposures": {"exposure.p.e": {"unique_id": 1}},
        "disabled": {"model.p.d": [1, {"unique_id": "model.p.d", "resource_type": "model"}]}"#,
        expect![[r#"
            model.p.ok ok of p at ""
              relation "ok"
            model.p.d (off) d of p at ""
            manifest_section: `sources` of the manifest is not a map
            manifest_definitions_skipped: 9 definitions of the manifest make no sense: model.p.null (not a map), model.p.text (not a map), model.p.name (name), …
        "#]],
    );
}

#[test]
fn odd_values_in_details_cost_the_detail_alone() {
    check_v12(
        r#""nodes": {"model.p.a": {"unique_id": "model.p.a", "resource_type": "model",
          "schema": "s", "quoting": 1, "checksum": "x", "access": "secret",
          "config": {"latest_version_pointer": true, "quoting": []}}},
        "exposures": {"exposure.p.e": {"unique_id": "exposure.p.e", "resource_type": "exposure",
          "label": 2024, "url": ["x"], "meta": [1], "owner": {"name": true, "email": {"a": 1}}}}"#,
        expect![[r#"
            model.p.a a of p at ""
              relation "s"."a"
            exposure.p.e e at ""
              label 2024
              owner true
        "#]],
    );
}

#[test]
fn survives_deep_nesting() {
    let deep = |open: &str, close: &str| open.repeat(200_000) + "1" + &close.repeat(200_000);
    let lists = deep("[", "]");
    let maps = deep("{\"a\":", "}");
    for value in [&lists, &maps] {
        let sections = format!(
            r#""nodes": {{"model.p.a": {{"unique_id": "model.p.a", "resource_type": "model",
              "columns": {value}, "schema": "s"}},
              "model.p.b": {{"unique_id": "model.p.b", "resource_type": "model", "name": {value}}}}},
            "macros": {value},
            "exposures": {{"exposure.p.e": {{"unique_id": "exposure.p.e",
              "resource_type": "exposure", "meta": {{"m": {value}}}}}}}"#
        );
        check_bytes(
            manifest_v12(&sections).as_bytes(),
            expect!["1 nodes, 1 skipped"],
        );
    }
    check_bytes(
        lists.as_bytes(),
        expect!["this is not a dbt manifest but other JSON"],
    );
}

#[test]
fn bounds_what_a_hostile_meta_costs() {
    let key = "k".repeat(100_000);
    let values: Vec<String> = (0..10_000).map(|n| format!("\"{n}\": {n}")).collect();
    let values = values.join(",");
    let sections = format!(
        r#""exposures": {{"exposure.p.e": {{"unique_id": "exposure.p.e", "resource_type": "exposure",
          "meta": {{"{key}": {{{values}}}, "a": {{{values}}}}}}}}}"#
    );
    let manifest = Manifest::parse(manifest_v12(&sections).as_bytes()).expect("a manifest");
    let meta = &manifest.exposures[0].meta;
    let n_bytes: usize = meta
        .iter()
        .map(|(path, value)| path.len() + value.len())
        .sum();
    assert!(n_bytes < 100_000, "{n_bytes} bytes of meta");
}

#[test]
fn every_prefix_of_a_manifest_is_an_error_and_no_panic() {
    let whole = manifest_v12(
        r#""sources": {"source.p.s.é": {"unique_id": "source.p.s.\u00e9", "resource_type": "source"}}"#,
    );
    for n in 0..whole.len() {
        assert!(
            Manifest::parse(&whole.as_bytes()[..n]).is_err(),
            "{n} bytes"
        );
    }
    assert!(Manifest::parse(whole.as_bytes()).is_ok());
}

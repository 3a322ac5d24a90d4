//! What nodes are called, by configuration, target, macros and manifest.

mod macros;
mod real;

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use lineage::{NodeKind, Relation};

use super::{Asked, NameMacro, NameMacros, Named, Names, Observed};
use crate::config::{Config, Said};
use crate::manifest::Manifest;
use crate::profiles::Target;

fn is(text: &str) -> Said<String> {
    Said::Is(text.to_owned())
}

fn target(name: &str) -> Target {
    Target {
        name: name.to_owned(),
        adapter: None,
        database: is("wh"),
        schema: is(&format!("t_{name}")),
    }
}

/// Names of a target called `dev` in a warehouse.
fn names(adapter: &str) -> Names {
    Names {
        adapter: Some(adapter.to_owned()),
        target: Some(target("dev")),
        ..Names::default()
    }
}

fn by_schema_macro(names: Names, schema: NameMacro) -> Names {
    let macros = NameMacros {
        schema,
        ..names.macros
    };
    Names { macros, ..names }
}

/// Configuration as `schema=marts alias=x`; `?` is what only dbt knows.
fn config(text: &str) -> Config {
    let mut config = Config::default();
    for pair in text.split_whitespace() {
        let (key, value) = pair.split_once('=').expect("key=value");
        let said = match value {
            "?" => Said::Unknown,
            value => is(value),
        };
        match key {
            "alias" => config.alias = said,
            "schema" => config.schema = said,
            "target_schema" => {
                config.schema = said;
                config.is_target_schema = true;
            }
            "database" => config.database = said,
            "materialized" => config.materialized = said,
            "quoted" => config.quoting = [Said::Nothing, Said::Is(true), Said::Is(false)],
            _ => panic!("no key of a configuration: {key}"),
        }
    }
    config
}

fn model<'a>(name: &'a str, version: Option<&'a str>, config: &'a Config) -> Asked<'a> {
    Asked {
        kind: NodeKind::Model,
        package: "shop",
        name,
        version,
        config,
    }
}

/// `db."schema".name`: a part that is not known is `?`, one that is not there `-`.
fn shown(named: Option<Named>) -> String {
    let Some(Named { relation, known }) = named else {
        return "no table".to_owned();
    };
    let Relation {
        database,
        schema,
        name,
    } = relation;
    let parts = [database.as_ref(), schema.as_ref(), Some(&name)];
    let shown = parts.into_iter().zip(known).map(|(part, known)| {
        let text = part.map(|it| match it.quoted {
            true => format!("\"{}\"", it.text),
            false => it.text.clone(),
        });
        match (text, known) {
            (Some(text), true) => text,
            (Some(text), false) => format!("?{text}"),
            (None, true) => "-".to_owned(),
            (None, false) => "?".to_owned(),
        }
    });
    shown.collect::<Vec<_>>().join(".")
}

/// Each configuration with the name that a model `orders` gets by it.
fn check(names: &Names, configs: &[&str], expected: Expect) {
    let mut out = String::new();
    for text in configs {
        let config = config(text);
        let named = names.relation(&model("orders", None, &config));
        let _ = writeln!(out, "{text:?} {}", shown(named));
    }
    expected.assert_eq(&out);
}

#[test]
fn dbts_own_macros_join_the_targets_schema_and_the_configured_one() {
    check(
        &names("snowflake"),
        &[
            "",
            "schema=marts",
            "alias=daily schema=marts database=other",
            "materialized=ephemeral",
            "quoted=yes",
        ],
        expect![[r#"
            "" wh.t_dev.orders
            "schema=marts" wh.t_dev_marts.orders
            "alias=daily schema=marts database=other" other.t_dev_marts.daily
            "materialized=ephemeral" no table
            "quoted=yes" wh."t_dev".orders
        "#]],
    );
}

#[test]
fn what_only_dbt_knows_is_left_out_or_marked() {
    check(
        &names("snowflake"),
        &["schema=?", "database=?", "alias=?", "materialized=?"],
        expect![[r#"
            "schema=?" wh.?.orders
            "database=?" ?.t_dev.orders
            "alias=?" wh.t_dev.?orders
            "materialized=?" wh.t_dev.orders
        "#]],
    );
}

#[test]
fn without_a_target_only_the_name_is_known() {
    let names = Names {
        target: None,
        ..names("snowflake")
    };
    check(
        &names,
        &["", "schema=marts database=other"],
        expect![[r#"
            "" ?.?.orders
            "schema=marts database=other" other.?.orders
        "#]],
    );
}

#[test]
fn a_snapshots_target_schema_is_taken_as_it_is() {
    check(
        &by_schema_macro(names("snowflake"), NameMacro::Own),
        &["target_schema=history", "schema=history"],
        expect![[r#"
            "target_schema=history" wh.history.orders
            "schema=history" wh.?.orders
        "#]],
    );
}

#[test]
fn versions_are_part_of_the_name() {
    let config = Config::default();
    let named = |version| {
        let asked = model("orders", Some(version), &config);
        shown(names("snowflake").relation(&asked))
    };
    assert_eq!(named("2"), "wh.t_dev.orders_v2");
    assert_eq!(named("2.1"), "wh.t_dev.orders_v2_1");
    let macros = NameMacros {
        alias: NameMacro::CustomAlone,
        ..NameMacros::default()
    };
    let old = Names {
        macros,
        ..names("snowflake")
    };
    let asked = model("orders", Some("2"), &config);
    assert_eq!(shown(old.relation(&asked)), "wh.t_dev.orders");
}

#[test]
fn warehouses_quote_and_leave_out_as_their_adapters_do() {
    let mut out = String::new();
    for adapter in ["postgres", "bigquery", "clickhouse", "spark", "sqlserver"] {
        for text in ["database=other", "schema=marts"] {
            let config = config(text);
            let named = names(adapter).relation(&model("orders", None, &config));
            let _ = writeln!(out, "{adapter} {text}: {}", shown(named));
        }
    }
    expect![[r#"
        postgres database=other: "other"."t_dev"."orders"
        postgres schema=marts: "wh"."t_dev_marts"."orders"
        bigquery database=other: "other"."t_dev"."orders"
        bigquery schema=marts: "wh"."t_dev_marts"."orders"
        clickhouse database=other: -."t_dev"."orders"
        clickhouse schema=marts: -."t_dev_marts"."orders"
        spark database=other: -."t_dev"."orders"
        spark schema=marts: -."t_dev_marts"."orders"
        sqlserver database=other: "other"."t_dev"."orders"
        sqlserver schema=marts: "wh".?."orders"
    "#]]
    .assert_eq(&out);
}

#[test]
fn quoting_is_the_nodes_then_the_projects_then_the_adapters() {
    let names = Names {
        quoting: [Said::Is(true), Said::Nothing, Said::Is(true)],
        ..names("snowflake")
    };
    check(
        &names,
        &["", "quoted=yes"],
        expect![[r#"
            "" "wh".t_dev."orders"
            "quoted=yes" "wh"."t_dev".orders
        "#]],
    );
}

#[test]
fn a_projects_own_macros_decide_by_the_targets_name() {
    let mut out = String::new();
    for name in ["dev", "prod"] {
        for schema in [
            NameMacro::Copied,
            NameMacro::ForEnv,
            NameMacro::AloneInProd,
            NameMacro::ByTarget,
            NameMacro::CustomAlone,
            NameMacro::TargetAlone,
            NameMacro::Own,
        ] {
            let names = Names {
                target: Some(target(name)),
                ..by_schema_macro(names("snowflake"), schema)
            };
            let [without, with] = [config(""), config("schema=marts")]
                .map(|config| shown(names.relation(&model("orders", None, &config))));
            let _ = writeln!(out, "{name} {schema:?}: {without} {with}");
        }
    }
    expect![[r#"
        dev Copied: wh.t_dev.orders wh.t_dev_marts.orders
        dev ForEnv: wh.t_dev.orders wh.t_dev.orders
        dev AloneInProd: wh.t_dev.orders wh.t_dev_marts.orders
        dev ByTarget: wh.t_dev.orders wh.?.orders
        dev CustomAlone: wh.t_dev.orders wh.marts.orders
        dev TargetAlone: wh.t_dev.orders wh.t_dev.orders
        dev Own: wh.?.orders wh.?.orders
        prod Copied: wh.t_prod.orders wh.t_prod_marts.orders
        prod ForEnv: wh.t_prod.orders wh.marts.orders
        prod AloneInProd: wh.t_prod.orders wh.marts.orders
        prod ByTarget: wh.t_prod.orders wh.?.orders
        prod CustomAlone: wh.t_prod.orders wh.marts.orders
        prod TargetAlone: wh.t_prod.orders wh.t_prod.orders
        prod Own: wh.?.orders wh.?.orders
    "#]]
    .assert_eq(&out);
}

/// A manifest of nodes as `package.name schema alias configured-schema configured-alias`,
/// where `-` is null.
fn observed(nodes: &str) -> Observed {
    let nodes: Vec<String> = nodes.lines().map(definition).collect();
    let manifest = format!(
        r#"{{"metadata": {{"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
        "dbt_version": "1.11.16", "adapter_type": "snowflake"}}, "nodes": {{{}}}}}"#,
        nodes.join(",")
    );
    Observed::of(&Manifest::parse(manifest.as_bytes()).expect("a manifest"))
}

fn definition(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [place, schema, alias, custom_schema, custom_alias] = words[..] else {
        panic!("five words: {line}");
    };
    let (package, name) = place.split_once('.').expect("package.name");
    let json = |text: &str| match text {
        "-" => "null".to_owned(),
        text => format!("\"{text}\""),
    };
    format!(
        r#""model.{place}": {{"unique_id": "model.{place}", "resource_type": "model",
        "name": "{name}", "package_name": "{package}", "database": "seen",
        "schema": "{schema}", "alias": "{alias}",
        "config": {{"schema": {}, "alias": {}, "materialized": "table"}}}}"#,
        json(custom_schema),
        json(custom_alias)
    )
}

#[test]
fn what_a_manifest_shows_counts_before_the_profile() {
    let names = Names {
        observed: observed("shop.a seen_dev a - -\nshop.b seen_dev_raw b raw -"),
        ..names("snowflake")
    };
    check(
        &names,
        &["", "schema=raw", "schema=marts", "database=other"],
        expect![[r#"
            "" seen.seen_dev.orders
            "schema=raw" seen.seen_dev_raw.orders
            "schema=marts" seen.seen_dev_marts.orders
            "database=other" other.seen_dev.orders
        "#]],
    );
}

#[test]
fn of_an_own_macro_only_what_was_seen_is_known() {
    let seen = "shop.a analytics a - -\nshop.b raw_zone b raw -\n\
        shop.c one c mixed -\nshop.d two d mixed -\npkg.e pkg_zone e pkg -";
    let names = Names {
        observed: observed(seen),
        ..by_schema_macro(names("snowflake"), NameMacro::Own)
    };
    check(
        &names,
        &["", "schema=raw", "schema=mixed", "schema=pkg", "schema=new"],
        expect![[r#"
            "" seen.analytics.orders
            "schema=raw" seen.raw_zone.orders
            "schema=mixed" seen.?.orders
            "schema=pkg" seen.pkg_zone.orders
            "schema=new" seen.?.orders
        "#]],
    );
}

#[test]
fn a_manifest_that_speaks_against_a_macro_leaves_the_part_unknown() {
    let names = Names {
        observed: observed("shop.a seen_dev a - -\nshop.b somewhere b raw -"),
        ..names("snowflake")
    };
    check(
        &names,
        &["schema=raw", "schema=marts"],
        expect![[r#"
            "schema=raw" seen.somewhere.orders
            "schema=marts" seen.?.orders
        "#]],
    );
}

#[test]
fn a_manifest_tells_which_target_it_was_made_for() {
    let prod = observed("shop.a analytics a - -\nshop.b raw b raw -");
    let empty = observed("shop.a analytics a - -");
    for (observed, expected) in [
        (
            prod,
            expect![[r#"
                "schema=marts" seen.marts.orders
            "#]],
        ),
        (
            empty,
            expect![[r#"
                "schema=marts" seen.?.orders
            "#]],
        ),
    ] {
        let names = Names {
            observed,
            ..by_schema_macro(names("snowflake"), NameMacro::AloneInProd)
        };
        check(&names, &["schema=marts"], expected);
    }
}

#[test]
fn the_targets_schema_shows_behind_configured_ones() {
    let names = Names {
        observed: observed("shop.a seen_dev_raw a raw -\nshop.b seen_dev_x_y b x_y -"),
        ..names("snowflake")
    };
    check(
        &names,
        &["", "schema=marts"],
        expect![[r#"
            "" seen.seen_dev.orders
            "schema=marts" seen.seen_dev_marts.orders
        "#]],
    );
}

#[test]
fn an_own_alias_macro_is_known_of_nodes_that_it_named() {
    let seen = "shop.orders dev core_orders - -\nshop.aliased dev x_y - y\nother.z dev z - -";
    let names = Names {
        observed: observed(seen),
        ..names("snowflake")
    };
    let named = |package, name, text| {
        let config = config(text);
        shown(names.relation(&Asked {
            package,
            ..model(name, None, &config)
        }))
    };
    assert_eq!(named("shop", "orders", ""), "seen.dev.core_orders");
    assert_eq!(named("shop", "orders", "alias=new"), "seen.dev.?new");
    assert_eq!(named("shop", "aliased", "alias=y"), "seen.dev.x_y");
    assert_eq!(named("shop", "added", ""), "seen.dev.?added");
    assert_eq!(named("other", "added", ""), "seen.dev.added");
}

#[test]
fn packages_are_named_by_macros_of_their_own() {
    let own = NameMacros {
        schema: NameMacro::CustomAlone,
        ..NameMacros::default()
    };
    let names = Names {
        package_macros: [("pkg".to_owned(), own)].into(),
        ..names("snowflake")
    };
    let config = config("schema=marts");
    let named = |package| {
        shown(names.relation(&Asked {
            package,
            ..model("orders", None, &config)
        }))
    };
    assert_eq!(named("pkg"), "wh.marts.orders");
    assert_eq!(named("shop"), "wh.t_dev_marts.orders");
}

#[test]
fn sources_are_called_as_yaml_says() {
    let named = |adapter, identifier: Said<String>, text| {
        let config = config(text);
        let named = names(adapter).source_relation("raw", "Users", &identifier, &config);
        shown(Some(named))
    };
    let plain = named("snowflake", Said::Nothing, "");
    assert_eq!(plain, "wh.raw.Users");
    let full = named("postgres", is("events_*"), "schema=lake database=other");
    assert_eq!(full, r#""other"."lake"."events_*""#);
    let unknown = named("snowflake", Said::Unknown, "schema=? database=?");
    assert_eq!(unknown, "?.?.?Users");
    let two_parts = named("clickhouse", Said::Nothing, "database=other");
    assert_eq!(two_parts, r#"-."raw"."Users""#);
}

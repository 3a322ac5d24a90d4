//! What is read of `profiles.yml`, and that nothing else ever is.
#![allow(clippy::print_stderr)]

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::{Target, target};
use crate::config::Said;

fn environment(name: &str) -> Option<String> {
    let value = match name {
        "USER" => "alice",
        "TARGET" => "prod",
        "DBT_ENV_SECRET_SCHEMA" => SECRET,
        _ => return None,
    };
    Some(value.to_owned())
}

/// Stands wherever nothing may be read, and may never show.
const SECRET: &str = "hunter2";

/// The target of profile `shop`, or what keeps it from being known.
fn check(text: &str, chosen: Option<&str>, expected: Expect) {
    expected.assert_eq(&shown(text, chosen));
}

fn shown(text: &str, chosen: Option<&str>) -> String {
    match target(text, "shop", chosen, &environment) {
        Ok(target) => line(&target),
        Err(problem) => format!("{}: {}", problem.code, problem.message),
    }
}

fn line(target: &Target) -> String {
    let said = |said: &Said<String>| match said {
        Said::Nothing => "-".to_owned(),
        Said::Unknown => "?".to_owned(),
        Said::Is(text) => text.clone(),
    };
    format!(
        "{} on {}: {}.{}",
        target.name,
        target.adapter.as_deref().unwrap_or("?"),
        said(&target.database),
        said(&target.schema)
    )
}

const TWO: &str = "
config: {send_anonymous_usage_stats: false}
other: {target: x, outputs: {x: {type: postgres}}}
shop:
  target: dev
  outputs:
    dev: {type: snowflake, account: hunter2, password: hunter2, database: dev_db, schema: dbt_alice}
    prod: {type: snowflake, password: hunter2, database: prod_db, schema: analytics}
";

#[test]
fn the_chosen_target_counts_before_the_profiles() {
    check(TWO, None, expect!["dev on snowflake: dev_db.dbt_alice"]);
    check(
        TWO,
        Some("prod"),
        expect!["prod on snowflake: prod_db.analytics"],
    );
    check(
        TWO,
        Some("ci"),
        expect!["profile_unknown: profile `shop` has no output for `ci`"],
    );
}

#[test]
fn a_profile_without_target_has_the_one_called_default() {
    check(
        "shop: {outputs: {default: {type: postgres, dbname: wh, schema: public}}}",
        None,
        expect!["default on postgres: wh.public"],
    );
}

#[test]
fn the_environment_is_asked_for_names_alone() {
    check(
        "shop:\n  target: \"{{ env_var('TARGET', 'dev') }}\"\n  outputs:\n    prod: {type: redshift, \
        dbname: \"{{ env_var('DB', 'wh') }}\", schema: \"dbt_{{ env_var('USER') }}\"}\n",
        None,
        expect!["prod on redshift: wh.dbt_alice"],
    );
    check(
        "shop:\n  target: dev\n  outputs:\n    dev: {type: redshift, dbname: \"{{ env_var('NOPE') }}\", \
        schema: \"{{ env_var('DBT_ENV_SECRET_SCHEMA') }}\"}\n",
        None,
        expect!["dev on redshift: ?.?"],
    );
    check(
        "shop: {target: \"{{ var('t') }}\", outputs: {dev: {type: x}}}",
        None,
        expect![
            "profile_unknown: the `target` of profile `shop` cannot be worked out without running dbt; set DBT_TARGET"
        ],
    );
}

#[test]
fn each_adapter_has_its_own_keys() {
    let mut out = String::new();
    for output in [
        "{type: snowflake, database: db, schema: s}",
        "{type: bigquery, project: p-1, dataset: d}",
        "{type: bigquery, database: p-1, schema: d}",
        "{type: bigquery, dataset: d}",
        "{type: redshift, dbname: db, schema: s}",
        "{type: postgres, database: db, schema: s, pass: hunter2}",
        "{type: databricks, catalog: main, schema: s, token: hunter2}",
        "{type: databricks, schema: s}",
        "{type: databricks, schema: s, session_properties: {databricks.catalog: main, x: hunter2}}",
        "{type: spark, schema: s, catalog: c}",
        "{type: trino, catalog: hive, schema: s}",
        "{type: trino, database: hive, schema: s}",
        "{type: athena, database: awsdatacatalog, schema: s}",
        "{type: sqlserver, database: db, schema: dbo}",
        "{type: synapse, database: db, schema: dbo}",
        "{type: fabric, database: db, schema: dbo}",
        "{type: clickhouse, password: hunter2}",
        "{type: clickhouse, schema: s}",
        "{type: oracle, database: db, schema: s}",
        "{type: mysql, schema: s}",
        "{type: duckdb}",
        "{type: duckdb, path: ':memory:', schema: s}",
        "{type: duckdb, path: 'data/shop.dev.duckdb'}",
        r"{type: duckdb, path: 'C:\data\shop.db'}",
        "{type: duckdb, path: 's3://bucket/shop.duckdb'}",
        "{type: duckdb, path: 'md:wh?motherduck_token=hunter2'}",
        "{type: duckdb, path: 'md:?motherduck_token=hunter2'}",
        "{type: duckdb, path: 'ducklake:hunter2'}",
        "{type: duckdb, path: 'x.db', database: named}",
        "{type: never_heard_of, database: db, schema: s}",
        "{database: db, schema: s}",
        "{type: 'not a name', database: [hunter2], schema: {a: hunter2}}",
        "{type: snowflake, database: 1, schema: null}",
    ] {
        let text = format!("shop: {{target: t, outputs: {{t: {output}}}}}");
        let _ = writeln!(out, "{}", shown(&text, None));
    }
    assert!(!out.contains(SECRET));
    expect![[r#"
        t on snowflake: db.s
        t on bigquery: p-1.d
        t on bigquery: p-1.d
        t on bigquery: -.d
        t on redshift: db.s
        t on postgres: db.s
        t on databricks: main.s
        t on databricks: hive_metastore.s
        t on databricks: main.s
        t on spark: -.s
        t on trino: hive.s
        t on trino: hive.s
        t on athena: awsdatacatalog.s
        t on sqlserver: db.dbo
        t on synapse: db.dbo
        t on fabric: db.dbo
        t on clickhouse: -.default
        t on clickhouse: -.s
        t on oracle: db.s
        t on mysql: -.s
        t on duckdb: memory.main
        t on duckdb: memory.s
        t on duckdb: shop.dev.main
        t on duckdb: shop.main
        t on duckdb: shop.main
        t on duckdb: wh.main
        t on duckdb: my_db.main
        t on duckdb: ?.main
        t on duckdb: named.main
        t on never_heard_of: db.s
        t on ?: db.s
        t on ?: ?.?
        t on snowflake: 1.-
    "#]]
    .assert_eq(&out);
}

#[test]
fn merged_keys_count() {
    check(
        "base: &base {type: postgres, dbname: wh, schema: public}\n\
        shop: {target: t, outputs: {t: {<<: *base, schema: own}}}",
        None,
        expect!["t on postgres: wh.own"],
    );
}

/// A file full of secrets, which is broken by each of the cases.
fn broken() -> Vec<String> {
    let whole = TWO.replace("dev_db", SECRET).replace("dbt_alice", SECRET);
    let mut texts = vec![
        String::new(),
        SECRET.to_owned(),
        format!("- {SECRET}"),
        format!("shop: {SECRET}"),
        format!("shop: {{target: {SECRET}, outputs: {{a: {{type: x}}}}}}"),
        format!("shop: {{target: t, outputs: {{t: {SECRET}}}}}"),
        format!("shop: {{target: t, outputs: [{SECRET}]}}"),
        format!("shop: {{target: \"{{{{ {SECRET} }}}}\", outputs: {{}}}}"),
        format!("shop: {{target: \"{{{{ {SECRET}\", outputs: {{}}}}"),
        format!("shop:\n\t{SECRET}: {SECRET}"),
        format!("shop: *{SECRET}"),
        format!("shop: &{SECRET} !{SECRET} {{target: [{SECRET}}}"),
        format!("shop: \"{SECRET}"),
        format!("{SECRET}: {SECRET}: {SECRET}"),
        format!("? {{{SECRET}: [{SECRET}}}"),
        format!("%{SECRET}\n---\nshop: }}{SECRET}"),
        format!("shop: {SECRET}\u{0}"),
        format!("password: {SECRET}\n").repeat(200_000),
        "[".repeat(5_000) + SECRET,
        "a: &a [x]\n".to_owned() + &"b: *a\n".repeat(10) + SECRET,
    ];
    texts.extend(
        (1..whole.len())
            .step_by(7)
            .map(|end| whole[..end].to_owned()),
    );
    texts
}

#[test]
fn no_message_repeats_what_the_file_holds() {
    let mut n_errors = 0;
    for text in broken() {
        for chosen in [None, Some("prod"), Some("ci")] {
            let read = target(&text, "shop", chosen, &environment);
            if let Err(problem) = &read {
                n_errors += 1;
                let shown = format!("{problem:?} {}", problem.message);
                assert!(!shown.contains(SECRET), "{shown}");
            }
        }
    }
    assert!(n_errors > 60, "{n_errors}");
}

#[test]
fn says_what_is_wrong_with_a_broken_file() {
    check(
        "",
        None,
        expect!["profile_unknown: profiles.yml has no profiles"],
    );
    check(
        "a: {}",
        None,
        expect!["profile_unknown: profiles.yml has no profile `shop`"],
    );
    check(
        "a: b\nshop: [",
        None,
        expect!["profile_unknown: profiles.yml is not valid YAML in line 2"],
    );
    check(
        "shop: {target: x, outputs: {}}",
        None,
        expect!["profile_unknown: profile `shop` has no output for its `target`"],
    );
}

#[test]
fn a_target_shows_nothing_but_names() {
    for chosen in [None, Some("prod")] {
        let read = target(TWO, "shop", chosen, &environment).expect("a target");
        assert!(!format!("{read:?}").contains(SECRET));
    }
}

#[test]
fn reads_the_edge_projects_profile() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/dbt/edge/base/profiles.yml"
    );
    // Tests may read the disk; the crate itself may not.
    #[allow(clippy::disallowed_methods)]
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: no shared data");
        return;
    };
    eprintln!("read shared data: reads_the_edge_projects_profile");
    check(&text, None, expect!["dev on duckdb: shop.dbt_dev"]);
    check(
        &text,
        Some("prod"),
        expect!["prod on duckdb: shop.analytics"],
    );
}

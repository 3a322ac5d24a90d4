//! `doctor` and `explain` on names: where production's come from, what is proposed, and
//! what `doctor --fix` writes.

use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};
use serde_json::Value;

use super::given::{self, Reads};
use crate::support::cli::{json, run, run_with};

const DEV: &str = "\
model.shop.orders dev.dbt_alice_marts.orders models/orders.sql
model.shop.users dev.dbt_alice_marts.users models/users.sql
model.shop.returns dev.dbt_alice_marts.returns models/returns.sql
model.shop.stock dev.dbt_alice_marts.stock models/stock.sql";

const PROD: &str = "\
model.shop.orders prod.marts.orders models/orders.sql
model.shop.users prod.marts.users models/users.sql
model.shop.returns prod.marts.returns models/returns.sql
model.shop.stock prod.marts.stock models/stock.sql
model.shop.gone prod.marts.gone models/gone.sql";

/// Alice's project, and a workbook that reads what production builds.
fn project() -> tempfile::TempDir {
    let folder = given::project("snowflake", DEV);
    fs::create_dir(folder.path().join("models")).expect("make a folder");
    for name in ["orders", "users", "returns", "stock"] {
        let path = folder.path().join(format!("models/{name}.sql"));
        fs::write(path, "select 1").expect("write");
    }
    let tables =
        ["ORDERS", "USERS", "RETURNS", "STOCK", "GONE"].map(|it| format!("[PROD].[MARTS].[{it}]"));
    let reads: Vec<Reads<'_>> = tables.iter().map(|it| Reads::Table(it)).collect();
    given::workbook(
        folder.path(),
        "W",
        &[("snowflake", "dbname='PROD'", &reads)],
    );
    folder
}

/// Puts production's manifest into `folder` of the project.
fn with_production(project: &Path, folder: &str) {
    let made = given::project("snowflake", PROD);
    fs::create_dir_all(project.join(folder)).expect("make a folder");
    let from = made.path().join("target/manifest.json");
    fs::copy(from, project.join(folder).join("manifest.json")).expect("copy");
}

/// The lines of `doctor` about names.
#[track_caller]
fn check_doctor(project: &Path, env: &[(&str, &str)], expect: Expect) {
    let said = run_with(project, &["doctor", "--offline"], env);
    let lines = said
        .out
        .lines()
        .skip_while(|it| !it.starts_with("manifest"));
    let lines = lines.take_while(|it| !it.starts_with("content"));
    let lines: Vec<&str> = lines.collect();
    expect.assert_eq(&lines.join("\n"));
}

#[track_caller]
fn check_explain(project: &Path, subject: &str, expect: Expect) {
    let said = run(project, &["explain", subject]);
    expect.assert_eq(&said.out);
}

#[test]
fn doctor_says_whose_names_are_compared() {
    let project = project();
    check_doctor(
        project.path(),
        &[],
        expect![[r#"
        manifest    target/manifest.json · dbt 1.11.0 · snowflake · written ?
                    4 nodes · 0 disabled nodes · 0 exposures
        production  no names of it are known beside the manifest's: name its manifest with `dbt.production_manifest` or DBT_STATE, or write rules with `dbt.map`
        proposed    schema dbt_alice_marts → MARTS, database dev → PROD
                    4 tables would match, 0 would be ambiguous, 1 would stay without a node
                    [PROD].[MARTS].[ORDERS] would be model.shop.orders
                    [PROD].[MARTS].[RETURNS] would be model.shop.returns
                    [PROD].[MARTS].[STOCK] would be model.shop.stock
                    accept it: `exposure-lens doctor --fix`"#]],
    );
    with_production(project.path(), "ops");
    check_doctor(
        project.path(),
        &[("DBT_STATE", "ops")],
        expect![[r#"
        manifest    target/manifest.json · dbt 1.11.0 · snowflake · written ? · of a developer's target
                    4 nodes · 0 disabled nodes · 0 exposures
        production  ops/manifest.json · found by DBT_STATE · dbt 1.11.0 · snowflake · written ?
                    names 5 nodes, 1 of them not here"#]],
    );
    let answer = json(project.path(), &["doctor", "--offline"]);
    assert_eq!(answer["production"], Value::Null);
    assert_eq!(answer["manifest"]["role"], Value::Null);
    let settings = "dbt:\n  production_manifest: ops\n  map:\n    - {to: {database: x}}\n";
    fs::write(project.path().join("exposure-lens.yml"), settings).expect("write");
    let answer = json(project.path(), &["doctor", "--offline"]);
    assert_eq!(answer["production"]["found_by"], "dbt.production_manifest");
    assert_eq!(answer["production"]["only_in_production"], 1);
    assert_eq!(answer["manifest"]["role"], "development");
    assert_eq!(
        answer["name_rules"][0]["nodes"], 0,
        "the manifest knows them all"
    );
    assert_eq!(answer["proposal"], Value::Null);
}

#[test]
fn a_manifest_that_is_productions_own_says_so() {
    let project = project();
    with_production(project.path(), "target");
    fs::write(
        project.path().join("exposure-lens.yml"),
        "dbt: {production_manifest: target}\n",
    )
    .expect("write");
    let answer = json(project.path(), &["usages", "orders"]);
    assert_eq!(answer["manifest"]["role"], "production");
    assert_eq!(answer["nodes"][0]["workbooks"][0]["match"], "exact");
}

#[test]
fn a_named_manifest_that_is_missing_is_a_problem_with_a_way_out() {
    let project = project();
    let said = run_with(
        project.path(),
        &["usages", "orders"],
        &[("DBT_STATE", "nowhere")],
    );
    assert!(
        said.err
            .contains("no manifest of production at nowhere/manifest.json"),
        "{}",
        said.err
    );
}

#[test]
fn rules_say_how_many_nodes_and_tables_they_are_about() {
    let project = project();
    let settings = "dbt:\n  map:\n    - from: {schema: dbt_alice_*}\n      to: {database: prod, schema: '*'}\n    - {from: {schema: nothing}, to: {schema: x}}\n";
    fs::write(project.path().join("exposure-lens.yml"), settings).expect("write");
    check_doctor(
        project.path(),
        &[],
        expect![[r#"
        manifest    target/manifest.json · dbt 1.11.0 · snowflake · written ?
                    4 nodes · 0 disabled nodes · 0 exposures
        name rules  schema dbt_alice_* → *, database * → prod (exposure-lens.yml): 4 nodes, 4 tables matched
                    schema nothing → x (exposure-lens.yml): 0 nodes, 0 tables matched"#]],
    );
    check_explain(
        project.path(),
        "orders",
        expect![[r#"
        orders is dev.dbt_alice_marts.orders
        Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
        in production prod.marts.orders (rule schema dbt_alice_* → *, database * → prod)

        Tables held to be it:
          [PROD].[MARTS].[ORDERS]  mapped  table  W / D0
    "#]],
    );
    check_explain(
        project.path(),
        "[PROD].[MARTS].[ORDERS]",
        expect![[r#"
        PROD.MARTS.ORDERS is orders (mapped match)
          read by W
          by its name prod.marts.orders (rule schema dbt_alice_* → *, database * → prod)
    "#]],
    );
    check_explain(
        project.path(),
        "[PROD].[OTHER].[ORDERS]",
        expect![[r#"
        PROD.OTHER.ORDERS no such relation
          compare orders:
            prod.marts.orders (rule schema dbt_alice_* → *, database * → prod): schema: OTHER in Tableau, marts in production
            dev.dbt_alice_marts.orders (manifest): database: PROD in Tableau, dev in dbt; schema: OTHER in Tableau, dbt_alice_marts in dbt
    "#]],
    );
}

#[test]
fn rules_that_give_two_nodes_one_name_are_told() {
    let project = project();
    let settings = "dbt:\n  map:\n    - {from: {name: orders}, to: {database: prod, schema: marts}}\n    - {from: {name: users}, to: {database: prod, schema: marts, name: orders}}\n    - {from: {name: stock}, to: {database: prod, schema: marts}}\n";
    fs::write(project.path().join("exposure-lens.yml"), settings).expect("write");
    check_doctor(
        project.path(),
        &[],
        expect![[r#"
            manifest    target/manifest.json · dbt 1.11.0 · snowflake · written ?
                        4 nodes · 0 disabled nodes · 0 exposures
            name rules  schema * → marts, database * → prod, table orders (exposure-lens.yml): 1 node, 0 tables matched, 1 with a name that another node has: those match nothing
                        schema * → marts, database * → prod, table users → orders (exposure-lens.yml): 1 node, 0 tables matched, 1 with a name that another node has: those match nothing
                        schema * → marts, database * → prod, table stock (exposure-lens.yml): 1 node, 1 table matched"#]],
    );
    let answer = json(project.path(), &["doctor", "--offline"]);
    assert_eq!(answer["name_rules"][0]["clashes"], 1);
    assert_eq!(answer["name_rules"][2]["clashes"], 0);
    for word in ["orders", "users"] {
        let answer = json(project.path(), &["usages", word]);
        assert_eq!(answer["nodes"][0]["complete"], false, "{word}");
        assert_eq!(answer["nodes"][0]["workbooks"], serde_json::json!([]));
    }
}

#[test]
fn a_rule_that_fits_no_node_is_in_nobodys_way() {
    let project = project();
    let settings = "dbt:\n  map:\n    - {from: {schema: '^dbt_(.*)$'}, to: {schema: '$1'}}\n";
    fs::write(project.path().join("exposure-lens.yml"), settings).expect("write");
    let answer = json(project.path(), &["doctor", "--offline"]);
    assert_eq!(answer["name_rules"][0]["nodes"], 0);
    assert_eq!(answer["proposal"]["tables_matched"], 4);
}

#[test]
fn a_name_that_is_only_proposed_is_not_said_to_be_productions() {
    let project = project();
    let answer = json(project.path(), &["usages", "orders"]);
    assert_eq!(answer["nodes"][0]["workbooks"][0]["match"], "proposed");
    assert_eq!(answer["nodes"][0]["production_relation"], Value::Null);
    let answer = json(project.path(), &["explain", "orders"]);
    assert_eq!(answer["nodes"][0]["production_relation"], Value::Null);
    assert_eq!(answer["nodes"][0]["names"][0]["named_by"], "proposal");
}

#[test]
fn what_only_production_builds_is_explained() {
    let project = project();
    with_production(project.path(), "target/dbt_cloud_defer");
    check_explain(
        project.path(),
        "[PROD].[MARTS].[GONE]",
        expect![[r#"
        [PROD].[MARTS].[GONE] on snowflake no such relation
          read by W
          prod.marts.gone is built by model.shop.gone in production, which is not in the project here
    "#]],
    );
    let answer = json(project.path(), &["explain", "[PROD].[MARTS].[GONE]"]);
    assert_eq!(
        answer["tables"][0]["only_in_production"][0],
        "model.shop.gone"
    );
}

#[test]
fn a_developer_on_another_warehouse_sees_what_reads_production() {
    let project = project();
    let dev = DEV.replace("dev.", "local.");
    let made = given::project("duckdb", &dev);
    let from = made.path().join("target/manifest.json");
    fs::copy(from, project.path().join("target/manifest.json")).expect("copy");
    with_production(project.path(), "target/dbt_cloud_defer");
    let answer = json(project.path(), &["usages", "orders"]);
    assert_eq!(
        answer["nodes"][0]["workbooks"][0]["match"], "mapped",
        "{answer:#}"
    );
}

#[test]
fn doctor_lists_what_changed_and_what_is_lost() {
    let project = project();
    fs::remove_file(project.path().join("models/stock.sql")).expect("remove");
    let disabled = "{{ config(enabled=false) }} select 1";
    fs::write(project.path().join("models/users.sql"), disabled).expect("write");
    with_production(project.path(), "target/dbt_cloud_defer");
    check_doctor(
        project.path(),
        &[],
        expect![[r#"
            manifest    target/manifest.json · dbt 1.11.0 · snowflake · written ? · of a developer's target
                        4 nodes · 0 disabled nodes · 0 exposures
            changed     2 files are not as dbt parsed them: models/stock.sql, models/users.sql
            lost        2 deployed tables are not built any more by the files as they are
                        prod.marts.stock: deleted in models/stock.sql
                        prod.marts.users: disabled in models/users.sql
            production  target/dbt_cloud_defer/manifest.json · found by dbt_cloud_defer · dbt 1.11.0 · snowflake · written ?
                        names 5 nodes, 1 of them not here"#]],
    );
    check_explain(
        project.path(),
        "users",
        expect![[r#"
            users is dev.dbt_alice_marts.users
            Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
            in production prod.marts.users (manifest target/dbt_cloud_defer/manifest.json)
            edited since dbt parsed it
            not built any more by the files as they are: disabled in models/users.sql

            Tables held to be it:
              [PROD].[MARTS].[USERS]  mapped  table  W / D0
        "#]],
    );
}

#[test]
fn usages_say_that_what_dashboards_read_is_not_built_any_more() {
    let project = project();
    with_production(project.path(), "target/dbt_cloud_defer");
    let renamed = "{{ config(alias='people') }} select 1";
    fs::write(project.path().join("models/users.sql"), renamed).expect("write");
    let said = run(project.path(), &["usages", "models/users.sql"]);
    expect![[r#"
        users model · models/users.sql · dev.dbt_alice_marts.users
        Tableau: 1 dashboard in 1 workbook · 1 workbook without exposure
        in production prod.marts.users
        not built any more by the files as they are: renamed to dev.dbt_alice_marts.people in models/users.sql

          W  1 dashboard  table, mapped match  no exposure  W.twb
            Board 0
    "#]].assert_eq(&said.out);
}

#[test]
fn the_proposal_is_written_for_the_team_once() {
    let project = project();
    let file = project.path().join("exposure-lens.yml");
    let asked = run(project.path(), &["doctor", "--fix"]);
    assert_eq!(asked.code, 2, "{}{}", asked.out, asked.err);
    assert!(asked.err.contains("--yes"), "{}", asked.err);
    assert!(!file.exists());
    assert_eq!(run(project.path(), &["doctor", "--yes"]).code, 2);
    let said = run(project.path(), &["doctor", "--fix", "--yes"]);
    expect![[r#"
        proposed
          schema dbt_alice_marts → MARTS, database dev → PROD
          4 tables would match, 0 would be ambiguous, 1 would stay without a node
          [PROD].[MARTS].[ORDERS] would be model.shop.orders
          [PROD].[MARTS].[RETURNS] would be model.shop.returns
          [PROD].[MARTS].[STOCK] would be model.shop.stock
        written: exposure-lens.yml
          schema dbt_alice_marts → MARTS, database dev → PROD
        (0)"#]]
    .assert_eq(&format!("{}{}({})", said.out, said.err, said.code));
    expect![[r#"
        dbt:
          map:
            - from: {database: dev, schema: dbt_alice_marts}
              to: {database: PROD, schema: MARTS}
    "#]]
    .assert_eq(&fs::read_to_string(&file).expect("read"));
    let again = json(project.path(), &["doctor", "--fix", "--yes"]);
    assert_eq!(again["written"], serde_json::json!([]));
    let answer = json(project.path(), &["usages", "orders"]);
    assert_eq!(answer["nodes"][0]["workbooks"][0]["match"], "mapped");
}

#[test]
fn a_settings_file_that_takes_no_exact_edit_is_left_as_it_is() {
    let project = project();
    let file = project.path().join("exposure-lens.yml");
    fs::write(&file, "dbt: {manifest: target/manifest.json}\n").expect("write");
    let said = run(project.path(), &["doctor", "--fix", "--yes"]);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    assert!(said.err.contains("between braces"), "{}", said.err);
    let text = fs::read_to_string(&file).expect("read");
    assert_eq!(text, "dbt: {manifest: target/manifest.json}\n");
}

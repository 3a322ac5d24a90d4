//! What is configured otherwise, and which file says so.

use expect_test::expect;
use lineage::Relation;

use super::{Project, changes, check};
use crate::config::{Config, Said};

#[test]
fn another_alias_leaves_the_deployed_relation_behind() {
    check(
        "
#- models/a.sql
{{ config(alias='x') }} select 1
#- models/b.sql
select 1
#- models/c.sql
{{ config(alias='z') }} select 1
#- now models/a.sql
{{ config(alias='y') }} select 1
#- now models/all.yml
models:
  - name: b
    config: {alias: bee}
#- now models/c.sql
select 1
",
        expect![[r#"
            edited model.shop.a DB.DEV.x
            edited model.shop.b DB.DEV.b yml=models/all.yml
            edited model.shop.c DB.DEV.z
            ! DB.DEV.x becomes DB.DEV.y by models/a.sql Alias
            ! DB.DEV.b becomes DB.DEV.bee by models/all.yml Alias
            ! DB.DEV.z becomes DB.DEV.c by models/c.sql
            differing: models/a.sql, models/all.yml, models/c.sql
        "#]],
    );
}

#[test]
fn an_alias_that_gives_the_same_table_loses_nothing() {
    check(
        "
#- models/a.sql
select 1
#- models/b.sql
{{ config(alias='B') }} select 1
#- now models/a.sql
{{ config(alias='a') }} select 1
#- now models/b.sql
{{ config(alias='b') }} select 1
",
        expect![[r#"
            edited model.shop.a DB.DEV.a
            edited model.shop.b DB.DEV.B
            differing: models/a.sql, models/b.sql
        "#]],
    );
}

#[test]
fn an_alias_that_only_dbt_knows_claims_nothing() {
    check(
        "
#- models/a.sql
{{ config(alias='x') }} select 1
#- now models/a.sql
{{ config(alias=var('a')) }} select 1
",
        expect![[r#"
            edited model.shop.a DB.DEV.x
            differing: models/a.sql
        "#]],
    );
}

#[test]
fn another_schema_or_database_is_named_as_far_as_it_is_known() {
    check(
        "
#- models/a.sql
select 1
#- models/b.sql
{{ config(schema='marts') }} select 1
#- dbt_project.yml
name: shop
#- now dbt_project.yml
name: shop
models: {+database: OTHER}
#- now models/b.sql
{{ config(schema='core', database=var('b')) }} select 1
",
        expect![[r#"
            edited model.shop.a DB.DEV.a
            edited model.shop.b DB.DEV_marts.b
            ! DB.DEV.a becomes OTHER.DEV.a by dbt_project.yml
            ! DB.DEV_marts.b becomes DB.DEV_core.b by models/b.sql Schema
            differing: dbt_project.yml, models/b.sql
        "#]],
    );
}

#[test]
fn a_schema_that_only_the_projects_macro_knows_is_left_out() {
    let project = Project::of(
        "
#- macros/names.sql
{% macro generate_schema_name(custom, node) %}{{ custom_thing(custom) }}{% endmacro %}
#- models/a.sql
{{ config(schema='marts') }} select 1
#- models/b.sql
{{ config(schema='marts') }} select 2
#- now models/a.sql
{{ config(schema='core') }} select 1
#- now models/b.sql
{{ config(schema='marts', alias='bee') }} select 2
",
    );
    let mut manifest = project.manifest();
    for node in &mut manifest.nodes {
        node.relation = Some(Relation::stored("DB", "THE_MARTS", &node.name));
    }
    expect![[r#"
        edited model.shop.a DB.THE_MARTS.a
        edited model.shop.b DB.THE_MARTS.b
        ! DB.THE_MARTS.a becomes DB.a by models/a.sql Schema
        ! DB.THE_MARTS.b becomes DB.THE_MARTS.bee by models/b.sql Alias
        differing: models/a.sql, models/b.sql
    "#]]
    .assert_eq(&changes(&manifest, &project.over(&manifest)));
}

#[test]
fn a_schema_that_counts_in_production_alone_is_another_there() {
    check(
        "
#- macros/names.sql
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ generate_schema_name_for_env(custom_schema_name, node) }}
{%- endmacro %}
#- models/a.sql
{{ config(schema='marts') }} select 1
#- now models/a.sql
{{ config(schema='core') }} select 1
",
        expect![[r#"
            edited model.shop.a DB.DEV.a
            ! DB.DEV.a becomes DB.a by models/a.sql Schema
            differing: models/a.sql
        "#]],
    );
}

#[test]
fn what_jinja_makes_of_another_environment_claims_nothing() {
    check(
        "
#- dbt_project.yml
name: shop
models: {shop: {+schema: ci, one: {+enabled: true}, two: {+enabled: false}}}
#- models/a.sql
select 1
#- models/one/b.sql
select 2
#- models/two/c.sql
select 3
#- now dbt_project.yml
name: shop
models:
  shop:
    +schema: \"{{ env_var('SCHEMA', 'dev') }}\"
    one: {+enabled: \"{{ env_var('B', 'false') }}\"}
    two: {+enabled: \"{{ env_var('C', 'true') }}\"}
",
        expect![""],
    );
}

#[test]
fn a_model_that_becomes_ephemeral_has_no_table() {
    check(
        "
#- models/a.sql
select 1
#- models/b.sql
{{ config(materialized='table') }} select 1
#- models/c.sql
{{ config(materialized='ephemeral') }} select 1
#- now models/a.sql
{{ config(materialized='ephemeral') }} select 1
#- now models/b.sql
{{ config(materialized='incremental') }} select 1
#- now models/c.sql
{{ config(materialized='table') }} select 1
",
        expect![[r#"
            edited model.shop.a DB.DEV.a
            edited model.shop.b DB.DEV.b is=table
            edited model.shop.c - is=ephemeral
            ! DB.DEV.a is ephemeral by models/a.sql Materialized
            differing: models/a.sql, models/b.sql, models/c.sql
        "#]],
    );
}

#[test]
fn another_latest_version_is_taken_and_another_alias_of_a_version_is_said() {
    check(
        "
#- models/dim_v1.sql
select 1
#- models/dim_v2.sql
select 2
#- models/reads.sql
select 3
#- models/dim.yml
models:
  - name: dim
    latest_version: 1
    versions: [{v: 1}, {v: 2}]
#- now models/dim.yml
models:
  - name: dim
    versions: [{v: 1}, {v: 2, config: {alias: dim}}]
#- now models/reads.sql
select * from {{ ref('dim') }}
",
        expect![[r#"
            edited model.shop.dim.v1 DB.DEV.dim_v1 latest=2 yml=models/dim.yml
            edited model.shop.dim.v2 DB.DEV.dim_v2 latest=2 yml=models/dim.yml
            edited model.shop.reads DB.DEV.reads <- model.shop.dim.v2
            ! DB.DEV.dim_v2 becomes DB.DEV.dim by models/dim.yml Alias
            differing: models/dim.yml, models/reads.sql
        "#]],
    );
}

#[test]
fn a_snapshots_target_schema_is_compared() {
    let before = "
#- snapshots/s.sql
{% snapshot s %}{{ config(target_schema='snaps') }} select 1 {% endsnapshot %}
";
    check(before, expect![""]);
    check(
        &format!(
            "{before}#- now snapshots/s.sql
{{% snapshot s %}}{{{{ config(target_schema='history') }}}} select 1 {{% endsnapshot %}}
"
        ),
        expect![[r#"
            edited snapshot.shop.s DB.snaps.s
            ! DB.snaps.s becomes DB.history.s by snapshots/s.sql Schema
            differing: snapshots/s.sql
        "#]],
    );
}

#[test]
fn a_source_that_is_declared_otherwise_keeps_the_table_of_the_manifest() {
    check(
        "
#- models/all.yml
sources:
  - name: raw
    schema: raw_1
    tables: [{name: x, identifier: X_1}, {name: y}, {name: z}]
#- now models/all.yml
sources:
  - name: raw
    schema: raw_1
    tables:
      - {name: x, identifier: X_2}
      - {name: y, config: {enabled: false}}
      - {name: z}
      - {name: new}
",
        expect![[r#"
            edited source.shop.raw.x DB.raw_1.X_1
            edited source.shop.raw.y DB.raw_1.y
            new source.shop.raw.new DB.raw_1.new
            differing: models/all.yml
        "#]],
    );
}

#[test]
fn an_entry_that_moved_to_another_file_describes_the_same() {
    check(
        "
#- models/a.sql
select 1
#- models/a.yml
models: [{name: a}]
#- gone models/a.yml
#- now models/all.yml
models: [{name: a}]
",
        expect![[r#"
            parsed model.shop.a DB.DEV.a yml=models/all.yml
            differing: models/all.yml
        "#]],
    );
}

#[test]
fn what_a_macro_configures_is_not_held_against_the_manifest() {
    let project = Project::of(
        "
#- macros/to.sql
{% macro to(schema) %}{{ config(schema=schema) }}{% endmacro %}
#- models/a.sql
{{ to('marts') }} select 1
#- models/b.sql
{{ to('marts') }} select 1
#- now models/b.sql
{{ to('marts') }} select 2
",
    );
    let mut manifest = project.manifest();
    for node in &mut manifest.nodes {
        node.relation = Some(Relation::stored("DB", "DEV_MARTS", &node.name));
        let config = Config {
            schema: Said::Is("marts".to_owned()),
            ..Config::default()
        };
        manifest.configs.insert(node.id.clone(), config);
    }
    expect![[r#"
        edited model.shop.b DB.DEV_MARTS.b
        differing: models/b.sql
    "#]]
    .assert_eq(&changes(&manifest, &project.over(&manifest)));
}

#[test]
fn what_a_package_s_macro_may_configure_is_not_held_against_the_manifest() {
    let project = Project::of(
        "
#- models/a.sql
{{ org.standard() }} select 1
#- models/b.sql
{{ org.standard() }} select 1
#- now models/b.sql
{{ org.standard() }} {{ config(alias='x') }} select 1
#- models/c.sql
select 1
",
    );
    let mut manifest = project.manifest();
    for node in &mut manifest.nodes {
        node.relation = Some(Relation::stored("DB", "DEV_MARTS", &node.name));
        let config = Config {
            schema: Said::Is("marts".to_owned()),
            ..Config::default()
        };
        manifest.configs.insert(node.id.clone(), config);
    }
    expect![[r#"
        edited model.shop.b DB.DEV_MARTS.b
        edited model.shop.c DB.DEV_MARTS.c
        ! DB.DEV_MARTS.b becomes DB.DEV_MARTS.x by models/b.sql Alias
        ! DB.DEV_MARTS.c becomes DB.DEV.c by dbt_project.yml
        differing: dbt_project.yml, models/b.sql
    "#]]
    .assert_eq(&changes(&manifest, &project.over(&manifest)));
}

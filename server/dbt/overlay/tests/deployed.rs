//! What is deployed stays: files that are gone, moved, renamed, disabled.

use expect_test::expect;

use super::check;

#[test]
fn nothing_is_said_of_a_project_that_is_as_dbt_parsed_it() {
    check(
        "
#- models/a.sql
{{ config(alias='x', schema='marts') }} select * from {{ ref('b') }}, {{ source('raw', 'e') }}
#- models/b.sql
{{ config(materialized='ephemeral') }} select {{ my_macro() }}
#- models/off.sql
{{ config(enabled=false) }} select 1
#- models/dim_v1.sql
select 1
#- models/dim.sql
select 1
#- models/all.yml
models:
  - name: dim
    versions: [{v: 1}, {v: 2}]
sources:
  - name: raw
    tables: [{name: e, identifier: E_1}]
#- seeds/s.csv
id
#- snapshots/s.sql
{% snapshot s_a %} select 1 {% endsnapshot %}
{% snapshot s_b %} select 1 {% endsnapshot %}
#- dbt_packages/pkg/models/p.sql
select 1
",
        expect![""],
    );
}

#[test]
fn a_deleted_model_stays_and_its_relation_is_no_longer_built() {
    check(
        "
#- models/a.sql
select 1
#- models/b.sql
select * from {{ ref('a') }}
#- gone models/a.sql
",
        expect![[r#"
            missing model.shop.a DB.DEV.a
            ! DB.DEV.a is deleted by models/a.sql
            differing: models/a.sql
        "#]],
    );
}

#[test]
fn a_deleted_ephemeral_model_or_source_table_is_only_missing() {
    check(
        "
#- models/a.sql
{{ config(materialized='ephemeral') }} select 1
#- models/all.yml
sources:
  - name: raw
    tables: [{name: x}, {name: y}]
#- gone models/a.sql
#- now models/all.yml
sources:
  - name: raw
    tables: [{name: y}]
",
        expect![[r#"
            missing model.shop.a - is=ephemeral
            missing source.shop.raw.x DB.raw.x
            differing: models/a.sql, models/all.yml
        "#]],
    );
}

#[test]
fn a_moved_model_is_where_it_is_now() {
    check(
        "
#- models/a.sql
select 1 as a
#- gone models/a.sql
#- now models/marts/a.sql
select 1 as a
",
        expect![[r#"
            parsed model.shop.a DB.DEV.a models/marts/a.sql
            differing: models/a.sql, models/marts/a.sql
        "#]],
    );
}

#[test]
fn a_model_that_moved_into_another_schema_is_built_there() {
    check(
        "
#- dbt_project.yml
name: shop
models: {shop: {marts: {+schema: marts}, core: {+schema: core}}}
#- models/marts/a.sql
select 1 as a
#- models/marts/b.sql
select 1 as b
#- gone models/marts/a.sql
#- now models/core/a.sql
select 1 as a
",
        expect![[r#"
            edited model.shop.a DB.DEV_marts.a models/core/a.sql
            ! DB.DEV_marts.a becomes DB.DEV_core.a by models/core/a.sql
            differing: models/core/a.sql, models/marts/a.sql
        "#]],
    );
}

#[test]
fn a_renamed_file_is_the_deployed_node_under_another_id() {
    check(
        "
#- models/orders.sql
select 1 as orders
#- models/reads.sql
select * from {{ ref('orders') }}
#- gone models/orders.sql
#- now models/fct_orders.sql
select 1 as orders
",
        expect![[r#"
            edited model.shop.fct_orders DB.DEV.orders
            parsed model.shop.reads DB.DEV.reads <- model.shop.fct_orders
            ! DB.DEV.orders becomes DB.DEV.fct_orders by models/fct_orders.sql
            model.shop.fct_orders was model.shop.orders
            differing: models/fct_orders.sql, models/orders.sql
        "#]],
    );
}

#[test]
fn a_renamed_file_that_keeps_its_table_loses_nothing() {
    check(
        "
#- models/orders.sql
{{ config(alias='ORDERS') }} select 1
#- gone models/orders.sql
#- now models/fct_orders.sql
{{ config(alias='ORDERS') }} select 1
",
        expect![[r#"
            edited model.shop.fct_orders DB.DEV.ORDERS
            model.shop.fct_orders was model.shop.orders
            differing: models/fct_orders.sql, models/orders.sql
        "#]],
    );
}

#[test]
fn a_text_that_others_have_too_tells_no_renamed_file() {
    check(
        "
#- models/a.sql
select 1
#- models/b.sql
select 1
#- models/c.sql

#- gone models/a.sql
#- gone models/c.sql
#- now models/new.sql
select 1
#- now models/empty.sql

",
        expect![[r#"
            missing model.shop.a DB.DEV.a
            missing model.shop.c DB.DEV.c
            new model.shop.empty DB.DEV.empty
            new model.shop.new DB.DEV.new
            ! DB.DEV.a is deleted by models/a.sql
            ! DB.DEV.c is deleted by models/c.sql
            differing: models/a.sql, models/c.sql, models/empty.sql, models/new.sql
        "#]],
    );
}

#[test]
fn a_renamed_seed_and_a_renamed_snapshot_block_are_found_too() {
    check(
        "
#- seeds/regions.csv
id
1
#- snapshots/s.sql
{% snapshot a %} select 1 {% endsnapshot %}
{% snapshot b %} select 2 {% endsnapshot %}
#- gone seeds/regions.csv
#- now seeds/areas.csv
id
1
#- now snapshots/s.sql
{% snapshot a %} select 1 {% endsnapshot %}
{% snapshot c %} select 2 {% endsnapshot %}
",
        expect![[r#"
            edited seed.shop.areas DB.DEV.regions
            edited snapshot.shop.a DB.DEV.a
            edited snapshot.shop.c DB.DEV.b
            ! DB.DEV.regions becomes DB.DEV.areas by seeds/areas.csv
            ! DB.DEV.b becomes DB.DEV.c by snapshots/s.sql
            seed.shop.areas was seed.shop.regions
            snapshot.shop.c was snapshot.shop.b
            differing: seeds/areas.csv, seeds/regions.csv, snapshots/s.sql
        "#]],
    );
}

#[test]
fn a_model_that_gets_versions_has_another_table() {
    check(
        "
#- models/dim.sql
select 1
#- models/all.yml
models:
  - name: dim
#- now models/all.yml
models:
  - name: dim
    versions: [{v: 1}]
",
        expect![[r#"
            edited model.shop.dim.v1 DB.DEV.dim latest=1 yml=models/all.yml
            ! DB.DEV.dim becomes DB.DEV.dim_v1 by models/all.yml
            model.shop.dim.v1 was model.shop.dim
            differing: models/all.yml, models/dim.sql
        "#]],
    );
}

#[test]
fn a_disabled_model_stays_and_names_the_place_that_disables_it() {
    check(
        "
#- models/a.sql
select 1
#- models/b.sql
select 2
#- models/deep/c.sql
select 3
#- now models/a.sql
{{ config(enabled=false) }} select 1
#- now models/all.yml
models:
  - name: b
    config: {enabled: false}
#- now dbt_project.yml
name: shop
models: {shop: {deep: {+enabled: false}}}
",
        expect![[r#"
            edited model.shop.a DB.DEV.a
            edited model.shop.b DB.DEV.b yml=models/all.yml
            edited model.shop.c DB.DEV.c
            ! DB.DEV.a is disabled by models/a.sql Enabled
            ! DB.DEV.b is disabled by models/all.yml Enabled
            ! DB.DEV.c is disabled by dbt_project.yml
            differing: dbt_project.yml, models/a.sql, models/all.yml
        "#]],
    );
}

// C17
#[test]
fn what_was_disabled_beside_an_enabled_node_of_the_id_says_nothing_of_it() {
    let before = "
#- models/a/x.sql
{{ config(enabled=false) }} select 1
#- models/b/x.sql
select 2
";
    check(before, expect![""]);
    check(
        &format!("{before}#- gone models/b/x.sql"),
        expect![[r#"
            missing model.shop.x DB.DEV.x
            ! DB.DEV.x is deleted by models/b/x.sql
            differing: models/b/x.sql
        "#]],
    );
    check(
        &format!("{before}#- now models/a/x.sql\nselect 1\n#- gone models/b/x.sql"),
        expect![[r#"
            edited model.shop.x DB.DEV.x models/a/x.sql
            no longer disabled model.shop.x models/a/x.sql
            differing: models/a/x.sql, models/b/x.sql
        "#]],
    );
}

#[test]
fn what_was_disabled_and_is_enabled_is_new() {
    check(
        "
#- models/a.sql
{{ config(enabled=false) }} select 1
#- models/b.sql
{{ config(enabled=false) }} select 2
#- models/c.sql
{{ config(enabled=false) }} select 3
#- now models/a.sql
select 1
#- now models/b.sql
{{ config(enabled=var('b')) }} select 2
#- gone models/c.sql
",
        expect![[r#"
            new model.shop.a DB.DEV.a
            no longer disabled model.shop.a models/a.sql
            no longer disabled model.shop.c models/c.sql
            differing: models/a.sql
        "#]],
    );
}

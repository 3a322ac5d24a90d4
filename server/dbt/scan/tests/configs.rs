//! Which of the places that configure a node counts.

use expect_test::expect;

use super::check;

#[test]
fn inline_counts_before_properties_before_the_project() {
    check(
        "
#- dbt_project.yml
name: shop
models:
  shop:
    +schema: far
    marts: {+schema: near, +alias: project}
#- models/marts/a.sql
{{ config(alias='inline') }} select 1
#- models/marts/b.sql
select 1
#- models/marts/c.sql
select 1
#- models/d.sql
select 1
#- models/all.yml
models:
  - name: a
    config: {alias: yaml, schema: yaml}
  - name: b
    config: {alias: yaml}
",
        expect![[r#"
            model.shop.d DB.DEV_far.d
            model.shop.a DB.DEV_yaml.inline yml=models/all.yml
            model.shop.b DB.DEV_near.yaml yml=models/all.yml
            model.shop.c DB.DEV_near.project
        "#]],
    );
}

#[test]
fn the_root_project_counts_before_all_that_a_package_says() {
    check(
        "
#- dbt_project.yml
name: shop
models: {pkg: {+schema: root, off: {+enabled: false}}}
#- dbt_packages/pkg/dbt_project.yml
name: pkg
models: {pkg: {+schema: own, +alias: own}}
#- dbt_packages/pkg/models/a.sql
{{ config(schema='inline') }} select 1
#- dbt_packages/pkg/models/off/b.sql
{{ config(enabled=true) }} select 1
",
        expect![[r#"
            model.pkg.a DB.DEV_root.own
            disabled model.pkg.b models/off/b.sql
        "#]],
    );
}

#[test]
fn a_python_model_is_a_table_whatever_the_project_says() {
    check(
        "
#- dbt_project.yml
name: shop
models: {+materialized: view}
#- models/a.py
def model(dbt, session):
    return 1
#- models/b.py
def model(dbt, session):
    dbt.config(materialized='incremental')
    return 1
#- models/c.sql
select 1
",
        expect![[r#"
            model.shop.a DB.DEV.a is=table
            model.shop.b DB.DEV.b is=incremental
            model.shop.c DB.DEV.c
        "#]],
    );
}

// C20
#[test]
fn an_ephemeral_model_has_no_table_and_a_name_that_only_dbt_knows_is_none() {
    check(
        "
#- models/a.sql
{{ config(materialized='ephemeral') }} select 1
#- models/b.sql
{{ config(alias=var('b')) }} select * from {{ ref('a') }}
#- models/c.sql
{{ config(schema=var('c'), group='g', access='private') }} select 1
",
        expect![[r#"
            model.shop.a - is=ephemeral
            model.shop.b - <- model.shop.a
            model.shop.c DB.c group=g access=private
        "#]],
    );
}

#[test]
fn of_definitions_that_only_dbt_tells_apart_none_is_called_disabled() {
    check(
        "
        #- models/bigquery/ids.sql
        {{ config(enabled=is_adapter('bigquery')) }} select 1
        #- models/default/ids.sql
        {{ config(enabled=is_adapter('default')) }} select 1
        ",
        expect![[r#"
            model.shop.ids DB.DEV.ids reads=unknown
        "#]],
    );
}

#[test]
fn what_a_macro_configures_is_not_known() {
    check(
        "
#- macros/to.sql
{% macro to(schema) %}{{ config(schema=schema) }}{% endmacro %}
{% macro called(name) %}{{ config(alias=name) }}{% endmacro %}
#- models/a.sql
{{ to('marts') }} select 1
#- models/b.sql
{{ config(schema='b') }} {{ called('c') }} select 1
#- models/c.sql
{{ config(schema='c') }} select 1
",
        expect![[r#"
            model.shop.a DB.a
            model.shop.b -
            model.shop.c DB.DEV_c.c
        "#]],
    );
}

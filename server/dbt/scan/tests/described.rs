//! Which entry describes which node: versions, packages, disabled ones.

use expect_test::expect;

use super::check;

// C16
#[test]
fn versions_have_files_of_their_own_and_the_highest_is_the_latest() {
    check(
        "
#- models/dim_v1.sql
select 1
#- models/dim_v2.sql
select 1
#- models/dim_v10.sql
select 1
#- models/reads.sql
select * from {{ ref('dim') }}, {{ ref('dim', v=1) }}, {{ ref('dim.v2') }}
#- models/dim.yml
models:
  - name: dim
    config: {schema: marts}
    versions:
      - v: 1
      - v: 2
        config: {alias: dim_next, schema: next}
      - v: 10
",
        expect![[r#"
            model.shop.dim.v1 DB.DEV_marts.dim_v1 latest=10 yml=models/dim.yml
            model.shop.dim.v10 DB.DEV_marts.dim_v10 latest=10 yml=models/dim.yml
            model.shop.dim.v2 DB.DEV_next.dim_next latest=10 yml=models/dim.yml
            model.shop.reads DB.DEV.reads <- model.shop.dim.v1, model.shop.dim.v10, model.shop.dim.v2
        "#]],
    );
}

#[test]
fn a_version_may_name_its_file_and_the_latest_may_have_the_bare_one() {
    check(
        "
#- models/dim.sql
select 1
#- models/old/dim_2019.sql
select 1
#- models/dim_v3.sql
select 'no version of dim'
#- models/dim.yml
models:
  - name: dim
    latest_version: 2
    versions:
      - v: 1
        defined_in: dim_2019
      - v: 2
      - v: 4
",
        expect![[r#"
            model.shop.dim.v2 DB.DEV.dim_v2 latest=2 yml=models/dim.yml
            model.shop.dim_v3 DB.DEV.dim_v3
            model.shop.dim.v1 DB.DEV.dim_v1 latest=2 yml=models/dim.yml
        "#]],
    );
}

#[test]
fn the_pointer_to_the_latest_version_is_known_where_it_is_stated() {
    check(
        "
#- models/dim_v1.sql
{{ config(latest_version_pointer={'enabled': true}) }} select 1
#- models/dim.yml
models:
  - name: dim
    versions: [{v: 1}]
",
        expect![[r#"
            model.shop.dim.v1 DB.DEV.dim_v1 latest=1 pointer=DB.DEV.dim yml=models/dim.yml
        "#]],
    );
}

// C17
#[test]
fn of_two_files_of_one_name_the_enabled_one_is_the_node() {
    check(
        "
#- models/a/x.sql
{{ config(enabled=false) }} select 1
#- models/b/x.sql
select 1
#- models/x.yml
models:
  - name: x
    config: {alias: ex}
",
        expect![[r#"
            model.shop.x DB.DEV.ex yml=models/x.yml
            disabled model.shop.x models/a/x.sql
        "#]],
    );
}

#[test]
fn a_file_that_may_be_disabled_is_a_node_unless_another_one_is_for_certain() {
    check(
        "
#- models/a/x.sql
{{ config(enabled=var('use_a')) }} select 1
#- models/b/x.sql
select 1
#- models/c/y.sql
{{ config(enabled=var('use_c')) }} select 1
",
        expect![[r#"
            model.shop.x DB.DEV.x
            model.shop.y DB.DEV.y
            disabled model.shop.x models/a/x.sql
        "#]],
    );
}

#[test]
fn an_entry_disables_and_enables() {
    check(
        "
#- dbt_project.yml
name: shop
models: {shop: {off: {+enabled: false}}}
#- models/a.sql
select 1
#- models/off/b.sql
select 1
#- models/off/c.sql
select 1
#- models/all.yml
models:
  - name: a
    config: {enabled: false}
  - name: b
    config: {enabled: true}
",
        expect![[r#"
            model.shop.b DB.DEV.b yml=models/all.yml
            disabled model.shop.a models/a.sql
            disabled model.shop.c models/off/c.sql
        "#]],
    );
}

#[test]
fn an_entry_of_another_kind_describes_nothing() {
    check(
        "
#- models/a.sql
select 1
#- seeds/b.csv
id
#- models/all.yml
seeds:
  - name: a
    config: {alias: other}
models:
  - name: b
    config: {alias: other}
",
        expect![[r#"
            model.shop.a DB.DEV.a
            seed.shop.b DB.DEV.b
        "#]],
    );
}

#[test]
fn the_project_may_describe_a_packages_model() {
    check(
        "
#- models/all.yml
models:
  - name: theirs
    config: {alias: ours}
#- dbt_packages/pkg/models/theirs.sql
select 1
",
        expect![[r#"
            model.pkg.theirs DB.DEV.ours
        "#]],
    );
}

#[test]
fn a_snapshot_block_is_described_and_a_yaml_snapshot_defines_itself() {
    check(
        "
#- snapshots/deep/snaps.sql
{% snapshot a %}{{ config(target_schema='snaps') }} select 1 {% endsnapshot %}
#- snapshots/deep/snaps.yml
snapshots:
  - name: a
    config: {schema: ignored, alias: a_history}
  - name: b
    relation: ref('a')
    config: {schema: history}
",
        expect![[r#"
            snapshot.shop.a DB.snaps.a_history yml=snapshots/deep/snaps.yml
            snapshot.shop.b DB.DEV_history.b yml=snapshots/deep/snaps.yml <- snapshot.shop.a
        "#]],
    );
}

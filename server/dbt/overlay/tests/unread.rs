//! Files that cannot be read, and nodes of other packages: they are as the manifest has them.

use expect_test::expect;
use lineage::{NodeKind, Relation, UniqueId};

use super::{Project, changes, check};
use crate::config::Config;
use crate::manifest::Engine;
use crate::names::Observed;
use crate::scan::testing::scanned;

#[test]
fn what_a_file_that_cannot_be_read_says_is_as_the_manifest_has_it() {
    check(
        "
#- models/a.sql
select 1 as a
#- models/dim.sql
select 2
#- models/off.sql
select 3
#- models/all.yml
models:
  - name: a
    config: {alias: ay}
  - name: dim
    versions: [{v: 1}]
  - name: off
    config: {enabled: false}
sources:
  - name: raw
    tables: [{name: x}]
#- now models/all.yml
models: [{name: {
#- now models/a.sql
select * from {{ source('raw', 'x') }}, {{ ref('dim') }}
",
        expect![[r#"
            edited model.shop.a DB.DEV.ay yml=models/all.yml <- model.shop.dim.v1, source.shop.raw.x
            differing: models/a.sql
        "#]],
    );
}

#[test]
fn a_model_that_moves_while_what_describes_it_cannot_be_read_is_where_it_is() {
    check(
        "
#- models/a.sql
select 1 as a
#- models/all.yml
models:
  - name: a
    config: {alias: ay}
#- now models/all.yml
models: [{name: {
#- gone models/a.sql
#- now models/marts/a.sql
select 1 as a
",
        expect![[r#"
            parsed model.shop.a DB.DEV.ay yml=models/all.yml models/marts/a.sql
            differing: models/a.sql, models/marts/a.sql
        "#]],
    );
}

#[test]
fn a_model_whose_text_cannot_be_read_is_there() {
    check(
        "
#- models/a.sql
select 1 as a
#- now models/a.sql
unreadable
",
        expect![""],
    );
}

#[test]
fn an_entry_whose_name_only_dbt_knows_may_be_the_one_that_is_missing() {
    check(
        "
#- models/a.sql
select 1 as a
#- models/b.sql
select 1 as b
#- models/all.yml
models:
  - name: a
    config: {alias: ay}
  - name: b
    config: {alias: bee}
sources:
  - name: raw
    tables: [{name: x}]
#- now models/all.yml
models:
  - name: \"{{ var('a') }}\"
    config: {alias: ay}
  - name: b
    config: {alias: other}
",
        expect![[r#"
            edited model.shop.b DB.DEV.bee yml=models/all.yml
            ! DB.DEV.bee becomes DB.DEV.other by models/all.yml Alias
            differing: models/all.yml
        "#]],
    );
}

#[test]
fn what_lies_in_a_folder_that_was_not_seen_is_as_the_manifest_has_it() {
    let project = Project::of(
        "
#- models/deep/er/a.sql
select 1
#- models/deeper/b.sql
select 2
#- gone models/deep/er/a.sql
#- gone models/deeper/b.sql
",
    );
    let manifest = project.manifest();
    let mut scan = scanned(&project.now, Some(1), Observed::of(&manifest));
    scan.unread.push("shop/models/deep".to_owned());
    let overlay = super::overlay(&manifest, scan, &["shop"], &|_| None);
    expect![[r#"
        missing model.shop.b DB.DEV.b
        ! DB.DEV.b is deleted by models/deeper/b.sql
        differing: models/deeper/b.sql
    "#]]
    .assert_eq(&changes(&manifest, &overlay));
}

#[test]
fn packages_count_where_they_were_scanned() {
    let project = Project::of(
        "
#- models/a.sql
select 1
#- dbt_packages/pkg/models/p.sql
select 1 as p
#- dbt_packages/pkg/models/q.sql
select 1 as q
#- now dbt_packages/pkg/models/p.sql
{{ config(alias='other') }} select 1
#- gone dbt_packages/pkg/models/q.sql
",
    );
    let manifest = project.manifest();
    let scan = scanned(&project.now, None, Observed::of(&manifest));
    let overlay = super::overlay(&manifest, scan, &["shop", "pkg"], &|_| None);
    expect![[r#"
        edited model.pkg.p DB.DEV.p
        missing model.pkg.q DB.DEV.q
        ! DB.DEV.p becomes DB.DEV.other by models/p.sql Alias
        ! DB.DEV.q is deleted by models/q.sql
        differing: pkg/models/p.sql, pkg/models/q.sql
    "#]]
    .assert_eq(&changes(&manifest, &overlay));
}

#[test]
fn a_public_model_of_another_project_has_no_file_to_be_missing() {
    let project = Project::of("#- models/a.sql\nselect 1\n");
    let mut manifest = project.manifest();
    let mut public = manifest.nodes[0].clone();
    public.id = UniqueId::new("model.shop.public");
    public.path = String::new();
    manifest.nodes.push(public);
    expect![""].assert_eq(&changes(&manifest, &project.over(&manifest)));
}

/// Fusion takes files for models that begin like those of editors, and entries with
/// `overrides` for sources of their own.
#[test]
fn what_another_engine_finds_in_a_file_that_did_not_change_is_there() {
    let project = Project::of(
        "
#- models/a.sql
select 1 as a
#- models/.b.sql
select 1 as b
#- models/all.yml
sources:
  - name: raw
    overrides: pkg
    tables: [{name: x}]
",
    );
    let mut manifest = project.manifest();
    for (id, path, text) in [
        ("model.shop..b", "models/.b.sql", "select 1 as b"),
        ("source.shop.raw.x", "models/all.yml", ""),
    ] {
        let mut node = manifest.nodes[0].clone();
        node.id = UniqueId::new(id);
        node.path = path.to_owned();
        node.checksum = Some(crate::manifest::checksum(text));
        if id.starts_with("source") {
            node.kind = NodeKind::Source;
            node.source_name = Some("raw".to_owned());
            node.name = "x".to_owned();
        }
        manifest.nodes.push(node);
    }
    expect![""].assert_eq(&changes(&manifest, &project.over(&manifest)));
}

#[test]
fn what_fusion_lets_describe_a_disabled_file_is_no_change_of_the_enabled_one() {
    let project = Project::of(
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
    );
    let mut manifest = project.manifest();
    let node = &mut manifest.nodes[0];
    node.relation = Some(Relation::stored("DB", "DEV", "x"));
    manifest.configs.insert(node.id.clone(), Config::default());
    manifest.metadata.engine = Engine::Fusion;
    expect![""].assert_eq(&changes(&manifest, &project.over(&manifest)));
}

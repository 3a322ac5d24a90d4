//! What becomes of the files of a project.

mod configs;
mod described;
mod sources;

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use fixture::Fixture;
use lineage::{Access, Node};

use super::testing::{Files, scanned};
use crate::names::Observed;

/// The nodes of a fixture's files, a line for each; then what is disabled and unread.
#[track_caller]
fn check(fixture: &str, expect: Expect) {
    let fixture = Fixture::parse(fixture);
    let files = fixture.files();
    let files: Files = files
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    let scan = scanned(&files, None, Observed::default());
    let mut text = String::new();
    for node in &scan.nodes {
        writeln!(text, "{}", shown(node)).expect("a text");
    }
    for it in &scan.disabled {
        writeln!(text, "disabled {} {}", it.id, it.path).expect("a text");
    }
    for it in &scan.unread {
        writeln!(text, "unread {it}").expect("a text");
    }
    expect.assert_eq(&text);
}

/// A node in a line: id, relation, what is not as usual, what it reads.
pub(crate) fn shown(node: &Node) -> String {
    let mut text = node.id.to_string();
    match &node.relation {
        Some(relation) => write!(text, " {relation}").expect("a text"),
        None => text.push_str(" -"),
    }
    let usual = ["view", "seed", "snapshot"];
    let materialized = node.materialized.as_deref();
    let mut add = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            write!(text, " {key}={value}").expect("a text");
        }
    };
    add("is", materialized.filter(|it| !usual.contains(it)));
    add("latest", node.latest_version.as_deref());
    let pointer = node.latest_pointer.as_ref().map(ToString::to_string);
    add("pointer", pointer.as_deref());
    add("yml", node.properties_path.as_deref());
    add("group", node.group.as_deref());
    let is_private = node.access == Some(Access::Private);
    add("access", is_private.then_some("private"));
    add("reads", node.reads_unknown.then_some("unknown"));
    let parents = node.depends_on.iter();
    let parents: Vec<&str> = parents.map(lineage::UniqueId::as_str).collect();
    if !parents.is_empty() {
        write!(text, " <- {}", parents.join(", ")).expect("a text");
    }
    text
}

#[test]
fn files_below_the_resource_paths_are_nodes() {
    check(
        "
#- models/orders.sql
select * from {{ ref('regions') }}
#- models/deep/er/py.py
def model(dbt, session):
    return dbt.ref('orders')
#- seeds/regions.csv
id
1
#- snapshots/snaps.sql
{% snapshot a %} select * from {{ ref('orders') }} {% endsnapshot %}
{% snapshot b %} select 1 {% endsnapshot %}
#- snapshots/snaps.yml
snapshots:
  - name: c
    relation: source('raw', 'events')
#- models/sources.yml
sources:
  - name: raw
    tables: [{name: events}]
#- analyses/a.sql
select * from {{ ref('orders') }}
#- tests/t.sql
select * from {{ ref('orders') }}
#- seeds/not.sql
select 1
#- models/not.csv
id
#- elsewhere/not.sql
select 1
",
        expect![[r#"
            model.shop.py DB.DEV.py is=table <- model.shop.orders
            model.shop.orders DB.DEV.orders <- seed.shop.regions
            seed.shop.regions DB.DEV.regions
            snapshot.shop.a DB.DEV.a <- model.shop.orders
            snapshot.shop.b DB.DEV.b
            snapshot.shop.c DB.DEV.c yml=snapshots/snaps.yml <- source.shop.raw.events
            source.shop.raw.events DB.raw.events
        "#]],
    );
}

#[test]
fn resource_paths_may_be_others_and_outside_the_project() {
    check(
        "
#- dbt_project.yml
name: shop
model-paths: [transform, ../shared/models]
seed-paths: [.]
#- transform/a.sql
select * from {{ ref('b') }}
#- ../shared/models/b.sql
select 1
#- models/c.sql
select 1
#- data.csv
id
",
        expect![[r#"
            model.shop.b DB.DEV.b
            seed.shop.data DB.DEV.data
            model.shop.a DB.DEV.a <- model.shop.b
        "#]],
    );
}

#[test]
fn files_of_editors_are_none() {
    check(
        "
#- models/.#a.sql
select 1
#- models/~a.sql
select 1
#- models/.sql
select 1
#- models/LOUD.SQL
select 1
#- models/dotted.name.sql
select 1
",
        expect![[r#"
            model.shop.LOUD DB.DEV.LOUD
            model.shop.dotted.name DB.DEV.dotted.name
        "#]],
    );
}

// C22
#[test]
fn a_plain_ref_means_the_root_projects_node_first_and_then_the_packages_own() {
    check(
        "
#- models/orders.sql
select 1
#- models/of_root.sql
select * from {{ ref('orders') }}, {{ ref('pkg', 'orders') }}, {{ ref('only') }}
#- dbt_packages/pkg/models/orders.sql
select 1
#- dbt_packages/pkg/models/only.sql
select * from {{ ref('orders') }}
#- dbt_packages/pkg/models/own.sql
select * from {{ ref('same') }}
#- dbt_packages/pkg/models/same.sql
select 1
#- dbt_packages/other/models/same.sql
select 1
",
        expect![[r#"
            model.shop.of_root DB.DEV.of_root <- model.pkg.only, model.pkg.orders, model.shop.orders
            model.shop.orders DB.DEV.orders
            model.other.same DB.DEV.same
            model.pkg.only DB.DEV.only <- model.shop.orders
            model.pkg.orders DB.DEV.orders
            model.pkg.own DB.DEV.own <- model.pkg.same
            model.pkg.same DB.DEV.same
        "#]],
    );
}

#[test]
fn what_only_dbt_can_work_out_is_marked_and_what_is_not_there_is_no_edge() {
    check(
        "
#- models/a.sql
select * from {{ ref(var('which')) }}
#- models/b.sql
select * from {{ ref('nowhere') }}
",
        expect![[r#"
            model.shop.a DB.DEV.a reads=unknown
            model.shop.b DB.DEV.b
        "#]],
    );
}

#[test]
fn what_macros_read_is_read_by_those_that_call_them() {
    check(
        "
#- macros/m.sql
{% macro of_a() %} select * from {{ ref('a') }} {% endmacro %}
{% macro outer() %} {{ of_a() }} {% endmacro %}
{% macro of(name) %} {{ ref(name) }} {% endmacro %}
{% macro harmless() %} 1 {% endmacro %}
#- models/a.sql
select {{ harmless() }}
#- models/b.sql
select * from {{ outer() }}
#- models/c.sql
select * from {{ of('a') }}
#- models/d.sql
select * from {{ of_nowhere() }}
",
        expect![[r#"
            model.shop.a DB.DEV.a
            model.shop.b DB.DEV.b <- model.shop.a
            model.shop.c DB.DEV.c reads=unknown
            model.shop.d DB.DEV.d reads=unknown
        "#]],
    );
}

#[test]
fn a_file_that_cannot_be_read_is_said_to_be() {
    check(
        "
#- models/a.sql
unreadable
#- models/b.sql
select * from {{ ref('a') }}
#- models/c.sql
select 1
#- models/bad.yml
models: [name: {
#- models/partly.yml
models:
  - name: \"{{ var('x') }}\"
  - name: c
    config: {alias: see}
",
        expect![[r#"
            model.shop.b DB.DEV.b reads=unknown
            model.shop.c DB.DEV.see yml=models/partly.yml
            unread shop/models/a.sql
            unread shop/models/bad.yml
            unread shop/models/partly.yml
        "#]],
    );
}

#[test]
fn what_is_not_there_may_be_of_a_package_that_is_missing() {
    let files = [
        ("models/a.sql", "select * from {{ ref('pkg', 'x') }}"),
        ("models/b.sql", "select * from {{ ref('a') }}"),
    ];
    let files: Files = files
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .into();
    let mut scan = scanned(&files, None, Observed::default());
    let unknown = |scan: &crate::scan::Scan| -> Vec<bool> {
        scan.nodes.iter().map(|it| it.reads_unknown).collect()
    };
    assert_eq!(unknown(&scan), [false, false]);
    scan.doubt_unresolved();
    assert_eq!(unknown(&scan), [true, false]);
}

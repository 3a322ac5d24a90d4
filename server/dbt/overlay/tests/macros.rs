//! What a node reads through macros, which no text shows.

use expect_test::{Expect, expect};
use lineage::UniqueId;

use super::{Project, changes};

/// What becomes of `model.shop.c`, which dbt found to read `b` through a macro, with the
/// texts as they were not at hand and at hand.
#[track_caller]
fn check(then: &str, now: &str, expect: Expect) {
    let project = Project::of(&format!(
        "
#- models/a.sql
select 1 as a
#- models/b.sql
select 1 as b
#- models/c.sql
{then}
#- now models/c.sql
{now}
"
    ));
    let mut manifest = project.manifest();
    let through_macro = UniqueId::new("model.shop.b");
    for node in manifest.nodes.iter_mut().filter(|it| it.name == "c") {
        node.depends_on.push(through_macro.clone());
    }
    let unknown = changes(&manifest, &project.over(&manifest));
    let known = project.over_knowing(&manifest, &|path| project.facts_then(path));
    expect.assert_eq(&format!("{unknown}---\n{}", changes(&manifest, &known)));
}

#[test]
fn what_a_macro_read_is_kept_while_macros_are_called() {
    check(
        "select * from {{ ref('a') }}, {{ of_b() }}",
        "select x from {{ ref('a') }}, {{ of_b() }}",
        expect![[r#"
            edited model.shop.c DB.DEV.c <- model.shop.a, model.shop.b
            differing: models/c.sql
            ---
            edited model.shop.c DB.DEV.c <- model.shop.a, model.shop.b
            differing: models/c.sql
        "#]],
    );
}

#[test]
fn a_ref_that_is_gone_is_told_from_what_a_macro_read_by_the_text_then() {
    check(
        "select * from {{ ref('a') }}, {{ of_b() }}",
        "select * from {{ of_b() }}",
        expect![[r#"
            edited model.shop.c DB.DEV.c <- model.shop.a, model.shop.b
            differing: models/c.sql
            ---
            edited model.shop.c DB.DEV.c <- model.shop.b
            differing: models/c.sql
        "#]],
    );
}

#[test]
fn without_macros_nothing_is_read_through_them() {
    check(
        "select * from {{ ref('a') }}, {{ of_b() }}",
        "select * from {{ ref('a') }}",
        expect![[r#"
            edited model.shop.c DB.DEV.c <- model.shop.a
            differing: models/c.sql
            ---
            edited model.shop.c DB.DEV.c <- model.shop.a
            differing: models/c.sql
        "#]],
    );
}

/// A hook, or a foreign key in YAML.
#[test]
fn what_neither_text_nor_macro_read_is_kept_where_the_text_then_tells_that() {
    check(
        "select * from {{ ref('a') }}",
        "select x from {{ ref('a') }}",
        expect![[r#"
            edited model.shop.c DB.DEV.c <- model.shop.a
            differing: models/c.sql
            ---
            edited model.shop.c DB.DEV.c <- model.shop.a, model.shop.b
            differing: models/c.sql
        "#]],
    );
}

#[test]
fn macros_of_the_project_are_followed() {
    super::check_knowing(
        "
#- macros/m.sql
{% macro of_a() %} {{ ref('a') }} {% endmacro %}
{% macro of(name) %} {{ ref(name) }} {% endmacro %}
#- models/a.sql
select 1 as a
#- models/b.sql
select 1 as b
#- models/c.sql
select * from {{ of_a() }}
#- models/d.sql
select * from {{ ref('b') }}
#- models/e.sql
select * from {{ ref('b') }}, {{ of('a') }}
#- now models/c.sql
select * from {{ ref('b') }}
#- now models/d.sql
select * from {{ of_a() }}, {{ of('b') }}
#- now models/e.sql
select x from {{ ref('b') }}, {{ of('a') }}
#- now models/new.sql
select * from {{ of_a() }}
",
        expect![[r#"
            edited model.shop.c DB.DEV.c <- model.shop.b
            edited model.shop.d DB.DEV.d reads=unknown <- model.shop.a
            edited model.shop.e DB.DEV.e <- model.shop.b
            new model.shop.new DB.DEV.new <- model.shop.a
            differing: models/c.sql, models/d.sql, models/e.sql, models/new.sql
        "#]],
    );
}

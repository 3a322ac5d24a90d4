use expect_test::{Expect, expect};

use crate::{FileFacts, Says};

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&super::show("models/x.sql", text));
}

#[test]
fn reads_are_sorted_and_each_once() {
    check(
        "{{ ref('b') }} {{ source('s', 't') }} {{ ref('a') }} {{ ref('b') }} {{ ref('p', 'x', v=2) }}",
        expect![[r#"
            reads a, b, p/x v2, s.t
        "#]],
    );
}

#[test]
fn what_a_reference_names_may_be_unknown() {
    check(
        "{{ ref(name) }}",
        expect![[r#"
            reads unknown
        "#]],
    );
    check(
        "{{ ref('a' ~ b) }}",
        expect![[r#"
            reads unknown
        "#]],
    );
    check(
        "{{ source(var('s'), 't') }}",
        expect![[r#"
            reads unknown
        "#]],
    );
    check(
        "{{ ref('a', v=var('v')) }}",
        expect![[r#"
            reads unknown
        "#]],
    );
    check(
        "{% for x in ['a'] %}{{ ref(x) }}{% endfor %}",
        expect![[r#"
            reads unknown
        "#]],
    );
    check(
        "{{ ref(ref('a')) }}",
        expect![[r#"
            reads a, unknown
        "#]],
    );
    check(
        "{{ xs | map('upper') }}{{ f(ref) }}{{ f(ref='x') }}",
        expect![[r#"
            reads more, by f(), by some macro
        "#]],
    );
}

#[test]
fn a_run_may_decide_what_is_read() {
    check(
        "{{ ref('a') }}{% if target.name == 'prod' %}{{ ref('b') }}{% else %}{{ ref('c') }}{% endif %}",
        expect![[r#"
            reads a, b, c, in some runs
        "#]],
    );
    check(
        "{{ ref('a') if x else ref('b') }}",
        expect![[r#"
            reads a, b, in some runs
        "#]],
    );
    check(
        "{% if x %}{% endif %}{{ ref('a') }}{% if y == ref('b') %}{% endif %}",
        expect![[r#"
            reads a, b
        "#]],
    );
    check(
        "{% if is_incremental() %}{{ this }}{% endif %}{{ ref('a') }}",
        expect![[r#"
            reads a, by is_incremental()
        "#]],
    );
}

#[test]
fn a_variable_may_be_a_reference() {
    check(
        "select * FROM {{ var('orders') }} left join\n{{ var('x') }}",
        expect![[r#"
            reads unknown
        "#]],
    );
    check(
        "from {{ var('db') }}.s.t where a = {{ var('b') }} and xfrom{{ var('c') }}",
        expect![[r#""#]],
    );
}

#[test]
fn what_is_dbts_own_reads_nothing() {
    check(
        "{{ var('x') }}{{ env_var('X') }}{% if is_incremental() %}{{ this }}{% endif %}{{ log('x') }}\
         {{ adapter.get_columns_in_relation(ref('a')) }}{{ dbt.dateadd('day', 1, 'x') }}\
         {{ dbt_utils.star(from=ref('b')) }}{% do xs.append('x') %}{{ ', '.join(xs) }}\
         {{ modules.datetime.datetime.now().strftime('%Y') }}{{ exceptions.warn('x') }}\
         {% set x = namespace(y=1) %}{{ loop.cycle('a') }}{{ results.columns[0].values() }}\
         {% call statement('x') %}{% endcall %}{{ current_timestamp() }}",
        expect![[r#"
            reads a, b, by current_timestamp(), by is_incremental(), by statement()
        "#]],
    );
    check(
        "{{ a | join(', ') | map(attribute='x') }}{% if x is divisibleby(3) and (y) %}{% endif %}{% if x is not in(y) or not (z) %}{% endif %}",
        expect![[r#""#]],
    );
    check(
        "{% set (a, b) = (1, 2) %}{% macro own(x) %}{% endmacro %}",
        expect![[r#"
            macro own
        "#]],
    );
}

#[test]
fn macros_may_read_more() {
    check(
        "{{ my_macro() }}",
        expect![[r#"
            reads more, by my_macro()
        "#]],
    );
    check(
        "{{ my_package.my_macro(ref('a')) }}",
        expect![[r#"
            reads a, more, by my_macro()
        "#]],
    );
    check(
        "{% call my_macro() %}{% endcall %}",
        expect![[r#"
            reads more, by my_macro()
        "#]],
    );
    check(
        "{{ adapter.dispatch('x')('y') }}",
        expect![[r#"
            reads more, by any __x()
        "#]],
    );
    check(
        "{{ context['x']() }}",
        expect![[r#"
            reads more, by some macro
        "#]],
    );
    check(
        "{{ render('x') }}",
        expect![[r#"
            reads more, by render()
        "#]],
    );
    check(
        "{{ config(post_hook=\"{{ my_hook() }}\") }}",
        expect![[r#"
            reads more, by my_hook()
        "#]],
    );
    check(
        "{{ config(post_hook=\"insert into x select * from {{ ref('a') }}\") }}",
        expect![[r#"
            reads a
        "#]],
    );
    check("my_macro() {# {{ my_macro() }} #}", expect![[r#""#]]);
}

#[test]
fn snapshots_have_their_own() {
    check(
        "{% snapshot a %}{{ config(target_schema='ts', schema='s', target_database='td', database='d', alias='x') }}\
         select * from {{ source('s', 't') }}{% endsnapshot %}\
         {% if x %}{% snapshot b %}{{ config(target_schema=none, schema='s') }}{{ ref(x) }}{% endsnapshot %}\
         {{ ref('outside') }}{{ config(target_schema='no') }}",
        expect![[r#"
            reads outside
            snapshot a
              alias "x"
              target schema "ts"
              database "td"
              Schema at "target_schema='ts'"
              Database at "target_database='td'"
              Alias at "alias='x'"
              reads s.t
            snapshot b
              schema "s"
              Schema at "schema='s'"
              reads unknown
        "#]],
    );
    check(
        "{% snapshot a %}{{ config(alias='a') }}{% snapshot b %}{{ config(alias='b') }}",
        expect![[r#"
            snapshot a
              alias "a"
              Alias at "alias='a'"
            snapshot b
              alias "b"
              Alias at "alias='b'"
        "#]],
    );
    check(
        "{% snapshot %}{{ config(alias='a') }}{% endsnapshot %}",
        expect![[r#"
            alias "a"
            Alias at "alias='a'"
        "#]],
    );
    check(
        "{% snapshot a %}{{ config(target_schema=var('x')) }}{{ config(schema='s') }}",
        expect![[r#"
            snapshot a
              target schema ?
              Schema at "target_schema=var('x')"
        "#]],
    );
}

#[test]
fn a_call_that_is_being_typed_says_nothing_yet() {
    for typed in [
        "{{ re }}",
        "{{ ref }}",
        "{{ ref( }}",
        "{{ ref() }}",
        "{{ ref('') }}",
        "{{ ref('sa",
        "{{ ref('sa') ",
        "{{ source() }}",
        "{{ source('",
    ] {
        let facts = FileFacts::read("models/m.sql", &format!("select 1 from {typed}"));
        let Says::Sql(code) = facts.says else {
            panic!("{typed} is SQL");
        };
        assert!(!code.reads.has_unknown, "{typed}");
        assert!(!code.reads.calls_macros, "{typed}");
    }
    let python = FileFacts::read("models/m.py", "def model(dbt, session):\n    dbt.ref(");
    let Says::Python(code) = python.says else {
        panic!("it is Python");
    };
    assert!(!code.reads.has_unknown);
}

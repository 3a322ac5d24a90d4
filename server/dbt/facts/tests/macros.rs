use expect_test::{Expect, expect};

use super::super::*;
use super::{show_config, show_reads};

/// What the model reads with the macros that the other texts define.
fn check(model: &str, macros: &[&str], expected: Expect) {
    let files: Vec<FileFacts> = macros
        .iter()
        .map(|text| FileFacts::read("macros/x.sql", text))
        .collect();
    let Says::Sql(code) = FileFacts::read("models/x.sql", model).says else {
        panic!("a SQL file");
    };
    let mut followed = Macros::of(&files).followed(&code.reads);
    let is_more = followed.calls_macros;
    (followed.calls_macros, followed.macros) = (false, Vec::new());
    let more = if is_more { "and more\n" } else { "" };
    expected.assert_eq(&(show_reads(&followed, "") + more));
}

#[test]
fn macros_read_what_they_name() {
    let macros = [
        "{% macro a() %}{{ ref('x') }}{{ b() }}{% endmacro %}\
         {% macro b(c=1) -%} {{ source('s', 't') }} {{ a() }}{%- endmacro %}",
        "{% macro none(x) %}{{ x }}{% endmacro %}{% macro by_name(x) %}{{ ref(x) }}{% endmacro %}",
        "{% macro branch() %}{% if y %}{{ ref('z') }}{% endif %}{% endmacro %}{{ ref('outside') }}",
    ];
    check(
        "{{ ref('m') }}{{ a() }}",
        &macros,
        expect![[r#"
            reads m, x, s.t
        "#]],
    );
    check(
        "{{ p.b() }}",
        &macros,
        expect![[r#"
            reads x, s.t
        "#]],
    );
    check(
        "{{ none(ref('m')) }}",
        &macros,
        expect![[r#"
            reads m
        "#]],
    );
    check(
        "{{ by_name('m') }}",
        &macros,
        expect![[r#"
            reads unknown
        "#]],
    );
    check(
        "{{ branch() }}",
        &macros,
        expect![[r#"
            reads z, in some runs
        "#]],
    );
    check(
        "{{ missing() }}",
        &macros,
        expect![[r#"
            and more
        "#]],
    );
    check(
        "{{ none() }}{{ context['none']() }}",
        &macros,
        expect![[r#"
            and more
        "#]],
    );
    check("select 1", &macros, expect![[r#""#]]);
}

#[test]
fn what_macros_configure_is_unknown() {
    let file = FileFacts::read(
        "x.sql",
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ config(alias='x') }}{% endmacro %}",
    );
    let macros = Macros::of([&file]);
    let check = |text: &str, expected: Expect| {
        let Says::Sql(code) = FileFacts::read("x.sql", text).says else {
            panic!("a SQL file");
        };
        let config = macros.configured(&code.config.config, &code.reads);
        let config = ConfigFacts {
            config,
            ..ConfigFacts::default()
        };
        expected.assert_eq(&show_config(text, &config, ""));
    };
    check(
        "{{ config(alias='m', schema='s') }}{{ a() }}",
        expect![[r#"
            alias ?
            schema "s"
        "#]],
    );
    check(
        "{{ config(schema='s') }}{{ a() }}",
        expect![[r#"
            alias ?
            schema "s"
        "#]],
    );
    check(
        "{{ config(alias='m') }}{{ c() }}",
        expect![[r#"
            alias "m"
        "#]],
    );
}

#[test]
fn a_project_may_replace_a_macro_of_dbt() {
    let own = ["{% macro date_spine() %}{{ ref('days') }}{{ is_incremental() }}{% endmacro %}"];
    check(
        "{{ date_spine() }}",
        &own,
        expect![[r#"
            reads days
        "#]],
    );
    check("{{ date_spine() }}", &[], expect![[r#""#]]);
    check("{{ dbt.date_spine() }}", &own, expect![[r#""#]]);
}

#[test]
fn a_dispatched_macro_may_be_any_of_its_name() {
    let macros = [
        "{% macro a() %}{{ return(adapter.dispatch('a', 'p')(1)) }}{% endmacro %}",
        "{% macro default__a() %}{{ ref('x') }}{% endmacro %}{% macro snowflake__a() %}{{ ref('y') }}{% endmacro %}",
        "{% macro b() %}{{ adapter.dispatch(name)() }}{% endmacro %}{% macro c() %}{{ adapter.dispatch('c')() }}{% endmacro %}",
    ];
    check(
        "{{ a() }}",
        &macros,
        expect![[r#"
            reads x, y
        "#]],
    );
    check(
        "{{ b() }}",
        &macros,
        expect![[r#"
            and more
        "#]],
    );
    check(
        "{{ c() }}",
        &macros,
        expect![[r#"
            and more
        "#]],
    );
}

#[test]
fn of_two_macros_of_one_name_both_count() {
    let macros = [
        "{% macro a() %}{{ ref('x') }}{% endmacro %}",
        "{% macro a() %}{{ ref('y') }}{% endmacro %}",
    ];
    check(
        "{{ a() }}",
        &macros,
        expect![[r#"
            reads x, y
        "#]],
    );
}

#[test]
fn a_long_chain_is_cut_and_said_to_be_more() {
    let link = |n: usize| format!("{{% macro m{n}() %}}{{{{ m{}() }}}}{{% endmacro %}}", n + 1);
    let chain: String = (0..5_000).map(link).collect();
    check(
        "{{ m0() }}",
        &[&chain],
        expect![[r#"
            and more
        "#]],
    );
}

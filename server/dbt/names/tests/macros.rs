//! What the text of a macro tells of it.

use crate::names::{NameMacro, NameMacros};

fn schema(body: &str) -> NameMacro {
    let text = format!(
        "{{% macro generate_schema_name(custom_schema_name, node) -%}}\n{body}\n{{%- endmacro %}}"
    );
    NameMacros::of([text.as_str()]).schema
}

#[test]
fn knows_the_usual_schema_macros() {
    let cases = [
        (
            "{%- set default_schema = target.schema -%}{%- if custom_schema_name is none -%}\
            {{ default_schema }}{%- else -%}{{ default_schema }}_{{ custom_schema_name | trim }}{%- endif -%}",
            NameMacro::Copied,
        ),
        (
            "{{ generate_schema_name_for_env(custom_schema_name, node) }}",
            NameMacro::ForEnv,
        ),
        (
            "{% do return(generate_schema_name_for_env(custom_schema_name, node)) %}",
            NameMacro::ForEnv,
        ),
        (
            "{%- set s = target.schema -%}{%- if target.name == 'prod' and custom_schema_name is not none -%}\
            {{ custom_schema_name | trim }}{%- else -%}{{ s }}{%- endif -%}",
            NameMacro::ForEnv,
        ),
        (
            "{% if custom_schema_name is none %}{{ target.schema }}{% else %}{{ custom_schema_name | trim }}{% endif %}",
            NameMacro::CustomAlone,
        ),
        (
            "{% if custom_schema_name is not none and custom_schema_name | length > 0 %}\
            {{ custom_schema_name }}{% else %}{{ target.schema }}{% endif %}",
            NameMacro::CustomAlone,
        ),
        (
            "{% if custom_schema_name %}{{ custom_schema_name.strip() }}{% else %}{{ target.schema }}{% endif %}",
            NameMacro::CustomAlone,
        ),
        (
            "{% if custom_schema_name is none %}{{ generate_schema_name_for_env(custom_schema_name, node) }}\
            {% else %}{{ custom_schema_name }}{% endif %}",
            NameMacro::CustomAlone,
        ),
        (
            "{# no prefix in production #}{% if custom_schema_name is none %}{{ target.schema }}\
            {% elif target.name == \"prod\" %}{{ custom_schema_name }}\
            {% else %}{{ target.schema ~ '_' ~ custom_schema_name }}{% endif %}",
            NameMacro::AloneInProd,
        ),
        (
            "{% if target.name == 'prod' and custom_schema_name is not none %}{{ custom_schema_name }}\
            {% else %}{{ default__generate_schema_name(custom_schema_name, node) }}{% endif %}",
            NameMacro::AloneInProd,
        ),
        (
            "{% if not (target.name in ['prod']) %}{{ target.schema }}{% else %}\
            {% if custom_schema_name is none %}{{ target.schema }}{% else %}{{ custom_schema_name }}{% endif %}{% endif %}",
            NameMacro::ForEnv,
        ),
        ("{{ target.schema }}", NameMacro::TargetAlone),
        (
            "{{ log('custom: ' ~ custom_schema_name) }}{% do log('x', info=True) %}\
            {{ custom_schema_name if custom_schema_name else target.schema }}",
            NameMacro::CustomAlone,
        ),
        (
            "{{ return((custom_schema_name or target.schema) | trim) }}",
            NameMacro::CustomAlone,
        ),
        (
            "{% set unused = production_targets() %}{{ target.schema }}\
            {{ '_' ~ custom_schema_name if custom_schema_name else '' }}",
            NameMacro::Copied,
        ),
        (
            "{% if target.name == 'prod' or custom_schema_name is none %}\
            {{ (custom_schema_name or target.schema) | trim }}{% else %}\
            {{ target.schema }}_{{ custom_schema_name | trim }}{% endif %}",
            NameMacro::AloneInProd,
        ),
        (
            "{% if (target.name == 'prod' or target.name == 'ci') and custom_schema_name is not none %}\
            {{ (custom_schema_name | trim) }}{% else %}{{ (target.schema) }}{% endif %}",
            NameMacro::ByTarget,
        ),
        (
            "{% if target.name not in ('test', 'production') or custom_schema_name is none %}\
            {{ return(target.schema) }}{% else %}{{ return(custom_schema_name | trim) }}{% endif %}",
            NameMacro::ByTarget,
        ),
        (
            "{% if not target.name == 'prod' and custom_schema_name is not none %}\
            {{ custom_schema_name | trim }}{% else %}{{ target.schema }}{% endif %}",
            NameMacro::ByTarget,
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(schema(body), expected, "{body}");
    }
}

#[test]
fn anything_else_is_the_projects_own() {
    let cases = [
        "",
        "analytics",
        "{{ custom_schema_name }}",
        "{{ target.schema }}_x",
        "{{ target.schema | upper }}",
        "{{ target.database }}",
        "{{ var('schema') }}",
        "{{ generate_schema_name_for_env('x', node) }}",
        "{% if target.name == 'production' %}{{ custom_schema_name }}{% else %}{{ target.schema }}{% endif %}",
        "{% if target.name == 'dev' %}{{ target.schema }}{% elif target.name == 'prod' %}{{ target.schema }}{% endif %}",
        "{% if 'prod' in target.name %}{{ target.schema }}{% else %}{{ target.schema }}{% endif %}",
        "{% if custom_schema_name is none %}{{ target.schema }}{% else %}{{ custom_schema_name }}_prod{% endif %}",
        "{{ log('x') ~ target.schema ~ trim('y') }}",
        "{% if node.resource_type == 'seed' %}seeds{% else %}{{ target.schema }}{% endif %}",
        "{% if target.name == 'prod' %}{{ custom_schema_name }}{% else %}{{ target.schema }}{% endif %}",
        "{% if custom_schema_name is none %}{{ target.schema }}{% else %}{{ custom_schema_name }}",
        "{% if custom_schema_name is none %}{{ target.schema }}{% else %}{{ custom_schema_name | upper }}{% endif %}",
        "{% set s = target.schema %}{% if x %}{% set s = 'y' %}{% endif %}{{ s }}",
        "{% for s in [target.schema] %}{{ s }}{% endfor %}",
        "{% else %}{{ target.schema }}",
        "{% endif %}{{ target.schema }}",
        "{{ 'é",
    ];
    for body in cases {
        assert_eq!(schema(body), NameMacro::Own, "{body}");
    }
}

#[test]
fn reads_each_part_by_its_own_macro() {
    let database = "{% macro generate_database_name(custom_database_name=none, node=none) -%}\
        {%- set default_database = target.database -%}{%- if custom_database_name is none -%}\
        {{ default_database }}{%- else -%}{{ custom_database_name }}{%- endif -%}{%- endmacro %}";
    let alias = r#"{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
        {%- if custom_alias_name -%} {{ custom_alias_name | trim }}
        {%- elif node.version -%} {{ return(node.name ~ "_v" ~ (node.version | replace('.', '_'))) }}
        {%- else -%} {{ node.name }} {%- endif -%} {%- endmacro %}"#;
    let macros = NameMacros::of(["{% macro other() %}{% endmacro %}", database, alias]);
    let expected = NameMacros {
        database: NameMacro::Copied,
        schema: NameMacro::BuiltIn,
        alias: NameMacro::Copied,
    };
    assert_eq!(macros, expected);
    let old = NameMacros::of(["{% macro generate_alias_name(c=none, node=none) %}\
        {% if c is none %}{{ node.name }}{% else %}{{ c | trim }}{% endif %}{% endmacro %}"]);
    assert_eq!(old.alias, NameMacro::CustomAlone);
    let own = NameMacros::of(["{%macro generate_alias_name(a,n)%}{{ n.name }}{%endmacro%}"]);
    assert_eq!(own.alias, NameMacro::Own);
}

#[test]
fn takes_no_macro_that_dbt_does_not_see() {
    let unseen = [
        "{# {% macro generate_schema_name(a, b) %}x{% endmacro %} #}",
        "{% raw %}{% macro generate_schema_name(a, b) %}x{% endmacro %}{% endraw %}",
        "{% macro my_generate_schema_name(a, b) %}x{% endmacro %}",
        "{% macro generate_schema_name_for_env(a, b) %}x{% endmacro %}",
        "{{ generate_schema_name('a', node) }}",
        "macro generate_schema_name(a, b)",
    ];
    for text in unseen {
        assert_eq!(NameMacros::of([text]), NameMacros::default(), "{text}");
    }
    // A comment of SQL is none of Jinja's.
    let seen = NameMacros::of(["-- {% macro generate_schema_name(a, b) %}x{% endmacro %}"]);
    assert_eq!(seen.schema, NameMacro::Own);
}

#[test]
fn a_plain_macro_counts_before_dispatched_ones() {
    let plain = "{% macro generate_schema_name(c, n) %}{{ target.schema }}{% endmacro %}";
    let dispatched = "{% macro snowflake__generate_schema_name(c, n) %}x{% endmacro %}";
    assert_eq!(NameMacros::of([dispatched]).schema, NameMacro::Own);
    let both = NameMacros::of([dispatched, plain]);
    assert_eq!(both.schema, NameMacro::TargetAlone);
    let other = "{% macro default__generate_schema_name(c, n) %}{{ target.schema }}{% endmacro %}";
    assert_eq!(NameMacros::of([dispatched, other]).schema, NameMacro::Own);
    assert_eq!(NameMacros::of([other]).schema, NameMacro::TargetAlone);
}

#[test]
fn hostile_texts_are_bounded() {
    let texts = [
        "{% macro generate_schema_name(".repeat(50_000),
        "{".repeat(1_000_000) + "generate_",
        "{% raw %}".repeat(100_000) + "generate_",
        "{{ '".repeat(200_000) + "generate_",
        "{% macro generate_schema_name(c, n) %}".to_owned()
            + &"{% if c %}".repeat(50_000)
            + &"{% endif %}".repeat(50_000)
            + "{% endmacro %}",
        "{% macro generate_schema_name(c, n) %}{% if ".to_owned()
            + &"not ".repeat(100_000)
            + &"(".repeat(100_000)
            + "c %}{{ c }}{% endif %}{% endmacro %}",
        "{% macro generate_schema_name(c, n) %}{% set a = 'x' %}".to_owned()
            + &"{% set a = a ~ a %}".repeat(100)
            + "{% endmacro %}",
        "{% macro generate_schema_name(c, n) %}".to_owned()
            + &"{% set a = target.schema %}".repeat(50_000)
            + &"{{ target.schema }}".repeat(50_000)
            + "{% endmacro %}",
    ];
    for text in texts {
        let _ = NameMacros::of([text.as_str()]);
    }
}

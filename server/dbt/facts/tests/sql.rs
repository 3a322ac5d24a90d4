use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&super::show("models/x.sql", text));
}

#[test]
fn literals_are_read() {
    check(
        "{{ config(alias='a', schema=\"s\", database='d', enabled=false, materialized='table', \
         access='public', group='g', tags=['t', 'u'], meta={'alias': 'no'}, unknown=1) }} select 1",
        expect![[r#"
            enabled false
            alias "a"
            schema "s"
            database "d"
            materialized "table"
            access "public"
            group "g"
            Alias at "alias='a'"
            Schema at "schema=\"s\""
            Database at "database='d'"
            Enabled at "enabled=false"
            Materialized at "materialized='table'"
        "#]],
    );
}

#[test]
fn a_map_may_hold_the_keys() {
    check(
        "{{ config({'alias': 'a', \"enabled\": true, 'tags': ['x'],}) }}",
        expect![[r#"
            enabled true
            alias "a"
            Alias at "'alias': 'a'"
            Enabled at "\"enabled\": true"
        "#]],
    );
    check(
        "{{ config({'alias': 'a', key: 'b'}) }}",
        expect![[r#"
            enabled ?
            alias ?
            schema ?
            database ?
            materialized ?
            access ?
            group ?
            quoted database ?
            quoted schema ?
            quoted identifier ?
            pointer ?
            pointer alias ?
        "#]],
    );
}

#[test]
fn warehouses_have_their_own_words() {
    check(
        "{{ config(project='p', dataset='d') }}",
        expect![[r#"
            schema "d"
            database "p"
            Database at "project='p'"
            Schema at "dataset='d'"
        "#]],
    );
    check(
        "{{ config(catalog='c') }}",
        expect![[r#"
            database "c"
            Database at "catalog='c'"
        "#]],
    );
}

#[test]
fn what_only_dbt_knows_is_unknown() {
    check(
        "{{ config(alias=var('x')) }}",
        expect![[r#"
            alias ?
            Alias at "alias=var('x')"
        "#]],
    );
    check(
        "{{ config(alias='a' ~ 'b') }}",
        expect![[r#"
            alias ?
            Alias at "alias='a' ~ 'b'"
        "#]],
    );
    check(
        "{{ config(alias='a' + b, schema=('s')) }}",
        expect![[r#"
            alias ?
            schema ?
            Alias at "alias='a' + b"
            Schema at "schema=('s')"
        "#]],
    );
    check(
        "{{ config(schema=env_var('S', 's'), alias='a'|upper) }}",
        expect![[r#"
            alias ?
            schema ?
            Schema at "schema=env_var('S', 's')"
            Alias at "alias='a'|upper"
        "#]],
    );
    check(
        "{{ config(enabled=target.name == 'prod') }}",
        expect![[r#"
            enabled ?
            Enabled at "enabled=target.name == 'prod'"
        "#]],
    );
    check(
        "{{ config(enabled=not true) }}",
        expect![[r#"
            enabled ?
            Enabled at "enabled=not true"
        "#]],
    );
    check(
        "{{ config(enabled='false', alias=1, materialized=true) }}",
        expect![[r#"
            enabled ?
            alias ?
            materialized ?
            Enabled at "enabled='false'"
            Alias at "alias=1"
            Materialized at "materialized=true"
        "#]],
    );
    check(
        "{{ config(alias='a' if target.name == 'prod' else 'b') }}",
        expect![[r#"
            alias ?
            Alias at "alias='a' if target.name == 'prod' else 'b'"
        "#]],
    );
    check(
        "{% set a = 'x' %}{{ config(alias=a) }}",
        expect![[r#"
            alias ?
            Alias at "alias=a"
        "#]],
    );
    check(
        "{{ config(alias='{{ var(\"x\") }}') }}",
        expect![[r#"
            alias ?
            Alias at "alias='{{ var(\"x\") }}'"
        "#]],
    );
    check(
        "{{ config(alias=null, schema='') }}",
        expect![[r#"
            alias ?
            schema ?
            Alias at "alias=null"
            Schema at "schema=''"
        "#]],
    );
}

#[test]
fn keys_that_only_dbt_knows_make_all_unknown() {
    check(
        "{{ config(alias='a', **options) }}",
        expect![[r#"
            enabled ?
            alias ?
            schema ?
            database ?
            materialized ?
            access ?
            group ?
            quoted database ?
            quoted schema ?
            quoted identifier ?
            pointer ?
            pointer alias ?
        "#]],
    );
    check(
        "{{ config(options, alias='a') }}",
        expect![[r#"
            enabled ?
            alias "a"
            schema ?
            database ?
            materialized ?
            access ?
            group ?
            quoted database ?
            quoted schema ?
            quoted identifier ?
            pointer ?
            pointer alias ?
            Alias at "alias='a'"
        "#]],
    );
    check(
        "{{ config(options()) }}",
        expect![[r#"
            enabled ?
            alias ?
            schema ?
            database ?
            materialized ?
            access ?
            group ?
            quoted database ?
            quoted schema ?
            quoted identifier ?
            pointer ?
            pointer alias ?
            reads more, by options()
        "#]],
    );
}

#[test]
fn none_says_that_the_default_counts() {
    check(
        "{{ config(alias=none, schema=None, database = none) }}",
        expect![[r#"
            alias ""
            schema ""
            database ""
            Alias at "alias=none"
            Schema at "schema=None"
            Database at "database = none"
        "#]],
    );
}

#[test]
fn strings_have_escapes() {
    check(
        r#"{{ config(alias='it\'s', schema="a\"b\\c", database='\x41') }}"#,
        expect![[r#"
            alias "it's"
            schema "a\"b\\c"
            database ?
            Alias at "alias='it\\'s'"
            Schema at "schema=\"a\\\"b\\\\c\""
            Database at "database='\\x41'"
        "#]],
    );
    check(
        "{{ config(alias='é', schema=\"}} %}\") }}",
        expect![[r#"
            alias "é"
            schema "}} %}"
            Alias at "alias='é'"
            Schema at "schema=\"}} %}\""
        "#]],
    );
}

#[test]
fn the_later_call_wins() {
    check(
        "{{ config(alias='a', schema='s') }}{{ config(alias='b') }}",
        expect![[r#"
            alias "b"
            schema "s"
            Schema at "schema='s'"
            Alias at "alias='b'"
        "#]],
    );
    check(
        "{{ config(alias=var('x')) }}{{ config(alias='b') }}",
        expect![[r#"
            alias "b"
            Alias at "alias='b'"
        "#]],
    );
    check(
        "{{ config(alias='a') }}{{ config(alias=var('x')) }}",
        expect![[r#"
            alias ?
            Alias at "alias=var('x')"
        "#]],
    );
}

#[test]
fn a_part_that_some_runs_reach_is_unknown() {
    check(
        "{% if target.name == 'prod' %}{{ config(alias='a') }}{% else %}{{ config(enabled=false) }}\
         {% endif %}{{ config(schema='s') }}",
        expect![[r#"
            enabled ?
            alias ?
            schema "s"
            Alias at "alias='a'"
            Enabled at "enabled=false"
            Schema at "schema='s'"
        "#]],
    );
    check(
        "{% for x in y %}{{ config(alias='a') }}{% endfor %}{{ config(alias='b') }}",
        expect![[r#"
            alias "b"
            Alias at "alias='b'"
        "#]],
    );
    check(
        "{{ config(alias='a') if execute }}",
        expect![[r#"
            alias ?
            Alias at "alias='a'"
        "#]],
    );
    check(
        "{{ x or config(alias='a') }}",
        expect![[r#"
            alias ?
            Alias at "alias='a'"
        "#]],
    );
    check(
        "{% if x %}{% if y %}{% endif %}{{ config(alias='a') }}",
        expect![[r#"
            alias ?
            Alias at "alias='a'"
        "#]],
    );
    check(
        "{% endif %}{{ config(alias='a') }}",
        expect![[r#"
            alias "a"
            Alias at "alias='a'"
        "#]],
    );
}

#[test]
fn statements_configure_too() {
    check(
        "{% do config(alias='a') %}{%- set _ = config(schema='s') -%}",
        expect![[r#"
            alias "a"
            schema "s"
            Alias at "alias='a'"
            Schema at "schema='s'"
        "#]],
    );
    check(
        "{{- builtins.config(alias='a') -}}",
        expect![[r#"
            alias "a"
            Alias at "alias='a'"
        "#]],
    );
}

#[test]
fn what_is_no_configuration_is_passed_over() {
    check(
        "{{ config.get('alias') }}{{ x.config(alias='a') }}{{ y | config(alias='a') }}",
        expect![[r#"
            reads more, by config()
        "#]],
    );
    check(
        "config(alias='a') { config(alias='a') } {# {{ config(alias='a') }} #}",
        expect![[r#""#]],
    );
    check(
        "{% raw %}{{ config(alias='a') }}{% endraw %}",
        expect![[r#""#]],
    );
    check(
        "-- {{ config(alias='a') }}\n/* {{ config(schema='s') }} */",
        expect![[r#"
            alias "a"
            schema "s"
            Alias at "alias='a'"
            Schema at "schema='s'"
        "#]],
    );
}

#[test]
fn quoting_and_the_pointer_are_maps() {
    check(
        "{{ config(quoting={'database': true, 'identifier': x}) }}",
        expect![[r#"
            quoted database true
            quoted identifier ?
        "#]],
    );
    check(
        "{{ config(quoting=q) }}",
        expect![[r#"
            quoted database ?
            quoted schema ?
            quoted identifier ?
        "#]],
    );
    check(
        "{{ config(latest_version_pointer={'enabled': true, 'alias': 'p'}) }}",
        expect![[r#"
            pointer true
            pointer alias "p"
        "#]],
    );
}

#[test]
fn half_typed_text_is_read_as_far_as_it_goes() {
    check(
        "{{ config(alias='a', sche",
        expect![[r#"
            alias "a"
            Alias at "alias='a'"
        "#]],
    );
    check(
        "{{ config(alias='a', schema=",
        expect![[r#"
            alias "a"
            schema ?
            Alias at "alias='a'"
            Schema at "schema="
        "#]],
    );
    check(
        "{{ config(alias='a', schema='s",
        expect![[r#"
            alias "a"
            schema ?
            Alias at "alias='a'"
            Schema at "schema='s"
        "#]],
    );
    check(
        "{{ config(alias='a'\nselect 1 from {{ ref('x') }}",
        expect![[r#"
            alias ?
            Alias at "alias='a'\nselect 1 from"
            reads x
        "#]],
    );
    check(
        "{{ config(alias='a', {'schema': 's', 'x",
        expect![[r#"
            alias "a"
            schema "s"
            Alias at "alias='a'"
            Schema at "'schema': 's'"
        "#]],
    );
    check("{{ config(", expect![[r#""#]]);
    check(
        "{{ config(,,alias='a',) }}",
        expect![[r#"
            alias "a"
            Alias at "alias='a'"
        "#]],
    );
    check(
        "{{ config(alias='a')",
        expect![[r#"
            alias "a"
            Alias at "alias='a'"
        "#]],
    );
    check(
        "{{ ref('a') }} {{ ref('b",
        expect![[r#"
            reads a
        "#]],
    );
    check(
        "{{ ref( }} {{ ref('c') }}",
        expect![[r#"
            reads c
        "#]],
    );
}

#[test]
fn marks_and_line_ends_of_windows_are_passed_over() {
    check(
        "\u{feff}{{\r\n  config(\r\n    alias = 'x',\r\n  )\r\n}}",
        expect![[r#"
            alias "x"
            Alias at "alias = 'x'"
        "#]],
    );
}

#[test]
fn hostile_text_ends() {
    let many = |text: &str| super::show("x.sql", &text.repeat(20_000)).len();
    let lengths = [
        many("{{ config("),
        many("{{ config(a={"),
        many("{%if x%}"),
        many("ref(("),
        many("{{ ref("),
        many("{{ '"),
        many("{{ \"{{ '"),
        many("{% snapshot"),
        many("a."),
        super::show(
            "x.sql",
            &format!("{{{{ {} }}}}", "config(a=".repeat(20_000)),
        )
        .len(),
        super::show("x.sql", &format!("{{{{ {}x( }}}}", "a.".repeat(20_000))).len(),
        super::show("x.sql", &"x".repeat(9 << 20)).len(),
    ];
    expect![[r#"
        [
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            19,
            164,
        ]
    "#]]
    .assert_debug_eq(&lengths);
}

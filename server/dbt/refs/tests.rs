use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;

mod real;

/// Each call's source and what it refers to; the name in its source is marked.
fn show(text: &str, calls: &[RefCall]) -> String {
    let mut out = String::new();
    for call in calls {
        let before = &text[call.span.start..call.name_span.start];
        let name = &text[call.name_span.clone()];
        let after = &text[call.name_span.end..call.span.end];
        let target = match &call.target {
            RefTarget::Ref {
                package,
                name,
                version,
            } => {
                let package = package
                    .as_ref()
                    .map_or(String::new(), |it| format!("{it}/"));
                let version = version
                    .as_ref()
                    .map_or(String::new(), |it| format!(" v{it}"));
                format!("{package}{name}{version}")
            }
            RefTarget::Source { source, table } => format!("{source}.{table}"),
        };
        writeln!(out, "{before}«{name}»{after} -> {target}").unwrap();
    }
    out
}

fn check_sql(text: &str, expected: Expect) {
    expected.assert_eq(&show(text, &refs_in_sql(text)));
}

fn check_python(text: &str, expected: Expect) {
    expected.assert_eq(&show(text, &refs_in_python(text)));
}

fn check_yaml(text: &str, expected: Expect) {
    expected.assert_eq(&show(text, &refs_in_yaml(text)));
}

fn check_snapshots(text: &str, expected: Expect) {
    let mut out = String::new();
    for block in snapshot_blocks(text) {
        assert_eq!(text[block.name_span.clone()], block.name);
        writeln!(out, "{}: {:?}", block.name, &text[block.span]).unwrap();
    }
    expected.assert_eq(&out);
}

#[test]
fn every_form_of_ref_and_source_is_read() {
    check_sql(
        r#"select * from {{ ref('a') }} join {{ ref("b") }} join {{ref('pkg','c')}}
        {{ ref( 'd' , v = 2 ) }} {{ ref('e', version='1a') }} {{ ref("pkg", "f", v=1.5) }} {{ ref('g', v=none) }}
        {{ ref('h',) }} {{- ref(
            "i"
        ) -}} {{ source('s', "t") }} {{ builtins.ref('j') }} {{ ref('k').identifier }} {{ ref('ü x') }}"#,
        expect![[r#"
            ref('«a»') -> a
            ref("«b»") -> b
            ref('pkg','«c»') -> pkg/c
            ref( '«d»' , v = 2 ) -> d v2
            ref('«e»', version='1a') -> e v1a
            ref("pkg", "«f»", v=1.5) -> pkg/f v1.5
            ref('«g»', v=none) -> g
            ref('«h»',) -> h
            ref(
                        "«i»"
                    ) -> i
            source('s', "«t»") -> s.t
            ref('«j»') -> j
            ref('«k»') -> k
            ref('«ü x»') -> ü x
        "#]],
    );
}

#[test]
fn calls_count_wherever_jinja_is_code() {
    check_sql(
        "-- {{ ref('in_sql_comment') }}\n{% set x = ref('a') %}{%- for t in [ref('b'), source('s','t')] -%}\n\
         {{ star(from=ref('c'), except=['x']) }} {{ {'k': {'l': ref('d')}} }} {% if ref('e') is none %}",
        expect![[r#"
            ref('«in_sql_comment»') -> in_sql_comment
            ref('«a»') -> a
            ref('«b»') -> b
            source('s','«t»') -> s.t
            ref('«c»') -> c
            ref('«d»') -> d
            ref('«e»') -> e
        "#]],
    );
}

#[test]
fn calls_outside_of_jinja_in_its_comments_and_in_raw_text_do_not_count() {
    check_sql(
        "ref('a') { ref('b') } {# {{ ref('c') }} #} {% raw %}{{ ref('d') }}{% endraw %} {%- raw -%} {{ ref('e') }} {%- endraw -%}\
         {{ \"ref('f')\" }} {{ other.ref('g') }} {{ xref('h') }} {{ ref_('i') }} {{ ref('end') }}",
        expect![[r#"
            ref('«end»') -> end
        "#]],
    );
    check_sql("{# never closed {{ ref('a') }}", expect![[r#""#]]);
    check_sql("{% raw %} never closed {{ ref('a') }}", expect![[r#""#]]);
}

#[test]
fn calls_that_only_run_time_can_tell_do_not_count() {
    check_sql(
        "{{ ref(var('a')) }} {{ ref('a' ~ 'b') }} {{ ref('a' 'b') }} {{ ref(name) }} {{ ref('a', v=var('v')) }} {{ ref() }}\
         {{ ref('a', 'b', 'c') }} {{ source('a') }} {{ source('a', 'b', v=1) }} {{ ref(*args) }} {{ ref('a\\x41') }} {{ ref(v=1) }}",
        expect![[r#""#]],
    );
}

#[test]
fn dependencies_of_hooks_count() {
    check_sql(
        r#"{{ config(post_hook="insert into {{ source('s', 't') }} select 1 from {{ ref('a') }}") }}"#,
        expect![[r#"
            source('s', '«t»') -> s.t
            ref('«a»') -> a
        "#]],
    );
}

#[test]
fn half_typed_calls_take_no_others_away() {
    check_sql(
        "{{ ref('a }}\n{{ ref(\"b\") }}",
        expect![[r#"
        ref("«b»") -> b
    "#]],
    );
    check_sql(
        "{{ ref( }} {{ ref('b') }}",
        expect![[r#"
        ref('«b»') -> b
    "#]],
    );
    check_sql(
        "{{ ref('a') \nwhere x = 1 {{ ref('b') }} {% if {{ ref('c') }}",
        expect![[r#"
        ref('«a»') -> a
        ref('«b»') -> b
        ref('«c»') -> c
    "#]],
    );
    check_sql("{{ ref('a'", expect![[r#""#]]);
    check_sql("{{ ref(", expect![[r#""#]]);
    check_sql("{{", expect![[r#""#]]);
    check_sql("{{ ref('a', v=", expect![[r#""#]]);
}

#[test]
fn hostile_text_takes_no_long() {
    for text in [
        "{{",
        "{{ '",
        "{% raw %}",
        "ref(",
        "{{ ref(ref(",
        "{{ {",
        "{{ \"{{ '{{ ",
        "{#",
        "'\\",
    ] {
        let text = text.repeat(50_000);
        let n = refs_in_sql(&text).len() + refs_in_python(&text).len() + refs_in_yaml(&text).len();
        assert_eq!(n + snapshot_blocks(&text).len(), 0);
    }
}

#[test]
fn python_models_call_dbts_functions() {
    check_python(
        "def model(dbt, session):\n    a = dbt.ref(\"a\")  # dbt.ref('no')\n    b = dbt.ref('pkg', r'b', v=1)\n\
         \x20   c = dbt . source ( 's',\n      't', )\n    d = dbt.ref(name) or dbt.ref(f'{x}') or other.dbt.ref('no') or ref('no') or dbt.refs('no')\n\
         \x20   '''\n    dbt.ref('no')\n    '''\n    \"it's\"; dbt.ref('e')\n    s = 'open\n    f = dbt.ref(\"\"\"f\"\"\")\n",
        expect![[r#"
            ref("«a»") -> a
            ref('pkg', r'«b»', v=1) -> pkg/b v1
            source ( 's',
                  '«t»', ) -> s.t
            ref('«e»') -> e
            ref("""«f»""") -> f
        "#]],
    );
}

#[test]
fn yaml_values_hold_calls() {
    check_yaml(
        "exposures:\n  - depends_on: [ref('a'), \"ref('pkg', 'b')\", 'ref(''c'')', \"ref(\\\"d\\\", v=1)\"]\n\
         \x20   # - ref('no')\n    description: see ref('no') and {{ ref('e') }}\n    to: ref('f')  # ref('no')\n\
         \x20   input: ref('g'), source('s', 't')\n    relation: source( 's' , 'u' )\n    where: |\n      x in (select {{ ref('h') }})\n\
         \x20     # {{ ref('in_text') }}\n    long: >\n      {{ ref(\n        'i') }}\n    model: \"é\\n{{ ref('j') }}\\t\"\n    xref: reference('no')\n",
        expect![[r#"
            ref('«a»') -> a
            ref('pkg', '«b»') -> pkg/b
            ref(''«c»'') -> c
            ref(\"«d»\", v=1) -> d v1
            ref('«e»') -> e
            ref('«f»') -> f
            ref('«g»') -> g
            source('s', '«t»') -> s.t
            source( 's' , '«u»' ) -> s.u
            ref('«h»') -> h
            ref('«in_text»') -> in_text
            ref(
                    '«i»') -> i
            ref('«j»') -> j
        "#]],
    );
}

#[test]
fn a_broken_yaml_file_keeps_the_calls_before_the_error() {
    check_yaml(
        "a: ref('a')\nb: [ref('b'),\nc: ref('",
        expect![[r#"
        ref('«a»') -> a
        ref('«b»') -> b
    "#]],
    );
}

#[test]
fn snapshots_are_blocks() {
    check_snapshots(
        "{% snapshot a %}x{% endsnapshot %}\n{%- snapshot b -%} {{ config() }} {%- endsnapshot -%} {# {% snapshot no %} #}",
        expect![[r#"
            a: "{% snapshot a %}x{% endsnapshot %}"
            b: "{%- snapshot b -%} {{ config() }} {%- endsnapshot -%}"
        "#]],
    );
    check_snapshots(
        "{% snapshot a %} x {% snapshot b %} y",
        expect![[r#"
        a: "{% snapshot a %} x "
        b: "{% snapshot b %} y"
    "#]],
    );
    check_snapshots(
        "{% raw %}{% snapshot no %}{% endraw %}{% endsnapshot %}{% snapshot %}",
        expect![[r#""#]],
    );
}

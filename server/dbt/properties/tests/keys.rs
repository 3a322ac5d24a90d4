//! The keys of exposures and the items of `depends_on`, with what their values are.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::super::Properties;

/// `key kind value` for each key, then the items of `depends_on`.
#[track_caller]
fn check(text: &str, expected: Expect) {
    let mut out = String::new();
    for it in &Properties::parse(text).unwrap().exposures {
        for key in &it.keys {
            let last = key.key.rsplit('.').next().unwrap();
            assert_eq!(text[key.key_span.clone()], *last);
            let written = &text[key.value_span.clone()];
            writeln!(out, "{} {:?} {written:?}", key.key, key.kind).unwrap();
        }
        for item in &it.dependencies {
            let calls: Vec<&str> = item.calls.iter().map(|it| &text[it.span.clone()]).collect();
            writeln!(out, "- {:?} {calls:?}", &text[item.span.clone()]).unwrap();
        }
        for item in &it.odd_dependencies {
            writeln!(out, "odd {:?}", &text[item.clone()]).unwrap();
        }
    }
    expected.assert_eq(&out);
}

#[test]
fn keys_of_the_owner_and_the_config_stand_below_theirs() {
    check(
        "exposures:\n  - name: \"a\"\n    owner: {name: 'Ana', email: [a@x, b@x]}\n    config:\n      meta: {a: 1}\n      tags: []\n    depends_on:\n    url:\n",
        expect![[r#"
            name Text "a"
            owner Map "{name: 'Ana', email: [a@x, b@x]}"
            owner.name Text "Ana"
            owner.email List "[a@x, b@x]"
            config Map "meta: {a: 1}\n      tags: []"
            config.meta Map "{a: 1}"
            config.tags List "[]"
            depends_on Null ""
            url Null ""
        "#]],
    );
}

#[test]
fn what_is_no_text_for_an_engine_is_told() {
    check(
        "exposures:\n  - name: 2024\n    label: 1.5\n    type: true\n    url: no\n    description: 12:30\n    maturity: 2024-01-01\n    owner: ~\n    x: 007\n    y: -5\n    z: '5'\n    t: !!str 5\n    u: 1.2.3\n    v: 12:90\n",
        expect![[r#"
            name NoText "2024"
            label NoText "1.5"
            type NoText "true"
            url NoTextForCore "no"
            description NoTextForCore "12:30"
            maturity Text "2024-01-01"
            owner Null "~"
            x NoTextForCore "007"
            y NoText "-5"
            z Text "5"
            t Text "5"
            u Text "1.2.3"
            v Text "12:90"
        "#]],
    );
}

#[test]
fn a_repeated_key_stands_twice_and_a_merged_one_not_at_all() {
    check(
        "x: &x {url: a}\nexposures:\n  - <<: *x\n    name: a\n    label: A\n    label: B\n",
        expect![[r#"
            << Map "*x"
            name Text "a"
            label Text "A"
            label Text "B"
        "#]],
    );
}

#[test]
fn items_are_told_as_they_are_written() {
    check(
        "exposures:\n  - name: a\n    depends_on:\n      - ref('x')\n      - \"ref('p', 'y')\" # why\n      - fct_orders\n      - {{ ref('z') }}\n      - \"{{ ref('z') }}\"\n      - [ref('q')]\n      -\n      # - ref('no')\n      - ref('a'), ref('b')\n",
        expect![[r#"
            name Text "a"
            depends_on List "- ref('x')\n      - \"ref('p', 'y')\" # why\n      - fct_orders\n      - {{ ref('z') }}\n      - \"{{ ref('z') }}\"\n      - [ref('q')]\n      -\n      # - ref('no')\n      - ref('a'), ref('b')"
            - "ref('x')" ["ref('x')"]
            - "ref('p', 'y')" ["ref('p', 'y')"]
            - "fct_orders" []
            - "{{ ref('z') }}" ["ref('z')"]
            - "" []
            - "ref('a'), ref('b')" ["ref('a')", "ref('b')"]
            odd "{{ ref('z') }}"
            odd "[ref('q')]"
            odd ""
        "#]],
    );
}

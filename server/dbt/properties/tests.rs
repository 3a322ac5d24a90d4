use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;

mod keys;
pub(crate) mod real;

fn check(text: &str, expected: Expect) {
    let properties = match Properties::parse(text) {
        Ok(properties) => properties,
        Err(error) => return expected.assert_eq(&format!("{error}\n")),
    };
    let mut out = String::new();
    for it in &properties.entries {
        assert!(text[it.name_span.clone()].contains(&it.name), "{it:?}");
        let line = text[..it.item_start].matches('\n').count() + 1;
        writeln!(
            out,
            "{line}: {:?} {} {:?}",
            it.kind,
            it.name,
            &text[it.span.clone()]
        )
        .unwrap();
        for column in &it.columns {
            assert_eq!(text[column.name_span.clone()], column.name);
            writeln!(out, "  column {}", column.name).unwrap();
        }
        for version in &it.versions {
            writeln!(
                out,
                "  version {} {:?}",
                version.v,
                &text[version.span.clone()]
            )
            .unwrap();
        }
    }
    for it in &properties.exposures {
        write_exposure(text, it, &mut out);
    }
    for it in &properties.problems {
        writeln!(out, "! {}: {}", it.code, it.message).unwrap();
    }
    expected.assert_eq(&out);
}

fn write_exposure(text: &str, it: &ExposureEntry, out: &mut String) {
    let line = text[..it.span.start].matches('\n').count() + 1;
    let off = match (it.enabled, it.is_hidden) {
        (Some(false), _) => " (off)",
        (_, true) => " (hidden)",
        _ => "",
    };
    writeln!(
        out,
        "{line}: exposure {}{off} {:?} {:?}",
        it.name, it.label, it.url
    )
    .unwrap();
    writeln!(out, "  owner {:?} {:?}", it.owner.name, it.owner.email).unwrap();
    for (key, value) in &it.meta {
        writeln!(out, "  meta {key} = {value}").unwrap();
    }
    for call in &it.depends_on {
        writeln!(out, "  {}", &text[call.span.clone()]).unwrap();
    }
    if let Some(span) = &it.depends_on_span {
        writeln!(out, "  depends_on {:?}", &text[span.clone()]).unwrap();
    }
}

#[test]
fn every_kind_of_entry_has_its_place() {
    check(
        "version: 2\n\nmodels:\n  - name: a\n    columns:\n      - name: \"id\"\n      - {name: x y}\n\
         seeds:\n- name: 's'\n\nsnapshots:\n  -   name: snap\nsources:\n  - name: raw\n    schema: x\n    tables:\n\
         \x20     - name: t\n        columns: [{name: c}]\n      - {name: u}\n",
        expect![[r#"
            4: Model a "- name: a\n    columns:\n      - name: \"id\"\n      - {name: x y}"
              column id
              column x y
            9: Seed s "- name: 's'"
            12: Snapshot snap "-   name: snap"
            14: Source raw "- name: raw\n    schema: x\n    tables:\n      - name: t\n        columns: [{name: c}]\n      - {name: u}"
            17: SourceTable { source: "raw" } t "- name: t\n        columns: [{name: c}]"
              column c
            19: SourceTable { source: "raw" } u "- {name: u}"
        "#]],
    );
}

#[test]
fn versions_have_their_own_columns() {
    check(
        "models:\n  - name: a\n    latest_version: 2\n    versions:\n      - v: 1\n        columns:\n          - include: all\n            exclude: [x]\n\
         \x20         - name: y\n      - defined_in: a_two\n        v: two\n    columns:\n      - name: x\n",
        expect![[r#"
            2: Model a "- name: a\n    latest_version: 2\n    versions:\n      - v: 1\n        columns:\n          - include: all\n            exclude: [x]\n          - name: y\n      - defined_in: a_two\n        v: two\n    columns:\n      - name: x"
              column x
              column y
              version 1 "v: 1"
              version two "v: two"
        "#]],
    );
}

#[test]
fn a_dash_may_stand_above_its_item() {
    check(
        "models:\n  -\n    # about a\n\n    name: a\n  - # b\n    name: b\n  - &x\n    name: c\n",
        expect![[r#"
        2: Model a "-\n    # about a\n\n    name: a"
        6: Model b "- # b\n    name: b"
        8: Model c "- &x\n    name: c"
    "#]],
    );
}

#[test]
fn odd_types_cost_only_themselves() {
    check(
        "models: {a: b}\nseeds:\n  - just text\n  - name: [x]\n  - name:\n  - name: 5\n  - columns: 3\n    name: a\nsources: none\n\
         exposures:\n  - name: e\n    owner: me\n    depends_on: ref('x')\n    meta: [1]\n    config: no\n    label: {a: 1}\n  - 7\n\
         semantic_models: [1]\n",
        expect![[r#"
            6: Seed 5 "- name: 5"
            7: Seed a "- columns: 3\n    name: a"
            11: exposure e None None
              owner None None
              depends_on "ref('x')"
            ! exposure-not-a-map: an item of `exposures:` that is not keys with values
        "#]],
    );
}

#[test]
fn values_that_are_jinja_without_quotes_cost_only_themselves() {
    check(
        "models:\n  - name: a\n    config:\n      enabled: {{ var('x') }}\n  - name: b\n",
        expect![[r#"
            2: Model a "- name: a\n    config:\n      enabled: {{ var('x') }}"
            5: Model b "- name: b"
        "#]],
    );
}

#[test]
fn exposures_have_identity_and_edges() {
    check(
        "exposures:\n  - name: a\n    label: \"Sales: A\"\n    url: https://t.example.com/#/site/x # why\n    owner: {name: Ana, email: [a@example.com, b@example.com]}\n\
         \x20   depends_on:\n      - ref('orders')\n      - source('raw', 'events')\n      # - ref('no')\n      - metric('m')\n      - orders\n\
         \x20   meta: {luid: 1f, n: 5, flag: yes, none: ~}\n    config:\n      enabled: false\n      meta:\n        luid: 1f\n        tableau: {site: acme, list: [x, {y: z}]}\n",
        expect![[r#"
            2: exposure a (off) Some("Sales: A") Some("https://t.example.com/#/site/x")
              owner Some("Ana") Some("a@example.com, b@example.com")
              meta luid = 1f
              meta n = 5
              meta flag = true
              meta tableau.site = acme
              meta tableau.list = x
              meta tableau.list.y = z
              ref('orders')
              source('raw', 'events')
              depends_on "- ref('orders')\n      - source('raw', 'events')\n      # - ref('no')\n      - metric('m')\n      - orders"
        "#]],
    );
}

#[test]
fn an_anchor_is_read_where_it_is_used() {
    check(
        "x: &own\n  name: BI\nexposures:\n  - &base\n    name: a\n    owner: *own\n    depends_on: &deps\n      - ref('orders')\n  - <<: *base\n    name: b\n  - name: c\n    depends_on: *deps\n",
        expect![[r#"
            4: exposure a None None
              owner Some("BI") None
              ref('orders')
              depends_on "- ref('orders')"
            9: exposure b None None
              owner Some("BI") None
              ref('orders')
              depends_on "- ref('orders')"
            11: exposure c None None
              owner None None
              ref('orders')
              depends_on "*deps"
        "#]],
    );
}

#[test]
fn layouts_that_people_use_are_read() {
    // A BOM and CRLF; one space of indent; no indent; between brackets.
    check(
        "\u{feff}exposures:\r\n  - name: a\r\n    url: https://t.example.com\r\n    depends_on:\r\n      - ref('x')\r\n",
        expect![[r#"
            2: exposure a None Some("https://t.example.com")
              owner None None
              ref('x')
              depends_on "- ref('x')"
        "#]],
    );
    check(
        "exposures:\n - name: a\n   depends_on:\n    - ref('x')\n\n - name: b\n   owner:\n    name: Ana\n",
        expect![[r#"
            2: exposure a None None
              owner None None
              ref('x')
              depends_on "- ref('x')"
            6: exposure b None None
              owner Some("Ana") None
        "#]],
    );
    check(
        "exposures:\n- name: a\n  depends_on:\n  - ref('x')\n- name: 'b'\n",
        expect![[r#"
            2: exposure a None None
              owner None None
              ref('x')
              depends_on "ref('x')"
            5: exposure b None None
              owner None None
        "#]],
    );
    check(
        "exposures: [{name: a, depends_on: [ref('x'), \"ref('p', 'y')\"], config: {enabled: false}}, {name: \"b\"}]\n",
        expect![[r#"
            1: exposure a (off) None None
              owner None None
              ref('x')
              ref('p', 'y')
              depends_on "[ref('x'), \"ref('p', 'y')\"]"
            1: exposure b None None
              owner None None
        "#]],
    );
}

#[test]
fn a_list_may_be_merged_into_the_file() {
    check(
        "x: &all\n  exposures:\n    - name: a\n<<: *all\nversion: 2\n",
        expect![[r#"
            3: exposure a None None
              owner None None
        "#]],
    );
}

#[test]
fn other_lists_stand_beside_exposures() {
    check(
        "exposures:\n  - name: a\nmodels:\n  - name: m\n    description: \"exposures:\"\n    meta:\n      exposures:\n        - name: no\n# exposures:\n#   - name: no\nsources:\n  - name: s\n    tables: [{name: t}]\n",
        expect![[r#"
            4: Model m "- name: m\n    description: \"exposures:\"\n    meta:\n      exposures:\n        - name: no"
            12: Source s "- name: s\n    tables: [{name: t}]"
            13: SourceTable { source: "s" } t "{name: t}"
            2: exposure a None None
              owner None None
        "#]],
    );
}

#[test]
fn of_two_lists_the_first_is_hidden() {
    check(
        "exposures:\n  - name: a\nmodels: []\nexposures:\n  - name: b\n    url: x\n    url: y\n",
        expect![[r#"
            2: exposure a (hidden) None None
              owner None None
            5: exposure b None Some("y")
              owner None None
            ! yaml-repeated-key: `exposures` on line 1 is written again later; only the last one counts
            ! yaml-repeated-key: `url` on line 6 is written again later; only the last one counts
        "#]],
    );
}

#[test]
fn the_first_of_two_documents_counts() {
    check(
        "exposures:\n  - name: a\n---\nexposures:\n  - name: b\n",
        expect![[r#"
        2: exposure a None None
          owner None None
        ! yaml-several-documents: the file holds 2 YAML documents; dbt takes one
    "#]],
    );
}

#[test]
fn a_file_that_is_not_yaml_says_where() {
    check(
        "exposures:\n  - name: a\n\ttype: x\n",
        expect![[r#"
            line 3 is not valid YAML: it is indented with a tab; YAML takes spaces only
        "#]],
    );
}

// C30
#[test]
fn text_that_looks_like_an_item_is_none() {
    check(
        "exposures:\n  - name: a\n    description: >\n      ### Case 1\n      - name: There is\n        exposures:\n      # - name: no\n  # - name: commented_out\n  #   type: dashboard\n",
        expect![[r#"
            2: exposure a None None
              owner None None
        "#]],
    );
}

#[test]
fn a_list_of_exposures_that_is_none_is_told() {
    check(
        "version: 2\nexposures:\n",
        expect![[r#"
        ! exposures-empty: `exposures:` has no list
    "#]],
    );
    check(
        "exposures: ~\n",
        expect![[r#"
        ! exposures-empty: `exposures:` has no list
    "#]],
    );
    check(
        "exposures: {name: a}\n",
        expect![[r#"
        ! exposures-not-a-list: `exposures:` is not a list
    "#]],
    );
    check(
        "exposures: later\n",
        expect![[r#"
        ! exposures-not-a-list: `exposures:` is not a list
    "#]],
    );
    check(
        "exposures:\nexposures: []\n",
        expect![[r#"
        ! yaml-repeated-key: `exposures` on line 1 is written again later; only the last one counts
    "#]],
    );
    check(
        "exposures:\n  - type: dashboard\n  -\n  - name: a\n",
        expect![[r#"
            4: exposure a None None
              owner None None
            ! exposure-without-name: an exposure without a name
            ! exposure-not-a-map: an item of `exposures:` that is not keys with values
        "#]],
    );
}

#[test]
fn empty_files_say_nothing() {
    check("", expect![[r#""#]]);
    check("version: 2\n", expect![[r#""#]]);
    check("exposures: []", expect![[r#""#]]);
    check("- a\n", expect![[r#""#]]);
}

#[test]
fn aliases_cannot_multiply_meta() {
    let mut text = "a0: &a0 {x: 1}\n".to_owned();
    for n in 1..30 {
        let of = n - 1;
        writeln!(
            text,
            "a{n}: &a{n} {{p: *a{of}, q: *a{of}, r: [*a{of}, *a{of}]}}"
        )
        .unwrap();
    }
    text.push_str("exposures:\n  - name: e\n    meta: *a29\n");
    let properties = Properties::parse(&text).unwrap();
    assert!(properties.exposures[0].meta.len() <= 2_000);
}

use expect_test::{Expect, expect};
use lineage::{ExposureName, Owner};

use super::*;
use crate::Properties;

mod real;
mod scalars;

const FUSION: Engine = Engine::Fusion;
const CORE_1_11: Engine = Engine::Core {
    major: 1,
    minor: 11,
};
const CORE_1_9: Engine = Engine::Core { major: 1, minor: 9 };

/// An exposure with all there is to say.
fn sales() -> NewExposure {
    let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    NewExposure {
        name: ExposureName::new("sales"),
        label: "Sales".to_owned(),
        url: Some("https://t.example.com/#/site/acme/workbooks/1".to_owned()),
        description: None,
        owner: owner("Ana Ruiz"),
        depends_on: vec![node("orders"), source("crm", "accounts")],
        tags: vec!["tableau".to_owned()],
        meta_tableau: [
            ("site", "acme"),
            ("luid", "2f1e5a70-0000-4000-8000-000000000001"),
        ]
        .map(owned)
        .to_vec(),
    }
}

/// An exposure with as little as possible.
fn small() -> NewExposure {
    NewExposure {
        url: None,
        depends_on: vec![node("orders")],
        tags: Vec::new(),
        meta_tableau: Vec::new(),
        ..sales()
    }
}

fn owner(name: &str) -> Owner {
    Owner {
        name: Some(name.to_owned()),
        email: None,
    }
}

fn node(name: &str) -> RefTarget {
    RefTarget::Ref {
        package: None,
        name: name.to_owned(),
        version: None,
    }
}

fn source(source: &str, table: &str) -> RefTarget {
    RefTarget::Source {
        source: source.to_owned(),
        table: table.to_owned(),
    }
}

/// The text with the exposure, after everything that must hold of every edit.
fn declared(text: Option<&str>, exposure: &NewExposure, engine: &Engine) -> Result<String, Error> {
    let edit = declare(text, exposure, engine)?;
    let text = text.unwrap_or_default();
    let edited = edit.apply(text);
    assert!(edited.starts_with(&text[..edit.range.start]));
    assert!(edited.ends_with(&text[edit.range.end..]));
    let mut lines = edited.trim_start_matches('\u{feff}').lines();
    for line in text.trim_start_matches('\u{feff}').lines() {
        if line == "]" {
            continue;
        }
        // An empty list is the one thing that is replaced.
        let is_here = |it: &str| {
            it == line
                || line == it.replacen("exposures:", "exposures: []", 1)
                || line.starts_with("exposures: ")
        };
        assert!(lines.any(is_here), "{line:?} is gone from\n{edited}");
    }
    let properties = Properties::parse(&edited).unwrap();
    let last = properties.exposures.last().unwrap();
    assert_eq!(last.name, exposure.name.as_str());
    let targets: Vec<&RefTarget> = last.depends_on.iter().map(|call| &call.target).collect();
    assert_eq!(targets, exposure.depends_on.iter().collect::<Vec<_>>());
    assert_same_for_libyaml(text, &edited);
    let again = declare(Some(&edited), exposure, engine);
    assert!(
        matches!(again, Err(Error::ExposureExists { .. })),
        "{again:?}"
    );
    Ok(edited)
}

/// A second parser's opinion: the old data, and one more exposure.
fn assert_same_for_libyaml(text: &str, edited: &str) {
    // As a string from Rust, the library counts the mark as a column.
    let [text, edited] = [text, edited].map(|it| it.trim_start_matches('\u{feff}'));
    // A block scalar on a last line without line end gains that line end.
    let ended = if text.ends_with('\n') {
        text.to_owned()
    } else {
        format!("{text}\n")
    };
    let Ok(before) = serde_yaml::from_str::<serde_yaml::Value>(&ended) else {
        return; // Repeated keys, which it refuses.
    };
    let mut after: serde_yaml::Value =
        serde_yaml::from_str(edited).unwrap_or_else(|it| panic!("{it}: {edited:?}"));
    let exposures = after
        .get_mut("exposures")
        .unwrap()
        .as_sequence_mut()
        .unwrap();
    exposures.pop();
    if exposures.is_empty() {
        let mut before = before;
        for value in [&mut before, &mut after] {
            if let Some(map) = value.as_mapping_mut() {
                map.remove("exposures");
            }
        }
        let only_version = before.is_null()
            && after == serde_yaml::from_str::<serde_yaml::Value>("version: 2").unwrap();
        assert!(before == after || only_version, "{before:?} {after:?}");
        return;
    }
    assert_eq!(before, after);
}

fn check_with(text: &str, exposure: &NewExposure, engine: &Engine, expected: Expect) {
    let shown = match declared(Some(text), exposure, engine) {
        Ok(edited) => edited.replace('\r', "␍").replace('\u{feff}', "<BOM>"),
        Err(error) => format!("refused: {error}\n"),
    };
    expected.assert_eq(&shown);
}

fn check(text: &str, expected: Expect) {
    check_with(text, &sales(), &FUSION, expected);
}

/// Where it goes is all that the case is about.
fn check_place(text: &str, expected: Expect) {
    check_with(text, &small(), &FUSION, expected);
}

#[test]
fn a_missing_file_is_made() {
    let text = declared(None, &sales(), &FUSION).unwrap();
    expect![[r#"
        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            url: "https://t.example.com/#/site/acme/workbooks/1"
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
              - source('crm', 'accounts')
            config:
              tags: [tableau]
              meta:
                tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
    "#]]
    .assert_eq(&text);
}

#[test]
fn everything_that_is_known_is_written() {
    let exposure = NewExposure {
        description: Some("Weekly sales: \"all\"\nregions".to_owned()),
        owner: Owner {
            name: Some("Ana".to_owned()),
            email: Some("ana@example.com".to_owned()),
        },
        depends_on: vec![
            node("orders"),
            RefTarget::Ref {
                package: Some("pkg".to_owned()),
                name: "orders".to_owned(),
                version: Some("2".to_owned()),
            },
            RefTarget::Ref {
                package: None,
                name: "dim".to_owned(),
                version: Some("1a".to_owned()),
            },
            source("raw", "Daily Sales: #1's"),
        ],
        tags: vec!["tableau".to_owned(), "a, b".to_owned()],
        ..sales()
    };
    check_with(
        "",
        &exposure,
        &FUSION,
        expect![[r#"
        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            url: "https://t.example.com/#/site/acme/workbooks/1"
            description: "Weekly sales: \"all\"\nregions"
            owner: {name: "Ana", email: "ana@example.com"}
            depends_on:
              - ref('orders')
              - ref('pkg', 'orders', v=2)
              - ref('dim', v='1a')
              - "source('raw', \"Daily Sales: #1's\")"
            config:
              tags: [tableau, "a, b"]
              meta:
                tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
    "#]],
    );
}

// C27
#[test]
fn empty_and_half_empty_files_are_filled() {
    check_place(
        "",
        expect![[r#"
        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "\u{feff}",
        expect![[r#"
        <BOM>version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "\n\n",
        expect![[r#"
        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')


    "#]],
    );
    check_place(
        "# only a comment",
        expect![[r##"
        # only a comment

        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "##]],
    );
    check_place(
        "---\n",
        expect![[r#"
        ---

        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "version: 2",
        expect![[r#"
        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "version: 2\n\n\n",
        expect![[r#"
        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')


    "#]],
    );
    check_place(
        "version: 2\r\n",
        expect![[r#"
        version: 2␍
        ␍
        exposures:␍
          - name: sales␍
            label: "Sales"␍
            type: dashboard␍
            owner: {name: "Ana Ruiz"}␍
            depends_on:␍
              - ref('orders')␍
    "#]],
    );
    check_place(
        "exposures:",
        expect![[r#"
        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "exposures:   # none yet\nmodels: []\n",
        expect![[r#"
        exposures:   # none yet
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
        models: []
    "#]],
    );
    check_place(
        "exposures:  \n\n  # - name: old\n  #   type: dashboard\n\nmodels:\n- name: a\n",
        expect![[r#"
            exposures:  

              # - name: old
              #   type: dashboard

            - name: sales
              label: "Sales"
              type: dashboard
              owner: {name: "Ana Ruiz"}
              depends_on:
              - ref('orders')

            models:
            - name: a
        "#]],
    );
    check_place(
        "exposures: []",
        expect![[r#"
        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "exposures: [ ]  # none yet\nmodels: []\n",
        expect![[r#"
        exposures:  # none yet
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
        models: []
    "#]],
    );
    check_place(
        "exposures: null\r\nmodels: []\r\n",
        expect![[r#"
        exposures:␍
          - name: sales␍
            label: "Sales"␍
            type: dashboard␍
            owner: {name: "Ana Ruiz"}␍
            depends_on:␍
              - ref('orders')␍
        models: []␍
    "#]],
    );
    check_place(
        "exposures: [\n]\n",
        expect![[r#"
        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
}

#[test]
fn a_file_of_other_lists_gets_the_key_at_its_end() {
    check_place(
        "version: 2\n\nmodels:\n    -   name: a\n        columns:\n            -   name: x\n\n# the end\n",
        expect![[r#"
            version: 2

            models:
                -   name: a
                    columns:
                        -   name: x

            # the end

            exposures:
                -   name: sales
                    label: "Sales"
                    type: dashboard
                    owner: {name: "Ana Ruiz"}
                    depends_on:
                        - ref('orders')
        "#]],
    );
    check_place(
        "models:\n- name: a\n  description: |+\n    x\n\n\n",
        expect![[r#"
            models:
            - name: a
              description: |+
                x


            exposures:
            - name: sales
              label: "Sales"
              type: dashboard
              owner: {name: "Ana Ruiz"}
              depends_on:
              - ref('orders')
        "#]],
    );
}

// C26
#[test]
fn a_last_line_without_line_end_gets_one() {
    check_place(
        "exposures:\n  - name: a\n    type: dashboard",
        expect![[r#"
            exposures:
              - name: a
                type: dashboard

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n    description: |\n      text",
        expect![[r#"
            exposures:
              - name: a
                description: |
                  text

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n  # - name: b",
        expect![[r#"
        exposures:
          - name: a
          # - name: b

          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
}

#[test]
fn line_ends_and_byte_order_mark_stay() {
    check_place(
        "\u{feff}exposures:\r\n  - name: a\r\n    type: dashboard\r\n",
        expect![[r#"
            <BOM>exposures:␍
              - name: a␍
                type: dashboard␍
            ␍
              - name: sales␍
                label: "Sales"␍
                type: dashboard␍
                owner: {name: "Ana Ruiz"}␍
                depends_on:␍
                  - ref('orders')␍
        "#]],
    );
    check_place(
        "exposures:\r\n  - name: a\r\n  - name: b",
        expect![[r#"
        exposures:␍
          - name: a␍
          - name: b␍
          - name: sales␍
            label: "Sales"␍
            type: dashboard␍
            owner: {name: "Ana Ruiz"}␍
            depends_on:␍
              - ref('orders')␍
    "#]],
    );
}

// C29
#[test]
fn other_keys_may_follow() {
    check_place(
        "exposures:\n  - name: a\n    type: dashboard\n\nmodels:\n  - name: exposures\n    description: 'exposures:'\n",
        expect![[r#"
            exposures:
              - name: a
                type: dashboard

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')

            models:
              - name: exposures
                description: 'exposures:'
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n  - name: b\nmodels: []\n",
        expect![[r#"
            exposures:
              - name: a
              - name: b
              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
            models: []
        "#]],
    );
}

// C25
#[test]
fn comments_stay_with_what_they_are_about() {
    check_place(
        "exposures:\n  - name: a\n    depends_on:\n      - ref('x')\n      # - ref('y')\n    # end of a\n\n  # - name: b\n  #   type: x\n\n# about models\nmodels: []\n",
        expect![[r#"
            exposures:
              - name: a
                depends_on:
                  - ref('x')
                  # - ref('y')
                # end of a

              # - name: b
              #   type: x

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')

            # about models
            models: []
        "#]],
    );
    check_place(
        "exposures:\n- name: a\n# last words\n\nmodels: []\n",
        expect![[r#"
            exposures:
            - name: a
            # last words

            - name: sales
              label: "Sales"
              type: dashboard
              owner: {name: "Ana Ruiz"}
              depends_on:
              - ref('orders')

            models: []
        "#]],
    );
    check_place(
        "exposures:\n- name: a\n# about models\nmodels: []\n",
        expect![[r#"
            exposures:
            - name: a

            - name: sales
              label: "Sales"
              type: dashboard
              owner: {name: "Ana Ruiz"}
              depends_on:
              - ref('orders')
            # about models
            models: []
        "#]],
    );
    check_place(
        "exposures:\n- name: a\n\n# - name: b\n#   type: x\n\n# about models\nmodels: []\n",
        expect![[r#"
            exposures:
            - name: a

            # - name: b
            #   type: x

            - name: sales
              label: "Sales"
              type: dashboard
              owner: {name: "Ana Ruiz"}
              depends_on:
              - ref('orders')

            # about models
            models: []
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n#  - name: b\n#    type: x\n\n# vim: set ts=2:\n",
        expect![[r#"
            exposures:
              - name: a
            #  - name: b
            #    type: x

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')

            # vim: set ts=2:
        "#]],
    );
    check_place(
        "exposures:\n  - name: a # first\n    url: x # last\n\n\n\n# footer\n",
        expect![[r#"
            exposures:
              - name: a # first
                url: x # last

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')



            # footer
        "#]],
    );
}

#[test]
fn block_scalars_at_the_end_keep_their_text() {
    check_place(
        "exposures:\n  - name: a\n    description: >\n      text\n      # not a comment\n\n\nmodels: []\n",
        expect![[r#"
            exposures:
              - name: a
                description: >
                  text
                  # not a comment

              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')


            models: []
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n    description: |+\n      text\n\n\n",
        expect![[r#"
            exposures:
              - name: a
                description: |+
                  text


              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
        "#]],
    );
    check_place(
        "exposures:\n  - name: a\n    description: |+\n      text\n\n\nmodels: []\n",
        expect![[r#"
            exposures:
              - name: a
                description: |+
                  text


              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
            models: []
        "#]],
    );
}

#[test]
fn indents_are_the_files() {
    check(
        "exposures:\n- name: a\n  owner:\n    name: x\n  depends_on:\n  - ref('a')\n",
        expect![[r#"
            exposures:
            - name: a
              owner:
                name: x
              depends_on:
              - ref('a')

            - name: sales
              label: Sales
              type: dashboard
              url: https://t.example.com/#/site/acme/workbooks/1
              owner:
                name: Ana Ruiz
              depends_on:
              - ref('orders')
              - source('crm', 'accounts')
              config:
                tags: [tableau]
                meta:
                  tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
    check(
        "exposures:\n - name: a\n   owner:\n     name: x\n   depends_on:\n     - ref('a')\n",
        expect![[r#"
            exposures:
             - name: a
               owner:
                 name: x
               depends_on:
                 - ref('a')

             - name: sales
               label: Sales
               type: dashboard
               url: https://t.example.com/#/site/acme/workbooks/1
               owner:
                 name: Ana Ruiz
               depends_on:
                 - ref('orders')
                 - source('crm', 'accounts')
               config:
                 tags: [tableau]
                 meta:
                   tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
    check(
        "exposures:\n    -   name: a\n        owner:\n            name: x\n        depends_on:\n            - ref('a')\n",
        expect![[r#"
            exposures:
                -   name: a
                    owner:
                        name: x
                    depends_on:
                        - ref('a')

                -   name: sales
                    label: Sales
                    type: dashboard
                    url: https://t.example.com/#/site/acme/workbooks/1
                    owner:
                        name: Ana Ruiz
                    depends_on:
                        - ref('orders')
                        - source('crm', 'accounts')
                    config:
                        tags: [tableau]
                        meta:
                            tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
    check(
        "exposures:\n  - name: a\n    config:\n       meta:\n          tableau:\n             luid: x\n    depends_on:\n    - ref('a')\n",
        expect![[r#"
            exposures:
              - name: a
                config:
                   meta:
                      tableau:
                         luid: x
                depends_on:
                - ref('a')

              - name: sales
                label: "Sales"
                type: dashboard
                url: "https://t.example.com/#/site/acme/workbooks/1"
                owner: {name: "Ana Ruiz"}
                config:
                   tags: [tableau]
                   meta:
                      tableau:
                         site: acme
                         luid: 2f1e5a70-0000-4000-8000-000000000001
                depends_on:
                - ref('orders')
                - source('crm', 'accounts')
        "#]],
    );
}

#[test]
fn quotes_and_shapes_are_the_files() {
    check(
        "exposures:\n  - name: 'a'\n    label: 'A'\n    url: https://x\n    owner: { name: 'x' }\n    depends_on: [ ref(\"a\"), \"ref('p', 'b')\" ]\n    config:\n      tags:\n        - x\n",
        expect![[r#"
            exposures:
              - name: 'a'
                label: 'A'
                url: https://x
                owner: { name: 'x' }
                depends_on: [ ref("a"), "ref('p', 'b')" ]
                config:
                  tags:
                    - x

              - name: 'sales'
                label: 'Sales'
                type: dashboard
                url: https://t.example.com/#/site/acme/workbooks/1
                owner: { name: 'Ana Ruiz' }
                depends_on: [ ref("orders"), 'source("crm", "accounts")' ]
                config:
                  tags:
                    - tableau
                  meta:
                    tableau: { site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001 }
        "#]],
    );
    check(
        "exposures:\n  - name: a\n    label: A b\n    owner:\n      name: x y\n    depends_on:\n      - \"ref('a')\"\n",
        expect![[r#"
            exposures:
              - name: a
                label: A b
                owner:
                  name: x y
                depends_on:
                  - "ref('a')"

              - name: sales
                label: Sales
                type: dashboard
                url: https://t.example.com/#/site/acme/workbooks/1
                owner:
                  name: Ana Ruiz
                depends_on:
                  - "ref('orders')"
                  - "source('crm', 'accounts')"
                config:
                  tags: [tableau]
                  meta:
                    tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
    check(
        "models:\n  - name: m\n    columns:\n      - name: c\n        data_tests:\n          - relationships:\n              to: ref(\"x\")\n",
        expect![[r#"
            models:
              - name: m
                columns:
                  - name: c
                    data_tests:
                      - relationships:
                          to: ref("x")

            exposures:
              - name: sales
                label: "Sales"
                type: dashboard
                url: "https://t.example.com/#/site/acme/workbooks/1"
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref("orders")
                  - source("crm", "accounts")
                config:
                  tags: [tableau]
                  meta:
                    tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
}

#[test]
fn blank_lines_between_items_are_the_files() {
    check_place(
        "exposures:\n  - name: a\n  - name: b\n",
        expect![[r#"
        exposures:
          - name: a
          - name: b
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
    "#]],
    );
    check_place(
        "exposures:\n\n  - name: a\n\n\n  - name: b\n\n\n  - name: c\n",
        expect![[r#"
            exposures:

              - name: a


              - name: b


              - name: c


              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
        "#]],
    );
    check_place(
        "models:\n  - name: a\n  - name: b\nexposures:\n  - name: c\n",
        expect![[r#"
            models:
              - name: a
              - name: b
            exposures:
              - name: c
              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
        "#]],
    );
}

#[test]
fn keys_stand_in_the_files_order() {
    check(
        "exposures:\n  - name: a\n    type: dashboard\n    maturity: high\n    owner: {name: x}\n    depends_on: []\n    url: x\n    label: x\n",
        expect![[r#"
            exposures:
              - name: a
                type: dashboard
                maturity: high
                owner: {name: x}
                depends_on: []
                url: x
                label: x

              - name: sales
                type: dashboard
                owner: {name: Ana Ruiz}
                depends_on:
                  - ref('orders')
                  - source('crm', 'accounts')
                url: https://t.example.com/#/site/acme/workbooks/1
                label: Sales
                config:
                  tags: [tableau]
                  meta:
                    tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
    check(
        "exposures:\n  - type: dashboard\n    name: a\n  - type: dashboard\n    name: b\n",
        expect![[r#"
            exposures:
              - type: dashboard
                name: a
              - type: dashboard
                name: b
              - type: dashboard
                url: "https://t.example.com/#/site/acme/workbooks/1"
                owner: {name: "Ana Ruiz"}
                depends_on:
                  - ref('orders')
                  - source('crm', 'accounts')
                name: sales
                label: "Sales"
                config:
                  tags: [tableau]
                  meta:
                    tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        "#]],
    );
}

// C35
#[test]
fn tags_and_meta_stand_where_the_engine_reads_them() {
    check_with(
        "",
        &sales(),
        &CORE_1_9,
        expect![[r#"
        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            url: "https://t.example.com/#/site/acme/workbooks/1"
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
              - source('crm', 'accounts')
            tags: [tableau]
            meta:
              tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
    "#]],
    );
    let at_top = "exposures:\n  - name: a\n    meta:\n      x: y\n    tags: [t]\n";
    check_with(
        at_top,
        &sales(),
        &CORE_1_11,
        expect![[r#"
        exposures:
          - name: a
            meta:
              x: y
            tags: [t]

          - name: sales
            label: "Sales"
            type: dashboard
            url: "https://t.example.com/#/site/acme/workbooks/1"
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
              - source('crm', 'accounts')
            meta:
              tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
            tags: [tableau]
    "#]],
    );
    check_with(
        at_top,
        &sales(),
        &FUSION,
        expect![[r#"
        exposures:
          - name: a
            meta:
              x: y
            tags: [t]

          - name: sales
            label: "Sales"
            type: dashboard
            url: "https://t.example.com/#/site/acme/workbooks/1"
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
              - source('crm', 'accounts')
            config:
              tags: [tableau]
              meta:
                tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
    "#]],
    );
    let in_config = "exposures:\n  - name: a\n    config:\n      meta:\n        x: y\n";
    check_with(
        in_config,
        &sales(),
        &CORE_1_11,
        expect![[r#"
        exposures:
          - name: a
            config:
              meta:
                x: y

          - name: sales
            label: "Sales"
            type: dashboard
            url: "https://t.example.com/#/site/acme/workbooks/1"
            owner: {name: "Ana Ruiz"}
            depends_on:
              - ref('orders')
              - source('crm', 'accounts')
            config:
              tags: [tableau]
              meta:
                tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
    "#]],
    );
}

#[test]
fn an_exposure_without_nodes_says_so() {
    let exposure = NewExposure {
        depends_on: Vec::new(),
        ..small()
    };
    check_with(
        "",
        &exposure,
        &FUSION,
        expect![[r#"
        version: 2

        exposures:
          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "Ana Ruiz"}
            depends_on: []
    "#]],
    );
}

#[test]
fn anchors_of_items_are_no_hindrance() {
    check_place(
        "x: &own\n  name: BI\nexposures:\n  - &base\n    name: a\n    owner: *own\n  - <<: *base\n    name: b\n",
        expect![[r#"
            x: &own
              name: BI
            exposures:
              - &base
                name: a
                owner: *own
              - <<: *base
                name: b
              - name: sales
                label: Sales
                type: dashboard
                owner: {name: Ana Ruiz}
                depends_on:
                  - ref('orders')
        "#]],
    );
}

#[test]
fn what_cannot_be_edited_exactly_is_refused() {
    for (text, expected) in [
        (
            "exposures:\n  - name: sales\n",
            expect![[r#"
            refused: it has an exposure `sales` on line 2
        "#]],
        ),
        (
            "x: &b {name: sales}\nexposures:\n  - <<: *b\n",
            expect![[r#"
                refused: it has an exposure `sales` on line 1
            "#]],
        ),
        (
            "exposures: [{name: a}]\n",
            expect![[r#"
            refused: `exposures:` on line 1 is written between brackets; write one item a line first
        "#]],
        ),
        (
            "exposures: [\n  # none\n]\n",
            expect![[r#"
            refused: `exposures:` on line 1 is written between brackets; write one item a line first
        "#]],
        ),
        (
            "exposures: &all\n  - name: a\nx: *all\n",
            expect![[r#"
            refused: `exposures:` on line 1 has an anchor, an alias or a tag, so other parts of the file depend on it
        "#]],
        ),
        (
            "x: &all\n  - name: a\nexposures: *all\n",
            expect![[r#"
            refused: `exposures:` on line 3 has an anchor, an alias or a tag, so other parts of the file depend on it
        "#]],
        ),
        (
            "exposures: !!seq []\n",
            expect![[r#"
            refused: `exposures:` on line 1 has an anchor, an alias or a tag, so other parts of the file depend on it
        "#]],
        ),
        (
            "exposures: 5\n",
            expect![[r#"
            refused: `exposures:` on line 1 is not a list
        "#]],
        ),
        (
            "exposures:\n  a: b\n",
            expect![[r#"
            refused: `exposures:` on line 1 is not a list
        "#]],
        ),
        (
            "exposures:\n  - name: a\n---\nexposures:\n  - name: b\n",
            expect![[r#"
                refused: it holds several YAML documents (`---`), of which dbt takes one; split it first
            "#]],
        ),
        (
            "exposures:\n  - name: a\nmodels: []\nexposures:\n  - name: b\n",
            expect![[r#"
                refused: `exposures:` stands on line 1 and again on line 4; join the lists first
            "#]],
        ),
        (
            "exposures:\n  - name: a\n\ttype: x\n",
            expect![[r#"
            refused: line 3 is not valid YAML: it is indented with a tab; YAML takes spaces only
        "#]],
        ),
        (
            "exposures:\n  - name: Sales: EMEA\n",
            expect![[r#"
            refused: line 2 is not valid YAML: mapping values are not allowed in this context
        "#]],
        ),
        (
            "{version: 2}\n",
            expect![[r#"
            refused: its top level is not written as one key a line, as dbt expects of `exposures:`
        "#]],
        ),
        (
            "- a\n",
            expect![[r#"
            refused: its top level is not written as one key a line, as dbt expects of `exposures:`
        "#]],
        ),
        (
            "version: 2\n...\n",
            expect![[r#"
            refused: it is written in a way that the exposure cannot be added without changing something else
        "#]],
        ),
        (
            "x: &b {exposures: [{name: a}]}\n<<: *b\n",
            expect![[r#"
                refused: `exposures:` on line 1 has an anchor, an alias or a tag, so other parts of the file depend on it
            "#]],
        ),
        (
            "version: 2\n  \t\n\t# comment\n",
            expect![[r#"
                version: 2
  	
                	# comment

                exposures:
                  - name: sales
                    label: "Sales"
                    type: dashboard
                    owner: {name: "Ana Ruiz"}
                    depends_on:
                      - ref('orders')
            "#]],
        ),
    ] {
        check_place(text, expected);
    }
    let nobody = NewExposure {
        owner: Owner::default(),
        ..sales()
    };
    check_with(
        "",
        &nobody,
        &FUSION,
        expect![[r#"
        refused: dbt wants a name or an address of the exposure's owner, and neither is known
    "#]],
    );
}

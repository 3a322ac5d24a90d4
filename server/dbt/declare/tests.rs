use expect_test::{Expect, expect};
use lineage::{ExposureName, Owner};

use super::*;
use crate::Properties;

mod habits;
mod place;
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

/// A text whose line ends, tabs and lines of spaces can be seen.
fn visible(text: &str) -> String {
    let text = text.replace('\r', "␍").replace('\t', "⇥");
    let text = text.replace('\u{feff}', "<BOM>");
    let line = |line: &str| match line.trim_end_matches('\n') {
        blank if blank.trim().is_empty() => line.replace(' ', "·"),
        _ => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

fn check_with(text: &str, exposure: &NewExposure, engine: &Engine, expected: Expect) {
    let shown = match declared(Some(text), exposure, engine) {
        Ok(edited) => visible(&edited),
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
            "exposures:\r  - name: a\r",
            expect![[r#"
                refused: it has line ends of old Macs (CR alone); save it with LF or CRLF first
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
                refused: it is written in a way that this cannot be changed without changing something else; edit it by hand
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
                  ⇥
                ⇥# comment

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

#[test]
fn several_at_once_are_written_as_one_after_the_other() {
    let second = || NewExposure {
        name: ExposureName::new("ops"),
        ..small()
    };
    let texts = [
        "",
        "version: 2\n",
        "exposures:\n",
        "exposures: []\n\nmodels:\n  - name: m\n",
        "exposures:\n- name: a\n  type: dashboard\nmodels: []",
        "exposures:\r\n  - name: a\r\n    type: dashboard\r\n\r\n  - name: b\r\n    type: notebook\r\n",
        "exposures:\n  - name: a\n    depends_on: [ref(\"x\")]\n  # - name: later\n",
    ];
    for text in texts {
        let both = declare_all(Some(text), &[sales(), second()], &FUSION).expect("an edit");
        let first = declared(Some(text), &sales(), &FUSION).expect("an edit");
        let then = declared(Some(&first), &second(), &FUSION).expect("an edit");
        assert_eq!(both.apply(text), then);
    }
    let twice = declare_all(None, &[small(), small()], &FUSION);
    assert!(twice.is_err(), "one name stands once in a file");
}

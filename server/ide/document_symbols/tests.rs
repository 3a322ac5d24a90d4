use expect_test::{Expect, expect};

use super::{DocumentSymbol, of_file};
use crate::analysis::File;

#[track_caller]
fn check(text: &str, expect: Expect) {
    let file = File {
        package: "shop",
        path: "models/exp.yml",
        text,
    };
    let mut shown = String::new();
    for symbol in of_file(file) {
        show(text, &symbol, 0, &mut shown);
    }
    expect.assert_eq(&shown);
}

fn show(text: &str, symbol: &DocumentSymbol, depth: usize, shown: &mut String) {
    let DocumentSymbol {
        range, selection, ..
    } = symbol;
    assert!(range.start <= selection.start && selection.end <= range.end);
    let detail = symbol.detail.as_deref().unwrap_or_default();
    let selected = &text[selection.clone()];
    *shown += &format!(
        "{}{:?} {} | {detail} | {selected}\n",
        "  ".repeat(depth),
        symbol.kind,
        symbol.name
    );
    for child in &symbol.children {
        assert!(range.start <= child.range.start && child.range.end <= range.end);
        show(text, child, depth + 1, shown);
    }
}

#[test]
fn exposures_with_what_they_depend_on() {
    check(
        "exposures:\n  - name: a\n    label: \"Sales\"\n    type: dashboard\n    depends_on:\n      - ref('x')\n      - bare\n      - \"\"\n\
         \x20 - {name: b, config: {enabled: false}, depends_on: [\"source('c', 'd')\"]}\n  - label: no name\n",
        expect![[r#"
            Exposure a | dashboard · Sales | a
              Dependency ref('x') |  | ref('x')
              Dependency bare |  | bare
              Dependency … |  | 
            Exposure b | disabled | b
              Dependency source('c', 'd') |  | source('c', 'd')
        "#]],
    );
    check(
        "\u{feff}exposures:\r\n- name: 'a'\r\n  depends_on:\r\n  - ref('x')\r\n",
        expect![[r#"
            Exposure a |  | a
              Dependency ref('x') |  | ref('x')
        "#]],
    );
}

#[test]
fn models_and_sources_of_the_same_file() {
    check(
        "models:\n  - name: m\nexposures:\n  - name: a\nsources:\n  - name: s\n    tables:\n      - name: t\nseeds:\n  - name: z\n",
        expect![[r#"
            Node m | model | m
            Exposure a |  | a
            Source s | source | s
              Table t | table | t
            Node z | seed | z
        "#]],
    );
}

#[test]
fn other_files_are_others_business() {
    check("models:\n  - name: m\n", expect![""]);
    check("models:\n  - name: exposures\n", expect![""]);
    check("", expect![""]);
    check("exposures:\n", expect![""]);
    check("exposures: [\n", expect![""]);
}

#[test]
fn a_name_from_elsewhere_is_shown_at_its_own_entry() {
    check(
        "x: &x\n  name: a\n  depends_on: [ref('x')]\nexposures:\n  - <<: *x\n    type: ml\n",
        expect![[r#"
            Exposure a | ml | 
        "#]],
    );
}

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;

/// The tree with each node's source, or the error.
fn check(text: &str, expected: Expect) {
    let shown = match Yaml::parse(text) {
        Ok(yaml) => {
            let mut out = String::new();
            if let Some(root) = yaml.root() {
                show(text, root, 0, &mut out);
            }
            if yaml.n_documents > 1 {
                writeln!(out, "{} documents", yaml.n_documents).unwrap();
            }
            for key in yaml.repeated_keys() {
                writeln!(
                    out,
                    "repeated {:?} at {}",
                    key.text().unwrap(),
                    key.span().start
                )
                .unwrap();
            }
            out
        }
        Err(error) => format!("{error}, at {:?}\n", error.offset()),
    };
    expected.assert_eq(&shown);
}

fn show(text: &str, value: Value<'_>, depth: usize, out: &mut String) {
    let source = &text[value.span()];
    let indent = "  ".repeat(depth);
    let outer = &text[value.outer_start()..value.span().start];
    let properties = if outer.is_empty() {
        String::new()
    } else {
        format!("{outer:?} ")
    };
    match value.style() {
        None => writeln!(out, "{indent}{source} -> {:?}", value.text()).unwrap(),
        Some(style) if value.is_mapping() => {
            writeln!(out, "{indent}{properties}{style:?} mapping {source:?}").unwrap();
            for (key, value) in value.pairs() {
                show(text, key, depth + 1, out);
                show(text, value, depth + 2, out);
            }
        }
        Some(style) if value.is_sequence() => {
            writeln!(out, "{indent}{properties}{style:?} sequence {source:?}").unwrap();
            for item in value.items() {
                show(text, item, depth + 1, out);
            }
        }
        Some(style) => {
            let null = if value.is_null() { " null" } else { "" };
            let read = value.text().unwrap();
            let read = if read == source {
                String::new()
            } else {
                format!(" = {read:?}")
            };
            writeln!(out, "{indent}{properties}{style:?}{null} {source:?}{read}").unwrap();
        }
    }
}

#[test]
fn spans_are_content_without_space_and_comments() {
    check(
        "# top\na:\n  - b: 1  # one\n    c: two\n      lines\n\n  # end\n\nd: [x, 'y']  \n",
        expect![[r#"
            Block mapping "a:\n  - b: 1  # one\n    c: two\n      lines\n\n  # end\n\nd: [x, 'y']"
              Plain "a"
                Block sequence "- b: 1  # one\n    c: two\n      lines"
                  Block mapping "b: 1  # one\n    c: two\n      lines"
                    Plain "b"
                      Plain "1"
                    Plain "c"
                      Plain "two\n      lines" = "two lines"
              Plain "d"
                Flow sequence "[x, 'y']"
                  Plain "x"
                  SingleQuoted "'y'" = "y"
        "#]],
    );
}

#[test]
fn block_scalars_end_with_their_text_unless_blank_lines_are_kept() {
    check(
        "a: |\n  x\n\n  # y\n\nb: >-2\n    z\n\nc: |+\n  k\n\n\nd:\n",
        expect![[r#"
        Block mapping "a: |\n  x\n\n  # y\n\nb: >-2\n    z\n\nc: |+\n  k\n\n\nd"
          Plain "a"
            Block "x\n\n  # y" = "x\n\n# y\n"
          Plain "b"
            Block "  z"
          Plain "c"
            Block "k\n\n\n"
          Plain "d"
            Plain null "" = "~"
    "#]],
    );
    check(
        "a: |+\n  k\n\n\n",
        expect![[r#"
        Block mapping "a: |+\n  k\n\n\n"
          Plain "a"
            Block "k\n\n\n"
    "#]],
    );
    check(
        "a:\n - b: |\n    x \n       \n   \n - c: 1\n",
        expect![[r#"
            Block mapping "a:\n - b: |\n    x \n       \n   \n - c: 1"
              Plain "a"
                Block sequence "- b: |\n    x \n       \n   \n - c: 1"
                  Block mapping "b: |\n    x \n       "
                    Plain "b"
                      Block "x \n       " = "x \n   \n"
                  Block mapping "c: 1"
                    Plain "c"
                      Plain "1"
        "#]],
    );
    check(
        "a: |",
        expect![[r#"
            Block mapping "a: |"
              Plain "a"
                Block ""
        "#]],
    );
}

#[test]
fn byte_order_marks_line_ends_and_wide_letters_count_as_bytes() {
    check(
        "\u{feff}é: ü\r\nb: 🚀\r\n",
        expect![[r#"
        Block mapping "é: ü\r\nb: 🚀"
          Plain "é"
            Plain "ü"
          Plain "b"
            Plain "🚀"
    "#]],
    );
}

#[test]
fn anchors_and_tags_stand_outside_of_the_content() {
    check(
        "a: &x !!map\n  k: 1\nb: *x\nc: &y [1]\nd: !t v\n",
        expect![[r#"
        Block mapping "a: &x !!map\n  k: 1\nb: *x\nc: &y [1]\nd: !t v"
          Plain "a"
            "&x !!map\n  " Block mapping "k: 1"
              Plain "k"
                Plain "1"
          Plain "b"
            *x -> None
          Plain "c"
            "&y " Flow sequence "[1]"
              Plain "1"
          Plain "d"
            "!t " Plain "v"
    "#]],
    );
}

#[test]
fn a_list_at_its_keys_column_is_its_value() {
    check(
        "a:\n- b\n-   c: 1\nd: 2\n",
        expect![[r#"
        Block mapping "a:\n- b\n-   c: 1\nd: 2"
          Plain "a"
            Block sequence "b\n-   c: 1"
              Plain "b"
              Block mapping "c: 1"
                Plain "c"
                  Plain "1"
          Plain "d"
            Plain "2"
    "#]],
    );
}

#[test]
fn repeated_keys_stay_and_are_told() {
    check(
        "a: 1\nb: {c: 1, c: 2}\na: 3\n",
        expect![[r#"
        Block mapping "a: 1\nb: {c: 1, c: 2}\na: 3"
          Plain "a"
            Plain "1"
          Plain "b"
            Flow mapping "{c: 1, c: 2}"
              Plain "c"
                Plain "1"
              Plain "c"
                Plain "2"
          Plain "a"
            Plain "3"
        repeated "a" at 0
        repeated "c" at 9
    "#]],
    );
}

#[test]
fn only_the_first_document_is_read() {
    check(
        "a: 1\n---\nb: 2\n---\n",
        expect![[r#"
        Block mapping "a: 1"
          Plain "a"
            Plain "1"
        3 documents
    "#]],
    );
    check(
        "---\na: 1\n...\n",
        expect![[r#"
        Block mapping "a: 1"
          Plain "a"
            Plain "1"
    "#]],
    );
}

#[test]
fn nothing_and_comments_have_no_value() {
    check("", expect![[r#""#]]);
    check("\u{feff}\n# a\n", expect![[r#""#]]);
}

#[test]
fn what_is_not_yaml_names_the_line() {
    check(
        "a:\n\tb: 1\n",
        expect![[r#"
            line 2 is not valid YAML: it is indented with a tab; YAML takes spaces only, at Some(3)
        "#]],
    );
    check(
        "a:\n  - name: a\n\ttype: dashboard\n",
        expect![[r#"
            line 3 is not valid YAML: it is indented with a tab; YAML takes spaces only, at Some(15)
        "#]],
    );
    check(
        "a: \"x\nb: 1\n",
        expect![[r#"
        line 1 is not valid YAML: unclosed quote, at Some(3)
    "#]],
    );
    check(
        "label: Sales: EMEA\n",
        expect![[r#"
        line 1 is not valid YAML: mapping values are not allowed in this context, at Some(12)
    "#]],
    );
    check(
        "a: *x\n",
        expect![[r#"
        line 1 is not valid YAML: while parsing node, found unknown anchor, at Some(3)
    "#]],
    );
    check(
        "a: &x [*x]\n",
        expect![[r#"
        line 1 is not valid YAML: an alias refers to the value that it is part of, at Some(7)
    "#]],
    );
}

#[test]
fn hostile_text_is_bounded() {
    check(
        &"[".repeat(100_000),
        expect![[r#"
            the file is too large or too deeply nested to be read, at None
        "#]],
    );
    check(
        &"- ".repeat(100_000),
        expect![[r#"
            the file is too large or too deeply nested to be read, at None
        "#]],
    );
    check(
        &"{a: ".repeat(100_000),
        expect![[r#"
            the file is too large or too deeply nested to be read, at None
        "#]],
    );
    let mut bomb = "a0: &a0 [x]\n".to_owned();
    for n in 1..40 {
        let of = n - 1;
        writeln!(bomb, "a{n}: &a{n} [*a{of}, *a{of}, *a{of}]").unwrap();
    }
    assert!(Yaml::parse(&bomb).is_ok(), "aliases copy nothing");
    assert!(Yaml::parse(&" ".repeat(17 << 20)).is_err());
}

#[test]
fn merged_keys_give_way_to_own_ones() {
    let text = "b: &b {x: 1, y: 1}\nc: &c {z: 2}\nm:\n  <<: [*b, *c]\n  y: 3\n";
    let yaml = Yaml::parse(text).unwrap();
    let merged = yaml.root().unwrap().get("m").unwrap();
    let get = |key| merged.get(key).and_then(Value::text);
    assert_eq!(
        [get("x"), get("y"), get("z"), get("no")],
        [Some("1"), Some("3"), Some("2"), None]
    );
    let entries: Vec<_> = merged.entries().into_iter().map(|(key, _)| key).collect();
    assert_eq!(entries, ["y", "x", "z"]);
}

//! One scalar for another.

use super::*;

/// Replaces what stands between two `$` signs.
fn check(marked: &str, value: &str, expected: Expect) {
    let parts: Vec<&str> = marked.split('$').collect();
    let [before, scalar, after] = parts[..] else {
        panic!("two marks are needed: {marked}");
    };
    let text = [before, scalar, after].concat();
    let span = before.len()..before.len() + scalar.len();
    let shown = match replace_scalar(&text, span, value) {
        Ok(edit) => edit.apply(&text),
        Err(error) => format!("refused: {error}\n"),
    };
    expected.assert_eq(&shown);
}

#[test]
fn quotes_stay_where_they_can_hold_the_text() {
    check(
        "type: $x$ # c\n",
        "dashboard",
        expect![[r#"
        type: dashboard # c
    "#]],
    );
    check(
        "type: '$x$'\n",
        "ml",
        expect![[r#"
        type: 'ml'
    "#]],
    );
    check(
        "type: $\"x\"$\nb: 1\n",
        "ml",
        expect![[r#"
        type: "ml"
        b: 1
    "#]],
    );
    check(
        "type: '$x$'\n",
        "it's",
        expect![[r#"
        type: "it's"
    "#]],
    );
    check(
        "type: $x$\n",
        "2024",
        expect![[r#"
        type: "2024"
    "#]],
    );
    check(
        "type: $x$\n",
        "a: b",
        expect![[r#"
        type: "a: b"
    "#]],
    );
    check(
        "- [a, $ref('x')$]\n",
        "ref('a', 'b')",
        expect![[r#"
        - [a, "ref('a', 'b')"]
    "#]],
    );
    check(
        "- $ref('x')$\n",
        "ref('a', 'b')",
        expect![[r#"
        - ref('a', 'b')
    "#]],
    );
}

#[test]
fn blocks_and_missing_values_become_texts() {
    check(
        "a$$:\nb: 1\n",
        "x",
        expect![[r#"
        a: x
        b: 1
    "#]],
    );
    check(
        "a$$: # c\n",
        "x",
        expect![[r#"
        a: x # c
    "#]],
    );
    check(
        "a: $~$\n",
        "x",
        expect![[r#"
        a: x
    "#]],
    );
    check(
        "a: |\n  $one\n  two$\n\nb: 1\n",
        "x y",
        expect![[r#"
        a: x y

        b: 1
    "#]],
    );
    check(
        "a: >- # c\n  $one$\nb: 1\n",
        "x",
        expect![[r#"
        a: x # c
        b: 1
    "#]],
    );
    check(
        "a: |+\n  $one\n\n$b: 1\n",
        "x",
        expect![[r#"
        a: x

        b: 1
    "#]],
    );
    check(
        "a: | # c\n$$b: 1\n",
        "x",
        expect![[r#"
            refused: the file was changed: there is no value any more where one was to be replaced
        "#]],
    );
    check(
        "a: $one\n  two$\n",
        "x",
        expect![[r#"
        a: x
    "#]],
    );
}

#[test]
fn a_part_of_a_scalar_can_be_replaced() {
    check(
        "- ref('$ordrs$')\n",
        "orders",
        expect![[r#"
        - ref('orders')
    "#]],
    );
    check(
        "- \"ref('a', 'a$a$')\"\n",
        "b",
        expect![[r#"
        - "ref('a', 'ab')"
    "#]],
    );
    check(
        "- ref('$a$')\n",
        "b'",
        expect![[r#"
        refused: it is written in a way that this cannot be changed without changing something else; edit it by hand
    "#]],
    );
}

#[test]
fn what_others_depend_on_is_refused() {
    check(
        "a: &x $b$\nc: *x\n",
        "d",
        expect![[r#"
        refused: line 1 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
    "#]],
    );
    check(
        "a: &x b\nc: $*x$\n",
        "d",
        expect![[r#"
        refused: line 2 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
    "#]],
    );
    check(
        "a: &x b\nc: $d$\n",
        "e",
        expect![[r#"
        a: &x b
        c: e
    "#]],
    );
    check(
        "a: b\n$\n$c: d\n",
        "e",
        expect![[r#"
        refused: the file was changed: there is no value any more where one was to be replaced
    "#]],
    );
}

//! What several changes of one file come to.

use dbt::{Change, Engine, NewExposure, RefTarget, TextEdit};
use expect_test::{Expect, expect};
use lineage::{ExposureName, Owner};

use super::{Draft, Files};

fn exposure(name: &str) -> Change {
    Change::Declare(vec![NewExposure {
        name: ExposureName::new(name),
        label: name.to_uppercase(),
        url: None,
        description: None,
        owner: Owner {
            name: Some("Ana".to_owned()),
            email: None,
        },
        depends_on: vec![RefTarget::Ref {
            package: None,
            name: "orders".to_owned(),
            version: None,
        }],
        tags: Vec::new(),
        meta_tableau: Vec::new(),
    }])
}

/// The edits that add two exposures, and that they make of the text what it is to be.
#[track_caller]
fn check(before: Option<&str>, expect: Expect) {
    let mut file = Draft::new("models/x.yml", before.map(str::to_owned));
    for name in ["first", "second"] {
        let made = file.make(&exposure(name), &Engine::Fusion);
        assert_eq!(made, Ok(true));
    }
    let file = file.finish().expect("a change");
    let text = before.unwrap_or_default();
    assert_eq!(TextEdit::apply_all(&file.edits, text), file.after);
    let in_order = |pair: &[TextEdit]| pair[0].range.end <= pair[1].range.start;
    assert!(file.edits.windows(2).all(in_order), "{:?}", file.edits);
    let kept = |line: &&str| file.after.lines().any(|it| it == *line);
    assert!(text.lines().all(|line| kept(&line)), "{}", file.after);
    let lines = file
        .edits
        .iter()
        .map(|it| format!("{:?} {:?}", it.range, it.new_text));
    expect.assert_eq(&lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn several_changes_are_the_lines_that_differ_at_the_end() {
    check(
        Some("# ours\nexposures:\n  - name: a\n    type: dashboard\n\nmodels:\n  - name: m\n"),
        expect![[
            r#"51..51 "  - name: first\n    label: \"FIRST\"\n    type: dashboard\n    owner: {name: \"Ana\"}\n    depends_on:\n      - ref('orders')\n\n  - name: second\n    label: \"SECOND\"\n    type: dashboard\n    owner: {name: \"Ana\"}\n    depends_on:\n      - ref('orders')\n\n""#
        ]],
    );
}

#[test]
fn a_new_file_is_one_edit_of_nothing() {
    check(
        None,
        expect![[
            r#"0..0 "version: 2\n\nexposures:\n  - name: first\n    label: \"FIRST\"\n    type: dashboard\n    owner: {name: \"Ana\"}\n    depends_on:\n      - ref('orders')\n\n  - name: second\n    label: \"SECOND\"\n    type: dashboard\n    owner: {name: \"Ana\"}\n    depends_on:\n      - ref('orders')\n""#
        ]],
    );
    check(
        Some(""),
        expect![[
            r#"0..0 "version: 2\n\nexposures:\n  - name: first\n    label: \"FIRST\"\n    type: dashboard\n    owner: {name: \"Ana\"}\n    depends_on:\n      - ref('orders')\n\n  - name: second\n    label: \"SECOND\"\n    type: dashboard\n    owner: {name: \"Ana\"}\n    depends_on:\n      - ref('orders')\n""#
        ]],
    );
}

#[test]
fn line_ends_and_a_missing_last_one_are_kept() {
    check(
        Some("exposures:\r\n  - name: a\r\n    type: dashboard\r\nmodels: []\r\n"),
        expect![[
            r#"46..46 "\r\n  - name: first\r\n    label: \"FIRST\"\r\n    type: dashboard\r\n    owner: {name: \"Ana\"}\r\n    depends_on:\r\n      - ref('orders')\r\n\r\n  - name: second\r\n    label: \"SECOND\"\r\n    type: dashboard\r\n    owner: {name: \"Ana\"}\r\n    depends_on:\r\n      - ref('orders')\r\n""#
        ]],
    );
    check(
        Some("exposures:\n  - name: a\n    type: dashboard"),
        expect![[
            r#"23..42 "    type: dashboard\n\n  - name: first\n    label: \"FIRST\"\n    type: dashboard\n    owner: {name: \"Ana\"}\n    depends_on:\n      - ref('orders')\n\n  - name: second\n    label: \"SECOND\"\n    type: dashboard\n    owner: {name: \"Ana\"}\n    depends_on:\n      - ref('orders')\n""#
        ]],
    );
    check(
        Some("\u{feff}exposures:\n  - name: 売上\n    type: dashboard # 🚀\n"),
        expect![[
            r#"58..58 "\n  - name: first\n    label: \"FIRST\"\n    type: dashboard\n    owner: {name: \"Ana\"}\n    depends_on:\n      - ref('orders')\n\n  - name: second\n    label: \"SECOND\"\n    type: dashboard\n    owner: {name: \"Ana\"}\n    depends_on:\n      - ref('orders')\n""#
        ]],
    );
}

#[test]
fn a_change_that_is_refused_leaves_the_others() {
    let texts = |path: &str| match path {
        "gone.yml" => Err("no such folder".to_owned()),
        _ => Ok(Some(
            "exposures:\n  - name: a\n    type: dashboard\n".to_owned(),
        )),
    };
    let mut files = Files::new(&texts, Engine::Fusion);
    assert_eq!(files.make("b.yml", &exposure("b")), Ok(true));
    let again = files
        .make("b.yml", &exposure("a"))
        .expect_err("it is there");
    expect![[r#"b.yml is left as it is: it has an exposure `a` on line 2"#]].assert_eq(&again);
    let unread = files.make("gone.yml", &exposure("b")).expect_err("unread");
    expect![[r#"gone.yml cannot be read: no such folder"#]].assert_eq(&unread);
    assert_eq!(files.make("a.yml", &exposure("b")), Ok(true));
    assert_eq!(files.text("c.yml").map(str::len), Some(43));
    let changed = files.changed();
    let paths: Vec<&str> = changed.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["a.yml", "b.yml"]);
    assert_eq!(changed[0].after, changed[1].after);
}

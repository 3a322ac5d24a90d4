//! Items for lists of plain maps: files of real projects as much as files made for it.

#![allow(clippy::print_stderr)] // Refusals are shown.

use super::*;
use crate::properties::tests::real::{files, shared};

fn item() -> NewItem {
    let part = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    NewItem {
        keys: vec![
            ("project".to_owned(), NewValue::Text("shop".to_owned())),
            (
                "from".to_owned(),
                NewValue::Map(vec![part("database", "dev"), part("schema", "*_marts")]),
            ),
            ("to".to_owned(), NewValue::Map(vec![part("schema", "yes")])),
        ],
    }
}

fn read(text: &str) -> Result<Read, serde_yaml::Error> {
    serde_yaml::from_str(text)
}

/// The text with the item below `path`; its data is what it was, with that item.
fn appended(text: &str, path: &[&str]) -> Result<String, Error> {
    let edits = append_to_list(Some(text), path, &[item()])?;
    let edited = TextEdit::apply_all(&edits, text);
    // A block scalar on a last line without line end gains that line end.
    let Ok(before) = read(&format!("{}\n", text.strip_suffix('\n').unwrap_or(text))) else {
        return Ok(edited);
    };
    let after = read(&edited).expect("it is YAML still");
    let at = |value: &Read| {
        path.iter()
            .try_fold(value.clone(), |it, key| it.get(key).cloned())
    };
    let old = at(&before).and_then(|it| it.as_sequence().cloned());
    let mut list = at(&after).and_then(|it| it.as_sequence().cloned());
    let new = list.as_mut().and_then(Vec::pop).expect("a new item");
    assert_eq!(new["from"]["schema"], Read::from("*_marts"), "{edited}");
    assert_eq!(new["to"]["schema"], Read::from("yes"), "{edited}");
    assert_eq!(
        list.unwrap_or_default(),
        old.unwrap_or_default(),
        "{edited}"
    );
    for (key, value) in before.as_mapping().into_iter().flatten() {
        assert!(
            key.as_str() == path.first().copied() || after.get(key) == Some(value),
            "{edited}"
        );
    }
    let mut left = edited.lines();
    for line in text.lines().filter(|it| it.trim_start().starts_with('#')) {
        assert!(left.any(|it| it == line), "{line}\n{edited}");
    }
    Ok(edited)
}

#[track_caller]
fn check(text: &str, path: &[&str], expect: Expect) {
    let said = appended(text, path);
    expect.assert_eq(&said.unwrap_or_else(|reason| format!("refused: {reason}")));
}

#[test]
fn missing_keys_are_added_however_many() {
    check(
        "",
        &["a", "b", "c"],
        expect![[r#"
        a:
          b:
            c:
              - project: shop
                from: {database: dev, schema: "*_marts"}
                to: {schema: "yes"}
    "#]],
    );
    check(
        "a:\n    x: 1\n",
        &["a", "b", "c"],
        expect![[r#"
        a:
            x: 1
            b:
                c:
                    - project: shop
                      from: {database: dev, schema: "*_marts"}
                      to: {schema: "yes"}
    "#]],
    );
    check(
        "z: |\n  text\n",
        &["a"],
        expect![[r#"
        z: |
          text
        a:
          - project: shop
            from: {database: dev, schema: "*_marts"}
            to: {schema: "yes"}
    "#]],
    );
    check(
        "z: >-\n  text",
        &["a", "b"],
        expect![[r#"
        z: >-
          text
        a:
          b:
            - project: shop
              from: {database: dev, schema: "*_marts"}
              to: {schema: "yes"}
    "#]],
    );
}

#[test]
fn a_block_scalar_that_would_take_the_lines_is_not_followed() {
    check(
        "z: |+\n  text\n\n",
        &["a"],
        expect![[r#"
        z: |+
          text

        a:
          - project: shop
            from: {database: dev, schema: "*_marts"}
            to: {schema: "yes"}
    "#]],
    );
    check(
        "a:\n  z: |+\n    text\n\n",
        &["a", "b"],
        expect![[r#"
        a:
          z: |+
            text

          b:
            - project: shop
              from: {database: dev, schema: "*_marts"}
              to: {schema: "yes"}
    "#]],
    );
}

#[test]
fn what_is_no_list_below_plain_keys_is_refused() {
    check(
        "a: 1\n",
        &["a"],
        expect!["refused: `a` on line 1 is not a list; make it one first"],
    );
    check(
        "a: 1\n",
        &["a", "b"],
        expect!["refused: `a` on line 1 has no keys below it; write it as a map first"],
    );
    check(
        "a: [x]\n",
        &["a", "b"],
        expect!["refused: `a` on line 1 has no keys below it; write it as a map first"],
    );
    check(
        "a: !tag {}\n",
        &["a", "b"],
        expect![
            "refused: line 1 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand"
        ],
    );
    check(
        "<<: {a: []}\n",
        &["a"],
        expect![
            "refused: line 1 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand"
        ],
    );
}

#[test]
fn files_of_real_projects_take_a_new_section_or_say_why_not() {
    let mut n_edited = 0;
    for folder in [
        "exposure_files/gitlab_yml.tar.gz",
        "exposure_files/teamster",
    ] {
        let test = "files_of_real_projects_take_a_new_section_or_say_why_not";
        let Some(folder) = shared(test, folder) else {
            return;
        };
        for (file, text) in files(&folder) {
            match appended(&text, &["dbt", "map"]) {
                Ok(_) => n_edited += 1,
                Err(reason) => eprintln!("{file}: {reason}"),
            }
        }
    }
    assert!(n_edited > 250, "{n_edited}");
}

use std::fs;

use expect_test::{Expect, expect};

use super::*;
use crate::config::{Origin, Settings};
use crate::workspace::project;

/// `schema dbt_* -> MARTS, database dev -> prod`: each part with both sides, or `-`.
fn rule(text: &str) -> NameRule {
    let mut rule = NameRule::default();
    for part in text.split(", ") {
        let (part, sides) = part.split_once(' ').expect("a part");
        let (from, to) = sides.split_once(" -> ").expect("two sides");
        let side = |it: &str| (it != "-").then(|| it.to_owned());
        let (of_from, of_to) = match part {
            "database" => (&mut rule.from.database, &mut rule.to.database),
            "schema" => (&mut rule.from.schema, &mut rule.to.schema),
            _ => (&mut rule.from.name, &mut rule.to.name),
        };
        (*of_from, *of_to) = (side(from), side(to));
    }
    rule
}

fn marts() -> NameRule {
    rule("database dev -> prod, schema dbt_*_marts -> MARTS")
}

/// The rules that are in force where this is the team's file.
fn rules_in(text: &str) -> Vec<NameRule> {
    let mut settings = Settings::default();
    settings.lay_yaml(text, &Origin::Team("exposure-lens.yml".into()));
    settings.name_rules("shop")
}

/// The text with these rules, and what must hold of every one.
fn accepted(text: &str, rules: &[NameRule], project: Option<&str>) -> Result<String, String> {
    let after = accept_edit(Some(text), rules, project)?;
    let again = accept_edit(Some(&after), rules, project);
    assert_eq!(again.as_ref(), Ok(&after), "a second time changes nothing");
    let in_force = rules_in(&after);
    for rule in rules {
        assert!(in_force.contains(rule), "{rule:?} is in force in\n{after}");
    }
    let mut left = after.lines();
    for line in text.lines().filter(|it| it.trim_start().starts_with('#')) {
        assert!(left.any(|it| it == line), "{line} stays in\n{after}");
    }
    if text.contains("\r\n") {
        assert!(!after.replace("\r\n", "").contains('\n'), "{after:?}");
    }
    assert_eq!(text.starts_with('\u{feff}'), after.starts_with('\u{feff}'));
    Ok(after)
}

#[track_caller]
fn check(text: &str, expect: Expect) {
    check_rules(text, &[marts()], expect);
}

#[track_caller]
fn check_rules(text: &str, rules: &[NameRule], expect: Expect) {
    let said = accepted(text, rules, None);
    expect.assert_eq(&said.unwrap_or_else(|reason| format!("refused: {reason}")));
}

#[test]
fn a_new_file_holds_the_rules_alone() {
    check(
        "",
        expect![[r#"
        dbt:
          map:
            - from: {database: dev, schema: dbt_*_marts}
              to: {database: prod, schema: MARTS}
    "#]],
    );
    check(
        "\n",
        expect![[r#"

        dbt:
          map:
            - from: {database: dev, schema: dbt_*_marts}
              to: {database: prod, schema: MARTS}
    "#]],
    );
    check(
        "# ours\n",
        expect![[r#"
        # ours
        dbt:
          map:
            - from: {database: dev, schema: dbt_*_marts}
              to: {database: prod, schema: MARTS}
    "#]],
    );
    check(
        "# no line end",
        expect![[r#"
        # no line end
        dbt:
          map:
            - from: {database: dev, schema: dbt_*_marts}
              to: {database: prod, schema: MARTS}
    "#]],
    );
    assert_eq!(
        accept_edit(None, &[marts()], None),
        accepted("", &[marts()], None)
    );
}

#[test]
fn rules_go_to_the_end_of_a_list_that_is_there() {
    check(
        "dbt:\n  map:\n    - from: {schema: a}\n      to: {schema: b}\n\ntableau:\n  sites: []\n",
        expect![[r#"
            dbt:
              map:
                - from: {schema: a}
                  to: {schema: b}
                - from: {database: dev, schema: dbt_*_marts}
                  to: {database: prod, schema: MARTS}

            tableau:
              sites: []
        "#]],
    );
    check(
        "dbt:\n  map:\n  -   from: {schema: a}\n      to: {schema: b}",
        expect![[r#"
            dbt:
              map:
              -   from: {schema: a}
                  to: {schema: b}
              -   from: {database: dev, schema: dbt_*_marts}
                  to: {database: prod, schema: MARTS}
        "#]],
    );
    check(
        "dbt:\n  map:\n    # first\n    - {from: {schema: a}, to: {schema: b}} # why\n    # last\n\
         lens: {zero: false}\n",
        expect![[r#"
            dbt:
              map:
                # first
                - {from: {schema: a}, to: {schema: b}} # why
                # last
                - {from: {database: dev, schema: dbt_*_marts}, to: {database: prod, schema: MARTS}}
            lens: {zero: false}
        "#]],
    );
    check(
        "dbt:\n  map: [{from: {schema: a}, to: {schema: b}}]\n",
        expect![[r#"
            dbt:
              map: [{from: {schema: a}, to: {schema: b}}, {from: {database: dev, schema: dbt_*_marts}, to: {database: prod, schema: MARTS}}]
        "#]],
    );
    check(
        "dbt.map:\n  - to: {database: x}\n",
        expect![[r#"
        dbt.map:
          - to: {database: x}
          - from: {database: dev, schema: dbt_*_marts}
            to: {database: prod, schema: MARTS}
    "#]],
    );
}

#[test]
fn an_empty_list_is_filled_and_a_missing_key_added() {
    let with = |empty| format!("dbt:\n    manifest: x.json\n    {empty}\n    # end\n");
    for empty in ["map: []", "map: null", "map: ~"] {
        let rules = [marts()];
        let said = [with(empty), with("map:")].map(|it| accepted(&it, &rules, None));
        assert_eq!(said[0], said[1], "{empty}");
    }
    check(
        &with("map:"),
        expect![[r#"
        dbt:
            manifest: x.json
            map:
                - from: {database: dev, schema: dbt_*_marts}
                  to: {database: prod, schema: MARTS}
            # end
    "#]],
    );
    check(
        "dbt:\n  manifest: x.json  # here\n\nlens:\n  zero: false\n",
        expect![[r#"
            dbt:
              manifest: x.json  # here
              map:
                - from: {database: dev, schema: dbt_*_marts}
                  to: {database: prod, schema: MARTS}

            lens:
              zero: false
        "#]],
    );
    check(
        "tableau:\n  files:\n  - '*.twb'\n",
        expect![[r#"
        tableau:
          files:
          - '*.twb'
        dbt:
          map:
          - from: {database: dev, schema: dbt_*_marts}
            to: {database: prod, schema: MARTS}
    "#]],
    );
    check(
        "dbt:\n",
        expect![[r#"
        dbt:
          map:
            - from: {database: dev, schema: dbt_*_marts}
              to: {database: prod, schema: MARTS}
    "#]],
    );
    check(
        "dbt: {}\nlens: {zero: false}\n",
        expect![[r#"
        dbt:
          map:
            - from: {database: dev, schema: dbt_*_marts}
              to: {database: prod, schema: MARTS}
        lens: {zero: false}
    "#]],
    );
    check(
        "dbt: # soon\nlens: {zero: false}\n",
        expect![[r#"
        dbt: # soon
          map:
            - from: {database: dev, schema: dbt_*_marts}
              to: {database: prod, schema: MARTS}
        lens: {zero: false}
    "#]],
    );
}

#[test]
fn line_ends_and_byte_order_marks_stay() {
    let shown = |text: &str| {
        let after = accepted(text, &[marts()], None).expect("it is taken");
        let after = after.replace('\u{feff}', "<BOM>");
        after.replace("\r\n", "<CRLF>\n")
    };
    expect![[r#"
        dbt:<CRLF>
          manifest: x.json<CRLF>
          map:<CRLF>
            - from: {database: dev, schema: dbt_*_marts}<CRLF>
              to: {database: prod, schema: MARTS}<CRLF>
    "#]]
    .assert_eq(&shown("dbt:\r\n  manifest: x.json\r\n"));
    expect![[r#"
        <BOM>lens:
          zero: false
        dbt:
          map:
            - from: {database: dev, schema: dbt_*_marts}
              to: {database: prod, schema: MARTS}
    "#]]
    .assert_eq(&shown("\u{feff}lens:\n  zero: false\n"));
}

#[test]
fn names_that_yaml_would_take_for_something_else_are_quoted() {
    check_rules(
        "",
        &[
            rule("database * -> prod, schema 2024 -> no"),
            rule("schema a: b -> it's, name #x -> {1}"),
            rule("schema - -> null"),
        ],
        expect!["refused: `to.name` has `{1}`, and `from` has 0 `*`"],
    );
}

#[test]
fn what_is_there_already_is_not_written_again() {
    let text = "dbt: {map: [{to: {database: prod, schema: MARTS}, from: {schema: dbt_*_marts, database: dev}}]}";
    check(
        text,
        expect![
            "dbt: {map: [{to: {database: prod, schema: MARTS}, from: {schema: dbt_*_marts, database: dev}}]}"
        ],
    );
    check_rules(
        "",
        &[marts(), marts()],
        expect![[r#"
        dbt:
          map:
            - from: {database: dev, schema: dbt_*_marts}
              to: {database: prod, schema: MARTS}
    "#]],
    );
}

#[test]
fn a_file_that_takes_no_exact_edit_is_left_as_it_is() {
    for text in [
        "dbt: {manifest: x.json}\n",
        "{dbt: {manifest: x.json}}\n",
        "dbt: text\n",
        "dbt:\n  map: {from: {schema: a}}\n",
        "dbt:\n  map: text\n",
        "dbt:\n  map: {}\n",
        "dbt: []\n",
        "dbt: &dbt\n  manifest: x\nother: *dbt\n",
        "dbt:\n  map: &map []\nother: *map\n",
        "dbt:\n  manifest: x\ndbt:\n  map: []\n",
        "dbt:\n\tmanifest: x\n",
        "- dbt\n",
        "dbt: [\n",
        "a: 1\n---\nb: 2\n",
        "dbt:\r  manifest: x\r",
        "dbt:\n  map: [ # none yet\n  ]\n",
    ] {
        let said = accepted(text, &[marts()], None);
        let reason = said.expect_err(text);
        assert!(!reason.is_empty(), "{text}");
    }
    check(
        "dbt: {manifest: x.json}\n",
        expect![
            "refused: what stands on line 1 is written between braces; write one key a line first"
        ],
    );
    check(
        "dbt:\n  manifest: x\ndbt:\n  map: []\n",
        expect!["refused: `dbt` stands on line 1 and again on line 3; join them first"],
    );
    check(
        "dbt: [\n",
        expect![
            "refused: it is not valid YAML: did not find expected node content at line 2 column 1, while parsing a flow node; mend it first"
        ],
    );
}

#[test]
fn a_rule_that_makes_no_sense_is_not_written() {
    check_rules(
        "",
        &[rule("schema a -> *b*")],
        expect!["refused: `to.schema` has more `*` than the same part of `from`, which has 0"],
    );
}

#[test]
fn rules_for_me_are_for_this_project() {
    let text = accepted("", &[marts()], Some("shop")).expect("it is taken");
    expect![[r#"
        dbt:
          map:
            - project: shop
              from: {database: dev, schema: dbt_*_marts}
              to: {database: prod, schema: MARTS}
    "#]]
    .assert_eq(&text);
    let other = accepted(&text, &[marts()], Some("other"));
    assert!(other.is_err() || rules_in(&other.expect("taken")).len() == 1);
}

#[test]
fn settings_files_of_all_kinds_take_rules_and_keep_the_rest() {
    let sections = [
        "lens: {zero: false}",
        "tableau:\n  sites:\n    - url: https://tableau.corp\n      projects: ['A/**'] # ours",
        "exposures:\n    tags: [a, b]\n    owner:\n        name: |\n            us\n",
        "dbt:\n  manifest: target/manifest.json # built in CI\n  production_manifest: prod",
        "# only a comment",
        "",
    ];
    let rules = [marts(), rule("schema dbt_alice -> PUBLIC")];
    for first in sections {
        for second in sections {
            if first == second && !first.is_empty() {
                continue;
            }
            for end in ["\n", "\n\n# the end\n", ""] {
                let text = format!("{first}\n\n{second}{end}");
                let after = accepted(&text, &rules, None).expect(&text);
                assert_eq!(rules_in(&after), rules, "{after}");
            }
        }
    }
}

#[test]
fn a_plan_is_written_whole_and_not_over_a_change() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("dbt_project.yml"), "name: shop\n").expect("write");
    fs::write(at("exposure-lens.yml"), "lens: {zero: false}\n").expect("write");
    let project = project::open(folder.path(), &Settings::default(), &|_| None);
    let project = project.expect("a project");
    let user = at("own/config.yml");
    let plan = |who| plan(who, &[marts()], &project, Some(&user), &|_| None);
    for who in [For::Team, For::Me] {
        let accepted = plan(who).expect("a plan");
        accepted.write().expect("it is written");
        assert!(plan(who).expect("a plan").is_done());
        let text = fs::read_to_string(&accepted.path).expect("read");
        assert_eq!(rules_in(&text), [marts()]);
        assert_eq!(text.contains("project: shop"), who == For::Me);
    }
    let late = plan(For::Team).expect("a plan");
    let late = Acceptance {
        after: "x".to_owned(),
        ..late
    };
    fs::write(at("exposure-lens.yml"), "changed: true\n").expect("write");
    let reason = late.write().expect_err("it has changed");
    assert!(reason.contains("has changed since it was read"), "{reason}");
}

#[cfg(unix)]
#[test]
fn a_team_file_that_leads_out_of_the_repository_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let outside = tempfile::NamedTempFile::new().expect("a file");
    fs::create_dir(folder.path().join(".git")).expect("make a folder");
    fs::write(folder.path().join("dbt_project.yml"), "name: shop\n").expect("write");
    let link = folder.path().join("exposure-lens.yml");
    std::os::unix::fs::symlink(outside.path(), link).expect("link");
    let project = project::open(folder.path(), &Settings::default(), &|_| None);
    let reason = plan(For::Team, &[marts()], &project.expect("it"), None, &|_| {
        None
    });
    let reason = reason.expect_err("it leads out");
    assert!(
        reason.ends_with("it is a link out of the repository"),
        "{reason}"
    );
}

#[cfg(unix)]
#[test]
fn a_team_file_that_is_a_link_to_nothing_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("dbt_project.yml"), "name: shop\n").expect("write");
    let link = folder.path().join("exposure-lens.yml");
    std::os::unix::fs::symlink("nowhere.yml", link).expect("link");
    let project = project::open(folder.path(), &Settings::default(), &|_| None);
    let project = project.expect("a project");
    let reason = plan(For::Team, &[marts()], &project, None, &|_| None).expect_err("no file");
    assert!(
        reason.ends_with("it is a link that leads nowhere; mend or remove the link first"),
        "{reason}"
    );
}

use std::path::PathBuf;

use expect_test::{Expect, expect};
use serde_json::json;

use super::{KEYS, Origin, Settings, check};

mod rules;
mod tableau;

fn check_settings(team: &str, editor: serde_json::Value, expect: Expect) {
    let mut settings = Settings::default();
    settings.lay_yaml(team, &Origin::Team(PathBuf::from("exposure-lens.yml")));
    settings.lay_editor(&editor);
    let changed = settings
        .in_force()
        .filter(|(_, _, origin)| **origin != Origin::BuiltIn);
    let mut lines: Vec<String> = changed
        .map(|(key, value, origin)| format!("{} = {value} ({origin})", key.name))
        .collect();
    lines.extend(settings.warnings);
    expect.assert_eq(&lines.join("\n"));
}

#[test]
fn every_default_is_a_value_that_its_setting_takes() {
    for key in KEYS {
        let taken = check::take(key, key.default_value(), &Origin::BuiltIn);
        let value = taken.map(|it| (it.value, it.notes));
        assert_eq!(value, Ok((key.default_value(), Vec::new())), "{}", key.name);
    }
}

#[test]
fn later_wins_and_says_where_it_came_from() {
    check_settings(
        "lens: {zero: false}\nexposures: {tags: [tableau]}",
        json!({"exposureLens": {"lens": {"zero": true}}}),
        expect![[r#"
            exposures.tags = ["tableau"] (exposure-lens.yml)
            lens.zero = true (editor)"#]],
    );
}

#[test]
fn editor_sections_come_wrapped_bare_or_dotted() {
    for section in [
        json!({"exposureLens": {"lens": {"zero": false}}}),
        json!({"lens": {"zero": false}}),
        json!({"lens.zero": false, "server": {"path": "/x"}}),
    ] {
        check_settings("", section, expect!["lens.zero = false (editor)"]);
    }
    for section in [json!(null), json!([]), json!("x"), json!({})] {
        check_settings("", section, expect![""]);
    }
}

#[test]
fn unknown_keys_and_bad_values_are_warnings() {
    check_settings(
        "lense: {zero: false}\nlens: {zero: maybe, enabled: }\nexposures: {tags: x}\nzzzzzzzzzzz: 1",
        json!({}),
        expect![[r#"
            exposure-lens.yml: `exposures.tags` takes a list of texts; it is ignored
            exposure-lens.yml: `lens.zero` takes true or false; it is ignored
            exposure-lens.yml: unknown setting `lense.zero`; did you mean `lens.zero`?
            exposure-lens.yml: unknown setting `zzzzzzzzzzz`"#]],
    );
    check_settings(
        "a: [",
        json!({}),
        expect![[
            r#"exposure-lens.yml: not read as settings: did not find expected node content at line 2 column 1, while parsing a flow node"#
        ]],
    );
    for text in ["hello", "- lens", "5"] {
        check_settings(
            text,
            json!({}),
            expect![[
                r#"exposure-lens.yml: not read as settings: it holds a list or a text, and no keys"#
            ]],
        );
    }
}

#[test]
fn a_choice_takes_its_words_alone() {
    check_settings(
        "exposures: {grain: dashboard}",
        json!({"exposures.grain": "sheet"}),
        expect![[r#"
            exposures.grain = "dashboard" (exposure-lens.yml)
            editor: `exposures.grain` takes workbook or dashboard; it is ignored"#]],
    );
}

#[test]
fn globs_are_globs_below_the_repository_whoever_writes_them() {
    check_settings(
        "tableau: {files: [\"**/*.twb\", \"[a\"]}",
        json!({"tableau.files": ["../bi/*.twb"]}),
        expect![[r#"
            exposure-lens.yml: `tableau.files` has a glob that is none: error parsing glob '[a': unclosed character class; missing ']'; it is ignored
            editor: `tableau.files` leads out of the project: "../bi/*.twb"; it is ignored"#]],
    );
}

#[test]
fn paths_of_the_team_stay_in_the_repository() {
    check_settings(
        "dbt: {manifest: ../../etc/passwd}\nexposures: {path: /etc/cron.d/x}\ntableau: {files: [\"\\\\\\\\host\\\\x\"]}",
        json!({"exposures.path": "a/../../b.yml", "dbt.manifest": "/ci/manifest.json"}),
        expect![[r#"
            dbt.manifest = "/ci/manifest.json" (editor)
            exposure-lens.yml: `dbt.manifest` leads out of the project: "../../etc/passwd"; it is ignored
            exposure-lens.yml: `exposures.path` leads out of the project: "/etc/cron.d/x"; it is ignored
            exposure-lens.yml: `tableau.files` leads out of the project: "\\\\host\\x"; it is ignored
            editor: `exposures.path` leads out of the project: "a/../../b.yml"; it is ignored"#]],
    );
}

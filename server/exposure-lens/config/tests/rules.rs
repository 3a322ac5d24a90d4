use std::path::PathBuf;

use expect_test::{Expect, expect};
use serde_json::json;

use super::check_settings;
use crate::config::{Origin, Settings};

/// What the team's and the user's files make of `dbt.map` for the project `shop`.
#[track_caller]
fn check(team: &str, user: &str, expect: Expect) {
    let mut settings = Settings::default();
    settings.lay_yaml(team, &Origin::Team(PathBuf::from("exposure-lens.yml")));
    settings.lay_yaml(user, &Origin::User(PathBuf::from("config.yml")));
    let rules = settings.name_rules_of("shop");
    let mut lines: Vec<String> = rules
        .map(|it| format!("{} ({})", it.to_value(), it.origin))
        .collect();
    lines.append(&mut settings.warnings);
    expect.assert_eq(&lines.join("\n"));
}

#[test]
fn rules_have_parts_on_both_sides_and_what_is_left_out_stays() {
    check(
        "dbt:\n  map:\n    - from: {schema: 'dbt_*'}\n      to: {database: prod, schema: '*'}\n    \
         - to: {database: prod}\n",
        "",
        expect![[r#"
            {"from":{"schema":"dbt_*"},"to":{"database":"prod","schema":"*"}} (exposure-lens.yml)
            {"from":{},"to":{"database":"prod"}} (exposure-lens.yml)"#]],
    );
}

#[test]
fn the_users_rules_come_before_the_teams_and_hide_none() {
    check(
        "dbt: {map: [{from: {schema: a}, to: {schema: b}}]}",
        "dbt: {map: [{from: {schema: a}, to: {schema: c}}]}",
        expect![[r#"
            {"from":{"schema":"a"},"to":{"schema":"c"}} (config.yml)
            {"from":{"schema":"a"},"to":{"schema":"b"}} (exposure-lens.yml)"#]],
    );
    check(
        "dbt: {map: [{to: {schema: b}}]}",
        "dbt: {map: []}",
        expect![[r#"{"from":{},"to":{"schema":"b"}} (exposure-lens.yml)"#]],
    );
    check(
        "dbt: {map: [{to: {schema: b}}]}",
        "dbt: {map: }",
        expect![[r#"{"from":{},"to":{"schema":"b"}} (exposure-lens.yml)"#]],
    );
}

#[test]
fn a_rule_may_be_for_one_project() {
    check(
        "",
        "dbt:\n  map:\n    - {project: shop, to: {schema: a}}\n    - {project: other, to: {schema: b}}\n",
        expect![[r#"{"from":{},"project":"shop","to":{"schema":"a"}} (config.yml)"#]],
    );
}

#[test]
fn a_rule_that_is_not_understood_is_left_out_as_a_whole() {
    check(
        "dbt:\n  map:\n    - {from: {shema: dev}, to: {schema: prod}}\n    - {from: {schema: dev}}\n    \
         - {form: {schema: dev}, to: {schema: prod}}\n    - {to: prod}\n    - {to: {schema: 2024}}\n    \
         - {to: {schema: ' '}}\n    - x\n    - {to: {schema: good}}\n",
        "",
        expect![[r#"
            {"from":{},"to":{"schema":"good"}} (exposure-lens.yml)
            exposure-lens.yml: `dbt.map[0]` in `from` has an unknown key `shema`; did you mean `schema`?; it is ignored
            exposure-lens.yml: `dbt.map[1]` makes no sense: `to` names no part, so that the rule changes nothing; it is ignored
            exposure-lens.yml: `dbt.map[2]` has an unknown key `form`; did you mean `from`?; it is ignored
            exposure-lens.yml: `dbt.map[3]` has a `to` that is none: it takes {database, schema, name}; it is ignored
            exposure-lens.yml: `dbt.map[4]` in `to` `schema` is no text: put it in quotes; it is ignored
            exposure-lens.yml: `dbt.map[5]` in `to` `schema` is empty; it is ignored
            exposure-lens.yml: `dbt.map[6]` is no rule: it takes {from, to}; it is ignored"#]],
    );
    check(
        "dbt: {map: {from: {schema: a}, to: {schema: b}}}",
        "",
        expect![
            "exposure-lens.yml: `dbt.map` takes a list of rules, each {from, to}; it is ignored"
        ],
    );
}

#[test]
fn what_an_editor_says_again_takes_the_place_of_what_it_said() {
    let mut settings = Settings::default();
    for schema in ["a", "b"] {
        settings.lay_editor(&json!({"dbt": {"map": [{"to": {"schema": schema}}]}}));
    }
    let rules = settings.name_rules("shop");
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0].to.schema.as_deref(), Some("b"));
}

#[test]
fn the_setting_shows_the_rules_of_all_places() {
    check_settings(
        "dbt: {map: [{to: {schema: b}}], production_manifest: prod/manifest.json}",
        json!({"dbt.map": [{"from": {"schema": "a*"}, "to": {"schema": "c"}}]}),
        expect![[r#"
            dbt.production_manifest = "prod/manifest.json" (exposure-lens.yml)
            dbt.map = [{"from":{"schema":"a*"},"to":{"schema":"c"}},{"from":{},"to":{"schema":"b"}}] (editor)"#]],
    );
    check_settings(
        "dbt: {production_manifest: ../prod/manifest.json}",
        json!({"dbt.production_manifest": "//host/manifest.json"}),
        expect![[r#"
            exposure-lens.yml: `dbt.production_manifest` leads out of the project: "../prod/manifest.json"; it is ignored
            editor: `dbt.production_manifest` names another machine: "//host/manifest.json"; it is ignored"#]],
    );
}

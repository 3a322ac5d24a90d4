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
        expect![],
    );
}

#[test]
fn the_users_rules_come_before_the_teams_and_hide_none() {
    check(
        "dbt: {map: [{from: {schema: a}, to: {schema: b}}]}",
        "dbt: {map: [{from: {schema: a}, to: {schema: c}}]}",
        expect![],
    );
    check(
        "dbt: {map: [{to: {schema: b}}]}",
        "dbt: {map: []}",
        expect![],
    );
    check("dbt: {map: [{to: {schema: b}}]}", "dbt: {map: }", expect![]);
}

#[test]
fn a_rule_may_be_for_one_project() {
    check(
        "",
        "dbt:\n  map:\n    - {project: shop, to: {schema: a}}\n    - {project: other, to: {schema: b}}\n",
        expect![],
    );
}

#[test]
fn a_rule_that_is_not_understood_is_left_out_as_a_whole() {
    check(
        "dbt:\n  map:\n    - {from: {shema: dev}, to: {schema: prod}}\n    - {from: {schema: dev}}\n    \
         - {form: {schema: dev}, to: {schema: prod}}\n    - {to: prod}\n    - {to: {schema: 2024}}\n    \
         - {to: {schema: ' '}}\n    - x\n    - {to: {schema: good}}\n",
        "",
        expect![],
    );
    check(
        "dbt: {map: {from: {schema: a}, to: {schema: b}}}",
        "",
        expect![],
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
        expect![],
    );
    check_settings(
        "dbt: {production_manifest: ../prod/manifest.json}",
        json!({"dbt.production_manifest": "//host/manifest.json"}),
        expect![],
    );
}

//! Files of real projects and edge cases: an exposure is added to each, all
//! other bytes stay, or it is refused.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;
use crate::properties::tests::real::{files, shared};

fn check_files(test: &str, path: &str, expected: Expect) {
    let Some(path) = shared(test, path) else {
        return;
    };
    let mut n_edited = 0;
    let mut refused = String::new();
    let new = NewExposure {
        name: ExposureName::new("exposure_lens_test"),
        description: Some("It's \"all\": {{ x }} # 1".to_owned()),
        ..sales()
    };
    for (name, text) in files(&path) {
        // As it is, with the other line end, and without the last one.
        let other = if text.contains('\r') {
            text.replace('\r', "")
        } else {
            text.replace('\n', "\r\n")
        };
        let cut = text.trim_end_matches(['\r', '\n']);
        let variants = [
            (text.as_str(), FUSION),
            (&other, CORE_1_11),
            (cut, CORE_1_9),
        ];
        for (text, engine) in variants {
            match declared(Some(text), &new, &engine) {
                Ok(edited) => {
                    n_edited += 1;
                    assert_habits(&name, text, &edited);
                }
                Err(error) => {
                    let line = format!("{name}: {error}\n");
                    if !refused.contains(&line) {
                        refused.push_str(&line);
                    }
                }
            }
        }
    }
    expected.assert_eq(&format!("{n_edited} edits\n{refused}"));
}

/// What no reviewer should have to say.
fn assert_habits(name: &str, text: &str, edited: &str) {
    if text.contains("\r\n") && text.matches('\n').count() > 1 {
        assert!(
            !edited.replace("\r\n", "").contains('\n'),
            "{name}: mixed line ends"
        );
    }
    let n_blank = |text: &str| text.matches("\n\n\n").count();
    assert!(
        n_blank(edited) <= n_blank(text) + 1,
        "{name}: more blank lines"
    );
}

#[test]
fn gitlab_s_files_are_extended() {
    check_files(
        "gitlab_s_files_are_extended",
        "exposure_files/gitlab_yml.tar.gz",
        expect![[r#"
            927 edits
        "#]],
    );
}

#[test]
fn teamster_s_files_are_extended() {
    check_files(
        "teamster_s_files_are_extended",
        "exposure_files/teamster",
        expect![[r#"
            15 edits
        "#]],
    );
}

#[test]
fn edge_cases_are_extended_or_refused() {
    check_files(
        "edge_cases_are_extended_or_refused",
        "edge/cases",
        expect![[r#"
            99 edits
            16_label_colon.yml: line 3 is not valid YAML: mapping values are not allowed in this context
            19_multidoc.yml: it holds several YAML documents (`---`), of which dbt takes one; split it first
            20_two_exposures_keys.yml: `exposures:` stands on line 1 and again on line 6; join the lists first
            25_tab.yml: line 3 is not valid YAML: it is indented with a tab; YAML takes spaces only
            26_flow_two_arg_unquoted.yml: line 5 is not valid YAML: invalid trailing content after single-quoted scalar
        "#]],
    );
}

/// The new entry below the last line of the one before it.
#[test]
fn new_entries_look_like_those_around_them() {
    let test = "new_entries_look_like_those_around_them";
    let Some(path) = shared(test, "exposure_files") else {
        return;
    };
    let teamster = files(&path.join("teamster"));
    let gitlab = files(&path.join("gitlab_yml.tar.gz"));
    let mut shown = String::new();
    for (name, text) in teamster.into_iter().chain(gitlab) {
        let Ok(properties) = Properties::parse(&text) else {
            continue;
        };
        let Some(last) = properties.exposures.last() else {
            continue;
        };
        let edited = declared(Some(&text), &sales(), &FUSION).unwrap();
        let properties = Properties::parse(&edited).unwrap();
        let new = properties.exposures.last().unwrap();
        let last_line = edited[..last.span.end].rfind('\n').unwrap();
        let shown_part = visible(&edited[last_line + 1..new.span.end]);
        writeln!(shown, "== {name}\n{shown_part}").unwrap();
    }
    expect![[r#"
        == cube.yml
                    - cube

          - name: sales
            label: Sales
            type: dashboard
            url: https://t.example.com/#/site/acme/workbooks/1
            owner:
              name: Ana Ruiz
            depends_on:
              - ref("orders")
              - source("crm", "accounts")
            config:
              tags: [tableau]
              meta:
                tableau:
                  site: acme
                  luid: 2f1e5a70-0000-4000-8000-000000000001
        == dbt.yml
                    - view
          - name: sales
            label: Sales
            type: dashboard
            url: https://t.example.com/#/site/acme/workbooks/1
            owner:
              name: Ana Ruiz
            depends_on:
              - ref("orders")
              - source("crm", "accounts")
            config:
              tags: [tableau]
              meta:
                tableau:
                  site: acme
                  luid: 2f1e5a70-0000-4000-8000-000000000001
        == google-appsheet.yml
                    - google
          - name: sales
            label: Sales
            type: dashboard
            url: https://t.example.com/#/site/acme/workbooks/1
            owner:
              name: Ana Ruiz
            depends_on:
              - ref("orders")
              - source("crm", "accounts")
            config:
              tags: [tableau]
              meta:
                tableau:
                  site: acme
                  luid: 2f1e5a70-0000-4000-8000-000000000001
        == google-sheets.yml
                    - googlesheets
          - name: sales
            label: Sales
            type: dashboard
            owner:
              name: Ana Ruiz
            url: https://t.example.com/#/site/acme/workbooks/1
            depends_on:
              - ref("orders")
              - source("crm", "accounts")
            config:
              tags: [tableau]
              meta:
                tableau:
                  site: acme
                  luid: 2f1e5a70-0000-4000-8000-000000000001
        == tableau.yml
                      id: 7f960a60-8ddd-4b66-92f0-20cad02a34f1
          - name: sales
            label: Sales
            type: dashboard
            owner:
              name: Ana Ruiz
            depends_on:
              - ref("orders")
              - source("crm", "accounts")
            url: https://t.example.com/#/site/acme/workbooks/1
            config:
              tags: [tableau]
              meta:
                tableau:
                  site: acme
                  luid: 2f1e5a70-0000-4000-8000-000000000001
        == ./transform/snowflake-dbt/models/common_mart/exposures.yml
              email: slack channel or email

          - name: sales
            label: Sales
            type: dashboard
            url: https://t.example.com/#/site/acme/workbooks/1
            depends_on:
              - ref('orders')
              - source('crm', 'accounts')
            owner:
              name: Ana Ruiz
            config:
              tags: [tableau]
              meta:
                tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        == ./transform/snowflake-dbt/models/data_science_exposures.yml
              email: person2@example.com

          - name: sales
            label: Sales
            type: dashboard
            url: https://t.example.com/#/site/acme/workbooks/1
            depends_on:
              - ref('orders')
              - source('crm', 'accounts')
            owner:
              name: Ana Ruiz
            config:
              tags: [tableau]
              meta:
                tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
        == ./transform/snowflake-dbt/models/marts/pumps_sensitive/pump_exposures.yml
              email: gitlab_id@aperez


          - name: sales
            label: Sales
            type: dashboard
            url: https://t.example.com/#/site/acme/workbooks/1
            depends_on:
              - ref('orders')
              - source('crm', 'accounts')
            owner:
              name: Ana Ruiz
            config:
              tags: [tableau]
              meta:
                tableau: {site: acme, luid: 2f1e5a70-0000-4000-8000-000000000001}
    "#]]
    .assert_eq(&shown);
}

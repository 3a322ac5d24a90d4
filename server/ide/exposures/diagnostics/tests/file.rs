//! Of the file as a whole.

use dbt::Engine;
use expect_test::expect;

use super::{NODES, check, check_for};
use crate::testing::{SHOP, analysis, file};

const SOUND: &str = "version: 2\nexposures:\n  - name: sales_board\n    label: Sales {{ var('x') }}\n    type: dashboard\n    maturity: high\n    url: https://t.acme.com/#/site/acme/workbooks/7\n    description: \"{{ doc('x') }}\"\n    owner: {name: Ana, email: a@acme.com}\n    depends_on:\n      - ref('fct_orders')\n      - source('crm', 'accounts')\n      - ref('dim', v=2)\n      - metric('m')\n    config: {enabled: true, tags: [x], meta: {a: 1}}\n";

#[test]
fn a_sound_file_has_none() {
    check(SOUND, expect![""]);
    check_for(Engine::Fusion, NODES, SOUND, expect![""]);
    check_for(Engine::Unknown, NODES, SOUND, expect![""]);
}

#[test]
fn files_without_a_list_are_left_alone() {
    check(
        "models:\n  - name: m\n    name: m\n    description: exposures\n",
        expect![""],
    );
    check("version: 2\n", expect![""]);
}

#[test]
fn a_second_list_hides_the_first() {
    let text = "exposures:\n  - name: a\n    kind: x\nmodels: []\nexposures:\n  - name: b\n    type: dashboard\n    owner: {name: x}\n";
    check(
        text,
        expect![[r#"
        Warning exposures-key-twice at "exposures": `exposures` stands here again further down; the exposures below it do not exist for dbt, which takes the last list
          Join the lists of exposures (preferred)
            +models: []
            -models: []
            -exposures:
            +
        Warning exposure-hidden at "a": dbt does not see `a`: `exposures:` stands in this file again further down, and the last list counts
          Join the lists of exposures (preferred)
            +models: []
            -models: []
            -exposures:
            +
    "#]],
    );
    check_for(
        Engine::Fusion,
        NODES,
        text,
        expect![[r#"
        Error exposures-key-twice at "exposures": `exposures` stands here again further down; the exposures below it do not exist for dbt, which takes the last list; dbt Fusion says that this is an error
          Join the lists of exposures (preferred)
            +models: []
            -models: []
            -exposures:
            +
        Warning exposure-hidden at "a": dbt does not see `a`: `exposures:` stands in this file again further down, and the last list counts
          Join the lists of exposures (preferred)
            +models: []
            -models: []
            -exposures:
            +
    "#]],
    );
}

#[test]
fn a_repeated_key_is_told_wherever_it_stands() {
    let text = "exposures:\n  - name: a\n    type: dashboard\n    owner: {name: x}\n    url: https://a.acme.com\n    url: https://b.acme.com\nmodels:\n  - name: m\n    \"description\": a\n    \"description\": b\n";
    check(
        text,
        expect![[r#"
        Warning yaml-repeated-key at "url": `url` stands here again further down; dbt takes the last one
        Warning yaml-repeated-key at "\"description\"": `description` stands here again further down; dbt takes the last one
    "#]],
    );
    check_for(
        Engine::Fusion,
        NODES,
        text,
        expect![[r#"
        Error yaml-repeated-key at "url": `url` stands here again further down; dbt takes the last one; dbt Fusion says that this is an error
        Error yaml-repeated-key at "\"description\"": `description` stands here again further down; dbt takes the last one; dbt Fusion says that this is an error
    "#]],
    );
}

#[test]
fn a_second_document_is_told_where_it_starts() {
    check(
        "---\n# one\nexposures:\n  - name: a\n    type: ml\n    owner: {name: x}\n    description: |\n      text\n       ---\n--- # two\nexposures: []\n",
        expect![[r#"
            Error yaml-several-documents at "--- # two": a second YAML document starts here; dbt takes one in a file and stops
        "#]],
    );
}

#[test]
fn a_list_that_is_none_stops_core() {
    check(
        "exposures:\n",
        expect![[r#"
        Error exposures-empty at "exposures": `exposures:` has no list, and dbt Core 1.11 stops at that; `[]` is one
    "#]],
    );
    check_for(Engine::Fusion, NODES, "exposures:\n", expect![""]);
    check(
        "exposures: later\n",
        expect![[r#"
        Error exposures-not-a-list at "exposures": `exposures:` is not a list, and dbt stops at that
    "#]],
    );
    check(
        "exposures:\n  - type: ml\n  -\n  - x\n",
        expect![[r#"
        Error exposure-key-missing at "  - type: ml": an exposure without `name`; dbt stops at it
        Error exposure-not-a-map at "  -": this is no exposure: it has no keys; dbt stops at it
        Error exposure-not-a-map at "x": this is no exposure: it has no keys; dbt stops at it
    "#]],
    );
}

#[test]
fn what_is_no_yaml_is_told_once() {
    check(
        "exposures:\n\t- name: x\n",
        expect![[r#"
        Warning yaml-unreadable at "\t- name: x": no Tableau dashboards are shown in this file: line 2 is not valid YAML: it is indented with a tab; YAML takes spaces only
    "#]],
    );
}

#[test]
fn files_that_are_no_properties_are_left_alone() {
    let look = |path: &str| {
        let fixture = fixture::Fixture::parse(&format!(
            "{SHOP}#- {path}\nexposures:\n  shop: {{+enabled: true}}\n"
        ));
        super::shown(&analysis(&fixture), file(&fixture, path))
    };
    assert_eq!(look("dbt_project.yml"), "");
    assert_eq!(look("sub/dbt_project.yml"), "");
    assert_eq!(look("exposure-lens.yml"), "");
    assert_eq!(look("other.yml"), "");
    assert_ne!(look("models/other.yml"), "");
}

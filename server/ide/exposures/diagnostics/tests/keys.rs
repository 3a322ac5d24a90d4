//! Of keys and their values.

use dbt::Engine;
use expect_test::expect;

use super::{CORE_1_9, CORE_1_11, NODES, check, check_entry, check_for};

#[test]
fn missing_keys_stop_every_engine() {
    let text = "exposures:\n  - name: a\n  - name: b\n    type:\n    owner:\n";
    check(
        text,
        expect![[r#"
            Error exposure-key-missing at "a": `a` has no `type`; dbt stops at it
            Error exposure-key-missing at "a": `a` has no `owner`; dbt stops at it
            Error exposure-key-missing at "b": `b` has no `type`; dbt stops at it
            Error exposure-owner-unnamed at "owner": dbt Core 1.11 wants the owner's `name` or `email` and stops here
        "#]],
    );
    check_for(
        Engine::Unknown,
        NODES,
        text,
        expect![[r#"
            Error exposure-key-missing at "a": `a` has no `type`; dbt stops at it
            Error exposure-key-missing at "a": `a` has no `owner`; dbt stops at it
            Error exposure-key-missing at "b": `b` has no `type`; dbt stops at it
        "#]],
    );
}

#[test]
fn merged_keys_are_not_missing() {
    check(
        "x: &x {type: ml, owner: {name: x}}\nexposures:\n  - <<: *x\n    name: a\n  - name: b\n    type: ml\n    owner: &o {name: y}\n  - name: c\n    type: ml\n    owner: *o\n  - name: d\n    type: ml\n    owner: {<<: *o}\n",
        expect![""],
    );
}

#[test]
fn an_owner_without_a_name_stops_core() {
    let text = "exposures:\n  - name: a\n    type: ml\n    owner: {}\n  - name: b\n    type: ml\n    owner: {name: }\n  - name: c\n    type: ml\n    owner: {email: [a@x.com]}\n  - name: d\n    type: ml\n    owner: Ana\n";
    check(
        text,
        expect![[r#"
        Error exposure-owner-unnamed at "{}": dbt Core 1.11 wants the owner's `name` or `email` and stops here
        Error exposure-owner-unnamed at "{name: }": dbt Core 1.11 wants the owner's `name` or `email` and stops here
        Error exposure-owner-unnamed at "Ana": `owner` is not made of `name` and `email`; dbt stops at it
    "#]],
    );
    check_for(
        Engine::Fusion,
        NODES,
        text,
        expect![[r#"
        Error exposure-owner-unnamed at "Ana": `owner` is not made of `name` and `email`; dbt stops at it
    "#]],
    );
}

// Case 08 of the edge project.
#[test]
fn a_type_that_dbt_does_not_know_is_one_that_it_does() {
    let of =
        |text: &str| format!("exposures:\n  - name: a\n    type: {text}\n    owner: {{name: x}}\n");
    check(
        &of("Dashboard"),
        expect![[r#"
        Error exposure-type-unknown at "Dashboard": dbt does not know the type `Dashboard` and stops at it; it knows `dashboard`, `notebook`, `analysis`, `ml`, `application`
          Change to `dashboard` (preferred)
            -    type: Dashboard
            +    type: dashboard
    "#]],
    );
    check(
        &of("'dashbord'"),
        expect![[r#"
        Error exposure-type-unknown at "dashbord": dbt does not know the type `dashbord` and stops at it; it knows `dashboard`, `notebook`, `analysis`, `ml`, `application`
          Change to `dashboard`
            -    type: 'dashbord'
            +    type: 'dashboard'
    "#]],
    );
    check(
        &of("report"),
        expect![[r#"
        Error exposure-type-unknown at "report": dbt does not know the type `report` and stops at it; it knows `dashboard`, `notebook`, `analysis`, `ml`, `application`
          Change to `dashboard`
            -    type: report
            +    type: dashboard
    "#]],
    );
    check(
        &of("[ml]"),
        expect![[r#"
        Error exposure-type-unknown at "[ml]": dbt does not know the type `[ml]` and stops at it; it knows `dashboard`, `notebook`, `analysis`, `ml`, `application`
    "#]],
    );
    check(&of("\"{{ var('t') }}\""), expect![""]);
}

#[test]
fn a_maturity_is_one_of_three_for_core() {
    check_entry(
        CORE_1_11,
        "    maturity: High\n",
        expect![[r#"
        Error exposure-maturity-unknown at "High": dbt Core 1.11 does not know the maturity `High` and stops at it; it knows `high`, `medium`, `low`
          Change to `high` (preferred)
            -    maturity: High
            +    maturity: high
    "#]],
    );
    check_entry(
        CORE_1_11,
        "    maturity: beta\n",
        expect![[r#"
        Error exposure-maturity-unknown at "beta": dbt Core 1.11 does not know the maturity `beta` and stops at it; it knows `high`, `medium`, `low`
    "#]],
    );
    check_entry(Engine::Fusion, "    maturity: beta\n", expect![""]);
    check_entry(Engine::Unknown, "    maturity: beta\n", expect![""]);
}

// Case 21 of the edge project.
#[test]
fn meta_and_tags_stand_where_the_engine_reads_them() {
    let top = "    meta:\n      luid: x\n    tags: [a]\n";
    check_entry(CORE_1_9, top, expect![""]);
    check_entry(
        CORE_1_11,
        top,
        expect![[r#"
        Information exposure-key-deprecated at "meta": dbt Core 1.11 says that the place of `meta` is under `config`; later versions refuse it here
          Move `meta` under `config` (preferred)
            -    meta:
            -      luid: x
            +    config:
            +      meta:
            +        luid: x
        Information exposure-key-deprecated at "tags": dbt Core 1.11 says that the place of `tags` is under `config`; later versions refuse it here
          Move `tags` under `config` (preferred)
            -    tags: [a]
            +    config:
            +      tags: [a]
    "#]],
    );
    check_entry(
        Engine::Fusion,
        top,
        expect![[r#"
        Error exposure-key-refused at "meta": dbt Fusion refuses `meta` here; its place is under `config`
          Move `meta` under `config` (preferred)
            -    meta:
            -      luid: x
            +    config:
            +      meta:
            +        luid: x
        Error exposure-key-refused at "tags": dbt Fusion refuses `tags` here; its place is under `config`
          Move `tags` under `config` (preferred)
            -    tags: [a]
            +    config:
            +      tags: [a]
    "#]],
    );
    check_entry(Engine::Unknown, top, expect![""]);
    let below = "    config:\n      meta: {luid: x}\n      tags: [a]\n      group: g\n";
    check_entry(
        CORE_1_9,
        below,
        expect![[r#"
        Information exposure-config-unread at "meta": dbt Core 1.9 does not read `meta` under `config`, but beside `name`
        Information exposure-config-unread at "tags": dbt Core 1.9 does not read `tags` under `config`, but beside `name`
    "#]],
    );
    check_entry(CORE_1_11, below, expect![""]);
    check_entry(
        Engine::Fusion,
        below,
        expect![[r#"
        Error exposure-key-refused at "group": dbt Fusion refuses `group` in the `config` of an exposure
    "#]],
    );
}

#[test]
fn keys_that_no_engine_takes_are_refused() {
    check_entry(
        CORE_1_11,
        "    enabled: false\n    lable: Sales\n    group: g\n    x-note: y\n",
        expect![[r#"
            Error exposure-key-refused at "enabled": dbt Core 1.11 refuses `enabled` here; its place is under `config`
              Move `enabled` under `config` (preferred)
                -    enabled: false
                +    config:
                +      enabled: false
            Error exposure-key-refused at "lable": dbt Core 1.11 refuses the key `lable` in an exposure
              Change to `label`
                -    lable: Sales
                +    label: Sales
            Error exposure-key-refused at "group": dbt Core 1.11 refuses the key `group` in an exposure
            Error exposure-key-refused at "x-note": dbt Core 1.11 refuses the key `x-note` in an exposure
        "#]],
    );
    check_entry(
        Engine::Unknown,
        "    group: g\n",
        expect![[r#"
        Error exposure-key-refused at "group": dbt refuses the key `group` in an exposure
    "#]],
    );
}

#[test]
fn an_address_that_is_yet_to_be_filled_in_is_told() {
    check_entry(
        CORE_1_11,
        "    url: https://t.acme.com/#/site/acme/workbooks/TBD\n",
        expect![[r#"
            Information exposure-url-placeholder at "https://t.acme.com/#/site/acme/workbooks/TBD": this address is a placeholder: it leads nowhere, and nothing is found by it
        "#]],
    );
    check_entry(
        CORE_1_11,
        "    url: TBD\n",
        expect![[r#"
        Information exposure-url-placeholder at "TBD": this address is a placeholder: it leads nowhere, and nothing is found by it
    "#]],
    );
    check_entry(
        CORE_1_11,
        "    url: \"https://www.example.com/x\"\n",
        expect![[r#"
            Information exposure-url-placeholder at "https://www.example.com/x": this address is a placeholder: it leads nowhere, and nothing is found by it
        "#]],
    );
    check_entry(CORE_1_11, "    url: \"{{ var('u') }}/TBD\"\n", expect![""]);
}

// Case 24 of the edge project.
#[test]
fn what_is_no_text_gets_quotes() {
    check_entry(
        CORE_1_11,
        "    label: 2024\n    description: no\n",
        expect![[r#"
            Error exposure-not-text at "2024": `2024` is no text without quotes; dbt Core 1.11 wants one and stops here
              Put quotes around `2024` (preferred)
                -    label: 2024
                +    label: "2024"
            Error exposure-not-text at "no": `no` is no text without quotes; dbt Core 1.11 wants one and stops here
              Put quotes around `no` (preferred)
                -    description: no
                +    description: "no"
        "#]],
    );
    check_entry(
        Engine::Fusion,
        "    label: 2024\n    description: no\n",
        expect![[r#"
            Error exposure-not-text at "2024": `2024` is no text without quotes; dbt Fusion wants one and stops here
              Put quotes around `2024` (preferred)
                -    label: 2024
                +    label: "2024"
        "#]],
    );
    check(
        "exposures:\n  - name: a\n    type: ml\n    owner: {name: No, email: 12:30}\n",
        expect![[r#"
            Error exposure-not-text at "No": `No` is no text without quotes; dbt Core 1.11 wants one and stops here
              Put quotes around `No` (preferred)
                -    owner: {name: No, email: 12:30}
                +    owner: {name: "No", email: 12:30}
            Error exposure-not-text at "12:30": `12:30` is no text without quotes; dbt Core 1.11 wants one and stops here
              Put quotes around `12:30` (preferred)
                -    owner: {name: No, email: 12:30}
                +    owner: {name: No, email: "12:30"}
        "#]],
    );
}

// Cases 03 of the edge project.
#[test]
fn a_template_that_is_never_closed_is_told() {
    check_entry(
        CORE_1_11,
        "    label: 100{% growth\n    description: \"C{# x\"\n    url: \"https://t.acme.com/{{ x\"\n",
        expect![[r#"
            Error exposure-jinja-unclosed at "100{% growth": `{%` starts a template and nothing ends it; dbt Core 1.11 stops at it
            Error exposure-jinja-unclosed at "C{# x": `{#` starts a template and nothing ends it; dbt Core 1.11 stops at it
            Error exposure-jinja-unclosed at "https://t.acme.com/{{ x": `{{` starts a template and nothing ends it; dbt Core 1.11 stops at it
        "#]],
    );
    check_entry(
        CORE_1_11,
        "    label: \"C{#\"\n",
        expect![[r#"
        Warning exposure-jinja-unclosed at "C{#": `{#` starts a template and nothing ends it; dbt Core 1.11 drops it
    "#]],
    );
    check_entry(
        Engine::Fusion,
        "    label: \"C{#\"\n",
        expect![[r#"
        Error exposure-jinja-unclosed at "C{#": `{#` starts a template and nothing ends it; dbt Fusion stops at it
    "#]],
    );
    check_entry(
        Engine::Fusion,
        "    description: \"C{# x\"\n",
        expect![[r#"
        Error exposure-jinja-unclosed at "C{# x": `{#` starts a template and nothing ends it; dbt Fusion stops at it
    "#]],
    );
    check_entry(
        CORE_1_11,
        "    label: \"{% raw %}{# {{ {%{% endraw %} {{ x }} { %} }}\"\n",
        expect![""],
    );
    check_entry(
        CORE_1_11,
        "    label: \"{% raw %} x\"\n",
        expect![[r#"
        Error exposure-jinja-unclosed at "{% raw %} x": `{%` starts a template and nothing ends it; dbt Core 1.11 stops at it
    "#]],
    );
}

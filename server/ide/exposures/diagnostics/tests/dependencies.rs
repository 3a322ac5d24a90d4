//! Of `depends_on`.

use dbt::Engine;
use expect_test::{Expect, expect};

use super::{CORE_1_11, NODES, check_entry, check_for};

/// One item.
#[track_caller]
fn check_item(engine: Engine, item: &str, expected: Expect) {
    check_entry(
        engine,
        &format!("    depends_on:\n      - {item}\n"),
        expected,
    );
}

// Case 10 of the edge project.
#[test]
fn what_leads_to_nothing_is_told_with_the_nearest_names() {
    check_item(
        CORE_1_11,
        "ref('fct_order')",
        expect![[r#"
        Error exposure-ref-unknown at "ref('fct_order')": the manifest has no node `fct_order`; unless it is new since `dbt parse`, dbt Core 1.11 stops at it
          Change to `fct_orders`
            -      - ref('fct_order')
            +      - ref('fct_orders')
    "#]],
    );
    check_item(
        CORE_1_11,
        "ref(\"FCT_ORDERS\") # why",
        expect![[r#"
        Error exposure-ref-unknown at "ref(\"FCT_ORDERS\")": the manifest has no node `FCT_ORDERS`; unless it is new since `dbt parse`, dbt Core 1.11 stops at it
          Change to `fct_orders`
            -      - ref("FCT_ORDERS") # why
            +      - ref("fct_orders") # why
    "#]],
    );
    check_item(
        CORE_1_11,
        "\"ref('pkg', 'fct_orders')\"",
        expect![[r#"
        Error exposure-ref-unknown at "ref('pkg', 'fct_orders')": the manifest has no node `fct_orders` of `pkg`; unless it is new since `dbt parse`, dbt Core 1.11 stops at it
          Change to `ref('fct_orders')`
            -      - "ref('pkg', 'fct_orders')"
            +      - "ref('fct_orders')"
    "#]],
    );
    check_item(
        CORE_1_11,
        "source('crm', 'account')",
        expect![[r#"
        Error exposure-ref-unknown at "source('crm', 'account')": the manifest has no source `crm.account`; unless it is new since `dbt parse`, dbt Core 1.11 stops at it
          Change to `crm.accounts`
            -      - source('crm', 'account')
            +      - source('crm', 'accounts')
    "#]],
    );
    check_item(
        CORE_1_11,
        "ref('dim', v=9)",
        expect![[r#"
        Error exposure-ref-unknown at "ref('dim', v=9)": `dim` has no such version, but 1, 2; unless it is new since `dbt parse`, dbt Core 1.11 stops at it
          Change to `ref('dim')`
            -      - ref('dim', v=9)
            +      - ref('dim')
    "#]],
    );
    check_item(
        CORE_1_11,
        "ref('nothing_like_it')",
        expect![[r#"
        Error exposure-ref-unknown at "ref('nothing_like_it')": the manifest has no node `nothing_like_it`; unless it is new since `dbt parse`, dbt Core 1.11 stops at it
    "#]],
    );
    check_item(
        Engine::Fusion,
        "ref('nothing_like_it')",
        expect![[r#"
        Warning exposure-ref-unknown at "ref('nothing_like_it')": the manifest has no node `nothing_like_it`; unless it is new since `dbt parse`, dbt Fusion leaves the exposure out
    "#]],
    );
    check_item(
        Engine::Unknown,
        "ref('nothing_like_it')",
        expect![[r#"
        Warning exposure-ref-unknown at "ref('nothing_like_it')": the manifest has no node `nothing_like_it`; unless it is new since `dbt parse`, dbt stops at it or leaves the exposure out
    "#]],
    );
}

#[test]
fn nothing_is_called_unknown_that_may_only_not_be_read() {
    let item = "exposures:\n  - name: a\n    type: ml\n    owner: {name: x}\n    depends_on: [ref('nope')]\n";
    check_for(
        CORE_1_11,
        &format!("{NODES}#- skipped\nmodel.shop.nope\n"),
        item,
        expect![""],
    );
    check_item(CORE_1_11, "ref(var('x'))", expect![""]);
    check_item(CORE_1_11, "metric('x')", expect![""]);
    check_item(
        CORE_1_11,
        "ref('fct_orders'), ref('fct_returns')",
        expect![""],
    );
}

// Case 09 of the edge project.
#[test]
fn what_is_disabled_says_where() {
    check_item(
        CORE_1_11,
        "ref('old_orders')",
        expect![[r#"
        Error exposure-ref-disabled at "ref('old_orders')": `old_orders` is disabled (models/old/old_orders.sql); dbt Core 1.11 stops at it
    "#]],
    );
    check_item(
        CORE_1_11,
        "ref('other', 'old_orders')",
        expect![[r#"
        Error exposure-ref-unknown at "ref('other', 'old_orders')": the manifest has no node `old_orders` of `other`; unless it is new since `dbt parse`, dbt Core 1.11 stops at it
    "#]],
    );
    check_item(
        Engine::Fusion,
        "ref('old_orders')",
        expect![[r#"
        Warning exposure-ref-disabled at "ref('old_orders')": `old_orders` is disabled (models/old/old_orders.sql); dbt Fusion leaves the exposure out
    "#]],
    );
    check_item(
        CORE_1_11,
        "source('crm', 'leads')",
        expect![[r#"
        Error exposure-ref-disabled at "source('crm', 'leads')": `leads` is disabled (models/sources.yml); dbt Core 1.11 stops at it
    "#]],
    );
}

#[test]
fn a_private_model_is_refused_as_the_engine_does() {
    check_item(
        CORE_1_11,
        "ref('secret')",
        expect![[r#"
        Error exposure-ref-private at "ref('secret')": `secret` has `access: private`, and dbt Core 1.11 refuses an exposure on it
    "#]],
    );
    check_item(Engine::Fusion, "ref('secret')", expect![""]);
    check_item(Engine::Unknown, "ref('secret')", expect![""]);
}

#[test]
fn a_disabled_exposure_may_lead_anywhere() {
    let keys = "    depends_on: [ref('nope'), fct_orders]\n    config: {enabled: false}\n";
    check_entry(
        CORE_1_11,
        keys,
        expect![[r#"
        Warning exposure-dependency-bare at "fct_orders": `fct_orders` is a name without `ref()`; dbt Core 1.11 reads no dependency in it, and says nothing
          Change to `ref('fct_orders')` (preferred)
            -    depends_on: [ref('nope'), fct_orders]
            +    depends_on: [ref('nope'), ref('fct_orders')]
    "#]],
    );
    let keys = "    depends_on: [ref('nope')]\n    config: {enabled: \"{{ var('x') }}\"}\n";
    check_entry(
        CORE_1_11,
        keys,
        expect![[r#"
        Warning exposure-ref-unknown at "ref('nope')": the manifest has no node `nope`; unless it is new since `dbt parse`, dbt Core 1.11 stops at it
    "#]],
    );
}

#[test]
fn a_bare_name_is_no_dependency() {
    check_item(
        CORE_1_11,
        "fct_orders",
        expect![[r#"
        Warning exposure-dependency-bare at "fct_orders": `fct_orders` is a name without `ref()`; dbt Core 1.11 reads no dependency in it, and says nothing
          Change to `ref('fct_orders')` (preferred)
            -      - fct_orders
            +      - ref('fct_orders')
    "#]],
    );
    check_item(
        Engine::Fusion,
        "'crm.accounts'",
        expect![[r#"
        Error exposure-dependency-bare at "crm.accounts": `crm.accounts` is a name without `ref()`; dbt Fusion fails at it
          Change to `source('crm', 'accounts')` (preferred)
            -      - 'crm.accounts'
            +      - "source('crm', 'accounts')"
    "#]],
    );
    check_item(
        CORE_1_11,
        "no_such_thing",
        expect![[r#"
        Warning exposure-dependency-bare at "no_such_thing": `no_such_thing` is a name without `ref()`; dbt Core 1.11 reads no dependency in it, and says nothing
    "#]],
    );
    check_entry(
        CORE_1_11,
        "    depends_on: [fct_orders, crm.accounts]\n",
        expect![[r#"
            Warning exposure-dependency-bare at "fct_orders": `fct_orders` is a name without `ref()`; dbt Core 1.11 reads no dependency in it, and says nothing
              Change to `ref('fct_orders')` (preferred)
                -    depends_on: [fct_orders, crm.accounts]
                +    depends_on: [ref('fct_orders'), crm.accounts]
            Warning exposure-dependency-bare at "crm.accounts": `crm.accounts` is a name without `ref()`; dbt Core 1.11 reads no dependency in it, and says nothing
              Change to `source('crm', 'accounts')` (preferred)
                -    depends_on: [fct_orders, crm.accounts]
                +    depends_on: [fct_orders, "source('crm', 'accounts')"]
        "#]],
    );
}

// Case 33 of the edge project.
#[test]
fn a_wrapped_call_is_unwrapped() {
    check_item(
        CORE_1_11,
        "\"{{ ref('fct_orders') }}\"",
        expect![[r#"
        Error exposure-dependency-wrapped at "{{ ref('fct_orders') }}": dbt puts `{{ }}` around each item itself and stops where there is one already
          Change to `ref('fct_orders')` (preferred)
            -      - "{{ ref('fct_orders') }}"
            +      - "ref('fct_orders')"
    "#]],
    );
    check_item(
        CORE_1_11,
        "'{{ ref(\"fct_orders\") }}'",
        expect![[r#"
        Error exposure-dependency-wrapped at "{{ ref(\"fct_orders\") }}": dbt puts `{{ }}` around each item itself and stops where there is one already
          Change to `ref("fct_orders")` (preferred)
            -      - '{{ ref("fct_orders") }}'
            +      - 'ref("fct_orders")'
    "#]],
    );
    check_item(
        Engine::Unknown,
        "{{ ref('fct_orders') }}",
        expect![[r#"
        Error exposure-dependency-wrapped at "{{ ref('fct_orders') }}": dbt puts `{{ }}` around each item itself and stops where there is one already
          Change to `ref('fct_orders')` (preferred)
            -      - {{ ref('fct_orders') }}
            +      - ref('fct_orders')
    "#]],
    );
    check_item(
        CORE_1_11,
        "{{ source('crm', 'accounts') }}",
        expect![[r#"
        Warning yaml-unreadable at "      - {{ source('crm', 'accounts') }}": no Tableau dashboards are shown in this file: line 6 is not valid YAML: invalid trailing content after single-quoted scalar
    "#]],
    );
    check_entry(
        CORE_1_11,
        "    depends_on: [\"{{ source('crm', 'accounts') }}\"]\n",
        expect![[r#"
            Error exposure-dependency-wrapped at "{{ source('crm', 'accounts') }}": dbt puts `{{ }}` around each item itself and stops where there is one already
              Change to `source('crm', 'accounts')` (preferred)
                -    depends_on: ["{{ source('crm', 'accounts') }}"]
                +    depends_on: ["source('crm', 'accounts')"]
        "#]],
    );
    check_item(
        CORE_1_11,
        "\"{{ ref('a') }} {{ ref('b') }}\"",
        expect![[r#"
        Error exposure-dependency-wrapped at "{{ ref('a') }} {{ ref('b') }}": dbt puts `{{ }}` around each item itself and stops where there is one already
    "#]],
    );
}

// Case 28 of the edge project.
#[test]
fn a_list_that_is_none_is_told() {
    check_entry(
        CORE_1_11,
        "    depends_on:\n",
        expect![[r#"
        Error exposure-dependencies-empty at "depends_on": `depends_on:` has no list, and dbt Core 1.11 stops at that; `[]` is one
    "#]],
    );
    check_entry(Engine::Fusion, "    depends_on:\n", expect![""]);
    check_entry(
        Engine::Fusion,
        "    depends_on: ref('fct_orders')\n",
        expect![[r#"
            Error exposure-dependencies-not-a-list at "ref('fct_orders')": `depends_on` is not a list, and dbt Fusion stops at that
        "#]],
    );
    check_entry(
        CORE_1_11,
        "    depends_on:\n      -\n      - [ref('x')]\n      - ~\n",
        expect![[r#"
            Error exposure-dependency-not-text at "depends_on": an item of `depends_on` is empty; dbt Core 1.11 stops at it
            Error exposure-dependency-not-text at "[ref('x')]": an item of `depends_on` is no text; dbt Core 1.11 stops at it
            Error exposure-dependency-not-text at "~": an item of `depends_on` is empty; dbt Core 1.11 stops at it
        "#]],
    );
}

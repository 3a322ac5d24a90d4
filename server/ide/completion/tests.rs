use expect_test::{Expect, expect};
use fixture::Fixture;

use super::Completions;
use crate::analysis::Analysis;
use crate::testing::{SHOP, analysis, file};

/// What is offered at the cursor in an exposures file of [`SHOP`].
#[track_caller]
fn check(text: &str, expect: Expect) {
    check_in(SHOP, text, expect);
}

#[track_caller]
fn check_in(project: &str, text: &str, expect: Expect) {
    let (fixture, analysis) = project_with(project, text);
    expect.assert_eq(&show(&fixture, &asked(&fixture, &analysis)));
}

fn project_with(project: &str, text: &str) -> (Fixture, Analysis) {
    let fixture = Fixture::parse(&format!("{project}#- models/exp.yml\n{text}"));
    let analysis = analysis(&fixture);
    (fixture, analysis)
}

fn asked(fixture: &Fixture, analysis: &Analysis) -> Completions {
    let (path, offset) = fixture.cursor();
    analysis.completions(file(fixture, path), offset)
}

/// A line an offer: the cursor's line as it would be, and what is said of it.
fn show(fixture: &Fixture, found: &Completions) -> String {
    let (path, offset) = fixture.cursor();
    let text = fixture.file(path);
    let mut shown = String::new();
    for it in &found.items {
        assert!(it.range.start <= offset && offset <= it.range.end);
        let start = text[..it.range.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[it.range.end..].find(['\r', '\n']);
        let end = end.map_or(text.len(), |at| it.range.end + at);
        let line = format!(
            "{}{}{}",
            &text[start..it.range.start],
            it.insert,
            &text[it.range.end..end]
        );
        let detail = it.detail.as_deref().unwrap_or_default();
        shown += &format!(
            "{} | {} | {} | {detail}\n",
            line.trim(),
            it.label,
            it.filter
        );
    }
    if found.is_incomplete {
        shown += "and more\n";
    }
    shown
}

/// An item of `depends_on`.
#[track_caller]
fn check_item(item: &str, expect: Expect) {
    check(
        &format!(
            "exposures:\n  - name: x\n    depends_on:\n      - ref('stg_orders')\n      {item}\n"
        ),
        expect,
    );
}

#[test]
fn nodes_are_completed_by_exactly_what_is_missing() {
    check_item(
        "- $0",
        expect![[r#"
        - ref('dim_vendors') | dim_vendors | ref('dim_vendors') | model · DB.MARTS.dim_vendors
        - ref('fct_orders') | fct_orders | ref('fct_orders') | model · DB.MARTS.fct_orders · 3 dashboards
        - ref('fct_returns') | fct_returns | ref('fct_returns') | model · DB.MARTS.fct_returns · 1 dashboard
        - source('crm', 'accounts') | crm.accounts | source('crm', 'accounts') | source · RAW.CRM.ACCOUNTS · 1 dashboard
    "#]],
    );
    check_item(
        "- re$0",
        expect![[r#"
        - ref('fct_returns') | fct_returns | ref('fct_returns') | model · DB.MARTS.fct_returns · 1 dashboard
        - ref('dim_vendors') | dim_vendors | ref('dim_vendors') | model · DB.MARTS.dim_vendors
        - ref('fct_orders') | fct_orders | ref('fct_orders') | model · DB.MARTS.fct_orders · 3 dashboards
    "#]],
    );
    check_item(
        "- ven$0",
        expect![[r#"
        - ref('dim_vendors') | dim_vendors | dim_vendors | model · DB.MARTS.dim_vendors
    "#]],
    );
    check_item(
        "- ref('fct_$0",
        expect![[r#"
        - ref('fct_orders') | fct_orders | fct_orders | model · DB.MARTS.fct_orders · 3 dashboards
        - ref('fct_returns') | fct_returns | fct_returns | model · DB.MARTS.fct_returns · 1 dashboard
    "#]],
    );
    check_item(
        "- ref('fct_r$0')",
        expect![[r#"
        - ref('fct_returns') | fct_returns | fct_returns | model · DB.MARTS.fct_returns · 1 dashboard
        - ref('fct_orders') | fct_orders | fct_orders | model · DB.MARTS.fct_orders · 3 dashboards
    "#]],
    );
    check_item(
        "- ref('$0)",
        expect![[r#"
        - ref('dim_vendors') | dim_vendors | dim_vendors | model · DB.MARTS.dim_vendors
        - ref('fct_orders') | fct_orders | fct_orders | model · DB.MARTS.fct_orders · 3 dashboards
        - ref('fct_returns') | fct_returns | fct_returns | model · DB.MARTS.fct_returns · 1 dashboard
    "#]],
    );
    check_item(
        "- ref(\"fct_r$0",
        expect![[r#"
        - ref("fct_returns") | fct_returns | fct_returns | model · DB.MARTS.fct_returns · 1 dashboard
        - ref("fct_orders") | fct_orders | fct_orders | model · DB.MARTS.fct_orders · 3 dashboards
    "#]],
    );
    check_item(
        "- \"ref('fct_r$0')\"",
        expect![[r#"
        - "ref('fct_returns')" | fct_returns | fct_returns | model · DB.MARTS.fct_returns · 1 dashboard
        - "ref('fct_orders')" | fct_orders | fct_orders | model · DB.MARTS.fct_orders · 3 dashboards
    "#]],
    );
    check_item(
        "- ref( 'fct_r$0",
        expect![[r#"
        - ref('fct_returns') | fct_returns | ref( 'fct_returns | model · DB.MARTS.fct_returns · 1 dashboard
        - ref('fct_orders') | fct_orders | ref( 'fct_orders | model · DB.MARTS.fct_orders · 3 dashboards
    "#]],
    );
    check_item(
        "- so$0",
        expect![[r#"
        - source('crm', 'accounts') | crm.accounts | source('crm', 'accounts') | source · RAW.CRM.ACCOUNTS · 1 dashboard
    "#]],
    );
    check_item(
        "- source('$0",
        expect![[r#"
        - source('crm', 'accounts') | crm.accounts | crm.accounts | source · RAW.CRM.ACCOUNTS · 1 dashboard
    "#]],
    );
    check_item(
        "- source('crm', 'a$0')",
        expect![[r#"
        - source('crm', 'accounts') | crm.accounts | accounts | source · RAW.CRM.ACCOUNTS · 1 dashboard
    "#]],
    );
    check_item("- source('web', '$0')", expect![[""]]);
    check_item(
        "$0",
        expect![[r#"
        - ref('dim_vendors') | dim_vendors | ref('dim_vendors') | model · DB.MARTS.dim_vendors
        - ref('fct_orders') | fct_orders | ref('fct_orders') | model · DB.MARTS.fct_orders · 3 dashboards
        - ref('fct_returns') | fct_returns | ref('fct_returns') | model · DB.MARTS.fct_returns · 1 dashboard
        - source('crm', 'accounts') | crm.accounts | source('crm', 'accounts') | source · RAW.CRM.ACCOUNTS · 1 dashboard
    "#]],
    );
}

#[test]
fn what_the_workbook_reads_and_the_exposure_lacks_comes_first() {
    check(
        "exposures:\n  - name: sales\n    depends_on:\n      - $0\n",
        expect![[r#"
            - ref('fct_orders') | fct_orders | ref('fct_orders') | read by Sales in Tableau, not listed · model · DB.MARTS.fct_orders · 3 dashboards
            - ref('dim_vendors') | dim_vendors | ref('dim_vendors') | model · DB.MARTS.dim_vendors
            - ref('fct_returns') | fct_returns | ref('fct_returns') | model · DB.MARTS.fct_returns · 1 dashboard
            - ref('stg_orders') | stg_orders | ref('stg_orders') | model · DB.STAGING.stg_orders
            - source('crm', 'accounts') | crm.accounts | source('crm', 'accounts') | source · RAW.CRM.ACCOUNTS · 1 dashboard
        "#]],
    );
    check(
        "exposures:\n  - name: ops\n    label: Weekly Ops\n    depends_on:\n      - $0\n",
        expect![[r#"
            - ref('fct_orders') | fct_orders | ref('fct_orders') | read by Weekly Ops in Tableau, not listed · model · DB.MARTS.fct_orders · 3 dashboards
            - ref('fct_returns') | fct_returns | ref('fct_returns') | read by Weekly Ops in Tableau, not listed · model · DB.MARTS.fct_returns · 1 dashboard
            - ref('dim_vendors') | dim_vendors | ref('dim_vendors') | model · DB.MARTS.dim_vendors
            - ref('stg_orders') | stg_orders | ref('stg_orders') | model · DB.STAGING.stg_orders
            - source('crm', 'accounts') | crm.accounts | source('crm', 'accounts') | source · RAW.CRM.ACCOUNTS · 1 dashboard
        "#]],
    );
    check(
        "exposures:\n  - name: x\n    url: https://t.example/#/site/acme/workbooks/7\n    depends_on:\n      - $0\n",
        expect![[r#"
            - source('crm', 'accounts') | crm.accounts | source('crm', 'accounts') | read by Leads in Tableau, not listed · source · RAW.CRM.ACCOUNTS · 1 dashboard
            - ref('dim_vendors') | dim_vendors | ref('dim_vendors') | model · DB.MARTS.dim_vendors
            - ref('fct_orders') | fct_orders | ref('fct_orders') | model · DB.MARTS.fct_orders · 3 dashboards
            - ref('fct_returns') | fct_returns | ref('fct_returns') | model · DB.MARTS.fct_returns · 1 dashboard
            - ref('stg_orders') | stg_orders | ref('stg_orders') | model · DB.STAGING.stg_orders
        "#]],
    );
}

#[test]
fn packages_versions_and_what_may_not_be_referenced() {
    let project = "#- nodes\nmodel.shop.dim.v1 DB.S.a latest=2\nmodel.shop.dim.v2 DB.S.b latest=2\n\
        model.pkg.orders DB.P.orders\nmodel.shop.orders DB.S.orders\nmodel.shop.secret DB.S.c access=private\n\
        seed.shop.codes DB.S.codes\nsnapshot.shop.snap DB.S.snap\nmodel.shop.eph -\n";
    let check = |item: &str, expect| {
        check_in(
            project,
            &format!("exposures:\n- name: x\n  depends_on: {item}"),
            expect,
        );
    };
    check(
        "\n  - $0",
        expect![[r#"
        - ref('codes') | codes | ref('codes') | seed · DB.S.codes
        - ref('dim', v=1) | dim.v1 | ref('dim', v=1) | model · DB.S.a
        - ref('dim') | dim.v2 | ref('dim') | model · DB.S.b
        - ref('eph') | eph | ref('eph') | model
        - ref('orders') | orders | ref('orders') | model · DB.S.orders
        - ref('snap') | snap | ref('snap') | snapshot · DB.S.snap
        - ref('pkg', 'orders') | pkg.orders | ref('pkg', 'orders') | model · DB.P.orders
    "#]],
    );
    check(
        "\n  - ref('dim$0')",
        expect![[r#"
        - ref('dim', v=1) | dim.v1 | dim.v1 | model · DB.S.a
        - ref('dim') | dim.v2 | dim.v2 | model · DB.S.b
    "#]],
    );
    check(
        "\n  - ref('pkg', '$0')",
        expect![[r#"
        - ref('pkg', 'orders') | pkg.orders | pkg.orders | model · DB.P.orders
    "#]],
    );
    check(
        "[$0]",
        expect![[r#"
        depends_on: [ref('codes')] | codes | ref('codes') | seed · DB.S.codes
        depends_on: ["ref('dim', v=1)"] | dim.v1 | ref('dim', v=1) | model · DB.S.a
        depends_on: [ref('dim')] | dim.v2 | ref('dim') | model · DB.S.b
        depends_on: [ref('eph')] | eph | ref('eph') | model
        depends_on: [ref('orders')] | orders | ref('orders') | model · DB.S.orders
        depends_on: [ref('snap')] | snap | ref('snap') | snapshot · DB.S.snap
        depends_on: ["ref('pkg', 'orders')"] | pkg.orders | ref('pkg', 'orders') | model · DB.P.orders
    "#]],
    );
    check(
        "[ref('orders'), ref('d$0')]",
        expect![[r#"
        depends_on: [ref('orders'), "ref('dim', v=1)"] | dim.v1 | ref('dim.v1 | model · DB.S.a
        depends_on: [ref('orders'), ref('dim')] | dim.v2 | dim.v2 | model · DB.S.b
        depends_on: [ref('orders'), ref('codes')] | codes | codes | seed · DB.S.codes
        depends_on: [ref('orders'), "ref('pkg', 'orders')"] | pkg.orders | ref('pkg.orders | model · DB.P.orders
    "#]],
    );
    check(
        "[ref('ord$0",
        expect![[r#"
        depends_on: [ref('orders') | orders | orders | model · DB.S.orders
        depends_on: ["ref('pkg', 'orders')" | pkg.orders | ref('pkg.orders | model · DB.P.orders
    "#]],
    );
}

#[test]
fn owners_of_other_exposures_and_tableaus_first() {
    let project = "#- nodes\nmodel.shop.a DB.S.a\n#- exposures\n\
        one owner=\"Ana\"\ntwo owner=\"Bo: B\"\nthree owner=\"Bo: B\"\nmine label=\"Sales\" tableau.luid=2f1e9a30-0000-4000-8000-00000000abcd\n\
        #- tableau\nworkbook Sales luid=2f1e9a30-0000-4000-8000-00000000abcd owner=\"Zoë {{ x }}\" email=z@x.example\ndatasource D snowflake\n[DB].[S].[A]\n";
    check_in(
        project,
        "exposures:\n  - name: mine\n    owner:\n      name: $0",
        expect![[r#"
            name: "{% raw %}Zoë {{ x }}{% endraw %}" | Zoë {{ x }} | Zoë {{ x }} | owns Sales in Tableau
            name: "Bo: B" | Bo: B | Bo: B | owner of 2 exposures
            name: "Ana" | Ana | Ana | owner of 1 exposure
        "#]],
    );
    check_in(
        project,
        "exposures:\n  - name: x\n    owner: {name: b$0}",
        expect![[r#"
            owner: {name: "Bo: B"} | Bo: B | Bo: B | owner of 2 exposures
        "#]],
    );
    check_in(
        project,
        "exposures:\n  - name: x\n    owner:\n      name: 'b$0'",
        expect![[r#"
            name: 'Bo: B' | Bo: B | 'Bo: B | owner of 2 exposures
        "#]],
    );
    check_in(
        project,
        "exposures:\n  - name: mine\n    owner:\n      email: $0",
        expect![[""]],
    );
}

#[test]
fn workbooks_without_an_exposure_by_name_title_and_page() {
    check(
        "exposures:\n  - name: $0",
        expect![[r#"
        - name: leads | leads | leads | Tableau: Leads
        - name: weekly_ops | weekly_ops | weekly_ops | Tableau: Weekly Ops
    "#]],
    );
    check(
        "exposures:\n  - name: x\n    label: $0",
        expect![[r#"
        label: "Leads" | Leads | Leads | Tableau
        label: "Weekly Ops" | Weekly Ops | Weekly Ops | Tableau
    "#]],
    );
    check(
        "exposures:\n  - name: x\n    label: \"we$0\"",
        expect![[r#"
            label: "Weekly Ops" | Weekly Ops | "Weekly Ops | Tableau
        "#]],
    );
    check(
        "exposures:\n  - name: x\n    label:$0",
        expect![[r#"
        label: "Leads" | Leads | Leads | Tableau
        label: "Weekly Ops" | Weekly Ops | Weekly Ops | Tableau
    "#]],
    );
    check(
        "exposures:\n  - name: x\n    url: $0",
        expect![[r#"
        url: "https://t.example/#/site/acme/workbooks/7" | Leads | Leads https://t.example/#/site/acme/workbooks/7 | https://t.example/#/site/acme/workbooks/7
    "#]],
    );
}

#[test]
fn titles_are_written_so_that_they_come_back() {
    let project = "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\nworkbook 100{%_growth\ndatasource D snowflake\n[DB].[S].[A]\n\
        workbook No\ndatasource D snowflake\n[DB].[S].[A]\nworkbook it's_*\ndatasource D snowflake\n[DB].[S].[A]\n";
    check_in(
        project,
        "exposures:\n  - name: x\n    label: $0",
        expect![[r#"
            label: "{% raw %}100{%_growth{% endraw %}" | 100{%_growth | 100{%_growth | Tableau
            label: "No" | No | No | Tableau
            label: "it's_*" | it's_* | it's_* | Tableau
        "#]],
    );
    check_in(
        project,
        "exposures:\n  - name: x\n    label: '$0'",
        expect![[r#"
            label: '{% raw %}100{%_growth{% endraw %}' | 100{%_growth | '100{%_growth | Tableau
            label: 'No' | No | 'No | Tableau
            label: "it's_*" | it's_* | 'it's_* | Tableau
        "#]],
    );
    let (fixture, analysis) = project_with(project, "exposures:\n  - name: x\n    label: i$0");
    let found = asked(&fixture, &analysis);
    let documentation = found.items[0].documentation.as_deref().unwrap_or_default();
    expect![[r#"**it\'s\_\*** · 1 dashboard"#]].assert_eq(documentation);
}

#[test]
fn keys_and_values_of_dbts_own() {
    check(
        "exposures:\n  - name: x\n    type: dashboard\n    $0\n",
        expect![[r#"
            label: | label | label | 
            maturity: | maturity | maturity | 
            url: | url | url | 
            description: | description | description | 
            owner: | owner | owner | dbt requires it
            depends_on: | depends_on | depends_on | 
            config: | config | config | 
        "#]],
    );
    check(
        "exposures:\n  - n$0",
        expect![[r#"
        - name: | name | name | dbt requires it
        - description: | description | description | 
        - owner: | owner | owner | dbt requires it
        - depends_on: | depends_on | depends_on | 
        - config: | config | config | 
    "#]],
    );
    check(
        "exposures:\n  - name: x\n    ow$0: y",
        expect![[r#"
        owner: y | owner | owner | dbt requires it
    "#]],
    );
    check(
        "exposures:\n  - name: x\n    owner:\n      name: y\n      $0",
        expect![[r#"
            email: | email | email | 
        "#]],
    );
    check(
        "exposures:\n  - name: x\n    config:\n      $0",
        expect![[r#"
            enabled: | enabled | enabled | 
            tags: | tags | tags | 
            meta: | meta | meta | 
        "#]],
    );
    check(
        "exposures:\n  - name: x\n    type: $0",
        expect![[r#"
        type: dashboard | dashboard | dashboard | 
        type: notebook | notebook | notebook | 
        type: analysis | analysis | analysis | 
        type: ml | ml | ml | 
        type: application | application | application | 
    "#]],
    );
    check(
        "exposures:\n  - name: x\n    maturity: \"$0\"",
        expect![[r#"
            maturity: "high" | high | "high | 
            maturity: "medium" | medium | "medium | 
            maturity: "low" | low | "low | 
        "#]],
    );
    check(
        "exposures:\n  - name: x\n    config:\n      enabled: $0",
        expect![[r#"
            enabled: true | true | true | 
            enabled: false | false | false | 
        "#]],
    );
}

#[test]
fn nothing_outside_an_exposures_own_lines() {
    for text in [
        "$0",
        "models:\n  - name: $0",
        "exposures:\n  - name: a\nmodels:\n  - name: $0\n",
        "exposures:\n  # - name: $0",
        "exposures:\n  - name: a\n    description: |\n      - name: $0",
        "exposures:\n  - name: a\n    description: $0",
        "exposures:\n  - name: a\n    meta:\n      $0",
    ] {
        check(text, expect![""]);
    }
    let fixture = Fixture::parse("#- models/a.sql\n--\nexposures:\n  - name: $0");
    assert!(asked(&fixture, &analysis(&fixture)).items.is_empty());
}

#[test]
fn a_large_project_stays_small_on_the_wire() {
    let nodes: String = (0..1_000)
        .map(|n| format!("model.shop.m{n:04} DB.S.m{n:04}\n"))
        .collect();
    let project = format!("#- nodes\n{nodes}");
    let entries: String = (0..2_000)
        .map(|n| {
            format!(
                "  - name: e{n}\n    depends_on:\n      - ref('m{:04}')\n",
                n % 1_000
            )
        })
        .collect();
    let text = |item: &str| format!("exposures:\n{entries}      - ref('{item}$0')\n");
    let (fixture, analysis) = project_with(&project, &text(""));
    let found = asked(&fixture, &analysis);
    assert_eq!((found.items.len(), found.is_incomplete), (300, true));
    let (fixture, analysis) = project_with(&project, &text("m0123"));
    let found = asked(&fixture, &analysis);
    assert_eq!((found.items.len(), found.is_incomplete), (1, false));
}

//! Lenses of exposures files.

use expect_test::{Expect, expect};
use fixture::Fixture;

use crate::About;
use crate::testing::{analysis, file};

const SITE: &str = "\
#- nodes
model.shop.fct_orders DB.MARTS.fct_orders path=models/fct_orders.sql
model.shop.fct_returns DB.MARTS.fct_returns path=models/fct_returns.sql
source.shop.crm.accounts RAW.CRM.ACCOUNTS path=models/sources.yml
#- tableau
content site acme host=t.example fetched=2026-01-10T10:00:00Z lists_all
workbook Sales luid=aaaaaaaa-0000-0000-0000-000000000001 site=acme content_url=Sales url=https://t.example/#/site/acme/workbooks/7 owner=\"Ana Ruiz\" views=900+310/7
datasource D snowflake
[DB].[MARTS].[FCT_ORDERS]
[DB].[MARTS].[FCT_RETURNS]
sheet By day: D
sheet By week: D
dashboard Overview: By day
dashboard Detail: By week
";

const LUID: &str =
    "tableau.luid=aaaaaaaa-0000-0000-0000-000000000001 tableau.site=acme path=models/e.yml";

/// `name: title -> page` for each lens of an exposures file that holds `entries`.
#[track_caller]
fn check(exposures: &str, yaml: &str, expected: Expect) {
    let text = format!("{SITE}#- exposures\n{exposures}\n#- models/e.yml\n{yaml}");
    let fixture = Fixture::parse(&text);
    let analysis = analysis(&fixture);
    let file = file(&fixture, "models/e.yml");
    let mut lines = Vec::new();
    for it in analysis.annotations(file) {
        let page = match it.about {
            About::Exposure { url, .. } => url.map_or(String::new(), |url| format!(" -> {url}")),
            About::Node(_) => " -> node".to_owned(),
        };
        lines.push(format!("{}: {}{page}", &file.text[it.range], it.title));
    }
    expected.assert_eq(&lines.join("\n"));
}

fn both(more: &str) -> String {
    format!(
        "sales {LUID} depends_on=model.shop.fct_orders,model.shop.fct_returns label=\"Sales\" url=https://t.example/#/site/acme/workbooks/7 owner=\"Ana Ruiz\" {more}"
    )
}

const BOTH: &str = "exposures:\n  - name: sales\n    label: Sales\n    url: https://t.example/#/site/acme/workbooks/7\n    owner: {name: Ana Ruiz}\n    depends_on:\n      - ref('fct_orders')\n      - ref('fct_returns')\n";

#[test]
fn an_exposure_that_says_what_tableau_does_is_in_step() {
    check(
        &both(""),
        BOTH,
        expect![
            "sales: Tableau: in step · 2 dashboards · +310 views/7 d -> https://t.example/#/site/acme/workbooks/7"
        ],
    );
}

#[test]
fn what_differs_is_said_in_few_words() {
    check(
        &both("").replace(",model.shop.fct_returns", ""),
        &BOTH.replace("      - ref('fct_returns')\n", ""),
        expect![
            "sales: Tableau: lacks ref to fct_returns -> https://t.example/#/site/acme/workbooks/7"
        ],
    );
    check(
        &both("").replace(
            "depends_on=model.shop.fct_orders,model.shop.fct_returns",
            "",
        ),
        &BOTH
            .replace("      - ref('fct_returns')\n", "")
            .replace("      - ref('fct_orders')\n", ""),
        expect![
            "sales: Tableau: lacks 2 dependencies -> https://t.example/#/site/acme/workbooks/7"
        ],
    );
    check(
        &both("").replace("label=\"Sales\"", "label=\"Old sales\""),
        &BOTH.replace("label: Sales", "label: Old sales"),
        expect!["sales: Tableau: label differs -> https://t.example/#/site/acme/workbooks/7"],
    );
}

#[test]
fn what_the_text_has_mended_since_is_said_no_more() {
    check(
        &both("").replace(",model.shop.fct_returns", ""),
        BOTH,
        expect![
            "sales: Tableau: in step · 2 dashboards · +310 views/7 d -> https://t.example/#/site/acme/workbooks/7"
        ],
    );
    check(
        &both("").replace("label=\"Sales\"", "label=\"Old\""),
        BOTH,
        expect![
            "sales: Tableau: in step · 2 dashboards · +310 views/7 d -> https://t.example/#/site/acme/workbooks/7"
        ],
    );
}

#[test]
fn a_workbook_that_is_gone_is_said_and_opens_nothing() {
    check(
        "old tableau.luid=aaaaaaaa-0000-0000-0000-000000000009 tableau.site=acme path=models/e.yml url=https://t.example/#/site/acme/workbooks/3",
        "exposures:\n  - name: old\n    url: https://t.example/#/site/acme/workbooks/3\n",
        expect!["old: Tableau: workbook is gone from acme (read 2026-01-10)"],
    );
}

#[test]
fn what_was_not_found_says_why() {
    check(
        "old url=https://other.example/#/site/beta/workbooks/3 path=models/e.yml",
        "exposures:\n  - name: old\n    url: https://other.example/#/site/beta/workbooks/3\n",
        expect![
            "old: Tableau: not found (beta on other.example was not read) -> https://other.example/#/site/beta/workbooks/3"
        ],
    );
    check(
        "old url=https://t.example/#/site/acme/workbooks/TBD path=models/e.yml",
        "exposures:\n  - name: old\n    url: https://t.example/#/site/acme/workbooks/TBD\n",
        expect!["old: Tableau: not found (its address is a placeholder)"],
    );
}

#[test]
fn others_exposures_and_new_ones_have_no_lens() {
    check(
        "sheet url=https://docs.google.com/spreadsheets/d/1 path=models/e.yml",
        "exposures:\n  - name: sheet\n    url: https://docs.google.com/spreadsheets/d/1\n  - name: just_typed\n",
        expect![""],
    );
}

#[test]
fn a_disabled_or_hidden_one_says_so() {
    check(
        &both("disabled"),
        &BOTH.replace("    owner", "    config: {enabled: false}\n    owner"),
        expect![
            "sales: Tableau: disabled · in step · 2 dashboards · +310 views/7 d -> https://t.example/#/site/acme/workbooks/7"
        ],
    );
    check(
        &both(""),
        &format!("{BOTH}models: []\nexposures: []\n"),
        expect![
            "sales: Tableau: hidden from dbt · in step · 2 dashboards · +310 views/7 d -> https://t.example/#/site/acme/workbooks/7"
        ],
    );
}

#[test]
fn a_file_may_hold_models_too() {
    check(
        &both(""),
        &format!("models:\n  - name: fct_orders\n{BOTH}"),
        expect![[r#"
            fct_orders: Tableau: 2 dashboards in 1 workbook -> node
            sales: Tableau: in step · 2 dashboards · +310 views/7 d -> https://t.example/#/site/acme/workbooks/7"#]],
    );
}

#[test]
fn lenses_of_properties_files_can_be_switched_off() {
    let text = format!("{SITE}#- exposures\n{}\n#- models/e.yml\n{BOTH}", both(""));
    let fixture = Fixture::parse(&text);
    let mut analysis = analysis(&fixture);
    let file = file(&fixture, "models/e.yml");
    assert_eq!(analysis.annotations(file).len(), 1);
    analysis.options.lens.properties = false;
    assert!(analysis.annotations(file).is_empty());
}

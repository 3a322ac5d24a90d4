//! How an exposure and what it stands for in Tableau differ.

use expect_test::{Expect, expect};
use fixture::Fixture;

use crate::analysis::Analysis;
use crate::exposure_plan::labels;
use crate::testing::analysis;

/// What each exposure lacks, has too many of, and says differently.
#[track_caller]
fn check(project: &str, expect: Expect) {
    expect.assert_eq(&describe(&analysis(&Fixture::parse(project))));
}

fn describe(analysis: &Analysis) -> String {
    let mut lines = Vec::new();
    for (ix, exposure) in analysis.lineage.exposures().iter().enumerate() {
        let state = super::of(analysis, ix);
        let mut line = exposure.name.as_str().to_owned();
        for (sign, nodes) in [("-", &state.lacking), ("+", &state.surplus)] {
            for label in labels(analysis, nodes.iter().copied()) {
                line.push_str(&format!(" {sign}{label}"));
            }
        }
        for it in &state.differences {
            let here = it.here.as_deref().unwrap_or("nothing");
            line.push_str(&format!("; {}: {here} -> {}", it.field.key(), it.tableau));
        }
        lines.push(line);
    }
    lines.join("\n")
}

const LUID: &str = "11111111-1111-1111-1111-111111111111";
const NODES: &str = "#- nodes
source.shop.raw.a RAW.S.a
model.shop.a DB.S.a <- source.shop.raw.a
model.shop.b DB.S.b
model.shop.c DB.S.c <- model.shop.a
model.shop.d DB.S.d
";

/// A site that lists all it has, and one workbook of it that reads `a`.
fn site(exposure: &str, workbook: &str) -> String {
    format!(
        "{NODES}#- exposures\n{exposure}\n#- tableau\n\
         content site acme lists_all host=acme.example fetched=2026-01-01T06:00:00Z\n\
         workbook Sales luid={LUID} site=acme {workbook}\n\
         datasource D snowflake\n[DB].[S].[A]\n"
    )
}

#[test]
fn what_is_read_is_lacking_and_what_is_not_read_is_surplus() {
    let exposure =
        |depends_on: &str| format!("sales label=Sales depends_on={depends_on} tableau.luid={LUID}");
    let check = |depends_on: &str, expect| check(&site(&exposure(depends_on), ""), expect);
    check("model.shop.a", expect![["sales"]]);
    check("model.shop.b", expect![["sales -a +b"]]);
    // What it is built from, and what is built from it, was meant.
    check(
        "model.shop.a,source.shop.raw.a,model.shop.c",
        expect![["sales"]],
    );
    check("model.shop.gone", expect![["sales -a"]]);
}

#[test]
fn nothing_is_surplus_while_something_may_be_read_unseen() {
    let exposure =
        format!("sales label=Sales depends_on=model.shop.a,model.shop.b tableau.luid={LUID}");
    let check = |more: &str, expect| check(&format!("{}{more}", site(&exposure, "")), expect);
    check("", expect![["sales +b"]]);
    check("sql ?\n", expect![["sales"]]);
    check("gap truncated the catalogue was cut\n", expect![["sales"]]);
    // It may be the same table, in production.
    check("[PROD].[X].[B]\n", expect![["sales"]]);
}

#[test]
fn a_file_may_be_old_and_makes_nothing_surplus() {
    check(
        &format!(
            "{NODES}#- exposures\nsales label=Sales depends_on=model.shop.d tableau.file=s.twb\n\
             #- tableau\nworkbook Sales file=s.twb\ndatasource D snowflake\n[DB].[S].[A]\n"
        ),
        expect![["sales -a"]],
    );
}

#[test]
fn a_guess_is_neither_lacking_nor_surplus() {
    let project = |depends_on: &str| {
        format!(
            "{NODES}#- exposures\nsales label=Sales depends_on={depends_on} tableau.luid={LUID}\n#- tableau\n\
             content site acme lists_all host=acme.example fetched=2026-01-01T06:00:00Z\n\
             workbook Sales luid={LUID} site=acme\ndatasource D snowflake\n[DB].[S].[A]\n[PROD].[X].[D]\n"
        )
    };
    check(&project("model.shop.a"), expect![["sales"]]);
    check(&project("model.shop.a,model.shop.d"), expect![["sales"]]);
}

#[test]
fn texts_are_compared_as_people_read_them() {
    let check = |exposure: &str, workbook: &str, expect| {
        let exposure = format!("sales depends_on=model.shop.a tableau.luid={LUID} {exposure}");
        check(&site(&exposure, workbook), expect);
    };
    check("label=\"Sales\"", "", expect![["sales"]]);
    check("label=\" Sales \"", "", expect![["sales"]]);
    check("label=\"Old\"", "", expect![["sales; label: Old -> Sales"]]);
    check("", "", expect![["sales; label: nothing -> Sales"]]);
    // A person's Jinja is theirs; ours only keeps Tableau's braces.
    check("label=\"{{ var('x') }}\"", "", expect![["sales"]]);
    check(
        "label=\"{% raw %}Sales{% endraw %}\"",
        "",
        expect![["sales"]],
    );
    check(
        "label=\"{% raw %}Old {{ x }}{% endraw %}\"",
        "",
        expect![["sales; label: {% raw %}Old {{ x }}{% endraw %} -> Sales"]],
    );
    check(
        "label=Sales description=\"Old\"",
        "description=\"New  one\"",
        expect![["sales; description: Old -> New  one"]],
    );
    check(
        "label=Sales description=\"New one\"",
        "description=\"New  one\"",
        expect![["sales"]],
    );
    check("label=Sales description=\"Ours\"", "", expect![["sales"]]);
    check(
        "label=Sales owner=Ana",
        "owner=\"Ben Li\"",
        expect![["sales; owner.name: Ana -> Ben Li"]],
    );
    check("label=Sales", "owner=\"Ben Li\"", expect![["sales"]]);
}

#[test]
fn another_page_of_the_same_workbook_is_no_difference() {
    let page = "https://acme.example/#/site/acme/workbooks/7";
    let check = |url: &str, expect| {
        let exposure =
            format!("sales label=Sales depends_on=model.shop.a tableau.luid={LUID} {url}");
        check(
            &site(&exposure, &format!("content_url=SalesNew url={page}")),
            expect,
        );
    };
    check(&format!("url={page}"), expect![["sales"]]);
    check(&format!("url={page}/views?:iid=1"), expect![["sales"]]);
    check(
        "url=https://acme.example/#/site/acme/views/SalesNew/Overview",
        expect![["sales"]],
    );
    check(
        "url=https://acme.example/t/acme/views/SalesNew/Overview",
        expect![["sales"]],
    );
    check(
        "url=https://acme.example/#/site/acme/workbooks/TBD",
        expect![[
            "sales; url: https://acme.example/#/site/acme/workbooks/TBD -> https://acme.example/#/site/acme/workbooks/7"
        ]],
    );
    check("url={{var(x)}}", expect![["sales"]]);
    check(
        "",
        expect![["sales; url: nothing -> https://acme.example/#/site/acme/workbooks/7"]],
    );
}

#[test]
fn a_title_with_braces_comes_back_as_it_was_written() {
    let title = "Sales {{ draft }} {% endraw %}";
    let new = |label: &str| {
        let exposure = dbt::NewExposure {
            name: lineage::ExposureName::new("sales"),
            label: label.to_owned(),
            url: None,
            description: None,
            owner: lineage::Owner {
                name: Some("Ana".to_owned()),
                email: None,
            },
            depends_on: Vec::new(),
            tags: Vec::new(),
            meta_tableau: Vec::new(),
        };
        let edit = dbt::declare(None, &exposure, &dbt::Engine::Fusion).expect("an edit");
        let properties = dbt::Properties::parse(&edit.apply("")).expect("properties");
        properties.exposures[0].label.clone().expect("a label")
    };
    for title in [
        title,
        "C{#",
        "100{% growth",
        "plain",
        "{{{{",
        "a {% raw %} b",
    ] {
        let written = new(title);
        let shown = dbt::shown(&written);
        assert_eq!(shown.as_deref(), Some(title), "{written}");
    }
}

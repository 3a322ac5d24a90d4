//! What an intent changes, or why it changes nothing.

use dbt::Field;
use expect_test::{Expect, expect};
use fixture::Fixture;
use lineage::{ExposureName, Subject, WorkbookIx};

use super::Intent;
use crate::analysis::Analysis;
use crate::testing::analysis;

const LUID: &str = "11111111-1111-1111-1111-111111111111";
const FILE: &str = "models/exposures/tableau.yml";

/// A model `a` that Sales, Ops and Plan read; Sales has an exposure without `b`, and
/// `old` stands for a workbook that is gone.
fn shop() -> String {
    format!(
        "#- nodes
model.shop.a DB.S.a
model.shop.b DB.S.b
model.shop.secret DB.S.secret access=private
#- exposures
sales label=Sales depends_on=model.shop.b owner=Ana tableau.luid={LUID}
old label=Old tableau.site=acme tableau.luid=22222222-2222-2222-2222-222222222222
twin label=Twin path=models/one.yml url=https://x.example
twin label=Twin path=models/two.yml url=https://x.example
#- tableau
content site acme lists_all host=acme.example fetched=2026-01-01T06:00:00Z
workbook Sales luid={LUID} site=acme owner=\"Ben Li\"
datasource D snowflake
[DB].[S].[A]
[DB].[S].[B]
workbook Plan luid=33333333-3333-3333-3333-333333333333 site=acme
datasource D snowflake
[DB].[S].[A]
workbook Ops luid=44444444-4444-4444-4444-444444444444 site=acme
datasource D snowflake
[DB].[S].[A]
workbook Private luid=55555555-5555-5555-5555-555555555555 site=acme
datasource D snowflake
[DB].[S].[A]
[DB].[S].[SECRET]
workbook Twin luid=66666666-6666-6666-6666-666666666666 site=acme
datasource D snowflake
[DB].[S].[A]
#- {FILE}
exposures:
  - name: old
    label: Old
    type: dashboard
    owner: {{name: Ana}}
    depends_on: [ref('a')]
    config:
      meta: {{tableau: {{site: acme, luid: 22222222-2222-2222-2222-222222222222}}}}

  - name: sales
    label: Sales
    type: dashboard
    owner: {{name: Ana}}
    depends_on:
      - ref('b')  # kept
    config:
      meta: {{tableau: {{luid: {LUID}}}}}
"
    )
}

/// The lines that are new (`+`) and that are not there any more (`-`), or the reason.
#[track_caller]
fn check(intent: &Intent, expect: Expect) {
    let fixture = Fixture::parse(&shop());
    expect.assert_eq(&carried_out(&analysis(&fixture), &fixture, intent));
}

fn carried_out(analysis: &Analysis, fixture: &Fixture, intent: &Intent) -> String {
    let texts = |path: &str| {
        let mut files = fixture.files();
        let file = files.find(|(name, _)| *name == path);
        Ok(file.map(|(_, text)| text.to_owned()))
    };
    let files = match analysis.carry_out(intent, &texts) {
        Ok(files) => files,
        Err(reason) => return format!("refused: {reason}"),
    };
    let mut lines = Vec::new();
    for file in files {
        let before = file.before.unwrap_or_default();
        lines.push(format!("== {}", file.path));
        let gone = before
            .lines()
            .filter(|it| !file.after.lines().any(|line| line == *it));
        lines.extend(gone.map(|it| format!("-{it}")));
        let new = file
            .after
            .lines()
            .filter(|it| !before.lines().any(|line| line == *it));
        lines.extend(new.map(|it| format!("+{it}")));
    }
    lines.join("\n")
}

fn workbook(workbook: usize) -> Subject {
    Subject {
        workbook: WorkbookIx {
            content: 1,
            workbook,
        },
        dashboard: None,
    }
}

fn named(name: &str) -> ExposureName {
    ExposureName::new(name)
}

#[test]
fn one_exposure_is_written_once() {
    check(
        &Intent::WriteExposure(workbook(1)),
        expect![[r#"
        == models/exposures/tableau.yml
        +  - name: plan
        +    label: Plan
        +    owner: {name: unknown}
        +      meta:
        +        tableau: {site: acme, luid: 33333333-3333-3333-3333-333333333333}"#]],
    );
    check(
        &Intent::WriteExposure(workbook(0)),
        expect![[r#"refused: exposure `sales` stands for it already"#]],
    );
    check(
        &Intent::WriteExposure(workbook(3)),
        expect![[
            r#"refused: `secret` has `access: private`, and dbt Core 1.11 refuses an exposure on it"#
        ]],
    );
    check(
        &Intent::WriteExposure(workbook(9)),
        expect![[r#"refused: it is not there any more"#]],
    );
    let no_dashboard = Subject {
        dashboard: Some(9),
        ..workbook(1)
    };
    check(
        &Intent::WriteExposure(no_dashboard),
        expect![[r#"refused: it is not there any more"#]],
    );
    // A person chose it, the label being a hint alone.
    check(
        &Intent::WriteExposure(workbook(4)),
        expect![[r#"
        == models/exposures/tableau.yml
        +  - name: twin_66666666
        +    label: Twin
        +    owner: {name: unknown}
        +      meta:
        +        tableau: {site: acme, luid: 66666666-6666-6666-6666-666666666666}"#]],
    );
}

#[test]
fn all_that_a_model_needs_is_one_change() {
    let fixture = Fixture::parse(&shop());
    let analysis = analysis(&fixture);
    let all = |id: &str| {
        let node = analysis.node(id).expect("a node");
        carried_out(&analysis, &fixture, &Intent::WriteAll(node))
    };
    expect![[r#"
        == models/exposures/tableau.yml
        +      - ref('a')
        +  - name: ops
        +    label: Ops
        +    owner: {name: unknown}
        +      meta:
        +        tableau: {site: acme, luid: 44444444-4444-4444-4444-444444444444}
        +  - name: plan
        +    label: Plan
        +    owner: {name: unknown}
        +      meta:
        +        tableau: {site: acme, luid: 33333333-3333-3333-3333-333333333333}"#]]
    .assert_eq(&all("model.shop.a"));
    expect![[r#"refused: every exposure that b needs is there already"#]]
        .assert_eq(&all("model.shop.b"));
    expect![[
        r#"refused: `secret` has `access: private`, and dbt Core 1.11 refuses an exposure on it"#
    ]]
    .assert_eq(&all("model.shop.secret"));
}

#[test]
fn what_an_exposure_lacks_is_added() {
    check(
        &Intent::AddDependencies(named("sales")),
        expect![[r#"
            == models/exposures/tableau.yml
            +      - ref('a')"#]],
    );
    check(
        &Intent::AddDependencies(named("old")),
        expect![[r#"refused: it is not known what exposure `old` stands for"#]],
    );
    check(
        &Intent::AddDependencies(named("nothing")),
        expect![[r#"refused: there is no exposure `nothing` any more"#]],
    );
    check(
        &Intent::AddDependencies(named("twin")),
        expect![[
            r#"refused: exposure `twin` stands in models/one.yml and in models/two.yml, and dbt takes one"#
        ]],
    );
}

#[test]
fn a_text_becomes_tableaus() {
    check(
        &Intent::Update(named("sales"), Field::OwnerName),
        expect![[r#"
            == models/exposures/tableau.yml
            +    owner: {name: Ben Li}"#]],
    );
    check(
        &Intent::Update(named("sales"), Field::Label),
        expect![[r#"refused: `label` of exposure `sales` is not known to be another in Tableau"#]],
    );
    check(
        &Intent::Update(named("old"), Field::Label),
        expect![[r#"refused: `label` of exposure `old` is not known to be another in Tableau"#]],
    );
}

#[test]
fn only_what_is_known_to_be_gone_is_retired() {
    check(
        &Intent::Disable(named("old")),
        expect![[r#"
            == models/exposures/tableau.yml
            +      enabled: false"#]],
    );
    check(
        &Intent::Remove(named("old")),
        expect![[r#"
            == models/exposures/tableau.yml
            -  - name: old
            -    label: Old
            -    depends_on: [ref('a')]
            -      meta: {tableau: {site: acme, luid: 22222222-2222-2222-2222-222222222222}}
            -"#]],
    );
    check(
        &Intent::Remove(named("sales")),
        expect![[
            r#"refused: exposure `sales` is left as it is: what it stands for is in Tableau"#
        ]],
    );
    check(
        &Intent::Disable(named("twin")),
        expect![[
            r#"refused: exposure `twin` stands in models/one.yml and in models/two.yml, and dbt takes one"#
        ]],
    );
}

#[test]
fn a_guess_is_written_where_a_person_chose_it() {
    let fixture = Fixture::parse(
        "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\nworkbook W file=w.twb\ndatasource D snowflake\n[PROD].[X].[A]\n",
    );
    let analysis = analysis(&fixture);
    let first = Subject {
        workbook: WorkbookIx {
            content: 0,
            workbook: 0,
        },
        dashboard: None,
    };
    let intent = Intent::WriteExposure(first);
    expect![[r#"
        == models/exposures/tableau.yml
        +version: 2
        +
        +exposures:
        +  - name: w
        +    label: "W"
        +    type: dashboard
        +    owner: {name: "unknown"}
        +    depends_on:
        +      - ref('a')
        +    config:
        +      meta:
        +        tableau: {file: w.twb}"#]]
    .assert_eq(&carried_out(&analysis, &fixture, &intent));
}

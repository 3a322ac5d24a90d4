//! The whole project's plan.

mod names;
mod settled;

use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use fixture::Fixture;
use lineage::WorkbookIx;

use super::{Plan, PlanRequest, PlannedChange, WhenGone};
use crate::analysis::{Analysis, ExposureOptions, Grain};
use crate::testing::{SHOP, analysis};

/// Each change, the files afterwards, and why more cannot be said.
#[track_caller]
fn check(project: &str, request: &PlanRequest, expect: Expect) {
    let fixture = Fixture::parse(project);
    let analysis = analysis(&fixture);
    let plan = planned(&analysis, &fixture, request);
    assert_eq!(
        plan,
        planned(&analysis, &fixture, request),
        "twice the same"
    );
    expect.assert_eq(&describe(&plan));
}

fn planned(analysis: &Analysis, fixture: &Fixture, request: &PlanRequest) -> Plan {
    let texts = |path: &str| {
        let mut files = fixture.files();
        let file = files.find(|(name, _)| *name == path);
        Ok(file.map(|(_, text)| text.to_owned()))
    };
    analysis.plan_exposures(request, &texts)
}

fn describe(plan: &Plan) -> String {
    let mut lines: Vec<String> = plan.changes.iter().map(line).collect();
    for file in &plan.files {
        let made = if file.before.is_none() { " (new)" } else { "" };
        lines.push(format!("== {}{made}\n{}", file.path, file.after));
    }
    lines.extend(plan.incomplete.iter().map(|it| format!("? {it}")));
    lines.join("\n")
}

fn line(it: &PlannedChange) -> String {
    let name = it.exposure.as_ref().map_or("-", |it| it.as_str());
    let title = it.workbook.as_deref().unwrap_or("-");
    let finding = if it.is_finding { "!" } else { "." };
    let action = it.action.as_str();
    format!(
        "{finding} {action} {name} <{title}> {}: {}",
        it.path, it.reason
    )
}

fn all() -> PlanRequest {
    PlanRequest::default()
}

fn updating() -> PlanRequest {
    PlanRequest {
        update: true,
        ..all()
    }
}

fn when_gone(gone: WhenGone) -> PlanRequest {
    PlanRequest { gone, ..all() }
}

const LUID: &str = "11111111-1111-1111-1111-111111111111";
const NODES: &str = "#- nodes
model.shop.a DB.S.a
model.shop.b DB.S.b
model.shop.d DB.S.d
";
const SITE: &str = "\
#- tableau
content site acme lists_all host=acme.example fetched=2026-01-01T06:00:00Z
";
const FILE: &str = "models/exposures/tableau.yml";

/// A workbook of the site that reads some tables.
fn workbook(title: &str, n: usize, tables: &[&str]) -> String {
    let mut text = format!(
        "workbook {title} luid={n:08}-1111-1111-1111-111111111111 site=acme content_url={n}\n\
         datasource D snowflake\n"
    );
    for table in tables {
        text.push_str(&format!("[DB].[S].[{}]\n", table.to_uppercase()));
    }
    text
}

#[test]
fn what_has_none_is_created_in_the_order_of_names() {
    check(
        SHOP,
        &all(),
        expect![[r#"
            ! create leads <Leads> models/exposures/tableau.yml: it has no exposure
            ! refused sales <Sales> models/exposures/tableau.yml: it lacks `fct_orders`; models/exposures/tableau.yml is left as it is: it has no exposure `sales`
            ! create weekly_ops <Weekly Ops> models/exposures/tableau.yml: it has no exposure
            == models/exposures/tableau.yml (new)
            version: 2

            exposures:
              - name: leads
                label: "Leads"
                type: dashboard
                url: "https://t.example/#/site/acme/workbooks/7"
                owner: {name: "unknown"}
                depends_on:
                  - source('crm', 'accounts')
                config:
                  meta:
                    tableau: {site: acme, content_url: Leads}

              - name: weekly_ops
                label: "Weekly Ops"
                type: dashboard
                owner: {name: "unknown"}
                depends_on:
                  - ref('fct_orders')
                  - ref('fct_returns')
                config:
                  meta:
                    tableau: {file: tableau/Weekly_Ops.twb}
        "#]],
    );
    let site = |list: &[String]| format!("{NODES}{SITE}{}", list.concat());
    let sales = workbook("Sales", 1, &["a", "b"]);
    let ops = workbook("Ops", 2, &["a"]);
    let expect = expect![[r#"
        ! create ops <Ops> models/exposures/tableau.yml: it has no exposure
        ! create sales <Sales> models/exposures/tableau.yml: it has no exposure
        == models/exposures/tableau.yml (new)
        version: 2

        exposures:
          - name: ops
            label: "Ops"
            type: dashboard
            owner: {name: "unknown"}
            depends_on:
              - ref('a')
            config:
              meta:
                tableau: {site: acme, luid: 00000002-1111-1111-1111-111111111111, content_url: "2"}

          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "unknown"}
            depends_on:
              - ref('a')
              - ref('b')
            config:
              meta:
                tableau: {site: acme, luid: 00000001-1111-1111-1111-111111111111, content_url: "1"}
    "#]];
    check(&site(&[sales.clone(), ops.clone()]), &all(), expect);
    let expect = expect![[r#"
        ! create ops <Ops> models/exposures/tableau.yml: it has no exposure
        ! create sales <Sales> models/exposures/tableau.yml: it has no exposure
        == models/exposures/tableau.yml (new)
        version: 2

        exposures:
          - name: ops
            label: "Ops"
            type: dashboard
            owner: {name: "unknown"}
            depends_on:
              - ref('a')
            config:
              meta:
                tableau: {site: acme, luid: 00000002-1111-1111-1111-111111111111, content_url: "2"}

          - name: sales
            label: "Sales"
            type: dashboard
            owner: {name: "unknown"}
            depends_on:
              - ref('a')
              - ref('b')
            config:
              meta:
                tableau: {site: acme, luid: 00000001-1111-1111-1111-111111111111, content_url: "1"}
    "#]];
    check(&site(&[ops, sales]), &all(), expect);
}

#[test]
fn what_there_is_gets_what_it_lacks() {
    let file = format!(
        "#- {FILE}\nexposures:\n  - name: sales\n    type: dashboard\n    owner:\n      name: Ana\n    depends_on:\n      - ref('a')  # kept\n    config:\n      meta: {{tableau: {{luid: {LUID}}}}}\n"
    );
    let project = format!(
        "{NODES}#- exposures\nsales label=Sales depends_on=model.shop.a tableau.luid={LUID}\n{SITE}\
         workbook Sales luid={LUID} site=acme\ndatasource D snowflake\n[DB].[S].[A]\n[DB].[S].[B]\n{file}"
    );
    check(
        &project,
        &all(),
        expect![[r#"
            ! add_depends_on sales <Sales> models/exposures/tableau.yml: it lacks `b`
            == models/exposures/tableau.yml
            exposures:
              - name: sales
                type: dashboard
                owner:
                  name: Ana
                depends_on:
                  - ref('a')  # kept
                  - ref('b')
                config:
                  meta: {tableau: {luid: 11111111-1111-1111-1111-111111111111}}
        "#]],
    );
}

#[test]
fn texts_and_what_is_not_read_are_changed_when_asked() {
    let file = format!(
        "#- {FILE}\nexposures:\n  - name: sales\n    label: Old\n    type: dashboard\n    owner:\n      name: Ana\n    depends_on:\n      - ref('a')\n      - ref(\"d\")\n    config:\n      meta: {{tableau: {{luid: {LUID}}}}}\n"
    );
    let project = format!(
        "{NODES}#- exposures\nsales label=Old depends_on=model.shop.a,model.shop.d tableau.luid={LUID}\n{SITE}\
         workbook Sales luid={LUID} site=acme\ndatasource D snowflake\n[DB].[S].[A]\n{file}"
    );
    check(
        &project,
        &all(),
        expect![[
            r#". unchanged sales <Sales> models/exposures/tableau.yml: `label` is another in Tableau; `d` is not read any more"#
        ]],
    );
    check(
        &project,
        &updating(),
        expect![[r#"
            ! update sales <Sales> models/exposures/tableau.yml: `label` is another in Tableau; `d` is not read any more
            == models/exposures/tableau.yml
            exposures:
              - name: sales
                label: Sales
                type: dashboard
                owner:
                  name: Ana
                depends_on:
                  - ref('a')
                config:
                  meta: {tableau: {luid: 11111111-1111-1111-1111-111111111111}}
        "#]],
    );
}

#[test]
fn nothing_is_taken_away_by_what_is_known_from_long_ago() {
    let file = format!(
        "#- {FILE}\nexposures:\n  - name: sales\n    depends_on:\n      - ref('a')\n      - ref('d')\n    config:\n      meta: {{tableau: {{luid: {LUID}}}}}\n"
    );
    let project = format!(
        "{NODES}#- exposures\nsales label=Sales depends_on=model.shop.a,model.shop.d tableau.luid={LUID}\n{SITE}\
         workbook Sales luid={LUID} site=acme\ndatasource D snowflake\n[DB].[S].[A]\n{file}"
    );
    check(
        &project,
        &PlanRequest {
            is_old: true,
            ..updating()
        },
        expect![". unchanged sales <Sales> models/exposures/tableau.yml: `d` is not read any more"],
    );
}

fn gone(exposure: &str, site: &str) -> String {
    format!(
        "{NODES}#- exposures\nold label=Old depends_on=model.shop.a {exposure}\n{site}\
         workbook Sales luid={LUID} site=acme content_url=Sales\n\
         #- {FILE}\nexposures:\n  - name: old\n    label: Old\n    type: dashboard\n    owner: {{name: Ana}}\n    depends_on: [ref('a')]\n"
    )
}

#[test]
fn what_is_gone_is_told_and_retired_when_asked() {
    let exposure = "tableau.site=acme tableau.luid=22222222-2222-2222-2222-222222222222";
    let project = gone(exposure, SITE);
    check(
        &project,
        &all(),
        expect![
            "! stale old <Old> models/exposures/tableau.yml: what it stands for is no more on acme (read 2026-01-01)"
        ],
    );
    check(
        &project,
        &when_gone(WhenGone::Disable),
        expect![[r#"
            ! stale old <Old> models/exposures/tableau.yml: what it stands for is no more on acme (read 2026-01-01)
            == models/exposures/tableau.yml
            exposures:
              - name: old
                label: Old
                type: dashboard
                owner: {name: Ana}
                depends_on: [ref('a')]
                config:
                  enabled: false
        "#]],
    );
    check(
        &project,
        &when_gone(WhenGone::Remove),
        expect![[r#"
            ! stale old <Old> models/exposures/tableau.yml: what it stands for is no more on acme (read 2026-01-01)
            == models/exposures/tableau.yml
            exposures: []
        "#]],
    );
    let disabled = gone(&format!("{exposure} disabled"), SITE);
    check(
        &disabled,
        &all(),
        expect![
            ". unchanged old <Old> models/exposures/tableau.yml: what it stands for is no more on acme (read 2026-01-01); it is disabled already"
        ],
    );
    check(
        &disabled,
        &when_gone(WhenGone::Disable),
        expect![
            ". unchanged old <Old> models/exposures/tableau.yml: what it stands for is no more on acme (read 2026-01-01); it is disabled already"
        ],
    );
}

#[test]
fn what_could_not_be_seen_is_never_gone() {
    let exposure = "tableau.site=acme tableau.luid=22222222-2222-2222-2222-222222222222";
    let remove = when_gone(WhenGone::Remove);
    check(
        &gone(exposure, &SITE.replace(" lists_all", "")),
        &remove,
        expect![[r#"
            . unchanged old <Old> models/exposures/tableau.yml: it is not known whether what it stands for is still there: the token's user may not see every workbook of acme on acme.example
            ? whether what `old` stands for is still there is not known: the token's user may not see every workbook of acme on acme.example"#]],
    );
    check(
        &gone(
            exposure,
            &format!("{SITE}gap truncated the catalogue was cut\n"),
        ),
        &remove,
        expect![[r#"
            . unchanged old <Old> models/exposures/tableau.yml: it is not known whether what it stands for is still there: acme on acme.example was not read to its end
            ? the catalogue was cut
            ? whether what `old` stands for is still there is not known: acme on acme.example was not read to its end"#]],
    );
    check(
        &gone(exposure, "#- tableau\n"),
        &remove,
        expect![[r#"
            . unchanged old <Old> models/exposures/tableau.yml: it is not known whether what it stands for is still there: it is not known which site acme is, or it was not read
            ? whether what `old` stands for is still there is not known: it is not known which site acme is, or it was not read"#]],
    );
    // It speaks of nothing that is in Tableau.
    check(
        &gone("url=https://looker.example/1", SITE),
        &remove,
        expect![[""]],
    );
}

#[test]
fn what_dbt_would_refuse_and_what_is_a_guess_are_told() {
    let project = |node: &str, tables: &str| {
        format!(
            "#- nodes\n{node}\nmodel.shop.b DB.S.b\n{SITE}workbook Sales luid={LUID} site=acme\n\
             datasource D snowflake\n{tables}"
        )
    };
    check(
        &project("model.shop.a DB.S.a access=private", "[DB].[S].[A]\n"),
        &all(),
        expect![
            ". refused - <Sales> models/exposures/tableau.yml: `a` has `access: private`, and dbt Core 1.11 refuses an exposure on it"
        ],
    );
    check(
        &project("model.shop.a DB.S.a", "[PROD].[X].[A]\n"),
        &all(),
        expect![[r#"
            . refused - <Sales> models/exposures/tableau.yml: `a` is matched by name alone: look at it and write it from the editor, or give `dbt.manifest` the manifest of production
            ? most of Tableau's tables that have a name of dbt's lie elsewhere: the names here may be of another target
            ? 1 workbook reads tables that match by name alone (Sales)"#]],
    );
    check(
        &project("model.shop.a DB.S.a", "[PROD].[X].[A]\n[DB].[S].[B]\n"),
        &all(),
        expect![[r#"
            ! create sales <Sales> models/exposures/tableau.yml: it has no exposure
            . refused sales <Sales> models/exposures/tableau.yml: `a` is matched by name alone: look at it and write it from the editor, or give `dbt.manifest` the manifest of production
            == models/exposures/tableau.yml (new)
            version: 2

            exposures:
              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "unknown"}
                depends_on:
                  - ref('b')
                config:
                  meta:
                    tableau: {site: acme, luid: 11111111-1111-1111-1111-111111111111}

            ? 1 workbook reads tables that match by name alone (Sales)"#]],
    );
}

#[test]
fn an_equal_label_is_not_taken_for_the_same() {
    let project = format!(
        "{NODES}#- exposures\nboard label=Sales\n{SITE}{}",
        workbook("Sales", 1, &["a"])
    );
    check(
        &project,
        &all(),
        expect![[r#"
            . refused - <Sales> models/exposures/tableau.yml: exposure `board` has the same label; add `config.meta.tableau.luid` to it if it stands for this, else write a new one from the editor
            ? whether `board` stands for the workbook of its label is not known: the label alone says so"#]],
    );
    check(
        &project,
        &PlanRequest {
            workbooks: Some(BTreeSet::from([WorkbookIx {
                content: 1,
                workbook: 0,
            }])),
            ..all()
        },
        expect![[r#"
            . refused - <Sales> models/exposures/tableau.yml: exposure `board` has the same label; add `config.meta.tableau.luid` to it if it stands for this, else write a new one from the editor
            ? whether `board` stands for the workbook of its label is not known: the label alone says so"#]],
    );
}

#[test]
fn what_became_of_an_exposure_that_is_off_or_a_packages_need_not_be_known() {
    let lost = "url=https://acme.example/#/site/acme/workbooks/TBD";
    let project = format!(
        "{NODES}#- exposures\nold {lost} disabled\ntheirs {lost} package=pkg\nmine {lost}\n{SITE}"
    );
    check(
        &project,
        &all(),
        expect![[r#"
            . unchanged mine <-> models/exposures/tableau.yml: it is not known whether what it stands for is still there: its address is a placeholder
            . unchanged old <-> models/exposures/tableau.yml: it is not known whether what it stands for is still there: its address is a placeholder
            . unchanged theirs <-> models/exposures/tableau.yml: it is not known whether what it stands for is still there: its address is a placeholder
            ? no workbook was found
            ? whether what `mine` stands for is still there is not known: its address is a placeholder"#]],
    );
}

#[test]
fn a_file_that_refuses_keeps_no_other_back() {
    let project = format!(
        "{NODES}{SITE}{}{}#- models/sales.yml\nexposures: 1\n",
        workbook("Sales", 1, &["a"]),
        workbook("Ops", 2, &["a"])
    );
    let fixture = Fixture::parse(&project);
    let mut analysis = analysis(&fixture);
    analysis.options.exposures = ExposureOptions {
        path: Some("models/{workbook}.yml".to_owned()),
        ..ExposureOptions::default()
    };
    let plan = planned(&analysis, &fixture, &all());
    expect![[r#"
        ! create ops <Ops> models/ops.yml: it has no exposure
        ! refused sales <Sales> models/sales.yml: models/sales.yml is left as it is: `exposures:` on line 1 is not a list
        == models/ops.yml (new)
        version: 2

        exposures:
          - name: ops
            label: "Ops"
            type: dashboard
            owner: {name: "unknown"}
            depends_on:
              - ref('a')
            config:
              meta:
                tableau: {site: acme, luid: 00000002-1111-1111-1111-111111111111, content_url: "2"}
    "#]].assert_eq(&describe(&plan));
    let unreadable = |_: &str| Err("permission denied".to_owned());
    let plan = analysis.plan_exposures(&all(), &unreadable);
    expect![[r#"
        ! refused ops <Ops> models/ops.yml: models/ops.yml cannot be read: permission denied
        ! refused sales <Sales> models/sales.yml: models/sales.yml cannot be read: permission denied"#]].assert_eq(&describe(&plan));
}

#[test]
fn a_packages_exposure_is_left_to_the_package() {
    let fixture = Fixture::parse(&format!(
        "{NODES}#- exposures\nsales label=Sales depends_on=model.shop.a tableau.luid=00000001-1111-1111-1111-111111111111 package=pkg\n{SITE}{}",
        workbook("Sales", 1, &["a", "b"])
    ));
    let analysis = analysis(&fixture);
    expect![[r#". refused sales <Sales> models/exposures/tableau.yml: it lacks `b`; it is written in package `pkg`"#]].assert_eq(&describe(&planned(&analysis, &fixture, &all())));
}

#[test]
fn only_what_was_asked_for_is_planned() {
    let project = format!(
        "{NODES}{SITE}{}{}{}",
        workbook("Sales", 1, &["a"]),
        workbook("Ops", 2, &["a"]),
        workbook("None", 3, &["x"])
    );
    let fixture = Fixture::parse(&project);
    let analysis = analysis(&fixture);
    let ask = |places: &[usize]| PlanRequest {
        workbooks: Some(BTreeSet::from_iter(places.iter().map(|&workbook| {
            WorkbookIx {
                content: 1,
                workbook,
            }
        }))),
        ..all()
    };
    let check = |places: &[usize], expect: Expect| {
        expect.assert_eq(&describe(&planned(&analysis, &fixture, &ask(places))));
    };
    check(
        &[1],
        expect![[r#"
        ! create ops <Ops> models/exposures/tableau.yml: it has no exposure
        == models/exposures/tableau.yml (new)
        version: 2

        exposures:
          - name: ops
            label: "Ops"
            type: dashboard
            owner: {name: "unknown"}
            depends_on:
              - ref('a')
            config:
              meta:
                tableau: {site: acme, luid: 00000002-1111-1111-1111-111111111111, content_url: "2"}
    "#]],
    );
    check(
        &[2],
        expect![[
            r#". refused - <None> models/exposures/tableau.yml: it reads no node of this project itself"#
        ]],
    );
    check(&[], expect![[""]]);
}

#[test]
fn what_hides_reads_of_another_workbook_does_not_count_for_the_one_asked_for() {
    let project = format!(
        "{NODES}#- tableau\nworkbook Good file=good.twb\ndatasource D snowflake\n[DB].[S].[A]\n\
         workbook Bad file=bad.twb\ndatasource D snowflake\nsql ?\n"
    );
    let fixture = Fixture::parse(&project);
    let analysis = analysis(&fixture);
    let check = |workbook: usize, expect: Expect| {
        let request = PlanRequest {
            workbooks: Some(BTreeSet::from([WorkbookIx {
                content: 0,
                workbook,
            }])),
            ..all()
        };
        expect.assert_eq(&describe(&planned(&analysis, &fixture, &request)));
    };
    check(
        0,
        expect![[r#"
            ! create good <Good> models/exposures/tableau.yml: it has no exposure
            == models/exposures/tableau.yml (new)
            version: 2

            exposures:
              - name: good
                label: "Good"
                type: dashboard
                owner: {name: "unknown"}
                depends_on:
                  - ref('a')
                config:
                  meta:
                    tableau: {file: good.twb}
        "#]],
    );
    check(
        1,
        expect![[r#"
            . refused - <Bad> models/exposures/tableau.yml: it reads no node of this project itself
            ? a custom SQL query cannot be read in D"#]],
    );
}

#[test]
fn why_more_cannot_be_said_is_said() {
    let checked = |project: &str, expect: Expect| check(project, &all(), expect);
    checked(
        "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\n",
        expect![[r#"? no Tableau content was found at all"#]],
    );
    checked(
        &format!("{SHOP}#- skipped\nx\n#- unread\nmodels/x.yml\n"),
        expect![[r#"
            . refused - <Leads> models/exposures/tableau.yml: models/x.yml cannot be read and may hold its exposure: mend that file first
            . refused - <Weekly Ops> models/exposures/tableau.yml: models/x.yml cannot be read and may hold its exposure: mend that file first
            ! refused sales <Sales> models/exposures/tableau.yml: it lacks `fct_orders`; models/exposures/tableau.yml is left as it is: it has no exposure `sales`
            ? 1 definition of the manifest could not be read
            ? which exposures models/x.yml holds is not known: it cannot be read"#]],
    );
    checked(
        &format!(
            "{NODES}{SITE}gap not_signed_in not signed in to emea\n{}sql ?\n[PROD].[S].[A]\n",
            workbook("Sales", 1, &["a"])
        ),
        expect![[r#"
            ! create sales <Sales> models/exposures/tableau.yml: it has no exposure
            == models/exposures/tableau.yml (new)
            version: 2

            exposures:
              - name: sales
                label: "Sales"
                type: dashboard
                owner: {name: "unknown"}
                depends_on:
                  - ref('a')
                config:
                  meta:
                    tableau: {site: acme, luid: 00000001-1111-1111-1111-111111111111, content_url: "1"}

            ? not signed in to emea
            ? 1 custom SQL query could not be read (Sales)"#]],
    );
}

#[test]
fn parts_of_a_workbook_leave_nothing_out_unseen() {
    let project = |exposures: &str| {
        format!(
            "{NODES}#- exposures\n{exposures}{SITE}workbook Sales luid={LUID} site=acme content_url=Sales\n\
             datasource A snowflake\n[DB].[S].[A]\ndatasource B snowflake\n[DB].[S].[B]\n\
             sheet By a: A\nsheet By b: B\ndashboard Over: By a\n\
             facts Over: url=https://acme.example/#/site/acme/views/Sales/Over\n"
        )
    };
    let over = "over label=Over depends_on=model.shop.a url=https://acme.example/#/site/acme/views/Sales/Over\n";
    check(
        &project(over),
        &all(),
        expect![[r#"
            ! refused - <Sales> models/exposures/tableau.yml: `b` is read outside of the dashboards that have exposures; name it in one of them, or set `exposures.grain` to `dashboard`
            . unchanged over <Sales / Over> models/exposures/tableau.yml: it depends on all that is read"#]],
    );
    let fixture = Fixture::parse(&project(over));
    let mut analysis = analysis(&fixture);
    analysis.options.exposures.grain = Grain::Dashboard;
    expect![[r#"
        . refused - <Sales> models/exposures/tableau.yml: `b` is read by sheets outside of all dashboards, which get no exposure of their own
        . unchanged over <Sales / Over> models/exposures/tableau.yml: it depends on all that is read"#]].assert_eq(&describe(&planned(&analysis, &fixture, &all())));
}

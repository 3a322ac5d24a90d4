//! A plan that was written leaves nothing to do.

use std::sync::Arc;

use expect_test::expect;
use fixture::Fixture;
use lineage::{Exposure, ExposureName, Lineage, LineageInput, Nodes, UniqueId};

use super::{FILE, NODES, SITE, all, check, describe, planned, updating, workbook};
use crate::analysis::{Analysis, Grain};
use crate::exposures::plan::{Plan, PlanAction, PlanRequest, PlannedChange};
use crate::testing::analysis;

/// The analysis of the project once the plan's files are written.
fn written(analysis: &Analysis, plan: &Plan) -> Analysis {
    let lineage = &analysis.lineage;
    let is_changed = |path: &str| plan.files.iter().any(|it| it.path == path);
    let exposures = lineage.exposures().iter();
    let mut exposures: Vec<Exposure> = exposures
        .filter(|it| !is_changed(&it.path))
        .cloned()
        .collect();
    for file in &plan.files {
        let properties = dbt::Properties::parse(&file.after).expect("properties");
        let entries = properties.exposures.iter();
        exposures.extend(entries.map(|it| lowered(lineage.nodes(), &file.path, it)));
    }
    let lineage = Lineage::build(LineageInput {
        warehouse: lineage.warehouse().clone(),
        nodes: Arc::new(lineage.nodes().clone()),
        exposures,
        contents: lineage.contents().to_vec().into(),
        production: Arc::default(),
    });
    Analysis {
        lineage: Arc::new(lineage),
        ..analysis.clone()
    }
}

fn lowered(nodes: &Nodes, path: &str, it: &dbt::ExposureEntry) -> Exposure {
    let calls = it.depends_on.iter();
    let depends_on = calls.filter_map(|call| call.target.resolve(nodes, "shop"));
    Exposure {
        id: UniqueId::new(&format!("exposure.shop.{}", it.name)),
        name: ExposureName::new(&it.name),
        package: "shop".to_owned(),
        label: it.label.clone(),
        url: it.url.clone(),
        description: it.description.clone(),
        owner: it.owner.clone(),
        path: path.to_owned(),
        meta: it.meta.clone(),
        depends_on: depends_on.map(|ix| nodes.get(ix).id.clone()).collect(),
        enabled: it.enabled != Some(false),
    }
}

/// Writes the plan, and plans again: nothing is left to do.
#[track_caller]
fn settles(analysis: &Analysis, fixture: &Fixture, request: &PlanRequest) -> Plan {
    let plan = planned(analysis, fixture, request);
    let after = written(analysis, &plan);
    let texts = |path: &str| {
        let mut changed = plan.files.iter();
        let changed = changed.find(|it| it.path == path);
        let mut files = fixture.files();
        let file = files.find(|(name, _)| *name == path);
        let text = changed.map(|it| it.after.as_str());
        Ok(text.or(file.map(|(_, text)| text)).map(str::to_owned))
    };
    let again = after.plan_exposures(request, &texts);
    let is_done = |it: &PlannedChange| {
        matches!(it.action, PlanAction::Unchanged | PlanAction::Refused) && !it.is_finding
    };
    assert!(again.changes.iter().all(is_done), "{}", describe(&again));
    assert!(again.files.is_empty(), "{}", describe(&again));
    plan
}

#[test]
fn what_was_written_is_in_step() {
    let titles = [
        "Sales",
        "Sales {{ draft }}",
        "100{% growth",
        "C{#",
        "No",
        "2024",
        "12:30",
        "売上",
        "🚀",
        "it's: #1",
        "No",
    ];
    let all_of = |(n, title): (usize, &&str)| {
        let text = workbook(title, n + 1, &["a", "b", "c"]);
        text.replacen(
            '\n',
            " project=Ops owner=\"Ana {{ x }}\" description=\"Of %}: all\"\n",
            1,
        )
    };
    let workbooks: Vec<String> = titles.iter().enumerate().map(all_of).collect();
    let fixture = Fixture::parse(&format!("{NODES}{SITE}{}", workbooks.concat()));
    let mut analysis = analysis(&fixture);
    for grain in [Grain::Workbook, Grain::Dashboard] {
        analysis.options.exposures.grain = grain;
        let plan = settles(&analysis, &fixture, &updating());
        assert_eq!(plan.changes.len(), titles.len());
    }
}

/// As teamster has it: refs in double quotes, a list that ends in a comment, a key that
/// is yet to be filled in.
const TEAMSTER: &str = "\
version: 2

exposures:
  - name: ddi_suite
    label: DDI Suite
    type: dashboard
    owner:
      name: Data Team
    depends_on:
      - ref(\"a\")
      # - ref(\"b\")
    config:
      meta:
        dagster:
          asset:
            metadata:
              id: 00000001-1111-1111-1111-111111111111

  - name: gpa_goals
    label: GPA Goals
    type: dashboard
    owner:
      name: Data Team
    depends_on:
      - ref(\"a\")
    # TODO: find the page
    url: http://tableau.example/#/site/acme/workbooks/TBD
";

#[test]
fn a_teams_own_file_is_extended_and_not_doubled() {
    let ids = "dagster.asset.metadata.id=00000001-1111-1111-1111-111111111111";
    let project = format!(
        "{NODES}#- exposures\n\
         ddi_suite label=\"DDI Suite\" owner=\"Data Team\" depends_on=model.shop.a {ids}\n\
         gpa_goals label=\"GPA Goals\" owner=\"Data Team\" depends_on=model.shop.a url=http://tableau.example/#/site/acme/workbooks/TBD\n\
         {SITE}{}{}#- {FILE}\n{TEAMSTER}",
        workbook("DDI Suite (v2)", 1, &["a", "b", "d"]),
        workbook("GPA Goals", 2, &["a"]),
    );
    check(
        &project,
        &all(),
        expect![[r#"
            . refused - <GPA Goals> models/exposures/tableau.yml: exposure `gpa_goals` has the same label; add `config.meta.tableau.luid` to it if it stands for this, else write a new one from the editor
            ! add_depends_on ddi_suite <DDI Suite (v2)> models/exposures/tableau.yml: it lacks `b`, `d`
            . unchanged gpa_goals <GPA Goals> models/exposures/tableau.yml: it is not known whether what it stands for is still there: its address is a placeholder
            == models/exposures/tableau.yml
            version: 2

            exposures:
              - name: ddi_suite
                label: DDI Suite
                type: dashboard
                owner:
                  name: Data Team
                depends_on:
                  - ref("a")
                  # - ref("b")
                  - ref("b")
                  - ref("d")
                config:
                  meta:
                    dagster:
                      asset:
                        metadata:
                          id: 00000001-1111-1111-1111-111111111111

              - name: gpa_goals
                label: GPA Goals
                type: dashboard
                owner:
                  name: Data Team
                depends_on:
                  - ref("a")
                # TODO: find the page
                url: http://tableau.example/#/site/acme/workbooks/TBD

            ? whether what `gpa_goals` stands for is still there is not known: its address is a placeholder"#]],
    );
    let fixture = Fixture::parse(&project);
    settles(&analysis(&fixture), &fixture, &all());
}

#[test]
fn fifty_workbooks_go_into_twenty_files_whatever_order_they_come_in() {
    let workbooks: Vec<String> = (0..50)
        .map(|n| {
            let text = workbook(&format!("Board {n}"), n + 1, &["a", "b"]);
            text.replacen('\n', &format!(" project=Team{}\n", n % 20), 1)
        })
        .collect();
    let plan_of = |workbooks: &[String]| {
        let fixture = Fixture::parse(&format!("{NODES}{SITE}{}", workbooks.concat()));
        let mut analysis = analysis(&fixture);
        analysis.options.exposures.path = Some("models/{project}/tableau.yml".to_owned());
        settles(&analysis, &fixture, &all())
    };
    let plan = plan_of(&workbooks);
    assert_eq!(plan.files.len(), 20);
    let n_written = |text: &str| text.matches("- name: board_").count();
    assert_eq!(
        plan.files
            .iter()
            .map(|it| n_written(&it.after))
            .sum::<usize>(),
        50
    );
    assert!(plan.changes.iter().all(|it| it.is_finding), "{plan:?}");
    let mut other = workbooks;
    other.reverse();
    assert_eq!(plan_of(&other), plan);
}

#[test]
fn many_copies_of_one_published_workbook_are_told_by_their_files() {
    let copy = |n: usize| {
        let table = ["A", "B", "D"][n % 3];
        format!(
            "workbook Sales file=copies/{n}.twb site=acme content_url=Sales\n\
             datasource D snowflake\n[DB].[S].[{table}]\n"
        )
    };
    for n_copies in [2, 40] {
        let copies: String = (0..n_copies).map(copy).collect();
        let fixture = Fixture::parse(&format!("{NODES}#- tableau\n{copies}"));
        let plan = settles(&analysis(&fixture), &fixture, &updating());
        let n_made = plan
            .changes
            .iter()
            .filter(|it| it.action == PlanAction::Create);
        assert_eq!(n_made.count(), n_copies);
        for (n, table) in [(0, "a"), (1, "b")] {
            let entry = format!(
                "- ref('{table}')\n    config:\n      meta:\n        \
                 tableau: {{site: acme, content_url: Sales, file: copies/{n}.twb}}"
            );
            assert!(plan.files[0].after.contains(&entry), "{}", describe(&plan));
        }
    }
}

/// The analysis with these titles, descriptions and owners, one for each workbook.
fn named(analysis: &Analysis, texts: &[&str]) -> Analysis {
    let lineage = &analysis.lineage;
    let mut contents = lineage.contents().to_vec();
    let workbooks = contents.iter_mut().flat_map(|it| &mut it.workbooks);
    for (workbook, text) in workbooks.zip(texts) {
        workbook.name = (*text).to_owned();
        workbook.description = Some((*text).to_owned());
        workbook.owner.name = Some((*text).to_owned());
        workbook.project_path = vec![(*text).to_owned()];
    }
    let lineage = Lineage::build(LineageInput {
        warehouse: lineage.warehouse().clone(),
        nodes: Arc::new(lineage.nodes().clone()),
        exposures: lineage.exposures().to_vec(),
        contents: contents.into(),
        production: Arc::default(),
    });
    Analysis {
        lineage: Arc::new(lineage),
        ..analysis.clone()
    }
}

#[test]
fn hostile_texts_settle_before_and_after_they_change() {
    let long = "long ".repeat(20_000);
    let texts = [
        "{% endraw %}{{ x }}",
        "{{ '{{' }}",
        "!!python/object/apply:os.system [x]",
        "&a *a",
        "<<",
        "a\r\nb\r\n",
        "- x: y\n- z",
        "\\\"'`",
        "../../etc/passwd",
        "con",
        "${VAR} %TEMP% $(x)",
        "\u{0}\u{85}\u{2028}\u{feff}\u{202e}",
        "}} %} #}\n",
        "---\n...\n",
        &long,
    ];
    let workbooks = (0..texts.len()).map(|n| workbook(&format!("W{n}"), n + 1, &["a", "b"]));
    let workbooks: Vec<String> = workbooks.collect();
    let fixture = Fixture::parse(&format!("{NODES}{SITE}{}", workbooks.concat()));
    let mut analysis = named(&analysis(&fixture), &texts);
    let other: Vec<&str> = texts.iter().rev().copied().collect();
    for path in ["models/all.yml", "models/{project}/{workbook}.yml"] {
        analysis.options.exposures.path = Some(path.to_owned());
        let plan = settles(&analysis, &fixture, &updating());
        assert_eq!(plan.changes.len(), texts.len(), "{}", describe(&plan));
        for file in &plan.files {
            assert!(file.path.starts_with("models/"), "{}", file.path);
            assert!(
                file.path
                    .split('/')
                    .all(|it| !it.starts_with('.') && it.len() < 255)
            );
        }
        // Each exposure gets another's texts, over the files as they were written.
        let renamed = named(&written(&analysis, &plan), &other);
        let texts = |path: &str| {
            let file = plan.files.iter().find(|it| it.path == path);
            Ok(file.map(|it| it.after.clone()))
        };
        let update = renamed.plan_exposures(&updating(), &texts);
        assert!(!update.files.is_empty());
        let after = written(&renamed, &update);
        let texts = |path: &str| {
            let file = update.files.iter().find(|it| it.path == path);
            file.map_or_else(|| texts(path), |it| Ok(Some(it.after.clone())))
        };
        let again = after.plan_exposures(&updating(), &texts);
        assert!(again.files.is_empty(), "{}", describe(&again));
    }
}

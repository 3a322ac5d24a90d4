//! The saved real files against the reference reading that lies beside them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use expect_test::{Expect, expect};
use lineage::{Dashboard, Datasource, Gap, GapCode};
use serde_json::Value;

use super::dump::relation;
use crate::{TableauFile, read_file};

/// The folder of saved workbooks, where it is at hand.
#[allow(clippy::print_stderr)]
fn shared_workbooks(test: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/workbooks");
    if !folder.join("reference_extract.json").is_file() {
        eprintln!("skipped: no shared data");
        return None;
    }
    eprintln!("read shared data: {test}");
    Some(folder)
}

#[allow(clippy::disallowed_methods)]
fn read_bytes(path: &std::path::Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[test]
fn agrees_with_reference_extract() {
    let Some(folder) = shared_workbooks("agrees_with_reference_extract") else {
        return;
    };
    let reference = read_bytes(&folder.join("reference_extract.json"));
    let reference: Value = serde_json::from_slice(&reference).unwrap();
    let mut n_files = 0;
    for (name, expected) in reference.as_object().unwrap() {
        let read = read_file(&read_bytes(&folder.join(name)), name);
        if expected.get("error").is_some() {
            assert!(read.is_err(), "{name} should not be readable");
            continue;
        }
        n_files += 1;
        let read = read.unwrap_or_else(|err| panic!("{name}: {err}"));
        match &read.file {
            TableauFile::Workbook(workbook) => {
                assert_eq!(expected["kind"], "twb", "{name}");
                assert_datasources(name, &workbook.datasources, expected);
                assert_dashboards(name, &workbook.dashboards, expected);
                let hidden = workbook
                    .sheets
                    .iter()
                    .filter(|it| it.hidden)
                    .map(|it| it.name.clone());
                assert_eq!(
                    hidden.collect::<BTreeSet<_>>(),
                    strings(&expected["hidden"]),
                    "{name}"
                );
                let sheets = workbook.sheets.iter().map(|it| it.name.clone());
                let expected = expected["worksheets"].as_object().unwrap();
                assert_eq!(
                    sheets.collect::<BTreeSet<_>>(),
                    expected.keys().cloned().collect()
                );
            }
            TableauFile::Datasource(datasource) => {
                assert_eq!(expected["kind"], "tds", "{name}");
                assert_datasources(name, std::slice::from_ref(&datasource.inside), expected);
            }
        }
    }
    assert_eq!(n_files, 32, "files in the reference");
}

fn assert_datasources(file: &str, found: &[Datasource], expected: &Value) {
    let expected = expected["datasources"].as_array().unwrap();
    assert_eq!(found.len(), expected.len(), "datasources of {file}");
    for (found, expected) in found.iter().zip(expected) {
        let relations = expected.get("relations").and_then(Value::as_array);
        let relations: &[Value] = relations.map_or(&[], Vec::as_slice);
        let of_kind = |kind: &'static str| relations.iter().filter(move |it| it["kind"] == kind);
        let listed = |it: &&Value| {
            let raw = it["table"].as_str().unwrap();
            raw != "[sqlproxy]" && !raw.starts_with("[Extract].[")
        };
        let tables = of_kind("table")
            .filter(listed)
            .map(|it| it["table"].as_str().unwrap().to_owned());
        let raw = found.tables.iter().map(|it| it.raw.clone());
        assert_eq!(
            raw.collect::<BTreeSet<_>>(),
            tables.collect(),
            "tables of {file}"
        );
        let n_unique = found
            .tables
            .iter()
            .map(|it| &it.raw)
            .collect::<BTreeSet<_>>()
            .len();
        assert_eq!(found.tables.len(), n_unique, "tables of {file} twice");
        assert_eq!(
            found.custom_sql.len(),
            of_kind("sql").count(),
            "custom SQL of {file}"
        );
        assert!(
            found.custom_sql.iter().all(|it| it.readable),
            "custom SQL of {file}"
        );
    }
}

fn assert_dashboards(file: &str, found: &[Dashboard], expected: &Value) {
    let expected = expected["dashboards"].as_object().unwrap();
    assert_eq!(found.len(), expected.len(), "dashboards of {file}");
    for dashboard in found {
        let expected = &expected[&dashboard.name];
        assert_eq!(
            dashboard.story,
            expected["story"].as_bool().unwrap(),
            "{file}"
        );
        let sheets = if dashboard.story {
            &expected["captured"]
        } else {
            &expected["sheets"]
        };
        let found: BTreeSet<String> = dashboard.sheets.iter().cloned().collect();
        assert_eq!(
            found.len(),
            dashboard.sheets.len(),
            "sheets twice in {file}"
        );
        assert_eq!(
            found,
            strings(sheets),
            "sheets of {} in {file}",
            dashboard.name
        );
    }
}

fn strings(list: &Value) -> BTreeSet<String> {
    let list = list.as_array().map_or(&[][..], Vec::as_slice);
    list.iter()
        .map(|it| it.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn names_the_gaps_of_real_files() {
    let Some(folder) = shared_workbooks("names_the_gaps_of_real_files") else {
        return;
    };
    let gaps_of = |name: &str| -> Vec<Gap> {
        read_file(&read_bytes(&folder.join(name)), name)
            .unwrap()
            .gaps
    };
    let gaps = gaps_of("docapi__Cache.twbx");
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].code, GapCode::ExtractOnly);
    assert_eq!(
        gaps[0].message,
        "`Sales Target` in docapi__Cache.twbx holds only an extract; what it was made from is not known"
    );
    assert_eq!(gaps_of("tsi__ts_users_04.01.twb"), []);
}

#[test]
fn reads_custom_sql_of_real_files() {
    let Some(folder) = shared_workbooks("reads_custom_sql_of_real_files") else {
        return;
    };
    let check = |name: &str, query: &str, expect: Expect| {
        let reading = read_file(&read_bytes(&folder.join(name)), name).unwrap();
        let datasource = match reading.file {
            TableauFile::Workbook(it) => it.datasources.into_iter().next().unwrap(),
            TableauFile::Datasource(it) => it.inside,
        };
        let query = datasource
            .custom_sql
            .iter()
            .find(|it| it.name.contains(query))
            .unwrap();
        let tables = query.tables.iter().map(|it| relation(&it.relation));
        expect.assert_eq(&tables.collect::<Vec<_>>().join("\n"));
    };
    check(
        "guust__Custom_SQL_Snowflake.tds",
        "Custom SQL Query",
        expect![[r#"
            MERIDIAN.SALES.FACT_ORDERS
            MERIDIAN.SALES.DIM_CUSTOMER
            MERIDIAN.SALES.DIM_DATE"#]],
    );
    check(
        "guust__issue166_two_custom_sql.twb",
        "Upgrade",
        expect!["AIRCRAFT.PUBLIC.upgrade_installs"],
    );
    check(
        "tsi__ts_users_04.01.twb",
        "Site Admin",
        expect![[r#"
        "workgroup"."public".users
        "workgroup"."public".system_users
        "workgroup"."public".site_roles"#]],
    );
    check(
        "tsi__ts_background_tasks_04.02.twb",
        "TS Background Tasks Query",
        expect![[r#"
            "workgroup"."public".background_jobs
            "workgroup"."public".tasks
            "workgroup"."public"._subscriptions
            "workgroup"."public".subscriptions
            "workgroup"."public".views
            "workgroup"."public".workbooks
            "workgroup"."public".projects_contents
            "workgroup"."public".flow_run_specs
            "workgroup"."public".flows
            "workgroup"."public".datasources
            "workgroup"."public".data_connections
            "workgroup"."public".data_alerts
            "workgroup"."public"._customized_views"#]],
    );
}

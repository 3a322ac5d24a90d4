//! Real files, and large ones.

use std::fmt::Write as _;

use dbt::Engine;
use expect_test::expect;
use fixture::Fixture;

use super::{CORE_1_11, shown};
use crate::testing::{analysis, file};
use crate::{Analysis, File, Severity};

/// A file of the shared data.
#[allow(clippy::disallowed_methods)] // Test data is read from disk.
fn read(path: &str) -> Option<String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/dbt");
    std::fs::read_to_string(format!("{root}/{path}")).ok()
}

/// The same; without it the test that asks is skipped.
#[allow(clippy::print_stderr)] // tests/run counts these lines.
fn shared(test: &str, path: &str) -> Option<String> {
    let text = read(path);
    match text {
        Some(_) => eprintln!("read shared data: {test}"),
        None => eprintln!("skipped: no shared data"),
    }
    text
}

// C30: what is commented out or looks like an item is none.
#[test]
fn teamster_s_files_parse_and_say_what_teamster_can_act_on() {
    let mut out = String::new();
    for name in ["tableau.yml", "google-sheets.yml", "cube.yml"] {
        let path = format!("exposure_files/teamster/{name}");
        let test = "teamster_s_files_parse_and_say_what_teamster_can_act_on";
        let Some(text) = shared(test, &path) else {
            return;
        };
        let fixture = Fixture::parse(&format!("#- nodes\n#- models/e.yml\n{text}"));
        let mut analysis = analysis(&fixture);
        // Its nodes are not at hand.
        analysis.project.has_manifest = false;
        let found = shown(&analysis, file(&fixture, "models/e.yml"));
        writeln!(out, "{name}:\n{found}").unwrap();
    }
    expect![[r#"
        tableau.yml:
        Information exposure-url-placeholder at "http://SAC-RPT-01/#/site/KIPPNJ/workbooks/TBD": this address is a placeholder: it leads nowhere, and nothing is found by it
        Information exposure-url-placeholder at "http://SAC-RPT-01/#/site/KIPPNJ/workbooks/TBD": this address is a placeholder: it leads nowhere, and nothing is found by it

        google-sheets.yml:

        cube.yml:

    "#]].assert_eq(&out);
}

/// The nodes of the edge project.
const EDGE: &str = "\
#- nodes
model.shop.orders DB.S.orders
model.pkg.orders DB.P.orders
model.pkg.pkg_only DB.P.pkg_only
model.shop.dim_customers.v1 DB.S.dim_v1 latest=1
model.shop.dim_customers.v2 DB.S.dim_v2 latest=1
model.shop.eph -
seed.shop.regions DB.S.regions
snapshot.shop.snap_a DB.S.snap_a
snapshot.shop.snap_yaml DB.S.snap_yaml
model.shop.py_model DB.S.py_model
model.shop.aliased DB.S.aliased
source.shop.raw.events RAW.R.events
#- disabled
model.shop.off models/off.sql
";

/// Whether something is told at which dbt would stop.
fn is_refused(analysis: &Analysis, text: &str) -> bool {
    let file = File {
        package: "shop",
        path: "models/e.yml",
        text,
    };
    let mut found = analysis.diagnostics(file).into_iter();
    found.any(|it| it.severity == Severity::Error || it.code == "yaml-unreadable")
}

// What dbt Core 1.11 and Fusion say of each case was written down beside them.
#[test]
fn what_real_engines_refuse_is_told_and_nothing_else() {
    let test = "what_real_engines_refuse_is_told_and_nothing_else";
    let Some(results) = shared(test, "edge/results.txt") else {
        return;
    };
    let mut analysis = analysis(&Fixture::parse(EDGE));
    let (mut n_cases, mut otherwise) = (0, String::new());
    for line in results.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let ["---", case, engine @ ("v1" | "v2"), code, ..] = words.as_slice() else {
            continue;
        };
        let Some(text) = read(&format!("edge/cases/{case}.yml")) else {
            continue;
        };
        analysis.project.engine = if *engine == "v1" {
            CORE_1_11
        } else {
            Engine::Fusion
        };
        let is_told = is_refused(&analysis, &text);
        if is_told != (*code != "rc=0") {
            writeln!(otherwise, "{case} {engine}: told {is_told}, {code}").unwrap();
        }
        n_cases += 1;
    }
    assert!(n_cases >= 70, "{n_cases}");
    // A key of the file itself is nothing that is told of exposures.
    expect![[r#"
        15_anchor v2: told false, rc=1
    "#]]
    .assert_eq(&otherwise);
}

#[test]
fn a_large_file_is_looked_at_once() {
    let mut nodes = String::new();
    for n in 0..10_000 {
        writeln!(nodes, "model.shop.model_number_{n} DB.S.model_number_{n}").unwrap();
    }
    let (mut known, mut yaml) = (String::new(), "exposures:\n".to_owned());
    for n in 0..2_000 {
        writeln!(known, "e{n} path=models/e.yml").unwrap();
        writeln!(
            yaml,
            "  - name: e{n}\n    type: dashboard\n    owner: {{name: x}}\n    depends_on: [ref('model_numbr_{n}'), ref('model_number_{n}')]"
        )
        .unwrap();
    }
    let fixture = Fixture::parse(&format!(
        "#- nodes\n{nodes}#- exposures\n{known}#- models/e.yml\n{yaml}"
    ));
    let analysis = analysis(&fixture);
    let found = analysis.diagnostics(file(&fixture, "models/e.yml"));
    assert_eq!(found.len(), 2_000);
    // Nearest names are looked for a few times only.
    let with_fixes = found.iter().filter(|it| !it.fixes.is_empty()).count();
    assert_eq!(with_fixes, 10);
}

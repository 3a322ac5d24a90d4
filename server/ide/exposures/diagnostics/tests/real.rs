//! Real files, and large ones.

use std::fmt::Write as _;

use expect_test::expect;
use fixture::Fixture;

use super::shown;
use crate::testing::{analysis, file};

/// A file of the shared data; without it the test that asks is skipped.
#[allow(clippy::print_stderr)] // tests/run counts these lines.
#[allow(clippy::disallowed_methods)] // Test data is read from disk.
fn shared(test: &str, path: &str) -> Option<String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/dbt");
    let Ok(text) = std::fs::read_to_string(format!("{root}/{path}")) else {
        eprintln!("skipped: no shared data");
        return None;
    };
    eprintln!("read shared data: {test}");
    Some(text)
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

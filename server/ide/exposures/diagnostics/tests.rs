//! Diagnostics of exposures files; every fix is applied and its lines shown.

mod dependencies;
mod file;
mod keys;
mod names;
mod real;
mod tableau;

use std::fmt::Write as _;

use dbt::{Engine, TextEdit};
use expect_test::Expect;
use fixture::Fixture;
use similar::{ChangeTag, TextDiff};

use crate::testing::{analysis, file};
use crate::{Analysis, Diagnostic, File, Fix, FixEdit};

const CORE_1_9: Engine = Engine::Core { major: 1, minor: 9 };
const CORE_1_11: Engine = Engine::Core {
    major: 1,
    minor: 11,
};

/// A project without anything of Tableau's.
const NODES: &str = "\
#- nodes
model.shop.fct_orders DB.MARTS.fct_orders path=models/fct_orders.sql
model.shop.fct_returns DB.MARTS.fct_returns path=models/fct_returns.sql
model.shop.secret DB.MARTS.secret path=models/secret.sql access=private
model.shop.dim.v1 DB.MARTS.dim_v1 latest=1 path=models/dim_v1.sql
model.shop.dim.v2 DB.MARTS.dim_v2 latest=1 path=models/dim_v2.sql
source.shop.crm.accounts RAW.CRM.ACCOUNTS path=models/sources.yml
#- disabled
model.shop.old_orders models/old/old_orders.sql
source.shop.crm.leads models/sources.yml
";

/// What is told of `yaml` in a project without content, for Core 1.11.
#[track_caller]
fn check(yaml: &str, expected: Expect) {
    check_for(CORE_1_11, NODES, yaml, expected);
}

/// What is told of an entry's keys, beside a name, type and owner that are right.
#[track_caller]
fn check_entry(engine: Engine, keys: &str, expected: Expect) {
    let head = "exposures:\n  - name: a\n    type: dashboard\n    owner: {name: x}\n";
    check_for(engine, NODES, &format!("{head}{keys}"), expected);
}

#[track_caller]
fn check_for(engine: Engine, project: &str, yaml: &str, expected: Expect) {
    let fixture = Fixture::parse(&format!("{project}#- models/e.yml\n{yaml}"));
    let mut analysis = analysis(&fixture);
    analysis.project.engine = engine;
    let file = file(&fixture, "models/e.yml");
    expected.assert_eq(&shown(&analysis, file));
}

fn shown(analysis: &Analysis, file: File<'_>) -> String {
    let mut out = String::new();
    for it in analysis.diagnostics(file) {
        let at = &file.text[it.range.clone()];
        writeln!(
            out,
            "{:?} {} at {at:?}: {}",
            it.severity, it.code, it.message
        )
        .unwrap();
        show_fixes(analysis, file, &it, &mut out);
    }
    out
}

fn show_fixes(analysis: &Analysis, file: File<'_>, it: &Diagnostic, out: &mut String) {
    for fix in &it.fixes {
        let preferred = if fix.is_preferred { " (preferred)" } else { "" };
        writeln!(out, "  {}{preferred}", fix.title).unwrap();
        match analysis.fix_edits(file, fix) {
            Ok(edits) => {
                let after = TextEdit::apply_all(&edits, file.text);
                show_change(file.text, &after, out);
                let file = File {
                    text: &after,
                    ..file
                };
                check_mended(analysis, file, it, fix);
            }
            Err(reason) => writeln!(out, "    not made: {reason}").unwrap(),
        }
    }
}

/// A fix takes away what it is for, and changes nothing where it is made already.
#[track_caller]
fn check_mended(analysis: &Analysis, after: File<'_>, it: &Diagnostic, fix: &Fix) {
    let left = analysis.diagnostics(after).into_iter();
    let same = left.filter(|left| left.code == it.code && left.message == it.message);
    let here = same.filter(|left| left.range.start == it.range.start);
    assert_eq!(here.count(), 0, "{}\n{}", it.code, after.text);
    if let (FixEdit::Change(_), Ok(again)) = (&fix.edit, analysis.fix_edits(after, fix)) {
        assert!(again.is_empty(), "{again:?}");
    }
    assert!(!matches!(fix.edit, FixEdit::Intent(_)));
}

/// The lines that differ.
fn show_change(before: &str, after: &str, out: &mut String) {
    assert_ne!(before, after);
    assert!(dbt::Properties::parse(after).is_ok(), "{after}");
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        let sign = match change.tag() {
            ChangeTag::Equal => continue,
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        writeln!(
            out,
            "    {sign}{}",
            change.value().trim_end_matches(['\r', '\n'])
        )
        .unwrap();
    }
}

//! What a user can act on in a file, as ranges and sentences.

mod fix;
mod lost;

use std::ops::Range;

use lineage::GapCode;

use crate::analysis::{Analysis, File};
use crate::exposures;
use crate::locate;
use crate::text::plain;

pub use fix::{Fix, FixEdit};

pub(crate) use fix::edits as fix_edits;
pub(crate) use lost::of_gone_files;
pub use lost::{Lost, MAX_GONE};

/// Something to act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub range: Range<usize>,
    /// How bad.
    pub severity: Severity,
    /// A stable name for it.
    pub code: &'static str,
    /// What, and what to do.
    pub message: String,
    /// What would mend it, the most likely first.
    pub fixes: Vec<Fix>,
}

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// dbt stops at it.
    Error,
    /// Our answer or dbt's is wrong or missing until it is mended.
    Warning,
    /// Worth knowing.
    Information,
    /// Worth a look, at most.
    Hint,
}

pub(crate) fn of_file(analysis: &Analysis, file: File<'_>) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    if locate::is_yaml(file.path) {
        all.extend(unreadable(file));
        all.extend(exposures::diagnostics::of_file(analysis, file));
    } else {
        all.extend(disabled(analysis, file));
    }
    all.extend(of_pending(analysis, file));
    if analysis.has_answers() {
        all.extend(ambiguous(analysis, file));
    }
    all
}

/// What the file does to what is deployed and read by dashboards.
pub(crate) fn of_pending(analysis: &Analysis, file: File<'_>) -> Vec<Diagnostic> {
    match analysis.has_answers() {
        true => lost::of_file(analysis, file),
        false => Vec::new(),
    }
}

/// A YAML file that cannot be read loses its lenses: say so, where it is broken.
fn unreadable(file: File<'_>) -> Option<Diagnostic> {
    let error = dbt::Properties::parse(file.text).err()?;
    let range = locate::line_of(file.text, error.offset().unwrap_or(0).min(file.text.len()));
    let message = format!("no Tableau dashboards are shown in this file: {error}");
    Some(Diagnostic {
        range,
        severity: Severity::Warning,
        code: "yaml-unreadable",
        message,
        fixes: Vec::new(),
    })
}

fn disabled(analysis: &Analysis, file: File<'_>) -> Option<Diagnostic> {
    let it = analysis.disabled_in(file)?;
    let enabled = analysis.lineage.nodes().by_id(&it.id)?;
    let enabled = analysis.lineage.nodes().get(enabled);
    Some(Diagnostic {
        range: locate::line_of(file.text, 0),
        severity: Severity::Information,
        code: "disabled-twin",
        message: format!(
            "`{}` is disabled here; the enabled definition is {}",
            it.name, enabled.path
        ),
        fixes: Vec::new(),
    })
}

/// A table that fits this node and others: the lens counts it for none of them.
fn ambiguous(analysis: &Analysis, file: File<'_>) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for definition in locate::definitions(analysis, file) {
        let gaps = analysis.lineage.gaps_about(definition.node);
        for gap in gaps.filter(|gap| gap.code == GapCode::Ambiguous) {
            all.push(Diagnostic {
                range: definition.range.clone(),
                severity: Severity::Warning,
                code: "ambiguous-table",
                message: format!("{}; counted for none of them", plain(&gap.message)),
                fixes: Vec::new(),
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use fixture::Fixture;

    use crate::testing::{SHOP, analysis, file};

    #[track_caller]
    fn check(project: &str, path: &str, text: &str, expect: Expect) {
        let fixture = Fixture::parse(&format!("{project}#- {path}\n{text}"));
        let analysis = analysis(&fixture);
        let found = analysis.diagnostics(file(&fixture, path)).into_iter();
        let lines: Vec<String> = found
            .map(|it| {
                format!(
                    "{:?} {} at {:?}: {}",
                    it.severity, it.code, &text[it.range], it.message
                )
            })
            .collect();
        expect.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn a_sound_file_has_none() {
        check(SHOP, "models/fct_orders.sql", "select 1\n", expect![""]);
        check(
            SHOP,
            "models/marts.yml",
            "models:\n  - name: fct_orders\n",
            expect![""],
        );
    }

    #[test]
    fn a_yaml_file_that_cannot_be_read_says_where() {
        check(
            SHOP,
            "models/marts.yml",
            "models:\n\t- name: x\n",
            expect![[
                r#"Warning yaml-unreadable at "\t- name: x": no Tableau dashboards are shown in this file: line 2 is not valid YAML: it is indented with a tab; YAML takes spaces only"#
            ]],
        );
    }

    #[test]
    fn a_disabled_twin_names_the_enabled_file() {
        let project = format!("{SHOP}#- disabled\nmodel.shop.fct_orders models/old.sql\n");
        check(
            &project,
            "models/old.sql",
            "select 1\n",
            expect![[
                r#"Information disabled-twin at "select 1": `fct_orders` is disabled here; the enabled definition is models/fct_orders.sql"#
            ]],
        );
    }

    #[test]
    fn a_table_that_fits_two_nodes_is_said_on_both() {
        check(
            "#- nodes\nmodel.shop.a DB.S.\"t\" path=models/a.sql\nmodel.shop.b DB.S.T path=models/b.sql\n#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[tT]\n[DB].[s].[t]\n",
            "models/a.sql",
            "select 1\n",
            expect![[
                r#"Warning ambiguous-table at "select 1": `[DB].[s].[t]` in W fits 2 relations: DB.S.t, DB.S.T; counted for none of them"#
            ]],
        );
    }
}

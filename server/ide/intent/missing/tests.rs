//! What is written of all that is missing, what is left out, and what is said of it.

use expect_test::{Expect, expect};
use fixture::Fixture;

use crate::testing::analysis;

const LUID: &str = "11111111-1111-1111-1111-111111111111";
const FILE: &str = "models/exposures/tableau.yml";

/// The names that are new in each file and what else is said; or the reason why there are
/// none.
#[track_caller]
fn check(project: &str, expect: Expect) {
    let fixture = Fixture::parse(project);
    let analysis = analysis(&fixture);
    let texts = |path: &str| {
        let mut files = fixture.files();
        let file = files.find(|(name, _)| *name == path);
        Ok(file.map(|(_, text)| text.to_owned()))
    };
    let made = match analysis.write_missing(&texts) {
        Ok(made) => made,
        Err(reason) => return expect.assert_eq(&format!("refused: {reason}")),
    };
    let mut lines = Vec::new();
    for file in &made.files {
        let names = dbt::Properties::parse(&file.after).expect("YAML that dbt reads");
        let names: Vec<String> = names.exposures.into_iter().map(|it| it.name).collect();
        lines.push(format!("{}: {}", file.path, names.join(", ")));
    }
    lines.push(format!("{} new", made.n_new));
    lines.extend(made.rest());
    expect.assert_eq(&lines.join("\n"));
}

/// Two workbooks that read `a`, on a site that is known whole.
fn site(nodes: &str, more: &str) -> String {
    format!(
        "#- nodes\nmodel.shop.a DB.S.a\n{nodes}#- tableau\n\
         content site acme lists_all host=acme.example fetched=2026-01-01T06:00:00Z\n\
         workbook Sales luid={LUID} site=acme\ndatasource D snowflake\n[DB].[S].[A]\n\
         workbook Ops luid=w2 site=acme\ndatasource D snowflake\n[DB].[S].[A]\n{more}"
    )
}

#[test]
fn all_that_are_missing_are_written_at_once() {
    check(
        &site("", ""),
        expect![[r#"
        models/exposures/tableau.yml: ops, sales
        2 new"#]],
    );
}

#[test]
fn what_is_there_is_kept_and_not_written_again() {
    let file = format!(
        "#- exposures\nsales tableau.luid={LUID} tableau.site=acme depends_on=model.shop.a\n#- {FILE}\nexposures:\n  \
         - name: sales\n    type: dashboard\n    owner: {{name: Ana}}\n    depends_on: \
         [ref('a')]\n    config: {{meta: {{tableau: {{luid: {LUID}}}}}}}\n"
    );
    check(
        &format!("{}{file}", site("", "")),
        expect![[r#"
            models/exposures/tableau.yml: sales, ops
            1 new"#]],
    );
}

#[test]
fn what_dbt_would_refuse_is_left_out_and_counted() {
    let secret = "workbook Audit luid=w3 site=acme\ndatasource D snowflake\n[DB].[S].[SECRET]\n";
    check(
        &site("model.shop.secret DB.S.secret access=private\n", secret),
        expect![[r#"
            models/exposures/tableau.yml: ops, sales
            2 new
            1 left out (Audit: `secret` has `access: private`, and dbt Core 1.11 refuses an exposure on it)"#]],
    );
}

#[test]
fn a_guess_is_left_out() {
    let guess = "workbook Guess luid=w3 site=acme\ndatasource D snowflake\n[B]\n";
    check(
        &site("model.shop.b DB.S.b\n", guess),
        expect![[r#"
            models/exposures/tableau.yml: ops, sales
            2 new
            1 left out (Guess: `b` is matched by name alone: look at it and write it from the editor, or give `dbt.manifest` the manifest of production); more may be missing (1 workbook reads tables that match by name alone (Guess))"#]],
    );
}

#[test]
fn where_nothing_can_be_written_the_reasons_are_listed() {
    let project = |workbooks: &str| {
        format!(
            "#- nodes\nmodel.shop.secret DB.S.secret access=private\n#- tableau\n\
             content site acme lists_all host=acme.example fetched=2026-01-01T06:00:00Z\n{workbooks}"
        )
    };
    let workbook = |n: usize| {
        format!("workbook W{n} luid=w{n} site=acme\ndatasource D snowflake\n[DB].[S].[SECRET]\n")
    };
    check(
        &project(&workbook(1)),
        expect![
            "refused: no exposure can be written: 1 left out (W1: `secret` has `access: private`, and dbt Core 1.11 refuses an exposure on it)"
        ],
    );
    let five: String = (1..=5).map(workbook).collect();
    check(
        &project(&five),
        expect![
            "refused: no exposure can be written: 5 left out (W1: `secret` has `access: private`, and dbt Core 1.11 refuses an exposure on it; W2: `secret` has `access: private`, and dbt Core 1.11 refuses an exposure on it; W3: `secret` has `access: private`, and dbt Core 1.11 refuses an exposure on it; +2)"
        ],
    );
}

#[test]
fn all_is_well_only_where_all_is_known() {
    let none = "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\n\
                content site acme lists_all host=acme.example fetched=2026-01-01T06:00:00Z\n";
    check(
        none,
        expect![
            "refused: no exposure is known to be missing, yet some may be (no workbook was found)"
        ],
    );
    check(
        &format!("{none}workbook Hidden luid=w1 site=acme\ndatasource D snowflake\nsql ?\n"),
        expect![
            "refused: no exposure is known to be missing, yet some may be (1 custom SQL query could not be read (Hidden))"
        ],
    );
    let all = format!(
        "{}#- exposures\nsales tableau.luid={LUID} tableau.site=acme depends_on=model.shop.a\n",
        site("", "").split("workbook Ops").next().expect("a text")
    );
    check(
        &all,
        expect!["refused: every workbook that reads this project has its exposure"],
    );
    check(
        "#- nodes\nmodel.shop.a DB.S.a\n",
        expect![
            "refused: no exposure is known to be missing, yet some may be (no Tableau content was found at all)"
        ],
    );
    check(
        &format!("{}datasource E snowflake\nsql ?\n", site("", "")),
        expect![[r#"
            models/exposures/tableau.yml: ops, sales
            2 new
            more may be missing (1 custom SQL query could not be read (Ops))"#]],
    );
    check(
        &format!("{}#- no manifest\n", site("", "")),
        expect![[r#"
            models/exposures/tableau.yml: ops, sales
            2 new
            more may be missing (there is no manifest: run `dbt parse` to make one)"#]],
    );
}

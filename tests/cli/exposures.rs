//! `exposures`: the plan, the check, what is written and what is not.

use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};

use super::given::{Reads, project, workbook};
use crate::support::cli::{self, run};
use crate::support::project::copy;
use Reads::{Query, Table};

const NODES: &str = "\
model.shop.orders DB.S.orders models/orders.sql
model.shop.returns DB.S.returns models/returns.sql
";

const FILE: &str = "models/exposures/tableau.yml";

/// An exposure of the workbook `Ops`, which lacks a node.
const OPS: &str = "\
# Ours.
exposures:
  - name: ops
    type: dashboard
    owner: {name: Ana}
    depends_on:
      - ref('orders')  # mind the gap
    config: {meta: {tableau: {file: Ops.twb}}}
";

/// A project with the workbooks `Sales`, on orders, and `Ops`, on orders and returns.
pub(super) fn two_workbooks() -> tempfile::TempDir {
    let project = project("snowflake", NODES);
    let (orders, returns) = (Table("[S].[ORDERS]"), Table("[S].[RETURNS]"));
    workbook(
        project.path(),
        "Sales",
        &[("snowflake", "dbname='DB'", &[orders])],
    );
    let both = [orders, returns];
    workbook(
        project.path(),
        "Ops",
        &[("snowflake", "dbname='DB'", &both)],
    );
    project
}

pub(super) fn write(project: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = project.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("make a folder");
    fs::write(path, bytes).expect("write");
}

pub(super) fn read(project: &Path, name: &str) -> String {
    fs::read_to_string(project.join(name)).expect("text")
}

/// What a run says, stderr behind stdout, and how it ends.
#[track_caller]
fn check(project: &Path, args: &[&str], expect: Expect) {
    let args: Vec<&str> = ["exposures"].iter().chain(args).copied().collect();
    let said = run(project, &args);
    let err = match said.err.as_str() {
        "" => String::new(),
        err => format!("stderr:\n{err}"),
    };
    expect.assert_eq(&format!("{}{err}({})\n", said.out, said.code));
}

#[test]
fn a_plan_tells_each_change_with_its_reason() {
    let project = two_workbooks();
    check(
        project.path(),
        &[],
        expect![[r#"
        models/exposures/tableau.yml (new file)
          create  ops    Ops    it has no exposure
          create  sales  Sales  it has no exposure
        2 missing
        --diff shows the changes to the files, --write makes them
        (0)
    "#]],
    );
    write(project.path(), FILE, OPS);
    check(
        project.path(),
        &[],
        expect![[r#"
        models/exposures/tableau.yml
          add_depends_on  ops    Ops    it lacks `returns`
          create          sales  Sales  it has no exposure
        1 missing · 1 to extend
        --diff shows the changes to the files, --write makes them
        (0)
    "#]],
    );
    assert_eq!(read(project.path(), FILE), OPS, "a plan changes nothing");
}

#[test]
fn the_sample_is_planned_written_and_then_in_step() {
    let project = copy("shop");
    let before = read(project.path(), FILE);
    check(
        project.path(),
        &["--check"],
        expect![[r#"
            models/exposures/tableau.yml
              create  account_tracker    Account Tracker    it has no exposure
              create  all_movements      All Movements      it has no exposure
              create  basket_explorer    Basket Explorer    it has no exposure
              create  cafe_creme         Café & Crème 🧁    it has no exposure
              create  churn              Churn              it has no exposure
              create  customer_360       Customer 360       it has no exposure
              create  daily_sales_flash  Daily Sales Flash  it has no exposure
              create  executive_summary  Executive Summary  it has no exposure
              create  plan_vs_actual     Plan vs Actual     it has no exposure
              create  price_history      Price History      it has no exposure
              create  session_quality    Session Quality    it has no exposure
              create  stock_levels       Stock Levels       it has no exposure
              create  weekly_ops         Weekly Ops         it has no exposure
            left as they are:
              -  Refund Audit  `fct_refunds` has `access: private`, and dbt Core 1.11 refuses an exposure on it
            13 missing · 1 unchanged · 1 left as it is
            stderr:
            note: only workbook files were looked at; a site may hold other workbooks
            (1)
        "#]],
    );
    check(
        project.path(),
        &["--write"],
        expect![[r#"
            models/exposures/tableau.yml: written
              create  account_tracker    Account Tracker    it has no exposure
              create  all_movements      All Movements      it has no exposure
              create  basket_explorer    Basket Explorer    it has no exposure
              create  cafe_creme         Café & Crème 🧁    it has no exposure
              create  churn              Churn              it has no exposure
              create  customer_360       Customer 360       it has no exposure
              create  daily_sales_flash  Daily Sales Flash  it has no exposure
              create  executive_summary  Executive Summary  it has no exposure
              create  plan_vs_actual     Plan vs Actual     it has no exposure
              create  price_history      Price History      it has no exposure
              create  session_quality    Session Quality    it has no exposure
              create  stock_levels       Stock Levels       it has no exposure
              create  weekly_ops         Weekly Ops         it has no exposure
            left as they are:
              -  Refund Audit  `fct_refunds` has `access: private`, and dbt Core 1.11 refuses an exposure on it
            1 file written · 1 unchanged · 1 left as it is
            (0)
        "#]],
    );
    let after = read(project.path(), FILE);
    assert!(after.starts_with(&before), "{after}");
    check(
        project.path(),
        &["--write"],
        expect![[r#"
            left as they are:
              -  Refund Audit  `fct_refunds` has `access: private`, and dbt Core 1.11 refuses an exposure on it
            nothing to write · 14 unchanged · 1 left as it is
            (0)
        "#]],
    );
    assert_eq!(read(project.path(), FILE), after);
    check(
        project.path(),
        &["--check"],
        expect![[r#"
            left as they are:
              -  Refund Audit  `fct_refunds` has `access: private`, and dbt Core 1.11 refuses an exposure on it
            nothing else is missing or stale · 14 unchanged · 1 left as it is
            stderr:
            note: only workbook files were looked at; a site may hold other workbooks
            (0)
        "#]],
    );
    check(
        project.path(),
        &["--diff"],
        expect![[r#"
        stderr:
        note: Refund Audit is left as it is: `fct_refunds` has `access: private`, and dbt Core 1.11 refuses an exposure on it
        (0)
    "#]],
    );
}

#[test]
fn json_tells_the_same_plan() {
    let project = two_workbooks();
    write(project.path(), FILE, OPS);
    let answer = cli::json(project.path(), &["exposures"]);
    let again = cli::json(project.path(), &["exposures", "--check"]);
    assert_eq!(again["changes"], answer["changes"]);
    let answer = serde_json::to_string_pretty(&answer).expect("JSON");
    expect![[r#"
        {
          "changes": [
            {
              "action": "add_depends_on",
              "exposure": "ops",
              "file": "models/exposures/tableau.yml",
              "finding": true,
              "reason": "it lacks `returns`",
              "workbook": "Ops"
            },
            {
              "action": "create",
              "exposure": "sales",
              "file": "models/exposures/tableau.yml",
              "finding": true,
              "reason": "it has no exposure",
              "workbook": "Sales"
            }
          ],
          "complete": true,
          "diff": null,
          "missing": [],
          "not_written": null,
          "problems": [],
          "project": "shop",
          "version": 1,
          "written": null
        }"#]]
    .assert_eq(&answer);
    let written = cli::json(
        project.path(),
        &["exposures", "--write", "--workbook", "Ops"],
    );
    assert_eq!(written["written"], serde_json::json!([FILE]));
    assert_eq!(written["not_written"], serde_json::json!([]));
}

#[test]
fn a_check_ends_with_what_it_found() {
    let project = two_workbooks();
    check(
        project.path(),
        &["--check"],
        expect![[r#"
        models/exposures/tableau.yml (new file)
          create  ops    Ops    it has no exposure
          create  sales  Sales  it has no exposure
        2 missing
        stderr:
        note: only workbook files were looked at; a site may hold other workbooks
        (1)
    "#]],
    );
    run(project.path(), &["exposures", "--write"]);
    check(
        project.path(),
        &["--check"],
        expect![[r#"
        nothing is missing or stale · 2 unchanged
        stderr:
        note: only workbook files were looked at; a site may hold other workbooks
        (0)
    "#]],
    );
    let unreadable = [Query("select from where ((")];
    workbook(
        project.path(),
        "Odd",
        &[("snowflake", "dbname='DB'", &unreadable)],
    );
    check(
        project.path(),
        &["--check"],
        expect![[r#"
        nothing is missing or stale as far as is known · 2 unchanged
        stderr:
        note: only workbook files were looked at; a site may hold other workbooks
        note: not known: 1 custom SQL query could not be read (Odd)
        (3)
    "#]],
    );
    fs::remove_file(project.path().join(FILE)).expect("remove");
    check(
        project.path(),
        &["--check"],
        expect![[r#"
        models/exposures/tableau.yml (new file)
          create  ops    Ops    it has no exposure
          create  sales  Sales  it has no exposure
        2 missing
        stderr:
        note: only workbook files were looked at; a site may hold other workbooks
        note: not known: 1 custom SQL query could not be read (Odd)
        (1)
    "#]],
    );
}

#[test]
fn a_file_that_is_no_yaml_leaves_doubt() {
    let project = two_workbooks();
    run(project.path(), &["exposures", "--write"]);
    write(
        project.path(),
        "models/broken.yml",
        "exposures:\n\t- name: x\n",
    );
    check(
        project.path(),
        &["--check"],
        expect![[r#"
            nothing is missing or stale as far as is known · 2 unchanged
            stderr:
            note: exposures in models/broken.yml are taken from the manifest, if at all: line 2 is not valid YAML: it is indented with a tab; YAML takes spaces only
            note: only workbook files were looked at; a site may hold other workbooks
            note: which exposures models/broken.yml holds is not known: it cannot be read
            (3)
        "#]],
    );
}

#[test]
fn without_content_or_manifest_nothing_is_said_to_be_in_step() {
    let project = project("snowflake", NODES);
    check(
        project.path(),
        &["--check"],
        expect![[r#"
        stderr:
        error: cannot compare exposures without a manifest and Tableau content
        note: no Tableau content found: sign in to a site with `exposure-lens login URL` and run `exposure-lens pull`, name a team snapshot with `tableau.snapshot`, or put .twb, .twbx, .tds or .tdsx files into the repository or name them with `tableau.files` (files that Git ignores are left out)
        (3)
    "#]],
    );
    let project = two_workbooks();
    fs::remove_dir_all(project.path().join("target")).expect("remove");
    check(
        project.path(),
        &["--check"],
        expect![[r#"
        stderr:
        error: cannot compare exposures without a manifest and Tableau content
        note: no manifest at target/manifest.json, so that the project's files are read: run `dbt parse`, or name one with `dbt.manifest`
        (3)
    "#]],
    );
    let answer = cli::json(project.path(), &["exposures"]);
    assert_eq!(answer["complete"], false);
    assert_eq!(answer["missing"][0]["code"], "manifest_missing");
}

#[test]
fn a_workbook_is_chosen_by_title_file_or_nothing() {
    let project = two_workbooks();
    for name in ["Sales", "sales", "Sales.twb"] {
        let said = run(project.path(), &["exposures", "--workbook", name]);
        assert!(
            said.out.contains("Sales") && !said.out.contains("Ops"),
            "{}",
            said.out
        );
    }
    check(
        project.path(),
        &["--workbook", "Slaes"],
        expect![[r#"
        stderr:
        error: no workbook `Slaes`; did you mean `Sales`?
        (2)
    "#]],
    );
    check(
        project.path(),
        &["--workbook", "Sales", "--workbook", "x\u{1b}[31m"],
        expect![[r#"
            stderr:
            error: no workbook `x[31m`
            (2)
        "#]],
    );
    check(
        project.path(),
        &["--project", "Finance/**"],
        expect![[r#"
            stderr:
            error: no workbook in a Tableau project `Finance/**`
            (2)
        "#]],
    );
    check(
        project.path(),
        &["--workbook", "https://acme.example/#/site/acme/workbooks/7"],
        expect![[r#"
            stderr:
            error: no workbook at `https://acme.example/#/site/acme/workbooks/7`
            (2)
        "#]],
    );
    fs::create_dir(project.path().join("more")).expect("make a folder");
    let reads = [Table("[S].[ORDERS]")];
    workbook(
        &project.path().join("more"),
        "Sales",
        &[("snowflake", "dbname='DB'", &reads)],
    );
    check(
        project.path(),
        &["--workbook", "Sales"],
        expect![[r#"
        stderr:
        error: 2 workbooks are called `Sales`: name one by its LUID, file or link: Sales.twb, more/Sales.twb
        (2)
    "#]],
    );
}

#[test]
fn only_one_thing_is_asked_for_at_a_time() {
    let project = two_workbooks();
    let said = run(project.path(), &["exposures", "--check", "--write"]);
    assert_eq!(said.code, 2);
    assert!(!project.path().join(FILE).exists());
}

#[test]
fn a_second_write_writes_nothing_and_other_bytes_stay() {
    let texts = [
        OPS.to_owned(),
        format!("\u{feff}{}", OPS.replace('\n', "\r\n")),
        OPS.trim_end().to_owned(),
        format!("version: 2\nmodels:\n  - name: orders\n{OPS}sources: []  # last\n"),
    ];
    for text in texts {
        let project = two_workbooks();
        write(project.path(), "models/ours.yml", &text);
        assert_eq!(run(project.path(), &["exposures", "--write"]).code, 0);
        let after = read(project.path(), "models/ours.yml");
        let kept = after.lines().filter(|it| !it.contains("ref('returns')"));
        assert_eq!(kept.collect::<Vec<_>>(), text.lines().collect::<Vec<_>>());
        assert_eq!(after.contains("\r\n"), text.contains("\r\n"));
        assert_eq!(after.ends_with('\n'), text.ends_with('\n'));
        let again = run(project.path(), &["exposures", "--write"]);
        assert!(again.out.contains("nothing to write"), "{}", again.out);
        assert_eq!(read(project.path(), "models/ours.yml"), after);
        assert_eq!(run(project.path(), &["exposures", "--check"]).code, 0);
    }
}

#[test]
fn dbtignore_is_minded_and_hidden_folders_are_read() {
    let project = two_workbooks();
    write(project.path(), ".dbtignore", "models/drafts/\n");
    write(project.path(), "models/drafts/a.yml", OPS);
    let plan = || run(project.path(), &["exposures", "--workbook", "Ops"]).out;
    assert!(plan().contains("create"), "{}", plan());
    write(project.path(), "analyses/.deep/UPPER.YML", OPS);
    assert!(plan().contains("add_depends_on"), "{}", plan());
    assert!(plan().contains("analyses/.deep/UPPER.YML"), "{}", plan());
}

#[test]
fn a_dashboard_gets_an_exposure_where_the_settings_say_so() {
    let project = two_workbooks();
    write(
        project.path(),
        "exposure-lens.yml",
        "exposures: {grain: dashboard}\n",
    );
    check(
        project.path(),
        &[],
        expect![[r#"
        models/exposures/tableau.yml (new file)
          create  ops_board_0    Ops / Board 0    it has no exposure
          create  sales_board_0  Sales / Board 0  it has no exposure
        2 missing
        --diff shows the changes to the files, --write makes them
        (0)
    "#]],
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_takes_nothing_from_the_others() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let project = two_workbooks();
    write(project.path(), "models/ours.yml", OPS);
    let ours = project.path().join("models/ours.yml");
    fs::set_permissions(&ours, fs::Permissions::from_mode(0o444)).expect("chmod");
    check(
        project.path(),
        &["--write"],
        expect![[r#"
        models/exposures/tableau.yml: written
          create  sales  Sales  it has no exposure
        models/ours.yml: not written
          add_depends_on  ops  Ops  it lacks `returns`
        1 of 2 files written
        stderr:
        error: models/ours.yml is left as it is: it is read-only; allow writing to it first
        (3)
    "#]],
    );
    assert_eq!(read(project.path(), "models/ours.yml"), OPS);
    assert!(read(project.path(), FILE).contains("name: sales"));

    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let project = two_workbooks();
    fs::create_dir(project.path().join("models")).expect("make a folder");
    symlink(elsewhere.path(), project.path().join("models/exposures")).expect("link");
    check(
        project.path(),
        &["--write"],
        expect![[r#"
            left as they are:
              ops    Ops    models/exposures/tableau.yml cannot be read: it is a link that leads out of the repository or nowhere
              sales  Sales  models/exposures/tableau.yml cannot be read: it is a link that leads out of the repository or nowhere
            nothing to write · 2 left as they are
            stderr:
            note: models/exposures leads out of the repository and is not looked through
            (3)
        "#]],
    );
    assert_eq!(fs::read_dir(elsewhere.path()).expect("list").count(), 0);
}

#[test]
fn a_file_that_is_no_utf8_is_left() {
    let project = two_workbooks();
    let bytes = [OPS.as_bytes(), b"# Caf\xe9\n"].concat();
    write(project.path(), "models/ours.yml", &bytes);
    check(
        project.path(),
        &["--write", "--workbook", "Ops"],
        expect![[r#"
            left as they are:
              ops  Ops  it lacks `returns`; models/ours.yml cannot be read: it is not UTF-8; save it in that encoding first
            nothing to write · 1 left as it is
            (3)
        "#]],
    );
    let now = fs::read(project.path().join("models/ours.yml")).expect("read");
    assert_eq!(now, bytes);
}

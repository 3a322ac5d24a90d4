//! `exposures` beside a site: Tableau projects, workbooks that go, many at once.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::exposures::{read, write};
use super::exposures_diff::patched;
use super::given::project;
use crate::site::machine::Machine;
use crate::support::tableau::datasource::{Datasource, Table};
use crate::support::tableau::fault::Fault;
use crate::support::tableau::site::Site;
use crate::support::tableau::workbook::Workbook;
use crate::support::tableau::{Running, Standin};

const FILE: &str = "models/exposures/tableau.yml";

fn on(table: &str, title: &str, folder: &str) -> Workbook {
    let table = Table::new("snowflake", &format!("DB.S.{table}"));
    Workbook::new(title)
        .project(folder)
        .datasource(Datasource::new("D").table(table))
        .sheet("Sheet", &["D"])
        .dashboard("Board", &["Sheet"])
}

/// A project of `n` models beside `site`, read.
fn pulled(site: Site, n: usize) -> (Running, Machine) {
    let mut nodes = String::new();
    for n in 0..n {
        let _ = writeln!(nodes, "model.shop.m{n} DB.S.M{n} models/m{n}.sql");
    }
    let running = Standin::start(site);
    let machine = Machine::with(project("snowflake", &nodes)).signed_in(&running);
    assert_eq!(machine.run(&["pull"]).code, 0);
    (running, machine)
}

fn two() -> Site {
    Site::new("acme")
        .workbook(on("M0", "Sales", "Finance/Exec"))
        .workbook(on("M1", "Ops", "Ops"))
}

#[track_caller]
fn check(running: &Running, machine: &Machine, args: &[&str], expect: Expect) {
    let args: Vec<&str> = ["exposures"].iter().chain(args).copied().collect();
    let said = machine.run(&args);
    let host = running.socket().to_string();
    let err = match said.err.as_str() {
        "" => String::new(),
        err => format!("stderr:\n{err}"),
    };
    let text = format!("{}{err}({})\n", said.out, said.code);
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    expect.assert_eq(&text.replace(&host, "HOST").replace(&today, "TODAY"));
}

#[test]
fn a_workbook_that_is_gone_is_stale_until_it_is_disabled_or_removed() {
    let (running, machine) = pulled(two(), 2);
    assert_eq!(machine.run(&["exposures", "--write"]).code, 0);
    let written = read(machine.project(), FILE);
    let patched = |args: &[&str]| {
        let said = machine.run(&[&["exposures", "--diff"], args].concat());
        let copied = patched(machine.project(), &said.out, "git", &["apply"]);
        read(&copied.path().join("dbt/shop"), FILE)
    };
    check(
        &running,
        &machine,
        &["--check"],
        expect![[r#"
        nothing is missing or stale · 2 unchanged
        (0)
    "#]],
    );
    running.edit(|site| site.workbooks.retain(|it| it.name != "Sales"));
    // As long as the site was not read again, it is there.
    check(
        &running,
        &machine,
        &["--check"],
        expect![[r#"
        nothing is missing or stale · 2 unchanged
        (0)
    "#]],
    );
    assert_eq!(machine.run(&["pull"]).code, 0);
    check(
        &running,
        &machine,
        &["--check"],
        expect![[r#"
            models/exposures/tableau.yml
              stale  sales  Sales  what it stands for is no more on acme (read TODAY)
            1 stale · 1 unchanged · --gone disable or --gone remove acts on stale ones
            (1)
        "#]],
    );
    check(
        &running,
        &machine,
        &["--write"],
        expect![[r#"
            models/exposures/tableau.yml
              stale  sales  Sales  what it stands for is no more on acme (read TODAY)
            nothing to write · 1 unchanged · --gone disable or --gone remove acts on stale ones
            (0)
        "#]],
    );
    assert_eq!(read(machine.project(), FILE), written);
    check(
        &running,
        &machine,
        &["--gone", "disable"],
        expect![[r#"
            models/exposures/tableau.yml
              disable  sales  Sales  what it stands for is no more on acme (read TODAY)
            1 stale · 1 unchanged
            --diff shows the changes to the files, --write makes them
            (0)
        "#]],
    );
    check(
        &running,
        &machine,
        &["--gone", "disable", "--write"],
        expect![[r#"
            models/exposures/tableau.yml: written
              disable  sales  Sales  what it stands for is no more on acme (read TODAY)
            1 file written · 1 unchanged
            (0)
        "#]],
    );
    assert!(read(machine.project(), FILE).contains("enabled: false"));
    check(
        &running,
        &machine,
        &["--check"],
        expect![[r#"
        nothing is missing or stale · 2 unchanged
        (0)
    "#]],
    );
    let by_git = patched(&["--gone", "remove"]);
    check(
        &running,
        &machine,
        &["--gone", "remove", "--write"],
        expect![[r#"
            models/exposures/tableau.yml: written
              remove  sales  Sales  what it stands for is no more on acme (read TODAY)
            1 file written · 1 unchanged
            (0)
        "#]],
    );
    assert_eq!(read(machine.project(), FILE), by_git);
    assert!(!by_git.contains("Sales"), "{by_git}");
    check(
        &running,
        &machine,
        &["--check"],
        expect![[r#"
        nothing is missing or stale · 1 unchanged
        (0)
    "#]],
    );
}

#[test]
fn nothing_is_gone_from_a_site_that_was_read_in_part() {
    let (running, machine) = pulled(two(), 2);
    assert_eq!(machine.run(&["exposures", "--write"]).code, 0);
    running.edit(|site| {
        site.workbooks.retain(|it| it.name != "Sales");
        site.users[0].role = "Explorer".to_owned();
    });
    assert_eq!(machine.run(&["pull", "--full"]).code, 0);
    check(
        &running,
        &machine,
        &["--check"],
        expect![[r#"
            nothing is missing or stale as far as is known · 2 unchanged
            stderr:
            note: whether what `sales` stands for is still there is not known: the token's user may not see every workbook of acme on HOST
            (3)
        "#]],
    );
    running.script(Fault::status(500));
    machine.run(&["pull"]);
    let said = machine.run(&["exposures", "--check"]);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    assert!(!said.out.contains("stale:"), "{}", said.out);
}

#[test]
fn workbooks_are_chosen_by_link_luid_and_tableau_project() {
    let (running, machine) = pulled(two(), 2);
    let site = running.site();
    let sales = site
        .workbooks
        .iter()
        .find(|it| it.name == "Sales")
        .expect("Sales");
    let link = format!("{}/workbooks/{}", running.address(), sales.number);
    for args in [
        ["--workbook", &sales.luid],
        ["--workbook", &link],
        ["--project", "Finance/**"],
        ["--projects", "finance/exec"],
    ] {
        let said = machine.run(&[&["exposures"][..], &args].concat());
        let is_it = said.out.contains("Sales") && !said.out.contains("Ops");
        assert!(is_it, "{args:?}: {}{}", said.out, said.err);
    }
    check(
        &running,
        &machine,
        &["--project", "Finanse/**"],
        expect![[r#"
            stderr:
            error: no workbook in a Tableau project `Finanse/**`
            (2)
        "#]],
    );
    let both = ["--project", "Ops", "--workbook", "Sales"];
    check(
        &running,
        &machine,
        &both,
        expect![[r#"
        stderr:
        error: no workbook `Sales`
        (2)
    "#]],
    );
}

#[test]
fn fifty_workbooks_over_twenty_files_are_written_in_one_run() {
    let mut site = Site::new("acme");
    for n in 0..50 {
        let table = format!("M{}", n % 7);
        site.add_workbook(on(
            &table,
            &format!("Board {n}"),
            &format!("Folder {}", n % 20),
        ));
    }
    let (_running, machine) = pulled(site, 7);
    let settings = "exposures: {path: \"models/exposures/{project}.yml\"}\n";
    write(machine.project(), "exposure-lens.yml", settings);
    // One of the files is there and holds other things.
    let ours = "version: 2\n\nmodels:\n  - name: m0  # ours\n";
    write(machine.project(), "models/exposures/folder_3.yml", ours);
    assert_eq!(machine.run(&["exposures", "--check"]).code, 1);
    let answer = machine.json(&["exposures", "--write"]);
    assert_eq!(answer["written"].as_array().map(Vec::len), Some(20));
    assert_eq!(answer["not_written"], serde_json::json!([]));
    let folder = machine.project().join("models/exposures");
    let files = std::fs::read_dir(&folder).expect("list");
    let names = files.map(|it| it.expect("list").file_name());
    assert_eq!(names.count(), 20, "nothing is left beside them");
    assert!(read(&folder, "folder_3.yml").starts_with(ours));
    let again = machine.json(&["exposures", "--write"]);
    assert_eq!(again["written"], serde_json::json!([]));
    let check = machine.run(&["exposures", "--check"]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    assert_eq!(check.out, "nothing is missing or stale · 50 unchanged\n");
}

//! The team snapshot: made on one machine, used on another that has no account.

use std::io::Read as _;

use expect_test::{Expect, expect};
use serde_json::Value;

use super::machine::{Machine, codes, text};
use crate::support::project::shared_data;
use crate::support::tableau::datasource::{Datasource, Table};
use crate::support::tableau::site::Site;
use crate::support::tableau::workbook::Workbook;
use crate::support::tableau::{Running, Standin, shop};

const FILE: &str = "team.snapshot";

/// A snapshot of the sample's site, made on a machine that is signed in.
fn made(running: &Running) -> Vec<u8> {
    made_on(&Machine::new().signed_in(running))
}

fn made_on(machine: &Machine) -> Vec<u8> {
    let said = machine.run(&["pull", "--output", FILE, "--projects", "**"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    std::fs::read(machine.project().join(FILE)).expect("the snapshot")
}

/// A machine where only `tableau.snapshot` is set.
fn second(snapshot: &[u8]) -> Machine {
    let machine = Machine::new();
    machine.write(FILE, snapshot);
    machine.write(
        "exposure-lens.yml",
        format!("tableau: {{snapshot: {FILE}}}\n"),
    );
    machine
}

/// Takes the developer's own schema into the manifest: `dev_ana_…` in place of each schema.
fn in_a_schema_of_ones_own(machine: &Machine) {
    let path = machine.project().join("target/manifest.json");
    let bytes = std::fs::read(&path).expect("a manifest");
    let mut manifest: Value = serde_json::from_slice(&bytes).expect("JSON");
    rename_schemas(&mut manifest);
    std::fs::write(&path, manifest.to_string()).expect("write the manifest");
}

fn rename_schemas(manifest: &mut Value) {
    let nodes = manifest["nodes"].as_object_mut().expect("nodes");
    for node in nodes.values_mut() {
        let Some(schema) = node["schema"].as_str().map(str::to_owned) else {
            continue;
        };
        let own = format!("dev_ana_{schema}");
        if let Some(name) = node["relation_name"].as_str() {
            node["relation_name"] = Value::from(name.replacen(&schema, &own, 1));
        }
        node["schema"] = Value::from(own);
    }
}

#[test]
fn a_second_machine_gives_the_same_answers_without_an_account() {
    let running = Standin::start(shop::site());
    let first = Machine::new().signed_in(&running);
    let snapshot = made_on(&first);
    first.run(&["pull"]);
    let expected = first.dashboards();
    assert!(!expected.is_empty());
    running.forget_requests();
    let second = second(&snapshot);
    assert_eq!(second.dashboards(), expected);
    let answer = second.json(&["usages"]);
    assert_eq!(codes(&answer["problems"]), Vec::<String>::new());
    second.json(&["doctor"]);
    assert_eq!(running.requests().len(), 0, "Tableau is not asked");
}

#[test]
fn a_developers_own_schema_is_mapped_to_production() {
    let running = Standin::start(shop::site());
    let snapshot = made(&running);
    let second = second(&snapshot);
    in_a_schema_of_ones_own(&second);
    expect![[r#"
        model.shop.dim_customers.v1 -> Customer Health / Health (mapped)
        model.shop.dim_customers.v1 -> Customer Health / Segments (mapped)
        model.shop.dim_products -> Order Funnel / Drop-off (mapped)
        model.shop.dim_products -> Order Funnel / Funnel (mapped)
        model.shop.dim_vendors -> Vendor Scorecard / Scorecard (mapped)
        model.shop.fct_orders -> Order Funnel / Drop-off (mapped)
        model.shop.fct_orders -> Order Funnel / Funnel (mapped)
        model.shop.fct_orders -> Sales Overview / Overview (mapped)
        model.shop.fct_orders -> Sales Overview / Quarterly Review (mapped)
        model.shop.fct_orders -> Sales Overview / Regional Detail (mapped)
        model.shop.fct_returns -> Returns Desk / Return Reasons (mapped)
        model.shop.fct_returns -> Returns Desk / Returns Today (mapped)
        source.shop.erp.vendors -> Vendor Scorecard / Scorecard (exact)"#]]
    .assert_eq(&second.dashboards().join("\n"));
}

#[test]
fn the_first_true_lens_on_the_gitlab_manifest_needs_no_login_and_no_rule() {
    let Some(data) = shared_data("the_first_true_lens_on_the_gitlab_manifest") else {
        return;
    };
    let packed = std::fs::File::open(data.join("dbt/manifests/gitlab.json.gz")).expect("manifest");
    let mut bytes = Vec::new();
    let mut unpacked = flate2::read::GzDecoder::new(packed);
    unpacked.read_to_end(&mut bytes).expect("gzip");
    let mut manifest: Value = serde_json::from_slice(&bytes).expect("JSON");
    let node = "model.gitlab_snowflake.dim_date";
    let relation = text(&manifest["nodes"][node]["relation_name"]);

    let running = Standin::start(reads(&relation));
    let first = Machine::with(project(&bytes)).signed_in(&running);
    let snapshot = made_on(&first);
    running.forget_requests();

    rename_schemas(&mut manifest);
    let second = Machine::with(project(manifest.to_string().as_bytes()));
    second.write(FILE, &snapshot);
    second.write(
        "exposure-lens.yml",
        format!("tableau: {{snapshot: {FILE}}}\n"),
    );
    let answer = second.json(&["usages", "dim_date"]);
    let workbook = &answer["nodes"][0]["workbooks"][0];
    assert_eq!(answer["nodes"][0]["unique_id"], node);
    assert_eq!(workbook["name"], "Calendar", "{answer}");
    assert_eq!(workbook["match"], "mapped");
    assert_eq!(running.requests().len(), 0, "Tableau is not asked");
}

/// A site with one workbook that reads one table, named as Snowflake stores it.
fn reads(relation: &str) -> Site {
    let stored = relation.replace('"', "").to_uppercase();
    let datasource = Datasource::new("Dates").table(Table::new("snowflake", &stored));
    Site::new("acme").workbook(
        Workbook::new("Calendar")
            .project("Finance")
            .datasource(datasource)
            .sheet("By day", &["Dates"])
            .dashboard("Year", &["By day"]),
    )
}

fn project(manifest: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = folder.path().join("target");
    std::fs::create_dir(&target).expect("make a folder");
    std::fs::write(target.join("manifest.json"), manifest).expect("write");
    let text = "name: gitlab_snowflake\n";
    std::fs::write(folder.path().join("dbt_project.yml"), text).expect("write");
    folder
}

#[test]
fn a_snapshot_of_everything_is_refused_before_anyone_is_asked() {
    let running = Standin::start(shop::site());
    let machine = Machine::new().signed_in(&running);
    let check = |args: &[&str], expect: Expect| {
        let said = machine.run(args);
        let text = format!("{}{}exit code {}\n", said.out, said.err, said.code);
        expect.assert_eq(&text.replace(&running.socket().to_string(), "HOST"));
    };
    check(
        &["pull", "--output", FILE],
        expect![[r#"
        error: a snapshot of all of acme on HOST would show everyone who has it whatever your token may see: say which Tableau projects are in it, with `--projects 'Finance/**'` or with `projects` of the site in the settings
        exit code 2
    "#]],
    );
    check(
        &["pull", "--output", FILE, "--projects", "[x"],
        expect![[r#"
        error: no glob of projects: `[x`
        exit code 2
    "#]],
    );
    check(
        &["pull", "--include-sql"],
        expect![[r#"
        error: the following required arguments were not provided:
          --output <FILE>

        Usage: exposure-lens pull --output <FILE> --include-sql [SITE]...

        For more information, try '--help'.
        exit code 2
    "#]],
    );
    assert!(!machine.project().join(FILE).exists());
    assert_eq!(running.requests().len(), 0);
}

#[test]
fn only_the_projects_that_are_named_are_in_it() {
    let running = Standin::start(shop::site());
    let machine = Machine::new().signed_in(&running);
    let said = machine.json(&[
        "pull",
        "--output",
        FILE,
        "--projects",
        "Operations/**",
        "--projects",
        "Operations",
    ]);
    let bytes = std::fs::read(machine.project().join(FILE)).expect("the snapshot");
    let snapshot = tableau::snapshot::decode(&bytes).expect("ours");
    let workbooks = snapshot.sites[0].workbooks.iter();
    let mut names: Vec<&str> = workbooks.filter_map(|it| it.item.name.as_deref()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Returns Desk", "Vendor Scorecard"], "{said}");
    assert_eq!(said["written"]["workbooks"], 2);
}

#[test]
fn a_snapshot_is_not_written_when_its_site_cannot_be_fetched() {
    use crate::support::tableau::fault::Fault;

    let running = Standin::start(shop::site());
    let machine = Machine::new().signed_in(&running);
    let good = made_on(&machine);
    running.script(Fault::status(500));
    let said = machine.json(&["pull", "--output", FILE, "--projects", "**"]);
    assert_eq!(codes(&said["problems"]), ["snapshot_refused"]);
    let kept = std::fs::read(machine.project().join(FILE)).expect("the good one");
    assert_eq!(kept, good);
}

#[test]
fn a_snapshot_that_a_slip_would_make_empty_is_not_written() {
    let running = Standin::start(shop::site());
    let machine = Machine::new().signed_in(&running);
    let good = made_on(&machine);
    let said = machine.run(&["pull", "--output", FILE, "--projects", "Salse/**"]);
    assert_eq!(said.code, 3, "{}", said.out);
    let next = "nothing lies in the Tableau projects Salse/**";
    assert!(said.out.contains(next), "{}", said.out);
    let kept = std::fs::read(machine.project().join(FILE)).expect("the good one");
    assert_eq!(kept, good);
}

#[test]
fn a_snapshot_for_a_folder_that_is_not_there_is_refused_before_anyone_is_asked() {
    let running = Standin::start(shop::site());
    let machine = Machine::new().signed_in(&running);
    let said = machine.run(&["pull", "--output", "no/such/x.bin", "--projects", "**"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_eq!(
        said.err,
        "error: cannot write a team snapshot there: no folder no/such\n"
    );
    assert_eq!(running.requests().len(), 0);
}

#[test]
fn who_writes_the_snapshot_does_not_need_the_one_of_yesterday() {
    let running = Standin::start(shop::site());
    let machine = Machine::new().signed_in(&running);
    let settings = "tableau: {snapshot: 'https://no-such-host.invalid/team.snapshot'}\n";
    machine.write("exposure-lens.yml", settings);
    let said = machine.run(&["pull", "--output", FILE, "--projects", "**"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(!said.out.contains("no-such-host"), "{}", said.out);
}

#[test]
fn who_has_the_snapshot_of_a_site_is_not_told_to_sign_in_to_it() {
    let running = Standin::start(shop::site());
    let second = second(&made(&running));
    let settings = |url: &str| {
        let sites = format!("sites: [{{url: '{url}'}}]");
        format!("tableau: {{snapshot: {FILE}, {sites}}}\n")
    };
    second.write("exposure-lens.yml", settings(&running.address()));
    let answer = second.json(&["usages"]);
    assert_eq!(codes(&answer["problems"]), Vec::<String>::new());
    let doctor = second.json(&["doctor"]);
    assert_eq!(doctor["sites"][0]["state"], "not_signed_in");
    let other = format!("{}/#/site/other", running.url());
    second.write("exposure-lens.yml", settings(&other));
    let answer = second.json(&["usages"]);
    assert_eq!(codes(&answer["problems"]), ["not_signed_in"]);
}

#[test]
fn a_snapshot_in_a_file_is_not_fetched_and_that_is_said() {
    let running = Standin::start(shop::site());
    let second = second(&made(&running));
    let said = second.run(&["pull"]);
    let next = "the team snapshot is a file, which is read as it is";
    assert!(said.out.contains(next), "{}", said.out);
}

//! `pull`: what it fetches, what it keeps, what it says.

use std::path::Path;

use expect_test::{Expect, expect};

use super::machine::{Machine, codes, text};
use crate::support::tableau::fault::Fault;
use crate::support::tableau::site::{Site, TOKEN_SECRET};
use crate::support::tableau::{Running, Standin, shop};

fn shop() -> Running {
    Standin::start(shop::site())
}

/// What a run says, without what differs from run to run.
#[track_caller]
fn check(running: &Running, machine: &Machine, args: &[&str], expect: Expect) {
    let said = machine.run(args);
    let host = running.socket().to_string();
    let text = format!("{}{}", said.out, said.err).replace(&host, "HOST");
    let text = without_costs(&text);
    expect.assert_eq(&format!("{text}exit code {}\n", said.code));
}

/// Without the lines of progress, and without `· 15 requests, 1.2 MB, 3.1 s`.
fn without_costs(text: &str) -> String {
    let lines = text.lines().filter(|it| !it.starts_with("acme on HOST: "));
    let lines = lines.map(|line| match line.split_once(" · ") {
        Some((start, cost)) if cost.contains("request") => format!("{start} · COST\n"),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn what_was_pulled_answers_offline() {
    let running = shop();
    let machine = Machine::new().signed_in(&running);
    assert_eq!(machine.dashboards(), Vec::<String>::new());
    check(
        &running,
        &machine,
        &["pull"],
        expect![[r#"
        acme on HOST
          6 workbooks, 6 changed · COST
        exit code 0
    "#]],
    );
    running.forget_requests();
    expect![[r#"
        model.shop.dim_customers.v1 -> Customer Health / Health (exact)
        model.shop.dim_customers.v1 -> Customer Health / Segments (exact)
        model.shop.dim_products -> Order Funnel / Drop-off (exact)
        model.shop.dim_products -> Order Funnel / Funnel (exact)
        model.shop.dim_vendors -> Vendor Scorecard / Scorecard (exact)
        model.shop.fct_orders -> Order Funnel / Drop-off (exact)
        model.shop.fct_orders -> Order Funnel / Funnel (exact)
        model.shop.fct_orders -> Sales Overview / Overview (exact)
        model.shop.fct_orders -> Sales Overview / Quarterly Review (exact)
        model.shop.fct_orders -> Sales Overview / Regional Detail (exact)
        model.shop.fct_returns -> Returns Desk / Return Reasons (exact)
        model.shop.fct_returns -> Returns Desk / Returns Today (exact)
        source.shop.erp.vendors -> Vendor Scorecard / Scorecard (exact)"#]]
    .assert_eq(&machine.dashboards().join("\n"));
    assert_eq!(running.requests().len(), 0, "answers ask nobody");
    let content = machine.json(&["usages"])["content"].clone();
    let site = content.as_array().expect("content").iter();
    let site = site.filter(|it| it["kind"] == "site").collect::<Vec<_>>();
    assert_eq!(site.len(), 1);
    assert!(site[0]["fetched_at"].is_string(), "{content}");
}

#[test]
fn what_has_not_changed_is_not_asked_for_again() {
    let running = shop();
    let machine = Machine::new().signed_in(&running);
    let first = machine.json(&["pull"])["sites"][0]["counts"].clone();
    let again = machine.json(&["pull"])["sites"][0]["counts"].clone();
    assert_eq!(again["changed"], 0, "{again}");
    assert_eq!(again["workbooks"], first["workbooks"]);
    assert!(again["requests"].as_u64() < first["requests"].as_u64());
    let full = machine.json(&["pull", "--full"])["sites"][0]["counts"].clone();
    assert_eq!(full["changed"], first["changed"], "{full}");
}

#[test]
fn a_pull_that_fails_keeps_what_was_known_and_says_so() {
    let running = shop();
    let machine = Machine::new().signed_in(&running);
    machine.run(&["pull"]);
    let before = machine.dashboards();
    running.script(Fault::status(500));
    check(
        &running,
        &machine,
        &["pull"],
        expect![[r#"
        acme on HOST
          failed: cannot read content on HOST: the server failed (status 500, code 500000: Error: The server cannot answer now); try again later; if it stays so, tell the administrator
          what was fetched just now is kept
        exit code 3
    "#]],
    );
    assert_eq!(machine.dashboards(), before);
    let answer = machine.json(&["usages", "--offline"]);
    assert_eq!(codes(&answer["problems"]), ["refresh_failed"]);
    let doctor = machine.json(&["doctor", "--offline"]);
    assert_eq!(doctor["sites"][0]["state"], "failed");
    assert!(doctor["sites"][0]["last_failure"]["reason"].is_string());
    running.clear_script();
    assert_eq!(machine.run(&["pull"]).code, 0);
    let answer = machine.json(&["usages", "--offline"]);
    assert_eq!(codes(&answer["problems"]), Vec::<String>::new());
}

#[test]
fn one_site_that_fails_takes_nothing_from_the_other() {
    let good = shop();
    let machine = Machine::new().signed_in(&good);
    let closed = Standin::start(Site::new("gone"));
    let address = closed.address();
    drop(closed);
    machine.write_config(&format!(
        "tableau: {{sites: [{{url: {:?}}}, {{url: {address:?}}}]}}",
        good.address()
    ));
    let answer = machine.json(&["pull"]);
    let states: Vec<bool> = answer["sites"]
        .as_array()
        .expect("sites")
        .iter()
        .map(|it| it["signed_in"].as_bool().expect("a flag"))
        .collect();
    assert_eq!(states.iter().filter(|it| **it).count(), 1, "{answer}");
    assert!(!machine.dashboards().is_empty());
    assert_eq!(machine.run(&["pull", "gone"]).code, 3, "it is needed");
    assert_eq!(machine.run(&["pull"]).code, 0, "it may be a colleague's");
}

#[test]
fn a_damaged_file_in_the_cache_is_no_answer_and_is_fetched_anew() {
    let running = shop();
    let machine = Machine::new().signed_in(&running);
    machine.run(&["pull"]);
    let good = machine.dashboards();
    let mut content = machine.written().into_iter();
    let is_content = |path: &Path| path.ends_with("content") && path.starts_with(machine.cache());
    let (path, mut bytes) = content
        .find(|(path, _)| is_content(path))
        .expect("kept content");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).expect("damage it");
    let answer = machine.json(&["usages", "--offline"]);
    assert_eq!(codes(&answer["problems"]), ["site_unavailable"]);
    assert_eq!(machine.dashboards(), Vec::<String>::new());
    let nodes = answer["nodes"].as_array().expect("nodes").iter();
    assert!(nodes.clone().all(|it| it["complete"] == false), "no zero");
    assert_eq!(machine.run(&["pull"]).code, 0);
    assert_eq!(machine.dashboards(), good);
}

#[test]
fn two_pulls_at_once_leave_one_good_answer() {
    let running = shop();
    let machine = Machine::new().signed_in(&running);
    running.set_delay(std::time::Duration::from_millis(20));
    let both = [0, 1].map(|_| machine.start(&["pull", "--format", "json"]));
    for one in both {
        let said = one.wait_with_output().expect("it ends");
        assert!(
            said.status.success(),
            "{}",
            String::from_utf8_lossy(&said.stderr)
        );
    }
    let doctor = machine.json(&["doctor", "--offline"]);
    assert_eq!(doctor["sites"][0]["workbooks"], 6, "{doctor}");
    assert_eq!(doctor["sites"][0]["state"], "fresh");
    assert_eq!(running.n_sessions(), 1, "neither ended the other's session");
}

#[test]
fn offline_contacts_nothing() {
    let running = shop();
    let machine = Machine::new().signed_in(&running);
    check(
        &running,
        &machine,
        &["--offline", "pull"],
        expect![[r#"
        acme on HOST
          failed: cannot ask for the version on HOST: offline, as asked; run it without --offline
        exit code 3
    "#]],
    );
    for command in [&["usages"][..], &["doctor"], &["pull", "--full"]] {
        let args: Vec<&str> = [&["--offline"], command].concat();
        machine.run(&args);
    }
    assert_eq!(running.requests().len(), 0);
    let doctor = machine.json(&["doctor", "--offline"]);
    assert_eq!(
        doctor["sites"][0]["state"], "never_fetched",
        "offline is no failure"
    );
}

#[test]
fn doctor_tells_who_is_signed_in_what_is_on_and_who_may_be_contacted() {
    let running = shop();
    let machine = Machine::new().signed_in(&running);
    machine.run(&["pull"]);
    let site = machine.json(&["doctor"])["sites"][0].clone();
    assert_eq!(site["reachable"], true, "{site}");
    assert_eq!(site["user"], "ann");
    assert_eq!(site["metadata_api"], true);
    assert_eq!(site["credential"], "environment");
    let doctor = machine.json(&["doctor"]);
    assert_eq!(doctor["hosts"][0], running.socket().to_string());
    assert_eq!(doctor["telemetry"], false);
    running.script(Fault::error("FEATURE_DISABLED").on_metadata());
    let site = machine.json(&["doctor"])["sites"][0].clone();
    assert_eq!(site["metadata_api"], false, "{site}");
}

#[test]
fn words_name_sites_by_name_host_or_address() {
    let running = shop();
    let machine = Machine::new().signed_in(&running);
    let host = running.socket().to_string();
    for word in ["acme", "ACME", &host, &running.address()] {
        let answer = machine.json(&["pull", word]);
        assert_eq!(answer["sites"].as_array().map(Vec::len), Some(1), "{word}");
    }
    check(
        &running,
        &machine,
        &["pull", "amce"],
        expect![[r#"
        error: no site `amce`: the sites are acme on HOST
        exit code 2
    "#]],
    );
}

#[test]
fn with_nothing_to_pull_the_ways_to_get_something_are_named() {
    let running = shop();
    let machine = Machine::new();
    check(
        &running,
        &machine,
        &["pull"],
        expect![[r#"
        there is nothing to fetch: sign in with `exposure-lens login URL`, or name a team snapshot with `tableau.snapshot`
        exit code 3
    "#]],
    );
}

#[test]
fn no_secret_is_written_or_printed() {
    let running = shop();
    let machine = Machine::new().signed_in(&running);
    let snapshot = machine.project().join("out.snapshot");
    let snapshot = text(&serde_json::json!(snapshot));
    let mut said = String::new();
    for args in [
        &[
            "--log",
            "trace",
            "pull",
            "--output",
            &snapshot,
            "--projects",
            "**",
        ][..],
        &["--log", "trace", "doctor"],
        &["--log", "trace", "--format", "json", "doctor"],
        &["--log", "trace", "usages"],
    ] {
        let run = machine.run(args);
        said += &run.out;
        said += &run.err;
    }
    let bytes = std::fs::read(&snapshot).expect("the snapshot");
    let kept = machine
        .written()
        .into_iter()
        .chain([(snapshot.into(), bytes)]);
    for secret in [TOKEN_SECRET, "ZmFrZVRva2VuU2VjcmV0"] {
        assert!(!said.contains(secret), "in what is said");
        for (path, bytes) in kept.clone() {
            let found = bytes
                .windows(secret.len())
                .any(|it| it == secret.as_bytes());
            assert!(!found, "in {}", path.display());
        }
    }
}

#[test]
fn two_parts_of_one_site_are_kept_side_by_side() {
    let running = shop();
    let machine = Machine::new().signed_in(&running);
    let want = |project: &str| {
        let url = running.address();
        let site = format!("tableau: {{sites: [{{url: \"{url}\", projects: [\"{project}\"]}}]}}\n");
        machine.write("exposure-lens.yml", site);
    };
    let pulled = ["Operations", "Sales/**"].map(|project| {
        want(project);
        assert_eq!(machine.run(&["pull"]).code, 0);
        machine.dashboards()
    });
    assert!(pulled.iter().all(|it| !it.is_empty()));
    assert_ne!(pulled[0], pulled[1]);
    want("Operations");
    assert_eq!(machine.dashboards(), pulled[0]);
}

#[test]
fn half_a_credential_in_the_environment_is_said() {
    let running = shop();
    let machine = Machine::new().with_variable("TABLEAU_PAT_SECRET", TOKEN_SECRET);
    let doctor = machine.json(&["doctor"]);
    assert!(codes(&doctor["problems"]).contains(&"credential_unusable".to_owned()));
    check(
        &running,
        &machine,
        &["pull"],
        expect![[r#"
        there is nothing to fetch: sign in with `exposure-lens login URL`, or name a team snapshot with `tableau.snapshot`
        note: the credential of the environment is not used: TABLEAU_PAT_NAME is not set; set all variables of it, or none
        exit code 3
    "#]],
    );
}

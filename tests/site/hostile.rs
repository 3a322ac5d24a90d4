//! A hostile repository: whatever it names, nothing is asked and nothing is written.

use super::machine::{Machine, codes};
use crate::support::tableau::{Running, Standin, shop};

/// Runs every command that could be led astray, as an editor's folder or a script would.
fn run_all(machine: &Machine) {
    for args in [
        &["usages"][..],
        &["usages", "--unused"],
        &["doctor"],
        &["doctor", "--format", "json"],
        &["pull"],
        &["pull", "--format", "json"],
        &["explain", "fct_orders"],
    ] {
        machine.run(args);
    }
}

/// Nothing was asked of the site, and nothing was written anywhere.
#[track_caller]
fn assert_untouched(running: &Running, machine: &Machine, settings: &str) {
    machine.write("exposure-lens.yml", settings);
    run_all(machine);
    let paths: Vec<String> = running.requests().into_iter().map(|it| it.path).collect();
    assert_eq!(paths, Vec::<String>::new(), "{settings}");
    let written: Vec<_> = machine
        .written()
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    assert!(written.is_empty(), "{settings}: {written:?}");
}

#[test]
fn a_site_that_only_the_repository_names_is_never_asked() {
    let running = Standin::start(shop::site());
    let machine = Machine::new();
    let settings = format!("tableau: {{sites: [{{url: {:?}}}]}}", running.address());
    assert_untouched(&running, &machine, &settings);
    let answer = machine.json(&["usages"]);
    assert_eq!(codes(&answer["problems"]), ["not_signed_in"]);
    let doctor = machine.json(&["doctor"]);
    assert_eq!(doctor["hosts"], serde_json::json!([]));
    assert_eq!(doctor["contacts"][0]["allowed"], false);
}

#[test]
fn a_credential_for_one_site_goes_to_no_other() {
    let (ours, theirs) = (Standin::start(shop::site()), Standin::start(shop::site()));
    let machine = Machine::new().signed_in(&ours);
    let settings = format!("tableau: {{sites: [{{url: {:?}}}]}}", theirs.address());
    machine.write("exposure-lens.yml", settings);
    run_all(&machine);
    assert_eq!(theirs.requests().len(), 0);
}

#[test]
fn a_snapshot_on_a_host_that_only_the_repository_names_is_not_fetched() {
    let running = Standin::start(shop::site());
    let machine = Machine::new();
    for url in [
        format!("{}/team.snapshot", running.url()),
        running.url().replace("http://", "https://"),
        format!("http://user:password@{}/x", running.socket()),
    ] {
        let settings = format!("tableau: {{snapshot: {url:?}}}");
        assert_untouched(&running, &machine, &settings);
    }
}

#[test]
fn a_snapshot_elsewhere_is_not_read() {
    let running = Standin::start(shop::site());
    let machine = Machine::new();
    for path in [
        "/etc/passwd",
        "../../x",
        r"\\evil\share\x",
        "//evil/share/x",
        r"C:\x",
    ] {
        let settings = format!("tableau: {{snapshot: '{path}'}}");
        assert_untouched(&running, &machine, &settings);
        let answer = machine.json(&["usages"]);
        assert!(
            codes(&answer["problems"]).contains(&"setting_ignored".to_owned()),
            "{path}"
        );
    }
}

#[test]
fn a_repository_cannot_lower_the_guard_of_a_connection() {
    let running = Standin::start(shop::site());
    let machine = Machine::new();
    let settings = format!(
        "tableau: {{insecure: ['*', '{0}'], ca_file: x.pem, sites: [{{url: {1:?}}}]}}",
        running.socket(),
        running.address()
    );
    assert_untouched(&running, &machine, &settings);
    let answer = machine.json(&["usages"]);
    let ignored = codes(&answer["problems"]);
    assert_eq!(
        ignored.iter().filter(|it| *it == "setting_ignored").count(),
        2
    );
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_repository_is_not_followed() {
    let running = Standin::start(shop::site());
    let machine = Machine::new();
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let target = elsewhere.path().join("team.snapshot");
    std::fs::write(&target, "private").expect("write");
    std::os::unix::fs::symlink(&target, machine.project().join("link")).expect("link");
    assert_untouched(&running, &machine, "tableau: {snapshot: link}");
    let answer = machine.json(&["usages"]);
    assert_eq!(codes(&answer["problems"]), ["snapshot_unavailable"]);
}

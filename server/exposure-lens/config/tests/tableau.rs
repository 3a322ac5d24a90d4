use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};
use serde_json::json;

use super::check_settings;
use crate::config::{Origin, Settings, SnapshotPlace};

/// Settings as a user's own file says them.
fn user(yaml: &str) -> Settings {
    let mut settings = Settings::default();
    let file = PathBuf::from("/home/ana/.config/exposure-lens/config.yml");
    settings.lay_yaml(yaml, &Origin::User(file));
    settings
}

/// What only a user's own file shows, and what it warns of.
#[track_caller]
fn check_user(yaml: &str, expect: Expect) {
    let settings = user(yaml);
    let changed = settings
        .in_force()
        .filter(|(_, _, origin)| **origin != Origin::BuiltIn);
    let mut lines: Vec<String> = changed
        .map(|(key, value, _)| format!("{} = {value}", key.name))
        .collect();
    let home = "/home/ana/.config/exposure-lens/";
    lines.extend(settings.warnings.iter().map(|it| it.replace(home, "")));
    expect.assert_eq(&lines.join("\n"));
}

#[test]
fn sites_are_addresses_with_what_is_wanted_of_each() {
    let settings = user(
        "tableau:\n  sites:\n  - {url: 'https://10ax.online.tableau.com/#/site/acme/home', \
         projects: ['Finance/**'], exclude: [Archive]}\n  - url: https://tableau.corp\n",
    );
    assert_eq!(settings.warnings, Vec::<String>::new());
    let sites: Vec<String> = settings
        .sites()
        .iter()
        .map(|it| format!("{} {:?} {:?}", it.address.key(), it.projects, it.exclude))
        .collect();
    expect![[r#"
        10ax.online.tableau.com/acme ["Finance/**"] ["Archive"]
        tableau.corp/ [] []"#]]
    .assert_eq(&sites.join("\n"));
}

#[test]
fn a_bad_site_takes_nothing_from_the_others() {
    check_settings(
        "tableau:\n  sites:\n  - {url: 'https://a.online.tableau.com/#/site/x'}\n  \
         - {url: 'ftp://a.online.tableau.com/#/site/y'}\n  - {projects: [A]}\n  - text\n  \
         - {url: 'https://a.online.tableau.com/#/site/z', projects: A}\n  \
         - {url: 'https://a.online.tableau.com/#/site/z', exclude: ['[a']}\n  \
         - {url: 'https://a.online.tableau.com/#/site/x/workbooks/7'}\n  \
         - {url: 'https://a.online.tableau.com/#/site/w', project: [A]}\n",
        json!({}),
        expect![[r#"
            tableau.sites = [{"url":"https://a.online.tableau.com/#/site/x"},{"project":["A"],"url":"https://a.online.tableau.com/#/site/w"}] (exposure-lens.yml)
            exposure-lens.yml: `tableau.sites[1]` has no site's address: cannot use an address of scheme 'ftp': Tableau is reached by https; it is ignored
            exposure-lens.yml: `tableau.sites[2]` has no url; it is ignored
            exposure-lens.yml: `tableau.sites[3]` is no site: it takes {url, projects, exclude}; it is ignored
            exposure-lens.yml: `tableau.sites[4]` has projects that are no list of globs; it is ignored
            exposure-lens.yml: `tableau.sites[5]` in exclude has a glob that is none: error parsing glob '[a': unclosed character class; missing ']'; it is ignored
            exposure-lens.yml: `tableau.sites[6]` names a site for the second time; it is ignored
            exposure-lens.yml: `tableau.sites[7]` has an unknown key `project`; did you mean `projects`?"#]],
    );
}

#[test]
fn a_bad_value_keeps_the_default() {
    check_user(
        "tableau: {sites: x, snapshot: 1, max_age: soon, public_url: tableau, insecure: all}",
        expect![[r#"
            config.yml: `tableau.insecure` takes a list of hosts; it is ignored
            config.yml: `tableau.max_age` takes a time such as 30m, 6h or 2d; it is ignored
            config.yml: `tableau.public_url` has no address: relative URL without a base; it is ignored
            config.yml: `tableau.sites` takes a list of sites, each {url, projects, exclude}; it is ignored
            config.yml: `tableau.snapshot` takes a path or an https address; it is ignored"#]],
    );
}

#[test]
fn times_have_a_unit_and_bounds() {
    let age = |text: &str| {
        let settings = user(&format!("tableau: {{max_age: {text}}}"));
        (settings.max_age().as_secs(), settings.warnings.len())
    };
    assert_eq!(age("30m"), (30 * 60, 0));
    assert_eq!(age("6 h"), (6 * 3600, 0));
    assert_eq!(age("2d"), (2 * 86_400, 0));
    for bad in [
        "6",
        "0m",
        "h",
        "''",
        "-1h",
        "1w",
        "999999999999999999999d",
        "400d",
        "é",
    ] {
        assert_eq!(age(bad), (6 * 3600, 1), "{bad}");
    }
}

#[test]
fn only_the_users_own_file_weakens_a_connection() {
    check_settings(
        "tableau: {insecure: [evil.example], ca_file: evil.pem}",
        json!({"tableau": {"insecure": ["evil.example"], "ca_file": "/tmp/evil.pem"}}),
        expect![[r#"
            exposure-lens.yml: `tableau.ca_file` may only be set in your own config.yml; it is ignored
            exposure-lens.yml: `tableau.insecure` may only be set in your own config.yml; it is ignored
            editor: `tableau.ca_file` may only be set in your own config.yml; it is ignored
            editor: `tableau.insecure` may only be set in your own config.yml; it is ignored"#]],
    );
    check_user(
        "tableau: {insecure: [Old.corp, '10.0.0.7:8443', 'https://x', '*', 7], ca_file: corp.pem}",
        expect![[r#"
            tableau.ca_file = "corp.pem"
            tableau.insecure = ["Old.corp","10.0.0.7:8443"]
            config.yml: `tableau.insecure[2]` is no host, with or without a port; it is ignored
            config.yml: `tableau.insecure[3]` is no host, with or without a port; it is ignored
            config.yml: `tableau.insecure[4]` is no host, with or without a port; it is ignored"#]],
    );
}

#[test]
fn a_certificate_goes_unchecked_for_the_hosts_that_are_named() {
    let settings = user("tableau: {insecure: [Old.corp, '10.0.0.7:8443', 'bi.corp:443']}");
    for host in ["old.corp", "old.corp:444", "10.0.0.7:8443", "bi.corp"] {
        assert!(settings.is_insecure(host), "{host}");
    }
    for host in ["10.0.0.7", "old.corp.evil.example", "xold.corp", ""] {
        assert!(!settings.is_insecure(host), "{host}");
    }
    assert!(!Settings::default().is_insecure("old.corp"));
}

#[test]
fn a_file_of_authorities_stands_beside_the_file_that_names_it() {
    let ca_file = |text: &str| user(&format!("tableau: {{ca_file: {text}}}")).ca_file();
    let beside = Path::new("/home/ana/.config/exposure-lens/corp.pem");
    assert_eq!(ca_file("corp.pem").as_deref(), Some(beside));
    assert_eq!(
        ca_file("/etc/corp.pem").as_deref(),
        Some(Path::new("/etc/corp.pem"))
    );
    assert_eq!(Settings::default().ca_file(), None);
}

#[test]
fn a_repositorys_snapshot_stays_in_it_or_has_an_https_address() {
    for place in [
        "../x.snapshot",
        "/etc/x",
        r"\\\\evil\\x",
        "//evil/x",
        "c:/x",
        "http://bi.example/x",
        "file:///etc/x",
        "https://ana:secret@bi.example/x",
        "https://",
    ] {
        let mut settings = Settings::default();
        let yaml = format!("tableau: {{snapshot: \"{place}\"}}");
        settings.lay_yaml(&yaml, &Origin::Team(PathBuf::from("exposure-lens.yml")));
        settings.lay_editor(&json!({"tableau.snapshot": place.replace(r"\\", r"\")}));
        assert_eq!(settings.snapshot(), None, "{place}");
        assert_eq!(settings.warnings.len(), 2, "{:?}", settings.warnings);
        assert!(!settings.warnings.join("").contains("secret"), "{place}");
    }
    for place in [
        "team/tableau.snapshot",
        "https://bi.example/x",
        "http://127.0.0.1:9/x",
    ] {
        let mut settings = Settings::default();
        let yaml = format!("tableau: {{snapshot: \"{place}\"}}");
        settings.lay_yaml(&yaml, &Origin::Team(PathBuf::from("exposure-lens.yml")));
        let found = settings.snapshot().map(|it| it.place);
        let expected = match place.contains(":/") {
            true => SnapshotPlace::Url(place.to_owned()),
            false => SnapshotPlace::File(place.to_owned()),
        };
        assert_eq!(found, Some(expected), "{:?}", settings.warnings);
    }
}

#[test]
fn a_users_own_snapshot_may_be_anywhere() {
    for place in ["/mnt/bi/x", "../x", "//server/share/x"] {
        let settings = user(&format!("tableau: {{snapshot: {place}}}"));
        assert_eq!(settings.warnings, Vec::<String>::new());
        let file = settings
            .snapshot()
            .and_then(|it| it.file(Path::new("/w/shop")));
        assert_eq!(file, Some(Ok(Path::new("/w/shop").join(place))));
    }
}

#[cfg(unix)]
#[test]
fn a_repositorys_snapshot_is_no_link_out_of_it() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    let project = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(outside.path().join("x"), "").expect("write");
    let link = project.path().join("x");
    std::os::unix::fs::symlink(outside.path().join("x"), link).expect("link");
    let mut settings = Settings::default();
    let team = Origin::Team(PathBuf::from("exposure-lens.yml"));
    settings.lay_yaml("tableau: {snapshot: x}", &team);
    let file = settings.snapshot().and_then(|it| it.file(project.path()));
    let refused = "`tableau.snapshot` is a link out of the repository: x";
    assert_eq!(file, Some(Err(refused.to_owned())));
}

#[test]
fn the_query_of_an_address_is_not_shown() {
    check_user(
        "tableau: {snapshot: 'https://bi.example/x?sig=SECRET'}",
        expect![[r#"tableau.snapshot = "https://bi.example/x?…""#]],
    );
    let settings = user("tableau: {snapshot: 'https://bi.example/x?sig=SECRET'}");
    let whole = SnapshotPlace::Url("https://bi.example/x?sig=SECRET".to_owned());
    assert_eq!(settings.snapshot().map(|it| it.place), Some(whole));
}

#[test]
fn a_path_on_another_machine_comes_from_the_user_alone() {
    check_settings(
        "",
        json!({"dbt.manifest": r"\\evil\share\manifest.json"}),
        expect![[
            r#"editor: `dbt.manifest` names another machine: "\\\\evil\\share\\manifest.json"; it is ignored"#
        ]],
    );
}

#[test]
fn the_environment_names_a_site_until_a_file_does() {
    let env = |name: &str| {
        (name == "TABLEAU_SITE_URL").then(|| "https://a.online.tableau.com/#/site/ci".to_owned())
    };
    let mut settings = Settings::default();
    settings.lay_environment(&env);
    let keys = |settings: &Settings| -> Vec<String> {
        settings.sites().iter().map(|it| it.address.key()).collect()
    };
    assert_eq!(keys(&settings), ["a.online.tableau.com/ci"]);
    settings.lay_yaml(
        "tableau: {sites: [{url: 'https://a.online.tableau.com/#/site/team'}]}",
        &Origin::Team(PathBuf::from("exposure-lens.yml")),
    );
    assert_eq!(keys(&settings), ["a.online.tableau.com/team"]);
}

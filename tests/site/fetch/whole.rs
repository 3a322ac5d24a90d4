//! Whether a read knows that it has every workbook of the stand-in site.

use tableau::{FetchOptions, Records, Wanted};

use super::{fetch, now, sales, try_fetch};
use crate::support::tableau::Standin;
use crate::support::tableau::fault::Fault;
use crate::support::tableau::site::{MetadataApi, Site};

fn lists_all(records: &Records) -> bool {
    tableau::lower(records, None).lists_all
}

/// Whether all of the site came, with faults at its end.
#[track_caller]
fn check(site: Site, fault: Option<Fault>, expected: bool) {
    let running = Standin::start(site);
    if let Some(fault) = fault {
        running.script(fault);
    }
    assert_eq!(lists_all(&fetch(&running, None)), expected);
}

fn site() -> Site {
    Site::new("acme").workbook(sales())
}

fn of_role(role: &str) -> Site {
    let mut site = site();
    role.clone_into(&mut site.users[0].role);
    site
}

#[test]
fn an_administrator_reads_every_workbook() {
    for role in [
        "ServerAdministrator",
        "SiteAdministrator",
        "SiteAdministratorCreator",
        "SiteAdministratorExplorer",
    ] {
        check(of_role(role), None, true);
    }
    check(site().metadata(MetadataApi::Missing), None, true);
}

#[test]
fn others_may_not_and_neither_may_whoever_is_not_told_their_role() {
    for role in ["Creator", "Explorer", "ExplorerCanPublish", "Viewer", ""] {
        check(of_role(role), None, false);
    }
    check(site(), Some(Fault::status(403).on_path("*/users/*")), false);
    check(site(), Some(Fault::status(500).on_path("*/users/*")), false);
    let limited = Fault::warning("USER_VISIBILITY_IS_LIMITED");
    check(site(), Some(limited), false);
}

#[test]
fn a_selection_is_not_all_of_a_site() {
    let running = Standin::start(site());
    let projects = || vec!["Finance/**".to_owned()];
    for (projects, exclude) in [(projects(), Vec::new()), (Vec::new(), projects())] {
        let options = FetchOptions {
            wanted: Wanted { projects, exclude },
            now: now(),
            ..FetchOptions::default()
        };
        let fetched = try_fetch(&running, options).expect("the site is read");
        assert!(!lists_all(&fetched.records));
    }
}

#[test]
fn a_role_that_changed_counts_from_the_next_read_on() {
    let running = Standin::start(site());
    let known = fetch(&running, None);
    assert!(lists_all(&known));
    running.edit(|site| "Explorer".clone_into(&mut site.users[0].role));
    let again = fetch(&running, Some(&known));
    assert!(!lists_all(&again));
    let kept = tableau::content_cache::encode(&known).expect("records are packed");
    let kept = tableau::content_cache::decode(&kept).expect("and read");
    assert!(lists_all(&kept));
    assert_eq!(again.workbooks, known.workbooks);
}

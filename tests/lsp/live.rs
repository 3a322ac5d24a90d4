//! Edits that dbt has not seen: dashboards read what is deployed, whatever a file says by
//! now, and are told apart from what is only written.

use std::fs;
use std::path::{Path, PathBuf};

use super::diagnostics::{pull, pushed};
use crate::support::project;
use crate::support::server::{Client, Setup};

const MODEL: &str = "models/marts/fct_orders.sql";
const LENS: &str = "11 dashboards in 7 workbooks";
const LOST: &str = "deployed-relation-lost";

/// A server on the sample, with one of its files open.
struct Session {
    client: Client,
    folder: tempfile::TempDir,
}

impl Session {
    fn new(open: &[&str]) -> Session {
        let folder = project::copy("shop");
        let client = Setup::new(folder.path()).start();
        let mut session = Session { client, folder };
        for file in open {
            let path = session.path(file);
            session.client.open(&path);
        }
        session
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn text(&self, file: &str) -> String {
        self.client.text(&self.path(file)).to_owned()
    }

    fn set_text(&mut self, file: &str, text: &str) {
        let path = self.path(file);
        self.client.set_text(&path, text);
    }

    /// Waits until the lenses of a file hold a text.
    #[track_caller]
    fn until_lens(&mut self, file: &str, wanted: &str) {
        let path = self.path(file);
        self.client
            .wait_until(&format!("the lens of {file} says {wanted}"), |client| {
                client.lens_text(&path).contains(wanted)
            });
    }

    /// Waits until what is lost by a file's text is told as wanted; returns it.
    #[track_caller]
    fn until_lost(&mut self, file: &str, is_lost: bool) -> String {
        let path = self.path(file);
        let mut told = String::new();
        self.client
            .wait_until(&format!("{file} loses something: {is_lost}"), |client| {
                told = pull(client, &path);
                told.contains(LOST) == is_lost
            });
        told
    }
}

/// A change of an open file loses what 11 dashboards read, by a warning in that file; the
/// model's lens stays, and undoing the change takes the warning back.
#[track_caller]
fn check_lost(file: &str, change: impl Fn(&str) -> String) {
    let mut session = Session::new(&[MODEL]);
    if file != MODEL {
        let path = session.path(file);
        session.client.open(&path);
    }
    session.until_lens(MODEL, LENS);
    let before = session.text(file);
    let after = change(&before);
    assert_ne!(before, after);
    session.set_text(file, &after);
    let told = session.until_lost(file, true);
    for part in [
        "11 dashboards",
        "analytics_marts.fct_orders",
        "Sales Overview",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    session.until_lens(MODEL, LENS);
    session.set_text(file, &before);
    session.until_lost(file, false);
    session.until_lens(MODEL, LENS);
}

#[test]
fn another_alias_is_told_until_it_is_undone() {
    check_lost(MODEL, |text| {
        format!("{{{{ config(alias='orders_2') }}}}\n{text}")
    });
}

#[test]
fn another_schema_is_told_until_it_is_undone() {
    check_lost(MODEL, |text| {
        format!("{{{{ config(schema='finance') }}}}\n{text}")
    });
}

#[test]
fn a_disabled_model_is_told_until_it_is_enabled() {
    check_lost(MODEL, |text| {
        format!("{{{{ config(enabled=false) }}}}\n{text}")
    });
}

#[test]
fn an_ephemeral_model_is_told_until_it_is_built_again() {
    check_lost(MODEL, |text| {
        format!("{{{{ config(materialized='ephemeral') }}}}\n{text}")
    });
}

#[test]
fn properties_that_rename_a_model_are_told_where_they_stand() {
    check_lost("models/marts/_marts.yml", |text| {
        let entry = "  - name: fct_orders\n";
        text.replacen(
            entry,
            &format!("{entry}    config: {{alias: orders_2}}\n"),
            1,
        )
    });
}

#[test]
fn a_project_file_that_moves_a_folder_is_told_where_it_stands() {
    let file = "dbt_project.yml";
    let mut session = Session::new(&[MODEL, file]);
    session.until_lens(MODEL, LENS);
    let before = session.text(file);
    let after = before.replace("+schema: marts", "+schema: core");
    session.set_text(file, &after);
    session.until_lost(file, true);
    session.until_lens(MODEL, LENS);
    session.set_text(file, &before);
    session.until_lost(file, false);
}

#[test]
fn a_buffer_that_is_closed_unsaved_loses_nothing() {
    let mut session = Session::new(&[MODEL]);
    let before = session.text(MODEL);
    session.set_text(MODEL, &format!("{{{{ config(enabled=false) }}}}\n{before}"));
    session.until_lost(MODEL, true);
    let path = session.path(MODEL);
    session.client.close(&path);
    session.client.open(&path);
    session.until_lost(MODEL, false);
    session.until_lens(MODEL, LENS);
}

#[test]
fn half_typed_text_changes_nothing() {
    let mut session = Session::new(&[MODEL]);
    session.until_lens(MODEL, LENS);
    let before = session.text(MODEL);
    let upstream = "models/staging/stg_orders.sql";
    let path = session.path(upstream);
    session.client.open(&path);
    for head in ["{{ config(", "{{ config(alias=", "{{ config(alias='", "{{"] {
        session.set_text(MODEL, &format!("{head}\n{before}"));
        session.until_lens(MODEL, LENS);
        session.client.expect_quiescent();
        let told = pull(&mut session.client, &session.folder.path().join(MODEL));
        assert!(!told.contains(LOST), "{head}: {told}");
    }
}

/// What is pushed for a file until it fits.
#[track_caller]
fn until_pushed(client: &Client, path: &Path, is_lost: bool) -> String {
    loop {
        let (_, items) = pushed(client, path);
        if items.contains(LOST) == is_lost {
            return items;
        }
    }
}

#[test]
fn a_deleted_file_is_told_at_its_place_until_it_is_back() {
    let session = Session::new(&["models/marts/fct_returns.sql"]);
    session.client.expect_quiescent();
    let path = session.path(MODEL);
    let text = fs::read_to_string(&path).expect("read");
    fs::remove_file(&path).expect("remove");
    let told = until_pushed(&session.client, &path, true);
    for part in [
        "11 dashboards",
        "analytics_marts.fct_orders",
        "Sales Overview",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    fs::write(&path, text).expect("write");
    assert_eq!(until_pushed(&session.client, &path, false), "");
}

#[test]
fn a_ref_that_is_being_typed_counts_at_once() {
    let vendors = "models/marts/dim_vendors.sql";
    let mut session = Session::new(&[MODEL, vendors]);
    session.until_lens(vendors, "no dashboards in 17 workbook files");
    let before = session.text(MODEL);
    let typed = format!("{before}\njoin {{{{ ref('dim_vendors') }}}}");
    session.set_text(MODEL, &typed);
    session.until_lens(vendors, "12 dashboards downstream, none direct");
    session.set_text(MODEL, &before);
    session.until_lens(vendors, "no dashboards in 17 workbook files");
    // It is of no use any more, and half a name may become any.
    session.set_text(MODEL, &before.replace("int_orders_enriched", "dim_vendors"));
    session.until_lens(vendors, "12 dashboards downstream, none direct");
    session.set_text(MODEL, &typed.replace("'dim_vendors'", "'dim_vend"));
    session.until_lens(vendors, "use unknown");
}

#[test]
fn a_source_that_is_being_typed_counts_at_once() {
    let sources = "models/sources/sources.yml";
    let mut session = Session::new(&[MODEL, sources]);
    session.until_lens(sources, "34: Tableau: no dashboards in 17 workbook files");
    let before = session.text(MODEL);
    let typed = format!("{before}\njoin {{{{ source('erp', 'vendors') }}}}");
    session.set_text(MODEL, &typed);
    session.until_lens(sources, "34: Tableau: 12 dashboards downstream");
}

#[test]
fn a_new_file_has_a_lens_that_says_what_it_is() {
    let new = "models/marts/fct_new.sql";
    let mut session = Session::new(&[MODEL]);
    let path = session.path(new);
    let text = "select * from {{ ref('stg_vendors') }}";
    session.client.open_text(&path, text);
    session.until_lens(new, "newer than the manifest");
    // What reads it is known though nothing of it is on disk.
    let before = session.text(MODEL);
    session.set_text(MODEL, &format!("{before}\njoin {{{{ ref('fct_new') }}}}"));
    session.until_lens(new, "12 dashboards downstream");
}

#[test]
fn a_moved_file_keeps_its_lens() {
    let moved = "models/marts/core/fct_orders.sql";
    let mut session = Session::new(&[MODEL]);
    session.until_lens(MODEL, LENS);
    let (from, to) = (session.path(MODEL), session.path(moved));
    session.client.close(&from);
    fs::create_dir_all(to.parent().expect("a folder")).expect("make a folder");
    fs::rename(&from, &to).expect("move");
    session.client.open(&to);
    session.until_lens(moved, LENS);
    let told = pull(&mut session.client, &to);
    assert!(!told.contains(LOST), "{told}");
}

#[test]
fn a_renamed_file_keeps_its_lens_and_tells_what_is_lost() {
    let renamed = "models/marts/fct_sales.sql";
    let mut session = Session::new(&[MODEL]);
    session.until_lens(MODEL, LENS);
    let (from, to) = (session.path(MODEL), session.path(renamed));
    session.client.close(&from);
    fs::rename(&from, &to).expect("rename");
    session.client.open(&to);
    session.until_lens(renamed, LENS);
    let told = session.until_lost(renamed, true);
    assert!(told.contains("11 dashboards"), "{told}");
}

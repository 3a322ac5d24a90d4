//! The JSON answer of `doctor`.

use serde::Serialize;

use super::Findings;
use super::sites::{Site, Snapshot};
use crate::output::json_v1::{self, Note};

#[derive(Serialize)]
pub(super) struct Answer {
    version: u32,
    project: String,
    root: String,
    manifest: Option<json_v1::Manifest>,
    content: Vec<json_v1::Content>,
    files: Vec<String>,
    sites: Vec<Site>,
    snapshot: Option<Snapshot>,
    tables_matched: usize,
    tables_matched_by_name: usize,
    tables_without_node: usize,
    /// Every host that may be contacted.
    hosts: Vec<String>,
    /// The same with reasons, and with those that may not.
    contacts: Vec<Contact>,
    telemetry: bool,
    settings: Vec<Setting>,
    problems: Vec<Note>,
}

#[derive(Serialize)]
struct Contact {
    host: String,
    why: String,
    allowed: bool,
}

#[derive(Serialize)]
struct Setting {
    name: &'static str,
    value: serde_json::Value,
    origin: String,
}

impl Answer {
    pub(super) fn of(findings: &Findings) -> Answer {
        let loaded = &findings.loaded;
        let frame = loaded.json();
        let fit = loaded.analysis.fit();
        let files = loaded.tableau_files.iter();
        let settings = loaded.settings.in_force();
        Answer {
            version: 1,
            project: frame.project,
            root: loaded.project.root.display().to_string(),
            manifest: frame.manifest,
            content: frame.content,
            files: files.map(|path| loaded.shown(path)).collect(),
            sites: Site::all(findings),
            snapshot: Snapshot::of(loaded),
            tables_matched: fit.n_matched,
            tables_matched_by_name: fit.n_by_name,
            tables_without_node: fit.n_unmatched,
            hosts: hosts(findings),
            contacts: contacts(findings),
            telemetry: false,
            settings: settings
                .map(|(key, value, origin)| Setting {
                    name: key.name,
                    value: value.clone(),
                    origin: origin.to_string(),
                })
                .collect(),
            problems: frame.problems,
        }
    }
}

fn hosts(findings: &Findings) -> Vec<String> {
    let allowed = findings.hosts.iter().filter(|it| it.allowed);
    let mut hosts: Vec<String> = allowed.map(|it| it.host.clone()).collect();
    hosts.dedup();
    hosts
}

fn contacts(findings: &Findings) -> Vec<Contact> {
    let all = findings.hosts.iter().map(|it| Contact {
        host: it.host.clone(),
        why: it.why.clone(),
        allowed: it.allowed,
    });
    all.collect()
}

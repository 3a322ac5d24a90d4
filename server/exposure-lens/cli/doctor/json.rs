//! The JSON answer of `doctor`.

use serde::Serialize;

use super::Findings;
use super::names::{Production, Proposal, Rule};
use super::sites::{Site, Snapshot};
use crate::output::json_v1::{self, Note, Pending};

#[derive(Serialize)]
pub(super) struct Answer {
    version: u32,
    project: String,
    root: String,
    manifest: Option<json_v1::Manifest>,
    /// Files that are not as dbt parsed them.
    differing: Vec<String>,
    /// What they do to what is deployed.
    pending: Vec<Pending>,
    production: Option<Production>,
    name_rules: Vec<Rule>,
    proposal: Option<Proposal>,
    content: Vec<json_v1::Content>,
    files: Vec<String>,
    sites: Vec<Site>,
    snapshot: Option<Snapshot>,
    tables_matched: usize,
    tables_proposed: usize,
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
            differing: loaded.analysis.project.differing.clone(),
            pending: Pending::all(&loaded.analysis),
            production: Production::of(loaded),
            name_rules: Rule::all(loaded),
            proposal: Proposal::of(loaded),
            content: frame.content,
            files: files.map(|path| loaded.shown(path)).collect(),
            sites: Site::all(findings),
            snapshot: Snapshot::of(loaded),
            tables_matched: fit.n_matched,
            tables_proposed: fit.n_proposed,
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

//! JSON answers, version 1: frozen shapes, not domain types.
//!
//! Absent knowledge is `null`, never a guess; lists are sorted, so that two runs
//! compare equal. `server/docs/command-line.md` has the promise that goes with the version.

use std::io::{self, Write};
use std::path::Path;

use ide::Analysis;
use lineage::{ContentKind, GapCode, NodeIx, PublishedDatasource, WorkbookUsage};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::disk;
use crate::workspace::Problem;
use crate::workspace::project::LoadedManifest;

/// A usages answer.
#[derive(Debug, Serialize)]
pub struct Usages {
    /// Always 1.
    pub version: u32,
    /// The project's name.
    pub project: String,
    /// The manifest, where there is one.
    pub manifest: Option<Manifest>,
    /// Where Tableau's content came from.
    pub content: Vec<Content>,
    /// The nodes asked for.
    pub nodes: Vec<Node>,
    /// Tables of Tableau's that no node owns.
    pub unmatched: Vec<Unmatched>,
    /// What a user can act on.
    pub problems: Vec<Note>,
}

/// The manifest that was read.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Manifest {
    pub path: String,
    pub dbt_version: Option<String>,
    pub adapter: Option<String>,
    pub generated_at: Option<String>,
    pub role: Option<String>,
    pub nodes: usize,
}

/// A place that content came from.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Content {
    pub kind: &'static str,
    pub name: String,
    pub host: Option<String>,
    pub selected: Option<String>,
    pub workbooks: usize,
    pub fetched_at: Option<String>,
    pub complete: bool,
    pub notes: Vec<Note>,
}

/// A code for programs and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[allow(missing_docs)]
pub struct Note {
    pub code: String,
    pub message: String,
}

/// A deployed relation that the files as they are now do not build any more.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Pending {
    pub unique_id: String,
    pub deployed: String,
    pub becomes: &'static str,
    pub renamed_to: Option<String>,
    pub path: String,
}

impl Pending {
    /// For people, behind the name of what is lost: `disabled in models/orders.sql`.
    pub fn reason(&self) -> String {
        match &self.renamed_to {
            Some(name) => format!("{} to {name} in {}", self.becomes, self.path),
            None => format!("{} in {}", self.becomes, self.path),
        }
    }

    /// As [`Pending::reason`], in a sentence about the node.
    pub fn sentence(&self) -> String {
        let reason = self.reason();
        format!("not built any more by the files as they are: {reason}")
    }

    /// What the files do to what is deployed of one node.
    pub fn of(analysis: &Analysis, node: NodeIx) -> Vec<Pending> {
        let id = analysis.lineage.nodes().get(node).id.to_string();
        let all = Pending::all(analysis).into_iter();
        all.filter(|it| it.unique_id == id).collect()
    }

    /// All that the files do to what is deployed.
    pub fn all(analysis: &Analysis) -> Vec<Pending> {
        let pending = analysis.pending.iter();
        let pending = pending.map(|it| Pending {
            unique_id: it.node.to_string(),
            deployed: it.deployed.to_string(),
            becomes: match it.becomes {
                dbt::Becomes::Renamed(_) => "renamed",
                dbt::Becomes::Disabled => "disabled",
                dbt::Becomes::Ephemeral => "ephemeral",
                dbt::Becomes::Deleted => "deleted",
            },
            renamed_to: match &it.becomes {
                dbt::Becomes::Renamed(name) => Some(name.to_string()),
                _ => None,
            },
            path: it.path.clone(),
        });
        pending.collect()
    }
}

/// A node and who uses it.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Node {
    pub unique_id: String,
    pub name: String,
    pub path: String,
    pub relation: Option<String>,
    pub production_relation: Option<String>,
    pub complete: bool,
    pub missing: Vec<Note>,
    pub workbooks: Vec<Workbook>,
    pub datasources: Vec<Datasource>,
}

/// A workbook that uses a node.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Workbook {
    pub name: String,
    pub luid: Option<String>,
    pub site: Option<String>,
    pub url: Option<String>,
    pub file: Option<String>,
    pub project_path: Vec<String>,
    pub owner: Owner,
    pub certified: Option<bool>,
    pub warnings: Vec<String>,
    pub views: Option<Views>,
    pub extract_refreshed: Option<String>,
    pub dashboards: Vec<Dashboard>,
    pub sheets: Vec<String>,
    pub distance: usize,
    pub via: Vec<String>,
    pub datasources: Vec<String>,
    pub virtual_connections: Vec<String>,
    pub flows: Vec<String>,
    pub r#match: &'static str,
    pub evidence: Vec<&'static str>,
    pub exposure: Option<String>,
}

/// A person.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Owner {
    pub name: Option<String>,
    pub email: Option<String>,
}

/// How often something was opened: ever, and lately where two fetches are known.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Views {
    pub total: u64,
    pub recent: Option<u64>,
    pub recent_days: Option<u32>,
}

/// A dashboard or story. `distance` as in [`Workbook`], of this one.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Dashboard {
    pub name: String,
    pub luid: Option<String>,
    pub url: Option<String>,
    pub views: Option<Views>,
    pub story: bool,
    pub distance: usize,
}

/// A published datasource that no known workbook uses.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Datasource {
    pub name: String,
    pub luid: Option<String>,
    pub site: Option<String>,
    pub url: Option<String>,
    pub file: Option<String>,
    pub project_path: Vec<String>,
    pub owner: Owner,
    pub certified: Option<bool>,
    pub warnings: Vec<String>,
    pub extract_refreshed: Option<String>,
}

/// A table that no node owns.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Unmatched {
    pub table: String,
    pub connection: Option<String>,
    pub workbooks: Vec<String>,
    pub reason: &'static str,
    pub candidates: Vec<String>,
}

impl Usages {
    /// The answer about no node yet: where the knowledge comes from, and what is missing.
    pub fn of(
        analysis: &Analysis,
        root: &Path,
        manifest: Option<&LoadedManifest>,
        problems: &[Problem],
    ) -> Usages {
        let contents = 0..analysis.lineage.contents().len();
        let mut usages = Usages {
            version: 1,
            project: analysis.project.name.clone(),
            manifest: manifest.map(|it| manifest_of(root, it)),
            content: contents.map(|ix| content(analysis, ix)).collect(),
            nodes: Vec::new(),
            unmatched: analysis.lineage.unmatched().iter().map(unmatched).collect(),
            problems: Vec::new(),
        };
        for problem in problems {
            usages.add_problem(problem);
        }
        usages
    }

    /// The same with whose names the manifest has, where that is known.
    #[must_use]
    pub fn with_role(mut self, role: Option<&str>) -> Usages {
        if let Some(manifest) = &mut self.manifest {
            manifest.role = role.map(str::to_owned);
        }
        self
    }

    /// Adds what a user can act on.
    pub fn add_problem(&mut self, it: &Problem) {
        self.problems.push(note(it.code, &it.message));
        self.problems.sort();
        self.problems.dedup();
    }

    /// Adds a node with workbooks that use it.
    pub fn add_usages(&mut self, analysis: &Analysis, node: NodeIx, usages: &[WorkbookUsage]) {
        self.nodes.push(node_of(analysis, node, usages));
    }
}

fn note(code: &str, message: &str) -> Note {
    Note {
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

fn manifest_of(root: &Path, it: &LoadedManifest) -> Manifest {
    Manifest {
        path: disk::relative(root, &it.path),
        dbt_version: it.metadata.dbt_version.clone(),
        adapter: it.metadata.adapter_type.clone(),
        generated_at: it.metadata.generated_at.clone(),
        role: None,
        nodes: it.read.nodes.len(),
    }
}

fn content(analysis: &Analysis, ix: usize) -> Content {
    let it = &analysis.lineage.contents()[ix];
    let gaps = analysis.lineage.gaps_of(ix);
    let notes = gaps.filter(|gap| gap.code != GapCode::Ambiguous);
    let mut notes: Vec<Note> = notes
        .map(|gap| note(gap.code.as_str(), &gap.message))
        .collect();
    notes.sort();
    notes.dedup();
    Content {
        kind: match it.kind {
            ContentKind::Files => "files",
            ContentKind::Site => "site",
            ContentKind::Snapshot => "snapshot",
        },
        name: it.name.clone(),
        host: it.host.clone(),
        selected: it.selected.clone(),
        workbooks: it.workbooks.len(),
        fetched_at: time(it.fetched_at),
        complete: notes.is_empty(),
        notes,
    }
}

fn time(it: Option<lineage::Timestamp>) -> Option<String> {
    it.map(|it| it.to_string())
}

fn unmatched(it: &lineage::Unmatched) -> Unmatched {
    Unmatched {
        table: it.table.clone(),
        connection: Some(it.connection.clone()).filter(|class| !class.is_empty()),
        workbooks: it.workbooks.clone(),
        reason: it.reason.as_str(),
        candidates: sorted(it.candidates.clone()),
    }
}

fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort();
    all
}

fn node_of(analysis: &Analysis, ix: NodeIx, usages: &[WorkbookUsage]) -> Node {
    let node = analysis.lineage.nodes().get(ix);
    let missing = analysis.missing(ix);
    let mut workbooks: Vec<Workbook> = usages.iter().map(|it| workbook(analysis, it)).collect();
    workbooks.sort_by(|a, b| {
        let key = |it: &Workbook| {
            (
                it.name.clone(),
                it.site.clone(),
                it.luid.clone(),
                it.file.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    let mut datasources = analysis.lineage.unused_datasources(ix);
    datasources.sort_by_key(|it| (&it.name, &it.site, &it.luid, &it.file));
    Node {
        unique_id: node.id.to_string(),
        name: node.name.clone(),
        path: node.path.clone(),
        relation: node.relation.as_ref().map(ToString::to_string),
        production_relation: production_relation(analysis, ix),
        complete: missing.is_empty(),
        missing: sorted(
            missing
                .iter()
                .map(|it| note(it.code, &it.message))
                .collect(),
        ),
        workbooks,
        datasources: datasources.into_iter().map(datasource).collect(),
    }
}

/// What production calls a node, where that is known: a proposed rule only guesses it.
pub fn production_relation(analysis: &Analysis, node: NodeIx) -> Option<String> {
    let name = analysis.lineage.production_name(node)?;
    let is_known = name.named_by.is_certain();
    is_known.then(|| name.relation.to_string())
}

fn datasource(it: &PublishedDatasource) -> Datasource {
    Datasource {
        name: it.name.clone(),
        luid: it.luid.as_ref().map(ToString::to_string),
        site: it.site.clone(),
        url: it.url.clone(),
        file: it.file.clone(),
        project_path: it.project_path.clone(),
        owner: owner(&it.owner),
        // Only the site knows whether anyone vouches for it.
        certified: it.luid.as_ref().map(|_| it.certified),
        warnings: it.warnings.clone(),
        extract_refreshed: time(it.extract_refreshed),
    }
}

fn owner(it: &lineage::Person) -> Owner {
    Owner {
        name: it.name.clone(),
        email: it.email.clone(),
    }
}

fn views(it: lineage::ViewCount) -> Views {
    Views {
        total: it.total,
        recent: it.recent.map(|it| it.count),
        recent_days: it.recent.map(|it| it.days),
    }
}

fn workbook(analysis: &Analysis, usage: &WorkbookUsage) -> Workbook {
    let it = analysis.lineage.workbook(usage.workbook);
    let nodes = analysis.lineage.nodes();
    let exposure = analysis.exposure_of(usage.workbook);
    let facts = analysis.facts(usage);
    let names = |all: &[&str]| all.iter().map(|&it| it.to_owned()).collect();
    Workbook {
        name: it.name.clone(),
        luid: it.luid.as_ref().map(ToString::to_string),
        site: it.site.clone(),
        url: it.url.clone(),
        file: it.file.clone(),
        project_path: it.project_path.clone(),
        owner: owner(&it.owner),
        certified: it.luid.as_ref().map(|_| facts.certified),
        warnings: names(&facts.warnings),
        views: it.views.map(views),
        extract_refreshed: time(facts.extract_refreshed.or(it.extract_refreshed)),
        dashboards: dashboards(it, usage),
        sheets: sheets(it, usage),
        distance: usage.distance,
        via: usage
            .via
            .iter()
            .map(|&ix| nodes.get(ix).id.to_string())
            .collect(),
        datasources: usage.datasources.clone(),
        virtual_connections: names(&facts.virtual_connections),
        flows: names(&facts.flows),
        r#match: usage.kind.as_str(),
        evidence: sorted(usage.evidence.iter().map(|it| it.as_str()).collect()),
        exposure: exposure.map(|it| it.id.to_string()),
    }
}

fn sheets(workbook: &lineage::Workbook, usage: &WorkbookUsage) -> Vec<String> {
    let name = |&sheet: &usize| workbook.sheets[sheet].name.clone();
    sorted(usage.sheets.iter().map(name).collect())
}

fn dashboards(workbook: &lineage::Workbook, usage: &WorkbookUsage) -> Vec<Dashboard> {
    let one = |reached: &lineage::DashboardUsage| {
        let dashboard = &workbook.dashboards[reached.dashboard];
        Dashboard {
            name: dashboard.name.clone(),
            luid: dashboard.luid.as_ref().map(ToString::to_string),
            url: dashboard.url.clone(),
            views: dashboard.views.map(views),
            story: dashboard.story,
            distance: reached.distance,
        }
    };
    let mut all: Vec<Dashboard> = usage.dashboards.iter().map(one).collect();
    all.sort_by(|a, b| (&a.name, &a.url).cmp(&(&b.name, &b.url)));
    all
}

/// Writes one answer as JSON with a line end.
///
/// # Errors
/// What writing says.
pub fn write(out: &mut dyn Write, answer: &impl Serialize) -> io::Result<()> {
    let mut serializer =
        serde_json::Serializer::with_formatter(&mut *out, Harmless(CompactFormatter));
    answer.serialize(&mut serializer)?;
    writeln!(out)
}

/// JSON whose strings hold no character that a terminal or a viewer acts on:
/// what JSON itself does not escape (DEL, C1 controls, bidi overrides, invisible
/// characters) is written as `\uXXXX`. The value stays the same.
struct Harmless(CompactFormatter);

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        let mut rest = text;
        while let Some(at) = rest.find(ide::is_hidden) {
            let (before, from) = rest.split_at(at);
            self.0.write_string_fragment(out, before)?;
            let Some(c) = from.chars().next() else { break };
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &from[c.len_utf8()..];
        }
        self.0.write_string_fragment(out, rest)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn strings_hold_nothing_that_a_terminal_acts_on() {
        let hostile = "a\u{1b}[31m\u{9b}\u{202e}\u{e0041}é😀\u{7f}";
        let mut out = Vec::new();
        super::write(&mut out, &hostile).expect("memory");
        let text = String::from_utf8(out).expect("JSON is UTF-8");
        assert_eq!(
            text,
            "\"a\\u001b[31m\\u009b\\u202e\\udb40\\udc41é😀\\u007f\"\n"
        );
        let back: String = serde_json::from_str(&text).expect("JSON");
        assert_eq!(back, hostile);
    }
}

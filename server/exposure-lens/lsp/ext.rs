//! The methods that LSP does not have, and the arguments of our commands.
//!
//! Mirrored by `editors/vscode/src/lsp_ext.ts`: what changes here changes there,
//! in the same commit; so do its modules. Names and shapes are public; they are only added to.

mod downstream;
mod lineage;

pub use downstream::{
    DOWNSTREAM, Downstream, DownstreamParams, ExposureAt, Order, ProjectName, SubjectNode, TreeItem,
};
pub use lineage::{GraphEdge, GraphNode, LINEAGE, LineageGraph, LineageParams};
use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::notification::Notification;
use tower_lsp::ls_types::{Position, TextDocumentIdentifier, Uri};

/// What the server announces under `experimental`.
pub const METHODS: &[&str] = &[
    Status::METHOD,
    USAGES,
    DOWNSTREAM,
    LINEAGE,
    PULL,
    Copy::METHOD,
    Changed::METHOD,
];

/// The request for what a list or a tree of usages needs; [`UsagesParams`] in,
/// the command line's JSON answer out.
pub const USAGES: &str = "exposureLens/usages";

/// The request to fetch every site that the user has signed in to, and the team snapshot,
/// now. It is answered at once with a [`PullResult`]; status and progress show the rest.
pub const PULL: &str = "exposureLens/pull";

/// What is being fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullResult {
    /// How many sites and snapshots.
    pub fetching: usize,
}

/// Puts a text where the user can paste it from. Sent to a client that says
/// `experimental: {exposureLens: {copy: true}}` among its capabilities; another one gets
/// a message with the text.
#[derive(Debug)]
pub enum Copy {}

impl Notification for Copy {
    type Params = CopyParams;
    const METHOD: &'static str = "exposureLens/copy";
}

/// What is to be copied; also the argument of `exposureLens.copy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyParams {
    /// The text, in one line.
    pub text: String,
}

/// Says that answers may be others now: for what a client shows of [`DOWNSTREAM`] and
/// [`LINEAGE`]. Sent to a client that says `experimental: {exposureLens: {changed: true}}`.
#[derive(Debug)]
pub enum Changed {}

impl Notification for Changed {
    type Params = ();
    const METHOD: &'static str = "exposureLens/changed";
}

/// How the server is, sent whenever that changes.
#[derive(Debug)]
pub enum Status {}

impl Notification for Status {
    type Params = StatusParams;
    const METHOD: &'static str = "exposureLens/status";
}

/// How the server is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusParams {
    /// How well.
    pub health: Health,
    /// Whether nothing is being loaded any more.
    pub quiescent: bool,
    /// One line.
    pub message: String,
    /// More lines, for whoever looks closer.
    pub detail: Option<String>,
    /// Each loaded project by itself.
    pub projects: Vec<ProjectStatus>,
    /// Each Tableau site, and the team snapshot, that a project names.
    pub sites: Vec<SiteStatus>,
    /// What the loaded projects take of memory.
    pub memory: MemoryStatus,
}

/// What the loaded projects take of memory. Those that nobody asks about are unloaded when
/// they would take more than the bound, and load again when they are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryStatus {
    /// How many projects are loaded: those of `projects`.
    pub loaded: usize,
    /// How many are known, loaded or not.
    pub known: usize,
    /// How many bytes they take, by an estimate, rounded up.
    pub bytes: usize,
    /// How many bytes they may take.
    pub bound: usize,
}

/// How well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// All is known that can be.
    Ok,
    /// Something is missing or old, and the message says what.
    Warning,
    /// A project cannot be read at all.
    Error,
}

/// What is known of one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectStatus {
    /// Its folder.
    pub uri: Uri,
    /// Its name in `dbt_project.yml`.
    pub name: String,
    /// The manifest that answers are given from.
    pub manifest: Option<ManifestStatus>,
    /// How many workbooks are known.
    pub workbooks: usize,
    /// What is wrong, with stable codes.
    pub problems: Vec<ProblemStatus>,
}

/// What is known of one Tableau site, or of a team snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SiteStatus {
    /// What people call it: `acme on 10ax.online.tableau.com`.
    pub name: String,
    /// The site's address, to sign in to; `None` for a snapshot.
    pub address: Option<String>,
    /// `not_signed_in`, `never_fetched`, `failed`, `fresh`, `stale` or `fetching`; more
    /// words may come.
    pub phase: String,
    /// When what is known of it was fetched, in RFC 3339.
    pub fetched_at: Option<String>,
    /// How many workbooks are known of it.
    pub workbooks: usize,
    /// What keeps that from being all, or new, and what to do about it.
    pub message: Option<String>,
}

/// The manifest that answers are given from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManifestStatus {
    /// Its file, relative to the project.
    pub path: String,
    /// The version of dbt that wrote it.
    pub dbt_version: Option<String>,
    /// When, in RFC 3339.
    pub generated_at: Option<String>,
    /// How many models, seeds, snapshots and sources it has.
    pub nodes: usize,
}

/// Something a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemStatus {
    /// Stable.
    pub code: String,
    /// One line.
    pub message: String,
}

/// Which usages are asked for: of a node, of what stands at a place in a
/// document, of all that a document defines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsagesParams {
    /// A document of the project; its nodes, when nothing narrower is said.
    pub text_document: Option<TextDocumentIdentifier>,
    /// A place in that document.
    pub position: Option<Position>,
    /// The project's folder, when no document is given.
    pub project: Option<Uri>,
    /// A node's `unique_id`.
    pub node: Option<String>,
}

/// The argument of `exposureLens.acceptNamesForTeam` and `exposureLens.acceptNamesForMe`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectArgument {
    /// The project's folder.
    pub project: Uri,
}

/// The argument of `exposureLens.listDashboards`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeArgument {
    /// The project's folder.
    pub project: Uri,
    /// The node's `unique_id`.
    pub node: String,
}

/// The argument of `exposureLens.openDashboard`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageArgument {
    /// The project's folder.
    pub project: Uri,
    /// The page of one of its workbooks, dashboards or sheets.
    pub url: String,
}

/// What a code action carries until it is chosen; also the argument of
/// `exposureLens.write`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionData {
    /// The project's folder.
    pub project: Uri,
    /// What is to be written.
    pub write: Write,
}

/// What is to be written into exposures files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "camelCase")]
pub enum Write {
    /// The exposure of a workbook, or of one of its dashboards.
    Exposure {
        /// The workbook.
        workbook: WorkbookKey,
        /// The dashboard's name.
        dashboard: Option<String>,
    },
    /// What is missing for everything that reads a node.
    All {
        /// The node's `unique_id`.
        node: String,
    },
    /// Every exposure that is missing in the project.
    Missing,
    /// What an exposure lacks in `depends_on`.
    Dependencies {
        /// The exposure's name.
        exposure: String,
    },
    /// A text of an exposure as Tableau has it.
    Text {
        /// The exposure's name.
        exposure: String,
        /// `label`, `url`, `description`, `owner.name` or `owner.email`.
        key: String,
    },
    /// That an exposure is disabled.
    Disabled {
        /// The exposure's name.
        exposure: String,
    },
    /// Nothing more of an exposure.
    Nothing {
        /// The exposure's name.
        exposure: String,
    },
}

/// What finds a workbook again, when the content was read anew meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkbookKey {
    /// Its title.
    pub name: String,
    /// Its identity on the site.
    pub luid: Option<String>,
    /// Its file.
    pub file: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_the_shape_that_clients_read() {
        let status = StatusParams {
            health: Health::Warning,
            quiescent: true,
            message: "no manifest".to_owned(),
            detail: None,
            projects: Vec::new(),
            sites: Vec::new(),
            memory: MemoryStatus {
                loaded: 1,
                known: 16,
                bytes: 65_536,
                bound: 1 << 29,
            },
        };
        let expect = serde_json::json!({
            "health": "warning", "quiescent": true, "message": "no manifest", "detail": null, "projects": [],
            "sites": [], "memory": { "loaded": 1, "known": 16, "bytes": 65_536, "bound": 536_870_912 }
        });
        assert_eq!(
            serde_json::to_value(status).expect("it is plain data"),
            expect
        );
    }
}

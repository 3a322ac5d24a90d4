//! `exposureLens/lineage`: the graph around a node, from sources to dashboards.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{Location, Position, TextDocumentIdentifier, Uri};

use super::ProjectName;

/// The request for a graph; [`LineageParams`] in, [`LineageGraph`] out, or null where there
/// is no such node.
pub const LINEAGE: &str = "exposureLens/lineage";

/// Which graph is asked for: around a node, or around what stands in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LineageParams {
    /// A document of the project.
    pub text_document: Option<TextDocumentIdentifier>,
    /// A place in that document: the node there, else the last one above it, else the first.
    pub position: Option<Position>,
    /// The project's folder, when no document is given.
    pub project: Option<Uri>,
    /// A node's `unique_id`, of that project.
    pub node: Option<String>,
    /// The ids of nodes whose neighbours are wanted whole, though they were left out before.
    pub expand: Vec<String>,
}

/// A graph. It is bounded: what is left out is counted at the node where it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineageGraph {
    /// Of this answer: 1.
    pub version: u32,
    /// The dbt project.
    pub project: ProjectName,
    /// The id of the node it is drawn around.
    pub center: String,
    /// The lens's words without `Tableau: `.
    pub headline: String,
    /// Whether no dashboard means none.
    pub complete: bool,
    /// What is not known, a line each.
    pub missing: Vec<String>,
    /// What is in it, in an order that stays.
    pub nodes: Vec<GraphNode>,
    /// Who reads whom.
    pub edges: Vec<GraphEdge>,
}

/// Something that reads or is read. All its texts are plain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphNode {
    /// Unique in the graph: a `unique_id` for dbt's, and the same whenever it is asked again.
    pub id: String,
    /// `source`, `seed`, `snapshot`, `model`, `datasource`, `workbook` or `dashboard`; more
    /// words may come.
    pub kind: String,
    /// Its name.
    pub label: String,
    /// A second line: the workbook's Tableau project, views, the kind of match.
    pub detail: Option<String>,
    /// Whether it lies on a way that is not sure: matched by name alone, or by a rule that
    /// nobody has accepted.
    pub probable: bool,
    /// Where it is written, for dbt's.
    pub location: Option<Location>,
    /// Its page, for Tableau's, if it is known and safe to open.
    pub url: Option<String>,
    /// How many that it reads were left out.
    pub more_upstream: usize,
    /// How many that read it were left out.
    pub more_downstream: usize,
}

/// One reads the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphEdge {
    /// What is read.
    pub from: String,
    /// What reads it.
    pub to: String,
}

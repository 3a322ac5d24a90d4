//! `exposureLens/downstream`: what uses a node, or a whole project, as a tree of Tableau's
//! sites, projects, workbooks and dashboards. Every client shows the same one.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{Location, Position, TextDocumentIdentifier, Uri};

use super::ActionData;

/// The request for such a tree; [`DownstreamParams`] in, [`Downstream`] out, or null where
/// there is no project.
pub const DOWNSTREAM: &str = "exposureLens/downstream";

/// What a tree is asked for: of a node, of what stands at a place in a document, of all
/// that a document defines, or, when only a project is named, of the whole project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DownstreamParams {
    /// A document of the project.
    pub text_document: Option<TextDocumentIdentifier>,
    /// A place in that document: the node there (that of a `ref()` too), else the last one
    /// above it, else the first.
    pub position: Option<Position>,
    /// The project's folder, when no document is given.
    pub project: Option<Uri>,
    /// A node's `unique_id`, of that project.
    pub node: Option<String>,
    /// In which order, and so in which shape.
    pub order: Order,
    /// Only what has this text in a name, an owner's too; case does not matter.
    pub filter: Option<String>,
}

/// The order of a tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Sites, then Tableau projects, workbooks and dashboards, each by name.
    #[default]
    Name,
    /// Workbooks alone at the top, the most viewed first.
    Views,
}

/// A tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Downstream {
    /// Of this answer: 1.
    pub version: u32,
    /// The dbt project.
    pub project: ProjectName,
    /// What was asked about: no node for a whole project, and for a document that defines
    /// none, of which the headline says so; several for a properties file.
    pub subjects: Vec<SubjectNode>,
    /// The lens's words without `Tableau: `, or the project's totals.
    pub headline: String,
    /// Whether an empty tree is a zero.
    pub complete: bool,
    /// What is not known, a line each.
    pub missing: Vec<String>,
    /// Whether there is any Tableau content to look into.
    pub has_content: bool,
    /// The tree.
    pub items: Vec<TreeItem>,
    /// How many workbooks were left out, since no client shows so many: filter.
    pub left_out: usize,
}

/// A dbt project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectName {
    /// Its folder.
    pub uri: Uri,
    /// Its name in `dbt_project.yml`.
    pub name: String,
}

/// A node of dbt's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubjectNode {
    /// Its `unique_id`.
    pub id: String,
    /// As people call it: `fct_orders`, `crm.accounts`, `dim_x.v2`.
    pub label: String,
    /// Where it is written.
    pub location: Option<Location>,
}

/// A row of a tree. All its texts are plain: controls are escaped, nothing is markup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TreeItem {
    /// Unique in the tree, and the same whenever the same thing is shown. Of a `node` it is
    /// the `unique_id`.
    pub id: String,
    /// `node`, `site`, `files`, `project` (of Tableau), `workbook`, `dashboard`, `sheet` or
    /// `datasource`; more words may come.
    pub kind: String,
    /// Its name.
    pub label: String,
    /// What stands beside the name, in grey: counts, views.
    pub description: Option<String>,
    /// More lines: owner, project path, how it was matched, its exposure.
    pub tooltip: Vec<String>,
    /// Its page, if it is known and safe to open.
    pub url: Option<String>,
    /// How often it was viewed: recently where that is known, else ever.
    pub views: Option<u64>,
    /// Whether it, or something below it, reads the node's own relation, and not one further
    /// down; always true in a whole project's tree.
    pub direct: bool,
    /// Its exposure.
    pub exposure: Option<ExposureAt>,
    /// What writes the exposure that is missing: an argument of `exposureLens.write`.
    pub write: Option<ActionData>,
    /// What is below it.
    pub children: Vec<TreeItem>,
}

/// An exposure, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExposureAt {
    /// Its name.
    pub name: String,
    /// Its entry, if its file is known.
    pub location: Option<Location>,
}

//! `exposureLens/downstream`: the pure side's tree in the protocol's words.

use std::collections::HashMap;

use ide::{Place, RowKind, TreeAbout, TreeOrder, TreeRequest, TreeRow};
use lineage::NodeIx;
use tower_lsp::ls_types::{Location, Position};

use super::super::ext::{
    Downstream, DownstreamParams, ExposureAt, Order, ProjectName, SubjectNode, TreeItem,
};
use super::super::session::{ProjectSnapshot, Snapshot};
use super::super::to_proto;
use super::{actions, places};

/// What a tree is asked about.
pub(in super::super) enum Asked {
    /// A document, in each of its projects.
    Document(Snapshot),
    /// A project.
    Project(ProjectSnapshot),
}

pub(in super::super) fn downstream(asked: Asked, params: &DownstreamParams) -> Option<Downstream> {
    let node = params.node.as_deref();
    match asked {
        Asked::Document(at) => {
            let (project, nodes) = in_document(&at, node, params.position);
            let nothing = nothing_in(&at, params);
            answer(&project, Some(&nodes), params, nothing)
        }
        Asked::Project(project) => {
            let nodes = node.map(|it| named(&project, it));
            answer(&project, nodes.as_deref(), params, NO_SUCH_NODE.to_owned())
        }
    }
}

const NO_SUCH_NODE: &str = "the manifest has no such node any more";

/// The node of this `unique_id`, if it is there.
pub(super) fn named(project: &ProjectSnapshot, id: &str) -> Vec<NodeIx> {
    project.view.analysis.node(id).into_iter().collect()
}

/// The nodes that are meant, in the first project of the document that has some.
pub(super) fn in_document(
    at: &Snapshot,
    node: Option<&str>,
    position: Option<Position>,
) -> (ProjectSnapshot, Vec<NodeIx>) {
    let each = at.in_each().into_iter();
    let mut found = each.map(|it| {
        let nodes = match node {
            Some(id) => named(&it.project, id),
            None => subjects(&it, position),
        };
        (it.project, nodes)
    });
    let first = found.find(|(_, nodes)| !nodes.is_empty());
    first.unwrap_or_else(|| (at.project.clone(), Vec::new()))
}

/// The nodes of a document: see [`DownstreamParams`].
fn subjects(at: &Snapshot, position: Option<Position>) -> Vec<NodeIx> {
    let offset = position.map(|it| at.offset(it));
    let nodes = at.ask(|analysis, file| match offset {
        Some(offset) => analysis.nearest_node(file, offset).into_iter().collect(),
        None => analysis.defined_in(file),
    });
    nodes.unwrap_or_default()
}

/// What is said of a document that has no node.
fn nothing_in(at: &Snapshot, params: &DownstreamParams) -> String {
    if params.node.is_some() {
        return NO_SUCH_NODE.to_owned();
    }
    let disabled = at.ask(|analysis, file| {
        let disabled = analysis.disabled_in(file)?;
        Some(ide::plain(&disabled.name))
    });
    match disabled.flatten() {
        Some(name) => format!("{name} is disabled: dbt does not build it"),
        None => "no model, seed, snapshot or source is defined in this file".to_owned(),
    }
}

/// The answer about `nodes`, or about the whole project; `nothing` is said of no node at all.
fn answer(
    project: &ProjectSnapshot,
    nodes: Option<&[NodeIx]>,
    params: &DownstreamParams,
    nothing: String,
) -> Option<Downstream> {
    let analysis = &project.view.analysis;
    let subjects = nodes.unwrap_or_default();
    let mut downstream = Downstream {
        version: 1,
        project: project_name(project)?,
        subjects: subject_nodes(project, subjects),
        headline: nothing,
        complete: false,
        missing: Vec::new(),
        has_content: analysis.has_content(),
        items: Vec::new(),
        left_out: 0,
    };
    if nodes.is_some_and(<[NodeIx]>::is_empty) {
        return Some(downstream);
    }
    let tree = analysis.tree(&TreeRequest {
        about: nodes.map_or(TreeAbout::Project, TreeAbout::Nodes),
        order: match params.order {
            Order::Name => TreeOrder::Name,
            Order::Views => TreeOrder::Views,
        },
        filter: params.filter.as_deref(),
        now: lineage::Timestamp::now(),
    });
    let written = exposures_of(project, &tree.rows);
    let rows = tree.rows.into_iter();
    downstream.items = rows.map(|it| item(project, &written, it)).collect();
    downstream.headline = tree.headline;
    downstream.complete = tree.missing.is_empty();
    downstream.missing = tree.missing;
    downstream.left_out = tree.n_left_out;
    Some(downstream)
}

/// The project's folder and name.
pub(super) fn project_name(project: &ProjectSnapshot) -> Option<ProjectName> {
    Some(ProjectName {
        uri: to_proto::file_uri(&project.root)?,
        name: ide::plain(&project.view.files.dbt.name),
    })
}

fn subject_nodes(project: &ProjectSnapshot, nodes: &[NodeIx]) -> Vec<SubjectNode> {
    let defined: Vec<Place> = nodes.iter().map(|&it| Place::Node(it)).collect();
    let mut locations = places::located(project, &defined);
    let subject = |&node: &NodeIx| {
        let it = project.view.analysis.lineage.nodes().get(node);
        SubjectNode {
            id: it.id.to_string(),
            label: ide::plain(&it.label()),
            location: locations.remove(&Place::Node(node)),
        }
    };
    nodes.iter().map(subject).collect()
}

/// Where the exposures of a tree are written.
fn exposures_of(project: &ProjectSnapshot, rows: &[TreeRow]) -> HashMap<Place, Location> {
    let mut found = Vec::new();
    let mut open: Vec<&TreeRow> = rows.iter().collect();
    while let Some(row) = open.pop() {
        found.extend(row.exposure.map(Place::Exposure));
        open.extend(&row.children);
    }
    places::located(project, &found)
}

/// A row with all that is below it: a tree has few levels.
fn item(project: &ProjectSnapshot, written: &HashMap<Place, Location>, row: TreeRow) -> TreeItem {
    let exposure = row.exposure.map(|ix| ExposureAt {
        name: project.view.analysis.lineage.exposures()[ix]
            .name
            .to_string(),
        location: written.get(&Place::Exposure(ix)).cloned(),
    });
    let write = row.write.map(ide::Intent::WriteExposure);
    let children = row.children.into_iter();
    TreeItem {
        id: row.id,
        kind: kind(row.kind).to_owned(),
        label: row.label,
        description: row.description,
        tooltip: row.tooltip,
        url: row.url,
        views: row.views,
        direct: row.is_direct,
        exposure,
        write: write.and_then(|it| actions::data(project, &it)),
        children: children.map(|it| item(project, written, it)).collect(),
    }
}

fn kind(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Node => "node",
        RowKind::Site => "site",
        RowKind::Files => "files",
        RowKind::Project => "project",
        RowKind::Workbook => "workbook",
        RowKind::Dashboard => "dashboard",
        RowKind::Sheet => "sheet",
        RowKind::Datasource => "datasource",
    }
}

//! `exposureLens/lineage`: the pure side's graph in the protocol's words.

use std::collections::HashMap;

use ide::{Neighbour, NeighbourKind, Place};
use lineage::NodeIx;
use tower_lsp::ls_types::Location;

use super::super::ext::{GraphEdge, GraphNode, LineageGraph, LineageParams};
use super::super::session::ProjectSnapshot;
use super::downstream::{Asked, in_document, named, project_name};
use super::places;

pub(in super::super) fn graph(asked: Asked, params: &LineageParams) -> Option<LineageGraph> {
    let (project, center) = center(asked, params)?;
    let analysis = &project.view.analysis;
    let found = analysis.neighbourhood(center, &params.expand);
    let written = written(&project, &found.neighbours);
    let missing = analysis.missing(center).into_iter();
    let missing: Vec<String> = missing.map(|it| ide::plain_message(&it.message)).collect();
    let id = |place: usize| found.neighbours[place].id.clone();
    let edges = found.edges.iter().map(|&(from, to)| GraphEdge {
        from: id(from),
        to: id(to),
    });
    Some(LineageGraph {
        version: 1,
        project: project_name(&project)?,
        center: analysis.lineage.nodes().get(center).id.to_string(),
        headline: analysis.words(center),
        complete: missing.is_empty(),
        missing,
        edges: edges.collect(),
        nodes: found
            .neighbours
            .iter()
            .map(|it| node(&written, it))
            .collect(),
    })
}

/// The node that is meant.
fn center(asked: Asked, params: &LineageParams) -> Option<(ProjectSnapshot, NodeIx)> {
    let node = params.node.as_deref();
    let (project, nodes) = match asked {
        Asked::Document(at) => in_document(&at, node, params.position),
        Asked::Project(project) => {
            let nodes = named(&project, node?);
            (project, nodes)
        }
    };
    Some((project, *nodes.first()?))
}

/// Where the nodes of a graph are written. Each file is read once.
fn written(project: &ProjectSnapshot, all: &[Neighbour]) -> HashMap<Place, Location> {
    let places: Vec<Place> = all.iter().filter_map(place).collect();
    places::located(project, &places)
}

fn place(it: &Neighbour) -> Option<Place> {
    match it.kind {
        NeighbourKind::Node(node, _) => Some(Place::Node(node)),
        _ => None,
    }
}

fn node(written: &HashMap<Place, Location>, it: &Neighbour) -> GraphNode {
    GraphNode {
        id: it.id.clone(),
        kind: it.kind.as_str().to_owned(),
        label: it.label.clone(),
        detail: it.detail.clone(),
        probable: it.is_probable,
        location: place(it).and_then(|it| written.get(&it).cloned()),
        url: it.url.clone(),
        more_upstream: it.more_upstream,
        more_downstream: it.more_downstream,
    }
}

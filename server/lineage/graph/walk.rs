//! Walking dbt's graph: breadth first, each node once, so that a cycle in a
//! broken manifest ends and every way found is a shortest one.
//!
//! Where a source is declared on a relation that the project builds itself, dbt's
//! graph has a hole: what reads the source is built from the model all the same.
//! [`Twins`] closes it.

use std::collections::HashMap;

use crate::node::{NodeIx, Nodes};

/// Sources and what dbt builds as the same relation, both ways.
#[derive(Clone, Debug, Default)]
pub(super) struct Twins {
    sources_of: HashMap<NodeIx, Vec<NodeIx>>,
    builder_of: HashMap<NodeIx, NodeIx>,
}

impl Twins {
    /// From pairs of a built node and a source.
    pub(super) fn new(pairs: impl IntoIterator<Item = (NodeIx, NodeIx)>) -> Twins {
        let mut twins = Twins::default();
        for (builder, source) in pairs {
            twins.sources_of.entry(builder).or_default().push(source);
            twins.builder_of.insert(source, builder);
        }
        twins
    }

    /// What dbt builds as the relation that a source is declared on.
    pub(super) fn builder_of(&self, source: NodeIx) -> Option<NodeIx> {
        self.builder_of.get(&source).copied()
    }
}

/// dbt's graph without its holes.
#[derive(Clone, Copy)]
pub(super) struct Graph<'a> {
    pub(super) nodes: &'a Nodes,
    pub(super) twins: &'a Twins,
}

impl<'a> Graph<'a> {
    pub(super) fn children(self, ix: NodeIx) -> impl Iterator<Item = NodeIx> + 'a {
        let twins = self.twins.sources_of.get(&ix).into_iter().flatten();
        self.nodes.children(ix).iter().chain(twins).copied()
    }

    pub(super) fn parents(self, ix: NodeIx) -> impl Iterator<Item = NodeIx> + 'a {
        self.nodes
            .parents(ix)
            .chain(self.twins.builder_of.get(&ix).copied())
    }
}

/// A node met on a walk, and the step it was met from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) node: NodeIx,
    /// How many steps from the start.
    pub(super) distance: usize,
    before: usize,
}

/// `start` and what is built from it, nearest first. Only children in `within` are entered.
pub(super) fn descendants(graph: Graph<'_>, start: NodeIx, within: &[bool]) -> Vec<Step> {
    let mut seen = vec![false; graph.nodes.len()];
    seen[start.place()] = true;
    let mut steps = vec![Step {
        node: start,
        distance: 0,
        before: 0,
    }];
    let mut at = 0;
    while let Some(&step) = steps.get(at) {
        for node in graph.children(step.node) {
            if within[node.place()] && !std::mem::replace(&mut seen[node.place()], true) {
                steps.push(Step {
                    node,
                    distance: step.distance + 1,
                    before: at,
                });
            }
        }
        at += 1;
    }
    steps
}

/// The way from the start of a walk to its step `at`, both included.
pub(super) fn way_to(steps: &[Step], mut at: usize) -> Vec<NodeIx> {
    let mut way = vec![steps[at].node];
    while at != 0 {
        at = steps[at].before;
        way.push(steps[at].node);
    }
    way.reverse();
    way
}

/// `starts` and what they are built from, nearest first, with the distance.
pub(super) fn ancestors(
    graph: Graph<'_>,
    starts: impl Iterator<Item = NodeIx>,
) -> Vec<(NodeIx, usize)> {
    let mut seen = vec![false; graph.nodes.len()];
    let mut is_new = |ix: NodeIx| !std::mem::replace(&mut seen[ix.place()], true);
    let mut found: Vec<(NodeIx, usize)> =
        starts.filter(|&ix| is_new(ix)).map(|ix| (ix, 0)).collect();
    let mut at = 0;
    while let Some(&(node, distance)) = found.get(at) {
        found.extend(
            graph
                .parents(node)
                .filter(|&ix| is_new(ix))
                .map(|ix| (ix, distance + 1)),
        );
        at += 1;
    }
    found
}

/// For each node whether it is one of `ends` or one of them is built from it.
pub(super) fn reaching(graph: Graph<'_>, ends: impl Iterator<Item = NodeIx>) -> Vec<bool> {
    let mut reaches = vec![false; graph.nodes.len()];
    for (node, _) in ancestors(graph, ends) {
        reaches[node.place()] = true;
    }
    reaches
}

//! Walking dbt's graph: breadth first, each node once, so that a cycle in a
//! broken manifest ends and every way found is a shortest one.

use crate::node::{NodeIx, Nodes};

/// A node met on a walk, and the step it was met from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) node: NodeIx,
    /// How many steps from the start.
    pub(super) distance: usize,
    before: usize,
}

/// `start` and what is built from it, nearest first. Only children in `within` are entered.
pub(super) fn descendants(nodes: &Nodes, start: NodeIx, within: &[bool]) -> Vec<Step> {
    let mut seen = vec![false; nodes.len()];
    seen[start.place()] = true;
    let mut steps = vec![Step {
        node: start,
        distance: 0,
        before: 0,
    }];
    let mut at = 0;
    while let Some(&step) = steps.get(at) {
        for &node in nodes.children(step.node) {
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
    nodes: &Nodes,
    starts: impl Iterator<Item = NodeIx>,
) -> Vec<(NodeIx, usize)> {
    let mut seen = vec![false; nodes.len()];
    let mut is_new = |ix: NodeIx| !std::mem::replace(&mut seen[ix.place()], true);
    let mut found: Vec<(NodeIx, usize)> =
        starts.filter(|&ix| is_new(ix)).map(|ix| (ix, 0)).collect();
    let mut at = 0;
    while let Some(&(node, distance)) = found.get(at) {
        found.extend(
            nodes
                .parents(node)
                .filter(|&ix| is_new(ix))
                .map(|ix| (ix, distance + 1)),
        );
        at += 1;
    }
    found
}

/// For each node whether it is one of `ends` or one of them is built from it.
pub(super) fn reaching(nodes: &Nodes, ends: impl Iterator<Item = NodeIx>) -> Vec<bool> {
    let mut reaches = vec![false; nodes.len()];
    for (node, _) in ancestors(nodes, ends) {
        reaches[node.place()] = true;
    }
    reaches
}

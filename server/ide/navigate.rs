//! From a name to where it is defined, and to where it is used.
//!
//! Answers are places that outlive the text they were found in: which file a place
//! stands in is [`file_of`]'s answer, where in that file, as it is now, [`places_in`]'s.
//! Where nothing is known nothing is said.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use lineage::NodeIx;

use dbt::{ExposureEntry, RefCall};

use crate::analysis::{Analysis, File};
use crate::exposures::entry;
use crate::locate::{self, is_yaml};

/// A place in the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// Where a node is defined.
    Node(NodeIx),
    /// The name of an exposure, by its place in [`lineage::Lineage::exposures`].
    Exposure(usize),
    /// Where an exposure depends on a node.
    Dependency {
        /// Its place in [`lineage::Lineage::exposures`].
        exposure: usize,
        /// The node.
        node: NodeIx,
    },
    /// Where a node reads another one.
    Ref {
        /// The node that reads.
        from: NodeIx,
        /// The node that is read.
        node: NodeIx,
    },
}

/// Where what stands at `offset` is defined.
pub(crate) fn definitions(analysis: &Analysis, file: File<'_>, offset: usize) -> Vec<Place> {
    let named = exposure_named_at(analysis, file, offset).map(Place::Exposure);
    let node = || {
        let found = locate::at(analysis, file, offset)?;
        // A model's first line is shown as its place, yet a word in it is no name of it.
        let is_name = is_yaml(file.path) || is_call(file, &found.range);
        (found.column.is_none() && is_name).then_some(Place::Node(found.node))
    };
    let place = named.or_else(node);
    let has_file = |it: &Place| file_of(analysis, it).is_some();
    place.into_iter().filter(has_file).collect()
}

/// Where what stands at `offset` is used, and with `include_declaration` where it is
/// defined, first.
pub(crate) fn references(
    analysis: &Analysis,
    file: File<'_>,
    offset: usize,
    include_declaration: bool,
) -> Vec<Place> {
    let mut places = Vec::new();
    if let Some(exposure) = exposure_named_at(analysis, file, offset) {
        places.extend(include_declaration.then_some(Place::Exposure(exposure)));
    } else if let Some(found) = locate::at(analysis, file, offset)
        && found.column.is_none()
    {
        places.extend(include_declaration.then_some(Place::Node(found.node)));
        places.extend(uses(analysis, found.node));
    }
    places.retain(|it| file_of(analysis, it).is_some());
    places
}

/// The exposures that depend on a node, then the nodes that read it.
fn uses(analysis: &Analysis, node: NodeIx) -> impl Iterator<Item = Place> {
    let nodes = analysis.lineage.nodes();
    let exposures = analysis.lineage.exposures().iter().enumerate();
    let depends = exposures.filter(move |(_, it)| it.depends_on.contains(&nodes.get(node).id));
    let children = nodes.children(node).iter();
    depends
        .map(move |(exposure, _)| Place::Dependency { exposure, node })
        .chain(children.map(move |&from| Place::Ref { from, node }))
}

/// The file that a place stands in: its package, and its path from that package's root.
pub(crate) fn file_of<'a>(analysis: &'a Analysis, place: &Place) -> Option<(&'a str, &'a str)> {
    let (package, path) = match *place {
        Place::Node(node) | Place::Ref { from: node, .. } => {
            let node = analysis.lineage.nodes().get(node);
            (&node.package, &node.path)
        }
        Place::Exposure(exposure) | Place::Dependency { exposure, .. } => {
            let exposure = analysis.lineage.exposures().get(exposure)?;
            (&exposure.package, &exposure.path)
        }
    };
    (!path.is_empty()).then_some((package, path))
}

/// Where those of `places` that stand in `file` are in its text, in the text's order. The
/// file is read once for all of them.
pub(crate) fn places_in(
    analysis: &Analysis,
    file: File<'_>,
    places: &[Place],
) -> Vec<Range<usize>> {
    let is_here = |it: &&Place| file_of(analysis, it) == Some((file.package, file.path));
    let mut wanted = Wanted::default();
    places.iter().filter(is_here).for_each(|it| wanted.add(*it));
    let mut ranges = wanted.definitions(analysis, file);
    ranges.extend(wanted.in_exposures(analysis, file));
    ranges.extend(wanted.reads(analysis, file));
    ranges.sort_by_key(|it| (it.start, it.end));
    ranges.dedup();
    ranges
}

/// The nodes and exposures that a file defines or describes, and where.
pub(crate) fn defined_places(analysis: &Analysis, file: File<'_>) -> Vec<(Place, Range<usize>)> {
    let nodes = locate::definitions(analysis, file).into_iter();
    let nodes = nodes.map(|it| (Place::Node(it.node), it.range));
    let exposures = exposures_of(analysis, file).into_iter();
    let exposures = exposures.map(|(ix, entry)| (Place::Exposure(ix), entry.name_span));
    nodes.chain(exposures).collect()
}

/// The places of one file that are looked for.
#[derive(Default)]
struct Wanted {
    nodes: HashSet<NodeIx>,
    exposures: HashSet<usize>,
    dependencies: HashSet<(usize, NodeIx)>,
    /// For a node the nodes that read it.
    reads: HashMap<NodeIx, Vec<NodeIx>>,
}

impl Wanted {
    fn add(&mut self, place: Place) {
        match place {
            Place::Node(node) => {
                self.nodes.insert(node);
            }
            Place::Exposure(exposure) => {
                self.exposures.insert(exposure);
            }
            Place::Dependency { exposure, node } => {
                self.dependencies.insert((exposure, node));
            }
            Place::Ref { from, node } => self.reads.entry(node).or_default().push(from),
        }
    }

    fn definitions(&mut self, analysis: &Analysis, file: File<'_>) -> Vec<Range<usize>> {
        if self.nodes.is_empty() {
            return Vec::new();
        }
        let definitions = locate::definitions(analysis, file).into_iter();
        let first = definitions.filter(|it| self.nodes.remove(&it.node));
        first.map(|it| it.range).collect()
    }

    fn in_exposures(&self, analysis: &Analysis, file: File<'_>) -> Vec<Range<usize>> {
        if self.exposures.is_empty() && self.dependencies.is_empty() {
            return Vec::new();
        }
        let nodes = analysis.lineage.nodes();
        let mut ranges = Vec::new();
        for (exposure, entry) in exposures_of(analysis, file) {
            let name = self.exposures.contains(&exposure);
            ranges.extend(name.then(|| entry.name_span.clone()));
            let is_wanted = |call: &&RefCall| {
                let node = call.target.resolve(nodes, file.package);
                node.is_some_and(|node| self.dependencies.contains(&(exposure, node)))
            };
            let calls = entry.depends_on.iter().filter(is_wanted);
            ranges.extend(calls.map(|it| it.span.clone()));
        }
        ranges
    }

    fn reads(&self, analysis: &Analysis, file: File<'_>) -> Vec<Range<usize>> {
        if self.reads.is_empty() {
            return Vec::new();
        }
        let parts = Parts::of(analysis, file);
        let nodes = analysis.lineage.nodes();
        let mut ranges = Vec::new();
        for call in locate::refs(file) {
            let node = call.target.resolve(nodes, file.package);
            let readers = node
                .and_then(|it| self.reads.get(&it))
                .into_iter()
                .flatten();
            let is_in = |from: &NodeIx| parts.of_node(*from).contains(&call.span.start);
            if readers.copied().any(|it| is_in(&it)) {
                ranges.push(call.span);
            }
        }
        ranges
    }
}

/// What a file holds of each node that does not have it to itself.
struct Parts {
    whole: Range<usize>,
    of_nodes: HashMap<NodeIx, Range<usize>>,
}

impl Parts {
    fn of(analysis: &Analysis, file: File<'_>) -> Parts {
        let starts = locate::definitions(analysis, file);
        let ends = starts.iter().skip(1).map(|it| it.range.start);
        let ends = ends.chain([file.text.len()]);
        let parts = starts.iter().zip(ends);
        let of_nodes = match starts.len() {
            0 | 1 => HashMap::new(),
            _ => parts
                .map(|(it, end)| (it.node, it.range.start..end))
                .collect(),
        };
        Parts {
            whole: 0..file.text.len(),
            of_nodes,
        }
    }

    fn of_node(&self, node: NodeIx) -> &Range<usize> {
        self.of_nodes.get(&node).unwrap_or(&self.whole)
    }
}

/// Whether a call stands exactly there.
fn is_call(file: File<'_>, range: &Range<usize>) -> bool {
    locate::refs(file).iter().any(|it| it.span == *range)
}

/// The exposure whose name `offset` touches.
fn exposure_named_at(analysis: &Analysis, file: File<'_>, offset: usize) -> Option<usize> {
    let touches = |span: &Range<usize>| span.start <= offset && offset <= span.end;
    let mut all = exposures_of(analysis, file).into_iter();
    let found = all.find(|(_, entry)| touches(&entry.name_span))?;
    Some(found.0)
}

/// The exposures that a file writes and the lineage knows.
fn exposures_of(analysis: &Analysis, file: File<'_>) -> Vec<(usize, ExposureEntry)> {
    let entries = entry::in_file(analysis, file).into_iter();
    entries
        .filter_map(|it| Some((it.exposure?, it.entry)))
        .collect()
}

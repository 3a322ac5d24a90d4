//! The graph around a node: the sources, seeds, snapshots and models that it is built from,
//! and the models, published datasources, workbooks and dashboards that are built from it.
//!
//! It is bounded, since nobody reads a graph of thousands: the most viewed workbooks come
//! first, each with the way to it. What is left out is counted at the thing that reads it
//! or is read by it; whoever asks for the neighbours of that thing gets them. Who reads
//! whom is [`links`]'s business, what is drawn [`drawing`]'s, the words are [`words`]'s.

mod drawing;
mod links;
#[cfg(test)]
mod tests;
mod words;

use lineage::{NodeIx, NodeKind, PublishedIx, WorkbookIx};

use crate::analysis::Analysis;

use self::drawing::Drawing;
use self::links::Links;

/// A graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbourhood {
    /// What is in it: the node that it is about, what that is built from, what reads it, and
    /// at last what was asked for beside it.
    pub neighbours: Vec<Neighbour>,
    /// Who reads whom, as places in `neighbours`: what is read, and what reads it.
    pub edges: Vec<(usize, usize)>,
}

/// Something that reads or is read. All its texts are plain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Unique in the graph, and the same whenever it is asked for again. Of a node it is
    /// the `unique_id`.
    pub id: String,
    /// What it is.
    pub kind: NeighbourKind,
    /// Its name.
    pub label: String,
    /// A second line.
    pub detail: Option<String>,
    /// Whether it is only probable that this reads what it is drawn to read.
    pub is_probable: bool,
    /// Its page, if one is known that may be opened.
    pub url: Option<String>,
    /// How many that it reads are left out.
    pub more_upstream: usize,
    /// How many that read it are left out.
    pub more_downstream: usize,
}

/// What a [`Neighbour`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeighbourKind {
    /// A node of dbt's.
    Node(NodeIx, NodeKind),
    /// A published datasource.
    Datasource,
    /// A workbook.
    Workbook,
    /// A dashboard or a story.
    Dashboard,
}

impl NeighbourKind {
    /// The word for it in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            NeighbourKind::Node(_, kind) => kind.as_str(),
            NeighbourKind::Datasource => "datasource",
            NeighbourKind::Workbook => "workbook",
            NeighbourKind::Dashboard => "dashboard",
        }
    }
}

/// Something of the graph, by its place in the lineage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Vertex {
    Published(PublishedIx),
    Workbook(WorkbookIx),
    /// A dashboard by its place in the workbook.
    Dashboard(WorkbookIx, usize),
    Node(NodeIx),
}

/// The graph around `center`, with all neighbours of what has an id in `expand`.
pub(crate) fn around(analysis: &Analysis, center: NodeIx, expand: &[String]) -> Neighbourhood {
    let links = Links::new(analysis, center);
    let mut drawing = Drawing::new(&links, center);
    drawing.draw_upstream();
    drawing.draw_ways_to_workbooks();
    drawing.draw_other_ways();
    drawing.draw_expanded(expand);
    drawing.finish()
}

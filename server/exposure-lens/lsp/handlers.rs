//! Answers to requests: protocol in, one question to [`ide`], protocol out.
//!
//! All of it is sync and runs on a blocking thread, from a snapshot.

mod actions;
mod places;

use lineage::NodeIx;
use serde_json::Value;
use tower_lsp::ls_types::{self as lsp_types, CodeLens, Diagnostic, HoverParams, Position};

pub(super) use actions::{code_action, failed, resolve_action, write};
pub(super) use places::{completion, definition, document_symbols, references, symbols};

use super::ext::{NodeArgument, PageArgument, UsagesParams};
use super::session::{ProjectSnapshot, Snapshot};
use super::to_proto;
use crate::output::json_v1;

pub(super) fn code_lens(at: &Snapshot) -> Vec<CodeLens> {
    let lenses = at
        .ask(|analysis, file| analysis.annotations(file))
        .unwrap_or_default();
    let place = |it: &ide::Annotation| at.document.text.range(&it.range, at.project.can.encoding);
    let lenses = lenses.into_iter();
    lenses
        .filter_map(|it| {
            let place = place(&it);
            Some(to_proto::lens(place, lens_command(&at.project, it)?))
        })
        .collect()
}

/// What a click on a lens does: the dashboards of a node, the page of an exposure.
fn lens_command(project: &ProjectSnapshot, lens: ide::Annotation) -> Option<lsp_types::Command> {
    match lens.about {
        ide::About::Node(node) => {
            let about = project.argument(node)?;
            Some(to_proto::list_dashboards(lens.title, &about))
        }
        ide::About::Exposure { url: None, .. } => Some(to_proto::no_command(lens.title)),
        ide::About::Exposure { url: Some(url), .. } => {
            let project = to_proto::file_uri(&project.root)?;
            let page = PageArgument { project, url };
            let open = super::commands::OPEN_DASHBOARD;
            Some(to_proto::command(lens.title, open, &page))
        }
    }
}

pub(super) fn hover(at: &Snapshot, params: &HoverParams) -> Option<lsp_types::Hover> {
    let offset = at.offset(params.text_document_position_params.position);
    let now = lineage::Timestamp::now();
    let hover = at.ask(|analysis, file| analysis.hover(file, offset, now))??;
    Some(to_proto::hover(hover, &at.document.text, &at.project.can))
}

pub(super) fn diagnostics(at: &Snapshot) -> Vec<Diagnostic> {
    let found = at
        .ask(|analysis, file| analysis.diagnostics(file))
        .unwrap_or_default();
    let (text, encoding) = (&at.document.text, at.project.can.encoding);
    found
        .into_iter()
        .map(|it| to_proto::diagnostic(it, text, encoding))
        .collect()
}

/// The nodes that are asked for, in the command line's JSON.
pub(super) fn usages(
    project: &ProjectSnapshot,
    at: Option<&Snapshot>,
    params: &UsagesParams,
) -> Value {
    let analysis = &project.view.analysis;
    let nodes: Vec<NodeIx> = match (&params.node, at) {
        (Some(id), _) => analysis.node(id).into_iter().collect(),
        (None, Some(at)) => nodes_at(at, params.position),
        (None, None) => Vec::new(),
    };
    let manifest = project.view.manifest.as_deref();
    let mut usages = json_v1::Usages::of(analysis, &project.root, manifest, &project.problems);
    for node in nodes {
        usages.add_usages(analysis, node, &analysis.lineage.downstream_of(node));
    }
    to_proto::json(&usages)
}

fn nodes_at(at: &Snapshot, position: Option<Position>) -> Vec<NodeIx> {
    let offset = position.map(|it| at.offset(it));
    let nodes = at.ask(|analysis, file| match offset {
        Some(offset) => analysis.node_at(file, offset).into_iter().collect(),
        None => analysis.defined_in(file),
    });
    nodes.unwrap_or_default()
}

impl Snapshot {
    fn offset(&self, position: Position) -> usize {
        self.document
            .text
            .offset(position, self.project.can.encoding)
    }
}

impl ProjectSnapshot {
    /// What names a node to a command.
    fn argument(&self, node: NodeIx) -> Option<NodeArgument> {
        let node = self.view.analysis.lineage.nodes().get(node).id.to_string();
        Some(NodeArgument {
            project: to_proto::file_uri(&self.root)?,
            node,
        })
    }
}

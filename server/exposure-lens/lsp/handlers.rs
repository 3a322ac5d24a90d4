//! Answers to requests: protocol in, one question to [`ide`], protocol out.
//!
//! All of it is sync and runs on a blocking thread, from a snapshot.

mod actions;
mod downstream;
mod graph;
mod merged;
mod places;

use std::path::PathBuf;
use std::sync::Arc;

use lineage::NodeIx;
use serde_json::Value;
use tower_lsp::ls_types::{self as lsp_types, CodeLens, Diagnostic, HoverParams, Position};

pub(super) use actions::{code_action, failed, resolve_action, write};
pub(super) use downstream::{Asked, downstream};
pub(super) use graph::graph;
pub(super) use places::{completion, definition, document_symbols, references, symbols};

use super::ext::{NodeArgument, PageArgument, UsagesParams};
use super::load::View;
use super::session::{ProjectSnapshot, Snapshot};
use super::to_proto;
use crate::output::json_v1;
use crate::workspace::{self, production};

pub(super) fn code_lens(at: &Snapshot) -> Vec<CodeLens> {
    let answers = merged::answers(at, |at| some(lenses(at)));
    let all = answers.into_iter().flat_map(|it| {
        let name = it.name;
        it.found.into_iter().map(move |lens| (name.clone(), lens))
    });
    // Two projects that say the same of one place: the first one's command answers for both.
    let alike = all.map(|(name, lens)| (name, Alike(lens)));
    let shown = merged::once(alike).into_iter();
    shown
        .map(|(names, Alike((place, mut command)))| {
            command.title = merged::titled(&names, &command.title);
            to_proto::lens(place, command)
        })
        .collect()
}

/// A lens, which is one with another by its place and its words.
struct Alike((lsp_types::Range, lsp_types::Command));

impl PartialEq for Alike {
    fn eq(&self, other: &Alike) -> bool {
        let of = |it: &Alike| (it.0.0, it.0.1.title.clone());
        of(self) == of(other)
    }
}

/// The lenses of a document in one project.
fn lenses(at: &Snapshot) -> Vec<(lsp_types::Range, lsp_types::Command)> {
    let lenses = at
        .ask(|analysis, file| analysis.annotations(file))
        .unwrap_or_default();
    let place = |it: &ide::Annotation| at.document.text.range(&it.range, at.project.can.encoding);
    let lenses = lenses.into_iter();
    lenses
        .filter_map(|it| Some((place(&it), lens_command(&at.project, it)?)))
        .collect()
}

/// A list, unless it is empty.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    Some(list).filter(|it| !it.is_empty())
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

/// `loaded` are all projects that are loaded: a table that one builds and another reads is
/// told of with both.
pub(super) fn hover(
    at: &Snapshot,
    params: &HoverParams,
    loaded: &[(PathBuf, Arc<View>)],
) -> Option<lsp_types::Hover> {
    let offset = at.offset(params.text_document_position_params.position);
    let now = lineage::Timestamp::now();
    let ask = |at: &Snapshot| {
        let others = loaded.iter().filter(|(root, _)| *root != at.project.root);
        let others = others.map(|(_, it)| (it.files.dbt.name.as_str(), &it.analysis));
        let others: Vec<(&str, &ide::Analysis)> = others.collect();
        at.ask(|analysis, file| analysis.hover_with(file, offset, now, &others))?
    };
    let answers = merged::answers(at, ask);
    let range = answers.first()?.found.range.clone();
    let texts = answers.into_iter().map(|it| (it.name, it.found.markdown));
    let texts = merged::once(texts).into_iter();
    let texts: Vec<String> = texts
        .map(|(names, text)| merged::headed(&names, &text))
        .collect();
    let hover = ide::Hover {
        range,
        markdown: texts.join("\n\n---\n\n"),
    };
    Some(to_proto::hover(hover, &at.document.text, &at.project.can))
}

pub(super) fn diagnostics(at: &Snapshot) -> Vec<Diagnostic> {
    merged::list(at, |at| {
        let found = at
            .ask(|analysis, file| analysis.diagnostics(file))
            .or_else(|| at.ask_project_file(|analysis, file| analysis.pending_of_file(file)));
        let (text, encoding) = (&at.document.text, at.project.can.encoding);
        let found = found.unwrap_or_default().into_iter();
        found
            .map(|it| to_proto::diagnostic(it, text, encoding))
            .collect()
    })
}

/// The nodes that are asked for, in the command line's JSON.
pub(super) fn usages(asked: Asked, params: &UsagesParams) -> Value {
    let (project, at) = match asked {
        Asked::Document(at) => {
            let at = in_project_with_nodes(at, params.position);
            (at.project.clone(), Some(at))
        }
        Asked::Project(project) => (project, None),
    };
    let analysis = &project.view.analysis;
    let nodes: Vec<NodeIx> = match (&params.node, &at) {
        (Some(id), _) => analysis.node(id).into_iter().collect(),
        (None, Some(at)) => nodes_at(at, params.position),
        (None, None) => Vec::new(),
    };
    let manifest = project.view.manifest.as_deref();
    let role = production::role(
        manifest,
        project.view.production.as_deref(),
        &analysis.lineage,
    );
    let mut usages =
        json_v1::Usages::of(analysis, &project.root, manifest, &project.problems).with_role(role);
    for node in nodes {
        usages.add_usages(analysis, node, &analysis.lineage.downstream_of(node));
    }
    to_proto::json(&usages)
}

/// A document in the first of its projects that has nodes there.
fn in_project_with_nodes(at: Snapshot, position: Option<Position>) -> Snapshot {
    if at.others.is_empty() {
        return at;
    }
    let mut each = at.in_each().into_iter();
    let found = each.find(|it| !nodes_at(it, position).is_empty());
    found.unwrap_or(at)
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
    /// The words of a node's lens, to somebody who asked for its dashboards: where there is
    /// nothing of Tableau's to look into, what to do about it.
    pub(super) fn headline(&self, node: NodeIx) -> String {
        match self.view.analysis.has_content() {
            true => self.view.analysis.words(node),
            false => workspace::no_content().message,
        }
    }

    /// What names a node to a command.
    fn argument(&self, node: NodeIx) -> Option<NodeArgument> {
        let node = self.view.analysis.lineage.nodes().get(node).id.to_string();
        Some(NodeArgument {
            project: to_proto::file_uri(&self.root)?,
            node,
        })
    }
}

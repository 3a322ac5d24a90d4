//! Answers to requests: protocol in, one question to [`ide`], protocol out.
//!
//! All of it is sync and runs on a blocking thread, from a snapshot.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::path::Path;

use lineage::{NodeIx, WorkbookIx};
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::{
    self as lsp_types, CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeLens,
    Diagnostic, HoverParams, Position, Range, SymbolInformation, WorkspaceEdit,
};

use super::document::Text;
use super::ext::{ActionData, NodeArgument, UsagesParams, WorkbookKey};
use super::session::{ProjectSnapshot, Snapshot};
use super::to_proto::{self, EditTarget};
use crate::disk;
use crate::output::json_v1;
use crate::workspace::exposures::{is_yaml, leads_out};

/// The protocol's code for "it was valid, and could not be done".
const REQUEST_FAILED: ErrorCode = ErrorCode::ServerError(-32803);

pub(super) fn code_lens(at: &Snapshot) -> Vec<CodeLens> {
    let lenses = at
        .ask(|analysis, file| analysis.annotations(file))
        .unwrap_or_default();
    let place = |it: &ide::Annotation| at.document.text.range(&it.range, at.project.can.encoding);
    let about = |node| at.project.argument(node);
    lenses
        .into_iter()
        .filter_map(|it| {
            Some(to_proto::lens(
                it.title.clone(),
                place(&it),
                &about(it.node)?,
            ))
        })
        .collect()
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

pub(super) fn code_action(at: &Snapshot, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
    let a = at.offset(params.range.start);
    let b = at.offset(params.range.end);
    let range = a.min(b)..a.max(b);
    let actions = at
        .ask(|analysis, file| analysis.actions(file, range))
        .unwrap_or_default();
    let only = params.context.only.as_deref();
    actions
        .into_iter()
        .filter_map(|it| offer(&at.project, it, only))
        .collect()
}

fn offer(
    project: &ProjectSnapshot,
    action: ide::Action,
    only: Option<&[CodeActionKind]>,
) -> Option<CodeActionOrCommand> {
    match action.kind {
        ide::ActionKind::WriteExposure(workbook) => {
            let wanted = only.is_none_or(|kinds| kinds.iter().any(is_refactor));
            (wanted && project.can.action_literals)
                .then(|| write_exposure(project, action.title, action.disabled, workbook))?
                .map(Into::into)
        }
        ide::ActionKind::ListDashboards(node) => {
            // It changes nothing, so it is of no kind that a client could ask for.
            let about = project.argument(node).filter(|_| only.is_none())?;
            let command = to_proto::list_dashboards(action.title.clone(), &about);
            Some(if project.can.action_literals {
                CodeAction {
                    title: action.title,
                    command: Some(command),
                    ..CodeAction::default()
                }
                .into()
            } else {
                command.into()
            })
        }
    }
}

/// `refactor`, or what stands above it: nothing at all.
fn is_refactor(kind: &CodeActionKind) -> bool {
    *kind == CodeActionKind::REFACTOR || *kind == CodeActionKind::EMPTY
}

fn write_exposure(
    project: &ProjectSnapshot,
    title: String,
    mut disabled: Option<String>,
    workbook: WorkbookIx,
) -> Option<CodeAction> {
    let mut edit = None;
    if disabled.is_none() && !project.can.resolve_edit {
        match exposure_edit(project, workbook) {
            Ok(made) => edit = Some(made),
            Err(reason) => disabled = Some(reason),
        }
    }
    if disabled.is_some() && !project.can.disabled_actions {
        return None;
    }
    let it = project.view.analysis.lineage.workbook(workbook);
    let key = WorkbookKey {
        name: it.name.clone(),
        luid: it.luid.as_ref().map(ToString::to_string),
        file: it.file.clone(),
    };
    let data = ActionData {
        project: to_proto::file_uri(&project.root)?,
        workbook: key,
    };
    Some(CodeAction {
        edit,
        ..to_proto::write_action(title, disabled, &data)
    })
}

/// The edit of an action that was chosen, made for the text as it is now.
pub(super) fn resolve_action(
    project: &ProjectSnapshot,
    mut action: CodeAction,
    data: &ActionData,
) -> Result<CodeAction> {
    let workbook = find_workbook(project, &data.workbook).ok_or_else(|| {
        failed(format!(
            "{} is not there any more",
            ide::plain(&data.workbook.name)
        ))
    })?;
    action.edit = Some(exposure_edit(project, workbook).map_err(failed)?);
    Ok(action)
}

fn failed(reason: String) -> Error {
    Error {
        code: REQUEST_FAILED,
        message: Cow::Owned(reason),
        data: None,
    }
}

/// By its identity on the site, else by its file, else by its title.
fn find_workbook(project: &ProjectSnapshot, key: &WorkbookKey) -> Option<WorkbookIx> {
    let is_it = |it: &lineage::Workbook| match (&key.luid, &key.file) {
        (Some(luid), _) => it.luid.as_ref().is_some_and(|own| own.0 == *luid),
        (None, Some(file)) => it.file.as_ref() == Some(file),
        (None, None) => it.name == key.name,
    };
    let mut workbooks = project.view.analysis.lineage.workbooks();
    workbooks.find(|(_, it)| is_it(it)).map(|(ix, _)| ix)
}

/// The edit that writes a workbook's exposure: into the open buffer, else into
/// the file on disk, else into a new file.
fn exposure_edit(
    project: &ProjectSnapshot,
    workbook: WorkbookIx,
) -> std::result::Result<WorkspaceEdit, String> {
    let analysis = &project.view.analysis;
    let plan = analysis.plan_exposure(workbook)?;
    let path = project.root.join(&plan.path);
    if leads_out(&project.root, &path) {
        return Err(format!("{} is a link out of the repository", plan.path));
    }
    let open = project.documents.get(&path);
    let on_disk = if open.is_some() {
        None
    } else {
        text_on_disk(&path)?
    };
    let text = open.map(|it| &it.text).or(on_disk.as_ref());
    let edit = analysis.write_exposure(&plan, text.map(ToString::to_string).as_deref())?;
    let uri = open
        .map(|it| it.uri.clone())
        .or_else(|| to_proto::file_uri(&path));
    let uri = uri.ok_or_else(|| format!("{} has no address", plan.path))?;
    let target = EditTarget {
        uri,
        version: open.map(|it| it.version),
        text,
    };
    Ok(to_proto::workspace_edit(edit.edit, target, &project.can))
}

fn text_on_disk(path: &Path) -> std::result::Result<Option<Text>, String> {
    match disk::read_text(path) {
        // Editors count positions without the mark.
        Ok(text) => Ok(Some(Text::new(
            text.strip_prefix('\u{feff}').unwrap_or(&text),
        ))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}

/// Workbooks and dashboards of all projects, each at the definition of a node
/// that it reads.
pub(super) fn symbols(projects: &[ProjectSnapshot], query: &str) -> Vec<SymbolInformation> {
    let mut all = Vec::new();
    for project in projects {
        let mut places: HashMap<NodeIx, Option<lsp_types::Location>> = HashMap::new();
        for symbol in project.view.analysis.symbols(query) {
            let place = places
                .entry(symbol.node)
                .or_insert_with(|| definition(project, symbol.node));
            if let Some(place) = place {
                all.push(to_proto::symbol(symbol, place.uri.clone(), place.range));
            }
        }
    }
    all
}

/// Where a node is defined: its file's first line, or its entry in a YAML file.
fn definition(project: &ProjectSnapshot, node: NodeIx) -> Option<lsp_types::Location> {
    let analysis = &project.view.analysis;
    let it = analysis.lineage.nodes().get(node);
    let path = project.view.files.file_of(it);
    let open = project.documents.get(&path);
    let uri = open
        .map(|it| it.uri.clone())
        .or_else(|| to_proto::file_uri(&path))?;
    let start = Position {
        line: 0,
        character: 0,
    };
    let mut range = Range { start, end: start };
    if is_yaml(&path) {
        let on_disk = if open.is_some() {
            None
        } else {
            text_on_disk(&path).ok().flatten()
        };
        let text = open.map(|it| &it.text).or(on_disk.as_ref())?;
        let content = text.to_string();
        let file = ide::File {
            package: &it.package,
            path: &it.path,
            text: &content,
        };
        if let Some(found) = analysis.definition_range(file, node) {
            range = text.range(&found, project.can.encoding);
        }
    }
    Some(lsp_types::Location { uri, range })
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

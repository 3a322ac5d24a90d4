//! Where things stand: definitions, references, symbols, and what may be written there.

use std::collections::HashMap;

use lineage::NodeIx;
use tower_lsp::ls_types::{self as lsp_types, Position, Range, SymbolInformation};

use super::super::session::ProjectSnapshot;
use super::super::{edits, to_proto};
use crate::workspace::exposures::is_yaml;

/// Workbooks and dashboards of all projects, each at the definition of a node
/// that it reads.
pub(in super::super) fn symbols(
    projects: &[ProjectSnapshot],
    query: &str,
) -> Vec<SymbolInformation> {
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
            edits::text_on_disk(&path).ok().flatten()
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

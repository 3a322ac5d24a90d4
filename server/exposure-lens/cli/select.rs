//! What the words on the command line mean: nodes, files, workbooks, addresses.

use std::path::Path;

use lineage::{NodeIx, WorkbookIx};

use super::load::Loaded;
use crate::disk;

/// What one argument names.
#[derive(Debug)]
pub(super) enum Selected {
    /// Nodes of the project.
    Nodes(Vec<NodeIx>),
    /// Workbooks.
    Workbooks(Vec<WorkbookIx>),
}

/// What `word` names: a `unique_id`, a name (`orders`, `crm.accounts`, `pkg.orders`,
/// `dim_customers.v2`), a file, a workbook's name or file, a dashboard's name, a
/// Tableau address. The surest reading wins.
pub(super) fn select(loaded: &Loaded, word: &str) -> Option<Selected> {
    let nodes = nodes_by_name(loaded, word);
    if !nodes.is_empty() {
        return Some(Selected::Nodes(nodes));
    }
    if word.contains("://") {
        return workbooks(loaded, &|it| it.is_at(word)).map(Selected::Workbooks);
    }
    let nodes = nodes_by_file(loaded, word);
    if !nodes.is_empty() {
        return Some(Selected::Nodes(nodes));
    }
    let file = shown_path(loaded, word);
    workbooks(loaded, &|it| it.file.as_deref() == Some(&file))
        .or_else(|| workbooks(loaded, &|it| it.name.eq_ignore_ascii_case(word)))
        .or_else(|| {
            workbooks(loaded, &|it| {
                it.luid.as_ref().is_some_and(|luid| luid.0 == word)
            })
        })
        .or_else(|| {
            let has = |name: &String| name.eq_ignore_ascii_case(word);
            workbooks(loaded, &|it| {
                it.dashboards.iter().any(|dashboard| has(&dashboard.name))
            })
        })
        .map(Selected::Workbooks)
}

fn nodes_by_name(loaded: &Loaded, word: &str) -> Vec<NodeIx> {
    let nodes = loaded.analysis.lineage.nodes();
    if let Some(node) = loaded.analysis.node(word) {
        return vec![node];
    }
    let named = nodes.by_name(word).to_vec();
    if !named.is_empty() {
        return named;
    }
    let by_label = |(ix, node): (NodeIx, &lineage::Node)| {
        let qualified = format!("{}.{}", node.package, node.label());
        (node.label() == word || qualified == word).then_some(ix)
    };
    nodes.iter().filter_map(by_label).collect()
}

fn nodes_by_file(loaded: &Loaded, word: &str) -> Vec<NodeIx> {
    let nodes = loaded.analysis.lineage.nodes();
    let direct = nodes.in_file(nodes.root_package(), &word.replace('\\', "/"));
    if !direct.is_empty() {
        return direct;
    }
    let Some(path) = absolute(word) else {
        return Vec::new();
    };
    let place = loaded.project.place_of(&path);
    place
        .map(|(package, path)| nodes.in_file(&package, &path))
        .unwrap_or_default()
}

/// A file on disk as answers name it; else the word itself.
fn shown_path(loaded: &Loaded, word: &str) -> String {
    let relative = |path: &Path| disk::relative(&loaded.project.root, path);
    absolute(word).map_or_else(|| word.replace('\\', "/"), |path| relative(&path))
}

fn absolute(word: &str) -> Option<std::path::PathBuf> {
    let path = Path::new(word).canonicalize().ok()?;
    let text = path.to_string_lossy();
    Some(
        text.strip_prefix(r"\\?\")
            .map_or_else(|| path.clone(), std::path::PathBuf::from),
    )
}

fn workbooks(
    loaded: &Loaded,
    fits: &dyn Fn(&lineage::Workbook) -> bool,
) -> Option<Vec<WorkbookIx>> {
    let all = loaded.analysis.lineage.workbooks();
    let found: Vec<WorkbookIx> = all.filter(|(_, it)| fits(it)).map(|(ix, _)| ix).collect();
    (!found.is_empty()).then_some(found)
}

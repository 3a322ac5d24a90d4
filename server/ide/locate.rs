//! Which node a place in a file is about.
//!
//! A model's first line, a snapshot's block, a `- name:` in a properties file, a
//! `ref()` or `source()` anywhere. Parsing is the `dbt` crate's business.

use std::ops::Range;

use lineage::{NodeIx, NodeKind};

use dbt::{Entry, EntryKind, Properties, RefCall};

use crate::analysis::{Analysis, File};

/// A node's definition or description in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Definition {
    pub(crate) node: NodeIx,
    /// What the definition is shown at: a first line, a name.
    pub(crate) range: Range<usize>,
    /// Whether it stands in a properties file and describes what another file defines.
    pub(crate) in_properties: bool,
}

/// What a place in a file is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) node: NodeIx,
    /// The column, when the place is a column's name in a properties file.
    pub(crate) column: Option<String>,
    pub(crate) range: Range<usize>,
}

/// The nodes that `file` defines or describes, in the file's order.
pub(crate) fn definitions(analysis: &Analysis, file: File<'_>) -> Vec<Definition> {
    if is_yaml(file.path) {
        properties_of(file).map_or_else(Vec::new, |it| in_properties(analysis, file, &it))
    } else {
        in_code(analysis, file)
    }
}

/// What `offset` is about.
pub(crate) fn at(analysis: &Analysis, file: File<'_>, offset: usize) -> Option<Found> {
    let holds = |range: &Range<usize>| range.start <= offset && offset <= range.end;
    let call = refs(file).into_iter().find(|call| holds(&call.span));
    if let Some(call) = call {
        let nodes = analysis.lineage.nodes();
        let node = call.target.resolve(nodes, file.package)?;
        return Some(Found {
            node,
            column: None,
            range: call.span,
        });
    }
    if !is_yaml(file.path) {
        return defined(in_code(analysis, file), |it| holds(&it.range));
    }
    let properties = properties_of(file)?;
    column_at(analysis, file, &properties, offset).or_else(|| {
        let definitions = in_properties(analysis, file, &properties);
        defined(definitions, |it| holds(&it.range))
    })
}

/// What `offset` is about, else what its line defines: an action is looked for on
/// the whole line that has the lens.
pub(crate) fn on_line(analysis: &Analysis, file: File<'_>, offset: usize) -> Option<Found> {
    let is_on_line = |it: &Definition| {
        let line = line_of(file.text, it.range.start);
        line.start <= offset && offset <= line.end
    };
    at(analysis, file, offset).or_else(|| defined(definitions(analysis, file), is_on_line))
}

/// The node that `offset` is about, else the last one on its line or above, else the first
/// of the file.
pub(crate) fn nearest(analysis: &Analysis, file: File<'_>, offset: usize) -> Option<NodeIx> {
    let at_place = at(analysis, file, offset).map(|it| it.node);
    at_place.or_else(|| {
        let all = definitions(analysis, file);
        let line = line_of(file.text, offset);
        let above = all.iter().rev().find(|it| it.range.start <= line.end);
        above.or(all.first()).map(|it| it.node)
    })
}

/// The first definition that `is_meant`.
fn defined(all: Vec<Definition>, is_meant: impl Fn(&Definition) -> bool) -> Option<Found> {
    let definition = all.into_iter().find(is_meant)?;
    Some(Found {
        node: definition.node,
        column: None,
        range: definition.range,
    })
}

/// The calls of `ref()` and `source()` in a file, in its order.
pub(crate) fn refs(file: File<'_>) -> Vec<RefCall> {
    match extension(file.path) {
        "sql" => dbt::refs_in_sql(file.text),
        "py" => dbt::refs_in_python(file.text),
        "yml" | "yaml" => dbt::refs_in_yaml(file.text),
        _ => Vec::new(),
    }
}

/// SQL, Python and CSV files: the whole file is the node, shown at its first
/// line; snapshots stand at their own blocks.
fn in_code(analysis: &Analysis, file: File<'_>) -> Vec<Definition> {
    let nodes = analysis.lineage.nodes();
    let defined = nodes.in_file(file.package, file.path).into_iter();
    let defined: Vec<NodeIx> = defined
        .filter(|&ix| nodes.get(ix).path == file.path)
        .collect();
    let (snapshots, others): (Vec<NodeIx>, Vec<NodeIx>) = defined
        .into_iter()
        .partition(|&ix| nodes.get(ix).kind == NodeKind::Snapshot);
    let mut all: Vec<Definition> = others
        .into_iter()
        .map(|node| Definition {
            node,
            range: first_line(file.text),
            in_properties: false,
        })
        .collect();
    let blocks = dbt::snapshot_blocks(file.text);
    for node in snapshots {
        let block = blocks
            .iter()
            .find(|block| block.name == nodes.get(node).name);
        let range = block.map_or_else(
            || first_line(file.text),
            |it| line_of(file.text, it.span.start),
        );
        all.push(Definition {
            node,
            range,
            in_properties: false,
        });
    }
    all.sort_by_key(|it| (it.range.start, it.node));
    all
}

fn properties_of(file: File<'_>) -> Option<Properties> {
    Properties::parse(file.text).ok()
}

fn in_properties(analysis: &Analysis, file: File<'_>, properties: &Properties) -> Vec<Definition> {
    let mut all = Vec::new();
    for entry in &properties.entries {
        let place = |node, range| Definition {
            node,
            range,
            in_properties: analysis.lineage.nodes().get(node).path != file.path,
        };
        let versions = entry.versions.iter().filter_map(|it| {
            let node = versioned(analysis, file, entry, Some(&it.v))?;
            Some(place(node, it.span.clone()))
        });
        let before = all.len();
        all.extend(versions);
        if all.len() == before {
            all.extend(
                described(analysis, file, entry).map(|it| place(it, entry.name_span.clone())),
            );
        }
    }
    all.sort_by_key(|it| it.range.start);
    all
}

/// A column's name in a properties file, with the node it belongs to.
fn column_at(
    analysis: &Analysis,
    file: File<'_>,
    properties: &Properties,
    offset: usize,
) -> Option<Found> {
    let entry = properties
        .entries
        .iter()
        .find(|it| it.span.contains(&offset))?;
    let holds = |range: &Range<usize>| range.start <= offset && offset <= range.end;
    let column = entry.columns.iter().find(|it| holds(&it.name_span))?;
    let node = described(analysis, file, entry)?;
    Some(Found {
        node,
        column: Some(column.name.clone()),
        range: column.name_span.clone(),
    })
}

/// The node that a properties entry describes; of a versioned model, the latest.
fn described(analysis: &Analysis, file: File<'_>, entry: &Entry) -> Option<NodeIx> {
    versioned(analysis, file, entry, None)
}

fn versioned(
    analysis: &Analysis,
    file: File<'_>,
    entry: &Entry,
    version: Option<&str>,
) -> Option<NodeIx> {
    let nodes = analysis.lineage.nodes();
    let kind = match &entry.kind {
        EntryKind::Model => NodeKind::Model,
        EntryKind::Seed => NodeKind::Seed,
        EntryKind::Snapshot => NodeKind::Snapshot,
        EntryKind::SourceTable { source } => {
            return nodes.find_source(file.package, source, &entry.name);
        }
        EntryKind::Source => return None,
    };
    nodes.by_name(&entry.name).iter().copied().find(|&ix| {
        let node = nodes.get(ix);
        let is_version = match version {
            Some(version) => node.version.as_deref() == Some(version),
            None => node.is_latest(),
        };
        node.package == file.package && node.kind == kind && is_version
    })
}

fn first_line(text: &str) -> Range<usize> {
    line_of(text, 0)
}

/// The line around `offset`, without its end.
pub(crate) fn line_of(text: &str, offset: usize) -> Range<usize> {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[offset..]
        .find(['\r', '\n'])
        .map_or(text.len(), |at| offset + at);
    start..end
}

/// Whether a file is a properties file, by its name.
pub(crate) fn is_yaml(path: &str) -> bool {
    matches!(extension(path), "yml" | "yaml")
}

pub(crate) fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

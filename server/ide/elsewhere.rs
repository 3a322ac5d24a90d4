//! One table, several projects: what one of them builds and another reads as a source.
//!
//! An [`Analysis`] answers for one project. In a repository of several, dashboards on a
//! table are the same in each of them, and what one project builds from another's table
//! adds to them: both are said, with the project's name.

use lineage::{MatchKind, NodeIx, NodeKind, Relation, Verdict, Workbook, WorkbookUsage};

use crate::analysis::Analysis;
use crate::markdown::code;
use crate::text::count;

/// What another project builds as the table that a node reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BuiltElsewhere {
    /// That project's name.
    pub(crate) project: String,
    /// That project's node, as people call it.
    pub(crate) label: String,
}

/// What another project declares as a source and this one builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReadElsewhere {
    /// That project's name.
    pub(crate) project: String,
    /// That project's source, as people call it.
    pub(crate) label: String,
    /// How many dashboards read the table itself: the same as here.
    pub(crate) n_same: usize,
    /// How many read only what that project builds from it.
    pub(crate) n_further: usize,
}

/// What one of the projects `others` builds as the table of `node`, where `node` is a
/// source of `own`, or a model of another project that its manifest only names.
pub(crate) fn built_elsewhere(
    own: &Analysis,
    node: NodeIx,
    others: &[(&str, &Analysis)],
) -> Option<BuiltElsewhere> {
    let it = own.lineage.nodes().get(node);
    let is_foreign = it.kind == NodeKind::Source || it.path.is_empty();
    let relations = relations(own, node).filter(|_| is_foreign);
    let relations: Vec<&Relation> = relations.collect();
    others.iter().find_map(|(project, other)| {
        let built = relations.iter().find_map(|it| owner(other, it, false))?;
        Some(BuiltElsewhere {
            project: (*project).to_owned(),
            label: other.lineage.nodes().get(built).label(),
        })
    })
}

/// The projects of `others` that read as a source what `node` of `own` is built as.
pub(crate) fn read_elsewhere(
    own: &Analysis,
    node: NodeIx,
    others: &[(&str, &Analysis)],
) -> Vec<ReadElsewhere> {
    if own.lineage.nodes().get(node).kind == NodeKind::Source {
        return Vec::new();
    }
    let relations: Vec<&Relation> = relations(own, node).collect();
    let all = others.iter().filter_map(|(project, other)| {
        let source = relations.iter().find_map(|it| owner(other, it, true))?;
        Some(read_in(own, node, project, other, source))
    });
    all.collect()
}

fn read_in(
    own: &Analysis,
    node: NodeIx,
    project: &str,
    other: &Analysis,
    source: NodeIx,
) -> ReadElsewhere {
    let known = own.lineage.downstream_of(node);
    let known: Vec<&Workbook> = known
        .iter()
        .map(|it| own.lineage.workbook(it.workbook))
        .collect();
    let is_known = |usage: &WorkbookUsage| {
        let workbook = other.lineage.workbook(usage.workbook);
        known.iter().any(|it| is_same(it, workbook))
    };
    let mut read = ReadElsewhere {
        project: project.to_owned(),
        label: other.lineage.nodes().get(source).label(),
        n_same: 0,
        n_further: 0,
    };
    for usage in other.lineage.downstream_of(source) {
        let n_dashboards = usage.dashboards.len();
        let n_direct = usage
            .dashboards
            .iter()
            .filter(|it| it.distance == 0)
            .count();
        let n_same = if is_known(&usage) { n_direct } else { 0 };
        read.n_same += n_same;
        read.n_further += n_dashboards - n_same;
    }
    read
}

/// Whether two projects speak of one workbook: the same LUID, else the same file or name.
fn is_same(a: &Workbook, b: &Workbook) -> bool {
    match (&a.luid, &b.luid) {
        (Some(a), Some(b)) => a == b,
        _ => a.name == b.name && a.project_path == b.project_path,
    }
}

/// What the warehouse calls a node: production's name first.
fn relations(analysis: &Analysis, node: NodeIx) -> impl Iterator<Item = &Relation> {
    let production = analysis.lineage.production_relation(node);
    let own = analysis.lineage.nodes().get(node).relation.as_ref();
    production.into_iter().chain(own)
}

/// The node of `analysis` whose relation this surely is: a source, or what is built.
fn owner(analysis: &Analysis, relation: &Relation, is_source: bool) -> Option<NodeIx> {
    let lineage = &analysis.lineage;
    match lineage.find(relation, lineage.warehouse()) {
        Verdict::Matched {
            nodes,
            kind: MatchKind::Exact | MatchKind::Mapped,
        } => nodes.into_iter().find(|&ix| {
            let node = lineage.nodes().get(ix);
            // A node that another project's manifest only names is not built there.
            (node.kind == NodeKind::Source) == is_source && !node.path.is_empty()
        }),
        _ => None,
    }
}

/// The lines of a hover that tell of other projects.
pub(crate) fn lines(own: &Analysis, node: NodeIx, others: &[(&str, &Analysis)]) -> Vec<String> {
    let built = built_elsewhere(own, node, others).map(|it| {
        let (label, project) = (code(&it.label), code(&it.project));
        format!("Built by {label} of project {project}.")
    });
    let read = read_elsewhere(own, node, others).into_iter().map(|it| {
        let (label, project) = (code(&it.label), code(&it.project));
        let dashboards = match (it.n_same, it.n_further) {
            (0, 0) => "no dashboards known there".to_owned(),
            (0, n) => format!("{} there", count(n, "dashboard")),
            (same, 0) => format!("{} there, the same as here", count(same, "dashboard")),
            (same, n) => {
                let same = count(same, "dashboard");
                format!("{same} there, the same as here, and {n} more on what is built from it")
            }
        };
        format!("A source of project {project} too ({label}): {dashboards}.")
    });
    built.into_iter().chain(read).collect()
}

#[cfg(test)]
mod tests;

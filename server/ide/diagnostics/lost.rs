//! What dashboards read and dbt will no longer build: said before it is deployed.
//!
//! The lens of a model goes on about what is deployed, whatever its file says by now.
//! Where a file says that the deployed relation goes away ([`dbt::Pending`]), this names
//! the dashboards that lose it, at the key that says so; it goes when the change is
//! undone. Where nothing in Tableau reads the relation, nothing is said; where that is
//! not known, one hint for the file.

mod place;
mod words;

#[cfg(test)]
mod tests;

use dbt::{Becomes, Pending};
use lineage::{NodeIx, NodeKind, Standing, WorkbookUsage};

use super::{Diagnostic, Severity};
use crate::analysis::{Analysis, File};
use crate::names;

/// `dbt_project.yml` configures whole folders: more than these are said in one.
const MAX_EACH: usize = 3;

/// A deployed relation that is no longer built, and who reads it.
struct Loss<'a> {
    pending: &'a Pending,
    node: NodeIx,
    /// The workbooks that read the relation itself, most viewed first.
    direct: Vec<WorkbookUsage>,
    /// Those that read only what is built from it, where that cannot be built either.
    further: Vec<WorkbookUsage>,
}

/// What a file does to what is deployed.
pub(super) fn of_file(analysis: &Analysis, file: File<'_>) -> Vec<Diagnostic> {
    let losses = losses(analysis, |it, package| place::is_in(it, package, file));
    let (read, others): (Vec<Loss<'_>>, Vec<Loss<'_>>) =
        losses.into_iter().partition(Loss::is_read);
    let is_in_doubt = |it: &Loss<'_>| !analysis.missing(it.node).is_empty();
    let others: Vec<Loss<'_>> = others.into_iter().filter(is_in_doubt).collect();
    let place = |loss: &Loss<'_>| place::of(analysis, loss, file);
    let warning = |range, message| diagnostic(range, Severity::Warning, message);
    let mut all: Vec<Diagnostic> = match place::is_project_file(file.path) {
        true if read.len() > MAX_EACH => {
            vec![warning(place(&read[0]), words::of_many(analysis, &read))]
        }
        _ => {
            let one = |it: &Loss<'_>| warning(place(it), words::of_one(analysis, it, words::HERE));
            read.iter().map(one).collect()
        }
    };
    if let Some(first) = others.first() {
        let message = words::in_doubt(&others);
        all.push(diagnostic(place(first), Severity::Hint, message));
    }
    all.sort_by_key(|it| it.range.start);
    all
}

/// Of files that are gone, by their package and path: no text can be asked about.
pub(crate) fn of_gone_files(analysis: &Analysis) -> Vec<(String, String, Diagnostic)> {
    if !analysis.has_answers() {
        return Vec::new();
    }
    let nodes = analysis.lineage.nodes();
    // One of several snapshots may be gone, and the file is there.
    let is_there = |pending: &Pending, package: &str| {
        let others = nodes.in_file(package, &pending.path).into_iter();
        others.map(|ix| nodes.get(ix)).any(|it| {
            let is_defined = it.path == pending.path && it.standing != Standing::Missing;
            is_defined && it.id != pending.node
        })
    };
    let losses = losses(analysis, |it, package| {
        it.becomes == Becomes::Deleted && !is_there(it, package)
    });
    let gone = losses.into_iter().filter(Loss::is_read).map(|it| {
        let message = words::of_one(analysis, &it, words::GONE);
        let package = nodes.get(it.node).package.clone();
        let warning = diagnostic(0..0, Severity::Warning, message);
        (package, it.pending.path.clone(), warning)
    });
    gone.collect()
}

fn diagnostic(range: std::ops::Range<usize>, severity: Severity, message: String) -> Diagnostic {
    Diagnostic {
        range,
        severity,
        code: "deployed-relation-lost",
        message,
        fixes: Vec::new(),
    }
}

/// What is lost and `wanted`, a pending with the package of its node.
fn losses<'a>(analysis: &'a Analysis, wanted: impl Fn(&Pending, &str) -> bool) -> Vec<Loss<'a>> {
    let nodes = analysis.lineage.nodes();
    let pending = analysis.pending.iter().filter_map(|it| {
        let node = nodes.by_id(&it.node)?;
        let is_built = nodes.get(node).kind != NodeKind::Source;
        let is_lost = is_built && wanted(it, &nodes.get(node).package);
        (is_lost && !is_taken_over(analysis, it)).then_some((it, node))
    });
    pending
        .map(|(it, node)| Loss::of(analysis, it, node))
        .collect()
}

/// Whether another node is built under the deployed name after the change: dashboards
/// go on reading it.
fn is_taken_over(analysis: &Analysis, pending: &Pending) -> bool {
    let case = analysis.lineage.warehouse().case();
    let is_deployed = |it: &lineage::Relation| names::is_same(it, &pending.deployed, case);
    let is_renamed = |it: &Pending| match &it.becomes {
        Becomes::Renamed(to) => it.node != pending.node && is_deployed(to),
        _ => false,
    };
    let is_new = |it: &lineage::Node| {
        it.standing == Standing::New
            && it.kind != NodeKind::Source
            && it.id != pending.node
            && it.relation.as_ref().is_some_and(is_deployed)
    };
    analysis.pending.iter().any(is_renamed)
        || analysis.lineage.nodes().iter().any(|(_, it)| is_new(it))
}

impl<'a> Loss<'a> {
    fn of(analysis: &Analysis, pending: &'a Pending, node: NodeIx) -> Loss<'a> {
        let usages = analysis.lineage.downstream_of(node).into_iter();
        let (direct, mut further): (Vec<_>, Vec<_>) = usages.partition(WorkbookUsage::is_direct);
        // What reads it by `ref()` follows a new name, and takes in what is ephemeral.
        if !matches!(pending.becomes, Becomes::Disabled | Becomes::Deleted) {
            further.clear();
        }
        Loss {
            pending,
            node,
            direct,
            further,
        }
    }

    fn is_read(&self) -> bool {
        !self.direct.is_empty() || !self.further.is_empty()
    }
}

//! How an exposure and what it stands for in Tableau differ.

mod differences;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use dbt::Field;
use lineage::{NodeIx, Nodes, Presence, Subject};

use crate::analysis::Analysis;

/// An exposure beside what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExposureState {
    /// Its place in [`lineage::Lineage::exposures`].
    pub(crate) exposure: usize,
    /// What it stands for; empty where that is not known.
    pub(crate) subjects: Vec<Subject>,
    /// Whether that is still there.
    pub(crate) presence: Presence,
    /// What is read in Tableau and not in `depends_on`, by a match that is no guess.
    pub(crate) lacking: Vec<NodeIx>,
    /// What is in `depends_on` and no more read in Tableau. Only where all that is read
    /// is known.
    pub(crate) surplus: Vec<NodeIx>,
    /// Texts that are others in Tableau. Where it stands for one thing only.
    pub(crate) differences: Vec<Difference>,
}

/// A text that is another one in Tableau.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Which.
    pub(crate) field: Field,
    /// What the exposure says.
    pub(crate) here: Option<String>,
    /// What Tableau says.
    pub(crate) tableau: String,
}

impl ExposureState {
    /// Whether it says all that Tableau does, as far as that is known.
    pub(crate) fn is_in_step(&self) -> bool {
        self.lacking.is_empty() && self.surplus.is_empty() && self.differences.is_empty()
    }
}

pub(crate) fn of(analysis: &Analysis, exposure: usize) -> ExposureState {
    let lineage = &analysis.lineage;
    let subjects = lineage.subjects_of(exposure);
    let presence = lineage.presence_of(exposure);
    let surplus = match presence {
        Presence::Here => surplus(analysis, &subjects, &declared(analysis, exposure)),
        _ => Vec::new(),
    };
    ExposureState {
        exposure,
        lacking: lacking(analysis, exposure),
        surplus,
        differences: match subjects.as_slice() {
            [only] => differences::of(analysis, &lineage.exposures()[exposure], *only),
            _ => Vec::new(),
        },
        presence,
        subjects,
    }
}

/// What its subjects read and it does not name, by a match that is no guess.
pub(crate) fn lacking(analysis: &Analysis, exposure: usize) -> Vec<NodeIx> {
    let lineage = &analysis.lineage;
    let subjects = lineage.subjects_of(exposure).into_iter();
    let reads = subjects.flat_map(|it| lineage.reads(it));
    let sure = reads.filter(|it| !it.kind.is_probable());
    let sure: BTreeSet<NodeIx> = sure.map(|it| it.node).collect();
    sure.difference(&declared(analysis, exposure))
        .copied()
        .collect()
}

/// The nodes that the exposure depends on.
pub(crate) fn declared(analysis: &Analysis, exposure: usize) -> BTreeSet<NodeIx> {
    let lineage = &analysis.lineage;
    let ids = lineage.exposures()[exposure].depends_on.iter();
    ids.filter_map(|it| lineage.nodes().by_id(it)).collect()
}

/// What none of the subjects reads, where all that they read is known. Whoever names
/// what a read node is built from, or what is built from it, means to.
fn surplus(analysis: &Analysis, subjects: &[Subject], declared: &BTreeSet<NodeIx>) -> Vec<NodeIx> {
    let lineage = &analysis.lineage;
    let read = all_read(analysis, subjects);
    let unread: Vec<NodeIx> = declared.difference(&read).copied().collect();
    let is_known = |it: &Subject| lineage.unknown_reads(*it).is_empty();
    let may_be_anothers = || !analysis.missing_everywhere().is_empty();
    if unread.is_empty() || !subjects.iter().all(is_known) || may_be_anothers() {
        return Vec::new();
    }
    let nodes = lineage.nodes();
    let above = reach(nodes, &read, |nodes, it| nodes.parents(it).collect());
    let below = reach(nodes, &read, |nodes, it| nodes.children(it).to_vec());
    let surplus = unread.into_iter().filter(|it| {
        !above.contains(it) && !below.contains(it) && !is_nearly_read(analysis, subjects, *it)
    });
    surplus.collect()
}

/// What the subjects' workbooks read, by any match and under every one of dbt's names.
fn all_read(analysis: &Analysis, subjects: &[Subject]) -> BTreeSet<NodeIx> {
    let lineage = &analysis.lineage;
    let mut read: BTreeSet<NodeIx> = BTreeSet::new();
    for subject in subjects {
        read.extend(lineage.reads(*subject).iter().map(|it| it.node));
    }
    let usages = subjects
        .iter()
        .flat_map(|it| lineage.usages_of(it.workbook));
    let twins = usages.filter(|it| it.alias_of.is_some_and(|it| read.contains(&it)));
    let twins: Vec<NodeIx> = twins.map(|it| it.node).collect();
    read.extend(twins);
    read
}

/// `from` and all that `next` leads to.
fn reach(
    nodes: &Nodes,
    from: &BTreeSet<NodeIx>,
    next: impl Fn(&Nodes, NodeIx) -> Vec<NodeIx>,
) -> BTreeSet<NodeIx> {
    let mut all = from.clone();
    let mut open: Vec<NodeIx> = from.iter().copied().collect();
    while let Some(node) = open.pop() {
        open.extend(next(nodes, node).into_iter().filter(|it| all.insert(*it)));
    }
    all
}

/// Whether one of the workbooks reads a table that has the node's name and lies in
/// another place: it may be the same one, in production.
fn is_nearly_read(analysis: &Analysis, subjects: &[Subject], node: NodeIx) -> bool {
    let lineage = &analysis.lineage;
    let misses = lineage.near_misses(node);
    subjects.iter().any(|subject| {
        let title = &lineage.workbook(subject.workbook).name;
        misses.iter().any(|it| it.table.workbooks.contains(title))
    })
}

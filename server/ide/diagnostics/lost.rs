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

use std::collections::HashMap;

use dbt::{Becomes, Pending};
use lineage::{Node, NodeIx, NodeKind, Relation, Standing, UniqueId, WorkbookUsage};

use super::{Diagnostic, Severity};
use crate::analysis::{Analysis, File};
use crate::names;
use crate::pending;

/// `dbt_project.yml` configures whole folders: more than these are said in one.
const MAX_EACH: usize = 3;

/// Files that are gone are told one by one up to so many. Nobody deletes more at once: the
/// manifest then is of another state of the project, which is said once.
pub const MAX_GONE: usize = 20;

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
            let one = |it: &Loss<'_>| {
                warning(
                    place(it),
                    words::of_one(analysis, it, pending::DEFINITION_GONE),
                )
            };
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
    let losses = losses(analysis, |it, package| {
        it.becomes == Becomes::Deleted && !is_file_there(analysis, it, package)
    });
    let gone = losses.into_iter().filter(Loss::is_read).map(|it| {
        let message = words::of_one(analysis, &it, words::GONE);
        let package = nodes.get(it.node).package.clone();
        let warning = diagnostic(0..0, Severity::Warning, message);
        (package, it.pending.path.clone(), warning)
    });
    let gone: Vec<_> = gone.collect();
    match gone.len() <= MAX_GONE {
        true => gone,
        // The manifest is of another state of the project: said once, for the whole.
        false => Vec::new(),
    }
}

/// One of several snapshots may be gone, and the file is there.
fn is_file_there(analysis: &Analysis, pending: &Pending, package: &str) -> bool {
    let nodes = analysis.lineage.nodes();
    let others = nodes.in_file(package, &pending.path).into_iter();
    others.map(|ix| nodes.get(ix)).any(|it| {
        let is_defined = it.path == pending.path && it.standing != Standing::Missing;
        is_defined && it.id != pending.node
    })
}

/// A deployed relation that the files as they are now do not build, and that dashboards
/// read or may read.
#[derive(Clone, Debug)]
pub struct Lost<'a> {
    /// What becomes of it.
    pub pending: &'a Pending,
    /// The node, by what the files say now.
    pub node: NodeIx,
    /// The workbooks that read the relation itself; where there is none, those that read
    /// what is built from it. Empty: whether any does is not known.
    pub usages: Vec<WorkbookUsage>,
    /// Whether they read it only through what is built from it.
    pub is_through: bool,
    /// Whether it surely goes: only dbt may be able to work a part of the new name out.
    pub is_certain: bool,
    /// Both in a sentence, with Tableau's names in it.
    pub message: String,
}

impl Analysis {
    /// What is lost of the nodes that are `wanted`, in the order of what is pending. Of a
    /// node that is gone from the files `is_left_out` tells whether its own file is there.
    pub fn lost_relations(
        &self,
        wanted: &dyn Fn(&UniqueId) -> bool,
        is_left_out: &dyn Fn(&Node) -> bool,
    ) -> Vec<Lost<'_>> {
        let losses = losses(self, |it, _| wanted(&it.node)).into_iter();
        let told = losses.filter(|it| it.is_read() || !self.missing(it.node).is_empty());
        told.map(|it| it.told(self, is_left_out)).collect()
    }
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
    let wanted = analysis.pending.iter().filter_map(|it| {
        let node = nodes.by_id(&it.node)?;
        let is_built = nodes.get(node).kind != NodeKind::Source;
        (is_built && wanted(it, &nodes.get(node).package)).then_some((it, node))
    });
    let wanted: Vec<(&Pending, NodeIx)> = wanted.collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let successors = Successors::of(analysis);
    let pending = wanted
        .into_iter()
        .filter(|(it, _)| !successors.take_over(it));
    pending
        .map(|(it, node)| Loss::of(analysis, it, node))
        .collect()
}

/// What is built under which name after the changes, where that is new: dashboards on that
/// name go on reading it.
struct Successors<'a> {
    case: lineage::Case,
    by_name: HashMap<String, Vec<(&'a UniqueId, &'a Relation)>>,
}

impl<'a> Successors<'a> {
    fn of(analysis: &'a Analysis) -> Successors<'a> {
        let renamed = analysis.pending.iter().filter_map(|it| match &it.becomes {
            Becomes::Renamed(to) => Some((&it.node, to)),
            _ => None,
        });
        let nodes = analysis.lineage.nodes().iter().map(|(_, it)| it);
        let is_new = |it: &&Node| it.standing == Standing::New && it.kind != NodeKind::Source;
        let new = nodes.filter(is_new);
        let new = new.filter_map(|it| Some((&it.id, it.relation.as_ref()?)));
        let mut by_name: HashMap<String, Vec<_>> = HashMap::new();
        for (id, relation) in renamed.chain(new) {
            let names = by_name.entry(relation.name.folded()).or_default();
            names.push((id, relation));
        }
        Successors {
            case: analysis.lineage.warehouse().case(),
            by_name,
        }
    }

    /// Whether another node takes over what is deployed.
    fn take_over(&self, pending: &Pending) -> bool {
        let deployed = &pending.deployed;
        let named = self.by_name.get(&deployed.name.folded());
        let mut named = named.into_iter().flatten();
        named.any(|(id, it)| **id != pending.node && names::is_same(it, deployed, self.case))
    }
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

    fn told(self, analysis: &Analysis, is_left_out: &dyn Fn(&Node) -> bool) -> Lost<'a> {
        let node = analysis.lineage.nodes().get(self.node);
        let gone = match is_file_there(analysis, self.pending, &node.package) {
            true => pending::DEFINITION_GONE,
            false if is_left_out(node) => words::LEFT_OUT,
            false => words::GONE,
        };
        let message = match self.is_read() {
            true => words::of_one(analysis, &self, gone),
            false => words::in_doubt(std::slice::from_ref(&self)),
        };
        Lost {
            pending: self.pending,
            node: self.node,
            is_certain: pending::is_certain(self.pending),
            is_through: self.direct.is_empty(),
            usages: match self.direct.is_empty() {
                true => self.further,
                false => self.direct,
            },
            message,
        }
    }
}

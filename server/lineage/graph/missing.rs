//! What matched nothing, and what that leaves unknown about a node.
//!
//! Gaps that show in one file or one answer of the API are stated by whoever reads
//! it; here come those that only show when contents and nodes are put together: a
//! published datasource that is nowhere, a table that fits several relations. A
//! gap about some nodes touches what they are built from as well, since their
//! dashboards would be its dashboards.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::content::{ContentKind, Workbook};
use crate::graph::walk::{self, Graph};
use crate::graph::{LineageInput, NearMiss};
use crate::knowledge::{Gap, GapCode};
use crate::matching::{Reason, Unmatched};
use crate::node::NodeIx;
use crate::relation::Relation;
use crate::usage::WorkbookIx;
use crate::warehouse::Warehouse;

/// How many names a message spells out.
const MAX_NAMES: usize = 5;

/// Everything that leads to no node, each once: by name, connection class and reason.
#[derive(Default)]
pub(super) struct Missed<'a>(BTreeMap<(&'a str, &'a str, Reason), MissedOne<'a>>);

/// A table, query or datasource that leads to no node.
#[derive(Default)]
pub(super) struct MissedOne<'a> {
    /// Its name taken apart and completed, where it is a table; several where
    /// connections to different databases read the same name.
    pub(super) relations: BTreeSet<&'a Relation>,
    /// Who reads it.
    workbooks: BTreeSet<&'a str>,
    /// The contents that those are in.
    contents: BTreeSet<usize>,
    /// Nodes to compare with, nearest first; the same one may come again.
    pub(super) candidates: Vec<NodeIx>,
}

impl<'a> Missed<'a> {
    pub(super) fn entry(
        &mut self,
        name: &'a str,
        class: &'a str,
        reason: Reason,
    ) -> &mut MissedOne<'a> {
        self.0.entry((name, class, reason)).or_default()
    }
}

impl<'a> MissedOne<'a> {
    pub(super) fn met_in(&mut self, ix: WorkbookIx, workbook: &'a Workbook) {
        self.workbooks.insert(&workbook.name);
        self.contents.insert(ix.content);
    }
}

/// What is not known.
#[derive(Clone, Debug, Default)]
pub(super) struct Missing {
    pub(super) unmatched: Vec<Unmatched>,
    pub(super) gaps: Vec<Gap>,
    /// For each gap the contents that it is about.
    contents: Vec<BTreeSet<usize>>,
    /// What the readers of each content have told of.
    stated: BTreeSet<(GapCode, usize)>,
    /// The gaps that may hide a use of any node.
    open: Vec<usize>,
    /// The gaps about tables that fit a node and others.
    ambiguous: HashMap<NodeIx, Vec<usize>>,
    /// The unmatched tables that have a node's name in another place.
    elsewhere: HashMap<NodeIx, Vec<usize>>,
    /// For each node whether one of the above is about it or what is built from it.
    reaches_doubt: Vec<bool>,
}

impl Missing {
    pub(super) fn new(input: &LineageInput, graph: Graph<'_>, missed: Missed<'_>) -> Missing {
        let mut missing = Missing::default();
        for (ix, content) in input.contents.iter().enumerate() {
            for gap in &content.gaps {
                let is_open = is_open(gap, input);
                missing.stated.insert((gap.code, ix));
                missing.add_gap(gap.clone(), [ix].into(), is_open);
            }
        }
        for ((name, class, reason), mut one) in missed.0 {
            let mut seen = BTreeSet::new();
            let candidates = std::mem::take(&mut one.candidates).into_iter();
            let candidates: Vec<NodeIx> = candidates.filter(|&it| seen.insert(it)).collect();
            let workbooks = one.workbooks.into_iter().map(str::to_owned);
            let unmatched = Unmatched {
                table: name.to_owned(),
                relation: one.relations.first().copied().cloned(),
                connection: class.to_owned(),
                workbooks: workbooks.collect(),
                reason,
                candidates: relations_of(input, &candidates),
            };
            missing.add(unmatched, candidates, one.contents, input);
        }
        let doubtful = missing.ambiguous.keys().chain(missing.elsewhere.keys());
        missing.reaches_doubt = walk::reaching(graph, doubtful.copied());
        missing
    }

    fn add_gap(&mut self, gap: Gap, contents: BTreeSet<usize>, is_open: bool) {
        self.open.extend(is_open.then_some(self.gaps.len()));
        self.gaps.push(gap);
        self.contents.push(contents);
    }

    fn add(
        &mut self,
        unmatched: Unmatched,
        candidates: Vec<NodeIx>,
        contents: BTreeSet<usize>,
        input: &LineageInput,
    ) {
        match unmatched.reason {
            Reason::Ambiguous => {
                for node in candidates {
                    let gaps = self.ambiguous.entry(node).or_default();
                    gaps.push(self.gaps.len());
                }
                self.add_gap(ambiguous(&unmatched), contents, false);
            }
            Reason::NoSuchRelation => {
                for node in candidates {
                    let tables = self.elsewhere.entry(node).or_default();
                    tables.push(self.unmatched.len());
                }
            }
            Reason::PublishedDatasourceUnavailable => {
                let gap = unavailable(&unmatched, &contents, input);
                self.add_gap(gap, contents, true);
            }
            reason => {
                let unstated = hidden(reason).filter(|(code, _)| !self.is_stated(*code, &contents));
                if let Some((code, words)) = unstated {
                    let message = format!("{}: {words}", first_workbook(&unmatched));
                    let mut gap = gap(code, message, &unmatched);
                    if matches!(code, GapCode::NameHidden | GapCode::CustomSqlUnreadable) {
                        gap.warehouse = Warehouse::from_connection_class(&unmatched.connection);
                    }
                    let is_open = is_open(&gap, input);
                    self.add_gap(gap, contents, is_open);
                }
            }
        }
        self.unmatched.push(unmatched);
    }

    /// Whether whoever read one of `contents` has said that it lacks such a thing.
    fn is_stated(&self, code: GapCode, contents: &BTreeSet<usize>) -> bool {
        contents.iter().any(|&ix| self.stated.contains(&(code, ix)))
    }

    /// The gaps about one content.
    pub(super) fn gaps_of(&self, content: usize) -> impl Iterator<Item = &Gap> {
        let all = self.gaps.iter().zip(&self.contents);
        all.filter(move |(_, of)| of.contains(&content))
            .map(|(gap, _)| gap)
    }

    /// The gaps that may hide a use of `node` or of what is built from it.
    pub(super) fn gaps_that_touch(&self, graph: Graph<'_>, node: NodeIx) -> Vec<&Gap> {
        let below = walk::descendants(graph, node, &self.reaches_doubt);
        let about = below
            .iter()
            .filter_map(|step| self.ambiguous.get(&step.node));
        let about: BTreeSet<usize> = about.flatten().copied().collect();
        self.open
            .iter()
            .chain(&about)
            .map(|&ix| &self.gaps[ix])
            .collect()
    }

    /// The gaps about tables that fit `node` itself and others.
    pub(super) fn gaps_about(&self, node: NodeIx) -> impl Iterator<Item = &Gap> {
        self.ambiguous
            .get(&node)
            .into_iter()
            .flatten()
            .map(|&ix| &self.gaps[ix])
    }

    /// Tables with the name of `node` or of what is built from it, in another place.
    pub(super) fn near_misses(&self, graph: Graph<'_>, node: NodeIx) -> Vec<NearMiss<'_>> {
        let below = walk::descendants(graph, node, &self.reaches_doubt);
        let of_node = |node| {
            let tables = self.elsewhere.get(&node).into_iter().flatten();
            tables.map(move |&ix| NearMiss {
                node,
                table: &self.unmatched[ix],
            })
        };
        below.iter().flat_map(|step| of_node(step.node)).collect()
    }
}

/// Whether a gap that a reader states may hide a use of this project's nodes. An
/// unknown behind another warehouse cannot; a file that could not be read and an
/// extract whose origin is not known may have any warehouse behind them.
fn is_open(gap: &Gap, input: &LineageInput) -> bool {
    match gap.code {
        GapCode::ExtractOnly | GapCode::FileUnreadable => true,
        _ => input.warehouse.may_hold(&gap.warehouse),
    }
}

fn ambiguous(it: &Unmatched) -> Gap {
    let message = format!(
        "`{}` in {} fits {} relations: {}",
        it.table,
        first_workbook(it),
        it.candidates.len(),
        first_of(&it.candidates)
    );
    gap(GapCode::Ambiguous, message, it)
}

/// What is said of something whose tables are hidden and that no reader has told of.
fn hidden(reason: Reason) -> Option<(GapCode, &'static str)> {
    Some(match reason {
        Reason::NameHidden => (GapCode::NameHidden, "a table's name is hidden"),
        Reason::CustomSqlUnreadable => (
            GapCode::CustomSqlUnreadable,
            "a custom SQL query could not be read",
        ),
        Reason::ExtractOnly => (
            GapCode::ExtractOnly,
            "a datasource only holds an extract, its origin unknown",
        ),
        Reason::VirtualConnection => (
            GapCode::VirtualConnection,
            "a virtual connection's tables are not at hand",
        ),
        _ => return None,
    })
}

fn unavailable(it: &Unmatched, contents: &BTreeSet<usize>, input: &LineageInput) -> Gap {
    let mut message = format!(
        "published datasource `{}` of {} is not at hand",
        it.table,
        first_workbook(it)
    );
    let sites = input
        .contents
        .iter()
        .filter(|it| it.kind != ContentKind::Files);
    match sites.count() {
        0 => message.push_str("; put its .tds or .tdsx beside the workbooks"),
        1 => {}
        _ => {
            let names = contents.iter().map(|&ix| input.contents[ix].name.clone());
            let names: Vec<String> = names.collect();
            message.push_str(&format!(" ({})", first_of(&names)));
        }
    }
    gap(GapCode::PublishedDatasourceUnavailable, message, it)
}

fn gap(code: GapCode, message: String, it: &Unmatched) -> Gap {
    Gap {
        code,
        message,
        about: it.workbooks.first().cloned(),
        warehouse: Warehouse::Generic,
    }
}

fn first_workbook(it: &Unmatched) -> String {
    match it.workbooks.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

/// The first names, and how many more.
fn first_of(names: &[String]) -> String {
    let shown = names
        .iter()
        .take(MAX_NAMES)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(MAX_NAMES) {
        0 => shown,
        n_more => format!("{shown}, +{n_more}"),
    }
}

/// What the manifest at hand calls them, for those that it has no name for production.
fn relations_of(input: &LineageInput, candidates: &[NodeIx]) -> Vec<String> {
    let relation_of = |ix: &NodeIx| {
        let node = input.nodes.get(*ix);
        let production = || input.production.get(&node.id).map(|it| &it.relation);
        node.relation.as_ref().or_else(production)
    };
    let relations = candidates.iter().filter_map(relation_of);
    let mut names: Vec<String> = relations.map(ToString::to_string).collect();
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

#[cfg(test)]
mod tests;

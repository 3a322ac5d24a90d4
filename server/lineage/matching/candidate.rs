//! Names that a table may have been given, and which of several is meant.
//!
//! Knows who says that a node is called so, and which of two sayings counts more.
//! How a name compares with a table's is [`super::key`]'s business.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::kinship::Kinship;
use crate::matching::MatchKind;
use crate::matching::key::Key;
use crate::naming::NameRule;
use crate::node::NodeIx;

/// One name of a node.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) node: NodeIx,
    pub(super) is_source: bool,
    pub(super) key: Key,
    /// Whether a view has it that dbt keeps beside the node; a real relation of that
    /// name beats it.
    pub(super) is_pointer: bool,
    pub(super) claim: Claim,
    /// Where a rule made this name.
    pub(super) moved: Option<Moved>,
    /// Whether anything is known or proposed that production calls the node.
    pub(super) is_named: bool,
    /// The first node that dbt builds as the same relation of the manifest at hand, or
    /// the node itself.
    pub(super) built_as: NodeIx,
    /// Whether the node's relation is the same under any target, as far as is known.
    pub(super) is_fixed: bool,
}

/// What a rule made a name of.
#[derive(Clone, Debug)]
pub(super) struct Moved {
    pub(super) from: Key,
    pub(super) rule: Arc<NameRule>,
}

/// By what right a node has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// Production is known to call it so.
    Deployed,
    /// The manifest at hand calls it so, and nothing else is known.
    Own,
    /// The manifest at hand calls it so, and production is known to call it otherwise.
    Superseded,
    /// Production would call it so by a rule that nobody has accepted yet.
    Proposed,
}

impl Candidate {
    /// Whether a rule made this name, and a table of it may as well be that of an `other`
    /// node which dbt builds and which bears it.
    pub(super) fn is_doubted_by(&self, other: &Candidate, table: &Key) -> bool {
        let is_rival = matches!(other.claim, Claim::Own | Claim::Superseded)
            && !other.is_source
            && !other.is_pointer
            && other.built_as != self.built_as;
        let doubted = |moved: &Moved| match self.is_source {
            true => is_rather_built(other, table),
            false => !other.is_named && is_as_near(other, moved, table),
        };
        is_rival && self.moved.as_ref().is_some_and(doubted)
    }
}

/// Whether a table is rather what dbt builds than a source that a rule moved: a source
/// seldom moves, and `dbt_marts` is what one looks for behind `marts`.
fn is_rather_built(built: &Candidate, table: &Key) -> bool {
    let (schema, _) = built.key.kinship(table);
    schema >= Kinship::Part
}

/// Whether a node, of which nobody says what production calls it, may be a table as well
/// as one that a rule moved there.
///
/// `dbt_x → marts` is probably wrong about a table that `dbt_marts` has too. A rule is
/// believed where the schema that it speaks of is more like the table's (`dbt_marts →
/// marts`), or as like, and the other node stands in the table's database already and this
/// one does not: that one does not move.
fn is_as_near(other: &Candidate, moved: &Moved, table: &Key) -> bool {
    let (our_schema, our_database) = moved.from.kinship(table);
    let (schema, database) = other.key.kinship(table);
    let is_at_home = database == Kinship::Same && our_database != Kinship::Same;
    let is_fixed = is_at_home && schema != Kinship::Same;
    schema > our_schema || (schema == our_schema && !is_fixed)
}

impl Claim {
    /// How sure a match is where the names compare as `kind`.
    pub(super) fn kind(self, kind: MatchKind) -> MatchKind {
        match self {
            _ if kind == MatchKind::Name => kind,
            Claim::Deployed => MatchKind::Mapped,
            Claim::Proposed => MatchKind::Proposed,
            Claim::Own | Claim::Superseded => kind,
        }
    }
}

/// Those of equally near names that count, what dbt builds first, then the project's
/// order.
///
/// What a developer's target calls one node is no rival of what production calls
/// another, where production calls the first otherwise. A pointer is no rival of a
/// real relation.
pub(super) fn contenders(mut all: Vec<&Candidate>) -> Vec<&Candidate> {
    if all.iter().any(|it| it.claim == Claim::Deployed) {
        all.retain(|it| it.claim != Claim::Superseded);
    }
    if all.iter().any(|it| !it.is_pointer) {
        all.retain(|it| !it.is_pointer);
    }
    all.sort_by_key(|it| (it.is_source, it.node));
    all
}

/// Whether the names are of several relations: two names, or one name of nodes that the
/// manifest at hand keeps apart. A source may be declared on what another one is, or on
/// what dbt builds, unless it is one and the same rule that makes one of the two.
pub(super) fn are_rivals(candidates: &[&Candidate]) -> bool {
    let keys: BTreeSet<&Key> = candidates.iter().map(|it| &it.key).collect();
    let built = candidates.iter().filter(|it| !it.is_source);
    let built: BTreeSet<NodeIx> = built.map(|it| it.built_as).collect();
    let moved = candidates.iter().filter_map(|it| it.moved.as_ref());
    let moved: BTreeMap<&NameRule, BTreeSet<&Key>> = moved.fold(BTreeMap::new(), |mut all, it| {
        all.entry(&*it.rule).or_default().insert(&it.from);
        all
    });
    keys.len() > 1 || built.len() > 1 || moved.values().any(|from| from.len() > 1)
}

/// One candidate of each node, its name in production where that is among them: two
/// names of one node are not two relations.
pub(super) fn once_a_node<'a>(candidates: &[&'a Candidate]) -> Vec<&'a Candidate> {
    let deployed = candidates.iter().filter(|it| it.claim == Claim::Deployed);
    let deployed: BTreeSet<NodeIx> = deployed.map(|it| it.node).collect();
    let mut seen = BTreeSet::new();
    let is_wanted = |it: &&&Candidate| {
        (it.claim == Claim::Deployed || !deployed.contains(&it.node)) && seen.insert(it.node)
    };
    candidates.iter().filter(is_wanted).copied().collect()
}

pub(super) fn nodes_of(candidates: &[&Candidate]) -> Vec<NodeIx> {
    let mut seen = BTreeSet::new();
    let nodes = candidates.iter().map(|it| it.node);
    nodes.filter(|&it| seen.insert(it)).collect()
}

//! From a table that Tableau names to the dbt nodes that own it.
//!
//! [`Matcher::find`] compares names as the warehouse does: exact beats folded,
//! and where two candidates stay it says so and guesses nothing. It answers for
//! one table; [`crate::graph`] asks for all of them.
//!
//! A name alone is weak evidence: it counts only when one relation of the whole
//! project bears it, and is marked ([`MatchKind::Name`]). What dbt builds moves
//! with the target, so another stated schema may be a developer's manifest
//! beside production's dashboards. A source does not move: its schema stands in
//! YAML, so a table in another stated schema belongs to another system, and is
//! left unmatched with the source as its candidate. Another database above the
//! same schema may be one environment's copy, for a source too.
//!
//! Where it is known what production calls a node ([`Production`]), a table of that
//! name is the node ([`MatchKind::Mapped`]), whatever a developer's target calls it;
//! and the node does not move any more: a table in a third place is not it. A name by a
//! rule that nobody has accepted yet is asked last, and gives [`MatchKind::Proposed`].
//! Two nodes that dbt builds in two places and that production would call alike are
//! ambiguous: whoever says so is wrong about one of them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::naming::{NamedBy, Production, ProductionName};
use crate::node::{Node, NodeIx, NodeKind, Nodes};
use crate::relation::Relation;
use crate::warehouse::Warehouse;

use candidate::{Candidate, Claim, Moved};
use key::Comparison;
pub(crate) use key::{Key, in_levels};
use names::names_of;

pub use compare::NameComparison;
pub(crate) use compare::compare;

mod candidate;
mod compare;
mod key;
mod names;

/// How sure a match is, surest first. The order is part of the meaning.
///
/// A mapped match comes after an exact one, since the manifest at hand is what the
/// user looks at, and before the rest: what production is called is known, while
/// those leave a part of the name open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MatchKind {
    /// Every part that both sides know is equal under the warehouse's rules, and
    /// schema and name are known.
    Exact,
    /// The table is what production calls the node; the manifest at hand calls it
    /// otherwise.
    Mapped,
    /// Schema and name are equal; the database is absent or cannot be compared.
    Schema,
    /// Equal but for case, where the warehouse would keep the two apart; one candidate.
    Case,
    /// The table falls under a source's wildcard (`events_*`) without being a dated shard.
    Wildcard,
    /// The table is what production would call the node by a rule that nobody has
    /// accepted yet.
    Proposed,
    /// The name alone, unique among all relations; the schema is unknown, or it or the
    /// database differs.
    Name,
}

impl MatchKind {
    /// The word in JSON answers.
    pub fn as_str(self) -> &'static str {
        match self {
            MatchKind::Exact => "exact",
            MatchKind::Mapped => "mapped",
            MatchKind::Schema => "schema",
            MatchKind::Case => "case",
            MatchKind::Wildcard => "wildcard",
            MatchKind::Proposed => "proposed",
            MatchKind::Name => "name",
        }
    }

    /// Whether the surfaces say "probably" with it.
    pub fn is_probable(self) -> bool {
        matches!(self, MatchKind::Proposed | MatchKind::Name)
    }
}

/// Why a table leads to no node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// No relation of the project has this name.
    NoSuchRelation,
    /// Several relations fit equally well.
    Ambiguous,
    /// Tableau hides the name from this user.
    NameHidden,
    /// The custom SQL query could not be parsed.
    CustomSqlUnreadable,
    /// Only an extract is there.
    ExtractOnly,
    /// The published datasource is not at hand.
    PublishedDatasourceUnavailable,
    /// The tables lie behind a virtual connection.
    VirtualConnection,
    /// A stored procedure hides the tables it reads.
    StoredProcedure,
    /// The connection leads to another warehouse than the project's.
    OtherWarehouse,
    /// The connection leads to a file or a web page.
    NotAWarehouse,
}

impl Reason {
    /// The word in JSON answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::NoSuchRelation => "no_such_relation",
            Reason::Ambiguous => "ambiguous",
            Reason::NameHidden => "name_hidden",
            Reason::CustomSqlUnreadable => "custom_sql_unreadable",
            Reason::ExtractOnly => "extract_only",
            Reason::PublishedDatasourceUnavailable => "published_datasource_unavailable",
            Reason::VirtualConnection => "virtual_connection",
            Reason::StoredProcedure => "stored_procedure",
            Reason::OtherWarehouse => "other_warehouse",
            Reason::NotAWarehouse => "not_a_warehouse",
        }
    }
}

/// A table of Tableau's that leads to no node, with every workbook that reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmatched {
    /// As Tableau writes it; for a query or a published datasource, its name.
    pub table: String,
    /// Its name taken apart, where it is one table with a name.
    pub relation: Option<Relation>,
    /// The class of the connection (`snowflake`), empty where unknown.
    pub connection: String,
    /// The names of the workbooks that read it, sorted.
    pub workbooks: Vec<String>,
    /// Why it matched nothing.
    pub reason: Reason,
    /// The nearest relations, for a person to compare.
    pub candidates: Vec<String>,
}

/// What [`Matcher::find`] has to say about a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// These nodes own it: the one that dbt builds first, sources on the same
    /// relation after it.
    Matched {
        /// Never empty.
        nodes: Vec<NodeIx>,
        /// How sure that is.
        kind: MatchKind,
    },
    /// Nothing owns it.
    Unmatched {
        /// Why.
        reason: Reason,
        /// Nodes to compare with, nearest first.
        candidates: Vec<NodeIx>,
    },
}

/// How one part of two names compares, nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartFit {
    /// The same, as the warehouse compares names.
    Equal,
    /// The same but for case, where the warehouse tells the two apart.
    CaseDiffers,
    /// One side does not say, or what it says cannot be compared.
    Unknown,
    /// Another name.
    Differs,
}

/// An index of a project's relations.
#[derive(Debug)]
pub struct Matcher {
    warehouse: Warehouse,
    by_name: HashMap<String, Vec<Candidate>>,
    /// Sources whose identifier ends in `*`, by what stands before it.
    by_prefix: HashMap<String, Vec<Candidate>>,
    /// The first node that dbt builds as each relation of the manifest at hand.
    builders: HashMap<Key, NodeIx>,
    has_proposals: bool,
}

/// Which names are asked: those that somebody answers for, or those only proposed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Certain,
    Proposed,
}

impl Matcher {
    /// Indexes the relations of `nodes`, which live in `warehouse`.
    pub fn new(nodes: &Nodes, warehouse: &Warehouse, production: &Production) -> Matcher {
        let mut matcher = Matcher {
            warehouse: warehouse.clone(),
            by_name: HashMap::new(),
            by_prefix: HashMap::new(),
            builders: HashMap::new(),
            has_proposals: false,
        };
        for (ix, node) in nodes.iter() {
            matcher.add_node(ix, node, production.get(&node.id));
        }
        matcher
    }

    fn add_node(&mut self, ix: NodeIx, node: &Node, production: Option<&ProductionName>) {
        let is_source = node.kind == NodeKind::Source;
        let own = node.relation.as_ref();
        let own = own.map(|it| Key::new(it, &self.warehouse));
        let built_as = match &own {
            Some(own) if !is_source => *self.builders.entry(own.clone()).or_insert(ix),
            _ => ix,
        };
        let production_key = production.map(|it| Key::new(&it.relation, &self.warehouse));
        let is_moved = production_key.is_some() && production_key != own;
        let is_known = production.is_some_and(|it| it.named_by.is_certain());
        let mut keys: Vec<Key> = Vec::new();
        for name in names_of(node, production, &self.warehouse) {
            let key = Key::new(&name.relation, &self.warehouse);
            // Where production's name is the manifest's own there is nothing to map.
            if keys.contains(&key) {
                continue;
            }
            keys.push(key.clone());
            self.add(Candidate {
                node: ix,
                is_source,
                key,
                is_pointer: name.is_pointer,
                claim: match name.named_by {
                    Some(it) if it.is_certain() => Claim::Deployed,
                    Some(_) => Claim::Proposed,
                    None if is_moved && is_known => Claim::Superseded,
                    None => Claim::Own,
                },
                built_as,
                moved: own.as_ref().and_then(|own| {
                    // A rule may leave a name as it is.
                    let is_kept = production_key.as_ref() == Some(own) && !name.is_pointer;
                    let kept_by = production.filter(|_| is_kept).map(|it| &it.named_by);
                    moved(own, name.named_by.or(kept_by)?)
                }),
                is_named: is_moved,
                is_fixed: is_source || is_known,
            });
        }
    }

    fn add(&mut self, candidate: Candidate) {
        self.has_proposals |= candidate.claim == Claim::Proposed;
        if let Some(prefix) = candidate.key.wildcard() {
            let same_prefix = self.by_prefix.entry(prefix.to_owned()).or_default();
            same_prefix.push(candidate.clone());
        }
        let name = candidate.key.name.folded.clone();
        self.by_name.entry(name).or_default().push(candidate);
    }

    /// The nodes that own the table `relation`, reached through a connection to `connection`.
    pub fn find(&self, relation: &Relation, connection: &Warehouse) -> Verdict {
        if *connection == Warehouse::NotAWarehouse {
            return unmatched(Reason::NotAWarehouse);
        }
        if !self.warehouse.may_hold(connection) {
            return unmatched(Reason::OtherWarehouse);
        }
        let table = Key::new(relation, &self.warehouse);
        self.find_as(&table, Asked::Certain)
            .or_else(|| self.find_as(&table, Asked::Proposed))
            .unwrap_or_else(|| self.find_by_name(&table))
    }

    /// Whether two names are one in this warehouse.
    pub(crate) fn is_same(&self, one: &Relation, other: &Relation) -> bool {
        one == other || Key::new(one, &self.warehouse) == Key::new(other, &self.warehouse)
    }

    /// What dbt would build by a proposed name where a table is known as a source's
    /// alone: that the project reads it does not mean that it does not build it.
    pub(crate) fn proposed_builders(
        &self,
        nodes: &Nodes,
        relation: &Relation,
        verdict: &Verdict,
    ) -> Vec<NodeIx> {
        let is_source = |it: &NodeIx| nodes.get(*it).kind == NodeKind::Source;
        let is_read_only = match verdict {
            Verdict::Matched { nodes, kind } => {
                self.has_proposals && !kind.is_probable() && nodes.iter().all(is_source)
            }
            Verdict::Unmatched { .. } => false,
        };
        let table = Key::new(relation, &self.warehouse);
        let proposed = is_read_only.then(|| self.find_as(&table, Asked::Proposed));
        match proposed.flatten() {
            Some(Verdict::Matched { nodes, .. }) => nodes,
            _ => Vec::new(),
        }
    }

    /// Sources on a relation that dbt builds, as (built node, source).
    pub(crate) fn twins(&self) -> BTreeSet<(NodeIx, NodeIx)> {
        let mut twins = BTreeSet::new();
        for named in self.by_name.values() {
            let mut by_key: HashMap<&Key, Vec<&Candidate>> = HashMap::new();
            for it in named.iter().filter(|it| it.claim != Claim::Proposed) {
                by_key.entry(&it.key).or_default().push(it);
            }
            for same in by_key.into_values().map(candidate::contenders) {
                let (sources, built): (Vec<_>, Vec<_>) =
                    same.into_iter().partition(|it| it.is_source);
                let builder = built.iter().map(|it| it.node).min();
                let builder = builder.filter(|_| !candidate::are_rivals(&built));
                let pairs = sources.iter().filter_map(|it| Some((builder?, it.node)));
                twins.extend(pairs);
            }
        }
        twins
    }

    fn named(&self, table: &Key) -> &[Candidate] {
        let named = self.by_name.get(&table.name.folded);
        named.map_or(&[], Vec::as_slice)
    }

    fn find_as(&self, table: &Key, asked: Asked) -> Option<Verdict> {
        if asked == Asked::Proposed && !self.has_proposals {
            return None;
        }
        self.find_by_place(self.named(table), table, asked)
            .or_else(|| self.find_by_wildcard(table, asked))
    }

    /// What stands in the table's own schema: the surest kind that has candidates decides.
    fn find_by_place(
        &self,
        candidates: &[Candidate],
        table: &Key,
        asked: Asked,
    ) -> Option<Verdict> {
        let kind_of = |it: &Candidate| {
            let is_asked = (it.claim == Claim::Proposed) == (asked == Asked::Proposed);
            kind_in_place(it.key.compare(table, &self.warehouse)).filter(|_| is_asked)
        };
        let kind = candidates.iter().filter_map(kind_of).min()?;
        let surest = candidates.iter().filter(|it| kind_of(it) == Some(kind));
        let mut best = candidate::contenders(surest.collect());
        // A rule may be wrong; then the table is another node's, which the rule forgets.
        let is_new = |it: &Candidate| best.iter().all(|best| best.node != it.node);
        let doubts =
            |it: &&Candidate| is_new(it) && best.iter().any(|best| best.is_doubted_by(it, table));
        let doubts: Vec<&Candidate> = candidates.iter().filter(doubts).collect();
        best.extend(doubts);
        Some(settle(kind, best))
    }

    /// `events_20251121` is a shard of the source `events_*` when the suffix is a
    /// date; eight digits that are none are another table; other suffixes match
    /// the wildcard and are marked. The longest prefix decides.
    fn find_by_wildcard(&self, table: &Key, asked: Asked) -> Option<Verdict> {
        let name = table.name.folded.as_str();
        for (at, _) in name.char_indices().rev() {
            let (prefix, suffix) = name.split_at(at);
            let Some(candidates) = self.by_prefix.get(prefix) else {
                continue;
            };
            if !may_be_shard(suffix) {
                continue;
            }
            let shard = |it: &Candidate| Candidate {
                key: it.key.named_as(table),
                ..it.clone()
            };
            let in_place: Vec<Candidate> = candidates.iter().map(shard).collect();
            match self.find_by_place(&in_place, table, asked) {
                Some(Verdict::Matched { nodes, kind }) if !is_date(suffix) => {
                    let kind = kind.max(MatchKind::Wildcard);
                    return Some(Verdict::Matched { nodes, kind });
                }
                None => {}
                settled => return settled,
            }
        }
        None
    }

    /// The one relation that bears the name, wherever it stands.
    fn find_by_name(&self, table: &Key) -> Verdict {
        let compare = |it: &Candidate| it.key.compare(table, &self.warehouse);
        let is_elsewhere = |it: &Candidate| compare(it).schema == PartFit::Differs;
        let is_contradicted =
            |it: &Candidate| is_elsewhere(it) || compare(it).database == PartFit::Differs;

        let mut nearest: Vec<&Candidate> = self.named(table).iter().collect();
        nearest.sort_by_key(|it| (compare(it), it.is_source, it.node));
        let candidates = candidate::nodes_of(&nearest);
        let is_contradicted = nearest.iter().all(|it| is_contradicted(it));
        // A proposed name that fits in part is no evidence, only a doubt.
        let may_be =
            |it: &&Candidate| it.claim != Claim::Proposed && !(it.is_fixed && is_elsewhere(it));
        if nearest.iter().any(may_be)
            && let settled @ Verdict::Matched { .. } =
                settle(MatchKind::Name, candidate::once_a_node(&nearest))
        {
            return settled;
        }
        let reason = if is_contradicted {
            Reason::NoSuchRelation
        } else {
            Reason::Ambiguous
        };
        Verdict::Unmatched { reason, candidates }
    }
}

/// What a rule made a name of.
fn moved(own: &Key, named_by: &NamedBy) -> Option<Moved> {
    let (NamedBy::Rule(rule) | NamedBy::Proposal(rule)) = named_by else {
        return None;
    };
    Some(Moved {
        from: own.clone(),
        rule: Arc::clone(rule),
    })
}

/// How sure a match is that schema and name speak for; `None` where the schema does
/// not, or the database speaks against it.
pub(crate) fn kind_in_place(parts: Comparison) -> Option<MatchKind> {
    let Comparison {
        schema,
        database,
        name,
    } = parts;
    if matches!(schema, PartFit::Unknown | PartFit::Differs) || database == PartFit::Differs {
        None
    } else if [schema, database, name].contains(&PartFit::CaseDiffers) {
        Some(MatchKind::Case)
    } else if database == PartFit::Unknown {
        Some(MatchKind::Schema)
    } else {
        Some(MatchKind::Exact)
    }
}

/// Candidates that fit equally well, their names as `kind` says: one relation is a
/// match, several are ambiguous.
fn settle(kind: MatchKind, best: Vec<&Candidate>) -> Verdict {
    let best = candidate::contenders(best);
    let nodes = candidate::nodes_of(&best);
    match best.first() {
        Some(first) if !candidate::are_rivals(&best) => Verdict::Matched {
            nodes,
            kind: first.claim.kind(kind),
        },
        _ => Verdict::Unmatched {
            reason: Reason::Ambiguous,
            candidates: nodes,
        },
    }
}

fn unmatched(reason: Reason) -> Verdict {
    Verdict::Unmatched {
        reason,
        candidates: Vec::new(),
    }
}

/// Whether what follows a wildcard's prefix may be one of its tables: eight digits that
/// are no date are not.
fn may_be_shard(suffix: &str) -> bool {
    let has_digits = suffix.len() == 8 && suffix.bytes().all(|b| b.is_ascii_digit());
    !has_digits || is_date(suffix)
}

/// Whether eight digits are a day between 1970 and 2199.
fn is_date(digits: &str) -> bool {
    let number = |range: std::ops::Range<usize>| {
        digits
            .get(range)
            .and_then(|text| text.parse::<u32>().ok())
            .unwrap_or(0)
    };
    let (year, month, day) = (number(0..4), number(4..6), number(6..8));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    digits.len() == 8 && (1970..2200).contains(&year) && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests;

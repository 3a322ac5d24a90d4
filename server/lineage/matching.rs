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
//! and the node does not move any more: a table in a third place is not it.

use std::collections::{BTreeSet, HashMap};

use crate::naming::Production;
use crate::node::{Node, NodeIx, NodeKind, Nodes};
use crate::relation::Relation;
use crate::warehouse::Warehouse;

use key::{Comparison, Key, Part};

mod key;

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

/// An index of a project's relations.
#[derive(Debug)]
pub struct Matcher {
    warehouse: Warehouse,
    by_name: HashMap<String, Vec<Candidate>>,
    /// Sources whose identifier ends in `*`, by what stands before it.
    by_prefix: HashMap<String, Vec<Candidate>>,
}

#[derive(Clone, Debug)]
struct Candidate {
    node: NodeIx,
    is_source: bool,
    key: Key,
    name: Name,
    /// Whether the node's relation is the same under any target, as far as is known.
    is_fixed: bool,
}

/// Whose name of a node it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    /// The manifest's at hand.
    Own,
    /// That of a view that dbt keeps beside the node; a real relation of that name
    /// beats it.
    Pointer,
    /// Production's.
    Production,
}

impl Matcher {
    /// Indexes the relations of `nodes`, which live in `warehouse`.
    pub fn new(nodes: &Nodes, warehouse: &Warehouse, production: &Production) -> Matcher {
        let mut matcher = Matcher {
            warehouse: warehouse.clone(),
            by_name: HashMap::new(),
            by_prefix: HashMap::new(),
        };
        for (ix, node) in nodes.iter() {
            let name = production.get(&node.id);
            matcher.add_node(ix, node, name.map(|it| &it.relation));
        }
        matcher
    }

    fn add_node(&mut self, ix: NodeIx, node: &Node, production: Option<&Relation>) {
        let is_source = node.kind == NodeKind::Source;
        let own = node.relation.as_ref();
        let pointer = node.latest_pointer.as_ref().filter(|_| node.is_latest());
        let mut keys: Vec<Key> = Vec::new();
        let names = [
            (Name::Own, own),
            (Name::Pointer, pointer),
            (Name::Production, production),
        ];
        for (name, relation) in names {
            let key = relation.map(|it| Key::new(it, &self.warehouse));
            // Where production's name is the manifest's own there is nothing to map.
            if let Some(key) = key.filter(|key| !keys.contains(key)) {
                keys.push(key.clone());
                self.add(Candidate {
                    node: ix,
                    is_source,
                    key,
                    name,
                    is_fixed: is_source || production.is_some(),
                });
            }
        }
    }

    fn add(&mut self, candidate: Candidate) {
        let name = candidate.key.name.folded.clone();
        if let Some(prefix) = name.strip_suffix('*').filter(|it| !it.is_empty()) {
            let same_prefix = self.by_prefix.entry(prefix.to_owned()).or_default();
            same_prefix.push(candidate.clone());
        }
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
        let named = self
            .by_name
            .get(&table.name.folded)
            .map_or(&[][..], Vec::as_slice);
        self.find_by_place(named, &table)
            .or_else(|| self.find_by_wildcard(&table))
            .unwrap_or_else(|| self.find_by_name(named, &table))
    }

    /// Sources on a relation that dbt builds, as (built node, source).
    pub(crate) fn twins(&self) -> impl Iterator<Item = (NodeIx, NodeIx)> {
        self.by_name.values().flat_map(|named| {
            let mut builders: HashMap<&Key, NodeIx> = HashMap::new();
            for built in named.iter().filter(|it| !it.is_source) {
                builders.entry(&built.key).or_insert(built.node);
            }
            let sources = named.iter().filter(|it| it.is_source);
            sources.filter_map(move |it| Some((*builders.get(&it.key)?, it.node)))
        })
    }

    /// What stands in the table's own schema: the surest kind that has candidates decides.
    fn find_by_place(&self, candidates: &[Candidate], table: &Key) -> Option<Verdict> {
        let kind_of = |it: &Candidate| {
            let kind = kind_in_place(it.key.compare(table, &self.warehouse))?;
            // A name that the warehouse would keep apart is weak, whoever's it is.
            Some((kind == MatchKind::Case, it.kind(kind), kind))
        };
        let kind = candidates.iter().filter_map(kind_of).min()?;
        let surest = candidates.iter().filter(|it| kind_of(it) == Some(kind));
        let mut best: Vec<&Candidate> = surest.collect();
        if best.iter().all(|it| it.is_source) {
            // What this manifest only reads, production may build.
            let keys: BTreeSet<&Key> = best.iter().map(|it| &it.key).collect();
            let builds = |it: &&Candidate| !it.is_source && keys.contains(&it.key);
            best.extend(candidates.iter().filter(builds));
        }
        Some(settle(kind.2, best))
    }

    /// `events_20251121` is a shard of the source `events_*` when the suffix is a
    /// date; eight digits that are none are another table; other suffixes match
    /// the wildcard and are marked. The longest prefix decides.
    fn find_by_wildcard(&self, table: &Key) -> Option<Verdict> {
        let name = table.name.folded.as_str();
        for (at, _) in name.char_indices().rev() {
            let (prefix, suffix) = name.split_at(at);
            let Some(candidates) = self.by_prefix.get(prefix) else {
                continue;
            };
            let has_digits = suffix.len() == 8 && suffix.bytes().all(|b| b.is_ascii_digit());
            if has_digits && !is_date(suffix) {
                continue;
            }
            let in_place: Vec<Candidate> = candidates.iter().map(|it| it.named_as(table)).collect();
            match self.find_by_place(&in_place, table) {
                Some(Verdict::Matched { nodes, .. }) if !has_digits => {
                    return Some(Verdict::Matched {
                        nodes,
                        kind: MatchKind::Wildcard,
                    });
                }
                None => {}
                settled => return settled,
            }
        }
        None
    }

    /// The one relation that bears the name, wherever it stands.
    fn find_by_name(&self, named: &[Candidate], table: &Key) -> Verdict {
        let compare = |it: &Candidate| it.key.compare(table, &self.warehouse);
        let is_elsewhere = |it: &Candidate| compare(it).schema == Part::Differs;
        let is_contradicted =
            |it: &Candidate| is_elsewhere(it) || compare(it).database == Part::Differs;

        let mut nearest: Vec<&Candidate> = named.iter().collect();
        nearest.sort_by_key(|it| (compare(it), it.is_source, it.node));
        let candidates = nodes_of(&nearest);
        if count_relations(&once_a_node(&nearest)) == 1
            && !nearest.iter().all(|it| it.is_fixed && is_elsewhere(it))
        {
            return settle(MatchKind::Name, once_a_node(&nearest));
        }
        let reason = if nearest.iter().all(|it| is_contradicted(it)) {
            Reason::NoSuchRelation
        } else {
            Reason::Ambiguous
        };
        Verdict::Unmatched { reason, candidates }
    }
}

impl Candidate {
    /// How sure a match with it is whose names compare as `kind`.
    fn kind(&self, kind: MatchKind) -> MatchKind {
        match self.name {
            Name::Production if kind != MatchKind::Name => MatchKind::Mapped,
            _ => kind,
        }
    }

    /// The shard `table` of this wildcard, to be compared by its place.
    fn named_as(&self, table: &Key) -> Candidate {
        let mut shard = self.clone();
        shard.key.name = table.name.clone();
        shard
    }
}

/// How sure a match is that schema and name speak for; `None` where the schema does
/// not, or the database speaks against it.
fn kind_in_place(parts: Comparison) -> Option<MatchKind> {
    let Comparison {
        schema,
        database,
        name,
    } = parts;
    if matches!(schema, Part::Unknown | Part::Differs) || database == Part::Differs {
        None
    } else if [schema, database, name].contains(&Part::Folded) {
        Some(MatchKind::Case)
    } else if database == Part::Unknown {
        Some(MatchKind::Schema)
    } else {
        Some(MatchKind::Exact)
    }
}

/// Candidates that fit equally well, their names as `kind` says: one relation is a
/// match, several are ambiguous.
fn settle(kind: MatchKind, best: Vec<&Candidate>) -> Verdict {
    let is_real = |it: &&Candidate| it.name != Name::Pointer;
    let real: Vec<&Candidate> = best.iter().copied().filter(is_real).collect();
    let mut best = if real.is_empty() { best } else { real };
    // What dbt builds comes before what it only reads; else the project's order.
    best.sort_by_key(|it| (it.is_source, it.node));
    let nodes = nodes_of(&best);
    match (count_relations(&best), best.first()) {
        (1, Some(first)) => Verdict::Matched {
            nodes,
            kind: first.kind(kind),
        },
        _ => Verdict::Unmatched {
            reason: Reason::Ambiguous,
            candidates: nodes,
        },
    }
}

/// Production's names only of nodes whose own name is not among the candidates: two
/// names of one node are not two relations.
fn once_a_node<'a>(candidates: &[&'a Candidate]) -> Vec<&'a Candidate> {
    let own = candidates.iter().filter(|it| it.name != Name::Production);
    let own: BTreeSet<NodeIx> = own.map(|it| it.node).collect();
    let is_wanted = |it: &&&Candidate| it.name != Name::Production || !own.contains(&it.node);
    candidates.iter().filter(is_wanted).copied().collect()
}

fn nodes_of(candidates: &[&Candidate]) -> Vec<NodeIx> {
    let mut seen = BTreeSet::new();
    candidates
        .iter()
        .map(|it| it.node)
        .filter(|&it| seen.insert(it))
        .collect()
}

fn count_relations(candidates: &[&Candidate]) -> usize {
    candidates
        .iter()
        .map(|it| &it.key)
        .collect::<BTreeSet<_>>()
        .len()
}

fn unmatched(reason: Reason) -> Verdict {
    Verdict::Unmatched {
        reason,
        candidates: Vec::new(),
    }
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

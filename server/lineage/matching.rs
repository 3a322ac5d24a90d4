//! From a table that Tableau names to the dbt nodes that own it.
//!
//! [`Matcher::find`] compares names as the warehouse does: exact beats folded,
//! and where two candidates stay it says so and guesses nothing. It answers for
//! one table; [`crate::graph`] asks for all of them.

use std::collections::{BTreeMap, HashMap};

use crate::node::{NodeIx, NodeKind, Nodes};
use crate::relation::{Identifier, Relation};
use crate::warehouse::{Case, Warehouse};

/// How sure a match is, surest first. The order is part of the meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MatchKind {
    /// Every part that both sides know is equal under the warehouse's rules, and
    /// schema and name are known.
    Exact,
    /// Schema and name are equal; the database is absent or cannot be compared.
    Schema,
    /// Equal but for case, where the warehouse would keep the two apart; one candidate.
    Case,
    /// The table falls under a source's wildcard (`events_*`) without being a dated shard.
    Wildcard,
    /// The name alone, unique among all relations; the schema is unknown or differs.
    Name,
}

impl MatchKind {
    /// The word in JSON answers.
    pub fn as_str(self) -> &'static str {
        match self {
            MatchKind::Exact => "exact",
            MatchKind::Schema => "schema",
            MatchKind::Case => "case",
            MatchKind::Wildcard => "wildcard",
            MatchKind::Name => "name",
        }
    }

    /// Whether the surfaces say "probably" with it.
    pub fn is_probable(self) -> bool {
        self == MatchKind::Name
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
    wildcards: Vec<(String, Candidate)>,
}

#[derive(Clone, Debug)]
struct Candidate {
    node: NodeIx,
    kind: NodeKind,
    relation: Relation,
    /// A view that dbt keeps beside the node; a real relation of that name beats it.
    pointer: bool,
}

/// How one part of two names compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Equal,
    Folded,
    Unknown,
    Differs,
}

impl Matcher {
    /// Indexes the relations of `nodes`, which live in `warehouse`.
    pub fn new(nodes: &Nodes, warehouse: &Warehouse) -> Matcher {
        let mut matcher = Matcher {
            warehouse: warehouse.clone(),
            by_name: HashMap::new(),
            wildcards: Vec::new(),
        };
        for (ix, node) in nodes.iter() {
            let relations = [(&node.relation, false), (&node.latest_pointer, true)];
            for (relation, pointer) in relations {
                if let Some(relation) = relation.clone() {
                    matcher.add(Candidate {
                        node: ix,
                        kind: node.kind,
                        relation,
                        pointer,
                    });
                }
            }
        }
        matcher
    }

    fn add(&mut self, candidate: Candidate) {
        let name = candidate.relation.name.folded();
        if let Some(prefix) = name.strip_suffix('*') {
            self.wildcards.push((prefix.to_owned(), candidate.clone()));
        }
        self.by_name.entry(name).or_default().push(candidate);
    }

    /// The nodes that own the table `relation`, reached through a connection to `connection`.
    pub fn find(&self, relation: &Relation, connection: &Warehouse) -> Verdict {
        if *connection == Warehouse::NotAWarehouse {
            return unmatched(Reason::NotAWarehouse, Vec::new());
        }
        if !self.warehouse.may_hold(connection) {
            return unmatched(Reason::OtherWarehouse, Vec::new());
        }
        let named = self
            .by_name
            .get(&relation.name.folded())
            .map_or(&[][..], Vec::as_slice);
        let by_name = self.pick(named, relation);
        if let Verdict::Matched { kind, .. } = by_name
            && !kind.is_probable()
        {
            return by_name;
        }
        self.find_by_wildcard(relation).unwrap_or(by_name)
    }

    /// The best tier that has candidates decides; several relations in it are ambiguous.
    fn pick(&self, named: &[Candidate], relation: &Relation) -> Verdict {
        let mut tiers: BTreeMap<MatchKind, Vec<&Candidate>> = BTreeMap::new();
        for candidate in named {
            tiers
                .entry(self.tier(candidate, relation))
                .or_default()
                .push(candidate);
        }
        let Some((kind, best)) = tiers.into_iter().next() else {
            return unmatched(Reason::NoSuchRelation, Vec::new());
        };
        let real: Vec<&Candidate> = best.iter().copied().filter(|c| !c.pointer).collect();
        let best = if real.is_empty() { best } else { real };
        let n_relations = if kind == MatchKind::Name {
            self.count_relations(named.iter())
        } else {
            self.count_relations(best.iter().copied())
        };
        match (n_relations, kind) {
            (1, _) => Verdict::Matched {
                nodes: owners_first(&best),
                kind,
            },
            // A stated schema that fits none of several is a different table.
            (_, MatchKind::Name) if relation.schema.is_some() => {
                unmatched(Reason::NoSuchRelation, owners_first(&best))
            }
            _ => unmatched(Reason::Ambiguous, owners_first(&best)),
        }
    }

    /// How sure a match with a candidate of the same folded name would be.
    fn tier(&self, candidate: &Candidate, relation: &Relation) -> MatchKind {
        let case = self.warehouse.case();
        let ours = &candidate.relation;
        let name = compare(Some(&ours.name), Some(&relation.name), case);
        let schema = compare(ours.schema.as_ref(), relation.schema.as_ref(), case);
        let database = self.compare_databases(ours, relation);
        match (schema, database) {
            (Part::Unknown | Part::Differs, _) | (_, Part::Differs) => MatchKind::Name,
            _ if name == Part::Folded || schema == Part::Folded || database == Part::Folded => {
                MatchKind::Case
            }
            (Part::Equal, Part::Unknown) => MatchKind::Schema,
            _ => MatchKind::Exact,
        }
    }

    /// A warehouse without databases has nothing to compare: that is equal. A name
    /// that is a path or a display name cannot be compared: that is unknown.
    fn compare_databases(&self, ours: &Relation, theirs: &Relation) -> Part {
        if !self.warehouse.has_database_level() {
            return Part::Equal;
        }
        match compare(
            ours.database.as_ref(),
            theirs.database.as_ref(),
            self.database_case(),
        ) {
            Part::Differs if !self.is_comparable_database(theirs) => Part::Unknown,
            part => part,
        }
    }

    /// BigQuery's project ids are lower case by rule, whatever case a tool shows.
    fn database_case(&self) -> Case {
        match self.warehouse {
            Warehouse::BigQuery => Case::Insensitive,
            _ => self.warehouse.case(),
        }
    }

    /// Tableau may give BigQuery's display name for the project id, and a file's
    /// path for a DuckDB database.
    fn is_comparable_database(&self, relation: &Relation) -> bool {
        let Some(database) = &relation.database else {
            return false;
        };
        let text = &database.text;
        match self.warehouse {
            Warehouse::BigQuery => text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-:.".contains(c)),
            Warehouse::DuckDb => !text.contains(['/', '\\', '.', ':']),
            _ => true,
        }
    }

    /// `events_20251121` is a shard of the source `events_*` when the suffix is a
    /// date; eight digits that are none are another table; other suffixes match
    /// the wildcard and are marked.
    fn find_by_wildcard(&self, relation: &Relation) -> Option<Verdict> {
        let name = relation.name.folded();
        let mut best: Option<(MatchKind, &Candidate)> = None;
        for (prefix, candidate) in &self.wildcards {
            let Some(suffix) = name.strip_prefix(prefix.as_str()) else {
                continue;
            };
            let place = match self.tier(candidate, relation) {
                kind @ (MatchKind::Exact | MatchKind::Schema | MatchKind::Case) => kind,
                _ => continue,
            };
            let all_digits = suffix.bytes().all(|b| b.is_ascii_digit());
            let kind = match (suffix.len() == 8 && all_digits, is_date(suffix)) {
                (true, true) => place,
                (true, false) => continue,
                _ => MatchKind::Wildcard,
            };
            if best.is_none_or(|(old, _)| kind < old) {
                best = Some((kind, candidate));
            }
        }
        best.map(|(kind, candidate)| Verdict::Matched {
            nodes: vec![candidate.node],
            kind,
        })
    }

    fn count_relations<'a>(&self, candidates: impl Iterator<Item = &'a Candidate>) -> usize {
        let case = self.warehouse.case();
        let mut seen: Vec<Vec<String>> = candidates
            .map(|c| c.relation.parts().map(|part| part.stored(case)).collect())
            .collect();
        seen.sort();
        seen.dedup();
        seen.len()
    }
}

fn compare(ours: Option<&Identifier>, theirs: Option<&Identifier>, case: Case) -> Part {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours.stored(case) == theirs.stored(case) => Part::Equal,
        (Some(ours), Some(theirs)) if ours.folded() == theirs.folded() => Part::Folded,
        (Some(_), Some(_)) => Part::Differs,
        _ => Part::Unknown,
    }
}

/// What dbt builds comes before what it only reads; else the project's order.
fn owners_first(candidates: &[&Candidate]) -> Vec<NodeIx> {
    let mut sorted: Vec<&Candidate> = candidates.to_vec();
    sorted.sort_by_key(|c| (c.kind == NodeKind::Source, c.node));
    let mut nodes: Vec<NodeIx> = sorted.iter().map(|c| c.node).collect();
    nodes.dedup();
    nodes
}

fn unmatched(reason: Reason, candidates: Vec<NodeIx>) -> Verdict {
    Verdict::Unmatched { reason, candidates }
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

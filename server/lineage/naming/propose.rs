//! Rules that would explain what Tableau reads, worked out from both sides.
//!
//! Where a developer's manifest is all there is, nearly no table of Tableau's is where
//! dbt says, and yet all of them have the names of its tables: every schema is called
//! otherwise, in one and the same way. [`propose`] finds that way. What it finds is for a
//! person to accept; until then its matches are marked.
//!
//! A rule is proposed when at least two tables speak for it that keep a word of their
//! schema (`dbt_alice_marts → MARTS`) or change the database alone, or at least three
//! that do not and that are most of what is read there. Nothing may refute it: see
//! [`cover`].

use std::collections::BTreeMap;

use crate::graph::Lineage;
use crate::matching::{Key, MatchKind, Matcher, Reason, Verdict};
use crate::naming::{NameRule, Proposal, by_rules};
use crate::node::{NodeIx, UniqueId};
use crate::relation::Relation;
use crate::warehouse::Warehouse;

use evidence::Evidence;

mod cover;
mod evidence;
mod generalise;

/// How many matches are given as examples.
const MAX_EXAMPLES: usize = 5;

/// A table that Tableau reads, and what it leads to as things are.
struct ReadTable<'a> {
    relation: &'a Relation,
    /// As Tableau writes it.
    raw: &'a str,
    connection: Warehouse,
    verdict: Verdict,
}

impl ReadTable<'_> {
    /// Whether nothing certain is known of it, though it is one of this warehouse's.
    fn is_open(&self) -> bool {
        match &self.verdict {
            Verdict::Matched { kind, .. } => kind.is_probable(),
            Verdict::Unmatched { reason, .. } => {
                matches!(reason, Reason::NoSuchRelation | Reason::Ambiguous)
            }
        }
    }
}

/// The rules that explain most of the tables that Tableau reads and that match nothing,
/// or by their name alone; `None` where there is not enough to go by.
///
/// Nodes of which production's name is known are left out. The rules are in the order in
/// which they are to be tried. The same input gives the same proposal.
pub fn propose(lineage: &Lineage) -> Option<Proposal> {
    let tables = read_tables(lineage);
    if !tables.iter().any(ReadTable::is_open) {
        return None;
    }
    let evidence = Evidence::gather(lineage, &tables);
    let rules = generalise::rules(&evidence, lineage.warehouse());
    let mut rules = cover::cover(&evidence, rules, lineage.warehouse());
    // What counts is what becomes of it when it is accepted.
    while !rules.is_empty() {
        if let Some(proposal) = outcome(lineage, &tables, &rules) {
            return Some(proposal);
        }
        rules.pop();
    }
    None
}

/// Each table once, whatever connections it is read through.
fn read_tables(lineage: &Lineage) -> Vec<ReadTable<'_>> {
    let mut tables: BTreeMap<Key, ReadTable<'_>> = BTreeMap::new();
    for ((relation, class), table) in lineage.tables() {
        let connection = Warehouse::from_connection_class(class);
        let verdict = lineage.find(relation, &connection);
        let read = ReadTable {
            relation,
            raw: &table.raw,
            connection,
            verdict,
        };
        let is_foreign = !read.is_open() && matches!(read.verdict, Verdict::Unmatched { .. });
        if !is_foreign {
            let key = Key::new(relation, lineage.warehouse());
            tables.entry(key).or_insert(read);
        }
    }
    tables.into_values().collect()
}

/// What comes of accepted rules; `None` where they match nothing, or where a table would
/// no longer be the node that it certainly is.
fn outcome(lineage: &Lineage, tables: &[ReadTable<'_>], rules: &[NameRule]) -> Option<Proposal> {
    let (nodes, warehouse) = (lineage.nodes(), lineage.warehouse());
    let mut production = lineage.certain_production();
    production.fill_from(&by_rules(nodes, rules, warehouse));
    let matcher = Matcher::new(nodes, warehouse, &production);
    let mut proposal = Proposal {
        rules: rules.to_vec(),
        ..Proposal::default()
    };
    let mut matches: Vec<(&ReadTable<'_>, NodeIx)> = Vec::new();
    for table in tables {
        let verdict = matcher.find(table.relation, &table.connection);
        if !table.is_open() {
            if !keeps(&table.verdict, &verdict) {
                return None;
            }
            continue;
        }
        match verdict {
            Verdict::Matched {
                nodes,
                kind: MatchKind::Mapped,
            } => matches.extend(nodes.first().map(|it| (table, *it))),
            Verdict::Matched { .. } => {}
            Verdict::Unmatched {
                reason: Reason::Ambiguous,
                ..
            } => proposal.n_ambiguous += 1,
            Verdict::Unmatched { .. } => proposal.n_unexplained += 1,
        }
    }
    proposal.n_matched = matches.len();
    proposal.examples = examples(lineage, &matches);
    (!matches.is_empty()).then_some(proposal)
}

/// Whether a table still is the node that it was.
fn keeps(before: &Verdict, after: &Verdict) -> bool {
    match (before, after) {
        (Verdict::Matched { nodes: before, .. }, Verdict::Matched { nodes: after, .. }) => {
            before.first().is_some_and(|it| after.contains(it))
        }
        (Verdict::Matched { .. }, Verdict::Unmatched { .. }) => false,
        _ => true,
    }
}

/// A few matches, from as many schemas as may be.
fn examples(lineage: &Lineage, matches: &[(&ReadTable<'_>, NodeIx)]) -> Vec<(String, UniqueId)> {
    let mut n_of_schema: BTreeMap<Option<String>, usize> = BTreeMap::new();
    let mut ranked: Vec<(usize, &(&ReadTable<'_>, NodeIx))> = Vec::new();
    for it in matches {
        let schema = it.0.relation.schema.as_ref().map(|it| it.folded());
        let n_before = n_of_schema.entry(schema).or_default();
        ranked.push((*n_before, it));
        *n_before += 1;
    }
    ranked.sort_by_key(|(n_before, (table, node))| (*n_before, table.raw, *node));
    let shown = ranked.into_iter().take(MAX_EXAMPLES);
    shown
        .map(|(_, (table, node))| (table.raw.to_owned(), lineage.nodes().get(*node).id.clone()))
        .collect()
}

#[cfg(test)]
mod tests;

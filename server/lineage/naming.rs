//! What production calls the nodes: names that are known, rules, and proposals.
//!
//! A developer's manifest says `DEV.ALICE_MARTS.ORDERS`, Tableau reads
//! `PROD.MARTS.ORDERS`. [`Production`] holds production's name of each node and who says
//! so: a manifest of production, a team snapshot, a rule that somebody wrote
//! ([`NameRule`]), or a rule that was worked out from the tables Tableau reads and that
//! nobody has accepted yet ([`Proposal`]). How such names match is in [`crate::matching`].

use std::collections::HashMap;
use std::sync::Arc;

use crate::node::UniqueId;
use crate::relation::Relation;

/// What production calls each node, where that is known beside the manifest at hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Production {
    names: HashMap<UniqueId, ProductionName>,
}

/// What production calls a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductionName {
    /// The name.
    pub relation: Relation,
    /// Who says so.
    pub named_by: NamedBy,
}

/// Who says what production calls a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// A manifest of production, by its path for people.
    Manifest(Arc<str>),
    /// The team snapshot.
    Snapshot,
    /// A rule of the settings (`dbt.map`).
    Rule(Arc<NameRule>),
    /// A rule that was worked out and that nobody has accepted yet.
    Proposal(Arc<NameRule>),
}

/// How one environment's names become another's (`dbt.map` in the settings).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameRule {
    /// The relations it is about: a part that is absent may be anything.
    pub from: NamePattern,
    /// What they are called in production: a part that is absent stays as it is.
    pub to: NamePattern,
}

/// The parts of a relation's name, each with `*` for any text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamePattern {
    /// The database, catalog or project.
    pub database: Option<String>,
    /// The schema or dataset.
    pub schema: Option<String>,
    /// The table or view.
    pub name: Option<String>,
}

/// Rules that would explain the tables that Tableau reads, worked out from both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The rules, the one that explains most first.
    pub rules: Vec<NameRule>,
    /// How many tables of Tableau's they would match, each once.
    pub n_matched: usize,
    /// How many would fit several nodes.
    pub n_ambiguous: usize,
    /// How many tables stay that match nothing.
    pub n_unexplained: usize,
    /// A few matches: the table as Tableau writes it, the node that it would be.
    pub examples: Vec<(String, UniqueId)>,
}

impl Production {
    /// What production calls the node of this id.
    pub fn get(&self, id: &UniqueId) -> Option<&ProductionName> {
        self.names.get(id)
    }

    /// Adds a name, unless one is known: what comes first is the surer.
    pub fn add(&mut self, id: UniqueId, name: ProductionName) {
        self.names.entry(id).or_insert(name);
    }

    /// How many nodes have one.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl FromIterator<(UniqueId, Relation, NamedBy)> for Production {
    fn from_iter<I: IntoIterator<Item = (UniqueId, Relation, NamedBy)>>(names: I) -> Production {
        let mut all = Production::default();
        for (id, relation, named_by) in names {
            all.add(id, ProductionName { relation, named_by });
        }
        all
    }
}

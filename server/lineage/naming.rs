//! What production calls the nodes: names that are known, rules, and proposals.
//!
//! A developer's manifest says `DEV.ALICE_MARTS.ORDERS`, Tableau reads
//! `PROD.MARTS.ORDERS`. [`Production`] holds production's name of each node and who says
//! so: a manifest of production, a team snapshot, a rule that somebody wrote
//! ([`NameRule`]), or a rule that was worked out from the tables Tableau reads and that
//! nobody has accepted yet ([`Proposal`]). How such names match is in [`crate::matching`].

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use crate::node::{Nodes, UniqueId};
use crate::relation::Relation;
use crate::warehouse::Warehouse;

pub use propose::propose;
pub use rule::{NamePattern, NameRule};

mod propose;
mod rule;

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

/// Rules that would explain the tables that Tableau reads, worked out from both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The rules in the order in which they are to be tried: those that name one schema,
    /// then those that name many, the one that explains most first.
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

    /// Adds what `other` knows of nodes that no name is known of.
    pub fn fill_from(&mut self, other: &Production) {
        for (id, name) in &other.names {
            if let Entry::Vacant(vacant) = self.names.entry(id.clone()) {
                vacant.insert(name.clone());
            }
        }
    }

    /// What somebody answers for.
    pub(crate) fn certain(&self) -> Production {
        let names = self.names.iter();
        let certain = names.filter(|(_, it)| it.named_by.is_certain());
        Production {
            names: certain.map(|(id, it)| (id.clone(), it.clone())).collect(),
        }
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

impl NamedBy {
    /// Whether somebody answers for it: all but a rule that nobody has accepted yet.
    pub fn is_certain(&self) -> bool {
        !matches!(self, NamedBy::Proposal(_))
    }

    /// The rule that the name was made by.
    pub fn rule(&self) -> Option<&NameRule> {
        match self {
            NamedBy::Rule(rule) | NamedBy::Proposal(rule) => Some(rule),
            NamedBy::Manifest(_) | NamedBy::Snapshot => None,
        }
    }
}

/// What production calls the nodes by rules: each node takes the first that fits it.
pub fn by_rules(nodes: &Nodes, rules: &[NameRule], warehouse: &Warehouse) -> Production {
    by_rules_as(NamedBy::Rule, nodes, rules, warehouse)
}

/// What is known, and for the nodes of which nothing is known what a proposal says.
pub fn with_proposal(
    production: &Production,
    nodes: &Nodes,
    proposal: &Proposal,
    warehouse: &Warehouse,
) -> Production {
    let mut all = production.clone();
    let proposed = by_rules_as(NamedBy::Proposal, nodes, &proposal.rules, warehouse);
    all.fill_from(&proposed);
    all
}

fn by_rules_as(
    named_by: impl Fn(Arc<NameRule>) -> NamedBy,
    nodes: &Nodes,
    rules: &[NameRule],
    warehouse: &Warehouse,
) -> Production {
    let rules: Vec<Arc<NameRule>> = rules.iter().cloned().map(Arc::new).collect();
    let mut production = Production::default();
    for (_, node) in nodes.iter() {
        let Some(own) = &node.relation else {
            continue;
        };
        let mut names = rules
            .iter()
            .filter_map(|rule| Some((rule, rule.apply(own, warehouse)?)));
        if let Some((rule, relation)) = names.next() {
            let named_by = named_by(Arc::clone(rule));
            production.add(node.id.clone(), ProductionName { relation, named_by });
        }
    }
    production
}

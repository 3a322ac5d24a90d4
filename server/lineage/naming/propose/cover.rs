//! The few rules that explain most, each with enough that speaks for it.
//!
//! Greedy: the rule that explains most tables is taken, then the one that explains most
//! of the rest. Which of two equal ones is taken never depends on chance.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::kinship::{Kinship, kinship};
use crate::naming::NameRule;
use crate::node::NodeIx;
use crate::warehouse::Warehouse;

use super::evidence::{Evidence, Sighting};

/// How many rules are proposed at most.
const MAX_PROPOSED: usize = 8;
/// How many tables must speak for a rule that leaves a word of the names as it is, or
/// changes the database alone.
const ENOUGH_OF_KIN: usize = 2;
/// How many must, where no word of the names is left.
const ENOUGH: usize = 3;

/// Takes the best of `rules` while there is enough that speaks for one. What names
/// one schema comes first, as an exception from the rules that name many.
pub(super) fn cover(
    evidence: &Evidence,
    rules: Vec<NameRule>,
    warehouse: &Warehouse,
) -> Vec<NameRule> {
    let candidates = rules.into_iter();
    let candidates = candidates.map(|rule| Candidate::new(evidence, rule, warehouse));
    let mut candidates: Vec<Candidate> = candidates.collect();
    candidates.sort_by_key(|it| Reverse(it.n_sighted));
    let mut chosen = Chosen::default();
    while chosen.rules.len() < MAX_PROPOSED {
        let Some((weight, candidate)) = best_of(evidence, &candidates, &chosen) else {
            break;
        };
        chosen.take(weight, candidate);
    }
    let (exact, general): (Vec<_>, Vec<_>) = chosen.rules.into_iter().partition(is_exact);
    exact.into_iter().chain(general).collect()
}

/// The rule that explains most beyond those taken; of equal ones the first.
fn best_of<'a>(
    evidence: &Evidence,
    candidates: &'a [Candidate],
    chosen: &Chosen,
) -> Option<(Weight, &'a Candidate)> {
    let mut best: Option<(Weight, &Candidate)> = None;
    for candidate in candidates {
        // Those that follow cannot explain as much.
        if best
            .as_ref()
            .is_some_and(|(it, _)| candidate.n_sighted < it.explained.len())
        {
            break;
        }
        let Some(weight) = weigh(evidence, candidate, chosen) else {
            continue;
        };
        let is_better = best
            .as_ref()
            .is_none_or(|(best, it)| rank(&weight, candidate) > rank(best, it));
        if is_better {
            best = Some((weight, candidate));
        }
    }
    best
}

/// A rule, and the targets that it calls each place that it fits.
struct Candidate {
    rule: NameRule,
    reach: Vec<(usize, Vec<usize>)>,
    /// How many tables it explains at most.
    n_sighted: usize,
    is_exact: bool,
}

impl Candidate {
    fn new(evidence: &Evidence, rule: NameRule, warehouse: &Warehouse) -> Candidate {
        let reach = evidence.reach(&rule, warehouse);
        let pairs = reach
            .iter()
            .flat_map(|(place, targets)| targets.iter().map(|it| (*place, *it)));
        let sightings = pairs.filter_map(|it| evidence.sightings.get(&it));
        Candidate {
            n_sighted: sightings.map(|it| it.tables.len()).sum(),
            is_exact: is_exact(&rule),
            reach,
            rule,
        }
    }
}

/// The rules that were taken, and what they explain.
#[derive(Default)]
struct Chosen {
    rules: Vec<NameRule>,
    /// The node that each table is explained as.
    explained: BTreeMap<usize, NodeIx>,
    /// For each place that a rule has, whether it explains anything of it, and whether
    /// that rule names it alone.
    places: BTreeMap<usize, Held>,
}

#[derive(Clone, Copy)]
struct Held {
    explains: bool,
    by_exact: bool,
}

impl Chosen {
    /// Whether a rule that is taken now would be the one that names a place.
    fn leaves(&self, place: usize, to: &Candidate) -> bool {
        match self.places.get(&place) {
            None => true,
            Some(held) => to.is_exact && !held.by_exact && !held.explains,
        }
    }

    /// Whether a rule would take from a general one what that explains.
    fn is_robbed_by(&self, candidate: &Candidate) -> bool {
        let robs = |place: &usize| {
            let held = self.places.get(place);
            held.is_some_and(|it| it.explains && !it.by_exact)
        };
        candidate.is_exact && candidate.reach.iter().any(|(place, _)| robs(place))
    }

    fn take(&mut self, weight: Weight, candidate: &Candidate) {
        for place in weight.places {
            let held = Held {
                explains: weight.explaining.contains(&place),
                by_exact: candidate.is_exact,
            };
            self.places.insert(place, held);
        }
        self.explained.extend(weight.explained);
        self.rules.push(candidate.rule.clone());
    }
}

/// What a rule would explain beyond those taken.
#[derive(Default)]
struct Weight {
    /// The places that it would name, and those that it explains tables of.
    places: BTreeSet<usize>,
    explaining: BTreeSet<usize>,
    explained: BTreeMap<usize, NodeIx>,
    /// The nodes that are explained, and those whose name was sighted elsewhere only.
    nodes: BTreeSet<NodeIx>,
    n_contradicted: usize,
}

/// What a rule explains, where that is enough and nothing refutes it: no two nodes for
/// one table, no table that is known to be another node, no more tables read where dbt
/// builds than where the rule says, nor more nodes that are read elsewhere only.
fn weigh(evidence: &Evidence, candidate: &Candidate, chosen: &Chosen) -> Option<Weight> {
    if chosen.is_robbed_by(candidate) {
        return None;
    }
    let mut weight = Weight::default();
    let (mut n_at_home, mut sighted) = (0, BTreeSet::new());
    let mut targets = BTreeSet::new();
    let mut has_kin = false;
    for (place, reached) in &candidate.reach {
        if !chosen.leaves(*place, candidate) {
            continue;
        }
        weight.places.insert(*place);
        n_at_home += evidence.places[*place].n_at_home;
        sighted.extend(nodes_sighted(evidence, *place));
        for target in reached {
            let Some(sighting) = evidence.sightings.get(&(*place, *target)) else {
                continue;
            };
            let is_doubtful = has_equal_rival(evidence, candidate, chosen, *target, sighting);
            if is_doubtful || !add_sighting(&mut weight, sighting, chosen) {
                return None;
            }
            if !sighting.tables.is_empty() {
                weight.explaining.insert(*place);
                targets.insert(*target);
                has_kin |= is_kin(evidence, *place, *target);
            }
        }
    }
    weight.n_contradicted = sighted.difference(&weight.nodes).count();
    let n_open: usize = targets.iter().map(|it| evidence.targets[*it].n_open).sum();
    let is_enough = match has_kin {
        true => weight.nodes.len() >= ENOUGH_OF_KIN,
        // Two systems may have a few names in common. One is no other's copy unless
        // most of what is read there is.
        false => weight.nodes.len() >= ENOUGH && 2 * weight.explained.len() >= n_open,
    };
    let is_refuted =
        weight.explained.len() <= n_at_home || weight.nodes.len() < weight.n_contradicted;
    (is_enough && !is_refuted).then_some(weight)
}

/// Whether another place, of which nobody knows what it is called, may as well be a target.
fn has_equal_rival(
    evidence: &Evidence,
    candidate: &Candidate,
    chosen: &Chosen,
    target: usize,
    sighting: &Sighting,
) -> bool {
    let is_named = |rival: &usize| {
        chosen.places.contains_key(rival) || candidate.reach.iter().any(|(it, _)| it == rival)
    };
    let n_alone = |rival: usize| {
        let sighting = evidence.sightings.get(&(rival, target));
        sighting.map_or(0, |it| it.n_alone)
    };
    let mut open = sighting.rivals.iter().filter(|it| !is_named(it));
    open.any(|it| n_alone(*it) >= sighting.n_alone)
}

/// Adds what is sighted; false where that refutes the rule.
fn add_sighting(weight: &mut Weight, sighting: &Sighting, chosen: &Chosen) -> bool {
    for &(table, node) in &sighting.tables {
        if chosen.explained.contains_key(&table) {
            // Explained by another node as well.
            return false;
        }
        if weight
            .explained
            .insert(table, node)
            .is_some_and(|it| it != node)
        {
            return false;
        }
        weight.nodes.insert(node);
    }
    sighting.n_against == 0
}

fn nodes_sighted(evidence: &Evidence, place: usize) -> impl Iterator<Item = NodeIx> {
    let sightings = evidence.sightings.range((place, 0)..=(place, usize::MAX));
    sightings.flat_map(|(_, it)| it.tables.iter().map(|(_, node)| *node))
}

/// Whether a place and a target keep a word in common, or the whole schema.
fn is_kin(evidence: &Evidence, place: usize, target: usize) -> bool {
    let schema = |it: &crate::Relation| it.schema.as_ref().map(|it| it.text.clone());
    let place = schema(&evidence.places[place].relation).unwrap_or_default();
    let target = schema(&evidence.targets[target].relation).unwrap_or_default();
    kinship(&place, &target) != Kinship::None
}

/// What makes one rule better than another: that it explains more, contradicts less,
/// names more places alike, says less, and has no star that does nothing.
fn rank(weight: &Weight, candidate: &Candidate) -> impl Ord + use<> {
    let NameRule { from, .. } = &candidate.rule;
    let parts = [&from.database, &from.schema].into_iter().flatten();
    let n_stars: usize = from.database.iter().map(|it| it.matches('*').count()).sum();
    (
        weight.explained.len(),
        Reverse(weight.n_contradicted),
        weight.places.len(),
        Reverse(parts.count()),
        Reverse(n_stars),
        candidate.is_exact,
    )
}

/// Whether a rule names one schema, by its whole name.
fn is_exact(rule: &NameRule) -> bool {
    let schema = rule.from.schema.as_deref();
    schema.is_some_and(|it| !it.contains('*'))
}

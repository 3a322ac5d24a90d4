//! What speaks for a rule and against it: where dbt builds, where Tableau reads.
//!
//! A *place* is a schema (with its database) that dbt builds tables in, a *target* one
//! that Tableau reads from and that they may be called by in production. Each table
//! that Tableau reads and that has the name of a table of a place is a *sighting* of
//! that place at that target. What a rule makes of the sightings is weighed in
//! [`super::cover`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::graph::Lineage;
use crate::matching::{Key, PartFit, Verdict, in_levels, kind_in_place};
use crate::node::{NodeIx, NodeKind};
use crate::relation::{Identifier, Relation};
use crate::warehouse::Warehouse;

use super::ReadTable;
use crate::naming::NameRule;

/// A name that more relations have than this says nothing about any of them.
const MAX_NAMESAKES: usize = 64;

/// So many tables and namesakes are enough to judge by.
const MAX_SIGHTED: usize = 100_000;

/// Where dbt builds, where Tableau reads, and what was sighted.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) places: Vec<Place>,
    pub(super) targets: Vec<Target>,
    targets_by_schema: HashMap<String, Vec<usize>>,
    pub(super) sightings: BTreeMap<(usize, usize), Sighting>,
    n_sighted: usize,
}

/// A schema that dbt builds in.
#[derive(Debug)]
pub(super) struct Place {
    /// Its parts, above a name that means nothing.
    pub(super) relation: Relation,
    /// How many tables Tableau reads here: those that a rule would move away.
    pub(super) n_at_home: usize,
}

/// A schema that Tableau reads from.
#[derive(Debug)]
pub(super) struct Target {
    /// Its parts, above a name that means nothing; without a database that cannot be
    /// compared.
    pub(super) relation: Relation,
    key: Key,
    /// How many tables it reads here that nothing certain is known of.
    pub(super) n_open: usize,
}

/// Tables of a target that have the names of tables of a place.
#[derive(Debug, Default)]
pub(super) struct Sighting {
    /// A table by its number, and the node that has its name.
    pub(super) tables: Vec<(usize, NodeIx)>,
    /// How many tables there are known to be other nodes that dbt builds.
    pub(super) n_against: usize,
    /// How many of the tables have the name of a table of this place alone.
    pub(super) n_alone: usize,
    /// The other places that have tables of those names.
    pub(super) rivals: BTreeSet<usize>,
}

/// The nodes of a name, and where they are built.
type Movers = HashMap<String, Vec<Mover>>;

#[derive(Clone, Debug)]
struct Mover {
    node: NodeIx,
    key: Key,
    place: usize,
}

impl Evidence {
    pub(super) fn gather(lineage: &Lineage, tables: &[ReadTable<'_>]) -> Evidence {
        let mut gathering = Gathering {
            warehouse: lineage.warehouse(),
            evidence: Evidence::default(),
            places: HashMap::new(),
            targets: HashMap::new(),
        };
        let movers = gathering.movers(lineage);
        for (n, table) in tables.iter().enumerate() {
            if gathering.evidence.n_sighted < MAX_SIGHTED {
                gathering.add_table(n, table, lineage, &movers);
            }
        }
        let mut evidence = gathering.evidence;
        evidence.note_rivals();
        evidence
    }

    /// Notes of each sighting which other places it may be of.
    fn note_rivals(&mut self) {
        let mut places_of: HashMap<usize, BTreeSet<usize>> = HashMap::new();
        for (&(place, _), sighting) in &self.sightings {
            for (table, _) in &sighting.tables {
                places_of.entry(*table).or_default().insert(place);
            }
        }
        for (&(place, _), sighting) in &mut self.sightings {
            let places = sighting.tables.iter().filter_map(|it| places_of.get(&it.0));
            for places in places {
                sighting.n_alone += usize::from(places.len() == 1);
                sighting
                    .rivals
                    .extend(places.iter().filter(|it| **it != place));
            }
        }
    }

    /// What a rule calls each place that it fits: the targets that are called so.
    pub(super) fn reach(&self, rule: &NameRule, warehouse: &Warehouse) -> Vec<(usize, Vec<usize>)> {
        let target_of = |place: &Place| {
            let key = Key::new(&rule.apply(&place.relation, warehouse)?, warehouse);
            let named = self.targets_by_schema.get(key.schema()?);
            let fits = |it: &&usize| kind_in_place(key.compare(&self.targets[**it].key, warehouse));
            let fits = named.into_iter().flatten().filter(|it| fits(it).is_some());
            Some(fits.copied().collect())
        };
        let places = self.places.iter().enumerate();
        places
            .filter_map(|(ix, place)| Some((ix, target_of(place)?)))
            .collect()
    }
}

struct Gathering<'a> {
    warehouse: &'a Warehouse,
    evidence: Evidence,
    places: HashMap<Key, usize>,
    targets: HashMap<Key, usize>,
}

impl Gathering<'_> {
    /// The nodes that dbt builds and that nobody knows production's name of.
    fn movers(&mut self, lineage: &Lineage) -> Movers {
        let mut movers: Movers = HashMap::new();
        for (ix, node) in lineage.nodes().iter() {
            let is_known = lineage.is_production_known(ix);
            let own = node.relation.as_ref();
            let own = own.filter(|_| node.kind != NodeKind::Source && !is_known);
            let Some(place) = own.and_then(|it| self.place(it)) else {
                continue;
            };
            let key = own.map(|it| Key::new(it, self.warehouse));
            let mover = |key: Key| Mover {
                node: ix,
                key,
                place,
            };
            if let Some(mover) = key.map(mover) {
                let name = mover.key.name.folded.clone();
                movers.entry(name).or_default().push(mover);
            }
        }
        movers.retain(|_, same| same.len() <= MAX_NAMESAKES);
        movers
    }

    fn place(&mut self, own: &Relation) -> Option<usize> {
        let relation = above(own, self.warehouse)?;
        let new = self.evidence.places.len();
        let key = Key::new(&relation, self.warehouse);
        let ix = *self.places.entry(key).or_insert(new);
        if ix == new {
            let n_at_home = 0;
            self.evidence.places.push(Place {
                relation,
                n_at_home,
            });
        }
        Some(ix)
    }

    fn target(&mut self, table: &Relation) -> Option<usize> {
        let mut relation = above(table, self.warehouse)?;
        if !Key::new(table, self.warehouse).has_comparable_database(self.warehouse) {
            relation.database = None;
        }
        let key = Key::new(&relation, self.warehouse);
        let evidence = &mut self.evidence;
        let new = evidence.targets.len();
        let ix = *self.targets.entry(key.clone()).or_insert(new);
        if ix == new {
            let schema = key.schema()?.to_owned();
            let same = evidence.targets_by_schema.entry(schema).or_default();
            same.push(ix);
            evidence.targets.push(Target {
                relation,
                key,
                n_open: 0,
            });
        }
        Some(ix)
    }

    fn add_table(&mut self, n: usize, table: &ReadTable<'_>, lineage: &Lineage, movers: &Movers) {
        let ReadTable {
            relation: table,
            verdict,
            ..
        } = table;
        let key = Key::new(table, self.warehouse);
        let same = movers.get(&key.name.folded);
        let same = nearest_by_case(same.map_or(&[], Vec::as_slice), &key, self.warehouse);
        match verdict {
            Verdict::Matched { nodes, kind } if !kind.is_probable() => {
                let is_source = |it: &&NodeIx| lineage.nodes().get(**it).kind == NodeKind::Source;
                let owners: BTreeSet<NodeIx> =
                    nodes.iter().filter(|it| !is_source(it)).copied().collect();
                if !owners.is_empty() {
                    self.add_certain(table, &owners, &same);
                }
            }
            _ => self.add_open(n, table, &same),
        }
    }

    /// A table that nothing certain is known of.
    fn add_open(&mut self, n: usize, table: &Relation, same: &[&Mover]) {
        if let Some(target) = self.target(table) {
            self.evidence.targets[target].n_open += 1;
            for it in same {
                let sighting = self.evidence.sightings.entry((it.place, target));
                sighting.or_default().tables.push((n, it.node));
            }
            self.evidence.n_sighted += same.len();
        }
    }

    /// A table that is a known node's speaks against calling another node so, and for
    /// leaving that node where it is.
    fn add_certain(&mut self, table: &Relation, owners: &BTreeSet<NodeIx>, same: &[&Mover]) {
        let home = same.iter().find(|it| owners.contains(&it.node));
        if let Some(home) = home {
            self.evidence.places[home.place].n_at_home += 1;
        }
        let Some(target) = self.target(table) else {
            return;
        };
        for it in same.iter().filter(|it| !owners.contains(&it.node)) {
            let sighting = self.evidence.sightings.entry((it.place, target));
            sighting.or_default().n_against += 1;
        }
    }
}

/// Of the tables of each place those whose name is the table's in its very case, where
/// there are any.
fn nearest_by_case<'a>(same: &'a [Mover], table: &Key, warehouse: &Warehouse) -> Vec<&'a Mover> {
    let is_equal = |it: &&Mover| it.key.compare(table, warehouse).name == PartFit::Equal;
    let equal: BTreeSet<usize> = same.iter().filter(is_equal).map(|it| it.place).collect();
    let is_wanted = |it: &&Mover| is_equal(it) || !equal.contains(&it.place);
    same.iter().filter(is_wanted).collect()
}

/// The parts above a table's name, which is put aside; `None` where the schema is not known.
fn above(relation: &Relation, warehouse: &Warehouse) -> Option<Relation> {
    let relation = in_levels(relation, warehouse);
    relation.schema.is_some().then(|| Relation {
        name: Identifier::unquoted("table"),
        ..relation
    })
}

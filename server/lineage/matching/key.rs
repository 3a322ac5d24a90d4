//! A relation's name made ready for comparison under one warehouse's rules.
//!
//! Says how each part of two names compares. Which of several candidates that
//! makes the owner is decided in [`crate::matching`].

use crate::kinship::{Kinship, kinship};
use crate::matching::PartFit;
use crate::relation::{Identifier, Relation};
use crate::warehouse::{Case, Warehouse};

/// A relation's parts, each as the warehouse stores it and without its case.
///
/// Two keys are equal when they name one relation. In a two-level warehouse the
/// one upper level is the schema, whichever way it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    database: Option<Spelling>,
    schema: Option<Spelling>,
    pub(crate) name: Spelling,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Spelling {
    stored: String,
    pub(crate) folded: String,
}

/// How the parts of two names compare. What differs in an upper part weighs more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Comparison {
    pub(crate) schema: PartFit,
    pub(crate) database: PartFit,
    pub(crate) name: PartFit,
}

impl Key {
    pub(crate) fn new(relation: &Relation, warehouse: &Warehouse) -> Key {
        let case = warehouse.case();
        let relation = in_levels(relation, warehouse);
        Key {
            database: relation.database.map(|it| Spelling::new(&it, case)),
            schema: relation.schema.map(|it| Spelling::new(&it, case)),
            name: Spelling::new(&relation.name, case),
        }
    }

    /// How the relation of a dbt node compares with a `table` of Tableau's.
    pub(crate) fn compare(&self, table: &Key, warehouse: &Warehouse) -> Comparison {
        Comparison {
            schema: compare(self.schema.as_ref(), table.schema.as_ref()),
            database: self.compare_databases(table, warehouse),
            name: compare(Some(&self.name), Some(&table.name)),
        }
    }

    /// How like a table's the upper parts of a node's name are: schema, database.
    pub(super) fn kinship(&self, table: &Key) -> (Kinship, Kinship) {
        let like = |one: &Option<Spelling>, other: &Option<Spelling>| match (one, other) {
            (Some(one), Some(other)) => kinship(&one.folded, &other.folded),
            _ => Kinship::None,
        };
        (
            like(&self.schema, &table.schema),
            like(&self.database, &table.database),
        )
    }

    /// The schema without regard to case.
    pub(crate) fn schema(&self) -> Option<&str> {
        self.schema.as_ref().map(|it| it.folded.as_str())
    }

    /// What stands before the `*` at the end of a name, without regard to case.
    pub(super) fn wildcard(&self) -> Option<&str> {
        let prefix = self.name.folded.strip_suffix('*');
        prefix.filter(|it| !it.is_empty())
    }

    /// The shard `table` of this wildcard, to be compared by its place.
    pub(super) fn named_as(&self, table: &Key) -> Key {
        Key {
            name: table.name.clone(),
            ..self.clone()
        }
    }

    /// A warehouse without databases has nothing to compare: that is equal. A name
    /// that is a path or a display name cannot be compared: that is unknown.
    fn compare_databases(&self, table: &Key, warehouse: &Warehouse) -> PartFit {
        if !warehouse.has_database_level() {
            return PartFit::Equal;
        }
        match compare(self.database.as_ref(), table.database.as_ref()) {
            // BigQuery's project ids are lower case, whatever case a tool shows.
            PartFit::CaseDiffers if *warehouse == Warehouse::BigQuery => PartFit::Equal,
            PartFit::Differs if !table.has_comparable_database(warehouse) => PartFit::Unknown,
            part => part,
        }
    }

    /// Tableau may give BigQuery's display name for the project id, a file's path
    /// for a DuckDB database, and Athena's schema for its catalog.
    pub(crate) fn has_comparable_database(&self, warehouse: &Warehouse) -> bool {
        let Some(database) = &self.database else {
            return false;
        };
        let text = &database.stored;
        match warehouse {
            Warehouse::BigQuery => {
                let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
                text.chars().all(|c| is_id(c) || "-:.".contains(c))
            }
            Warehouse::DuckDb => !text.contains(['/', '\\', '.', ':']),
            Warehouse::Athena => false,
            _ => true,
        }
    }
}

impl Spelling {
    fn new(identifier: &Identifier, case: Case) -> Spelling {
        Spelling {
            stored: identifier.stored(case),
            folded: identifier.folded(),
        }
    }
}

fn compare(ours: Option<&Spelling>, theirs: Option<&Spelling>) -> PartFit {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours.stored == theirs.stored => PartFit::Equal,
        (Some(ours), Some(theirs)) if ours.folded == theirs.folded => PartFit::CaseDiffers,
        (Some(_), Some(_)) => PartFit::Differs,
        _ => PartFit::Unknown,
    }
}

/// The parts in the levels that the warehouse has.
pub(crate) fn in_levels(relation: &Relation, warehouse: &Warehouse) -> Relation {
    let mut relation = relation.clone();
    if !warehouse.has_database_level() {
        let database = relation.database.take();
        relation.schema = relation.schema.or(database);
    }
    match warehouse {
        Warehouse::BigQuery => information_schema(&relation).unwrap_or(relation),
        _ => relation,
    }
}

/// BigQuery's `project.region.INFORMATION_SCHEMA.VIEW` has four parts; here the
/// last two are the name, wherever the path was cut.
fn information_schema(relation: &Relation) -> Option<Relation> {
    let path = relation.to_string();
    let (upper, view) = path.split_once(".INFORMATION_SCHEMA.")?;
    let (project, region) = match upper.rsplit_once('.') {
        Some((project, region)) => (project, region),
        None => ("", upper),
    };
    Some(Relation::stored(
        project,
        region,
        &format!("INFORMATION_SCHEMA.{view}"),
    ))
}

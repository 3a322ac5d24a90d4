//! How each name of a node compares with a table's, for a person who asks why.

use crate::matching::key::Key;
use crate::matching::names::{NodeName, names_of};
use crate::matching::{PartFit, may_be_shard};
use crate::naming::{NamedBy, ProductionName};
use crate::node::Node;
use crate::relation::Relation;
use crate::warehouse::Warehouse;

/// How one of a node's names compares with a table's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameComparison {
    /// The node's name.
    pub name: Relation,
    /// Who says that production calls it so; `None` for the manifest at hand.
    pub named_by: Option<NamedBy>,
    /// The database, catalog or project. Equal where the warehouse has none.
    pub database: PartFit,
    /// The schema or dataset.
    pub schema: PartFit,
    /// The table or view itself.
    pub table: PartFit,
}

/// How each name of a node compares with the name of a `table`, the manifest's first.
pub(crate) fn compare(
    node: &Node,
    production: Option<&ProductionName>,
    table: &Relation,
    warehouse: &Warehouse,
) -> Vec<NameComparison> {
    let table = Key::new(table, warehouse);
    let compared = |it: NodeName<'_>| {
        let key = Key::new(&it.relation, warehouse);
        let is_shard = key.wildcard().is_some_and(|prefix| {
            let name = table.name.folded.strip_prefix(prefix);
            name.is_some_and(may_be_shard)
        });
        let parts = if is_shard {
            key.named_as(&table).compare(&table, warehouse)
        } else {
            key.compare(&table, warehouse)
        };
        NameComparison {
            name: it.relation.into_owned(),
            named_by: it.named_by.cloned(),
            database: parts.database,
            schema: parts.schema,
            table: parts.name,
        }
    };
    let names = names_of(node, production, warehouse).into_iter();
    names.map(compared).collect()
}

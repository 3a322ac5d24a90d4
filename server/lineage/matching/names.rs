//! Every name that a node may be met under, and who says so.

use std::borrow::Cow;

use crate::naming::{NamedBy, ProductionName};
use crate::node::Node;
use crate::relation::Relation;
use crate::warehouse::Warehouse;

/// A name of a node.
#[derive(Clone, Debug)]
pub(super) struct NodeName<'a> {
    pub(super) relation: Cow<'a, Relation>,
    /// Who says that production calls it so; `None` for the manifest at hand.
    pub(super) named_by: Option<&'a NamedBy>,
    /// Whether it is that of the view which dbt keeps for the latest version.
    pub(super) is_pointer: bool,
}

/// The manifest's names first.
pub(super) fn names_of<'a>(
    node: &'a Node,
    production: Option<&'a ProductionName>,
    warehouse: &Warehouse,
) -> Vec<NodeName<'a>> {
    let name = |relation, named_by, is_pointer| NodeName {
        relation,
        named_by,
        is_pointer,
    };
    let pointer = node.latest_pointer.as_ref().filter(|_| node.is_latest());
    let own = node
        .relation
        .iter()
        .map(|it| name(Cow::Borrowed(it), None, false));
    let mut names: Vec<NodeName<'_>> = own.collect();
    names.extend(pointer.map(|it| name(Cow::Borrowed(it), None, true)));
    let Some(production) = production else {
        return names;
    };
    let named_by = Some(&production.named_by);
    names.push(name(Cow::Borrowed(&production.relation), named_by, false));
    let pointer = pointer.and_then(|it| pointer_in_production(node, it, production, warehouse));
    names.extend(pointer.map(|it| name(Cow::Owned(it), named_by, true)));
    names
}

/// Where production keeps the pointer of a node: by the node's rule, else beside the
/// node, where dbt puts it, unless production calls the tables themselves otherwise.
fn pointer_in_production(
    node: &Node,
    pointer: &Relation,
    production: &ProductionName,
    warehouse: &Warehouse,
) -> Option<Relation> {
    let by_rule = production.named_by.rule();
    if let Some(named) = by_rule.and_then(|it| it.apply(pointer, warehouse)) {
        return Some(named);
    }
    let own = node.relation.as_ref()?;
    let is_beside = own.database == pointer.database && own.schema == pointer.schema;
    let keeps_table = own.name.folded() == production.relation.name.folded();
    (is_beside && keeps_table).then(|| Relation {
        name: pointer.name.clone(),
        ..production.relation.clone()
    })
}

//! Finding the relations of a datasource: tables, queries and stored procedures.
//!
//! They nest below joins, unions, subqueries and collections, and newer versions
//! repeat them in the object graph. What each one reads is lowered in
//! [`super::datasource`].

use crate::xml::Element;

/// Elements beside the relations that hold nothing of them.
const OTHERS: &[&str] = &[
    "named-connections",
    "metadata-records",
    "cols",
    "refresh",
    "extract",
];

/// A relation that reads something itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaf<'d> {
    pub(super) kind: Kind,
    pub(super) element: Element<'d>,
}

/// What a leaf is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Table,
    CustomSql,
    StoredProcedure,
}

/// The leaves of a datasource's connections, then those of its object graph,
/// which says the same once more: whoever lowers them keeps each once.
pub(super) fn leaves<'d>(datasource: Element<'d>) -> Vec<Leaf<'d>> {
    let mut found = Vec::new();
    for connection in datasource.named("connection") {
        collect(connection, &mut found);
    }
    for object in datasource
        .named("object-graph")
        .flat_map(|it| it.descendants("properties"))
    {
        // The extract's own copy of the tables.
        if !object.is("context", "extract") {
            collect(object, &mut found);
        }
    }
    found
}

fn collect<'d>(element: Element<'d>, found: &mut Vec<Leaf<'d>>) {
    for child in element.children().filter(|it| !OTHERS.contains(&it.name())) {
        if child.name() == "relation" {
            found.extend(kind_of(child).map(|kind| Leaf {
                kind,
                element: child,
            }));
        }
        collect(child, found);
    }
}

fn kind_of(relation: Element<'_>) -> Option<Kind> {
    match relation.attr("type").as_deref() {
        Some("table") => Some(Kind::Table),
        Some("text") => Some(Kind::CustomSql),
        Some("stored-proc") => Some(Kind::StoredProcedure),
        _ => None,
    }
}

//! Words for what becomes of a deployed relation, and how sure that is.

use dbt::{Becomes, Pending};
use lineage::{Identifier, Node, Relation};

/// What is said of a definition that is gone, from a file that is there or with it.
pub(crate) const DEFINITION_GONE: &str = "its definition is gone";

/// `it becomes DB.MARTS.B`, `b is disabled`; names are shown as `show` makes them.
pub(crate) fn becomes(node: &Node, pending: &Pending, show: impl Fn(&str) -> String) -> String {
    let label = format!("`{}`", show(&node.label()).trim_matches('`'));
    match &pending.becomes {
        Becomes::Renamed(to) => renamed(&pending.deployed, to, show),
        Becomes::Disabled => format!("{label} is disabled"),
        Becomes::Ephemeral => format!("{label} becomes ephemeral"),
        Becomes::Deleted => DEFINITION_GONE.to_owned(),
    }
}

/// Of parts that only dbt can work out it is said so.
fn renamed(deployed: &Relation, to: &Relation, show: impl Fn(&str) -> String) -> String {
    let unknown = unknown_parts(deployed, to).join(" and ");
    let shown = || show(&to.to_string());
    match unknown.is_empty() {
        true => format!("it becomes {}", shown()),
        false if is_other(deployed, to) => {
            format!(
                "it becomes {}, and only dbt can work out its {unknown}",
                shown()
            )
        }
        false => format!("only dbt can work out its {unknown}"),
    }
}

fn unknown_parts(deployed: &Relation, to: &Relation) -> Vec<&'static str> {
    let is_unknown =
        |was: &Option<Identifier>, is: &Option<Identifier>| was.is_some() && is.is_none();
    let database = is_unknown(&deployed.database, &to.database).then_some("database");
    let schema = is_unknown(&deployed.schema, &to.schema).then_some("schema");
    database.into_iter().chain(schema).collect()
}

/// `is no longer built`, of several `are no longer built`; where that is not certain
/// `may no longer be built`.
pub fn no_longer_built(n_relations: usize, is_certain: bool) -> &'static str {
    match (is_certain, n_relations) {
        (true, 1) => "is no longer built",
        (true, _) => "are no longer built",
        (false, _) => "may no longer be built",
    }
}

/// Whether the deployed name surely goes: where only dbt can work a part out, it may stay.
pub(crate) fn is_certain(pending: &Pending) -> bool {
    let deployed = &pending.deployed;
    match &pending.becomes {
        Becomes::Renamed(to) => unknown_parts(deployed, to).is_empty() || is_other(deployed, to),
        Becomes::Disabled | Becomes::Ephemeral | Becomes::Deleted => true,
    }
}

/// Whether a part that both names have differs.
fn is_other(a: &Relation, b: &Relation) -> bool {
    let differs = |a: &Option<Identifier>, b: &Option<Identifier>| {
        let both = a.as_ref().zip(b.as_ref());
        both.is_some_and(|(a, b)| a.folded() != b.folded())
    };
    a.name.folded() != b.name.folded()
        || differs(&a.schema, &b.schema)
        || differs(&a.database, &b.database)
}

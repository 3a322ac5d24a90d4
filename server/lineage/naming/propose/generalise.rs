//! From one place and what it may be called to the rules that would say so.
//!
//! `dbt_alice_marts` beside `ANALYTICS_MARTS` may be that one schema's other name, or the
//! same ending behind another beginning: `dbt_alice* → ANALYTICS*`. Every way is tried
//! that cuts both at words; which one explains most is for [`super::cover`] to say.

use std::collections::BTreeMap;

use crate::naming::{NamePattern, NameRule};
use crate::warehouse::Warehouse;

use super::evidence::Evidence;

/// How many pairs of a place and a target are looked at, those sighted most first.
const MAX_PAIRS: usize = 2_000;
/// How many rules are weighed, those that most tables speak for first.
const MAX_RULES: usize = 64;
/// How many ways to cut a name are tried.
const MAX_CUTS: usize = 16;

/// The rules worth weighing.
pub(super) fn rules(evidence: &Evidence, warehouse: &Warehouse) -> Vec<NameRule> {
    let sightings = evidence.sightings.iter();
    let mut pairs: Vec<((usize, usize), usize)> = sightings
        .map(|(pair, it)| (*pair, it.tables.len()))
        .filter(|(_, n_tables)| *n_tables > 0)
        .collect();
    pairs.sort_by_key(|&(pair, n_tables)| (std::cmp::Reverse(n_tables), pair));
    let mut votes: BTreeMap<NameRule, usize> = BTreeMap::new();
    for ((place, target), n_tables) in pairs.into_iter().take(MAX_PAIRS) {
        for rule in between(evidence, place, target, warehouse) {
            *votes.entry(rule).or_default() += n_tables;
        }
    }
    let mut rules: Vec<(NameRule, usize)> = votes.into_iter().collect();
    // The order of the rules themselves stays where as many tables speak for each.
    rules.sort_by_key(|(_, n_tables)| std::cmp::Reverse(*n_tables));
    rules.truncate(MAX_RULES);
    rules.into_iter().map(|(rule, _)| rule).collect()
}

/// Every rule that calls a place as a target is called.
fn between(
    evidence: &Evidence,
    place: usize,
    target: usize,
    warehouse: &Warehouse,
) -> Vec<NameRule> {
    let (from, to) = (&evidence.places[place], &evidence.targets[target]);
    let text = |it: &Option<crate::Identifier>| it.as_ref().map(|it| it.text.clone());
    let changes = |from: Option<String>, to: Option<String>| match (from, to) {
        (Some(from), Some(to)) => changes(&from, &to),
        // What one side does not say cannot be told apart.
        _ => vec![None],
    };
    let schemas = changes(text(&from.relation.schema), text(&to.relation.schema));
    let databases = match warehouse.has_database_level() {
        true => changes(text(&from.relation.database), text(&to.relation.database)),
        false => vec![None],
    };
    let mut rules = Vec::new();
    for schema in &schemas {
        for database in &databases {
            let (schema, database) = (schema.as_ref(), database.as_ref());
            if schema.is_some() || database.is_some() {
                let side = |of: fn(&Change) -> &String| NamePattern {
                    database: database.map(of).cloned(),
                    schema: schema.map(of).cloned(),
                    name: None,
                };
                rules.push(NameRule {
                    from: side(|it| &it.from),
                    to: side(|it| &it.to),
                });
            }
        }
    }
    rules.retain(|it| it.check().is_ok());
    rules
}

/// One part's pattern on both sides.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    from: String,
    to: String,
}

/// The ways to make one name of another; nothing where they are the same already.
fn changes(from: &str, to: &str) -> Vec<Option<Change>> {
    if from.to_lowercase() == to.to_lowercase() {
        return vec![None];
    }
    let mut all = vec![Change {
        from: from.to_owned(),
        to: to.to_owned(),
    }];
    for (at_from, at_to) in common_ends(from, to) {
        all.push(Change {
            from: format!("{}*", &from[..at_from]),
            to: format!("{}*", &to[..at_to]),
        });
    }
    for (at_from, at_to) in common_starts(from, to) {
        all.push(Change {
            from: format!("*{}", &from[at_from..]),
            to: format!("*{}", &to[at_to..]),
        });
    }
    // A name with a star of its own would be read as a pattern.
    all.retain(|it| it.from.matches('*').count() <= 1 && !it.to.contains(['{', '}']));
    all.into_iter().map(Some).collect()
}

/// Where both names may be cut so that what follows is the same, the longest first.
fn common_ends(from: &str, to: &str) -> Vec<(usize, usize)> {
    let cuts = cuts(from).into_iter();
    let ends = cuts.filter_map(|at| {
        let at_to = to.len().checked_sub(from.len() - at)?;
        let is_common = same(&from[at..], to.get(at_to..)?) && is_cut(to, at_to);
        is_common.then_some((at, at_to))
    });
    ends.collect()
}

/// Where both names may be cut so that what stands before is the same and not empty.
fn common_starts(from: &str, to: &str) -> Vec<(usize, usize)> {
    let cuts = cuts(from).into_iter().filter(|&at| at > 0);
    let starts = cuts.filter_map(|at| {
        let is_common = same(&from[..at], to.get(..at)?) && is_cut(to, at);
        is_common.then_some((at, at))
    });
    starts.collect()
}

/// Where a name may be cut: at its ends, before and after what is no letter or digit.
fn cuts(text: &str) -> Vec<usize> {
    let places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    places
        .filter(|&at| is_cut(text, at))
        .take(MAX_CUTS)
        .collect()
}

fn is_cut(text: &str, at: usize) -> bool {
    let Some((before, after)) = text.split_at_checked(at) else {
        return false;
    };
    let before = before.chars().next_back();
    let after = after.chars().next();
    before.is_none_or(|it| !it.is_alphanumeric()) || after.is_none_or(|it| !it.is_alphanumeric())
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str, expected: &[&str]) {
        let shown = |it: Option<Change>| match it {
            Some(it) => format!("{} → {}", it.from, it.to),
            None => "same".to_owned(),
        };
        let found: Vec<String> = changes(from, to).into_iter().map(shown).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn names_are_cut_at_words() {
        check(
            "dbt_alice_marts",
            "MARTS",
            &[
                "dbt_alice_marts → MARTS",
                "dbt_alice_* → *",
                "dbt_alice_marts* → MARTS*",
            ],
        );
        check(
            "dbt_alice_marts",
            "analytics_marts",
            &[
                "dbt_alice_marts → analytics_marts",
                "dbt_alice* → analytics*",
                "dbt_alice_* → analytics_*",
                "dbt_alice_marts* → analytics_marts*",
            ],
        );
        check(
            "dbt_alice",
            "analytics",
            &["dbt_alice → analytics", "dbt_alice* → analytics*"],
        );
        check(
            "marts_dev",
            "marts",
            &["marts_dev → marts", "marts_dev* → marts*", "*_dev → *"],
        );
        check("Marts", "MARTS", &["same"]);
        check("a*", "b", &["a* → b"]);
    }
}

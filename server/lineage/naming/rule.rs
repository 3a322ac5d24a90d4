//! One rule from an environment's names to production's: patterns, captures, checks.
//!
//! A rule is written by a person or worked out by a machine, so that it may say
//! anything: whatever it says, [`NameRule::apply`] takes time in line with the length
//! of the pattern and of the name, and gives no name longer than a warehouse takes.
//! Which rule a node takes is decided in [`crate::naming`].

use std::borrow::Cow;
use std::fmt;

use crate::relation::{Identifier, Relation};
use crate::warehouse::{Case, Warehouse};

/// How long a part of a pattern may be.
const MAX_PATTERN: usize = 256;
/// How many `*` and `{1}` a part of a pattern may have.
const MAX_CAPTURES: usize = 8;
/// How long a part of a name may be, in bytes. BigQuery's tables have the longest.
const MAX_NAME: usize = 1024;

/// How one environment's names become another's (`dbt.map` in the settings).
///
/// # Syntax
/// `*` in `from` stands for any text, also for none; each takes as little as it can,
/// the last one of a part what is left. `*` in `to` stands for what the `*` of the same
/// place in the same part of `from` took, `{1}`, `{2}` for what the first, second took,
/// counted over database, schema and table of `from`. Where a part of `from` is absent,
/// one `*` in `to` stands for that part's whole name.
///
/// Letters compare without regard to case, except where the warehouse tells names
/// apart by nothing else (BigQuery's datasets and tables).
///
/// # Example
/// `schema dbt_* → *, database dev → prod` makes `prod.alice_marts.orders` of
/// `dev.dbt_alice_marts.orders`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameRule {
    /// The relations it is about: a part that is absent may be anything.
    pub from: NamePattern,
    /// What they are called in production: a part that is absent stays as it is.
    pub to: NamePattern,
}

/// The parts of a relation's name, each with `*` for any text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NamePattern {
    /// The database, catalog or project.
    pub database: Option<String>,
    /// The schema or dataset.
    pub schema: Option<String>,
    /// The table or view.
    pub name: Option<String>,
}

/// Database, schema and name of something.
type Parts<T> = [Option<T>; 3];

impl NameRule {
    /// Whether the rule makes sense; if not, what is wrong with it, in words.
    pub fn check(&self) -> Result<(), String> {
        let (from, to) = (self.from.parts(), self.to.parts());
        let sides = [("from", from), ("to", to)];
        for (side, parts) in sides {
            for (part, pattern) in ["database", "schema", "name"].iter().zip(parts) {
                check_part(pattern).map_err(|what| format!("`{side}.{part}` {what}"))?;
            }
        }
        if to.iter().all(Option::is_none) {
            return Err("`to` names no part, so that the rule changes nothing".to_owned());
        }
        let n_all = from.iter().flatten().map(|it| stars(it)).sum();
        for ((part, from), to) in ["database", "schema", "name"].iter().zip(from).zip(to) {
            let n_own = from.map_or(1, stars);
            check_holes(to.unwrap_or_default(), n_own, n_all)
                .map_err(|what| format!("`to.{part}` {what}"))?;
        }
        Ok(())
    }

    /// What production calls `relation` by this rule; `None` where the rule is not about
    /// it, or would give it no name that a warehouse takes.
    pub fn apply(&self, relation: &Relation, warehouse: &Warehouse) -> Option<Relation> {
        let old = parts_of(relation, warehouse);
        let from = self.from.in_levels(warehouse);
        let mut own: [Vec<&str>; 3] = Default::default();
        let mut all = Vec::new();
        for (ix, pattern) in from.into_iter().enumerate() {
            let text = old[ix].map(|it| it.text.as_str());
            match pattern {
                None => own[ix].extend(text),
                Some(pattern) => {
                    own[ix] = captures(pattern, text?, folds(ix, warehouse))?;
                    all.extend(&own[ix]);
                }
            }
        }
        let mut new: Parts<Identifier> = [const { None }; 3];
        for (ix, template) in self.to.in_levels(warehouse).into_iter().enumerate() {
            new[ix] = match template {
                None => old[ix].cloned(),
                Some(template) => {
                    let text = fill(template, &own[ix], &all)?;
                    // Production's names are quoted as this project quotes its own.
                    let quoted = old[ix].unwrap_or(&relation.name).quoted;
                    Some(Identifier { text, quoted })
                }
            };
        }
        let [database, schema, name] = new;
        Some(Relation {
            database,
            schema,
            name: name?,
        })
    }
}

impl NamePattern {
    fn parts(&self) -> Parts<&str> {
        [
            self.database.as_deref(),
            self.schema.as_deref(),
            self.name.as_deref(),
        ]
    }

    /// The parts in the levels that the warehouse has: where there is but one above the
    /// table, people call it by either name.
    fn in_levels(&self, warehouse: &Warehouse) -> Parts<&str> {
        match self.parts() {
            [database, schema, name] if !warehouse.has_database_level() => {
                [None, schema.or(database), name]
            }
            parts => parts,
        }
    }
}

fn parts_of<'a>(relation: &'a Relation, warehouse: &Warehouse) -> Parts<&'a Identifier> {
    let (database, schema) = (relation.database.as_ref(), relation.schema.as_ref());
    if warehouse.has_database_level() {
        [database, schema, Some(&relation.name)]
    } else {
        [None, schema.or(database), Some(&relation.name)]
    }
}

/// Whether letters compare without regard to case in a part.
fn folds(part: usize, warehouse: &Warehouse) -> bool {
    let is_project = part == 0 && *warehouse == Warehouse::BigQuery;
    is_project || warehouse.case() != Case::Sensitive
}

/// What each `*` of `pattern` takes of `text`; `None` where it does not fit.
pub(super) fn captures<'t>(pattern: &str, text: &'t str, folds: bool) -> Option<Vec<&'t str>> {
    if text.len() > MAX_NAME {
        return None;
    }
    let (pattern, folded) = match folds {
        true => (Cow::Owned(fold(pattern)), Cow::Owned(fold(text))),
        false => (Cow::Borrowed(pattern), Cow::Borrowed(text)),
    };
    let mut literals = pattern.split('*');
    let first = literals.next().unwrap_or_default();
    let Some(last) = literals.next_back() else {
        return (first == folded).then(Vec::new);
    };
    let mut at = folded.starts_with(first).then_some(first.len())?;
    let end = folded.strip_suffix(last)?.len();
    let mut taken = Vec::new();
    for literal in literals {
        let found = at + folded.get(at..end)?.find(literal)?;
        taken.push(text.get(at..found)?);
        at = found + literal.len();
    }
    taken.push(text.get(at..end)?);
    Some(taken)
}

/// The text in lower case where that keeps every letter's place, so that what is found
/// in it stands at the same place in the text itself.
fn fold(text: &str) -> String {
    let lower = |c: char| {
        let mut lower = c.to_lowercase();
        let only = lower.next().filter(|_| lower.next().is_none());
        only.filter(|it| it.len_utf8() == c.len_utf8()).unwrap_or(c)
    };
    text.chars().map(lower).collect()
}

/// A piece of a template of `to`.
enum Piece<'a> {
    Text(&'a str),
    /// The next capture of its own part.
    Star,
    /// The capture of this number, from 1, of all.
    Number(usize),
}

/// The pieces of a template. Braces around anything but a number are text.
fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        let piece = first_piece(rest)?;
        let length = match piece {
            Piece::Text(text) => text.len(),
            Piece::Star => 1,
            Piece::Number(_) => rest.find('}')? + 1,
        };
        rest = &rest[length..];
        Some(piece)
    })
}

fn first_piece(rest: &str) -> Option<Piece<'_>> {
    let first = rest.chars().next()?;
    if first == '*' {
        return Some(Piece::Star);
    }
    if let Some(number) = numbered(rest) {
        return Some(Piece::Number(number));
    }
    let after = first.len_utf8();
    let length = rest[after..].find(['*', '{']);
    Some(Piece::Text(
        &rest[..length.map_or(rest.len(), |it| it + after)],
    ))
}

/// The number of `{12}` at the start of a text.
fn numbered(text: &str) -> Option<usize> {
    // No rule has more captures than two digits tell.
    let digits = text.strip_prefix('{')?.get(..3).or(text.get(1..3))?;
    let (digits, _) = digits.split_once('}')?;
    digits.parse().ok().filter(|_| !digits.starts_with('+'))
}

/// The template with its captures put in.
fn fill(template: &str, own: &[&str], all: &[&str]) -> Option<String> {
    let mut text = String::new();
    let mut own = own.iter();
    for piece in pieces(template) {
        text.push_str(match piece {
            Piece::Text(text) => text,
            Piece::Star => own.next()?,
            Piece::Number(number) => all.get(number.checked_sub(1)?)?,
        });
        if text.len() > MAX_NAME {
            return None;
        }
    }
    (!text.is_empty()).then_some(text)
}

fn stars(pattern: &str) -> usize {
    pattern.matches('*').count()
}

fn check_part(pattern: Option<&str>) -> Result<(), String> {
    let pattern = pattern.unwrap_or("*");
    if pattern.is_empty() {
        return Err("is empty; leave it out where it does not matter".to_owned());
    }
    if pattern.chars().count() > MAX_PATTERN {
        return Err(format!("is longer than {MAX_PATTERN} letters"));
    }
    if pattern.chars().any(char::is_control) {
        return Err("has a control character".to_owned());
    }
    if stars(pattern) > MAX_CAPTURES {
        return Err(format!("has more than {MAX_CAPTURES} `*`"));
    }
    Ok(())
}

/// Whether every `*` and `{1}` of a template has something to stand for.
fn check_holes(template: &str, n_own: usize, n_all: usize) -> Result<(), String> {
    let mut n_numbers = 0;
    for piece in pieces(template) {
        if let Piece::Number(number) = piece {
            n_numbers += 1;
            if !(1..=n_all).contains(&number) {
                return Err(format!("has `{{{number}}}`, and `from` has {n_all} `*`"));
            }
        }
    }
    if n_numbers > MAX_CAPTURES {
        return Err(format!("has more than {MAX_CAPTURES} numbers"));
    }
    if stars(template) > n_own {
        return Err(format!(
            "has more `*` than the same part of `from`, which has {n_own}"
        ));
    }
    Ok(())
}

/// `schema dbt_*_marts → MARTS, database dev → prod`
impl fmt::Display for NameRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("schema", &self.from.schema, &self.to.schema),
            ("database", &self.from.database, &self.to.database),
            ("table", &self.from.name, &self.to.name),
        ];
        let mut comma = "";
        for (part, from, to) in parts {
            match (from, to) {
                (None, None) => continue,
                (Some(from), None) => write!(f, "{comma}{part} {from}")?,
                (from, Some(to)) => {
                    let from = from.as_deref().unwrap_or("*");
                    write!(f, "{comma}{part} {from} → {to}")?;
                }
            }
            comma = ", ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

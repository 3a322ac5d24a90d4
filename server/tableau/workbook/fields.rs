//! From the fields of sheets to columns of the warehouse.
//!
//! A datasource says which field reads which column (metadata records, and the
//! maps of joins); a sheet says which fields it uses, where a calculated field
//! stands for those that its formula names. Formulas are looked through for
//! names in brackets, not understood.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use lineage::{Datasource, FieldColumn};

use super::relations::{Kind, leaves};
use crate::xml::Element;

/// The name of the pseudo-datasource that holds a workbook's parameters.
pub(super) const PARAMETERS: &str = "Parameters";

/// How many fields are looked at for one workbook; calculations that build on
/// each other could otherwise multiply.
const MAX_EXPANDED: usize = 1_000_000;

/// Which field of `datasource` reads which column, each field once.
pub(super) fn read(element: Element<'_>, datasource: &Datasource) -> Vec<FieldColumn> {
    let tables = tables_by_relation(element, datasource);
    let captions = captions(element);
    let mut seen = HashSet::new();
    let mut fields = Vec::new();
    let mut add = |field: String, relation: &str, column: String| {
        if seen.insert(field.clone()) {
            let caption = captions.get(&field).cloned();
            let table = tables.get(relation).cloned().flatten();
            fields.push(FieldColumn {
                field,
                caption,
                table,
                column,
            });
        }
    };
    for connection in element.named("connection") {
        for record in connection
            .named("metadata-records")
            .flat_map(|it| it.named("metadata-record"))
        {
            if let Some((field, relation, column)) = record_of(record) {
                add(field, &relation, column);
            }
        }
        for map in connection.named("cols").flat_map(|it| it.named("map")) {
            if let Some((field, relation, column)) = map_of(map) {
                add(field, &relation, column);
            }
        }
    }
    fields
}

/// (field, relation, column) of a metadata record of a column.
fn record_of(record: Element<'_>) -> Option<(String, String, String)> {
    if !record.is("class", "column") {
        return None;
    }
    let text = |name| {
        record
            .first(name)
            .map(Element::text)
            .filter(|it| !it.is_empty())
    };
    let field = unbracketed(text("local-name")?);
    let relation = text("parent-name").map(unbracketed).unwrap_or_default();
    Some((field, relation, text("remote-name")?.to_owned()))
}

/// (field, relation, column) of a join's `map key='[field]' value='[relation].[column]'`.
fn map_of(map: Element<'_>) -> Option<(String, String, String)> {
    let field = unbracketed(&map.attr("key")?);
    let value = map.attr("value")?;
    let mut parts = bracketed(&value);
    let (relation, column) = (parts.next()?.0, parts.next()?.0);
    Some((field, relation, column))
}

/// The raw table name behind each relation's name; `None` where the name is used twice.
fn tables_by_relation(
    element: Element<'_>,
    datasource: &Datasource,
) -> HashMap<String, Option<String>> {
    let known: HashSet<&str> = datasource.tables.iter().map(|it| it.raw.as_str()).collect();
    let mut tables: HashMap<String, Option<String>> = HashMap::new();
    for leaf in leaves(element).iter().filter(|it| it.kind == Kind::Table) {
        let (Some(name), Some(raw)) = (leaf.element.stated("name"), leaf.element.stated("table"))
        else {
            continue;
        };
        if !known.contains(raw.as_str()) {
            continue;
        }
        tables
            .entry(name)
            .and_modify(|it| {
                if it.as_deref() != Some(raw.as_str()) {
                    *it = None;
                }
            })
            .or_insert_with(|| Some(raw.clone()));
    }
    tables
}

fn captions(datasource: Element<'_>) -> HashMap<String, String> {
    let caption = |column: Element<'_>| {
        Some((
            unbracketed(&column.attr("name")?),
            column.stated("caption")?,
        ))
    };
    datasource.named("column").filter_map(caption).collect()
}

/// The calculated fields of a workbook's datasources and what their formulas name.
#[derive(Debug, Default)]
pub(super) struct Calculations {
    by_datasource: HashMap<String, Formulas>,
}

/// Calculated field -> the (datasource, field) pairs of its formula; no datasource means its own.
type Formulas = HashMap<String, Vec<(Option<String>, String)>>;

impl Calculations {
    /// Those that `datasources` define.
    pub(super) fn of<'d>(datasources: impl Iterator<Item = Element<'d>>) -> Calculations {
        let formulas = |it: Element<'d>| (it.stated("name").unwrap_or_default(), formulas_of(it));
        Calculations {
            by_datasource: datasources.map(formulas).collect(),
        }
    }

    /// Starts to expand the fields of sheets.
    pub(super) fn expansion(&self) -> Expansion<'_> {
        Expansion {
            calculations: self,
            left: MAX_EXPANDED,
        }
    }
}

fn formulas_of(element: Element<'_>) -> Formulas {
    let formula = |column: Element<'_>| {
        let calculation = column.first("calculation")?;
        let mut names = references(&calculation.attr("formula").unwrap_or_default());
        // A group or bin names its field instead.
        names.extend(
            calculation
                .attr("column")
                .map(|it| (None, unbracketed(&it))),
        );
        Some((unbracketed(&column.attr("name")?), names))
    };
    element.named("column").filter_map(formula).collect()
}

/// Finds the fields of sheets, with a bound on the work for all of them.
pub(super) struct Expansion<'c> {
    calculations: &'c Calculations,
    left: usize,
}

impl Expansion<'_> {
    /// The (datasource, field) pairs that a sheet uses, calculated fields replaced
    /// by those that their formulas name, each once.
    pub(super) fn fields_of(&mut self, sheet: Element<'_>) -> Vec<(String, String)> {
        let mut stack = Vec::new();
        let mut own: HashMap<String, Formulas> = HashMap::new();
        for dependencies in sheet.descendants("datasource-dependencies") {
            let Some(datasource) = dependencies.stated("datasource") else {
                continue;
            };
            if datasource == PARAMETERS {
                continue;
            }
            let fields = dependencies.children().filter_map(used_field);
            stack.extend(fields.map(|it| (datasource.clone(), unbracketed(&it))));
            own.entry(datasource)
                .or_default()
                .extend(formulas_of(dependencies));
        }
        self.expand(stack, &own)
    }

    fn expand(
        &mut self,
        mut stack: Vec<(String, String)>,
        own: &HashMap<String, Formulas>,
    ) -> Vec<(String, String)> {
        stack.reverse();
        let mut seen: HashSet<(String, String)> = HashSet::new();
        let mut found = Vec::new();
        while let Some(field) = stack.pop() {
            if !seen.insert(field.clone()) {
                continue;
            }
            self.left = self.left.saturating_sub(1);
            let formula = |formulas: &HashMap<String, Formulas>| {
                Some(formulas.get(&field.0)?.get(&field.1)?.clone())
            };
            match formula(own).or_else(|| formula(&self.calculations.by_datasource)) {
                Some(names) if self.left > 0 => {
                    let of = |name: (Option<String>, String)| {
                        (name.0.unwrap_or_else(|| field.0.clone()), name.1)
                    };
                    stack.extend(
                        names
                            .into_iter()
                            .map(of)
                            .filter(|it| it.0 != PARAMETERS)
                            .rev(),
                    );
                }
                Some(_) => {}
                None => found.push(field),
            }
        }
        found
    }
}

/// The field that a line of a sheet's dependencies is about.
fn used_field(element: Element<'_>) -> Option<Cow<'_, str>> {
    match element.name() {
        "column" => element.attr("name"),
        "column-instance" => element.attr("column"),
        _ => None,
    }
}

/// The fields that a formula names: `[field]` or `[datasource].[field]`, those in
/// string literals and comments left out.
fn references(formula: &str) -> Vec<(Option<String>, String)> {
    let mut found = Vec::new();
    let mut rest = formula;
    while let Some(at) = rest.find(['[', '\'', '"', '/']) {
        rest = &rest[at..];
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, it)| it);
        } else if rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, it)| it);
        } else if let Some(text) = rest.strip_prefix('\'') {
            rest = text.split_once('\'').map_or("", |(_, it)| it);
        } else if let Some(text) = rest.strip_prefix('"') {
            rest = text.split_once('"').map_or("", |(_, it)| it);
        } else if rest.starts_with('/') {
            rest = &rest[1..];
        } else {
            let mut parts = bracketed(rest);
            let Some((first, after)) = parts.next() else {
                break;
            };
            match parts.next().filter(|_| after.starts_with(".[")) {
                Some((second, after)) => {
                    found.push((Some(first), second));
                    rest = after;
                }
                None => {
                    found.push((None, first));
                    rest = after;
                }
            }
        }
    }
    found
}

/// `[a].[b]` part by part, each with what follows it; `]]` inside stands for `]`.
fn bracketed(text: &str) -> impl Iterator<Item = (String, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut inner = rest.strip_prefix('.').unwrap_or(rest).strip_prefix('[')?;
        let mut part = String::new();
        loop {
            let (head, after) = inner.split_once(']')?;
            part.push_str(head);
            match after.strip_prefix(']') {
                Some(after) => {
                    part.push(']');
                    inner = after;
                }
                None => {
                    rest = after;
                    return Some((part, after));
                }
            }
        }
    })
}

/// The name inside `[…]`, or the text itself.
fn unbracketed(text: &str) -> String {
    let single = bracketed(text).next().filter(|(_, after)| after.is_empty());
    single.map_or_else(|| text.to_owned(), |(part, _)| part)
}

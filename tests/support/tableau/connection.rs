//! A page of a `…Connection`: filter, order, first, after and offset.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use async_graphql::indexmap::IndexMap;
use async_graphql::{Error, ErrorExtensions, Name, Value};
use serde_json::json;

use super::execution::Execution;
use super::fault::Order;
use super::graph::Index;

/// Pages are this long unless asked otherwise.
const DEFAULT_PAGE: usize = 100;
/// Pages are never longer.
const MAX_PAGE: usize = 1000;
/// Longer lists of ids find nothing, without an error, as DataHub saw it.
const MAX_WITHIN: usize = 500;

/// What a `…Connection` answers.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) nodes: Vec<Index>,
    pub(crate) n_total: usize,
    pub(crate) has_next: bool,
    pub(crate) end_cursor: Option<String>,
}

type Arguments = IndexMap<Name, Value>;

/// The page that the arguments ask for.
pub(crate) fn page(
    execution: &Execution,
    field: &str,
    among: Vec<Index>,
    arguments: &Arguments,
) -> Result<Option<Page>, Error> {
    let given = |name: &str| arguments.get(name).filter(|it| **it != Value::Null);
    if given("after").is_some() && given("offset").is_some() {
        return Err(invalid("after and offset cannot be used together"));
    }
    let mut found = among;
    if let Some(Value::Object(filter)) = given("filter") {
        switch_mode(execution, field, filter);
        found.retain(|it| {
            filter
                .iter()
                .all(|(by, wanted)| fits(execution, *it, by, wanted))
        });
    }
    if given("permissionMode").is_some_and(|it| name_of(it) == "FILTER_RESULTS") {
        execution.filter_results();
    }
    if given("permissionMode").is_some_and(|it| name_of(it) == "FILTER_RESULTS")
        || !execution.sees_names && sensitive(given("filter")).next().is_some()
    {
        found.retain(|it| !execution.graph.objects[*it].is_hidden);
    }
    sort(execution, &mut found, given("orderBy"));
    let start = start_of(execution, &found, given("after"), given("offset"))?;
    let length = length_of(execution, given("first"))?;
    let end = (start + length).min(found.len());
    let mut nodes = found[start.min(end)..end].to_vec();
    if execution.effects.has_duplicates && start > 0 {
        nodes.insert(0, found[start - 1]);
    }
    let last = nodes
        .last()
        .map(|it| execution.graph.objects[*it].id.as_str());
    Ok(Some(Page {
        end_cursor: last.map(|it| cursor(it, end)),
        nodes: execution.take(nodes),
        n_total: found.len(),
        has_next: end < found.len(),
    }))
}

fn invalid(message: &str) -> Error {
    Error::new(message).extend_with(|_, values| {
        values.set("severity", "ERROR");
        values.set("code", "INVALID_ARGUMENT");
    })
}

fn name_of(value: &Value) -> &str {
    match value {
        Value::Enum(name) => name,
        Value::String(name) => name,
        _ => "",
    }
}

/// The parts of a filter that only those may use who see all names.
fn sensitive(filter: Option<&Value>) -> impl Iterator<Item = &Name> {
    let keys = match filter {
        Some(Value::Object(filter)) => Some(filter.keys()),
        _ => None,
    };
    let is_open = |it: &str| matches!(it, "id" | "idWithin" | "luid" | "luidWithin");
    keys.into_iter().flatten().filter(move |it| !is_open(it))
}

/// Filters on names switch the mode for those who may not see them all, with a warning.
fn switch_mode(execution: &Execution, field: &str, filter: &Arguments) {
    let filter = Value::Object(filter.clone());
    let names: Vec<&str> = sensitive(Some(&filter)).map(Name::as_str).collect();
    if execution.sees_names || names.is_empty() {
        return;
    }
    execution.filter_results();
    let message = "One or more of the attributes used in your filter contain sensitive data so \
                   your results have been automatically filtered to contain only the results \
                   you have permissions to see";
    execution.warn(
        "PERMISSIONS_MODE_SWITCHED",
        message,
        &json!({ field: names }),
    );
}

/// Whether an object fits one part of a filter.
fn fits(execution: &Execution, index: Index, by: &str, wanted: &Value) -> bool {
    if *wanted == Value::Null {
        return true;
    }
    let value = |field: &str| {
        let value = execution.graph.value(index, field).clone();
        Value::from_json(value).unwrap_or_default()
    };
    match (by.strip_suffix("Within"), wanted) {
        (Some(_), Value::List(list)) if list.len() > MAX_WITHIN => false,
        (Some(field), Value::List(list)) => list.contains(&value(field)),
        (Some(field), one) => value(field) == *one,
        (None, Value::String(text)) if by == "text" => {
            matches!(value("name"), Value::String(name) if name.contains(text))
        }
        (None, one) => value(by) == *one,
    }
}

/// By what is asked, then by id.
fn sort(execution: &Execution, found: &mut [Index], order: Option<&Value>) {
    let id = |index: &Index| execution.graph.objects[*index].id.as_str();
    match execution.effects.order {
        Some(Order::Unstable) => return shuffle(execution, found),
        Some(Order::UnstableUnlessAsked) if order.is_none() => return shuffle(execution, found),
        _ => found.sort_unstable_by(|a, b| id(a).cmp(id(b))),
    }
    // A bare object stands for a list of one.
    let orders = match order {
        Some(Value::List(orders)) => orders.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for order in orders.iter().rev() {
        let Value::Object(order) = order else {
            continue;
        };
        let by = order.get("field").map(name_of).unwrap_or_default();
        let is_descending = order
            .get("direction")
            .is_some_and(|it| name_of(it) == "DESC");
        found.sort_by(|a, b| {
            let ordering = compare(execution, *a, *b, by);
            if is_descending {
                ordering.reverse()
            } else {
                ordering
            }
        });
    }
}

/// Another order in each request.
fn shuffle(execution: &Execution, found: &mut [Index]) {
    let salt = execution.effects.salt;
    found.sort_by_key(|it| {
        let mut hasher = DefaultHasher::new();
        (salt, execution.graph.objects[*it].id.as_str()).hash(&mut hasher);
        hasher.finish()
    });
}

/// Compares by `PROJECT_NAME` (a value) or `SHEETS_COUNT` (how many edges).
fn compare(execution: &Execution, a: Index, b: Index, by: &str) -> Ordering {
    let graph = &execution.graph;
    if let Some(edge) = by.strip_suffix("_COUNT") {
        let n_edges = |it| graph.linked(it, &camel_case(edge)).len();
        return n_edges(a).cmp(&n_edges(b));
    }
    let text = |it| graph.value(it, &camel_case(by)).to_string();
    text(a).cmp(&text(b))
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_').map(str::to_lowercase);
    let first = words.next().unwrap_or_default();
    words.fold(first, |so_far, word| {
        let (head, tail) = word.split_at(1.min(word.len()));
        so_far + &head.to_uppercase() + tail
    })
}

fn start_of(
    execution: &Execution,
    found: &[Index],
    after: Option<&Value>,
    offset: Option<&Value>,
) -> Result<usize, Error> {
    if let Some(Value::Number(offset)) = offset {
        let offset = offset
            .as_u64()
            .ok_or_else(|| invalid("offset is negative"))?;
        return Ok(usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(found.len()));
    }
    let Some(Value::String(after)) = after else {
        return Ok(0);
    };
    let (id, position) = read_cursor(after).ok_or_else(|| invalid("after is no cursor"))?;
    // Where the order changes between pages, only the place is left.
    if execution.effects.order.is_some() {
        return Ok(position.min(found.len()));
    }
    let mut ids = found
        .iter()
        .map(|it| execution.graph.objects[*it].id.as_str());
    let at = ids.position(|it| it == id).map(|it| it + 1);
    Ok(at.unwrap_or(position).min(found.len()))
}

fn length_of(execution: &Execution, first: Option<&Value>) -> Result<usize, Error> {
    let Some(Value::Number(first)) = first else {
        return Ok(DEFAULT_PAGE);
    };
    let asked = first.as_u64().ok_or_else(|| invalid("first is negative"))?;
    let asked = usize::try_from(asked).unwrap_or(usize::MAX);
    if asked > MAX_PAGE {
        let message = "The page size is too large and was lowered";
        let properties = json!({"maxPageSize": MAX_PAGE});
        execution.warn("MAX_PAGE_SIZE_EXCEEDED", message, &properties);
    }
    Ok(asked.min(MAX_PAGE))
}

/// Opaque to clients: where the page ended, twice.
fn cursor(id: &str, position: usize) -> String {
    let text = format!("{position}:{id}");
    text.bytes().map(|it| format!("{it:02x}")).collect()
}

fn read_cursor(cursor: &str) -> Option<(String, usize)> {
    let bytes: Option<Vec<u8>> = (0..cursor.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(cursor.get(at..at + 2)?, 16).ok())
        .collect();
    let text = String::from_utf8(bytes?).ok()?;
    let (position, id) = text.split_once(':')?;
    Some((id.to_owned(), position.parse().ok()?))
}

//! How REST lists are asked for: pageSize, pageNumber, filter, sort, fields.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde_json::{Value, json};

use super::answer::{Reply, RestError};

const DEFAULT_PAGE: usize = 100;
const MAX_PAGE: usize = 1000;

/// The part of an address after `?`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(HashMap<String, String>);

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter_map(|it| it.split_once('='));
        let decode = |it: &str| {
            let spaced = it.replace('+', " ");
            let decoded = percent_encoding::percent_decode_str(&spaced);
            decoded.decode_utf8_lossy().into_owned()
        };
        Self(
            pairs
                .map(|(name, value)| (decode(name), decode(value)))
                .collect(),
        )
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|it| it.eq_ignore_ascii_case("true"))
    }

    /// Whether these fields are asked for beyond the usual ones.
    pub(crate) fn wants(&self, field: &str) -> bool {
        let asked = self.get("fields").unwrap_or_default();
        asked
            .split(',')
            .any(|it| it == "_all_" || it.split('.').next() == Some(field))
    }
}

/// One page of the items that fit; rows are made of no more than is needed.
pub(crate) fn list<T>(
    (name, item): (&str, &str),
    items: Vec<T>,
    row: impl Fn(&T) -> Value,
    query: &Query,
) -> Result<Reply, RestError> {
    let size = number(query, "pageSize", DEFAULT_PAGE)?;
    let nth = number(query, "pageNumber", 1)?;
    if size > MAX_PAGE {
        let detail = "The page size is larger than 1000.";
        return Err(RestError::new("403014", "Page Size Limit Exceeded", detail));
    }
    let start = (nth - 1).saturating_mul(size);
    let (n_total, page) = match (query.get("filter"), query.get("sort")) {
        (None, None) => {
            let page = items.iter().skip(start).take(size);
            (items.len(), page.map(row).collect())
        }
        (filter, order) => {
            let rows: Vec<Value> = items.iter().map(row).collect();
            let rows = fitting(rows, filter.unwrap_or_default(), order.unwrap_or_default())?;
            let page: Vec<Value> = rows.iter().skip(start).take(size).cloned().collect();
            (rows.len(), page)
        }
    };
    if start > 0 && start >= n_total {
        let detail = "The page number is larger than the number of pages.";
        return Err(RestError::new("400006", "Invalid Page Number", detail));
    }
    let fields = query.get("fields");
    let page: Vec<Value> = page.into_iter().map(|it| only(it, fields)).collect();
    Ok(Reply::Value(
        200,
        json!({
            "pagination": {
                "pageNumber": nth.to_string(),
                "pageSize": size.to_string(),
                "totalAvailable": n_total.to_string(),
            },
            name: {item: page},
        }),
    ))
}

/// The rows that fit a filter, in this order.
fn fitting(mut rows: Vec<Value>, filter: &str, order: &str) -> Result<Vec<Value>, RestError> {
    for condition in conditions(filter) {
        let condition = Condition::parse(condition)?;
        rows.retain(|it| condition.fits(it));
    }
    sort(&mut rows, order);
    Ok(rows)
}

fn number(query: &Query, name: &str, default: usize) -> Result<usize, RestError> {
    let Some(text) = query.get(name) else {
        return Ok(default);
    };
    let parsed = text.parse().ok().filter(|it| *it > 0);
    parsed.ok_or_else(|| RestError::new("400007", "Invalid Page", "It is no number from 1."))
}

/// The named fields, where some are named and `_all_` and `_default_` are not.
fn only(row: Value, fields: Option<&str>) -> Value {
    let (Value::Object(members), Some(fields)) = (&row, fields) else {
        return row;
    };
    let asked: Vec<&str> = fields
        .split(',')
        .map(|it| it.split('.').next().unwrap_or(it))
        .collect();
    if asked.contains(&"_all_") || asked.contains(&"_default_") {
        return row;
    }
    let kept = members.iter().filter(|it| asked.contains(&it.0.as_str()));
    Value::Object(
        kept.map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}

/// Conditions are divided by commas, save those inside `[…]`.
fn conditions(filter: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0);
    for (at, character) in filter.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&filter[start..at]);
                start = at + 1;
            }
            _ => (),
        }
    }
    parts.push(&filter[start..]);
    parts.retain(|it| !it.is_empty());
    parts
}

/// `updatedAt:gt:2024-01-01T00:00:00Z`
struct Condition<'a> {
    field: &'a str,
    operator: &'a str,
    value: &'a str,
}

impl<'a> Condition<'a> {
    fn parse(text: &'a str) -> Result<Self, RestError> {
        let mut parts = text.splitn(3, ':');
        let (Some(field), Some(operator), Some(value)) = (parts.next(), parts.next(), parts.next())
        else {
            let detail = "A filter is field:operator:value.";
            return Err(RestError::new("400002", "Bad Request", detail));
        };
        Ok(Self {
            field,
            operator,
            value,
        })
    }

    fn fits(&self, row: &Value) -> bool {
        let own = texts(row, self.field);
        let any = |fits: &dyn Fn(Ordering) -> bool| {
            own.iter().any(|it| fits(it.as_str().cmp(self.value)))
        };
        match self.operator {
            "eq" => any(&Ordering::is_eq),
            "gt" => any(&Ordering::is_gt),
            "gte" => any(&Ordering::is_ge),
            "lt" => any(&Ordering::is_lt),
            "lte" => any(&Ordering::is_le),
            "has" => own.iter().any(|it| it.contains(self.value)),
            "in" => {
                let list = self.value.trim_start_matches('[').trim_end_matches(']');
                list.split(',')
                    .any(|wanted| own.iter().any(|it| it == wanted))
            }
            _ => false,
        }
    }
}

/// The values of a row by the name that filters use for them.
fn texts(row: &Value, field: &str) -> Vec<String> {
    let found = match field {
        "ownerName" => &row["owner"]["name"],
        "projectName" => &row["project"]["name"],
        "tags" => {
            let tags = row["tags"]["tag"].as_array();
            let labels = tags
                .into_iter()
                .flatten()
                .filter_map(|it| it["label"].as_str());
            return labels.map(str::to_owned).collect();
        }
        _ => &row[field],
    };
    match found {
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

fn sort(rows: &mut [Value], by: &str) {
    let orders: Vec<&str> = by.split(',').filter(|it| !it.is_empty()).collect();
    for order in orders.iter().rev() {
        let (field, direction) = order.split_once(':').unwrap_or((order, "asc"));
        rows.sort_by(|a, b| {
            let ordering = texts(a, field).cmp(&texts(b, field));
            match direction {
                "desc" => ordering.reverse(),
                _ => ordering,
            }
        });
    }
}

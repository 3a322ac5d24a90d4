//! Prep flows: what writes a table that is read, and what that was made from.

use std::collections::HashSet;

use lineage::Through;

use super::index::Index;
use super::tables::Inside;
use crate::records::{DatasourceRecord, RefRecord, TableRecord};

/// Flows behind flows are followed this far.
const MAX_CHAIN: usize = 8;

/// Adds the flows before `record` and the tables that they read.
pub(super) fn add(index: &Index<'_>, inside: &mut Inside<'_>, record: &DatasourceRecord) {
    let written = record
        .upstream_tables
        .iter()
        .flat_map(|it| &it.upstream_flows);
    let mut next: Vec<&RefRecord> = record.upstream_flows.iter().chain(written).collect();
    let mut seen = HashSet::new();
    for _ in 0..MAX_CHAIN {
        next.retain(|it| seen.insert(it.id.clone()));
        let flows = std::mem::take(&mut next);
        for flow in flows {
            next.extend(add_flow(index, inside, flow));
        }
    }
}

/// Adds one flow; what it reads may be written by others.
fn add_flow<'r>(
    index: &Index<'r>,
    inside: &mut Inside<'_>,
    flow: &RefRecord,
) -> Vec<&'r RefRecord> {
    let record = index.flow(&flow.id);
    let name = flow.name.clone().or_else(|| record?.name.clone());
    let name = name.unwrap_or_else(|| "(name hidden)".to_owned());
    if !inside.datasource.flows.contains(&name) {
        inside.datasource.flows.push(name);
    }
    let inputs: &'r [TableRecord] = record.map_or(&[], |it| it.inputs.as_slice());
    for table in inputs {
        inside.add(table, Through::Flow);
    }
    inputs.iter().flat_map(|it| &it.upstream_flows).collect()
}

/// How a listed table of `record` is known. Where a flow makes the datasource itself,
/// the tables that it lists are what the flow reads.
pub(super) fn through(
    index: &Index<'_>,
    record: &DatasourceRecord,
    table: &TableRecord,
) -> Through {
    let flows = || {
        record
            .upstream_flows
            .iter()
            .filter_map(|it| index.flow(&it.id))
    };
    let mut inputs = flows().flat_map(|it| &it.inputs);
    let is_input = inputs.any(|it| !it.id.is_empty() && it.id == table.id);
    let has_inputs = flows().any(|it| !it.inputs.is_empty());
    let mut tables = record.upstream_tables.iter();
    let writes_tables = tables.any(|it| !it.upstream_flows.is_empty());
    let is_made = !record.upstream_flows.is_empty() && !has_inputs && !writes_tables;
    match is_input || is_made {
        true => Through::Flow,
        false => Through::Listed,
    }
}

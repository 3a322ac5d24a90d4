//! Letting go of what nothing that is wanted leads to.
//!
//! Records become snapshots, which are read by people who may not see the rest of the
//! site: not even names of what was not selected stay.

use std::collections::HashSet;

use crate::records::{DatasourceRecord, FlowRecord, ItemRecord, Records, RefRecord};

/// The records without what belongs to none of their workbooks and datasources.
pub(super) fn pruned(mut records: Records) -> Records {
    let connections = kept_connections(&records);
    let flows = kept_flows(&records);
    let projects = kept_projects(&records);
    let names = names(&records);
    records
        .virtual_connections
        .retain(|it| connections.contains(&it.id));
    records.flows.retain(|it| flows.contains(&it.id));
    records.projects.retain(|it| projects.contains(&it.luid));
    records
        .notes
        .retain(|it| it.about.as_ref().is_none_or(|it| names.contains(it)));
    records
}

fn ids<'r>(all: impl Iterator<Item = &'r RefRecord>) -> HashSet<String> {
    all.map(|it| it.id.clone()).collect()
}

fn kept_connections(records: &Records) -> HashSet<String> {
    let of_workbooks = records.workbooks.iter();
    let of_workbooks = of_workbooks.flat_map(|it| &it.upstream_virtual_connections);
    let of_published = records.published.iter();
    let of_published = of_published.flat_map(|it| &it.upstream_virtual_connections);
    ids(of_workbooks.chain(of_published))
}

/// The flows before datasources, and those before what these read.
fn kept_flows(records: &Records) -> HashSet<String> {
    let datasources = || records.embedded.iter().chain(&records.published);
    let own = datasources().flat_map(|it| &it.upstream_flows);
    let tables = datasources().flat_map(DatasourceRecord::all_tables);
    let mut kept = ids(own.chain(tables.flat_map(|it| &it.upstream_flows)));
    loop {
        let is_kept = |it: &&FlowRecord| kept.contains(&it.id);
        let inputs = records
            .flows
            .iter()
            .filter(is_kept)
            .flat_map(|it| &it.inputs);
        let before = ids(inputs.flat_map(|it| &it.upstream_flows));
        let n_before = kept.len();
        kept.extend(before);
        if kept.len() == n_before {
            return kept;
        }
    }
}

fn items(records: &Records) -> impl Iterator<Item = &ItemRecord> {
    let workbooks = records.workbooks.iter().map(|it| &it.item);
    workbooks.chain(records.published.iter().map(|it| &it.item))
}

/// The projects that something lies in, and those around them.
fn kept_projects(records: &Records) -> HashSet<String> {
    let mut kept: HashSet<String> = HashSet::new();
    let own = items(records).filter_map(|it| it.project_luid.clone());
    let mut next: Vec<String> = own.collect();
    while let Some(luid) = next.pop() {
        let parents = records.projects.iter().filter(|it| it.luid == luid);
        let parents: Vec<String> = parents.filter_map(|it| it.parent.clone()).collect();
        if kept.insert(luid) {
            next.extend(parents);
        }
    }
    kept
}

/// The names of workbooks and published datasources.
fn names(records: &Records) -> HashSet<String> {
    items(records).filter_map(|it| it.name.clone()).collect()
}

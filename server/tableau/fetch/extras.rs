//! What is asked for only where the main stages leave something open.
//!
//! Columns where a datasource lists no table; the tables of virtual connections; what
//! stories read; what Prep flows read; and, where nothing at all is known of a
//! datasource, the connections that REST lists for its workbook.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;

use super::batches::Key;
use super::lineage::{Heard, ask, by_id};
use super::pages::{self, PageSize};
use super::plan::Plan;
use super::reader::{Reader, is_heavy};
use crate::metadata::{Query, record};
use crate::records::{
    ColumnsRecord, ConnectionRecord, DatasourceRecord, FlowRecord, NoteKind, ReadsRecord,
    RefRecord, TableRecord, VirtualConnectionRecord, WorkbookRecord,
};
use crate::rest;
use crate::site_error::SiteError;

/// Ids in one list, of things with very much in them.
const VERY_HEAVY: usize = 25;
const LIGHT: usize = 100;
const N_AT_ONCE: usize = 8;

/// Asks for what the main stages left open.
pub(super) async fn read(
    reader: &Reader<'_>,
    plan: &Plan<'_>,
    heard: &mut Heard,
) -> Result<(), SiteError> {
    let (embedded, published, of_workbooks, of_published, stories, flows) = tokio::try_join!(
        columns(
            reader,
            Query::EmbeddedColumns,
            blank(heard.embedded.values())
        ),
        columns(
            reader,
            Query::PublishedColumns,
            blank(heard.published.values())
        ),
        virtual_of_workbooks(reader, heard),
        virtual_of_published(reader, heard),
        stories(reader, heard),
        flows(reader, heard),
    )?;
    take_columns(&mut heard.embedded, embedded);
    take_columns(&mut heard.published, published);
    heard.virtual_connections.extend(of_published);
    heard.virtual_connections.extend(of_workbooks);
    heard.flows.extend(flows);
    for workbook in heard.workbooks.values_mut() {
        for dashboard in &mut workbook.dashboards {
            dashboard.reads = stories.get(&dashboard.id).cloned();
        }
    }
    connections(reader, plan, heard).await
}

/// Datasources that list no table and stand for no published one.
fn blank<'h>(all: impl Iterator<Item = &'h DatasourceRecord>) -> Vec<String> {
    let is_blank =
        |it: &&DatasourceRecord| it.upstream_tables.is_empty() && it.parents().next().is_none();
    all.filter(is_blank).map(|it| it.id.clone()).collect()
}

type Columns = BTreeMap<String, ColumnsRecord>;

async fn columns(
    reader: &Reader<'_>,
    query: Query,
    ids: Vec<String>,
) -> Result<Columns, SiteError> {
    let found = ask(reader, query, Key::Id, VERY_HEAVY, ids).await?;
    let of_node = |node: &Value| {
        let id = node["id"].as_str().unwrap_or_default();
        (id.to_owned(), columns_of(node))
    };
    Ok(found.nodes.iter().map(of_node).collect())
}

/// What the columns of a datasource's fields belong to, each once.
fn columns_of(node: &Value) -> ColumnsRecord {
    let mut found = ColumnsRecord::default();
    let mut seen = HashSet::new();
    let list = |it: &Value| it.as_array().cloned().unwrap_or_default();
    let fields = list(&node["fields"]);
    for column in fields.iter().flat_map(|it| list(&it["columns"])) {
        let table = &column["table"];
        let Some(id) = table["id"]
            .as_str()
            .filter(|it| seen.insert((*it).to_owned()))
        else {
            continue;
        };
        match table["__typename"].as_str() {
            Some("CustomSQLTable") => found.custom_sql.push(id.to_owned()),
            Some("VirtualConnectionTable") => found.virtual_tables.push(id.to_owned()),
            _ => found.tables.extend(record::<TableRecord>(table.clone())),
        }
    }
    found
}

fn take_columns(all: &mut BTreeMap<String, DatasourceRecord>, columns: Columns) {
    for (id, columns) in columns {
        if let Some(datasource) = all.get_mut(&id) {
            datasource.columns = Some(columns);
        }
    }
}

type VirtualConnections = BTreeMap<String, VirtualConnectionRecord>;

async fn virtual_of_workbooks(
    reader: &Reader<'_>,
    heard: &Heard,
) -> Result<VirtualConnections, SiteError> {
    let published = heard.published.values();
    let done: BTreeSet<&str> = published
        .flat_map(|it| &it.upstream_virtual_connections)
        .map(|it| it.id.as_str())
        .collect();
    let all = heard.workbooks.values();
    let parents = all.map(|it| (&it.id, &it.upstream_virtual_connections));
    virtual_connections(reader, Query::WorkbookVirtual, covering(parents, done)).await
}

async fn virtual_of_published(
    reader: &Reader<'_>,
    heard: &Heard,
) -> Result<VirtualConnections, SiteError> {
    let all = heard.published.values();
    let parents = all.map(|it| (&it.id, &it.upstream_virtual_connections));
    let ids = covering(parents, BTreeSet::new());
    virtual_connections(reader, Query::PublishedVirtual, ids).await
}

/// Things by which each virtual connection is reached once.
fn covering<'h>(
    parents: impl Iterator<Item = (&'h String, &'h Vec<RefRecord>)>,
    mut done: BTreeSet<&'h str>,
) -> Vec<String> {
    let mut ids = Vec::new();
    for (id, connections) in parents {
        let n_before = done.len();
        done.extend(connections.iter().map(|it| it.id.as_str()));
        if done.len() > n_before {
            ids.push(id.clone());
        }
    }
    ids
}

async fn virtual_connections(
    reader: &Reader<'_>,
    query: Query,
    ids: Vec<String>,
) -> Result<VirtualConnections, SiteError> {
    let found = ask(reader, query, Key::Id, VERY_HEAVY, ids).await?;
    let list = |it: &Value| it["upstreamVirtualConnections"].as_array().cloned();
    let nodes = found.nodes.iter().filter_map(list).flatten();
    let nodes = nodes.filter(|it| !it.is_null()).collect();
    Ok(by_id(reader, nodes, |it: &VirtualConnectionRecord| &it.id))
}

/// Stories list no sheets; so do dashboards without any.
async fn stories(
    reader: &Reader<'_>,
    heard: &Heard,
) -> Result<BTreeMap<String, ReadsRecord>, SiteError> {
    let dashboards = heard.workbooks.values().flat_map(|it| &it.dashboards);
    let without = dashboards.filter(|it| it.sheets.is_empty());
    let ids = without.map(|it| it.id.clone()).collect();
    let found = ask(reader, Query::Stories, Key::Id, LIGHT, ids).await?;
    let of_node = |node: Value| {
        let id = node["id"].as_str()?.to_owned();
        Some((id, record(node)?))
    };
    Ok(found.nodes.into_iter().filter_map(of_node).collect())
}

/// What flows read, where a flow lies before something that is read.
async fn flows(
    reader: &Reader<'_>,
    heard: &Heard,
) -> Result<BTreeMap<String, FlowRecord>, SiteError> {
    let has_flow = |it: &DatasourceRecord| {
        let mut tables = it.upstream_tables.iter();
        !it.upstream_flows.is_empty() || tables.any(|it| !it.upstream_flows.is_empty())
    };
    let mut datasources = heard.embedded.values().chain(heard.published.values());
    if !datasources.any(has_flow) {
        return Ok(BTreeMap::new());
    }
    let size = PageSize::new(100, 1000);
    let listing = pages::all(reader, Query::FlowTables, size, None).await?;
    if let Some(why) = &listing.cut {
        let message = format!("what some Prep flows read is missing: {why}");
        reader.note(NoteKind::FlowsTruncated, message, None);
    }
    Ok(flows_of(listing.nodes))
}

fn flows_of(tables: Vec<Value>) -> BTreeMap<String, FlowRecord> {
    let mut flows: BTreeMap<String, FlowRecord> = BTreeMap::new();
    for table in tables {
        let readers = table["downstreamFlows"].as_array().cloned();
        let Some(input) = record::<TableRecord>(table) else {
            continue;
        };
        let readers = readers.unwrap_or_default().into_iter();
        for flow in readers.filter_map(record::<RefRecord>) {
            let known = flows.entry(flow.id.clone()).or_default();
            known.id = flow.id;
            known.name = flow.name.or(known.name.take());
            known.inputs.push(input.clone());
        }
    }
    flows
}

/// The connections of workbooks with a datasource of which nothing at all is known.
async fn connections(
    reader: &Reader<'_>,
    plan: &Plan<'_>,
    heard: &mut Heard,
) -> Result<(), SiteError> {
    let unknown = unknown(heard);
    let luids: BTreeSet<String> = unknown.values().cloned().collect();
    let n = luids.len();
    let mut answers = stream::iter(luids)
        .map(|luid| connections_of(reader, luid))
        .buffer_unordered(N_AT_ONCE);
    let mut of_workbook: BTreeMap<String, Vec<ConnectionRecord>> = BTreeMap::new();
    while let Some((luid, connections)) = answers.try_next().await? {
        of_workbook.insert(luid, connections);
        reader.report("connections", of_workbook.len(), Some(n as u64));
    }
    drop(answers);
    let mut n_unknown: BTreeMap<&str, usize> = BTreeMap::new();
    for luid in unknown.values() {
        *n_unknown.entry(luid).or_default() += 1;
    }
    for (id, luid) in &unknown {
        let is_only = n_unknown.get(luid.as_str()) == Some(&1);
        let Some(datasource) = heard.embedded.get_mut(id) else {
            continue;
        };
        let mut connections = of_workbook.get(luid).cloned().unwrap_or_default();
        if !is_only {
            connections.retain(|it| may_be_of(it, datasource));
        }
        datasource.connections = Some(connections);
    }
    proxied(reader, plan, heard).await
}

/// REST lists the connections of a workbook together; names tell whose they are.
fn may_be_of(connection: &ConnectionRecord, datasource: &DatasourceRecord) -> bool {
    let (name, own) = (&connection.datasource_name, &datasource.item.name);
    match (name, own) {
        (Some(name), Some(own)) => name.eq_ignore_ascii_case(own),
        _ => connection.kind.as_deref() != Some("sqlproxy"),
    }
}

/// Embedded datasources of which nothing is known, with their workbook's LUID.
fn unknown(heard: &Heard) -> BTreeMap<String, String> {
    let queries = heard.custom_sql.iter().flat_map(BTreeMap::values);
    let fed: HashSet<&str> = queries
        .flat_map(|it| &it.downstream_sheets)
        .map(|it| it.id.as_str())
        .collect();
    let is_unknown = |it: &&DatasourceRecord| {
        let through_virtual = it
            .columns
            .as_ref()
            .is_some_and(|it| !it.virtual_tables.is_empty());
        let by_query = it
            .downstream_sheets
            .iter()
            .any(|it| fed.contains(it.id.as_str()));
        it.lists_nothing() && !through_virtual && !by_query
    };
    let of_workbook = |workbook: &'_ WorkbookRecord| {
        let datasources = workbook.embedded_datasources.iter();
        let records = datasources.filter_map(|it| heard.embedded.get(&it.id));
        let ids = records.filter(is_unknown).map(|it| it.id.clone());
        let luid = workbook.luid.clone();
        ids.map(move |id| (id, luid.clone())).collect::<Vec<_>>()
    };
    let asked = heard.workbooks.values();
    let without = asked.filter(|it| it.upstream_virtual_connections.is_empty());
    without.flat_map(of_workbook).collect()
}

async fn connections_of(
    reader: &Reader<'_>,
    luid: String,
) -> Result<(String, Vec<ConnectionRecord>), SiteError> {
    let path = format!("workbooks/{luid}/connections");
    match reader.client.rest(&path, &[]).await {
        Ok(mut answer) => {
            let items = crate::loose::items(answer["connections"].take(), "connection");
            Ok((luid, items.iter().map(rest::connection).collect()))
        }
        // What stays unknown is said where it is lowered.
        Err(error) if is_heavy(&error) || matches!(error, SiteError::Refused { .. }) => {
            Ok((luid, Vec::new()))
        }
        Err(error) => Err(error),
    }
}

/// The published datasources that `sqlproxy` connections may lead to: they are found
/// by name, so all of the name are needed, in whatever project.
async fn proxied(reader: &Reader<'_>, plan: &Plan<'_>, heard: &mut Heard) -> Result<(), SiteError> {
    let connections = heard
        .embedded
        .values()
        .flat_map(|it| it.connections.iter().flatten());
    let proxies = connections.filter(|it| it.kind.as_deref() == Some("sqlproxy"));
    let (mut names, mut luids) = (HashSet::new(), HashSet::new());
    for it in proxies {
        names.extend(it.datasource_name.as_ref().map(|it| it.to_lowercase()));
        luids.extend(it.datasource_luid.clone());
    }
    let heard_of = heard
        .published
        .values()
        .chain(plan.known_published().into_values());
    let known: HashSet<&str> = heard_of.map(|it| it.luid.as_str()).collect();
    let is_meant = |it: &&rest::Listed| {
        let name = it.item.name.as_deref().unwrap_or_default().to_lowercase();
        !known.contains(it.luid.as_str()) && (luids.contains(&it.luid) || names.contains(&name))
    };
    let meant = plan.catalogue.published.iter().filter(is_meant);
    let meant: Vec<String> = meant.map(|it| it.luid.clone()).collect();
    let found = ask(reader, Query::Published, Key::Luid, VERY_HEAVY, meant).await?;
    let published = by_id(reader, found.nodes, |it: &DatasourceRecord| &it.id);
    heard.published.extend(published);
    Ok(())
}

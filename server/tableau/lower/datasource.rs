//! The inside of a datasource, embedded or published.

use lineage::{Connection, Datasource, Extract, GapCode, Luid, PublishedRef, Through, Warehouse};

use super::findings::Findings;
use super::index::Index;
use super::tables::Inside;
use super::{custom_sql, flows, virtual_connections};
use crate::records::{ConnectionRecord, CustomSqlRecord, DatasourceRecord, RefRecord, TableRecord};

/// What something is called whose name the user may not see.
const HIDDEN: &str = "(name hidden)";

/// A datasource and what is known to lie before it.
pub(super) struct Reading<'r> {
    pub(super) record: &'r DatasourceRecord,
    /// What messages name: the workbook, or the site's published datasources.
    pub(super) about: &'r str,
    pub(super) queries: Vec<&'r CustomSqlRecord>,
    pub(super) virtual_connections: Vec<&'r RefRecord>,
    /// The published datasource that it stands for.
    pub(super) published_as: Option<PublishedRef>,
}

/// Lowers a datasource.
pub(super) fn lower(index: &Index<'_>, it: &Reading<'_>, findings: &mut Findings) -> Datasource {
    let record = it.record;
    let mut inside = Inside::new(named(it), findings);
    add_listed(index, &mut inside, it);
    for query in &it.queries {
        custom_sql::add(index, &mut inside, query, it.about);
    }
    let columns = record.columns.as_ref();
    let virtual_tables = columns.map_or(&[] as &[String], |it| &it.virtual_tables);
    for connection in &it.virtual_connections {
        virtual_connections::add(index, &mut inside, connection, virtual_tables, it);
    }
    for table in columns.into_iter().flat_map(|it| &it.tables) {
        inside.add(table, Through::Column);
    }
    flows::add(index, &mut inside, record);
    add_connections(&mut inside, record);
    state_unknown(&mut inside, it);
    inside.datasource
}

fn named(it: &Reading<'_>) -> Datasource {
    let class = match it.published_as {
        Some(_) => "sqlproxy",
        None => "federated",
    };
    Datasource {
        name: it.record.id.clone(),
        caption: it
            .record
            .item
            .name
            .clone()
            .or_else(|| Some(HIDDEN.to_owned())),
        class: class.to_owned(),
        published_as: it.published_as.clone(),
        extract: it.record.has_extracts.then_some(Extract::Enabled),
        ..Datasource::default()
    }
}

/// The tables that it lists, without those that it has through a published datasource
/// or that Tableau saw in a query which we read better.
fn add_listed(index: &Index<'_>, inside: &mut Inside<'_>, it: &Reading<'_>) {
    let readable = |query: &&&CustomSqlRecord| index.parsed(query).unreadable.is_none();
    let read: Vec<&CustomSqlRecord> = it.queries.iter().filter(readable).copied().collect();
    // An embedded one is tied to all that it stands for, a published one to the first.
    let n_tied = match it.record.luid.is_empty() {
        true => usize::MAX,
        false => 1,
    };
    let parents = it.record.parents().take(n_tied);
    let parents: Vec<_> = parents.filter_map(|it| index.published(it)).collect();
    let of_parent = |id: &str| {
        let mut tables = parents.iter().flat_map(|it| &it.upstream_tables);
        tables.any(|it| !id.is_empty() && it.id == id)
    };
    let is_virtual = |table: &TableRecord| {
        let mut connections = it.virtual_connections.iter();
        connections.any(|it| virtual_connections::holds(index, it, table))
    };
    for table in &it.record.upstream_tables {
        if is_virtual(table) {
            inside.add(table, Through::VirtualConnection);
        } else if !of_parent(&table.id) && !custom_sql::covers(&read, table) {
            inside.add(table, flows::through(index, it.record, table));
        }
    }
}

/// Connections that REST tells of, where nothing else is known.
fn add_connections(inside: &mut Inside<'_>, record: &DatasourceRecord) {
    if !inside.datasource.connections.is_empty() || inside.datasource.published_as.is_some() {
        return;
    }
    let named_alike = |it: &&ConnectionRecord| {
        let name = it.datasource_name.as_deref();
        name.is_none() || name == record.item.name.as_deref()
    };
    let classes = record.connections.iter().flatten().filter(named_alike);
    for class in classes.filter_map(|it| it.kind.as_deref()) {
        inside.connect(class, None);
    }
}

/// Says so where nothing is known of what the datasource reads.
fn state_unknown(inside: &mut Inside<'_>, it: &Reading<'_>) {
    let datasource = &inside.datasource;
    let is_known = !datasource.tables.is_empty()
        || !datasource.custom_sql.is_empty()
        || !datasource.virtual_connections.is_empty()
        || datasource.published_as.is_some()
        // What was not heard of at all, or lies behind these, is said elsewhere.
        || it.record.item.unknown
        || datasource.connections.iter().any(|it| it.class == "publishedConnection");
    let all = &datasource.connections;
    let is_file = |it: &Connection| {
        let is_extract = matches!(it.class.as_str(), "hyper" | "dataengine");
        !is_extract && it.warehouse() == Warehouse::NotAWarehouse
    };
    if is_known || (!all.is_empty() && all.iter().all(is_file)) {
        return;
    }
    let (title, about) = (datasource.title(), it.about);
    let class = all.first().map(|it| it.class.clone()).unwrap_or_default();
    let (code, what) = match datasource.extract {
        Some(_) => (
            GapCode::ExtractOnly,
            "holds only an extract; what it was made from is not known",
        ),
        None => (
            GapCode::MetadataIncomplete,
            "lists nothing that it reads, so that what lies behind it is not known",
        ),
    };
    let message = format!("`{title}` in {about} {what}");
    inside.findings.add(code, about, &class, message);
}

/// A reference to a published datasource, with what its own record tells.
pub(super) fn reference(index: &Index<'_>, it: &RefRecord) -> PublishedRef {
    let record = index.published(it);
    let luid = record.map(|it| it.luid.clone()).filter(|it| !it.is_empty());
    PublishedRef {
        luid: luid.or_else(|| it.luid.clone()).map(Luid),
        content_url: record.and_then(|it| it.item.content_url.clone()),
        name: record
            .and_then(|it| it.item.name.clone())
            .or_else(|| it.name.clone()),
        site: Some(index.records.site.clone()),
    }
}

//! Virtual connections: whose tables a datasource reads through them.
//!
//! The API ties them to workbooks and published datasources. For an embedded
//! datasource its columns tell, or that nothing else is known of it.

use std::collections::HashSet;

use lineage::{Connection, GapCode, Through};

use super::datasource::Reading;
use super::index::Index;
use super::tables::Inside;
use crate::records::{
    DatasourceRecord, RefRecord, TableRecord, VirtualConnectionRecord, WorkbookRecord,
};

/// Tables whose connection's class says that they are not at hand.
const CLASS: &str = "publishedConnection";

/// The virtual connections of `workbook` that no published datasource of it reads.
pub(super) fn own<'r>(
    index: &Index<'r>,
    workbook: &'r WorkbookRecord,
    datasources: &[&DatasourceRecord],
) -> Vec<&'r RefRecord> {
    let parents = datasources.iter().flat_map(|it| it.parents());
    let published: HashSet<&str> = parents
        .filter_map(|it| index.published(it))
        .flat_map(|it| &it.upstream_virtual_connections)
        .map(|it| it.id.as_str())
        .collect();
    let all = workbook.upstream_virtual_connections.iter();
    all.filter(|it| !published.contains(it.id.as_str()))
        .collect()
}

/// Those of `own` that the columns of `datasource` lead to.
pub(super) fn by_columns<'r>(
    index: &Index<'r>,
    datasource: &DatasourceRecord,
    own: &[&'r RefRecord],
) -> Vec<&'r RefRecord> {
    let Some(columns) = &datasource.columns else {
        return Vec::new();
    };
    let has = |it: &&&RefRecord| {
        let record = index.virtual_connection(&it.id);
        let mut tables = record.into_iter().flat_map(|it| &it.tables);
        tables.any(|it| columns.virtual_tables.contains(&it.id))
    };
    own.iter().filter(has).copied().collect()
}

/// Those of `own` that hold a table which `datasource` lists.
pub(super) fn by_tables<'r>(
    index: &Index<'r>,
    datasource: &DatasourceRecord,
    own: &[&'r RefRecord],
) -> Vec<&'r RefRecord> {
    let lists_from = |it: &&&RefRecord| {
        let mut listed = datasource.upstream_tables.iter();
        listed.any(|table| holds(index, it, table))
    };
    own.iter().filter(lists_from).copied().collect()
}

/// Whether a table lies behind a virtual connection.
pub(super) fn holds(index: &Index<'_>, connection: &RefRecord, table: &TableRecord) -> bool {
    let Some(record) = index.virtual_connection(&connection.id) else {
        return false;
    };
    let mut behind = all_tables(record);
    behind.any(|it| !it.id.is_empty() && it.id == table.id)
}

/// Adds a virtual connection and what lies behind it: of `virtual_tables`, where the
/// datasource is known to read those alone; nothing more where it lists them itself.
pub(super) fn add(
    index: &Index<'_>,
    inside: &mut Inside<'_>,
    connection: &RefRecord,
    virtual_tables: &[String],
    it: &Reading<'_>,
) {
    let record = index.virtual_connection(&connection.id);
    let name = connection.name.clone().or_else(|| record?.name.clone());
    let name = name.unwrap_or_else(|| "(name hidden)".to_owned());
    let mut listed = it.record.upstream_tables.iter();
    let tables = match listed.any(|table| holds(index, connection, table)) {
        true => Vec::new(),
        false => {
            let tables = record.map_or_else(Vec::new, |it| tables(it, virtual_tables));
            if tables.is_empty() {
                add_unknown(inside, &name, it.about);
            }
            tables
        }
    };
    for table in tables {
        inside.add(table, Through::VirtualConnection);
    }
    if !inside.datasource.virtual_connections.contains(&name) {
        inside.datasource.virtual_connections.push(name);
    }
}

fn all_tables(record: &VirtualConnectionRecord) -> impl Iterator<Item = &TableRecord> {
    let of_tables = record.tables.iter().flat_map(|it| &it.upstream_tables);
    of_tables.chain(&record.upstream_tables)
}

fn tables<'r>(record: &'r VirtualConnectionRecord, only: &[String]) -> Vec<&'r TableRecord> {
    let is_read = |it: &&crate::records::VirtualTableRecord| only.contains(&it.id);
    let read = record.tables.iter().filter(is_read);
    let of_read: Vec<_> = read.flat_map(|it| &it.upstream_tables).collect();
    if !of_read.is_empty() {
        return of_read;
    }
    all_tables(record).collect()
}

fn add_unknown(inside: &mut Inside<'_>, name: &str, about: &str) {
    let title = inside.datasource.title();
    let message = format!(
        "`{title}` in {about} reads the virtual connection `{name}`, whose tables are not at hand"
    );
    inside
        .findings
        .add(GapCode::VirtualConnection, about, "", message);
    inside.datasource.connections.push(Connection {
        name: name.to_owned(),
        class: CLASS.to_owned(),
        dbname: None,
        schema: None,
        server: None,
    });
}

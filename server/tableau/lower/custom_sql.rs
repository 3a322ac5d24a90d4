//! Custom SQL queries: which datasource has them, and what they read.
//!
//! The API ties a query to workbooks, sheets and published datasources, but not to
//! the embedded datasource it stands in; [`attach`] finds that. The tables are those
//! that our own parser sees; what Tableau saw counts where that fails.

use std::collections::{HashMap, HashSet};

use lineage::{CustomSql, GapCode, Table, Through};

use super::index::Index;
use super::tables::{self, Inside};
use crate::custom_sql::{self, Found, Query};
use crate::error::Error;
use crate::limits::Limits;
use crate::records::{
    CustomSqlRecord, DatasourceRecord, ParsedSql, RefRecord, TableRecord, WorkbookRecord,
};
use crate::table_name::Place;

/// What a query without a name of its own is called.
const UNNAMED: &str = "Custom SQL Query";

/// A workbook's queries, by the id of the datasource that has them.
#[derive(Default)]
pub(super) struct Attached<'r> {
    pub(super) of_datasource: HashMap<&'r str, Vec<&'r CustomSqlRecord>>,
    /// Those of no datasource that the site lists.
    pub(super) left: Vec<&'r CustomSqlRecord>,
}

/// Finds the datasource of each query that feeds `workbook`, save those that feed it
/// through a published datasource.
pub(super) fn attach<'r>(
    index: &Index<'r>,
    workbook: &WorkbookRecord,
    datasources: &[&'r DatasourceRecord],
) -> Attached<'r> {
    let mut attached = Attached::default();
    for query in index.queries_of_workbook(workbook, datasources) {
        let owners = owners(query, datasources);
        if owners.is_empty() && !is_published(query, datasources) {
            attached.left.push(query);
        }
        for it in owners {
            let of_datasource = attached.of_datasource.entry(it.id.as_str());
            of_datasource.or_default().push(query);
        }
    }
    attached
}

/// Whether the query stands in a published datasource that the workbook reads.
fn is_published(query: &CustomSqlRecord, datasources: &[&DatasourceRecord]) -> bool {
    let mut parents = datasources.iter().flat_map(|it| it.parents());
    parents.any(|parent| {
        let mut fed = query.downstream_datasources.iter();
        fed.any(|it| same(it, parent))
    })
}

fn same(one: &RefRecord, other: &RefRecord) -> bool {
    let by_id = !one.id.is_empty() && one.id == other.id;
    by_id || (one.luid.is_some() && one.luid == other.luid)
}

/// The datasources that have the query: those whose columns say so, else those that
/// share a sheet with it, of these rather one that lists the query's tables or none.
fn owners<'r>(
    query: &CustomSqlRecord,
    datasources: &[&'r DatasourceRecord],
) -> Vec<&'r DatasourceRecord> {
    let chosen = |is: &dyn Fn(&DatasourceRecord) -> bool| {
        let all = datasources.iter().copied();
        all.filter(|it| is(it)).collect::<Vec<_>>()
    };
    let by_columns = chosen(&|it| {
        let columns = it.columns.as_ref();
        columns.is_some_and(|it| it.custom_sql.contains(&query.id))
    });
    if !by_columns.is_empty() || is_published(query, datasources) {
        return by_columns;
    }
    let sheets: HashSet<&str> = query.downstream_sheets.iter().map(|it| &*it.id).collect();
    let embedded = chosen(&|it| it.parents().next().is_none());
    let mut sharing = embedded.clone();
    sharing.retain(|it| {
        it.downstream_sheets
            .iter()
            .any(|it| sheets.contains(&*it.id))
    });
    match (sharing.is_empty(), embedded.as_slice()) {
        (true, [only]) => vec![only],
        (true, _) => listing(query, &embedded),
        (false, _) => likeliest(query, sharing),
    }
}

fn likeliest<'r>(
    query: &CustomSqlRecord,
    sharing: Vec<&'r DatasourceRecord>,
) -> Vec<&'r DatasourceRecord> {
    let listing = listing(query, &sharing);
    if !listing.is_empty() {
        return listing;
    }
    let is_empty = |it: &&DatasourceRecord| it.upstream_tables.is_empty();
    let without: Vec<_> = sharing.iter().copied().filter(is_empty).collect();
    if without.is_empty() { sharing } else { without }
}

/// Those that list a table which Tableau saw in the query.
fn listing<'r>(query: &CustomSqlRecord, all: &[&'r DatasourceRecord]) -> Vec<&'r DatasourceRecord> {
    let lists = |it: &&DatasourceRecord| {
        let mut tables = it.upstream_tables.iter();
        tables.any(|it| covers(&[query], it))
    };
    all.iter().copied().filter(lists).collect()
}

/// Adds the query to a datasource, and what it leaves unknown about `about`.
pub(super) fn add(
    index: &Index<'_>,
    inside: &mut Inside<'_>,
    query: &CustomSqlRecord,
    about: &str,
) {
    let class = class_of(query);
    let name = query.name.clone().unwrap_or_else(|| UNNAMED.to_owned());
    let connection = inside.connect(class, database_of(query));
    let connection = connection.map(|it| it.name);
    let parsed = index.parsed(query);
    let mut tables: Vec<Table> = parsed
        .tables
        .iter()
        .map(|it| tables::from_parsed(it, connection.clone(), Through::Listed))
        .collect();
    if let Some(why) = &parsed.unreadable {
        let title = inside.datasource.title();
        let message =
            format!("custom SQL `{name}` of `{title}` in {about} could not be read: {why}");
        inside
            .findings
            .add(GapCode::CustomSqlUnreadable, about, class, message);
        add_seen_by_tableau(inside, query, &mut tables);
    }
    inside.datasource.custom_sql.push(CustomSql {
        name,
        connection,
        tables,
        readable: parsed.unreadable.is_none(),
    });
}

/// The tables that Tableau saw, for a query that we could not read.
fn add_seen_by_tableau(inside: &mut Inside<'_>, query: &CustomSqlRecord, found: &mut Vec<Table>) {
    for table in query.tables.iter().filter(|it| !tables::is_hidden(it)) {
        let class = match tables::class_of(table) {
            "" => class_of(query),
            class => class,
        };
        let connection = inside.connect(class, table.database.as_ref());
        let table = tables::lowered(table, connection.as_ref(), Through::Listed);
        if !found.iter().any(|it| it.relation == table.relation) {
            found.push(table);
        }
    }
}

/// Whether a listed table is only what Tableau saw in one of `queries`, which we read
/// better ourselves.
pub(super) fn covers(queries: &[&CustomSqlRecord], table: &TableRecord) -> bool {
    let sees = |query: &&CustomSqlRecord| {
        let by_id = query
            .tables
            .iter()
            .any(|it| !it.id.is_empty() && it.id == table.id);
        let is_bare = table.full_name.is_some() && table.full_name == table.name;
        let by_name = is_bare
            && query
                .tables
                .iter()
                .any(|it| it.full_name == table.full_name);
        by_id || by_name
    };
    queries.iter().any(sees)
}

fn class_of(query: &CustomSqlRecord) -> &str {
    let of_database = || query.database.as_ref()?.connection_type.as_deref();
    let of_table = || {
        query
            .tables
            .iter()
            .map(tables::class_of)
            .find(|it| !it.is_empty())
    };
    let stated = query.connection_type.as_deref();
    stated
        .or_else(of_database)
        .or_else(of_table)
        .unwrap_or_default()
}

/// What a query reads, as far as it can be told.
pub(crate) fn parsed(query: &CustomSqlRecord) -> ParsedSql {
    let (None, Some(text)) = (&query.parsed, &query.query) else {
        let known = query.parsed.clone();
        return known.unwrap_or_else(|| ParsedSql {
            tables: Vec::new(),
            unreadable: Some("its text is hidden".to_owned()),
        });
    };
    let connection = tables::connection_to(class_of(query), database_of(query));
    let place = Place::of(Some(&connection));
    let found = custom_sql::read(&Query {
        text,
        initial_sql: None,
        warehouse: place.warehouse(),
        max_len: Limits::default().max_query,
    });
    let found = found.unwrap_or_else(|err| match err {
        Error::OpaqueQuery(why) => Found::unknown(why),
        _ => Found::unknown("it does not parse"),
    });
    ParsedSql {
        unreadable: found.opaque.map(str::to_owned),
        tables: custom_sql::completed(found, &place, &None)
            .iter()
            .map(tables::to_parsed)
            .collect(),
    }
}

/// The database that a query runs in: its own, else that of the tables that Tableau
/// saw in it, if it is one.
fn database_of(query: &CustomSqlRecord) -> Option<&crate::records::DatabaseRecord> {
    let mut of_tables = query.tables.iter().filter_map(|it| it.database.as_ref());
    let first = of_tables.next();
    let only = first.filter(|first| of_tables.all(|it| it.name == first.name));
    query.database.as_ref().or(only)
}

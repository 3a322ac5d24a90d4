//! Tables as the Metadata API names them, completed, and the connections behind them.
//!
//! `fullName` is to be trusted, `schema` only where that names none. What the API
//! calls the database is something else with some warehouses; see [`connection_to`].

use std::collections::HashSet;

use lineage::{Connection, Datasource, Identifier, Relation, Table, Through, Warehouse};

use super::findings::Findings;
use crate::records::{DatabaseRecord, NamePart, ParsedTable, TableRecord};
use crate::table_name::{Place, parse_table_name};

/// The inside of one datasource while it is put together.
pub(super) struct Inside<'f> {
    pub(super) datasource: Datasource,
    pub(super) findings: &'f mut Findings,
    seen: HashSet<(String, Option<String>)>,
}

impl<'f> Inside<'f> {
    pub(super) fn new(datasource: Datasource, findings: &'f mut Findings) -> Inside<'f> {
        Inside {
            datasource,
            findings,
            seen: HashSet::new(),
        }
    }

    /// Adds a table, once.
    pub(super) fn add(&mut self, table: &TableRecord, through: Through) {
        let class = class_of(table);
        if is_hidden(table) {
            self.findings.add_hidden(class, &table.id);
        }
        let connection = self.connect(class, table.database.as_ref());
        let table = lowered(table, connection.as_ref(), through);
        let key = (table.raw.clone(), table.connection.clone());
        if self.seen.insert(key) {
            self.datasource.tables.push(table);
        }
    }

    /// The connection to a database, made where there is none yet; `None` where
    /// nothing is known of it.
    pub(super) fn connect(
        &mut self,
        class: &str,
        database: Option<&DatabaseRecord>,
    ) -> Option<Connection> {
        if class.is_empty() {
            return None;
        }
        let connection = connection_to(class, database);
        let known = &mut self.datasource.connections;
        if !known.iter().any(|it| it.name == connection.name) {
            known.push(connection.clone());
        }
        Some(connection)
    }
}

/// The class of the connection to a table; empty where it is not told.
pub(super) fn class_of(table: &TableRecord) -> &str {
    let of_database = || table.database.as_ref()?.connection_type.as_deref();
    table
        .connection_type
        .as_deref()
        .or_else(of_database)
        .unwrap_or_default()
}

/// Whether the user may not see what the table is called.
pub(super) fn is_hidden(table: &TableRecord) -> bool {
    table.name.is_none() && table.full_name.is_none() && table.parsed.is_none()
}

/// A connection to `database`. For BigQuery the API tells what people call the
/// project, which is no name in the warehouse; for Athena and Hive the schema.
pub(super) fn connection_to(class: &str, database: Option<&DatabaseRecord>) -> Connection {
    let stated = database.and_then(|it| it.name.clone());
    let (dbname, schema) = match Warehouse::from_connection_class(class) {
        Warehouse::BigQuery => (None, None),
        Warehouse::Athena => (None, stated.clone()),
        Warehouse::Other(name) if name == "hive" => (None, stated.clone()),
        _ => (stated.clone(), None),
    };
    let name = match &stated {
        Some(database) => format!("{class}: {database}"),
        None => class.to_owned(),
    };
    Connection {
        name,
        class: class.to_owned(),
        dbname,
        schema,
        server: None,
    }
}

/// A table reached through `connection`. A hidden one has an empty name.
pub(super) fn lowered(
    table: &TableRecord,
    connection: Option<&Connection>,
    through: Through,
) -> Table {
    let name = connection.map(|it| it.name.clone());
    if let Some(parsed) = &table.parsed {
        return from_parsed(parsed, name, through);
    }
    let raw = raw_name(table);
    let parsed = parse_table_name(&raw).unwrap_or_else(|| Relation::stored("", "", &raw));
    let (relation, database_stated) = place_of(table, connection).complete_listed(parsed);
    Table {
        raw,
        relation,
        database_stated,
        connection: name,
        through,
    }
}

/// Where a table lies that names no schema itself: in the one that the API tells.
fn place_of(table: &TableRecord, connection: Option<&Connection>) -> Place {
    let hinted = connection.map(|it| Connection {
        schema: it.schema.clone().or_else(|| table.schema.clone()),
        ..it.clone()
    });
    Place::of(hinted.as_ref())
}

/// The table's name as the site writes it; empty for a hidden one.
fn raw_name(table: &TableRecord) -> String {
    let bracketed = |it: &String| format!("[{}]", it.replace(']', "]]"));
    let full = table.full_name.clone();
    full.or_else(|| table.name.as_ref().map(bracketed))
        .unwrap_or_default()
}

/// A table from its name taken apart.
pub(super) fn from_parsed(
    parsed: &ParsedTable,
    connection: Option<String>,
    through: Through,
) -> Table {
    let part = |it: &NamePart| Identifier {
        text: it.text.clone(),
        quoted: it.quoted,
    };
    Table {
        raw: parsed.raw.clone(),
        relation: Relation {
            database: parsed.database.as_ref().map(part),
            schema: parsed.schema.as_ref().map(part),
            name: part(&parsed.name),
        },
        database_stated: parsed.database_stated,
        connection,
        through,
    }
}

/// The other way round.
pub(crate) fn to_parsed(table: &Table) -> ParsedTable {
    let part = |it: &Identifier| NamePart {
        text: it.text.clone(),
        quoted: it.quoted,
    };
    ParsedTable {
        raw: table.raw.clone(),
        database: table.relation.database.as_ref().map(part),
        schema: table.relation.schema.as_ref().map(part),
        name: part(&table.relation.name),
        database_stated: table.database_stated,
    }
}

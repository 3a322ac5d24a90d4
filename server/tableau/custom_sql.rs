//! Which tables a custom SQL query reads.
//!
//! Undoes what Tableau does to a query's text ([`text`]), parses it with a real
//! SQL parser in the connection's dialect, with fallbacks, and collects tables in
//! their scopes ([`tables`]). A query that cannot be read is an error, never a
//! shorter list. Names are completed from the connection by [`crate::table_name`].

use lineage::{Relation, Warehouse};
use sqlparser::ast::Statement;
use sqlparser::dialect::{
    BigQueryDialect, ClickHouseDialect, DatabricksDialect, Dialect, DuckDbDialect, GenericDialect,
    HiveDialect, MsSqlDialect, MySqlDialect, OracleDialect, PostgreSqlDialect, RedshiftSqlDialect,
    SnowflakeDialect, TeradataDialect,
};
use sqlparser::parser::{Parser, ParserError};

use crate::error::Error;
use crate::limits::Limits;

mod tables;
mod text;

pub(crate) use tables::Reference;

/// Nesting that no person writes. The parser grows its stack as it needs.
const MAX_NESTING: usize = 200;

/// The tables that `query` reads, each once, in order of appearance.
///
/// `query` is as Tableau keeps it: `<` and `>` doubled, parameters in `<[…]>`.
/// Names are as written, with their quotes' meaning kept, and not completed.
pub fn tables_of_query(query: &str, warehouse: &Warehouse) -> Result<Vec<Relation>, Error> {
    Ok(read(query, warehouse)?
        .into_iter()
        .map(|it| it.relation)
        .collect())
}

/// The same, with each table as the query spells it.
pub(crate) fn read(query: &str, warehouse: &Warehouse) -> Result<Vec<Reference>, Error> {
    let limit = Limits::default().max_query;
    if query.len() > limit {
        return Err(Error::TooLarge {
            what: "the query is too long",
            limit: limit as u64,
        });
    }
    let first = read_text(&text::restored(query), warehouse);
    if let (Err(Error::ParseQuery(_)), Some(unescaped)) = (&first, text::without_entities(query)) {
        // Older servers hand queries out as HTML.
        return read_text(&text::restored(&unescaped), warehouse).or(first);
    }
    first
}

fn read_text(sql: &str, warehouse: &Warehouse) -> Result<Vec<Reference>, Error> {
    let mut failure = None;
    for dialect in dialects(warehouse) {
        match parse(sql, *dialect) {
            Ok(statements) => return tables::of(&statements, warehouse),
            // The connection's own dialect has the best idea of what is wrong.
            Err(err) => failure = failure.or(Some(err)),
        }
    }
    Err(failure.map_or(Error::OpaqueQuery("no dialect"), Error::ParseQuery))
}

fn parse(sql: &str, dialect: &dyn Dialect) -> Result<Vec<Statement>, ParserError> {
    Parser::new(dialect)
        .with_recursion_limit(MAX_NESTING)
        .try_with_sql(sql)?
        .parse_statements()
}

/// The dialects to try, the connection's own first. The others quote names alike,
/// so that a query that only they can parse still means the same.
fn dialects(warehouse: &Warehouse) -> &'static [&'static dyn Dialect] {
    match warehouse {
        Warehouse::Snowflake => &[&SnowflakeDialect, &GenericDialect, &PostgreSqlDialect {}],
        Warehouse::BigQuery => &[&BigQueryDialect, &GenericDialect, &DatabricksDialect],
        Warehouse::Databricks => &[&DatabricksDialect, &HiveDialect {}, &GenericDialect],
        Warehouse::Redshift => &[
            &RedshiftSqlDialect {},
            &PostgreSqlDialect {},
            &GenericDialect,
        ],
        Warehouse::Postgres => &[&PostgreSqlDialect {}, &GenericDialect, &SnowflakeDialect],
        Warehouse::DuckDb => &[&DuckDbDialect, &GenericDialect, &PostgreSqlDialect {}],
        Warehouse::SqlServer => &[&MsSqlDialect {}, &GenericDialect],
        Warehouse::MySql => &[&MySqlDialect {}, &GenericDialect],
        Warehouse::ClickHouse => &[&ClickHouseDialect {}, &GenericDialect],
        Warehouse::Oracle => &[&OracleDialect, &GenericDialect, &SnowflakeDialect],
        Warehouse::Teradata => &[&TeradataDialect, &GenericDialect, &SnowflakeDialect],
        Warehouse::Trino | Warehouse::Athena => &[
            &GenericDialect,
            &SnowflakeDialect,
            &HiveDialect {},
            &DuckDbDialect,
        ],
        Warehouse::Other(_) | Warehouse::Generic | Warehouse::NotAWarehouse => &[
            &GenericDialect,
            &SnowflakeDialect,
            &PostgreSqlDialect {},
            &MsSqlDialect {},
            &BigQueryDialect,
            &MySqlDialect {},
        ],
    }
}

//! Which tables a custom SQL query reads.
//!
//! Undoes what Tableau does to a query's text ([`text`]), parses it with a real
//! SQL parser in the connection's dialect, with fallbacks, and collects tables in
//! their scopes ([`tables`]). A query that cannot be read is an error, never a
//! shorter list. Names are completed from the connection by [`crate::table_name`].

use lineage::{Relation, Table, Through, Warehouse};
use sqlparser::ast::Statement;
use sqlparser::dialect::{
    BigQueryDialect, ClickHouseDialect, DatabricksDialect, Dialect, DuckDbDialect, GenericDialect,
    HiveDialect, MsSqlDialect, MySqlDialect, OracleDialect, PostgreSqlDialect, RedshiftSqlDialect,
    SnowflakeDialect, TeradataDialect,
};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError, ParserOptions};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use crate::error::{Cause, Error};
use crate::limits::Limits;
use crate::table_name::Place;

mod functions;
mod tables;
mod text;

#[cfg(test)]
mod tests;

pub(crate) use tables::{Found, Reference};

/// Nesting that no person writes. The parser grows its stack as it needs.
const MAX_NESTING: usize = 200;

/// Operators and keywords in one query. A chain of them is a tree as deep as the
/// chain is long, which must still fit the stack of a small thread when it is dropped.
const MAX_OPERATORS: usize = 20_000;

/// A custom SQL query and where it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Query<'q> {
    /// As Tableau keeps it: `<` and `>` doubled, parameters in `<[…]>`.
    pub(crate) text: &'q str,
    /// What the connection runs first; it may make tables that the query reads.
    pub(crate) initial_sql: Option<&'q str>,
    /// Whose dialect it is in.
    pub(crate) warehouse: &'q Warehouse,
    /// Longer texts are not read.
    pub(crate) max_len: usize,
}

/// The tables that `query` reads, each once, in order of appearance.
///
/// `query` is as Tableau keeps it: `<` and `>` doubled, parameters in `<[…]>`.
/// Names are as written, with their quotes' meaning kept, and not completed.
pub fn tables_of_query(query: &str, warehouse: &Warehouse) -> Result<Vec<Relation>, Error> {
    let max_len = Limits::default().max_query;
    let found = read(&Query {
        text: query,
        initial_sql: None,
        warehouse,
        max_len,
    })?;
    match found.opaque {
        Some(why) => Err(Error::OpaqueQuery(why)),
        None if found.moved => Err(Error::OpaqueQuery("it changes the schema in use")),
        None => Ok(found.tables.into_iter().map(|it| it.relation).collect()),
    }
}

/// The same, with each table as the query spells it, and those of an opaque query as well.
pub(crate) fn read(query: &Query<'_>) -> Result<Found, Error> {
    let statements = statements(query.text, query)?;
    // Initial SQL is full of settings that no parser knows; without it, the query
    // is read as it stands.
    let initial = query
        .initial_sql
        .and_then(|it| self::statements(it, query).ok());
    tables::of(&initial.unwrap_or_default(), &statements, query.warehouse)
}

/// The tables that a query names, completed as its session in `place` completes them.
pub(crate) fn completed(found: Found, place: &Place, connection: &Option<String>) -> Vec<Table> {
    let table = |it: Reference| {
        let (relation, database_stated) = match found.moved {
            true => place.complete_moved(it.relation),
            false => place.complete_sql(it.relation),
        };
        Table {
            raw: it.raw,
            relation,
            database_stated,
            connection: connection.clone(),
            through: Through::Listed,
        }
    };
    found.tables.into_iter().map(table).collect()
}

fn statements(text: &str, query: &Query<'_>) -> Result<Vec<Statement>, Error> {
    if text.len() > query.max_len {
        let limit = query.max_len as u64;
        return Err(Error::TooLarge {
            what: "the query is too long",
            limit,
        });
    }
    let first = parse_any(&text::restored(text), query.warehouse);
    if let (Err(_), Some(unescaped)) = (&first, text::without_entities(text)) {
        // Older servers hand queries out as HTML.
        return parse_any(&text::restored(&unescaped), query.warehouse).or(first);
    }
    first
}

fn parse_any(sql: &str, warehouse: &Warehouse) -> Result<Vec<Statement>, Error> {
    let mut failure = None;
    for dialect in dialects(warehouse) {
        match parse(sql, *dialect) {
            Ok(statements) => return Ok(statements),
            // The connection's own dialect has the best idea of what is wrong.
            Err(err) => failure = failure.or(Some(err)),
        }
    }
    let unknown = Error::OpaqueQuery("it is in no known dialect");
    Err(failure.map_or(unknown, |err| Error::ParseQuery(Cause::new(err))))
}

fn parse(sql: &str, dialect: &dyn Dialect) -> Result<Vec<Statement>, ParserError> {
    let mut tokens = Tokenizer::new(dialect, sql).tokenize_with_location()?;
    if tokens.iter().filter(|it| may_chain(&it.token)).count() > MAX_OPERATORS {
        return Err(ParserError::RecursionLimitExceeded);
    }
    if dialect.is::<TeradataDialect>() {
        tokens.iter_mut().for_each(spell_out);
    }
    let options = ParserOptions {
        trailing_commas: dialect.supports_trailing_commas(),
        require_semicolon_stmt_delimiter: !dialect.is::<MsSqlDialect>(),
        ..ParserOptions::default()
    };
    Parser::new(dialect)
        .with_options(options)
        .with_recursion_limit(MAX_NESTING)
        .with_tokens_with_locations(tokens)
        .parse_statements()
}

/// Whether the token may add a level to the tree without being inside another one,
/// as each `or` of a chain does.
fn may_chain(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.keyword != Keyword::NoKeyword,
        Token::Whitespace(_) | Token::Comma | Token::Period | Token::Number(..) => false,
        Token::LParen | Token::RParen | Token::SingleQuotedString(_) => false,
        _ => true,
    }
}

/// Teradata's people write `SEL` for `SELECT`.
fn spell_out(token: &mut TokenWithSpan) {
    if matches!(&token.token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("sel"))
    {
        token.token = Token::make_keyword("SELECT");
    }
}

/// BigQuery's legacy SQL, where brackets quote a whole path and double quotes a string.
#[derive(Debug)]
struct LegacyBigQuery;

impl Dialect for LegacyBigQuery {
    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        matches!(ch, '[' | '`')
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || ch == '_'
    }

    fn supports_hash_comment(&self) -> bool {
        true
    }
}

/// The dialects to try, the connection's own first. The others quote names alike,
/// so that a query that only they can parse still means the same.
fn dialects(warehouse: &Warehouse) -> &'static [&'static dyn Dialect] {
    match warehouse {
        Warehouse::Snowflake => &[&SnowflakeDialect, &GenericDialect, &PostgreSqlDialect {}],
        Warehouse::BigQuery => &[&BigQueryDialect, &LegacyBigQuery, &GenericDialect],
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

//! What adapters change of dbt's way to make names.
//!
//! Adapters ship macros of their own. What those of an adapter do that is not listed here
//! is not known, and shown by a manifest alone.

use super::Shape;

/// Warehouses whose relations have no database, or whose adapters leave it out.
const WITHOUT_DATABASE: [&str; 8] = [
    "clickhouse",
    "hive",
    "impala",
    "mariadb",
    "mysql",
    "mysql5",
    "spark",
    "teradata",
];

/// Adapters that make schemas as dbt's own macro does: target and configured name.
const DEFAULT_SCHEMA: [&str; 21] = [
    "athena",
    "bigquery",
    "clickhouse",
    "databricks",
    "duckdb",
    "exasol",
    "glue",
    "hive",
    "impala",
    "mariadb",
    "mysql",
    "mysql5",
    "oracle",
    "postgres",
    "redshift",
    "singlestore",
    "snowflake",
    "spark",
    "teradata",
    "trino",
    "vertica",
];

/// Whether the adapter's relations have a schema and a name alone.
pub(super) fn has_no_database(adapter: Option<&str>) -> bool {
    adapter.is_some_and(|it| WITHOUT_DATABASE.contains(&it))
}

/// What an adapter's schema macro may make of a configured schema. SQL Server's macro did
/// the one in older versions and the other since, and a variable may choose.
pub(super) fn schema_shapes(adapter: Option<&str>) -> &'static [Shape] {
    match adapter {
        None => &[Shape::Joined],
        Some(adapter) if DEFAULT_SCHEMA.contains(&adapter) => &[Shape::Joined],
        Some(_) => &[Shape::Joined, Shape::Configured],
    }
}

/// What an adapter's database macro may make of a configured database.
pub(super) fn database_shapes(adapter: Option<&str>) -> &'static [Shape] {
    match adapter {
        Some("glue") => &[Shape::Target],
        _ => &[Shape::Configured],
    }
}

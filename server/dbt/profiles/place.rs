//! Where an output of a profile builds, by the keys of its adapter.

use super::{Target, Values};
use crate::config::Said;
use crate::yaml::Value;

/// What is read of an output.
pub(super) fn target(name: String, output: Value<'_>, values: &Values<'_>) -> Target {
    let adapter = match values.text(output, "type") {
        Said::Is(adapter) if is_adapter(&adapter) => Some(adapter),
        _ => None,
    };
    let kind = adapter.as_deref().unwrap_or_default();
    Target {
        name,
        database: database(kind, output, values),
        schema: first(schema_keys(kind), output, values).or(default_schema(kind).into()),
        adapter,
    }
}

/// Names of adapters are those of Python packages.
fn is_adapter(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    name.len() <= 64 && name.chars().all(is_part)
}

/// What an adapter calls the schema.
fn schema_keys(adapter: &str) -> &'static [&'static str] {
    match adapter {
        "bigquery" => &["schema", "dataset"],
        _ => &["schema"],
    }
}

/// What an adapter calls the database.
fn database_keys(adapter: &str) -> &'static [&'static str] {
    match adapter {
        "bigquery" => &["database", "project"],
        "postgres" | "redshift" | "materialize" | "risingwave" | "alloydb" | "exasol" => {
            &["database", "dbname"]
        }
        "databricks" | "trino" | "starburst" | "athena" => &["database", "catalog"],
        _ => &["database"],
    }
}

fn default_schema(adapter: &str) -> Option<String> {
    let schema = match adapter {
        "duckdb" => "main",
        "clickhouse" => "default",
        _ => return None,
    };
    Some(schema.to_owned())
}

fn database(adapter: &str, output: Value<'_>, values: &Values<'_>) -> Said<String> {
    let said = first(database_keys(adapter), output, values);
    match (adapter, said) {
        ("databricks", Said::Nothing) => catalog_of_session(output, values),
        ("duckdb", Said::Nothing) => match values.text(output, "path") {
            Said::Is(path) => duckdb_name(&path),
            Said::Nothing => Said::Is("memory".to_owned()),
            Said::Unknown => Said::Unknown,
        },
        (_, said) => said,
    }
}

/// The catalog of a Databricks output that names none: its session's, else the metastore's.
fn catalog_of_session(output: Value<'_>, values: &Values<'_>) -> Said<String> {
    let session = output.get("session_properties");
    let catalog = session.map(|it| values.text(it, "databricks.catalog"));
    let default = Said::Is("hive_metastore".to_owned());
    catalog.map_or(default.clone(), |it| it.or(default))
}

/// What stands under the first of the keys that is there.
fn first(keys: &[&str], output: Value<'_>, values: &Values<'_>) -> Said<String> {
    let said = keys.iter().map(|key| values.text(output, key));
    said.fold(Said::Nothing, Said::or)
}

/// DuckDB's name for the database in a file: its stem. MotherDuck's (`md:name?…`) has it
/// before the question mark, behind which a token may stand.
fn duckdb_name(path: &str) -> Said<String> {
    let path = path.split('?').next().unwrap_or(path);
    if path == ":memory:" {
        return Said::Is("memory".to_owned());
    }
    let in_motherduck = ["md:", "motherduck:"];
    let in_motherduck = in_motherduck.iter().find_map(|it| path.strip_prefix(it));
    let name = match in_motherduck {
        Some("") => "my_db",
        Some(name) => stem(name),
        // Another scheme is for an extension to read.
        None if path.contains(':') && !is_on_drive(path) && !path.contains("://") => "",
        None => stem(path),
    };
    match name {
        "" => Said::Unknown,
        name => Said::Is(name.to_owned()),
    }
}

/// Whether a path begins with a drive's letter, as `C:\shop.duckdb`.
fn is_on_drive(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':')
}

/// A file's name without its last extension.
fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

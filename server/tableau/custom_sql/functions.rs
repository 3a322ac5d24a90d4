//! Table functions that warehouses bring along, and what they read.
//!
//! A function in `FROM` that is not known here is somebody's own: it may read any
//! table, so the query is not readable. Functions that take a table's name or a query
//! as their argument are left out on purpose.

use lineage::Warehouse;

/// SQL Server's hints that may follow a table in brackets without the word `WITH`.
pub(super) const TABLE_HINTS: [&str; 14] = [
    "fastfirstrow",
    "holdlock",
    "nolock",
    "nowait",
    "paglock",
    "readcommitted",
    "readpast",
    "readuncommitted",
    "repeatableread",
    "rowlock",
    "serializable",
    "tablock",
    "tablockx",
    "updlock",
];

/// Functions whose argument computes the name of a table, and those that give the rows
/// of an earlier query, which is not at hand.
const COMPUTING: [&str; 4] = [
    "identifier",
    "result_scan",
    "table_date_range",
    "table_query",
];

/// Schemas of the warehouses' own functions.
const SYSTEM: [&str; 4] = ["information_schema.", "pg_catalog.", "snowflake.", "sys."];

/// Beginnings of names that warehouses keep to themselves.
const OWN: [&str; 3] = ["duckdb_", "pg_", "series_generate_"];

/// Functions that make rows of their arguments, of numbers or of files.
const HARMLESS: [&str; 59] = [
    "arrayjoin",
    "explode",
    "explode_outer",
    "file",
    "flatten",
    "generate_date_array",
    "generate_series",
    "generate_subscripts",
    "generaterandom",
    "generateseries",
    "generator",
    "glob",
    "infer_schema",
    "inline",
    "inline_outer",
    "json_array_elements",
    "json_array_elements_text",
    "json_each",
    "json_each_text",
    "json_object_keys",
    "json_path_query",
    "json_populate_record",
    "json_populate_recordset",
    "json_table",
    "json_to_record",
    "json_to_recordset",
    "json_tuple",
    "now",
    "numbers",
    "numbers_mt",
    "odcinumberlist",
    "odcivarchar2list",
    "openjson",
    "openxml",
    "parquet_scan",
    "parse_url_tuple",
    "posexplode",
    "posexplode_outer",
    "range",
    "read_csv",
    "read_csv_auto",
    "read_files",
    "read_json",
    "read_json_auto",
    "read_parquet",
    "regexp_matches",
    "regexp_split_to_table",
    "s3",
    "sequence",
    "split_to_table",
    "stack",
    "string_split",
    "string_to_table",
    "strtok_split_to_table",
    "unnest",
    "url",
    "variant_explode",
    "xmltable",
    "zeros",
];

/// Whether a function, in lower case, gives rows of a table whose name is computed.
pub(super) fn computes_name(name: &str) -> bool {
    COMPUTING.iter().any(|it| name.starts_with(it))
}

/// Whether a function, in lower case and as written, reads no table that has a name.
pub(super) fn reads_no_table(name: &str, warehouse: &Warehouse) -> bool {
    // In BigQuery's legacy SQL, `FLATTEN([table], column)` reads the table.
    let takes_table = name == "flatten" && *warehouse == Warehouse::BigQuery;
    let is_own = |all: &[&str]| all.iter().any(|it| name.starts_with(it));
    match name.contains('.') {
        // A method of SQL Server's XML columns is no function of somebody's.
        true => name.ends_with(".nodes") || is_own(&SYSTEM),
        false => !takes_table && (is_harmless(name) || is_own(&OWN)),
    }
}

/// Postgres has its functions on JSON twice, as `json_each` and `jsonb_each`.
fn is_harmless(name: &str) -> bool {
    let binary = name.strip_prefix("jsonb_").map(|it| format!("json_{it}"));
    HARMLESS.contains(&binary.as_deref().unwrap_or(name))
}

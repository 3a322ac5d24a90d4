//! `profiles.yml`: where the target's database and schema are, as far as that can be read
//! without running anything. Nothing else of the file is kept: it holds passwords.

use crate::config::Said;
use crate::error::Problem;
use crate::project::Env;

/// The target that dbt would use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Its name: `dev`.
    pub name: String,
    /// dbt's name of the warehouse: `snowflake`.
    pub adapter: Option<String>,
    /// Its `database` (BigQuery's `project`, Databricks' `catalog`, a DuckDB file's stem).
    pub database: Said<String>,
    /// Its `schema` (BigQuery's `dataset`).
    pub schema: Said<String>,
}

/// The target of `profile` in the text of a `profiles.yml`: the one that `chosen` names,
/// else the profile's own `target`.
///
/// # Errors
/// What keeps it from being known, for a person; it never repeats the file's text.
pub fn target(
    text: &str,
    profile: &str,
    chosen: Option<&str>,
    env: Env<'_>,
) -> Result<Target, Problem> {
    let _ = (text, profile, chosen, env);
    Err(Problem {
        code: "profile_unknown",
        message: "profiles.yml is not read yet".to_owned(),
        span: None,
    })
}

//! `profiles.yml`: where the target's database and schema are, as far as that can be read
//! without running anything.
//!
//! The file holds passwords. Of a profile's output the keys that name the adapter, the
//! database and the schema are looked at, and Jinja in those alone is rendered; nothing
//! else is kept, and no message repeats what stands in the file, not even the YAML
//! reader's.

mod place;
#[cfg(test)]
mod tests;

use crate::config::Said;
use crate::error::{Error, Problem};
use crate::project::{Env, render};
use crate::yaml::{Value, Yaml};

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

/// The largest known files have a tenth of this.
const MAX_BYTES: usize = 1 << 20;

/// No adapter, target, database or schema has a longer name.
const MAX_NAME: usize = 512;

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
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > MAX_BYTES {
        return Err(problem("profiles.yml is too large to be read".to_owned()));
    }
    let yaml = Yaml::parse(text).map_err(|err| problem(not_yaml(&err)))?;
    let values = Values { env };
    let profiles = yaml.root().filter(|it| it.is_mapping());
    let profiles = profiles.ok_or_else(|| problem("profiles.yml has no profiles".to_owned()))?;
    let Some(found) = profiles.get(profile).filter(|it| it.is_mapping()) else {
        let message = format!("profiles.yml has no profile `{profile}`");
        return Err(problem(message));
    };
    let name = target_name(found, profile, chosen, &values)?;
    let output = found.get("outputs").and_then(|it| it.get(&name));
    let Some(output) = output.filter(|it| it.is_mapping()) else {
        let shown = chosen.map_or_else(|| "its `target`".to_owned(), |it| format!("`{it}`"));
        let message = format!("profile `{profile}` has no output for {shown}");
        return Err(problem(message));
    };
    Ok(place::target(name, output, &values))
}

/// The target's name: the chosen one, the profile's, else `default`.
fn target_name(
    profile: Value<'_>,
    name: &str,
    chosen: Option<&str>,
    values: &Values<'_>,
) -> Result<String, Problem> {
    if let Some(chosen) = chosen {
        return Ok(chosen.to_owned());
    }
    match values.text(profile, "target") {
        Said::Is(target) => Ok(target),
        Said::Nothing => Ok("default".to_owned()),
        Said::Unknown => {
            let message = format!(
                "the `target` of profile `{name}` cannot be worked out without running dbt; \
                set DBT_TARGET"
            );
            Err(problem(message))
        }
    }
}

/// What is wrong, without what the reader quotes of the text.
fn not_yaml(err: &Error) -> String {
    match err {
        Error::NotYaml { line, .. } => format!("profiles.yml is not valid YAML in line {line}"),
        _ => "profiles.yml is too large or too deeply nested to be read".to_owned(),
    }
}

fn problem(message: String) -> Problem {
    Problem {
        code: "profile_unknown",
        message,
        span: None,
    }
}

/// The reader of the few values that are looked at.
struct Values<'e> {
    env: Env<'e>,
}

impl Values<'_> {
    /// The text under a key, rendered; unknown where that takes dbt or a secret.
    fn text(&self, map: Value<'_>, key: &str) -> Said<String> {
        let Some(value) = map.get(key).filter(|it| !it.is_null()) else {
            return Said::Nothing;
        };
        let rendered = value.text().map(|text| render(text, self.env));
        match rendered {
            Some(Ok(text)) if is_name(&text) => Said::Is(text),
            Some(Ok(text)) if text.is_empty() => Said::Nothing,
            // The reason may name what the file holds, so it is dropped.
            _ => Said::Unknown,
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NAME && !text.contains(char::is_control)
}

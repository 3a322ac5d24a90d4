//! The target that a project is built in, as its `profiles.yml` tells.
//!
//! The file is found here and read by [`dbt::target`], which keeps nothing else of it.

use std::path::{Path, PathBuf};

use dbt::Said;

use super::project::ProjectFiles;
use super::{Env, Problem};
use crate::disk;

/// The target that dbt would use, as far as `profiles.yml` tells without running anything.
///
/// # Errors
/// What keeps it from being known; nothing where there is no profile to look for.
pub fn of(project: &ProjectFiles, env: Env<'_>) -> Result<dbt::Target, Option<Problem>> {
    let set = |name: &str| env(name).filter(|it| !it.is_empty());
    let profile = set("DBT_ENGINE_PROFILE")
        .or_else(|| set("DBT_PROFILE"))
        .or_else(|| project.dbt.profile.clone())
        .ok_or(None)?;
    let chosen = set("DBT_ENGINE_TARGET").or_else(|| set("DBT_TARGET"));
    let text = profiles_file(project, env)
        .and_then(|path| disk::read_text(&path).ok())
        .ok_or_else(|| {
            Some(Problem {
                code: "profile_unknown",
                message: format!(
                    "no profiles.yml with the profile `{}` was found: which database and schema \
                     nodes are built in is not known; run `dbt parse` to write a manifest",
                    ide::plain(&profile)
                ),
            })
        })?;
    dbt::target(&text, &profile, chosen.as_deref(), &|name| env(name)).map_err(|it| {
        Some(Problem {
            code: it.code,
            message: it.message,
        })
    })
}

/// That the target's database or schema is written so that only dbt can work it out.
pub fn unsaid(target: &dbt::Target) -> Option<Problem> {
    let parts = [("database", &target.database), ("schema", &target.schema)];
    let unsaid = parts.into_iter().filter(|(_, it)| **it == Said::Unknown);
    let unsaid: Vec<&str> = unsaid.map(|(part, _)| part).collect();
    (!unsaid.is_empty()).then(|| Problem {
        code: "profile_unknown",
        message: format!(
            "the {} of target `{}` in profiles.yml cannot be worked out without running dbt: set \
             the variables that it names, or run `dbt parse` to write a manifest",
            unsaid.join(" and the "),
            ide::plain(&target.name)
        ),
    })
}

/// Where dbt looks for `profiles.yml`: the folder that the environment names, the
/// project's, the user's.
pub fn profiles_file(project: &ProjectFiles, env: Env<'_>) -> Option<PathBuf> {
    let named = ["DBT_ENGINE_PROFILES_DIR", "DBT_PROFILES_DIR"];
    let named = named
        .iter()
        .filter_map(|it| env(it))
        .find(|it| !it.is_empty());
    if let Some(folder) = named {
        return Some(project.root.join(folder).join("profiles.yml"));
    }
    let home = env("HOME").or_else(|| env("USERPROFILE"));
    let users = home.map(|it| Path::new(&it).join(".dbt").join("profiles.yml"));
    [Some(project.root.join("profiles.yml")), users]
        .into_iter()
        .flatten()
        .find(|it| it.is_file())
}

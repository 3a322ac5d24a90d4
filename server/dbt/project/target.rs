//! Where dbt writes its artifacts.

use std::fmt;

use super::jinja::render;
use super::{Env, Project, tidy};
use crate::error::Problem;

/// The folder that holds `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetPath {
    /// Relative to the project's root, or absolute.
    pub path: String,
    /// What says so.
    pub from: TargetPathFrom,
    /// Why it may be another.
    pub problem: Option<Problem>,
}

/// What says where dbt writes its artifacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetPathFrom {
    /// `DBT_ENGINE_TARGET_PATH` (dbt 1.11 and later).
    EngineVariable,
    /// `DBT_TARGET_PATH`.
    Variable,
    /// `target-path` in `dbt_project.yml`.
    ProjectFile,
    /// Nothing: dbt's own default.
    Default,
}

impl fmt::Display for TargetPathFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TargetPathFrom::EngineVariable => "DBT_ENGINE_TARGET_PATH",
            TargetPathFrom::Variable => "DBT_TARGET_PATH",
            TargetPathFrom::ProjectFile => "target-path in dbt_project.yml",
            TargetPathFrom::Default => "dbt's default",
        })
    }
}

/// Where dbt writes the manifest, in dbt's own order: `DBT_ENGINE_TARGET_PATH`,
/// `DBT_TARGET_PATH`, `target-path`, `target`. An empty value is none.
pub fn target_path(project: &Project, env: Env<'_>) -> TargetPath {
    let variables = [
        ("DBT_ENGINE_TARGET_PATH", TargetPathFrom::EngineVariable),
        ("DBT_TARGET_PATH", TargetPathFrom::Variable),
    ];
    for (name, from) in variables {
        if let Some(path) = env(name).filter(|path| !path.is_empty()) {
            return TargetPath {
                path,
                from,
                problem: None,
            };
        }
    }
    let default = |problem| TargetPath {
        path: "target".to_owned(),
        from: TargetPathFrom::Default,
        problem,
    };
    match project
        .target_path
        .as_deref()
        .map(|written| (written, render(written, env)))
    {
        Some((_, Ok(path))) if !path.trim().is_empty() => TargetPath {
            path: tidy(&path),
            from: TargetPathFrom::ProjectFile,
            problem: None,
        },
        Some((written, Err(why))) => default(Some(Problem {
            code: "target_path_unknown",
            message: format!("`target-path: {written}` cannot be rendered here: {why}"),
            span: None,
        })),
        Some((_, Ok(_))) | None => default(None),
    }
}

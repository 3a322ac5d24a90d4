//! The file that a new exposure goes into: inside the project, where dbt looks.

use lineage::{ExposureName, Subject};

use super::name::short_key;
use crate::analysis::Analysis;

/// The file for the exposure of `subject`, relative to the project's root.
///
/// # Errors
/// Why the setting leads nowhere that may be written, or that dbt reads.
pub(crate) fn path_for(analysis: &Analysis, subject: Subject) -> Result<String, String> {
    let Some(setting) = &analysis.options.exposures.path else {
        return Ok(default_path(&analysis.project.model_paths));
    };
    let path = filled(analysis, subject, setting);
    let refused = |why: String| Err(format!("`exposures.path` ({setting}) {why}"));
    if path.contains(['{', '}']) {
        return refused("may hold {project} and {workbook}, and nothing else in braces".to_owned());
    }
    if !is_inside(&path) {
        return refused("does not stay inside the project".to_owned());
    }
    if !path.ends_with(".yml") && !path.ends_with(".yaml") {
        return refused("does not end with .yml or .yaml, which dbt wants".to_owned());
    }
    let folders = resource_paths(analysis);
    if !folders.iter().any(|folder| is_below(&path, folder)) {
        let would_do = folders.join(", ");
        return refused(format!(
            "lies where dbt looks for no exposures; it looks in {would_do}"
        ));
    }
    Ok(path)
}

fn default_path(model_paths: &[String]) -> String {
    let models = model_paths.first().map_or("models", String::as_str);
    match models.trim_end_matches('/') {
        "" | "." => "exposures/tableau.yml".to_owned(),
        models => format!("{models}/exposures/tableau.yml"),
    }
}

fn filled(analysis: &Analysis, subject: Subject, setting: &str) -> String {
    let workbook = analysis.lineage.workbook(subject.workbook);
    let slug = |text: &str| ExposureName::from_title(text).map(|it| step(it.as_str()));
    let folder = workbook.project_path.last();
    let project = folder.and_then(|it| slug(it));
    let project = project.unwrap_or_else(|| "tableau".to_owned());
    let title = slug(&workbook.name).unwrap_or_else(|| short_key(workbook));
    let path = setting.replace("{project}", &project);
    path.replace("{workbook}", &title)
}

/// A name as a part of a path: not one that Windows keeps for its devices, with
/// whatever ending.
fn step(name: &str) -> String {
    let port = name
        .strip_prefix("com")
        .or_else(|| name.strip_prefix("lpt"));
    let is_port = port.is_some_and(|it| matches!(it.as_bytes(), [b'0'..=b'9']));
    if is_port || matches!(name, "con" | "prn" | "aux" | "nul") {
        return format!("tableau_{name}");
    }
    name.to_owned()
}

fn resource_paths(analysis: &Analysis) -> &[String] {
    let project = &analysis.project;
    match project.resource_paths.as_slice() {
        [] => &project.model_paths,
        paths => paths,
    }
}

/// A path of plain steps: nothing that leads up, to another drive, or is hidden.
fn is_inside(path: &str) -> bool {
    let is_plain = |step: &str| {
        !step.is_empty()
            && !step.starts_with('.')
            && !step.contains(|c: char| c.is_control() || "\\:*?\"<>|".contains(c))
    };
    path.split('/').all(is_plain)
}

fn is_below(path: &str, folder: &str) -> bool {
    let folder = folder.trim_start_matches("./").trim_matches('/');
    let below = path.strip_prefix(folder);
    matches!(folder, "" | ".") || below.is_some_and(|it| it.starts_with('/'))
}

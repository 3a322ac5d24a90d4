//! `pull --output`: writes a team snapshot of what has just been fetched.
//!
//! A snapshot flattens Tableau's permissions, so that nothing is put into it that
//! nobody has chosen: projects by a list, people's addresses and texts by options.

use std::path::{Path, PathBuf};

use tableau::snapshot::Include;

use super::{Answer, Args};
use crate::cli::load::Opened;
use crate::config::SiteSetting;
use crate::disk;
use crate::workspace::Problem;
use crate::workspace::project::{self, ManifestError};
use crate::workspace::sites;
use crate::workspace::snapshot::{self, Made};

/// A snapshot that was written.
pub(super) struct Written {
    pub(super) file: PathBuf,
    pub(super) made: Made,
    /// The Tableau projects in it.
    pub(super) projects: Vec<String>,
    /// What was left out of it, in words.
    pub(super) left_out: Vec<&'static str>,
    /// The manifest that the relations are from, as answers name it.
    pub(super) manifest: String,
}

/// Whether a snapshot may be written at all; asked before anything is fetched.
///
/// # Errors
/// Why not.
pub(super) fn check(args: &Args, wanted: &[SiteSetting]) -> Result<(), Problem> {
    let Some(file) = &args.output else {
        return Ok(());
    };
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|it| !it.is_dir()) {
        let folder = disk::forward(folder);
        return Err(problem(format!(
            "cannot write a team snapshot there: no folder {folder}"
        )));
    }
    if let Some(bad) = args
        .projects
        .iter()
        .find(|it| globset::Glob::new(it).is_err())
    {
        return Err(problem(format!("no glob of projects: `{bad}`")));
    }
    let open = wanted.iter().find(|it| it.projects.is_empty());
    match open {
        Some(setting) => Err(problem(format!(
            "a snapshot of all of {} would show everyone who has it whatever your token may see: \
             say which Tableau projects are in it, with `--projects 'Finance/**'` or with \
             `projects` of the site in the settings",
            sites::name(&setting.address)
        ))),
        None => Ok(()),
    }
}

fn problem(message: String) -> Problem {
    Problem {
        code: "snapshot_refused",
        message,
    }
}

/// Makes the snapshot and writes it in one step.
///
/// # Errors
/// Why there is none: it is not made of old content, nor without a manifest.
pub(super) fn write(
    opened: &Opened,
    args: &Args,
    answer: &Answer,
    file: &Path,
) -> Result<Written, Problem> {
    let refuse = |reason: String| problem(format!("the team snapshot is not written: {reason}"));
    if let Some(setting) = answer.not_signed_in.first() {
        let name = sites::name(&setting.address);
        return Err(refuse(format!("{name} is not signed in to")));
    }
    if let Some(failed) = answer.sites.iter().find(|it| it.result.is_err()) {
        let name = sites::name(&failed.setting.address);
        return Err(refuse(format!("{name} could not be fetched")));
    }
    if answer.sites.is_empty() {
        return Err(refuse("there is no site to read".to_owned()));
    }
    let project = &opened.project;
    let manifest = project::read_manifest(project)
        .map_err(|error| refuse(ManifestError::problem(&error, project).message))?;
    let sites = answer.sites.iter();
    let records: Result<Vec<_>, String> = sites
        .map(|it| sites::records(&opened.access, &it.setting))
        .collect();
    let include = Include {
        emails: args.include_emails,
        descriptions: args.include_descriptions,
        sql: args.include_sql,
    };
    let made = snapshot::make(
        &project.dbt.name,
        &manifest,
        records.map_err(&refuse)?,
        include,
        answer.now,
    );
    let made = made.map_err(|error| refuse(error.to_string()))?;
    if made.n_workbooks + made.n_datasources == 0 {
        // Everyone who reads it would see a zero that a slip has made.
        return Err(refuse(format!(
            "nothing lies in the Tableau projects {}: check how their paths are spelt, from the \
             top down, such as 'Finance/**'",
            projects(answer).join(", ")
        )));
    }
    disk::replace(file, &made.bytes)
        .map_err(|error| refuse(format!("cannot write {}: {error}", disk::forward(file))))?;
    Ok(Written {
        file: file.to_owned(),
        projects: projects(answer),
        left_out: left_out(include),
        manifest: disk::relative(&project.root, &manifest.path),
        made,
    })
}

fn projects(answer: &Answer) -> Vec<String> {
    let all = answer
        .sites
        .iter()
        .flat_map(|it| it.setting.projects.clone());
    let mut projects: Vec<String> = all.collect();
    projects.sort();
    projects.dedup();
    projects
}

fn left_out(include: Include) -> Vec<&'static str> {
    [
        (include.sql, "the text of custom SQL"),
        (include.emails, "e-mail addresses"),
        (include.descriptions, "descriptions"),
    ]
    .into_iter()
    .filter_map(|(is_in, what)| (!is_in).then_some(what))
    .collect()
}

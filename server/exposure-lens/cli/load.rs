//! Loads the project that a command is about.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};

use super::Context;
use crate::config::Settings;
use crate::disk;
use crate::output::json_v1;
use crate::workspace::content::{self, FileCache, Files};
use crate::workspace::exposures;
use crate::workspace::project::{self, LoadedManifest, ManifestError, ProjectFiles};
use crate::workspace::{self, Problem, process_env};

/// A project with everything that is known about it.
pub(super) struct Loaded {
    pub(super) project: ProjectFiles,
    pub(super) settings: Settings,
    pub(super) manifest: Option<LoadedManifest>,
    /// The workbook and datasource files that were found.
    pub(super) tableau_files: Vec<PathBuf>,
    pub(super) analysis: ide::Analysis,
    pub(super) problems: Vec<Problem>,
}

/// Loads the project of `context`, or the nearest one upwards from the current folder.
pub(super) fn load(context: &Context) -> anyhow::Result<Loaded> {
    let root = project_root(context)?;
    let editor = serde_json::Value::Null;
    let settings = project::settings(&root, context.config.as_deref(), &editor, &process_env);
    let project = project::open(&root, &settings, &process_env)?;
    let (manifest, files) = read_both(&project, &settings)?;
    let mut problems = project.problems.clone();
    problems.extend(workspace::ignored_settings(&settings));
    let manifest = match manifest {
        Ok(manifest) => {
            problems.extend(manifest.problems.iter().cloned());
            Some(manifest)
        }
        Err(error) => {
            problems.push(ManifestError::problem(&error, &project));
            None
        }
    };
    problems.extend(files.problems);
    if files.paths.is_empty() {
        problems.push(workspace::no_content());
    }
    let yaml = exposures::yaml_files(&project);
    let exposures = exposures::collect(&project, manifest.as_ref(), &yaml, &|_| None);
    problems.extend(exposures.problems);
    let contents = Arc::from([files.content]);
    let exposures = exposures.exposures;
    let analysis = workspace::analyse(&project, manifest.as_ref(), exposures, contents, &settings);
    if manifest.is_some() && analysis.fit().is_poor() {
        problems.push(workspace::poor_fit());
    }
    log(&analysis);
    Ok(Loaded {
        project,
        settings,
        manifest,
        tableau_files: files.paths,
        analysis,
        problems,
    })
}

fn log(analysis: &ide::Analysis) {
    let lineage = &analysis.lineage;
    tracing::debug!(
        n_nodes = lineage.nodes().len(),
        n_workbooks = lineage.workbooks().count(),
        n_usages = lineage.usages().len(),
        n_gaps = lineage.gaps().len(),
        "project loaded"
    );
}

/// The manifest and the workbooks are the two large readings: both at once.
fn read_both(
    project: &ProjectFiles,
    settings: &Settings,
) -> anyhow::Result<(Result<LoadedManifest, ManifestError>, Files)> {
    std::thread::scope(|scope| {
        let read_files = || content::read_files(project, settings, &mut FileCache::default());
        let files = scope.spawn(read_files);
        let manifest = project::read_manifest(project);
        let files = files.join().ok();
        let files = files.context("reading the workbook files stopped; this is our bug")?;
        Ok((manifest, files))
    })
}

/// An absolute root, since files are found relative to it.
fn project_root(context: &Context) -> anyhow::Result<PathBuf> {
    let here = std::env::current_dir().context("cannot tell the current folder")?;
    if let Some(folder) = &context.project_dir {
        let root = here.join(folder);
        if !root.join("dbt_project.yml").is_file() {
            bail!("no dbt_project.yml in {}", folder.display());
        }
        return Ok(disk::canonical(&root).unwrap_or(root));
    }
    project::root_of(&here.join("dbt_project.yml"))
        .context("no dbt_project.yml here or above; name the project with --project-dir")
}

impl Loaded {
    /// Whether there is a manifest and any content: without one nothing can be said.
    pub(super) fn is_known(&self) -> bool {
        self.manifest.is_some() && self.analysis.has_content()
    }

    /// A path as answers name it: relative to the project.
    pub(super) fn shown(&self, path: &Path) -> String {
        disk::relative(&self.project.root, path)
    }

    /// The frame of a JSON answer: what was read, and how complete it is.
    pub(super) fn json(&self) -> json_v1::Usages {
        json_v1::Usages::of(
            &self.analysis,
            &self.project.root,
            self.manifest.as_ref(),
            &self.problems,
        )
    }
}

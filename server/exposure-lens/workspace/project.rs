//! A dbt project on disk: its `dbt_project.yml`, its settings, its manifest.
//!
//! Which package a file belongs to, and where a node's file is, is in `places`.

mod places;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use anyhow::Context;
use lineage::{Exposure, Warehouse};

use super::{Env, Problem};
use crate::config::{self, Origin, Settings};
use crate::disk;

/// A dbt project's files, without its manifest.
#[derive(Clone, Debug)]
pub struct ProjectFiles {
    /// The folder of `dbt_project.yml`.
    pub root: PathBuf,
    /// What `dbt_project.yml` says.
    pub dbt: dbt::Project,
    /// dbt's target folder.
    pub target: PathBuf,
    /// Where the manifest is looked for.
    pub manifest_path: PathBuf,
    /// What was odd on the way.
    pub problems: Vec<Problem>,
    /// Where it and its packages lie, once that was asked for.
    places: places::Known,
}

/// A manifest, ready to be asked.
#[derive(Clone, Debug)]
pub struct LoadedManifest {
    /// The file it was read from.
    pub path: PathBuf,
    /// What it says of itself.
    pub metadata: dbt::Metadata,
    /// What it says, as dbt wrote it; [`crate::workspace::current`] has its nodes as they
    /// are now.
    pub read: dbt::Manifest,
    /// The package of the project itself.
    pub root_package: String,
    /// Its exposures.
    pub exposures: Vec<Exposure>,
    /// The warehouse of its adapter.
    pub warehouse: Warehouse,
    /// How many of its definitions make no sense and are left out.
    pub n_skipped: usize,
    /// What was odd in it.
    pub problems: Vec<Problem>,
}

/// The root of the project that a file belongs to.
pub fn root_of(file: &Path) -> Option<PathBuf> {
    let packages_install_path = |root: &Path| {
        let text = disk::read_text(&root.join("dbt_project.yml")).ok()?;
        Some(
            dbt::Project::parse(&text, &super::process_env)
                .ok()?
                .packages_install_path,
        )
    };
    dbt::nearest_project(
        file,
        &dbt::Folders {
            has_file: &|path: &Path| path.is_file(),
            packages_install_path: &packages_install_path,
        },
    )
}

/// The settings in force for the project at `root`: built-in, the environment's, the
/// team's file, the user's, the editor's section.
pub fn settings(
    root: &Path,
    user_file: Option<&Path>,
    editor: &serde_json::Value,
    env: Env<'_>,
) -> Settings {
    let mut settings = Settings::default();
    settings.lay_environment(&env);
    let team = root.join("exposure-lens.yml");
    lay_file(
        &mut settings,
        &team,
        Origin::Team(PathBuf::from("exposure-lens.yml")),
    );
    if let Some(user) = config::user_file(user_file, &env) {
        lay_file(&mut settings, &user, Origin::User(user.clone()));
    }
    settings.lay_editor(editor);
    settings
}

/// The user's own settings, for commands that are about no project.
pub fn own_settings(user_file: Option<&Path>, env: Env<'_>) -> Settings {
    let mut settings = Settings::default();
    settings.lay_environment(&env);
    if let Some(user) = config::user_file(user_file, &env) {
        lay_file(&mut settings, &user, Origin::User(user.clone()));
    }
    settings
}

fn lay_file(settings: &mut Settings, path: &Path, origin: Origin) {
    match disk::read_text(path) {
        Ok(text) => settings.lay_yaml(&text, &origin),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => settings
            .warnings
            .push(format!("cannot read {}: {error}", path.display())),
    }
}

/// Reads `dbt_project.yml` and works out where the manifest is.
///
/// # Errors
/// When `dbt_project.yml` cannot be read at all.
pub fn open(root: &Path, settings: &Settings, env: Env<'_>) -> anyhow::Result<ProjectFiles> {
    open_as(root, None, settings, env)
}

/// As [`open`], with `dbt_project.yml` as it stands in an editor, where it is open there.
/// While that is half typed, the file on disk counts.
///
/// # Errors
/// As [`open`].
pub fn open_as(
    root: &Path,
    buffer: Option<&str>,
    settings: &Settings,
    env: Env<'_>,
) -> anyhow::Result<ProjectFiles> {
    let path = root.join("dbt_project.yml");
    let typed = buffer.and_then(|text| dbt::Project::parse(text, &env).ok());
    let dbt = match typed.filter(|it| !it.name.is_empty()) {
        Some(dbt) => dbt,
        None => {
            let text = disk::read_text(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            dbt::Project::parse(&text, &env)
                .with_context(|| format!("cannot read {}", path.display()))?
        }
    };
    let target = dbt::target_path(&dbt, &env);
    let stated = dbt.problems.iter().chain(&target.problem).map(problem);
    let mut project = ProjectFiles {
        root: root.to_owned(),
        problems: stated.collect(),
        manifest_path: root.join(&target.path).join("manifest.json"),
        target: root.join(&target.path),
        places: places::Known::default(),
        dbt,
    };
    if let Some(path) = settings.manifest() {
        project.set_manifest(&path, settings.is_from_team("dbt.manifest"));
    }
    project.check_exposures_path(settings);
    Ok(project)
}

fn problem(it: &dbt::Problem) -> Problem {
    Problem {
        code: it.code,
        message: it.message.clone(),
    }
}

/// Why there is no manifest to ask.
#[derive(Debug)]
pub enum ManifestError {
    /// There is no such file.
    Missing(PathBuf),
    /// It cannot be read; while dbt writes it, it is only half there.
    Broken(PathBuf, anyhow::Error),
    /// It is another project's.
    OtherProject(PathBuf, String),
}

impl ManifestError {
    /// As a problem that says what to do.
    pub fn problem(&self, project: &ProjectFiles) -> Problem {
        let place = |path: &Path| disk::relative(&project.root, path);
        match self {
            ManifestError::Missing(path) => Problem {
                code: "manifest_missing",
                message: format!(
                    "no manifest at {}, so that the project's files are read: run `dbt parse`, or \
                     name one with `dbt.manifest`{}",
                    place(path),
                    written_as_parquet(path)
                ),
            },
            ManifestError::Broken(path, error) => {
                let hint = if path.is_dir() {
                    "name the file with `dbt.manifest`"
                } else {
                    "run `dbt parse` to write it anew"
                };
                Problem {
                    code: "manifest_unreadable",
                    message: format!(
                        "cannot read the manifest at {}: {error:#}; {hint}",
                        place(path)
                    ),
                }
            }
            ManifestError::OtherProject(path, name) => Problem {
                code: "manifest_of_another_project",
                message: format!(
                    "the manifest at {} is of project `{name}`, not of `{}`: run `dbt parse` here",
                    place(path),
                    project.dbt.name
                ),
            },
        }
    }
}

/// Fusion can leave Parquet files in place of the manifest.
fn written_as_parquet(path: &Path) -> &'static str {
    let metadata = path.parent().map(|target| target.join("metadata"));
    if metadata.is_some_and(|it| it.is_dir()) {
        " (without `--write-metadata`)"
    } else {
        ""
    }
}

/// Reads the project's manifest.
///
/// # Errors
/// [`ManifestError`]; the caller keeps the last good one.
pub fn read_manifest(project: &ProjectFiles) -> Result<LoadedManifest, ManifestError> {
    let path = &project.manifest_path;
    let broken = |error: anyhow::Error| ManifestError::Broken(path.clone(), error);
    let bytes = match disk::read(path, disk::MAX_MANIFEST) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(ManifestError::Missing(path.clone()));
        }
        Err(error) => return Err(broken(error.into())),
    };
    let manifest = dbt::Manifest::parse(&bytes).map_err(|error| broken(error.into()))?;
    drop(bytes);
    let other = manifest
        .metadata
        .project_name
        .clone()
        .filter(|name| *name != project.dbt.name);
    let other = other.filter(|_| !project.dbt.name.is_empty());
    if let Some(name) = other {
        return Err(ManifestError::OtherProject(path.clone(), name));
    }
    Ok(loaded(project, manifest))
}

fn loaded(project: &ProjectFiles, mut manifest: dbt::Manifest) -> LoadedManifest {
    let root = manifest
        .metadata
        .project_name
        .as_deref()
        .unwrap_or(&project.dbt.name);
    let adapter = manifest
        .metadata
        .adapter_type
        .as_deref()
        .unwrap_or_default();
    LoadedManifest {
        path: project.manifest_path.clone(),
        warehouse: Warehouse::from_adapter(adapter),
        root_package: root.to_owned(),
        n_skipped: manifest.n_skipped,
        problems: manifest.problems.iter().map(problem).collect(),
        exposures: std::mem::take(&mut manifest.exposures),
        metadata: manifest.metadata.clone(),
        read: manifest,
    }
}

impl ProjectFiles {
    fn set_manifest(&mut self, path: &str, is_from_team: bool) {
        let named = self.root.join(path);
        if is_from_team && !disk::is_inside(disk::repository_root(&self.root), &named) {
            self.problems.push(Problem {
                code: "setting_ignored",
                message: format!("`dbt.manifest` is a link out of the repository: {path}"),
            });
            return;
        }
        self.manifest_path = named;
    }

    /// An exposure in a file that dbt does not read would be written for nobody.
    fn check_exposures_path(&mut self, settings: &Settings) {
        let Some(path) = settings.ide_options().exposures.path else {
            return;
        };
        let is_yaml = [".yml", ".yaml"].iter().any(|it| path.ends_with(it));
        let is_read = self
            .dbt
            .resource_paths()
            .any(|it| it == "." || Path::new(&path).starts_with(it));
        if !(is_yaml && is_read) {
            self.problems.push(Problem {
                code: "exposures_path_not_read",
                message: format!(
                    "dbt reads no exposures from `exposures.path`: {path} is no .yml file below \
                     one of the project's paths"
                ),
            });
        }
    }
}

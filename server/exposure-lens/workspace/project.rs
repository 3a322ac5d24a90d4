//! A dbt project on disk: its `dbt_project.yml`, its settings, its manifest.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use lineage::{DisabledNode, Exposure, Nodes, Warehouse};

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
    /// Where the manifest is looked for.
    pub manifest_path: PathBuf,
    /// What was odd on the way.
    pub problems: Vec<Problem>,
}

/// A manifest, ready to be asked.
#[derive(Clone, Debug)]
pub struct LoadedManifest {
    /// The file it was read from.
    pub path: PathBuf,
    /// What it says of itself.
    pub metadata: dbt::Metadata,
    /// Its models, seeds, snapshots and sources.
    pub nodes: Arc<Nodes>,
    /// Nodes that dbt left out.
    pub disabled: Arc<[DisabledNode]>,
    /// Its exposures.
    pub exposures: Vec<Exposure>,
    /// The warehouse of its adapter.
    pub warehouse: Warehouse,
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

/// The settings in force for the project at `root`: built-in, the team's file,
/// the user's, the editor's section.
pub fn settings(
    root: &Path,
    user_file: Option<&Path>,
    editor: &serde_json::Value,
    env: Env<'_>,
) -> Settings {
    let mut settings = Settings::default();
    let team = root.join("exposure-lens.yml");
    lay_file(
        &mut settings,
        &team,
        Origin::Team(PathBuf::from("exposure-lens.yml")),
    );
    let user = user_file.map(Path::to_owned);
    let user = user.or_else(|| Some(config::user_folder(&env)?.join("config.yml")));
    if let Some(user) = user {
        lay_file(&mut settings, &user, Origin::User(user.clone()));
    }
    settings.lay_editor(editor);
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
    let path = root.join("dbt_project.yml");
    let text = disk::read_text(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let dbt = dbt::Project::parse(&text, &env)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let target = dbt::target_path(&dbt, &env);
    let mut problems: Vec<Problem> = dbt
        .problems
        .iter()
        .chain(&target.problem)
        .map(problem)
        .collect();
    let manifest_path = match settings.manifest() {
        Some(path) => root.join(path),
        None => root.join(&target.path).join("manifest.json"),
    };
    if manifest_path.is_dir() {
        problems.push(Problem {
            code: "manifest_is_folder",
            message: format!("{} is a folder; name the file", manifest_path.display()),
        });
    }
    Ok(ProjectFiles {
        root: root.to_owned(),
        dbt,
        manifest_path,
        problems,
    })
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
                    "no manifest at {}: run `dbt parse`, or name one with `dbt.manifest`{}",
                    place(path),
                    written_as_parquet(path)
                ),
            },
            ManifestError::Broken(path, error) => Problem {
                code: "manifest_unreadable",
                message: format!(
                    "cannot read the manifest at {}: {error:#}; run `dbt parse` to write it anew",
                    place(path)
                ),
            },
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

fn loaded(project: &ProjectFiles, manifest: dbt::Manifest) -> LoadedManifest {
    let mut problems: Vec<Problem> = manifest.problems.iter().map(problem).collect();
    if manifest.n_skipped > 0 {
        problems.push(Problem {
            code: "manifest_nodes_skipped",
            message: format!(
                "{} of the manifest could not be read and are left out",
                ide::count(manifest.n_skipped, "node")
            ),
        });
    }
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
        nodes: Arc::new(Nodes::new(root, manifest.nodes)),
        disabled: manifest.disabled.into(),
        exposures: manifest.exposures,
        metadata: manifest.metadata,
        problems,
    }
}

impl ProjectFiles {
    /// The package that a file belongs to, and its path from that package's root
    /// with forward slashes: the project's own, or one of its installed packages.
    pub fn place_of(&self, path: &Path) -> Option<(String, String)> {
        let inside = path.strip_prefix(&self.root).ok()?;
        let packages = Path::new(&self.dbt.packages_install_path);
        let in_packages = inside.strip_prefix(packages).ok();
        let Some(in_packages) = in_packages else {
            return Some((self.dbt.name.clone(), disk::relative(&self.root, path)));
        };
        let folder = in_packages.components().next()?;
        let root = self.root.join(packages).join(folder);
        let name = disk::read_text(&root.join("dbt_project.yml"))
            .ok()
            .and_then(|text| {
                dbt::Project::parse(&text, &|_| None)
                    .ok()
                    .map(|package| package.name)
            });
        let name = name.unwrap_or_else(|| folder.as_os_str().to_string_lossy().into_owned());
        Some((name, disk::relative(&root, path)))
    }

    /// Whether dbt would read this file: it lies below a resource path of its package.
    pub fn is_resource(&self, path: &Path) -> bool {
        self.place_of(path).is_some_and(|(package, relative)| {
            package != self.dbt.name
                || self
                    .dbt
                    .resource_paths()
                    .any(|it| Path::new(&relative).starts_with(it))
        })
    }

    /// Where a node's file is on disk.
    pub fn file_of(&self, node: &lineage::Node) -> PathBuf {
        if node.package == self.dbt.name || node.package.is_empty() {
            self.root.join(&node.path)
        } else {
            self.root
                .join(&self.dbt.packages_install_path)
                .join(&node.package)
                .join(&node.path)
        }
    }
}

//! A project's nodes as they are now: the manifest's with the files laid over them, or,
//! without a manifest, what the files say.
//!
//! Reads what is needed beside the project's own files: macros that make names, packages,
//! and the target in `profiles.yml`. No code of the user's is run.

mod over_manifest;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dbt::{NameMacros, Names, Observed};
use lineage::{DisabledNode, Nodes, UniqueId, Warehouse};

use super::code::{Code, Listing, Memory as CodeMemory};
use super::content::fingerprint;
use super::packages::{are_missing, packages_of};
use super::project::{self, LoadedManifest, ProjectFiles};
use super::{Env, Problem, target};
use crate::config::Settings;
use crate::disk;

/// A project's nodes as they are now.
#[derive(Clone, Debug)]
pub struct Current {
    /// Models, seeds, snapshots and sources.
    pub nodes: Arc<Nodes>,
    /// What is disabled.
    pub disabled: Arc<[DisabledNode]>,
    /// The warehouse of the adapter.
    pub warehouse: Warehouse,
    /// What the files do to what is deployed.
    pub pending: Arc<[dbt::Pending]>,
    /// Files that are not as dbt parsed them, by their path from the root.
    pub differing: Vec<String>,
    /// Nodes that got another id with their file's name, and the one they are deployed under.
    pub renamed: HashMap<UniqueId, UniqueId>,
    /// Files that could not be read, by their path from the root.
    pub unread: Vec<String>,
    /// What a person can act on.
    pub problems: Vec<Problem>,
}

impl Current {
    /// Whether both would give the same answers.
    pub fn is_same(&self, other: &Current) -> bool {
        (Arc::ptr_eq(&self.nodes, &other.nodes) || self.nodes.iter().eq(other.nodes.iter()))
            && self.disabled == other.disabled
            && self.warehouse == other.warehouse
            && self.pending == other.pending
            && self.differing == other.differing
            && self.unread == other.unread
    }
}

/// What was read beside the project's own files, so that only what changed is read again.
#[derive(Debug, Default)]
pub struct Memory {
    packages: HashMap<PathBuf, CodeMemory>,
    /// What the macros of each package say.
    macros: HashMap<PathBuf, KnownMacros>,
}

/// What macro files said, and what they looked like then.
#[derive(Debug)]
struct KnownMacros {
    paths: Vec<PathBuf>,
    seen: u64,
    macros: NameMacros,
}

/// A package that is present, with its files.
#[derive(Debug)]
struct PackageCode {
    files: ProjectFiles,
    code: Code,
    macros: NameMacros,
}

/// The project's nodes as they are now.
pub fn read(
    project: &ProjectFiles,
    manifest: Option<&LoadedManifest>,
    listing: &Listing,
    code: &Code,
    memory: &mut Memory,
    env: Env<'_>,
) -> Current {
    let macros = macros(project, listing, memory);
    let mut current = match manifest {
        Some(manifest) => over_manifest::read(project, manifest, listing, code, macros),
        None => from_files(project, code, macros, memory, env),
    };
    let unseen = listing.unseen.iter();
    current.unread.extend(unseen.map(|it| it.folder.clone()));
    current
}

fn from_files(
    project: &ProjectFiles,
    code: &Code,
    macros: NameMacros,
    memory: &mut Memory,
    env: Env<'_>,
) -> Current {
    let mut problems = Vec::new();
    let target = target::of(project, env)
        .inspect_err(|problem| problems.extend(problem.clone()))
        .ok();
    problems.extend(target.as_ref().and_then(target::unsaid));
    let installed = packages(project, memory, env);
    let names = Names {
        adapter: target.as_ref().and_then(|it| it.adapter.clone()),
        target,
        macros,
        package_macros: package_macros(&installed),
        observed: Observed::default(),
        quoting: project.dbt.quoting.clone(),
    };
    let own = std::iter::once((project, code));
    let others = installed.iter().map(|it| (&it.files, &it.code));
    let packages = own.chain(others).map(|(project, code)| dbt::Package {
        project: &project.dbt,
        files: &code.files,
    });
    let mut scan = dbt::scan(&packages.collect::<Vec<_>>(), &names);
    if are_missing(&project.root, &project.dbt) {
        scan.doubt_unresolved();
    }
    let adapter = names.adapter.as_deref().unwrap_or_default();
    Current {
        unread: in_project(&project.dbt.name, &scan.unread),
        nodes: Arc::new(Nodes::new(&project.dbt.name, scan.nodes)),
        disabled: scan.disabled.into(),
        warehouse: Warehouse::from_adapter(adapter),
        pending: Arc::from([]),
        differing: Vec::new(),
        renamed: HashMap::new(),
        problems,
    }
}

/// The packages that work names out otherwise than dbt does.
fn package_macros(packages: &[PackageCode]) -> HashMap<String, NameMacros> {
    let own = packages
        .iter()
        .filter(|it| it.macros != NameMacros::default());
    own.map(|it| (it.files.dbt.name.clone(), it.macros))
        .collect()
}

/// The project's own files by their path from the root, the others with their package.
fn in_project(package: &str, unread: &[String]) -> Vec<String> {
    let own = |it: &String| {
        let path = it.strip_prefix(package).and_then(|it| it.strip_prefix('/'));
        path.map_or_else(|| it.clone(), str::to_owned)
    };
    unread.iter().map(own).collect()
}

/// Who works names out, as the macros of the package at `project` say. Read again when one
/// changed.
fn macros(project: &ProjectFiles, listing: &Listing, memory: &mut Memory) -> NameMacros {
    let paths = macro_files(project, listing);
    let seen = fingerprint(&paths);
    let known = memory.macros.get(&project.root);
    if let Some(known) = known.filter(|it| it.seen == seen && it.paths == paths) {
        return known.macros;
    }
    let texts: std::io::Result<Vec<String>> = paths.iter().map(|it| disk::read_text(it)).collect();
    let macros = match texts {
        Ok(texts) => NameMacros::of(texts.iter().map(String::as_str)),
        // One that cannot be read may be any macro.
        Err(_) => NameMacros::unknown(),
    };
    let known = KnownMacros {
        paths,
        seen,
        macros,
    };
    memory.macros.insert(project.root.clone(), known);
    macros
}

fn macro_files(project: &ProjectFiles, listing: &Listing) -> Vec<PathBuf> {
    let folders = project.dbt.macro_paths.iter();
    let folders: Vec<PathBuf> = folders
        .map(|it| disk::normal(&project.root.join(it)))
        .collect();
    let is_macro = |path: &&PathBuf| {
        let is_sql = path.extension().is_some_and(|it| it == "sql");
        is_sql && folders.iter().any(|it| path.starts_with(it))
    };
    listing.files.iter().filter(is_macro).cloned().collect()
}

/// The packages that are present, with their files: those that are read in place, then
/// those that are installed, each name once.
fn packages(project: &ProjectFiles, memory: &mut Memory, env: Env<'_>) -> Vec<PackageCode> {
    let mut places = packages_of(&project.root, &project.dbt);
    let mut seen = HashSet::new();
    places.retain(|it| seen.insert(it.name.clone()) && may_be_read(project, &it.real));
    memory
        .packages
        .retain(|root, _| places.iter().any(|it| it.root == *root));
    let settings = Settings::default();
    let read = places.into_iter().filter_map(|it| {
        let files = project::open(&it.root, &settings, env).ok()?;
        let listing = Arc::new(Listing::of(&files));
        let macros = macros(&files, &listing, memory);
        let memory = memory.packages.entry(it.root).or_default();
        let code = memory.read(&files, &listing, &HashMap::new());
        Some(PackageCode {
            files,
            code,
            macros,
        })
    });
    read.collect()
}

/// A repository can name any folder of the machine as a package of its.
fn may_be_read(project: &ProjectFiles, folder: &Path) -> bool {
    disk::is_inside(disk::repository_root(&project.root), folder)
}

/// What a project without a manifest is read from, beside its own files.
pub fn watched(project: &ProjectFiles, env: Env<'_>) -> Vec<PathBuf> {
    let packages = project.root.join(&project.dbt.packages_install_path);
    let profiles = target::profiles_file(project, env);
    profiles.into_iter().chain([packages]).collect()
}

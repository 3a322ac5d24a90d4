//! The project's exposures: the YAML on disk and in open buffers, over the manifest's.
//!
//! A file that was edited after `dbt parse` is right and the manifest wrong, so
//! every exposures file that can be read replaces what the manifest says of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dbt::{ExposureEntry, Properties};
use ignore::WalkBuilder;
use lineage::{Exposure, ExposureName, Nodes, UniqueId};

use crate::disk;
use crate::workspace::Problem;
use crate::workspace::project::{LoadedManifest, ProjectFiles};

/// The exposures of a project, and the files that could not be asked for them.
#[derive(Debug, Default)]
pub struct Collected {
    /// Sorted by id.
    pub exposures: Vec<Exposure>,
    /// One for each file that is no YAML.
    pub problems: Vec<Problem>,
}

/// Every exposure in `files`, and the manifest's of all other files; `buffer` gives
/// the text of a file that is open.
pub fn collect(
    project: &ProjectFiles,
    manifest: Option<&LoadedManifest>,
    files: &[PathBuf],
    buffer: &dyn Fn(&Path) -> Option<String>,
) -> Collected {
    let empty = Nodes::default();
    let nodes = manifest.map_or(&empty, |it| &it.nodes);
    let mut all = Collected::default();
    let mut read: BTreeSet<String> = BTreeSet::new();
    for path in files {
        let Some(text) = buffer(path).or_else(|| disk::read_text(path).ok()) else {
            continue;
        };
        let relative = disk::relative(&project.root, path);
        match entries(&text) {
            Ok(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|it| lower(project, nodes, &relative, it));
                all.exposures.extend(entries);
                read.insert(relative);
            }
            Err(error) => all.problems.push(unreadable(&relative, &error)),
        }
    }
    let from_manifest = manifest.into_iter().flat_map(|it| &it.exposures);
    let is_replaced = |it: &Exposure| it.package == project.dbt.name && read.contains(&it.path);
    all.exposures
        .extend(from_manifest.filter(|it| !is_replaced(it)).cloned());
    all.exposures.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

/// The exposures in a properties file. Most have none, and are not parsed.
fn entries(text: &str) -> Result<Vec<ExposureEntry>, dbt::Error> {
    if text.contains("exposures") {
        Properties::parse(text).map(|it| it.exposures)
    } else {
        Ok(Vec::new())
    }
}

fn unreadable(path: &str, error: &dbt::Error) -> Problem {
    Problem {
        code: "yaml_unreadable",
        message: format!("exposures in {path} are taken from the manifest, if at all: {error}"),
    }
}

/// Whether dbt would take a file for a properties file, by its name.
pub fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|it| it == "yml" || it == "yaml")
}

/// Whether a file, there or not yet, lies outside of the repository of the project at
/// `root` once links are followed. A repository can hold a link to anywhere.
pub fn leads_out(root: &Path, file: &Path) -> bool {
    // What is there tells where the rest would come to lie; a link to nothing is one too.
    let mut above = file.ancestors();
    let there = above.find(|it| it.symlink_metadata().is_ok());
    there.is_some_and(|it| {
        let leads_nowhere = it.is_symlink() && !it.exists();
        leads_nowhere || !disk::is_inside(disk::repository_root(root), it)
    })
}

/// YAML files below the project's resource paths, sorted.
pub fn yaml_files(project: &ProjectFiles) -> Vec<PathBuf> {
    let roots = project.dbt.resource_paths().map(|it| project.root.join(it));
    let mut files: Vec<PathBuf> = roots
        .filter(|root| root.is_dir())
        .flat_map(|root| {
            WalkBuilder::new(root)
                .standard_filters(false)
                .build()
                .flatten()
        })
        .map(ignore::DirEntry::into_path)
        .filter(|path| is_yaml(path))
        .collect();
    files.sort();
    files.dedup();
    files
}

fn lower(project: &ProjectFiles, nodes: &Nodes, path: &str, entry: &ExposureEntry) -> Exposure {
    let package = &project.dbt.name;
    let calls = entry.depends_on.iter();
    let depends_on = calls.filter_map(|call| call.target.resolve(nodes, package));
    Exposure {
        id: UniqueId::new(&format!("exposure.{package}.{}", entry.name)),
        name: ExposureName::new(&entry.name),
        package: package.clone(),
        label: entry.label.clone(),
        url: entry.url.clone(),
        description: entry.description.clone(),
        owner: entry.owner.clone(),
        path: path.to_owned(),
        meta: entry.meta.clone(),
        depends_on: depends_on.map(|ix| nodes.get(ix).id.clone()).collect(),
        enabled: entry.enabled != Some(false),
    }
}

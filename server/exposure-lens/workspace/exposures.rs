//! The project's exposures: the YAML on disk and in open buffers, over the manifest's.
//!
//! A file that was edited after `dbt parse` is right and the manifest wrong, so
//! every exposures file that can be read replaces what the manifest says of it. What
//! could not be read is told: the exposures in it are then not known.

mod places;

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use dbt::{ExposureEntry, Properties};
use lineage::{Exposure, ExposureName, Nodes, UniqueId};

pub use self::places::{Unseen, YamlPlaces, is_dbts, is_yaml};
use crate::disk;
use crate::workspace::Problem;
use crate::workspace::project::{LoadedManifest, ProjectFiles};

/// The exposures of a project, and the files that could not be asked for them.
#[derive(Debug, Default)]
pub struct Collected {
    /// Sorted by id.
    pub exposures: Vec<Exposure>,
    /// Files that could not be read and folders that could not be looked through, relative
    /// to the project's root: which exposures they hold is not known.
    pub unread: Vec<String>,
    /// One for each of those.
    pub problems: Vec<Problem>,
}

impl Collected {
    /// Adds what the look for files did not see.
    pub fn add_unseen(&mut self, unseen: Vec<Unseen>) {
        for it in unseen {
            let message = format!(
                "exposures in {} are not all known: {}",
                it.folder, it.reason
            );
            self.add_unread(it.folder, message);
        }
    }

    fn add_unread(&mut self, path: String, message: String) {
        self.problems.push(Problem {
            code: "yaml_unreadable",
            message,
        });
        self.unread.push(path);
    }
}

/// Every exposure in `files`, and the manifest's of files that could not be read; they
/// depend on `nodes`;
/// `buffer` gives the text of a file that is open.
pub fn collect(
    project: &ProjectFiles,
    manifest: Option<&LoadedManifest>,
    nodes: &Nodes,
    files: &[PathBuf],
    buffer: &dyn Fn(&Path) -> Option<String>,
) -> Collected {
    let known = Known::of(project, manifest, nodes);
    let mut all = Collected::default();
    let mut read: BTreeSet<String> = BTreeSet::new();
    for path in files {
        let relative = disk::relative(&project.root, path);
        let entries = match buffer(path).map_or_else(|| disk::read_text(path), Ok) {
            Ok(text) => entries(&text).map_err(|error| error.to_string()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => Err(format!("cannot read it: {error}")),
        };
        match entries {
            Ok(entries) => {
                let entries = entries.iter().map(|it| known.lower(&relative, it));
                all.exposures.extend(entries);
                read.insert(relative);
            }
            Err(reason) => {
                let taken = "are taken from the manifest, if at all";
                let message = format!("exposures in {relative} {taken}: {reason}");
                all.add_unread(relative, message);
            }
        }
    }
    let places = YamlPlaces::of(project);
    let is_wrong = |it: &Exposure| {
        let is_own = it.package == project.dbt.name;
        is_own && (read.contains(&it.path) || places.has_lost(&it.path))
    };
    let from_manifest = manifest.into_iter().flat_map(|it| &it.exposures);
    let from_manifest = from_manifest.filter(|it| !is_wrong(it));
    all.exposures.extend(from_manifest.cloned());
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

/// What is known before a properties file is read.
struct Known<'a> {
    package: &'a str,
    nodes: &'a Nodes,
    /// Whether the manifest has an exposure of that id enabled.
    enabled: HashMap<&'a UniqueId, bool>,
}

impl<'a> Known<'a> {
    fn of(
        project: &'a ProjectFiles,
        manifest: Option<&'a LoadedManifest>,
        nodes: &'a Nodes,
    ) -> Known<'a> {
        let mut enabled = HashMap::new();
        for exposure in manifest.into_iter().flat_map(|it| &it.exposures) {
            *enabled.entry(&exposure.id).or_default() |= exposure.enabled;
        }
        Known {
            package: &project.dbt.name,
            nodes,
            enabled,
        }
    }

    fn lower(&self, path: &str, entry: &ExposureEntry) -> Exposure {
        let package = self.package;
        let id = UniqueId::new(&format!("exposure.{package}.{}", entry.name));
        Exposure {
            name: ExposureName::new(&entry.name),
            package: package.to_owned(),
            label: entry.label.clone(),
            url: entry.url.clone(),
            description: entry.description.clone(),
            owner: entry.owner.clone(),
            path: path.to_owned(),
            meta: entry.meta.clone(),
            depends_on: self.depends_on(entry),
            enabled: self.is_enabled(&id, entry),
            id,
        }
    }

    /// The nodes that are there; what refers to none is told where the file is shown.
    fn depends_on(&self, entry: &ExposureEntry) -> Vec<UniqueId> {
        let calls = entry.depends_on.iter();
        let found = calls.filter_map(|call| {
            let node = call.target.resolve(self.nodes, self.package)?;
            Some(self.nodes.get(node).id.clone())
        });
        found.collect()
    }

    /// `dbt_project.yml` can disable what the file says nothing of, and Jinja only dbt knows.
    /// What a later list hides dbt does not see at all.
    fn is_enabled(&self, id: &UniqueId, entry: &ExposureEntry) -> bool {
        let in_manifest = || self.enabled.get(id).copied().unwrap_or(true);
        !entry.is_hidden && entry.enabled.unwrap_or_else(in_manifest)
    }
}

#[cfg(test)]
mod tests;

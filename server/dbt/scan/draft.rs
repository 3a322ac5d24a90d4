//! The files that define nodes: which they are, and what dbt calls them.
//!
//! A file may be below several resource paths, and then defines something for each of
//! them, as in dbt. Whose text cannot be read defines nothing: it is among the unread.

use std::borrow::Cow;
use std::sync::Arc;

use lineage::NodeKind;

use super::Package;
use super::definition::Place;
use crate::config::Config;
use crate::facts::{CodeFacts, FileFacts, Macros, NodeFacts, Says, VersionFacts};
use crate::project::Project;

/// Something that a file defines, before what describes it is known.
#[derive(Clone, Debug)]
pub(super) struct Draft<'a> {
    pub(super) project: &'a Project,
    pub(super) kind: NodeKind,
    /// The name of its file, or of its snapshot block.
    pub(super) stem: String,
    pub(super) path: &'a str,
    /// `fqn` of dbt without the package and the name: folders, a snapshot's file.
    pub(super) folders: Vec<&'a str>,
    pub(super) file: &'a Arc<FileFacts>,
    pub(super) place: Place,
    /// Its `config()` where the macros that it calls configure it too.
    by_macros: Option<Config>,
    /// The entry of a properties file that describes it.
    pub(super) described: Option<Described<'a>>,
}

/// An entry of a properties file, as it describes one node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Described<'a> {
    /// The package whose file it stands in.
    pub(super) project: &'a Project,
    pub(super) path: &'a str,
    pub(super) entry: &'a NodeFacts,
    pub(super) version: Option<Version<'a>>,
}

/// The version of a model that a file is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version<'a> {
    pub(super) facts: &'a VersionFacts,
    /// The version that a plain `ref()` means, where that is known.
    pub(super) latest: Option<&'a str>,
}

impl<'a> Draft<'a> {
    /// Takes what the macros configure that its text calls.
    pub(super) fn ask(&mut self, macros: &Macros<'_>) {
        let (place, file) = (self.place, self.file);
        if let (Some(own), Some(reads)) = (place.inline(file), place.reads(file)) {
            let config = macros.configured(own, reads);
            self.by_macros = (config != *own).then_some(config);
        }
    }

    /// What its text configures.
    pub(super) fn inline(&self) -> Option<Cow<'a, Config>> {
        let own = || self.place.inline(self.file).map(Cow::Borrowed);
        self.by_macros.clone().map(Cow::Owned).or_else(own)
    }

    /// dbt's `fqn`, by which `dbt_project.yml` configures it.
    pub(super) fn fqn(&self) -> Vec<String> {
        let folders = self.folders.iter().copied().map(str::to_owned);
        let mut fqn = vec![self.project.name.clone()];
        fqn.extend(folders);
        match self.described {
            Some(Described {
                entry,
                version: Some(version),
                ..
            }) => fqn.extend([entry.name.clone(), format!("v{}", version.facts.v)]),
            _ => fqn.push(self.stem.clone()),
        }
        fqn
    }
}

/// Adds what the files of a package define: models, seeds, snapshots.
pub(super) fn of_package<'a>(package: Package<'a>, drafts: &mut Vec<Draft<'a>>) {
    for (path, file) in package.files {
        match &file.says {
            Says::Sql(code) => {
                model(package.project, path, file, drafts);
                snapshots(package.project, path, file, code, drafts);
            }
            Says::Python(_) => model(package.project, path, file, drafts),
            Says::Csv => seed(package.project, path, file, drafts),
            Says::Properties(facts) => {
                for (n, entry) in facts.nodes.iter().enumerate() {
                    yaml_snapshot(package.project, path, file, (n, entry), drafts);
                }
            }
            Says::Unreadable(_) | Says::Nothing => {}
        }
    }
}

fn model<'a>(
    project: &'a Project,
    path: &'a str,
    file: &'a Arc<FileFacts>,
    drafts: &mut Vec<Draft<'a>>,
) {
    let paths = &project.model_paths;
    drafts.extend(file_draft(project, NodeKind::Model, paths, path, file));
}

fn seed<'a>(
    project: &'a Project,
    path: &'a str,
    file: &'a Arc<FileFacts>,
    drafts: &mut Vec<Draft<'a>>,
) {
    let paths = &project.seed_paths;
    drafts.extend(file_draft(project, NodeKind::Seed, paths, path, file));
}

/// What a file defines that is one node.
fn file_draft<'a>(
    project: &'a Project,
    kind: NodeKind,
    paths: &[String],
    path: &'a str,
    file: &'a Arc<FileFacts>,
) -> Option<Draft<'a>> {
    let (folders, stem) = split(below(path, paths)?)?;
    Some(Draft {
        project,
        kind,
        stem: stem.to_owned(),
        path,
        folders,
        file,
        place: Place::File,
        by_macros: None,
        described: None,
    })
}

/// Snapshot blocks; the name of their file counts as a folder.
fn snapshots<'a>(
    project: &'a Project,
    path: &'a str,
    file: &'a Arc<FileFacts>,
    code: &'a CodeFacts,
    drafts: &mut Vec<Draft<'a>>,
) {
    let Some((mut folders, stem)) = below(path, &project.snapshot_paths).and_then(split) else {
        return;
    };
    folders.push(stem);
    let blocks = code.snapshots.iter().enumerate();
    drafts.extend(blocks.map(|(n, block)| Draft {
        project,
        kind: NodeKind::Snapshot,
        stem: block.name.clone(),
        path,
        folders: folders.clone(),
        file,
        place: Place::Block(n),
        by_macros: None,
        described: None,
    }));
}

/// A snapshot that a properties file defines and describes at once.
fn yaml_snapshot<'a>(
    project: &'a Project,
    path: &'a str,
    file: &'a Arc<FileFacts>,
    (n, entry): (usize, &'a NodeFacts),
    drafts: &mut Vec<Draft<'a>>,
) {
    if entry.kind != NodeKind::Snapshot || entry.relation.is_none() {
        return;
    }
    drafts.push(Draft {
        project,
        kind: NodeKind::Snapshot,
        stem: entry.name.clone(),
        path,
        folders: folders(project, path),
        file,
        place: Place::Entry(n),
        by_macros: None,
        described: Some(Described {
            project,
            path,
            entry,
            version: None,
        }),
    });
}

/// The folders of a properties file below its resource path.
pub(super) fn folders<'a>(project: &Project, path: &'a str) -> Vec<&'a str> {
    let mut paths = project.resource_paths();
    let below = paths.find_map(|folder| below_one(path, folder));
    let Some((folders, _)) = below.and_then(|it| it.rsplit_once('/')) else {
        return Vec::new();
    };
    folders.split('/').collect()
}

/// The path below the first of `folders` that it is below.
pub(super) fn below<'p>(path: &'p str, folders: &[String]) -> Option<&'p str> {
    folders.iter().find_map(|folder| below_one(path, folder))
}

fn below_one<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    match folder {
        "." => Some(path),
        _ => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

/// Folders and the file's name without its extension; `None` for a file that dbt takes for
/// one of an editor or of the system.
fn split(path: &str) -> Option<(Vec<&str>, &str)> {
    let mut folders: Vec<&str> = path.split('/').collect();
    let file = folders.pop()?;
    let (stem, _) = file.rsplit_once('.')?;
    let is_hidden = stem.is_empty() || stem.starts_with(['.', '#', '~']);
    (!is_hidden).then_some((folders, stem))
}

//! The manifest's nodes with the project's own files laid over them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use dbt::{FileFacts, NameMacros, Names, Observed, Scan};
use lineage::{Node, Nodes};

use super::{Current, in_project};
use crate::disk;
use crate::workspace::code::{Code, Listing};
use crate::workspace::exposures::YamlPlaces;
use crate::workspace::project::{LoadedManifest, ProjectFiles};

/// The project's nodes as they are now.
pub(super) fn read(
    project: &ProjectFiles,
    manifest: &LoadedManifest,
    listing: &Listing,
    code: &Code,
    macros: NameMacros,
) -> Current {
    let name = &manifest.root_package;
    let mut scan = scan(project, manifest, code, macros);
    let unread = in_project(name, &scan.unread);
    // What lies in a folder that could not be looked into is not gone.
    let unseen = listing.unseen.iter().map(|it| it.folder.clone());
    let not_gone = unseen.chain(unlisted(project, manifest, code));
    scan.unread
        .extend(not_gone.map(|it| format!("{name}/{it}")));
    let parsed: HashMap<&str, &str> = parsed(manifest);
    let then = |path: &str| -> Option<FileFacts> {
        let checksum = parsed.get(path)?;
        code.then(path, checksum).cloned()
    };
    let overlay = dbt::overlay(&manifest.read, scan, &[name], &then);
    Current {
        nodes: Arc::new(Nodes::new(name, overlay.nodes)),
        disabled: overlay.disabled.into(),
        warehouse: manifest.warehouse.clone(),
        pending: overlay.pending.into(),
        differing: overlay.differing,
        renamed: overlay.renamed,
        unread,
        problems: Vec::new(),
    }
}

/// What the project's own files define.
fn scan(
    project: &ProjectFiles,
    manifest: &LoadedManifest,
    code: &Code,
    macros: NameMacros,
) -> Scan {
    let names = Names {
        adapter: manifest.metadata.adapter_type.clone(),
        macros,
        observed: Observed::of(&manifest.read),
        quoting: project.dbt.quoting.clone(),
        ..Names::default()
    };
    // Ids have the name that the manifest knows the project by, while another is typed.
    let dbt = dbt::Project {
        name: manifest.root_package.clone(),
        ..project.dbt.clone()
    };
    let package = dbt::Package {
        project: &dbt,
        files: &code.files,
    };
    dbt::scan(&[package], &names)
}

/// The checksum of each file of the project's own when dbt parsed it.
fn parsed(manifest: &LoadedManifest) -> HashMap<&str, &str> {
    own_nodes(manifest)
        .filter_map(|it| Some((it.path.as_str(), it.checksum.as_deref()?)))
        .collect()
}

/// The files of the manifest's nodes that are there though they were not found where dbt
/// reads files: behind a linked folder, which not every dbt follows, or in a folder whose
/// name only dbt can work out.
fn unlisted(project: &ProjectFiles, manifest: &LoadedManifest, code: &Code) -> Vec<String> {
    // Of another branch's manifest many folders are gone, each with many files.
    let unseen = unseen(manifest, code);
    if unseen.is_empty() {
        return Vec::new();
    }
    let mut problems = project.dbt.problems.iter();
    let has_unknown_folders = problems.any(|it| it.code == "project_jinja");
    let places = YamlPlaces::of(project);
    let file = |path: &str| disk::normal(&project.root.join(path));
    let may_be_read =
        |file: &Path| places.reads(file) || has_unknown_folders && file.starts_with(&project.root);
    let is_there = |it: &&str| file(it).is_file();
    let mut there = Vec::new();
    for paths in unseen.into_values() {
        let mut paths = paths
            .into_iter()
            .filter(|it| may_be_read(&file(it)))
            .peekable();
        let first = paths.peek().map(|it| file(it));
        if first.is_some_and(|it| it.parent().is_some_and(Path::is_dir)) {
            there.extend(paths.filter(is_there).map(str::to_owned));
        }
    }
    there
}

/// The files of the manifest's nodes in folders of which no file was found, by folder.
fn unseen<'m>(manifest: &'m LoadedManifest, code: &Code) -> BTreeMap<&'m str, BTreeSet<&'m str>> {
    let listed = code.files.iter();
    let seen: HashSet<&str> = listed.map(|(path, _)| folder_of(path)).collect();
    let mut unseen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for node in own_nodes(manifest).filter(|it| !it.path.is_empty()) {
        let folder = folder_of(&node.path);
        if !seen.contains(folder) {
            unseen.entry(folder).or_default().insert(&node.path);
        }
    }
    unseen
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn own_nodes(manifest: &LoadedManifest) -> impl Iterator<Item = &Node> {
    let nodes = manifest.read.nodes.iter();
    nodes.filter(|it| it.package == manifest.root_package)
}

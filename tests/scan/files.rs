//! A project's folder, read as far as nodes go.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use dbt::{FileFacts, NameMacros, Names, Package, Project, Scan};

type Files = Vec<(String, Arc<FileFacts>)>;

/// Nodes of the project in `root` and of the packages that are installed there.
pub(super) fn scan(root: &Path) -> Scan {
    let project = project(root);
    let mut packages = vec![(root.to_owned(), project.clone())];
    for folder in entries(&root.join(&project.packages_install_path)) {
        let folder = root.join(&project.packages_install_path).join(folder);
        packages.push((folder.clone(), self::project(&folder)));
    }
    let read = packages.iter().map(|(folder, it)| facts(folder, it));
    let files: Vec<Files> = read.collect();
    let packages = packages.iter().zip(&files);
    let packages: Vec<Package<'_>> = packages
        .map(|((_, project), files)| Package { project, files })
        .collect();
    dbt::scan(&packages, &names(root, &project))
}

pub(super) fn project(root: &Path) -> Project {
    let text = fs::read_to_string(root.join("dbt_project.yml")).expect("dbt_project.yml");
    Project::parse(&text, &|_| None).expect("a project")
}

/// What names depend on, beside each node's own configuration.
fn names(root: &Path, project: &Project) -> Names {
    let profiles = fs::read_to_string(root.join("profiles.yml")).unwrap_or_default();
    let profile = project.profile.clone().unwrap_or_default();
    let target = dbt::target(&profiles, &profile, None, &|_| None).ok();
    let mut macros = Vec::new();
    for folder in &project.macro_paths {
        walk(root, folder, &mut |path, text| {
            if path.ends_with(".sql") {
                macros.push(text);
            }
        });
    }
    Names {
        adapter: target.as_ref().and_then(|it| it.adapter.clone()),
        target,
        macros: NameMacros::of(macros.iter().map(String::as_str)),
        quoting: project.quoting.clone(),
        ..Names::default()
    }
}

/// What each file below the package's resource paths says.
fn facts(root: &Path, project: &Project) -> Files {
    let mut files = Files::new();
    for folder in project.resource_paths() {
        walk(root, folder, &mut |path, text| {
            let facts = FileFacts::read(&path, &text);
            files.push((path, Arc::new(facts)));
        });
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files.dedup_by(|a, b| a.0 == b.0);
    files
}

/// Hands over every text file below `folder`, by its path from `root`.
fn walk(root: &Path, folder: &str, take: &mut dyn FnMut(String, String)) {
    for name in entries(&root.join(folder)) {
        let path = format!("{folder}/{name}");
        if root.join(&path).is_dir() {
            walk(root, &path, take);
        } else if let Ok(text) = fs::read_to_string(root.join(&path)) {
            take(path, text);
        }
    }
}

fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|it| it.file_name().into_string().expect("a name in UTF-8"))
        .collect();
    names.sort();
    names
}

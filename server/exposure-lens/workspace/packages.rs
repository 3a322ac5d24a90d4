//! Where the packages of a project lie: installed, linked, or read in place.
//!
//! dbt names a package's files from that package's root. A folder need not be called like
//! its package (`fsc-evm` holds `fsc_evm`), a local package (`local: ../pkg`) is a copy or
//! a link in the packages folder and is edited where it really is.

use std::path::{Path, PathBuf};

use dbt::PackageList;

use crate::disk;

/// More packages than these are not looked at.
const MAX_PACKAGES: usize = 1_000;

/// A package whose nodes a project has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackagePlace {
    /// Its name in its `dbt_project.yml`; its folder's where that cannot be read.
    pub name: String,
    /// Its folder, as the project comes to it.
    pub root: PathBuf,
    /// The same folder once links are followed.
    pub real: PathBuf,
    /// Where dbt reads its nodes from, relative to its folder.
    pub folders: Vec<String>,
}

/// The packages of the project at `root`: those that it reads in place first, since that
/// is where people edit them.
pub fn packages_of(root: &Path, dbt: &dbt::Project) -> Vec<PackagePlace> {
    // On Windows people write `..\pkg`, and others check that out.
    let local = lists(root).flat_map(|it| it.local);
    let local = local.map(|it| disk::normal(&root.join(it.replace('\\', "/"))));
    let mut installed = installed(root, dbt);
    installed.sort();
    let all = local.take(MAX_PACKAGES).chain(installed);
    all.filter_map(|it| package_at(&it)).collect()
}

/// Whether dbt has not installed all packages that the project lists.
pub fn are_missing(root: &Path, dbt: &dbt::Project) -> bool {
    let n_listed: usize = lists(root).map(|it| it.n_installed).sum();
    let is_package = |it: &PathBuf| it.join("dbt_project.yml").is_file();
    n_listed > 0
        && installed(root, dbt)
            .iter()
            .filter(|it| is_package(it))
            .count()
            < n_listed
}

fn lists(root: &Path) -> impl Iterator<Item = PackageList> {
    let names = ["packages.yml", "dependencies.yml"].into_iter();
    let texts = names.filter_map(|name| disk::read_text(&root.join(name)).ok());
    texts.map(|text| PackageList::read(&text))
}

fn installed(root: &Path, dbt: &dbt::Project) -> Vec<PathBuf> {
    let folder = root.join(&dbt.packages_install_path);
    let installed = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    installed.take(MAX_PACKAGES).map(|it| it.path()).collect()
}

/// The files and folders whose change means that other packages may be there.
pub fn stated_in(root: &Path) -> [PathBuf; 3] {
    ["dbt_project.yml", "packages.yml", "dependencies.yml"].map(|name| root.join(name))
}

fn package_at(root: &Path) -> Option<PackagePlace> {
    let file = root.join("dbt_project.yml");
    let text = file.is_file().then(|| disk::read_text(&file).ok())?;
    let dbt = text.and_then(|text| dbt::Project::parse(&text, &|_| None).ok());
    let dbt = dbt.unwrap_or_default();
    let folder = || root.file_name().unwrap_or_default().to_string_lossy();
    let name = Some(dbt.name.clone()).filter(|it| !it.is_empty());
    Some(PackagePlace {
        name: name.unwrap_or_else(|| folder().into_owned()),
        real: disk::canonical(root).unwrap_or_else(|| root.to_owned()),
        folders: dbt.resource_paths().map(str::to_owned).collect(),
        root: root.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_its_own_name_and_its_folder_the_folders() {
        let home = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = home.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        };
        write("core/packages.yml", "packages:\n- local: ..\\shared-pkg\n");
        write("shared-pkg/dbt_project.yml", "name: shared\n");
        write(
            "core/dbt_packages/fsc-evm/dbt_project.yml",
            "name: fsc_evm\n",
        );
        write("core/dbt_packages/broken/dbt_project.yml", "\t");
        write("core/dbt_packages/empty/x.sql", "");
        let dbt = dbt::Project::parse("name: core", &|_| None).expect("a project");
        let found = packages_of(&home.path().join("core"), &dbt);
        let found: Vec<(String, String)> = found
            .iter()
            .map(|it| (it.name.clone(), disk::relative(home.path(), &it.root)))
            .collect();
        let expected = [
            ("shared", "shared-pkg"),
            ("broken", "core/dbt_packages/broken"),
            ("fsc_evm", "core/dbt_packages/fsc-evm"),
        ];
        assert_eq!(
            found,
            expected.map(|(name, root)| (name.to_owned(), root.to_owned()))
        );
    }

    #[test]
    fn packages_are_missing_until_as_many_are_there_as_are_listed() {
        let home = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = home.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        };
        let dbt = dbt::Project::parse("name: core", &|_| None).expect("a project");
        let are_missing = || are_missing(home.path(), &dbt);
        assert!(!are_missing());
        write("packages.yml", "packages:\n- local: ../pkg\n");
        assert!(!are_missing());
        write(
            "dependencies.yml",
            "packages:\n- package: dbt-labs/dbt_utils\n",
        );
        assert!(are_missing());
        write("dbt_packages/dbt_utils/README.md", "");
        assert!(are_missing());
        write(
            "dbt_packages/dbt_utils/dbt_project.yml",
            "name: dbt_utils\n",
        );
        assert!(!are_missing());
    }
}

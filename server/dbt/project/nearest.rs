//! Which project a file belongs to.
//!
//! The nearest `dbt_project.yml` by path components, save those that others put
//! there: installed packages, build output, virtual environments.

use std::path::{Component, Path, PathBuf};

/// What has to be known of the folders around a file.
pub struct Folders<'a> {
    /// Whether this file exists; asked for `dbt_project.yml` and `pyvenv.cfg`.
    pub has_file: &'a dyn Fn(&Path) -> bool,
    /// The `packages-install-path` of the project in this folder, where it is
    /// known and not the default.
    pub packages_install_path: &'a dyn Fn(&Path) -> Option<String>,
}

/// Folders below a project whose own projects are not the user's.
const FOREIGN_BELOW_PROJECT: [&str; 4] = [
    "dbt_packages",
    "dbt_internal_packages",
    "dbt_modules",
    "target",
];

/// Folders whose projects are nobody's, wherever they stand.
const FOREIGN_ANYWHERE: [&str; 4] = ["site-packages", "node_modules", ".venv", "venv"];

/// The root of the project that `file` belongs to.
///
/// A package's own `dbt_project.yml` below `dbt_packages` does not count where a
/// project stands further up: such a file belongs to that outer project. A
/// project that merely lives in a folder called `target` is one like any other.
pub fn nearest_project(file: &Path, folders: &Folders<'_>) -> Option<PathBuf> {
    let has_project = |dir: &&Path| (folders.has_file)(&dir.join("dbt_project.yml"));
    let roots: Vec<&Path> = file.ancestors().skip(1).filter(has_project).collect();
    let is_own = |&(n, root): &(usize, &&Path)| {
        !is_in_environment(root, folders)
            && !roots[n + 1..]
                .iter()
                .any(|outer| is_foreign_below(root, outer, folders))
    };
    roots
        .iter()
        .enumerate()
        .find(is_own)
        .map(|(_, root)| root.to_path_buf())
}

fn is_in_environment(root: &Path, folders: &Folders<'_>) -> bool {
    let has_foreign_name = names(root).any(|name| FOREIGN_ANYWHERE.contains(&name));
    has_foreign_name
        || root
            .ancestors()
            .any(|dir| (folders.has_file)(&dir.join("pyvenv.cfg")))
}

/// Whether `root` stands in a folder of `outer` that holds what others made.
fn is_foreign_below(root: &Path, outer: &Path, folders: &Folders<'_>) -> bool {
    let Ok(below) = root.strip_prefix(outer) else {
        return false;
    };
    if names(below).any(|name| FOREIGN_BELOW_PROJECT.contains(&name)) {
        return true;
    }
    let Some(installed) = (folders.packages_install_path)(outer) else {
        return false;
    };
    let installed = installed.replace('\\', "/");
    let is_inside = names(Path::new(&installed)).next().is_some();
    is_inside && root.starts_with(outer.join(installed))
}

/// The named components of a path: `.`, `..` and roots left out.
fn names(path: &Path) -> impl Iterator<Item = &str> {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => name.to_str(),
        _ => None,
    })
}

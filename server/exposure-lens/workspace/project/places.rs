//! Which package a file belongs to, and where a node's file is.
//!
//! dbt names a file by its package and its path from the package's root, with `../` where
//! a project reads from beside itself (`model-paths: ["models", "../../sources"]`). What
//! is on the disk may be reached by several ways: through links, through a package's copy
//! or the package itself. A manifest may come from another machine, so that only such
//! relative paths count, never the root that it names.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use lineage::Node;

use super::ProjectFiles;
use crate::disk;
use crate::workspace::content::skipped;
use crate::workspace::packages::{PackagePlace, packages_of};

/// Where a project and its packages lie; looked for once, when that is first asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(OnceLock<Arc<Places>>);

#[derive(Debug)]
struct Places {
    /// The project's root without links.
    real: PathBuf,
    packages: Vec<PackagePlace>,
}

/// What a file belongs to.
enum Owner<'a> {
    Project,
    Package(&'a PackagePlace),
}

impl ProjectFiles {
    fn places(&self) -> &Places {
        self.places.0.get_or_init(|| {
            Arc::new(Places {
                real: disk::canonical(&self.root).unwrap_or_else(|| self.root.clone()),
                packages: packages_of(&self.root, &self.dbt),
            })
        })
    }

    /// The packages that are there: those that the project reads in place first.
    pub fn packages(&self) -> &[PackagePlace] {
        &self.places().packages
    }

    /// The package that a file belongs to, and its path from that package's root with
    /// forward slashes: the project's own, or one of its packages. A file beside the
    /// project is its own where it lies below one of its resource paths.
    pub fn place_of(&self, path: &Path) -> Option<(String, String)> {
        self.place_by_name(path).or_else(|| {
            let real = disk::real(path)?;
            (real != path).then(|| self.place_by_name(&real))?
        })
    }

    fn place_by_name(&self, path: &Path) -> Option<(String, String)> {
        let Some((base, owner)) = self.owner_of(path) else {
            return self.place_beside(path);
        };
        match owner {
            Owner::Package(package) => Some((package.name.clone(), disk::relative(base, path))),
            Owner::Project => self
                .place_in_unknown_package(base, path)
                .or_else(|| Some((self.dbt.name.clone(), disk::relative(base, path)))),
        }
    }

    /// Whose file it is, by the innermost folder around it that is known.
    fn owner_of(&self, path: &Path) -> Option<(&Path, Owner<'_>)> {
        let places = self.places();
        let packages = places.packages.iter();
        let of_packages = packages
            .flat_map(|it| [&it.root, &it.real].map(|root| (root.as_path(), Owner::Package(it))));
        let own = [&self.root, &places.real].map(|root| (root.as_path(), Owner::Project));
        of_packages
            .chain(own)
            .filter(|(base, _)| path.starts_with(base))
            .max_by_key(|(base, _)| base.components().count())
    }

    /// A folder among the packages that has no `dbt_project.yml`.
    fn place_in_unknown_package(&self, base: &Path, path: &Path) -> Option<(String, String)> {
        let packages = base.join(&self.dbt.packages_install_path);
        let inside = path.strip_prefix(&packages).ok()?;
        let folder = inside.components().next()?.as_os_str();
        let name = folder.to_string_lossy().into_owned();
        Some((name, disk::relative(&packages.join(folder), path)))
    }

    /// A file outside of the project, below a resource path that leads there.
    fn place_beside(&self, path: &Path) -> Option<(String, String)> {
        let roots = [&self.root, &self.places().real];
        let base = roots.into_iter().find(|root| {
            let mut folders = self.dbt.resource_paths();
            folders.any(|it| path.starts_with(disk::normal(&root.join(it))))
        })?;
        Some((self.dbt.name.clone(), disk::relative(base, path)))
    }

    /// Whether a file stands where dbt reads models, seeds and snapshots from, each in
    /// its own kind of file.
    pub fn defines_nodes(&self, path: &Path) -> bool {
        let Some((package, path)) = self.resource_place_of(path) else {
            return false;
        };
        let extension = Path::new(&path).extension().and_then(|it| it.to_str());
        let folders = match extension.unwrap_or_default() {
            "sql" => vec![&self.dbt.model_paths, &self.dbt.snapshot_paths],
            "py" => vec![&self.dbt.model_paths],
            "csv" => vec![&self.dbt.seed_paths],
            _ => Vec::new(),
        };
        let mut folders = folders.into_iter().flatten();
        package == self.dbt.name && folders.any(|it| is_below(&path, it))
    }

    /// The place of a file that dbt would read: it lies below a resource path of its package.
    pub fn resource_place_of(&self, path: &Path) -> Option<(String, String)> {
        let (package, relative) = self.place_of(path)?;
        let is_read = if package == self.dbt.name {
            let is_dbts = || skipped(self).iter().any(|it| path.starts_with(it));
            self.dbt.resource_paths().any(|it| is_below(&relative, it)) && !is_dbts()
        } else {
            let known = self.packages().iter().find(|it| it.name == package);
            let folders = known.map_or(&[][..], |it| &it.folders);
            folders.is_empty() || folders.iter().any(|it| is_below(&relative, it))
        };
        is_read.then_some((package, relative))
    }

    /// Where a node's file is on disk; a public model of another dbt Mesh project has none.
    pub fn file_of(&self, node: &Node) -> Option<PathBuf> {
        self.file_in(&node.package, &node.path)
    }

    /// Where a file of a package is on disk, by its path from the package's root; none for
    /// no path at all.
    pub fn file_in(&self, package: &str, path: &str) -> Option<PathBuf> {
        if path.is_empty() {
            return None;
        }
        if package == self.dbt.name || package.is_empty() {
            return Some(file_at(&self.root, path));
        }
        let named = self.packages().iter().filter(|it| it.name == package);
        let files: Vec<PathBuf> = named.map(|it| file_at(&it.root, path)).collect();
        let there = files.iter().find(|it| it.exists()).or(files.first());
        Some(there.cloned().unwrap_or_else(|| {
            let packages = self.root.join(&self.dbt.packages_install_path);
            packages.join(package).join(path)
        }))
    }
}

/// Whether a path from a package's root lies below one of its folders.
fn is_below(path: &str, folder: &str) -> bool {
    let is_inside = || !path.starts_with("../");
    Path::new(path).starts_with(folder) || (folder == "." && is_inside())
}

/// `root/path` without `..`, as editors name files. Behind a link `..` leads elsewhere than
/// its text says: what is there counts.
fn file_at(root: &Path, path: &str) -> PathBuf {
    let joined = root.join(path);
    let normal = disk::normal(&joined);
    if normal == joined || normal.exists() {
        return normal;
    }
    disk::canonical(&joined).unwrap_or(normal)
}

//! Which projects a file belongs to: its nearest one, and those that read it from beside
//! themselves.
//!
//! In a repository of several projects one file may be read by many: a folder of sources
//! that all of them name (`../../sources`), a package that they use as it lies there
//! (`local: ../pkg`).

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::packages::{packages_of, stated_in};
use super::{Env, content, project};
use crate::disk;

/// A file that is read by more projects than these is answered for by these.
pub const MAX_HOMES: usize = 16;

/// What each project reads outside of its own folder, as far as that was asked.
#[derive(Debug, Default)]
pub struct Reaches {
    known: Mutex<HashMap<PathBuf, Arc<Reach>>>,
}

/// What one project reads outside of its own folder.
#[derive(Debug)]
struct Reach {
    /// What the files that say so looked like.
    seen: u64,
    /// Folders, by their names and without links.
    folders: Vec<PathBuf>,
}

impl Reaches {
    /// The roots of the projects that `file` belongs to, the nearest first; of the others
    /// those among `roots`. Blocks on the disk.
    pub fn homes_of(&self, file: &Path, roots: &[PathBuf], env: Env<'_>) -> Vec<PathBuf> {
        let mut homes: Vec<PathBuf> = project::root_of(file).into_iter().collect();
        let real = disk::real(file).filter(|it| it != file);
        for root in roots {
            let reach = self.of(root, env);
            let has = |file: &Path| reach.folders.iter().any(|it| file.starts_with(it));
            if !homes.contains(root) && (has(file) || real.as_deref().is_some_and(has)) {
                homes.push(root.clone());
            }
        }
        homes.truncate(MAX_HOMES);
        homes
    }

    fn of(&self, root: &Path, env: Env<'_>) -> Arc<Reach> {
        let seen = content::fingerprint(&stated_in(root));
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reach) = known().get(root).filter(|it| it.seen == seen) {
            return Arc::clone(reach);
        }
        let folders = folders_beside(root, env).unwrap_or_default();
        let reach = Arc::new(Reach { seen, folders });
        known().insert(root.to_owned(), Arc::clone(&reach));
        reach
    }
}

/// The folders that the project at `root` reads from and that are not inside it.
fn folders_beside(root: &Path, env: Env<'_>) -> Option<Vec<PathBuf>> {
    let text = disk::read_text(&root.join("dbt_project.yml")).ok()?;
    let dbt = dbt::Project::parse(&text, &env).ok()?;
    let own = dbt.resource_paths().map(|it| root.join(it));
    let mut all: Vec<PathBuf> = own.map(|it| disk::normal(&it)).collect();
    for package in packages_of(root, &dbt) {
        for base in [&package.root, &package.real] {
            all.extend(
                package
                    .folders
                    .iter()
                    .map(|it| disk::normal(&base.join(it))),
            );
        }
    }
    all.retain(|it| !it.starts_with(root));
    all.sort();
    all.dedup();
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(home: &Path, path: &str, text: &str) {
        let path = home.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Two projects that share sources and a package, beside one that shares nothing.
    fn repository() -> tempfile::TempDir {
        let home = tempfile::tempdir().expect("a folder");
        let shares = "name: x\nmodel-paths: [models, ../../sources]\n";
        for project in ["sub/core", "sub/spark"] {
            write(home.path(), &format!("{project}/dbt_project.yml"), shares);
            let packages = "packages:\n- local: ../../pkg\n";
            write(home.path(), &format!("{project}/packages.yml"), packages);
        }
        write(home.path(), "sub/core_2/dbt_project.yml", "name: x\n");
        write(home.path(), "pkg/dbt_project.yml", "name: pkg\n");
        home
    }

    #[track_caller]
    fn check(home: &Path, file: &str, expect: &[&str]) {
        let roots = ["pkg", "sub/core", "sub/core_2", "sub/spark"].map(|it| home.join(it));
        let found = Reaches::default().homes_of(&home.join(file), &roots, &|_| None);
        let found: Vec<String> = found.iter().map(|it| disk::relative(home, it)).collect();
        assert_eq!(found, expect, "{file}");
    }

    #[test]
    fn a_file_belongs_to_its_nearest_project_and_to_those_that_read_it_too() {
        let home = repository();
        let home = home.path();
        check(home, "sub/core/models/a.sql", &["sub/core"]);
        check(home, "sub/core_2/models/a.sql", &["sub/core_2"]);
        check(home, "sources/x.yml", &["sub/core", "sub/spark"]);
        check(home, "sources_2/x.yml", &[]);
        check(home, "pkg/models/p.sql", &["pkg", "sub/core", "sub/spark"]);
        check(home, "pkg/target/p.sql", &["pkg"]);
    }

    #[test]
    fn what_projects_say_is_read_again_when_it_changes() {
        let home = repository();
        let (root, reaches) = (home.path().join("sub/core_2"), Reaches::default());
        let file = home.path().join("sources/x.yml");
        let homes = || reaches.homes_of(&file, std::slice::from_ref(&root), &|_| None);
        assert_eq!(homes(), Vec::<PathBuf>::new());
        write(
            home.path(),
            "sub/core_2/dbt_project.yml",
            "name: x\nmodel-paths: [../../sources]\n",
        );
        assert_eq!(homes(), std::slice::from_ref(&root));
    }

    #[cfg(unix)]
    #[test]
    fn a_linked_package_is_found_where_it_really_is() {
        let home = repository();
        let packages = home.path().join("sub/core_2/dbt_packages");
        std::fs::create_dir_all(&packages).expect("a folder");
        std::os::unix::fs::symlink(home.path().join("pkg"), packages.join("pkg")).expect("a link");
        let expect = ["pkg", "sub/core", "sub/core_2", "sub/spark"];
        check(home.path(), "pkg/models/p.sql", &expect);
    }
}

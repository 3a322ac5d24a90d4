//! Where dbt reads its files from: by name, by place, by `.dbtignore`.

use std::io;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::disk;
use crate::workspace::content::skipped;
use crate::workspace::project::ProjectFiles;

/// A project with more files than this below its resource paths is not looked through
/// further.
const MAX_WALKED: usize = 500_000;

/// Where dbt reads a project's files from.
///
/// As dbt Core: every resource path with all that is below it, hidden folders too and
/// linked ones not; nothing that the project's own `.dbtignore` names.
pub struct YamlPlaces<'p> {
    project: &'p ProjectFiles,
    ignored: Gitignore,
    skipped: Vec<PathBuf>,
}

/// A folder that could not be looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// Which, relative to the project's root.
    pub folder: String,
    /// What the system says.
    pub reason: String,
}

/// Whether dbt Core would take a file for a properties file, by its name. Fusion takes
/// names too that start like those of backups; of these the manifest tells.
pub fn is_yaml(path: &Path) -> bool {
    let name = path.file_name().and_then(|it| it.to_str());
    let is_backup = name.is_some_and(|it| it.starts_with(['.', '#', '~']));
    let extension = path.extension().and_then(|it| it.to_str());
    let is_yaml = |it: &str| it.eq_ignore_ascii_case("yml") || it.eq_ignore_ascii_case("yaml");
    !is_backup && extension.is_some_and(is_yaml)
}

/// Whether dbt reads nodes or what is said of them from files of that name.
pub fn is_dbts(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    let is_code = |it: &str| ["sql", "py", "csv"].contains(&it);
    is_yaml(path) || extension.is_some_and(is_code)
}

impl<'p> YamlPlaces<'p> {
    /// The places of `project`. Reads its `.dbtignore`.
    pub fn of(project: &'p ProjectFiles) -> YamlPlaces<'p> {
        let mut ignored = GitignoreBuilder::new(&project.root);
        let text = disk::read_text(&project.root.join(".dbtignore")).unwrap_or_default();
        for line in text.lines() {
            // A pattern that is none ignores nothing.
            let _ = ignored.add_line(None, line);
        }
        YamlPlaces {
            ignored: ignored.build().unwrap_or_else(|_| Gitignore::empty()),
            skipped: skipped(project),
            project,
        }
    }

    /// Whether dbt would read `file`, there or not yet, as a properties file.
    pub fn has(&self, file: &Path) -> bool {
        is_yaml(file) && self.reads(file)
    }

    /// Whether dbt would read `file`, there or not yet.
    pub fn reads(&self, file: &Path) -> bool {
        let root = &self.project.root;
        let mut folders = self.project.dbt.resource_paths();
        is_dbts(file)
            && folders.any(|it| file.starts_with(disk::normal(&root.join(it))))
            && !self.is_skipped(file)
            && !self.ignores(file)
    }

    /// Whether dbt, which once read a file at this path from the root, cannot any more.
    pub(super) fn has_lost(&self, path: &str) -> bool {
        !self.project.root.join(path).exists() || self.is_ignored(Path::new(path))
    }

    /// The properties files that are there, sorted, and what could not be looked through.
    pub fn files(&self) -> (Vec<PathBuf>, Vec<Unseen>) {
        let (mut files, unseen) = self.all_files();
        files.retain(|it| is_yaml(it));
        (files, unseen)
    }

    /// The files that are there of any kind that dbt reads, sorted, and what could not be
    /// looked through.
    pub fn all_files(&self) -> (Vec<PathBuf>, Vec<Unseen>) {
        let (mut files, mut unseen) = (Vec::new(), Vec::new());
        for folder in self.project.dbt.resource_paths() {
            let folder = disk::normal(&self.project.root.join(folder));
            self.walk(&folder, &mut files, &mut unseen);
        }
        files.sort();
        files.dedup();
        unseen.dedup();
        (files, unseen)
    }

    fn walk(&self, folder: &Path, files: &mut Vec<PathBuf>, unseen: &mut Vec<Unseen>) {
        if !folder.is_dir() {
            return;
        }
        let skipped = self.skipped.clone();
        let walk = WalkBuilder::new(folder)
            .standard_filters(false)
            .filter_entry(move |it| !(skips(&skipped, it.path()) && it.depth() > 0))
            .build();
        for (n, entry) in walk.enumerate() {
            if n >= MAX_WALKED {
                let reason = format!("more than {MAX_WALKED} files lie in it");
                unseen.push(self.unseen(folder, reason));
                return;
            }
            match entry.map(ignore::DirEntry::into_path) {
                Ok(path) if is_dbts(&path) && !self.ignores(&path) && !path.is_dir() => {
                    files.push(path);
                }
                Ok(_) => {}
                Err(error) if is_gone(&error) => {}
                Err(error) => unseen.push(self.unseen(folder, error.to_string())),
            }
        }
    }

    fn unseen(&self, folder: &Path, reason: String) -> Unseen {
        Unseen {
            folder: disk::relative(&self.project.root, folder),
            reason,
        }
    }

    fn ignores(&self, file: &Path) -> bool {
        let relative = file.strip_prefix(&self.project.root);
        relative.is_ok_and(|it| self.is_ignored(it))
    }

    /// A path from the manifest may be none from the root, which would be a panic.
    fn is_ignored(&self, relative: &Path) -> bool {
        let is_ignored = |it| {
            self.ignored
                .matched_path_or_any_parents(it, false)
                .is_ignore()
        };
        !relative.has_root() && is_ignored(relative)
    }

    fn is_skipped(&self, file: &Path) -> bool {
        file.ancestors().any(|it| skips(&self.skipped, it))
    }
}

/// Whether a folder is dbt's own or Git's: with a resource path of `.` all of them lie
/// below it.
fn skips(skipped: &[PathBuf], folder: &Path) -> bool {
    folder.ends_with(".git") || skipped.iter().any(|it| it == folder)
}

fn is_gone(error: &ignore::Error) -> bool {
    let io = error.io_error();
    io.is_some_and(|it| it.kind() == io::ErrorKind::NotFound)
}

//! Reading files, within bounds, and finding Tableau's.
//!
//! The only place that walks folders. What is in a file is other modules' business.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;

/// YAML, SQL and settings files longer than this are not ours to read.
pub const MAX_TEXT: u64 = 16 << 20;
/// A manifest longer than this would not fit into memory beside an editor.
pub const MAX_MANIFEST: u64 = 1 << 30;
/// A walk stops here; a repository with more files is not looked through further.
const MAX_WALKED: usize = 500_000;

/// Reads a file of at most `limit` bytes.
///
/// # Errors
/// What the system says; a longer file is [`io::ErrorKind::FileTooLarge`].
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    if length > limit {
        return Err(too_large(limit));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    // The file may grow while it is read.
    let n = file.take(limit + 1).read_to_end(&mut bytes)?;
    if n as u64 > limit {
        Err(too_large(limit))
    } else {
        Ok(bytes)
    }
}

/// Reads a text file of at most [`MAX_TEXT`] bytes. Bytes that are no UTF-8 are replaced.
///
/// # Errors
/// As [`read`].
pub fn read_text(path: &Path) -> io::Result<String> {
    let bytes = read(path, MAX_TEXT)?;
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|it| String::from_utf8_lossy(it.as_bytes()).into_owned()))
}

fn too_large(limit: u64) -> io::Error {
    let message = format!("it is larger than {} MB", limit >> 20);
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

/// The folder that Git or another tool takes for the repository around `dir`; else `dir`.
pub fn repository_root(dir: &Path) -> &Path {
    dir.ancestors()
        .find(|it| it.join(".git").exists())
        .unwrap_or(dir)
}

/// What a walk found.
#[derive(Debug, Default)]
pub struct Found {
    /// The files, sorted.
    pub files: Vec<PathBuf>,
    /// The folders that were looked through.
    pub folders: Vec<PathBuf>,
    /// What went wrong, for a person.
    pub problems: Vec<String>,
}

/// Files below `project` and its repository that match one of `globs` (relative
/// to either), without ignored files, packages, target folders and `skip`.
pub fn tableau_files(project: &Path, globs: &[String], skip: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let wanted = glob_set(globs, &mut found.problems);
    let root = repository_root(project);
    let skip = skip.to_vec();
    let walk = WalkBuilder::new(root)
        .follow_links(false)
        .filter_entry(move |it| {
            let is_folder = it.file_type().is_some_and(|kind| kind.is_dir());
            !is_folder
                || !(is_never_looked_through(it.path()) || skip.iter().any(|s| s == it.path()))
        })
        .build();
    for entry in walk.take(MAX_WALKED).flatten() {
        let path = entry.path();
        if entry.file_type().is_some_and(|kind| kind.is_dir()) {
            found.folders.push(path.to_owned());
        } else if [root, project]
            .iter()
            .any(|base| matches(&wanted, base, path))
        {
            found.files.push(path.to_owned());
        }
    }
    found.files.sort();
    found
}

/// How many folders deep projects are looked for below a workspace folder.
const MAX_PROJECT_DEPTH: usize = 3;

/// The folders at or below `dir` that hold a `dbt_project.yml`, sorted; packages,
/// target folders and virtual environments are not looked through.
pub fn project_roots(dir: &Path) -> Vec<PathBuf> {
    let walk = WalkBuilder::new(dir)
        .follow_links(false)
        .max_depth(Some(MAX_PROJECT_DEPTH + 1))
        .filter_entry(|it| {
            let is_folder = it.file_type().is_some_and(|kind| kind.is_dir());
            !is_folder || it.depth() == 0 || !is_never_looked_through(it.path())
        })
        .build();
    let files = walk
        .take(MAX_WALKED)
        .flatten()
        .map(ignore::DirEntry::into_path);
    let projects = files.filter(|path| path.file_name().is_some_and(|it| it == "dbt_project.yml"));
    let mut roots: Vec<PathBuf> = projects
        .filter_map(|it| it.parent().map(Path::to_owned))
        .collect();
    roots.sort();
    roots
}

/// Tableau's files below `dir`, or `dir` itself when it is a file: for `inspect`.
pub fn tableau_files_below(dir: &Path) -> Vec<PathBuf> {
    let is_tableau = |path: &Path| {
        let extension = path
            .extension()
            .and_then(|it| it.to_str())
            .unwrap_or_default();
        ["twb", "twbx", "tds", "tdsx"]
            .iter()
            .any(|it| extension.eq_ignore_ascii_case(it))
    };
    if !dir.is_dir() {
        return vec![dir.to_owned()];
    }
    let walk = WalkBuilder::new(dir)
        .standard_filters(false)
        .follow_links(false)
        .build();
    let paths = walk
        .take(MAX_WALKED)
        .flatten()
        .map(ignore::DirEntry::into_path);
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.is_file() && is_tableau(path))
        .collect();
    files.sort();
    files
}

fn is_never_looked_through(folder: &Path) -> bool {
    let name = folder
        .file_name()
        .and_then(|it| it.to_str())
        .unwrap_or_default();
    let by_name = [
        "target",
        "dbt_packages",
        "dbt_modules",
        "dbt_internal_packages",
        "node_modules",
        "__pycache__",
        "site-packages",
        "venv",
    ];
    by_name.contains(&name) || folder.join("pyvenv.cfg").exists()
}

fn glob_set(globs: &[String], problems: &mut Vec<String>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        match Glob::new(glob) {
            Ok(glob) => {
                set.add(glob);
            }
            Err(error) => problems.push(format!("`tableau.files`: {error}")),
        }
    }
    set.build().unwrap_or_default()
}

fn matches(wanted: &GlobSet, base: &Path, path: &Path) -> bool {
    // Editors and file systems differ in the case of extensions: Sales.TWBX is a workbook.
    let Ok(relative) = path.strip_prefix(base) else {
        return false;
    };
    wanted.is_match(relative) || wanted.is_match(lower_extension(relative))
}

fn lower_extension(path: &Path) -> PathBuf {
    let extension = path.extension().map(|it| it.to_ascii_lowercase());
    extension.map_or_else(|| path.to_owned(), |it| path.with_extension(it))
}

/// `path` relative to `base` with forward slashes, with `../` where it lies beside it.
pub fn relative(base: &Path, path: &Path) -> String {
    let ours: Vec<_> = base.components().collect();
    let theirs: Vec<_> = path.components().collect();
    let n_same = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    if n_same == 0 {
        return path.to_string_lossy().replace('\\', "/");
    }
    let up = ours[n_same..].iter().map(|_| "..".to_owned());
    let down = theirs[n_same..]
        .iter()
        .map(|it| it.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_have_forward_slashes_and_may_step_out() {
        let check = |base: &str, path: &str, expect: &str| {
            assert_eq!(relative(Path::new(base), Path::new(path)), expect);
        };
        check(
            "/w/shop",
            "/w/shop/tableau/Sales.twbx",
            "tableau/Sales.twbx",
        );
        check("/w/shop", "/w/bi/Sales.twbx", "../bi/Sales.twbx");
        check("/w/shop", "/w/shop2/x", "../shop2/x");
    }
}

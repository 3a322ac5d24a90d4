//! Reading files, within bounds, and finding Tableau's.
//!
//! The only place that walks folders. What is in a file is other modules' business.

pub mod guarded;
pub mod private;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

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
    let file = open(path)?;
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

/// Opens a regular file.
///
/// # Errors
/// What the system says; a folder is [`io::ErrorKind::IsADirectory`], and what is no
/// file at all (a pipe, on which opening would wait) is an error too.
pub fn open(path: &Path) -> io::Result<File> {
    let kind = std::fs::metadata(path)?.file_type();
    if kind.is_file() {
        File::open(path)
    } else if kind.is_dir() {
        Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a folder",
        ))
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is no regular file",
        ))
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

/// Writes a file that others may read, whole or not at all. Its folder has to be there.
///
/// # Errors
/// What the system says; an old file then is as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writing-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    io::Write::write_all(&mut file, bytes)?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
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

/// A path without links, `.` and `..`, where the system can tell.
pub fn canonical(path: &Path) -> Option<PathBuf> {
    let canonical = path.canonicalize().ok()?;
    // The verbatim prefix of Windows would show in every path.
    let text = canonical.to_string_lossy();
    let short = text.strip_prefix(r"\\?\").map(PathBuf::from);
    Some(short.unwrap_or_else(|| canonical.clone()))
}

/// As [`canonical`], of a file that need not be there: as much of it as is.
pub fn real(path: &Path) -> Option<PathBuf> {
    let mut above = path.ancestors();
    let (there, real) = above.find_map(|it| Some((it, canonical(it)?)))?;
    match path.strip_prefix(there) {
        Ok(rest) if rest != Path::new("") => Some(real.join(rest)),
        _ => Some(real),
    }
}

/// A path without `.` and `..`, by its text alone: links are not followed.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

/// Whether `path` lies below `root` once links are followed. What is not there does.
pub fn is_inside(root: &Path, path: &Path) -> bool {
    let (Ok(root), Ok(path)) = (root.canonicalize(), path.canonicalize()) else {
        return true;
    };
    path.starts_with(root)
}

/// What a walk found.
#[derive(Debug, Default)]
pub struct Found {
    /// The files, sorted.
    pub files: Vec<PathBuf>,
    /// The folders that were looked through.
    pub folders: Vec<PathBuf>,
    /// What could not be looked into: there may be more files.
    pub unseen: Vec<Unseen>,
    /// Links to folders outside of the repository, which are not followed.
    pub links_out: Vec<PathBuf>,
}

/// A file or folder that a walk could not look into.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unseen {
    /// Which.
    pub path: PathBuf,
    /// What the system says.
    pub reason: String,
}

/// Files below `project` and its repository that match one of `globs` (relative
/// to either), without ignored files, packages, target folders and `skip`.
pub fn tableau_files(project: &Path, globs: &[String], skip: &[PathBuf]) -> Found {
    tableau_files_among(MAX_WALKED, project, globs, skip)
}

fn tableau_files_among(max: usize, project: &Path, globs: &[String], skip: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let wanted = glob_set(globs);
    let root = repository_root(project);
    let skip = skip.to_vec();
    let walk = WalkBuilder::new(root)
        .follow_links(false)
        .filter_entry(move |it| {
            !is_folder(it)
                || !(is_never_looked_through(it.path()) || skip.iter().any(|s| s == it.path()))
        })
        .build();
    found.walk(root, walk, max, |found, path| {
        found.add(root, project, &wanted, path);
    });
    found
}

impl Found {
    /// Goes through `walk`, which starts at `root`, with what to do with each file.
    fn walk(
        &mut self,
        root: &Path,
        walk: ignore::Walk,
        max: usize,
        mut take: impl FnMut(&mut Found, PathBuf),
    ) {
        for (n, entry) in walk.enumerate() {
            if n >= max {
                self.unseen.push(stopped(root, max));
                break;
            }
            match entry {
                Ok(entry) if is_folder(&entry) => self.folders.push(entry.into_path()),
                Ok(entry) => take(self, entry.into_path()),
                Err(error) => self.unseen.extend(unseen(root, &error)),
            }
        }
        self.files.sort();
        self.unseen.sort();
        self.links_out.sort();
    }

    fn add(&mut self, root: &Path, project: &Path, wanted: &GlobSet, path: PathBuf) {
        if leads_out(root, &path) {
            self.links_out.push(path);
        } else if [root, project]
            .iter()
            .any(|base| matches(wanted, base, &path))
        {
            self.files.push(path);
        }
    }
}

fn is_folder(entry: &ignore::DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// Whether `path` is a link to a folder that the walk does not come to anyway.
fn leads_out(root: &Path, path: &Path) -> bool {
    path.is_symlink() && path.is_dir() && !is_inside(root, path)
}

fn stopped(root: &Path, max: usize) -> Unseen {
    Unseen {
        path: root.to_owned(),
        reason: format!("it holds more than {max} files; the others were not looked at"),
    }
}

/// What an error of a walk leaves unseen. What has gone in the meantime is not missed.
fn unseen(root: &Path, error: &ignore::Error) -> Option<Unseen> {
    let io = error.io_error();
    if io.is_some_and(|it| it.kind() == io::ErrorKind::NotFound) {
        return None;
    }
    Some(Unseen {
        path: path_of(error).unwrap_or(root).to_owned(),
        reason: io.map_or_else(|| error.to_string(), ToString::to_string),
    })
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

/// How many folders deep projects are looked for below a workspace folder.
const MAX_PROJECT_DEPTH: usize = 3;

/// The folders at or below `dir` that hold a `dbt_project.yml`, sorted; packages,
/// target folders and virtual environments are not looked through.
pub fn project_roots(dir: &Path) -> Vec<PathBuf> {
    let walk = WalkBuilder::new(dir)
        .follow_links(false)
        .max_depth(Some(MAX_PROJECT_DEPTH + 1))
        .filter_entry(|it| !is_folder(it) || it.depth() == 0 || !is_never_looked_through(it.path()))
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

/// Tableau's files below `dir`, or `dir` itself when it is no folder: for `inspect`.
pub fn tableau_files_below(dir: &Path) -> Found {
    let mut found = Found::default();
    if !dir.is_dir() {
        found.files.push(dir.to_owned());
        return found;
    }
    let walk = WalkBuilder::new(dir)
        .standard_filters(false)
        .follow_links(false)
        .build();
    found.walk(dir, walk, MAX_WALKED, |found, path| {
        found.files.extend(is_tableau_file(&path).then_some(path));
    });
    found
}

fn is_tableau_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    extension.is_some_and(|extension| {
        ["twb", "twbx", "tds", "tdsx"]
            .iter()
            .any(|it| extension.eq_ignore_ascii_case(it))
    }) && !path.is_dir()
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

/// Globs that are none have been refused where settings are read.
fn glob_set(globs: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in globs.iter().filter_map(|it| Glob::new(it).ok()) {
        set.add(glob);
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

/// `path` with forward slashes.
pub fn forward(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    }
}

/// `path` relative to `base` with forward slashes, with `../` where it lies beside it.
pub fn relative(base: &Path, path: &Path) -> String {
    let ours: Vec<_> = base.components().collect();
    let theirs: Vec<_> = path.components().collect();
    let n_same = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    if n_same == 0 {
        return forward(path);
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
    fn steps_up_are_taken_by_the_text_alone() {
        let check = |path: &str, expect: &str| {
            assert_eq!(normal(Path::new(path)), Path::new(expect), "{path}");
        };
        check("/w/a/../../sources/x.yml", "/sources/x.yml");
        check("/w/./a/..", "/w");
        check("/../w", "/../w");
        check("../w", "../w");
    }

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
    /// A folder with these files, each empty.
    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("make a folder");
            std::fs::write(path, "").expect("write");
        }
        folder
    }

    fn found(folder: &Path, max: usize) -> Found {
        tableau_files_among(max, folder, &["**/*.twb".to_owned()], &[])
    }

    #[test]
    fn a_walk_that_stops_early_says_so() {
        let folder = folder(&["a.twb", "b.twb", "c.twb"]);
        assert_eq!(found(folder.path(), 4).unseen, []);
        let stopped = found(folder.path(), 3);
        assert_eq!(stopped.files.len(), 2);
        assert_eq!(stopped.unseen.len(), 1);
        assert!(stopped.unseen[0].reason.contains("more than 3 files"));
    }

    #[test]
    fn a_folder_that_may_not_be_read_is_named_and_one_that_has_gone_is_not() {
        let error = |kind: io::ErrorKind| ignore::Error::WithDepth {
            depth: 1,
            err: Box::new(ignore::Error::WithPath {
                path: PathBuf::from("secret"),
                err: Box::new(ignore::Error::Io(kind.into())),
            }),
        };
        let denied = unseen(Path::new("."), &error(io::ErrorKind::PermissionDenied));
        assert_eq!(denied.map(|it| it.path), Some(PathBuf::from("secret")));
        assert_eq!(
            unseen(Path::new("."), &error(io::ErrorKind::NotFound)),
            None
        );
    }

    #[cfg(unix)]
    #[test]
    fn linked_files_are_read_and_links_out_of_the_repository_are_named() {
        use std::os::unix::fs::symlink;

        let elsewhere = folder(&["a.twb"]);
        let repository = folder(&["in/b.twb"]);
        let at = |name: &str| repository.path().join(name);
        symlink(elsewhere.path(), at("out")).expect("link");
        symlink(at("in"), at("again")).expect("link");
        symlink(elsewhere.path().join("a.twb"), at("linked.twb")).expect("link");
        symlink(at("nowhere"), at("dangling.twb")).expect("link");
        let found = found(repository.path(), MAX_WALKED);
        assert_eq!(
            found.files,
            [at("dangling.twb"), at("in/b.twb"), at("linked.twb")]
        );
        assert_eq!(found.links_out, [at("out")]);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_waited_for() {
        let folder = folder(&[]);
        let pipe = folder.path().join("pipe.twb");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        if made.is_ok_and(|it| it.success()) {
            let error = read(&pipe, MAX_TEXT).expect_err("no regular file");
            assert_eq!(error.to_string(), "it is no regular file");
        }
    }
}

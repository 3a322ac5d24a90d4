//! Reads files of a project that are to be changed, and writes them: whole or not at all.
//!
//! Only what dbt reads YAML from is touched, nothing outside of the repository and
//! nothing in dbt's own folders. A file that is not as it was when the change was
//! planned stays as it is. What the change is, is decided elsewhere.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use ide::FileChange;
use tempfile::NamedTempFile;

use super::content::skipped;
use super::exposures::{YamlPlaces, leads_out};
use super::project::ProjectFiles;
use crate::disk;

/// The text of a file that may be changed, by its path from the project's root; `None`
/// where there is no such file.
///
/// # Errors
/// Why it may not be changed, or cannot be read, for a person who knows which file it is.
pub fn read(project: &ProjectFiles, path: &str) -> Result<Option<String>, String> {
    read_text(&place(project, path)?)
}

/// The text of a file; `None` where there is none.
pub(super) fn read_text(file: &Path) -> Result<Option<String>, String> {
    match disk::read(file, disk::MAX_TEXT) {
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| "it is not UTF-8; save it in that encoding first".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Makes one change. What is in the place of the file then is the old text or the new
/// one, never a part.
///
/// # Errors
/// Why the file is left as it is, for a person.
pub fn write(project: &ProjectFiles, change: &FileChange) -> Result<(), String> {
    let path = &change.path;
    let named = place(project, path).map_err(|reason| left(path, &reason))?;
    // A link stays one: what it leads to is replaced.
    let file = disk::canonical(&named).unwrap_or(named);
    replace(&file, change.before.as_deref(), &change.after).map_err(|why| why.said(path))
}

fn left(path: &str, reason: &str) -> String {
    format!("{path} is left as it is: {reason}")
}

/// Where a file of the project lies, if it is one that may be changed.
///
/// # Errors
/// Why it may not be, for a person who knows which file it is.
pub fn place(project: &ProjectFiles, path: &str) -> Result<PathBuf, String> {
    let is_normal = |it| matches!(it, Component::Normal(_));
    if path.is_empty() || !Path::new(path).components().all(is_normal) {
        return Err("its path leads out of the project".to_owned());
    }
    let file = project.root.join(path);
    if leads_out(&project.root, &file) {
        return Err("it is a link that leads out of the repository or nowhere".to_owned());
    }
    if is_dbts_own(project, &file) {
        return Err("it lies in a folder of dbt's own".to_owned());
    }
    if !YamlPlaces::of(project).has(&file) {
        let message = "dbt reads no exposures there; name a .yml file below one of the \
                       project's paths with `exposures.path`";
        return Err(message.to_owned());
    }
    Ok(file)
}

/// Whether it lies in a target or packages folder, by its name or once links are followed.
fn is_dbts_own(project: &ProjectFiles, file: &Path) -> bool {
    let there = file.ancestors().find_map(disk::canonical);
    let is_in = |folder: &PathBuf| {
        let real = disk::canonical(folder);
        file.starts_with(folder)
            || there
                .iter()
                .zip(&real)
                .any(|(it, real)| it.starts_with(real))
    };
    skipped(project).iter().any(is_in)
}

/// Why a file is left as it is.
#[derive(Debug)]
pub(super) enum Refused {
    Changed,
    ReadOnly,
    System(io::Error),
}

impl Refused {
    /// The same of the file at `path`, for a person.
    pub(super) fn said(self, path: &str) -> String {
        match self {
            Refused::Changed => left(path, "it has changed since it was read; try again"),
            Refused::ReadOnly => left(path, "it is read-only; allow writing to it first"),
            Refused::System(error) => format!("cannot write {path}: {error}"),
        }
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Refused {
        Refused::System(error)
    }
}

/// Puts `after` in the place of `before`, which is what the file has to hold still; makes
/// it, and its folder, where `before` is `None`.
pub(super) fn replace(file: &Path, before: Option<&str>, after: &str) -> Result<(), Refused> {
    let folder = file.parent().unwrap_or(Path::new("."));
    refuse_changed(file, before)?;
    fs::create_dir_all(folder)?;
    let permissions = permissions(file)?;
    let new = prepare(folder, permissions, after)?;
    // Again, as late as can be: an editor may save meanwhile.
    refuse_changed(file, before)?;
    let done = match before {
        Some(_) => new.persist(file),
        None => new.persist_noclobber(file),
    };
    match done {
        Ok(_) => keep_name(folder),
        Err(it) if it.error.kind() == io::ErrorKind::AlreadyExists => return Err(Refused::Changed),
        Err(it) => return Err(it.error.into()),
    }
    Ok(())
}

fn refuse_changed(file: &Path, before: Option<&str>) -> Result<(), Refused> {
    let now = match disk::read(file, disk::MAX_TEXT) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    match now.as_deref() == before.map(str::as_bytes) {
        true => Ok(()),
        false => Err(Refused::Changed),
    }
}

/// The permissions of the file that is there; `None` where there is none.
fn permissions(file: &Path) -> Result<Option<Permissions>, Refused> {
    match fs::metadata(file) {
        Ok(metadata) if metadata.permissions().readonly() => Err(Refused::ReadOnly),
        Ok(metadata) => Ok(Some(metadata.permissions())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The new text in a file beside the old one, on the disk and not only on its way there.
fn prepare(
    folder: &Path,
    permissions: Option<Permissions>,
    text: &str,
) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    // Should one be left behind: dbt reads none of that name.
    builder.prefix(".writing-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut new = builder.tempfile_in(folder)?;
    new.write_all(text.as_bytes())?;
    if let Some(permissions) = permissions {
        new.as_file().set_permissions(permissions)?;
    }
    new.as_file().sync_all()?;
    Ok(new)
}

/// Else a machine that stops now may forget the new name. Where that cannot be asked
/// for, the file is written all the same.
fn keep_name(folder: &Path) {
    if cfg!(unix) {
        let _ = fs::File::open(folder).and_then(|it| it.sync_all());
    }
}

#[cfg(test)]
mod tests;

//! Files that only the user may read: written whole or not at all, one writer at a time.
//!
//! For what the program keeps for itself. A user's own files are written elsewhere,
//! and only by an edit that the user asked for.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Makes `folder`, and what is missing above it, for the user alone. A folder that is
/// there already stays as it is.
///
/// # Errors
/// What the system says.
pub fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file so that a reader sees the old bytes or the new ones, never a part.
/// Its folder is made where it is missing. A link in its place is replaced, not followed.
///
/// # Errors
/// What the system says; the old file then is as it was.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folder(folder)?;
    // A temporary file is made with rights for the user alone.
    let mut file = tempfile::Builder::new()
        .prefix(".writing-")
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    // Else a machine that stops now may keep the name and lose the bytes.
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}

/// Removes a file. That it is not there is no error.
///
/// # Errors
/// What the system says.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// A lock among all processes of the user, held until it is dropped. A process that
/// ends, however it ends, holds none.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock at `path`, or `None` while someone else holds it.
    ///
    /// # Errors
    /// What the system says; file systems without locks are told of here.
    pub fn try_at(path: &Path) -> io::Result<Option<Lock>> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Takes the lock at `path`, and waits for it. Blocks.
    ///
    /// # Errors
    /// As [`Lock::try_at`].
    pub fn at(path: &Path) -> io::Result<Lock> {
        let file = open(path)?;
        file.lock()?;
        Ok(Lock { _file: file })
    }

    /// Takes the lock at `path`, and waits for it at most `limit`. Blocks.
    ///
    /// # Errors
    /// As [`Lock::try_at`]; [`io::ErrorKind::TimedOut`] when someone held it all the time.
    pub fn within(path: &Path, limit: Duration) -> io::Result<Lock> {
        let start = Instant::now();
        loop {
            match Lock::try_at(path)? {
                // Whoever held it may have removed the file, for another to make anew.
                Some(lock) if lock.is_at(path) => return Ok(lock),
                _ if start.elapsed() >= limit => return Err(io::ErrorKind::TimedOut.into()),
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Releases the lock and leaves no file behind, where the system lets an open file be
    /// removed. For locks that are taken with [`Lock::within`].
    pub fn remove(self, path: &Path) {
        if cfg!(unix) {
            // A file that stays is an empty file.
            let _ = remove(path);
        }
    }

    #[cfg(unix)]
    fn is_at(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;

        let (Ok(held), Ok(there)) = (self._file.metadata(), fs::metadata(path)) else {
            return false;
        };
        (held.dev(), held.ino()) == (there.dev(), there.ino())
    }

    #[cfg(not(unix))]
    fn is_at(&self, _path: &Path) -> bool {
        true
    }
}

fn open(path: &Path) -> io::Result<File> {
    create_folder(path.parent().unwrap_or(Path::new(".")))?;
    let mut options = File::options();
    // Nothing is ever written to it, so that a link in its place does no harm.
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("sites/acme/content");
        write(&path, b"old").expect("write");
        write(&path, b"new").expect("write again");
        assert_eq!(fs::read(&path).expect("read"), b"new");
        let beside = path.parent().expect("a parent").read_dir().expect("list");
        assert_eq!(beside.count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn files_and_folders_are_the_users_alone() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("sites/content");
        write(&path, b"x").expect("write");
        let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(&folder.path().join("sites")), 0o700);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_and_what_it_leads_to_is_left() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (path, elsewhere) = (folder.path().join("content"), folder.path().join("mine"));
        fs::write(&elsewhere, "mine").expect("write");
        std::os::unix::fs::symlink(&elsewhere, &path).expect("link");
        write(&path, b"x").expect("write");
        assert_eq!(fs::read(&elsewhere).expect("read"), b"mine");
    }

    #[test]
    fn a_lock_is_held_by_one_at_a_time_until_it_is_dropped() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("locks/site");
        let first = Lock::try_at(&path).expect("lock").expect("it is free");
        assert!(Lock::try_at(&path).expect("lock").is_none());
        drop(first);
        assert!(Lock::try_at(&path).expect("lock").is_some());
    }

    #[test]
    fn a_lock_is_waited_for_within_bounds() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("lock");
        let first = Lock::within(&path, Duration::ZERO).expect("it is free");
        let error = Lock::within(&path, Duration::ZERO).expect_err("it is held");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let (taken, waiting) = (std::sync::mpsc::channel(), path.clone());
        std::thread::spawn(move || {
            let lock = Lock::within(&waiting, Duration::from_secs(60));
            taken
                .0
                .send(lock.is_ok_and(|it| it.is_at(&waiting)))
                .expect("it is read");
        });
        first.remove(&path);
        assert_eq!(taken.1.recv(), Ok(true));
    }
}

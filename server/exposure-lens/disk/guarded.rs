//! Reading what must be the user's alone: secrets and sessions.
//!
//! [`super::private`] writes such files. A file that others can read or could have put
//! there is refused, with the reason: what is in it may be known to them, or be theirs.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Reads a file of at most `limit` bytes that belongs to the user alone. `None` where
/// there is no such file.
///
/// On Unix a link is refused, and a file or folder that other users have rights to. On
/// Windows the folder's access list, which the system sets for the user's own, is relied on.
///
/// # Errors
/// Why it is refused, or what the system says.
pub fn read(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let seen = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        seen => seen?,
    };
    if seen.file_type().is_symlink() {
        return Err(refused("it is a link"));
    }
    if !seen.is_file() {
        return Err(refused("it is no regular file"));
    }
    let file = File::open(path)?;
    check(path, &seen, &file.metadata()?)?;
    if seen.len() > limit {
        return Err(refused("it is too large"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(seen.len()).unwrap_or(0));
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn refused(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, reason)
}

#[cfg(unix)]
fn check(path: &Path, seen: &fs::Metadata, opened: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;

    if (seen.dev(), seen.ino()) != (opened.dev(), opened.ino()) {
        return Err(refused("it was exchanged while it was opened"));
    }
    if opened.mode() & 0o077 != 0 {
        return Err(refused(
            "other users can read it: run `chmod 600` on it, or remove it",
        ));
    }
    let folder = fs::metadata(path.parent().unwrap_or(Path::new(".")))?;
    if folder.mode() & 0o002 != 0 {
        return Err(refused(
            "everyone can write to its folder: run `chmod 700` on that",
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check(_path: &Path, _seen: &fs::Metadata, _opened: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;
    use crate::disk::private;

    /// What reading says of a file that is the user's alone until `spoil` touches it.
    fn check(spoil: impl FnOnce(&Path), expect: &str) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("own/credentials.json");
        private::write(&path, b"secret").expect("write");
        spoil(&path);
        let said = match read(&path, 100) {
            Ok(bytes) => format!("{:?}", bytes.map(String::from_utf8)),
            Err(error) => error.to_string(),
        };
        assert_eq!(said, expect);
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("chmod");
    }

    #[test]
    fn only_what_is_the_users_alone_is_read() {
        check(|_| {}, "Some(Ok(\"secret\"))");
        check(|path| fs::remove_file(path).expect("remove"), "None");
        let readable = "other users can read it: run `chmod 600` on it, or remove it";
        check(|path| chmod(path, 0o640), readable);
        check(|path| chmod(path, 0o604), readable);
        check(
            |path| chmod(path.parent().expect("a parent"), 0o777),
            "everyone can write to its folder: run `chmod 700` on that",
        );
        check(
            |path| fs::write(path, [b'x'; 101]).expect("write"),
            "it is too large",
        );
        check(
            |path| {
                let moved = path.with_file_name("moved");
                fs::rename(path, &moved).expect("move");
                symlink(moved, path).expect("link");
            },
            "it is a link",
        );
        check(
            |path| {
                fs::remove_file(path).expect("remove");
                fs::create_dir(path).expect("make a folder");
            },
            "it is no regular file",
        );
    }
}

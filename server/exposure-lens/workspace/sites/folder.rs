//! Where the content of sites and snapshots is kept: the user's cache folder.
//!
//! One folder for each site, with a name that people can read and that no site's
//! name can lead out of. What is in it may be deleted at any time.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The cache folder: `EXPOSURE_LENS_CACHE_DIR`, else the system's place for such
/// things. `None` where the environment names neither.
pub fn cache_folder(env: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name: &str| env(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    if let Some(folder) = set("EXPOSURE_LENS_CACHE_DIR") {
        return Some(folder);
    }
    let base = if cfg!(windows) {
        set("LOCALAPPDATA")?
    } else if let Some(base) = set("XDG_CACHE_HOME").filter(|it| it.is_absolute()) {
        base
    } else if cfg!(target_os = "macos") {
        set("HOME")?.join("Library/Caches")
    } else {
        set("HOME")?.join(".cache")
    };
    Some(base.join("exposure-lens"))
}

/// The folder of what is called `key`, for example of the site `host[:port]/site`.
///
/// The readable part may be the same for two keys, the hash is not.
pub fn folder_of(cache: &Path, kind: &str, key: &str) -> PathBuf {
    let hash: String = Sha256::digest(key.as_bytes())
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    cache.join(kind).join(format!("{}-{hash}", readable(key)))
}

/// A part of a file name that every file system takes.
fn readable(key: &str) -> String {
    let safe = |c: char| match c {
        'a'..='z' | '0'..='9' | '.' | '-' => c,
        _ => '_',
    };
    let name: String = key.to_lowercase().chars().map(safe).take(60).collect();
    name.trim_matches(['.', '_']).to_owned()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(key: &str, expect: Expect) {
        let folder = folder_of(Path::new("cache"), "sites", key);
        expect.assert_eq(&crate::disk::forward(&folder));
    }

    #[test]
    fn folders_are_readable_different_and_never_elsewhere() {
        check(
            "10ax.online.tableau.com/acme",
            expect!["cache/sites/10ax.online.tableau.com_acme-0833952e22ecb57d"],
        );
        check(
            "bi.corp:8443/",
            expect!["cache/sites/bi.corp_8443-6f7ae19fd6610edd"],
        );
        check(
            "bi.corp/ACME",
            expect!["cache/sites/bi.corp_acme-1164d68ffa1d5dc6"],
        );
        check(
            "bi.corp/acme",
            expect!["cache/sites/bi.corp_acme-35172acb5a47b942"],
        );
        check(
            "../../etc/passwd",
            expect!["cache/sites/etc_passwd-3754d6cb3a38e118"],
        );
        check(
            "C:\\windows\\con",
            expect!["cache/sites/c__windows_con-7d0e892aec15f982"],
        );
        check("", expect!["cache/sites/-e3b0c44298fc1c14"]);
    }

    #[test]
    fn the_cache_folder_is_the_users_unless_another_is_named() {
        let check = |set: &[(&str, &str)], expect: Option<&str>| {
            let env = |name: &str| {
                let found = set.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let folder = cache_folder(&env).map(|it| crate::disk::forward(&it));
            assert_eq!(folder.as_deref(), expect);
        };
        check(&[("EXPOSURE_LENS_CACHE_DIR", "/c")], Some("/c"));
        check(&[], None);
        if cfg!(target_os = "linux") {
            let home = ("HOME", "/home/ana");
            check(&[home], Some("/home/ana/.cache/exposure-lens"));
            check(&[home, ("XDG_CACHE_HOME", "/x")], Some("/x/exposure-lens"));
            let relative = ("XDG_CACHE_HOME", "x");
            check(&[home, relative], Some("/home/ana/.cache/exposure-lens"));
            let empty = ("EXPOSURE_LENS_CACHE_DIR", "");
            check(&[home, empty], Some("/home/ana/.cache/exposure-lens"));
        }
    }
}

use std::fs;

use secrecy::{ExposeSecret, SecretString};

use super::*;

struct Place {
    folder: tempfile::TempDir,
    address: SiteAddress,
}

impl Place {
    fn new() -> Place {
        Place {
            folder: tempfile::tempdir().expect("a temporary folder"),
            address: SiteAddress::parse("https://bi.example/#/site/acme").expect("an address"),
        }
    }

    fn env(&self) -> impl Fn(&str) -> Option<String> {
        let folder = self.folder.path().to_string_lossy().into_owned();
        move |name| (name == "XDG_RUNTIME_DIR").then(|| folder.clone())
    }

    fn store(&self, token_name: &str) -> FileSession {
        let credential = Credential::Pat {
            name: token_name.to_owned(),
            secret: SecretString::from("s3cret"),
        };
        FileSession::of(&self.address, &credential, &self.env()).expect("a runtime folder")
    }

    /// Every path below the folder.
    fn paths(&self) -> Vec<PathBuf> {
        let walk = ignore::WalkBuilder::new(self.folder.path())
            .standard_filters(false)
            .build();
        walk.flatten()
            .skip(1)
            .map(ignore::DirEntry::into_path)
            .collect()
    }
}

fn session() -> Session {
    Session {
        token: SecretString::from("T0KEN"),
        site_luid: "site".to_owned(),
        user_luid: "user".to_owned(),
        api_version: "3.24".to_owned(),
        product_version: None,
        credential: "laptop".to_owned(),
        signed_in_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn token(store: &FileSession) -> Option<String> {
    let session = store.lock().expect("it is free").read();
    session.map(|it| it.token.expose_secret().to_owned())
}

#[test]
fn a_session_is_shared_by_all_who_have_the_credential() {
    let place = Place::new();
    let (ours, theirs) = (place.store("laptop"), place.store("laptop"));
    assert_eq!(token(&theirs), None);
    ours.lock().expect("it is free").write(&session());
    assert_eq!(token(&theirs).as_deref(), Some("T0KEN"));
    assert_eq!(token(&place.store("ci")), None);
    theirs.lock().expect("it is free").clear();
    assert_eq!(token(&ours), None);
}

#[test]
fn a_damaged_session_is_none() {
    let place = Place::new();
    let store = place.store("laptop");
    store.lock().expect("it is free").write(&session());
    let whole = fs::read(&store.file).expect("read");
    for bytes in [&whole[..whole.len() / 2], b"", b"[]", b"\xff\xfe", b"{}"] {
        private::write(&store.file, bytes).expect("write");
        assert_eq!(token(&store), None, "{bytes:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_session_is_the_users_alone() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let place = Place::new();
    let store = place.store("laptop");
    store.lock().expect("it is free").write(&session());
    for path in place.paths() {
        let mode = fs::metadata(&path).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
        assert!(!path.to_string_lossy().contains("laptop"));
    }
    fs::set_permissions(&store.file, fs::Permissions::from_mode(0o644)).expect("chmod");
    assert_eq!(token(&store), None);
    let elsewhere = place.folder.path().join("elsewhere");
    private::write(&elsewhere, session().to_json().as_bytes()).expect("write");
    fs::remove_file(&store.file).expect("remove");
    symlink(&elsewhere, &store.file).expect("link");
    assert_eq!(token(&store), None);
    store.lock().expect("it is free").write(&session());
    assert!(
        !fs::symlink_metadata(&store.file)
            .expect("metadata")
            .is_symlink()
    );
}

#[test]
fn forgetting_a_site_leaves_nothing_of_it() {
    let place = Place::new();
    for name in ["laptop", "ci"] {
        place
            .store(name)
            .lock()
            .expect("it is free")
            .write(&session());
    }
    assert!(forget(&place.address, &place.env()).expect("it can be removed"));
    assert_eq!(place.paths(), Vec::<PathBuf>::new());
    assert!(!forget(&place.address, &place.env()).expect("nothing is there"));
}

#[test]
fn without_a_runtime_folder_sessions_are_below_the_cache() {
    let place = Place::new();
    let folder = place.folder.path().to_string_lossy().into_owned();
    let env = |name: &str| match name {
        "XDG_RUNTIME_DIR" => Some("/nowhere/at/all".to_owned()),
        "EXPOSURE_LENS_CACHE_DIR" => Some(folder.clone()),
        _ => None,
    };
    assert_eq!(base_folder(&env), Some(PathBuf::from(&folder)));
    assert_eq!(base_folder(&|_| None), None);
}

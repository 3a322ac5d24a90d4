use std::collections::BTreeMap;
use std::fs;

use secrecy::{ExposeSecret, SecretString};

use super::keyring::Memory;
use super::*;

const SECRET: &str = "s3cret/+==:abc";

fn address(text: &str) -> SiteAddress {
    SiteAddress::parse(text).expect("an address")
}

fn acme() -> SiteAddress {
    address("https://10ax.online.tableau.com/#/site/acme")
}

fn pat(secret: &str) -> Credential {
    Credential::Pat {
        name: "laptop".to_owned(),
        secret: SecretString::from(secret),
    }
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

/// A store in a folder of its own, without environment.
struct Store {
    folder: tempfile::TempDir,
    credentials: Credentials,
}

fn store(keyring: Keyring) -> Store {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let credentials = Credentials {
        folder: Some(folder.path().join("config")),
        keyring,
        environment: Ok(None),
    };
    Store {
        folder,
        credentials,
    }
}

fn unlocked() -> Memory {
    let memory = Memory::default();
    *memory.0.lock().expect("a lock") = Some(BTreeMap::new());
    memory
}

impl Store {
    fn secret_at(&self, address: &SiteAddress) -> Option<String> {
        secret(&self.credentials, address)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("config").join(name)
    }

    /// The names of what lies in the config folder.
    fn files(&self) -> Vec<String> {
        let entries = self.folder.path().join("config").read_dir();
        let entries = entries.into_iter().flatten().flatten();
        let names = entries.map(|it| it.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}

fn secret(credentials: &Credentials, address: &SiteAddress) -> Option<String> {
    let found = credentials.get(address).expect("the store can be read")?;
    let secret = match &*found.credential {
        Credential::Pat { secret, .. } | Credential::ConnectedApp { secret, .. } => secret,
    };
    Some(secret.expose_secret().to_owned())
}

#[test]
fn a_credential_is_kept_in_the_keyring() {
    let memory = unlocked();
    let store = store(Keyring::Memory(memory.clone()));
    let kept = store.credentials.put(&acme(), &pat(SECRET), now());
    assert_eq!(kept.expect("it is kept"), Kept::Keyring);
    assert_eq!(store.secret_at(&acme()).as_deref(), Some(SECRET));
    assert_eq!(store.files(), [".sites.lock", "sites.json"]);
    let index = fs::read_to_string(store.path("sites.json")).expect("read");
    assert!(!index.contains(SECRET), "{index}");
    assert!(store.credentials.remove(&acme()).expect("it is removed"));
    assert_eq!(
        memory.0.lock().expect("a lock").as_ref().map(BTreeMap::len),
        Some(0)
    );
    assert_eq!(store.secret_at(&acme()), None);
}

#[test]
fn without_a_keyring_it_is_kept_in_a_file_and_the_reason_is_said() {
    for (keyring, why) in [
        (Keyring::Off, "EXPOSURE_LENS_KEYRING is off"),
        (
            Keyring::Memory(Memory::default()),
            "no keyring answers: locked",
        ),
    ] {
        let store = store(keyring);
        let kept = store.credentials.put(&acme(), &pat(SECRET), now());
        let expect = Kept::File {
            path: store.path("credentials.json"),
            reason: why.to_owned(),
        };
        assert_eq!(kept.expect("it is kept"), expect);
        assert_eq!(store.secret_at(&acme()).as_deref(), Some(SECRET));
    }
}

#[test]
fn a_credential_is_in_one_place_only() {
    let memory = Memory::default();
    let store = store(Keyring::Memory(memory.clone()));
    let put = |secret: &str| {
        store
            .credentials
            .put(&acme(), &pat(secret), now())
            .expect("kept")
    };
    assert!(matches!(put("old"), Kept::File { .. }));
    *memory.0.lock().expect("a lock") = Some(BTreeMap::new());
    assert_eq!(put("new"), Kept::Keyring);
    assert!(!store.path("credentials.json").exists());
    assert_eq!(store.secret_at(&acme()).as_deref(), Some("new"));
}

#[test]
fn an_old_credential_in_a_locked_keyring_is_not_forgotten() {
    let memory = unlocked();
    let store = store(Keyring::Memory(memory.clone()));
    let lock = |is_locked: bool, entries: &mut Option<BTreeMap<String, String>>| {
        let mut held = memory.0.lock().expect("a lock");
        if is_locked {
            *entries = held.take();
        } else {
            *held = entries.take();
        }
    };
    let mut entries = None;
    store
        .credentials
        .put(&acme(), &pat("old"), now())
        .expect("kept");
    lock(true, &mut entries);
    store
        .credentials
        .put(&acme(), &pat("new"), now())
        .expect("kept");
    assert_eq!(store.secret_at(&acme()).as_deref(), Some("new"));
    let error = store.credentials.remove(&acme()).expect_err("it is locked");
    assert!(format!("{error:#}").contains("no keyring answers: locked"));
    lock(false, &mut entries);
    assert!(store.credentials.remove(&acme()).expect("removed"));
    let held = memory.0.lock().expect("a lock");
    assert_eq!(held.as_ref().map(BTreeMap::len), Some(0));
}

#[test]
fn a_credential_is_for_one_server_and_one_site() {
    let store = store(Keyring::Off);
    store
        .credentials
        .put(&acme(), &pat(SECRET), now())
        .expect("kept");
    for other in [
        "https://evil.example/#/site/acme",
        "https://10ax.online.tableau.com.evil.example/#/site/acme",
        "https://10ay.online.tableau.com/#/site/acme",
        "https://10ax.online.tableau.com/#/site/acme2",
        "https://10ax.online.tableau.com:8443/#/site/acme",
    ] {
        let other = address(other);
        assert_eq!(store.secret_at(&other), None, "{other}");
        assert!(!store.credentials.has(&other), "{other}");
    }
    assert!(store.credentials.has(&acme()));
}

#[test]
fn what_was_given_for_https_does_not_go_by_http() {
    let store = store(Keyring::Off);
    let secure = address("https://bi.corp/#/site/acme");
    store
        .credentials
        .put(&secure, &pat(SECRET), now())
        .expect("kept");
    assert_eq!(
        store.secret_at(&address("http://bi.corp/#/site/acme")),
        None
    );
}

#[test]
fn a_record_under_another_key_gives_nothing() {
    let memory = unlocked();
    let store = store(Keyring::Memory(memory.clone()));
    let evil = address("https://evil.example/#/site/acme");
    for site in [acme(), evil.clone()] {
        store
            .credentials
            .put(&site, &pat("x"), now())
            .expect("kept");
    }
    let mut entries = memory.0.lock().expect("a lock");
    let entries = entries.as_mut().expect("it is unlocked");
    let text = entries.get(&acme().key()).cloned().expect("an entry");
    entries.insert(evil.key(), text);
    let found = Record::parse(entries.get(&evil.key()).expect("an entry")).expect("a record");
    assert!(found.credential_for(&evil).is_none());
}

#[test]
fn the_cloud_entry_stands_for_the_host_that_was_signed_in_to() {
    let store = store(Keyring::Off);
    let entry = address("https://online.tableau.com/#/site/acme");
    assert_eq!(store.credentials.resolve(&entry), entry);
    let corp = address("https://bi.corp/#/site/acme");
    store
        .credentials
        .put(&corp, &pat(SECRET), now())
        .expect("kept");
    assert_eq!(store.credentials.resolve(&entry), entry);
    store
        .credentials
        .put(&acme(), &pat(SECRET), now())
        .expect("kept");
    assert_eq!(store.credentials.resolve(&entry), acme());
    let other = address("https://online.tableau.com/#/site/other");
    assert_eq!(store.credentials.resolve(&other), other);
}

#[test]
fn connected_apps_are_kept_whole() {
    let store = store(Keyring::Off);
    let app = Credential::ConnectedApp {
        client_id: "client".to_owned(),
        secret_id: "id".to_owned(),
        secret: SecretString::from(SECRET),
        user: "ci@acme.example".to_owned(),
    };
    store.credentials.put(&acme(), &app, now()).expect("kept");
    let found = store
        .credentials
        .get(&acme())
        .expect("read")
        .expect("found");
    let Credential::ConnectedApp {
        client_id,
        secret_id,
        secret,
        user,
    } = &*found.credential
    else {
        panic!("another kind");
    };
    assert_eq!(
        [client_id, secret_id, secret.expose_secret(), user],
        ["client", "id", SECRET, "ci@acme.example"]
    );
}

#[test]
fn removing_the_last_site_leaves_no_file() {
    let store = store(Keyring::Off);
    let other = address("https://bi.corp");
    assert!(!store.credentials.remove(&acme()).expect("nothing is there"));
    for site in [&acme(), &other] {
        store
            .credentials
            .put(site, &pat(SECRET), now())
            .expect("kept");
    }
    assert!(store.credentials.remove(&acme()).expect("removed"));
    assert_eq!(store.secret_at(&other).as_deref(), Some(SECRET));
    assert!(store.credentials.remove(&other).expect("removed"));
    if cfg!(unix) {
        assert_eq!(store.files(), Vec::<String>::new());
    }
}

#[test]
fn a_damaged_file_says_what_to_do_and_shows_nothing_of_it() {
    let store = store(Keyring::Off);
    store
        .credentials
        .put(&acme(), &pat(SECRET), now())
        .expect("kept");
    let path = store.path("credentials.json");
    let whole = fs::read_to_string(&path).expect("read");
    for text in [
        whole.replace("\"secret\"", "\"sceret\""),
        whole.replace(": \"s3", ": [\"s3"),
        whole[..whole.len() - 10].to_owned(),
        whole.replace("\"version\": 1", "\"version\": 2"),
    ] {
        private::write(&path, text.as_bytes()).expect("write");
        let error = store.credentials.get(&acme()).expect_err("it is damaged");
        let said = format!("{error:#} {error:?}");
        assert!(!said.contains("s3cret"), "{said}");
        assert!(
            said.contains("sign in again") || said.contains("later version"),
            "{said}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_or_put_there_is_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let store = store(Keyring::Off);
    store
        .credentials
        .put(&acme(), &pat(SECRET), now())
        .expect("kept");
    let path = store.path("credentials.json");
    let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().expect("a parent")), 0o700);
    let refused = |why: &str| {
        for error in [
            store.credentials.get(&acme()).map(drop),
            store.credentials.put(&acme(), &pat("new"), now()).map(drop),
            store.credentials.remove(&acme()).map(drop),
        ] {
            let said = format!("{:#}", error.expect_err("it is refused"));
            assert!(said.contains(why), "{said}");
        }
    };
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("chmod");
    refused("other users can read it");
    let moved = store.folder.path().join("moved");
    fs::rename(&path, &moved).expect("move");
    symlink(&moved, &path).expect("link");
    refused("it is a link");
}

#[test]
fn the_environment_gives_a_credential_for_its_own_site_only() {
    let env = |set: &[(&str, &str)]| {
        let set: BTreeMap<String, String> = set
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        move |name: &str| set.get(name).cloned()
    };
    let url = (
        "TABLEAU_SITE_URL",
        "https://10ax.online.tableau.com/#/site/acme/home",
    );
    let token = [("TABLEAU_PAT_NAME", "ci"), ("TABLEAU_PAT_SECRET", SECRET)];
    let credentials = Credentials::open(&env(&[url, token[0], token[1]]));
    assert_eq!(secret(&credentials, &acme()).as_deref(), Some(SECRET));
    assert_eq!(credentials.list().expect("a list").len(), 1);
    for other in [
        "https://evil.example/#/site/acme",
        "https://10ax.online.tableau.com/#/site/other",
        "http://10ax.corp/#/site/acme",
    ] {
        assert_eq!(secret(&credentials, &address(other)), None, "{other}");
    }
    for (set, problem) in [
        (&[url, token[0]][..], "TABLEAU_PAT_SECRET is not set"),
        (&[token[0], token[1]], "TABLEAU_SITE_URL is not set"),
        (
            &[url, ("TABLEAU_APP_SECRET", "x")],
            "TABLEAU_APP_CLIENT_ID is not set",
        ),
        (
            &[("TABLEAU_SITE_URL", "ftp://x"), token[0], token[1]],
            "TABLEAU_SITE_URL: cannot use an address of scheme 'ftp': Tableau is reached by https",
        ),
    ] {
        let credentials = Credentials::open(&env(set));
        assert_eq!(credentials.environment_problem(), Some(problem));
        assert_eq!(secret(&credentials, &acme()), None);
    }
    assert_eq!(Credentials::open(&env(&[url])).environment_problem(), None);
}

#[test]
fn a_use_is_noted_and_tells_when_a_token_lapses() {
    let store = store(Keyring::Off);
    let day = SignedDuration::from_hours(24);
    store
        .credentials
        .put(&acme(), &pat(SECRET), now())
        .expect("kept");
    let left = |at: Timestamp| {
        let sites = store.credentials.list().expect("a list");
        sites[0].days_left(at)
    };
    assert_eq!(left(now()), Some(15));
    assert_eq!(left(now() + 12 * day), Some(3));
    store.credentials.note_use(&acme(), now() + 12 * day);
    assert_eq!(left(now() + 12 * day), Some(15));
    assert_eq!(left(now() + 40 * day), Some(-13));
    store
        .credentials
        .note_use(&address("https://bi.corp"), now());
    assert_eq!(store.credentials.list().expect("a list").len(), 1);
}

#[test]
fn no_secret_is_in_what_debugging_shows() {
    let store = store(Keyring::Off);
    store
        .credentials
        .put(&acme(), &pat(SECRET), now())
        .expect("kept");
    let found = store.credentials.get(&acme()).expect("read");
    let env = |name: &str| match name {
        "TABLEAU_SITE_URL" => Some("https://bi.corp".to_owned()),
        "TABLEAU_PAT_NAME" => Some("ci".to_owned()),
        "TABLEAU_PAT_SECRET" => Some(SECRET.to_owned()),
        _ => None,
    };
    let shown = format!(
        "{:?} {found:#?} {:?} {:?}",
        store.credentials,
        Credentials::open(&env),
        store.credentials.list()
    );
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[test]
fn without_a_config_folder_there_is_nothing_and_the_reason_is_said() {
    let credentials = Credentials::open(&|_| None);
    assert_eq!(secret(&credentials, &acme()), None);
    let error = credentials
        .put(&acme(), &pat(SECRET), now())
        .expect_err("no folder");
    assert!(error.to_string().contains("EXPOSURE_LENS_CONFIG_DIR"));
}

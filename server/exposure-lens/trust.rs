//! Which hosts may be contacted although only a repository names them.
//!
//! A repository can name any host for its team snapshot, and opening a folder must not
//! be enough to contact it. The user says yes once for each host; a sign-in to a site on a
//! host is a yes too, and so is naming it in one's own settings.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::config::{self, Origin};
use crate::credentials::Credentials;
use crate::disk::{guarded, private};

const MAX_FILE: u64 = 1 << 20;

/// What the user said yes to, and to which sites there are credentials.
#[derive(Clone, Debug)]
pub struct Trust {
    file: Option<PathBuf>,
    credentials: Credentials,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Hosts {
    hosts: BTreeSet<String>,
}

impl Trust {
    /// The user's.
    pub fn open(env: &dyn Fn(&str) -> Option<String>) -> Trust {
        Trust {
            file: config::user_folder(env).map(|it| it.join("trusted_hosts.json")),
            credentials: Credentials::open(env),
        }
    }

    /// The file that changes whenever the user says yes.
    pub fn watched(&self) -> Option<PathBuf> {
        self.file.clone()
    }

    /// Whether `host` (`name` or `name:port`) may be contacted when `origin` names it.
    pub fn may_contact(&self, host: &str, origin: &Origin) -> bool {
        origin.is_the_users_own() || self.is_trusted(host)
    }

    /// Whether the user said yes to `host`, or signed in to a site on it.
    pub fn is_trusted(&self, host: &str) -> bool {
        let is_host = |other: &str| other.eq_ignore_ascii_case(host);
        let hosts = self.hosts().unwrap_or_default();
        let sites = self.credentials.list().unwrap_or_default();
        hosts.iter().any(|it| is_host(it)) || sites.iter().any(|it| is_host(it.address.host()))
    }

    /// The hosts that the user said yes to.
    ///
    /// # Errors
    /// When the list cannot be read; none is trusted then.
    pub fn hosts(&self) -> anyhow::Result<BTreeSet<String>> {
        let Some(file) = &self.file else {
            return Ok(BTreeSet::new());
        };
        let reading = || format!("cannot read {}", file.display());
        let Some(bytes) = guarded::read(file, MAX_FILE).with_context(reading)? else {
            return Ok(BTreeSet::new());
        };
        let hosts: Hosts = serde_json::from_slice(&bytes).with_context(reading)?;
        Ok(hosts.hosts)
    }

    /// Keeps the user's yes to `host`.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub fn allow(&self, host: &str) -> anyhow::Result<()> {
        let file = self.file.as_ref().context(
            "there is no config folder to keep the answer in: name one with \
             EXPOSURE_LENS_CONFIG_DIR",
        )?;
        // A damaged list is written anew: that trusts fewer hosts.
        let mut hosts = self.hosts().unwrap_or_default();
        hosts.insert(host.to_ascii_lowercase());
        let text = serde_json::to_string_pretty(&Hosts { hosts })?;
        private::write(file, text.as_bytes())
            .with_context(|| format!("cannot write {}", file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_a_repository_names_is_contacted_after_a_yes() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().to_string_lossy().into_owned();
        let trust = Trust::open(&|name| match name {
            "EXPOSURE_LENS_CONFIG_DIR" => Some(path.clone()),
            "EXPOSURE_LENS_KEYRING" => Some("off".to_owned()),
            "TABLEAU_SITE_URL" => Some("https://bi.example/#/site/acme".to_owned()),
            "TABLEAU_PAT_NAME" | "TABLEAU_PAT_SECRET" => Some("x".to_owned()),
            _ => None,
        });
        let team = Origin::Team(PathBuf::from("exposure-lens.yml"));
        let user = Origin::User(PathBuf::from("config.yml"));
        for origin in [&team, &Origin::Editor] {
            assert!(!trust.may_contact("files.example", origin), "{origin}");
            assert!(trust.may_contact("bi.example", origin), "signed in there");
        }
        assert!(trust.may_contact("files.example", &user));
        trust.allow("Files.example").expect("keep");
        assert!(trust.may_contact("files.example", &team));
        for other in [
            "files.example:8443",
            "evil.files.example",
            "files.example.evil",
            "",
        ] {
            assert!(!trust.may_contact(other, &team), "{other}");
        }
        private::write(&folder.path().join("trusted_hosts.json"), b"{").expect("write");
        assert!(!trust.may_contact("files.example", &team));
    }

    #[test]
    fn without_a_config_folder_nobody_is_trusted() {
        let trust = Trust::open(&|_| None);
        assert!(!trust.is_trusted("files.example"));
        assert!(trust.allow("files.example").is_err());
    }
}

//! A credential as it is kept: in the keyring one text for each site, in the file all of them.
//!
//! The address is kept with it and compared when it is read, so that a record that was
//! moved to another key gives nothing.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tableau::{Credential, SiteAddress};

/// The version of the file that we write, and the latest that we read.
const VERSION: u32 = 1;

/// A credential and the site that it is for.
#[derive(Deserialize)]
pub(super) struct Record {
    base: String,
    site: String,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Kind {
    Pat {
        name: String,
        secret: SecretString,
    },
    ConnectedApp {
        client_id: String,
        secret_id: String,
        secret: SecretString,
        user: String,
    },
}

/// The same with the secret in the open, on its way to where it is kept.
#[derive(Serialize)]
struct Open<'a> {
    base: &'a str,
    site: &'a str,
    #[serde(flatten)]
    kind: OpenKind<'a>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum OpenKind<'a> {
    Pat {
        name: &'a str,
        secret: &'a str,
    },
    ConnectedApp {
        client_id: &'a str,
        secret_id: &'a str,
        secret: &'a str,
        user: &'a str,
    },
}

impl Record {
    pub(super) fn new(address: &SiteAddress, credential: &Credential) -> Record {
        let kind = match credential.clone() {
            Credential::Pat { name, secret } => Kind::Pat { name, secret },
            Credential::ConnectedApp {
                client_id,
                secret_id,
                secret,
                user,
            } => Kind::ConnectedApp {
                client_id,
                secret_id,
                secret,
                user,
            },
        };
        Record {
            base: address.base().to_owned(),
            site: address.site().to_owned(),
            kind,
        }
    }

    /// Its credential, if it is for the site at `address` and for no other.
    pub(super) fn credential_for(&self, address: &SiteAddress) -> Option<Credential> {
        if self.base != address.base() || self.site != address.site() {
            return None;
        }
        Some(match &self.kind {
            Kind::Pat { name, secret } => Credential::Pat {
                name: name.clone(),
                secret: secret.clone(),
            },
            Kind::ConnectedApp {
                client_id,
                secret_id,
                secret,
                user,
            } => Credential::ConnectedApp {
                client_id: client_id.clone(),
                secret_id: secret_id.clone(),
                secret: secret.clone(),
                user: user.clone(),
            },
        })
    }

    /// As one text. It is wiped from memory when it is dropped.
    pub(super) fn to_text(&self) -> anyhow::Result<Zeroizing<String>> {
        Ok(Zeroizing::new(serde_json::to_string(&self.open())?))
    }

    /// Reads what [`Record::to_text`] wrote. An error does not repeat the text.
    pub(super) fn parse(text: &str) -> anyhow::Result<Record> {
        serde_json::from_str(text).map_err(|_| anyhow::anyhow!("it is not what was kept"))
    }

    fn open(&self) -> Open<'_> {
        let kind = match &self.kind {
            Kind::Pat { name, secret } => OpenKind::Pat {
                name,
                secret: secret.expose_secret(),
            },
            Kind::ConnectedApp {
                client_id,
                secret_id,
                secret,
                user,
            } => OpenKind::ConnectedApp {
                client_id,
                secret_id,
                secret: secret.expose_secret(),
                user,
            },
        };
        Open {
            base: &self.base,
            site: &self.site,
            kind,
        }
    }
}

#[derive(Deserialize)]
struct Whole {
    version: u32,
    sites: BTreeMap<String, Record>,
}

#[derive(Serialize)]
struct OpenWhole<'a> {
    version: u32,
    sites: BTreeMap<&'a str, Open<'a>>,
}

/// All records of the file, by the sites' keys.
pub(super) fn parse_all(bytes: &[u8]) -> anyhow::Result<BTreeMap<String, Record>> {
    // serde's own errors can quote what they met, which here may be a secret.
    let whole: Whole = serde_json::from_slice(bytes)
        .ok()
        .context("it is damaged: remove it and sign in again with `exposure-lens login`")?;
    if whole.version > VERSION {
        bail!("a later version of exposure-lens wrote it");
    }
    Ok(whole.sites)
}

/// The file with all records.
pub(super) fn all_to_text(records: &BTreeMap<String, Record>) -> anyhow::Result<Zeroizing<String>> {
    let sites = records.iter().map(|(key, it)| (key.as_str(), it.open()));
    let whole = OpenWhole {
        version: VERSION,
        sites: sites.collect(),
    };
    Ok(Zeroizing::new(serde_json::to_string_pretty(&whole)?))
}

//! The settings of `tableau`, typed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::check;
use super::sites::SiteSetting;
use super::{Origin, Settings};
use crate::disk;

/// Six hours.
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(6 * 3600);

/// Where the team's snapshot is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotSetting {
    /// A path or an address.
    pub place: SnapshotPlace,
    /// Who says so.
    pub origin: Origin,
}

/// A path or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotPlace {
    /// A file, relative to the project or absolute. [`SnapshotSetting::file`] checks it.
    File(String),
    /// An `https` address; `http` only on this machine. Its query may hold a secret.
    Url(String),
}

impl SnapshotSetting {
    /// The file, for a project at `root`; `None` for an address.
    ///
    /// # Errors
    /// When it is a link out of the repository, and a repository says so.
    pub fn file(&self, root: &Path) -> Option<Result<PathBuf, String>> {
        let SnapshotPlace::File(path) = &self.place else {
            return None;
        };
        let file = root.join(path);
        let is_confined = !self.origin.is_the_users_own();
        if is_confined && !disk::is_inside(disk::repository_root(root), &file) {
            return Some(Err(format!(
                "`tableau.snapshot` is a link out of the repository: {path}"
            )));
        }
        Some(Ok(file))
    }
}

impl Settings {
    /// `tableau.sites`: the sites to read, each once.
    pub fn sites(&self) -> Vec<SiteSetting> {
        let origin = self.origin("tableau.sites");
        let items = self.value("tableau.sites").as_array().into_iter().flatten();
        items
            .filter_map(|item| SiteSetting::parse(item, origin))
            .collect()
    }

    /// `tableau.snapshot`: where the team's snapshot is.
    pub fn snapshot(&self) -> Option<SnapshotSetting> {
        let text = self.text("tableau.snapshot")?;
        let place = if check::is_url(&text) {
            SnapshotPlace::Url(text)
        } else {
            SnapshotPlace::File(text)
        };
        Some(SnapshotSetting {
            place,
            origin: self.origin("tableau.snapshot").clone(),
        })
    }

    /// `tableau.max_age`: how old a site's content may become.
    pub fn max_age(&self) -> Duration {
        let text = self.text("tableau.max_age");
        let parsed = text.and_then(|it| check::duration(&it));
        parsed.unwrap_or(DEFAULT_MAX_AGE)
    }

    /// `tableau.public_url`: where people's browsers reach the Server, without a last slash.
    pub fn public_url(&self) -> Option<String> {
        let text = self.text("tableau.public_url")?;
        Some(text.trim_end_matches('/').to_owned())
    }

    /// `tableau.ca_file`: further authorities to trust, relative to the file that names it.
    pub fn ca_file(&self) -> Option<PathBuf> {
        let path = PathBuf::from(self.text("tableau.ca_file")?);
        Some(match self.origin("tableau.ca_file") {
            Origin::User(file) => file.parent().map_or(path.clone(), |it| it.join(&path)),
            _ => path,
        })
    }

    /// `tableau.insecure`: whether the certificate of `host` (`name` or `name:port`) is
    /// not to be checked. An entry without a port is for all ports.
    pub fn is_insecure(&self, host: &str) -> bool {
        let without_port = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
            _ => host,
        };
        let entries = self.value("tableau.insecure").as_array();
        let entries = entries.into_iter().flatten().filter_map(Value::as_str);
        // An address does not name the port that its scheme has anyway.
        let mut entries = entries.map(|it| it.strip_suffix(":443").unwrap_or(it));
        entries.any(|it| it.eq_ignore_ascii_case(host) || it.eq_ignore_ascii_case(without_port))
    }
}

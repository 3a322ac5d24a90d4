//! `tableau.sites`: which sites are read, and what is wanted of each.
//!
//! A bad item takes nothing from the others. An item whose filter cannot be
//! understood is left out as a whole: without its filter it would mean more.

use serde_json::{Map, Value};
use tableau::SiteAddress;

use super::Origin;
use super::check::{Taken, check_globs, unknown_keys};

const KEYS: [&str; 3] = ["url", "projects", "exclude"];

/// A site that settings name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteSetting {
    /// Which.
    pub address: SiteAddress,
    /// Globs of project paths (`Finance/**`) that are wanted; none means all.
    pub projects: Vec<String>,
    /// Globs of project paths that are not.
    pub exclude: Vec<String>,
    /// Who names it. Only a user can give a site a credential.
    pub origin: Origin,
}

impl SiteSetting {
    /// What is wanted of the site, in one line; the same line for the same wish.
    pub fn selection(&self) -> String {
        let wanted = self.projects.iter().map(|it| format!("+{it}"));
        let unwanted = self.exclude.iter().map(|it| format!("-{it}"));
        let all: Vec<String> = wanted.chain(unwanted).collect();
        if all.is_empty() {
            return "all".to_owned();
        }
        all.join(" ")
    }

    /// What an item says. `None` for what [`sift`] leaves out.
    pub(super) fn parse(item: &Value, origin: &Origin) -> Option<SiteSetting> {
        let texts = |name: &str| {
            let items = item.get(name).and_then(Value::as_array);
            let texts = items.into_iter().flatten().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        };
        Some(SiteSetting {
            address: SiteAddress::parse(item.get("url")?.as_str()?).ok()?,
            projects: texts("projects"),
            exclude: texts("exclude"),
            origin: origin.clone(),
        })
    }
}

/// The items that name a site each, and what is wrong with the others.
pub(super) fn sift(items: Vec<Value>) -> Taken {
    let mut notes = Vec::new();
    let mut sites = Vec::new();
    let mut seen = Vec::new();
    for (n, item) in items.into_iter().enumerate() {
        match check(&item) {
            Err(reason) => notes.push((n, format!("{reason}; it is ignored"))),
            Ok(key) if seen.contains(&key) => {
                let reason = "names a site for the second time; it is ignored";
                notes.push((n, reason.to_owned()));
            }
            Ok(key) => {
                seen.push(key);
                let keys = item.as_object().into_iter().flat_map(Map::keys);
                notes.extend(unknown_keys(keys, &KEYS).map(|it| (n, it)));
                sites.push(item);
            }
        }
    }
    Taken {
        value: Value::Array(sites),
        notes,
    }
}

/// The site's key. The text of an address may hold a secret and is not repeated.
fn check(item: &Value) -> Result<String, String> {
    let Some(fields) = item.as_object() else {
        return Err("is no site: it takes {url, projects, exclude}".to_owned());
    };
    let Some(url) = fields.get("url").and_then(Value::as_str) else {
        return Err("has no url".to_owned());
    };
    let address =
        SiteAddress::parse(url).map_err(|error| format!("has no site's address: {error}"))?;
    for name in ["projects", "exclude"] {
        let Some(value) = fields.get(name).filter(|it| !it.is_null()) else {
            continue;
        };
        let is_list = value
            .as_array()
            .is_some_and(|list| list.iter().all(Value::is_string));
        if !is_list {
            return Err(format!("has {name} that are no list of globs"));
        }
        check_globs(value).map_err(|reason| format!("in {name} {reason}"))?;
    }
    Ok(address.key())
}

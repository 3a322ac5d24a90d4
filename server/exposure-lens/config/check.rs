//! What each kind of setting takes, beyond its shape in JSON, and where a path may lead.

use std::path::{Component, Path};
use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::rules;
use super::sites;
use super::table::{Key, Kind, Scope};
use super::{Origin, nearest};

/// A value that is taken, and what is to be said of items of its list: which, and what.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) value: Value,
    pub(super) notes: Vec<(usize, String)>,
}

/// What `key` takes of `value` when it comes from `origin`.
///
/// # Errors
/// Why nothing of it is taken.
pub(super) fn take(key: &Key, value: Value, origin: &Origin) -> Result<Taken, String> {
    if key.scope == Scope::UserFile && !origin.is_the_users_own() {
        return Err("may only be set in your own config.yml".to_owned());
    }
    if !key.kind.fits(&value) {
        return Err(format!("takes {}", key.kind.describe()));
    }
    if key.kind.is_list_of_equals() {
        return Ok(sift(key.kind, value));
    }
    check_texts(key.kind, &value)?;
    check_paths(key.kind, &value, origin)?;
    Ok(Taken {
        value,
        notes: Vec::new(),
    })
}

/// The items of a list that are good, without those that are not.
fn sift(kind: Kind, value: Value) -> Taken {
    let Value::Array(items) = value else {
        return Taken {
            value,
            notes: Vec::new(),
        };
    };
    match kind {
        Kind::Sites => sites::sift(items),
        Kind::NameRules => rules::sift(items),
        _ => sift_hosts(items),
    }
}

/// What is to be said of each key that is none of those `known`.
pub(super) fn unknown_keys<'a>(
    keys: impl Iterator<Item = &'a String>,
    known: &'static [&'static str],
) -> impl Iterator<Item = String> {
    let unknown = keys.filter(|it| !known.contains(&it.as_str()));
    unknown.map(|name| {
        let hint = nearest(name, known.iter().copied());
        format!("has an unknown key `{name}`{hint}")
    })
}

fn sift_hosts(items: Vec<Value>) -> Taken {
    let mut notes = Vec::new();
    let mut hosts = Vec::new();
    for (n, item) in items.into_iter().enumerate() {
        if item.as_str().is_some_and(is_host) {
            hosts.push(item);
        } else {
            let reason = "is no host, with or without a port; it is ignored";
            notes.push((n, reason.to_owned()));
        }
    }
    Taken {
        value: Value::Array(hosts),
        notes,
    }
}

/// `tableau.example.com`, `10.0.0.7:8443`, `[::1]`; no scheme, no path, no wildcard.
fn is_host(text: &str) -> bool {
    let is_bare = !text.contains(['/', '@', '?', '#', '*', '\\', ' ']);
    is_bare && Url::parse(&format!("https://{text}")).is_ok_and(|url| url.has_host())
}

fn check_texts(kind: Kind, value: &Value) -> Result<(), String> {
    if kind == Kind::Globs {
        return check_globs(value);
    }
    let Some(text) = value.as_str() else {
        return Ok(());
    };
    match kind {
        Kind::Duration if duration(text).is_none() => Err(format!("takes {}", kind.describe())),
        Kind::Url => check_url(text, true),
        Kind::PathOrUrl if is_url(text) => check_url(text, false),
        _ => Ok(()),
    }
}

/// One bad glob would silently leave files out.
pub(super) fn check_globs(value: &Value) -> Result<(), String> {
    let globs = value.as_array().into_iter().flatten();
    for glob in globs.filter_map(Value::as_str) {
        globset::Glob::new(glob).map_err(|error| format!("has a glob that is none: {error}"))?;
    }
    Ok(())
}

/// Whether a text is an address and no path: it names a scheme.
pub(super) fn is_url(text: &str) -> bool {
    text.contains("://")
}

/// `https`, or `http` where that is allowed; a machine may speak `http` with itself.
/// The text may hold a secret and is not repeated.
fn check_url(text: &str, may_be_plain: bool) -> Result<(), String> {
    let url = Url::parse(text).map_err(|error| format!("has no address: {error}"))?;
    if !url.has_host() {
        return Err("has an address without a host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "has an address with a user name or password, which is read by many".to_owned(),
        );
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if may_be_plain || is_loopback(&url) => Ok(()),
        "http" => Err("takes an https address: http only from this machine itself".to_owned()),
        _ => Err("takes an https address".to_owned()),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// An address as people may see it: a query can hold a signature that opens the file.
pub(super) fn shown(kind: Kind, value: &Value) -> Value {
    let url = match value.as_str() {
        Some(text) if kind == Kind::PathOrUrl && is_url(text) => Url::parse(text).ok(),
        _ => None,
    };
    match url {
        Some(mut url) if url.query().is_some() => {
            url.set_query(Some("…"));
            Value::from(url.as_str().replace("%E2%80%A6", "…"))
        }
        _ => value.clone(),
    }
}

/// `30m`, `6h`, `2d`: at least a minute, at most a year.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let minutes = match unit {
        "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        _ => return None,
    };
    let number: u64 = number.trim_end().parse().ok()?;
    let minutes = number.checked_mul(minutes)?;
    (1..=366 * 24 * 60)
        .contains(&minutes)
        .then(|| Duration::from_secs(minutes * 60))
}

/// A path from what others commit stays where it belongs: relative, and without a step
/// out. New exposures stay in the project, whoever says where, and workbook files are
/// looked for nowhere else, so that such a glob would match nothing.
fn check_paths(kind: Kind, value: &Value, origin: &Origin) -> Result<(), String> {
    let confined = match kind {
        Kind::PathInProject | Kind::Globs => true,
        Kind::Path => matches!(origin, Origin::Team(_)),
        Kind::PathOrUrl => !origin.is_the_users_own() && !value.as_str().is_some_and(is_url),
        _ => false,
    };
    let one = value.as_str().into_iter();
    let many = value.as_array().into_iter().flatten();
    for path in one.chain(many.filter_map(Value::as_str)) {
        if confined && !stays_inside(path) {
            return Err(format!("leads out of the project: {path:?}"));
        }
        // Only to look at such a path sends the user's Windows credentials to the host in it.
        let is_path = matches!(kind, Kind::Path | Kind::PathOrUrl);
        if is_path && !origin.is_the_users_own() && is_unc(path) {
            return Err(format!("names another machine: {path:?}"));
        }
    }
    Ok(())
}

fn stays_inside(path: &str) -> bool {
    let normal = path.replace('\\', "/");
    let inside = Path::new(&normal)
        .components()
        .all(|it| matches!(it, Component::Normal(_) | Component::CurDir));
    let drive = normal.as_bytes().get(1) == Some(&b':');
    inside && !drive && !normal.starts_with("//")
}

fn is_unc(path: &str) -> bool {
    path.replace('\\', "/").starts_with("//")
}

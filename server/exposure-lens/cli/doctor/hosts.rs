//! Every host that the program may contact for a project, why, and on whose word.

use tableau::SiteAddress;

use crate::cli::load::Loaded;
use crate::config::{Origin, Settings};
use crate::workspace::{process_env, snapshot};

/// A host that settings or the user name.
pub(super) struct Host {
    /// `host[:port]`.
    pub(super) host: String,
    /// What for, and who says so.
    pub(super) why: String,
    /// Whether it may be contacted.
    pub(super) allowed: bool,
}

/// Variables that name a proxy, as they are read where connections are made.
const PROXIES: [&str; 6] = [
    "https_proxy",
    "HTTPS_PROXY",
    "http_proxy",
    "HTTP_PROXY",
    "all_proxy",
    "ALL_PROXY",
];

/// All of them, by name. No other host is ever contacted, save the system's proxy where it
/// has one, and the host that a snapshot's address redirects to.
pub(super) fn of(loaded: &Loaded) -> Vec<Host> {
    let mut hosts: Vec<Host> = loaded
        .kept
        .sites
        .iter()
        .map(|site| {
            let address = &site.setting.address;
            let state = match site.signed_in {
                true => "signed in to".to_owned(),
                false => format!("never contacted before `exposure-lens login {address}`"),
            };
            Host {
                host: address.host().to_owned(),
                why: format!(
                    "{}, named by {}, {state}",
                    site_of(address),
                    named_by(&site.setting.origin)
                ),
                allowed: site.signed_in,
            }
        })
        .collect();
    hosts.extend(of_snapshot(loaded));
    if !hosts.is_empty() {
        hosts.extend(proxies());
    }
    hosts.sort_by(|a, b| (&a.host, &a.why).cmp(&(&b.host, &b.why)));
    hosts
}

/// The proxies that the environment names, each once. User and password are not shown.
fn proxies() -> Vec<Host> {
    let mut proxies: Vec<Host> = Vec::new();
    for name in PROXIES {
        let Some(text) = process_env(name).filter(|it| !it.is_empty()) else {
            continue;
        };
        let text = match text.contains("://") {
            true => text,
            false => format!("http://{text}"),
        };
        let host = snapshot::host_of(&text);
        let is_new = |it: &String| !proxies.iter().any(|other| other.host == *it);
        if let Some(host) = host.filter(is_new) {
            proxies.push(Host {
                host,
                why: format!("the proxy that {name} names, for what NO_PROXY does not except"),
                allowed: true,
            });
        }
    }
    proxies
}

/// A site where its host has just been said.
fn site_of(address: &SiteAddress) -> String {
    match address.site() {
        "" => "the Default site".to_owned(),
        site => format!("site {site}"),
    }
}

fn of_snapshot(loaded: &Loaded) -> Option<Host> {
    let state = loaded.kept.snapshot.as_ref()?;
    let origin = origin_of_snapshot(&loaded.settings);
    let allowed = match state.trusted {
        true => "no credential is sent",
        false => "never contacted before you say yes in `exposure-lens pull`",
    };
    Some(Host {
        host: state.host.clone()?,
        why: format!("the team snapshot, named by {origin}; {allowed}"),
        allowed: state.trusted,
    })
}

fn origin_of_snapshot(settings: &Settings) -> String {
    let setting = settings.snapshot();
    setting.map_or_else(String::new, |it| named_by(&it.origin))
}

fn named_by(origin: &Origin) -> String {
    match origin {
        Origin::BuiltIn => "your sign-in".to_owned(),
        other => other.to_string(),
    }
}

//! Where a site really is: `online.tableau.com` only says which host serves it.
//!
//! It is asked without a credential, and believed only where it names a host of
//! Tableau Cloud by `https`.

use reqwest::Method;
use url::Url;

use super::wire::{Call, Outcome, Wants};
use super::{Client, url_of};
use crate::address::SiteAddress;
use crate::site_error::SiteError;

const DOING: &str = "find the site's host";

/// What Tableau Cloud redirects. The first is what its own clients follow.
const ASKED: [&[&str]; 2] = [
    &["api", "3.6", "auth", "signin"],
    &["api", "2.4", "serverInfo"],
];

/// Hosts of Tableau Cloud where users sign in and no site is served.
const SIGN_IN_HOSTS: [&str; 2] = ["sso.online.tableau.com", "identity.online.tableau.com"];

impl Client {
    /// The address to speak with: the client's own, or what the Cloud's entry names.
    pub(super) async fn place(&self) -> Result<&SiteAddress, SiteError> {
        self.place
            .get_or_try_init(|| async {
                if self.is_cloud_entry() {
                    self.find_cloud_host().await
                } else {
                    Ok(self.address.clone())
                }
            })
            .await
    }

    async fn find_cloud_host(&self) -> Result<SiteAddress, SiteError> {
        for path in ASKED {
            let url = url_of(&self.address, path.iter().copied())?;
            let call = Call::new(Method::GET, url, DOING).wanting(Wants::Nothing);
            let host = call.host();
            if let Outcome::Elsewhere(to) = self.wire.deliver(call, None).await? {
                return match self.cloud_host(&to) {
                    Some(place) => Ok(place),
                    None => Err(super::wire::elsewhere(host, DOING, &to)),
                };
            }
        }
        Err(SiteError::CloudHostUnknown {
            host: self.address.host().to_owned(),
            site: self.address.site().to_owned(),
        })
    }

    fn is_cloud_entry(&self) -> bool {
        #[cfg(any(test, feature = "testing"))]
        if let Some(entry) = &self.wire.options().testing.cloud_entry {
            return entry == self.address.base();
        }
        self.address.is_cloud_entry()
    }

    fn cloud_host(&self, to: &Url) -> Option<SiteAddress> {
        let place = SiteAddress::of_server(to, self.address.site()).ok()?;
        #[cfg(any(test, feature = "testing"))]
        if self.wire.options().testing.cloud_entry.is_some() {
            let known = &self.wire.options().testing.cloud_hosts;
            return known.iter().any(|it| it == place.base()).then_some(place);
        }
        is_cloud_host(&place).then_some(place)
    }
}

fn is_cloud_host(place: &SiteAddress) -> bool {
    let host = place.host();
    let is_below = host
        .strip_suffix(".online.tableau.com")
        .is_some_and(|it| !it.is_empty());
    is_below && !place.is_plain_http() && !SIGN_IN_HOSTS.contains(&host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_of_tableau_cloud_by_https_are_believed() {
        let check = |to: &str, expected: bool| {
            let url = Url::parse(to).expect("a URL");
            let place = SiteAddress::of_server(&url, "acme").expect("a server");
            assert_eq!(is_cloud_host(&place), expected, "{to}");
        };
        check("https://10ax.online.tableau.com/api/3.6/auth/signin", true);
        check("https://prod-useast-a.online.tableau.com", true);
        check("https://10AX.online.tableau.com:443", true);
        check("http://10ax.online.tableau.com", false);
        check("https://10ax.online.tableau.com:8443", false);
        check("https://online.tableau.com", false);
        check("https://.online.tableau.com", false);
        check("https://sso.online.tableau.com/public", false);
        check("https://evilonline.tableau.com", false);
        check("https://10ax.online.tableau.com.evil.example", false);
        check("https://evil.example/10ax.online.tableau.com", false);
        check("https://10ax.online.tableau.com@evil.example", false);
        check("https://user@10ax.online.tableau.com", true);
    }
}

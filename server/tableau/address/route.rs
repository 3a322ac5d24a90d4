//! Which site and which path an address of Tableau's web pages names.
//!
//! Tableau has written its pages as `/#/site/NAME/…`, `/t/NAME/…` and, for the Default
//! site, without either; embedded and older ones stand below `/vizql` and `/trusted`.

use percent_encoding::percent_decode_str;
use url::Url;

use super::AddressError;

/// No content URL is nearly as long.
const MAX_SITE: usize = 200;

/// A page's place: the site's content URL, and the path below it.
#[derive(Debug, Default)]
pub(super) struct Route {
    pub(super) site: String,
    pub(super) path: Vec<String>,
}

impl Route {
    pub(super) fn of(url: &Url) -> Result<Route, AddressError> {
        let fragment = url.fragment().filter(|it| it.starts_with('/'));
        let place = fragment.unwrap_or_else(|| url.path());
        match after_sign_in(place) {
            Some(wanted) => Route::of_place(&wanted),
            None => Route::of_place(place),
        }
    }

    fn of_place(place: &str) -> Result<Route, AddressError> {
        let place = place.split(['?', '#']).next().unwrap_or_default();
        let segments = place.split('/').filter(|it| !it.is_empty());
        let segments: Vec<String> = segments.map(decoded).collect();
        let route = match below_prefix(&segments) {
            [kind, site, path @ ..] if kind == "site" || kind == "t" => Route {
                site: site.clone(),
                path: path.to_vec(),
            },
            path => Route {
                site: String::new(),
                path: path.to_vec(),
            },
        };
        if is_site(&route.site) {
            Ok(route)
        } else {
            Err(AddressError::BadSite)
        }
    }
}

/// The page that a sign-in page leads to: `/signin?externalRedirect=%2F%23%2Fsite%2Facme%2Fhome`.
fn after_sign_in(place: &str) -> Option<String> {
    let (path, query) = place.split_once('?')?;
    if path.trim_matches('/') != "signin" {
        return None;
    }
    let wanted = query
        .split('&')
        .find_map(|it| it.strip_prefix("externalRedirect="))?;
    let wanted = decoded(wanted);
    let page = wanted.trim_start_matches('/');
    Some(page.strip_prefix('#').unwrap_or(page).to_owned())
}

/// Takes off what stands before the site in addresses of embedded pages.
fn below_prefix(segments: &[String]) -> &[String] {
    match segments {
        [first, rest @ ..] if first == "vizql" => rest,
        [first, _ticket, rest @ ..] if first == "trusted" => rest,
        all => all,
    }
}

fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// Rejects what no site is called, so that a site's name is safe in a path and in a message.
fn is_site(name: &str) -> bool {
    let is_odd = |it: char| it.is_control() || it.is_whitespace() || r#"/\?#%:@&"'<>"#.contains(it);
    name.len() <= MAX_SITE && !name.contains(is_odd) && name != "." && name != ".."
}

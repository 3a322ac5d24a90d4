//! Where a workbook, its sheets and dashboards stand on their site.
//!
//! Files that were published once carry `repository-location` elements; pages of
//! sheets and dashboards follow from them without asking the site. A workbook's
//! own page does not: its number is known to the site alone.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::xml::Element;

/// Everything that has a meaning in a path or a fragment, and everything that is not ASCII.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'(')
    .add(b')')
    .add(b'\'')
    .add(b'*');

/// A host name with its port is shorter than this.
const MAX_HOST: usize = 260;

/// What a `repository-location` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Location {
    /// The site's URL name; empty for the Default site.
    pub(super) site: Option<String>,
    /// The name in URLs of the workbook or datasource.
    pub(super) content_url: Option<String>,
}

impl Location {
    /// Where the workbook was published.
    pub(super) fn of_workbook(root: Element<'_>) -> Location {
        Location::of(root, "workbooks")
    }

    /// Where the datasource was published.
    pub(super) fn of_datasource(datasource: Element<'_>) -> Location {
        Location::of(datasource, "datasources")
    }

    fn of(element: Element<'_>, kind: &str) -> Location {
        let Some(location) = element.first("repository-location") else {
            return Location::default();
        };
        let path = location.stated("path").unwrap_or_default();
        let content_url = location.stated("id");
        Location {
            site: site_of(location, &path, kind),
            content_url,
        }
    }
}

/// The site of a path such as `/t/acme/workbooks` or, on the Default site, `/workbooks`.
fn site_of(location: Element<'_>, path: &str, kind: &str) -> Option<String> {
    if let Some(site) = location.stated("site") {
        return Some(site);
    }
    let mut parts = path.split('/').filter(|it| !it.is_empty());
    match (parts.next(), parts.next()) {
        (Some("t"), Some(site)) => Some(site.to_owned()),
        (Some(first), _) if first == kind => Some(String::new()),
        _ => None,
    }
}

/// Makes the pages of one workbook's sheets and dashboards.
pub(super) struct Pages {
    base: Option<String>,
}

impl Pages {
    /// The pages of the workbook `root`.
    pub(super) fn of(root: Element<'_>) -> Pages {
        let stated = root.attr("xml:base").and_then(|it| site_address(&it));
        let derived = || {
            let location = root.first("repository-location")?;
            site_address(&location.attr("derived-from")?)
        };
        Pages {
            base: stated.or_else(derived),
        }
    }

    /// The page of a worksheet, dashboard or story; `None` for a hidden one,
    /// which has no location, and where the server's address is not known.
    pub(super) fn page(&self, element: Element<'_>) -> Option<String> {
        let base = self.base.as_deref()?;
        let location = element.first("repository-location")?;
        let path = location.stated("path")?;
        let view = view_name(location)?;
        let workbook = path
            .rsplit('/')
            .next()
            .filter(|it| !it.is_empty() && *it != "workbooks")?;
        let views = format!("views/{}/{}", encoded(workbook), encoded(&view));
        if host_of(base) == "public.tableau.com" {
            return Some(format!("{base}/{views}"));
        }
        Some(match site_of(location, &path, "workbooks")?.as_str() {
            "" => format!("{base}/#/{views}"),
            site => format!("{base}/#/site/{}/{views}", encoded(site)),
        })
    }
}

/// The name of the view in URLs: the location's id, but newer servers write a
/// number there and the name only at the end of `derived-from`.
fn view_name(location: Element<'_>) -> Option<String> {
    let id = location.stated("id")?;
    let is_number = id.bytes().all(|it| it.is_ascii_digit());
    if !is_number {
        return Some(id);
    }
    let derived = location.attr("derived-from").unwrap_or_default();
    let path = derived.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().filter(|it| !it.is_empty());
    let decoded = name.map(|it| percent_encoding::percent_decode_str(it).decode_utf8_lossy());
    Some(decoded.map_or(id, std::borrow::Cow::into_owned))
}

/// `scheme://host[:port]` of a server that a browser elsewhere can reach.
fn site_address(url: &str) -> Option<String> {
    let url = url.trim();
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let known = !host.is_empty() && host.len() <= MAX_HOST && host.chars().all(is_plain);
    if !known || is_local(&host) {
        return None;
    }
    // Tableau's own hosts answer http with a redirect only.
    let is_tableau = |domain: &str| host.ends_with(domain);
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "https" => "https",
        "http" if is_tableau(".online.tableau.com") || is_tableau("public.tableau.com") => "https",
        "http" => "http",
        _ => return None,
    };
    Some(format!("{scheme}://{host}"))
}

/// Whether the address means the machine it is written on.
fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.split(':').next().unwrap_or(host),
    };
    name.is_empty()
        || name == "localhost"
        || name.ends_with(".localhost")
        || name.starts_with("127.")
        || matches!(name, "0.0.0.0" | "::1" | "::")
}

fn host_of(base: &str) -> &str {
    base.split_once("://").map_or(base, |(_, host)| host)
}

/// A part of a path, with what has a meaning in an address undone.
pub(crate) fn encoded(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}

//! When a workbook and an exposure are the same thing.
//!
//! Names decide nothing: a LUID does, else the page's address, else our own key
//! for a file that was never published. An equal label is a hint to offer, never
//! a fact to act on.

use crate::content::Workbook;
use crate::exposure::Exposure;

/// Why an exposure and a workbook are held to be the same, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// The workbook's LUID stands somewhere in the exposure's meta.
    Luid,
    /// Both lead to the same page.
    Url,
    /// The exposure's meta names the workbook's site and URL name.
    ContentUrl,
    /// The exposure's meta names the workbook's file.
    File,
    /// Only the titles are equal: to be offered, not assumed.
    Label,
}

/// An exposure that stands for a workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameAs<'a> {
    /// The exposure.
    pub exposure: &'a Exposure,
    /// Why.
    pub by: Identity,
}

/// The exposure that stands for `workbook`, by the surest sign there is.
pub fn exposure_of<'a>(workbook: &Workbook, exposures: &'a [Exposure]) -> Option<SameAs<'a>> {
    exposures
        .iter()
        .filter_map(|exposure| {
            Some(SameAs {
                exposure,
                by: sign(workbook, exposure)?,
            })
        })
        .min_by_key(|same| same.by)
}

fn sign(workbook: &Workbook, exposure: &Exposure) -> Option<Identity> {
    let meta = |key: &str, wanted: &Option<String>| {
        let stated = exposure
            .meta
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, value)| value);
        stated.is_some() && stated == wanted.as_ref()
    };
    let has_luid = |luid: &str| {
        is_luid(luid)
            && exposure
                .meta
                .iter()
                .any(|(_, value)| value.eq_ignore_ascii_case(luid))
    };
    if workbook.luid.as_ref().is_some_and(|luid| has_luid(&luid.0)) {
        Some(Identity::Luid)
    } else if leads_to_same_page(workbook, exposure) {
        Some(Identity::Url)
    } else if meta("tableau.content_url", &workbook.content_url)
        && meta("tableau.site", &workbook.site)
    {
        Some(Identity::ContentUrl)
    } else if meta("tableau.file", &workbook.file) {
        Some(Identity::File)
    } else if exposure.label.as_deref() == Some(&workbook.name) {
        Some(Identity::Label)
    } else {
        None
    }
}

/// A placeholder (`TBD`) is no identity.
fn is_luid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

fn leads_to_same_page(workbook: &Workbook, exposure: &Exposure) -> bool {
    let Some(page) = exposure.url.as_deref().and_then(Page::parse) else {
        return false;
    };
    let urls = workbook
        .url
        .iter()
        .chain(workbook.dashboards.iter().flat_map(|d| &d.url));
    urls.filter_map(|url| Page::parse(url))
        .any(|own| own == page)
}

/// A workbook's page on a site, however its address is written: `/#/site/x/…` or
/// `/t/x/…`, one of its views or the workbook itself, with or without a query.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    host: String,
    site: String,
    workbook: PageKey,
}

#[derive(Debug, PartialEq, Eq)]
enum PageKey {
    Number(u64),
    ContentUrl(String),
}

impl Page {
    fn parse(url: &str) -> Option<Page> {
        let rest = url
            .trim()
            .strip_prefix("https://")
            .or_else(|| url.trim().strip_prefix("http://"))?;
        let rest = rest.split(['?']).next()?;
        let (host, path) = rest.split_once('/')?;
        let mut steps = path
            .split('/')
            .filter(|step| !step.is_empty() && *step != "#")
            .peekable();
        let mut site = String::new();
        if matches!(steps.peek(), Some(&"site" | &"t")) {
            steps.next();
            site = steps.next()?.to_lowercase();
        }
        let workbook = match (steps.next()?, steps.next()?) {
            ("workbooks", number) => PageKey::Number(number.parse().ok()?),
            ("views", content_url) => PageKey::ContentUrl(content_url.to_lowercase()),
            _ => return None,
        };
        Some(Page {
            host: host.to_lowercase(),
            site,
            workbook,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, other: &str, same: bool) {
        let page = Page::parse(url);
        assert_eq!(
            page.is_some() && page == Page::parse(other),
            same,
            "{url} / {other}"
        );
    }

    #[test]
    fn pages_are_the_same_however_the_address_is_written() {
        let view = "https://10ax.online.tableau.com/#/site/acme/views/Sales/Overview";
        check(
            view,
            "https://10AX.online.tableau.com/#/site/acme/views/Sales/Detail?:iid=1",
            true,
        );
        check(
            view,
            "https://10ax.online.tableau.com/t/acme/views/Sales/Overview",
            true,
        );
        check(
            view,
            "https://10ax.online.tableau.com/#/site/other/views/Sales/Overview",
            false,
        );
        check(
            view,
            "https://10ay.online.tableau.com/#/site/acme/views/Sales/Overview",
            false,
        );
        let number = "https://t.acme.com/#/workbooks/12/views";
        check(number, "http://t.acme.com/#/workbooks/12", true);
        check(number, "https://t.acme.com/#/workbooks/13", false);
    }

    #[test]
    fn placeholders_are_no_pages() {
        for url in [
            "https://t.acme.com/#/workbooks/TBD",
            "TBD",
            "https://t.acme.com",
            "",
        ] {
            assert_eq!(Page::parse(url), None, "{url}");
        }
    }
}

//! Pages of a Tableau site, however their addresses are written.
//!
//! A [`PageLink`] is what an address means: `/#/site/x/…` and `/t/x/…`, with or without
//! a query, with its names encoded or not. What is found at one is
//! [`crate::Lineage::at_page`]'s business.

use percent_encoding::percent_decode_str;

use crate::content::{Content, PublishedDatasource, Workbook};

/// What an address of a site's page means.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageLink {
    /// The host, lower case, with its port where one is stated.
    pub host: String,
    /// The site's URL name, lower case; empty for the Default site.
    pub site: String,
    /// What the page shows.
    pub shows: Shown,
}

/// What a page shows. Numbers are those of addresses, which are no LUIDs; names are the
/// URL names, lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shown {
    /// A workbook.
    Workbook(u64),
    /// A sheet, dashboard or story.
    View {
        /// The workbook it is in.
        workbook: String,
        /// The view itself; empty where the address ends before it.
        view: String,
    },
    /// A published datasource.
    Datasource(u64),
}

impl PageLink {
    /// The page that an address leads to, if it is one of a workbook, a view or a
    /// published datasource.
    pub fn parse(url: &str) -> Option<PageLink> {
        let url = url.trim();
        let host = host_of(url)?;
        let (_, rest) = url.split_once("://")?;
        let (_, path) = rest.split('?').next()?.split_once('/')?;
        let is_step = |step: &&str| !step.is_empty() && *step != "#";
        let mut steps = path.split('/').filter(is_step).peekable();
        let mut site = String::new();
        if matches!(steps.peek(), Some(&"site" | &"t")) {
            steps.next();
            site = name(steps.next()?);
        }
        let shows = match (steps.next()?, steps.next()?) {
            ("workbooks", number) => Shown::Workbook(number.parse().ok()?),
            ("datasources", number) => Shown::Datasource(number.parse().ok()?),
            ("views" | "authoring", workbook) => {
                let view = steps.next().unwrap_or_default();
                let view = view.split('#').next().unwrap_or_default();
                Shown::View {
                    workbook: name(workbook),
                    view: name(view),
                }
            }
            _ => return None,
        };
        Some(PageLink { host, site, shows })
    }

    /// Whether `workbook` of `content` is at this page, or has the view that is.
    pub fn leads_to(&self, content: &Content, workbook: &Workbook) -> bool {
        let pages = pages_of(workbook);
        let is_shown = || match &self.shows {
            Shown::Workbook(_) => pages.iter().any(|it| it.shows == self.shows),
            Shown::View { workbook: name, .. } => {
                let own = workbook.content_url.as_ref().map(|it| it.to_lowercase());
                let is_its = |it: &PageLink| it.workbook_name() == Some(name);
                own.as_ref() == Some(name) || pages.iter().any(is_its)
            }
            Shown::Datasource(_) => false,
        };
        self.is_on(content, workbook.site.as_deref(), &pages) && is_shown()
    }

    /// Whether the published datasource `it` of `content` is at this page.
    pub(crate) fn leads_to_datasource(&self, content: &Content, it: &PublishedDatasource) -> bool {
        let page = it.url.as_deref().and_then(PageLink::parse);
        let pages: Vec<PageLink> = page.into_iter().collect();
        let is_shown = pages.iter().any(|it| it.shows == self.shows);
        is_shown && self.is_on(content, it.site.as_deref(), &pages)
    }

    /// The places of the workbook's dashboards that are at this very page.
    pub(crate) fn dashboards_of(&self, workbook: &Workbook) -> Vec<usize> {
        let is_shown = |url: &str| PageLink::parse(url).is_some_and(|it| it.shows == self.shows);
        let dashboards = workbook.dashboards.iter().enumerate();
        let shown = dashboards.filter(|(_, it)| it.url.as_deref().is_some_and(is_shown));
        shown.map(|(ix, _)| ix).collect()
    }

    fn workbook_name(&self) -> Option<&String> {
        match &self.shows {
            Shown::View { workbook, .. } => Some(workbook),
            _ => None,
        }
    }

    /// Whether something with `pages` is on this page's site. People may reach a server
    /// by another name than the program does, so either is its host.
    fn is_on(&self, content: &Content, site: Option<&str>, pages: &[PageLink]) -> bool {
        let is_host = |host: &str| host.eq_ignore_ascii_case(&self.host);
        let mut hosts = pages
            .iter()
            .map(|it| it.host.as_str())
            .chain(content.host.as_deref());
        let on_host = hosts.clone().next().is_none() || hosts.any(is_host);
        let on_site = match site {
            Some(site) => site.to_lowercase() == self.site,
            None => pages.iter().any(|it| it.site == self.site),
        };
        on_host && on_site
    }
}

/// The pages of a workbook, its sheets and its dashboards.
fn pages_of(workbook: &Workbook) -> Vec<PageLink> {
    urls_of(workbook).filter_map(PageLink::parse).collect()
}

/// The addresses of a workbook, its dashboards and its sheets.
pub(crate) fn urls_of(workbook: &Workbook) -> impl Iterator<Item = &str> {
    let dashboards = workbook.dashboards.iter().filter_map(|it| it.url.as_ref());
    let sheets = workbook.sheets.iter().filter_map(|it| it.url.as_ref());
    let urls = workbook.url.iter().chain(dashboards).chain(sheets);
    urls.map(String::as_str)
}

/// The host of an `http` or `https` address, with its port where one is stated.
pub(crate) fn host_of(url: &str) -> Option<String> {
    let url = url.trim();
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    (!host.is_empty()).then(|| host.to_lowercase())
}

/// A name in an address, to be compared.
fn name(step: &str) -> String {
    percent_decode_str(step).decode_utf8_lossy().to_lowercase()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing;

    #[track_caller]
    fn check_same(url: &str, other: &str, same: bool) {
        let page = PageLink::parse(url);
        let is_same = page.is_some() && page == PageLink::parse(other);
        assert_eq!(is_same, same, "{url} / {other}");
    }

    #[test]
    fn pages_are_the_same_however_the_address_is_written() {
        let view = "https://10ax.online.tableau.com/#/site/acme/views/Sales/Overview";
        let at = |rest: &str| format!("https://10ax.online.tableau.com/{rest}");
        check_same(view, &at("#/site/Acme/views/Sales/Overview?:iid=1"), true);
        check_same(view, &at("t/acme/views/Sales/Overview"), true);
        check_same(view, &at("t/acme/views/Sales/Overview#3"), true);
        check_same(view, &at("t/acme/authoring/Sales/Overview"), true);
        check_same(view, &at("t/acme/views/Sales/Overv%69ew"), true);
        check_same(view, &at("t/acme/views/Sales/Detail"), false);
        check_same(view, &at("#/site/other/views/Sales/Overview"), false);
        check_same(view, &at("#/site/acme/workbooks/12"), false);
        let number = "https://t.acme.com/#/workbooks/12/views";
        check_same(number, "http://t.acme.com/#/workbooks/12", true);
        check_same(number, "https://t.acme.com/#/datasources/12", false);
    }

    #[test]
    fn placeholders_are_no_pages() {
        let placeholders = [
            "https://t.acme.com/#/workbooks/TBD",
            "ftp://t.acme.com/#/workbooks/1",
            "https://t.acme.com",
            "https:///#/workbooks/1",
            "TBD",
            "https://",
            "",
        ];
        for url in placeholders {
            assert_eq!(PageLink::parse(url), None, "{url}");
        }
    }

    /// What is found at an address.
    #[track_caller]
    fn check(tableau: &str, url: &str, found: Expect) {
        let lineage = testing::lineage("snowflake", "model.shop.a DB.S.A", "", tableau);
        let at = lineage.at_page(&PageLink::parse(url).expect("a page"));
        let workbooks = at.workbooks.iter().map(|&ix| &lineage.workbook(ix).name);
        let dashboards = at
            .dashboards
            .iter()
            .map(|&(ix, dashboard)| &lineage.workbook(ix).dashboards[dashboard].name);
        let datasources = at.datasources.iter().map(|&ix| &lineage.published(ix).name);
        let names = workbooks.chain(dashboards).chain(datasources).cloned();
        found.assert_eq(&names.collect::<Vec<_>>().join(", "));
    }

    const SITE: &str = "
        workbook Local file=Local.twb site=acme content_url=Local
        content site acme host=inner.example
        workbook Sales luid=w1 site=acme content_url=Sales url=https://acme.example/#/site/acme/workbooks/7
        facts Overview: url=https://acme.example/#/site/acme/views/Sales/Overview
        workbook Other luid=w2 site=acme content_url=Other url=https://acme.example/#/site/acme/workbooks/8
        published Orders snowflake luid=d1 site=acme url=https://acme.example/#/site/acme/datasources/7";

    #[test]
    fn a_page_leads_to_what_it_shows() {
        let at = |rest: &str| format!("https://acme.example/{rest}");
        check(SITE, &at("#/site/acme/workbooks/7"), expect!["Sales"]);
        check(
            SITE,
            &at("t/acme/views/Sales/Overview"),
            expect!["Sales, Overview"],
        );
        check(SITE, &at("t/acme/views/Sales/Hidden"), expect!["Sales"]);
        check(SITE, &at("#/site/acme/datasources/7"), expect!["Orders"]);
        check(SITE, &at("#/site/acme/workbooks/9"), expect![[""]]);
        check(SITE, &at("#/site/emea/workbooks/7"), expect![[""]]);
    }

    #[test]
    fn a_site_is_found_by_either_name_of_its_host_and_a_file_by_any() {
        check(
            SITE,
            "https://inner.example/#/site/acme/workbooks/7",
            expect!["Sales"],
        );
        check(
            SITE,
            "https://else.example/#/site/acme/workbooks/7",
            expect![[""]],
        );
        check(
            SITE,
            "https://else.example/#/site/acme/views/Local/X",
            expect!["Local"],
        );
    }
}

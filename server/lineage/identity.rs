//! When a workbook and an exposure are the same thing.
//!
//! Names decide nothing: a LUID does, else the page's address, else our own key
//! for a file that was never published. An equal label is a hint to offer, never
//! a fact to act on.

use std::collections::{HashMap, HashSet};

use crate::content::Workbook;
use crate::exposure::Exposure;
use crate::page::{PageLink, Shown, urls_of};
use crate::usage::WorkbookIx;

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

/// What an exposure can stand for: a workbook, or one of its dashboards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// The workbook.
    pub workbook: WorkbookIx,
    /// The dashboard's place in it; `None` for the whole workbook.
    pub dashboard: Option<usize>,
}

/// Whether what an exposure stands for is still in Tableau.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is known.
    Here,
    /// Its site lists every workbook it has, and not this one.
    Gone {
        /// Which of [`crate::Lineage::contents`] says so.
        content: usize,
    },
    /// It was not found, and that says nothing; why, in words.
    Unknown(String),
    /// Nothing about it speaks of Tableau.
    Elsewhere,
}

/// An exposure that stands for a workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameAs<'a> {
    /// The exposure.
    pub exposure: &'a Exposure,
    /// Why.
    pub by: Identity,
}

/// The exposure that stands for `workbook`, by the surest sign there is. An enabled
/// one comes before a disabled one, else the first.
///
/// For the workbooks of a [`crate::Lineage`] ask it: it knows that an exposure that
/// stands for one workbook is not another's that has the same title.
pub fn exposure_of<'a>(workbook: &Workbook, exposures: &'a [Exposure]) -> Option<SameAs<'a>> {
    let index = ExposureIndex::new(exposures);
    let found = index
        .by_sign(workbook)
        .or_else(|| index.by_label(workbook, &HashSet::new()));
    found.map(|(ix, by)| SameAs {
        exposure: &exposures[ix],
        by,
    })
}

/// For each workbook the place of the exposure that stands for it, and why.
pub(crate) fn exposures_of<'a>(
    workbooks: impl Iterator<Item = (WorkbookIx, &'a Workbook)> + Clone,
    exposures: &[Exposure],
) -> HashMap<WorkbookIx, (usize, Identity)> {
    let index = ExposureIndex::new(exposures);
    let mut found: HashMap<WorkbookIx, (usize, Identity)> = HashMap::new();
    for (ix, workbook) in workbooks.clone() {
        if let Some(sure) = index.by_sign(workbook) {
            found.insert(ix, sure);
        }
    }
    let taken: HashSet<usize> = found.values().map(|&(exposure, _)| exposure).collect();
    for (ix, workbook) in workbooks {
        if let Some(hint) = index.by_label(workbook, &taken) {
            found.entry(ix).or_insert(hint);
        }
    }
    found
}

/// A project's exposures, by the signs that tell which workbook they stand for.
struct ExposureIndex<'a> {
    exposures: &'a [Exposure],
    by_luid: HashMap<String, usize>,
    by_page: HashMap<Page, usize>,
    by_content_url: HashMap<(String, String), usize>,
    by_page_without_host: HashMap<(String, String), usize>,
    by_file: HashMap<&'a str, usize>,
    by_label: HashMap<&'a str, Vec<usize>>,
}

impl<'a> ExposureIndex<'a> {
    fn new(exposures: &'a [Exposure]) -> ExposureIndex<'a> {
        let mut index = ExposureIndex {
            exposures,
            by_luid: HashMap::new(),
            by_page: HashMap::new(),
            by_content_url: HashMap::new(),
            by_page_without_host: HashMap::new(),
            by_file: HashMap::new(),
            by_label: HashMap::new(),
        };
        let all = || exposures.iter().enumerate();
        let enabled = all().filter(|(_, it)| it.enabled);
        for (ix, exposure) in enabled.chain(all().filter(|(_, it)| !it.enabled)) {
            index.add(ix, exposure);
        }
        index
    }

    /// The first exposure with a sign keeps it.
    fn add(&mut self, ix: usize, exposure: &'a Exposure) {
        for luid in exposure.meta.iter().flat_map(|(_, value)| luids(value)) {
            self.by_luid.entry(luid).or_insert(ix);
        }
        if let Some(page) = exposure.url.as_deref().and_then(Page::parse) {
            if let PageKey::ContentUrl(content_url) = &page.workbook {
                let key = (page.site.clone(), content_url.clone());
                self.by_page_without_host.entry(key).or_insert(ix);
            }
            self.by_page.entry(page).or_insert(ix);
        }
        if let Some(content_url) = meta(exposure, "tableau.content_url") {
            let site = meta(exposure, "tableau.site").unwrap_or_default();
            let key = (site.to_lowercase(), content_url.to_lowercase());
            self.by_content_url.entry(key).or_insert(ix);
        }
        if let Some(file) = meta(exposure, "tableau.file") {
            self.by_file.entry(file).or_insert(ix);
        }
        if let Some(label) = &exposure.label {
            self.by_label.entry(label).or_default().push(ix);
        }
    }

    /// By what tells two workbooks of one title apart.
    fn by_sign(&self, workbook: &Workbook) -> Option<(usize, Identity)> {
        let by_luid = || self.by_luid.get(&workbook.luid.as_ref()?.0.to_lowercase());
        let pages = pages(workbook);
        let by_page = || pages.iter().find_map(|page| self.by_page.get(page));
        let content_url = workbook.content_url.as_ref().map(|content_url| {
            let site = workbook.site.as_deref().unwrap_or_default();
            (site.to_lowercase(), content_url.to_lowercase())
        });
        let by_content_url = || self.by_content_url.get(content_url.as_ref()?);
        // A file may know its place on a site and not which host that is.
        let by_page_without_host = || {
            let key = content_url.as_ref().filter(|_| pages.is_empty());
            self.by_page_without_host.get(key?)
        };
        let by_file = || self.by_file.get(workbook.file.as_deref()?);
        let signed = |found: Option<&usize>, by| found.map(|&ix| (ix, by));
        signed(by_luid(), Identity::Luid)
            .or_else(|| signed(by_page(), Identity::Url))
            .or_else(|| signed(by_content_url(), Identity::ContentUrl))
            .or_else(|| signed(by_page_without_host(), Identity::ContentUrl))
            .or_else(|| signed(by_file(), Identity::File))
    }

    /// By the title alone, among those that stand for no other workbook.
    fn by_label(&self, workbook: &Workbook, taken: &HashSet<usize>) -> Option<(usize, Identity)> {
        let names_another = |ix: usize| {
            let stated = meta(&self.exposures[ix], "tableau.luid").filter(|it| is_luid(it));
            stated.is_some() && workbook.luid.is_some()
        };
        let mut labelled = self.by_label.get(workbook.name.as_str())?.iter();
        let free = labelled.find(|&&ix| !taken.contains(&ix) && !names_another(ix));
        free.map(|&ix| (ix, Identity::Label))
    }
}

fn meta<'a>(exposure: &'a Exposure, key: &str) -> Option<&'a str> {
    exposure
        .meta
        .iter()
        .find(|(it, _)| it == key)
        .map(|(_, value)| value.as_str())
}

/// The LUIDs in a text, which may be an address or have a prefix.
fn luids(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_ascii_hexdigit() && c != '-')
        .map(|word| word.trim_matches('-'))
        .filter(|word| is_luid(word))
        .map(str::to_lowercase)
}

/// A placeholder (`TBD`) is no identity.
fn is_luid(text: &str) -> bool {
    let groups = text.split('-').map(str::len);
    groups.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// The pages that lead to a workbook, each once.
fn pages(workbook: &Workbook) -> Vec<Page> {
    let mut pages: Vec<Page> = urls_of(workbook).filter_map(Page::parse).collect();
    if let (Some(page), Some(content_url)) = (pages.first(), &workbook.content_url) {
        let workbook = PageKey::ContentUrl(content_url.to_lowercase());
        pages.push(Page {
            workbook,
            ..page.clone()
        });
    }
    pages.sort();
    pages.dedup();
    pages
}

/// The page of a workbook, or of any of its views.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Page {
    host: String,
    site: String,
    workbook: PageKey,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum PageKey {
    Number(u64),
    ContentUrl(String),
}

impl Page {
    fn parse(url: &str) -> Option<Page> {
        let PageLink { host, site, shows } = PageLink::parse(url)?;
        let workbook = match shows {
            Shown::Workbook(number) => PageKey::Number(number),
            Shown::View { workbook, .. } => PageKey::ContentUrl(workbook),
            Shown::Datasource(_) => return None,
        };
        Some(Page {
            host,
            site,
            workbook,
        })
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing;

    /// The workbook and, below it, an exposure a line.
    #[track_caller]
    fn check(text: &str, found: Expect) {
        let (workbook, exposures) = text.split_once('\n').unwrap();
        let contents = testing::contents(workbook);
        let exposures: Vec<Exposure> = exposures.lines().filter_map(testing::exposure).collect();
        let same = exposure_of(&contents[0].workbooks[0], &exposures);
        let same = same.map(|it| format!("{} by {:?}", it.exposure.name, it.by));
        found.assert_eq(&same.unwrap_or_default());
    }

    const LUID: &str = "2f1e9a30-0000-4000-8000-00000000abcd";

    // C34
    #[test]
    fn a_luid_anywhere_in_meta_tells() {
        let workbook = format!("workbook Sales luid={LUID}");
        let check = |exposure: &str, found| check(&format!("{workbook}\n{exposure}"), found);
        check(
            &format!("ddi_suite dagster.asset.metadata.id={LUID}"),
            expect!["ddi_suite by Luid"],
        );
        check(
            &format!("a tableau.luid={}", LUID.to_uppercase()),
            expect!["a by Luid"],
        );
        check(
            &format!("a link=https://t.acme.com/x/{LUID}/y"),
            expect!["a by Luid"],
        );
        check(&format!("a id=tableau-{LUID}"), expect!["a by Luid"]);
        check("a tableau.luid=2f1e9a30", expect![[""]]);
        check("a tableau.luid=TBD", expect![[""]]);
    }

    #[test]
    fn the_surest_sign_decides_and_enabled_comes_before_disabled() {
        check(
            &format!(
                r#"workbook Sales luid={LUID} url=https://t.acme.com/#/workbooks/12
                   by_label label="Sales"
                   by_url url=https://t.acme.com/#/workbooks/12/views
                   off tableau.luid={LUID} disabled
                   by_luid tableau.luid={LUID}
                   again tableau.luid={LUID}"#
            ),
            expect!["by_luid by Luid"],
        );
        check(
            &format!("workbook Sales luid={LUID}\noff tableau.luid={LUID} disabled"),
            expect!["off by Luid"],
        );
    }

    #[test]
    fn a_page_of_one_of_its_views_is_the_workbooks() {
        check(
            "workbook Sales url=https://t.acme.com/#/site/acme/workbooks/12 site=acme content_url=SalesNew
             a url=https://t.acme.com/#/site/acme/views/SalesNew/Overview?:iid=2",
            expect!["a by Url"],
        );
    }

    #[test]
    fn a_file_that_knows_no_host_is_found_by_site_and_url_name() {
        let file = "workbook Sales site=acme content_url=SalesNew file=tableau/Sales.twb";
        let check = |exposure: &str, found| check(&format!("{file}\n{exposure}"), found);
        check(
            "a url=https://t.acme.com/#/site/acme/views/SalesNew/Overview",
            expect!["a by ContentUrl"],
        );
        check(
            "a url=https://t.acme.com/#/site/other/views/SalesNew/Overview",
            expect![[""]],
        );
        check(
            "a tableau.site=acme tableau.content_url=SalesNew",
            expect!["a by ContentUrl"],
        );
        check("a tableau.content_url=SalesNew", expect![[""]]);
        check("a tableau.file=tableau/Sales.twb", expect!["a by File"]);
    }

    #[test]
    fn the_default_site_has_no_name() {
        check(
            "workbook Sales site= content_url=Sales\na tableau.content_url=Sales",
            expect!["a by ContentUrl"],
        );
    }

    #[test]
    fn an_equal_label_is_only_a_hint_and_none_where_the_luid_says_otherwise() {
        check("workbook Sales\na label=\"Sales\"", expect!["a by Label"]);
        check("workbook Sales\na label=\"Sales EMEA\"", expect![[""]]);
        let other = "11111111-1111-1111-1111-111111111111";
        let exposure = format!("a label=\"Sales\" tableau.luid={other}");
        check(
            &format!("workbook Sales luid={LUID}\n{exposure}"),
            expect![[""]],
        );
        check(
            &format!("workbook Sales\n{exposure}"),
            expect!["a by Label"],
        );
    }
}

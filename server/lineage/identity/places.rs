//! The sites that content came from: how each is known, and by what its workbooks
//! can be told.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::content::{Content, ContentKind, Workbook};
use crate::identity::subjects::{hosts, workbooks};
use crate::page::{PageLink, Shown, urls_of};

/// The sites that are known, and where in the contents.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// For each content that came from a site, what it tells.
    pub(super) tells: BTreeMap<usize, Tells>,
    /// LUIDs of published datasources, lower case.
    pub(super) datasources: HashSet<String>,
}

/// By which signs every workbook of a content can be found.
#[derive(Clone, Debug)]
pub(super) struct Tells {
    /// The site's URL name, lower case.
    pub(super) site: String,
    /// The hosts that people and this program reach it by, lower case.
    pub(super) hosts: BTreeSet<String>,
    /// Whether each workbook has its LUID, and so have its views.
    pub(super) luids: bool,
    /// Whether each has the number of its page; then also the highest.
    pub(super) numbers: Option<u64>,
    /// Whether each has its URL name.
    pub(super) url_names: bool,
}

impl Places {
    pub(super) fn new(contents: &[Content]) -> Places {
        let mut places = Places::default();
        for (ix, content) in contents.iter().enumerate() {
            if let Some(tells) = Tells::of(content) {
                places.tells.insert(ix, tells);
            }
            let luids = content.datasources.iter().filter_map(|it| it.luid.as_ref());
            let luids = luids.map(|it| it.0.to_lowercase());
            places.datasources.extend(luids);
        }
        for (ix, workbook) in workbooks(contents) {
            if let Some(tells) = places.tells.get_mut(&ix.content) {
                tells.add(&contents[ix.content], workbook);
            }
        }
        places
    }

    pub(super) fn is_known_host(&self, host: &str) -> bool {
        self.tells.values().any(|it| it.hosts.contains(host))
    }

    /// The contents that came from a site.
    pub(super) fn of(&self, host: &str, site: &str) -> Vec<usize> {
        let is_it = |it: &Tells| it.site == site && it.hosts.contains(host);
        let all = self.tells.iter().filter(|(_, it)| is_it(it));
        all.map(|(&ix, _)| ix).collect()
    }

    /// The contents that came from the one site of a name; nothing where several have it.
    pub(super) fn of_name(&self, site: &str) -> Vec<usize> {
        let all = self.tells.iter().filter(|(_, it)| it.site == site);
        let all: Vec<(&usize, &Tells)> = all.collect();
        let share_a_host = |it: &(&usize, &Tells)| !it.1.hosts.is_disjoint(&all[0].1.hosts);
        match all.iter().all(share_a_host) {
            true => all.into_iter().map(|(&ix, _)| ix).collect(),
            false => Vec::new(),
        }
    }
}

impl Tells {
    /// Of a content without workbooks, as they are then added; `None` for files.
    fn of(content: &Content) -> Option<Tells> {
        let host = content.host.as_ref()?.to_lowercase();
        if content.kind == ContentKind::Files {
            return None;
        }
        let name = content.name.to_lowercase();
        // The Default site has no name, and is called by its host.
        let site = if name == host { String::new() } else { name };
        Some(Tells {
            site,
            hosts: [host].into(),
            luids: true,
            numbers: Some(0),
            url_names: true,
        })
    }

    fn add(&mut self, content: &Content, workbook: &Workbook) {
        self.hosts.extend(hosts(content, workbook));
        let has_views = !workbook.dashboards.is_empty() || !workbook.sheets.is_empty();
        self.luids &= workbook.luid.is_some() && has_views;
        self.url_names &= workbook.content_url.is_some();
        self.numbers = self.numbers.zip(number(workbook)).map(|(a, b)| a.max(b));
    }
}

fn number(workbook: &Workbook) -> Option<u64> {
    let mut pages = urls_of(workbook).filter_map(PageLink::parse);
    pages.find_map(|it| match it.shows {
        Shown::Workbook(number) => Some(number),
        _ => None,
    })
}

//! Workbooks and their dashboards, by the signs that an exposure may have.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::content::{Content, Workbook};
use crate::identity::signs::Signs;
use crate::identity::{Identity, Subject};
use crate::page::{PageLink, Shown, host_of, urls_of};
use crate::usage::WorkbookIx;

/// So many things may share one sign; a hostile site could let all of them do so.
const MAX_SAME: usize = 32;

/// Every workbook, in the contents' order.
pub(super) fn workbooks(contents: &[Content]) -> impl Iterator<Item = (WorkbookIx, &Workbook)> {
    contents.iter().enumerate().flat_map(|(content, it)| {
        let workbooks = it.workbooks.iter().enumerate();
        workbooks.map(move |(workbook, it)| (WorkbookIx { content, workbook }, it))
    })
}

/// The copies of one published workbook: only their files tell them apart.
pub(super) fn told_by_file(contents: &[Content]) -> HashSet<WorkbookIx> {
    let mut copies: HashMap<(String, String), Vec<WorkbookIx>> = HashMap::new();
    let files = workbooks(contents).filter(|(_, it)| it.luid.is_none() && it.file.is_some());
    for (ix, workbook) in files {
        if let Some(key) = url_name(workbook) {
            copies.entry(key).or_default().push(ix);
        }
    }
    let copies = copies.into_values().filter(|it| it.len() > 1);
    copies.flatten().collect()
}

/// A workbook's site and its name in addresses, lower case.
fn url_name(workbook: &Workbook) -> Option<(String, String)> {
    let content_url = workbook.content_url.as_ref()?;
    let site = workbook.site.as_deref().unwrap_or_default();
    Some((site.to_lowercase(), content_url.to_lowercase()))
}

/// The hosts on which people or this program reach a workbook, lower case.
pub(super) fn hosts(content: &Content, workbook: &Workbook) -> BTreeSet<String> {
    let own = content.host.as_ref().map(|it| it.to_lowercase());
    own.into_iter()
        .chain(urls_of(workbook).filter_map(host_of))
        .collect()
}

/// What the signs of one exposure lead to.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What it stands for, and why.
    pub(super) known: BTreeMap<Subject, Identity>,
    /// A workbook that is there and has not the dashboard that is named.
    pub(super) lost: Option<WorkbookIx>,
}

/// Workbooks and their dashboards by their signs.
pub(super) struct SubjectIndex<'a> {
    contents: &'a [Content],
    by_luid: HashMap<String, Vec<Subject>>,
    /// A workbook's own page is that of a view without a name.
    by_page: HashMap<PageLink, Vec<Subject>>,
    by_url_name: HashMap<(String, String), Vec<Subject>>,
    by_file: HashMap<&'a str, Vec<Subject>>,
    told_by_file: &'a HashSet<WorkbookIx>,
    hosts: HashSet<String>,
}

impl<'a> SubjectIndex<'a> {
    pub(super) fn new(
        contents: &'a [Content],
        told_by_file: &'a HashSet<WorkbookIx>,
    ) -> SubjectIndex<'a> {
        let mut index = SubjectIndex {
            contents,
            by_luid: HashMap::new(),
            by_page: HashMap::new(),
            by_url_name: HashMap::new(),
            by_file: HashMap::new(),
            told_by_file,
            hosts: HashSet::new(),
        };
        for (ix, workbook) in workbooks(contents) {
            index.add_luids(ix, workbook);
            index.add_pages(ix, workbook);
            index.add_names(ix, workbook);
        }
        index
    }

    /// A sheet's LUID is its workbook's, as its page is.
    fn add_luids(&mut self, ix: WorkbookIx, workbook: &Workbook) {
        let sheets = workbook.sheets.iter().map(|it| (it.luid.as_ref(), None));
        let dashboards = workbook.dashboards.iter().enumerate();
        let dashboards = dashboards.map(|(at, it)| (it.luid.as_ref(), Some(at)));
        let own = [(workbook.luid.as_ref(), None)].into_iter();
        for (luid, dashboard) in own.chain(sheets).chain(dashboards) {
            if let Some(luid) = luid {
                put(
                    &mut self.by_luid,
                    luid.0.to_lowercase(),
                    subject(ix, dashboard),
                );
            }
        }
    }

    fn add_pages(&mut self, ix: WorkbookIx, workbook: &Workbook) {
        let hosts = hosts(&self.contents[ix.content], workbook);
        let dashboards = workbook.dashboards.iter().enumerate();
        let dashboards = dashboards.map(|(at, it)| (it.url.as_ref(), Some(at)));
        for (url, dashboard) in dashboards {
            if let Some(page) = url.and_then(|it| PageLink::parse(it)) {
                self.add_page(&hosts, &page, subject(ix, dashboard));
            }
        }
        for page in of_workbook(workbook) {
            self.add_page(&hosts, &page, subject(ix, None));
        }
        self.hosts.extend(hosts);
    }

    /// People may reach a server by another name than this program does.
    fn add_page(&mut self, hosts: &BTreeSet<String>, page: &PageLink, subject: Subject) {
        for host in hosts {
            let host = host.clone();
            let page = PageLink {
                host,
                ..page.clone()
            };
            put(&mut self.by_page, page, subject);
        }
    }

    fn add_names(&mut self, ix: WorkbookIx, workbook: &'a Workbook) {
        if let Some(key) = url_name(workbook) {
            put(&mut self.by_url_name, key, subject(ix, None));
        }
        if let Some(file) = &workbook.file {
            put(&mut self.by_file, file.as_str(), subject(ix, None));
        }
    }

    /// What an exposure with these signs stands for: for each workbook the surest sign
    /// decides whether all of it is meant or a dashboard.
    pub(super) fn find(&self, signs: &Signs<'_>) -> Found {
        let mut met = Met::default();
        for luid in &signs.luids {
            met.add(self.by_luid.get(luid), Identity::Luid);
        }
        if let Some(page) = &signs.page {
            met.add(self.at(page), Identity::Url);
        }
        let by_key = self.by_key(signs);
        met.widen(&by_key);
        met.extend(by_key, Identity::ContentUrl);
        met.extend(self.without_host(signs), Identity::ContentUrl);
        let by_file = signs.file.and_then(|it| self.by_file.get(it));
        if by_file.is_some_and(|it| self.is_copy(it, signs)) {
            met.0.retain(|it, _| !self.told_by_file.contains(it));
        }
        met.add(by_file, Identity::File);
        self.narrowed(met, signs)
    }

    /// What is at a page: the dashboard, else the workbook around the view.
    fn at(&self, page: &PageLink) -> Option<&Vec<Subject>> {
        self.by_page.get(page).or_else(|| {
            let of_workbook = around(page)?;
            self.by_page.get(&of_workbook)
        })
    }

    /// By our own key. It names no host: where the address does, it decides between
    /// sites of one name. The LUID in it comes first: a name can pass to another
    /// workbook, and an identity cannot.
    fn by_key(&self, signs: &Signs<'_>) -> Vec<Subject> {
        let Some((workbook, view)) = &signs.content_url else {
            return Vec::new();
        };
        if signs
            .luid
            .as_ref()
            .is_some_and(|it| self.by_luid.contains_key(it))
        {
            return Vec::new();
        }
        let key = (signs.site.clone().unwrap_or_default(), workbook.clone());
        let host = signs.page.as_ref().map(|it| &it.host);
        let host = host.filter(|it| self.hosts.contains(*it));
        let is_there = |it: &&Subject| {
            let hosts = self.hosts_of(**it);
            host.is_none_or(|host| hosts.is_empty() || hosts.contains(host))
        };
        let found = self.by_url_name.get(&key).into_iter().flatten();
        let found = found.filter(is_there).copied();
        found.map(|it| self.view_of(it, view)).collect()
    }

    /// Whether what has the file is one of the copies that our key speaks of.
    fn is_copy(&self, by_file: &[Subject], signs: &Signs<'_>) -> bool {
        let named = signs.content_url.as_ref().map(|(workbook, _)| workbook);
        by_file.iter().any(|it| {
            let of_it = url_name(self.workbook(it.workbook));
            self.told_by_file.contains(&it.workbook) && of_it.as_ref().map(|(_, it)| it) == named
        })
    }

    /// A file may know its place on a site and not which host that is.
    fn without_host(&self, signs: &Signs<'_>) -> Vec<Subject> {
        let Some(PageLink { site, shows, .. }) = &signs.page else {
            return Vec::new();
        };
        let Shown::View { workbook, .. } = shows else {
            return Vec::new();
        };
        let key = (site.clone(), workbook.clone());
        let found = self.by_url_name.get(&key).into_iter().flatten().copied();
        found.filter(|&it| self.hosts_of(it).is_empty()).collect()
    }

    fn hosts_of(&self, subject: Subject) -> BTreeSet<String> {
        let content = &self.contents[subject.workbook.content];
        hosts(content, &content.workbooks[subject.workbook.workbook])
    }

    fn workbook(&self, ix: WorkbookIx) -> &Workbook {
        &self.contents[ix.content].workbooks[ix.workbook]
    }

    /// The dashboard of a workbook that has the view's URL name, else all of it.
    fn view_of(&self, of: Subject, view: &str) -> Subject {
        let dashboards = &self.workbook(of.workbook).dashboards;
        let is_it = |url: &Option<String>| {
            let page = url.as_deref().and_then(PageLink::parse);
            page.is_some_and(
                |it| matches!(it.shows, Shown::View { view: name, .. } if name == view),
            )
        };
        let found = dashboards.iter().position(|it| is_it(&it.url));
        subject(of.workbook, found.filter(|_| !view.is_empty()))
    }

    /// Where our key names a dashboard, it is that one and not the whole workbook.
    fn narrowed(&self, met: Met, signs: &Signs<'_>) -> Found {
        let mut found = Found::default();
        for (workbook, (by, dashboards)) in met.0 {
            for dashboard in dashboards {
                let named = signs.dashboard.filter(|_| dashboard.is_none());
                let meant = match named {
                    Some(name) => self.dashboard(workbook, name, signs),
                    None => Some(dashboard),
                };
                match meant {
                    Some(it) => {
                        found.known.insert(subject(workbook, it), by);
                    }
                    None => found.lost = Some(workbook),
                }
            }
        }
        found
    }

    /// The dashboard of that name, or at the exposure's page; the whole workbook where
    /// none of its dashboards is known, and nothing where it has none such.
    fn dashboard(&self, ix: WorkbookIx, name: &str, signs: &Signs<'_>) -> Option<Option<usize>> {
        let dashboards = &self.workbook(ix).dashboards;
        let by_name = dashboards.iter().position(|it| it.name == name);
        let by_page = || {
            let at = self.at(signs.page.as_ref()?)?;
            let its = at.iter().find(|it| it.workbook == ix);
            its.and_then(|it| it.dashboard)
        };
        match by_name.or_else(by_page) {
            None if !dashboards.is_empty() => None,
            found => Some(found),
        }
    }
}

/// What was met, by workbook: the surest sign, and what it means there.
#[derive(Default)]
struct Met(BTreeMap<WorkbookIx, (Identity, BTreeSet<Option<usize>>)>);

impl Met {
    fn add(&mut self, subjects: Option<&Vec<Subject>>, by: Identity) {
        self.extend(subjects.into_iter().flatten().copied(), by);
    }

    /// Our key names all of a workbook, and the address beside it is then that of its
    /// first dashboard where it has no page of its own: no part is meant.
    fn widen(&mut self, by_key: &[Subject]) {
        for it in by_key.iter().filter(|it| it.dashboard.is_none()) {
            if let Some((Identity::Url, dashboards)) = self.0.get_mut(&it.workbook) {
                *dashboards = [None].into();
            }
        }
    }

    /// Signs come surest first.
    fn extend(&mut self, subjects: impl IntoIterator<Item = Subject>, by: Identity) {
        for it in subjects {
            let known = self.0.entry(it.workbook);
            let (surest, dashboards) = known.or_insert_with(|| (by, BTreeSet::new()));
            if *surest == by {
                dashboards.insert(it.dashboard);
            }
        }
    }
}

fn subject(workbook: WorkbookIx, dashboard: Option<usize>) -> Subject {
    Subject {
        workbook,
        dashboard,
    }
}

fn put<K: std::hash::Hash + Eq>(index: &mut HashMap<K, Vec<Subject>>, key: K, subject: Subject) {
    let same = index.entry(key).or_default();
    if same.len() < MAX_SAME && !same.contains(&subject) {
        same.push(subject);
    }
}

/// The page of the workbook that the view at `page` is in.
fn around(page: &PageLink) -> Option<PageLink> {
    let Shown::View { workbook, .. } = &page.shows else {
        return None;
    };
    Some(of_name(page, workbook.clone()))
}

fn of_name(page: &PageLink, workbook: String) -> PageLink {
    let view = String::new();
    PageLink {
        shows: Shown::View { workbook, view },
        ..page.clone()
    }
}

/// The pages of a workbook: its own, that around each of its views, and what its site
/// and URL name come to.
fn of_workbook(workbook: &Workbook) -> BTreeSet<PageLink> {
    let pages: Vec<PageLink> = urls_of(workbook).filter_map(PageLink::parse).collect();
    let mut all: BTreeSet<PageLink> = pages.iter().filter_map(around).collect();
    let is_own = |it: &&PageLink| matches!(it.shows, Shown::Workbook(_));
    all.extend(pages.iter().filter(is_own).cloned());
    if let Some(content_url) = &workbook.content_url {
        let stated = workbook.site.as_ref().map(|site| PageLink {
            host: String::new(),
            site: site.to_lowercase(),
            shows: Shown::Workbook(0),
        });
        let page = pages.first().cloned().or(stated);
        all.extend(page.map(|it| of_name(&it, content_url.to_lowercase())));
    }
    all
}

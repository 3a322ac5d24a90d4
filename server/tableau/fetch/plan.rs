//! What to ask: which workbooks and published datasources are wanted, and which of
//! them are known well enough already.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::catalogue::Catalogue;
use super::selection::Selection;
use crate::lower::project_paths;
use crate::records::{DatasourceRecord, ItemRecord, ProjectRecord, Records, WorkbookRecord};
use crate::rest::Listed;

/// From this share of a site on, in percent, whole pages cost less than lists of ids.
const MOST_OF_IT: usize = 60;
/// So few changed workbooks are asked for by their ids in any case. A first read takes
/// pages, which also show what is hidden from the user.
const FEW: usize = 100;

/// What is wanted of a site, and what is to be asked for.
pub(super) struct Plan<'k> {
    pub(super) known: Option<&'k Records>,
    pub(super) catalogue: Catalogue,
    /// The wanted workbooks, as REST lists them.
    pub(super) workbooks: Vec<Listed>,
    /// The published datasources in wanted projects.
    pub(super) published: Vec<Listed>,
    /// LUIDs of workbooks whose lineage is to be asked for.
    pub(super) ask_workbooks: BTreeSet<String>,
    /// LUIDs of published datasources likewise, in whatever project: they may be read
    /// from a wanted one.
    pub(super) ask_published: BTreeSet<String>,
    /// Whether pages are read, and not lists of ids.
    pub(super) by_pages: bool,
    /// Whether everything on the site is wanted.
    pub(super) is_all: bool,
    /// LUIDs of what was known and wanted, and of which the lists do not tell whether it
    /// still is: it is not gone.
    pub(super) unlisted: HashSet<&'k str>,
    /// How many workbooks were passed over while not all projects around them are known.
    pub(super) n_undecided: usize,
}

impl<'k> Plan<'k> {
    pub(super) fn new(
        catalogue: Catalogue,
        selection: &Selection,
        known: Option<&'k Records>,
    ) -> Plan<'k> {
        let choice = Choice::new(selection, &catalogue.projects);
        let wanted = |all: &[Listed]| -> Vec<Listed> {
            let wants = |it: &&Listed| choice.wants(&it.item);
            all.iter().filter(wants).cloned().collect()
        };
        let workbooks = wanted(&catalogue.workbooks);
        let published = wanted(&catalogue.published);
        let ask_workbooks = changed(&workbooks, &known_workbooks(known));
        let ask_published = changed_published(&catalogue.published, &published, known);
        let n_asked = ask_workbooks.len();
        let is_most = n_asked * 100 >= catalogue.workbooks.len() * MOST_OF_IT;
        let by_pages = is_most && (n_asked > FEW || known.is_none());
        let undecided = catalogue.workbooks.iter();
        let undecided = undecided.filter(|it| choice.is_undecided(&it.item));
        let n_undecided = undecided.count();
        let unlisted = unlisted(&catalogue, known, &choice);
        Plan {
            unlisted,
            n_undecided,
            known,
            workbooks,
            published,
            ask_workbooks,
            ask_published,
            by_pages,
            is_all: selection.is_all(),
            catalogue,
        }
    }

    /// Whether anything is to be asked for at all.
    pub(super) fn is_idle(&self) -> bool {
        self.ask_workbooks.is_empty() && self.ask_published.is_empty()
    }

    pub(super) fn known_workbooks(&self) -> HashMap<&'k str, &'k WorkbookRecord> {
        let known = self.known.into_iter().flat_map(|it| &it.workbooks);
        known.map(|it| (it.luid.as_str(), it)).collect()
    }

    pub(super) fn known_embedded(&self) -> HashMap<&'k str, &'k DatasourceRecord> {
        let known = self.known.into_iter().flat_map(|it| &it.embedded);
        known.map(|it| (it.id.as_str(), it)).collect()
    }

    /// Known published datasources, by id.
    pub(super) fn known_published(&self) -> HashMap<&'k str, &'k DatasourceRecord> {
        let known = self.known.into_iter().flat_map(|it| &it.published);
        known.map(|it| (it.id.as_str(), it)).collect()
    }
}

/// What is wanted, as far as the projects of the site are known.
struct Choice<'c> {
    selection: &'c Selection,
    paths: HashMap<&'c str, Vec<String>>,
    parents: HashMap<&'c str, Option<&'c str>>,
}

impl<'c> Choice<'c> {
    fn new(selection: &'c Selection, projects: &'c [ProjectRecord]) -> Choice<'c> {
        let parents = projects.iter();
        let parents = parents.map(|it| (it.luid.as_str(), it.parent.as_deref()));
        Choice {
            selection,
            paths: project_paths(projects),
            parents: parents.collect(),
        }
    }

    fn wants(&self, item: &ItemRecord) -> bool {
        self.selection.wants(item, &self.paths)
    }

    /// Whether it is not wanted by its path, while that is not the whole path.
    fn is_undecided(&self, item: &ItemRecord) -> bool {
        !self.wants(item) && !self.is_placed(item)
    }

    /// Whether all projects around something are known.
    fn is_placed(&self, item: &ItemRecord) -> bool {
        let mut next = item.project_luid.as_deref();
        for _ in 0..=self.parents.len() {
            let Some(luid) = next else {
                return true;
            };
            let Some(parent) = self.parents.get(luid) else {
                return false;
            };
            next = *parent;
        }
        false
    }
}

/// What was known and wanted, and is not in lists that are cut, or is there in a project
/// that is not.
fn unlisted<'k>(
    catalogue: &Catalogue,
    known: Option<&'k Records>,
    choice: &Choice<'_>,
) -> HashSet<&'k str> {
    let Some(known) = known else {
        return HashSet::new();
    };
    let listed = catalogue.workbooks.iter().chain(&catalogue.published);
    let listed: HashMap<&str, &Listed> = listed.map(|it| (it.luid.as_str(), it)).collect();
    let before = Choice::new(choice.selection, &known.projects);
    let workbooks = known.workbooks.iter().map(|it| (&it.luid, &it.item));
    let published = known.published.iter().map(|it| (&it.luid, &it.item));
    let may_be_there = |luid: &str| match listed.get(luid) {
        Some(listed) => choice.is_undecided(&listed.item),
        None => !catalogue.is_complete,
    };
    let all = workbooks.chain(published);
    all.filter(|(luid, item)| may_be_there(luid) && before.wants(item))
        .map(|(luid, _)| luid.as_str())
        .collect()
}

/// When something that is known had changed last; `None` where it is not known well.
type Times<'k> = HashMap<&'k str, Option<&'k str>>;

fn known_workbooks(known: Option<&Records>) -> Times<'_> {
    let all = known.into_iter().flat_map(|it| &it.workbooks);
    let settled = all.filter(|it| !it.item.unsettled);
    settled
        .map(|it| (it.luid.as_str(), it.item.updated_at.as_deref()))
        .collect()
}

fn known_published(known: Option<&Records>) -> Times<'_> {
    let all = known.into_iter().flat_map(|it| &it.published);
    let settled = all.filter(|it| !it.item.unsettled);
    settled
        .map(|it| (it.luid.as_str(), it.item.updated_at.as_deref()))
        .collect()
}

/// The LUIDs of the published datasources that are wanted or known, and that are new or
/// changed since.
fn changed_published(
    listed: &[Listed],
    wanted: &[Listed],
    known: Option<&Records>,
) -> BTreeSet<String> {
    let followed = known.into_iter().flat_map(|it| &it.published);
    let followed: HashSet<&str> = followed.map(|it| it.luid.as_str()).collect();
    let followed = listed.iter().filter(|it| followed.contains(&*it.luid));
    let times = known_published(known);
    let mut all = changed(wanted, &times);
    all.extend(changed(followed, &times));
    all
}

/// The LUIDs of those that are new, or that changed since.
fn changed<'l>(
    listed: impl IntoIterator<Item = &'l Listed>,
    known: &Times<'_>,
) -> BTreeSet<String> {
    let is_known = |it: &&Listed| {
        let known = known.get(it.luid.as_str());
        known.is_some_and(|known| known.is_some() && *known == it.item.updated_at.as_deref())
    };
    let new = listed.into_iter().filter(|it| !is_known(it));
    new.map(|it| it.luid.clone()).collect()
}

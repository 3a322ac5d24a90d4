//! What to ask: which workbooks and published datasources are wanted, and which of
//! them are known well enough already.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::catalogue::Catalogue;
use super::selection::Selection;
use crate::lower::project_paths;
use crate::records::{DatasourceRecord, ItemRecord, Records, WorkbookRecord};
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
    /// LUIDs of what was known and is wanted, and does not stand in lists that are not
    /// whole: it is not gone.
    pub(super) unlisted: HashSet<&'k str>,
    /// How many workbooks were passed over while not all projects around them are known.
    pub(super) n_unplaced: usize,
}

impl<'k> Plan<'k> {
    pub(super) fn new(
        catalogue: Catalogue,
        selection: &Selection,
        known: Option<&'k Records>,
    ) -> Plan<'k> {
        let paths = project_paths(&catalogue.projects);
        let wanted = |all: &[Listed]| -> Vec<Listed> {
            let wants = |it: &&Listed| selection.wants(&it.item, &paths);
            all.iter().filter(wants).cloned().collect()
        };
        let workbooks = wanted(&catalogue.workbooks);
        let published = wanted(&catalogue.published);
        let ask_workbooks = changed(&workbooks, &known_workbooks(known));
        let ask_published = changed_published(&catalogue.published, &published, known);
        let n_asked = ask_workbooks.len();
        let is_most = n_asked * 100 >= catalogue.workbooks.len() * MOST_OF_IT;
        let by_pages = is_most && (n_asked > FEW || known.is_none());
        let parents = catalogue.projects.iter();
        let parents = parents.map(|it| (it.luid.as_str(), it.parent.as_deref()));
        let parents: HashMap<&str, Option<&str>> = parents.collect();
        let is_passed_over =
            |it: &&Listed| !selection.wants(&it.item, &paths) && !is_placed(&it.item, &parents);
        let n_unplaced = catalogue.workbooks.iter().filter(is_passed_over).count();
        let unlisted = match catalogue.is_complete {
            true => HashSet::new(),
            false => unlisted(&catalogue, known, |it| selection.wants(it, &paths)),
        };
        Plan {
            unlisted,
            n_unplaced,
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

/// Whether all projects around something are known, so that its path is the whole path.
fn is_placed(item: &ItemRecord, parents: &HashMap<&str, Option<&str>>) -> bool {
    let mut next = item.project_luid.as_deref();
    for _ in 0..=parents.len() {
        let Some(luid) = next else {
            return true;
        };
        let Some(parent) = parents.get(luid) else {
            return false;
        };
        next = *parent;
    }
    false
}

/// What is known and wanted, and is not in the lists.
fn unlisted<'k>(
    catalogue: &Catalogue,
    known: Option<&'k Records>,
    wants: impl Fn(&ItemRecord) -> bool,
) -> HashSet<&'k str> {
    let listed = catalogue.workbooks.iter().chain(&catalogue.published);
    let listed: HashSet<&str> = listed.map(|it| it.luid.as_str()).collect();
    let workbooks = known.into_iter().flat_map(|it| &it.workbooks);
    let published = known.into_iter().flat_map(|it| &it.published);
    let all = workbooks.map(|it| (it.luid.as_str(), &it.item));
    let all = all.chain(published.map(|it| (it.luid.as_str(), &it.item)));
    all.filter(|(luid, item)| !listed.contains(luid) && wants(item))
        .map(|(luid, _)| luid)
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

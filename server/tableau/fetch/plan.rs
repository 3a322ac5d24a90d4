//! What to ask: which workbooks and published datasources are wanted, and which of
//! them are known well enough already.

use std::collections::{BTreeSet, HashMap};

use super::catalogue::Catalogue;
use super::selection::Selection;
use crate::lower::project_paths;
use crate::records::{DatasourceRecord, Records, WorkbookRecord};
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
    /// LUIDs of published datasources likewise.
    pub(super) ask_published: BTreeSet<String>,
    /// Whether pages are read, and not lists of ids.
    pub(super) by_pages: bool,
    /// Whether everything on the site is wanted.
    pub(super) is_all: bool,
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
        let ask_published = changed(&published, &known_published(known));
        let n_asked = ask_workbooks.len();
        let is_most = n_asked * 100 >= catalogue.workbooks.len() * MOST_OF_IT;
        let by_pages = is_most && (n_asked > FEW || known.is_none());
        Plan {
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

/// The LUIDs of those that are new, or that changed since.
fn changed(listed: &[Listed], known: &Times<'_>) -> BTreeSet<String> {
    let is_known = |it: &&Listed| {
        let known = known.get(it.luid.as_str());
        known.is_some_and(|known| known.is_some() && *known == it.item.updated_at.as_deref())
    };
    let new = listed.iter().filter(|it| !is_known(it));
    new.map(|it| it.luid.clone()).collect()
}

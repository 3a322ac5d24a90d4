//! Finding records by what refers to them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::records::{
    CustomSqlRecord, DatasourceRecord, FlowRecord, ParsedSql, ProjectRecord, Records, RefRecord,
    ViewRecord, VirtualConnectionRecord, WorkbookRecord,
};

use super::pages::Pages;

/// Longer chains of projects are not followed: a site allows a few levels, and a
/// loop none.
const MAX_DEPTH: usize = 32;

/// A site's records, findable.
pub(super) struct Index<'r> {
    pub(super) records: &'r Records,
    pub(super) pages: Pages<'r>,
    embedded: HashMap<&'r str, &'r DatasourceRecord>,
    published: HashMap<&'r str, &'r DatasourceRecord>,
    published_by_luid: HashMap<&'r str, &'r DatasourceRecord>,
    published_by_name: HashMap<String, Vec<&'r DatasourceRecord>>,
    queries: HashMap<&'r str, &'r CustomSqlRecord>,
    /// What queries read, by id: several datasources may have one of them.
    parsed: RefCell<HashMap<String, Rc<ParsedSql>>>,
    queries_of_workbook: HashMap<&'r str, Vec<&'r CustomSqlRecord>>,
    queries_of_published: HashMap<&'r str, Vec<&'r CustomSqlRecord>>,
    virtual_connections: HashMap<&'r str, &'r VirtualConnectionRecord>,
    flows: HashMap<&'r str, &'r FlowRecord>,
    project_paths: HashMap<&'r str, Vec<String>>,
}

impl<'r> Index<'r> {
    pub(super) fn new(records: &'r Records, public_url: Option<&'r str>) -> Index<'r> {
        let mut index = Index {
            records,
            pages: Pages::new(public_url.unwrap_or(&records.base), &records.site),
            embedded: by(&records.embedded, |it| &it.id),
            published: by(&records.published, |it| &it.id),
            published_by_luid: by(&records.published, |it| &it.luid),
            published_by_name: HashMap::new(),
            queries: by(&records.custom_sql, |it| &it.id),
            parsed: RefCell::default(),
            queries_of_workbook: HashMap::new(),
            queries_of_published: HashMap::new(),
            virtual_connections: by(&records.virtual_connections, |it| &it.id),
            flows: by(&records.flows, |it| &it.id),
            project_paths: project_paths(&records.projects),
        };
        for it in &records.published {
            let name = it.item.name.as_deref().unwrap_or_default().to_lowercase();
            index.published_by_name.entry(name).or_default().push(it);
        }
        for query in &records.custom_sql {
            index.add_query(query);
        }
        index
    }

    fn add_query(&mut self, query: &'r CustomSqlRecord) {
        for it in keys(&query.downstream_workbooks) {
            self.queries_of_workbook.entry(it).or_default().push(query);
        }
        for it in keys(&query.downstream_datasources) {
            self.queries_of_published.entry(it).or_default().push(query);
        }
    }

    pub(super) fn embedded(&self, id: &str) -> Option<&'r DatasourceRecord> {
        self.embedded.get(id).copied()
    }

    /// A published datasource by its identity, else by its id.
    pub(super) fn published(&self, reference: &RefRecord) -> Option<&'r DatasourceRecord> {
        let luid = reference.luid.as_deref();
        let by_luid = luid.and_then(|it| self.published_by_luid.get(it));
        let found = by_luid.or_else(|| self.published.get(reference.id.as_str()));
        found.copied()
    }

    pub(super) fn published_by_luid(&self, luid: &str) -> Option<&'r DatasourceRecord> {
        self.published_by_luid.get(luid).copied()
    }

    /// The published datasources of one name, in whatever project.
    pub(super) fn published_by_name(&self, name: &str) -> &[&'r DatasourceRecord] {
        self.published_by_name
            .get(&name.to_lowercase())
            .map_or(&[], Vec::as_slice)
    }

    /// The queries that feed a workbook with these datasources, directly or through what
    /// is published. A query that no sheet needs is known by its columns alone.
    pub(super) fn queries_of_workbook(
        &self,
        workbook: &WorkbookRecord,
        datasources: &[&DatasourceRecord],
    ) -> Vec<&'r CustomSqlRecord> {
        let (luid, id) = (&workbook.luid, &workbook.id);
        let fed = [luid, id].map(|it| self.queries_of_workbook.get(it.as_str()));
        let by_columns = datasources.iter().flat_map(|it| self.by_columns(it));
        each_once(
            fed.into_iter()
                .flatten()
                .flatten()
                .copied()
                .chain(by_columns),
        )
    }

    /// The queries that feed a published datasource.
    pub(super) fn queries_of_published(&self, it: &DatasourceRecord) -> Vec<&'r CustomSqlRecord> {
        let fed = [&it.luid, &it.id].map(|it| self.queries_of_published.get(it.as_str()));
        let by_columns = self.by_columns(it);
        each_once(
            fed.into_iter()
                .flatten()
                .flatten()
                .copied()
                .chain(by_columns),
        )
    }

    /// What a query reads; each is parsed once.
    pub(super) fn parsed(&self, query: &CustomSqlRecord) -> Rc<ParsedSql> {
        let mut known = self.parsed.borrow_mut();
        let parsed = known.entry(query.id.clone());
        let parsed = parsed.or_insert_with(|| Rc::new(super::custom_sql::parsed(query)));
        Rc::clone(parsed)
    }

    fn by_columns(&self, it: &DatasourceRecord) -> Vec<&'r CustomSqlRecord> {
        let ids = it.columns.iter().flat_map(|it| &it.custom_sql);
        ids.filter_map(|it| self.queries.get(it.as_str()).copied())
            .collect()
    }

    pub(super) fn virtual_connection(&self, id: &str) -> Option<&'r VirtualConnectionRecord> {
        self.virtual_connections.get(id).copied()
    }

    pub(super) fn flow(&self, id: &str) -> Option<&'r FlowRecord> {
        self.flows.get(id).copied()
    }

    /// The names of the projects around something, outermost first.
    pub(super) fn project_path(&self, luid: Option<&str>, name: Option<&str>) -> Vec<String> {
        let known = luid.and_then(|it| self.project_paths.get(it));
        known
            .cloned()
            .unwrap_or_else(|| name.map(str::to_owned).into_iter().collect())
    }
}

fn by<T>(all: &[T], key: impl Fn(&T) -> &String) -> HashMap<&str, &T> {
    let keyed = all.iter().map(|it| (key(it).as_str(), it));
    keyed.filter(|(key, _)| !key.is_empty()).collect()
}

/// The identity and the id of each, where there are any.
fn keys(all: &[RefRecord]) -> impl Iterator<Item = &str> {
    let both = all
        .iter()
        .flat_map(|it| [it.luid.as_deref().unwrap_or_default(), it.id.as_str()]);
    both.filter(|it| !it.is_empty())
}

fn each_once<'r>(all: impl Iterator<Item = &'r CustomSqlRecord>) -> Vec<&'r CustomSqlRecord> {
    let mut found: Vec<&CustomSqlRecord> = Vec::new();
    for query in all {
        if !found.iter().any(|it| it.id == query.id) {
            found.push(query);
        }
    }
    found
}

/// Each project's names from the outermost down.
pub(crate) fn project_paths(projects: &[ProjectRecord]) -> HashMap<&str, Vec<String>> {
    let all: HashMap<&str, _> = by(projects, |it| &it.luid);
    let path = |luid: &str| {
        let mut names = Vec::new();
        let mut next = Some(luid);
        while let Some(project) = next.and_then(|it| all.get(it)) {
            names.push(project.name.clone().unwrap_or_default());
            next = project.parent.as_deref();
            if names.len() > MAX_DEPTH {
                break;
            }
        }
        names.reverse();
        names
    };
    all.keys().map(|&luid| (luid, path(luid))).collect()
}

/// The views of a list by their ids.
pub(super) fn names_of(all: &[ViewRecord]) -> HashMap<&str, String> {
    all.iter()
        .map(|it| (it.id.as_str(), super::views::name(it)))
        .collect()
}

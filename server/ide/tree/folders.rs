//! Where rows stand: below their site and its Tableau projects, or side by side.

use std::collections::BTreeMap;

use lineage::{Content, ContentKind, PublishedIx};

use super::found::{Kept, KeptWorkbook};
use super::{Drawing, RowKind, TreeRow, ids};
use crate::text::{ago, count, plain, plain_message};

/// Tableau's own depth is ten; what is deeper stands in the last one.
pub(super) const MAX_DEPTH: usize = 16;

/// What stands together, by what it is sorted by: the name without its case first.
type Sorted<T> = BTreeMap<(String, String), T>;

/// A site or a Tableau project, before it is drawn.
#[derive(Default)]
struct Folder<'a> {
    folders: Sorted<Folder<'a>>,
    /// Those that are shown.
    workbooks: Vec<&'a KeptWorkbook>,
    datasources: Vec<PublishedIx>,
    /// What is in it and below, shown or left out.
    counts: Counts,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    n_workbooks: usize,
    n_dashboards: usize,
    n_datasources: usize,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.n_workbooks += other.n_workbooks;
        self.n_dashboards += other.n_dashboards;
        self.n_datasources += other.n_datasources;
    }

    /// `4 workbooks · 12 dashboards`
    fn words(self) -> String {
        let parts = [
            (self.n_workbooks, "workbook"),
            (self.n_dashboards, "dashboard"),
            (self.n_datasources, "datasource"),
        ];
        let parts = parts.into_iter().filter(|(n, _)| *n > 0);
        let parts: Vec<String> = parts.map(|(n, what)| count(n, what)).collect();
        parts.join(" · ")
    }
}

impl<'a> Folder<'a> {
    /// The folder that a path leads to, made where it is not there, counting on the way.
    fn at(&mut self, path: &[String], counts: Counts) -> &mut Folder<'a> {
        self.counts.add(counts);
        let mut folder = self;
        for name in path.iter().take(MAX_DEPTH) {
            folder = folder.folders.entry(sort_key(name)).or_default();
            folder.counts.add(counts);
        }
        folder
    }

    /// Whether it only leads to one other folder.
    fn is_passage(&self) -> bool {
        self.folders.len() == 1 && self.workbooks.is_empty() && self.datasources.is_empty()
    }

    fn is_empty(&self) -> bool {
        let is_empty = self.workbooks.is_empty() && self.datasources.is_empty();
        is_empty && self.folders.values().all(Folder::is_empty)
    }

    /// Takes out what shows nothing, since its workbooks were left out.
    fn prune(&mut self) {
        self.folders.retain(|_, it| !it.is_empty());
        self.folders.values_mut().for_each(Folder::prune);
    }
}

/// A site, before it is drawn.
struct Site<'a> {
    /// One of the contents that it is known from.
    content: &'a Content,
    inside: Folder<'a>,
}

/// Sites by name; files stand last.
type Sites<'a> = BTreeMap<(bool, String, String), Site<'a>>;

/// The site of a content, made where it is not there.
fn site_of<'s, 'a>(sites: &'s mut Sites<'a>, content: &'a Content) -> &'s mut Site<'a> {
    let is_files = content.kind == ContentKind::Files;
    let key = (is_files, content.name.to_lowercase(), ids::of_site(content));
    sites.entry(key).or_insert_with(|| Site {
        content,
        inside: Folder::default(),
    })
}

impl<'a> Drawing<'a> {
    /// Sites, Tableau projects, workbooks, each by name; of the workbooks the first
    /// `n_shown`, though all are counted.
    pub(super) fn by_name(&mut self, kept: &Kept, n_shown: usize, within: &str) -> Vec<TreeRow> {
        let mut sites = self.sites(kept, n_shown);
        sites.values_mut().for_each(|it| it.inside.prune());
        sites.retain(|_, it| !it.inside.is_empty());
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for it in sites.values() {
            *names.entry(plain(&it.content.name)).or_default() += 1;
        }
        let sites = sites.into_iter();
        sites
            .map(|(_, it)| {
                let has_namesake = names[&plain(&it.content.name)] > 1;
                self.site(&it, has_namesake, within)
            })
            .collect()
    }

    fn sites<'k>(&self, kept: &'k Kept, n_shown: usize) -> Sites<'k>
    where
        'a: 'k,
    {
        let lineage = &self.analysis.lineage;
        let mut sites = Sites::new();
        for (at, it) in kept.workbooks.iter().enumerate() {
            let ix = it.usage.workbook;
            let counts = Counts {
                n_workbooks: 1,
                n_dashboards: it.usage.dashboards.len(),
                n_datasources: 0,
            };
            let site = site_of(&mut sites, &lineage.contents()[ix.content]);
            let folder = site.inside.at(&lineage.workbook(ix).project_path, counts);
            folder.workbooks.extend((at < n_shown).then_some(it));
        }
        for &ix in &kept.datasources {
            let counts = Counts {
                n_datasources: 1,
                ..Counts::default()
            };
            let site = site_of(&mut sites, &lineage.contents()[ix.content]);
            let folder = site.inside.at(&lineage.published(ix).project_path, counts);
            folder.datasources.push(ix);
        }
        sites
    }

    fn site(&mut self, site: &Site<'_>, has_namesake: bool, within: &str) -> TreeRow {
        let content = site.content;
        let bare = ids::of_site(content);
        let id = self.ids.take(below(within, &bare));
        let children = self.folder(&site.inside, &bare, &mut Vec::new(), within);
        let (kind, label) = match content.kind {
            ContentKind::Files => (RowKind::Files, "Workbook files"),
            ContentKind::Site | ContentKind::Snapshot => (RowKind::Site, content.name.as_str()),
        };
        let mut row = TreeRow::new(id, kind, label).with(children);
        let host = content.host.as_deref().map(plain);
        let counts = site.inside.counts.words();
        row.description = Some(match host.as_ref().filter(|_| has_namesake) {
            Some(host) => format!("{host} · {counts}"),
            None => counts,
        });
        row.tooltip = self.about_site(content);
        row
    }

    fn about_site(&self, content: &Content) -> Vec<String> {
        let is_snapshot = content.kind == ContentKind::Snapshot;
        let read = content.fetched_at;
        let read = read.map(|at| format!("Read {}", ago(self.request.now, at)));
        let selected = content.selected.as_deref();
        let lines = [
            content.host.as_deref().map(|it| format!("Site on {it}")),
            is_snapshot.then(|| "From the team snapshot".to_owned()),
            read,
            selected.map(|it| format!("Only the projects {it}")),
        ];
        lines.iter().flatten().map(|it| plain_message(it)).collect()
    }

    /// The rows of a folder: folders first, then workbooks, then datasources.
    fn folder<'f>(
        &mut self,
        folder: &'f Folder<'_>,
        site: &str,
        path: &mut Vec<&'f str>,
        within: &str,
    ) -> Vec<TreeRow> {
        let mut rows = Vec::new();
        for ((_, name), inside) in &folder.folders {
            let depth = path.len();
            path.push(name);
            rows.push(self.passage(inside, site, path, within, depth));
            path.truncate(depth);
        }
        let lineage = &self.analysis.lineage;
        let mut workbooks = folder.workbooks.clone();
        workbooks.sort_by_key(|it| {
            let ix = it.usage.workbook;
            (sort_key(&lineage.workbook(ix).name), ix)
        });
        rows.extend(workbooks.into_iter().map(|it| self.workbook(it, within)));
        let mut datasources = folder.datasources.clone();
        datasources.sort_by_key(|&ix| (sort_key(&lineage.published(ix).name), ix));
        rows.extend(
            datasources
                .into_iter()
                .map(|it| self.datasource(it, within)),
        );
        rows
    }

    /// One row for a folder and for those that it alone leads to: `Finance / Exec`.
    fn passage<'f>(
        &mut self,
        mut inside: &'f Folder<'_>,
        site: &str,
        path: &mut Vec<&'f str>,
        within: &str,
        depth: usize,
    ) -> TreeRow {
        while let Some(((_, name), next)) = inside.folders.first_key_value()
            && inside.is_passage()
        {
            path.push(name);
            inside = next;
        }
        let names: Vec<String> = path[depth..].iter().map(|it| plain(it)).collect();
        let label = names.join(" / ");
        let id = self.ids.take(below(within, &ids::of_folder(site, path)));
        let children = self.folder(inside, site, path, within);
        let mut row = TreeRow::new(id, RowKind::Project, "").with(children);
        row.label = plain_message(&label);
        row.description = Some(inside.counts.words());
        row
    }

    /// Workbooks side by side, then datasources.
    pub(super) fn by_views(&mut self, kept: &Kept, n_shown: usize, within: &str) -> Vec<TreeRow> {
        let shown = kept.workbooks.iter().take(n_shown);
        let mut rows: Vec<TreeRow> = shown.map(|it| self.workbook(it, within)).collect();
        let datasources = kept.datasources.iter();
        rows.extend(datasources.map(|&it| self.datasource(it, within)));
        rows
    }
}

/// The id of something below a node's row, or of the same thing alone.
pub(super) fn below(within: &str, id: &str) -> String {
    match within {
        "" => id.to_owned(),
        _ => format!("{within}/{id}"),
    }
}

pub(super) fn sort_key(name: &str) -> (String, String) {
    (plain(name).to_lowercase(), name.to_owned())
}

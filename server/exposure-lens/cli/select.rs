//! What the words on the command line mean: nodes, files, folders, workbooks, addresses.

use std::path::{Component, Path, PathBuf};

use lineage::{NodeIx, PageLink, PublishedIx, Shown, Workbook, WorkbookIx};

use super::Outcome;
use super::load::Loaded;
use crate::disk;
use crate::workspace::Problem;

/// What one word names.
#[derive(Debug)]
pub(super) enum Selected {
    /// Nodes of the project.
    Nodes(Vec<NodeIx>),
    /// Workbooks.
    Workbooks(Vec<WorkbookIx>),
    /// Published datasources.
    Datasources(Vec<PublishedIx>),
    /// Something that is there and leads to neither, with the reason: a list of
    /// changed files holds such things too.
    Neither(Problem, Outcome),
}

/// What `word` names: a `unique_id`, a name (`orders`, `crm.accounts`, `pkg.orders`,
/// `dim_customers.v2`), a file or folder, a workbook's name, a dashboard's name, a
/// relation, an exposure, a published datasource's name, a Tableau address. The surest
/// reading wins.
pub(super) fn select(loaded: &Loaded, word: &str) -> Option<Selected> {
    if word.trim().is_empty() {
        return None;
    }
    if is_address(word) {
        return at_page(loaded, &page_link(word)?);
    }
    let paths = paths(loaded, word);
    let nodes = nodes_by_name(loaded, word).or_else(|| nodes_at(loaded, &paths));
    nodes
        .map(Selected::Nodes)
        .or_else(|| workbooks_by_name(loaded, word, &paths).map(Selected::Workbooks))
        .or_else(|| nodes_by_relation(loaded, word).map(Selected::Nodes))
        .or_else(|| workbooks_by_exposure(loaded, word).map(Selected::Workbooks))
        .or_else(|| datasources_by_name(loaded, word).map(Selected::Datasources))
        .or_else(|| neither(loaded, word, &paths))
}

/// Whether a word is an address as copied from a browser, which may leave out `https`.
pub(super) fn is_address(word: &str) -> bool {
    word.contains("://") || word.contains("/#/") || word.contains(".online.tableau.com/")
}

/// The page that an address means, in whichever of its forms.
fn page_link(address: &str) -> Option<PageLink> {
    let parsed = tableau::PageAddress::parse(address).ok()?;
    let number = |text: &str| text.parse().ok();
    let shows = match &parsed.page {
        tableau::Page::Workbook { number: it } => Shown::Workbook(number(it)?),
        tableau::Page::Datasource { number: it } => Shown::Datasource(number(it)?),
        tableau::Page::Sheet { workbook, sheet } => Shown::View {
            workbook: workbook.to_lowercase(),
            view: sheet.to_lowercase(),
        },
        tableau::Page::Other => return None,
    };
    Some(PageLink {
        host: parsed.site.host().to_lowercase(),
        site: parsed.site.site().to_lowercase(),
        shows,
    })
}

fn at_page(loaded: &Loaded, link: &PageLink) -> Option<Selected> {
    let at = loaded.analysis.lineage.at_page(link);
    let workbooks = some(at.workbooks).map(Selected::Workbooks);
    workbooks.or_else(|| some(at.datasources).map(Selected::Datasources))
}

/// By title or by LUID.
fn datasources_by_name(loaded: &Loaded, word: &str) -> Option<Vec<PublishedIx>> {
    let all = loaded.analysis.lineage.all_published();
    let is_its = |it: &lineage::PublishedDatasource| {
        is_same_name(&it.name, word) || it.luid.as_ref().is_some_and(|it| it.0 == word)
    };
    some(all.filter(|(_, it)| is_its(it)).map(|(ix, _)| ix).collect())
}

/// By file, by title, by LUID, by the title of a dashboard.
fn workbooks_by_name(loaded: &Loaded, word: &str, paths: &[PathBuf]) -> Option<Vec<WorkbookIx>> {
    let has_luid = |it: &Workbook| it.luid.as_ref().is_some_and(|it| it.0 == word);
    let has_dashboard = |it: &Workbook| it.dashboards.iter().any(|it| is_same_name(&it.name, word));
    workbooks(loaded, &|_, it| is_at(loaded, it, paths))
        .or_else(|| workbooks(loaded, &|_, it| is_same_name(&it.name, word)))
        .or_else(|| workbooks(loaded, &|_, it| has_luid(it)))
        .or_else(|| workbooks(loaded, &|_, it| has_dashboard(it)))
}

/// By what the warehouse calls it, or by a name as the warehouse may fold it.
fn nodes_by_relation(loaded: &Loaded, word: &str) -> Option<Vec<NodeIx>> {
    let is_its = |it: &lineage::Relation| is_same_name(&it.to_string(), word);
    nodes(loaded, &|it| {
        it.relation.as_ref().is_some_and(is_its) || is_same_name(&it.label(), word)
    })
}

fn workbooks_by_exposure(loaded: &Loaded, word: &str) -> Option<Vec<WorkbookIx>> {
    let is_its = |it: &lineage::Exposure| it.name.as_str() == word || it.id.as_str() == word;
    workbooks(loaded, &|ix, _| {
        loaded.analysis.exposure_of(ix).is_some_and(is_its)
    })
}

fn is_same_name(name: &str, word: &str) -> bool {
    name.to_lowercase() == word.to_lowercase()
}

fn nodes(loaded: &Loaded, fits: &dyn Fn(&lineage::Node) -> bool) -> Option<Vec<NodeIx>> {
    let all = loaded.analysis.lineage.nodes().iter();
    some(all.filter(|(_, it)| fits(it)).map(|(ix, _)| ix).collect())
}

fn workbooks(
    loaded: &Loaded,
    fits: &dyn Fn(WorkbookIx, &Workbook) -> bool,
) -> Option<Vec<WorkbookIx>> {
    let all = loaded.analysis.lineage.workbooks();
    some(
        all.filter(|(ix, it)| fits(*ix, it))
            .map(|(ix, _)| ix)
            .collect(),
    )
}

fn some<T>(found: Vec<T>) -> Option<Vec<T>> {
    (!found.is_empty()).then_some(found)
}

fn nodes_by_name(loaded: &Loaded, word: &str) -> Option<Vec<NodeIx>> {
    if let Some(node) = loaded.analysis.node(word) {
        return Some(vec![node]);
    }
    let named = loaded.analysis.lineage.nodes().by_name(word);
    some(named.to_vec()).or_else(|| {
        nodes(loaded, &|it| {
            it.label() == word || format!("{}.{}", it.package, it.label()) == word
        })
    })
}

/// The places on disk that a word may mean, surest first: from the current folder,
/// from the project; as written, and with the separators of Windows.
fn paths(loaded: &Loaded, word: &str) -> Vec<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    let mut paths: Vec<PathBuf> = Vec::new();
    for text in [word, &word.replace('\\', "/")] {
        for base in [&here, &loaded.project.root] {
            let path = resolved(&base.join(text));
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths
}

/// Without `.`, `..` and links on the way; a link at the end is the file it stands for.
pub(super) fn resolved(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    let (Some(folder), Some(name)) = (clean.parent(), clean.file_name()) else {
        return clean;
    };
    disk::canonical(folder).map_or_else(|| clean.clone(), |folder| folder.join(name))
}

/// The nodes that one of `paths` defines or describes, or that lie below it.
fn nodes_at(loaded: &Loaded, paths: &[PathBuf]) -> Option<Vec<NodeIx>> {
    let all = loaded.analysis.lineage.nodes();
    let in_file = |path: &PathBuf| {
        let (package, path) = loaded.project.place_of(path)?;
        some(all.in_file(&package, &path))
    };
    let below = |path: &PathBuf| {
        let is_below = |it: &lineage::Node| {
            let file = loaded.project.file_of(it);
            file.is_some_and(|it| it.starts_with(path))
        };
        path.is_dir().then(|| nodes(loaded, &is_below))?
    };
    let mut found = paths.iter();
    found.find_map(|path| in_file(path).or_else(|| below(path)))
}

/// Whether a workbook's file is one of `paths`, or lies below it.
fn is_at(loaded: &Loaded, workbook: &Workbook, paths: &[PathBuf]) -> bool {
    let Some(file) = &workbook.file else {
        return false;
    };
    paths.iter().any(|path| {
        let path = loaded.shown(path);
        *file == path || file.starts_with(&format!("{path}/"))
    })
}

/// What is there, and why nothing can be said of it.
fn neither(loaded: &Loaded, word: &str, paths: &[PathBuf]) -> Option<Selected> {
    let lineage = &loaded.analysis.lineage;
    let shown: Vec<String> = paths.iter().map(|it| loaded.shown(it)).collect();
    let said = |code, message, outcome| Some(Selected::Neither(Problem { code, message }, outcome));
    let is_named = |it: Option<&String>| it.is_some_and(|it| shown.contains(it));
    if let Some(gap) = lineage.gaps().iter().find(|it| is_named(it.about.as_ref())) {
        return said(gap.code.as_str(), gap.message.clone(), Outcome::NotKnown);
    }
    let contents = lineage.contents().iter();
    let mut datasources = contents.flat_map(|it| &it.datasources);
    if datasources.any(|it| is_named(it.file.as_ref())) {
        let message =
            format!("{word} is a datasource: `exposure-lens inspect` shows what it reads");
        return said("is_datasource", message, Outcome::Fine);
    }
    if let Some(disabled) = disabled(loaded, word, paths) {
        return said("disabled", disabled, Outcome::Fine);
    }
    let path = paths.iter().find(|it| it.exists())?;
    let place = loaded.shown(path);
    if loaded.manifest.is_some() && loaded.project.defines_nodes(path) {
        let message = format!("{place} is not in the manifest: run `dbt parse`");
        return said("not_in_manifest", message, Outcome::NotKnown);
    }
    let message = format!("{place} defines no node of this project");
    said("no_node", message, Outcome::Fine)
}

/// That dbt left a node out, and where the enabled one is.
fn disabled(loaded: &Loaded, word: &str, paths: &[PathBuf]) -> Option<String> {
    let places: Vec<(String, String)> = paths
        .iter()
        .filter_map(|path| loaded.project.place_of(path))
        .collect();
    let is_meant = |it: &&lineage::DisabledNode| {
        let is_there =
            |(package, path): &(String, String)| it.package == *package && it.path == *path;
        it.name == word || it.id.as_str() == word || places.iter().any(is_there)
    };
    let it = loaded.analysis.disabled.iter().find(is_meant)?;
    let nodes = loaded.analysis.lineage.nodes();
    let enabled = nodes.by_id(&it.id).map(|ix| &nodes.get(ix).path);
    let enabled = enabled.map_or(String::new(), |path| {
        format!("; the enabled definition is {path}")
    });
    let message = format!(
        "`{}` in {} is disabled: dbt does not build it",
        it.name, it.path
    );
    Some(message + &enabled)
}

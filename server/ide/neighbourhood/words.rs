//! What is said of each thing of a graph, in plain text.

use lineage::{
    Lineage, MatchKind, NodeIx, NodeKind, PublishedDatasource, PublishedIx, Subject, Verdict,
    WorkbookIx,
};

use super::links::Links;
use super::{NeighbourKind, Vertex};
use crate::analysis::Analysis;
use crate::exposure_plan;
use crate::exposures::subjects;
use crate::facts;
use crate::names;
use crate::text::{count, plain, safe_url, views};
use crate::tree::ids;

/// See [`super::Neighbour::id`].
pub(super) fn id(lineage: &Lineage, vertex: Vertex) -> String {
    let site = |content: usize| ids::of_site(&lineage.contents()[content]);
    let workbook = |ix: WorkbookIx| ids::of_workbook(&site(ix.content), lineage.workbook(ix));
    match vertex {
        Vertex::Node(node) => lineage.nodes().get(node).id.to_string(),
        Vertex::Published(ix) => ids::of_datasource(&site(ix.content), lineage.published(ix)),
        Vertex::Workbook(ix) => workbook(ix),
        Vertex::Dashboard(ix, place) => {
            ids::of_dashboard(&workbook(ix), &lineage.workbook(ix).dashboards[place])
        }
    }
}

pub(super) fn kind(lineage: &Lineage, vertex: Vertex) -> NeighbourKind {
    match vertex {
        Vertex::Node(node) => NeighbourKind::Node(node, lineage.nodes().get(node).kind),
        Vertex::Published(_) => NeighbourKind::Datasource,
        Vertex::Workbook(_) => NeighbourKind::Workbook,
        Vertex::Dashboard(..) => NeighbourKind::Dashboard,
    }
}

pub(super) fn label(lineage: &Lineage, vertex: Vertex) -> String {
    match vertex {
        Vertex::Node(node) => plain(&lineage.nodes().get(node).label()),
        Vertex::Published(ix) => plain(&lineage.published(ix).name),
        Vertex::Workbook(ix) => plain(&lineage.workbook(ix).name),
        Vertex::Dashboard(ix, place) => plain(&lineage.workbook(ix).dashboards[place].name),
    }
}

/// The page, if one is known that may be opened.
pub(super) fn url(analysis: &Analysis, vertex: Vertex) -> Option<String> {
    let page = |workbook, dashboard| {
        let subject = Subject {
            workbook,
            dashboard,
        };
        subjects::page_of(analysis, subject)
    };
    let url = match vertex {
        Vertex::Node(_) => None,
        Vertex::Published(ix) => {
            let url = analysis.lineage.published(ix).url.as_deref();
            url.and_then(safe_url)
        }
        Vertex::Workbook(ix) => page(ix, None),
        Vertex::Dashboard(ix, place) => page(ix, Some(place)),
    };
    url.map(str::to_owned)
}

pub(super) fn detail(links: &Links<'_>, vertex: Vertex) -> Option<String> {
    let lineage = links.lineage();
    let parts = match vertex {
        Vertex::Node(node) => of_node(links.analysis, node),
        Vertex::Published(ix) => of_published(lineage.published(ix)),
        Vertex::Workbook(ix) => of_workbook(links, ix),
        Vertex::Dashboard(ix, place) => {
            let it = &lineage.workbook(ix).dashboards[place];
            let story = it.story.then(|| "story".to_owned());
            story.into_iter().chain(it.views.map(views)).collect()
        }
    };
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// How it is built, whose it is where it is a package's, and how it stands to its file.
fn of_node(analysis: &Analysis, ix: NodeIx) -> Vec<String> {
    let nodes = analysis.lineage.nodes();
    let node = nodes.get(ix);
    let built = node.materialized.as_deref();
    let built = built.filter(|_| node.kind == NodeKind::Model).map(plain);
    let is_packages = node.package != nodes.root_package();
    let package = is_packages.then(|| format!("package {}", plain(&node.package)));
    let standing = names::standing_briefly(analysis, ix);
    let parts = [built, package, standing.map(str::to_owned)];
    parts.into_iter().flatten().collect()
}

fn of_published(it: &PublishedDatasource) -> Vec<String> {
    let certified = it.certified.then(|| "✓ certified".to_owned());
    folders(&it.project_path)
        .into_iter()
        .chain(certified)
        .collect()
}

fn of_workbook(links: &Links<'_>, ix: WorkbookIx) -> Vec<String> {
    let it = links.lineage().workbook(ix);
    let sheets = links.usage(ix).filter(|it| it.dashboards.is_empty());
    let sheets = sheets.map(|it| count(it.sheets.len(), "sheet"));
    let kind = links.usage(ix).map(|it| it.kind);
    let probable = kind.filter(|it: &MatchKind| it.is_probable());
    let without = exposure_plan::declared(links.analysis, ix).is_none();
    let parts = [
        folders(&it.project_path),
        it.views.map(views),
        sheets,
        probable.map(|it| facts::how_probable(it).to_owned()),
        without.then(|| "no exposure".to_owned()),
    ];
    parts.into_iter().flatten().collect()
}

fn folders(path: &[String]) -> Option<String> {
    (!path.is_empty()).then(|| plain(&path.join("/")))
}

/// Whether a published datasource reads any node of the project by more than a table's name.
pub(super) fn is_sure_to_read(lineage: &Lineage, ix: PublishedIx) -> bool {
    let inside = &lineage.published(ix).inside;
    let queried = inside.custom_sql.iter().flat_map(|it| &it.tables);
    let mut tables = inside.tables.iter().chain(queried);
    let own = inside.connections.first();
    tables.any(|table| {
        let connection = inside.connections.iter();
        let mut named = connection.filter(|it| Some(&it.name) == table.connection.as_ref());
        let class = named.next().or(own).map_or(&inside.class, |it| &it.class);
        let warehouse = lineage::Warehouse::from_connection_class(class);
        match lineage.find(&table.relation, &warehouse) {
            Verdict::Matched { kind, .. } => !kind.is_probable(),
            Verdict::Unmatched { .. } => false,
        }
    })
}

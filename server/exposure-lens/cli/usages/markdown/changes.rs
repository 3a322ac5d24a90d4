//! The nodes that are asked about: what becomes of each, and who reads it.
//!
//! Compared is with what is deployed: production's manifest where it is known, else the
//! manifest at hand. What that one does not have yet is taken from the manifest at hand, and
//! so are readers that only it knows: a workbook is never left out because one of the two
//! does not lead to it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use ide::{Analysis, Lost, Missing};
use lineage::{Node, NodeIx, NodeKind, Standing, UniqueId, WorkbookIx, WorkbookUsage};

use super::Look;
use super::list::{Named, Origin};
use super::paths::{Asked, Lookup};
use crate::cli::load::Deployed;
use crate::cli::usages::usages_of;
use crate::workspace::project::LoadedManifest;

/// What the files are compared with.
pub(super) struct Compared<'a> {
    /// What is deployed, as far as that is known.
    pub(super) base: &'a Analysis,
    /// The manifest behind it; without one the nodes are read from the files.
    pub(super) manifest: Option<&'a LoadedManifest>,
    /// Nodes that got another id than that manifest has, and the one that it has.
    pub(super) renamed: &'a HashMap<UniqueId, UniqueId>,
    /// What the manifest at hand says, where that is another.
    at_hand: Option<&'a Analysis>,
    /// The nodes of that manifest by their ids.
    was: HashMap<&'a UniqueId, &'a Node>,
    /// Whether it is known to be what production runs.
    pub(super) is_production: bool,
}

/// All that is asked about.
pub(super) struct Changes<'a> {
    pub(super) asked: Asked,
    pub(super) compared: Compared<'a>,
    /// What most dashboards read first.
    pub(super) nodes: Vec<Change<'a>>,
    /// What is deployed and no longer built, and read or perhaps read.
    pub(super) lost: Vec<Lost<'a>>,
    /// Nodes that dashboards read and whose files are gone though nobody named them: where
    /// something is new, that may be what became of one of them.
    pub(super) unnamed: Vec<String>,
}

/// A node that is asked about.
pub(super) struct Change<'a> {
    pub(super) label: String,
    pub(super) kind: NodeKind,
    pub(super) how: How,
    /// The workbooks that use it, most viewed first.
    pub(super) readers: Vec<Reader<'a>>,
    /// Whether `--direct` leaves out all that use it: they read what is built from it.
    pub(super) is_read_further: bool,
    /// What may hide a use of it.
    pub(super) missing: Vec<Missing>,
    /// Whether its files are as the manifest has it, so that it cannot tell what changed.
    pub(super) is_as_parsed: bool,
}

/// What the change does to a node.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum How {
    Deleted,
    New,
    /// From this name.
    Renamed(String),
    /// From this path, and nothing else.
    Moved(String),
    /// Its file is there, and not where dbt reads one.
    Unread,
    Changed,
    /// Only this file, which describes or configures it, was named.
    Described(String),
}

/// A workbook that uses a node, by what one analysis knows.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) usage: WorkbookUsage,
}

impl<'a> Compared<'a> {
    fn of(look: Look<'a>, deployed: Option<&'a Deployed>) -> Compared<'a> {
        let loaded = look.loaded;
        let production = loaded.production.as_ref();
        let is_at_hand = production.is_some_and(|it| it.place.is_at_hand(&loaded.project));
        let nodes = |it: &'a LoadedManifest| it.read.nodes.iter().map(|it| (&it.id, it)).collect();
        match deployed {
            Some(deployed) => Compared {
                was: nodes(&deployed.manifest),
                base: &deployed.analysis,
                manifest: Some(&deployed.manifest),
                renamed: &deployed.renamed,
                at_hand: Some(&loaded.analysis),
                is_production: true,
            },
            None => Compared {
                was: loaded.manifest.as_ref().map(nodes).unwrap_or_default(),
                base: &loaded.analysis,
                manifest: loaded.manifest.as_ref(),
                renamed: &loaded.renamed,
                at_hand: None,
                is_production: is_at_hand,
            },
        }
    }

    /// What is deployed first.
    pub(super) fn analyses(&self) -> impl Iterator<Item = &'a Analysis> + use<'a> {
        std::iter::once(self.base).chain(self.at_hand)
    }

    /// What a node of the manifest is called.
    fn label_of(&self, id: &UniqueId) -> String {
        let node = self.was.get(id);
        node.map_or_else(|| id.to_string(), |it| it.label())
    }

    /// The places of a node, what is deployed first.
    pub(super) fn sightings(&self, id: &UniqueId) -> Vec<(&'a Analysis, NodeIx)> {
        let seen = self.analyses().filter_map(|analysis| {
            let ix = analysis.lineage.nodes().by_id(id)?;
            Some((analysis, ix))
        });
        seen.collect()
    }
}

impl<'a> Changes<'a> {
    /// What is `named`.
    ///
    /// # Errors
    /// A word that leads to something that is neither a file nor a node.
    pub(super) fn of(
        look: Look<'a>,
        deployed: Option<&'a Deployed>,
        named: &[Named],
    ) -> Result<Changes<'a>, String> {
        let compared = Compared::of(look, deployed);
        let asked = Lookup::new(look, &compared).all(named)?;
        let nodes = asked.nodes.iter();
        let mut nodes: Vec<Change<'a>> = nodes
            .filter_map(|(id, by)| change(look, &compared, id, by.as_deref()))
            .collect();
        nodes.sort_by_cached_key(|it| {
            let n_dashboards: usize = it.readers.iter().map(|it| it.usage.dashboards.len()).sum();
            let order = (n_dashboards, it.readers.len());
            (std::cmp::Reverse(order), it.label.clone())
        });
        let wanted = |id: &UniqueId| asked.nodes.contains_key(id);
        let is_left_out = |node: &Node| look.loaded.leaves_out(node);
        let lost = compared.base.lost_relations(&wanted, &is_left_out);
        Ok(Changes {
            unnamed: match named.iter().all(|it| it.origin == Origin::Diff) {
                true => Vec::new(),
                false => unnamed(&compared, &asked, &nodes),
            },
            nodes,
            lost,
            asked,
            compared,
        })
    }

    /// The readers of all nodes.
    pub(super) fn readers(&self) -> impl Iterator<Item = &Reader<'a>> {
        self.nodes.iter().flat_map(|it| &it.readers)
    }

    /// What may hide a use of any of the nodes, each once.
    pub(super) fn missing(&self) -> BTreeSet<(&'static str, &str)> {
        let missing = self.nodes.iter().flat_map(|it| &it.missing);
        missing.map(|it| (it.code, it.message.as_str())).collect()
    }
}

/// Of a renamed file Git names the new path alone, unless it is told otherwise. Many that
/// are gone show that the manifest is of another state of the project.
fn unnamed(compared: &Compared<'_>, asked: &Asked, nodes: &[Change<'_>]) -> Vec<String> {
    if !nodes.iter().any(|it| it.how == How::New) {
        return Vec::new();
    }
    let all = compared.base.lineage.nodes();
    let is_gone = |id: &UniqueId| {
        let node = all.by_id(id).map(|ix| all.get(ix));
        node.is_some_and(|it| it.standing == Standing::Missing)
    };
    let wanted = |id: &UniqueId| is_gone(id) && !asked.nodes.contains_key(id);
    let lost = compared.base.lost_relations(&wanted, &|_| false);
    let read = lost.iter().filter(|it| !it.usages.is_empty());
    let labels: Vec<String> = read.map(|it| all.get(it.node).label()).collect();
    match labels.len() <= ide::MAX_GONE {
        true => labels,
        false => Vec::new(),
    }
}

fn change<'a>(
    look: Look<'a>,
    compared: &Compared<'a>,
    id: &UniqueId,
    by: Option<&str>,
) -> Option<Change<'a>> {
    let sightings = compared.sightings(id);
    let &(analysis, ix) = sightings.first()?;
    let node = analysis.lineage.nodes().get(ix);
    let is_new = node.standing == Standing::New || !std::ptr::eq(analysis, compared.base);
    let has_manifest = compared.manifest.is_some();
    let was_at = compared.was.get(id).map(|it| &it.path);
    let how = match (node.standing, compared.renamed.get(id)) {
        (Standing::Missing, _) if look.loaded.leaves_out(node) => How::Unread,
        (Standing::Missing, _) => How::Deleted,
        (_, Some(was)) => How::Renamed(compared.label_of(was)),
        _ if is_new && has_manifest => How::New,
        (standing, _) => match (by, was_at) {
            (Some(path), _) => How::Described(path.to_owned()),
            (None, Some(path)) if standing == Standing::Parsed && *path != node.path => {
                How::Moved(path.clone())
            }
            (None, _) => How::Changed,
        },
    };
    // What is new there is best known by the manifest at hand, where that has it.
    let telling = sightings.last().filter(|_| is_new).unwrap_or(&sightings[0]);
    let readers = readers(look, &sightings);
    let is_left_out = look.args.direct && readers.is_empty();
    let is_used = |(it, ix): &(&Analysis, NodeIx)| !it.lineage.downstream_of(*ix).is_empty();
    Some(Change {
        label: node.label(),
        missing: telling.0.missing(telling.1),
        is_read_further: is_left_out && sightings.iter().any(is_used),
        readers,
        is_as_parsed: node.standing == Standing::Parsed && !compared.is_production,
        kind: node.kind,
        how,
    })
}

/// The workbooks that use a node by any of its sightings, each once with all that is reached.
fn readers<'a>(look: Look<'a>, sightings: &[(&'a Analysis, NodeIx)]) -> Vec<Reader<'a>> {
    let mut by_workbook: BTreeMap<WorkbookIx, Reader<'a>> = BTreeMap::new();
    for &(analysis, ix) in sightings {
        for usage in usages_of(analysis, look.args, ix) {
            match by_workbook.entry(usage.workbook) {
                Entry::Occupied(mut known) => add(&mut known.get_mut().usage, &usage),
                Entry::Vacant(place) => _ = place.insert(Reader { analysis, usage }),
            }
        }
    }
    let mut all: Vec<Reader<'a>> = by_workbook.into_values().collect();
    all.sort_by_cached_key(|it| {
        let workbook = it.analysis.lineage.workbook(it.usage.workbook);
        let order = (workbook.views, it.usage.dashboards.len());
        let name = (workbook.name.clone(), workbook.luid.clone());
        (std::cmp::Reverse(order), name, it.usage.workbook)
    });
    all
}

/// Adds what of the same workbook is reached on another way.
fn add(known: &mut WorkbookUsage, more: &WorkbookUsage) {
    for it in &more.dashboards {
        let is_known = known
            .dashboards
            .iter()
            .any(|had| had.dashboard == it.dashboard);
        if !is_known {
            known.dashboards.push(*it);
        }
    }
    let sheets = more.sheets.iter().filter(|it| !known.sheets.contains(it));
    let sheets: Vec<usize> = sheets.copied().collect();
    known.sheets.extend(sheets);
}

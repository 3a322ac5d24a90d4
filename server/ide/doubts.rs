//! What leaves answers in doubt beside the gaps of the content: names that nobody has
//! confirmed, files that could not be read, names that only dbt can work out.
//!
//! An answer is asked for every node of a project in one go, so this is worked out once
//! for an analysis. What it comes to for one node is in [`crate::missing`].

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::OnceLock;

use lineage::{
    Lineage, NameComparison, NamedBy, Node, NodeIx, NodeKind, Reason, Standing, Unmatched, Usage,
    Verdict,
};

use crate::analysis::{Analysis, ProjectFacts};
use crate::locate;
use crate::missing::{self, Missing};
use crate::names;
use crate::text::count;

/// What leaves answers in doubt; empty until it is asked for. A copy starts empty, since
/// what it is a copy of may be changed before it is asked.
#[derive(Debug, Default)]
pub struct Doubts(OnceLock<Known>);

#[derive(Debug)]
pub(crate) struct Known {
    /// What leaves every node in doubt.
    pub(crate) everywhere: Vec<Missing>,
    /// What leaves those nodes in doubt that only files define.
    pub(crate) unread_code: Option<Missing>,
    /// Nodes of which it is not known what the warehouse calls them or something built
    /// from them, each with the nearest of which it is not.
    pub(crate) nameless: HashMap<NodeIx, NodeIx>,
}

impl Clone for Doubts {
    fn clone(&self) -> Doubts {
        Doubts::default()
    }
}

impl Doubts {
    pub(crate) fn of(analysis: &Analysis) -> &Known {
        analysis.doubts.0.get_or_init(|| Known::of(analysis))
    }
}

impl Known {
    fn of(analysis: &Analysis) -> Known {
        let lineage = &analysis.lineage;
        let nodes = lineage.nodes().iter();
        let nameless = nodes.filter(|(_, it)| is_nameless(it, lineage));
        let nameless = built_into(lineage, nameless.map(|(ix, _)| ix).collect());
        let mut everywhere = Vec::new();
        everywhere.extend(skipped(&analysis.project));
        everywhere.extend(no_workbooks(lineage));
        everywhere.extend(unconfirmed(analysis));
        everywhere.extend(unread_refs(lineage, &nameless));
        let unread = &analysis.project.unread_code;
        everywhere.extend(unread_code(
            unread.iter().filter(|it| may_tie(analysis, it)),
        ));
        Known {
            everywhere,
            unread_code: unread_code(unread.iter()),
            nameless,
        }
    }
}

fn skipped(project: &ProjectFacts) -> Option<Missing> {
    (project.n_skipped > 0).then(|| {
        let n_skipped = count(project.n_skipped, "definition");
        let message = format!("{n_skipped} of the manifest could not be read");
        Missing {
            code: "manifest_definitions_skipped",
            message,
        }
    })
}

fn no_workbooks(lineage: &Lineage) -> Option<Missing> {
    let is_empty = lineage.workbooks().next().is_none() && lineage.gaps().is_empty();
    is_empty.then(|| {
        let mut contents = lineage.contents().iter();
        let only = match contents.any(|it| !it.datasources.is_empty()) {
            true => ", only datasources",
            false => "",
        };
        Missing {
            code: "no_workbooks",
            message: format!("no workbook was found{only}"),
        }
    })
}

/// Tableau's names and dbt's differ, and nobody has said how.
fn unconfirmed(analysis: &Analysis) -> Option<Missing> {
    if nothing_matches(&analysis.lineage) {
        let message = "none of Tableau's tables is one that dbt builds here: the manifest may be \
                       of another target";
        return Some(Missing {
            code: "nothing_matches",
            message: message.to_owned(),
        });
    }
    if only_elsewhere(&analysis.lineage) {
        let message = "Tableau reads tables with dbt's names on another kind of warehouse than \
                       the manifest's: it may be of another target";
        return Some(Missing {
            code: "nothing_matches",
            message: message.to_owned(),
        });
    }
    let message = match &analysis.proposal {
        Some(proposal) => format!(
            "nobody has accepted {} yet: Tableau may call other nodes otherwise too",
            names::proposed(proposal)
        ),
        None if is_confirmed(analysis) || !has_other_names(analysis) => return None,
        None => "most of Tableau's tables that have a name of dbt's lie elsewhere: the names here \
                 may be of another target"
            .to_owned(),
    };
    Some(Missing {
        code: "names_unconfirmed",
        message,
    })
}

/// Tables are read that might be dbt's, and not one is found to be built by it. A
/// developer's target can name everything anew.
fn nothing_matches(lineage: &Lineage) -> bool {
    let is_built = |it: &Usage| lineage.nodes().get(it.node).kind != NodeKind::Source;
    let is_unknown = |it: &Unmatched| it.reason == Reason::NoSuchRelation;
    !lineage.usages().iter().any(is_built) && lineage.unmatched().iter().any(is_unknown)
}

/// Whether not one table is found to be built by dbt, and some on another kind of warehouse
/// have the names of what it builds: people develop on DuckDB what runs on Snowflake.
fn only_elsewhere(lineage: &Lineage) -> bool {
    let is_built = |it: &Node| it.kind != NodeKind::Source;
    let mut usages = lineage.usages().iter();
    if usages.any(|it| is_built(lineage.nodes().get(it.node))) {
        return false;
    }
    let unmatched = lineage.unmatched().iter();
    let elsewhere = unmatched.filter(|it| it.reason == Reason::OtherWarehouse);
    let mut elsewhere = elsewhere.filter_map(|it| it.relation.as_ref()).peekable();
    if elsewhere.peek().is_none() {
        return false;
    }
    let nodes = lineage.nodes().iter().map(|(_, it)| it);
    let built = nodes.filter(|it| is_built(it));
    let names: HashSet<String> = built
        .filter_map(|it| Some(it.relation.as_ref()?.name.folded()))
        .collect();
    elsewhere.any(|it| names.contains(&it.name.folded()))
}

/// Whether far more tables have only the name of one of dbt's than are one. Tables of
/// names that dbt does not have are no sign of it: not all that Tableau reads is dbt's.
fn has_other_names(analysis: &Analysis) -> bool {
    let fit = analysis.fit();
    let unmatched = analysis.lineage.unmatched().iter();
    let elsewhere = unmatched
        .filter(|it| it.reason == Reason::NoSuchRelation && !it.candidates.is_empty())
        .count();
    fit.n_by_name + elsewhere > 3 * fit.n_matched
}

/// Whether somebody says what production calls the nodes: tables that still match
/// nothing are then no sign of another target. A rule may be wrong, so it says nothing
/// while no table at all is found.
fn is_confirmed(analysis: &Analysis) -> bool {
    let lineage = &analysis.lineage;
    let any_found = analysis.fit().n_matched > 0;
    let is_said = |it: &NameComparison| match it.named_by {
        Some(NamedBy::Manifest(_) | NamedBy::Snapshot) => true,
        Some(NamedBy::Rule(_)) => any_found,
        Some(NamedBy::Proposal(_)) | None => false,
    };
    lineage.nodes().iter().any(|(ix, node)| {
        let own = node.relation.as_ref();
        // Production's name counts too where it is the same as here.
        own.is_some_and(|own| lineage.compare(ix, own).iter().any(is_said))
    })
}

/// Nodes that dashboards reach, or may, and that read others by names that only dbt can
/// work out: any node may be among those.
fn unread_refs(lineage: &Lineage, nameless: &HashMap<NodeIx, NodeIx>) -> Option<Missing> {
    let may_be_read = |ix: NodeIx| {
        lineage.is_used(ix)
            || nameless.contains_key(&ix)
            || !lineage.near_misses(ix).is_empty()
            || lineage.gaps_about(ix).next().is_some()
    };
    let nodes = lineage.nodes().iter();
    let reads = nodes.filter(|(ix, it)| it.reads_unknown && may_be_read(*ix));
    let labels: Vec<String> = reads.map(|(_, it)| format!("`{}`", it.label())).collect();
    let verb = match labels.len() {
        0 => return None,
        1 => "reads",
        _ => "read",
    };
    let labels = missing::names(labels.iter().map(String::as_str).collect());
    let message = format!("{labels} {verb} nodes whose names only dbt can work out");
    Some(Missing {
        code: "refs_unread",
        message,
    })
}

/// Whether a file that could not be read may tie nodes of a manifest together in a way
/// that the manifest does not tell. Of properties files only snapshots do, which is rare
/// enough: half-typed YAML is not.
fn may_tie(analysis: &Analysis, path: &str) -> bool {
    let nodes = analysis.lineage.nodes();
    let is_known = || !nodes.in_file(nodes.root_package(), path).is_empty();
    !analysis.project.has_manifest || !(locate::is_yaml(path) || is_known())
}

fn unread_code<'a>(paths: impl Iterator<Item = &'a String>) -> Option<Missing> {
    let paths: Vec<&str> = paths.map(String::as_str).collect();
    (!paths.is_empty()).then(|| {
        let files = count(paths.len(), "file");
        let message = format!(
            "{files} of the project could not be read ({})",
            missing::names(paths)
        );
        Missing {
            code: "code_unread",
            message,
        }
    })
}

/// Whether it is not even known in which schema a node of the files lies, or under which
/// name. What a manifest says is known.
fn is_nameless(node: &Node, lineage: &Lineage) -> bool {
    if node.standing != Standing::New {
        return false;
    }
    let is_ephemeral = node.materialized.as_deref() == Some("ephemeral");
    let in_two_levels = !lineage.warehouse().has_database_level();
    match &node.relation {
        None => !is_ephemeral,
        Some(it) => it.schema.is_none() && !(in_two_levels && it.database.is_some()),
    }
}

/// `ends` and what they are built from, each with the nearest end. A source that the
/// project builds itself leads on.
fn built_into(lineage: &Lineage, ends: Vec<NodeIx>) -> HashMap<NodeIx, NodeIx> {
    let mut found: HashMap<NodeIx, NodeIx> = ends.iter().map(|&ix| (ix, ix)).collect();
    let mut ahead = VecDeque::from(ends);
    while let Some(ix) = ahead.pop_front() {
        let end = found[&ix];
        let parents = lineage.nodes().parents(ix).chain(builder_of(lineage, ix));
        for parent in parents {
            if let Entry::Vacant(it) = found.entry(parent) {
                it.insert(end);
                ahead.push_back(parent);
            }
        }
    }
    found
}

fn builder_of(lineage: &Lineage, ix: NodeIx) -> Option<NodeIx> {
    let node = lineage.nodes().get(ix);
    let relation = node.relation.as_ref();
    let relation = relation.filter(|_| node.kind == NodeKind::Source)?;
    match lineage.find(relation, lineage.warehouse()) {
        Verdict::Matched { nodes, .. } => nodes.into_iter().find(|&it| it != ix),
        Verdict::Unmatched { .. } => None,
    }
}

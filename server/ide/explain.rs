//! Why a node has the dashboards it has, and why a table matched nothing.

use std::collections::BTreeSet;

use lineage::{
    Evidence, Identifier, Lineage, MatchKind, NameComparison, NamedBy, NodeIx, PartFit, Reason,
    Relation, Standing, Unmatched, Verdict, Warehouse, WorkbookIx, WorkbookUsage,
};

use crate::analysis::Analysis;
use crate::missing::{self, Missing};
use crate::names;
use crate::text::plain;

/// Why a node has the dashboards it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The node.
    pub node: NodeIx,
    /// What it is called, production's name first.
    pub names: Vec<NodeName>,
    /// How it stands to the manifest, for people, where it is not as dbt parsed it.
    pub standing: Option<&'static str>,
    /// The tables of Tableau's that were held to be this node, with who reads them.
    pub matched: Vec<Matched>,
    /// The workbooks that use it only through what is built from it.
    pub downstream: Vec<WorkbookUsage>,
    /// Tables that have its name and matched nothing.
    pub near: Vec<TableExplanation>,
    /// What may hide a use.
    pub missing: Vec<Missing>,
}

/// A name of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeName {
    /// The name.
    pub relation: Relation,
    /// Who says that production calls it so; `None` for the manifest at hand and for
    /// the project's files.
    pub named_by: Option<NamedBy>,
    /// Who says so, for people: `team snapshot`.
    pub said_by: String,
}

/// A table of Tableau's that was held to be a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// As Tableau writes it.
    pub table: String,
    /// The workbook that reads it.
    pub workbook: WorkbookIx,
    /// The datasource that reads it, as people know it.
    pub datasource: String,
    /// How sure the match is.
    pub kind: MatchKind,
    /// Where it was seen.
    pub evidence: BTreeSet<Evidence>,
}

/// Why a table of Tableau's matched what it matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableExplanation {
    /// As Tableau writes it.
    pub table: String,
    /// The class of the connection that it was met on, where it was.
    pub connection: Option<String>,
    /// The workbooks that read it, where it was met in one.
    pub workbooks: Vec<String>,
    /// The nodes that own it and how sure that is.
    pub matched: Option<(Vec<NodeIx>, MatchKind)>,
    /// The owners compared with it: under which of their names it is theirs.
    pub owners: Vec<Candidate>,
    /// Why it matched nothing.
    pub reason: Option<Reason>,
    /// Nodes to compare with.
    pub candidates: Vec<Candidate>,
}

/// A node to compare with a table, and the parts of the name that differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The node.
    pub node: NodeIx,
    /// How the name that counts differs, for people: `schema: MARTS in Tableau,
    /// dbt_alice_marts in dbt`.
    pub differs: Vec<String>,
    /// Every name of the node, the one that counts first; none where it has no table.
    pub names: Vec<ComparedName>,
}

/// A name of a node, compared with a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedName {
    /// The name.
    pub name: NodeName,
    /// The parts that differ, for people; none where the table bears this name.
    pub differs: Vec<String>,
}

pub(crate) fn node(analysis: &Analysis, node: NodeIx) -> Explanation {
    let lineage = &analysis.lineage;
    let matched = lineage.direct_usages(node).map(|usage| Matched {
        table: usage.table.clone(),
        workbook: usage.workbook,
        datasource: lineage.workbook(usage.workbook).datasources[usage.datasource]
            .title()
            .to_owned(),
        kind: usage.kind,
        evidence: usage.evidence.clone(),
    });
    let mut downstream = lineage.downstream_of(node);
    downstream.retain(|it| !it.is_direct());
    Explanation {
        node,
        names: names_of(analysis, node),
        standing: names::standing(analysis, node),
        matched: matched.collect(),
        downstream,
        near: near(analysis, node),
        missing: missing::of_node(analysis, node),
    }
}

/// The tables that have the name of the node or of what is built from it, each once.
fn near(analysis: &Analysis, node: NodeIx) -> Vec<TableExplanation> {
    let mut near: Vec<(&Unmatched, Vec<NodeIx>)> = Vec::new();
    for it in analysis.lineage.near_misses(node) {
        match near
            .iter_mut()
            .find(|(table, _)| std::ptr::eq(*table, it.table))
        {
            Some((_, nodes)) => nodes.push(it.node),
            None => near.push((it.table, vec![it.node])),
        }
    }
    near.into_iter()
        .map(|(table, nodes)| unmatched(analysis, table, nodes))
        .collect()
}

/// A table that was met and matched nothing, compared with `nodes`.
fn unmatched(analysis: &Analysis, it: &Unmatched, nodes: Vec<NodeIx>) -> TableExplanation {
    let relation = it.relation.as_ref();
    let compare = |node| Some(candidate(analysis, node, relation?));
    TableExplanation {
        table: it.table.clone(),
        connection: Some(it.connection.clone()).filter(|class| !class.is_empty()),
        workbooks: it.workbooks.clone(),
        matched: None,
        owners: Vec::new(),
        reason: Some(it.reason),
        candidates: nodes.into_iter().filter_map(compare).collect(),
    }
}

/// What was met under this name and matched nothing, table or not: a query and a
/// published datasource have names too.
pub(crate) fn met(analysis: &Analysis, name: &str) -> Vec<TableExplanation> {
    let all = analysis.lineage.unmatched().iter();
    all.filter(|it| it.table.eq_ignore_ascii_case(name))
        .map(|it| {
            let table = it.relation.as_ref();
            let nodes = table.map(|table| candidates(analysis, table, &it.connection));
            unmatched(analysis, it, nodes.unwrap_or_default())
        })
        .collect()
}

/// Nodes to compare with a table that leads to none.
fn candidates(analysis: &Analysis, table: &Relation, class: &str) -> Vec<NodeIx> {
    let connection = Warehouse::from_connection_class(class);
    match analysis.lineage.find(table, &connection) {
        Verdict::Unmatched {
            reason: Reason::OtherWarehouse | Reason::NotAWarehouse,
            ..
        } => Vec::new(),
        Verdict::Unmatched { candidates, .. } if !candidates.is_empty() => candidates,
        _ => nearest_names(analysis, &table.name.text),
    }
}

pub(crate) fn table(analysis: &Analysis, table: &Relation) -> TableExplanation {
    let lineage = &analysis.lineage;
    let verdict = lineage.find(table, &Warehouse::Generic);
    let readers: BTreeSet<&str> = match &verdict {
        Verdict::Matched { nodes, .. } => readers(lineage, nodes),
        Verdict::Unmatched { .. } => lineage
            .unmatched()
            .iter()
            .filter(|it| it.relation.as_ref().is_some_and(|it| is_same(it, table)))
            .flat_map(|it| it.workbooks.iter().map(String::as_str))
            .collect(),
    };
    let (matched, reason, nodes) = match verdict {
        Verdict::Matched { nodes, kind } => (Some((nodes, kind)), None, Vec::new()),
        Verdict::Unmatched { reason, .. } => (None, Some(reason), candidates(analysis, table, "")),
    };
    let compared = |nodes: &[NodeIx]| -> Vec<Candidate> {
        let nodes = nodes.iter();
        nodes.map(|&it| candidate(analysis, it, table)).collect()
    };
    let mut owners = matched.as_ref().map(|(nodes, _)| compared(nodes));
    owners.iter_mut().flatten().for_each(count_nearest);
    TableExplanation {
        table: table.to_string(),
        connection: None,
        workbooks: readers.into_iter().map(str::to_owned).collect(),
        owners: owners.unwrap_or_default(),
        matched,
        reason,
        candidates: compared(&nodes),
    }
}

/// The workbooks that read one of `nodes` itself.
fn readers<'a>(lineage: &'a Lineage, nodes: &[NodeIx]) -> BTreeSet<&'a str> {
    let usages = nodes.iter().flat_map(|&ix| lineage.direct_usages(ix));
    usages
        .map(|it| lineage.workbook(it.workbook).name.as_str())
        .collect()
}

/// Whether two names of a table may mean the same: no part that both have differs.
fn is_same(a: &Relation, b: &Relation) -> bool {
    let differs = |a: Option<&Identifier>, b: Option<&Identifier>| {
        a.zip(b).is_some_and(|(a, b)| a.folded() != b.folded())
    };
    a.name.folded() == b.name.folded()
        && !differs(a.schema.as_ref(), b.schema.as_ref())
        && !differs(a.database.as_ref(), b.database.as_ref())
}

/// Compared under every name of the node. What production calls it counts, where that
/// is known.
fn candidate(analysis: &Analysis, node: NodeIx, table: &Relation) -> Candidate {
    let compared = analysis.lineage.compare(node, table).into_iter();
    let mut names: Vec<ComparedName> = compared
        .map(|it| ComparedName {
            differs: differences(analysis, &it, table),
            name: node_name(analysis, node, it),
        })
        .collect();
    names.sort_by_key(|it| it.name.named_by.is_none());
    let differs = names.first().map_or_else(
        || vec!["it has no table of its own".to_owned()],
        |it| it.differs.clone(),
    );
    Candidate {
        node,
        differs,
        names,
    }
}

/// Of an owner the name counts under which the table is its own.
fn count_nearest(owner: &mut Candidate) {
    let nearest = owner.names.iter().min_by_key(|it| it.differs.len());
    if let Some(nearest) = nearest {
        owner.differs = nearest.differs.clone();
    }
}

/// What a node is called, production's names first.
fn names_of(analysis: &Analysis, node: NodeIx) -> Vec<NodeName> {
    let own = analysis.lineage.nodes().get(node).relation.as_ref();
    let Some(any) = own.or_else(|| analysis.lineage.production_relation(node)) else {
        return Vec::new();
    };
    let names = candidate(analysis, node, any).names;
    names.into_iter().map(|it| it.name).collect()
}

fn node_name(analysis: &Analysis, node: NodeIx, compared: NameComparison) -> NodeName {
    let it = analysis.lineage.nodes().get(node);
    let production = analysis.lineage.production_relation(node);
    let is_view = match compared.named_by {
        Some(_) => production != Some(&compared.name),
        None => it.relation.as_ref() != Some(&compared.name),
    };
    let said_by = match &compared.named_by {
        Some(named_by) => names::said_by(named_by, plain),
        None if it.standing == Standing::New => "project's files".to_owned(),
        None => "manifest".to_owned(),
    };
    NodeName {
        relation: compared.name,
        said_by: match is_view {
            true => format!("{said_by}, for the view on the latest version"),
            false => said_by,
        },
        named_by: compared.named_by,
    }
}

fn differences(analysis: &Analysis, compared: &NameComparison, table: &Relation) -> Vec<String> {
    let ours_is = match compared.named_by {
        Some(_) => "in production",
        None => "in dbt",
    };
    let ours = &compared.name;
    let has_databases = analysis.lineage.warehouse().has_database_level();
    // Where there is one level above the name, it may be written as either.
    let schema = |it: &Relation| {
        let above = it.schema.clone();
        above.or_else(|| it.database.clone().filter(|_| !has_databases))
    };
    let parts = [
        (
            "database",
            compared.database,
            table.database.clone(),
            ours.database.clone(),
        ),
        ("schema", compared.schema, schema(table), schema(ours)),
        (
            "name",
            compared.table,
            Some(table.name.clone()),
            Some(ours.name.clone()),
        ),
    ];
    let differ = parts.into_iter().filter_map(|(part, fit, theirs, ours)| {
        difference(fit, theirs.as_ref(), ours.as_ref(), ours_is)
            .map(|difference| format!("{part}: {difference}"))
    });
    differ.collect()
}

fn difference(
    fit: PartFit,
    theirs: Option<&Identifier>,
    ours: Option<&Identifier>,
    ours_is: &str,
) -> Option<String> {
    let text = |it: Option<&Identifier>| it.map(|it| it.text.clone());
    match (fit, text(theirs), text(ours)) {
        (PartFit::Equal, ..) | (_, None, None) => None,
        (PartFit::CaseDiffers, Some(theirs), Some(ours)) => {
            Some(format!("{theirs} and {ours} differ in case"))
        }
        (PartFit::Unknown, Some(theirs), Some(ours)) => Some(format!(
            "{theirs} in Tableau cannot be compared with {ours} {ours_is}"
        )),
        (_, Some(theirs), Some(ours)) => Some(format!("{theirs} in Tableau, {ours} {ours_is}")),
        (_, None, Some(ours)) => Some(format!("not known in Tableau, {ours} {ours_is}")),
        (_, Some(theirs), None) => Some(format!("{theirs} in Tableau, none {ours_is}")),
    }
}

/// Nodes whose relation's name is nearly that of a table.
fn nearest_names(analysis: &Analysis, name: &str) -> Vec<NodeIx> {
    let mut near: Vec<(usize, NodeIx)> = Vec::new();
    for (ix, node) in analysis.lineage.nodes().iter() {
        let relation = node.relation.as_ref();
        let distance = relation.and_then(|it| nearness(name, &it.name.text));
        near.extend(distance.map(|distance| (distance, ix)));
    }
    near.sort();
    near.into_iter().take(5).map(|(_, ix)| ix).collect()
}

/// The table that no node owns whose name is nearest to a node's, if one is near at all.
pub(crate) fn nearest_table(analysis: &Analysis, node: NodeIx) -> Option<&Unmatched> {
    let relation = analysis.lineage.nodes().get(node).relation.as_ref()?;
    let unmatched = analysis.lineage.unmatched().iter();
    let near = unmatched
        .filter(|it| it.reason == Reason::NoSuchRelation)
        .filter_map(|it| {
            let name = &it.relation.as_ref()?.name.text;
            Some((nearness(name, &relation.name.text)?, it))
        });
    near.min_by_key(|(distance, it)| (*distance, it.table.clone()))
        .map(|(_, it)| it)
}

/// No warehouse has longer names.
const MAX_NAME: usize = 300;

/// How far apart two names are, where they are near: a typing error or two, or one
/// of them inside the other.
fn nearness(a: &str, b: &str) -> Option<usize> {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let shorter = a.chars().count().min(b.chars().count());
    let holds = shorter > 3 && (a.contains(&b) || b.contains(&a));
    // Names of very different length are far apart, and a hostile one may be megabytes long.
    if shorter > MAX_NAME || (!holds && a.len().abs_diff(b.len()) > 8) {
        return None;
    }
    let distance = match a.len().max(b.len()) {
        0..=MAX_NAME => strsim::damerau_levenshtein(&a, &b),
        longer => longer - shorter,
    };
    (holds || distance <= 2.min(shorter / 3)).then_some(distance)
}

#[cfg(test)]
mod tests;

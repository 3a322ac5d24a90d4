//! Why a node has the dashboards it has, and why a table matched nothing.

use std::collections::BTreeSet;

use lineage::{Evidence, MatchKind, NodeIx, Reason, Relation, Verdict, Warehouse, WorkbookIx};

use crate::analysis::Analysis;
use crate::missing::{self, Missing};

/// Why a node has the dashboards it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The node.
    pub node: NodeIx,
    /// The tables of Tableau's that were held to be this node, with who reads them.
    pub matched: Vec<Matched>,
    /// Tables that have its name and matched nothing.
    pub near: Vec<TableExplanation>,
    /// What may hide a use.
    pub missing: Vec<Missing>,
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
    /// The workbooks that read it, where it was met in one.
    pub workbooks: Vec<String>,
    /// The nodes that own it and how sure that is.
    pub matched: Option<(Vec<NodeIx>, MatchKind)>,
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
    /// For people: `schema: MARTS in Tableau, dbt_alice_marts in dbt`.
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
    let near = lineage
        .near_misses(node)
        .into_iter()
        .map(|it| TableExplanation {
            table: it.table.table.clone(),
            workbooks: it.table.workbooks.clone(),
            matched: None,
            reason: Some(it.table.reason),
            candidates: it
                .table
                .relation
                .iter()
                .map(|table| candidate(analysis, it.node, table))
                .collect(),
        });
    Explanation {
        node,
        matched: matched.collect(),
        near: near.collect(),
        missing: missing::of_node(analysis, node),
    }
}

pub(crate) fn table(analysis: &Analysis, table: &Relation) -> TableExplanation {
    let lineage = &analysis.lineage;
    let (matched, reason, candidates) = match lineage.find(table, &Warehouse::Generic) {
        Verdict::Matched { nodes, kind } => (Some((nodes, kind)), None, Vec::new()),
        Verdict::Unmatched { reason, candidates } => (None, Some(reason), candidates),
    };
    let candidates = if candidates.is_empty() && matched.is_none() {
        nearest_names(analysis, &table.name.text)
    } else {
        candidates
    };
    let name = table.name.folded();
    let readers = lineage.unmatched().iter().filter(|it| {
        it.relation
            .as_ref()
            .is_some_and(|other| other.name.folded() == name)
    });
    let workbooks: BTreeSet<String> = readers
        .flat_map(|it| it.workbooks.iter().cloned())
        .collect();
    TableExplanation {
        table: table.to_string(),
        workbooks: workbooks.into_iter().collect(),
        matched,
        reason,
        candidates: candidates
            .into_iter()
            .map(|it| candidate(analysis, it, table))
            .collect(),
    }
}

fn candidate(analysis: &Analysis, node: NodeIx, table: &Relation) -> Candidate {
    let Some(ours) = &analysis.lineage.nodes().get(node).relation else {
        return Candidate {
            node,
            differs: vec!["it has no table of its own".to_owned()],
        };
    };
    let case = analysis.lineage.warehouse().case();
    let parts = [
        ("database", table.database.as_ref(), ours.database.as_ref()),
        ("schema", table.schema.as_ref(), ours.schema.as_ref()),
        ("name", Some(&table.name), Some(&ours.name)),
    ];
    let differs = parts
        .into_iter()
        .filter_map(|(part, theirs, ours)| match (theirs, ours) {
            (Some(theirs), Some(ours)) if theirs.stored(case) == ours.stored(case) => None,
            (Some(theirs), Some(ours)) if theirs.folded() == ours.folded() => Some(format!(
                "{part}: {} and {} differ in case",
                theirs.text, ours.text
            )),
            (Some(theirs), Some(ours)) => Some(format!(
                "{part}: {} in Tableau, {} in dbt",
                theirs.text, ours.text
            )),
            (None, Some(ours)) => Some(format!(
                "{part}: not known in Tableau, {} in dbt",
                ours.text
            )),
            (Some(theirs), None) => {
                Some(format!("{part}: {} in Tableau, none in dbt", theirs.text))
            }
            (None, None) => None,
        });
    Candidate {
        node,
        differs: differs.collect(),
    }
}

/// Nodes whose relation's name holds the table's or is held by it, or is a letter or two off.
fn nearest_names(analysis: &Analysis, name: &str) -> Vec<NodeIx> {
    let wanted = name.to_lowercase();
    let mut near: Vec<(usize, NodeIx)> = Vec::new();
    for (ix, node) in analysis.lineage.nodes().iter() {
        let Some(relation) = &node.relation else {
            continue;
        };
        let own = relation.name.folded();
        let distance = strsim::damerau_levenshtein(&wanted, &own);
        let holds =
            wanted.len() > 3 && own.len() > 3 && (own.contains(&wanted) || wanted.contains(&own));
        if holds || distance <= 2 {
            near.push((distance, ix));
        }
    }
    near.sort();
    near.into_iter().take(5).map(|(_, ix)| ix).collect()
}

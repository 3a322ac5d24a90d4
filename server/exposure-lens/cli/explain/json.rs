//! The JSON answer of `explain`. Candidates stand nearest first.

use ide::{Candidate, ComparedName, Explanation, Matched, NodeName, TableExplanation};
use lineage::{NamedBy, NodeIx, Relation, UniqueId, WorkbookUsage};
use serde::Serialize;

use crate::cli::load::Loaded;
use crate::output::json_v1::{self, Note, Pending};

#[derive(Serialize)]
pub(super) struct Answer {
    version: u32,
    nodes: Vec<NodeOut>,
    tables: Vec<TableOut>,
}

#[derive(Serialize)]
struct NodeOut {
    unique_id: String,
    relation: Option<String>,
    production_relation: Option<String>,
    names: Vec<NameOut>,
    standing: Option<&'static str>,
    pending: Vec<Pending>,
    matched: Vec<MatchedOut>,
    downstream: Vec<Way>,
    near: Vec<TableOut>,
    missing: Vec<Note>,
}

/// A name of a node, and who says so.
#[derive(Serialize)]
struct NameOut {
    relation: String,
    /// `project` (the manifest at hand, or files), `manifest` (of production), `snapshot`,
    /// `rule`, `proposal`.
    named_by: &'static str,
    said_by: String,
}

#[derive(Serialize)]
struct MatchedOut {
    table: String,
    workbook: String,
    datasource: String,
    r#match: &'static str,
    evidence: Vec<&'static str>,
}

/// How a workbook uses a node through what is built from it.
#[derive(Serialize)]
struct Way {
    workbook: String,
    via: Vec<String>,
    r#match: &'static str,
}

#[derive(Serialize)]
struct TableOut {
    table: String,
    connection: Option<String>,
    workbooks: Vec<String>,
    nodes: Vec<String>,
    r#match: Option<&'static str>,
    reason: Option<&'static str>,
    owners: Vec<CandidateOut>,
    candidates: Vec<CandidateOut>,
    /// Nodes that production builds as this table and the project does not have.
    only_in_production: Vec<String>,
}

#[derive(Serialize)]
struct CandidateOut {
    unique_id: String,
    relation: Option<String>,
    differs: Vec<String>,
    names: Vec<ComparedOut>,
}

#[derive(Serialize)]
struct ComparedOut {
    #[serde(flatten)]
    name: NameOut,
    differs: Vec<String>,
}

impl Answer {
    pub(super) fn of(loaded: &Loaded, answer: &super::Answer) -> Answer {
        Answer {
            version: 1,
            nodes: answer.nodes.iter().map(|it| node(loaded, it)).collect(),
            tables: answer.tables.iter().map(|it| table(loaded, it)).collect(),
        }
    }
}

fn node(loaded: &Loaded, it: &Explanation) -> NodeOut {
    let mut missing: Vec<Note> = it
        .missing
        .iter()
        .map(|it| Note {
            code: it.code.to_owned(),
            message: it.message.clone(),
        })
        .collect();
    missing.sort();
    NodeOut {
        unique_id: id(loaded, it.node),
        relation: relation(loaded, it.node),
        production_relation: json_v1::production_relation(&loaded.analysis, it.node),
        names: it.names.iter().map(name).collect(),
        standing: it.standing,
        pending: Pending::of(&loaded.analysis, it.node),
        matched: it.matched.iter().map(|it| matched(loaded, it)).collect(),
        downstream: it.downstream.iter().map(|it| way(loaded, it)).collect(),
        near: it.near.iter().map(|it| table(loaded, it)).collect(),
        missing,
    }
}

fn matched(loaded: &Loaded, it: &Matched) -> MatchedOut {
    let workbook = loaded.analysis.lineage.workbook(it.workbook);
    MatchedOut {
        table: it.table.clone(),
        workbook: workbook.name.clone(),
        datasource: it.datasource.clone(),
        r#match: it.kind.as_str(),
        evidence: it.evidence.iter().map(|it| it.as_str()).collect(),
    }
}

fn way(loaded: &Loaded, it: &WorkbookUsage) -> Way {
    let workbook = loaded.analysis.lineage.workbook(it.workbook);
    Way {
        workbook: workbook.name.clone(),
        via: it.via.iter().map(|&ix| id(loaded, ix)).collect(),
        r#match: it.kind.as_str(),
    }
}

fn table(loaded: &Loaded, it: &TableExplanation) -> TableOut {
    let matched = it.matched.as_ref();
    let nodes = matched.into_iter().flat_map(|(nodes, _)| nodes);
    let compared = |it: &Candidate| candidate(loaded, it);
    let only = built_in_production(loaded, it);
    TableOut {
        table: it.table.clone(),
        connection: it.connection.clone(),
        workbooks: it.workbooks.clone(),
        nodes: nodes.map(|&node| id(loaded, node)).collect(),
        r#match: matched.map(|(_, kind)| kind.as_str()),
        reason: it.reason.map(lineage::Reason::as_str),
        owners: it.owners.iter().map(compared).collect(),
        candidates: it.candidates.iter().map(compared).collect(),
        only_in_production: only.into_iter().map(|(id, _)| id.to_string()).collect(),
    }
}

fn candidate(loaded: &Loaded, it: &Candidate) -> CandidateOut {
    let names = it
        .names
        .iter()
        .map(|ComparedName { name: it, differs }| ComparedOut {
            name: name(it),
            differs: differs.clone(),
        });
    CandidateOut {
        unique_id: id(loaded, it.node),
        relation: relation(loaded, it.node),
        differs: it.differs.clone(),
        names: names.collect(),
    }
}

fn name(it: &NodeName) -> NameOut {
    NameOut {
        relation: it.relation.to_string(),
        named_by: match it.named_by {
            None => "project",
            Some(NamedBy::Manifest(_)) => "manifest",
            Some(NamedBy::Snapshot) => "snapshot",
            Some(NamedBy::Rule(_)) => "rule",
            Some(NamedBy::Proposal(_)) => "proposal",
        },
        said_by: it.said_by.clone(),
    }
}

/// What production alone builds as a table that leads to no node here.
pub(super) fn built_in_production<'l>(
    loaded: &'l Loaded,
    it: &TableExplanation,
) -> Vec<(&'l UniqueId, &'l Relation)> {
    let production = loaded.production.as_ref().filter(|_| it.matched.is_none());
    let Some((production, table)) = production.zip(tableau::parse_table_name(&it.table)) else {
        return Vec::new();
    };
    production.built_only_there(loaded.analysis.lineage.nodes(), &table)
}

fn id(loaded: &Loaded, node: NodeIx) -> String {
    loaded.analysis.lineage.nodes().get(node).id.to_string()
}

pub(super) fn relation(loaded: &Loaded, node: NodeIx) -> Option<String> {
    let node = loaded.analysis.lineage.nodes().get(node);
    node.relation.as_ref().map(ToString::to_string)
}

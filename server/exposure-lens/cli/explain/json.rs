//! The JSON answer of `explain`. Candidates stand nearest first.

use ide::{Explanation, Matched, TableExplanation};
use lineage::{NodeIx, WorkbookUsage};
use serde::Serialize;

use crate::cli::load::Loaded;
use crate::output::json_v1::Note;

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
    matched: Vec<MatchedOut>,
    downstream: Vec<Way>,
    near: Vec<TableOut>,
    missing: Vec<Note>,
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
    candidates: Vec<CandidateOut>,
}

#[derive(Serialize)]
struct CandidateOut {
    unique_id: String,
    relation: Option<String>,
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
        production_relation: loaded
            .analysis
            .lineage
            .production_relation(it.node)
            .map(ToString::to_string),
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
    let candidates = it.candidates.iter();
    TableOut {
        table: it.table.clone(),
        connection: it.connection.clone(),
        workbooks: it.workbooks.clone(),
        nodes: nodes.map(|&node| id(loaded, node)).collect(),
        r#match: matched.map(|(_, kind)| kind.as_str()),
        reason: it.reason.map(lineage::Reason::as_str),
        candidates: candidates
            .map(|it| CandidateOut {
                unique_id: id(loaded, it.node),
                relation: relation(loaded, it.node),
                differs: it.differs.clone(),
            })
            .collect(),
    }
}

fn id(loaded: &Loaded, node: NodeIx) -> String {
    loaded.analysis.lineage.nodes().get(node).id.to_string()
}

pub(super) fn relation(loaded: &Loaded, node: NodeIx) -> Option<String> {
    let node = loaded.analysis.lineage.nodes().get(node);
    node.relation.as_ref().map(ToString::to_string)
}

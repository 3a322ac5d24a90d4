//! `explain`: why a node has the dashboards it has, or why a table matched nothing.

use std::io::Write;

use ide::{Candidate, Explanation, TableExplanation};
use lineage::NodeIx;
use serde::Serialize;

use super::load::{self, Loaded};
use super::select::{self, Selected};
use super::{Context, Format, Outcome, complain};
use crate::output::json_v1::{self, Note};
use crate::output::terminal::{BOLD, Cell, DIM, GOOD, WARN, styled, write_table};

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A node (orders, crm.accounts) or a table as Tableau writes it ([DB].[SCHEMA].[T], db.schema.t)
    #[arg(value_name = "NODE|TABLE")]
    subject: String,
}

pub(super) fn run(context: &Context, args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let loaded = load::load(context)?;
    if loaded.manifest.is_none() {
        for problem in &loaded.problems {
            complain(&format!("error: {}", ide::plain_message(&problem.message)));
        }
        return Ok(Outcome::NotKnown);
    }
    let in_brackets = args.subject.contains('[');
    if !in_brackets && let Some(Selected::Nodes(nodes)) = select::select(&loaded, &args.subject) {
        let all: Vec<Explanation> = nodes
            .iter()
            .map(|&node| loaded.analysis.explain_node(node))
            .collect();
        write_nodes(context, &loaded, &all, out)?;
        return Ok(Outcome::Fine);
    }
    let Some(table) = tableau::parse_table_name(&args.subject) else {
        complain(&format!(
            "error: no node and no table name: {}",
            ide::plain(&args.subject)
        ));
        return Ok(Outcome::WrongUse);
    };
    let explanation = loaded.analysis.explain_table(&table);
    match context.format {
        Format::Json => json_v1::write(out, &Answer::of_table(&loaded, &explanation))?,
        Format::Text => write_table_explanation(&loaded, &explanation, 0, out)?,
    }
    Ok(Outcome::Fine)
}

#[derive(Serialize)]
struct Answer {
    version: u32,
    nodes: Vec<NodeOut>,
    table: Option<TableOut>,
}

#[derive(Serialize)]
struct NodeOut {
    unique_id: String,
    relation: Option<String>,
    matched: Vec<MatchedOut>,
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

#[derive(Serialize)]
struct TableOut {
    table: String,
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
    fn of_table(loaded: &Loaded, it: &TableExplanation) -> Answer {
        Answer {
            version: 1,
            nodes: Vec::new(),
            table: Some(table_out(loaded, it)),
        }
    }

    fn of_nodes(loaded: &Loaded, all: &[Explanation]) -> Answer {
        let node = |it: &Explanation| NodeOut {
            unique_id: id(loaded, it.node),
            relation: relation(loaded, it.node),
            matched: it
                .matched
                .iter()
                .map(|matched| MatchedOut {
                    table: matched.table.clone(),
                    workbook: loaded
                        .analysis
                        .lineage
                        .workbook(matched.workbook)
                        .name
                        .clone(),
                    datasource: matched.datasource.clone(),
                    r#match: matched.kind.as_str(),
                    evidence: matched.evidence.iter().map(|it| it.as_str()).collect(),
                })
                .collect(),
            near: it.near.iter().map(|near| table_out(loaded, near)).collect(),
            missing: it
                .missing
                .iter()
                .map(|it| Note {
                    code: it.code.to_owned(),
                    message: it.message.clone(),
                })
                .collect(),
        };
        Answer {
            version: 1,
            nodes: all.iter().map(node).collect(),
            table: None,
        }
    }
}

fn table_out(loaded: &Loaded, it: &TableExplanation) -> TableOut {
    let matched = it.matched.as_ref();
    TableOut {
        table: it.table.clone(),
        workbooks: it.workbooks.clone(),
        nodes: matched
            .map(|(nodes, _)| nodes.iter().map(|&node| id(loaded, node)).collect())
            .unwrap_or_default(),
        r#match: matched.map(|(_, kind)| kind.as_str()),
        reason: it.reason.map(lineage::Reason::as_str),
        candidates: it
            .candidates
            .iter()
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

fn relation(loaded: &Loaded, node: NodeIx) -> Option<String> {
    loaded
        .analysis
        .lineage
        .nodes()
        .get(node)
        .relation
        .as_ref()
        .map(ToString::to_string)
}

fn write_nodes(
    context: &Context,
    loaded: &Loaded,
    all: &[Explanation],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    if let Format::Json = context.format {
        return Ok(json_v1::write(out, &Answer::of_nodes(loaded, all))?);
    }
    for (n, it) in all.iter().enumerate() {
        if n > 0 {
            writeln!(out)?;
        }
        write_node(loaded, it, out)?;
    }
    Ok(())
}

fn write_node(loaded: &Loaded, it: &Explanation, out: &mut dyn Write) -> anyhow::Result<()> {
    let node = loaded.analysis.lineage.nodes().get(it.node);
    let relation = relation(loaded, it.node);
    let relation = relation.unwrap_or_else(|| "no table of its own (ephemeral)".to_owned());
    writeln!(
        out,
        "{} is {}",
        styled(&ide::plain(&node.label()), BOLD),
        ide::plain(&relation)
    )?;
    let headline = loaded.analysis.headline(it.node);
    writeln!(
        out,
        "{}",
        headline.unwrap_or_else(|| "Tableau: no workbook files found".to_owned())
    )?;
    if !it.matched.is_empty() {
        writeln!(out, "\nTables held to be it:")?;
    }
    let rows: Vec<Vec<Cell>> = it
        .matched
        .iter()
        .map(|matched| {
            let workbook = &loaded.analysis.lineage.workbook(matched.workbook).name;
            let evidence: Vec<String> = matched
                .evidence
                .iter()
                .map(|it| ide::words(it.as_str()))
                .collect();
            let style = if matched.kind.is_probable() {
                WARN
            } else {
                GOOD
            };
            vec![
                Cell::new(&matched.table),
                Cell::new(matched.kind.as_str()).style(style),
                Cell::new(&evidence.join(" + ")),
                Cell::new(&format!("{workbook} / {}", matched.datasource)).style(DIM),
            ]
        })
        .collect();
    write_table(out, 2, &rows)?;
    if !it.near.is_empty() {
        writeln!(out, "\nTables of its name that are not:")?;
        for near in &it.near {
            write_table_explanation(loaded, near, 2, out)?;
        }
    }
    if !it.missing.is_empty() {
        writeln!(out, "\nNot known:")?;
        for missing in &it.missing {
            writeln!(out, "  {}", ide::plain_message(&missing.message))?;
        }
    }
    Ok(())
}

fn write_table_explanation(
    loaded: &Loaded,
    it: &TableExplanation,
    indent: usize,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let pad = " ".repeat(indent);
    let name = styled(&ide::plain(&it.table), BOLD);
    match (&it.matched, it.reason) {
        (Some((nodes, kind)), _) => {
            let labels: Vec<String> = nodes
                .iter()
                .map(|&node| ide::plain(&loaded.analysis.lineage.nodes().get(node).label()))
                .collect();
            writeln!(
                out,
                "{pad}{name} is {} ({} match)",
                labels.join(" and "),
                kind.as_str()
            )?;
        }
        (None, reason) => {
            let reason = ide::words(reason.map_or("no_such_relation", lineage::Reason::as_str));
            writeln!(out, "{pad}{name} {}", styled(&reason, WARN))?;
        }
    }
    if !it.workbooks.is_empty() {
        let names: Vec<String> = it.workbooks.iter().map(|name| ide::plain(name)).collect();
        writeln!(out, "{pad}  read by {}", names.join(", "))?;
    }
    for candidate in &it.candidates {
        writeln!(out, "{pad}  {}", compared(loaded, candidate))?;
    }
    Ok(())
}

fn compared(loaded: &Loaded, candidate: &Candidate) -> String {
    let node = loaded.analysis.lineage.nodes().get(candidate.node);
    let differs: Vec<String> = candidate
        .differs
        .iter()
        .map(|it| ide::plain_message(it))
        .collect();
    format!(
        "compare {}: {}",
        ide::plain(&node.label()),
        differs.join("; ")
    )
}

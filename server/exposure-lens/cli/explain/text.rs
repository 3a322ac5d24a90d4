//! `explain` for people.

use std::io::{self, Write};

use ide::{Candidate, Explanation, Matched, TableExplanation};
use lineage::{NodeIx, WorkbookUsage};

use super::json::relation;
use crate::cli::load::Loaded;
use crate::output::terminal::{BOLD, Cell, DIM, GOOD, WARN, styled, write_table};

pub(super) fn write(
    loaded: &Loaded,
    answer: &super::Answer,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (n, it) in answer.nodes.iter().enumerate() {
        if n > 0 {
            writeln!(out)?;
        }
        write_node(loaded, it, out)?;
    }
    let mut tables = answer.tables.iter();
    tables.try_for_each(|it| write_table_explanation(loaded, it, "", out))
}

fn write_node(loaded: &Loaded, it: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    let relation = relation(loaded, it.node);
    let relation = relation.unwrap_or_else(|| "no table of its own (ephemeral)".to_owned());
    let name = styled(&ide::plain(&label(loaded, it.node)), BOLD);
    writeln!(out, "{name} is {}", ide::plain(&relation))?;
    let headline = loaded.analysis.headline(it.node);
    let headline = headline.unwrap_or_else(|| "Tableau: no content found".to_owned());
    writeln!(out, "{headline}")?;
    if let Some(production) = loaded.analysis.lineage.production_relation(it.node) {
        let production = ide::plain(&production.to_string());
        writeln!(
            out,
            "in production {production}; that is what \"mapped\" compares with"
        )?;
    }
    if !it.matched.is_empty() {
        writeln!(out, "\nTables held to be it:")?;
        let rows: Vec<Vec<Cell>> = it.matched.iter().map(|it| matched(loaded, it)).collect();
        write_table(out, 2, &rows)?;
    }
    if !it.downstream.is_empty() {
        writeln!(out, "\nThrough what is built from it:")?;
        let rows: Vec<Vec<Cell>> = it.downstream.iter().map(|it| way(loaded, it)).collect();
        write_table(out, 2, &rows)?;
    }
    if !it.near.is_empty() {
        writeln!(out, "\nTables of its name that are not:")?;
        let mut near = it.near.iter();
        near.try_for_each(|it| write_table_explanation(loaded, it, "  ", out))?;
    }
    if !it.missing.is_empty() {
        writeln!(out, "\nNot known:")?;
    }
    let mut missing = it.missing.iter();
    missing.try_for_each(|it| writeln!(out, "  {}", ide::plain_message(&it.message)))
}

fn label(loaded: &Loaded, node: NodeIx) -> String {
    loaded.analysis.lineage.nodes().get(node).label()
}

fn matched(loaded: &Loaded, it: &Matched) -> Vec<Cell> {
    let workbook = &loaded.analysis.lineage.workbook(it.workbook).name;
    let evidence = it.evidence.iter().map(|it| ide::words(it.as_str()));
    let evidence: Vec<String> = evidence.collect();
    let style = if it.kind.is_probable() { WARN } else { GOOD };
    let reader = format!("{} / {}", ide::plain(workbook), ide::plain(&it.datasource));
    vec![
        Cell::new(&it.table),
        Cell::new(it.kind.as_str()).style(style),
        Cell::new(&evidence.join(" + ")),
        Cell::new(&reader).style(DIM),
    ]
}

fn way(loaded: &Loaded, it: &WorkbookUsage) -> Vec<Cell> {
    let labels: Vec<String> = it.via.iter().map(|&ix| label(loaded, ix)).collect();
    let style = if it.kind.is_probable() { WARN } else { GOOD };
    vec![
        Cell::new(&labels.join(" → ")),
        Cell::new(it.kind.as_str()).style(style),
        Cell::new(&loaded.analysis.lineage.workbook(it.workbook).name).style(DIM),
    ]
}

fn write_table_explanation(
    loaded: &Loaded,
    it: &TableExplanation,
    pad: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let name = styled(&ide::plain(&it.table), BOLD);
    let on = it.connection.as_ref();
    let on = on.map_or(String::new(), |class| format!(" on {}", ide::plain(class)));
    let verdict = match (&it.matched, it.reason) {
        (Some((nodes, kind)), _) => {
            let labels = nodes.iter().map(|&node| ide::plain(&label(loaded, node)));
            let labels: Vec<String> = labels.collect();
            format!("is {} ({} match)", labels.join(" and "), kind.as_str())
        }
        (None, reason) => {
            let reason = reason.map_or("no_such_relation", lineage::Reason::as_str);
            styled(&ide::words(reason), WARN)
        }
    };
    writeln!(out, "{pad}{name}{on} {verdict}")?;
    if !it.workbooks.is_empty() {
        let names: Vec<String> = it.workbooks.iter().map(|name| ide::plain(name)).collect();
        writeln!(
            out,
            "{pad}  read by {}",
            ide::plain_message(&names.join(", "))
        )?;
    }
    let mut candidates = it.candidates.iter();
    candidates.try_for_each(|it| writeln!(out, "{pad}  {}", compared(loaded, it)))
}

fn compared(loaded: &Loaded, candidate: &Candidate) -> String {
    let differs = candidate.differs.iter().map(|it| ide::plain_message(it));
    let differs: Vec<String> = differs.collect();
    let name = ide::plain(&label(loaded, candidate.node));
    format!("compare {name}: {}", differs.join("; "))
}

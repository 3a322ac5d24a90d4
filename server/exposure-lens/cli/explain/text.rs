//! `explain` for people.

use std::io::{self, Write};

use ide::{Candidate, ComparedName, Explanation, Matched, NodeName, TableExplanation};
use lineage::{NodeIx, WorkbookUsage};

use super::json::{built_in_production, relation};
use crate::cli::load::Loaded;
use crate::output::json_v1::Pending;
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
    writeln!(out, "{}", loaded.analysis.headline(it.node))?;
    write_names(it, out)?;
    if let Some(standing) = it.standing {
        writeln!(out, "{}", styled(standing, WARN))?;
    }
    for lost in Pending::of(&loaded.analysis, it.node) {
        let line = ide::plain_message(&lost.sentence());
        writeln!(out, "{}", styled(&line, WARN))?;
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

/// What production calls it, and who says so. The first line has its name at hand.
fn write_names(it: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    let mut of_production = it.names.iter().filter(|it| it.named_by.is_some());
    of_production.try_for_each(
        |NodeName {
             relation,
             said_by,
             named_by,
         }| {
            let is_certain = named_by.as_ref().is_some_and(lineage::NamedBy::is_certain);
            let sure = if is_certain { "" } else { "perhaps " };
            let relation = ide::plain(&relation.to_string());
            let said_by = ide::plain_message(said_by);
            writeln!(out, "in production {sure}{relation} ({said_by})")
        },
    )
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
    for (id, relation) in built_in_production(loaded, it) {
        let line =
            format!("{relation} is built by {id} in production, which is not in the project here");
        writeln!(out, "{pad}  {}", ide::plain_message(&line))?;
    }
    let mut owners = it.owners.iter();
    owners.try_for_each(|it| write_owner(it, pad, out))?;
    let mut candidates = it.candidates.iter();
    candidates.try_for_each(|it| write_candidate(loaded, it, pad, out))
}

/// Under which name a table is its owner's, where that is not the manifest's.
fn write_owner(owner: &Candidate, pad: &str, out: &mut dyn Write) -> io::Result<()> {
    let is_it = |it: &&ComparedName| it.differs == owner.differs;
    let name = owner.names.iter().find(is_it).map(|it| &it.name);
    let Some(name) = name.filter(|it| it.named_by.is_some()) else {
        return Ok(());
    };
    writeln!(out, "{pad}  by its name {}", named(name))
}

/// `PROD.MARTS.ORDERS (manifest prod/manifest.json)`
fn named(name: &NodeName) -> String {
    let relation = ide::plain(&name.relation.to_string());
    format!("{relation} ({})", ide::plain_message(&name.said_by))
}

fn write_candidate(
    loaded: &Loaded,
    candidate: &Candidate,
    pad: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let label = ide::plain(&label(loaded, candidate.node));
    if candidate.names.len() < 2 {
        let differs = differences(&candidate.differs);
        return writeln!(out, "{pad}  compare {label}: {differs}");
    }
    writeln!(out, "{pad}  compare {label}:")?;
    candidate.names.iter().try_for_each(|it| {
        let differs = match it.differs.is_empty() {
            true => "no part differs".to_owned(),
            false => differences(&it.differs),
        };
        writeln!(out, "{pad}    {}: {differs}", named(&it.name))
    })
}

fn differences(differs: &[String]) -> String {
    let differs = differs.iter().map(|it| ide::plain_message(it));
    differs.collect::<Vec<_>>().join("; ")
}

//! What is inside one file, for people.

use std::io::{self, Write};

use super::json::{CustomSql, Dashboard, File, Source};
use crate::output::terminal::{BOLD, Cell, DIM, WARN, styled, write_table};

pub(super) fn write(file: &File, out: &mut dyn Write) -> io::Result<()> {
    let name = styled(&ide::plain_message(&file.path), BOLD);
    if let Some(error) = &file.error {
        let label = styled("unreadable:", WARN);
        return writeln!(out, "{name}  {label} {}", ide::plain_message(error));
    }
    writeln!(out, "{name}  {}", styled(&facts(file), DIM))?;
    for it in &file.datasources {
        write_source(it, out)?;
    }
    let rows: Vec<Vec<Cell>> = file.dashboards.iter().map(dashboard).collect();
    write_table(out, 2, &rows)?;
    for note in &file.notes {
        let label = styled("not known:", WARN);
        writeln!(out, "  {label} {}", ide::plain_message(note))?;
    }
    Ok(())
}

fn facts(file: &File) -> String {
    let kind = file.kind.unwrap_or_default();
    if file.workbook.is_none() {
        return kind.to_owned();
    }
    let n_hidden = file.sheets.iter().filter(|it| it.hidden).count();
    let dashboards = ide::count(file.dashboards.len(), "dashboard");
    let sheets = ide::count(file.sheets.len(), "sheet");
    format!("{kind} · {dashboards} · {sheets} ({n_hidden} hidden)")
}

fn dashboard(it: &Dashboard) -> Vec<Cell> {
    let kind = if it.story { "story" } else { "dashboard" };
    vec![
        Cell::new(kind).style(DIM),
        Cell::new(&it.name),
        Cell::new(&it.sheets.join(", ")).style(DIM),
    ]
}

fn write_source(it: &Source, out: &mut dyn Write) -> io::Result<()> {
    let title = it.caption.as_deref().unwrap_or(&it.name);
    let title = styled(&ide::plain(title), BOLD);
    let extract = if it.extract { " · extract" } else { "" };
    let published = it.published_as.as_ref();
    let published = published.map_or(String::new(), |name| {
        format!(" · published as {}", ide::plain(name))
    });
    writeln!(out, "  datasource {title}{published}{extract}")?;
    let tables = it.tables.iter();
    let mut rows: Vec<Vec<Cell>> = tables
        .map(|table| row("table", &table.raw, class(it, table.connection.as_ref())))
        .collect();
    rows.extend(it.custom_sql.iter().flat_map(|query| query_rows(it, query)));
    write_table(out, 4, &rows)
}

/// A row for each table that a query reads, and one for what could not be read of it.
fn query_rows(source: &Source, query: &CustomSql) -> Vec<Vec<Cell>> {
    let class = class(source, query.connection.as_ref());
    let mut reads: Vec<&str> = query.tables.iter().map(|it| it.raw.as_str()).collect();
    match (query.readable, reads.is_empty()) {
        (true, true) => reads.push("no table"),
        (true, false) => {}
        (false, true) => reads.push("could not be read"),
        (false, false) => reads.push("and what could not be read"),
    }
    let kinds = std::iter::once("custom SQL").chain(std::iter::repeat(""));
    kinds
        .zip(reads)
        .map(|(kind, reads)| row(kind, reads, class))
        .collect()
}

fn row(kind: &str, reads: &str, class: &str) -> Vec<Cell> {
    vec![
        Cell::new(kind).style(DIM),
        Cell::new(reads),
        Cell::new(class).style(DIM),
    ]
}

/// The class of the named connection, else of the first, else the datasource's own.
fn class<'a>(source: &'a Source, connection: Option<&String>) -> &'a str {
    let all = &source.connections;
    let named = all.iter().find(|it| Some(&it.name) == connection);
    named.or(all.first()).map_or(&source.class, |it| &it.class)
}

//! What is inside one file, for people.

use std::io::{self, Write};

use super::json::{File, Source};
use crate::output::terminal::{BOLD, Cell, DIM, WARN, styled, write_table};

pub(super) fn write(file: &File, out: &mut dyn Write) -> io::Result<()> {
    let name = styled(&ide::plain(&file.path), BOLD);
    if let Some(error) = &file.error {
        let label = styled("unreadable:", WARN);
        return writeln!(out, "{name}  {label} {}", ide::plain_message(error));
    }
    let n_hidden = file.sheets.iter().filter(|it| it.hidden).count();
    let facts = [
        file.kind.unwrap_or_default().to_owned(),
        ide::count(file.dashboards.len(), "dashboard"),
        format!(
            "{} ({n_hidden} hidden)",
            ide::count(file.sheets.len(), "sheet")
        ),
    ];
    let n_facts = if file.kind == Some("workbook") { 3 } else { 1 };
    writeln!(
        out,
        "{name}  {}",
        styled(&facts[..n_facts].join(" · "), DIM)
    )?;
    for it in &file.datasources {
        write_source(it, out)?;
    }
    let rows: Vec<Vec<Cell>> = file
        .dashboards
        .iter()
        .map(|it| {
            let kind = if it.story { "story" } else { "dashboard" };
            let sheets = Cell::new(&it.sheets.join(", ")).style(DIM);
            vec![Cell::new(kind).style(DIM), Cell::new(&it.name), sheets]
        })
        .collect();
    write_table(out, 2, &rows)?;
    for note in &file.notes {
        writeln!(
            out,
            "  {} {}",
            styled("not known:", WARN),
            ide::plain_message(note)
        )?;
    }
    Ok(())
}

fn write_source(it: &Source, out: &mut dyn Write) -> io::Result<()> {
    let class = |name: &Option<String>| {
        let mut connections = it.connections.iter();
        let found = connections.find(|connection| Some(&connection.name) == name.as_ref());
        found
            .or(it.connections.first())
            .map_or(it.class.clone(), |it| it.class.clone())
    };
    let title = it.caption.as_deref().unwrap_or(&it.name);
    let extract = if it.extract { " · extract" } else { "" };
    let published = match &it.published_as {
        Some(name) => format!(" · published as {}", ide::plain(name)),
        None => String::new(),
    };
    writeln!(
        out,
        "  datasource {}{published}{extract}",
        styled(&ide::plain(title), BOLD)
    )?;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for table in &it.tables {
        let class = class(&table.connection);
        rows.push(vec![
            Cell::new("table").style(DIM),
            Cell::new(&table.raw),
            Cell::new(&class).style(DIM),
        ]);
    }
    for query in &it.custom_sql {
        let tables: Vec<&str> = query
            .tables
            .iter()
            .map(|table| table.raw.as_str())
            .collect();
        let reads = if query.readable {
            tables.join(", ")
        } else {
            "could not be read".to_owned()
        };
        let class = class(&query.connection);
        rows.push(vec![
            Cell::new("custom SQL").style(DIM),
            Cell::new(&reads),
            Cell::new(&class).style(DIM),
        ]);
    }
    write_table(out, 4, &rows)
}

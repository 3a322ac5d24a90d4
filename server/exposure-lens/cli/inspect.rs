//! `inspect`: what is inside workbook and datasource files.

use std::io::Write;
use std::path::{Path, PathBuf};

use lineage::{Datasource, PublishedDatasource, Table, Workbook};
use serde::Serialize;
use tableau::TableauFile;

use super::{Context, Format, Outcome, complain};
use crate::disk;
use crate::output::json_v1;
use crate::output::terminal::{BOLD, Cell, DIM, WARN, styled, write_table};
use crate::workspace::content;

/// Arguments of `inspect`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Workbooks (.twb, .twbx), datasources (.tds, .tdsx), or folders of them
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
}

pub(super) fn run(context: &Context, args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut files = Vec::new();
    for path in &args.paths {
        if !path.exists() {
            complain(&format!(
                "error: no such file or folder: {}",
                path.display()
            ));
            return Ok(Outcome::WrongUse);
        }
        files.extend(disk::tableau_files_below(path));
    }
    let files: Vec<File> = files.iter().map(|path| read(path)).collect();
    let all_failed = !files.is_empty() && files.iter().all(|it| it.error.is_some());
    match context.format {
        Format::Json => json_v1::write(out, &Answer { version: 1, files })?,
        Format::Text => {
            for file in &files {
                write_file(file, out)?;
            }
            if files.is_empty() {
                complain("no .twb, .twbx, .tds or .tdsx file found");
            }
        }
    }
    // One bad file among good ones is an answer; nothing but bad ones is none.
    Ok(if all_failed {
        Outcome::NotKnown
    } else {
        Outcome::Fine
    })
}

fn read(path: &Path) -> File {
    let shown = path.to_string_lossy().replace('\\', "/");
    match content::read_one(&shown, path) {
        Ok(reading) => {
            let mut notes: Vec<String> = reading.gaps.iter().map(|it| it.message.clone()).collect();
            notes.sort();
            let file = match &reading.file {
                TableauFile::Workbook(workbook) => File::of_workbook(shown, workbook),
                TableauFile::Datasource(published) => File::of_datasource(shown, published),
            };
            File { notes, ..file }
        }
        Err(error) => File {
            path: shown,
            error: Some(error),
            ..File::default()
        },
    }
}

/// The JSON answer: see the contract.
#[derive(Serialize)]
struct Answer {
    version: u32,
    files: Vec<File>,
}

#[derive(Default, Serialize)]
struct File {
    path: String,
    kind: Option<&'static str>,
    error: Option<String>,
    workbook: Option<Head>,
    datasources: Vec<Source>,
    sheets: Vec<Sheet>,
    dashboards: Vec<Dashboard>,
    /// What could not be told, one sentence each.
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Head {
    name: String,
    site: Option<String>,
    content_url: Option<String>,
    url: Option<String>,
}

#[derive(Serialize)]
struct Source {
    name: String,
    caption: Option<String>,
    class: String,
    published_as: Option<String>,
    extract: bool,
    connections: Vec<Connection>,
    tables: Vec<TableOut>,
    custom_sql: Vec<CustomSql>,
}

#[derive(Serialize)]
struct Connection {
    name: String,
    class: String,
    dbname: Option<String>,
    schema: Option<String>,
    server: Option<String>,
}

#[derive(Serialize)]
struct TableOut {
    raw: String,
    database: Option<String>,
    schema: Option<String>,
    name: String,
    connection: Option<String>,
}

#[derive(Serialize)]
struct CustomSql {
    name: String,
    connection: Option<String>,
    tables: Vec<TableOut>,
    readable: bool,
}

#[derive(Serialize)]
struct Sheet {
    name: String,
    hidden: bool,
    datasources: Vec<String>,
}

#[derive(Serialize)]
struct Dashboard {
    name: String,
    story: bool,
    sheets: Vec<String>,
}

impl File {
    fn of_workbook(path: String, workbook: &Workbook) -> File {
        File {
            path,
            kind: Some("workbook"),
            workbook: Some(Head {
                name: workbook.name.clone(),
                site: workbook.site.clone(),
                content_url: workbook.content_url.clone(),
                url: workbook.url.clone(),
            }),
            datasources: workbook.datasources.iter().map(source).collect(),
            sheets: workbook
                .sheets
                .iter()
                .map(|it| Sheet {
                    name: it.name.clone(),
                    hidden: it.hidden,
                    datasources: it.datasources.clone(),
                })
                .collect(),
            dashboards: workbook
                .dashboards
                .iter()
                .map(|it| Dashboard {
                    name: it.name.clone(),
                    story: it.story,
                    sheets: it.sheets.clone(),
                })
                .collect(),
            ..File::default()
        }
    }

    fn of_datasource(path: String, published: &PublishedDatasource) -> File {
        let datasources = vec![source(&published.inside)];
        File {
            path,
            kind: Some("datasource"),
            datasources,
            ..File::default()
        }
    }
}

fn source(it: &Datasource) -> Source {
    Source {
        name: it.name.clone(),
        caption: it.caption.clone(),
        class: it.class.clone(),
        published_as: it.published_as.as_ref().and_then(|published| {
            published
                .content_url
                .clone()
                .or_else(|| published.name.clone())
        }),
        extract: it.extract.is_some(),
        connections: it
            .connections
            .iter()
            .map(|it| Connection {
                name: it.name.clone(),
                class: it.class.clone(),
                dbname: it.dbname.clone(),
                schema: it.schema.clone(),
                server: it.server.clone(),
            })
            .collect(),
        tables: it.tables.iter().map(table).collect(),
        custom_sql: it
            .custom_sql
            .iter()
            .map(|it| CustomSql {
                name: it.name.clone(),
                connection: it.connection.clone(),
                tables: it.tables.iter().map(table).collect(),
                readable: it.readable,
            })
            .collect(),
    }
}

fn table(it: &Table) -> TableOut {
    let text = |part: &Option<lineage::Identifier>| part.as_ref().map(|it| it.text.clone());
    TableOut {
        raw: it.raw.clone(),
        database: text(&it.relation.database),
        schema: text(&it.relation.schema),
        name: it.relation.name.text.clone(),
        connection: it.connection.clone(),
    }
}

fn write_file(file: &File, out: &mut dyn Write) -> anyhow::Result<()> {
    let name = styled(&ide::plain(&file.path), BOLD);
    if let Some(error) = &file.error {
        return Ok(writeln!(
            out,
            "{name}  {} {}",
            styled("unreadable:", WARN),
            ide::plain_message(error)
        )?);
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

fn write_source(it: &Source, out: &mut dyn Write) -> anyhow::Result<()> {
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
    Ok(write_table(out, 4, &rows)?)
}

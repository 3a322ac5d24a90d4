//! `doctor`: what was found of a project, and what to do about the rest.

use std::io::Write;

use serde::Serialize;

use super::load::{self, Loaded};
use super::{Context, Format, Outcome};
use crate::config::Origin;
use crate::output::json_v1::{self, Note};
use crate::output::terminal::{BOLD, Cell, DIM, GOOD, WARN, styled, write_table};

pub(super) fn run(context: &Context, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let loaded = load::load(context)?;
    match context.format {
        Format::Json => json_v1::write(out, &Answer::of(&loaded))?,
        Format::Text => write_text(&loaded, out)?,
    }
    Ok(if loaded.manifest.is_some() {
        Outcome::Fine
    } else {
        Outcome::NotKnown
    })
}

#[derive(Serialize)]
struct Answer {
    version: u32,
    project: String,
    root: String,
    manifest: Option<json_v1::Manifest>,
    content: Vec<json_v1::Content>,
    files: Vec<String>,
    tables_matched: usize,
    tables_matched_by_name: usize,
    tables_without_node: usize,
    hosts: Vec<String>,
    settings: Vec<Setting>,
    problems: Vec<Note>,
}

#[derive(Serialize)]
struct Setting {
    name: &'static str,
    value: serde_json::Value,
    origin: String,
}

impl Answer {
    fn of(loaded: &Loaded) -> Answer {
        let frame = loaded.json();
        let fit = loaded.analysis.fit();
        Answer {
            version: 1,
            project: frame.project,
            root: loaded.project.root.display().to_string(),
            manifest: frame.manifest,
            content: frame.content,
            files: loaded
                .tableau_files
                .iter()
                .map(|path| loaded.shown(path))
                .collect(),
            tables_matched: fit.n_matched,
            tables_matched_by_name: fit.n_by_name,
            tables_without_node: fit.n_unmatched,
            hosts: Vec::new(),
            settings: loaded
                .settings
                .in_force()
                .map(|(key, value, origin)| Setting {
                    name: key.name,
                    value: value.clone(),
                    origin: origin.to_string(),
                })
                .collect(),
            problems: frame.problems,
        }
    }
}

fn write_text(loaded: &Loaded, out: &mut dyn Write) -> anyhow::Result<()> {
    let heading = |text: &str| Cell::new(text).style(BOLD);
    let mut rows = vec![
        vec![heading("project"), Cell::new(&loaded.analysis.project.name)],
        vec![
            heading("root"),
            Cell::new(&loaded.project.root.display().to_string()),
        ],
    ];
    rows.extend(manifest_rows(loaded));
    rows.extend(content_rows(loaded));
    rows.push(vec![heading("hosts"), Cell::new("none is contacted")]);
    write_table(out, 0, &rows)?;
    writeln!(out, "\n{}", styled("settings", BOLD))?;
    let settings: Vec<Vec<Cell>> = loaded
        .settings
        .in_force()
        .map(|(key, value, origin)| {
            let style = if *origin == Origin::BuiltIn {
                DIM
            } else {
                GOOD
            };
            let origin = Cell::new(&origin.to_string()).style(style);
            vec![Cell::new(key.name), Cell::new(&value.to_string()), origin]
        })
        .collect();
    write_table(out, 2, &settings)?;
    if loaded.problems.is_empty() {
        writeln!(out, "\n{}", styled("no problems found", GOOD))?;
    } else {
        writeln!(out, "\n{}", styled("problems", WARN))?;
        for problem in &loaded.problems {
            writeln!(out, "  {}", ide::plain_message(&problem.message))?;
        }
    }
    Ok(())
}

fn manifest_rows(loaded: &Loaded) -> Vec<Vec<Cell>> {
    let Some(manifest) = &loaded.manifest else {
        let place = loaded.shown(&loaded.project.manifest_path);
        let text = format!("none at {place}");
        return vec![vec![
            Cell::new("manifest").style(BOLD),
            Cell::new(&text).style(WARN),
        ]];
    };
    let metadata = &manifest.metadata;
    let facts = [
        loaded.shown(&manifest.path),
        format!("dbt {}", metadata.dbt_version.as_deref().unwrap_or("?")),
        metadata
            .adapter_type
            .clone()
            .unwrap_or_else(|| "unknown adapter".to_owned()),
        format!(
            "written {}",
            metadata.generated_at.as_deref().unwrap_or("?")
        ),
    ];
    let counts = [
        ide::count(manifest.nodes.len(), "node"),
        ide::count(manifest.disabled.len(), "disabled node"),
        ide::count(loaded.analysis.lineage.exposures().len(), "exposure"),
    ];
    vec![
        vec![
            Cell::new("manifest").style(BOLD),
            Cell::new(&facts.join(" · ")),
        ],
        vec![Cell::new(""), Cell::new(&counts.join(" · "))],
    ]
}

fn content_rows(loaded: &Loaded) -> Vec<Vec<Cell>> {
    let heading = |text: &str| Cell::new(text).style(BOLD);
    if !loaded.analysis.has_content() {
        let none = Cell::new("none found").style(WARN);
        return vec![vec![heading("content"), none]];
    }
    let contents = loaded.analysis.lineage.contents().iter();
    let n_workbooks: usize = contents.clone().map(|it| it.workbooks.len()).sum();
    let n_datasources: usize = contents.map(|it| it.datasources.len()).sum();
    let n_readable = n_workbooks + n_datasources;
    let n_unreadable = loaded.tableau_files.len().saturating_sub(n_readable);
    let mut facts = vec![
        ide::count(n_workbooks, "workbook file"),
        ide::count(n_datasources, "datasource file"),
    ];
    facts.extend((n_unreadable > 0).then(|| format!("{n_unreadable} unreadable")));
    let n_gaps = loaded.analysis.lineage.gaps().len() + loaded.analysis.missing_everywhere().len();
    facts.push(match n_gaps {
        0 => "complete".to_owned(),
        _ => format!("incomplete, {} not known", ide::count(n_gaps, "thing")),
    });
    let fit = loaded.analysis.fit();
    let tables = format!(
        "{} matched, {} by name only, {} without a node",
        fit.n_matched, fit.n_by_name, fit.n_unmatched
    );
    vec![
        vec![heading("content"), Cell::new(&facts.join(" · "))],
        vec![heading("tables"), Cell::new(&tables)],
    ]
}

//! `doctor` on a terminal. What it tells of names is in `rows.rs`.

use std::io::Write;

use lineage::Gap;

use super::Findings;
use super::rows;
use super::sites::{self, Snapshot};
use crate::cli::load::Loaded;
use crate::config::Origin;
use crate::output::terminal::{BOLD, Cell, DIM, GOOD, WARN, styled, write_table};

/// Notes on content that are shown; JSON has all.
const MAX_NOTES: usize = 10;

pub(super) fn write(findings: &Findings, out: &mut dyn Write) -> anyhow::Result<()> {
    let loaded = &findings.loaded;
    let root = loaded.project.root.display().to_string();
    let mut rows = vec![
        vec![heading("project"), Cell::new(&loaded.analysis.project.name)],
        vec![heading("root"), Cell::new(&root)],
    ];
    rows.extend(manifest_rows(loaded));
    rows.extend(rows::of_names(loaded));
    rows.extend(content_rows(loaded));
    rows.extend(site_rows(findings));
    rows.extend(snapshot_rows(loaded));
    rows.extend(host_rows(findings));
    rows.push(vec![heading("telemetry"), Cell::new("none")]);
    write_table(out, 0, &rows)?;
    write_settings(loaded, out)?;
    write_notes(loaded, out)?;
    write_problems(loaded, out)
}

pub(super) fn heading(text: &str) -> Cell {
    Cell::new(text).style(BOLD)
}

fn write_settings(loaded: &Loaded, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "\n{}", styled("settings", BOLD))?;
    let settings: Vec<Vec<Cell>> = loaded
        .settings
        .in_force()
        .map(|(key, value, origin)| {
            let style = match origin {
                Origin::BuiltIn => DIM,
                _ => GOOD,
            };
            let origin = Cell::new(&origin.to_string()).style(style);
            vec![Cell::new(key.name), Cell::new(&value.to_string()), origin]
        })
        .collect();
    write_table(out, 2, &settings)?;
    Ok(())
}

/// What is missing from sites and the snapshot. That one cannot be read at all is among the
/// problems.
fn write_notes(loaded: &Loaded, out: &mut dyn Write) -> anyhow::Result<()> {
    let contents = loaded.analysis.lineage.contents().iter();
    let of_sites = contents.filter(|it| it.fetched_at.is_some());
    let is_said_below = |gap: &&Gap| loaded.problems.iter().any(|it| it.message == gap.message);
    let mut notes: Vec<String> = of_sites
        .flat_map(|content| {
            let gaps = content.gaps.iter().filter(|it| !is_said_below(it));
            gaps.map(|gap| ide::plain_message(&format!("{}: {}", content.name, gap.message)))
        })
        .collect();
    notes.sort();
    notes.dedup();
    if notes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", styled("not known", WARN))?;
    for note in notes.iter().take(MAX_NOTES) {
        writeln!(out, "  {note}")?;
    }
    if notes.len() > MAX_NOTES {
        let more = notes.len() - MAX_NOTES;
        let more = format!("and {more} more: --format json has all");
        writeln!(out, "  {}", styled(&more, DIM))?;
    }
    Ok(())
}

fn write_problems(loaded: &Loaded, out: &mut dyn Write) -> anyhow::Result<()> {
    if loaded.problems.is_empty() {
        writeln!(out, "\n{}", styled("no problems found", GOOD))?;
        return Ok(());
    }
    writeln!(out, "\n{}", styled("problems", WARN))?;
    for problem in &loaded.problems {
        writeln!(out, "  {}", ide::plain_message(&problem.message))?;
    }
    Ok(())
}

fn site_rows(findings: &Findings) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for (n, state) in findings.loaded.kept.sites.iter().enumerate() {
        rows.push(vec![heading("site"), Cell::new(&sites::name(state))]);
        rows.extend(sites::lines(findings, n).into_iter().map(|(is_bad, line)| {
            let cell = Cell::message(&line);
            vec![Cell::new(""), if is_bad { cell.style(WARN) } else { cell }]
        }));
    }
    rows
}

fn snapshot_rows(loaded: &Loaded) -> Vec<Vec<Cell>> {
    let Some(snapshot) = Snapshot::of(loaded) else {
        return Vec::new();
    };
    let state = loaded.kept.snapshot.as_ref();
    let made = state.and_then(|it| it.snapshot.as_ref()?.generated_at);
    let mut facts = Vec::new();
    match (&snapshot.project, snapshot.verified) {
        (Some(project), true) => facts.extend([
            "verified".to_owned(),
            format!("of project {project}"),
            ide::count(snapshot.workbooks, "workbook"),
            format!(
                "the relations of {}",
                ide::count(snapshot.relations, "node")
            ),
        ]),
        _ => facts.push("none at hand".to_owned()),
    }
    facts.extend(made.map(|at| format!("made {}", ide::ago(loaded.now, at))));
    vec![
        vec![heading("snapshot"), Cell::new(&snapshot.place)],
        vec![Cell::new(""), Cell::message(&facts.join(" · "))],
    ]
}

fn host_rows(findings: &Findings) -> Vec<Vec<Cell>> {
    if findings.hosts.is_empty() {
        return vec![vec![heading("hosts"), Cell::new("none is contacted")]];
    }
    let lines = findings.hosts.iter().map(|it| {
        let line = Cell::message(&format!("{}: {}", it.host, it.why));
        if it.allowed { line } else { line.style(DIM) }
    });
    let mut rows: Vec<Vec<Cell>> = lines.map(|it| vec![Cell::new(""), it]).collect();
    rows[0][0] = heading("hosts");
    let last = match findings.loaded.access.is_offline() {
        true => "--offline: none is contacted now",
        false => "no other host is contacted",
    };
    rows.push(vec![Cell::new(""), Cell::new(last)]);
    rows
}

fn manifest_rows(loaded: &Loaded) -> Vec<Vec<Cell>> {
    let Some(manifest) = &loaded.manifest else {
        let place = loaded.shown(&loaded.project.manifest_path);
        let mut text = format!("none at {place}");
        let n_nodes = loaded.analysis.lineage.nodes().len();
        if n_nodes > 0 {
            let nodes = ide::count(n_nodes, "node");
            text.push_str(&format!(" · {nodes} read from the project's files"));
        }
        return vec![vec![heading("manifest"), Cell::message(&text).style(WARN)]];
    };
    let mut facts = vec![loaded.shown(&manifest.path)];
    facts.extend(rows::manifest_facts(&manifest.metadata, loaded.now));
    facts.extend(loaded.role().map(|role| match role {
        "production" => "has production's names".to_owned(),
        _ => "of a developer's target".to_owned(),
    }));
    let counts = [
        ide::count(manifest.read.nodes.len(), "node"),
        ide::count(manifest.read.disabled.len(), "disabled node"),
        ide::count(loaded.analysis.lineage.exposures().len(), "exposure"),
    ];
    vec![
        vec![heading("manifest"), Cell::new(&facts.join(" · "))],
        vec![Cell::new(""), Cell::new(&counts.join(" · "))],
    ]
}

fn content_rows(loaded: &Loaded) -> Vec<Vec<Cell>> {
    if !loaded.analysis.has_content() {
        let none = Cell::new("none found").style(WARN);
        return vec![vec![heading("content"), none]];
    }
    // A file that a site knows as published stands with the site's content.
    let contents = || loaded.analysis.lineage.contents().iter();
    let workbooks = contents().flat_map(|it| &it.workbooks);
    let datasources = contents().flat_map(|it| &it.datasources);
    let n_workbooks = workbooks.filter(|it| it.file.is_some()).count();
    let n_datasources = datasources.filter(|it| it.file.is_some()).count();
    let n_readable = n_workbooks + n_datasources;
    let n_unreadable = loaded.tableau_files.len().saturating_sub(n_readable);
    let mut facts = match n_readable {
        0 => vec!["no workbook file".to_owned()],
        _ => vec![
            ide::count(n_workbooks, "workbook file"),
            ide::count(n_datasources, "datasource file"),
        ],
    };
    facts.extend((n_unreadable > 0).then(|| format!("{n_unreadable} unreadable")));
    let n_gaps = loaded.analysis.lineage.gaps().len() + loaded.analysis.missing_somewhere().len();
    facts.push(match n_gaps {
        0 => "complete".to_owned(),
        _ => format!("incomplete, {} not known", ide::count(n_gaps, "thing")),
    });
    let fit = loaded.analysis.fit();
    let proposed = match fit.n_proposed {
        0 => String::new(),
        n => format!("{n} by the proposed rule, "),
    };
    let tables = format!(
        "{} matched, {proposed}{} by name only, {} without a node",
        fit.n_matched, fit.n_by_name, fit.n_unmatched
    );
    vec![
        vec![heading("content"), Cell::new(&facts.join(" · "))],
        vec![heading("tables"), Cell::new(&tables)],
    ]
}

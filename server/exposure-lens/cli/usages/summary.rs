//! The summary of a project: the most used nodes, and what is not known.

use std::cmp::Reverse;
use std::io::{self, Write};

use lineage::{Content, ContentKind, MatchKind, NodeIx, Reason, Unmatched, WorkbookUsage};

use super::{Args, MAX_LISTED, usages_of};
use crate::cli::load::Loaded;
use crate::output::terminal::{BOLD, Cell, DIM, GOOD, WARN, styled, write_table};

/// How many workbooks a row names.
const MAX_NAMED: usize = 3;

/// Titles of workbooks are cut here: three of them stand in a row.
const MAX_TITLE: usize = 32;

/// A node, what uses it, and whether an empty list is a zero.
pub(super) struct Row {
    pub(super) node: NodeIx,
    pub(super) usages: Vec<WorkbookUsage>,
    pub(super) is_zero: bool,
}

pub(super) fn write(loaded: &Loaded, args: &Args, out: &mut dyn Write) -> io::Result<()> {
    write_head(loaded, out)?;
    let rows = rows(loaded, args);
    write_nodes(loaded, args, &rows, out)?;
    writeln!(out)?;
    write_unused(loaded, &rows, out)?;
    write_unmatched(loaded, args, out)?;
    write_not_known(loaded, args, out)
}

/// Every node.
pub(super) fn rows(loaded: &Loaded, args: &Args) -> Vec<Row> {
    let nodes = loaded.analysis.lineage.nodes().indices();
    nodes.map(|node| row(loaded, args, node)).collect()
}

fn row(loaded: &Loaded, args: &Args, node: NodeIx) -> Row {
    let is_used = loaded.analysis.lineage.is_used(node);
    Row {
        node,
        usages: usages_of(&loaded.analysis, args, node),
        is_zero: !is_used && loaded.analysis.missing(node).is_empty(),
    }
}

fn write_head(loaded: &Loaded, out: &mut dyn Write) -> io::Result<()> {
    let lineage = &loaded.analysis.lineage;
    let project = &loaded.analysis.project;
    let mut facts = vec![styled(&ide::plain(&project.name), BOLD)];
    facts.push(ide::count(lineage.nodes().len(), "node"));
    facts.push(match &loaded.manifest {
        Some(manifest) => {
            let adapter = manifest.metadata.adapter_type.as_deref();
            let adapter = ide::plain(adapter.unwrap_or("an unknown adapter"));
            format!("{} on {adapter}", project.engine)
        }
        None => "read from the project's files".to_owned(),
    });
    writeln!(out, "{}", facts.join(" · "))?;
    let n_workbooks = lineage.workbooks().count();
    let n_dashboards: usize = lineage.workbooks().map(|(_, it)| it.dashboards.len()).sum();
    let is_complete = loaded.is_known() && loaded.analysis.is_complete();
    let sites = sites(loaded);
    let noun = match sites.is_empty() {
        true => "workbook file",
        false => "workbook",
    };
    let mut facts = vec![
        ide::count(n_workbooks, noun),
        ide::count(n_dashboards, "dashboard"),
    ];
    facts.extend(sites);
    facts.push(match is_complete {
        true => styled("complete", GOOD),
        false => styled("incomplete", WARN),
    });
    writeln!(out, "{}", facts.join(" · "))
}

/// Each site and snapshot with the age of what is known of it.
fn sites(loaded: &Loaded) -> Vec<String> {
    let contents = loaded.analysis.lineage.contents().iter();
    let contents = contents.filter(|it| it.kind != ContentKind::Files);
    // Of a site that was never read and lacks nothing a snapshot tells.
    let contents = contents.filter(|it| it.fetched_at.is_some() || !it.gaps.is_empty());
    let one = |it: &Content| {
        let age = it.fetched_at.map(|at| ide::ago(loaded.now, at));
        let age = age.unwrap_or_else(|| "not read yet".to_owned());
        format!("{}{}, {age}", ide::plain(&it.name), ide::snapshot_mark(it))
    };
    contents.map(one).collect()
}

/// The rows that a table shows, the most used first.
pub(super) fn shown<'r>(loaded: &Loaded, args: &Args, rows: &'r [Row]) -> Vec<&'r Row> {
    let mut shown: Vec<&Row> = rows
        .iter()
        .filter(|it| args.all || !it.usages.is_empty())
        .collect();
    shown.sort_by_cached_key(|it| {
        let (n_direct, n_further) = dashboards(it);
        let n_all = n_direct + n_further;
        (
            Reverse((n_direct, n_all, it.usages.len())),
            label(loaded, it.node),
        )
    });
    shown
}

fn write_nodes(loaded: &Loaded, args: &Args, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let shown = shown(loaded, args, rows);
    if shown.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let limit = if args.all { usize::MAX } else { MAX_LISTED };
    let head = ["NODE", "", "DIRECT", "DOWNSTREAM", "READ BY"];
    let mut table = vec![head.map(|it| Cell::new(it).style(DIM)).to_vec()];
    table.extend(shown.iter().take(limit).map(|it| cells(loaded, it)));
    write_table(out, 0, &table)?;
    write_more(out, "", shown.len().saturating_sub(limit))
}

/// Dashboards that read the node itself, and those further down.
fn dashboards(row: &Row) -> (usize, usize) {
    let all = row.usages.iter().flat_map(|it| &it.dashboards);
    let n_direct = all.clone().filter(|it| it.distance == 0).count();
    (n_direct, all.count() - n_direct)
}

/// Both numbers as they are shown; of a node that only sheets use, the sheets.
pub(super) fn counted(row: &Row, zero: &str) -> [String; 2] {
    if row.usages.is_empty() && !row.is_zero {
        return ["?", "?"].map(str::to_owned);
    }
    let (n_direct, n_further) = dashboards(row);
    let n_sheets = |is_direct: bool| -> usize {
        let usages = row.usages.iter().filter(|it| it.is_direct() == is_direct);
        usages.map(|it| it.sheets.len()).sum()
    };
    let has_dashboards = n_direct + n_further > 0;
    [(n_direct, true), (n_further, false)].map(|(n, is_direct)| match n {
        0 if !has_dashboards && n_sheets(is_direct) > 0 => ide::count(n_sheets(is_direct), "sheet"),
        0 => zero.to_owned(),
        n => n.to_string(),
    })
}

fn cells(loaded: &Loaded, row: &Row) -> Vec<Cell> {
    let node = loaded.analysis.lineage.nodes().get(row.node);
    // A zero that is one is quiet.
    let [n_direct, n_further] = counted(row, "·");
    let direct = row.usages.iter().filter(|it| it.is_direct());
    let mut readers: Vec<&WorkbookUsage> = direct.collect();
    if readers.is_empty() {
        readers = row.usages.iter().collect();
    }
    vec![
        Cell::new(&node.label()).style(BOLD),
        Cell::new(node.kind.as_str()).style(DIM),
        Cell::number(&n_direct),
        Cell::number(&n_further),
        Cell::new(&workbook_names(loaded, &readers)),
    ]
}

fn workbook_names(loaded: &Loaded, usages: &[&WorkbookUsage]) -> String {
    let name = |it: &&WorkbookUsage| {
        let name = shorten(&loaded.analysis.lineage.workbook(it.workbook).name);
        name + doubt(it.kind)
    };
    let mut names: Vec<String> = usages.iter().take(MAX_NAMED).map(name).collect();
    let n_more = usages.len() - names.len();
    names.extend((n_more > 0).then(|| format!("+{n_more}")));
    names.join(", ")
}

/// What stands behind the name of a workbook that is only probable.
pub(super) fn doubt(kind: MatchKind) -> &'static str {
    match kind {
        MatchKind::Name => " (by name only)",
        MatchKind::Proposed => " (by the proposed rule)",
        _ => "",
    }
}

fn shorten(name: &str) -> String {
    let name = ide::plain(name);
    if name.chars().count() <= MAX_TITLE {
        return name;
    }
    let cut: String = name.chars().take(MAX_TITLE - 1).collect();
    format!("{cut}…")
}

/// The nodes that nothing is known to use: those that are zeros, and those that are not.
fn write_unused(loaded: &Loaded, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let lineage = &loaded.analysis.lineage;
    let unused = rows.iter().filter(|it| !lineage.is_used(it.node));
    let (zeros, unknown): (Vec<&Row>, Vec<&Row>) = unused.partition(|it| it.is_zero);
    if !zeros.is_empty() {
        let verb = if zeros.len() == 1 { "reaches" } else { "reach" };
        let nodes = ide::count(zeros.len(), "node");
        writeln!(out, "{nodes} {verb} no dashboard and no sheet")?;
    }
    if !unknown.is_empty() {
        let verb = if unknown.len() == 1 { "has" } else { "have" };
        let nodes = ide::count(unknown.len(), "node");
        writeln!(out, "{nodes} {verb} no known use, which is not a zero")?;
    }
    Ok(())
}

fn write_unmatched(loaded: &Loaded, args: &Args, out: &mut dyn Write) -> io::Result<()> {
    let all = loaded.analysis.lineage.unmatched();
    let is_ours = |it: &&Unmatched| matches!(it.reason, Reason::NoSuchRelation | Reason::Ambiguous);
    let shown: Vec<&Unmatched> = all.iter().filter(is_ours).collect();
    if !shown.is_empty() {
        let tables = ide::count(shown.len(), "table");
        writeln!(out, "{tables} in Tableau without a node:")?;
        let limit = if args.all { usize::MAX } else { MAX_LISTED };
        let rows: Vec<Vec<Cell>> = shown.iter().take(limit).map(|it| unmatched(it)).collect();
        write_table(out, 2, &rows)?;
        write_more(out, "  ", shown.len().saturating_sub(limit))?;
        let hint = styled("exposure-lens explain TABLE says why", DIM);
        writeln!(out, "  {hint}")?;
    }
    let is_elsewhere =
        |it: &&Unmatched| matches!(it.reason, Reason::NotAWarehouse | Reason::OtherWarehouse);
    let n_elsewhere = all.iter().filter(is_elsewhere).count();
    if n_elsewhere > 0 {
        let tables = ide::count(n_elsewhere, "table");
        let text = format!("{tables} of files or other warehouses left out");
        writeln!(out, "{}", styled(&text, DIM))?;
    }
    Ok(())
}

fn unmatched(it: &Unmatched) -> Vec<Cell> {
    let workbooks: Vec<String> = it.workbooks.iter().take(2).map(|it| shorten(it)).collect();
    vec![
        Cell::new(&it.table),
        Cell::new(&ide::words(it.reason.as_str())).style(WARN),
        Cell::new(&workbooks.join(", ")).style(DIM),
    ]
}

fn write_not_known(loaded: &Loaded, args: &Args, out: &mut dyn Write) -> io::Result<()> {
    let gaps = loaded.analysis.lineage.gaps();
    let beside = loaded.analysis.missing_somewhere();
    let messages: Vec<&str> = beside
        .iter()
        .map(|it| it.message.as_str())
        .chain(gaps.iter().map(|it| it.message.as_str()))
        .collect();
    let limit = if args.all { usize::MAX } else { MAX_LISTED };
    for message in messages.iter().take(limit) {
        let message = ide::plain_message(message);
        writeln!(out, "{} {message}", styled("not known:", WARN))?;
    }
    write_more(out, "", messages.len().saturating_sub(limit))
}

fn write_more(out: &mut dyn Write, pad: &str, n_more: usize) -> io::Result<()> {
    if n_more == 0 {
        return Ok(());
    }
    let text = styled(&format!("+{n_more} more; --all lists them"), DIM);
    writeln!(out, "{pad}{text}")
}

fn label(loaded: &Loaded, ix: NodeIx) -> String {
    loaded.analysis.lineage.nodes().get(ix).label()
}

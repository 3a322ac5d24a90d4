//! One node with everything that uses it; one workbook or published datasource with
//! everything that feeds it.

use std::io::{self, Write};

use ide::Analysis;
use lineage::{
    ContentKind, DashboardUsage, NodeIx, PublishedDatasource, PublishedIx, Reason, Standing,
    Unmatched, Upstream, Workbook, WorkbookIx, WorkbookUsage,
};

use super::{Args, Asked, usages_of};
use crate::cli::load::Loaded;
use crate::output::json_v1::Pending;
use crate::output::terminal::{BOLD, Cell, DIM, GOOD, WARN, styled, table_lines, write_table};

/// How many dashboards of a workbook are named.
const MAX_NAMED: usize = 8;

pub(super) fn write(
    loaded: &Loaded,
    args: &Args,
    asked: &Asked,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut is_first = true;
    let mut start = |out: &mut dyn Write| match std::mem::take(&mut is_first) {
        true => Ok(()),
        false => writeln!(out),
    };
    for &node in &asked.nodes {
        start(out)?;
        write_node(loaded, args, node, out)?;
    }
    for &workbook in &asked.workbooks {
        start(out)?;
        write_workbook(loaded, args, workbook, out)?;
    }
    for &datasource in &asked.datasources {
        start(out)?;
        write_datasource(loaded, args, datasource, out)?;
    }
    Ok(())
}

fn write_node(loaded: &Loaded, args: &Args, ix: NodeIx, out: &mut dyn Write) -> io::Result<()> {
    let node = loaded.analysis.lineage.nodes().get(ix);
    let relation = node.relation.as_ref().map(ToString::to_string);
    let relation = relation.unwrap_or_else(|| "no table of its own (ephemeral)".to_owned());
    let version = match (&node.version, node.is_latest()) {
        (Some(_), true) => "latest version",
        (Some(_), false) => "not the latest version",
        (None, _) => "",
    };
    let is_own = node.package == loaded.analysis.lineage.nodes().root_package();
    let package = match is_own {
        true => String::new(),
        false => format!("package {}", node.package),
    };
    let facts = [node.kind.as_str(), &package, version, &node.path, &relation];
    write_title(out, &node.label(), &facts)?;
    writeln!(out, "{}", loaded.analysis.headline(ix))?;
    write_production(loaded, ix, out)?;
    write_lost(loaded, ix, out)?;
    write_usages(loaded, args, ix, out)?;
    write_datasources(loaded, ix, out)?;
    for it in loaded.analysis.missing(ix) {
        write_not_known(out, "", &it.message)?;
    }
    Ok(())
}

/// What production calls it.
fn write_production(loaded: &Loaded, ix: NodeIx, out: &mut dyn Write) -> io::Result<()> {
    if let Some(production) = loaded.analysis.lineage.production_name(ix) {
        let probably = match production.named_by.is_certain() {
            true => "",
            false => "probably ",
        };
        let relation = ide::plain(&production.relation.to_string());
        let text = format!("in production {probably}{relation}");
        writeln!(out, "{}", styled(&text, DIM))?;
    }
    Ok(())
}

/// That the files as they are do not build any more what dashboards read.
fn write_lost(loaded: &Loaded, ix: NodeIx, out: &mut dyn Write) -> io::Result<()> {
    // Of what is gone the headline says so.
    if loaded.analysis.lineage.nodes().get(ix).standing == Standing::Missing {
        return Ok(());
    }
    let lost = Pending::of(&loaded.analysis, ix);
    let mut lines = lost.iter().map(|it| ide::plain_message(&it.sentence()));
    lines.try_for_each(|line| writeln!(out, "{}", styled(&line, WARN)))
}

fn write_usages(loaded: &Loaded, args: &Args, ix: NodeIx, out: &mut dyn Write) -> io::Result<()> {
    let usages = usages_of(&loaded.analysis, args, ix);
    if usages.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let rows: Vec<Vec<Cell>> = usages.iter().map(|it| usage_row(loaded, it)).collect();
    for (line, usage) in table_lines(2, &rows).iter().zip(&usages) {
        writeln!(out, "{line}")?;
        for more in [known_of(loaded, usage), reached(loaded, usage)] {
            if !more.is_empty() {
                writeln!(out, "    {}", styled(&more, DIM))?;
            }
        }
    }
    Ok(())
}

fn write_title(out: &mut dyn Write, name: &str, facts: &[&str]) -> io::Result<()> {
    let facts = facts.iter().filter(|it| !it.is_empty());
    let facts: Vec<String> = facts.map(|it| ide::plain(it)).collect();
    let name = styled(&ide::plain(name), BOLD);
    writeln!(out, "{name} {}", styled(&facts.join(" · "), DIM))
}

fn write_not_known(out: &mut dyn Write, pad: &str, message: &str) -> io::Result<()> {
    let message = ide::plain_message(message);
    writeln!(out, "{pad}{} {message}", styled("not known:", WARN))
}

/// Published datasources on the node that no known workbook uses.
fn write_datasources(loaded: &Loaded, ix: NodeIx, out: &mut dyn Write) -> io::Result<()> {
    let unused = loaded.analysis.lineage.unused_datasources(ix);
    if unused.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = unused.iter().map(|it| datasource_name(it)).collect();
    let datasources = ide::count(unused.len(), "published datasource");
    let verb = if unused.len() == 1 { "reads" } else { "read" };
    let text = format!(
        "{datasources} that no known workbook uses {verb} it: {}",
        names.join(", ")
    );
    writeln!(out, "{}", ide::plain_message(&text))
}

/// The title, and in parentheses what is known beside it.
fn datasource_name(it: &PublishedDatasource) -> String {
    let facts = datasource_facts(it);
    let name = ide::plain(&it.name);
    match facts.is_empty() {
        true => name,
        false => format!("{name} ({})", facts.join(" · ")),
    }
}

fn datasource_facts(it: &PublishedDatasource) -> Vec<String> {
    let warnings: Vec<&str> = it.warnings.iter().map(String::as_str).collect();
    let mut facts = whereabouts(&it.project_path, it.owner.name.as_deref());
    facts.extend(ide::warning_or_certified(
        it.certified,
        &warnings,
        ide::plain,
    ));
    facts.extend(it.url.as_deref().map(ide::plain));
    facts
}

/// The folders around something, and who owns it.
fn whereabouts(project_path: &[String], owner: Option<&str>) -> Vec<String> {
    let path = (!project_path.is_empty()).then(|| ide::plain(&project_path.join("/")));
    path.into_iter().chain(owner.map(ide::plain)).collect()
}

/// What its site knows of a workbook that uses a node; nothing of a file alone.
fn known_of(loaded: &Loaded, usage: &WorkbookUsage) -> String {
    let content = &loaded.analysis.lineage.contents()[usage.workbook.content];
    if content.kind == ContentKind::Files {
        return String::new();
    }
    let workbook = loaded.analysis.lineage.workbook(usage.workbook);
    let facts = loaded.analysis.facts(usage);
    let mut known = about(loaded, usage.workbook);
    known.extend(ide::warning_or_certified(
        facts.certified,
        &facts.warnings,
        ide::plain,
    ));
    known.extend(workbook.views.map(ide::views));
    let age = facts.extract_refreshed;
    known.extend(age.map(|at| format!("data of {}", ide::ago(loaded.now, at))));
    for (what, names) in facts.between() {
        let names: Vec<String> = names.into_iter().map(ide::plain).collect();
        known.push(format!("{what} {}", names.join(", ")));
    }
    known.join(" · ")
}

/// The site, the folders and the owner of a workbook.
fn about(loaded: &Loaded, ix: WorkbookIx) -> Vec<String> {
    let workbook = loaded.analysis.lineage.workbook(ix);
    let mut about: Vec<String> = site_of(loaded, ix.content).into_iter().collect();
    about.extend(whereabouts(
        &workbook.project_path,
        workbook.owner.name.as_deref(),
    ));
    about
}

fn site_of(loaded: &Loaded, content: usize) -> Option<String> {
    let content = &loaded.analysis.lineage.contents()[content];
    (content.kind != ContentKind::Files).then(|| ide::plain(&content.name))
}

fn usage_row(loaded: &Loaded, usage: &WorkbookUsage) -> Vec<Cell> {
    let workbook = loaded.analysis.lineage.workbook(usage.workbook);
    let exposure = match loaded.analysis.exposure_of(usage.workbook) {
        Some(exposure) => Cell::new(&name_of(exposure)).style(GOOD),
        None => Cell::new("no exposure").style(WARN),
    };
    vec![
        Cell::new(&workbook.name).style(BOLD),
        Cell::number(&ide::shown(usage)),
        Cell::new(&how(&loaded.analysis, usage)),
        exposure,
        Cell::new(place_of(workbook)).style(DIM),
    ]
}

fn name_of(exposure: &lineage::Exposure) -> String {
    let disabled = if exposure.enabled { "" } else { " (disabled)" };
    format!("{}{disabled}", exposure.name)
}

/// Where a workbook is: its page, else its file.
fn place_of(workbook: &Workbook) -> &str {
    let place = workbook.url.as_deref().or(workbook.file.as_deref());
    place.unwrap_or_default()
}

/// The dashboards' names, or the sheets' where there is none.
fn reached(loaded: &Loaded, usage: &WorkbookUsage) -> String {
    let workbook = loaded.analysis.lineage.workbook(usage.workbook);
    let dashboard = |it: &DashboardUsage| {
        let dashboard = &workbook.dashboards[it.dashboard];
        let story = if dashboard.story { " (story)" } else { "" };
        format!("{}{story}", ide::plain(&dashboard.name))
    };
    let sheet = |&it: &usize| ide::plain(&workbook.sheets[it].name);
    let mut names: Vec<String> = match usage.dashboards.is_empty() {
        false => usage.dashboards.iter().map(dashboard).collect(),
        true => usage.sheets.iter().map(sheet).collect(),
    };
    let n_more = names.len().saturating_sub(MAX_NAMED);
    names.truncate(MAX_NAMED);
    names.extend((n_more > 0).then(|| format!("+{n_more}")));
    names.join(" · ")
}

/// How a workbook comes to the node: `table`, `custom SQL`, `via fct_orders → …`.
pub(super) fn how(analysis: &Analysis, usage: &WorkbookUsage) -> String {
    let nodes = analysis.lineage.nodes();
    if !usage.is_direct() {
        let way = usage.via[1..].iter().map(|&ix| nodes.get(ix).label());
        let way: Vec<String> = way.collect();
        let probably = match usage.kind.is_probable() {
            true => format!(", {} match", usage.kind.as_str()),
            false => String::new(),
        };
        return format!("via {}{probably}", way.join(" → "));
    }
    let evidence = usage.evidence.iter().map(|it| ide::words(it.as_str()));
    let evidence: Vec<String> = evidence.collect();
    format!("{}, {} match", evidence.join(" + "), usage.kind.as_str())
}

fn write_workbook(
    loaded: &Loaded,
    args: &Args,
    ix: WorkbookIx,
    out: &mut dyn Write,
) -> io::Result<()> {
    let lineage = &loaded.analysis.lineage;
    let workbook = lineage.workbook(ix);
    let exposure = loaded.analysis.exposure_of(ix);
    let exposure = exposure.map_or("no exposure".to_owned(), |it| {
        format!("exposure {}", name_of(it))
    });
    let dashboards = ide::count_dashboards(workbook.dashboards.len(), workbook.sheets.len());
    let about = about(loaded, ix).join(" · ");
    let views = workbook.views.map(ide::views).unwrap_or_default();
    let place = place_of(workbook);
    let facts = ["workbook", &dashboards, &exposure, &about, &views, place];
    write_title(out, &workbook.name, &facts)?;
    let rows = write_upstream(loaded, args, &lineage.upstream_of(ix), out)?;
    let is_own = |it: &&lineage::Gap| it.about.as_ref() == Some(&workbook.name);
    let gaps: Vec<&lineage::Gap> = lineage.gaps().iter().filter(is_own).collect();
    if rows == 0 && gaps.is_empty() {
        writeln!(out, "  reads no node of this project")?;
    }
    let unmatched = lineage.unmatched().iter();
    for it in unmatched.filter(|it| it.workbooks.contains(&workbook.name) && is_table(it)) {
        let reason = ide::words(it.reason.as_str());
        let label = styled("no node:", WARN);
        writeln!(out, "  {label} {} ({reason})", ide::plain(&it.table))?;
    }
    gaps.iter()
        .try_for_each(|it| write_not_known(out, "  ", &it.message))
}

fn write_datasource(
    loaded: &Loaded,
    args: &Args,
    ix: PublishedIx,
    out: &mut dyn Write,
) -> io::Result<()> {
    let lineage = &loaded.analysis.lineage;
    let it = lineage.published(ix);
    let site = site_of(loaded, ix.content).unwrap_or_default();
    let facts = datasource_facts(it).join(" · ");
    let file = it.file.as_deref().unwrap_or_default();
    write_title(
        out,
        &it.name,
        &["published datasource", &site, &facts, file],
    )?;
    if write_upstream(loaded, args, &lineage.upstream_of_published(ix), out)? == 0 {
        writeln!(out, "  reads no node of this project that is known")?;
    }
    Ok(())
}

/// The nodes that feed something; returns how many.
fn write_upstream(
    loaded: &Loaded,
    args: &Args,
    upstream: &[Upstream],
    out: &mut dyn Write,
) -> io::Result<usize> {
    let shown = upstream
        .iter()
        .filter(|it| !args.direct || it.distance == 0);
    let rows: Vec<Vec<Cell>> = shown.map(|it| upstream_row(loaded, it)).collect();
    write_table(out, 2, &rows)?;
    Ok(rows.len())
}

/// Whether it is a table with a name; all else is said as not known.
fn is_table(it: &Unmatched) -> bool {
    use Reason::{Ambiguous, NoSuchRelation, NotAWarehouse, OtherWarehouse};
    matches!(
        it.reason,
        NoSuchRelation | Ambiguous | OtherWarehouse | NotAWarehouse
    )
}

fn upstream_row(loaded: &Loaded, it: &Upstream) -> Vec<Cell> {
    let node = loaded.analysis.lineage.nodes().get(it.node);
    let distance = match it.distance {
        0 => Cell::new("reads").style(BOLD),
        1 => Cell::new("1 step up").style(DIM),
        n => Cell::new(&format!("{n} steps up")).style(DIM),
    };
    vec![
        distance,
        Cell::new(&node.label()),
        Cell::new(node.kind.as_str()).style(DIM),
        Cell::new(&node.path).style(DIM),
    ]
}

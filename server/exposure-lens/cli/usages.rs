//! `usages`: which workbooks and dashboards use these nodes, and the other way round.

use std::io::Write;

use lineage::{NodeIx, WorkbookIx, WorkbookUsage};

use super::load::{self, Loaded};
use super::select::{self, Selected};
use super::{Context, Format, Outcome, complain};
use crate::output::json_v1;
use crate::output::terminal::{BOLD, Cell, DIM, GOOD, WARN, styled, table_lines, write_table};

/// How many nodes the summary lists.
const MAX_LISTED: usize = 20;

/// Arguments of `usages`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Nodes (orders, crm.accounts, model.shop.orders), files, workbooks, Tableau addresses
    #[arg(value_name = "NODE|PATH|WORKBOOK|TABLEAU-URL")]
    words: Vec<String>,
    /// Only what reads a node's own relation
    #[arg(long)]
    direct: bool,
    /// Every node, not only the 20 most used
    #[arg(long)]
    all: bool,
    /// The nodes that reach no dashboard; refused while content is incomplete
    #[arg(long, conflicts_with_all = ["words", "direct", "all"])]
    unused: bool,
}

pub(super) fn run(context: &Context, args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let loaded = load::load(context)?;
    if let Format::Text = context.format {
        // Unreadable files are part of the answer below: "not known".
        for problem in loaded
            .problems
            .iter()
            .filter(|it| it.code != "file_unreadable")
        {
            complain(&format!(
                "{} {}",
                styled("note:", WARN),
                ide::plain_message(&problem.message)
            ));
        }
    }
    if args.unused {
        return unused(context, &loaded, out);
    }
    let mut nodes: Vec<NodeIx> = Vec::new();
    let mut workbooks: Vec<WorkbookIx> = Vec::new();
    for word in &args.words {
        match select::select(&loaded, word) {
            Some(Selected::Nodes(found)) => nodes.extend(found),
            Some(Selected::Workbooks(found)) => workbooks.extend(found),
            None => {
                complain(&not_found(&loaded, word));
                return Ok(if known(&loaded) {
                    Outcome::WrongUse
                } else {
                    Outcome::NotKnown
                });
            }
        }
    }
    match context.format {
        Format::Json => write_json(&loaded, args, &nodes, &workbooks, out)?,
        Format::Text if args.words.is_empty() => write_summary(&loaded, args, out)?,
        Format::Text => {
            for (n, &node) in nodes.iter().enumerate() {
                if n > 0 {
                    writeln!(out)?;
                }
                write_node(&loaded, args, node, out)?;
            }
            for (n, &workbook) in workbooks.iter().enumerate() {
                if n + nodes.len() > 0 {
                    writeln!(out)?;
                }
                write_workbook(&loaded, workbook, out)?;
            }
        }
    }
    Ok(if known(&loaded) {
        Outcome::Fine
    } else {
        Outcome::NotKnown
    })
}

/// Without a manifest or without any content nothing can be said.
fn known(loaded: &Loaded) -> bool {
    loaded.manifest.is_some() && loaded.analysis.has_content()
}

fn not_found(loaded: &Loaded, word: &str) -> String {
    let nodes = loaded.analysis.lineage.nodes();
    let names = nodes.iter().map(|(_, node)| node.label());
    let workbooks = loaded
        .analysis
        .lineage
        .workbooks()
        .map(|(_, it)| it.name.clone());
    let near = names
        .chain(workbooks)
        .map(|name| (strsim::damerau_levenshtein(&name, word), name))
        .min()
        .filter(|(distance, _)| *distance <= 1 + word.chars().count() / 3);
    let hint = near.map_or(String::new(), |(_, name)| {
        format!("; did you mean `{}`?", ide::plain(&name))
    });
    format!(
        "error: no node, file or workbook `{}` in this project{hint}",
        ide::plain(word)
    )
}

fn write_json(
    loaded: &Loaded,
    args: &Args,
    nodes: &[NodeIx],
    workbooks: &[WorkbookIx],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let lineage = &loaded.analysis.lineage;
    let mut answer = loaded.json();
    let keep_distance = |it: &WorkbookUsage| !args.direct || it.is_direct();
    let mut wanted: Vec<NodeIx> = if args.words.is_empty() {
        lineage.nodes().indices().collect()
    } else {
        nodes.to_vec()
    };
    wanted.sort_by_key(|&ix| &lineage.nodes().get(ix).id);
    wanted.dedup();
    for node in wanted {
        answer.add_node(&loaded.analysis, node, &keep_distance);
    }
    let mut feeding: Vec<NodeIx> = workbooks
        .iter()
        .flat_map(|&workbook| lineage.upstream_of(workbook))
        .filter(|it| !args.direct || it.distance == 0)
        .map(|it| it.node)
        .collect();
    feeding.sort_by_key(|&ix| &lineage.nodes().get(ix).id);
    feeding.dedup();
    for node in feeding {
        let keep = |it: &WorkbookUsage| keep_distance(it) && workbooks.contains(&it.workbook);
        answer.add_node(&loaded.analysis, node, &keep);
    }
    Ok(json_v1::write(out, &answer)?)
}

fn write_head(loaded: &Loaded, out: &mut dyn Write) -> anyhow::Result<()> {
    let lineage = &loaded.analysis.lineage;
    let mut facts = vec![styled(&ide::plain(&loaded.analysis.project.name), BOLD)];
    if let Some(manifest) = &loaded.manifest {
        let adapter = manifest.metadata.adapter_type.clone().unwrap_or_default();
        facts.push(ide::count(lineage.nodes().len(), "node"));
        facts.push(format!(
            "{} on {}",
            loaded.analysis.project.engine,
            ide::plain(&adapter)
        ));
    }
    writeln!(out, "{}", facts.join(" · "))?;
    let n_workbooks = lineage.workbooks().count();
    let n_dashboards: usize = lineage.workbooks().map(|(_, it)| it.dashboards.len()).sum();
    let complete = known(loaded) && lineage.gaps().is_empty();
    let state = if complete {
        styled("complete", GOOD)
    } else {
        styled("incomplete", WARN)
    };
    let workbooks = ide::count(n_workbooks, "workbook file");
    let dashboards = ide::count(n_dashboards, "dashboard");
    Ok(writeln!(out, "{workbooks} · {dashboards} · {state}")?)
}

fn write_summary(loaded: &Loaded, args: &Args, out: &mut dyn Write) -> anyhow::Result<()> {
    write_head(loaded, out)?;
    let lineage = &loaded.analysis.lineage;
    let mut used: Vec<(NodeIx, Vec<WorkbookUsage>)> = lineage
        .nodes()
        .indices()
        .map(|ix| (ix, lineage.downstream_of(ix)))
        .collect();
    let n_unused = used.iter().filter(|(_, usages)| usages.is_empty()).count();
    used.retain(|(_, usages)| args.all || !usages.is_empty());
    if args.direct {
        used.retain(|(_, usages)| usages.iter().any(WorkbookUsage::is_direct));
    }
    let key = |usages: &[WorkbookUsage]| {
        let direct = usages.iter().filter(|it| it.is_direct());
        let n_direct: usize = direct.map(|it| it.dashboards.len()).sum();
        let n_all: usize = usages.iter().map(|it| it.dashboards.len()).sum();
        (n_direct, n_all, usages.len())
    };
    used.sort_by(|(a, of_a), (b, of_b)| {
        key(of_b)
            .cmp(&key(of_a))
            .then_with(|| label(loaded, *a).cmp(&label(loaded, *b)))
    });
    if !used.is_empty() {
        writeln!(out)?;
        let limit = if args.all { usize::MAX } else { MAX_LISTED };
        let head =
            ["NODE", "", "DIRECT", "DOWNSTREAM", "READ BY"].map(|it| Cell::new(it).style(DIM));
        let mut rows = vec![head.to_vec()];
        rows.extend(
            used.iter()
                .take(limit)
                .map(|(ix, usages)| summary_row(loaded, *ix, usages)),
        );
        write_table(out, 0, &rows)?;
        if used.len() > limit {
            writeln!(
                out,
                "{}",
                styled(
                    &format!("+{} more; --all lists them", used.len() - limit),
                    DIM
                )
            )?;
        }
    }
    write_rest(loaded, args, n_unused, out)
}

fn summary_row(loaded: &Loaded, ix: NodeIx, usages: &[WorkbookUsage]) -> Vec<Cell> {
    let node = loaded.analysis.lineage.nodes().get(ix);
    let n_all: usize = usages.iter().map(|it| it.dashboards.len()).sum();
    let direct: Vec<&WorkbookUsage> = usages.iter().filter(|it| it.is_direct()).collect();
    let n_direct: usize = direct
        .iter()
        .map(|it| {
            it.dashboards
                .iter()
                .filter(|reached| reached.distance == 0)
                .count()
        })
        .sum();
    let names = if direct.is_empty() {
        usages.iter().collect()
    } else {
        direct
    };
    vec![
        Cell::new(&node.label()).style(BOLD),
        Cell::new(node.kind.as_str()).style(DIM),
        Cell::number(&number(n_direct)),
        Cell::number(&number(n_all - n_direct)),
        Cell::new(&workbook_names(loaded, &names)),
    ]
}

/// A zero that is one is quiet; what is not known is said below the table.
fn number(n: usize) -> String {
    if n == 0 {
        "·".to_owned()
    } else {
        n.to_string()
    }
}

fn workbook_names(loaded: &Loaded, usages: &[&WorkbookUsage]) -> String {
    let name = |it: &&WorkbookUsage| {
        let probably = if it.kind.is_probable() {
            " (by name only)"
        } else {
            ""
        };
        format!(
            "{}{probably}",
            shorten(&loaded.analysis.lineage.workbook(it.workbook).name)
        )
    };
    let shown: Vec<String> = usages.iter().take(3).map(name).collect();
    let rest = usages.len().saturating_sub(3);
    let more = if rest > 0 {
        format!(", +{rest}")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

fn shorten(name: &str) -> String {
    let name = ide::plain(name);
    if name.chars().count() <= 32 {
        return name;
    }
    let cut: String = name.chars().take(31).collect();
    format!("{cut}…")
}

/// What the table does not show: unused nodes, tables without a node, what is missing.
fn write_rest(
    loaded: &Loaded,
    args: &Args,
    n_unused: usize,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let lineage = &loaded.analysis.lineage;
    writeln!(out)?;
    if n_unused > 0 && !args.all {
        let certain = known(loaded) && lineage.gaps().is_empty();
        let known = if certain {
            "reach no dashboard"
        } else {
            "have no known use, which is not a zero"
        };
        writeln!(out, "{} {known}", ide::count(n_unused, "node"))?;
    }
    let quiet = |it: &&lineage::Unmatched| {
        !matches!(
            it.reason,
            lineage::Reason::NotAWarehouse | lineage::Reason::OtherWarehouse
        )
    };
    let unmatched: Vec<&lineage::Unmatched> = lineage.unmatched().iter().filter(quiet).collect();
    if !unmatched.is_empty() {
        let name = if unmatched.len() == 1 {
            "table"
        } else {
            "tables"
        };
        writeln!(out, "{} {name} in Tableau without a node:", unmatched.len())?;
        let rows: Vec<Vec<Cell>> = unmatched
            .iter()
            .take(MAX_LISTED)
            .map(|it| unmatched_row(it))
            .collect();
        write_table(out, 2, &rows)?;
        writeln!(
            out,
            "  {}",
            styled("exposure-lens explain TABLE says why", DIM)
        )?;
    }
    let n_elsewhere = lineage.unmatched().len() - unmatched.len();
    if n_elsewhere > 0 {
        let tables = ide::count(n_elsewhere, "table");
        writeln!(
            out,
            "{}",
            styled(
                &format!("{tables} of files or other warehouses left out"),
                DIM
            )
        )?;
    }
    for gap in lineage.gaps().iter().take(MAX_LISTED) {
        writeln!(
            out,
            "{} {}",
            styled("not known:", WARN),
            ide::plain_message(&gap.message)
        )?;
    }
    Ok(())
}

fn unmatched_row(it: &lineage::Unmatched) -> Vec<Cell> {
    let workbooks: Vec<String> = it
        .workbooks
        .iter()
        .take(2)
        .map(|name| shorten(name))
        .collect();
    vec![
        Cell::new(&it.table),
        Cell::new(&ide::words(it.reason.as_str())).style(WARN),
        Cell::new(&workbooks.join(", ")).style(DIM),
    ]
}

fn label(loaded: &Loaded, ix: NodeIx) -> String {
    loaded.analysis.lineage.nodes().get(ix).label()
}

fn write_node(loaded: &Loaded, args: &Args, ix: NodeIx, out: &mut dyn Write) -> anyhow::Result<()> {
    let lineage = &loaded.analysis.lineage;
    let node = lineage.nodes().get(ix);
    let relation = node.relation.as_ref().map(ToString::to_string);
    let relation = relation.unwrap_or_else(|| "no table of its own (ephemeral)".to_owned());
    let facts = [node.kind.as_str(), node.path.as_str(), relation.as_str()]
        .map(ide::plain)
        .join(" · ");
    writeln!(
        out,
        "{} {}",
        styled(&ide::plain(&node.label()), BOLD),
        styled(&facts, DIM)
    )?;
    let headline = loaded.analysis.headline(ix);
    writeln!(
        out,
        "{}",
        headline.unwrap_or_else(|| "Tableau: no workbook files found".to_owned())
    )?;
    let mut usages = lineage.downstream_of(ix);
    usages.retain(|it| !args.direct || it.is_direct());
    if !usages.is_empty() {
        writeln!(out)?;
        let rows: Vec<Vec<Cell>> = usages.iter().map(|it| usage_row(loaded, it)).collect();
        for (line, usage) in table_lines(2, &rows).iter().zip(&usages) {
            writeln!(out, "{line}\n    {}", styled(&reached(loaded, usage), DIM))?;
        }
    }
    let missing = loaded.analysis.missing(ix);
    for it in missing {
        writeln!(
            out,
            "{} {}",
            styled("not known:", WARN),
            ide::plain_message(&it.message)
        )?;
    }
    Ok(())
}

fn usage_row(loaded: &Loaded, usage: &WorkbookUsage) -> Vec<Cell> {
    let workbook = loaded.analysis.lineage.workbook(usage.workbook);
    let exposure = match loaded.analysis.exposure_of(usage.workbook) {
        Some(exposure) => Cell::new(exposure.name.as_str()).style(GOOD),
        None => Cell::new("no exposure").style(WARN),
    };
    let place = workbook
        .url
        .as_deref()
        .or(workbook.file.as_deref())
        .unwrap_or_default();
    vec![
        Cell::new(&workbook.name).style(BOLD),
        Cell::number(&ide::count_dashboards(
            usage.dashboards.len(),
            usage.sheets.len(),
        )),
        Cell::new(&how(loaded, usage)),
        exposure,
        Cell::new(place).style(DIM),
    ]
}

/// The dashboards' names, or the sheets' where there is none.
fn reached(loaded: &Loaded, usage: &WorkbookUsage) -> String {
    let workbook = loaded.analysis.lineage.workbook(usage.workbook);
    let dashboard = |it: &lineage::DashboardUsage| {
        let dashboard = &workbook.dashboards[it.dashboard];
        let story = if dashboard.story { " (story)" } else { "" };
        format!("{}{story}", ide::plain(&dashboard.name))
    };
    let mut names: Vec<String> = usage.dashboards.iter().map(dashboard).collect();
    if names.is_empty() {
        names = usage
            .sheets
            .iter()
            .map(|&it| ide::plain(&workbook.sheets[it].name))
            .collect();
    }
    let n_more = names.len().saturating_sub(8);
    names.truncate(8);
    if n_more > 0 {
        names.push(format!("+{n_more}"));
    }
    names.join(" · ")
}

/// How a workbook comes to the node: `table`, `custom SQL`, `via fct_orders → …`.
fn how(loaded: &Loaded, usage: &WorkbookUsage) -> String {
    if !usage.is_direct() {
        let way: Vec<String> = usage.via[1..].iter().map(|&ix| label(loaded, ix)).collect();
        return format!("via {}", way.join(" → "));
    }
    let evidence: Vec<String> = usage
        .evidence
        .iter()
        .map(|it| ide::words(it.as_str()))
        .collect();
    format!("{}, {} match", evidence.join(" + "), usage.kind.as_str())
}

fn write_workbook(loaded: &Loaded, ix: WorkbookIx, out: &mut dyn Write) -> anyhow::Result<()> {
    let lineage = &loaded.analysis.lineage;
    let workbook = lineage.workbook(ix);
    let exposure = loaded.analysis.exposure_of(ix);
    let exposure = exposure.map_or("no exposure".to_owned(), |it| {
        format!("exposure {}", it.name)
    });
    let place = workbook
        .url
        .as_deref()
        .or(workbook.file.as_deref())
        .unwrap_or_default();
    let dashboards = ide::count_dashboards(workbook.dashboards.len(), workbook.sheets.len());
    let facts = ["workbook", &dashboards, &exposure, place]
        .map(ide::plain)
        .join(" · ");
    writeln!(
        out,
        "{} {}",
        styled(&ide::plain(&workbook.name), BOLD),
        styled(&facts, DIM)
    )?;
    let upstream = lineage.upstream_of(ix);
    let rows: Vec<Vec<Cell>> = upstream
        .iter()
        .map(|it| {
            let node = lineage.nodes().get(it.node);
            let distance = match it.distance {
                0 => "reads".to_owned(),
                1 => "1 step up".to_owned(),
                n => format!("{n} steps up"),
            };
            vec![
                Cell::new(&distance).style(if it.distance == 0 { BOLD } else { DIM }),
                Cell::new(&node.label()),
                Cell::new(node.kind.as_str()).style(DIM),
                Cell::new(&node.path).style(DIM),
            ]
        })
        .collect();
    if rows.is_empty() {
        writeln!(out, "  reads no node of this project")?;
    }
    write_table(out, 2, &rows)?;
    for it in lineage
        .unmatched()
        .iter()
        .filter(|it| it.workbooks.contains(&workbook.name))
    {
        let reason = ide::words(it.reason.as_str());
        writeln!(
            out,
            "  {} {} ({reason})",
            styled("no node:", WARN),
            ide::plain(&it.table)
        )?;
    }
    Ok(())
}

fn unused(context: &Context, loaded: &Loaded, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let lineage = &loaded.analysis.lineage;
    if !known(loaded) {
        complain("error: cannot tell what is unused without a manifest and Tableau content");
        return Ok(Outcome::NotKnown);
    }
    let nodes: Vec<NodeIx> = lineage
        .nodes()
        .indices()
        .filter(|&ix| lineage.downstream_of(ix).is_empty())
        .collect();
    if nodes
        .iter()
        .any(|&ix| !loaded.analysis.missing(ix).is_empty())
    {
        complain("error: content is incomplete, so that \"unused\" cannot be told:");
        for gap in lineage.gaps().iter().take(MAX_LISTED) {
            complain(&format!("  {}", ide::plain_message(&gap.message)));
        }
        return Ok(Outcome::NotKnown);
    }
    if let Format::Json = context.format {
        let mut answer = loaded.json();
        for node in nodes {
            answer.add_node(&loaded.analysis, node, &|_| true);
        }
        json_v1::write(out, &answer)?;
        return Ok(Outcome::Fine);
    }
    let rows: Vec<Vec<Cell>> = nodes
        .iter()
        .map(|&ix| {
            let node = lineage.nodes().get(ix);
            let kind = Cell::new(node.kind.as_str()).style(DIM);
            vec![
                Cell::new(&node.label()),
                kind,
                Cell::new(&node.path).style(DIM),
            ]
        })
        .collect();
    write_table(out, 0, &rows)?;
    Ok(Outcome::Fine)
}

//! The project's summary: the most used nodes, and what is not known.

use ide::Reached;
use lineage::WorkbookUsage;

use super::comment::listed;
use super::totals;
use super::{Look, MARKER, footer};
use crate::cli::usages::MAX_LISTED;
use crate::cli::usages::summary::{self as rows, Row};
use crate::output::markdown::{Lines, code, message, title};

/// The table and what is not known, in bytes each.
const MAX_TABLE: usize = 30_000;
const MAX_UNKNOWN: usize = 15_000;

/// How many workbooks a row names.
const MAX_NAMED: usize = 3;

pub(super) fn write(look: Look<'_>) -> String {
    let rows = rows::rows(look.loaded, look.args);
    let project = code(&look.loaded.project.dbt.name);
    let n_nodes = ide::count(rows.len(), "node");
    let reached = Reached::of(rows.iter().flat_map(|it| &it.usages));
    let guessed = totals::guessed(&reached);
    let guessed = guessed.map_or(String::new(), |it| format!(" · {it}"));
    let counted = counted(look, &rows, &reached);
    let parts = [
        format!("{MARKER}\n### Tableau: {counted} of {n_nodes} of {project}{guessed}\n"),
        table(look, &rows),
        unused(look, &rows),
        unknown(look),
        footer::line(look, None),
    ];
    let parts = parts.into_iter().filter(|it| !it.is_empty());
    parts.collect::<Vec<_>>().join("\n")
}

/// How much of Tableau reads how much.
fn counted(look: Look<'_>, rows: &[Row], reached: &Reached) -> String {
    let n_used = rows.iter().filter(|it| !it.usages.is_empty()).count();
    match (reached.is_empty(), look.loaded.is_known()) {
        (false, _) => format!("{} {n_used}", reached.read()),
        (true, true) if look.loaded.analysis.is_complete() => "no dashboard reads one".to_owned(),
        (true, _) => "it is not known which dashboards read any".to_owned(),
    }
}

fn table(look: Look<'_>, rows: &[Row]) -> String {
    let limit = if look.args.all {
        usize::MAX
    } else {
        MAX_LISTED
    };
    let shown = rows::shown(look.loaded, look.args, rows);
    let mut lines = Lines::new(MAX_TABLE);
    for it in shown.iter().take(limit) {
        lines.push(&row(look, it));
    }
    if lines.is_empty() {
        return String::new();
    }
    let (head, rule) = match look.is_public() {
        true => ("", ""),
        false => (" Read by |", "---|"),
    };
    let n_more = lines.n_more + shown.len().saturating_sub(limit);
    let more = match n_more {
        0 => String::new(),
        n => format!("\n+{n} more\n"),
    };
    format!(
        "| Node | Kind | Direct | Downstream |{head}\n|---|---|--:|--:|{rule}\n{}{more}",
        lines.text()
    )
}

fn row(look: Look<'_>, row: &Row) -> String {
    let node = look.loaded.analysis.lineage.nodes().get(row.node);
    let [n_direct, n_further] = rows::counted(row, "0");
    let readers = match look.is_public() {
        true => String::new(),
        false => format!(" {} |", readers(look, row)),
    };
    let (label, kind) = (code(&node.label()), node.kind.as_str());
    format!("| {label} | {kind} | {n_direct} | {n_further} |{readers}")
}

fn readers(look: Look<'_>, row: &Row) -> String {
    let direct = row.usages.iter().filter(|it| it.is_direct());
    let mut read_by: Vec<&WorkbookUsage> = direct.collect();
    if read_by.is_empty() {
        read_by.extend(&row.usages);
    }
    let named = read_by.iter().take(MAX_NAMED).map(|it| {
        let workbook = look.loaded.analysis.lineage.workbook(it.workbook);
        title(&workbook.name, workbook.url.as_deref()) + rows::doubt(it.kind)
    });
    let n_more = read_by.len().saturating_sub(MAX_NAMED);
    let more = (n_more > 0).then(|| format!("+{n_more}"));
    named.chain(more).collect::<Vec<_>>().join(", ")
}

/// The nodes that nothing is known to use: those that are zeros, and those that are not.
fn unused(look: Look<'_>, rows: &[Row]) -> String {
    let lineage = &look.loaded.analysis.lineage;
    let unused = rows.iter().filter(|it| !lineage.is_used(it.node));
    let (zeros, unknown): (Vec<&Row>, Vec<&Row>) = unused.partition(|it| it.is_zero);
    let mut lines = Vec::new();
    if !zeros.is_empty() {
        let nodes = ide::count(zeros.len(), "node");
        let verb = if zeros.len() == 1 { "reaches" } else { "reach" };
        lines.push(format!("{nodes} {verb} no dashboard and no sheet.\n"));
    }
    if !unknown.is_empty() {
        let nodes = ide::count(unknown.len(), "node");
        let verb = if unknown.len() == 1 { "has" } else { "have" };
        lines.push(format!(
            "{nodes} {verb} no known use, which is not a zero.\n"
        ));
    }
    lines.join("\n")
}

fn unknown(look: Look<'_>) -> String {
    let analysis = &look.loaded.analysis;
    let beside = analysis.missing_somewhere();
    let beside = beside.iter().map(|it| (it.code, it.message.as_str()));
    let gaps = analysis.lineage.gaps().iter();
    let gaps = gaps.map(|it| (it.code.as_str(), it.message.as_str()));
    let all: Vec<(&str, &str)> = beside.chain(gaps).collect();
    if all.is_empty() {
        return String::new();
    }
    if look.is_public() {
        let mut codes: Vec<&str> = all.iter().map(|(code, _)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        return format!(
            "**Not known**: {}\n",
            listed(codes.into_iter().map(code).collect())
        );
    }
    let mut lines = Lines::new(MAX_UNKNOWN);
    all.iter()
        .for_each(|(_, it)| lines.push(&format!("- {}", message(it))));
    let more = match lines.n_more {
        0 => String::new(),
        n => format!("- +{n} more\n"),
    };
    format!("**Not known**\n\n{}{more}", lines.text())
}

//! One node's workbooks, folded away below its name and how much reads it.

use ide::{Reached, warning_or_certified};
use lineage::{ContentKind, DashboardUsage, Workbook};

use super::changes::{Change, Reader};
use crate::cli::usages::detail::how;
use crate::output::markdown::{Lines, code, html_code, message, text, title};

/// What one node may take of the comment.
const MAX_NODE: usize = 12_000;

/// How many dashboards of a workbook are named.
const MAX_NAMED: usize = 8;

/// The block of one node; `None` where nothing reads it.
pub(super) fn block(change: &Change<'_>) -> Option<String> {
    if change.readers.is_empty() {
        return None;
    }
    let counted = Reached::of(change.readers.iter().map(|it| &it.usage)).counted();
    let mut lines = Lines::new(MAX_NODE);
    for reader in &change.readers {
        lines.push(&item(reader));
    }
    let more = match lines.n_more {
        0 => String::new(),
        n => format!("- +{n} more\n"),
    };
    let label = html_code(&change.label);
    let list = lines.text();
    Some(format!(
        "<details><summary>{label} · {counted}</summary>\n\n{list}{more}\n</details>\n"
    ))
}

/// A workbook and how much it is used; below it who has it and how it reads the node.
fn item(reader: &Reader<'_>) -> String {
    let Reader { analysis, usage } = reader;
    let workbook = analysis.lineage.workbook(usage.workbook);
    let facts = analysis.facts(usage);
    let mut first = vec![
        title(&workbook.name, workbook.url.as_deref()),
        reached(reader),
    ];
    first.extend(workbook.views.map(ide::views));
    first.extend(warning_or_certified(facts.certified, &facts.warnings, text));
    let mut second = place(reader, workbook);
    second.push(message(&how(analysis, usage)));
    let between = facts.between().into_iter();
    second.extend(between.map(|(what, names)| format!("{what} {}", named(names))));
    second.push(match analysis.exposure_of(usage.workbook) {
        Some(it) if it.enabled => format!("exposure {}", code(it.name.as_str())),
        Some(it) => format!("exposure {} (disabled)", code(it.name.as_str())),
        None => "no exposure".to_owned(),
    });
    format!("- {}  \n  {}", first.join(" · "), second.join(" · "))
}

/// `2 dashboards (Overview, Detail)`; where there is none, the sheets.
fn reached(reader: &Reader<'_>) -> String {
    let workbook = reader.analysis.lineage.workbook(reader.usage.workbook);
    let dashboard =
        |it: &DashboardUsage| Some(workbook.dashboards.get(it.dashboard)?.name.as_str());
    let sheet = |it: &usize| Some(workbook.sheets.get(*it)?.name.as_str());
    let (dashboards, sheets) = (&reader.usage.dashboards, &reader.usage.sheets);
    let names: Vec<&str> = match dashboards.is_empty() {
        false => dashboards.iter().filter_map(dashboard).collect(),
        true => sheets.iter().filter_map(sheet).collect(),
    };
    let counted = ide::shown(&reader.usage);
    match names.is_empty() {
        true => counted,
        false => format!("{counted} ({})", named(names)),
    }
}

/// The first names, and how many more.
fn named(names: Vec<&str>) -> String {
    let n_more = names.len().saturating_sub(MAX_NAMED);
    let shown = names.into_iter().take(MAX_NAMED).map(text);
    let more = (n_more > 0).then(|| format!("+{n_more}"));
    shown.chain(more).collect::<Vec<_>>().join(", ")
}

/// The site, the folders and the owner of a workbook; of a file where it is.
fn place(reader: &Reader<'_>, workbook: &Workbook) -> Vec<String> {
    let content = &reader.analysis.lineage.contents()[reader.usage.workbook.content];
    let site = (content.kind != ContentKind::Files).then(|| text(&content.name));
    let folders = workbook.project_path.join("/");
    let folders = (!folders.is_empty()).then(|| text(&folders));
    let owner = workbook.owner.name.as_deref().map(text);
    let file = workbook.file.as_deref().map(code);
    let known = [site, folders, owner, file];
    known.into_iter().flatten().collect()
}

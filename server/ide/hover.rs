//! The hover behind a lens: who uses this node, how that is known, what is not.
//!
//! The wording is the contract's ("What a user sees"). At most five workbooks,
//! most used first; every line earns its place.

use std::ops::Range;

use lineage::{ContentKind, Evidence, NodeIx, NodeKind, Workbook, WorkbookUsage};

use crate::analysis::{Analysis, File};
use crate::explain;
use crate::exposure_plan;
use crate::locate::{self, extension};
use crate::markdown::{code, escape, title};
use crate::missing::{self, Missing};
use crate::text::{count, count_dashboards, plain};

/// How many workbooks a hover lists.
const MAX_LISTED: usize = 5;

/// A hover text and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The place in the file.
    pub range: Range<usize>,
    /// Markdown.
    pub markdown: String,
}

pub(crate) fn at(analysis: &Analysis, file: File<'_>, offset: usize) -> Option<Hover> {
    if let Some(disabled) = disabled(analysis, file, offset) {
        return Some(disabled);
    }
    if !analysis.has_content() {
        return None;
    }
    let found = locate::at(analysis, file, offset)?;
    let mut markdown = match &found.column {
        Some(column) => of_column(analysis, found.node, column),
        None => of_node(analysis, found.node),
    };
    if changed_since_manifest(analysis, file, found.node) {
        markdown.push_str("\n\n_This file has changed since the manifest; `dbt parse` renews it._");
    }
    Some(Hover {
        range: found.range,
        markdown,
    })
}

/// The file of a node that dbt left out says so, and where the enabled one is.
fn disabled(analysis: &Analysis, file: File<'_>, offset: usize) -> Option<Hover> {
    let range = locate::line_of(file.text, 0);
    if offset > range.end || locate::is_yaml(file.path) {
        return None;
    }
    let it = analysis.disabled_in(file)?;
    let enabled = analysis.lineage.nodes().by_id(&it.id);
    let more = enabled.map(|ix| &analysis.lineage.nodes().get(ix).path);
    let more = more.map_or(String::new(), |path| {
        format!("; the enabled definition is {}", code(path))
    });
    let markdown = format!(
        "{} is disabled: dbt does not build it{more}.",
        code(&it.name)
    );
    Some(Hover { range, markdown })
}

/// Judged by content: a checkout makes every file newer.
fn changed_since_manifest(analysis: &Analysis, file: File<'_>, node: NodeIx) -> bool {
    let node = analysis.lineage.nodes().get(node);
    let is_code = matches!(extension(file.path), "sql" | "py");
    let checksum = node
        .checksum
        .as_ref()
        .filter(|_| is_code && node.path == file.path);
    checksum.is_some_and(|checksum| !dbt::matches_checksum(file.text, checksum))
}

pub(crate) fn of_node(analysis: &Analysis, node: NodeIx) -> String {
    let usages = analysis.lineage.downstream_of(node);
    let is_direct = usages.iter().any(WorkbookUsage::is_direct);
    let missing = missing::of_node(analysis, node);
    let mut sections = vec![match (is_direct, usages.is_empty()) {
        (true, _) => direct(analysis, node, &usages),
        (false, false) => indirect(analysis, node, &usages),
        (false, true) => nothing(analysis, node, &missing),
    }];
    let published = published_only(analysis, node);
    sections.extend((!published.is_empty()).then_some(published));
    if !usages.is_empty() && !missing.is_empty() {
        sections.push(format!("Not known:\n{}", lines_of(&missing)));
    }
    sections.push(footer(analysis, node, &usages, missing.is_empty()));
    sections.join("\n\n")
}

fn direct(analysis: &Analysis, node: NodeIx, usages: &[WorkbookUsage]) -> String {
    let direct: Vec<&WorkbookUsage> = usages.iter().filter(|it| it.is_direct()).collect();
    let further: Vec<&WorkbookUsage> = usages.iter().filter(|it| !it.is_direct()).collect();
    let probably = if direct.iter().all(|it| it.kind.is_probable()) {
        "probably "
    } else {
        ""
    };
    let label = code(&analysis.lineage.nodes().get(node).label());
    let (dashboards, workbooks) = (dashboards_of(&direct), count(direct.len(), "workbook"));
    let verb = if direct.len() == 1 { "uses" } else { "use" };
    let verb = if probably.is_empty() { verb } else { "use" };
    let mut text = format!("**{dashboards}, {workbooks}** {probably}{verb} {label}");
    for usage in direct.iter().take(MAX_LISTED) {
        text.push_str(&workbook_lines(analysis, usage));
    }
    if direct.len() > MAX_LISTED {
        text.push_str(&format!("\n- +{} more", direct.len() - MAX_LISTED));
    }
    if !further.is_empty() {
        text.push_str(&format!(
            "\n\nFurther downstream:{}",
            ways(analysis, &further)
        ));
    }
    text
}

fn workbook_lines(analysis: &Analysis, usage: &WorkbookUsage) -> String {
    let workbook = analysis.lineage.workbook(usage.workbook);
    let page = workbook.url.as_deref().or_else(|| {
        usage
            .dashboards
            .iter()
            .find_map(|it| workbook.dashboards[it.dashboard].url.as_deref())
    });
    let mut facts = vec![title(&workbook.name, page), dashboards_of(&[usage])];
    facts.extend(
        usage
            .kind
            .is_probable()
            .then(|| "matched by name only".to_owned()),
    );
    let mut details = Vec::new();
    if !workbook.project_path.is_empty() {
        details.push(escape(&workbook.project_path.join("/")));
    }
    details.extend(workbook.owner.name.as_deref().map(escape));
    if has_namesake(analysis, workbook) {
        details.extend(workbook.file.as_deref().map(code));
    }
    let how = [
        through(usage),
        match exposure_plan::declared(analysis, usage.workbook) {
            Some(it) if it.enabled => code(it.name.as_str()),
            Some(it) => format!("{} (disabled)", code(it.name.as_str())),
            None => "**no exposure**".to_owned(),
        },
    ];
    if details.is_empty() {
        facts.extend(how);
        return format!("\n- {}", facts.join(" · "));
    }
    details.extend(how);
    format!("\n- {}  \n  {}", facts.join(" · "), details.join(" · "))
}

/// Whether another workbook has the same title, so that the file tells them apart.
fn has_namesake(analysis: &Analysis, workbook: &Workbook) -> bool {
    let all = analysis.lineage.workbooks();
    all.filter(|(_, other)| other.name == workbook.name)
        .nth(1)
        .is_some()
}

/// How the workbook reads the node.
fn through(usage: &WorkbookUsage) -> String {
    let custom_sql = usage.evidence.contains(&Evidence::CustomSql);
    let kind = if custom_sql { "custom SQL" } else { "table" };
    if usage.evidence.contains(&Evidence::PublishedDatasource) {
        let names: Vec<String> = usage
            .datasources
            .iter()
            .map(|it| format!("*{}*", escape(it)))
            .collect();
        return format!("via {} datasource", names.join(", "));
    }
    kind.to_owned()
}

fn indirect(analysis: &Analysis, node: NodeIx, usages: &[WorkbookUsage]) -> String {
    let all: Vec<&WorkbookUsage> = usages.iter().collect();
    let it = analysis.lineage.nodes().get(node);
    let why = match it.relation {
        None if it.kind == NodeKind::Model => " It is ephemeral: it has no table of its own.",
        _ => "",
    };
    let probably = match all.iter().all(|it| it.kind.is_probable()) {
        true => "probably ",
        false => "",
    };
    format!(
        "**No direct use; {probably}{}, {} downstream.**{why}{}",
        dashboards_of(&all),
        count(all.len(), "workbook"),
        ways(analysis, &all)
    )
}

/// One line for each node that is read further down, with the way to it.
fn ways(analysis: &Analysis, usages: &[&WorkbookUsage]) -> String {
    let mut groups: Vec<(&[NodeIx], Vec<&WorkbookUsage>)> = Vec::new();
    for usage in usages {
        let way = &usage.via[1.min(usage.via.len())..];
        match groups.iter_mut().find(|(known, _)| *known == way) {
            Some((_, group)) => group.push(usage),
            None => groups.push((way, vec![usage])),
        }
    }
    let mut text = String::new();
    for (way, group) in groups.iter().take(MAX_LISTED) {
        let labels: Vec<String> = way
            .iter()
            .map(|&ix| analysis.lineage.nodes().get(ix).label())
            .collect();
        let first = title(&analysis.lineage.workbook(group[0].workbook).name, None);
        let more = if group.len() > 1 {
            format!(", +{}", group.len() - 1)
        } else {
            String::new()
        };
        text.push_str(&format!(
            "\n- {} → {}, {}: {first}{more}",
            code(&labels.join(" → ")),
            count(group.len(), "workbook"),
            dashboards_of(group)
        ));
    }
    if groups.len() > MAX_LISTED {
        text.push_str(&format!("\n- +{} more ways", groups.len() - MAX_LISTED));
    }
    text
}

fn nothing(analysis: &Analysis, node: NodeIx, missing: &[Missing]) -> String {
    let it = analysis.lineage.nodes().get(node);
    let label = code(&it.label());
    if missing.is_empty() {
        return format!("**No dashboard** uses {label} or anything built from it.");
    }
    let nearest = explain::nearest_table(analysis, node).map_or(String::new(), |it| {
        let workbook = it.workbooks.first().map_or(String::new(), |it| escape(it));
        format!(
            "Nearest: {} in {workbook}; the name differs  \n",
            code(&it.table)
        )
    });
    format!(
        "**No use of {label} found. This is not a zero:**\n{}\n\n{nearest}Next: {}",
        lines_of(missing),
        code(&format!("exposure-lens explain {}", it.label()))
    )
}

fn lines_of(missing: &[Missing]) -> String {
    let lines: Vec<String> = missing
        .iter()
        .map(|it| format!("- {}", escape(&it.message)))
        .collect();
    lines.join("\n")
}

fn published_only(analysis: &Analysis, node: NodeIx) -> String {
    let published = analysis.lineage.unused_datasources(node);
    if published.is_empty() {
        return String::new();
    }
    let names: Vec<String> = published
        .iter()
        .take(3)
        .map(|it| title(&it.name, it.url.as_deref()))
        .collect();
    let more = published.len().saturating_sub(3);
    let more = if more > 0 {
        format!(", +{more}")
    } else {
        String::new()
    };
    format!(
        "Also read by {} that no known workbook uses: {}{more}",
        count(published.len(), "published datasource"),
        names.join(", ")
    )
}

/// Where the knowledge comes from, and how sure the match is.
fn footer(analysis: &Analysis, node: NodeIx, usages: &[WorkbookUsage], complete: bool) -> String {
    let mut facts: Vec<String> = Vec::new();
    for content in analysis.lineage.contents() {
        facts.push(match content.kind {
            ContentKind::Files => count(content.workbooks.len(), "workbook file"),
            ContentKind::Site | ContentKind::Snapshot => escape(&content.name),
        });
    }
    facts.push(if complete { "complete" } else { "incomplete" }.to_owned());
    if let Some(relation) = &analysis.lineage.nodes().get(node).relation {
        let best = usages
            .iter()
            .filter(|it| it.is_direct())
            .map(|it| it.kind)
            .min();
        let how = best.map_or(String::new(), |kind| format!("{} match ", kind.as_str()));
        facts.push(format!("{how}{}", code(&relation.to_string())));
    }
    facts.join(" · ")
}

/// The workbooks whose fields read a column, where the files tell.
fn of_column(analysis: &Analysis, node: NodeIx, column: &str) -> String {
    let readers = crate::columns::readers(analysis, node, column);
    let label = analysis.lineage.nodes().get(node).label();
    let name = code(&format!("{label}.{column}"));
    if readers.is_empty() {
        return format!(
            "No field on {name} found in the workbook files. Custom SQL and extracts may hide \
             one: this is not a zero."
        );
    }
    let mut text = format!(
        "**{}** with fields on {name}",
        count(readers.len(), "workbook")
    );
    for reader in readers.iter().take(MAX_LISTED) {
        let workbook = analysis.lineage.workbook(reader.workbook);
        let fields: Vec<String> = reader.fields.iter().take(3).map(|it| escape(it)).collect();
        let shown = count_dashboards(reader.dashboards.len(), reader.sheets.len());
        let line = [
            title(&workbook.name, workbook.url.as_deref()),
            shown,
            fields.join(", "),
        ];
        text.push_str(&format!("\n- {}", line.join(" · ")));
    }
    if readers.len() > MAX_LISTED {
        text.push_str(&format!("\n- +{} more", readers.len() - MAX_LISTED));
    }
    text
}

fn dashboards_of(usages: &[&WorkbookUsage]) -> String {
    let n_dashboards = usages.iter().map(|it| it.dashboards.len()).sum();
    let n_sheets = usages.iter().map(|it| it.sheets.len()).sum();
    plain(&count_dashboards(n_dashboards, n_sheets))
}

#[cfg(test)]
mod tests;

//! The hover behind a lens: who uses this node, how that is known, what is not.
//!
//! The wording is the contract's ("What a user sees"). At most five workbooks,
//! most used first; every line earns its place.

mod changes;

use std::ops::Range;

use lineage::{
    Content, ContentKind, MatchKind, Node, NodeIx, NodeKind, PublishedDatasource, Standing,
    Timestamp, Workbook, WorkbookUsage,
};

use crate::analysis::{Analysis, File};
use crate::elsewhere;
use crate::explain;
use crate::exposure_plan;
use crate::exposures;
use crate::facts::{how_probable, shown, through, warning_or_certified};
use crate::locate::{self, extension};
use crate::markdown::{code, escape, escape_message, title};
use crate::missing::{self, Missing};
use crate::names;
use crate::text::{ago, count, count_dashboards, plain, snapshot_mark, views};

/// How many workbooks a hover lists.
pub(crate) const MAX_LISTED: usize = 5;

/// How many published datasources that no workbook uses.
const MAX_DATASOURCES: usize = 3;

/// A hover text and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The place in the file.
    pub range: Range<usize>,
    /// Markdown.
    pub markdown: String,
}

pub(crate) fn at(
    analysis: &Analysis,
    file: File<'_>,
    offset: usize,
    now: Timestamp,
    others: &[(&str, &Analysis)],
) -> Option<Hover> {
    if let Some(disabled) = disabled(analysis, file, offset) {
        return Some(disabled);
    }
    if !analysis.has_answers() {
        return None;
    }
    let Some(found) = locate::at(analysis, file, offset) else {
        return exposures::hover::at(analysis, file, offset, now);
    };
    let is_changed = changed_since_manifest(analysis, file, found.node);
    let seen = Seen {
        now,
        others,
        is_changed,
    };
    let mut markdown = match &found.column {
        Some(column) => of_column(analysis, found.node, column),
        None => of_node_as(analysis, found.node, &seen),
    };
    if is_changed {
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

pub(crate) fn of_node(analysis: &Analysis, node: NodeIx, now: Timestamp) -> String {
    let seen = Seen {
        now,
        others: &[],
        is_changed: false,
    };
    of_node_as(analysis, node, &seen)
}

/// When and beside what a node is looked at.
struct Seen<'a> {
    now: Timestamp,
    /// Other projects, by their names.
    others: &'a [(&'a str, &'a Analysis)],
    /// Whether it is said of the file that it has changed since the manifest.
    is_changed: bool,
}

fn of_node_as(analysis: &Analysis, node: NodeIx, seen: &Seen<'_>) -> String {
    let usages = analysis.lineage.downstream_of(node);
    let is_direct = usages.iter().any(WorkbookUsage::is_direct);
    let missing = missing::of_node(analysis, node);
    let mut sections = vec![match (is_direct, usages.is_empty()) {
        (true, _) => direct(analysis, node, &usages, seen.now),
        (false, false) => indirect(analysis, node, &usages),
        (false, true) => nothing(analysis, node, &missing),
    }];
    let confirm = changes::confirm(analysis, node, &usages);
    let is_said = |it: &Missing| confirm.is_some() && it.code == "names_unconfirmed";
    let unsaid = lines_of(missing.iter().filter(|it| !is_said(it)));
    let is_unsaid = !usages.is_empty() && !unsaid.is_empty();
    let elsewhere = elsewhere::lines(analysis, node, seen.others);
    sections.extend(confirm);
    sections.extend(changes::what_follows(analysis, node));
    sections.extend(published_only(analysis, node));
    sections.extend((!elsewhere.is_empty()).then(|| elsewhere.join("  \n")));
    sections.extend(is_unsaid.then(|| format!("Not known:\n{unsaid}")));
    let mut facts = footer(analysis, node, &usages, missing.is_empty(), seen.now);
    facts.extend(changes::version(analysis, node));
    let standing = changes::standing(analysis, node).filter(|_| !seen.is_changed);
    facts.extend(standing.map(str::to_owned));
    sections.push(facts.join(" · "));
    sections.join("\n\n")
}

fn direct(analysis: &Analysis, node: NodeIx, usages: &[WorkbookUsage], now: Timestamp) -> String {
    let direct: Vec<&WorkbookUsage> = usages.iter().filter(|it| it.is_direct()).collect();
    let further: Vec<&WorkbookUsage> = usages.iter().filter(|it| !it.is_direct()).collect();
    let probably = if direct.iter().all(|it| it.kind.is_probable()) {
        "probably "
    } else {
        ""
    };
    let label = code(&analysis.lineage.nodes().get(node).label());
    let (dashboards, workbooks) = (read_by(&direct), count(direct.len(), "workbook"));
    let verb = if direct.len() == 1 { "uses" } else { "use" };
    let verb = if probably.is_empty() { verb } else { "use" };
    let mut text = format!("**{dashboards}, {workbooks}** {probably}{verb} {label}");
    for usage in direct.iter().take(MAX_LISTED) {
        text.push_str(&workbook_lines(analysis, usage, now));
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

/// The workbook and how much it is used; below it who has it and how it reads the node.
fn workbook_lines(analysis: &Analysis, usage: &WorkbookUsage, now: Timestamp) -> String {
    let workbook = analysis.lineage.workbook(usage.workbook);
    let facts = analysis.facts(usage);
    let name = title(&workbook.name, page(workbook, usage));
    let name = with_standing(name, facts.certified, &facts.warnings);
    let mut first = vec![name, shown(usage)];
    first.extend(workbook.views.map(views));
    let probable = usage.kind.is_probable();
    first.extend(probable.then(|| how_probable(usage.kind).to_owned()));

    let mut second = whereabouts(&workbook.project_path, workbook.owner.name.as_deref());
    if workbook.luid.is_some() || has_namesake(analysis, workbook) {
        second.extend(workbook.file.as_deref().map(code));
    }
    let age = facts.extract_refreshed;
    second.extend(age.map(|at| format!("data of {}", ago(now, at))));
    let how = [
        through(usage, &facts, emphasized),
        exposure(analysis, usage),
    ];
    if second.is_empty() {
        first.extend(how);
        return format!("\n- {}", first.join(" · "));
    }
    second.extend(how);
    format!("\n- {}  \n  {}", first.join(" · "), second.join(" · "))
}

/// The workbook's page, else that of the first dashboard that is reached.
fn page<'a>(workbook: &'a Workbook, usage: &WorkbookUsage) -> Option<&'a str> {
    let mut dashboards = usage.dashboards.iter();
    let of_dashboard =
        || dashboards.find_map(|it| workbook.dashboards[it.dashboard].url.as_deref());
    workbook.url.as_deref().or_else(of_dashboard)
}

/// A title with a warning behind it, or with that somebody vouches for the thing.
pub(crate) fn with_standing(mut title: String, certified: bool, warnings: &[&str]) -> String {
    if let Some(standing) = warning_or_certified(certified, warnings, escape) {
        title.push_str(&format!(" {standing}"));
    }
    title
}

/// The folders around something, and who owns it.
pub(crate) fn whereabouts(project_path: &[String], owner: Option<&str>) -> Vec<String> {
    let path = (!project_path.is_empty()).then(|| project_path.join("/"));
    let path = path.as_deref().map(escape_path);
    path.into_iter().chain(owner.map(escape)).collect()
}

/// A path reads better without a backslash before each slash, which has no meaning.
fn escape_path(path: &str) -> String {
    escape(path).replace("\\/", "/")
}

fn exposure(analysis: &Analysis, usage: &WorkbookUsage) -> String {
    match exposure_plan::declared(analysis, usage.workbook) {
        Some(it) if it.enabled => code(it.name.as_str()),
        Some(it) => format!("{} (disabled)", code(it.name.as_str())),
        None => "**no exposure**".to_owned(),
    }
}

/// Whether another workbook has the same title, so that the file tells them apart.
fn has_namesake(analysis: &Analysis, workbook: &Workbook) -> bool {
    let all = analysis.lineage.workbooks();
    all.filter(|(_, other)| other.name == workbook.name)
        .nth(1)
        .is_some()
}

fn emphasized(name: &str) -> String {
    format!("*{}*", escape(name))
}

fn indirect(analysis: &Analysis, node: NodeIx, usages: &[WorkbookUsage]) -> String {
    let all: Vec<&WorkbookUsage> = usages.iter().collect();
    let it = analysis.lineage.nodes().get(node);
    let why = match it.relation {
        None if is_ephemeral(it) => " It is ephemeral: it has no table of its own.",
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

/// A manifest names every model that has a table; of the files' models some names are not
/// known.
fn is_ephemeral(node: &Node) -> bool {
    let is_said = node.materialized.as_deref() == Some("ephemeral");
    node.kind == NodeKind::Model && (is_said || node.standing != Standing::New)
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
        let workbook = analysis.lineage.workbook(group[0].workbook);
        let first = title(&workbook.name, None);
        let certified = if analysis.facts(group[0]).certified {
            " ✓"
        } else {
            ""
        };
        let more = if group.len() > 1 {
            format!(", +{}", group.len() - 1)
        } else {
            String::new()
        };
        text.push_str(&format!(
            "\n- {} → {}, {}: {first}{certified}{more}",
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
        let mut contents = analysis.lineage.contents().iter();
        let within = match contents.any(|it| it.selected.is_some()) {
            true => " in the selected projects",
            false => "",
        };
        return format!("**No dashboard**{within} uses {label} or anything built from it.");
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

fn lines_of<'a>(missing: impl IntoIterator<Item = &'a Missing>) -> String {
    let lines: Vec<String> = missing
        .into_iter()
        .map(|it| format!("- {}", escape_message(&it.message)))
        .collect();
    lines.join("\n")
}

/// Published datasources that no known workbook uses: Pulse or Excel may.
fn published_only(analysis: &Analysis, node: NodeIx) -> Option<String> {
    let published = analysis.lineage.unused_datasources(node);
    if published.is_empty() {
        return None;
    }
    let mut text = format!(
        "Also read by {} that no known workbook uses:",
        count(published.len(), "published datasource")
    );
    for it in published.iter().take(MAX_DATASOURCES) {
        text.push_str(&format!("\n- {}", datasource_line(it)));
    }
    if published.len() > MAX_DATASOURCES {
        text.push_str(&format!("\n- +{} more", published.len() - MAX_DATASOURCES));
    }
    Some(text)
}

fn datasource_line(it: &PublishedDatasource) -> String {
    let warnings: Vec<&str> = it.warnings.iter().map(String::as_str).collect();
    let name = title(&it.name, it.url.as_deref());
    let mut facts = vec![with_standing(name, it.certified, &warnings)];
    facts.extend(whereabouts(&it.project_path, it.owner.name.as_deref()));
    facts.join(" · ")
}

/// Where the knowledge comes from, how old it is, and how sure the match is.
fn footer(
    analysis: &Analysis,
    node: NodeIx,
    usages: &[WorkbookUsage],
    complete: bool,
    now: Timestamp,
) -> Vec<String> {
    let contents = analysis.lineage.contents().iter();
    let mut facts: Vec<String> = contents.filter_map(|it| source(it, now)).collect();
    facts.push(if complete { "complete" } else { "incomplete" }.to_owned());
    facts.extend(matched(analysis, node, usages));
    facts
}

/// `acme · 2 h ago`; nothing for files where there are none, or all are a site's.
pub(crate) fn source(content: &Content, now: Timestamp) -> Option<String> {
    if content.kind == ContentKind::Files {
        let n_files = content.workbooks.len();
        return (n_files > 0).then(|| count(n_files, "workbook file"));
    }
    let name = format!("{}{}", escape(&content.name), snapshot_mark(content));
    Some(match content.fetched_at {
        Some(at) => format!("{name} · {}", ago(now, at)),
        // A snapshot tells of it.
        None if content.gaps.is_empty() => return None,
        None => format!("{name} · not read yet"),
    })
}

/// How sure the match is, with the name that matched.
fn matched(analysis: &Analysis, node: NodeIx, usages: &[WorkbookUsage]) -> Option<String> {
    let direct = usages.iter().filter(|it| it.is_direct());
    let best = direct.map(|it| it.kind).min();
    let production = analysis.lineage.production_name(node);
    let is_by_it = matches!(best, Some(MatchKind::Mapped | MatchKind::Proposed));
    if let (Some(production), Some(kind)) = (production.filter(|_| is_by_it), best) {
        let relation = code(&production.relation.to_string());
        let said_by = names::said_by(&production.named_by, code);
        return Some(format!(
            "{}: production relation {relation} ({said_by})",
            kind.as_str()
        ));
    }
    let relation = analysis.lineage.nodes().get(node).relation.as_ref()?;
    let how = best.map_or(String::new(), |kind| format!("{} match ", kind.as_str()));
    Some(format!("{how}{}", code(&relation.to_string())))
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

/// As [`dashboards_of`], without what the workbooks show only of what is built from the node.
fn read_by(direct: &[&WorkbookUsage]) -> String {
    let all = direct.iter().flat_map(|it| &it.dashboards);
    let n_dashboards = all.filter(|it| it.distance == 0).count();
    let n_sheets = direct.iter().map(|it| it.sheets.len()).sum();
    count_dashboards(n_dashboards, n_sheets)
}

fn dashboards_of(usages: &[&WorkbookUsage]) -> String {
    let n_dashboards = usages.iter().map(|it| it.dashboards.len()).sum();
    let n_sheets = usages.iter().map(|it| it.sheets.len()).sum();
    plain(&count_dashboards(n_dashboards, n_sheets))
}

#[cfg(test)]
mod tests;

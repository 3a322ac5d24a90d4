//! The comment about a change: how much is read, which tables go away, each node, what is
//! not known.
//!
//! A forge refuses a comment of more than 65,536 characters. Each part has its share, so
//! that the first and the last line always stand.

use std::collections::BTreeSet;

use dbt::Becomes;
use ide::{Lost, Reached};
use lineage::{ContentKind, NodeKind};

use super::changes::{Change, Changes, How};
use super::paths::{CONFIGURES, Unknown};
use super::totals;
use super::{Look, MARKER, details, footer};
use crate::cli::usages::summary::doubt;
use crate::output::markdown::{Lines, code, message, text, title};
use crate::workspace::Problem;

/// All together, in bytes: a character takes one at least.
const MAX_COMMENT: usize = 60_000;
const MAX_LOST: usize = 12_000;
const MAX_TABLE: usize = 12_000;
const MAX_UNKNOWN: usize = 8_000;

/// How many names a sentence lists.
const MAX_NAMED: usize = 10;

/// How many paths that nothing knows have a line each.
const MAX_PATHS: usize = 20;

/// Problems that keep something from being known.
const TELLING: [&str; 10] = [
    "manifest_missing",
    "manifest_unreadable",
    "manifest_of_another_project",
    "production_manifest_missing",
    "production_manifest_unreadable",
    "production_manifest_of_another_project",
    "profile_unknown",
    "names_proposed",
    "few_names_match",
    "no_content",
];

/// Those of the manifest at hand alone.
const AT_HAND: [&str; 2] = ["manifest_missing", "profile_unknown"];

pub(super) fn write(look: Look<'_>, changes: &Changes<'_>) -> String {
    let mut text = format!("{MARKER}\n{}\n", headline(look, changes));
    let mut add = |part: String| {
        if !part.is_empty() {
            text.push('\n');
            text.push_str(&part);
        }
    };
    add(lost(look, changes));
    add(table(look, changes));
    add(not_read(look, changes));
    let mut end = String::new();
    for part in [unknown(look, changes), others(look, changes)] {
        if !part.is_empty() {
            end.push('\n');
            end.push_str(&part);
        }
    }
    end.push('\n');
    end.push_str(&footer::line(look, Some(&changes.compared)));
    if !look.is_public() {
        let left = MAX_COMMENT.saturating_sub(text.len() + end.len());
        text.push_str(&all_details(changes, left));
    }
    text + &end
}

fn headline(look: Look<'_>, changes: &Changes<'_>) -> String {
    let place = whereabouts(look);
    let reached = Reached::of(changes.readers().map(|it| &it.usage));
    let said = if !reached.is_empty() {
        let views = totals::views(&reached, changes.compared.base);
        let more = totals::guessed(&reached).into_iter().chain(views);
        let more: String = more.map(|it| format!(" · {it}")).collect();
        let least = if is_named(changes) { "" } else { "at least " };
        format!("{least}{} what changes here{more}", reached.read())
    } else if is_unknown(changes) {
        "whether a dashboard reads what changes here is not known".to_owned()
    } else if changes.nodes.iter().any(|it| it.is_read_further) {
        "dashboards read only what is built from what changes here".to_owned()
    } else if changes.nodes.is_empty() && changes.asked.shapes_nodes {
        "what changes here may change what dashboards read, which is not worked out".to_owned()
    } else if changes.nodes.is_empty() {
        "no model, seed, snapshot or source changes here".to_owned()
    } else if !changes.asked.others.is_empty() {
        // A macro may change what dashboards read.
        format!("no dashboard{place} reads the nodes that change here")
    } else {
        format!("no dashboard{place} reads what changes here")
    };
    format!("### Tableau: {said}")
}

/// Whether that nothing is known to read the changes says nothing.
fn is_unknown(changes: &Changes<'_>) -> bool {
    !is_named(changes) || changes.nodes.iter().any(is_in_doubt)
}

/// Whether all that changes is known.
fn is_named(changes: &Changes<'_>) -> bool {
    changes.asked.unknown.is_empty() && changes.unnamed.is_empty()
}

/// Whether nothing reads it that is known, and that is no zero.
fn is_in_doubt(change: &Change<'_>) -> bool {
    change.readers.is_empty() && !change.missing.is_empty()
}

/// What dashboards read and dbt builds no longer: the most that a reviewer can learn here.
fn lost(look: Look<'_>, changes: &Changes<'_>) -> String {
    if changes.lost.is_empty() {
        return String::new();
    }
    let mut lines = Lines::new(MAX_LOST);
    for it in &changes.lost {
        let label = changes.compared.base.lineage.nodes().get(it.node).label();
        let said = match look.is_public() {
            true => said_publicly(it),
            false => message(&it.message),
        };
        lines.push(&format!("- {}: {said}", code(&label)));
    }
    let title = lost_title(&changes.lost);
    format!("⚠ **{title}**\n\n{}{}", lines.text(), more(lines.n_more))
}

fn lost_title(lost: &[Lost<'_>]) -> String {
    let read = lost.iter().filter(|it| !it.usages.is_empty());
    let (n_read, is_through) = (read.clone().count(), read.clone().any(|it| it.is_through));
    let tables = match (n_read, is_through) {
        (0, _) => ide::count(lost.len(), "deployed table"),
        (n, false) => format!("{} that dashboards read", ide::count(n, "table")),
        (n, true) => format!("{} that dashboards rely on", ide::count(n, "table")),
    };
    let n_told = if n_read == 0 { lost.len() } else { n_read };
    let is_certain = lost.iter().all(|it| it.is_certain);
    format!("{tables} {}", ide::no_longer_built(n_told, is_certain))
}

/// The same without a name that only Tableau or the warehouse has.
fn said_publicly(lost: &Lost<'_>) -> String {
    let may = ide::no_longer_built(1, lost.is_certain);
    let becomes = match lost.pending.becomes {
        Becomes::Renamed(_) => "it gets another name",
        Becomes::Disabled => "it is disabled",
        Becomes::Ephemeral => "it becomes ephemeral",
        Becomes::Deleted => "its definition is gone",
    };
    let reached = Reached::of(lost.usages.iter());
    match (reached.is_empty(), lost.is_through) {
        (true, _) => {
            format!("its table {may}: {becomes}; whether a dashboard reads it is not known")
        }
        (false, true) => {
            format!(
                "{} what is built from a table that {may}: {becomes}",
                reached.read()
            )
        }
        (false, false) => format!("{} a table that {may}: {becomes}", reached.read()),
    }
}

/// The nodes that dashboards read.
fn table(look: Look<'_>, changes: &Changes<'_>) -> String {
    let mut lines = Lines::new(MAX_TABLE);
    for change in changes.nodes.iter().filter(|it| !it.readers.is_empty()) {
        lines.push(&row(look, change));
    }
    if lines.is_empty() {
        return String::new();
    }
    let (head, rule) = match look.is_public() {
        true => ("", ""),
        false => (" Most viewed |", "---|"),
    };
    format!(
        "| Node | Change | Dashboards | Of these direct |{head}\n|---|---|--:|--:|{rule}\n{}{}",
        lines.text(),
        more_below(lines.n_more)
    )
}

fn row(look: Look<'_>, change: &Change<'_>) -> String {
    let reached = Reached::of(change.readers.iter().map(|it| &it.usage));
    let probably = if reached.is_probable() {
        "probably "
    } else {
        ""
    };
    let guessed = totals::guessed(&reached);
    let guessed = guessed.map_or(String::new(), |it| format!(" ({it})"));
    let [all, direct] = counted(change);
    let label = code(&change.label);
    let how = how(&change.how);
    let viewed = match look.is_public() {
        true => String::new(),
        false => format!(" {} |", most_viewed(change)),
    };
    format!("| {label} | {how} | {probably}{all}{guessed} | {direct} |{viewed}")
}

/// How many dashboards use a node, and how many of them read it itself; where there are
/// none, the sheets.
fn counted(change: &Change<'_>) -> [String; 2] {
    let usages = || change.readers.iter().map(|it| &it.usage);
    let dashboards = usages().flat_map(|it| &it.dashboards);
    let n_direct = dashboards.clone().filter(|it| it.distance == 0).count();
    let n_dashboards = dashboards.count();
    if n_dashboards > 0 {
        return [n_dashboards, n_direct].map(|it| it.to_string());
    }
    let direct = usages().filter(|it| it.is_direct());
    let n_direct: usize = direct.map(|it| it.sheets.len()).sum();
    let n_sheets = usages().map(|it| it.sheets.len()).sum();
    [ide::count_dashboards(0, n_sheets), n_direct.to_string()]
}

/// The workbook that is opened most.
fn most_viewed(change: &Change<'_>) -> String {
    let Some(reader) = change.readers.first() else {
        return String::new();
    };
    let workbook = reader.analysis.lineage.workbook(reader.usage.workbook);
    let name = title(&workbook.name, workbook.url.as_deref()) + doubt(reader.usage.kind);
    let views = workbook.views.map(ide::views);
    let n_more = change.readers.len() - 1;
    let more = (n_more > 0).then(|| format!("+{n_more}"));
    let facts = views.into_iter().chain(more);
    std::iter::once(name)
        .chain(facts)
        .collect::<Vec<_>>()
        .join(" · ")
}

fn how(how: &How) -> String {
    match how {
        How::Deleted => "deleted".to_owned(),
        How::New => "new".to_owned(),
        How::Renamed(was) => format!("renamed from {}", code(was)),
        How::Moved(was) => format!("moved from {}, else unchanged", code(was)),
        How::Unread => "no longer read by dbt".to_owned(),
        How::Changed => "changed".to_owned(),
        How::Described(path) if CONFIGURES.contains(&path.as_str()) => {
            format!("configured in {}", code(path))
        }
        How::Described(path) => format!("described in {}", code(path)),
    }
}

/// The nodes that nothing is known to read: those that are zeros, and those that are not.
fn not_read(look: Look<'_>, changes: &Changes<'_>) -> String {
    let unread = changes.nodes.iter().filter(|it| it.readers.is_empty());
    let (unknown, known): (Vec<_>, Vec<_>) = unread.partition(|it| is_in_doubt(it));
    let (further, zeros): (Vec<_>, Vec<_>) = known.into_iter().partition(|it| it.is_read_further);
    let place = whereabouts(look);
    let lines = [
        said_of(&zeros, |it| format!("No dashboard{place} reads {it}.")),
        said_of(&further, |it| {
            format!("Dashboards read what is built from {it}, which is left out (`--direct`).")
        }),
        said_of(&unknown, |it| {
            format!("Whether a dashboard reads {it} is not known.")
        }),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// A line about nodes; `None` of none.
fn said_of(nodes: &[&Change<'_>], say: impl Fn(String) -> String) -> Option<String> {
    let labels = nodes.iter().map(|it| code(&it.label)).collect();
    (!nodes.is_empty()).then(|| say(listed(labels)) + "\n")
}

/// Where nothing was found, if that is not everywhere.
fn whereabouts(look: Look<'_>) -> String {
    let contents = look.loaded.analysis.lineage.contents();
    let mut places = contents.iter().filter(|it| it.kind != ContentKind::Files);
    match places.clone().count() {
        0 => {
            let n_files = contents.iter().map(|it| it.workbooks.len()).sum();
            format!(" in {}", ide::count(n_files, "workbook file"))
        }
        _ if places.any(|it| it.selected.is_some()) => " in the selected projects".to_owned(),
        _ => String::new(),
    }
}

/// What is not known, and what that could hide.
fn unknown(look: Look<'_>, changes: &Changes<'_>) -> String {
    let mut lines = Lines::new(MAX_UNKNOWN);
    unknown_paths(look, changes, &mut lines);
    let is_production = changes.compared.is_production;
    // What the manifest at hand could tell, production's does.
    let is_told = |it: &Problem| is_production && AT_HAND.contains(&it.code);
    let telling = |it: &&Problem| TELLING.contains(&it.code) && !is_told(it);
    let problems = look.loaded.problems.iter().filter(telling);
    let problems = problems.map(|it| (it.code, it.message.as_str()));
    let all: BTreeSet<(&str, &str)> = changes.missing().into_iter().chain(problems).collect();
    match look.is_public() {
        true => {
            let codes: BTreeSet<&str> = all.iter().map(|(code, _)| *code).collect();
            codes
                .iter()
                .for_each(|it| lines.push(&format!("- {}", code(it))));
        }
        false => {
            let messages: BTreeSet<&str> = all.iter().map(|(_, message)| *message).collect();
            messages
                .iter()
                .for_each(|it| lines.push(&format!("- {}", message(it))));
        }
    }
    if !changes.unnamed.is_empty() {
        let labels = listed(changes.unnamed.iter().map(|it| code(it)).collect());
        lines.push(&format!(
            "- whether something new takes the place of {labels}, which dashboards read: gone from \
             the files and not named (`git diff --no-renames` names both paths of a renamed file)"
        ));
    }
    if let Some(line) = not_compared(changes) {
        lines.push(&line);
    }
    match lines.is_empty() {
        true => String::new(),
        false => format!("**Not known**\n\n{}{}", lines.text(), more(lines.n_more)),
    }
}

/// The first of the paths that nothing knows: the reasons below them have to fit too.
fn unknown_paths(look: Look<'_>, changes: &Changes<'_>, lines: &mut Lines) {
    let unknown = &changes.asked.unknown;
    for (path, why) in unknown.iter().take(MAX_PATHS) {
        let why = reason(look, changes, path, *why);
        lines.push(&format!("- unknown: {} {why}", code(path)));
    }
    let n_more = unknown.len().saturating_sub(MAX_PATHS);
    if n_more > 0 {
        lines.push(&format!("- unknown: {}", ide::count(n_more, "more file")));
    }
}

/// Why it is not known what a path is about.
fn reason(look: Look<'_>, changes: &Changes<'_>, path: &str, why: Unknown) -> String {
    let names = "name production's with `dbt.production_manifest`";
    let said = match (why, changes.compared.is_production) {
        (Unknown::Gone, true) => {
            "is gone, and neither production's manifest nor the one at hand has it".to_owned()
        }
        (Unknown::Gone, false) => {
            format!("is gone, and the manifest at hand does not have it: {names}")
        }
        (Unknown::NotParsed, _) => "is not in the manifest: run `dbt parse`".to_owned(),
        (Unknown::Disabled, _) => {
            format!("is disabled, and whether production builds it is not told: {names}")
        }
        (Unknown::Nothing, _) => "is no file and no node of this project".to_owned(),
    };
    let table = match why {
        Unknown::Gone | Unknown::Disabled => namesake(look, changes, path),
        Unknown::NotParsed | Unknown::Nothing => None,
    };
    said + &table.unwrap_or_default()
}

/// A table that Tableau reads, that no node is, and that has the name of the file.
fn namesake(look: Look<'_>, changes: &Changes<'_>, path: &str) -> Option<String> {
    let file = path.rsplit('/').next()?;
    let (name, _) = file.split_once('.')?;
    let last = |table: &str| {
        let name = table.rsplit(['.', '[']).next().unwrap_or_default();
        name.trim_matches(['[', ']', '"', '`', ' ']).to_lowercase()
    };
    let mut unmatched = changes.compared.base.lineage.unmatched().iter();
    let it = unmatched.find(|it| last(&it.table) == name.to_lowercase())?;
    Some(match look.is_public() {
        true => "; Tableau reads a table of that name that no node is".to_owned(),
        false => {
            let workbooks = it.workbooks.iter().map(|it| text(it)).collect();
            format!(
                "; Tableau reads {}, which no node is, in {}",
                code(&it.table),
                listed(workbooks)
            )
        }
    })
}

/// Where the manifest was made of these very files, it cannot tell what they change.
fn not_compared(changes: &Changes<'_>) -> Option<String> {
    let built = changes.nodes.iter();
    let built: Vec<&Change<'_>> = built.filter(|it| it.kind != NodeKind::Source).collect();
    // One that it has otherwise shows that it is older than the change.
    let is_of_these = built.iter().all(|it| it.is_as_parsed);
    (is_of_these && !built.is_empty()).then(|| {
        let nodes = ide::count(built.len(), "node");
        let keep = if built.len() == 1 { "keeps" } else { "keep" };
        format!(
            "- whether {nodes} {keep} the table that production has: the manifest at hand is of \
             the files as they are; name production's with `dbt.production_manifest`"
        )
    })
}

/// Files that lead to no node, and what was left out.
fn others(look: Look<'_>, changes: &Changes<'_>) -> String {
    let asked = &changes.asked;
    let mut lines = Vec::new();
    let paths = |all: &BTreeSet<String>| listed(all.iter().map(|it| code(it)).collect());
    if !asked.others.is_empty() {
        let n = asked.others.len();
        let its = if n == 1 { "its" } else { "their" };
        lines.push(format!(
            "{}: {its} effect on dashboards is not worked out ({})\n",
            ide::count(n, "other file"),
            paths(&asked.others)
        ));
    }
    if !asked.disabled.is_empty() {
        lines.push(format!(
            "{} that dbt leaves out, as production did ({})\n",
            ide::count(asked.disabled.len(), "disabled file"),
            paths(&asked.disabled)
        ));
    }
    if asked.n_outside > 0 {
        lines.push(format!(
            "{} outside of the dbt project {} left out\n",
            ide::count(asked.n_outside, "file"),
            code(&look.loaded.project.dbt.name)
        ));
    }
    lines.join("\n")
}

/// The nodes with their workbooks, as many as fit.
fn all_details(changes: &Changes<'_>, left: usize) -> String {
    let mut lines = Lines::new(left.saturating_sub(100));
    for change in &changes.nodes {
        if let Some(block) = details::block(change) {
            lines.push(format!("\n{block}").trim_end_matches('\n'));
        }
    }
    format!("{}{}", lines.text(), more_below(lines.n_more))
}

/// The first names, and how many more.
pub(super) fn listed(names: Vec<String>) -> String {
    let n_more = names.len().saturating_sub(MAX_NAMED);
    let shown = names.into_iter().take(MAX_NAMED);
    let more = (n_more > 0).then(|| format!("+{n_more} more"));
    shown.chain(more).collect::<Vec<_>>().join(", ")
}

fn more(n_more: usize) -> String {
    match n_more {
        0 => String::new(),
        n => format!("- +{n} more\n"),
    }
}

/// After a table or a block, which an empty line ends.
fn more_below(n_more: usize) -> String {
    match n_more {
        0 => String::new(),
        n => format!("\n+{n} more\n"),
    }
}

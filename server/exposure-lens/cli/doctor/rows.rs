//! What `doctor` tells of names on a terminal: production's, and of files that changed.

use lineage::Timestamp;

use super::names::{MAX_SHOWN, Production, Proposal, Rule, first_few};
use super::text::heading;
use crate::cli::load::Loaded;
use crate::output::json_v1::Pending;
use crate::output::terminal::{Cell, DIM, WARN};

/// Rows below a heading, which stands in front of the first one.
fn below(name: &str, lines: impl IntoIterator<Item = Cell>) -> Vec<Vec<Cell>> {
    let lines = lines.into_iter().map(|line| vec![Cell::new(""), line]);
    let mut rows: Vec<Vec<Cell>> = lines.collect();
    if let Some(first) = rows.first_mut() {
        first[0] = heading(name);
    }
    rows
}

pub(super) fn of_names(loaded: &Loaded) -> Vec<Vec<Cell>> {
    let mut rows = below("changed", changed(loaded));
    rows.extend(below("lost", lost(loaded)));
    rows.extend(below("production", production(loaded)));
    rows.extend(below("name rules", rules(loaded)));
    rows.extend(below("proposed", proposed(loaded)));
    rows
}

/// Which engine wrote a manifest, for which warehouse, and when.
pub(super) fn manifest_facts(metadata: &dbt::Metadata, now: Timestamp) -> Vec<String> {
    let adapter = metadata.adapter_type.clone();
    let at = metadata.generated_at.as_deref().unwrap_or("?");
    let age = at.parse::<Timestamp>().ok();
    let age = age.map_or_else(String::new, |it| format!(", {}", ide::ago(now, it)));
    vec![
        format!("dbt {}", metadata.dbt_version.as_deref().unwrap_or("?")),
        adapter.unwrap_or_else(|| "unknown adapter".to_owned()),
        format!("written {at}{age}"),
    ]
}

/// Files that are not as dbt parsed them.
fn changed(loaded: &Loaded) -> Option<Cell> {
    let files = &loaded.analysis.project.differing;
    let n_files = match files.len() {
        0 => return None,
        1 => "1 file is not as dbt parsed it".to_owned(),
        n => format!("{n} files are not as dbt parsed them"),
    };
    Some(Cell::message(&format!("{n_files}: {}", first_few(files))))
}

/// Deployed relations that the files as they are now do not build any more.
fn lost(loaded: &Loaded) -> Vec<Cell> {
    let pending = Pending::all(&loaded.analysis);
    if pending.is_empty() {
        return Vec::new();
    }
    let headline = match pending.len() {
        1 => "1 deployed table is not built any more by the files as they are".to_owned(),
        n => format!("{n} deployed tables are not built any more by the files as they are"),
    };
    // What dashboards read is what production calls it.
    let name = |it: &Pending| {
        let node = loaded.analysis.node(&it.unique_id)?;
        let name = loaded.analysis.lineage.production_relation(node)?;
        Some(name.to_string())
    };
    let line = |it: &Pending| {
        let name = name(it).unwrap_or_else(|| it.deployed.clone());
        format!("{name}: {}", it.reason())
    };
    let few = pending.iter().take(MAX_SHOWN).map(line);
    let more = pending.len().saturating_sub(MAX_SHOWN);
    let more = (more > 0).then(|| format!("and {more} more"));
    let lines = std::iter::once(headline).chain(few).chain(more);
    lines.map(|it| Cell::message(&it).style(WARN)).collect()
}

/// Whence production's names are known.
fn production(loaded: &Loaded) -> Vec<Cell> {
    let mut lines = Vec::new();
    if let (Some(it), Some(manifest)) = (Production::of(loaded), &loaded.production) {
        let mut facts = vec![it.path.clone(), format!("found by {}", it.found_by)];
        facts.extend(manifest_facts(&manifest.metadata, loaded.now));
        lines.push(Cell::message(&facts.join(" · ")));
        let mut names = format!("names {}", ide::count(it.names, "node"));
        if it.only_in_production > 0 {
            names.push_str(&format!(", {} of them not here", it.only_in_production));
        }
        lines.push(Cell::new(&names));
    }
    let snapshot = loaded.kept.snapshot.as_ref();
    let snapshot = snapshot.and_then(|it| it.snapshot.as_deref());
    let n_names = snapshot.map_or(0, |it| it.production.len());
    if n_names > 0 {
        let nodes = ide::count(n_names, "node");
        lines.push(Cell::new(&format!("the team snapshot names {nodes}")));
    }
    let has_rules = loaded
        .settings
        .name_rules_of(&loaded.project.dbt.name)
        .next();
    if lines.is_empty() && has_rules.is_none() {
        let ways = "no names of it are known beside the manifest's: name its manifest with \
                    `dbt.production_manifest` or DBT_STATE, or write rules with `dbt.map`";
        lines.push(Cell::message(ways).style(DIM));
    }
    lines
}

fn rules(loaded: &Loaded) -> Vec<Cell> {
    let line = |it: Rule| {
        let nodes = ide::count(it.nodes, "node");
        let tables = ide::count(it.tables, "table");
        let mut text = format!("{} ({}): {nodes}, {tables} matched", it.rule, it.origin);
        if it.clashes > 0 {
            let clashes = it.clashes;
            text.push_str(&format!(
                ", {clashes} with a name that another node has: those match nothing"
            ));
        }
        let cell = Cell::message(&text);
        if it.nodes == 0 || it.clashes > 0 {
            cell.style(WARN)
        } else {
            cell
        }
    };
    Rule::all(loaded).into_iter().map(line).collect()
}

fn proposed(loaded: &Loaded) -> Vec<Cell> {
    let Some(proposal) = Proposal::of(loaded) else {
        return Vec::new();
    };
    let mut lines = proposal.lines();
    lines.push("accept it: `exposure-lens doctor --fix`".to_owned());
    let cells = lines.iter().map(|it| Cell::message(it).style(WARN));
    cells.collect()
}

//! The hover on an exposure: what it stands for in Tableau, why that is held to be the
//! same, what differs, and what is not known.
//!
//! Everything of Tableau's is escaped; links are pages, never commands.

use std::ops::Range;

use lineage::{Dashboard, Identity, NodeIx, Presence, Subject, Timestamp, Workbook};

use crate::analysis::{Analysis, File};
use crate::exposures::entry::{self, ExposureEntryAt};
use crate::exposures::state::{Difference, ExposureState};
use crate::exposures::{subjects, words};
use crate::hover::{self, Hover, MAX_LISTED};
use crate::locate;
use crate::markdown::{code, escape, escape_message, title};
use crate::text::{ago, count, count_dashboards, views};

#[cfg(test)]
mod tests;

/// The hover at a place in a properties file: on the line of an exposure's name, its
/// label and its url.
pub(crate) fn at(
    analysis: &Analysis,
    file: File<'_>,
    offset: usize,
    now: Timestamp,
) -> Option<Hover> {
    let entries = entry::in_file(analysis, file);
    let (found, range) = entries
        .iter()
        .find_map(|it| Some((it, range_at(file, it, offset)?)))?;
    let state = found.state(analysis, file)?;
    let markdown = of_state(analysis, found, &state, now)?;
    Some(Hover { range, markdown })
}

fn range_at(file: File<'_>, at: &ExposureEntryAt, offset: usize) -> Option<Range<usize>> {
    let entry = &at.entry;
    for key in ["label", "url"] {
        if let Some(key) = entry.key(key)
            && (key.key_span.start..=key.value_span.end).contains(&offset)
        {
            return Some(key.value_span.clone());
        }
    }
    // Between brackets a line may hold several exposures, and the whole of one.
    let line = locate::line_of(file.text, entry.name_span.start);
    let is_before = file.text[line.start..entry.span.start.max(line.start)]
        .trim()
        .is_empty();
    let start = if is_before {
        line.start
    } else {
        entry.span.start
    };
    let holds = (start..=line.end).contains(&offset) && offset <= entry.span.end;
    holds.then(|| entry.name_span.clone())
}

fn of_state(
    analysis: &Analysis,
    at: &ExposureEntryAt,
    state: &ExposureState,
    now: Timestamp,
) -> Option<String> {
    let mut sections = match &state.presence {
        Presence::Elsewhere => return None,
        Presence::Unknown(reason) => not_found(analysis, state, reason),
        Presence::Gone { content } => vec![gone(analysis, state, *content)],
        Presence::Here => here(analysis, state, now),
    };
    if at.entry.is_hidden {
        let text = "dbt does not see this exposure: a later `exposures:` list of the file counts.";
        sections.push(text.to_owned());
    } else if at.entry.enabled == Some(false) {
        sections.push("It is disabled: dbt leaves it out.".to_owned());
    }
    sections.push(footer(analysis, state, now));
    sections.retain(|it| !it.is_empty());
    Some(sections.join("\n\n"))
}

fn not_found(analysis: &Analysis, state: &ExposureState, reason: &str) -> Vec<String> {
    let mut text = format!("**Not found in Tableau:** {}", escape_message(reason));
    let label = analysis.lineage.exposures()[state.exposure]
        .label
        .as_deref();
    let same = namesakes(analysis, state.exposure);
    if let (Some(label), false) = (label, same.is_empty()) {
        text.push_str(&format!(
            "\n\nPerhaps one that is called {} too:",
            escape(label)
        ));
        for workbook in same.iter().take(MAX_LISTED) {
            text.push_str(&format!("\n- {}", workbook_title(workbook)));
        }
    }
    vec![text]
}

/// Workbooks with the exposure's label, for which nothing else stands.
fn namesakes(analysis: &Analysis, exposure: usize) -> Vec<&Workbook> {
    let is_hint = |ix| {
        let same = analysis.lineage.exposure_of(ix);
        same.is_some_and(|it| it.by == Identity::Label && it.ix == exposure)
    };
    let all = analysis.lineage.workbooks();
    let alike = all.filter(|(ix, _)| is_hint(*ix));
    alike.map(|(_, workbook)| workbook).collect()
}

fn gone(analysis: &Analysis, state: &ExposureState, content: usize) -> String {
    let what = words::what_is_gone(analysis, state.exposure, content);
    let place = escape(&words::place(analysis, content));
    let read = words::as_read(analysis, content);
    format!(
        "**The {what} is gone from {place}{read}.** All that is there is known, and it is not. Quick \
         fixes disable the exposure or take it out."
    )
}

fn here(analysis: &Analysis, state: &ExposureState, now: Timestamp) -> Vec<String> {
    let shown = state.subjects.iter().take(MAX_LISTED);
    let mut sections: Vec<String> = shown.map(|it| of_subject(analysis, *it, now)).collect();
    if state.subjects.len() > MAX_LISTED {
        sections.push(format!("+{} more", state.subjects.len() - MAX_LISTED));
    }
    sections.push(differences(analysis, state));
    sections.push(unknown(analysis, state));
    sections
}

/// The thing itself, who has it, and its dashboards.
fn of_subject(analysis: &Analysis, subject: Subject, now: Timestamp) -> String {
    let workbook = analysis.lineage.workbook(subject.workbook);
    let page = subjects::page_of(analysis, subject);
    let name = title(&subjects::title_of(analysis, subject), page);
    let mut first = vec![with_standing(analysis, subject, name)];
    if subject.dashboard.is_none() {
        let n_sheets = workbook.sheets.iter().filter(|it| !it.hidden).count();
        first.push(count_dashboards(workbook.dashboards.len(), n_sheets));
    }
    first.extend(words::views(analysis, &[subject]).map(views));
    let mut second = hover::whereabouts(&workbook.project_path, workbook.owner.name.as_deref());
    second.extend(workbook.file.as_deref().map(code));
    let age = workbook.extract_refreshed;
    second.extend(age.map(|at| format!("data of {}", ago(now, at))));
    let mut text = first.join(" · ");
    if !second.is_empty() {
        text.push_str(&format!("  \n{}", second.join(" · ")));
    }
    if subject.dashboard.is_none() {
        text.push_str(&dashboards(workbook));
    }
    text
}

/// With a warning on the workbook or on what it reads, else with that all it reads is certified.
fn with_standing(analysis: &Analysis, subject: Subject, title: String) -> String {
    let workbook = analysis.lineage.workbook(subject.workbook);
    let mut warnings: Vec<&str> = workbook.warnings.iter().map(String::as_str).collect();
    let mut is_certified = !workbook.datasources.is_empty();
    for datasource in 0..workbook.datasources.len() {
        let behind = analysis
            .lineage
            .published_behind(subject.workbook, datasource);
        is_certified &= !behind.is_empty() && behind.iter().all(|it| it.certified);
        let of_it = behind.iter().flat_map(|it| &it.warnings);
        warnings.extend(of_it.map(String::as_str));
    }
    warnings.dedup();
    hover::with_standing(title, is_certified, &warnings)
}

/// The dashboards, most viewed first.
fn dashboards(workbook: &Workbook) -> String {
    let mut all: Vec<&Dashboard> = workbook.dashboards.iter().collect();
    let views_of = |it: &Dashboard| it.views.unwrap_or_default();
    all.sort_by(|a, b| {
        views_of(b)
            .cmp(&views_of(a))
            .then_with(|| a.name.cmp(&b.name))
    });
    let mut text = String::new();
    for it in all.iter().take(MAX_LISTED) {
        let mut facts = vec![title(&it.name, it.url.as_deref())];
        facts.extend(it.views.map(views));
        text.push_str(&format!("\n- {}", facts.join(" · ")));
    }
    if all.len() > MAX_LISTED {
        text.push_str(&format!("\n- +{} more", all.len() - MAX_LISTED));
    }
    text
}

fn workbook_title(workbook: &Workbook) -> String {
    let owner = workbook.owner.name.as_deref();
    let mut facts = vec![title(&workbook.name, workbook.url.as_deref())];
    facts.extend(hover::whereabouts(&workbook.project_path, owner));
    facts.join(" · ")
}

fn differences(analysis: &Analysis, state: &ExposureState) -> String {
    if state.is_in_step() {
        return match words::is_all_known(analysis, &state.subjects) {
            true => "In step with Tableau.".to_owned(),
            false => "In step with Tableau as far as known.".to_owned(),
        };
    }
    let mut lines: Vec<String> = state.differences.iter().map(difference).collect();
    if !state.lacking.is_empty() {
        let names = names(analysis, &state.lacking);
        lines.push(format!("missing in `depends_on`: {names}"));
    }
    if !state.surplus.is_empty() {
        let names = names(analysis, &state.surplus);
        lines.push(format!("in `depends_on` and no longer read: {names}"));
    }
    format!("Differs from Tableau:\n- {}", lines.join("\n- "))
}

fn difference(it: &Difference) -> String {
    let here = match &it.here {
        Some(here) => format!("*{}* here", escape(here)),
        None => "nothing here".to_owned(),
    };
    format!(
        "{}: {here}, *{}* in Tableau",
        words::word(it.field),
        escape(&it.tableau)
    )
}

fn names(analysis: &Analysis, nodes: &[NodeIx]) -> String {
    let label = |ix: &NodeIx| code(&analysis.lineage.nodes().get(*ix).label());
    let mut names: Vec<String> = nodes.iter().take(MAX_LISTED).map(label).collect();
    if nodes.len() > MAX_LISTED {
        names.push(format!("+{} more", nodes.len() - MAX_LISTED));
    }
    names.join(", ")
}

/// What keeps "in step" from being said for sure.
fn unknown(analysis: &Analysis, state: &ExposureState) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for subject in &state.subjects {
        for reason in analysis.lineage.hidden_reads(*subject) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    if reasons.is_empty() {
        return String::new();
    }
    let shown = reasons.iter().take(MAX_LISTED);
    let mut lines: Vec<String> = shown.map(|it| escape_message(it)).collect();
    if reasons.len() > MAX_LISTED {
        lines.push(format!(
            "+{}",
            count(reasons.len() - MAX_LISTED, "more reason")
        ));
    }
    format!("Not known:\n- {}", lines.join("\n- "))
}

/// Where it is known from, how old that is, and why it is held to be the same.
fn footer(analysis: &Analysis, state: &ExposureState, now: Timestamp) -> String {
    let contents = analysis.lineage.contents();
    let mut facts: Vec<String> = Vec::new();
    for subject in &state.subjects {
        let source = hover::source(&contents[subject.workbook.content], now);
        facts.extend(source.filter(|it| !facts.contains(it)));
    }
    if let Presence::Gone { content } = state.presence {
        facts.extend(hover::source(&contents[content], now));
    }
    for subject in &state.subjects {
        let why = why_same(analysis, state.exposure, *subject).map(str::to_owned);
        facts.extend(why.filter(|it| !facts.contains(it)));
    }
    facts.join(" · ")
}

fn why_same(analysis: &Analysis, exposure: usize, subject: Subject) -> Option<&'static str> {
    let same = match subject.dashboard {
        Some(_) => analysis.lineage.exposure_of_dashboard(subject),
        None => analysis.lineage.exposure_of(subject.workbook),
    };
    let same = same.filter(|it| it.ix == exposure && it.subject == subject)?;
    Some(match same.by {
        Identity::Luid => "found by its LUID",
        Identity::Url => "found by its page",
        Identity::ContentUrl => "found by its name in the site's addresses",
        Identity::File => "found by its file",
        Identity::Label => "found by its title alone",
    })
}

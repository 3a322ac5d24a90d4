//! What a site knows about a workbook that uses a node: whether someone vouches for
//! what it reads there, what lies between, how old the data is.
//!
//! Only what ties the workbook to the node counts: a certified datasource beside it
//! says nothing about this one.

use lineage::{
    Datasource, Evidence, MatchKind, PublishedDatasource, Timestamp, Usage, WorkbookIx,
    WorkbookUsage,
};

use crate::analysis::Analysis;
use crate::text::count_dashboards;

/// What is known about how a workbook comes to a node. See the module's text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsageFacts<'a> {
    /// The published datasources between, nearest to the workbook first, each once.
    pub published: Vec<&'a PublishedDatasource>,
    /// The virtual connections between, by name, sorted.
    pub virtual_connections: Vec<&'a str>,
    /// The Prep flows between, by name, sorted.
    pub flows: Vec<&'a str>,
    /// Whether everything between is a published datasource that someone vouches for.
    pub certified: bool,
    /// Active data quality warnings on the workbook and on what lies between.
    pub warnings: Vec<&'a str>,
    /// When the data was extracted, the oldest of it; `None` where it is live or unknown.
    pub extract_refreshed: Option<Timestamp>,
}

pub(crate) fn of_usage<'a>(analysis: &'a Analysis, usage: &WorkbookUsage) -> UsageFacts<'a> {
    let read = usage.via.last();
    let ties = read.map(|&node| analysis.lineage.ties(node, usage.workbook));
    of_ties(analysis, usage.workbook, ties.into_iter().flatten())
}

/// The same of everything that a workbook reads of the project.
pub(crate) fn of_workbook(analysis: &Analysis, workbook: WorkbookIx) -> UsageFacts<'_> {
    let ties = analysis.lineage.usages_of(workbook).iter();
    of_ties(analysis, workbook, ties.filter(|it| it.alias_of.is_none()))
}

fn of_ties<'a>(
    analysis: &'a Analysis,
    workbook: WorkbookIx,
    ties: impl Iterator<Item = &'a Usage>,
) -> UsageFacts<'a> {
    let mut facts = UsageFacts {
        certified: true,
        ..UsageFacts::default()
    };
    facts.warn(&analysis.lineage.workbook(workbook).warnings);
    for tie in ties {
        facts.add(analysis, tie);
    }
    facts.certified &= !facts.published.is_empty();
    facts.virtual_connections.sort_unstable();
    facts.virtual_connections.dedup();
    facts.flows.sort_unstable();
    facts.flows.dedup();
    facts
}

impl<'a> UsageFacts<'a> {
    /// What lies between, kind by kind, each by its names.
    pub fn between(&self) -> Vec<(&'static str, Vec<&'a str>)> {
        let published = self.published.iter().map(|it| it.name.as_str()).collect();
        let all = [
            ("datasource", published),
            ("virtual connection", self.virtual_connections.clone()),
            ("flow", self.flows.clone()),
        ];
        let some = all.into_iter().filter(|(_, names)| !names.is_empty());
        some.collect()
    }

    fn add(&mut self, analysis: &'a Analysis, tie: &Usage) {
        let workbook = analysis.lineage.workbook(tie.workbook);
        let own = &workbook.datasources[tie.datasource];
        let behind = analysis
            .lineage
            .published_behind(tie.workbook, tie.datasource);
        self.certified &= !behind.is_empty() && behind.iter().all(|it| it.certified);
        if own.extract.is_some() {
            self.age(workbook.extract_refreshed);
        }
        self.add_between(own, tie);
        for it in behind {
            self.add_between(&it.inside, tie);
            self.age(it.extract_refreshed);
            self.warn(&it.warnings);
            if !self.published.iter().any(|known| std::ptr::eq(*known, it)) {
                self.published.push(it);
            }
        }
    }

    fn add_between(&mut self, datasource: &'a Datasource, tie: &Usage) {
        if tie.evidence.contains(&Evidence::VirtualConnection) {
            let names = datasource.virtual_connections.iter();
            self.virtual_connections.extend(names.map(String::as_str));
        }
        if tie.evidence.contains(&Evidence::Flow) {
            self.flows
                .extend(datasource.flows.iter().map(String::as_str));
        }
    }

    fn age(&mut self, refreshed: Option<Timestamp>) {
        let both = self.extract_refreshed.into_iter().chain(refreshed);
        self.extract_refreshed = both.min();
    }

    fn warn(&mut self, warnings: &'a [String]) {
        for warning in warnings {
            if !self.warnings.contains(&warning.as_str()) {
                self.warnings.push(warning);
            }
        }
    }
}

/// What a workbook shows of a node, and how much of that only through what is built from
/// it: `3 dashboards, 1 further downstream`. Of a workbook that does not read the node itself
/// all is, and somebody else says so.
pub fn shown(usage: &WorkbookUsage) -> String {
    let n_all = usage.dashboards.len();
    let n_further = match usage.is_direct() {
        true => usage.dashboards.iter().filter(|it| it.distance > 0).count(),
        false => 0,
    };
    let all = count_dashboards(n_all, usage.sheets.len());
    match n_further {
        0 => all,
        n if n == n_all => format!("{all} further downstream"),
        n => format!("{all}, {n} further downstream"),
    }
}

/// How the workbook reads the node: `table`, `via Orders datasource`. `show` makes a name
/// fit to be shown.
pub(crate) fn through(
    usage: &WorkbookUsage,
    facts: &UsageFacts<'_>,
    show: impl Fn(&str) -> String,
) -> String {
    let shown = |names: Vec<&str>| {
        let names: Vec<String> = names.into_iter().map(&show).collect();
        names.join(", ")
    };
    let between = facts.between().into_iter();
    let between = between.map(|(what, names)| format!("{} {what}", shown(names)));
    let between: Vec<String> = between.collect();
    if !between.is_empty() {
        return format!("via {}", between.join(", "));
    }
    let has = |it| usage.evidence.contains(&it);
    let words = match () {
        () if has(Evidence::CustomSql) => "custom SQL",
        () if has(Evidence::Table) => "table",
        () if has(Evidence::VirtualConnection) => "virtual connection",
        () if has(Evidence::Flow) => "flow",
        () if has(Evidence::Column) => "column",
        () => "table",
    };
    words.to_owned()
}

/// `⚠ Stale, +1`, else `✓ certified`: a warning weighs more. `show` makes a text fit to be
/// shown.
pub fn warning_or_certified(
    certified: bool,
    warnings: &[&str],
    show: impl Fn(&str) -> String,
) -> Option<String> {
    let Some((first, rest)) = warnings.split_first() else {
        return certified.then(|| "✓ certified".to_owned());
    };
    let more = match rest.len() {
        0 => String::new(),
        n => format!(", +{n}"),
    };
    Some(format!("⚠ {}{more}", show(first)))
}

/// What is said of a match that is only probable.
pub(crate) fn how_probable(kind: MatchKind) -> &'static str {
    match kind {
        MatchKind::Proposed => "by the proposed name rule",
        _ => "matched by name only",
    }
}

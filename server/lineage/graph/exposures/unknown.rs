//! Why a workbook or dashboard may read more than is known.
//!
//! Whoever asks wants to say "no more than this": a dependency that nothing reads, or
//! an exposure that is in step. So each reason counts, be it about one datasource, the
//! workbook or the place that it came from.

use std::collections::{BTreeSet, HashMap};

use super::super::build::{tables, title_of};
use crate::content::{Content, ContentKind, Dashboard, Datasource, Workbook};
use crate::graph::Lineage;
use crate::hidden::lacks;
use crate::identity::Subject;
use crate::knowledge::{Gap, GapCode};
use crate::matching::{Reason, Verdict};
use crate::warehouse::Warehouse;

/// The gaps of each content by what they are about.
#[derive(Clone, Debug, Default)]
pub(in crate::graph) struct Told(Vec<HashMap<String, Vec<usize>>>);

impl Told {
    pub(in crate::graph) fn new(contents: &[Content]) -> Told {
        Told(contents.iter().map(by_name).collect())
    }

    /// The gaps about one of `names` in the content at a place.
    fn about<'a>(&self, contents: &'a [Content], at: usize, names: &[&str]) -> Vec<&'a Gap> {
        let of_name = |name: &&str| self.0[at].get(*name).into_iter().flatten();
        let places: BTreeSet<usize> = names.iter().flat_map(of_name).copied().collect();
        places.iter().map(|&ix| &contents[at].gaps[ix]).collect()
    }
}

fn by_name(content: &Content) -> HashMap<String, Vec<usize>> {
    let mut all: HashMap<String, Vec<usize>> = HashMap::new();
    for (ix, gap) in content.gaps.iter().enumerate() {
        if let Some(name) = &gap.about {
            all.entry(name.clone()).or_default().push(ix);
        }
    }
    all
}

pub(super) fn reads(lineage: &Lineage, subject: Subject) -> Vec<String> {
    let mut all = hidden(lineage, subject);
    if lineage.contents()[subject.workbook.content].kind == ContentKind::Files {
        all.push("it is known from a file alone, which may be old".to_owned());
    }
    all
}

/// The reasons that what is at hand gives by itself.
pub(super) fn hidden(lineage: &Lineage, subject: Subject) -> Vec<String> {
    let mut unknown = Unknown {
        lineage,
        subject,
        seen: BTreeSet::new(),
        reasons: Vec::new(),
    };
    unknown.add_datasources();
    unknown.add_views();
    unknown.add_workbook();
    unknown.add_place();
    unknown.reasons
}

/// The reasons so far, each once.
struct Unknown<'a> {
    lineage: &'a Lineage,
    subject: Subject,
    /// The kinds of knowledge that were seen to be missing.
    seen: BTreeSet<GapCode>,
    reasons: Vec<String>,
}

impl<'a> Unknown<'a> {
    fn workbook(&self) -> &'a Workbook {
        self.lineage.workbook(self.subject.workbook)
    }

    fn content(&self) -> &'a Content {
        &self.lineage.contents()[self.subject.workbook.content]
    }

    fn add(&mut self, reason: String) {
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    fn add_datasources(&mut self) {
        let is_read = self.lineage.datasources_of(self.subject);
        let datasources = self.workbook().datasources.iter().zip(is_read);
        for (ix, (datasource, is_read)) in datasources.enumerate() {
            if is_read {
                self.add_datasource(datasource, datasource.title());
                self.add_published(ix, datasource);
            }
        }
    }

    fn add_datasource(&mut self, datasource: &Datasource, title: &str) {
        for code in lacks(datasource) {
            self.seen.insert(code);
            self.add(format!("{} {title}", in_words(code)));
        }
        for met in tables(datasource).filter(|it| !it.table.is_nameless()) {
            let connection = Warehouse::from_connection_class(met.class);
            let verdict = self.lineage.find(&met.table.relation, &connection);
            if let Verdict::Unmatched { reason, .. } = verdict
                && let Some(why) = undecided(reason)
            {
                self.add(format!("`{}` in {title} {why}", met.table.raw));
            }
        }
    }

    /// What lies behind a datasource that only points at published ones.
    fn add_published(&mut self, ix: usize, datasource: &'a Datasource) {
        let Some(reference) = &datasource.published_as else {
            return;
        };
        let at = self.subject.workbook.content;
        let chain = self.lineage.published.resolve(at, reference);
        let mut missing = reference;
        for &place in &chain.found {
            let it = self.lineage.published(place);
            self.add_datasource(&it.inside, &it.name);
            self.add_told(place.content, &[&it.name]);
            missing = it.inside.published_as.as_ref().unwrap_or(missing);
        }
        if !chain.complete {
            let title = self.workbook().datasources[ix].title();
            let name = title_of(missing).unwrap_or(title);
            self.add(format!("the published datasource {name} is not at hand"));
        }
    }

    /// Whether it is known which datasources the dashboard's sheets read.
    fn add_views(&mut self) {
        let workbook = self.workbook();
        let dashboards = &workbook.dashboards;
        let Some(dashboard) = self.subject.dashboard.and_then(|it| dashboards.get(it)) else {
            return;
        };
        let mut shown = vec![dashboard];
        let is_named = |it: &&Dashboard| !it.story && dashboard.sheets.contains(&it.name);
        if dashboard.story {
            shown.extend(dashboards.iter().filter(is_named));
        }
        for it in shown {
            self.add_sheets(it, dashboard.story && std::ptr::eq(it, dashboard));
        }
    }

    fn add_sheets(&mut self, dashboard: &Dashboard, is_story: bool) {
        let workbook = self.workbook();
        // A dashboard may show text alone; a story without anything to show is not known.
        if is_story && dashboard.sheets.is_empty() {
            self.add(format!("it is not known what {} shows", dashboard.name));
        }
        for name in &dashboard.sheets {
            let sheet = workbook.sheets.iter().find(|it| it.name == *name);
            let is_dashboard = || is_story && workbook.dashboards.iter().any(|it| it.name == *name);
            let is_known = match sheet {
                Some(sheet) => !sheet.datasources.is_empty(),
                None => is_dashboard(),
            };
            if !is_known {
                self.add(format!("it is not known what the sheet {name} reads"));
            }
        }
    }

    fn add_workbook(&mut self) {
        let workbook = self.workbook();
        let is_file = self.content().kind == ContentKind::Files;
        if workbook.datasources.is_empty() && !is_file {
            self.seen.insert(GapCode::MetadataIncomplete);
            self.add(format!("it is not known what {} reads", workbook.name));
        }
        let mut names = vec![workbook.name.as_str()];
        names.extend(workbook.file.as_deref());
        self.add_told(self.subject.workbook.content, &names);
    }

    /// What whoever read the content at a place has told about one of `names`, beside what
    /// was seen to be missing.
    fn add_told(&mut self, at: usize, names: &[&str]) {
        let contents = self.lineage.contents();
        for gap in self.lineage.told.about(contents, at, names) {
            if !self.seen.contains(&gap.code) {
                self.add(gap.message.clone());
            }
        }
    }

    fn add_place(&mut self) {
        for gap in self
            .content()
            .gaps
            .iter()
            .filter(|it| it.is_about_a_place())
        {
            self.add(gap.message.clone());
        }
    }
}

/// What a datasource lacks, before its name.
fn in_words(code: GapCode) -> &'static str {
    match code {
        GapCode::ExtractOnly => "it is not known what was extracted into",
        GapCode::VirtualConnection => "the tables of a virtual connection are not at hand for",
        GapCode::NameHidden => "the name of a table is hidden in",
        GapCode::CustomSqlUnreadable => "a custom SQL query cannot be read in",
        _ => "it is not known what is read by",
    }
}

/// Why it is not known whether a table is one of this project's, if that is so.
fn undecided(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::NoSuchRelation | Reason::OtherWarehouse | Reason::NotAWarehouse => None,
        Reason::Ambiguous => Some("fits several relations"),
        Reason::NameHidden => Some("has its name hidden"),
        Reason::StoredProcedure => Some("is a stored procedure, which hides what it reads"),
        Reason::CustomSqlUnreadable => Some("is a query that cannot be read"),
        Reason::ExtractOnly => Some("is an extract of something that is not known"),
        Reason::PublishedDatasourceUnavailable | Reason::VirtualConnection => {
            Some("is not at hand")
        }
    }
}

//! The whole project's plan: what is missing, stale or other than in Tableau.
//!
//! Two runs over the same project and content give the same plan. Nothing is called
//! missing or gone that is only not known; why more cannot be said is said in
//! [`Plan::incomplete`]. What one exposure says is [`crate::exposure_plan`]'s business,
//! how it is written the `dbt` crate's.

mod existing;
mod incomplete;
mod missing;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use lineage::{ExposureName, NodeIx, Subject, WorkbookIx};

use crate::analysis::Analysis;
use crate::exposures::state::declared;
use crate::file_change::{FileChange, Files, Texts};

pub(crate) use missing::count as count_missing;

/// What is to be planned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanRequest {
    /// Only these workbooks and their exposures; `None` for all there are.
    pub workbooks: Option<BTreeSet<WorkbookIx>>,
    /// Whether texts and dependencies that are others in Tableau are changed too.
    pub update: bool,
    /// What is done with an exposure whose workbook is gone.
    pub gone: WhenGone,
    /// Whether what is known of Tableau is old: nothing is then disabled, removed or taken
    /// out of `depends_on`, since it may be there again.
    pub is_old: bool,
}

/// What is done with an exposure whose workbook is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenGone {
    /// Nothing; it is told.
    #[default]
    Keep,
    /// `config.enabled: false`.
    Disable,
    /// Its entry is taken out.
    Remove,
}

/// What there is to do, and the files afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Each thing that was decided, by file and name.
    pub changes: Vec<PlannedChange>,
    /// The files that change, by path.
    pub files: Vec<FileChange>,
    /// Why it cannot be said that nothing is missing or stale, for a person; empty where
    /// it can.
    pub incomplete: Vec<String>,
}

/// What was decided about one exposure, or one workbook that has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedChange {
    /// What.
    pub action: PlanAction,
    /// The exposure, where there is or will be one.
    pub exposure: Option<ExposureName>,
    /// What it stands for, by its title; a dashboard behind its workbook's.
    pub workbook: Option<String>,
    /// The exposure's file, relative to the project's root; of a package's, to that root.
    pub path: String,
    /// Why, for a person.
    pub reason: String,
    /// Whether a check should fail because of it.
    pub is_finding: bool,
}

impl PlannedChange {
    fn sort_key(&self) -> (&str, Option<&ExposureName>, Option<&str>, PlanAction, &str) {
        let workbook = self.workbook.as_deref();
        let exposure = self.exposure.as_ref();
        (&self.path, exposure, workbook, self.action, &self.reason)
    }
}

impl Ord for PlannedChange {
    fn cmp(&self, other: &PlannedChange) -> Ordering {
        self.sort_key().cmp(&other.sort_key())
    }
}

impl PartialOrd for PlannedChange {
    fn partial_cmp(&self, other: &PlannedChange) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanAction {
    /// A new exposure is written.
    Create,
    /// What it lacks is added to `depends_on`.
    AddDependsOn,
    /// Its texts and dependencies become Tableau's.
    Update,
    /// What it stands for is gone.
    Stale,
    /// It is as it should be, or differs in what was not asked to be changed.
    Unchanged,
    /// It cannot be done; the reason says what can.
    Refused,
}

impl PlanAction {
    /// The word in JSON answers.
    pub fn as_str(self) -> &'static str {
        match self {
            PlanAction::Create => "create",
            PlanAction::AddDependsOn => "add_depends_on",
            PlanAction::Update => "update",
            PlanAction::Stale => "stale",
            PlanAction::Unchanged => "unchanged",
            PlanAction::Refused => "refused",
        }
    }
}

/// The plan of what `request` asks for, over the files as they are now.
pub(crate) fn plan(analysis: &Analysis, request: &PlanRequest, texts: Texts<'_>) -> Plan {
    let mut work = Work::new(analysis, request, texts);
    existing::plan(&mut work);
    missing::plan(&mut work);
    work.finish()
}

/// The part of a plan that is about what is missing: exposures that are there are left as
/// they are, whatever they lack.
pub(crate) fn plan_missing(analysis: &Analysis, texts: Texts<'_>) -> Plan {
    let request = PlanRequest::default();
    let mut work = Work::new(analysis, &request, texts);
    missing::plan(&mut work);
    work.finish()
}

/// A plan that is being made.
struct Work<'a> {
    analysis: &'a Analysis,
    request: &'a PlanRequest,
    exposed: Exposed,
    files: Files<'a>,
    changes: Vec<PlannedChange>,
}

impl<'a> Work<'a> {
    fn new(analysis: &'a Analysis, request: &'a PlanRequest, texts: Texts<'a>) -> Work<'a> {
        Work {
            analysis,
            request,
            exposed: Exposed::of(analysis),
            files: Files::new(texts, analysis.project.engine),
            changes: Vec::new(),
        }
    }

    fn finish(mut self) -> Plan {
        self.changes.sort();
        Plan {
            incomplete: incomplete::reasons(self.analysis, self.request, &self.exposed),
            changes: self.changes,
            files: self.files.changed(),
        }
    }

    fn asks_for(&self, workbook: WorkbookIx) -> bool {
        let asked = self.request.workbooks.as_ref();
        asked.is_none_or(|it| it.contains(&workbook))
    }
}

/// What the exposures of each workbook name.
struct Exposed(HashMap<WorkbookIx, Named>);

/// What the exposures of one workbook, or of its dashboards, name.
#[derive(Default)]
struct Named {
    nodes: BTreeSet<NodeIx>,
    /// Whether one of them stands for the whole workbook.
    is_whole: bool,
}

impl Exposed {
    fn of(analysis: &Analysis) -> Exposed {
        let mut all: HashMap<WorkbookIx, Named> = HashMap::new();
        for ix in 0..analysis.lineage.exposures().len() {
            let nodes = declared(analysis, ix);
            for subject in analysis.lineage.subjects_of(ix) {
                let named = all.entry(subject.workbook).or_default();
                named.nodes.extend(&nodes);
                named.is_whole |= subject.dashboard.is_none();
            }
        }
        Exposed(all)
    }
}

/// What subjects read, by matches that are no guess.
fn sure_reads(analysis: &Analysis, subjects: &[Subject]) -> BTreeSet<NodeIx> {
    let reads = subjects.iter().flat_map(|it| analysis.lineage.reads(*it));
    let sure = reads.filter(|it| !it.kind.is_probable());
    sure.map(|it| it.node).collect()
}

/// What subjects may read, by their tables' names alone.
fn guessed_reads(analysis: &Analysis, subjects: &[Subject]) -> BTreeSet<NodeIx> {
    let reads = subjects.iter().flat_map(|it| analysis.lineage.reads(*it));
    let guessed = reads.filter(|it| it.kind.is_probable());
    let guessed: BTreeSet<NodeIx> = guessed.map(|it| it.node).collect();
    guessed
        .difference(&sure_reads(analysis, subjects))
        .copied()
        .collect()
}

fn whole(workbook: WorkbookIx) -> Subject {
    Subject {
        workbook,
        dashboard: None,
    }
}

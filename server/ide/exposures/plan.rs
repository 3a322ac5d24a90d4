//! The whole project's plan: what is missing, stale or other than in Tableau.
//!
//! Two runs over the same project and content give the same plan. Nothing is called
//! missing or gone that is only not known; why more cannot be said is said in
//! [`Plan::incomplete`]. What one exposure says is [`crate::exposure_plan`]'s business,
//! how it is written the `dbt` crate's.

use std::collections::BTreeSet;

use lineage::{ExposureName, WorkbookIx};

use crate::analysis::Analysis;
use crate::file_change::{FileChange, Texts};

/// What is to be planned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanRequest {
    /// Only these workbooks and their exposures; `None` for all there are.
    pub workbooks: Option<BTreeSet<WorkbookIx>>,
    /// Whether texts and dependencies that are others in Tableau are changed too.
    pub update: bool,
    /// What is done with an exposure whose workbook is gone.
    pub gone: WhenGone,
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
    let mut plan = Plan::default();
    for (ix, workbook) in analysis.lineage.workbooks() {
        let is_asked = |asked: &BTreeSet<WorkbookIx>| asked.contains(&ix);
        if !request.workbooks.as_ref().is_none_or(is_asked) {
            continue;
        }
        let Ok(new) = crate::exposure_plan::plan(analysis, ix) else {
            continue;
        };
        let text = texts(&new.path).unwrap_or_default();
        let mut file = FileChange::new(&new.path, text);
        let name = new.exposure.name.clone();
        let change = dbt::Change::Declare(Box::new(new.exposure));
        if file.make(&change, &analysis.project.engine).is_ok() {
            plan.changes.push(PlannedChange {
                action: PlanAction::Create,
                exposure: Some(name),
                workbook: Some(workbook.name.clone()),
                path: new.path,
                reason: "it has no exposure".to_owned(),
                is_finding: true,
            });
        }
    }
    plan
}

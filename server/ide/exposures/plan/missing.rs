//! Workbooks and dashboards that read a node and have no exposure.

use dbt::Change;
use lineage::{Subject, WorkbookIx};

use super::{PlanAction, PlannedChange, Work, guessed_reads, sure_reads, whole};
use crate::analysis::{Analysis, Grain};
use crate::exposure_plan::{
    self, ExposurePlan, Names, Trust, covering, is_or_are, labels, namesake,
};
use crate::exposures::subjects::title_of;

/// Writes them by file and name, so that a file does not depend on the order in which
/// Tableau lists its workbooks.
pub(super) fn plan(work: &mut Work<'_>) {
    let names = Names::of(work.analysis);
    let mut new: Vec<ExposurePlan> = Vec::new();
    for workbook in asked(work) {
        for subject in exposure_plan::subjects_of(work.analysis, workbook) {
            if covering(work.analysis, subject).is_some() {
                continue;
            }
            match of_subject(work.analysis, &names, subject) {
                Ok(plan) => new.push(plan),
                Err(refused) => work.changes.push(refused),
            }
        }
        let left_out = left_out(work, workbook);
        work.changes.extend(left_out);
    }
    new.sort_by(|a, b| (&a.path, &a.exposure.name).cmp(&(&b.path, &b.exposure.name)));
    for of_file in new.chunk_by(|a, b| a.path == b.path) {
        create(work, of_file);
    }
}

/// How many exposures of the project are missing and can be written, as far as that can be
/// told without its files.
pub(crate) fn count(analysis: &Analysis) -> usize {
    let names = Names::of(analysis);
    let readers = exposure_plan::readers(analysis).into_iter();
    let subjects = readers.flat_map(|it| exposure_plan::subjects_of(analysis, it));
    let missing = subjects.filter(|it| covering(analysis, *it).is_none());
    let can_be = missing.filter(|it| of_subject(analysis, &names, *it).is_ok());
    can_be.count()
}

/// What reads a node; of workbooks that were asked for by name, all.
fn asked(work: &Work<'_>) -> Vec<WorkbookIx> {
    match &work.request.workbooks {
        Some(asked) => asked.iter().copied().collect(),
        None => exposure_plan::readers(work.analysis).into_iter().collect(),
    }
}

fn of_subject(
    analysis: &Analysis,
    names: &Names,
    subject: Subject,
) -> Result<ExposurePlan, PlannedChange> {
    if let Some(file) = analysis.project.unread_files.first() {
        let why = format!("{file} cannot be read and may hold its exposure: mend that file first");
        return Err(refused(analysis, subject, why));
    }
    if let Some(it) = namesake(analysis, subject) {
        let name = &it.name;
        let below = match analysis.project.engine.tags_and_meta_under_config() {
            true => "config.meta.tableau",
            false => "meta.tableau",
        };
        let key = match analysis.lineage.workbook(subject.workbook).luid {
            Some(_) => format!("{below}.luid"),
            None => format!("{below}.file"),
        };
        let why = format!(
            "exposure `{name}` has the same label; add `{key}` to it if it stands for this, \
             else write a new one from the editor"
        );
        return Err(refused(analysis, subject, why));
    }
    exposure_plan::plan_subject(analysis, names, subject, Trust::Sure)
        .map_err(|why| refused(analysis, subject, why))
}

fn refused(analysis: &Analysis, subject: Subject, reason: String) -> PlannedChange {
    PlannedChange {
        action: PlanAction::Refused,
        exposure: None,
        workbook: Some(title_of(analysis, subject)),
        path: exposure_plan::path_for(analysis, subject).unwrap_or_default(),
        reason,
        is_finding: false,
    }
}

/// Writes what is new in one file: at once, or else one by one, so that what is refused
/// does not keep the rest from being written.
fn create(work: &mut Work<'_>, new: &[ExposurePlan]) {
    let all = new.iter().map(|it| it.exposure.clone()).collect();
    let path = &new[0].path;
    let is_made = work.files.make(path, &Change::Declare(all)).is_ok();
    for plan in new {
        let alone = || Change::Declare(vec![plan.exposure.clone()]);
        let made = if is_made {
            Ok(true)
        } else {
            work.files.make(path, &alone())
        };
        let changes = created(work.analysis, plan, made);
        work.changes.extend(changes);
    }
}

fn created(
    analysis: &Analysis,
    plan: &ExposurePlan,
    made: Result<bool, String>,
) -> Vec<PlannedChange> {
    let about = |action, reason: String| PlannedChange {
        action,
        exposure: Some(plan.exposure.name.clone()),
        workbook: Some(title_of(analysis, plan.subject)),
        path: plan.path.clone(),
        reason,
        is_finding: true,
    };
    let mut changes = vec![match made {
        Ok(_) => about(PlanAction::Create, "it has no exposure".to_owned()),
        Err(why) => about(PlanAction::Refused, why),
    }];
    let guessed = guessed_reads(analysis, &[plan.subject]);
    let guessed = labels(analysis, guessed.into_iter());
    if !guessed.is_empty() {
        changes.push(PlannedChange {
            is_finding: false,
            ..about(
                PlanAction::Refused,
                exposure_plan::guessed(analysis, &guessed),
            )
        });
    }
    changes
}

/// What a workbook reads and none of the exposures of its parts may name: that must not
/// look as if nothing were missing.
fn left_out(work: &Work<'_>, workbook: WorkbookIx) -> Option<PlannedChange> {
    let analysis = work.analysis;
    let exposed = work.exposed.0.get(&workbook);
    if exposed.is_some_and(|it| it.is_whole) {
        return None;
    }
    let of_parts;
    let (named, why) = match (analysis.options.exposures.grain, exposed) {
        (Grain::Workbook, Some(exposed)) => (&exposed.nodes, OUTSIDE_OF_EXPOSED),
        (Grain::Workbook, None) => return None,
        (Grain::Dashboard, _) => {
            of_parts = sure_reads(analysis, &exposure_plan::subjects_of(analysis, workbook));
            (&of_parts, OUTSIDE_OF_DASHBOARDS)
        }
    };
    let reads = sure_reads(analysis, &[whole(workbook)]);
    let names = labels(analysis, reads.difference(named).copied());
    let reason = format!("{} {why}", is_or_are(&names));
    (!names.is_empty()).then(|| PlannedChange {
        is_finding: analysis.options.exposures.grain == Grain::Workbook,
        ..refused(analysis, whole(workbook), reason)
    })
}

const OUTSIDE_OF_EXPOSED: &str = "read outside of the dashboards that have exposures; name it in \
                                  one of them, or set `exposures.grain` to `dashboard`";
const OUTSIDE_OF_DASHBOARDS: &str =
    "read by sheets outside of all dashboards, which get no exposure of their own";

//! What a user asked to be written, and the files that this changes.
//!
//! An intent names things by what survives a reload, so that an action that was
//! offered a while ago is carried out on what is there now.

pub(crate) mod missing;
#[cfg(test)]
mod tests;

use dbt::{Change, Field, RefTarget};
use lineage::{Exposure, ExposureName, NodeIx, Presence, Subject};

use crate::analysis::Analysis;
use crate::exposure_plan::{self, ExposurePlan, Names, Trust, namesake, sort_key, target_of};
use crate::exposures::state::{self, ExposureState};
use crate::exposures::subjects::missing_for;
use crate::exposures::words::presence_unknown;
use crate::file_change::{FileChange, Files, Texts};

/// What a user asked to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// The exposure of a workbook or dashboard that has none.
    WriteExposure(Subject),
    /// The exposures of everything that reads a node and has none, and the missing
    /// dependencies on it of those that have one.
    WriteAll(NodeIx),
    /// Every exposure that is missing in the project, where what it depends on is no guess.
    WriteMissing,
    /// What an exposure of the project lacks in `depends_on`.
    AddDependencies(ExposureName),
    /// A text of an exposure as Tableau has it.
    Update(ExposureName, Field),
    /// `config.enabled: false`, of an exposure whose workbook is gone.
    Disable(ExposureName),
    /// Nothing more, of an exposure whose workbook is gone.
    Remove(ExposureName),
}

/// The changes that `intent` means, for the files as they are now.
///
/// # Errors
/// The reason, for a person, why nothing is changed.
pub(crate) fn carry_out(
    analysis: &Analysis,
    intent: &Intent,
    texts: Texts<'_>,
) -> Result<Vec<FileChange>, String> {
    let mut files = Files::new(texts, analysis.project.engine);
    match intent {
        Intent::WriteExposure(subject) => write_exposure(analysis, *subject, &mut files)?,
        Intent::WriteAll(node) => write_all(analysis, *node, &mut files)?,
        Intent::WriteMissing => return missing::write(analysis, texts).map(|it| it.files),
        Intent::AddDependencies(name) => add_dependencies(analysis, name, &mut files)?,
        Intent::Update(name, field) => update(analysis, name, *field, &mut files)?,
        Intent::Disable(name) => retire(analysis, name, Change::Disable, &mut files)?,
        Intent::Remove(name) => retire(analysis, name, Change::Remove, &mut files)?,
    }
    let files = files.changed();
    if files.is_empty() {
        return Err("all is as it is to be already".to_owned());
    }
    Ok(files)
}

/// Whether "write all" writes the exposure of `subject`. One that has the label of
/// another exposure is left to its own action, which says so.
pub(crate) fn can_write(analysis: &Analysis, names: &Names, subject: Subject) -> bool {
    let plan = || exposure_plan::plan_subject(analysis, names, subject, Trust::All);
    namesake(analysis, subject).is_none() && plan().is_ok()
}

fn write_exposure(
    analysis: &Analysis,
    subject: Subject,
    files: &mut Files<'_>,
) -> Result<(), String> {
    if !is_there(analysis, subject) {
        return Err("it is not there any more".to_owned());
    }
    let names = Names::of(analysis);
    write_subject(analysis, &names, subject, files)
}

fn is_there(analysis: &Analysis, subject: Subject) -> bool {
    let content = analysis.lineage.contents().get(subject.workbook.content);
    let workbook = content.and_then(|it| it.workbooks.get(subject.workbook.workbook));
    workbook.is_some_and(|it| subject.dashboard.is_none_or(|ix| ix < it.dashboards.len()))
}

fn write_subject(
    analysis: &Analysis,
    names: &Names,
    subject: Subject,
    files: &mut Files<'_>,
) -> Result<(), String> {
    let plan = exposure_plan::plan_subject(analysis, names, subject, Trust::All)?;
    let change = Change::Declare(vec![plan.exposure]);
    files.make(&plan.path, &change).map(|_| ())
}

/// What cannot be written is left out, unless that is all: then its reason is given.
fn write_all(analysis: &Analysis, node: NodeIx, files: &mut Files<'_>) -> Result<(), String> {
    let names = Names::of(analysis);
    let label = analysis.lineage.nodes().get(node).label();
    let mut made: Vec<Result<(), String>> = Vec::new();
    let mut new: Vec<ExposurePlan> = Vec::new();
    for subject in by_name(&names, missing_for(analysis, node)) {
        let plan = match namesake(analysis, subject) {
            Some(it) => Err(format!("exposure `{}` has the same label", it.name)),
            None => exposure_plan::plan_subject(analysis, &names, subject, Trust::All),
        };
        match plan {
            Ok(plan) => new.push(plan),
            Err(why) => made.push(Err(why)),
        }
    }
    made.extend(declare(new, files));
    for it in lacking(analysis, node) {
        made.push(add(analysis, it, &[node], files));
    }
    let nothing = Err(format!(
        "every exposure that {label} needs is there already"
    ));
    let any_made = made.iter().find(|it| it.is_ok()).cloned();
    any_made
        .or_else(|| made.into_iter().next())
        .unwrap_or(nothing)
}

/// Writes what is new in a file at once, since each change reads all of it; else one by
/// one, so that what is refused does not keep the rest from being written.
fn declare(mut new: Vec<ExposurePlan>, files: &mut Files<'_>) -> Vec<Result<(), String>> {
    new.sort_by(|a, b| a.path.cmp(&b.path));
    let mut made = Vec::new();
    for of_file in new.chunk_by(|a, b| a.path == b.path) {
        let path = &of_file[0].path;
        let all = of_file.iter().map(|it| it.exposure.clone()).collect();
        if files.make(path, &Change::Declare(all)).is_ok() {
            made.push(Ok(()));
            continue;
        }
        made.extend(of_file.iter().map(|it| {
            let alone = Change::Declare(vec![it.exposure.clone()]);
            files.make(path, &alone).map(|_| ())
        }));
    }
    made
}

/// By the names that they get, so that a file does not depend on what is most viewed.
fn by_name(names: &Names, mut subjects: Vec<Subject>) -> Vec<Subject> {
    subjects.sort_by_key(|it| names.of_subject(*it).cloned());
    subjects
}

/// The project's own enabled exposures that lack `node`, by file and name.
pub(crate) fn lacking(analysis: &Analysis, node: NodeIx) -> Vec<&Exposure> {
    let all = analysis.lineage.exposures();
    let lacks = |ix: &usize| {
        let it = &all[*ix];
        it.enabled && is_ours(analysis, it) && state::lacking(analysis, *ix).contains(&node)
    };
    let lacking = (0..all.len()).filter(lacks).map(|ix| &all[ix]);
    let mut lacking: Vec<&Exposure> = lacking.collect();
    lacking.sort_by_key(|it| (&it.path, &it.name));
    lacking
}

fn add_dependencies(
    analysis: &Analysis,
    name: &ExposureName,
    files: &mut Files<'_>,
) -> Result<(), String> {
    let (it, state) = find(analysis, name)?;
    if state.subjects.is_empty() {
        return Err(format!("it is not known what exposure `{name}` stands for"));
    }
    if state.lacking.is_empty() {
        return Err(format!(
            "exposure `{name}` depends on all that is read already"
        ));
    }
    add(analysis, it, &state.lacking, files)
}

/// What dbt would refuse is left out, unless that is all.
fn add(
    analysis: &Analysis,
    it: &Exposure,
    nodes: &[NodeIx],
    files: &mut Files<'_>,
) -> Result<(), String> {
    let targets = nodes.iter().map(|node| target_of(analysis, *node));
    let (good, bad): (Vec<_>, Vec<_>) = targets.partition(Result::is_ok);
    let mut targets: Vec<RefTarget> = good.into_iter().flatten().collect();
    targets.sort_by_key(sort_key);
    if let (true, Some(Err(reason))) = (targets.is_empty(), bad.into_iter().next()) {
        return Err(reason);
    }
    let change = Change::AddDependencies {
        exposure: it.name.clone(),
        targets,
    };
    files.make(&it.path, &change).map(|_| ())
}

fn update(
    analysis: &Analysis,
    name: &ExposureName,
    field: Field,
    files: &mut Files<'_>,
) -> Result<(), String> {
    let (it, state) = find(analysis, name)?;
    let mut differences = state.differences.into_iter();
    let Some(difference) = differences.find(|it| it.field == field) else {
        return Err(format!(
            "`{}` of exposure `{name}` is not known to be another in Tableau",
            field.key()
        ));
    };
    let change = Change::Set {
        exposure: name.clone(),
        field,
        value: difference.tableau,
    };
    files.make(&it.path, &change).map(|_| ())
}

/// Disables or removes an exposure, of which it must be known that its workbook is gone.
fn retire(
    analysis: &Analysis,
    name: &ExposureName,
    change: fn(ExposureName) -> Change,
    files: &mut Files<'_>,
) -> Result<(), String> {
    let (it, state) = find(analysis, name)?;
    let why = match state.presence {
        Presence::Gone { .. } => {
            return files.make(&it.path, &change(name.clone())).map(|_| ());
        }
        Presence::Here => "what it stands for is in Tableau".to_owned(),
        Presence::Elsewhere => "nothing in it speaks of Tableau".to_owned(),
        Presence::Unknown(why) => presence_unknown(&why),
    };
    Err(format!("exposure `{name}` is left as it is: {why}"))
}

/// The one exposure of the project that has this name.
fn find<'a>(
    analysis: &'a Analysis,
    name: &ExposureName,
) -> Result<(&'a Exposure, ExposureState), String> {
    let all = analysis.lineage.exposures();
    let is_it = |ix: &usize| is_ours(analysis, &all[*ix]) && all[*ix].name == *name;
    let mut found = (0..all.len()).filter(is_it);
    match (found.next(), found.next()) {
        (Some(ix), None) => Ok((&all[ix], state::of(analysis, ix))),
        (Some(a), Some(b)) => Err(format!(
            "exposure `{name}` stands in {} and in {}, and dbt takes one",
            all[a].path, all[b].path
        )),
        (None, _) => Err(format!("there is no exposure `{name}` any more")),
    }
}

fn is_ours(analysis: &Analysis, exposure: &Exposure) -> bool {
    exposure.package == analysis.lineage.nodes().root_package()
}

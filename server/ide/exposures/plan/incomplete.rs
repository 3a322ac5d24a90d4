//! Why it cannot be said that nothing is missing or stale.

use std::collections::{BTreeMap, BTreeSet};

use lineage::{Exposure, Gap, GapCode, NodeIx, NodeKind, Presence, Reason, Unmatched, WorkbookIx};

use super::{Exposed, PlanRequest, guessed_reads, whole};
use crate::analysis::Analysis;
use crate::exposure_plan::{self, listed};
use crate::missing;
use crate::text::{count, plain, plain_message};

/// One line a reason, for a person; none where it can be said.
pub(super) fn reasons(
    analysis: &Analysis,
    request: &PlanRequest,
    exposed: &Exposed,
) -> Vec<String> {
    let mut all = of_project(analysis);
    match &request.workbooks {
        None => {
            all.extend(of_content(analysis));
            all.extend(other_places(analysis));
            all.extend(by_name(analysis, exposed));
            let readers = exposure_plan::readers(analysis);
            all.extend(of_labels(analysis, readers, &|it| !is_lost(analysis, it)));
            all.extend(of_presence(analysis));
        }
        Some(asked) => {
            for workbook in asked {
                all.extend(of_workbook(analysis, *workbook));
            }
            all.extend(of_labels(analysis, asked.iter().copied(), &|_| true));
        }
    }
    let mut seen = BTreeSet::new();
    all.retain(|it| seen.insert(it.clone()));
    all
}

fn of_project(analysis: &Analysis) -> Vec<String> {
    let mut all = Vec::new();
    if !analysis.project.has_manifest {
        all.push("there is no manifest: run `dbt parse` to make one".to_owned());
    }
    if !analysis.has_content() {
        all.push("no Tableau content was found at all".to_owned());
    } else {
        let missing = analysis.missing_everywhere().into_iter();
        // What lies upstream of what is read is no exposure's.
        let missing = missing.filter(|it| it.code != "refs_unread");
        all.extend(missing.map(|it| it.message));
        all.extend(missing::nameless(analysis).map(|it| it.message));
    }
    let unread = analysis.project.unread_files.iter();
    all.extend(
        unread.map(|it| format!("which exposures {it} holds is not known: it cannot be read")),
    );
    all
}

/// What is not known about the content and may hide what is read or there.
fn of_content(analysis: &Analysis) -> Vec<String> {
    let gaps = analysis.lineage.gaps().iter();
    let gaps = gaps.filter(|it| may_hide(analysis, it));
    lines(gaps)
}

/// An unknown behind another warehouse hides nothing of this project. A file that
/// cannot be read and an extract whose origin is unknown may have any behind them.
fn may_hide(analysis: &Analysis, gap: &Gap) -> bool {
    match gap.code {
        GapCode::ExtractOnly | GapCode::FileUnreadable => true,
        _ => analysis.lineage.warehouse().may_hold(&gap.warehouse),
    }
}

fn lines<'a>(gaps: impl Iterator<Item = &'a Gap>) -> Vec<String> {
    missing::gaps(gaps)
        .into_iter()
        .map(|it| it.message)
        .collect()
}

/// Tables with the name of something that dbt builds, which lie somewhere else: they may
/// be the same in production.
fn other_places(analysis: &Analysis) -> Option<String> {
    let nodes = analysis.lineage.nodes().iter();
    let built = nodes.filter(|(_, it)| it.kind != NodeKind::Source);
    let built: BTreeSet<String> = built
        .filter_map(|(_, it)| Some(it.relation.as_ref()?.to_string()))
        .collect();
    let is_near = |it: &&Unmatched| {
        it.reason == Reason::NoSuchRelation && it.candidates.iter().any(|it| built.contains(it))
    };
    let tables = analysis.lineage.unmatched().iter().filter(is_near);
    let tables: Vec<&str> = tables.map(|it| it.table.as_str()).collect();
    let n = tables.len();
    (n > 0).then(|| {
        let what = if n == 1 { "table has" } else { "tables have" };
        format!(
            "{n} {what} the name of something that dbt builds, in another schema or database \
             ({})",
            missing::names(tables)
        )
    })
}

/// Matches by name alone may be right.
fn by_name(analysis: &Analysis, exposed: &Exposed) -> Option<String> {
    let mut titles: BTreeSet<&str> = BTreeSet::new();
    for workbook in exposure_plan::readers(analysis) {
        let guessed = guessed_reads(analysis, &[whole(workbook)]);
        let named = exposed.0.get(&workbook);
        let is_named = |it: &NodeIx| named.is_some_and(|named| named.nodes.contains(it));
        if !guessed.iter().all(is_named) {
            titles.insert(&analysis.lineage.workbook(workbook).name);
        }
    }
    let verb = if titles.len() == 1 { "reads" } else { "read" };
    (!titles.is_empty()).then(|| {
        format!(
            "{} {verb} tables that match {} ({})",
            count(titles.len(), "workbook"),
            how_guessed(analysis),
            missing::names(titles.into_iter().collect())
        )
    })
}

fn how_guessed(analysis: &Analysis) -> &'static str {
    match analysis.proposal {
        Some(_) => "by the proposed name rule or by name alone",
        None => "by name alone",
    }
}

/// Exposures that may stand for a workbook, and only their labels say so: then nobody
/// has looked at what they lack.
fn of_labels(
    analysis: &Analysis,
    workbooks: impl IntoIterator<Item = WorkbookIx>,
    is_news: &dyn Fn(&Exposure) -> bool,
) -> Option<String> {
    let subjects = workbooks
        .into_iter()
        .flat_map(|it| exposure_plan::subjects_of(analysis, it));
    let alike = subjects.filter_map(|it| exposure_plan::namesake(analysis, it));
    let alike = alike.filter(|it| is_news(it));
    let names: BTreeSet<String> = alike.map(|it| it.name.as_str().to_owned()).collect();
    let names: Vec<String> = names.into_iter().collect();
    let (verb, its, label, says) = match names.len() {
        0 => return None,
        1 => ("stands", "its", "label", "says"),
        _ => ("stand", "their", "labels", "say"),
    };
    Some(format!(
        "whether {} {verb} for the workbook of {its} label is not known: the {label} alone {says} \
         so",
        listed(&names)
    ))
}

/// Whether [`of_presence`] tells of it.
fn is_lost(analysis: &Analysis, exposure: &Exposure) -> bool {
    let lineage = &analysis.lineage;
    let all = lineage.exposures();
    let ix = all.binary_search_by(|it| it.id.cmp(&exposure.id));
    is_kept(analysis, exposure)
        && ix.is_ok_and(|ix| matches!(lineage.presence_of(ix), Presence::Unknown(_)))
}

/// One that is disabled is none for dbt, and a package's is the package's.
fn is_kept(analysis: &Analysis, exposure: &Exposure) -> bool {
    exposure.enabled && exposure.package == analysis.lineage.nodes().root_package()
}

/// The project's own exposures that speak of Tableau, and of which it is not known what
/// became.
fn of_presence(analysis: &Analysis) -> Vec<String> {
    let lineage = &analysis.lineage;
    let mut by_reason: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let all = lineage.exposures().iter().enumerate();
    for (ix, exposure) in all.filter(|(_, it)| is_kept(analysis, it)) {
        if let Presence::Unknown(why) = lineage.presence_of(ix) {
            let names = by_reason.entry(why).or_default();
            names.push(exposure.name.as_str().to_owned());
        }
    }
    let line = |(why, mut names): (String, Vec<String>)| {
        names.sort_unstable();
        let verb = if names.len() == 1 { "stands" } else { "stand" };
        let names = listed(&names);
        format!("whether what {names} {verb} for is still there is not known: {why}")
    };
    by_reason.into_iter().map(line).collect()
}

/// What may hide reads of one workbook, or the whole of it.
fn of_workbook(analysis: &Analysis, workbook: WorkbookIx) -> Vec<String> {
    let lineage = &analysis.lineage;
    let gaps = lineage.gaps_of(workbook.content);
    let of_place = gaps.filter(|it| it.is_about_a_place() && may_hide(analysis, it));
    let mut all = lines(of_place);
    let unknown = lineage.hidden_reads(whole(workbook)).into_iter();
    all.extend(unknown.map(|it| plain_message(&it)));
    if !guessed_reads(analysis, &[whole(workbook)]).is_empty() {
        let title = plain(&lineage.workbook(workbook).name);
        let how = how_guessed(analysis);
        all.push(format!("{title} reads tables that match {how}"));
    }
    all
}

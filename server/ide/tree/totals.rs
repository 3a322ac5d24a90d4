//! The line above a tree of more than one node.

use std::collections::{BTreeMap, BTreeSet};

use lineage::{MatchKind, WorkbookIx, WorkbookUsage};

use super::found::Found;
use crate::analysis::Analysis;
use crate::annotations;
use crate::exposure_plan;
use crate::missing;
use crate::text::{count, count_dashboards};

/// `12 dashboards in 4 workbooks · 3 workbooks without exposure`
pub(super) fn of_project(analysis: &Analysis, found: &Found) -> String {
    let all = &found.workbooks;
    if all.is_empty() {
        return match analysis.has_answers() {
            true => nothing(analysis, missing::of_project(analysis).is_empty()),
            false => nothing_read(analysis),
        };
    }
    let of_kind = |kind| all.iter().filter(|it| it.kind == kind).count();
    let (n_by_name, n_proposed) = (of_kind(MatchKind::Name), of_kind(MatchKind::Proposed));
    let total = total(all.iter());
    if n_by_name == all.len() {
        return format!("probably {total} · matched by name only");
    }
    if n_by_name + n_proposed == all.len() {
        return format!("probably {total} · confirm name rule");
    }
    let mut parts = vec![total];
    let by_rule = || format!("{n_proposed} by an unconfirmed name rule");
    parts.extend((n_proposed > 0).then(by_rule));
    parts.extend((n_by_name > 0).then(|| format!("{n_by_name} by name only")));
    let is_without = |it: &&WorkbookUsage| exposure_plan::declared(analysis, it.workbook).is_none();
    let n_without = all.iter().filter(is_without).count();
    let without = || format!("{} without exposure", count(n_without, "workbook"));
    parts.extend((n_without > 0).then(without));
    parts.join(" · ")
}

/// `3 dashboards in 2 workbooks · 4 of 6 nodes used`; what several nodes reach counts once.
pub(super) fn of_nodes(analysis: &Analysis, all: &[Found], is_complete: bool) -> String {
    let used = all.iter().filter(|it| !it.workbooks.is_empty());
    let n_used = used.count();
    if n_used == 0 {
        return nothing(analysis, is_complete && !all.is_empty());
    }
    let usages = || all.iter().flat_map(|it| &it.workbooks);
    let probably = match usages().all(super::is_probable) {
        true => "probably ",
        false => "",
    };
    let nodes = count(all.len(), "node");
    format!("{probably}{} · {n_used} of {nodes} used", total(usages()))
}

/// `12 dashboards in 4 workbooks`, each once.
fn total<'a>(usages: impl Iterator<Item = &'a WorkbookUsage>) -> String {
    let mut shown: BTreeMap<WorkbookIx, (BTreeSet<usize>, BTreeSet<usize>)> = BTreeMap::new();
    for it in usages {
        let (dashboards, sheets) = shown.entry(it.workbook).or_default();
        dashboards.extend(it.dashboards.iter().map(|it| it.dashboard));
        sheets.extend(&it.sheets);
    }
    let n_dashboards = shown.values().map(|(it, _)| it.len()).sum();
    let n_sheets = shown.values().map(|(_, it)| it.len()).sum();
    let dashboards = count_dashboards(n_dashboards, n_sheets);
    format!("{dashboards} in {}", count(shown.len(), "workbook"))
}

fn nothing(analysis: &Analysis, is_complete: bool) -> String {
    match is_complete {
        true => annotations::none(analysis),
        false => "use unknown (data incomplete)".to_owned(),
    }
}

/// What is said where no content was read yet, and so there is no lens.
pub(super) fn nothing_read(analysis: &Analysis) -> String {
    match analysis.has_content() {
        true => nothing(analysis, false),
        false => "use unknown (no Tableau content was found)".to_owned(),
    }
}

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
    let total = total(all.iter());
    let (n, guessed) = (all.len(), Guessed::of(all.iter()));
    if guessed.n_by_name == n {
        return format!("probably {total} · matched by name only");
    }
    if guessed.n_by_name + guessed.n_proposed == n {
        return format!("probably {total} · confirm name rule");
    }
    let mut parts = vec![total];
    parts.extend(guessed.words());
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
    let nodes = count(all.len(), "node");
    let used = format!("{} · {n_used} of {nodes} used", total(usages()));
    match usages().all(super::is_probable) {
        true => format!("probably {used}"),
        false => {
            let guessed = Guessed::of(usages()).words();
            std::iter::once(used)
                .chain(guessed)
                .collect::<Vec<_>>()
                .join(" · ")
        }
    }
}

/// How many workbooks are matched by nothing that is sure.
struct Guessed {
    n_by_name: usize,
    n_proposed: usize,
}

impl Guessed {
    /// Of each workbook the surest match counts.
    fn of<'a>(usages: impl Iterator<Item = &'a WorkbookUsage>) -> Guessed {
        let mut surest: BTreeMap<WorkbookIx, MatchKind> = BTreeMap::new();
        for it in usages {
            let kind = surest.entry(it.workbook).or_insert(it.kind);
            *kind = it.kind.min(*kind);
        }
        let of_kind = |kind| surest.values().filter(|it| **it == kind).count();
        Guessed {
            n_by_name: of_kind(MatchKind::Name),
            n_proposed: of_kind(MatchKind::Proposed),
        }
    }

    /// `1 by an unconfirmed name rule`, `2 by name only`.
    fn words(self) -> impl Iterator<Item = String> {
        let all = [
            (self.n_proposed, "by an unconfirmed name rule"),
            (self.n_by_name, "by name only"),
        ];
        let some = all.into_iter().filter(|(n, _)| *n > 0);
        some.map(|(n, how)| format!("{n} {how}"))
    }
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

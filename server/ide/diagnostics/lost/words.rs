//! The sentences about what is deployed and no longer built: who reads it, what becomes
//! of it, whom to ask.

use std::cmp::Reverse;

use dbt::Becomes;
use lineage::{MatchKind, Workbook, WorkbookUsage};

use super::Loss;
use crate::analysis::Analysis;
use crate::pending::{self, no_longer_built};
use crate::reached::Reached;
use crate::text::{count, plain, plain_message, views};

/// How many workbooks and relations are named.
const MAX_NAMED: usize = 3;

/// What is said of a definition where its file is gone.
pub(super) const GONE: &str = "its file is gone";

/// The same where its file is there.
pub(super) const LEFT_OUT: &str = "dbt no longer reads its file";

/// `5 dashboards in 2 workbooks read DB.MARTS.A, which is no longer built after this
/// change: it becomes DB.MARTS.B. Most viewed: Sales (Ana Ruiz, 900 views ever), Ops`
pub(super) fn of_one(analysis: &Analysis, loss: &Loss<'_>, gone: &str) -> String {
    let becomes = becomes(analysis, loss, gone);
    let (usages, what) = match loss.direct.is_empty() {
        false => (&loss.direct, relation_read(analysis, loss)),
        true => {
            let relation = plain(&loss.pending.deployed.to_string());
            (&loss.further, format!("what is built from {relation}"))
        }
    };
    let readers = nearest(usages);
    let is_no_longer = no_longer_built(1, pending::is_certain(loss.pending));
    let mut text = format!(
        "{} {what}, which {is_no_longer} after this change: {becomes}",
        readers.read()
    );
    if !loss.direct.is_empty() && !loss.further.is_empty() {
        let further = nearest(&loss.further).counted();
        text.push_str(&format!("; {further} more through what is built from it"));
    }
    text.push_str(&named(analysis, &readers));
    plain_message(&text)
}

/// The same of several relations at once.
pub(super) fn of_many(analysis: &Analysis, losses: &[Loss<'_>]) -> String {
    let usages = losses
        .iter()
        .flat_map(|it| it.direct.iter().chain(&it.further));
    let readers = nearest(usages);
    let relations = losses
        .iter()
        .map(|it| plain(&it.pending.deployed.to_string()));
    let is_certain = losses.iter().all(|it| pending::is_certain(it.pending));
    let is_no_longer = no_longer_built(losses.len(), is_certain);
    let text = format!(
        "{} {} that {is_no_longer} after this change: {}{}",
        readers.read(),
        count(losses.len(), "relation"),
        first_of(relations.collect()),
        named(analysis, &readers)
    );
    plain_message(&text)
}

/// Of relations of which it is not known whether anything reads them.
pub(super) fn in_doubt(losses: &[Loss<'_>]) -> String {
    let relations = losses
        .iter()
        .map(|it| plain(&it.pending.deployed.to_string()));
    let is_certain = losses.iter().all(|it| pending::is_certain(it.pending));
    let is_no_longer = no_longer_built(losses.len(), is_certain);
    let them = if losses.len() == 1 { "it" } else { "them" };
    let text = format!(
        "{} {is_no_longer} after this change; whether a dashboard reads {them} is not known",
        first_of(relations.collect())
    );
    plain_message(&text)
}

fn becomes(analysis: &Analysis, loss: &Loss<'_>, gone: &str) -> String {
    let node = analysis.lineage.nodes().get(loss.node);
    match loss.pending.becomes {
        Becomes::Deleted => gone.to_owned(),
        _ => pending::becomes(node, loss.pending, plain),
    }
}

/// The relation by the name that the dashboards read it under.
fn relation_read(analysis: &Analysis, loss: &Loss<'_>) -> String {
    let deployed = plain(&loss.pending.deployed.to_string());
    let best = loss.direct.iter().map(|it| it.kind).min();
    let is_mapped = matches!(best, Some(MatchKind::Mapped | MatchKind::Proposed));
    let production = analysis.lineage.production_relation(loss.node);
    match production.filter(|_| is_mapped) {
        Some(it) => format!("{} ({deployed} here)", plain(&it.to_string())),
        None => deployed,
    }
}

/// Who reads, and only what of it is as near as its workbook.
fn nearest<'u>(usages: impl IntoIterator<Item = &'u WorkbookUsage>) -> Reached {
    let mut readers = Reached::default();
    usages.into_iter().for_each(|it| readers.add_nearest(it));
    readers
}

/// `. Most viewed: Sales (Ana Ruiz, 900 views ever), Ops, +2 more`
fn named(analysis: &Analysis, readers: &Reached) -> String {
    let shown = readers.workbooks();
    let shown = shown.map(|(ix, it)| (analysis.lineage.workbook(ix), it.dashboards.len()));
    let mut workbooks: Vec<(&Workbook, usize)> = shown.collect();
    // As in the hover.
    workbooks.sort_by_cached_key(|(it, n_dashboards)| {
        (Reverse(it.views), Reverse(*n_dashboards), it.name.clone())
    });
    let workbooks: Vec<&Workbook> = workbooks.into_iter().map(|it| it.0).collect();
    let title = match workbooks.iter().any(|it| it.views.is_some()) {
        true if workbooks.len() > 1 => "Most viewed",
        _ => "Read by",
    };
    let named = workbooks.into_iter().map(workbook).collect();
    format!(". {title}: {}", first_of(named))
}

/// `Sales (Ana Ruiz, 900 views ever)`
fn workbook(it: &Workbook) -> String {
    let owner = it.owner.name.as_deref().map(plain);
    let facts: Vec<String> = owner.into_iter().chain(it.views.map(views)).collect();
    match facts.is_empty() {
        true => plain(&it.name),
        false => format!("{} ({})", plain(&it.name), facts.join(", ")),
    }
}

/// The first names, and how many more.
fn first_of(names: Vec<String>) -> String {
    let n_more = names.len().saturating_sub(MAX_NAMED);
    let named = names.into_iter().take(MAX_NAMED);
    let more = (n_more > 0).then(|| format!("+{n_more} more"));
    named.chain(more).collect::<Vec<_>>().join(", ")
}

//! Who may answer for an exposure.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::CompletionKind;
use super::context::Context;
use super::offers::Value;
use crate::exposure_plan;
use crate::text::{count, plain};

/// Tableau's owner first, then those of the other exposures.
pub(super) fn names(context: Context<'_>) -> Vec<Value> {
    let known = stated(context, |it| it.name.as_deref());
    let of_tableau = tableau_owners(context).filter_map(|(it, title)| {
        let workbook = context.analysis.lineage.workbook(it);
        Some((
            exposure_plan::owner_name(context.analysis, workbook)?,
            title,
        ))
    });
    values(of_tableau.collect(), known)
}

/// The same for addresses, which stay in git for ever: Tableau's only where that is
/// allowed, or where it stands in another exposure already.
pub(super) fn addresses(context: Context<'_>) -> Vec<Value> {
    let known = stated(context, |it| it.email.as_deref());
    let is_allowed = context.analysis.options.exposures.owner_email;
    let of_tableau = tableau_owners(context).filter_map(|(it, title)| {
        let workbook = context.analysis.lineage.workbook(it);
        let email = workbook.owner.email.clone()?;
        let may_stand = is_allowed || known.iter().any(|(it, _)| *it == email);
        may_stand.then_some((email, title))
    });
    let of_tableau = of_tableau.collect();
    values(of_tableau, known)
}

/// The workbooks that the exposure stands for, and their titles.
fn tableau_owners(
    context: Context<'_>,
) -> impl Iterator<Item = (lineage::WorkbookIx, String)> + use<'_> {
    let subjects = context.subjects().into_iter();
    subjects.map(move |it| {
        let workbook = context.analysis.lineage.workbook(it.workbook);
        (it.workbook, plain(&workbook.name))
    })
}

/// What the project's exposures say of their owners, most often first.
fn stated(
    context: Context<'_>,
    part: impl Fn(&lineage::Owner) -> Option<&str>,
) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for exposure in context.analysis.lineage.exposures() {
        let is_own = exposure.package == context.file.package;
        // Several addresses are one text here, and Jinja must be written again as it is.
        let text = part(&exposure.owner).filter(|it| !it.contains(['{', ',']));
        if let Some(text) = text.filter(|it| is_own && !it.trim().is_empty()) {
            *counts.entry(text).or_default() += 1;
        }
    }
    let mut counts: Vec<(String, usize)> = counts
        .into_iter()
        .map(|(it, n)| (it.to_owned(), n))
        .collect();
    counts.sort_by_key(|(_, n)| Reverse(*n));
    counts
}

fn values(of_tableau: Vec<(String, String)>, known: Vec<(String, usize)>) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for (name, title) in of_tableau {
        if !values.iter().any(|it| it.text == name) {
            values.push(Value {
                detail: Some(format!("owns {title} in Tableau")),
                ..Value::new(&name, CompletionKind::Owner)
            });
        }
    }
    let n_first = values.len();
    for (name, n) in known {
        if !values[..n_first].iter().any(|it| it.text == name) {
            values.push(Value {
                detail: Some(format!("owner of {}", count(n, "exposure"))),
                ..Value::new(&name, CompletionKind::Owner)
            });
        }
    }
    values
}

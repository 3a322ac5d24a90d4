//! Texts of an exposure that are others in Tableau.
//!
//! What a person wrote with Jinja is theirs and is not compared. What differs only in
//! white space, or in how a page's address is written, does not differ.

use dbt::Field;
use lineage::{Exposure, PageLink, Subject};

use super::Difference;
use crate::analysis::Analysis;
use crate::exposure_plan::{dashboard_of, owner_name};
use crate::exposures::subjects::page_of;

pub(super) fn of(analysis: &Analysis, exposure: &Exposure, subject: Subject) -> Vec<Difference> {
    let all = [
        label(analysis, exposure, subject),
        url(analysis, exposure, subject),
        description(analysis, exposure, subject),
        owner(analysis, exposure, subject),
        email(analysis, exposure, subject),
    ];
    all.into_iter().flatten().collect()
}

/// Of a dashboard its own title or its workbook's will do.
fn label(analysis: &Analysis, exposure: &Exposure, subject: Subject) -> Option<Difference> {
    let workbook = analysis.lineage.workbook(subject.workbook);
    let title = dashboard_of(workbook, subject).map_or(&workbook.name, |it| &it.name);
    let here = exposure.label.as_deref();
    let is_workbooks = here.is_some_and(|it| is_same(it, &workbook.name));
    differing(Field::Label, here, title).filter(|_| !is_workbooks)
}

fn url(analysis: &Analysis, exposure: &Exposure, subject: Subject) -> Option<Difference> {
    let page = page_of(analysis, subject)?;
    let here = exposure.url.as_deref();
    let content = analysis.lineage.contents().get(subject.workbook.content)?;
    let workbook = analysis.lineage.workbook(subject.workbook);
    let is_its = |url: &str| {
        let link = PageLink::parse(url);
        link.is_some_and(|it| it.leads_to(content, workbook))
    };
    if here.is_some_and(is_its) {
        return None;
    }
    differing(Field::Url, here, page)
}

fn description(analysis: &Analysis, exposure: &Exposure, subject: Subject) -> Option<Difference> {
    let workbook = analysis.lineage.workbook(subject.workbook);
    let text = workbook.description.as_deref()?;
    differing(Field::Description, exposure.description.as_deref(), text)
}

/// An owner known by an address alone is known. Beside another's address, which may not
/// be replaced, a new name would make one person of two.
fn owner(analysis: &Analysis, exposure: &Exposure, subject: Subject) -> Option<Difference> {
    let of_tableau = analysis
        .lineage
        .workbook(subject.workbook)
        .owner
        .email
        .as_deref();
    let address = exposure.owner.email.as_deref();
    let is_anothers = address.is_some_and(|it| of_tableau.is_none_or(|of| !is_among(it, of)));
    if is_anothers && !analysis.options.exposures.owner_email {
        return None;
    }
    let name = owner_name(analysis, analysis.lineage.workbook(subject.workbook))?;
    let here = exposure.owner.name.as_deref()?;
    differing(Field::OwnerName, Some(here), &name)
}

/// Addresses are compared only where they may be written.
fn email(analysis: &Analysis, exposure: &Exposure, subject: Subject) -> Option<Difference> {
    let workbook = analysis.lineage.workbook(subject.workbook);
    let email = workbook.owner.email.as_deref()?;
    let here = exposure.owner.email.as_deref();
    if !analysis.options.exposures.owner_email || here.is_some_and(|it| is_among(it, email)) {
        return None;
    }
    differing(Field::OwnerEmail, here, email)
}

/// Whether an address is one of a list, as dbt's newer versions take it.
fn is_among(list: &str, email: &str) -> bool {
    let mut all = list.split(',');
    all.any(|it| it.trim().eq_ignore_ascii_case(email.trim()))
}

/// Nothing where both say the same, where Tableau says nothing, or where it is not
/// known what is said here.
fn differing(field: Field, here: Option<&str>, tableau: &str) -> Option<Difference> {
    if tableau.trim().is_empty() {
        return None;
    }
    if let Some(here) = here {
        let shown = dbt::shown(here)?;
        if is_same(&shown, tableau) {
            return None;
        }
    }
    Some(Difference {
        field,
        here: here.map(str::to_owned),
        tableau: tableau.to_owned(),
    })
}

fn is_same(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

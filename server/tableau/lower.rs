//! From what a site said to [`lineage::Content`].
//!
//! Pure: the same records always give the same content, in the same order. What a
//! site hides, or could not tell, becomes a gap here; nothing is guessed from names
//! where an identity is known.

use lineage::{Content, ContentKind, PublishedDatasource, Timestamp, Workbook};

use crate::records::{NoteKind, Records, WorkbookRecord};
use findings::Findings;
use index::Index;

mod custom_sql;
mod datasource;
mod findings;
mod flows;
mod index;
mod pages;
mod people;
mod published;
mod tables;
mod usage;
mod views;
mod virtual_connections;
mod workbook;

#[cfg(test)]
mod tests;

pub(crate) use custom_sql::parsed;
pub(crate) use index::project_paths;
pub(crate) use tables::to_parsed;

/// Makes content of `records`. Links lead to `public_url`, where people reach the
/// site by another address than this program does.
pub fn lower(records: &Records, public_url: Option<&str>) -> Content {
    let index = Index::new(records, public_url);
    let mut findings = Findings::default();
    let workbooks = workbooks(&index, &mut findings);
    let datasources = datasources(&index, &mut findings);
    Content {
        kind: ContentKind::Site,
        name: name(records),
        host: Some(records.host().to_owned()),
        fetched_at: records.fetched_at,
        selected: selected(records),
        lists_all: lists_all(records),
        workbooks,
        datasources,
        gaps: findings.into_gaps(&records.notes),
    }
}

/// The site's name, or the host's for the site without one.
fn name(records: &Records) -> String {
    match records.site.as_str() {
        "" => records.host().to_owned(),
        site => site.to_owned(),
    }
}

/// The Tableau projects that were asked for, in words.
fn selected(records: &Records) -> Option<String> {
    let (wanted, excluded) = (&records.projects_wanted, &records.projects_excluded);
    let all = match wanted.is_empty() {
        true => "all".to_owned(),
        false => wanted.join(", "),
    };
    match (wanted.is_empty(), excluded.is_empty()) {
        (true, true) => None,
        (_, true) => Some(all),
        (_, false) => Some(format!("{all} but {}", excluded.join(", "))),
    }
}

/// Whether every workbook of the site is among the records: of all projects, from lists
/// that were read to their ends, by a user from whom nothing is hidden.
fn lists_all(records: &Records) -> bool {
    let is_selected = !records.projects_wanted.is_empty() || !records.projects_excluded.is_empty();
    let is_partial = |kind| {
        matches!(
            kind,
            NoteKind::VisibilityLimited | NoteKind::CatalogueIncomplete
        )
    };
    let is_noted = records.notes.iter().any(|it| is_partial(it.kind));
    records.catalogue_complete && records.sees_all && !is_selected && !is_noted
}

fn workbooks(index: &Index<'_>, findings: &mut Findings) -> Vec<Workbook> {
    let mut all: Vec<&WorkbookRecord> = index.records.workbooks.iter().collect();
    all.sort_by_cached_key(|it| (it.item.name.clone(), it.luid.clone()));
    all.into_iter()
        .map(|it| workbook::lower(index, it, findings))
        .collect()
}

fn datasources(index: &Index<'_>, findings: &mut Findings) -> Vec<PublishedDatasource> {
    let mut all: Vec<_> = index.records.published.iter().collect();
    all.sort_by_cached_key(|it| (it.item.name.clone(), it.luid.clone()));
    all.into_iter()
        .map(|it| published::lower(index, it, findings))
        .collect()
}

/// A time as Tableau writes it; some servers have written nonsense.
fn time(text: &Option<String>) -> Option<Timestamp> {
    text.as_deref()?.parse().ok()
}

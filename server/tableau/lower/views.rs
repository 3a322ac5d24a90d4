//! Sheets, dashboards and stories.

use std::collections::{BTreeSet, HashMap, HashSet};

use lineage::{Dashboard, Luid, Sheet};

use super::index::{Index, names_of};
use super::usage;
use crate::records::{DatasourceRecord, ViewRecord, WorkbookRecord};

/// A sheet's or dashboard's name; hidden ones get one of their own, since names
/// tie them together inside a workbook.
pub(super) fn name(it: &ViewRecord) -> String {
    match &it.name {
        Some(name) => name.clone(),
        None => format!("(name hidden) {}", it.id),
    }
}

/// The sheets of a workbook. `reads` are the internal names of the datasources that
/// each reads, by the sheet's id.
pub(super) fn sheets(
    index: &Index<'_>,
    workbook: &WorkbookRecord,
    reads: &HashMap<&str, BTreeSet<String>>,
) -> Vec<Sheet> {
    let sheet = |it: &ViewRecord| Sheet {
        name: name(it),
        luid: it.luid.clone().map(Luid),
        hidden: it.path.is_none(),
        url: index.pages.view(it),
        views: usage::of_view(&index.records.usage, it.luid.as_deref()),
        datasources: reads
            .get(it.id.as_str())
            .into_iter()
            .flatten()
            .cloned()
            .collect(),
        fields: Vec::new(),
    };
    each_once(&workbook.sheets).map(sheet).collect()
}

/// The dashboards and stories of a workbook.
pub(super) fn dashboards(index: &Index<'_>, workbook: &WorkbookRecord) -> Vec<Dashboard> {
    let sheets = names_of(&workbook.sheets);
    let dashboards = names_of(&workbook.dashboards);
    let dashboard = |it: &ViewRecord| {
        let story = is_story(index, it);
        let named = |id: &str| sheets.get(id).or_else(|| dashboards.get(id)).cloned();
        let listed = it.sheets.iter().filter_map(|it| named(&it.id));
        let captured = captured(index, workbook, it);
        Dashboard {
            name: name(it),
            luid: it.luid.clone().map(Luid),
            story,
            url: index.pages.view(it),
            views: usage::of_view(&index.records.usage, it.luid.as_deref()),
            sheets: in_order(listed.chain(captured.iter().filter_map(|it| named(it)))),
        }
    };
    each_once(&workbook.dashboards).map(dashboard).collect()
}

/// Whether it is a story: the list of views or a file tells. The Metadata API does not.
fn is_story(index: &Index<'_>, it: &ViewRecord) -> bool {
    let usage = it
        .luid
        .as_ref()
        .and_then(|luid| index.records.usage.views.get(luid));
    let kind = usage.and_then(|it| it.sheet_type.as_deref());
    kind.map_or(it.story == Some(true), |it| it == "story")
}

/// The sheets that a story shows: it lists none, so those on the datasources that it
/// is said to read.
fn captured<'r>(
    index: &Index<'r>,
    workbook: &'r WorkbookRecord,
    story: &ViewRecord,
) -> Vec<&'r str> {
    let Some(reads) = story.reads.as_ref().filter(|_| story.sheets.is_empty()) else {
        return Vec::new();
    };
    let tables: HashSet<&str> = reads.upstream_tables.iter().map(|it| &*it.id).collect();
    let published: HashSet<&str> = reads
        .upstream_datasources
        .iter()
        .map(|it| &*it.id)
        .collect();
    let is_read = |it: &&DatasourceRecord| {
        let mut of_tables = it.upstream_tables.iter().map(|it| it.id.as_str());
        let mut parents = it.parents().map(|it| it.id.as_str());
        of_tables.any(|it| tables.contains(it)) || parents.any(|it| published.contains(it))
    };
    let datasources = workbook.embedded_datasources.iter();
    datasources
        .filter_map(|it| index.embedded(&it.id))
        .filter(|it| is_read(it))
        .flat_map(|it| &it.downstream_sheets)
        .map(|it| it.id.as_str())
        .collect()
}

fn each_once(all: &[ViewRecord]) -> impl Iterator<Item = &ViewRecord> {
    let mut seen = HashSet::new();
    all.iter().filter(move |it| seen.insert(it.id.as_str()))
}

fn in_order(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.filter(|it| seen.insert(it.clone())).collect()
}

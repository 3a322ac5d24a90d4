//! Sheets, dashboards and stories.

use std::collections::{BTreeSet, HashMap, HashSet};

use lineage::{Dashboard, Luid, Sheet};

use super::index::{Index, names_of};
use super::usage;
use crate::records::{DatasourceRecord, RefRecord, ViewRecord, WorkbookRecord};

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
        let captured = match story.unwrap_or(true) {
            true => captured(index, workbook, it),
            false => Vec::new(),
        };
        Dashboard {
            name: name(it),
            luid: it.luid.clone().map(Luid),
            story: story == Some(true),
            url: index.pages.view(it),
            views: usage::of_view(&index.records.usage, it.luid.as_deref()),
            sheets: in_order(listed.chain(captured.iter().filter_map(|it| named(it)))),
        }
    };
    each_once(&workbook.dashboards).map(dashboard).collect()
}

/// Whether it is a story: the list of views or a file tells. The Metadata API does not.
fn is_story(index: &Index<'_>, it: &ViewRecord) -> Option<bool> {
    let usage = it
        .luid
        .as_ref()
        .and_then(|luid| index.records.usage.views.get(luid));
    let kind = usage.and_then(|it| it.sheet_type.as_deref());
    kind.map(|it| it == "story").or(it.story)
}

/// What a story shows, by ids: it lists no sheets, so those on the datasources that it
/// is said to read. Where nothing is said of that, it may show any dashboard.
fn captured<'r>(
    index: &Index<'r>,
    workbook: &'r WorkbookRecord,
    story: &'r ViewRecord,
) -> Vec<&'r str> {
    if !story.sheets.is_empty() {
        return Vec::new();
    }
    let reads = story.reads.clone().unwrap_or_default();
    let ids =
        |all: &[RefRecord]| -> HashSet<String> { all.iter().map(|it| it.id.clone()).collect() };
    let (tables, published) = (
        ids(&reads.upstream_tables),
        ids(&reads.upstream_datasources),
    );
    let is_read = |it: &&DatasourceRecord| {
        let mut of_tables = it.upstream_tables.iter();
        of_tables.any(|it| tables.contains(&it.id))
            || it.parents().any(|it| published.contains(&it.id))
    };
    let datasources = workbook.embedded_datasources.iter();
    let sheets: Vec<&str> = datasources
        .filter_map(|it| index.embedded(&it.id))
        .filter(is_read)
        .flat_map(|it| &it.downstream_sheets)
        .map(|it| it.id.as_str())
        .collect();
    if !sheets.is_empty() {
        return sheets;
    }
    let others = workbook.dashboards.iter().filter(|it| it.id != story.id);
    others.map(|it| it.id.as_str()).collect()
}

fn each_once(all: &[ViewRecord]) -> impl Iterator<Item = &ViewRecord> {
    let mut seen = HashSet::new();
    all.iter().filter(move |it| seen.insert(it.id.as_str()))
}

fn in_order(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.filter(|it| seen.insert(it.clone())).collect()
}

//! What one content knows of a workbook and another does not.
//!
//! The one that stays is right about what it tells; the other only fills in what is
//! missing: datasources whose tables are hidden or behind an extract, with the sheets
//! that read them, which sheets a story shows, which field reads which column. It may
//! be older, so that what it shows elsewhere is not believed.

use std::collections::{HashMap, HashSet};

use crate::content::{
    Dashboard, Datasource, Person, PublishedDatasource, PublishedRef, Sheet, Through, Workbook,
};
use crate::hidden::lacks;
use crate::knowledge::GapCode;

pub(super) fn workbook(kept: &mut Workbook, other: Workbook) {
    let names = datasources(kept, &other);
    views(kept, &other, &names);
    set(&mut kept.luid, other.luid);
    set(&mut kept.site, other.site);
    set(&mut kept.content_url, other.content_url);
    set(&mut kept.url, other.url);
    set(&mut kept.file, other.file);
    set(&mut kept.description, other.description);
    set(&mut kept.views, other.views);
    set(&mut kept.extract_refreshed, other.extract_refreshed);
    set_person(&mut kept.owner, other.owner);
    set_list(&mut kept.project_path, other.project_path);
}

pub(super) fn published(kept: &mut PublishedDatasource, other: PublishedDatasource) {
    datasource(&mut kept.inside, &other.inside);
    set(&mut kept.luid, other.luid);
    set(&mut kept.site, other.site);
    set(&mut kept.content_url, other.content_url);
    set(&mut kept.url, other.url);
    set(&mut kept.file, other.file);
    set(&mut kept.extract_refreshed, other.extract_refreshed);
    set_person(&mut kept.owner, other.owner);
    set_list(&mut kept.project_path, other.project_path);
}

fn set<T>(kept: &mut Option<T>, other: Option<T>) {
    if kept.is_none() {
        *kept = other;
    }
}

fn set_list<T>(kept: &mut Vec<T>, other: Vec<T>) {
    if kept.is_empty() {
        *kept = other;
    }
}

fn set_person(kept: &mut Person, other: Person) {
    set(&mut kept.name, other.name);
    set(&mut kept.email, other.email);
}

/// What the other's datasources are called in the workbook that stays.
#[derive(Default)]
struct Names {
    /// From the other's internal names to its own.
    of: HashMap<String, String>,
    /// Those that were not there at all.
    added: HashSet<String>,
}

/// Fills each datasource from the other's of the same title, and adds those that are
/// not there at all: a site may leave out what the user may not see.
fn datasources(kept: &mut Workbook, other: &Workbook) -> Names {
    let mut names = Names::default();
    let mut is_taken = vec![false; kept.datasources.len()];
    for theirs in &other.datasources {
        let mut free = (0..is_taken.len()).filter(|&ix| !is_taken[ix]);
        let name = match free.find(|&ix| is_same(&kept.datasources[ix], theirs)) {
            Some(ix) => {
                is_taken[ix] = true;
                datasource(&mut kept.datasources[ix], theirs);
                kept.datasources[ix].name.clone()
            }
            None => {
                kept.datasources.push(theirs.clone());
                names.added.insert(theirs.name.clone());
                theirs.name.clone()
            }
        };
        names.of.insert(theirs.name.clone(), name);
    }
    names
}

/// A title is unique in a workbook, and so is an internal name where both know it.
fn is_same(ours: &Datasource, theirs: &Datasource) -> bool {
    ours.name == theirs.name || ours.title().to_lowercase() == theirs.title().to_lowercase()
}

fn datasource(kept: &mut Datasource, other: &Datasource) {
    if let (Some(kept), Some(other)) = (&mut kept.published_as, &other.published_as) {
        reference(kept, other);
    }
    if knows_little(kept) {
        take_tables(kept, other);
    } else if lacks(kept).contains(&GapCode::CustomSqlUnreadable)
        && !other.custom_sql.is_empty()
        && !lacks(other).contains(&GapCode::CustomSqlUnreadable)
    {
        kept.custom_sql.clone_from(&other.custom_sql);
    }
    if kept.fields.is_empty() {
        kept.fields.clone_from(&other.fields);
    }
    if kept.connections.is_empty() {
        kept.connections.clone_from(&other.connections);
    }
    set(&mut kept.extract, other.extract);
    set(&mut kept.caption, other.caption.clone());
}

fn reference(kept: &mut PublishedRef, other: &PublishedRef) {
    set(&mut kept.luid, other.luid.clone());
    set(&mut kept.content_url, other.content_url.clone());
    set(&mut kept.name, other.name.clone());
    set(&mut kept.site, other.site.clone());
}

/// Whether no table is listed with its name, no query and no published datasource.
fn knows_little(datasource: &Datasource) -> bool {
    let mut tables = datasource.tables.iter();
    let is_little = tables.all(|it| it.is_nameless() || it.through == Through::Column);
    is_little && datasource.custom_sql.is_empty() && datasource.published_as.is_none()
}

/// Everything that the other reads, beside what is known by name.
fn take_tables(kept: &mut Datasource, other: &Datasource) {
    let reads = |it: &Datasource| !it.custom_sql.is_empty() || it.published_as.is_some();
    if other.tables.iter().all(|it| it.is_nameless()) && !reads(other) {
        return;
    }
    kept.tables.retain(|it| !it.is_nameless());
    for table in &other.tables {
        if !kept.tables.iter().any(|it| it.relation == table.relation) {
            kept.tables.push(table.clone());
        }
    }
    kept.custom_sql.clone_from(&other.custom_sql);
    kept.published_as.clone_from(&other.published_as);
    // Tables name their connections by names that only hold in one place.
    kept.connections.clone_from(&other.connections);
    kept.class.clone_from(&other.class);
    if kept.virtual_connections.is_empty() {
        kept.virtual_connections
            .clone_from(&other.virtual_connections);
    }
}

/// The other's sheets and dashboards, as far as they are believed: all of them where
/// no view is known, else what shows a datasource that was added.
fn views(kept: &mut Workbook, other: &Workbook, names: &Names) {
    let has_sheets = !kept.sheets.is_empty();
    let has_views = has_sheets || !kept.dashboards.is_empty();
    let mut new = HashSet::new();
    for sheet in &other.sheets {
        let sheet = renamed(sheet.clone(), names);
        let is_wanted = |name: &String| names.added.contains(name);
        if let Some(known) = kept.sheets.iter_mut().find(|it| it.name == sheet.name) {
            fill_sheet(known, sheet, is_wanted);
        } else if !has_sheets || sheet.datasources.iter().any(is_wanted) {
            new.insert(sheet.name.clone());
            kept.sheets.push(sheet);
        }
    }
    for dashboard in &other.dashboards {
        match kept
            .dashboards
            .iter_mut()
            .find(|it| it.name == dashboard.name)
        {
            Some(known) => fill_dashboard(known, dashboard, &new),
            None if !has_views => kept.dashboards.push(dashboard.clone()),
            None => {}
        }
    }
}

fn renamed(mut sheet: Sheet, names: &Names) -> Sheet {
    let fields = sheet.fields.iter_mut().map(|(datasource, _)| datasource);
    for name in sheet.datasources.iter_mut().chain(fields) {
        if let Some(new) = names.of.get(name) {
            name.clone_from(new);
        }
    }
    sheet
}

fn fill_sheet(known: &mut Sheet, sheet: Sheet, is_wanted: impl Fn(&String) -> bool) {
    let is_blank = known.datasources.is_empty();
    for name in sheet.datasources {
        if (is_blank || is_wanted(&name)) && !known.datasources.contains(&name) {
            known.datasources.push(name);
        }
    }
    set_list(&mut known.fields, sheet.fields);
    set(&mut known.url, sheet.url);
}

/// The API lists no sheets for a story, and calls it a dashboard.
fn fill_dashboard(known: &mut Dashboard, dashboard: &Dashboard, new: &HashSet<String>) {
    let is_blank = known.sheets.is_empty();
    known.story |= is_blank && dashboard.story;
    for sheet in &dashboard.sheets {
        if (is_blank || new.contains(sheet)) && !known.sheets.contains(sheet) {
            known.sheets.push(sheet.clone());
        }
    }
    set(&mut known.url, dashboard.url.clone());
}

//! The stages that ask the Metadata API.
//!
//! A first read takes whole lists, side by side. What those missed, and all that a
//! refresh or a selection needs, is asked for by ids: workbooks, then what is in
//! them, then the published datasources that they read.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::batches::{self, ByIds, Found, Key};
use super::pages::{self, Listing, PageSize};
use super::plan::Plan;
use super::reader::Reader;
use crate::metadata::{Query, record};
use crate::records::{
    CustomSqlRecord, DatasourceRecord, FlowRecord, NoteKind, RefRecord, VirtualConnectionRecord,
    WorkbookRecord,
};
use crate::site_error::SiteError;

/// Ids in one list, of things with much in them.
const HEAVY: usize = 25;
/// Ids in one list, of things with little in them.
const LIGHT: usize = 100;
/// Published datasources that read others are followed this far.
const MAX_CHAIN: usize = 4;

/// What the Metadata API told in this read, by id; workbooks by LUID.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) workbooks: BTreeMap<String, WorkbookRecord>,
    pub(super) embedded: BTreeMap<String, DatasourceRecord>,
    pub(super) published: BTreeMap<String, DatasourceRecord>,
    /// `None` where they were not asked for.
    pub(super) custom_sql: Option<BTreeMap<String, CustomSqlRecord>>,
    pub(super) virtual_connections: BTreeMap<String, VirtualConnectionRecord>,
    pub(super) flows: BTreeMap<String, FlowRecord>,
    /// Whether all custom SQL was listed.
    pub(super) has_all_custom_sql: bool,
    /// Ids on which the site gave up.
    pub(super) failed: BTreeSet<String>,
    /// LUIDs that were asked for, of workbooks.
    pub(super) asked: BTreeSet<String>,
}

/// Asks for all that the plan names.
pub(super) async fn read(reader: &Reader<'_>, plan: &Plan<'_>) -> Result<Heard, SiteError> {
    let mut heard = Heard {
        asked: plan.ask_workbooks.clone(),
        ..Heard::default()
    };
    if plan.is_idle() {
        return Ok(heard);
    }
    if plan.by_pages {
        read_pages(reader, plan, &mut heard).await?;
    }
    let (queries, ()) = tokio::try_join!(
        custom_sql(reader, plan),
        read_workbooks(reader, plan, &mut heard)
    )?;
    heard.has_all_custom_sql = queries.cut.is_none();
    heard.custom_sql = Some(by_id(reader, queries.nodes, |it: &CustomSqlRecord| &it.id));
    read_published(reader, plan, &mut heard).await?;
    read_readers(reader, plan, &mut heard).await?;
    Ok(heard)
}

/// Whole lists of workbooks and datasources, side by side. Where one of them is cut
/// short, the lists of ids make up for it.
async fn read_pages(
    reader: &Reader<'_>,
    plan: &Plan<'_>,
    heard: &mut Heard,
) -> Result<(), SiteError> {
    let list = |query, most| pages::all(reader, query, PageSize::new(50, most), None);
    let (workbooks, embedded, published) = tokio::try_join!(
        list(Query::Workbooks, 500),
        list(Query::Embedded, 1000),
        list(Query::Published, 500),
    )?;
    heard.workbooks = by_id(reader, workbooks.nodes, |it: &WorkbookRecord| &it.luid);
    heard.embedded = by_id(reader, embedded.nodes, |it: &DatasourceRecord| &it.id);
    heard.published = by_id(reader, published.nodes, |it: &DatasourceRecord| &it.id);
    note_hidden(reader, plan, heard);
    heard
        .workbooks
        .retain(|luid, _| plan.ask_workbooks.contains(luid));
    Ok(())
}

/// Workbooks that REST does not list and that have no name are hidden from the user.
fn note_hidden(reader: &Reader<'_>, plan: &Plan<'_>, heard: &Heard) {
    let listed = &plan.catalogue.workbooks;
    let listed: BTreeSet<&str> = listed.iter().map(|it| it.luid.as_str()).collect();
    let is_hidden =
        |it: &&WorkbookRecord| it.item.name.is_none() && !listed.contains(it.luid.as_str());
    let n = heard.workbooks.values().filter(is_hidden).count();
    if n > 0 && plan.is_all {
        let message = match n {
            1 => "1 workbook is hidden by permissions".to_owned(),
            n => format!("{n} workbooks are hidden by permissions"),
        };
        reader.note(NoteKind::VisibilityLimited, message, None);
    }
}

/// The workbooks that are still to be asked for, and the datasources in them.
async fn read_workbooks(
    reader: &Reader<'_>,
    plan: &Plan<'_>,
    heard: &mut Heard,
) -> Result<(), SiteError> {
    let is_new = |it: &&String| !heard.workbooks.contains_key(*it);
    let luids: Vec<String> = plan.ask_workbooks.iter().filter(is_new).cloned().collect();
    let found = ask(reader, Query::Workbooks, Key::Luid, HEAVY, luids).await?;
    heard.failed.extend(found.failed);
    let workbooks = by_id(reader, found.nodes, |it: &WorkbookRecord| &it.luid);
    heard.workbooks.extend(workbooks);
    let embedded = heard
        .workbooks
        .values()
        .flat_map(|it| &it.embedded_datasources);
    let embedded = embedded.map(|it| it.id.clone());
    let is_new = |it: &String| !heard.embedded.contains_key(it);
    let ids: Vec<String> = embedded.filter(is_new).collect();
    let found = ask(reader, Query::Embedded, Key::Id, LIGHT, ids).await?;
    heard.failed.extend(found.failed);
    let embedded = by_id(reader, found.nodes, |it: &DatasourceRecord| &it.id);
    heard.embedded.extend(embedded);
    Ok(())
}

/// All custom SQL of the site: there is no filter by workbook.
async fn custom_sql(reader: &Reader<'_>, plan: &Plan<'_>) -> Result<Listing, SiteError> {
    let size = match plan.by_pages {
        true => PageSize::new(100, 1000),
        false => PageSize::new(1000, 1000),
    };
    let mut listing = pages::all(reader, Query::CustomSql, size, None).await?;
    if listing.wants_filter {
        // To those without wide rights some sites answer questions with a filter only.
        let any = json!({"isUnsupportedCustomSqlWithin": [true, false]});
        listing = pages::all(reader, Query::CustomSql, size, Some(any)).await?;
    }
    if let Some(why) = &listing.cut {
        let message = format!("some custom SQL queries are missing: {why}");
        reader.note(NoteKind::Truncated, message, None);
    }
    Ok(listing)
}

/// The published datasources that changed, and those that workbooks read and that are
/// not known; then those that they read in turn.
async fn read_published(
    reader: &Reader<'_>,
    plan: &Plan<'_>,
    heard: &mut Heard,
) -> Result<(), SiteError> {
    let known: BTreeSet<&str> = heard
        .published
        .values()
        .map(|it| it.luid.as_str())
        .collect();
    let is_new = |it: &&String| !known.contains(it.as_str());
    let luids: Vec<String> = plan.ask_published.iter().filter(is_new).cloned().collect();
    let found = ask(reader, Query::Published, Key::Luid, HEAVY, luids).await?;
    heard.failed.extend(found.failed);
    let published = by_id(reader, found.nodes, |it: &DatasourceRecord| &it.id);
    heard.published.extend(published);
    for _ in 0..MAX_CHAIN {
        let ids = unheard_parents(plan, heard);
        if ids.is_empty() {
            break;
        }
        let found = ask(reader, Query::Published, Key::Id, HEAVY, ids).await?;
        let published = by_id(reader, found.nodes, |it: &DatasourceRecord| &it.id);
        let is_over = published.is_empty();
        heard.failed.extend(found.failed);
        heard.published.extend(published);
        if is_over {
            break;
        }
    }
    Ok(())
}

/// The known datasources on the published ones that changed: they list what those read,
/// while their workbooks have not changed.
async fn read_readers(
    reader: &Reader<'_>,
    plan: &Plan<'_>,
    heard: &mut Heard,
) -> Result<(), SiteError> {
    let known = plan.known.into_iter().flat_map(|it| &it.embedded);
    let is_stale = |it: &&DatasourceRecord| {
        let mut parents = it.parents();
        !heard.embedded.contains_key(&it.id)
            && parents.any(|it| heard.published.contains_key(&it.id))
    };
    let ids = known.filter(is_stale).map(|it| it.id.clone()).collect();
    let found = ask(reader, Query::Embedded, Key::Id, LIGHT, ids).await?;
    heard.failed.extend(found.failed);
    let embedded = by_id(reader, found.nodes, |it: &DatasourceRecord| &it.id);
    heard.embedded.extend(embedded);
    Ok(())
}

/// Ids of published datasources that are read and not known.
fn unheard_parents(plan: &Plan<'_>, heard: &Heard) -> Vec<String> {
    let known = plan.known_published();
    let readers = heard.embedded.values().chain(heard.published.values());
    let parents = readers.flat_map(DatasourceRecord::parents);
    let is_known = |it: &RefRecord| {
        heard.published.contains_key(&it.id)
            || heard.failed.contains(&it.id)
            || known.contains_key(it.id.as_str())
    };
    let ids: BTreeSet<String> = parents
        .filter(|it| !is_known(it))
        .map(|it| it.id.clone())
        .collect();
    ids.into_iter().collect()
}

/// Asks by ids.
pub(super) async fn ask(
    reader: &Reader<'_>,
    query: Query,
    key: Key,
    size: usize,
    ids: Vec<String>,
) -> Result<Found, SiteError> {
    let by_ids = ByIds { query, key, size };
    let found = batches::read(reader, by_ids, ids).await?;
    reader.fail(query, found.failed.clone());
    if found.without_owner {
        let message = format!(
            "owners of some {} are not known to the site",
            query.things()
        );
        reader.note(NoteKind::Information, message, None);
    }
    Ok(found)
}

/// Nodes as records, by a key; those of an unknown shape are noted.
pub(super) fn by_id<T: DeserializeOwned>(
    reader: &Reader<'_>,
    nodes: Vec<Value>,
    key: impl Fn(&T) -> &String,
) -> BTreeMap<String, T> {
    let n_nodes = nodes.len();
    let records: Vec<T> = nodes.into_iter().filter_map(record).collect();
    let n_odd = n_nodes - records.len();
    if n_odd > 0 {
        let message = format!("{n_odd} answers of the Metadata API have a shape that is not known");
        reader.note(NoteKind::Truncated, message, None);
    }
    let keyed = records.into_iter().map(|it| (key(&it).clone(), it));
    keyed.filter(|(key, _)| !key.is_empty()).collect()
}

//! Putting together what was known, what REST lists and what the Metadata API told.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use lineage::Timestamp;

use super::lineage::Heard;
use super::plan::Plan;
use super::prune;
use crate::records::{
    CustomSqlRecord, DatasourceRecord, ItemRecord, NoteKind, NoteRecord, Records, RefRecord,
    WorkbookRecord,
};
use crate::rest::Listed;

/// A site that was changed so lately may not have caught up in its Metadata API.
const CATCHING_UP: i64 = 2 * 24 * 60 * 60;

/// How sure what was heard is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trust {
    pub(super) now: Timestamp,
    /// Whether the site said that it leaves out what it will tell later.
    pub(super) is_incomplete: bool,
}

/// The records of the site, without usage and notes.
pub(super) fn records(plan: &Plan<'_>, heard: Heard, trust: Trust) -> Records {
    let assembly = Assembly { plan, heard, trust };
    let workbooks = assembly.workbooks();
    let embedded = assembly.embedded(&workbooks);
    let published = assembly.published(&embedded);
    let custom_sql = assembly.custom_sql(&workbooks, &embedded, &published);
    let known = plan.known.cloned().unwrap_or_default();
    let heard = &assembly.heard;
    let virtual_connections = merged(
        known.virtual_connections,
        &heard.virtual_connections,
        |it| &it.id,
    );
    let all = Records {
        catalogue_complete: plan.catalogue.is_complete,
        projects: plan.catalogue.projects.clone(),
        virtual_connections,
        flows: merged(known.flows, &heard.flows, |it| &it.id),
        workbooks,
        embedded,
        published,
        custom_sql,
        notes: kept_notes(plan, heard),
        ..Records::default()
    };
    prune::pruned(all)
}

/// What was said before and still holds: all where nothing was asked; else what only a
/// read of everything shows again.
fn kept_notes(plan: &Plan<'_>, heard: &Heard) -> Vec<NoteRecord> {
    let is_kept = |it: &&NoteRecord| match it.kind {
        NoteKind::CatalogueIncomplete | NoteKind::UsageStale => false,
        NoteKind::VisibilityLimited
        | NoteKind::MetadataUnavailable
        | NoteKind::MetadataIncomplete => true,
        NoteKind::FlowsTruncated => heard.flows.is_empty(),
        _ => plan.is_idle(),
    };
    let known = plan.known.into_iter().flat_map(|it| &it.notes);
    known.filter(is_kept).cloned().collect()
}

/// The known, each replaced by what was heard of it.
fn merged<T: Clone>(
    known: Vec<T>,
    heard: &BTreeMap<String, T>,
    id: impl Fn(&T) -> &String,
) -> Vec<T> {
    let mut all: BTreeMap<String, T> = known.into_iter().map(|it| (id(&it).clone(), it)).collect();
    all.extend(heard.iter().map(|(id, it)| (id.clone(), it.clone())));
    all.into_values().collect()
}

struct Assembly<'p, 'k> {
    plan: &'p Plan<'k>,
    heard: Heard,
    trust: Trust,
}

impl Assembly<'_, '_> {
    fn workbooks(&self) -> Vec<WorkbookRecord> {
        let known = self.plan.known_workbooks();
        let listed = self.plan.workbooks.iter();
        let mut all: BTreeMap<String, WorkbookRecord> = listed
            .map(|it| {
                (
                    it.luid.clone(),
                    self.workbook(it, known.get(it.luid.as_str()).copied()),
                )
            })
            .collect();
        for (luid, it) in known {
            if self.plan.unlisted.contains(luid) {
                all.entry(luid.to_owned()).or_insert_with(|| it.clone());
            }
        }
        all.into_values().collect()
    }

    fn workbook(&self, listed: &Listed, known: Option<&WorkbookRecord>) -> WorkbookRecord {
        let heard = self.heard.workbooks.get(&listed.luid);
        let is_emptier = |heard: &WorkbookRecord, known: &WorkbookRecord| {
            self.trust.is_incomplete
                && heard.embedded_datasources.len() < known.embedded_datasources.len()
        };
        let kept = match (heard, known) {
            (Some(heard), Some(known)) if is_emptier(heard, known) => Some(known),
            (heard, known) => heard.or(known),
        };
        let mut record = kept.cloned().unwrap_or_default();
        record.luid.clone_from(&listed.luid);
        let was_asked = self.heard.asked.contains(&listed.luid);
        if was_asked {
            record.item.unknown = kept.is_none();
            record.item.unsettled = heard.is_none() || self.is_unsettled(&record, listed);
        }
        let mut datasources = record.embedded_datasources.iter();
        record.item.unsettled |= datasources.any(|it| self.heard.failed.contains(&it.id));
        overlay(&mut record.item, &listed.item);
        record
    }

    /// Whether what was heard may be less than there is.
    fn is_unsettled(&self, heard: &WorkbookRecord, listed: &Listed) -> bool {
        let failed = |id: &String| self.heard.failed.contains(id);
        let is_lost = |it: &RefRecord| !self.heard.embedded.contains_key(&it.id) || failed(&it.id);
        self.trust.is_incomplete && self.is_thin(heard)
            || failed(&heard.id)
            || heard.embedded_datasources.iter().any(is_lost)
            || heard.dashboards.iter().any(|it| failed(&it.id))
            || self.is_behind(
                heard.item.updated_at.as_ref(),
                listed.item.updated_at.as_ref(),
            )
    }

    /// Whether so little was heard that a site which is still working out its lineage has
    /// not come to this workbook.
    fn is_thin(&self, heard: &WorkbookRecord) -> bool {
        let datasources = heard.embedded_datasources.iter();
        let mut datasources = datasources.filter_map(|it| self.heard.embedded.get(&it.id));
        heard.embedded_datasources.is_empty()
            || heard.dashboards.is_empty() && heard.sheets.is_empty()
            || datasources.any(DatasourceRecord::lists_nothing)
    }

    /// Whether the Metadata API still tells of the time before a change of these days.
    fn is_behind(&self, heard: Option<&String>, listed: Option<&String>) -> bool {
        let time = |it: Option<&String>| it.and_then(|it| it.parse::<Timestamp>().ok());
        let (Some(heard), Some(listed)) = (time(heard), time(listed)) else {
            return false;
        };
        let age = self.trust.now.as_second() - listed.as_second();
        heard.as_second() < listed.as_second() && age < CATCHING_UP
    }

    fn embedded(&self, workbooks: &[WorkbookRecord]) -> Vec<DatasourceRecord> {
        let known = self.plan.known_embedded();
        let ids = workbooks.iter().flat_map(|it| &it.embedded_datasources);
        let ids: BTreeSet<&str> = ids.map(|it| it.id.as_str()).collect();
        let record = |id: &str| {
            let (heard, known) = (self.heard.embedded.get(id), known.get(id).copied());
            self.surer(heard, known).cloned()
        };
        ids.into_iter().filter_map(record).collect()
    }

    /// What was heard, unless the site leaves things out and more was known.
    fn surer<'a>(
        &self,
        heard: Option<&'a DatasourceRecord>,
        known: Option<&'a DatasourceRecord>,
    ) -> Option<&'a DatasourceRecord> {
        match (heard, known) {
            (Some(heard), Some(known)) => {
                let is_emptier = heard.lists_nothing() && !known.lists_nothing();
                let kept = if self.trust.is_incomplete && is_emptier {
                    known
                } else {
                    heard
                };
                Some(kept)
            }
            (heard, known) => heard.or(known),
        }
    }

    /// Those in wanted projects, and those that are read from there.
    fn published(&self, embedded: &[DatasourceRecord]) -> Vec<DatasourceRecord> {
        let listed = &self.plan.catalogue.published;
        let listed: HashMap<&str, &Listed> =
            listed.iter().map(|it| (it.luid.as_str(), it)).collect();
        let known = self.plan.known_published();
        let mut all: BTreeMap<&str, &DatasourceRecord> = BTreeMap::new();
        for (id, record) in known.iter().map(|(id, it)| (*id, *it)) {
            all.insert(id, record);
        }
        for (id, record) in &self.heard.published {
            let kept = self.surer(Some(record), all.get(id.as_str()).copied());
            all.extend(kept.map(|it| (id.as_str(), it)));
        }
        let needed = self.needed(embedded, &all);
        let mut records: Vec<DatasourceRecord> = needed
            .iter()
            .filter_map(|id| all.get(id))
            .map(|it| self.published_record(it, listed.get(it.luid.as_str()).copied()))
            .collect();
        let told: HashSet<String> = records.iter().map(|it| it.luid.clone()).collect();
        let untold = self
            .plan
            .published
            .iter()
            .filter(|it| !told.contains(&it.luid));
        records.extend(untold.map(unknown_published));
        records
    }

    fn published_record(
        &self,
        record: &DatasourceRecord,
        listed: Option<&Listed>,
    ) -> DatasourceRecord {
        let mut record = record.clone();
        if let Some(listed) = listed {
            overlay(&mut record.item, &listed.item);
        }
        if self.heard.published.contains_key(&record.id) {
            let has_failed = self.heard.failed.contains(&record.id);
            let is_thin = self.trust.is_incomplete && record.lists_nothing();
            record.item.unsettled = is_thin || has_failed;
        }
        record
    }

    /// The ids of the published datasources to keep.
    fn needed<'a>(
        &self,
        embedded: &'a [DatasourceRecord],
        all: &BTreeMap<&'a str, &'a DatasourceRecord>,
    ) -> BTreeSet<&'a str> {
        let wanted: HashSet<&str> = self.plan.published.iter().map(|it| &*it.luid).collect();
        let names: HashSet<String> = embedded.iter().flat_map(proxied_names).collect();
        let is_wanted = |it: &DatasourceRecord| {
            let name = it.item.name.as_deref().unwrap_or_default().to_lowercase();
            wanted.contains(it.luid.as_str())
                || self.plan.unlisted.contains(it.luid.as_str())
                || names.contains(&name)
        };
        let mut needed: BTreeSet<&str> = all
            .iter()
            .filter(|(_, it)| is_wanted(it))
            .map(|(id, _)| *id)
            .collect();
        let mut next: Vec<&str> = embedded
            .iter()
            .flat_map(DatasourceRecord::parents)
            .map(|it| it.id.as_str())
            .chain(needed.iter().copied())
            .collect();
        let mut seen = HashSet::new();
        while let Some(id) = next.pop() {
            let Some(record) = all.get(id).filter(|_| seen.insert(id)) else {
                continue;
            };
            needed.insert(id);
            next.extend(record.parents().map(|it| it.id.as_str()));
        }
        needed
    }

    /// The queries that feed what is kept.
    fn custom_sql(
        &self,
        workbooks: &[WorkbookRecord],
        embedded: &[DatasourceRecord],
        published: &[DatasourceRecord],
    ) -> Vec<CustomSqlRecord> {
        let columns = embedded.iter().chain(published).flat_map(|it| &it.columns);
        let by_columns: HashSet<&String> = columns.flat_map(|it| &it.custom_sql).collect();
        let mut kept: HashSet<&str> = HashSet::new();
        kept.extend(workbooks.iter().flat_map(|it| [&*it.id, &*it.luid]));
        kept.extend(published.iter().flat_map(|it| [&*it.id, &*it.luid]));
        let feeds = |it: &RefRecord| {
            let luid = it.luid.as_deref().unwrap_or_default();
            (!it.id.is_empty() && kept.contains(it.id.as_str()))
                || (!luid.is_empty() && kept.contains(luid))
        };
        let is_kept = |it: &CustomSqlRecord| {
            by_columns.contains(&it.id)
                || it.downstream_workbooks.iter().any(feeds)
                || it.downstream_datasources.iter().any(feeds)
        };
        let known = self
            .plan
            .known
            .map(|it| it.custom_sql.clone())
            .unwrap_or_default();
        let all = match &self.heard.custom_sql {
            None => known,
            Some(heard) if self.heard.has_all_custom_sql && !self.trust.is_incomplete => {
                heard.values().cloned().collect()
            }
            Some(heard) => merged(known, heard, |it| &it.id),
        };
        all.into_iter().filter(|it| is_kept(it)).collect()
    }
}

/// The names of the published datasources that REST connects a datasource with.
fn proxied_names(record: &DatasourceRecord) -> Vec<String> {
    let connections = record.connections.iter().flatten();
    let proxies = connections.filter(|it| it.kind.as_deref() == Some("sqlproxy"));
    proxies
        .filter_map(|it| it.datasource_name.as_ref())
        .map(|it| it.to_lowercase())
        .collect()
}

/// A published datasource of which the Metadata API told nothing.
fn unknown_published(listed: &Listed) -> DatasourceRecord {
    let mut record = DatasourceRecord {
        id: listed.luid.clone(),
        luid: listed.luid.clone(),
        item: listed.item.clone(),
        ..DatasourceRecord::default()
    };
    record.item.unsettled = true;
    record.item.unknown = true;
    record
}

/// REST knows best what it lists: names, places, times; the Metadata API owners and
/// numbers.
pub(super) fn overlay(item: &mut ItemRecord, listed: &ItemRecord) {
    let take = |to: &mut Option<String>, from: &Option<String>| {
        if from.is_some() {
            to.clone_from(from);
        }
    };
    take(&mut item.name, &listed.name);
    take(&mut item.content_url, &listed.content_url);
    take(&mut item.webpage_url, &listed.webpage_url);
    take(&mut item.description, &listed.description);
    item.project_luid.clone_from(&listed.project_luid);
    item.project_name.clone_from(&listed.project_name);
    item.updated_at.clone_from(&listed.updated_at);
    if listed.owner.as_ref().is_some_and(|it| it.name.is_some()) || item.owner.is_none() {
        item.owner.clone_from(&listed.owner);
    }
}

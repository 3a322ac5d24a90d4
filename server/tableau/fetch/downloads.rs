//! Where the Metadata API is off: reading the workbooks themselves.
//!
//! Each wanted workbook and published datasource that changed is downloaded without
//! its extracts and read by the file reader; so is what those read from projects that
//! are not wanted. What is refused or cannot be read is a note that names it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::assemble::overlay;
use super::plan::Plan;
use super::prune;
use super::reader::Reader;
use super::unseen::{self, Unseen};
use crate::records::{
    CustomSqlRecord, DatasourceRecord, NoteKind, NoteRecord, Records, Way, WorkbookRecord,
};
use crate::rest::Listed;
use crate::site_error::SiteError;
use crate::workbook::{FileReading, read_file};
use file::Reading;

mod file;

/// Downloads under way at once: each may be large.
const N_AT_ONCE: usize = 3;
/// A workbook without its extracts is far smaller.
const MAX_BYTES: u64 = 64 << 20;

/// Reads the site by downloading what changed.
pub(super) async fn read(reader: &Reader<'_>, plan: &Plan<'_>) -> Result<Records, SiteError> {
    let message = "the Metadata API is off, so workbooks were downloaded and read as files";
    reader.note(NoteKind::Information, message.to_owned(), None);
    // Of virtual connections the files tell.
    let flows = Unseen {
        flows: true,
        virtual_connections: false,
        why: "the Metadata API is off",
    };
    unseen::note(reader, flows).await?;
    let by_url = by_content_url(&plan.catalogue.published);
    let workbooks = download(
        reader,
        "workbooks",
        asked(&plan.workbooks, &plan.ask_workbooks),
    );
    let workbooks = workbooks.await?;
    let mut kept = Kept::of(plan);
    for (listed, reading) in workbooks {
        kept.take_workbook(reader, listed, reading, &by_url);
    }
    let ask_published = &kept.unread_parents() | &plan.ask_published;
    let published = asked(&plan.catalogue.published, &ask_published);
    let published = download(reader, "datasources", published).await?;
    for (listed, reading) in published {
        kept.take_published(reader, listed, reading, &by_url);
    }
    Ok(kept.finish(plan))
}

fn asked(all: &[Listed], asked: &BTreeSet<String>) -> Vec<Listed> {
    let is_asked = |it: &&Listed| asked.contains(&it.luid);
    all.iter().filter(is_asked).cloned().collect()
}

/// LUIDs of published datasources by the name in their addresses.
fn by_content_url(published: &[Listed]) -> HashMap<String, String> {
    let keyed = published.iter().filter_map(|it| {
        let content_url = it.item.content_url.as_ref()?;
        Some((content_url.to_lowercase(), it.luid.clone()))
    });
    keyed.collect()
}

type Downloaded = (Listed, Result<FileReading, String>);

async fn download(
    reader: &Reader<'_>,
    kind: &'static str,
    all: Vec<Listed>,
) -> Result<Vec<Downloaded>, SiteError> {
    let total = Some(all.len() as u64);
    let mut answers = stream::iter(all)
        .map(|it| download_one(reader, kind, it))
        .buffered(N_AT_ONCE);
    let mut done = Vec::new();
    while let Some(it) = answers.try_next().await? {
        done.push(it);
        reader.report(kind, done.len(), total);
    }
    Ok(done)
}

async fn download_one(
    reader: &Reader<'_>,
    kind: &str,
    listed: Listed,
) -> Result<Downloaded, SiteError> {
    let path = format!("{kind}/{}/content", listed.luid);
    let query = &[("includeExtract", "false")];
    match reader.client.download(&path, query, MAX_BYTES).await {
        Ok(bytes) => {
            reader.count_success();
            let name = listed.item.name.clone().unwrap_or_default();
            // Unpacking and parsing may take a while; the connections go on meanwhile.
            let read = tokio::task::spawn_blocking(move || read_file(&bytes, &name));
            let reading = match read.await {
                Ok(Ok(reading)) => Ok(reading),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err("reading it was stopped".to_owned()),
            };
            Ok((listed, reading))
        }
        Err(error @ (SiteError::Refused { .. } | SiteError::TooLarge { .. })) => {
            Ok((listed, Err(error.to_string())))
        }
        Err(error @ (SiteError::Offline { .. } | SiteError::BadCredentials { .. })) => Err(error),
        Err(error) => {
            let message = error.to_string();
            reader.count_fault(Some(error))?;
            Ok((listed, Err(message)))
        }
    }
}

/// What is known of the site, brought up to date by what was downloaded.
struct Kept {
    workbooks: BTreeMap<String, WorkbookRecord>,
    embedded: BTreeMap<String, DatasourceRecord>,
    published: BTreeMap<String, DatasourceRecord>,
    custom_sql: BTreeMap<String, CustomSqlRecord>,
    notes: Vec<NoteRecord>,
}

impl Kept {
    /// What was known of what is wanted and did not change.
    fn of(plan: &Plan<'_>) -> Kept {
        let known = plan.known.cloned().unwrap_or_default();
        let keyed = |all: Vec<DatasourceRecord>| {
            let keyed = all.into_iter().map(|it| (it.id.clone(), it));
            keyed.collect::<BTreeMap<_, _>>()
        };
        let workbooks = known.workbooks.into_iter().map(|it| (it.luid.clone(), it));
        let custom_sql = known.custom_sql.into_iter().map(|it| (it.id.clone(), it));
        let mut notes = known.notes;
        notes.retain(|it| it.luid.is_some());
        Kept {
            workbooks: workbooks.collect(),
            embedded: keyed(known.embedded),
            published: keyed(known.published),
            custom_sql: custom_sql.collect(),
            notes,
        }
    }

    fn take_workbook(
        &mut self,
        reader: &Reader<'_>,
        listed: Listed,
        reading: Result<FileReading, String>,
        by_url: &HashMap<String, String>,
    ) {
        let mut record = self.workbooks.remove(&listed.luid).unwrap_or_default();
        self.forget(&listed);
        match reading {
            Ok(reading) => {
                let reading = Reading::of(&listed, reading, by_url);
                record = reading.workbook.unwrap_or_default();
                let embedded = reading.datasources.into_iter();
                self.embedded.extend(embedded.map(|it| (it.id.clone(), it)));
                self.add_queries(reading.queries);
                self.notes.extend(reading.notes);
            }
            Err(why) => {
                record.item.unsettled = true;
                note_unread(reader, &listed, &why);
            }
        }
        record.luid.clone_from(&listed.luid);
        overlay(&mut record.item, &listed.item);
        self.workbooks.insert(listed.luid, record);
    }

    fn take_published(
        &mut self,
        reader: &Reader<'_>,
        listed: Listed,
        reading: Result<FileReading, String>,
        by_url: &HashMap<String, String>,
    ) {
        let mut record = self.published.remove(&listed.luid).unwrap_or_default();
        self.forget(&listed);
        match reading {
            Ok(reading) => {
                let mut reading = Reading::of(&listed, reading, by_url);
                record = reading.datasources.pop().unwrap_or_default();
                self.add_queries(reading.queries);
                self.notes.extend(reading.notes);
            }
            Err(why) => {
                record.item.unsettled = true;
                record.item.unknown = record.lists_nothing();
                note_unread(reader, &listed, &why);
            }
        }
        record.id.clone_from(&listed.luid);
        record.luid.clone_from(&listed.luid);
        overlay(&mut record.item, &listed.item);
        self.published.insert(listed.luid, record);
    }

    /// What was said of it before holds no longer.
    fn forget(&mut self, listed: &Listed) {
        self.notes
            .retain(|it| it.luid.as_ref() != Some(&listed.luid));
    }

    /// LUIDs of the published datasources that workbooks read.
    fn parents(&self) -> BTreeSet<String> {
        let parents = self.embedded.values().flat_map(DatasourceRecord::parents);
        parents.map(|it| it.id.clone()).collect()
    }

    fn unread_parents(&self) -> BTreeSet<String> {
        let mut parents = self.parents();
        parents.retain(|it| !self.published.contains_key(it));
        parents
    }

    fn add_queries(&mut self, queries: Vec<CustomSqlRecord>) {
        let queries = queries.into_iter().map(|it| (it.id.clone(), it));
        self.custom_sql.extend(queries);
    }

    /// Lets go of what is not wanted or not there any more.
    fn finish(mut self, plan: &Plan<'_>) -> Records {
        let wanted =
            |all: &[Listed]| -> BTreeSet<String> { all.iter().map(|it| it.luid.clone()).collect() };
        let (workbooks, published) = (wanted(&plan.workbooks), wanted(&plan.published));
        let is_unlisted = |luid: &String| plan.unlisted.contains(luid.as_str());
        self.workbooks
            .retain(|luid, _| workbooks.contains(luid) || is_unlisted(luid));
        let listed = self
            .workbooks
            .values()
            .flat_map(|it| &it.embedded_datasources);
        let listed: BTreeSet<&str> = listed.map(|it| it.id.as_str()).collect();
        self.embedded.retain(|id, _| listed.contains(id.as_str()));
        let parents = self.parents();
        self.published.retain(|luid, _| {
            published.contains(luid) || is_unlisted(luid) || parents.contains(luid)
        });
        let (embedded, kept) = (&self.embedded, &self.published);
        let has = |it: &CustomSqlRecord| {
            let (owner, _) = it.id.rsplit_once('#').unwrap_or_default();
            embedded.contains_key(owner) || kept.contains_key(owner)
        };
        self.custom_sql.retain(|_, it| has(it));
        prune::pruned(Records {
            way: Way::Downloads,
            catalogue_complete: plan.catalogue.is_complete,
            projects: plan.catalogue.projects.clone(),
            workbooks: self.workbooks.into_values().collect(),
            embedded: self.embedded.into_values().collect(),
            published: self.published.into_values().collect(),
            custom_sql: self.custom_sql.into_values().collect(),
            notes: self.notes,
            ..Records::default()
        })
    }
}

fn note_unread(reader: &Reader<'_>, listed: &Listed, why: &str) {
    let name = listed.item.name.clone().unwrap_or_default();
    let message = format!("what {name} reads is not known: {why}");
    reader.note_about(NoteKind::FileUnreadable, message, listed);
}

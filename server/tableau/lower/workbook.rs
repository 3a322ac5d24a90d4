//! A workbook with its datasources, sheets and dashboards.

use std::collections::{BTreeSet, HashMap};

use lineage::{Datasource, GapCode, Luid, PublishedRef, Workbook};

use super::custom_sql::{self, Attached};
use super::datasource::{self, Reading};
use super::findings::Findings;
use super::index::Index;
use super::{people, time, usage, views, virtual_connections};
use crate::records::{ConnectionRecord, DatasourceRecord, RefRecord, WorkbookRecord};

/// Lowers a workbook.
pub(super) fn lower(
    index: &Index<'_>,
    record: &WorkbookRecord,
    findings: &mut Findings,
) -> Workbook {
    let item = &record.item;
    let name = item
        .name
        .clone()
        .unwrap_or_else(|| "(name hidden)".to_owned());
    if item.unknown {
        let message = format!("what {name} reads is not known: the site did not tell");
        findings.add(GapCode::MetadataIncomplete, &name, "", message);
    }
    let embedded = Embedded::of(index, record, &name, findings);
    let (datasources, reads) = embedded.lower(index, &name, findings);
    let sheets = views::sheets(index, record, &reads);
    let dashboards = views::dashboards(index, record);
    let counts = sheets.iter().map(|it| it.views);
    let counts = counts.chain(dashboards.iter().map(|it| it.views));
    Workbook {
        name,
        luid: Some(record.luid.clone())
            .filter(|it| !it.is_empty())
            .map(Luid),
        site: Some(index.records.site.clone()),
        content_url: item.content_url.clone().or_else(|| url_name(record)),
        url: index.pages.workbook(item),
        file: None,
        project_path: index
            .project_path(item.project_luid.as_deref(), item.project_name.as_deref()),
        owner: people::owner(item.owner.as_ref()),
        description: item.description.clone(),
        views: usage::sum(counts.flatten()),
        extract_refreshed: embedded.oldest_extract(),
        warnings: people::warnings(&record.upstream_data_quality_warnings),
        datasources,
        sheets,
        dashboards,
    }
}

/// The workbook's name in addresses, from a page in it.
fn url_name(record: &WorkbookRecord) -> Option<String> {
    let views = record.dashboards.iter().chain(&record.sheets);
    let paths = views.filter_map(|it| it.path.as_deref()?.split_once('/'));
    paths.map(|(workbook, _)| workbook.to_owned()).next()
}

/// The internal names of the datasources that each sheet reads, by the sheet's id.
type Reads<'r> = HashMap<&'r str, BTreeSet<String>>;

/// The datasources of a workbook.
struct Embedded<'r> {
    workbook: &'r WorkbookRecord,
    records: Vec<&'r DatasourceRecord>,
    queries: Attached<'r>,
    virtual_connections: Vec<&'r RefRecord>,
}

impl<'r> Embedded<'r> {
    fn of(
        index: &Index<'r>,
        workbook: &'r WorkbookRecord,
        about: &str,
        findings: &mut Findings,
    ) -> Embedded<'r> {
        let mut seen = BTreeSet::new();
        let (mut records, mut lost) = (Vec::new(), Vec::new());
        for it in &workbook.embedded_datasources {
            match index.embedded(&it.id) {
                Some(record) if seen.insert(it.id.as_str()) => records.push(record),
                Some(_) => {}
                None => lost.push(format!("`{}`", it.name.as_deref().unwrap_or("?"))),
            }
        }
        if !lost.is_empty() {
            let message = format!("what {} in {about} read did not come", lost.join(", "));
            findings.add(GapCode::Truncated, about, "", message);
        }
        Embedded {
            queries: custom_sql::attach(index, workbook, &records),
            virtual_connections: virtual_connections::own(index, workbook, &records),
            records,
            workbook,
        }
    }

    fn oldest_extract(&self) -> Option<lineage::Timestamp> {
        let with_extract = self.records.iter().filter(|it| it.has_extracts);
        let times = with_extract.filter_map(|it| {
            time(&it.extract_last_update_time).or_else(|| time(&it.extract_last_refresh_time))
        });
        times.min()
    }

    fn lower(
        &self,
        index: &Index<'r>,
        about: &str,
        findings: &mut Findings,
    ) -> (Vec<Datasource>, Reads<'r>) {
        let mut lowered = Vec::new();
        let mut reads = Reads::new();
        let mut left: Vec<&RefRecord> = self.virtual_connections.clone();
        for record in &self.records {
            let virtual_connections = self.virtual_connections_of(index, record);
            left.retain(|it| !virtual_connections.iter().any(|read| read.id == it.id));
            let mut published = published_refs(index, self.workbook, record).into_iter();
            let reading = Reading {
                record,
                about,
                queries: self.queries_of(record),
                virtual_connections,
                published_as: published.next(),
            };
            let first = lowered.len();
            lowered.push(datasource::lower(index, &reading, findings));
            let extra = published.enumerate();
            lowered.extend(extra.map(|(n, it)| beside(record, n, it)));
            let names = lowered[first..].iter().map(|it| it.name.clone());
            read_by(&mut reads, &record.downstream_sheets, names.collect());
        }
        self.add_left(index, about, findings, &left, &mut lowered, &mut reads);
        (lowered, reads)
    }

    fn queries_of(&self, record: &DatasourceRecord) -> Vec<&'r crate::records::CustomSqlRecord> {
        let queries = self.queries.of_datasource.get(record.id.as_str());
        queries.cloned().unwrap_or_default()
    }

    /// The virtual connections of a datasource: those that its columns lead to, else all
    /// of the workbook's where nothing else is known of it, else those that hold a table
    /// which it lists.
    fn virtual_connections_of(
        &self,
        index: &Index<'r>,
        record: &DatasourceRecord,
    ) -> Vec<&'r RefRecord> {
        let by_columns = virtual_connections::by_columns(index, record, &self.virtual_connections);
        let is_blank = record.lists_nothing() && self.queries_of(record).is_empty();
        if !by_columns.is_empty() {
            return by_columns;
        }
        match is_blank && sqlproxies(record).next().is_none() {
            true => self.virtual_connections.clone(),
            false => virtual_connections::by_tables(index, record, &self.virtual_connections),
        }
    }

    /// Queries and virtual connections of no datasource that the site lists become
    /// datasources of their own: the workbook reads them all the same.
    fn add_left(
        &self,
        index: &Index<'r>,
        about: &str,
        findings: &mut Findings,
        virtual_connections: &[&'r RefRecord],
        lowered: &mut Vec<Datasource>,
        reads: &mut Reads<'r>,
    ) {
        for query in &self.queries.left {
            let record = alone(&query.id, query.name.as_ref());
            let reading = Reading {
                record: &record,
                about,
                queries: vec![query],
                virtual_connections: Vec::new(),
                published_as: None,
            };
            lowered.push(datasource::lower(index, &reading, findings));
            read_by(reads, &query.downstream_sheets, vec![record.id]);
        }
        for connection in virtual_connections {
            let record = alone(&connection.id, connection.name.as_ref());
            let reading = Reading {
                record: &record,
                about,
                queries: Vec::new(),
                virtual_connections: vec![connection],
                published_as: None,
            };
            lowered.push(datasource::lower(index, &reading, findings));
            for sheet in &self.workbook.sheets {
                let names = reads.entry(sheet.id.as_str()).or_default();
                names.insert(record.id.clone());
            }
        }
    }
}

/// A datasource of which the site tells only what stands in it.
fn alone(id: &str, name: Option<&String>) -> DatasourceRecord {
    let mut record = DatasourceRecord {
        id: id.to_owned(),
        ..DatasourceRecord::default()
    };
    record.item.name = name.cloned();
    record
}

/// One more published datasource that an embedded one stands for.
fn beside(record: &DatasourceRecord, n: usize, reference: PublishedRef) -> Datasource {
    Datasource {
        name: format!("{}+{}", record.id, n + 1),
        caption: reference.name.clone(),
        class: "sqlproxy".to_owned(),
        published_as: Some(reference),
        ..Datasource::default()
    }
}

fn read_by<'r>(reads: &mut Reads<'r>, sheets: &'r [RefRecord], names: Vec<String>) {
    for sheet in sheets {
        let of_sheet = reads.entry(sheet.id.as_str()).or_default();
        of_sheet.extend(names.iter().cloned());
    }
}

/// The published datasources that an embedded one stands for: as the Metadata API
/// says, else as the connections that REST lists lead to.
fn published_refs(
    index: &Index<'_>,
    workbook: &WorkbookRecord,
    record: &DatasourceRecord,
) -> Vec<PublishedRef> {
    let stated: Vec<_> = record
        .parents()
        .map(|it| datasource::reference(index, it))
        .collect();
    if !stated.is_empty() {
        return stated;
    }
    let resolve = |it| resolve(index, workbook, it);
    sqlproxies(record).map(resolve).collect()
}

/// The connections to published datasources, of a datasource of which nothing else is
/// known. Those of the whole workbook are listed together, so names tell them apart.
fn sqlproxies(record: &DatasourceRecord) -> impl Iterator<Item = &ConnectionRecord> {
    let all = record.connections.iter().flatten();
    let proxies: Vec<_> = all
        .filter(|it| it.kind.as_deref() == Some("sqlproxy"))
        .collect();
    let named = |it: &&ConnectionRecord| {
        let (name, own) = (it.datasource_name.as_deref(), record.item.name.as_deref());
        name.zip(own)
            .is_some_and(|(it, own)| it.eq_ignore_ascii_case(own))
    };
    let same_name: Vec<_> = proxies.iter().copied().filter(named).collect();
    let chosen = match (same_name.is_empty(), proxies.as_slice()) {
        (false, _) => same_name,
        (true, [_]) => proxies,
        (true, _) => Vec::new(),
    };
    chosen.into_iter()
}

/// The published datasource behind a `sqlproxy` connection: its identity where that is
/// told, else its name, in the workbook's own project where several bear it.
fn resolve(
    index: &Index<'_>,
    workbook: &WorkbookRecord,
    connection: &ConnectionRecord,
) -> PublishedRef {
    let name = connection.datasource_name.as_deref().unwrap_or_default();
    let by_luid = connection.datasource_luid.as_deref();
    let by_luid = by_luid.and_then(|it| index.published_by_luid(it));
    let same_name = index.published_by_name(name);
    let near = |it: &&&DatasourceRecord| it.item.project_luid == workbook.item.project_luid;
    let mut nearest = same_name.iter().filter(near);
    let only = match same_name {
        [only] => Some(*only),
        _ => nearest.next().copied().filter(|_| nearest.next().is_none()),
    };
    let reference = RefRecord {
        id: by_luid.or(only).map(|it| it.id.clone()).unwrap_or_default(),
        luid: None,
        name: connection.datasource_name.clone(),
    };
    datasource::reference(index, &reference)
}

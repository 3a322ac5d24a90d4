//! What the file reader tells of a downloaded workbook or datasource, as records.

use std::collections::HashMap;

use lineage::{Connection, CustomSql, Datasource, GapCode, PublishedRef, Sheet, Table, Workbook};

use crate::lower::to_parsed;
use crate::records::{
    ConnectionRecord, CustomSqlRecord, DatabaseRecord, DatasourceRecord, NoteKind, NoteRecord,
    ParsedSql, RefRecord, TableRecord, ViewRecord, WorkbookRecord,
};
use crate::rest::Listed;
use crate::workbook::{FileReading, TableauFile};

/// A file as records.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) workbook: Option<WorkbookRecord>,
    pub(super) datasources: Vec<DatasourceRecord>,
    pub(super) queries: Vec<CustomSqlRecord>,
    pub(super) notes: Vec<NoteRecord>,
}

impl Reading {
    /// Takes the model of a file apart. `by_url` has LUIDs of published datasources.
    pub(super) fn of(
        listed: &Listed,
        reading: FileReading,
        by_url: &HashMap<String, String>,
    ) -> Reading {
        let name = listed.item.name.clone();
        let notes = reading.gaps.into_iter().filter_map(|gap| {
            Some(NoteRecord {
                kind: note_kind(gap.code)?,
                message: gap.message,
                about: name.clone(),
                luid: Some(listed.luid.clone()),
            })
        });
        let mut records = Reading {
            notes: notes.collect(),
            ..Reading::default()
        };
        let luid = &listed.luid;
        match reading.file {
            TableauFile::Workbook(workbook) => records.add_workbook(luid, &workbook, by_url),
            TableauFile::Datasource(published) => {
                let fed = |it: &mut CustomSqlRecord| it.downstream_datasources = vec![named(luid)];
                records.add(luid.clone(), &published.inside, by_url, fed);
            }
        }
        records
    }

    fn add_workbook(&mut self, luid: &str, workbook: &Workbook, by_url: &HashMap<String, String>) {
        for datasource in &workbook.datasources {
            let readers = workbook.sheets_on(datasource);
            let sheets: Vec<RefRecord> = readers
                .map(|ix| named(&view_id(luid, &workbook.sheets[ix].name)))
                .collect();
            let fed = |it: &mut CustomSqlRecord| {
                it.downstream_workbooks = vec![named(luid)];
                it.downstream_sheets.clone_from(&sheets);
            };
            self.add(
                format!("{luid}/{}", datasource.name),
                datasource,
                by_url,
                fed,
            );
            if let Some(record) = self.datasources.last_mut() {
                record.downstream_sheets = sheets;
            }
        }
        self.workbook = Some(WorkbookRecord {
            id: luid.to_owned(),
            luid: luid.to_owned(),
            sheets: workbook.sheets.iter().map(|it| sheet(luid, it)).collect(),
            dashboards: dashboards(luid, workbook),
            embedded_datasources: self.datasources.iter().map(|it| named(&it.id)).collect(),
            ..WorkbookRecord::default()
        });
    }

    fn add(
        &mut self,
        id: String,
        datasource: &Datasource,
        by_url: &HashMap<String, String>,
        fed: impl Fn(&mut CustomSqlRecord),
    ) {
        let class = |it: &Connection| it.class.clone();
        let is_extract = |it: &Connection| matches!(it.class.as_str(), "hyper" | "dataengine");
        let mut record = DatasourceRecord {
            has_extracts: datasource.extract.is_some()
                || datasource.connections.iter().any(is_extract),
            upstream_tables: datasource
                .tables
                .iter()
                .map(|it| table(datasource, it))
                .collect(),
            ..DatasourceRecord::default()
        };
        record.item.name = Some(datasource.title().to_owned());
        let mut connections: Vec<ConnectionRecord> = datasource
            .connections
            .iter()
            .map(|it| ConnectionRecord {
                kind: Some(class(it)),
                ..ConnectionRecord::default()
            })
            .collect();
        if let Some(reference) = &datasource.published_as {
            match luid_of(reference, by_url) {
                Some(luid) => record.parent_published_datasources = vec![named(&luid)],
                None => connections.push(proxy(reference)),
            }
        }
        record.connections = Some(connections);
        for (n, query) in datasource.custom_sql.iter().enumerate() {
            let mut query = custom_sql(format!("{id}#{n}"), datasource, query);
            fed(&mut query);
            let columns = record.columns.get_or_insert_default();
            columns.custom_sql.push(query.id.clone());
            self.queries.push(query);
        }
        record.id = id;
        self.datasources.push(record);
    }
}

/// What a gap of a file is as a note; what lowering finds out again is none.
fn note_kind(code: GapCode) -> Option<NoteKind> {
    match code {
        GapCode::StoredProcedure => Some(NoteKind::StoredProcedure),
        GapCode::VirtualConnection => Some(NoteKind::VirtualConnection),
        GapCode::ExtractOnly | GapCode::CustomSqlUnreadable => None,
        GapCode::PublishedDatasourceUnavailable => Some(NoteKind::MetadataUnavailable),
        _ => Some(NoteKind::FileUnreadable),
    }
}

fn named(id: &str) -> RefRecord {
    RefRecord {
        id: id.to_owned(),
        luid: Some(id.to_owned()),
        name: None,
    }
}

fn view_id(luid: &str, name: &str) -> String {
    format!("{luid}/{name}")
}

fn sheet(luid: &str, it: &Sheet) -> ViewRecord {
    ViewRecord {
        id: view_id(luid, &it.name),
        name: Some(it.name.clone()),
        ..ViewRecord::default()
    }
}

fn dashboards(luid: &str, workbook: &Workbook) -> Vec<ViewRecord> {
    let dashboard = |it: &lineage::Dashboard| ViewRecord {
        id: view_id(luid, &it.name),
        name: Some(it.name.clone()),
        story: Some(it.story),
        sheets: it
            .sheets
            .iter()
            .map(|it| named(&view_id(luid, it)))
            .collect(),
        ..ViewRecord::default()
    };
    workbook.dashboards.iter().map(dashboard).collect()
}

fn connection_of<'d>(datasource: &'d Datasource, name: Option<&str>) -> Option<&'d Connection> {
    let all = datasource.connections.as_slice();
    let only = match all {
        [only] => Some(only),
        _ => None,
    };
    let named = all.iter().find(|it| Some(it.name.as_str()) == name);
    named.or(only)
}

fn database(connection: Option<&Connection>) -> Option<DatabaseRecord> {
    let connection = connection?;
    Some(DatabaseRecord {
        name: connection.dbname.clone(),
        connection_type: Some(connection.class.clone()),
    })
}

fn table(datasource: &Datasource, it: &Table) -> TableRecord {
    let connection = connection_of(datasource, it.connection.as_deref());
    TableRecord {
        name: Some(it.relation.name.text.clone()),
        full_name: Some(it.raw.clone()),
        connection_type: connection.map(|it| it.class.clone()),
        database: database(connection),
        parsed: Some(to_parsed(it)),
        ..TableRecord::default()
    }
}

fn custom_sql(id: String, datasource: &Datasource, it: &CustomSql) -> CustomSqlRecord {
    let connection = connection_of(datasource, it.connection.as_deref());
    let unreadable = "the file reader could not tell what it reads";
    CustomSqlRecord {
        id,
        name: Some(it.name.clone()),
        connection_type: connection.map(|it| it.class.clone()),
        database: database(connection),
        parsed: Some(ParsedSql {
            tables: it.tables.iter().map(to_parsed).collect(),
            unreadable: (!it.readable).then(|| unreadable.to_owned()),
        }),
        ..CustomSqlRecord::default()
    }
}

fn luid_of(reference: &PublishedRef, by_url: &HashMap<String, String>) -> Option<String> {
    let content_url = reference.content_url.as_deref()?;
    by_url.get(&content_url.to_lowercase()).cloned()
}

fn proxy(reference: &PublishedRef) -> ConnectionRecord {
    ConnectionRecord {
        kind: Some("sqlproxy".to_owned()),
        datasource_luid: None,
        datasource_name: reference.name.clone(),
    }
}

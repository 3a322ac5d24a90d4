//! The JSON answer of `inspect`, as the contract has it. Lists stand in the file's own order.

use lineage::{Datasource, PublishedDatasource, Table, Workbook};
use serde::Serialize;

/// The JSON answer: see the contract.
#[derive(Serialize)]
pub(super) struct Answer {
    pub(super) version: u32,
    pub(super) files: Vec<File>,
}

#[derive(Default, Serialize)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) kind: Option<&'static str>,
    pub(super) error: Option<String>,
    pub(super) workbook: Option<Head>,
    pub(super) datasources: Vec<Source>,
    pub(super) sheets: Vec<Sheet>,
    pub(super) dashboards: Vec<Dashboard>,
    /// What could not be told, one sentence each.
    pub(super) notes: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Head {
    pub(super) name: String,
    pub(super) site: Option<String>,
    pub(super) content_url: Option<String>,
    pub(super) url: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) caption: Option<String>,
    pub(super) class: String,
    pub(super) published_as: Option<String>,
    pub(super) extract: bool,
    pub(super) connections: Vec<Connection>,
    pub(super) tables: Vec<TableOut>,
    pub(super) custom_sql: Vec<CustomSql>,
}

#[derive(Serialize)]
pub(super) struct Connection {
    pub(super) name: String,
    pub(super) class: String,
    pub(super) dbname: Option<String>,
    pub(super) schema: Option<String>,
    pub(super) server: Option<String>,
}

#[derive(Serialize)]
pub(super) struct TableOut {
    pub(super) raw: String,
    pub(super) database: Option<String>,
    pub(super) schema: Option<String>,
    pub(super) name: String,
    pub(super) connection: Option<String>,
}

#[derive(Serialize)]
pub(super) struct CustomSql {
    pub(super) name: String,
    pub(super) connection: Option<String>,
    pub(super) tables: Vec<TableOut>,
    pub(super) readable: bool,
}

#[derive(Serialize)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) hidden: bool,
    pub(super) datasources: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Dashboard {
    pub(super) name: String,
    pub(super) story: bool,
    pub(super) sheets: Vec<String>,
}

impl File {
    pub(super) fn of_workbook(path: String, workbook: &Workbook) -> File {
        File {
            path,
            kind: Some("workbook"),
            workbook: Some(Head {
                name: workbook.name.clone(),
                site: workbook.site.clone(),
                content_url: workbook.content_url.clone(),
                url: workbook.url.clone(),
            }),
            datasources: workbook.datasources.iter().map(source).collect(),
            sheets: workbook
                .sheets
                .iter()
                .map(|it| Sheet {
                    name: it.name.clone(),
                    hidden: it.hidden,
                    datasources: it.datasources.clone(),
                })
                .collect(),
            dashboards: workbook
                .dashboards
                .iter()
                .map(|it| Dashboard {
                    name: it.name.clone(),
                    story: it.story,
                    sheets: it.sheets.clone(),
                })
                .collect(),
            ..File::default()
        }
    }

    pub(super) fn unreadable(path: String, error: String) -> File {
        File {
            path,
            error: Some(error),
            ..File::default()
        }
    }

    pub(super) fn of_datasource(path: String, published: &PublishedDatasource) -> File {
        let datasources = vec![source(&published.inside)];
        File {
            path,
            kind: Some("datasource"),
            datasources,
            ..File::default()
        }
    }
}

fn source(it: &Datasource) -> Source {
    Source {
        name: it.name.clone(),
        caption: it.caption.clone(),
        class: it.class.clone(),
        published_as: it.published_as.as_ref().and_then(|published| {
            published
                .content_url
                .clone()
                .or_else(|| published.name.clone())
        }),
        extract: it.extract.is_some(),
        connections: it
            .connections
            .iter()
            .map(|it| Connection {
                name: it.name.clone(),
                class: it.class.clone(),
                dbname: it.dbname.clone(),
                schema: it.schema.clone(),
                server: it.server.clone(),
            })
            .collect(),
        tables: it.tables.iter().map(table).collect(),
        custom_sql: it
            .custom_sql
            .iter()
            .map(|it| CustomSql {
                name: it.name.clone(),
                connection: it.connection.clone(),
                tables: it.tables.iter().map(table).collect(),
                readable: it.readable,
            })
            .collect(),
    }
}

fn table(it: &Table) -> TableOut {
    let text = |part: &Option<lineage::Identifier>| part.as_ref().map(|it| it.text.clone());
    TableOut {
        raw: it.raw.clone(),
        database: text(&it.relation.database),
        schema: text(&it.relation.schema),
        name: it.relation.name.text.clone(),
        connection: it.connection.clone(),
    }
}

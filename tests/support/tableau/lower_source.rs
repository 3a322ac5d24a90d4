//! The upstream half of [`super::lower`]: what a datasource reads, and who that reaches.

use serde_json::{Value, json};

use super::datasource::{CustomSql, Datasource, Table, VirtualConnection};
use super::graph::{Graph, Index};
use super::luid::luid;
use super::site::Site;

/// All that lies above a datasource.
#[derive(Debug)]
pub(crate) struct Sources {
    pub(crate) datasource: Index,
    pub(crate) published: Vec<Index>,
    /// As `upstreamTables` tells them.
    tables: Vec<Index>,
    /// Tables that only the columns lead to.
    custom_sql: Vec<Index>,
    databases: Vec<Index>,
    connections: Vec<Index>,
    flows: Vec<Index>,
    fields: Vec<Index>,
    columns: Vec<Index>,
}

impl Sources {
    /// Makes what the datasource reads, and links it.
    pub(crate) fn read(graph: &mut Graph, site: &Site, of: &Datasource, index: Index) -> Self {
        let mut sources = Self {
            datasource: index,
            published: Vec::new(),
            tables: Vec::new(),
            custom_sql: Vec::new(),
            databases: Vec::new(),
            connections: Vec::new(),
            flows: Vec::new(),
            fields: Vec::new(),
            columns: Vec::new(),
        };
        sources.read_tables(graph, site, of);
        for (nth, sql) in of.upstream.custom_sql.iter().enumerate() {
            sources.read_query(graph, site, sql, &luid(&[&of.id, "sql", &nth.to_string()]));
        }
        for (connection, table) in &of.upstream.virtual_tables {
            sources.read_connection(graph, site, connection, table);
        }
        for name in &of.upstream.published {
            sources.read_published(graph, site, name);
        }
        for name in &of.upstream.flows {
            if let Some(flow) = site.flows.iter().find(|it| it.name == *name) {
                let id = luid(&["id", &flow.luid]);
                sources.flows.push(graph.add("Flow", &id, || Value::Null));
            }
        }
        sources.make_fields(graph, of);
        sources.reach(graph, index, own_field(graph, index));
        sources
    }

    fn read_tables(&mut self, graph: &mut Graph, site: &Site, of: &Datasource) {
        for one in &of.upstream.tables {
            let index = table(graph, site, one);
            self.columns.extend(graph.linked(index, "columns"));
            if !of.upstream.is_only_in_columns {
                self.take_table(graph, index);
            }
        }
    }

    fn take_table(&mut self, graph: &Graph, index: Index) {
        self.tables.push(index);
        self.databases.extend(graph.linked(index, "database"));
    }

    fn read_query(&mut self, graph: &mut Graph, site: &Site, sql: &CustomSql, id: &str) {
        let index = graph.add("CustomSQLTable", id, || {
            json!({
                "name": sql.name,
                "isEmbedded": true,
                "description": "",
                "query": sql.query,
                "isUnsupportedCustomSql": sql.is_unsupported,
                "connectionType": sql.connection_type,
            })
        });
        let database = database(graph, &sql.connection_type, &sql.database, "");
        graph.link(index, "database", database);
        let names = sql.columns.iter().map(String::as_str);
        let columns = columns(graph, index, id, names);
        self.columns.extend(columns);
        for one in &sql.tables {
            let table = table(graph, site, one);
            graph.join(index, "tables", table, "referencedByQueries");
            self.take_table(graph, table);
        }
        self.custom_sql.push(index);
    }

    fn read_connection(&mut self, graph: &mut Graph, site: &Site, connection: &str, of: &str) {
        let mut connections = site.virtual_connections.iter();
        let Some(connection) = connections.find(|it| it.name == connection) else {
            return;
        };
        let index = virtual_connection(graph, site, connection);
        self.connections.push(index);
        let id = luid(&[&connection.luid, "table", of]);
        let table = graph.add("VirtualConnectionTable", &id, || Value::Null);
        self.columns.extend(graph.linked(table, "columns"));
        graph.link(self.datasource, "upstreamVirtualConnectionTables", table);
        for upstream in graph.linked(table, "upstreamTables") {
            self.take_table(graph, upstream);
        }
    }

    /// Also takes over what the published datasource reads, as Tableau does.
    fn read_published(&mut self, graph: &mut Graph, site: &Site, name: &str) {
        let Some(published) = site.datasources.iter().find(|it| it.name == name) else {
            return;
        };
        let index = graph.add("PublishedDatasource", &published.id, || Value::Null);
        self.published.push(index);
        for table in graph.linked(index, "upstreamTables") {
            self.take_table(graph, table);
        }
        self.connections
            .extend(graph.linked(index, "upstreamVirtualConnections"));
        self.flows.extend(graph.linked(index, "upstreamFlows"));
    }

    fn make_fields(&mut self, graph: &mut Graph, of: &Datasource) {
        for column in self.columns.clone() {
            let name = graph.value(column, "name").clone();
            let field = self.field(graph, "ColumnField", of, name, json!({}));
            graph.join(field, "columns", column, "referencedByFields");
        }
        for published in self.published.clone() {
            for remote in graph.linked(published, "fields") {
                let name = graph.value(remote, "name").clone();
                let field = self.field(graph, "DatasourceField", of, name, json!({}));
                graph.link(field, "remoteField", remote);
            }
        }
        for calculation in &of.calculations {
            let name = json!(calculation.name);
            let formula = json!({"formula": calculation.formula});
            let known = self.fields.clone();
            let field = self.field(graph, "CalculatedField", of, name, formula);
            for read in known {
                let name = graph.value(read, "name").as_str();
                if name.is_some_and(|it| calculation.fields.iter().any(|read| read == it)) {
                    graph.link(field, "fields", read);
                }
            }
        }
    }

    fn field(
        &mut self,
        graph: &mut Graph,
        kind: &'static str,
        of: &Datasource,
        name: Value,
        more: Value,
    ) -> Index {
        let id = luid(&[&of.id, "field", &self.fields.len().to_string()]);
        let index = graph.add(kind, &id, || {
            let full = format!("[{}].[{}]", of.name, name.as_str().unwrap_or_default());
            let mut values = json!({
                "name": name,
                "fullyQualifiedName": full,
                "isHidden": false,
            });
            if kind != "DatasourceField" {
                values["role"] = json!("DIMENSION");
                values["dataType"] = json!("STRING");
            }
            if let Some(formula) = more.get("formula") {
                values["formula"] = formula.clone();
            }
            values
        });
        graph.join(self.datasource, "fields", index, "datasource");
        self.fields.push(index);
        index
    }

    /// Links all of it with something below that it reaches.
    pub(crate) fn reach(&self, graph: &mut Graph, below: Index, back: &'static str) {
        let mut both = |above: &[Index], down: &'static str| {
            for index in above {
                graph.link(below, down, *index);
                if !back.is_empty() {
                    graph.link(*index, back, below);
                }
            }
        };
        both(&self.tables, "upstreamTables");
        both(&self.databases, "upstreamDatabases");
        both(&self.published, "upstreamDatasources");
        both(&self.connections, "upstreamVirtualConnections");
        both(&self.flows, "upstreamFlows");
        both(&self.custom_sql, "upstreamQueries");
        if below != self.datasource && !back.is_empty() {
            graph.link(self.datasource, back, below);
        }
        for published in &self.published {
            for warning in graph.linked(*published, "dataQualityWarnings") {
                graph.link(below, "upstreamDataQualityWarnings", warning);
            }
            for sql in graph.linked(*published, "upstreamQueries") {
                if !back.is_empty() {
                    graph.link(sql, back, below);
                }
            }
        }
        if matches!(back, "downstreamSheets" | "downstreamDashboards") {
            for column in &self.columns {
                graph.link(below, "upstreamColumns", *column);
                graph.link(*column, back, below);
            }
        }
    }

    /// A sheet shows these of its fields; all of them where none is named.
    pub(crate) fn show_fields(&self, graph: &mut Graph, sheet: Index, names: &[String]) {
        for field in &self.fields {
            let name = graph.value(*field, "name").as_str().unwrap_or_default();
            if names.is_empty() || names.iter().any(|it| it == name) {
                graph.link(sheet, "datasourceFields", *field);
                graph.link(sheet, "sheetFieldInstances", *field);
                graph.link(sheet, "upstreamFields", *field);
            }
        }
    }
}

/// The field of tables that leads to published datasources; embedded ones have none.
fn own_field(graph: &Graph, index: Index) -> &'static str {
    match graph.objects[index].kind.as_ref() {
        "PublishedDatasource" => "downstreamDatasources",
        _ => "",
    }
}

/// The values that both kinds of datasource have.
pub(crate) fn values(of: &Datasource) -> Value {
    json!({
        "name": of.name,
        "hasExtracts": of.extract_refreshed_at.is_some(),
        "hasUserReference": false,
        "containsUnsupportedCustomSql": of.upstream.custom_sql.iter().any(|it| it.is_unsupported),
        "extractLastRefreshTime": of.extract_refreshed_at,
        "extractLastIncrementalUpdateTime": Value::Null,
        "extractLastUpdateTime": of.extract_refreshed_at,
        "createdAt": of.created_at,
        "updatedAt": of.updated_at,
    })
}

/// A table, with its database and columns.
pub(crate) fn table(graph: &mut Graph, site: &Site, of: &Table) -> Index {
    let full_name = of.full_name.as_deref().unwrap_or("null");
    let parts = [
        &of.connection_type,
        &of.database,
        &of.schema,
        &of.name,
        full_name,
    ];
    let id = luid(&["table", &parts.map(String::from).join("\n")]);
    let n_objects = graph.objects.len();
    let index = graph.add("DatabaseTable", &id, || {
        json!({
            "luid": luid(&["luid", &id]),
            "vizportalId": "1",
            "name": of.name,
            "fullName": of.full_name,
            "schema": of.schema,
            "tableType": "DATABASETABLE",
            "connectionType": of.connection_type,
            "isEmbedded": true,
            "description": "",
            "isCertified": false,
            "hasActiveWarning": false,
        })
    });
    if index < n_objects {
        return index;
    }
    if of.is_hidden || !site.rights.names {
        graph.hide(index);
    }
    let database = database(graph, &of.connection_type, &of.database, &of.host);
    if !site.rights.names {
        graph.hide(database);
    }
    graph.link(index, "database", database);
    columns(graph, index, &id, of.columns.iter().map(String::as_str));
    index
}

fn database(graph: &mut Graph, connection_type: &str, name: &str, host: &str) -> Index {
    let id = luid(&["database", connection_type, name, host]);
    let kind = match connection_type {
        "excel-direct" | "textscan" | "hyper" => "File",
        it if it.starts_with("webdata") => "WebDataConnector",
        _ => "DatabaseServer",
    };
    graph.add(kind, &id, || {
        let mut values = json!({
            "luid": luid(&["luid", &id]),
            "name": name,
            "connectionType": connection_type,
            "isEmbedded": true,
        });
        if kind == "DatabaseServer" {
            values["hostName"] = json!(host);
            values["port"] = json!(443);
            values["service"] = json!("");
        }
        values
    })
}

fn columns<'a>(
    graph: &mut Graph,
    table: Index,
    table_id: &str,
    names: impl Iterator<Item = &'a str>,
) -> Vec<Index> {
    let mut indices = Vec::new();
    for name in names {
        let id = luid(&[table_id, "column", name]);
        let column = graph.add(
            "Column",
            &id,
            || json!({"luid": id, "name": name, "displayName": name, "isNullable": true}),
        );
        graph.join(table, "columns", column, "table");
        indices.push(column);
    }
    indices
}

/// A virtual connection with all its tables.
fn virtual_connection(graph: &mut Graph, site: &Site, of: &VirtualConnection) -> Index {
    let n_objects = graph.objects.len();
    let index = graph.add("VirtualConnection", &luid(&["id", &of.luid]), || {
        json!({
            "luid": of.luid,
            "name": of.name,
            "uri": format!("sites/1/virtualConnections/{}", of.number),
            "vizportalUrlId": of.number.to_string(),
        })
    });
    if index < n_objects {
        return index;
    }
    for (name, upstream) in &of.tables {
        let id = luid(&[&of.luid, "table", name]);
        let own = graph.add("VirtualConnectionTable", &id, || {
            json!({
                "luid": luid(&["luid", &id]),
                "name": name,
                "isEmbedded": true,
                "isExtracted": false,
            })
        });
        graph.link(index, "tables", own);
        let upstream_index = table(graph, site, upstream);
        graph.link(own, "upstreamTables", upstream_index);
        graph.link(index, "upstreamTables", upstream_index);
        columns(graph, own, &id, upstream.columns.iter().map(String::as_str));
    }
    index
}

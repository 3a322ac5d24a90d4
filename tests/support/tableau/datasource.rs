//! What workbooks read: datasources, tables, custom SQL, virtual connections, flows.
//!
//! Plain data with a few builders; [`super::lower`] makes Tableau's objects of it.

/// A table in a warehouse, as Tableau knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Table {
    pub(crate) connection_type: String,
    pub(crate) database: String,
    pub(crate) schema: String,
    pub(crate) name: String,
    /// `None` for what Tableau leaves empty.
    pub(crate) full_name: Option<String>,
    /// The server's address, in `DatabaseServer.hostName`.
    pub(crate) host: String,
    pub(crate) columns: Vec<String>,
    /// The token's user may not see its names.
    pub(crate) is_hidden: bool,
}

impl Table {
    /// A table of this class, by its path: `DB.SCHEMA.NAME`, `schema.name` or `name`.
    pub(crate) fn new(connection_type: &str, path: &str) -> Self {
        let parts: Vec<&str> = path.split('.').collect();
        let (database, schema, name) = match parts.as_slice() {
            [name] => ("", "", *name),
            [schema, name] => ("", *schema, *name),
            [database, schema, ..] => {
                let start = database.len() + schema.len() + 2;
                (*database, *schema, &path[start..])
            }
            [] => ("", "", ""),
        };
        let bracketed = |parts: &[&str]| -> String {
            let parts = parts.iter().filter(|it| !it.is_empty());
            let quoted: Vec<String> = parts.map(|it| format!("[{it}]")).collect();
            quoted.join(".")
        };
        let names_database = matches!(connection_type, "snowflake" | "databricks" | "bigquery");
        let full_name = match names_database {
            true => bracketed(&[database, schema, name]),
            false => bracketed(&[schema, name]),
        };
        Self {
            connection_type: connection_type.to_owned(),
            database: database.to_owned(),
            schema: schema.to_owned(),
            name: name.to_owned(),
            full_name: Some(full_name),
            host: format!("{connection_type}.example.com"),
            columns: vec!["ID".to_owned()],
            is_hidden: false,
        }
    }
}

impl Table {
    pub(crate) fn columns(mut self, names: &[&str]) -> Self {
        self.columns = names.iter().map(|it| (*it).to_owned()).collect();
        self
    }

    /// Other than the table's own: the schema picked last in the connection dialog.
    pub(crate) fn schema(mut self, schema: &str) -> Self {
        schema.clone_into(&mut self.schema);
        self
    }

    pub(crate) fn full_name(mut self, full_name: Option<&str>) -> Self {
        self.full_name = full_name.map(str::to_owned);
        self
    }

    pub(crate) fn hidden(mut self) -> Self {
        self.is_hidden = true;
        self
    }
}

/// A table of Snowflake, which most tests mean.
impl From<&str> for Table {
    fn from(path: &str) -> Self {
        Self::new("snowflake", path)
    }
}

/// A query written by hand.
#[derive(Clone, Debug)]
pub(crate) struct CustomSql {
    pub(crate) name: String,
    pub(crate) query: String,
    pub(crate) connection_type: String,
    pub(crate) database: String,
    /// What Tableau's own parser found; empty and [`Self::is_unsupported`] where it gave up.
    pub(crate) tables: Vec<Table>,
    pub(crate) is_unsupported: bool,
    pub(crate) columns: Vec<String>,
}

impl CustomSql {
    pub(crate) fn new(connection_type: &str, database: &str, query: &str) -> Self {
        Self {
            name: "Custom SQL Query".to_owned(),
            query: query.to_owned(),
            connection_type: connection_type.to_owned(),
            database: database.to_owned(),
            tables: Vec::new(),
            is_unsupported: true,
            columns: vec!["value".to_owned()],
        }
    }

    /// Tableau understood the query, and says that it reads these.
    pub(crate) fn tables(mut self, tables: impl IntoIterator<Item = Table>) -> Self {
        self.tables = tables.into_iter().collect();
        self.is_unsupported = false;
        self
    }
}

/// Where the data of a datasource comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Upstream {
    pub(crate) tables: Vec<Table>,
    pub(crate) custom_sql: Vec<CustomSql>,
    /// Names of published datasources.
    pub(crate) published: Vec<String>,
    /// Names of virtual connections, with a table of each.
    pub(crate) virtual_tables: Vec<(String, String)>,
    /// Names of flows that write its tables.
    pub(crate) flows: Vec<String>,
    /// `upstreamTables` is empty although the columns lead to tables.
    pub(crate) is_only_in_columns: bool,
}

/// A calculated field.
#[derive(Clone, Debug)]
pub(crate) struct Calculation {
    pub(crate) name: String,
    pub(crate) formula: String,
    /// Names of the fields it reads.
    pub(crate) fields: Vec<String>,
}

/// A warning that somebody put on data.
#[derive(Clone, Debug)]
pub(crate) struct DataQuality {
    pub(crate) category: String,
    pub(crate) message: String,
    pub(crate) is_active: bool,
    pub(crate) is_elevated: bool,
}

/// A datasource: inside a workbook, or published beside them.
#[derive(Clone, Debug)]
pub(crate) struct Datasource {
    /// Given by the site when it takes the datasource in.
    pub(crate) id: String,
    pub(crate) luid: String,
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) content_url: String,
    pub(crate) description: Option<String>,
    /// The path of its project; `None` in a personal space.
    pub(crate) project: Option<String>,
    /// User name.
    pub(crate) owner: String,
    pub(crate) is_certified: bool,
    pub(crate) warnings: Vec<DataQuality>,
    pub(crate) tags: Vec<String>,
    pub(crate) extract_refreshed_at: Option<String>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    pub(crate) upstream: Upstream,
    pub(crate) calculations: Vec<Calculation>,
    /// The file that a download gives; else one is made.
    pub(crate) content: Option<(String, Vec<u8>)>,
}

impl Datasource {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            id: String::new(),
            luid: String::new(),
            number: 0,
            name: name.to_owned(),
            content_url: super::luid::content_url(name),
            description: None,
            project: Some("Default".to_owned()),
            owner: "ann".to_owned(),
            is_certified: false,
            warnings: Vec::new(),
            tags: Vec::new(),
            extract_refreshed_at: None,
            created_at: "2024-01-02T03:04:05Z".to_owned(),
            updated_at: "2025-01-02T03:04:05Z".to_owned(),
            upstream: Upstream::default(),
            calculations: Vec::new(),
            content: None,
        }
    }

    pub(crate) fn table(mut self, table: impl Into<Table>) -> Self {
        self.upstream.tables.push(table.into());
        self
    }

    pub(crate) fn custom_sql(mut self, sql: CustomSql) -> Self {
        self.upstream.custom_sql.push(sql);
        self
    }

    /// Reads a published datasource of this name.
    pub(crate) fn published(mut self, name: &str) -> Self {
        self.upstream.published.push(name.to_owned());
        self
    }

    /// Reads a table of a virtual connection.
    pub(crate) fn virtual_table(mut self, connection: &str, table: &str) -> Self {
        let table = (connection.to_owned(), table.to_owned());
        self.upstream.virtual_tables.push(table);
        self
    }

    /// Its tables are written by this flow.
    pub(crate) fn flow(mut self, name: &str) -> Self {
        self.upstream.flows.push(name.to_owned());
        self
    }

    pub(crate) fn only_in_columns(mut self) -> Self {
        self.upstream.is_only_in_columns = true;
        self
    }

    pub(crate) fn calculation(mut self, name: &str, formula: &str, fields: &[&str]) -> Self {
        self.calculations.push(Calculation {
            name: name.to_owned(),
            formula: formula.to_owned(),
            fields: fields.iter().map(|it| (*it).to_owned()).collect(),
        });
        self
    }

    pub(crate) fn project(mut self, path: &str) -> Self {
        self.project = Some(path.to_owned());
        self
    }

    pub(crate) fn owner(mut self, user: &str) -> Self {
        user.clone_into(&mut self.owner);
        self
    }

    pub(crate) fn certified(mut self) -> Self {
        self.is_certified = true;
        self
    }

    pub(crate) fn warning(mut self, category: &str, message: &str) -> Self {
        self.warnings.push(DataQuality {
            category: category.to_owned(),
            message: message.to_owned(),
            is_active: true,
            is_elevated: false,
        });
        self
    }

    pub(crate) fn tag(mut self, tag: &str) -> Self {
        self.tags.push(tag.to_owned());
        self
    }

    /// Holds an extract, last refreshed then.
    pub(crate) fn extract(mut self, refreshed_at: &str) -> Self {
        self.extract_refreshed_at = Some(refreshed_at.to_owned());
        self
    }
}

/// A connection that several datasources share.
#[derive(Clone, Debug)]
pub(crate) struct VirtualConnection {
    pub(crate) luid: String,
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) owner: String,
    pub(crate) is_certified: bool,
    /// Its name there, and the table in the warehouse.
    pub(crate) tables: Vec<(String, Table)>,
}

impl VirtualConnection {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            luid: String::new(),
            number: 0,
            name: name.to_owned(),
            project: "Default".to_owned(),
            owner: "ann".to_owned(),
            is_certified: false,
            tables: Vec::new(),
        }
    }

    pub(crate) fn table(mut self, name: &str, table: impl Into<Table>) -> Self {
        self.tables.push((name.to_owned(), table.into()));
        self
    }

    pub(crate) fn project(mut self, path: &str) -> Self {
        path.clone_into(&mut self.project);
        self
    }
}

/// A Prep flow.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    pub(crate) luid: String,
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) owner: String,
    /// The tables it reads.
    pub(crate) inputs: Vec<Table>,
}

impl Flow {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            luid: String::new(),
            number: 0,
            name: name.to_owned(),
            project: "Default".to_owned(),
            owner: "ann".to_owned(),
            inputs: Vec::new(),
        }
    }

    pub(crate) fn input(mut self, table: impl Into<Table>) -> Self {
        self.inputs.push(table.into());
        self
    }
}

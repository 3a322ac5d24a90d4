//! One datasource: its connections, what it reads through them, its extract.

use std::collections::HashSet;

use lineage::{
    Connection, CustomSql, Datasource, Extract, GapCode, PublishedRef, Table, Warehouse,
};

use super::relations::{Kind, Leaf, leaves};
use super::urls::Location;
use super::{Context, fields};
use crate::custom_sql;
use crate::error::Error;
use crate::table_name::{Place, parse_table_name};
use crate::xml::Element;

/// Reads a `datasource` element of a workbook, or the root of a `.tds`.
pub(super) fn read(element: Element<'_>, ctx: &mut Context<'_>) -> Result<Datasource, Error> {
    let formatted = element.stated("formatted-name");
    let mut datasource = Datasource {
        name: element
            .stated("name")
            .or_else(|| formatted.clone())
            .unwrap_or_default(),
        caption: element
            .stated("caption")
            .or(formatted.filter(|it| !is_internal(it))),
        class: element
            .first("connection")
            .and_then(|it| it.stated("class"))
            .unwrap_or_default(),
        published_as: published_as(element),
        extract: extract(element),
        connections: connections(element),
        ..Datasource::default()
    };
    let mut lowering = Lowering {
        element,
        title: datasource.title().to_owned(),
        datasource: &mut datasource,
        seen: HashSet::new(),
        hidden: Vec::new(),
        ctx,
    };
    for leaf in leaves(element) {
        lowering.add(leaf)?;
    }
    lowering.finish();
    datasource.fields = fields::read(element, &datasource);
    Ok(datasource)
}

/// Names that Tableau makes up and no person reads: `federated.0a1b…`.
fn is_internal(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(class, id)| {
        let is_word = |c: char| c.is_ascii_lowercase() || c == '_' || c == '-';
        let is_id = id.len() >= 20
            && id
                .bytes()
                .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
        is_id && !class.is_empty() && class.chars().all(is_word)
    })
}

fn extract(datasource: Element<'_>) -> Option<Extract> {
    let extract = datasource.first("extract")?;
    Some(if extract.is("enabled", "false") {
        Extract::Disabled
    } else {
        Extract::Enabled
    })
}

/// Set when the datasource only points at a published one.
fn published_as(datasource: Element<'_>) -> Option<PublishedRef> {
    let proxy = connection_elements(datasource)
        .into_iter()
        .map(|(_, it)| it)
        .find(|it| it.is("class", "sqlproxy"))?;
    let location = Location::of_datasource(datasource);
    Some(PublishedRef {
        content_url: proxy.stated("dbname").or(location.content_url),
        name: proxy
            .stated("server-ds-friendly-name")
            .or_else(|| datasource.stated("caption")),
        site: location.site,
    })
}

/// The connections that lead out of Tableau.
fn connections(datasource: Element<'_>) -> Vec<Connection> {
    connection_elements(datasource)
        .into_iter()
        .filter(|(_, it)| !it.is("class", "sqlproxy"))
        .map(|(name, it)| connection(name, it))
        .collect()
}

/// The innermost connections with their names; a legacy one has none.
fn connection_elements(datasource: Element<'_>) -> Vec<(String, Element<'_>)> {
    let mut found = Vec::new();
    for outer in datasource.named("connection") {
        let named: Vec<_> = outer
            .named("named-connections")
            .flat_map(|it| it.named("named-connection"))
            .flat_map(|it| {
                let name = it.stated("name").unwrap_or_default();
                it.named("connection")
                    .map(move |inner| (name.clone(), inner))
            })
            .collect();
        if named.is_empty() && !outer.is("class", "federated") {
            found.push((String::new(), outer));
        }
        found.extend(named);
    }
    found
}

fn connection(name: String, element: Element<'_>) -> Connection {
    let class = element.stated("class").unwrap_or_default();
    // BigQuery's project with the data; `EXECCATALOG` is only the one that pays.
    let dbname = match Warehouse::from_connection_class(&class) {
        Warehouse::BigQuery => element
            .stated("CATALOG")
            .or_else(|| element.stated("project"))
            .or_else(|| element.stated("dbname")),
        _ => element
            .stated("dbname")
            .or_else(|| element.stated("CATALOG")),
    };
    Connection {
        name,
        class,
        dbname,
        schema: element.stated("schema"),
        server: element.stated("server"),
    }
}

/// Why a datasource's tables are not known, each told once.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Hidden {
    Extract,
    VirtualConnection(String),
}

struct Lowering<'l, 'f> {
    element: Element<'l>,
    datasource: &'l mut Datasource,
    title: String,
    /// What was lowered already: the object graph repeats it.
    seen: HashSet<(Option<String>, String, String)>,
    hidden: Vec<Hidden>,
    ctx: &'l mut Context<'f>,
}

/// How a relation is reached.
enum Way {
    /// From a warehouse or a file.
    Direct,
    /// From an extract whose origin is not known.
    Extract,
    /// Through a published datasource, which is said elsewhere.
    Published,
    /// Through a virtual connection.
    Virtual,
}

impl Lowering<'_, '_> {
    fn add(&mut self, leaf: Leaf<'_>) -> Result<(), Error> {
        match self.way(leaf.element) {
            Way::Published => Ok(()),
            Way::Extract => {
                self.hide(Hidden::Extract);
                Ok(())
            }
            Way::Virtual => self.add_virtual(leaf.element),
            Way::Direct => match leaf.kind {
                Kind::Table => self.add_table(leaf.element),
                Kind::CustomSql => self.add_query(leaf.element),
                Kind::StoredProcedure => self.add_procedure(leaf.element),
            },
        }
    }

    fn way(&self, relation: Element<'_>) -> Way {
        let class = match self.connection_of(relation) {
            Some(connection) => connection.class.as_str(),
            None if self.datasource.published_as.is_some() => "sqlproxy",
            None => "",
        };
        let raw = relation.attr("table").unwrap_or_default();
        match class {
            "sqlproxy" => Way::Published,
            "hyper" | "dataengine" => Way::Extract,
            "publishedConnection" => Way::Virtual,
            "" if raw == "[sqlproxy]" => Way::Published,
            "" if raw.starts_with("[Extract].[") => Way::Extract,
            _ => Way::Direct,
        }
    }

    /// The connection that the relation names, or the only one there is.
    fn connection_of(&self, relation: Element<'_>) -> Option<&Connection> {
        let name = relation.attr("connection");
        let connections = &self.datasource.connections;
        let named = connections
            .iter()
            .find(|it| Some(it.name.as_str()) == name.as_deref());
        named.or(match connections.as_slice() {
            [only] if self.datasource.published_as.is_none() => Some(only),
            _ => None,
        })
    }

    /// The name of the relation's connection as it is lowered.
    fn connection_name(&self, relation: Element<'_>) -> Option<String> {
        let found = self.connection_of(relation).map(|it| it.name.clone());
        found
            .or_else(|| relation.stated("connection"))
            .filter(|it| !it.is_empty())
    }

    fn hide(&mut self, hidden: Hidden) {
        if !self.hidden.contains(&hidden) {
            self.hidden.push(hidden);
        }
    }

    fn is_new(&mut self, connection: &Option<String>, name: &str, text: &str) -> bool {
        self.seen
            .insert((connection.clone(), name.to_owned(), text.to_owned()))
    }

    fn add_table(&mut self, relation: Element<'_>) -> Result<(), Error> {
        let raw = relation
            .stated("table")
            .or_else(|| Some(format!("[{}]", relation.stated("name")?.replace(']', "]]"))));
        let Some(raw) = raw else { return Ok(()) };
        let connection = self.connection_name(relation);
        let Some(parsed) = parse_table_name(&raw) else {
            return Ok(());
        };
        if !self.is_new(&connection, "", &raw) {
            return Ok(());
        }
        self.ctx.count()?;
        let place = Place::of(self.connection_of(relation));
        let (relation, database_stated) = place.complete_listed(parsed);
        self.datasource.tables.push(Table {
            raw,
            relation,
            database_stated,
            connection,
        });
        Ok(())
    }

    fn add_query(&mut self, relation: Element<'_>) -> Result<(), Error> {
        let name = relation.stated("name").unwrap_or_default();
        let connection = self.connection_name(relation);
        if !self.is_new(&connection, &name, relation.text()) {
            return Ok(());
        }
        self.ctx.count()?;
        let place = Place::of(self.connection_of(relation));
        let found = custom_sql::read(
            relation.text(),
            place.warehouse(),
            self.ctx.limits.max_query,
        );
        let (tables, opaque) = match found {
            Ok(found) => (found.tables, found.opaque),
            Err(Error::OpaqueQuery(why)) => (Vec::new(), Some(why)),
            Err(_) => (Vec::new(), Some("it does not parse")),
        };
        if let Some(why) = opaque {
            let warehouse = place.warehouse().clone();
            let message = format!(
                "custom SQL `{name}` of `{}` in {} could not be read: {why}",
                self.title, self.ctx.file_name
            );
            self.ctx
                .add_gap(GapCode::CustomSqlUnreadable, message, warehouse);
        }
        let table = |it: custom_sql::Reference| {
            let (relation, database_stated) = place.complete_sql(it.relation);
            Table {
                raw: it.raw,
                relation,
                database_stated,
                connection: connection.clone(),
            }
        };
        let tables = tables.into_iter().map(table).collect();
        let query = CustomSql {
            name,
            connection,
            tables,
            readable: opaque.is_none(),
        };
        self.datasource.custom_sql.push(query);
        Ok(())
    }

    fn add_procedure(&mut self, relation: Element<'_>) -> Result<(), Error> {
        let name = ["stored-proc", "procedure", "actual-name", "table", "name"]
            .iter()
            .find_map(|it| relation.stated(it))
            .unwrap_or_default();
        let connection = self.connection_name(relation);
        if !self.is_new(&connection, "procedure", &name) {
            return Ok(());
        }
        self.ctx.count()?;
        let warehouse = Place::of(self.connection_of(relation)).warehouse().clone();
        let message = format!(
            "stored procedure `{name}` of `{}` in {} hides the tables it reads",
            self.title, self.ctx.file_name
        );
        self.ctx
            .add_gap(GapCode::StoredProcedure, message, warehouse);
        Ok(())
    }

    /// A virtual connection's tables are named by ids; captions are the only hint at real ones.
    fn add_virtual(&mut self, relation: Element<'_>) -> Result<(), Error> {
        let connection = self.connection_name(relation);
        self.hide(Hidden::VirtualConnection(
            self.resource_name(connection.as_deref()),
        ));
        let captions = [
            relation.stated("caption"),
            relation.stated("name"),
            Some(self.title.clone()),
        ];
        let Some(raw) = captions
            .into_iter()
            .flatten()
            .find_map(|it| table_in_caption(&it))
        else {
            return Ok(());
        };
        let Some(parsed) = parse_table_name(&raw) else {
            return Ok(());
        };
        if self.is_new(&connection, "", &raw) {
            self.ctx.count()?;
            let database_stated = parsed.database.is_some();
            let table = Table {
                raw,
                relation: parsed,
                database_stated,
                connection,
            };
            self.datasource.tables.push(table);
        }
        Ok(())
    }

    /// The name that people know a virtual connection by.
    fn resource_name(&self, connection: Option<&str>) -> String {
        let elements = connection_elements(self.element);
        let found = elements
            .iter()
            .find(|(name, _)| Some(name.as_str()) == connection);
        let name = found.and_then(|(_, it)| it.stated("resourceName"));
        name.unwrap_or_else(|| connection.unwrap_or_default().to_owned())
    }

    fn finish(mut self) {
        for hidden in std::mem::take(&mut self.hidden) {
            let (title, file) = (&self.title, self.ctx.file_name);
            let (code, message) = match hidden {
                Hidden::Extract => (
                    GapCode::ExtractOnly,
                    format!(
                        "`{title}` in {file} holds only an extract; what it was made from is not known"
                    ),
                ),
                Hidden::VirtualConnection(name) => (
                    GapCode::VirtualConnection,
                    format!(
                        "`{title}` in {file} reads the virtual connection `{name}`, whose tables are not at hand"
                    ),
                ),
            };
            self.ctx.add_gap(code, message, Warehouse::Generic);
        }
    }
}

/// The table in a caption such as `orders (workspace.sales.orders) (Warehouse)`.
fn table_in_caption(caption: &str) -> Option<String> {
    caption.split('(').skip(1).find_map(|it| {
        let (inner, _) = it.split_once(')')?;
        let parts: Vec<&str> = inner.split('.').collect();
        let is_word = |it: &&str| {
            !it.is_empty()
                && it
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$'))
        };
        let bracketed = || {
            parts
                .iter()
                .map(|it| format!("[{it}]"))
                .collect::<Vec<_>>()
                .join(".")
        };
        (parts.len() == 3 && parts.iter().all(is_word)).then(bracketed)
    })
}

//! One datasource: what it reads through its connections, its extract.

use std::collections::{BTreeSet, HashSet};

use lineage::{
    Connection, CustomSql, Datasource, Extract, GapCode, Relation, Table, Through, Warehouse,
};

use super::connections::Connections;
use super::relations::{Kind, Leaf, leaves};
use super::{Context, fields};
use crate::custom_sql::{self, Found, Query};
use crate::error::Error;
use crate::table_name::{Place, parse_table_name};
use crate::xml::Element;

/// Reads a `datasource` element of a workbook, or the root of a `.tds`.
pub(super) fn read(element: Element<'_>, ctx: &mut Context<'_>) -> Result<Datasource, Error> {
    let connections = Connections::of(element);
    let mut published = connections.published(element).into_iter();
    let mut datasource = Datasource {
        connections: connections.outward(),
        published_as: published.next(),
        extract: extract(element),
        ..named(element)
    };
    let mut lowering = Lowering {
        title: datasource.title().to_owned(),
        connections: &connections,
        datasource: &mut datasource,
        seen: HashSet::new(),
        hidden: BTreeSet::new(),
        ctx,
    };
    lowering
        .hidden
        .extend(published.map(|it| Hidden::Published(it.content_url.unwrap_or_default())));
    for leaf in leaves(element) {
        lowering.add(leaf)?;
    }
    lowering.finish();
    datasource.fields = fields::read(element, &datasource);
    Ok(datasource)
}

/// A datasource with its names and class alone.
fn named(element: Element<'_>) -> Datasource {
    let formatted = element.stated("formatted-name");
    let name = element.stated("name").or_else(|| formatted.clone());
    let connection = element.first("connection");
    Datasource {
        name: name.unwrap_or_default(),
        caption: element
            .stated("caption")
            .or(formatted.filter(|it| !is_internal(it))),
        class: connection
            .and_then(|it| it.stated("class"))
            .unwrap_or_default(),
        ..Datasource::default()
    }
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

/// Why tables of a datasource are not known, each told once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hidden {
    Extract,
    VirtualConnection(String),
    /// A second published datasource; the first is what the datasource points at.
    Published(String),
}

struct Lowering<'l, 'f> {
    datasource: &'l mut Datasource,
    title: String,
    connections: &'l Connections,
    /// What was lowered already: the object graph repeats it.
    seen: HashSet<(Option<String>, String, String)>,
    hidden: BTreeSet<Hidden>,
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
                self.hidden.insert(Hidden::Extract);
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
        let class = self
            .connection_of(relation)
            .map_or("", |it| it.class.as_str());
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

    fn connection_of(&self, relation: Element<'_>) -> Option<&Connection> {
        self.connections
            .of_relation(relation)
            .map(|it| &it.connection)
    }

    /// The name of the relation's connection as it is lowered.
    fn connection_name(&self, relation: Element<'_>) -> Option<String> {
        let found = self.connection_of(relation).map(|it| it.name.clone());
        found
            .or_else(|| relation.stated("connection"))
            .filter(|it| !it.is_empty())
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
        if !self.is_new(&connection, "", &raw) {
            return Ok(());
        }
        self.ctx.count()?;
        // A name in no known form is still a table that is read.
        let parsed = parse_table_name(&raw).unwrap_or_else(|| Relation::stored("", "", &raw));
        let place = Place::of(self.connection_of(relation));
        let (relation, database_stated) = place.complete_listed(parsed);
        self.datasource.tables.push(Table {
            raw,
            relation,
            database_stated,
            connection,
            through: Through::Listed,
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
        let reach = self.connections.of_relation(relation);
        let found = custom_sql::read(&Query {
            text: relation.text(),
            initial_sql: reach.and_then(|it| it.initial_sql.as_deref()),
            warehouse: place.warehouse(),
            max_len: self.ctx.limits.max_query,
        });
        let found = found.unwrap_or_else(|err| match err {
            Error::OpaqueQuery(why) => Found::unknown(why),
            _ => Found::unknown("it does not parse"),
        });
        if let Some(why) = found.opaque {
            self.add_unreadable(&name, why, &place);
        }
        let readable = found.opaque.is_none();
        let tables = custom_sql::completed(found, &place, &connection);
        self.datasource.custom_sql.push(CustomSql {
            name,
            connection,
            tables,
            readable,
        });
        Ok(())
    }

    fn add_unreadable(&mut self, query: &str, why: &str, place: &Place) {
        let (title, file) = (&self.title, self.ctx.file_name);
        let message =
            format!("custom SQL `{query}` of `{title}` in {file} could not be read: {why}");
        let warehouse = place.warehouse().clone();
        self.ctx
            .add_gap(GapCode::CustomSqlUnreadable, message, warehouse);
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
        let reach = self.connections.of_relation(relation);
        let title = reach
            .and_then(|it| it.title.clone())
            .or_else(|| connection.clone());
        self.hidden
            .insert(Hidden::VirtualConnection(title.unwrap_or_default()));
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
                through: Through::Listed,
            };
            self.datasource.tables.push(table);
        }
        Ok(())
    }

    fn finish(self) {
        let (title, file) = (&self.title, self.ctx.file_name);
        for hidden in self.hidden {
            let (code, what) = match hidden {
                Hidden::Extract => (
                    GapCode::ExtractOnly,
                    "holds only an extract; what it was made from is not known".to_owned(),
                ),
                Hidden::VirtualConnection(name) => (
                    GapCode::VirtualConnection,
                    format!("reads the virtual connection `{name}`, whose tables are not at hand"),
                ),
                Hidden::Published(name) => (
                    GapCode::PublishedDatasourceUnavailable,
                    format!("reads a second published datasource, `{name}`, which is not followed"),
                ),
            };
            self.ctx.add_gap(
                code,
                format!("`{title}` in {file} {what}"),
                Warehouse::Generic,
            );
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

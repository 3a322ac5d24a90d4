//! A datasource's connections: to warehouses, files, published datasources.
//!
//! Legacy datasources have one without a name; federated ones have named ones,
//! which relations refer to.

use std::collections::HashMap;

use lineage::{Connection, PublishedRef, Warehouse};

use super::urls::Location;
use crate::xml::Element;

/// The connections of one datasource, those to published datasources included.
pub(super) struct Connections {
    list: Vec<Reach>,
    by_name: HashMap<String, usize>,
}

/// A connection and what else its element says.
pub(super) struct Reach {
    pub(super) connection: Connection,
    /// The name that people know it by, where it is a thing of its own on the site.
    pub(super) title: Option<String>,
    /// What is run before every query (`one-time-sql`).
    pub(super) initial_sql: Option<String>,
}

impl Connections {
    /// The connections of the `datasource` element.
    pub(super) fn of(datasource: Element<'_>) -> Connections {
        let list: Vec<Reach> = elements(datasource)
            .into_iter()
            .map(|(name, it)| Reach::new(name, it))
            .collect();
        let mut by_name = HashMap::new();
        for (ix, reach) in list.iter().enumerate() {
            by_name.entry(reach.connection.name.clone()).or_insert(ix);
        }
        Connections { list, by_name }
    }

    /// The connection that a relation names, or the only one there is.
    pub(super) fn of_relation(&self, relation: Element<'_>) -> Option<&Reach> {
        let name = relation.attr("connection").unwrap_or_default();
        match (self.by_name.get(&*name), self.list.as_slice()) {
            (Some(&ix), _) => self.list.get(ix),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// Those that lead out of Tableau.
    pub(super) fn outward(&self) -> Vec<Connection> {
        let outward = self.list.iter().filter(|it| !it.is_published());
        outward.map(|it| it.connection.clone()).collect()
    }

    /// The published datasources that they lead to, in order.
    pub(super) fn published(&self, datasource: Element<'_>) -> Vec<PublishedRef> {
        let location = Location::of_datasource(datasource);
        let reference = |it: &Reach| PublishedRef {
            content_url: it
                .connection
                .dbname
                .clone()
                .or_else(|| location.content_url.clone()),
            name: it.title.clone().or_else(|| datasource.stated("caption")),
            site: location.site.clone(),
            luid: None,
        };
        self.list
            .iter()
            .filter(|it| it.is_published())
            .map(reference)
            .collect()
    }
}

impl Reach {
    fn new(name: String, element: Element<'_>) -> Reach {
        Reach {
            title: element
                .stated("server-ds-friendly-name")
                .or_else(|| element.stated("resourceName")),
            initial_sql: element.stated("one-time-sql"),
            connection: connection(name, element),
        }
    }

    fn is_published(&self) -> bool {
        self.connection.class == "sqlproxy"
    }
}

/// The innermost connections with their names; a legacy one has none.
fn elements(datasource: Element<'_>) -> Vec<(String, Element<'_>)> {
    let mut found = Vec::new();
    for outer in datasource.named("connection") {
        let n_before = found.len();
        for named in outer
            .named("named-connections")
            .flat_map(|it| it.named("named-connection"))
        {
            let name = named.stated("name").unwrap_or_default();
            found.extend(named.named("connection").map(|it| (name.clone(), it)));
        }
        if found.len() == n_before && !outer.is("class", "federated") {
            found.push((String::new(), outer));
        }
    }
    found
}

fn connection(name: String, element: Element<'_>) -> Connection {
    let class = element.stated("class").unwrap_or_default();
    // BigQuery's project with the data; `EXECCATALOG` is only the one that pays.
    let keys: &[&str] = match Warehouse::from_connection_class(&class) {
        Warehouse::BigQuery => &["CATALOG", "project", "dbname"],
        _ => &["dbname", "CATALOG"],
    };
    Connection {
        name,
        class,
        dbname: keys.iter().find_map(|it| element.stated(it)),
        schema: element.stated("schema"),
        server: element.stated("server"),
    }
}

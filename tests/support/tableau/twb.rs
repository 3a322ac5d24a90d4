//! The files that a download gives: workbooks and datasources as Tableau saves them.

use quick_xml::escape::escape;

use super::datasource::{Datasource, Table};
use super::luid::content_url;
use super::site::Site;
use super::workbook::{Dashboard, Sheet, Workbook};

/// A `.twb`.
pub(crate) fn workbook(site: &Site, of: &Workbook, base_url: &str) -> String {
    let own = location(site, "workbooks", &of.content_url);
    let datasources = of.datasources.iter().map(|it| embedded(site, it));
    let sheets = of.sheets.iter().map(|it| sheet(site, of, it));
    let dashboards = of.dashboards.iter().map(|it| dashboard(site, of, it));
    format!(
        "<?xml version='1.0' encoding='utf-8' ?>\n\
         <workbook source-build='2025.1.0 (20251.25.0301.1530)' version='18.1' xml:base='{base}'>\n\
         {own}<datasources>\n{datasources}</datasources>\n\
         <worksheets>\n{sheets}</worksheets>\n\
         <dashboards>\n{dashboards}</dashboards>\n</workbook>\n",
        base = escape(base_url),
        datasources = datasources.collect::<String>(),
        sheets = sheets.collect::<String>(),
        dashboards = dashboards.collect::<String>(),
    )
}

/// A `.tds`.
pub(crate) fn datasource(site: &Site, of: &Datasource) -> String {
    let own = location(site, "datasources", &of.content_url);
    format!(
        "<?xml version='1.0' encoding='utf-8' ?>\n\
         <datasource formatted-name='{name}' inline='true' version='18.1'>\n{own}{connection}\
         </datasource>\n",
        name = escape(&of.name),
        connection = connection(site, of),
    )
}

fn location(site: &Site, kind: &str, id: &str) -> String {
    let site_path = match site.content_url.as_str() {
        "" => String::new(),
        name => format!("/t/{}", escape(name)),
    };
    format!(
        "<repository-location id='{id}' path='{site_path}/{kind}' revision='1.0' site='{site}' />\n",
        id = escape(id),
        site = escape(&site.content_url),
    )
}

fn embedded(site: &Site, of: &Datasource) -> String {
    format!(
        "<datasource caption='{caption}' inline='true' name='{name}' version='18.1'>\n\
         {connection}</datasource>\n",
        caption = escape(&of.name),
        name = escape(internal(&of.name)),
        connection = connection(site, of),
    )
}

/// The name that sheets use for a datasource.
fn internal(name: &str) -> String {
    format!("federated.{}", content_url(name).to_lowercase())
}

fn connection(site: &Site, of: &Datasource) -> String {
    if let Some(name) = of.upstream.published.first() {
        return published(site, name);
    }
    let named: Vec<(String, String)> = named_connections(of);
    let relations = relations(of, &named);
    let relations = match relations.as_slice() {
        [one] => one.clone(),
        many => format!(
            "<relation type='collection'>\n{}</relation>\n",
            many.concat()
        ),
    };
    let named: String = named.into_iter().map(|it| it.1).collect();
    format!(
        "<connection class='federated'>\n<named-connections>\n{named}</named-connections>\n\
         {relations}</connection>\n"
    )
}

fn published(site: &Site, name: &str) -> String {
    let mut datasources = site.datasources.iter();
    let found = datasources.find(|it| it.name == name);
    let id = found.map_or_else(|| content_url(name), |it| it.content_url.clone());
    format!(
        "{location}<connection class='sqlproxy' channel='https' dbname='{id}' \
         directory='/dataserver' server='localhost' server-ds-friendly-name='{name}'>\n\
         <relation name='sqlproxy' table='[sqlproxy]' type='table' />\n</connection>\n",
        location = location(site, "datasources", &id),
        id = escape(&id),
        name = escape(name),
    )
}

/// A name, and the XML of it, for each server and database.
fn named_connections(of: &Datasource) -> Vec<(String, String)> {
    let upstream = &of.upstream;
    let tables = upstream.tables.iter();
    let mut keys: Vec<(&str, &str)> = tables
        .map(|it| (it.connection_type.as_str(), it.database.as_str()))
        .collect();
    let queries = upstream.custom_sql.iter();
    keys.extend(queries.map(|it| (it.connection_type.as_str(), it.database.as_str())));
    keys.sort_unstable();
    keys.dedup();
    let mut named: Vec<(String, String)> = keys
        .into_iter()
        .map(|(class, database)| {
            let name = connection_name(class, database);
            let xml = format!(
                "<named-connection caption='{class}' name='{name}'>\n<connection \
                 class='{class}' dbname='{database}' server='{class}.example.com' />\n\
                 </named-connection>\n",
                class = escape(class),
                name = escape(&name),
                database = escape(database),
            );
            (name, xml)
        })
        .collect();
    for (connection, _) in &upstream.virtual_tables {
        let name = connection_name("publishedConnection", connection);
        let xml = format!(
            "<named-connection caption='{caption}' name='{name}'>\n<connection \
             class='publishedConnection' resourceName='{caption}' />\n</named-connection>\n",
            caption = escape(connection),
            name = escape(&name),
        );
        named.push((name, xml));
    }
    named
}

fn connection_name(class: &str, database: &str) -> String {
    format!("{class}.{}", content_url(database).to_lowercase())
}

fn relations(of: &Datasource, named: &[(String, String)]) -> Vec<String> {
    let upstream = &of.upstream;
    let tables = upstream.tables.iter().map(table_relation);
    let queries = upstream.custom_sql.iter().map(|it| {
        format!(
            "<relation connection='{connection}' name='{name}' type='text'>{query}</relation>\n",
            connection = escape(connection_name(&it.connection_type, &it.database)),
            name = escape(&it.name),
            query = escape(&it.query),
        )
    });
    let of_virtual = upstream.virtual_tables.iter().map(|(connection, table)| {
        let name = connection_name("publishedConnection", connection);
        let name = named.iter().find(|it| it.0 == name).map_or("", |it| &it.0);
        let id = super::luid::luid(&["virtual table", connection, table]);
        format!(
            "<relation connection='{name}' name='{table}' table='[{id}].[{table}]' type='table' />\n",
            name = escape(name),
            table = escape(table),
        )
    });
    tables.chain(queries).chain(of_virtual).collect()
}

fn table_relation(of: &Table) -> String {
    format!(
        "<relation connection='{connection}' name='{name}' table='{table}' type='table' />\n",
        connection = escape(connection_name(&of.connection_type, &of.database)),
        name = escape(&of.name),
        table = escape(of.full_name.as_deref().unwrap_or(&of.name)),
    )
}

fn sheet(site: &Site, workbook: &Workbook, of: &Sheet) -> String {
    let own = match of.is_hidden {
        true => String::new(),
        false => location_in(site, workbook, &of.name),
    };
    let datasources: String = of
        .datasources
        .iter()
        .map(|it| {
            let name = internal(it);
            format!(
                "<datasource caption='{}' name='{}' />\n",
                escape(it),
                escape(&name)
            )
        })
        .collect();
    format!(
        "<worksheet name='{name}'>\n{own}<table>\n<view>\n<datasources>\n{datasources}\
         </datasources>\n</view>\n</table>\n</worksheet>\n",
        name = escape(&of.name),
    )
}

/// Where a sheet or dashboard of the workbook is published.
fn location_in(site: &Site, workbook: &Workbook, name: &str) -> String {
    let kind = format!("workbooks/{}", workbook.content_url);
    location(site, &kind, &content_url(name))
}

fn dashboard(site: &Site, workbook: &Workbook, of: &Dashboard) -> String {
    let own = location_in(site, workbook, &of.name);
    let name = escape(&of.name);
    if of.is_story {
        let points = of.sheets.iter().enumerate().map(|(nth, it)| {
            format!(
                "<story-point captured-sheet='{}' id='{nth}' />\n",
                escape(it)
            )
        });
        return format!(
            "<dashboard name='{name}' type='storyboard'>\n{own}<zones>\n<zone id='1' \
             type-v2='flipboard'>\n<flipboard>\n<story-points>\n{points}</story-points>\n\
             </flipboard>\n</zone>\n</zones>\n</dashboard>\n",
            points = points.collect::<String>(),
        );
    }
    let zones = of.sheets.iter().enumerate().map(|(nth, it)| {
        format!(
            "<zone h='100' id='{nth}' name='{}' w='100' x='0' y='0' />\n",
            escape(it)
        )
    });
    format!(
        "<dashboard name='{name}'>\n{own}<zones>\n{zones}</zones>\n</dashboard>\n",
        zones = zones.collect::<String>(),
    )
}

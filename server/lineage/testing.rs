//! Projects and Tableau content as a few lines of text, for tests.
//!
//! A project is one node a line, `-` for no relation:
//! ```text
//! model.shop.stg_orders  ANALYTICS.STAGING.stg_orders
//! model.shop.fct_orders  ANALYTICS.MARTS."Orders" <- model.shop.stg_orders
//! model.shop.dim.v2      ANALYTICS.MARTS.dim_v2 latest=2 pointer=ANALYTICS.MARTS.dim
//! source.shop.crm.users  RAW.CRM.users yml=models/crm.yml
//! ```
//! Tableau's content is one thing a line, tables below their datasource, published
//! datasources last. A workbook without sheets gets one on each datasource, and a
//! dashboard that shows them all.
//! ```text
//! workbook Sales file=tableau/Sales.twb
//! datasource Orders snowflake
//! [ANALYTICS].[MARTS].[Orders]
//! sql marts.customers, raw.crm.users
//! field Amount: AMOUNT on [ANALYTICS].[MARTS].[Orders]
//! sql ?
//! datasource Budget sqlproxy -> Budget
//! sheet By day: Orders, Budget
//! dashboard Overview: By day
//! story Tale: Overview
//! published Budget snowflake
//! [ANALYTICS].[MARTS].[BUDGET]
//! ```

use std::sync::Arc;

use crate::content::{
    Connection, Content, ContentKind, CustomSql, Dashboard, Datasource, Extract, FieldColumn, Luid,
    PublishedDatasource, PublishedRef, Sheet, Table, Through, Workbook,
};
use crate::exposure::{Exposure, ExposureName, Owner};
use crate::graph::{Lineage, LineageInput};
use crate::knowledge::{Gap, GapCode};
use crate::node::{Access, Node, NodeKind, Nodes, UniqueId};
use crate::relation::{Identifier, Relation};
use crate::warehouse::Warehouse;

/// The lineage of a project whose adapter is `adapter`.
pub fn lineage(adapter: &str, project: &str, exposures: &str, tableau: &str) -> Lineage {
    Lineage::build(LineageInput {
        warehouse: Warehouse::from_adapter(adapter),
        nodes: Arc::new(nodes(project)),
        exposures: exposures.lines().filter_map(exposure).collect(),
        contents: contents(tableau).into(),
    })
}

/// The nodes of a project named `shop`.
pub fn nodes(project: &str) -> Nodes {
    Nodes::new("shop", project.lines().filter_map(node).collect())
}

fn node(line: &str) -> Option<Node> {
    let (line, parents) = line.split_once("<-").unwrap_or((line, ""));
    let mut words = words(line.trim()).into_iter();
    let id = words.next()?;
    let relation = words.next().filter(|it| it != "-").map(|it| relation(&it));
    let mut parts = id.split('.');
    let kind = match parts.next()? {
        "seed" => NodeKind::Seed,
        "snapshot" => NodeKind::Snapshot,
        "source" => NodeKind::Source,
        _ => NodeKind::Model,
    };
    let package = parts.next()?.to_owned();
    let source_name = (kind == NodeKind::Source).then(|| parts.next()).flatten();
    let mut node = Node {
        id: UniqueId::new(&id),
        kind,
        name: parts.next()?.to_owned(),
        package,
        source_name: source_name.map(str::to_owned),
        version: parts.next().map(|it| it.trim_start_matches('v').to_owned()),
        latest_version: None,
        path: String::new(),
        properties_path: None,
        relation,
        latest_pointer: None,
        materialized: None,
        access: None,
        group: None,
        depends_on: list(parents).map(UniqueId::new).collect(),
        checksum: None,
    };
    for word in words {
        let (key, value) = word.split_once('=').expect("key=value");
        match key {
            "latest" => node.latest_version = Some(value.to_owned()),
            "pointer" => node.latest_pointer = Some(self::relation(value)),
            "access" => node.access = (value == "private").then_some(Access::Private),
            "path" => node.path = value.to_owned(),
            "yml" => node.properties_path = Some(value.to_owned()),
            _ => panic!("no such key: {key}"),
        }
    }
    Some(node)
}

/// `name label="A title" url=https://… tableau.luid=… disabled`
pub fn exposure(line: &str) -> Option<Exposure> {
    let mut words = words(line.trim()).into_iter();
    let name = words.next()?;
    let mut exposure = Exposure {
        id: UniqueId::new(&format!("exposure.shop.{name}")),
        name: ExposureName::new(name),
        package: "shop".to_owned(),
        label: None,
        url: None,
        owner: Owner::default(),
        path: "models/exposures/tableau.yml".to_owned(),
        meta: Vec::new(),
        depends_on: Vec::new(),
        enabled: true,
    };
    for word in words {
        match word.split_once('=') {
            None => exposure.enabled = word != "disabled",
            Some(("label", label)) => exposure.label = Some(label.replace('"', "")),
            Some(("url", url)) => exposure.url = Some(url.to_owned()),
            Some((key, value)) => exposure.meta.push((key.to_owned(), value.replace('"', ""))),
        }
    }
    Some(exposure)
}

/// Tableau's content; `content site acme` starts another place it comes from.
pub fn contents(tableau: &str) -> Vec<Content> {
    let mut contents = vec![content(ContentKind::Files, "tableau")];
    for line in tableau
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word == "content" {
            let (_, name) = rest.split_once(' ').expect("kind and name");
            contents.push(content(ContentKind::Site, name));
        } else {
            add_line(contents.last_mut().expect("never empty"), word, rest, line);
        }
    }
    let workbooks = contents.iter_mut().flat_map(|it| &mut it.workbooks);
    workbooks
        .filter(|it| it.sheets.is_empty())
        .for_each(add_sheets);
    contents
}

fn content(kind: ContentKind, name: &str) -> Content {
    Content {
        kind,
        name: name.to_owned(),
        ..Content::default()
    }
}

fn add_line(content: &mut Content, word: &str, rest: &str, line: &str) {
    match word {
        "workbook" => content.workbooks.push(workbook(rest)),
        "published" => {
            let inside = datasource(rest);
            let name = inside.title().to_owned();
            content.datasources.push(PublishedDatasource {
                name,
                inside,
                ..Default::default()
            });
        }
        "datasource" => last(content).datasources.push(datasource(rest)),
        "sheet" => {
            let (name, read) = named_list(rest);
            let datasources = read.iter().map(|it| internal_name(it)).collect();
            last(content).sheets.push(Sheet {
                name,
                datasources,
                ..Default::default()
            });
        }
        "dashboard" | "story" => {
            let (name, sheets) = named_list(rest);
            let dashboard = Dashboard {
                name,
                sheets,
                story: word == "story",
                url: None,
                ..Dashboard::default()
            };
            last(content).dashboards.push(dashboard);
        }
        "field" => {
            let (caption, column) = rest.split_once(": ").expect("caption and column");
            let (column, table) = match column.split_once(" on ") {
                Some((column, table)) => (column, Some(table.to_owned())),
                None => (column, None),
            };
            open(content).fields.push(FieldColumn {
                field: caption.to_owned(),
                caption: None,
                table,
                column: column.to_owned(),
            });
        }
        "sql" => {
            let query = CustomSql {
                name: "Custom SQL Query".to_owned(),
                connection: None,
                tables: list(rest).filter(|it| *it != "?").map(table).collect(),
                readable: rest != "?",
            };
            if !query.readable {
                let about = content.workbooks.last().map(|it| it.name.clone());
                content.gaps.push(Gap {
                    code: GapCode::CustomSqlUnreadable,
                    message: "custom SQL could not be read".to_owned(),
                    about,
                    warehouse: Warehouse::Generic,
                });
            }
            open(content).custom_sql.push(query);
        }
        _ => open(content).tables.push(table(line)),
    }
}

fn last(content: &mut Content) -> &mut Workbook {
    content
        .workbooks
        .last_mut()
        .expect("a workbook line before it")
}

/// The datasource that lines are about: of the last workbook, or the last published one.
fn open(content: &mut Content) -> &mut Datasource {
    let embedded = content
        .workbooks
        .last_mut()
        .and_then(|it| it.datasources.last_mut());
    let published = content.datasources.last_mut().map(|it| &mut it.inside);
    published.or(embedded).expect("a datasource line before it")
}

/// `Sales file=tableau/Sales.twb luid=… site=acme content_url=Sales url=https://…`
fn workbook(text: &str) -> Workbook {
    let mut workbook = Workbook::default();
    for word in text.split(' ') {
        match word.split_once('=') {
            None if workbook.name.is_empty() => workbook.name = word.to_owned(),
            None => workbook.name = format!("{} {word}", workbook.name),
            Some((key, value)) => {
                let value = value.to_owned();
                match key {
                    "file" => workbook.file = Some(value),
                    "luid" => workbook.luid = Some(Luid(value)),
                    "site" => workbook.site = Some(value),
                    "content_url" => workbook.content_url = Some(value),
                    "url" => workbook.url = Some(value),
                    _ => panic!("no such key: {key}"),
                }
            }
        }
    }
    workbook
}

/// `Orders snowflake bigquery extract -> Published name`: its name, its connections'
/// classes (which are their names too), and what it points at.
fn datasource(text: &str) -> Datasource {
    let (text, published) = text.split_once("->").unwrap_or((text, ""));
    let mut words = text.split_whitespace();
    let name = words.next().expect("a name").to_owned();
    let (extract, classes): (Vec<&str>, Vec<&str>) = words.partition(|it| *it == "extract");
    let reference = PublishedRef {
        name: Some(published.trim().to_owned()),
        ..PublishedRef::default()
    };
    Datasource {
        caption: Some(name.clone()),
        name: internal_name(&name),
        class: "federated".to_owned(),
        published_as: (!published.is_empty()).then_some(reference),
        extract: (!extract.is_empty()).then_some(Extract::Enabled),
        connections: classes.into_iter().map(connection).collect(),
        ..Default::default()
    }
}

fn internal_name(caption: &str) -> String {
    format!("federated.{caption}")
}

fn connection(class: &str) -> Connection {
    Connection {
        name: class.to_owned(),
        class: class.to_owned(),
        dbname: None,
        schema: None,
        server: None,
    }
}

/// `[DB].[SCHEMA].[T]` or `db.schema."T"`, with `via CLASS` for one of several connections.
pub fn table(text: &str) -> Table {
    let (raw, connection) = match text.split_once(" via ") {
        Some((raw, connection)) => (raw, Some(connection.to_owned())),
        None => (text, None),
    };
    let relation = relation(raw);
    let database_stated = relation.database.is_some();
    Table {
        raw: raw.to_owned(),
        relation,
        database_stated,
        connection,
        through: Through::Listed,
    }
}

/// Up to three parts; `[x]`, `"x"` and `` `x` `` are quoted.
pub fn relation(text: &str) -> Relation {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let close = match rest.chars().next() {
            Some('[') => ']',
            Some(quote @ ('"' | '`')) => quote,
            _ => '.',
        };
        if close == '.' {
            let (part, after) = rest.split_once('.').unwrap_or((rest, ""));
            parts.push(Identifier::unquoted(part));
            rest = after;
        } else {
            let (part, after) = rest[1..].split_once(close).expect("a closing quote");
            parts.push(Identifier::quoted(part));
            rest = after.strip_prefix('.').unwrap_or(after);
        }
    }
    let name = parts.pop().expect("a name");
    Relation {
        schema: parts.pop(),
        database: parts.pop(),
        name,
    }
}

fn add_sheets(workbook: &mut Workbook) {
    for datasource in &workbook.datasources {
        workbook.sheets.push(Sheet {
            name: format!("{} sheet", datasource.title()),
            datasources: vec![datasource.name.clone()],
            ..Default::default()
        });
    }
    workbook.dashboards.push(Dashboard {
        name: "Overview".to_owned(),
        sheets: workbook.sheets.iter().map(|it| it.name.clone()).collect(),
        ..Default::default()
    });
}

/// `By day: Orders, Budget`; datasources are meant by their caption.
fn named_list(text: &str) -> (String, Vec<String>) {
    let (name, items) = text.split_once(':').unwrap_or((text, ""));
    (name.to_owned(), list(items).map(str::to_owned).collect())
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|it| !it.is_empty())
}

/// Words at blanks that stand outside quotes.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for c in text.chars() {
        is_quoted ^= matches!(c, '"' | '`');
        match words.last_mut() {
            Some(word) if is_quoted || !c.is_whitespace() => word.push(c),
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

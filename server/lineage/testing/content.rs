//! Tableau's content as text, for tests.
//!
//! One thing a line, tables below their datasource, published datasources last. A
//! workbook without sheets gets one on each datasource, and a dashboard that shows
//! them all.
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
//! What a site knows stands in `key=value`, with quotes around blanks:
//! ```text
//! content site acme host=acme.example fetched=2026-01-01T06:00:00Z selected=Finance/**
//! content snapshot emea lists_all host=emea.example fetched=2026-01-01T06:00:00Z
//! workbook Sales luid=w1 site=acme content_url=Sales owner="Ana Ruiz" views=900+310/7
//! datasource Orders sqlproxy -> Orders luid=d1
//! datasource Flowed snowflake extract
//! vc Shared
//! flow Nightly
//! [DB].[S].[T] through flow
//! facts Overview: luid=v1 views=20 url=https://acme.example/#/site/acme/views/Sales/Overview
//! published Orders snowflake luid=d1 certified warning="Stale data"
//! gap extract_only about=Sales only an extract is there
//! ```

use std::collections::BTreeMap;

use crate::content::{
    Connection, Content, ContentKind, CustomSql, Dashboard, Datasource, Extract, FieldColumn, Luid,
    Person, PublishedDatasource, PublishedRef, RecentViews, Sheet, Table, Through, ViewCount,
    Workbook,
};
use crate::knowledge::{Gap, GapCode};
use crate::testing::{list, relation, words};
use crate::warehouse::Warehouse;

/// Tableau's content, from workbook files until a `content` line starts another place.
pub fn contents(tableau: &str) -> Vec<Content> {
    let mut contents = vec![Content {
        name: "tableau".to_owned(),
        ..Content::default()
    }];
    let lines = tableau.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty()) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word == "content" {
            contents.push(content(rest));
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

/// A text whose `key=value` words are taken out of it.
struct Keyed {
    text: String,
    keys: BTreeMap<String, String>,
}

impl Keyed {
    fn parse(text: &str) -> Keyed {
        let mut keyed = Keyed {
            text: String::new(),
            keys: BTreeMap::new(),
        };
        for word in words(text) {
            match word.split_once('=') {
                Some((key, value)) => {
                    let value = value.replace('"', "");
                    keyed.keys.insert(key.to_owned(), value);
                }
                None if keyed.text.is_empty() => keyed.text = word,
                None => keyed.text = format!("{} {word}", keyed.text),
            }
        }
        keyed
    }

    fn take(&mut self, key: &str) -> Option<String> {
        self.keys.remove(key)
    }

    fn luid(&mut self) -> Option<Luid> {
        self.take("luid").map(Luid)
    }

    fn time(&mut self, key: &str) -> Option<jiff::Timestamp> {
        self.take(key).map(|it| it.parse().expect("a time"))
    }

    fn owner(&mut self) -> Person {
        Person {
            name: self.take("owner"),
            email: self.take("email"),
        }
    }

    fn project_path(&mut self) -> Vec<String> {
        let path = self.take("project").unwrap_or_default();
        let folders = path.split('/').filter(|it| !it.is_empty());
        folders.map(str::to_owned).collect()
    }

    fn warnings(&mut self) -> Vec<String> {
        self.take("warning").into_iter().collect()
    }

    /// `900`, or with the last days' share `900+310/7`.
    fn views(&mut self) -> Option<ViewCount> {
        let text = self.take("views")?;
        let (total, recent) = text.split_once('+').unwrap_or((&text, ""));
        let number = |text: &str| text.parse().expect("a number");
        let recent = recent.split_once('/').map(|(count, days)| RecentViews {
            count: number(count),
            days: days.parse().expect("a number"),
        });
        Some(ViewCount {
            total: number(total),
            recent,
        })
    }

    /// The text, once no key is left that nothing understood.
    fn rest(self) -> String {
        assert!(self.keys.is_empty(), "no such key: {:?}", self.keys);
        self.text
    }
}

/// `site acme host=… fetched=… selected=… lists_all`
fn content(text: &str) -> Content {
    let (kind, rest) = text.split_once(' ').expect("kind and name");
    let mut keyed = Keyed::parse(rest);
    let lists_all = keyed.text.contains(" lists_all");
    keyed.text = keyed.text.replace(" lists_all", "");
    Content {
        lists_all,
        kind: match kind {
            "site" => ContentKind::Site,
            "snapshot" => ContentKind::Snapshot,
            _ => ContentKind::Files,
        },
        host: keyed.take("host"),
        fetched_at: keyed.time("fetched"),
        selected: keyed.take("selected"),
        name: keyed.rest(),
        ..Content::default()
    }
}

fn add_line(content: &mut Content, word: &str, rest: &str, line: &str) {
    match word {
        "workbook" => content.workbooks.push(workbook(rest)),
        "published" => content.datasources.push(published(rest)),
        "datasource" => last(content).datasources.push(datasource(rest)),
        "sheet" => {
            let (name, read) = named_list(rest);
            let datasources = read.iter().map(|it| internal_name(it)).collect();
            last(content).sheets.push(Sheet {
                name,
                datasources,
                ..Sheet::default()
            });
        }
        "dashboard" | "story" => {
            let (name, sheets) = named_list(rest);
            last(content).dashboards.push(Dashboard {
                name,
                sheets,
                story: word == "story",
                ..Dashboard::default()
            });
        }
        "facts" => add_facts(last(content), rest),
        "vc" => open(content).virtual_connections.push(rest.to_owned()),
        "flow" => open(content).flows.push(rest.to_owned()),
        "field" => open(content).fields.push(field(rest)),
        "sql" => add_query(content, rest),
        "gap" => content.gaps.push(gap(rest)),
        _ => open(content).tables.push(table(line)),
    }
}

/// `Overview: luid=… views=… url=…`, of a dashboard or a sheet of the workbook.
fn add_facts(workbook: &mut Workbook, text: &str) {
    if workbook.sheets.is_empty() {
        add_sheets(workbook);
    }
    let (name, rest) = text.split_once(": ").expect("a name and its facts");
    let mut keyed = Keyed::parse(rest);
    let (luid, url, views) = (keyed.luid(), keyed.take("url"), keyed.views());
    let _ = keyed.rest();
    if let Some(it) = workbook.dashboards.iter_mut().find(|it| it.name == name) {
        (it.luid, it.url, it.views) = (luid, url, views);
    } else {
        let mut sheets = workbook.sheets.iter_mut();
        let it = sheets.find(|it| it.name == name).expect("such a view");
        (it.luid, it.url, it.views) = (luid, url, views);
    }
}

/// `Amount: AMOUNT on [DB].[S].[T]`
fn field(text: &str) -> FieldColumn {
    let (caption, column) = text.split_once(": ").expect("caption and column");
    let (column, table) = match column.split_once(" on ") {
        Some((column, table)) => (column, Some(table.to_owned())),
        None => (column, None),
    };
    FieldColumn {
        field: caption.to_owned(),
        caption: None,
        table,
        column: column.to_owned(),
    }
}

/// The tables of a query, or `?` for one that cannot be read, which is a gap too.
fn add_query(content: &mut Content, text: &str) {
    let query = CustomSql {
        name: "Custom SQL Query".to_owned(),
        connection: None,
        tables: list(text).filter(|it| *it != "?").map(table).collect(),
        readable: text != "?",
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

/// `not_signed_in about=acme a sentence`
fn gap(text: &str) -> Gap {
    let (code, rest) = text.split_once(' ').unwrap_or((text, ""));
    let code = GapCode::ALL.into_iter().find(|it| it.as_str() == code);
    let mut keyed = Keyed::parse(rest);
    Gap {
        code: code.expect("a gap's code"),
        about: keyed.take("about"),
        message: keyed.rest(),
        warehouse: Warehouse::Generic,
    }
}

fn last(content: &mut Content) -> &mut Workbook {
    let last = content.workbooks.last_mut();
    last.expect("a workbook line before it")
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

fn workbook(text: &str) -> Workbook {
    let mut keyed = Keyed::parse(text);
    Workbook {
        luid: keyed.luid(),
        site: keyed.take("site"),
        content_url: keyed.take("content_url"),
        url: keyed.take("url"),
        file: keyed.take("file"),
        project_path: keyed.project_path(),
        owner: keyed.owner(),
        description: keyed.take("description"),
        views: keyed.views(),
        extract_refreshed: keyed.time("extract"),
        warnings: keyed.warnings(),
        name: keyed.rest(),
        ..Workbook::default()
    }
}

/// `Budget snowflake luid=… certified`: its title, its connections' classes, its facts.
fn published(text: &str) -> PublishedDatasource {
    let mut keyed = Keyed::parse(text);
    let certified = keyed.text.contains(" certified");
    keyed.text = keyed.text.replace(" certified", "");
    let mut it = PublishedDatasource {
        luid: keyed.luid(),
        site: keyed.take("site"),
        content_url: keyed.take("content_url"),
        url: keyed.take("url"),
        file: keyed.take("file"),
        project_path: keyed.project_path(),
        owner: keyed.owner(),
        certified,
        warnings: keyed.warnings(),
        extract_refreshed: keyed.time("extract"),
        ..PublishedDatasource::default()
    };
    it.inside = datasource(&keyed.rest());
    it.name = it.inside.title().to_owned();
    it
}

/// `Orders snowflake bigquery extract -> Published name luid=…`: its name, its
/// connections' classes (which are their names too), and what it points at.
fn datasource(text: &str) -> Datasource {
    let (text, published) = match text.split_once("->") {
        Some((text, published)) => (text, Some(reference(published))),
        None => (text, None),
    };
    let mut words = text.split_whitespace();
    let name = words.next().expect("a name").to_owned();
    let (extract, classes): (Vec<&str>, Vec<&str>) = words.partition(|it| *it == "extract");
    Datasource {
        caption: Some(name.clone()),
        name: internal_name(&name),
        class: "federated".to_owned(),
        published_as: published,
        extract: (!extract.is_empty()).then_some(Extract::Enabled),
        connections: classes.into_iter().map(connection).collect(),
        ..Datasource::default()
    }
}

fn reference(text: &str) -> PublishedRef {
    let mut keyed = Keyed::parse(text);
    PublishedRef {
        luid: keyed.luid(),
        content_url: keyed.take("content_url"),
        site: keyed.take("site"),
        name: Some(keyed.rest()).filter(|it| !it.is_empty()),
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

/// `[DB].[SCHEMA].[T]` or `db.schema."T"`, with `via CLASS` for one of several
/// connections, then `through vc`, `through flow` or `through column`.
pub fn table(text: &str) -> Table {
    let (text, through) = match text.split_once(" through ") {
        Some((text, "vc")) => (text, Through::VirtualConnection),
        Some((text, "flow")) => (text, Through::Flow),
        Some((text, _)) => (text, Through::Column),
        None => (text, Through::Listed),
    };
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
        through,
    }
}

fn add_sheets(workbook: &mut Workbook) {
    for datasource in &workbook.datasources {
        workbook.sheets.push(Sheet {
            name: format!("{} sheet", datasource.title()),
            datasources: vec![datasource.name.clone()],
            ..Sheet::default()
        });
    }
    workbook.dashboards.push(Dashboard {
        name: "Overview".to_owned(),
        sheets: workbook.sheets.iter().map(|it| it.name.clone()).collect(),
        ..Dashboard::default()
    });
}

/// `By day: Orders, Budget`; datasources are meant by their caption.
fn named_list(text: &str) -> (String, Vec<String>) {
    let (name, items) = text.split_once(':').unwrap_or((text, ""));
    (name.to_owned(), list(items).map(str::to_owned).collect())
}

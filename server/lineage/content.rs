//! What Tableau holds: workbooks, their dashboards, sheets and datasources.
//!
//! Lowered by the `tableau` crate from files or from a site; every field that
//! may be hidden or absent is an `Option`. Words follow Tableau: a
//! [`Datasource`] is Tableau's, a source is dbt's.

use std::collections::HashSet;
use std::fmt;

use jiff::Timestamp;

use crate::knowledge::Gap;
use crate::relation::Relation;
use crate::warehouse::Warehouse;

/// Tableau's locally unique identifier of a published thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Luid(pub String);

impl fmt::Display for Luid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person as Tableau names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Full name, else user name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

/// How often people opened something.
///
/// Ordering: what is opened lately counts more than what once was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ViewCount {
    /// Lately, once two fetches are known.
    pub recent: Option<RecentViews>,
    /// Since it was published.
    pub total: u64,
}

/// How often something was opened between two fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecentViews {
    /// How often.
    pub count: u64,
    /// In how many days, rounded up; at least 1.
    pub days: u32,
}

/// All content that came from one place: the workspace's files, one site, one snapshot.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// What kind of place.
    pub kind: ContentKind,
    /// What people call it: the site's name, or the folder.
    pub name: String,
    /// The site's host, with its port where it has one; `None` for files.
    pub host: Option<String>,
    /// When it was read from the site; `None` for files, which are read as they are.
    pub fetched_at: Option<Timestamp>,
    /// The Tableau projects that were asked for (`Finance/**`), where not all were.
    pub selected: Option<String>,
    /// Whether it holds every workbook that the place has: the lists were read to their
    /// ends, of all projects, by a user who sees everything. Never so for files.
    pub lists_all: bool,
    /// Its workbooks, in a stable order.
    pub workbooks: Vec<Workbook>,
    /// Its published datasources, in a stable order.
    pub datasources: Vec<PublishedDatasource>,
    /// What is not known about it.
    pub gaps: Vec<Gap>,
}

/// Where content came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContentKind {
    /// Workbook and datasource files.
    #[default]
    Files,
    /// A Tableau Cloud or Server site.
    Site,
    /// A team snapshot.
    Snapshot,
}

/// A Tableau workbook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Workbook {
    /// Its title: the file's stem, or the site's name for it.
    pub name: String,
    /// Its identity on the site.
    pub luid: Option<Luid>,
    /// The site's URL name: `acme` in `/#/site/acme/`. `Some("")` is the Default site.
    pub site: Option<String>,
    /// The name in its URLs, made at first publication and never changed.
    pub content_url: Option<String>,
    /// Its page, `https` (or the site's own `http`), where known.
    pub url: Option<String>,
    /// The file it was read from, relative to the project's root (`../` allowed), with forward slashes.
    pub file: Option<String>,
    /// The Tableau projects around it, outermost first.
    pub project_path: Vec<String>,
    /// Who owns it.
    pub owner: Person,
    /// Its description on the site.
    pub description: Option<String>,
    /// How often its dashboards and sheets were opened, together.
    pub views: Option<ViewCount>,
    /// When its data was last extracted, the oldest of its extracts.
    pub extract_refreshed: Option<Timestamp>,
    /// Active data quality warnings on what it reads, one line each.
    pub warnings: Vec<String>,
    /// Embedded datasources, and references to published ones.
    pub datasources: Vec<Datasource>,
    /// Worksheets, hidden ones included.
    pub sheets: Vec<Sheet>,
    /// Dashboards and stories.
    pub dashboards: Vec<Dashboard>,
}

impl Workbook {
    /// The places of the sheets that read `datasource`.
    pub fn sheets_on(&self, datasource: &Datasource) -> impl Iterator<Item = usize> {
        let reads = |sheet: &Sheet| sheet.datasources.contains(&datasource.name);
        self.sheets
            .iter()
            .enumerate()
            .filter(move |(_, sheet)| reads(sheet))
            .map(|(ix, _)| ix)
    }

    /// The places of the dashboards and stories that show a sheet on `datasource`.
    pub fn dashboards_on(&self, datasource: &Datasource) -> Vec<usize> {
        let sheets: Vec<&str> = self
            .sheets_on(datasource)
            .map(|ix| self.sheets[ix].name.as_str())
            .collect();
        self.dashboards_showing(&sheets)
    }

    /// The places of the dashboards that show one of `sheets`, and of the stories
    /// that show one of those sheets or dashboards.
    pub fn dashboards_showing(&self, sheets: &[&str]) -> Vec<usize> {
        let mut names: HashSet<&str> = sheets.iter().copied().collect();
        let mut reached = self.showing(&names, false);
        names.extend(reached.iter().map(|&ix| self.dashboards[ix].name.as_str()));
        reached.extend(self.showing(&names, true));
        reached.sort_unstable();
        reached
    }

    /// The places of the stories, or of the plain dashboards, that show one of `names`.
    fn showing(&self, names: &HashSet<&str>, story: bool) -> Vec<usize> {
        let shows = |it: &Dashboard| it.sheets.iter().any(|sheet| names.contains(sheet.as_str()));
        let all = self.dashboards.iter().enumerate();
        all.filter(|(_, it)| it.story == story && shows(it))
            .map(|(ix, _)| ix)
            .collect()
    }
}

/// A worksheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name, unique in the workbook.
    pub name: String,
    /// Its identity on the site; hidden sheets have none.
    pub luid: Option<Luid>,
    /// Hidden sheets have no page of their own; they usually stand in dashboards.
    pub hidden: bool,
    /// Its page, where known.
    pub url: Option<String>,
    /// How often it was opened by itself.
    pub views: Option<ViewCount>,
    /// The internal names ([`Datasource::name`]) of the datasources it reads.
    pub datasources: Vec<String>,
    /// The fields it uses: (internal datasource name, internal field name without brackets).
    pub fields: Vec<(String, String)>,
}

/// A dashboard or a story.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dashboard {
    /// Its name, unique in the workbook.
    pub name: String,
    /// Its identity on the site.
    pub luid: Option<Luid>,
    /// Whether it is a story.
    pub story: bool,
    /// Its page, where known.
    pub url: Option<String>,
    /// How often it was opened.
    pub views: Option<ViewCount>,
    /// The worksheets on it, each once. For a story also the dashboards it captures.
    pub sheets: Vec<String>,
}

/// A datasource as a workbook embeds or references it, or the inside of a published one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Datasource {
    /// Tableau's internal name (`federated.0a1b…`), which sheets refer to.
    pub name: String,
    /// The name people see.
    pub caption: Option<String>,
    /// The class of its outermost connection: `federated`, `sqlproxy`, `postgres`, …
    pub class: String,
    /// Set when it only points at a published datasource.
    pub published_as: Option<PublishedRef>,
    /// Its extract, if it has one.
    pub extract: Option<Extract>,
    /// Its connections to warehouses and files.
    pub connections: Vec<Connection>,
    /// The tables it reads, each once; extract copies and `[sqlproxy]` left out.
    pub tables: Vec<Table>,
    /// Its custom SQL queries.
    pub custom_sql: Vec<CustomSql>,
    /// Which field reads which warehouse column, where the file tells.
    pub fields: Vec<FieldColumn>,
    /// The virtual connections between it and its tables, by name.
    pub virtual_connections: Vec<String>,
    /// The Prep flows that write what it reads, by name.
    pub flows: Vec<String>,
}

impl Datasource {
    /// The name to show: the caption, else the internal name.
    pub fn title(&self) -> &str {
        self.caption.as_deref().unwrap_or(&self.name)
    }
}

/// How a datasource names the published datasource it points at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishedRef {
    /// Its identity on the same site; where it is known, names decide nothing.
    pub luid: Option<Luid>,
    /// The name in its URLs (`dbname` of the `sqlproxy` connection).
    pub content_url: Option<String>,
    /// The name people see (`server-ds-friendly-name`).
    pub name: Option<String>,
    /// The site's URL name.
    pub site: Option<String>,
}

/// An extract of a datasource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extract {
    /// In use; the live connection may stand beside it.
    Enabled,
    /// Present but unused.
    Disabled,
}

/// A connection of a datasource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The internal name that relations refer to; empty for a legacy connection.
    pub name: String,
    /// Tableau's class of it: `snowflake`, `postgres`, `excel-direct`, …
    pub class: String,
    /// The database, catalog or project it opens.
    pub dbname: Option<String>,
    /// The schema picked last in the connection dialogue: a hint, not the tables' schema.
    pub schema: Option<String>,
    /// The host.
    pub server: Option<String>,
}

impl Connection {
    /// Which warehouse it leads to.
    pub fn warehouse(&self) -> Warehouse {
        Warehouse::from_connection_class(&self.class)
    }
}

/// How it is known that a datasource reads a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Through {
    /// The datasource lists it.
    #[default]
    Listed,
    /// A field's column belongs to it; the datasource itself does not list it.
    Column,
    /// A virtual connection that the datasource reads.
    VirtualConnection,
    /// A Prep flow that writes what the datasource reads.
    Flow,
}

/// A table as Tableau names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// As it stands in the file or the API: `[DB].[SCHEMA].[T]`.
    pub raw: String,
    /// The same, taken apart and completed from the connection.
    pub relation: Relation,
    /// Whether the database was written in `raw` itself (`true`) or completed
    /// from the connection, or absent (`false`).
    pub database_stated: bool,
    /// The internal name of the connection it is reached through.
    pub connection: Option<String>,
    /// How it is known that the datasource reads it.
    pub through: Through,
}

impl Table {
    /// Whether Tableau hides its name from the user.
    pub fn is_nameless(&self) -> bool {
        self.relation.name.text.is_empty()
    }
}

/// A custom SQL query of a datasource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomSql {
    /// Its name in the datasource.
    pub name: String,
    /// The internal name of its connection.
    pub connection: Option<String>,
    /// The tables it reads, each once.
    pub tables: Vec<Table>,
    /// Whether the query could be read, so that `tables` is all of them.
    pub readable: bool,
}

/// A field of a datasource and the warehouse column behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldColumn {
    /// The internal field name, without brackets, as sheets refer to it.
    pub field: String,
    /// The name people see.
    pub caption: Option<String>,
    /// [`Table::raw`] of the table, where the map leads to one.
    pub table: Option<String>,
    /// The column in the warehouse.
    pub column: String,
}

/// A datasource that is published on its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PublishedDatasource {
    /// Its title.
    pub name: String,
    /// Its identity on the site.
    pub luid: Option<Luid>,
    /// The site's URL name.
    pub site: Option<String>,
    /// The name in its URLs.
    pub content_url: Option<String>,
    /// Its page, where known.
    pub url: Option<String>,
    /// The file it was read from, relative to the project's root, with forward slashes.
    pub file: Option<String>,
    /// The Tableau projects around it, outermost first.
    pub project_path: Vec<String>,
    /// Who owns it.
    pub owner: Person,
    /// Whether someone vouches for it.
    pub certified: bool,
    /// Active data quality warnings on it, one line each.
    pub warnings: Vec<String>,
    /// When its data was last extracted.
    pub extract_refreshed: Option<Timestamp>,
    /// What it reads.
    pub inside: Datasource,
}

//! A site made of recorded answers of the Metadata API.
//!
//! The recorded objects go into the graph as they are; the schema says which of their members
//! are values and which lead to other objects. Of workbooks, dashboards and sheets the site
//! itself is made too, so that REST tells the same.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use async_graphql::parser::types::{FieldDefinition, Type, TypeKind};
use serde_json::{Value, json};

use super::graph::{Graph, Index};
use super::luid::luid;
use super::schema::{SDL, base, read};
use super::site::Site;
use super::workbook::Workbook;

/// The recorded answers, in an order in which each object is first told of in full.
const FILES: [&str; 6] = [
    "workbooksConnection_all.json",
    "dashboardsConnection_all.json",
    "sheetsConnection_all.json",
    "embeddedDatasourcesConnection_all.json",
    "publishedDatasourcesConnection_all.json",
    "customSQLTablesConnection_all.json",
];

/// What is recorded without an id; one is made of the rest. Others without one are left out.
const NAMELESS: [&str; 4] = ["DatabaseServer", "TableauUser", "Tag", "Column"];

/// Edges that were recorded in one direction only.
const WAYS_BACK: [(&str, &str, &str); 8] = [
    ("Workbook", "sheets", "workbook"),
    ("Workbook", "dashboards", "workbook"),
    ("Workbook", "embeddedDatasources", "workbook"),
    ("Dashboard", "sheets", "containedInDashboards"),
    (
        "EmbeddedDatasource",
        "downstreamSheets",
        "parentEmbeddedDatasources",
    ),
    (
        "EmbeddedDatasource",
        "upstreamDatasources",
        "downstreamEmbedded",
    ),
    (
        "PublishedDatasource",
        "upstreamTables",
        "downstreamDatasources",
    ),
    ("Workbook", "upstreamDatasources", "downstreamWorkbooks"),
];

/// A site of the answers in this folder.
pub(crate) fn site(folder: &Path) -> Site {
    let mut site = Site::new("acme");
    for file in FILES.iter().chain(&["databaseTablesConnection_all.json"]) {
        let path = folder.join(file);
        let text = fs::read(&path).unwrap_or_else(|it| panic!("{}: {it}", path.display()));
        let answer: Value = serde_json::from_slice(&text).expect("recorded answers are JSON");
        let (connection, page) = connection(&answer);
        let kind = connection.trim_end_matches("sConnection");
        let kind = kind[..1].to_uppercase() + &kind[1..];
        for node in page["nodes"].as_array().into_iter().flatten() {
            site.recorded.push((kind.clone(), node.clone()));
        }
    }
    add_workbooks(&mut site);
    site
}

fn connection(answer: &Value) -> (&str, &Value) {
    let mut members = answer["data"].as_object().into_iter().flatten();
    let (name, page) = members.next().expect("a recorded answer has a connection");
    (name, page)
}

/// The workbooks as REST tells them, with the dashboards and sheets that were recorded.
fn add_workbooks(site: &mut Site) {
    let recorded = site.recorded.clone();
    let of_kind = |kind: &str| {
        let fitting = recorded.iter().filter(|it| it.0 == kind);
        fitting.map(|it| it.1.clone()).collect::<Vec<Value>>()
    };
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    for node in of_kind("Workbook") {
        let owner = text(&node["owner"]["username"]);
        if !site.users.iter().any(|it| it.name == owner) {
            *site = site.clone().user(&owner, &owner, None);
        }
        let mut workbook = Workbook::new(&text(&node["name"]))
            .project(&text(&node["projectName"]))
            .owner(&owner);
        for view in of_kind("Dashboard") {
            if view["workbook"]["id"] == node["id"] && view["luid"] != "" {
                workbook = workbook.dashboard(&text(&view["name"]), &[]);
                let own = workbook.dashboards.last_mut().expect("just added");
                (own.id, own.luid) = (text(&view["id"]), text(&view["luid"]));
            }
        }
        site.add_workbook(workbook);
        let added = site.workbooks.last_mut().expect("just added");
        (added.id, added.luid) = (text(&node["id"]), text(&node["luid"]));
        (added.created_at, added.updated_at) = (text(&node["createdAt"]), text(&node["updatedAt"]));
    }
}

/// Makes objects of recorded ones.
pub(crate) fn absorb_all(graph: &mut Graph, recorded: &[(String, Value)]) {
    let types = Types::new();
    for (kind, node) in recorded {
        types.absorb(graph, kind, node);
    }
    for (kind, there, back) in WAYS_BACK {
        for index in graph.of_kind(kind).to_vec() {
            for to in graph.linked(index, there) {
                graph.link(to, back, index);
            }
        }
    }
    reach_tables(graph);
    types.complete(graph);
}

/// Leads dashboards and workbooks to the tables of their sheets.
fn reach_tables(graph: &mut Graph) {
    for sheet in graph.of_kind("Sheet").to_vec() {
        let mut tables = Vec::new();
        for datasource in graph.linked(sheet, "parentEmbeddedDatasources") {
            tables.extend(graph.linked(datasource, "upstreamTables"));
        }
        let dashboards = graph.linked(sheet, "containedInDashboards");
        let workbooks = graph.linked(sheet, "workbook");
        for table in tables {
            graph.join(sheet, "upstreamTables", table, "downstreamSheets");
            for dashboard in &dashboards {
                graph.join(*dashboard, "upstreamTables", table, "downstreamDashboards");
            }
            for workbook in &workbooks {
                graph.join(*workbook, "upstreamTables", table, "downstreamWorkbooks");
            }
        }
    }
}

/// The fields of each type.
struct Types(BTreeMap<String, BTreeMap<String, Type>>);

impl Types {
    fn new() -> Self {
        let types = read(SDL, &[]).into_iter().filter_map(|it| {
            let fields = match it.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => return None,
            };
            let fields = fields.into_iter().map(|it| named(it.node));
            Some((it.name.node.to_string(), fields.collect()))
        });
        Self(types.collect())
    }

    /// One recorded object and all below it.
    fn absorb(&self, graph: &mut Graph, kind: &str, node: &Value) -> Option<Index> {
        let kind = self.concrete(kind, node);
        let fields = self.0.get(&kind)?;
        let id = match node["id"].as_str() {
            Some(id) => id.to_owned(),
            None if NAMELESS.contains(&kind.as_str()) => luid(&[&kind, &node.to_string()]),
            None => return None,
        };
        let index = graph.add(kind, &id, || Value::Null);
        for (name, value) in node.as_object()? {
            let Some(of) = fields.get(name) else { continue };
            let target = base(of);
            if !self.0.contains_key(target) {
                graph.set(index, name, value);
                continue;
            }
            let one = std::slice::from_ref(value);
            for below in value.as_array().map_or(one, Vec::as_slice) {
                if let Some(below) = self.absorb(graph, target, below) {
                    graph.link(index, name.clone(), below);
                }
            }
        }
        Some(index)
    }

    /// What is never null, and was not recorded.
    fn complete(&self, graph: &mut Graph) {
        let site = graph.add(
            "TableauSite",
            "recorded-site",
            || json!({"luid": luid(&["recorded site"]), "name": "acme", "uri": "sites/1"}),
        );
        for index in 0..graph.objects.len() {
            let Some(fields) = self.0.get(graph.objects[index].kind.as_ref()) else {
                continue;
            };
            for (name, of) in fields.iter().filter(|it| !it.1.nullable) {
                match base(of) {
                    "TableauSite" => graph.link(index, name.clone(), site),
                    "TableauUser" => self.complete_owner(graph, index, name),
                    _ if !graph.value(index, name).is_null() => (),
                    target => {
                        let value = default_value(graph, index, name, target);
                        graph.set(index, name, &value);
                    }
                }
            }
        }
    }

    fn complete_owner(&self, graph: &mut Graph, index: Index, field: &str) {
        if graph.linked(index, field).is_empty() {
            let user = json!({"username": "unknown"});
            if let Some(user) = self.absorb(graph, "TableauUser", &user) {
                graph.link(index, field.to_owned(), user);
            }
        }
    }

    /// The type of an object: told, or the first that fits an interface.
    fn concrete(&self, kind: &str, node: &Value) -> String {
        match (node["__typename"].as_str(), kind) {
            (Some(told), _) if self.0.contains_key(told) => told.to_owned(),
            (_, "Database") => "DatabaseServer".to_owned(),
            (_, "Table") => "DatabaseTable".to_owned(),
            (_, "Datasource") => "PublishedDatasource".to_owned(),
            (_, "Field") => "ColumnField".to_owned(),
            (_, kind) => kind.to_owned(),
        }
    }
}

/// Something that fits a field which is never null.
fn default_value(graph: &Graph, index: Index, field: &str, target: &str) -> Value {
    let uri = graph.value(index, "uri").as_str().unwrap_or_default();
    match (field, target) {
        ("luid", _) => json!(luid(&["recorded", &graph.objects[index].id])),
        ("vizportalUrlId", _) => json!(uri.rsplit('/').next().unwrap_or("0")),
        ("containerType", _) => json!("Project"),
        (_, "Boolean") => json!(false),
        (_, "DateTime") => json!("2021-01-01T00:00:00Z"),
        (_, "TableType") => json!("DATABASETABLE"),
        _ => json!(""),
    }
}

fn named(field: FieldDefinition) -> (String, Type) {
    (field.name.node.to_string(), field.ty.node)
}

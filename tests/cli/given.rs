//! Projects and workbooks made for one test: only what the test is about.

use std::fs;
use std::io::Read;
use std::path::Path;

/// A project folder around a real manifest.
pub(super) fn real_project(data: &Path, manifest: &str, name: &str) -> tempfile::TempDir {
    project_around(name, &packed(data, manifest))
}

/// The text of a manifest of the shared data.
pub(super) fn packed(data: &Path, manifest: &str) -> Vec<u8> {
    let packed = fs::File::open(data.join("dbt/manifests").join(manifest)).expect("manifest");
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_end(&mut text)
        .expect("gzip");
    text
}

/// A project `shop` on `adapter` with one node a line: its id, its relation as dbt
/// writes it (`-` for none), its file, and after `<-` what it reads.
pub(super) fn project(adapter: &str, nodes: &str) -> tempfile::TempDir {
    let mut manifest = serde_json::json!({
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "dbt_version": "1.11.0",
            "adapter_type": adapter,
            "project_name": "shop",
        },
        "nodes": {},
        "sources": {},
    });
    for line in nodes.lines().filter(|line| !line.trim().is_empty()) {
        let (line, parents) = line.split_once("<-").unwrap_or((line, ""));
        let words: Vec<&str> = line.split_whitespace().collect();
        let parts: Vec<&str> = words[0].split('.').collect();
        let section = match parts[0] {
            "source" => "sources",
            _ => "nodes",
        };
        let [database, schema, name] = parts_of(words.get(1).copied().unwrap_or("-"));
        manifest[section][words[0]] = serde_json::json!({
            "database": database,
            "schema": schema,
            "alias": name,
            "identifier": name,
            "unique_id": words[0],
            "resource_type": parts[0],
            "package_name": parts[1],
            "source_name": parts[2],
            "name": parts.last(),
            "relation_name": words.get(1).filter(|it| **it != "-"),
            "original_file_path": words.get(2).unwrap_or(&"models/x.yml"),
            "config": {"materialized": words.get(1).map(|it| match *it {
                "-" => "ephemeral",
                _ => "table",
            })},
            "depends_on": {"nodes": parents.split_whitespace().collect::<Vec<_>>()},
        });
    }
    project_around("shop", manifest.to_string().as_bytes())
}

/// Database, schema and name of a relation, without their quotes.
fn parts_of(relation: &str) -> [String; 3] {
    let mut parts = vec![String::new()];
    let mut is_quoted = false;
    for c in relation.chars() {
        match c {
            '"' | '`' => is_quoted = !is_quoted,
            '.' if !is_quoted => parts.push(String::new()),
            c => parts.last_mut().expect("one at least").push(c),
        }
    }
    while parts.len() < 3 {
        parts.insert(0, String::new());
    }
    let name = parts.split_off(2).join(".");
    let schema = parts.pop().unwrap_or_default();
    [parts.pop().unwrap_or_default(), schema, name]
}

fn project_around(name: &str, manifest: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("target")).expect("target");
    fs::write(folder.path().join("target/manifest.json"), manifest).expect("write");
    let text = format!("name: {name}\n");
    fs::write(folder.path().join("dbt_project.yml"), text).expect("write");
    folder
}

/// What a datasource reads.
#[derive(Clone, Copy)]
pub(super) enum Reads<'a> {
    /// A table, as Tableau writes it.
    Table(&'a str),
    /// A custom SQL query.
    Query(&'a str),
    /// A published datasource, by its name in URLs.
    Published(&'a str),
}

/// A datasource: the class and attributes of its connection, and what it reads.
pub(super) type Datasource<'a> = (&'a str, &'a str, &'a [Reads<'a>]);

/// Writes `name.twb` with a sheet and a dashboard on each datasource.
pub(super) fn workbook(folder: &Path, name: &str, datasources: &[Datasource<'_>]) {
    let mut parts = [String::new(), String::new(), String::new()];
    for (n, datasource) in datasources.iter().enumerate() {
        let inside = inside(datasource);
        parts[0] +=
            &format!("<datasource name='federated.{n}' caption='D{n}'>{inside}</datasource>");
        parts[1] += &format!(
            "<worksheet name='Sheet {n}'><table><view><datasources>\
             <datasource name='federated.{n}'/></datasources></view></table></worksheet>"
        );
        parts[2] += &format!(
            "<dashboard name='Board {n}'><zones><zone name='Sheet {n}'/></zones></dashboard>"
        );
    }
    let [datasources, sheets, dashboards] = parts;
    let text = format!(
        "<workbook><datasources>{datasources}</datasources><worksheets>{sheets}</worksheets>\
         <dashboards>{dashboards}</dashboards></workbook>"
    );
    fs::write(folder.join(format!("{name}.twb")), text).expect("write");
}

/// Writes `name.tds`, published under the same name.
pub(super) fn published(folder: &Path, name: &str, datasource: Datasource<'_>) {
    let inside = inside(&datasource);
    let text = format!(
        "<datasource formatted-name='{name}'><repository-location id='{name}' \
         path='/t/acme/datasources' site='acme'/>{inside}</datasource>"
    );
    fs::write(folder.join(format!("{name}.tds")), text).expect("write");
}

fn inside((class, attributes, reads): &Datasource<'_>) -> String {
    if let [Reads::Published(name)] = reads {
        return format!(
            "<repository-location id='{name}' path='/t/acme/datasources' site='acme'/>\
             <connection class='sqlproxy' dbname='{name}' server-ds-friendly-name='{name}'>\
             <relation name='sqlproxy' table='[sqlproxy]' type='table'/></connection>"
        );
    }
    let relations: String = reads.iter().map(relation).collect();
    format!(
        "<connection class='federated'><named-connections><named-connection name='c'>\
         <connection class='{class}' {attributes}/></named-connection></named-connections>\
         <relation type='collection'>{relations}</relation></connection>"
    )
}

fn relation(reads: &Reads<'_>) -> String {
    let escaped = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('\'', "&apos;")
    };
    match reads {
        Reads::Table(table) => {
            let table = escaped(table);
            format!("<relation connection='c' name='{table}' table='{table}' type='table'/>")
        }
        Reads::Query(query) => {
            let query = escaped(query);
            format!("<relation connection='c' name='Query' type='text'>{query}</relation>")
        }
        Reads::Published(_) => String::new(),
    }
}

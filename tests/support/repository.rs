//! Repositories of several dbt projects, generated: small manifests of the real shape, the
//! files that they are of, and one workbook for each project, beside all of them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// A repository in a folder of its own.
pub(crate) struct Repository {
    folder: tempfile::TempDir,
}

/// A project that is generated.
pub(crate) struct Generated<'a> {
    /// Its folder, from the repository's root.
    pub(crate) place: &'a str,
    /// Its name.
    pub(crate) name: &'a str,
    /// What its `dbt_project.yml` says beside its name.
    pub(crate) says: &'a str,
    /// Its models: each reads the one before it, dashboards read the first ten.
    pub(crate) n_models: usize,
    /// Nodes beside those, by their ids.
    pub(crate) more: Vec<Value>,
}

impl<'a> Generated<'a> {
    pub(crate) fn new(place: &'a str, name: &'a str, n_models: usize) -> Generated<'a> {
        Generated {
            place,
            name,
            says: "",
            n_models,
            more: Vec::new(),
        }
    }

    pub(crate) fn says(self, says: &'a str) -> Generated<'a> {
        Generated { says, ..self }
    }

    pub(crate) fn with(mut self, node: Value) -> Generated<'a> {
        self.more.push(node);
        self
    }
}

impl Repository {
    pub(crate) fn new() -> Repository {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join(".git")).expect("a repository");
        Repository { folder }
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Adds a project, its manifest, its files and its workbook.
    pub(crate) fn add(&self, project: &Generated<'_>) {
        let Generated { place, name, .. } = *project;
        let says = project.says;
        self.write(
            &format!("{place}/dbt_project.yml"),
            &format!("name: {name}\n{says}"),
        );
        let mut nodes = Map::new();
        let mut sources = Map::new();
        for n in 0..project.n_models {
            let text = text_of(n);
            self.write(&format!("{place}/models/m_{n}.sql"), &text);
            insert(&mut nodes, model(name, n, &text));
        }
        for node in &project.more {
            let is_source = node["resource_type"] == "source";
            let all = if is_source { &mut sources } else { &mut nodes };
            insert(all, node.clone());
        }
        let manifest = json!({
            "metadata": {
                "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
                "dbt_version": "1.11.16", "generated_at": "2026-01-01T06:00:00.000000Z",
                "project_name": name, "adapter_type": "snowflake",
            },
            "nodes": nodes, "sources": sources, "exposures": {}, "disabled": {},
        });
        let manifest = manifest.to_string();
        self.write(&format!("{place}/target/manifest.json"), &manifest);
        let tables: Vec<String> = (0..project.n_models.min(10))
            .map(|n| format!("[PROD].[{0}].[{0}_{n}]", name.to_uppercase()))
            .collect();
        let workbook = workbook(&tables);
        self.write(&format!("tableau/{name}.twb"), &workbook);
    }
}

fn insert(all: &mut Map<String, Value>, node: Value) {
    let id = node["unique_id"].as_str().expect("an id").to_owned();
    all.insert(id, node);
}

fn text_of(n: usize) -> String {
    match n {
        0 => "select 1 as id\n".to_owned(),
        n => format!("select * from {{{{ ref('m_{}') }}}}\n", n - 1),
    }
}

fn model(project: &str, n: usize, text: &str) -> Value {
    let columns = (0..5).map(|c| {
        let name = format!("column_{c}");
        let description = format!("What column {c} of model {n} is about.");
        (
            name.clone(),
            json!({ "name": name, "description": description, "data_type": null }),
        )
    });
    let columns: Map<String, Value> = columns.collect();
    let reads = n.checked_sub(1);
    let reads = reads.map(|it| format!("model.{project}.m_{it}"));
    json!({
        "unique_id": format!("model.{project}.m_{n}"), "resource_type": "model",
        "name": format!("m_{n}"), "alias": format!("{project}_{n}"), "package_name": project,
        "database": "prod", "schema": project,
        "relation_name": format!("prod.{project}.{project}_{n}"),
        "path": format!("m_{n}.sql"), "original_file_path": format!("models/m_{n}.sql"),
        "checksum": { "name": "sha256", "checksum": dbt::checksum(text) },
        "config": { "enabled": true, "materialized": "table", "tags": [], "meta": {} },
        "description": format!("What model {n} of {project} is for."), "columns": columns,
        "raw_code": text, "depends_on": { "macros": [], "nodes": Vec::from_iter(reads) },
    })
}

/// A model of a package, in that package's own file.
pub(crate) fn model_of_package(package: &str, name: &str, relation: [&str; 2]) -> Value {
    let [schema, table] = relation;
    json!({
        "unique_id": format!("model.{package}.{name}"), "resource_type": "model",
        "name": name, "alias": table, "package_name": package,
        "database": "prod", "schema": schema,
        "relation_name": format!("prod.{schema}.{table}"),
        "path": format!("{name}.sql"), "original_file_path": format!("models/{name}.sql"),
        "config": { "enabled": true, "materialized": "table" },
        "depends_on": { "macros": [], "nodes": [] },
    })
}

/// A table of a source, in a file of its own.
pub(crate) fn source(project: &str, file: &str, table: &str, relation: [&str; 2]) -> Value {
    let [schema, identifier] = relation;
    json!({
        "unique_id": format!("source.{project}.raw.{table}"), "resource_type": "source",
        "source_name": "raw", "name": table, "identifier": identifier,
        "package_name": project, "database": "prod", "schema": schema,
        "relation_name": format!("prod.{schema}.{identifier}"),
        "path": file, "original_file_path": file, "config": { "enabled": true },
    })
}

/// A public model of another project, as dbt Mesh writes it: without any path.
pub(crate) fn mesh_model(package: &str, name: &str) -> Value {
    let mut node = model_of_package(package, name, [package, name]);
    node["path"] = json!("");
    node["original_file_path"] = json!("");
    node
}

/// A workbook with a dashboard for each table.
pub(crate) fn workbook(tables: &[String]) -> String {
    let parts = tables.iter().enumerate().map(|(n, table)| {
        let datasource = format!(
            "<datasource caption='D{n}' inline='true' name='federated.{n}' version='18.1'>\
             <connection class='federated'><named-connections>\
             <named-connection caption='c' name='snowflake.{n}'>\
             <connection class='snowflake' dbname='PROD' schema='X' server='s' />\
             </named-connection></named-connections>\
             <relation connection='snowflake.{n}' name='T' table='{table}' type='table' />\
             </connection></datasource>\n"
        );
        let sheet = format!(
            "<worksheet name='Sheet {n}'><table><view><datasources>\
             <datasource caption='D{n}' name='federated.{n}' />\
             </datasources></view></table></worksheet>\n"
        );
        let dashboard = format!(
            "<dashboard name='Dashboard {n}'><zones><zone id='1' name='Sheet {n}' /></zones>\
             </dashboard>\n"
        );
        (datasource, sheet, dashboard)
    });
    let parts: Vec<(String, String, String)> = parts.collect();
    let all = |part: fn(&(String, String, String)) -> &String| -> String {
        parts.iter().map(|it| part(it).as_str()).collect()
    };
    format!(
        "<?xml version='1.0' encoding='utf-8' ?>\n<workbook version='18.1'>\n<datasources>\n{}\
         </datasources>\n<worksheets>\n{}</worksheets>\n<dashboards>\n{}</dashboards>\n\
         </workbook>\n",
        all(|it| &it.0),
        all(|it| &it.1),
        all(|it| &it.2)
    )
}

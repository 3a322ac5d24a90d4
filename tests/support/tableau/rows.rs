//! The rows of REST's lists, as JSON; [`super::xml`] writes them otherwise where asked.

use serde_json::{Value, json};

use super::answer::{Reply, RestError};
use super::datasource::{Datasource, Flow, VirtualConnection};
use super::luid::{content_url, luid};
use super::page::Query;
use super::site::{Project, Site, User};
use super::workbook::Workbook;

/// Makes the rows of a site, for one request.
pub(crate) struct Rows<'a> {
    pub(crate) site: &'a Site,
    /// How a browser reaches the server.
    pub(crate) base_url: &'a str,
    pub(crate) query: &'a Query,
}

pub(crate) fn no_workbook() -> RestError {
    RestError::not_found("404006", "The workbook could not be found.")
}

pub(crate) fn no_datasource() -> RestError {
    RestError::not_found("404004", "The datasource could not be found.")
}

impl Rows<'_> {
    pub(crate) fn site(&self) -> Value {
        let site = self.site;
        json!({"id": site.luid, "name": site.name, "contentUrl": site.content_url, "state": "Active"})
    }

    pub(crate) fn user(&self, user: &User) -> Value {
        let mut row = json!({
            "id": user.luid,
            "name": user.name,
            "fullName": user.full_name,
            "siteRole": user.role,
        });
        if let Some(email) = &user.email {
            row["email"] = json!(email);
        }
        row
    }

    pub(crate) fn whole_user(&self, id: &str) -> Result<Value, RestError> {
        let found = self.site.users.iter().find(|it| it.luid == id);
        let not_found = || RestError::not_found("404002", "The user could not be found.");
        Ok(self.user(found.ok_or_else(not_found)?))
    }

    /// The owner of something: more of them where it is asked for.
    fn owner(&self, name: &str) -> Value {
        let found = self.site.users.iter().find(|it| it.name == name);
        match found {
            None => json!({"id": luid(&["gone", name])}),
            Some(user) if self.query.wants("owner") => self.user(user),
            Some(user) => json!({"id": user.luid, "name": user.name}),
        }
    }

    pub(crate) fn project(&self, it: &Project) -> Value {
        let mut row = json!({
            "id": it.luid,
            "name": it.name,
            "description": "",
            "contentPermissions": "ManagedByOwner",
            "createdAt": "2024-01-01T00:00:00Z",
            "updatedAt": "2024-01-01T00:00:00Z",
            "owner": self.owner("ann"),
        });
        if let Some(parent) = &it.parent {
            row["parentProjectId"] = json!(parent);
        }
        row
    }

    /// The project that something lies in.
    fn project_of(&self, path: Option<&str>) -> Option<Value> {
        let project = self.site.project(path?)?;
        Some(json!({"id": project.luid, "name": project.name}))
    }

    fn address(&self, rest: &str) -> String {
        let site = match self.site.content_url.as_str() {
            "" => String::new(),
            name => format!("/site/{name}"),
        };
        format!("{}/#{site}/{rest}", self.base_url)
    }

    pub(crate) fn workbook(&self, it: &Workbook) -> Value {
        let mut row = json!({
            "id": it.luid,
            "name": it.name,
            "description": it.description.clone().unwrap_or_default(),
            "contentUrl": it.content_url,
            "webpageUrl": self.address(&format!("workbooks/{}", it.number)),
            "showTabs": true,
            "size": 1,
            "createdAt": it.created_at,
            "updatedAt": it.updated_at,
            "owner": self.owner(&it.owner),
            "tags": tags(&it.tags),
        });
        if let Some(project) = self.project_of(it.project.as_deref()) {
            row["location"] =
                json!({"id": project["id"], "type": "Project", "name": project["name"]});
            row["project"] = project;
        } else {
            row["location"] = json!({"id": row["owner"]["id"], "type": "PersonalSpace"});
        }
        if self.query.wants("hasExtracts") {
            row["hasExtracts"] = json!(it.has_extracts());
            row["sheetCount"] = json!(it.sheets.len() + it.dashboards.len());
            row["lastPublishedAt"] = json!(it.updated_at);
        }
        if let Some(first) = it.dashboards.first() {
            row["defaultViewId"] = json!(first.luid);
        }
        row
    }

    /// A workbook by its LUID, or by `contentUrl` where the query says so.
    fn find_workbook(&self, id: &str) -> Result<&Workbook, RestError> {
        let by_address = self.query.get("key") == Some("contentUrl");
        let mut workbooks = self.site.workbooks.iter();
        let found = workbooks.find(|it| match by_address {
            true => it.content_url == id,
            false => it.luid == id,
        });
        found.ok_or_else(no_workbook)
    }

    pub(crate) fn whole_workbook(&self, id: &str) -> Result<Value, RestError> {
        let workbook = self.find_workbook(id)?;
        let mut row = self.workbook(workbook);
        row["views"] = json!({"view": self.views(workbook)});
        Ok(row)
    }

    pub(crate) fn views_of(&self, id: &str) -> Result<Vec<Value>, RestError> {
        Ok(self.views(self.find_workbook(id)?))
    }

    fn views(&self, of: &Workbook) -> Vec<Value> {
        views_of(of).iter().map(|it| self.view(it, false)).collect()
    }

    /// A dashboard, story or sheet; on its own, it names its workbook.
    pub(crate) fn view(&self, it: &View<'_>, is_alone: bool) -> Value {
        let of = it.workbook;
        let own = content_url(it.name);
        let mut row = json!({
            "id": it.luid,
            "name": it.name,
            "contentUrl": format!("{}/sheets/{own}", of.content_url),
            "viewUrlName": own,
            "createdAt": of.created_at,
            "updatedAt": of.updated_at,
            "sheetType": it.kind,
            "tags": tags(&[]),
        });
        if is_alone {
            row["workbook"] = json!({"id": of.luid});
            row["owner"] = self.owner(&of.owner);
            if let Some(project) = self.project_of(of.project.as_deref()) {
                row["project"] = project;
            }
        }
        if self.query.is("includeUsageStatistics") || self.query.wants("usage") {
            row["usage"] = json!({"totalViewCount": it.n_opened.to_string()});
        }
        row
    }

    pub(crate) fn connections_of_workbook(&self, id: &str) -> Result<Vec<Value>, RestError> {
        let workbook = self.find_workbook(id)?;
        Ok(workbook.datasources.iter().flat_map(connections).collect())
    }

    pub(crate) fn workbook_file(&self, id: &str) -> Result<Reply, RestError> {
        let workbook = self.find_workbook(id)?;
        if !self.site.rights.download {
            return Err(RestError::forbidden(
                "The user may not download this workbook.",
            ));
        }
        let made = || {
            let text = super::twb::workbook(self.site, workbook, self.base_url);
            (format!("{}.twb", workbook.name), text.into_bytes())
        };
        let (name, bytes) = workbook.content.clone().unwrap_or_else(made);
        Ok(Reply::File(name, bytes))
    }

    pub(crate) fn whole_datasource(&self, id: &str) -> Result<Value, RestError> {
        Ok(self.datasource(self.find_datasource(id)?))
    }

    fn find_datasource(&self, id: &str) -> Result<&Datasource, RestError> {
        let found = self.site.datasources.iter().find(|it| it.luid == id);
        found.ok_or_else(no_datasource)
    }

    pub(crate) fn datasource(&self, it: &Datasource) -> Value {
        let connection = connections(it).into_iter().next();
        let mut row = json!({
            "id": it.luid,
            "name": it.name,
            "description": it.description.clone().unwrap_or_default(),
            "contentUrl": it.content_url,
            "webpageUrl": self.address(&format!("datasources/{}", it.number)),
            "type": connection.as_ref().map_or("", |it| it["type"].as_str().unwrap_or_default()),
            "createdAt": it.created_at,
            "updatedAt": it.updated_at,
            "isCertified": it.is_certified,
            "hasExtracts": it.extract_refreshed_at.is_some(),
            "encryptExtracts": false,
            "useRemoteQueryAgent": false,
            "owner": self.owner(&it.owner),
            "tags": tags(&it.tags),
        });
        if let Some(project) = self.project_of(it.project.as_deref()) {
            row["project"] = project;
        }
        row
    }

    pub(crate) fn connections_of_datasource(&self, id: &str) -> Result<Vec<Value>, RestError> {
        Ok(connections(self.find_datasource(id)?))
    }

    pub(crate) fn datasource_file(&self, id: &str) -> Result<Reply, RestError> {
        let datasource = self.find_datasource(id)?;
        if !self.site.rights.download {
            return Err(RestError::forbidden(
                "The user may not download this datasource.",
            ));
        }
        let made = || {
            let text = super::twb::datasource(self.site, datasource);
            (format!("{}.tds", datasource.name), text.into_bytes())
        };
        let (name, bytes) = datasource.content.clone().unwrap_or_else(made);
        Ok(Reply::File(name, bytes))
    }

    pub(crate) fn flow(&self, it: &Flow) -> Value {
        json!({
            "id": it.luid,
            "name": it.name,
            "webpageUrl": self.address(&format!("flows/{}", it.number)),
        })
    }

    pub(crate) fn virtual_connection(&self, it: &VirtualConnection) -> Value {
        json!({
            "id": it.luid,
            "name": it.name,
            "createdAt": "2024-01-01T00:00:00Z",
            "updatedAt": "2025-01-01T00:00:00Z",
            "hasExtracts": false,
            "isCertified": it.is_certified,
            "webpageUrl": self.address(&format!("virtualconnections/{}", it.number)),
        })
    }

    fn find_virtual(&self, id: &str) -> Result<&VirtualConnection, RestError> {
        let found = self
            .site
            .virtual_connections
            .iter()
            .find(|it| it.luid == id);
        let detail = "The virtual connection could not be found.";
        found.ok_or_else(|| RestError::not_found("404045", detail))
    }

    pub(crate) fn whole_virtual_connection(&self, id: &str) -> Result<Value, RestError> {
        let it = self.find_virtual(id)?;
        let content = json!({
            "policyCollection": {"luid": luid(&[id, "policies"]), "policies": []},
            "revision": {
                "luid": luid(&[id, "revision"]),
                "revisableProperties": {
                    "tables": it.tables.iter().map(|it| definition(id, it)).collect::<Vec<_>>(),
                },
            },
        });
        Ok(json!({
            "id": it.luid,
            "name": it.name,
            "project": self.project_of(Some(&it.project)),
            "owner": self.owner(&it.owner),
            "content": content.to_string(),
        }))
    }

    pub(crate) fn connections_of_virtual(&self, id: &str) -> Result<Vec<Value>, RestError> {
        let it = self.find_virtual(id)?;
        let rows = it.tables.first().map(|(_, table)| {
            json!({
                "connectionId": luid(&[id, "connection"]),
                "dbClass": table.connection_type,
                "server": table.host,
                "username": "reader",
                "port": "443",
            })
        });
        Ok(rows.into_iter().collect())
    }
}

/// Something that REST calls a view: a dashboard, a story, or a sheet that is not hidden.
pub(crate) struct View<'a> {
    workbook: &'a Workbook,
    name: &'a str,
    luid: &'a str,
    kind: &'static str,
    n_opened: u64,
}

pub(crate) fn views_of(workbook: &Workbook) -> Vec<View<'_>> {
    let dashboards = workbook.dashboards.iter().map(|it| View {
        workbook,
        name: &it.name,
        luid: &it.luid,
        kind: if it.is_story { "story" } else { "dashboard" },
        n_opened: it.n_opened,
    });
    let sheets = workbook.sheets.iter().filter(|it| !it.is_hidden);
    let sheets = sheets.map(|it| View {
        workbook,
        name: &it.name,
        luid: &it.luid,
        kind: "view",
        n_opened: it.n_opened,
    });
    dashboards.chain(sheets).collect()
}

/// A table in a virtual connection's definition.
fn definition(id: &str, (name, table): &(String, super::datasource::Table)) -> Value {
    json!({
        "luid": luid(&["luid", &luid(&[id, "table", name])]),
        "revisableProperties": {
            "name": name,
            "physicalIdentifier": {
                "databaseName": table.database,
                "schemaName": table.schema,
                "qualifiedName": table.full_name,
            },
        },
    })
}

fn tags(tags: &[String]) -> Value {
    if tags.is_empty() {
        return json!({});
    }
    let labels: Vec<Value> = tags.iter().map(|it| json!({"label": it})).collect();
    json!({"tag": labels})
}

/// One connection for each server that a datasource speaks to. The datasource's id is not the
/// LUID of a published one, as Tableau's is not.
fn connections(of: &Datasource) -> Vec<Value> {
    let upstream = &of.upstream;
    let mut servers: Vec<(&str, &str)> = Vec::new();
    let tables = upstream.tables.iter();
    servers.extend(tables.map(|it| (it.connection_type.as_str(), it.host.as_str())));
    let queries = upstream.custom_sql.iter();
    servers.extend(queries.map(|it| (it.connection_type.as_str(), "")));
    servers.extend(upstream.published.iter().map(|_| ("sqlproxy", "localhost")));
    servers.extend(
        upstream
            .virtual_tables
            .iter()
            .map(|_| ("publishedConnection", "localhost")),
    );
    servers.dedup();
    let name = upstream.published.first().unwrap_or(&of.name);
    let rows = servers.iter().enumerate().map(|(nth, (class, address))| {
        json!({
            "id": luid(&[&of.luid, "connection", &nth.to_string()]),
            "type": class,
            "serverAddress": address,
            "serverPort": "443",
            "userName": "reader",
            "embedPassword": false,
            "queryTaggingEnabled": false,
            "datasource": {"id": of.luid, "name": name},
        })
    });
    rows.collect()
}

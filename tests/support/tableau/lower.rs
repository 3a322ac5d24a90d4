//! A [`Site`] made into the [`Graph`] that the Metadata API walks.
//!
//! The whole graph is made anew at every change of the site. Edges follow Tableau's own rules:
//! a workbook's `upstreamTables` cover what its sheets use, a hidden sheet has no LUID and no
//! path, a story is a dashboard without sheets.

use serde_json::json;

use super::datasource::{Datasource, Flow};
use super::graph::{Graph, Index};
use super::lower_source::Sources;
use super::luid::luid;
use super::site::Site;
use super::workbook::{Dashboard, Sheet, Workbook};

/// Makes the objects of a site.
pub(crate) fn lower(site: &Site) -> Graph {
    let mut graph = Graph::default();
    if !site.recorded.is_empty() {
        super::recorded::absorb_all(&mut graph, &site.recorded);
        return graph;
    }
    let mut lowering = Lowering {
        site,
        graph: &mut graph,
    };
    for flow in &site.flows {
        lowering.flow(flow);
    }
    for datasource in &site.datasources {
        lowering.published(datasource);
    }
    for workbook in &site.workbooks {
        lowering.workbook(workbook);
    }
    graph
}

struct Lowering<'a> {
    site: &'a Site,
    graph: &'a mut Graph,
}

impl Lowering<'_> {
    fn workbook(&mut self, workbook: &Workbook) {
        let index = self.workbook_itself(workbook);
        let mut datasources = Vec::new();
        for datasource in &workbook.datasources {
            let sources = self.embedded(datasource, index);
            datasources.push((datasource.name.clone(), sources));
        }
        let mut sheets = Vec::new();
        for sheet in &workbook.sheets {
            let of_sheet: Vec<&Sources> = datasources
                .iter()
                .filter(|(name, _)| sheet.datasources.contains(name))
                .map(|(_, sources)| sources)
                .collect();
            let sheet_index = self.sheet(sheet, workbook, index, &of_sheet);
            sheets.push((sheet, sheet_index, of_sheet));
        }
        for dashboard in &workbook.dashboards {
            let dashboard_index = self.dashboard(dashboard, workbook, index);
            let shown = sheets
                .iter()
                .filter(|it| dashboard.sheets.contains(&it.0.name));
            for (_, sheet_index, of_sheet) in shown {
                if !dashboard.is_story {
                    let back = "containedInDashboards";
                    self.graph
                        .join(dashboard_index, "sheets", *sheet_index, back);
                }
                for sources in of_sheet {
                    sources.reach(self.graph, dashboard_index, "downstreamDashboards");
                }
            }
        }
    }

    fn workbook_itself(&mut self, workbook: &Workbook) -> Index {
        let site = self.site;
        let project = workbook.project.as_ref().and_then(|it| site.project(it));
        let kind = if project.is_some() {
            "Project"
        } else {
            "PersonalSpace"
        };
        let owner = site.users.iter().find(|it| it.name == workbook.owner);
        let container = project.map(|it| &it.name).or(owner.map(|it| &it.full_name));
        let unsupported = workbook.datasources.iter().any(has_unsupported_sql);
        let index = self.graph.add("Workbook", &workbook.id, || {
            json!({
                "luid": workbook.luid,
                "name": workbook.name,
                "description": workbook.description.clone().unwrap_or_default(),
                "uri": format!("sites/1/workbooks/{}", workbook.number),
                "vizportalUrlId": workbook.number.to_string(),
                "projectName": project.map(|it| &it.name),
                "projectLuid": project.map(|it| &it.luid),
                "projectVizportalUrlId": project.map(|_| "1"),
                "containerType": kind,
                "containerName": container,
                "containsUnsupportedCustomSql": unsupported,
                "createdAt": workbook.created_at,
                "updatedAt": workbook.updated_at,
            })
        });
        if workbook.is_hidden {
            self.graph.hide(index);
        }
        self.belongs(index, &workbook.owner, &workbook.tags);
        index
    }

    /// Its owner, its site and its tags.
    fn belongs(&mut self, index: Index, owner: &str, tags: &[String]) {
        let site = self.site;
        if let Some(user) = site.users.iter().find(|it| it.name == owner) {
            let owner = self
                .graph
                .add("TableauUser", &luid(&["id", &user.luid]), || {
                    json!({
                        "luid": user.luid,
                        "uri": format!("sites/1/users/{}", user.name),
                        "vizportalId": "1",
                        "username": user.name,
                        "name": user.full_name,
                        "domain": "local",
                        "email": user.email.clone().unwrap_or_default(),
                    })
                });
            self.graph.link(index, "owner", owner);
        }
        let own_site = self.graph.add(
            "TableauSite",
            &luid(&["id", &site.luid]),
            || json!({"luid": site.luid, "name": site.name, "uri": "sites/1"}),
        );
        self.graph.link(index, "site", own_site);
        for tag in tags {
            let id = luid(&["tag", tag]);
            let tag = self.graph.add("Tag", &id, || json!({"name": tag}));
            self.graph.link(index, "tags", tag);
        }
    }

    fn embedded(&mut self, datasource: &Datasource, workbook: Index) -> Sources {
        let index = self.graph.add("EmbeddedDatasource", &datasource.id, || {
            super::lower_source::values(datasource)
        });
        self.graph
            .join(workbook, "embeddedDatasources", index, "workbook");
        self.graph.link(index, "downstreamWorkbooks", workbook);
        let sources = Sources::read(self.graph, self.site, datasource, index);
        for published in &sources.published {
            self.graph
                .link(index, "parentPublishedDatasources", *published);
        }
        sources
    }

    fn published(&mut self, datasource: &Datasource) {
        let site = self.site;
        let project = datasource.project.as_ref().and_then(|it| site.project(it));
        let index = self.graph.add("PublishedDatasource", &datasource.id, || {
            let mut values = super::lower_source::values(datasource);
            values["luid"] = json!(datasource.luid);
            values["description"] = json!(datasource.description.clone().unwrap_or_default());
            values["uri"] = json!(format!("sites/1/datasources/{}", datasource.number));
            values["vizportalUrlId"] = json!(datasource.number.to_string());
            values["projectName"] = json!(project.map(|it| &it.name));
            values["projectVizportalUrlId"] = json!(project.map(|_| "1"));
            values["containerType"] = json!("Project");
            values["containerName"] = json!(project.map(|it| &it.name));
            values["isCertified"] = json!(datasource.is_certified);
            let is_warned = datasource.warnings.iter().any(|it| it.is_active);
            values["hasActiveWarning"] = json!(is_warned);
            values
        });
        self.belongs(index, &datasource.owner, &datasource.tags);
        for (number, warning) in datasource.warnings.iter().enumerate() {
            let id = luid(&[&datasource.luid, "warning", &number.to_string()]);
            let warning = self.graph.add("DataQualityWarning", &id, || {
                json!({
                    "luid": id,
                    "value": warning.category,
                    "category": warning.category,
                    "message": warning.message,
                    "isActive": warning.is_active,
                    "isElevated": warning.is_elevated,
                    "authorDisplayName": "Ann Archer",
                    "createdAt": datasource.created_at,
                    "updatedAt": datasource.updated_at,
                })
            });
            self.graph.link(index, "dataQualityWarnings", warning);
        }
        Sources::read(self.graph, site, datasource, index);
    }

    fn flow(&mut self, flow: &Flow) {
        let index = self.graph.add("Flow", &luid(&["id", &flow.luid]), || {
            json!({
                "luid": flow.luid,
                "name": flow.name,
                "uri": format!("sites/1/flows/{}", flow.number),
                "vizportalUrlId": flow.number.to_string(),
                "projectName": flow.project.rsplit('/').next(),
            })
        });
        self.belongs(index, &flow.owner, &[]);
        for table in &flow.inputs {
            let table = super::lower_source::table(self.graph, self.site, table);
            self.graph.link(table, "downstreamFlows", index);
        }
    }

    fn sheet(
        &mut self,
        sheet: &Sheet,
        workbook: &Workbook,
        workbook_index: Index,
        datasources: &[&Sources],
    ) -> Index {
        let index = self.graph.add("Sheet", &sheet.id, || {
            node(&sheet.name, &sheet.luid, sheet.is_hidden, workbook)
        });
        self.graph.join(workbook_index, "sheets", index, "workbook");
        self.graph.link(workbook_index, "views", index);
        for sources in datasources {
            self.graph
                .link(index, "parentEmbeddedDatasources", sources.datasource);
            sources.reach(self.graph, index, "downstreamSheets");
            sources.reach(self.graph, workbook_index, "downstreamWorkbooks");
            sources.show_fields(self.graph, index, &sheet.fields);
        }
        index
    }

    fn dashboard(&mut self, it: &Dashboard, workbook: &Workbook, workbook_index: Index) -> Index {
        let index = self.graph.add("Dashboard", &it.id, || {
            node(&it.name, &it.luid, false, workbook)
        });
        self.graph
            .join(workbook_index, "dashboards", index, "workbook");
        self.graph.link(workbook_index, "views", index);
        index
    }
}

/// The values of a sheet or dashboard.
fn node(name: &str, own_luid: &str, is_hidden: bool, workbook: &Workbook) -> serde_json::Value {
    let path = format!(
        "{}/{}",
        workbook.content_url,
        super::luid::content_url(name)
    );
    json!({
        "luid": if is_hidden { "" } else { own_luid },
        "name": name,
        "path": if is_hidden { "" } else { &path },
        "documentViewId": luid(&["document", own_luid]),
        "index": 0,
        "createdAt": workbook.created_at,
        "updatedAt": workbook.updated_at,
    })
}

fn has_unsupported_sql(datasource: &Datasource) -> bool {
    datasource
        .upstream
        .custom_sql
        .iter()
        .any(|it| it.is_unsupported)
}

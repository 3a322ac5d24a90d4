//! A site: who is on it, what lies on it, and how it behaves.

use super::datasource::{Datasource, Flow, VirtualConnection};
use super::luid::luid;
use super::workbook::Workbook;

/// The personal access token that every site takes, unless told otherwise.
pub(crate) const TOKEN_NAME: &str = "exposure-lens-test";
/// Its secret. Tests look for it where it must not be.
pub(crate) const TOKEN_SECRET: &str = "s3cr3tS3cr3tS3cr3t==:ZmFrZVRva2VuU2VjcmV0";
/// The password of every user.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A site and all that is on it.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) luid: String,
    pub(crate) name: String,
    /// The part after `/site/` in a browser; empty for the default site.
    pub(crate) content_url: String,
    pub(crate) users: Vec<User>,
    pub(crate) projects: Vec<Project>,
    pub(crate) workbooks: Vec<Workbook>,
    pub(crate) datasources: Vec<Datasource>,
    pub(crate) virtual_connections: Vec<VirtualConnection>,
    pub(crate) flows: Vec<Flow>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) connected_app: Option<ConnectedApp>,
    pub(crate) rights: Rights,
    pub(crate) version: Version,
    pub(crate) metadata: MetadataApi,
    /// How many objects one GraphQL answer may hold.
    pub(crate) node_limit: usize,
    /// Recorded objects, in place of what the lists above would make: type and JSON.
    pub(crate) recorded: Vec<(String, serde_json::Value)>,
    next_number: u32,
}

/// A person.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) luid: String,
    pub(crate) name: String,
    pub(crate) full_name: String,
    pub(crate) email: Option<String>,
    pub(crate) role: String,
}

/// A folder.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) luid: String,
    pub(crate) name: String,
    /// The LUID of the folder it lies in.
    pub(crate) parent: Option<String>,
    /// `Finance/Reports`.
    pub(crate) path: String,
}

/// A personal access token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) name: String,
    pub(crate) secret: String,
    pub(crate) user: String,
}

/// A connected app with direct trust.
#[derive(Clone, Debug)]
pub(crate) struct ConnectedApp {
    pub(crate) client_id: String,
    pub(crate) secret_id: String,
    pub(crate) secret: String,
}

/// What the token's user may do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rights {
    /// Sees the names of databases, tables and columns.
    pub(crate) names: bool,
    /// Downloads workbooks and datasources.
    pub(crate) download: bool,
    /// Starts refreshes.
    pub(crate) refresh: bool,
}

/// The release.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) product: String,
    pub(crate) build: String,
    pub(crate) rest: String,
    /// `Type.field` or `Type` that its Metadata API does not know yet.
    pub(crate) lacks: Vec<String>,
}

/// Whether the Metadata API is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetadataApi {
    On,
    /// Answers, with the error `FEATURE_DISABLED`.
    Disabled,
    /// Answers 404, with a page for people.
    Missing,
}

impl Version {
    pub(crate) fn modern() -> Self {
        Self {
            product: "2025.1.0".to_owned(),
            build: "20251.25.0301.1530".to_owned(),
            rest: "3.25".to_owned(),
            lacks: Vec::new(),
        }
    }

    /// Before virtual connections, `projectLuid` and times of datasources.
    pub(crate) fn v2021() -> Self {
        let lacks = [
            "VirtualConnection",
            "VirtualConnectionTable",
            "Workbook.projectLuid",
            "Workbook_Filter.projectLuid",
            "Workbook_Filter.projectLuidWithin",
            "WorkbookOrderField.PROJECT_LUID",
            "Datasource.createdAt",
            "Datasource.updatedAt",
            "EmbeddedDatasource.createdAt",
            "EmbeddedDatasource.updatedAt",
            "PublishedDatasource.createdAt",
            "PublishedDatasource.updatedAt",
        ];
        Self {
            product: "2021.4.0".to_owned(),
            build: "20214.21.1109.1748".to_owned(),
            rest: "3.14".to_owned(),
            lacks: lacks.map(str::to_owned).to_vec(),
        }
    }

    /// The first release with a Metadata API; nearer to it than to today's.
    pub(crate) fn v2019() -> Self {
        let more = [
            "Workbook.containerType",
            "Workbook.containerName",
            "Workbook_Filter.containerName",
            "Workbook_Filter.containerNameWithin",
            "PublishedDatasource.containerType",
            "PublishedDatasource.containerName",
            "Workbook.upstreamDataQualityWarnings",
            "EmbeddedDatasource.extractLastIncrementalUpdateTime",
            "PublishedDatasource.extractLastIncrementalUpdateTime",
            "Datasource.extractLastIncrementalUpdateTime",
            "DataQualityWarning.isElevated",
            "CustomSQLTable.isUnsupportedCustomSql",
            "CustomSQLTable_Filter.isUnsupportedCustomSql",
            "CustomSQLTable_Filter.isUnsupportedCustomSqlWithin",
        ];
        let mut version = Self::v2021();
        version.product = "2019.4.0".to_owned();
        version.build = "20194.19.1105.1200".to_owned();
        version.rest = "3.6".to_owned();
        version.lacks.extend(more.map(str::to_owned));
        version
    }
}

impl Site {
    /// An empty site with two users, `ann` (whose tokens work) and `bob`.
    pub(crate) fn new(content_url: &str) -> Self {
        let user = |name: &str, full_name: &str, role: &str| User {
            luid: luid(&[content_url, "user", name]),
            name: name.to_owned(),
            full_name: full_name.to_owned(),
            email: Some(format!("{name}@example.com")),
            role: role.to_owned(),
        };
        let mut site = Self {
            luid: luid(&["site", content_url]),
            name: content_url.to_owned(),
            content_url: content_url.to_owned(),
            users: vec![
                user("ann", "Ann Archer", "SiteAdministratorExplorer"),
                user("bob", "Bob Baker", "Creator"),
            ],
            projects: Vec::new(),
            workbooks: Vec::new(),
            datasources: Vec::new(),
            virtual_connections: Vec::new(),
            flows: Vec::new(),
            tokens: vec![Token {
                name: TOKEN_NAME.to_owned(),
                secret: TOKEN_SECRET.to_owned(),
                user: "ann".to_owned(),
            }],
            connected_app: None,
            rights: Rights {
                names: true,
                download: true,
                refresh: true,
            },
            version: Version::modern(),
            metadata: MetadataApi::On,
            node_limit: 20_000,
            recorded: Vec::new(),
            next_number: 1000,
        };
        site.add_project("Default");
        site
    }

    pub(crate) fn version(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    /// The token's user may see the site, but not the names of tables.
    pub(crate) fn without_names(mut self) -> Self {
        self.rights.names = false;
        self
    }

    pub(crate) fn without_download(mut self) -> Self {
        self.rights.download = false;
        self
    }

    pub(crate) fn metadata(mut self, metadata: MetadataApi) -> Self {
        self.metadata = metadata;
        self
    }

    pub(crate) fn user(mut self, name: &str, full_name: &str, email: Option<&str>) -> Self {
        self.users.push(User {
            luid: luid(&[&self.content_url, "user", name]),
            name: name.to_owned(),
            full_name: full_name.to_owned(),
            email: email.map(str::to_owned),
            role: "Explorer".to_owned(),
        });
        self
    }

    pub(crate) fn workbook(mut self, workbook: Workbook) -> Self {
        self.add_workbook(workbook);
        self
    }

    /// A published datasource.
    pub(crate) fn datasource(mut self, datasource: Datasource) -> Self {
        self.add_datasource(datasource);
        self
    }

    pub(crate) fn virtual_connection(mut self, mut connection: VirtualConnection) -> Self {
        self.add_project(&connection.project);
        connection.number = self.number();
        connection.luid = self.luid_of("virtual connection", &connection.name, connection.number);
        self.virtual_connections.push(connection);
        self
    }

    pub(crate) fn flow(mut self, mut flow: Flow) -> Self {
        self.add_project(&flow.project);
        flow.number = self.number();
        flow.luid = self.luid_of("flow", &flow.name, flow.number);
        self.flows.push(flow);
        self
    }

    /// Takes a workbook in: gives it, and what is in it, their ids.
    pub(crate) fn add_workbook(&mut self, mut workbook: Workbook) {
        if let Some(path) = &workbook.project {
            self.add_project(&path.clone());
        }
        workbook.number = self.number();
        workbook.luid = self.luid_of("workbook", &workbook.name, workbook.number);
        workbook.id = luid(&["id", &workbook.luid]);
        if self
            .workbooks
            .iter()
            .any(|it| it.content_url == workbook.content_url)
        {
            workbook.content_url = format!("{}_{}", workbook.content_url, workbook.number);
        }
        let part = |kind: &str, index: usize| luid(&[&workbook.luid, kind, &index.to_string()]);
        for (index, sheet) in workbook.sheets.iter_mut().enumerate() {
            sheet.id = part("sheet id", index);
            sheet.luid = part("sheet", index);
        }
        for (index, dashboard) in workbook.dashboards.iter_mut().enumerate() {
            dashboard.id = part("dashboard id", index);
            dashboard.luid = part("dashboard", index);
        }
        for (index, datasource) in workbook.datasources.iter_mut().enumerate() {
            datasource.id = part("datasource id", index);
            datasource.luid = part("datasource", index);
        }
        self.workbooks.push(workbook);
    }

    /// Publishes a datasource.
    pub(crate) fn add_datasource(&mut self, mut datasource: Datasource) {
        if let Some(path) = &datasource.project {
            self.add_project(&path.clone());
        }
        datasource.number = self.number();
        datasource.luid = self.luid_of("datasource", &datasource.name, datasource.number);
        datasource.id = luid(&["id", &datasource.luid]);
        self.datasources.push(datasource);
    }

    /// Makes the projects on this path that are not there yet; the LUID of the last one.
    pub(crate) fn add_project(&mut self, path: &str) -> String {
        let (parent, name) = match path.rsplit_once('/') {
            Some((parent, name)) => (Some(self.add_project(parent)), name),
            None => (None, path),
        };
        if let Some(project) = self.projects.iter().find(|it| it.path == path) {
            return project.luid.clone();
        }
        let project = Project {
            luid: luid(&[&self.content_url, "project", path]),
            name: name.to_owned(),
            parent,
            path: path.to_owned(),
        };
        self.projects.push(project);
        luid(&[&self.content_url, "project", path])
    }

    /// The project on this path.
    pub(crate) fn project(&self, path: &str) -> Option<&Project> {
        self.projects.iter().find(|it| it.path == path)
    }

    /// The workbook of this name, to change it.
    pub(crate) fn workbook_mut(&mut self, name: &str) -> &mut Workbook {
        let mut workbooks = self.workbooks.iter_mut();
        let found = workbooks.find(|it| it.name == name);
        found.unwrap_or_else(|| panic!("no workbook {name} on the site"))
    }

    pub(crate) fn remove_workbook(&mut self, name: &str) {
        self.workbooks.retain(|it| it.name != name);
    }

    fn number(&mut self) -> u32 {
        self.next_number += 1;
        self.next_number
    }

    fn luid_of(&self, kind: &str, name: &str, number: u32) -> String {
        luid(&[&self.content_url, kind, name, &number.to_string()])
    }
}

//! Workbooks, with their sheets, dashboards and stories.

use super::datasource::Datasource;

/// A workbook as its author made it.
#[derive(Clone, Debug)]
pub(crate) struct Workbook {
    /// These four are given by the site when it takes the workbook in.
    pub(crate) id: String,
    pub(crate) luid: String,
    pub(crate) number: u32,
    pub(crate) content_url: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// The path of its project, such as `Finance/Reports`; `None` in a personal space.
    pub(crate) project: Option<String>,
    /// User name.
    pub(crate) owner: String,
    pub(crate) tags: Vec<String>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    pub(crate) datasources: Vec<Datasource>,
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) dashboards: Vec<Dashboard>,
    /// The token's user may not see its name.
    pub(crate) is_hidden: bool,
    /// The file that a download gives; else one is made.
    pub(crate) content: Option<(String, Vec<u8>)>,
}

/// A worksheet.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    pub(crate) id: String,
    pub(crate) luid: String,
    pub(crate) name: String,
    /// Names of embedded datasources of its workbook.
    pub(crate) datasources: Vec<String>,
    /// The fields it shows; empty means all of its datasources.
    pub(crate) fields: Vec<String>,
    /// Hidden sheets have no LUID and no path, and REST does not list them.
    pub(crate) is_hidden: bool,
    /// How often it was opened, ever.
    pub(crate) n_opened: u64,
}

/// A dashboard, or a story.
#[derive(Clone, Debug)]
pub(crate) struct Dashboard {
    pub(crate) id: String,
    pub(crate) luid: String,
    pub(crate) name: String,
    /// Names of sheets of its workbook. A story's are not told by the Metadata API.
    pub(crate) sheets: Vec<String>,
    /// Only REST tells stories from dashboards.
    pub(crate) is_story: bool,
    pub(crate) n_opened: u64,
}

impl Workbook {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            id: String::new(),
            luid: String::new(),
            number: 0,
            content_url: super::luid::content_url(name),
            name: name.to_owned(),
            description: None,
            project: Some("Default".to_owned()),
            owner: "ann".to_owned(),
            tags: Vec::new(),
            created_at: "2024-02-03T04:05:06Z".to_owned(),
            updated_at: "2025-02-03T04:05:06Z".to_owned(),
            datasources: Vec::new(),
            sheets: Vec::new(),
            dashboards: Vec::new(),
            is_hidden: false,
            content: None,
        }
    }

    /// In this project, which is made if it is not there.
    pub(crate) fn project(mut self, path: &str) -> Self {
        self.project = Some(path.to_owned());
        self
    }

    /// In its owner's personal space.
    pub(crate) fn personal(mut self) -> Self {
        self.project = None;
        self
    }

    pub(crate) fn owner(mut self, user: &str) -> Self {
        user.clone_into(&mut self.owner);
        self
    }

    pub(crate) fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    pub(crate) fn tag(mut self, tag: &str) -> Self {
        self.tags.push(tag.to_owned());
        self
    }

    pub(crate) fn updated_at(mut self, time: &str) -> Self {
        time.clone_into(&mut self.updated_at);
        self
    }

    pub(crate) fn hidden(mut self) -> Self {
        self.is_hidden = true;
        self
    }

    /// Embeds a datasource.
    pub(crate) fn datasource(mut self, datasource: Datasource) -> Self {
        self.datasources.push(datasource);
        self
    }

    /// A sheet that reads these of its datasources.
    pub(crate) fn sheet(mut self, name: &str, datasources: &[&str]) -> Self {
        self.sheets.push(Sheet {
            id: String::new(),
            luid: String::new(),
            name: name.to_owned(),
            datasources: owned(datasources),
            fields: Vec::new(),
            is_hidden: false,
            n_opened: 0,
        });
        self
    }

    /// The last sheet shows only these fields.
    pub(crate) fn fields(mut self, names: &[&str]) -> Self {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.fields = owned(names);
        }
        self
    }

    /// A sheet that is only seen inside dashboards.
    pub(crate) fn hidden_sheet(self, name: &str, datasources: &[&str]) -> Self {
        let mut workbook = self.sheet(name, datasources);
        if let Some(sheet) = workbook.sheets.last_mut() {
            sheet.is_hidden = true;
        }
        workbook
    }

    pub(crate) fn dashboard(mut self, name: &str, sheets: &[&str]) -> Self {
        self.dashboards.push(Dashboard {
            id: String::new(),
            luid: String::new(),
            name: name.to_owned(),
            sheets: owned(sheets),
            is_story: false,
            n_opened: 0,
        });
        self
    }

    pub(crate) fn story(self, name: &str, sheets: &[&str]) -> Self {
        let mut workbook = self.dashboard(name, sheets);
        if let Some(story) = workbook.dashboards.last_mut() {
            story.is_story = true;
        }
        workbook
    }

    /// The dashboard, story or sheet of this name was opened so often.
    pub(crate) fn opened(mut self, name: &str, times: u64) -> Self {
        for dashboard in self.dashboards.iter_mut().filter(|it| it.name == name) {
            dashboard.n_opened = times;
        }
        for sheet in self.sheets.iter_mut().filter(|it| it.name == name) {
            sheet.n_opened = times;
        }
        self
    }

    /// Whether any of its datasources holds an extract.
    pub(crate) fn has_extracts(&self) -> bool {
        let mut datasources = self.datasources.iter();
        datasources.any(|it| it.extract_refreshed_at.is_some())
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

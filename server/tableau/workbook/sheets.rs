//! Worksheets, dashboards and stories, and which shows which.

use std::collections::HashSet;

use lineage::{Dashboard, Sheet};

use super::fields::{self, Calculations};
use super::urls::Pages;
use crate::xml::Element;

/// The worksheets of the workbook `root`, in its order.
pub(super) fn read_sheets(root: Element<'_>, calculations: &Calculations) -> Vec<Sheet> {
    let hidden = hidden_sheets(root);
    let pages = Pages::of(root);
    let mut expansion = calculations.expansion();
    root.named("worksheets")
        .flat_map(|it| it.named("worksheet"))
        .map(|element| {
            let name = element.stated("name").unwrap_or_default();
            let hidden = hidden.contains(&name);
            Sheet {
                hidden,
                url: pages.page(element).filter(|_| !hidden),
                datasources: datasources(element),
                fields: expansion.fields_of(element),
                name,
                ..Sheet::default()
            }
        })
        .collect()
}

/// The dashboards and stories of the workbook `root`, in its order.
pub(super) fn read_dashboards(root: Element<'_>, sheets: &[Sheet]) -> Vec<Dashboard> {
    let pages = Pages::of(root);
    let names: HashSet<&str> = sheets.iter().map(|it| it.name.as_str()).collect();
    root.named("dashboards")
        .flat_map(|it| it.named("dashboard"))
        .map(|element| {
            let story = element.is("type", "storyboard");
            Dashboard {
                name: element.stated("name").unwrap_or_default(),
                story,
                url: pages.page(element),
                sheets: if story {
                    captured(element)
                } else {
                    shown(element, &names)
                },
                ..Dashboard::default()
            }
        })
        .collect()
}

fn hidden_sheets(root: Element<'_>) -> HashSet<String> {
    root.named("windows")
        .flat_map(|it| it.named("window"))
        .filter(|it| it.is("class", "worksheet") && it.is("hidden", "true"))
        .filter_map(|it| it.stated("name"))
        .collect()
}

/// The datasources that a sheet reads: those it lists, then those its fields come from.
fn datasources(sheet: Element<'_>) -> Vec<String> {
    let mut names = Unique::default();
    for view in sheet.descendants("view") {
        for datasource in view
            .named("datasources")
            .flat_map(|it| it.named("datasource"))
        {
            names.add(datasource.stated("name"));
        }
    }
    for dependencies in sheet.descendants("datasource-dependencies") {
        names.add(dependencies.stated("datasource"));
    }
    names.list.retain(|it| it != fields::PARAMETERS);
    names.list
}

/// The worksheets in a dashboard's zones. Its device layouts, which repeat them, lie beside.
fn shown(dashboard: Element<'_>, sheets: &HashSet<&str>) -> Vec<String> {
    let mut names = Unique::default();
    for zone in dashboard
        .named("zones")
        .flat_map(|it| it.descendants("zone"))
    {
        // Filters, legends and parameters carry a sheet's name as well, and a type.
        let is_sheet = zone.attr("type-v2").or_else(|| zone.attr("type")).is_none();
        if let Some(name) = zone
            .stated("name")
            .filter(|it| is_sheet && sheets.contains(it.as_str()))
        {
            names.add(Some(name));
        }
    }
    names.list
}

/// The sheets and dashboards that a story shows.
fn captured(story: Element<'_>) -> Vec<String> {
    let mut names = Unique::default();
    for point in story.descendants("story-point") {
        names.add(point.stated("captured-sheet"));
    }
    names.list
}

/// Names, each once, in order of appearance.
#[derive(Default)]
struct Unique {
    list: Vec<String>,
    seen: HashSet<String>,
}

impl Unique {
    fn add(&mut self, name: Option<String>) {
        if let Some(name) = name.filter(|it| self.seen.insert(it.clone())) {
            self.list.push(name);
        }
    }
}

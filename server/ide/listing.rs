//! The dashboards of a node as a list, for somebody who looks for one to open.
//!
//! Those that read the node itself come before those further down, and among them the
//! most viewed first. All texts are plain.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use lineage::{NodeIx, ViewCount, Workbook, WorkbookUsage};

use crate::analysis::Analysis;
use crate::facts;
use crate::text::{plain, safe_url, views};

/// A dashboard, or the sheet that stands in where a workbook shows none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// The workbook's.
    pub workbook: String,
    /// Where that is in Tableau, whose it is, how often this is viewed, and how it comes to
    /// the node where that is not plain.
    pub detail: String,
    /// Its page, else the workbook's, if one is known and safe to open.
    pub url: Option<String>,
    /// The workbook's file.
    pub file: Option<String>,
}

pub(crate) fn of_node(analysis: &Analysis, node: NodeIx) -> Vec<Listed> {
    let usages = analysis.lineage.downstream_of(node);
    let mut found: Vec<Found<'_>> = Vec::new();
    for usage in &usages {
        found.extend(found_in(analysis.lineage.workbook(usage.workbook), usage));
    }
    // Where views are not known, the order is that of the hover, which sorting keeps.
    found.sort_by_key(|it| (it.distance > 0, Reverse(it.views), it.distance));
    found.iter().map(|it| it.listed(analysis)).collect()
}

/// What a workbook shows of a node.
struct Found<'a> {
    workbook: &'a Workbook,
    usage: &'a WorkbookUsage,
    name: &'a str,
    url: Option<&'a String>,
    views: Option<ViewCount>,
    distance: usize,
}

/// The dashboards that show it, else the sheets.
fn found_in<'a>(workbook: &'a Workbook, usage: &'a WorkbookUsage) -> Vec<Found<'a>> {
    let found = |name: &'a str, url: &'a Option<String>, views, distance| Found {
        workbook,
        usage,
        name,
        url: url.as_ref(),
        views,
        distance,
    };
    if usage.dashboards.is_empty() {
        let sheets = usage.sheets.iter().map(|&ix| &workbook.sheets[ix]);
        let sheets = sheets.map(|it| found(&it.name, &it.url, it.views, usage.distance));
        return sheets.collect();
    }
    let dashboards = usage.dashboards.iter().map(|at| {
        let it = &workbook.dashboards[at.dashboard];
        found(&it.name, &it.url, it.views, at.distance)
    });
    dashboards.collect()
}

impl Found<'_> {
    fn listed(&self, analysis: &Analysis) -> Listed {
        let url = self.url.or(self.workbook.url.as_ref());
        Listed {
            name: plain(self.name),
            workbook: plain(&self.workbook.name),
            detail: self.detail(analysis),
            url: url.and_then(|it| safe_url(it)).map(str::to_owned),
            file: self.workbook.file.as_deref().map(plain),
        }
    }

    fn detail(&self, analysis: &Analysis) -> String {
        let path = &self.workbook.project_path;
        let path = (!path.is_empty()).then(|| plain(&path.join("/")));
        let owner = self.workbook.owner.name.as_deref().map(plain);
        let is_probable = self.usage.kind.is_probable();
        let parts = [
            path,
            owner,
            self.views.map(views),
            self.through(analysis),
            is_probable.then(|| format!("probably: {}", facts::how_probable(self.usage.kind))),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join(" · ")
    }
}

impl Found<'_> {
    /// The node that it reads, where that is not the one asked for. Of a workbook only the
    /// nearest way is known.
    fn through(&self, analysis: &Analysis) -> Option<String> {
        let is_nearest = self.distance == self.usage.distance;
        let read = self.usage.via.last().filter(|_| is_nearest);
        let label = |&ix| format!("through {}", analysis.lineage.nodes().get(ix).label());
        let through = read.map_or_else(|| "further downstream".to_owned(), label);
        (self.distance > 0).then(|| plain(&through))
    }
}

//! Which of what was found fits a text that somebody typed.

use lineage::{DashboardUsage, PublishedDatasource, Workbook, WorkbookUsage};

use super::found::{Found, Kept, KeptWorkbook};
use crate::analysis::Analysis;
use crate::text::plain;

/// A text in lower case; `None` lets everything through.
#[derive(Debug)]
pub(super) struct Filter(Option<String>);

impl Filter {
    pub(super) fn new(text: Option<&str>) -> Filter {
        let text = text.map(|it| it.trim().to_lowercase());
        Filter(text.filter(|it| !it.is_empty()))
    }

    /// Whether it lets everything through.
    pub(super) fn is_open(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn keep(&self, analysis: &Analysis, found: Found) -> Kept {
        let lineage = &analysis.lineage;
        let workbooks = found.workbooks.into_iter();
        let workbooks = workbooks.filter_map(|it| self.workbook(lineage.workbook(it.workbook), it));
        let datasources = found.datasources.into_iter();
        let datasources = datasources.filter(|&it| self.takes(lineage.published(it)));
        Kept {
            workbooks: workbooks.collect(),
            datasources: datasources.collect(),
        }
    }

    /// One that fits keeps all that it shows, another one what fits of that.
    fn workbook(&self, workbook: &Workbook, usage: WorkbookUsage) -> Option<KeptWorkbook> {
        let owner = workbook.owner.name.as_deref();
        let is_whole = self.fits(&workbook.name)
            || self.fits_path(&workbook.project_path)
            || owner.is_some_and(|it| self.fits(it));
        let dashboard =
            |it: &&DashboardUsage| is_whole || self.fits(&workbook.dashboards[it.dashboard].name);
        let sheet = |it: &&usize| is_whole || self.fits(&workbook.sheets[**it].name);
        let dashboards: Vec<_> = usage.dashboards.iter().filter(dashboard).copied().collect();
        let sheets = usage.sheets.iter().filter(|_| usage.dashboards.is_empty());
        let sheets: Vec<usize> = sheets.filter(sheet).copied().collect();
        let is_kept = is_whole || !dashboards.is_empty() || !sheets.is_empty();
        is_kept.then_some(KeptWorkbook {
            usage,
            dashboards,
            sheets,
        })
    }

    fn takes(&self, it: &PublishedDatasource) -> bool {
        let owner = it.owner.name.as_deref();
        self.fits(&it.name)
            || self.fits_path(&it.project_path)
            || owner.is_some_and(|it| self.fits(it))
    }

    /// As it is shown, or as Tableau has it.
    fn fits(&self, name: &str) -> bool {
        let holds = |name: &str, text: &str| name.to_lowercase().contains(text);
        let text = self.0.as_deref();
        text.is_none_or(|text| holds(&plain(name), text) || holds(name, text))
    }

    /// `Finance/Exec` or `Finance / Exec`.
    fn fits_path(&self, path: &[String]) -> bool {
        !path.is_empty() && (self.fits(&path.join("/")) || self.fits(&path.join(" / ")))
    }
}

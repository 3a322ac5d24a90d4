//! Which exposure is being written, and what it stands for.

use dbt::TypedExposure;
use lineage::{PageLink, Subject};

use crate::analysis::{Analysis, File};
use crate::exposure_plan::{self, Names};

/// What completions are asked for.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) file: File<'a>,
    pub(super) exposure: &'a TypedExposure,
}

impl<'a> Context<'a> {
    /// What the exposure stands for. An exposure that is new has no sign but its page; an
    /// equal title or name is enough to offer something first.
    pub(super) fn subjects(self) -> Vec<Subject> {
        let mut subjects = self.known();
        if subjects.is_empty() {
            subjects = self.at_page();
        }
        if subjects.is_empty() {
            subjects.extend(self.namesake());
        }
        subjects
    }

    fn known(self) -> Vec<Subject> {
        let lineage = &self.analysis.lineage;
        let name = self.exposure.name.as_deref();
        let mut exposures = lineage.exposures().iter();
        let known = exposures
            .position(|it| Some(it.name.as_str()) == name && it.package == self.file.package);
        known.map_or_else(Vec::new, |it| lineage.subjects_of(it))
    }

    fn at_page(self) -> Vec<Subject> {
        let Some(link) = self.exposure.url.as_deref().and_then(PageLink::parse) else {
            return Vec::new();
        };
        let at = self.analysis.lineage.at_page(&link);
        let dashboards = at.dashboards.into_iter().map(|(workbook, it)| Subject {
            workbook,
            dashboard: Some(it),
        });
        let workbooks = at.workbooks.into_iter().map(|workbook| Subject {
            workbook,
            dashboard: None,
        });
        let dashboards: Vec<Subject> = dashboards.collect();
        if dashboards.is_empty() {
            return workbooks.collect();
        }
        dashboards
    }

    /// The only thing without an exposure that has this title, else this name.
    fn namesake(self) -> Option<Subject> {
        let TypedExposure { name, label, .. } = self.exposure;
        if name.is_none() && label.is_none() {
            return None;
        }
        let open = open_subjects(self.analysis);
        let mut titled = open
            .iter()
            .filter(|it| label.as_deref() == Some(title(self.analysis, **it)));
        if let (Some(only), None) = (titled.next(), titled.next()) {
            return Some(*only);
        }
        let names = Names::of(self.analysis);
        let has_name = |it: &&Subject| {
            let own = names.of_subject(**it).map(|it| it.as_str());
            own.is_some() && own == name.as_deref()
        };
        open.iter().find(has_name).copied()
    }
}

/// What may get an exposure and has none.
pub(super) fn open_subjects(analysis: &Analysis) -> Vec<Subject> {
    let workbooks = exposure_plan::readers(analysis).into_iter();
    let subjects = workbooks.flat_map(|it| exposure_plan::subjects_of(analysis, it));
    subjects
        .filter(|it| exposure_plan::covering(analysis, *it).is_none())
        .collect()
}

/// The title of a workbook or dashboard.
pub(super) fn title(analysis: &Analysis, subject: Subject) -> &str {
    let workbook = analysis.lineage.workbook(subject.workbook);
    let dashboard = exposure_plan::dashboard_of(workbook, subject);
    dashboard.map_or(&workbook.name, |it| &it.name)
}

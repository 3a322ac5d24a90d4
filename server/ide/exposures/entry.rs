//! Which exposure a place in a properties file is about.

use std::ops::Range;

use dbt::{ExposureEntry, Properties};

use crate::analysis::{Analysis, File};

/// An exposure as a file writes it, and its place in the lineage.
#[derive(Clone, Debug)]
pub struct ExposureEntryAt {
    /// What the file says.
    pub entry: ExposureEntry,
    /// Its place in [`lineage::Lineage::exposures`]; `None` while the lineage is older
    /// than the text.
    pub exposure: Option<usize>,
}

/// The exposures of a file, in its order.
pub(crate) fn in_file(analysis: &Analysis, file: File<'_>) -> Vec<ExposureEntryAt> {
    let Ok(properties) = Properties::parse(file.text) else {
        return Vec::new();
    };
    let known = analysis.lineage.exposures();
    let mut taken: Vec<usize> = Vec::new();
    let mut all = Vec::new();
    for entry in properties.exposures {
        let is_it = |&ix: &usize| {
            let it = &known[ix];
            it.name.as_str() == entry.name
                && it.package == file.package
                && it.path == file.path
                && !taken.contains(&ix)
        };
        let exposure = (0..known.len()).find(is_it);
        taken.extend(exposure);
        all.push(ExposureEntryAt { entry, exposure });
    }
    all
}

/// The exposure whose entry holds `offset`.
pub(crate) fn at(analysis: &Analysis, file: File<'_>, offset: usize) -> Option<ExposureEntryAt> {
    let holds = |span: &Range<usize>| span.start <= offset && offset <= span.end;
    let mut entries = in_file(analysis, file).into_iter();
    entries.find(|it| holds(&it.entry.span))
}

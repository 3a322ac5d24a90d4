//! Which exposure a place in a properties file is about, and how it and Tableau differ
//! as the file stands now.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use dbt::{ExposureEntry, Field, Properties};
use lineage::{Exposure, NodeIx};

use crate::analysis::{Analysis, File};
use crate::exposures::state::{self, ExposureState};
use crate::locate;

/// An exposure as a file writes it, and its place in the lineage.
#[derive(Clone, Debug)]
pub(crate) struct ExposureEntryAt {
    /// What the file says.
    pub(crate) entry: ExposureEntry,
    /// Its place in [`lineage::Lineage::exposures`]; `None` while the lineage is older
    /// than the text.
    pub(crate) exposure: Option<usize>,
}

/// The exposures of a file, in its order.
pub(crate) fn in_file(analysis: &Analysis, file: File<'_>) -> Vec<ExposureEntryAt> {
    // Most properties files have none, and are not parsed for it.
    if !locate::is_yaml(file.path) || !file.text.contains("exposures") {
        return Vec::new();
    }
    let properties = Properties::parse(file.text);
    properties.map_or_else(
        |_| Vec::new(),
        |it| of_entries(analysis, file, it.exposures),
    )
}

/// The entries of a file with their places. Of several with one name each takes the
/// next one.
pub(crate) fn of_entries(
    analysis: &Analysis,
    file: File<'_>,
    entries: Vec<ExposureEntry>,
) -> Vec<ExposureEntryAt> {
    let all = analysis.lineage.exposures().iter().enumerate();
    let own = all.filter(|(_, it)| it.package == file.package && it.path == file.path);
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (ix, it) in own.collect::<Vec<_>>().into_iter().rev() {
        places.entry(it.name.as_str()).or_default().push(ix);
    }
    let place = |entry: ExposureEntry| ExposureEntryAt {
        exposure: places.get_mut(entry.name.as_str()).and_then(Vec::pop),
        entry,
    };
    entries.into_iter().map(place).collect()
}

/// The exposure whose entry holds `offset`; the indent before its first line is its own.
pub(crate) fn at(analysis: &Analysis, file: File<'_>, offset: usize) -> Option<ExposureEntryAt> {
    let holds = |span: &Range<usize>| {
        let start = locate::line_of(file.text, span.start).start.min(span.start);
        start <= offset && offset <= span.end
    };
    let mut entries = in_file(analysis, file).into_iter();
    entries.find(|it| holds(&it.entry.span))
}

impl ExposureEntryAt {
    /// How it and Tableau differ, without what the text has mended since the lineage was
    /// built. `None` while the lineage does not know it.
    pub(crate) fn state(&self, analysis: &Analysis, file: File<'_>) -> Option<ExposureState> {
        let ix = self.exposure?;
        let mut state = state::of(analysis, ix);
        let here = self.depends_on(analysis, file);
        state.lacking.retain(|it| !here.contains(it));
        state.surplus.retain(|it| here.contains(it));
        let known = &analysis.lineage.exposures()[ix];
        let is_as_known = |field| text_of(&self.entry, field) == text_of_known(known, field);
        state.differences.retain(|it| is_as_known(it.field));
        Some(state)
    }

    fn depends_on(&self, analysis: &Analysis, file: File<'_>) -> HashSet<NodeIx> {
        let nodes = analysis.lineage.nodes();
        let calls = self.entry.depends_on.iter();
        calls
            .filter_map(|it| it.target.resolve(nodes, file.package))
            .collect()
    }
}

fn text_of(entry: &ExposureEntry, field: Field) -> Option<&str> {
    let text = match field {
        Field::Label => &entry.label,
        Field::Url => &entry.url,
        Field::Description => &entry.description,
        Field::OwnerName => &entry.owner.name,
        Field::OwnerEmail => &entry.owner.email,
    };
    text.as_deref()
}

fn text_of_known(exposure: &Exposure, field: Field) -> Option<&str> {
    let text = match field {
        Field::Label => &exposure.label,
        Field::Url => &exposure.url,
        Field::Description => &exposure.description,
        Field::OwnerName => &exposure.owner.name,
        Field::OwnerEmail => &exposure.owner.email,
    };
    text.as_deref()
}

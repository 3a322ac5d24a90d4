//! How an exposure and what it stands for in Tableau differ.

use std::collections::BTreeSet;

use dbt::Field;
use lineage::{NodeIx, Presence, Read, Subject};

use crate::analysis::Analysis;

/// An exposure beside what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposureState {
    /// Its place in [`lineage::Lineage::exposures`].
    pub exposure: usize,
    /// What it stands for; empty where that is not known.
    pub subjects: Vec<Subject>,
    /// Whether that is still there.
    pub presence: Presence,
    /// What is read in Tableau and not in `depends_on`, by a match that is no guess.
    pub lacking: Vec<NodeIx>,
    /// What is in `depends_on` and no more read in Tableau. Only where all that is read
    /// is known.
    pub surplus: Vec<NodeIx>,
    /// Texts that are others in Tableau. Where it stands for one thing only.
    pub differences: Vec<Difference>,
}

/// A text that is another one in Tableau.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub field: Field,
    /// What the exposure says.
    pub here: Option<String>,
    /// What Tableau says.
    pub tableau: String,
}

impl ExposureState {
    /// Whether it says all that Tableau does, as far as that is known.
    pub fn is_in_step(&self) -> bool {
        self.lacking.is_empty() && self.surplus.is_empty() && self.differences.is_empty()
    }
}

pub(crate) fn of(analysis: &Analysis, exposure: usize) -> ExposureState {
    let lineage = &analysis.lineage;
    let subjects = lineage.subjects_of(exposure);
    let reads: Vec<Read> = subjects.iter().flat_map(|it| lineage.reads(*it)).collect();
    let declared = &lineage.exposures()[exposure].depends_on;
    let declared = declared.iter().filter_map(|it| lineage.nodes().by_id(it));
    let declared: BTreeSet<NodeIx> = declared.collect();
    let sure = reads.iter().filter(|it| !it.kind.is_probable());
    let sure: BTreeSet<NodeIx> = sure.map(|it| it.node).collect();
    ExposureState {
        exposure,
        presence: lineage.presence_of(exposure),
        lacking: sure.difference(&declared).copied().collect(),
        surplus: Vec::new(),
        differences: Vec::new(),
        subjects,
    }
}

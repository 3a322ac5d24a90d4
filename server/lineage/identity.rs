//! Which exposure stands for which workbook or dashboard, both ways.
//!
//! Names decide nothing: a LUID does, else the page's address, else our own key for
//! what was never published. An equal label is a hint to offer, never a fact to act on,
//! and a placeholder is nothing at all.
//!
//! Everything is looked up by hash, so that the cost is that of reading each exposure
//! and each workbook once. Whether what an exposure stands for is still there is
//! decided in `identity/presence.rs`.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::content::Content;
use crate::exposure::Exposure;
use crate::usage::WorkbookIx;

use places::Places;
use signs::Signs;
use subjects::{Found, SubjectIndex};

pub use signs::is_placeholder;

mod places;
mod presence;
mod signs;
mod subjects;

#[cfg(test)]
mod tests;

/// Why an exposure and a workbook are held to be the same, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// The LUID of the workbook, or of one of its views, stands somewhere in the
    /// exposure's meta.
    Luid,
    /// Both lead to the same page.
    Url,
    /// The exposure's meta names the workbook's site and URL name.
    ContentUrl,
    /// The exposure's meta names the workbook's file.
    File,
    /// Only the titles are equal: to be offered, not assumed.
    Label,
}

/// What an exposure can stand for: a workbook, or one of its dashboards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// The workbook.
    pub workbook: WorkbookIx,
    /// The dashboard's place in it; `None` for the whole workbook.
    pub dashboard: Option<usize>,
}

/// Whether what an exposure stands for is still in Tableau.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is known.
    Here,
    /// Its site lists every workbook it has, and not this one.
    Gone {
        /// Which of [`crate::Lineage::contents`] says so.
        content: usize,
    },
    /// It was not found, and that says nothing; why, in words.
    Unknown(String),
    /// Nothing about it speaks of Tableau, or it stands for a published datasource.
    Elsewhere,
}

/// An exposure that stands for a workbook or for a dashboard of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameAs<'a> {
    /// The exposure.
    pub exposure: &'a Exposure,
    /// Its place in [`crate::Lineage::exposures`].
    pub ix: usize,
    /// Why.
    pub by: Identity,
    /// What it stands for: where a dashboard was asked for, that one or its whole
    /// workbook; where a workbook was, that one or one of its dashboards.
    pub subject: Subject,
}

/// Which exposure stands for what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identities {
    /// For each workbook the exposures of it and of its dashboards, best first.
    ties: HashMap<WorkbookIx, Vec<Tie>>,
    /// For each exposure what it surely stands for, sorted.
    subjects: Vec<Vec<Subject>>,
    /// Exposures of a dashboard that their workbook does not have.
    lost: BTreeMap<usize, WorkbookIx>,
    places: Places,
    told_by_file: HashSet<WorkbookIx>,
}

/// An exposure and what it stands for, as seen from the workbook.
#[derive(Clone, Copy, Debug)]
struct Tie {
    exposure: usize,
    by: Identity,
    dashboard: Option<usize>,
}

impl Identities {
    pub(crate) fn new(contents: &[Content], exposures: &[Exposure]) -> Identities {
        let told_by_file = subjects::told_by_file(contents);
        let index = SubjectIndex::new(contents, &told_by_file);
        let mut all = Identities {
            places: Places::new(contents),
            ..Identities::default()
        };
        for (ix, exposure) in exposures.iter().enumerate() {
            let Found { known, lost } = index.find(&Signs::of(exposure));
            all.lost.extend(lost.map(|it| (ix, it)));
            all.subjects.push(known.keys().copied().collect());
            for (subject, by) in known {
                all.tie(ix, subject, by);
            }
        }
        all.add_hints(contents, exposures);
        all.told_by_file = told_by_file;
        for ties in all.ties.values_mut() {
            ties.sort_by_key(|it| {
                let exposure = &exposures[it.exposure];
                let is_hint = it.by == Identity::Label;
                let is_part = it.dashboard.is_some();
                (is_hint, is_part, it.by, !exposure.enabled, &exposure.id)
            });
        }
        all
    }

    fn tie(&mut self, exposure: usize, subject: Subject, by: Identity) {
        let ties = self.ties.entry(subject.workbook).or_default();
        ties.push(Tie {
            exposure,
            by,
            dashboard: subject.dashboard,
        });
    }

    /// Offers by the title alone what stands for nothing else.
    fn add_hints(&mut self, contents: &[Content], exposures: &[Exposure]) {
        let hints = Hints::new(exposures, &self.subjects);
        for (workbook, it) in subjects::workbooks(contents) {
            let is_known = self.ties.contains_key(&workbook);
            let hint = hints.find(&it.name, it.luid.is_some());
            if let Some(exposure) = hint.filter(|_| !is_known) {
                let dashboard = None;
                let subject = Subject {
                    workbook,
                    dashboard,
                };
                self.tie(exposure, subject, Identity::Label);
            }
        }
    }

    /// The place of the exposure that stands for a workbook or one of its dashboards.
    pub(crate) fn of_workbook(&self, workbook: WorkbookIx) -> Option<(usize, Identity, Subject)> {
        let tie = self.ties.get(&workbook)?.first()?;
        Some(tie.from(workbook))
    }

    /// The place of the exposure that stands for a dashboard, else for all of its workbook.
    pub(crate) fn of_subject(&self, subject: Subject) -> Option<(usize, Identity, Subject)> {
        if subject.dashboard.is_none() {
            return self.of_workbook(subject.workbook);
        }
        let ties = self.ties.get(&subject.workbook)?;
        let of = |dashboard| ties.iter().find(|it| it.dashboard == dashboard);
        let tie = of(subject.dashboard).or_else(|| of(None))?;
        Some(tie.from(subject.workbook))
    }

    /// Whether only its file tells a workbook from other copies of the same.
    pub(crate) fn is_told_by_file(&self, workbook: WorkbookIx) -> bool {
        self.told_by_file.contains(&workbook)
    }

    /// What an exposure surely stands for, sorted.
    pub(crate) fn subjects_of(&self, exposure: usize) -> &[Subject] {
        self.subjects.get(exposure).map_or(&[], Vec::as_slice)
    }
}

impl Tie {
    fn from(self, workbook: WorkbookIx) -> (usize, Identity, Subject) {
        let dashboard = self.dashboard;
        let subject = Subject {
            workbook,
            dashboard,
        };
        (self.exposure, self.by, subject)
    }
}

/// The exposures that stand for nothing known, by their labels.
struct Hints<'a> {
    any: HashMap<&'a str, usize>,
    /// Those among them that name no workbook by its LUID.
    without_luid: HashMap<&'a str, usize>,
}

impl<'a> Hints<'a> {
    fn new(exposures: &'a [Exposure], subjects: &[Vec<Subject>]) -> Hints<'a> {
        let mut hints = Hints {
            any: HashMap::new(),
            without_luid: HashMap::new(),
        };
        let free: HashSet<usize> = (0..exposures.len())
            .filter(|&ix| subjects[ix].is_empty())
            .collect();
        let mut order: Vec<usize> = free.into_iter().collect();
        order.sort_by_key(|&ix| (!exposures[ix].enabled, &exposures[ix].id));
        for ix in order {
            let label = exposures[ix].label.as_deref();
            let Some(label) = label.filter(|it| !is_placeholder(it)) else {
                continue;
            };
            hints.any.entry(label).or_insert(ix);
            if Signs::of(&exposures[ix]).luid.is_none() {
                hints.without_luid.entry(label).or_insert(ix);
            }
        }
        hints
    }

    /// A workbook whose LUID is known is not what an exposure with another one means.
    fn find(&self, title: &str, has_luid: bool) -> Option<usize> {
        let hints = match has_luid {
            true => &self.without_luid,
            false => &self.any,
        };
        hints.get(title).copied()
    }
}

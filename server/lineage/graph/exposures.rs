//! What exposures stand for, and what those read.

use std::collections::BTreeMap;

use super::Lineage;
use crate::identity::{Identity, Presence, SameAs, Subject};
use crate::matching::MatchKind;
use crate::node::NodeIx;

/// A node whose own relation a workbook or dashboard reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    /// The node.
    pub node: NodeIx,
    /// The surest match.
    pub kind: MatchKind,
}

impl Lineage {
    /// The exposure that stands for a dashboard by itself, if there is one: by the
    /// dashboard's LUID, its own page, or our own key.
    pub fn exposure_of_dashboard(&self, subject: Subject) -> Option<SameAs<'_>> {
        self.exposure_of(subject.workbook)
    }

    /// What the exposure at a place of [`Lineage::exposures`] stands for, by signs that
    /// are no guess; sorted. A page of one of its dashboards is that dashboard's.
    pub fn subjects_of(&self, exposure: usize) -> Vec<Subject> {
        let is_it =
            |&(_, &(ix, by)): &(_, &(usize, Identity))| ix == exposure && by != Identity::Label;
        let mut subjects: Vec<Subject> = self
            .exposures
            .iter()
            .filter(is_it)
            .map(|(&workbook, _)| Subject {
                workbook,
                dashboard: None,
            })
            .collect();
        subjects.sort_unstable();
        subjects
    }

    /// Whether what that exposure stands for is still there.
    pub fn presence_of(&self, exposure: usize) -> Presence {
        if self.subjects_of(exposure).is_empty() {
            Presence::Unknown("it is not known which site it is on".to_owned())
        } else {
            Presence::Here
        }
    }

    /// What a workbook or dashboard reads itself, each node once. Of a table that is
    /// built here and declared as a source too, what dbt builds.
    pub fn reads(&self, subject: Subject) -> Vec<Read> {
        let workbook = self.workbook(subject.workbook);
        let shows = |datasource: usize| {
            subject.dashboard.is_none_or(|it| {
                let datasource = &workbook.datasources[datasource];
                workbook.dashboards_on(datasource).contains(&it)
            })
        };
        let mut kinds: BTreeMap<NodeIx, MatchKind> = BTreeMap::new();
        let own = |it: &&crate::usage::Usage| {
            it.workbook == subject.workbook && it.alias_of.is_none() && shows(it.datasource)
        };
        for usage in self.usages().iter().filter(own) {
            let kind = kinds.entry(usage.node).or_insert(usage.kind);
            *kind = (*kind).min(usage.kind);
        }
        kinds
            .into_iter()
            .map(|(node, kind)| Read { node, kind })
            .collect()
    }

    /// Why the subject may read more than [`Lineage::reads`] tells, in words; empty when
    /// all that it reads is known.
    pub fn unknown_reads(&self, subject: Subject) -> Vec<String> {
        let name = &self.workbook(subject.workbook).name;
        vec![format!("it is not known whether {name} reads more")]
    }
}

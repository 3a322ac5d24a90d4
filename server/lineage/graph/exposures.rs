//! What exposures stand for, and what those read.

use std::collections::BTreeMap;

use super::Lineage;
use crate::identity::{Identity, Presence, SameAs, Subject};
use crate::matching::MatchKind;
use crate::node::NodeIx;
use crate::usage::{Usage, WorkbookIx};

pub(super) use unknown::Told;

mod unknown;

#[cfg(test)]
mod tests;

/// A node whose own relation a workbook or dashboard reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    /// The node.
    pub node: NodeIx,
    /// The surest match.
    pub kind: MatchKind,
}

impl Lineage {
    /// The exposure that stands for a workbook or for one of its dashboards, if there is
    /// one: for the whole workbook before a part, by the surest sign, enabled before
    /// disabled, else the first by id. [`SameAs::subject`] tells which of the two it is.
    ///
    /// An equal label alone is a hint ([`Identity::Label`]), given only where the
    /// exposure stands for nothing else.
    pub fn exposure_of(&self, workbook: WorkbookIx) -> Option<SameAs<'_>> {
        let found = self.identities.of_workbook(workbook)?;
        Some(self.same_as(found))
    }

    /// The exposure that stands for a dashboard by itself, by the dashboard's LUID, its
    /// own page, or our own key; else one for all of its workbook, which covers it
    /// ([`SameAs::subject`] has no dashboard then).
    pub fn exposure_of_dashboard(&self, subject: Subject) -> Option<SameAs<'_>> {
        let found = self.identities.of_subject(subject)?;
        Some(self.same_as(found))
    }

    /// What the exposure at a place of [`Lineage::exposures`] stands for, by signs that
    /// are no guess; sorted. A page of one of its dashboards is that dashboard's.
    pub fn subjects_of(&self, exposure: usize) -> Vec<Subject> {
        self.identities.subjects_of(exposure).to_vec()
    }

    /// Whether a workbook is one of several local copies of one that was published, which
    /// nothing but their files tells apart.
    pub fn is_told_by_file(&self, workbook: WorkbookIx) -> bool {
        self.identities.is_told_by_file(workbook)
    }

    /// Whether what that exposure stands for is still there.
    pub fn presence_of(&self, exposure: usize) -> Presence {
        let it = &self.exposures()[exposure];
        self.identities.presence(self.contents(), it, exposure)
    }

    /// What a workbook or dashboard reads itself, each node once. Of a table that is
    /// built here and declared as a source too, what dbt builds.
    pub fn reads(&self, subject: Subject) -> Vec<Read> {
        let read_by = self.datasources_of(subject);
        let own = |it: &&Usage| it.alias_of.is_none() && read_by[it.datasource];
        let mut kinds: BTreeMap<NodeIx, MatchKind> = BTreeMap::new();
        for usage in self.usages_of(subject.workbook).iter().filter(own) {
            let kind = kinds.entry(usage.node).or_insert(usage.kind);
            *kind = (*kind).min(usage.kind);
        }
        let all = kinds.into_iter();
        all.map(|(node, kind)| Read { node, kind }).collect()
    }

    /// Why the subject may read more than [`Lineage::reads`] tells, in words; empty when
    /// all that it reads is known. A table that is no relation of this project is known.
    pub fn unknown_reads(&self, subject: Subject) -> Vec<String> {
        unknown::reads(self, subject)
    }

    /// The same, as far as what is at hand tells: that a file may be old does not count.
    pub fn hidden_reads(&self, subject: Subject) -> Vec<String> {
        unknown::hidden(self, subject)
    }

    fn same_as(&self, (ix, by, subject): (usize, Identity, Subject)) -> SameAs<'_> {
        SameAs {
            exposure: &self.exposures()[ix],
            ix,
            by,
            subject,
        }
    }

    /// The usages of a workbook, which lie together.
    pub fn usages_of(&self, workbook: WorkbookIx) -> &[Usage] {
        let usages = self.usages();
        let first = usages.partition_point(|it| it.workbook < workbook);
        let n = usages[first..].partition_point(|it| it.workbook == workbook);
        &usages[first..first + n]
    }

    /// For each datasource of the workbook whether the subject reads it.
    fn datasources_of(&self, subject: Subject) -> Vec<bool> {
        let workbook = self.workbook(subject.workbook);
        let is_read = |it| {
            let wanted = subject.dashboard;
            wanted.is_none_or(|wanted| workbook.dashboards_on(it).contains(&wanted))
        };
        workbook.datasources.iter().map(is_read).collect()
    }
}

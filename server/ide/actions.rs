//! What can be done at a place in a file, as titles and plain data.
//!
//! One file for each action below; this one asks them all. Edits are made when
//! an action is chosen ([`crate::Analysis::write_exposure`]), since they need a
//! file's text that is not at hand before.

mod open_dashboards;
mod write_exposure;

use std::ops::Range;

use lineage::{NodeIx, WorkbookIx};

use crate::analysis::{Analysis, File};
use crate::locate;

/// Something a user can choose to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it says.
    pub title: String,
    /// What it does.
    pub kind: ActionKind,
    /// Why it cannot be done now, when it cannot.
    pub disabled: Option<String>,
}

/// What an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// Writes the exposure of a workbook.
    WriteExposure(WorkbookIx),
    /// Lists a node's dashboards, to open one.
    ListDashboards(NodeIx),
}

pub(crate) fn at(analysis: &Analysis, file: File<'_>, range: Range<usize>) -> Vec<Action> {
    if !analysis.has_content() {
        return Vec::new();
    }
    let Some(found) = locate::at(analysis, file, range.start) else { return Vec::new() };
    let mut actions = write_exposure::for_node(analysis, found.node);
    actions.extend(open_dashboards::for_node(analysis, found.node));
    actions
}

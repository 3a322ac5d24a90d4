//! What a user asked to be written, and the files that this changes.
//!
//! An intent names things by what survives a reload, so that an action that was
//! offered a while ago is carried out on what is there now.

use lineage::{ExposureName, NodeIx, Subject};

use crate::analysis::Analysis;
use crate::file_change::{FileChange, Texts};

/// What a user asked to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// The exposure of a workbook or dashboard that has none.
    WriteExposure(Subject),
    /// The exposures of everything that reads a node and has none, and the missing
    /// dependencies on it of those that have one.
    WriteAll(NodeIx),
    /// What an exposure of the project lacks in `depends_on`.
    AddDependencies(ExposureName),
    /// A text of an exposure as Tableau has it.
    Update(ExposureName, dbt::Field),
    /// `config.enabled: false`, of an exposure whose workbook is gone.
    Disable(ExposureName),
    /// Nothing more, of an exposure whose workbook is gone.
    Remove(ExposureName),
}

/// The changes that `intent` means, for the files as they are now.
///
/// # Errors
/// The reason, for a person, why nothing is changed.
pub(crate) fn carry_out(
    _analysis: &Analysis,
    _intent: &Intent,
    _texts: Texts<'_>,
) -> Result<Vec<FileChange>, String> {
    Err("this is not built yet".to_owned())
}

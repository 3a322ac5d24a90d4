//! What the editor and the command line show, in offsets and strings.
//!
//! Pure: no LSP word, no disk, no clock. [`Analysis`] is the one front door; a
//! face hands it a [`File`] and translates what comes back.

mod actions;
mod analysis;
mod annotations;
mod columns;
mod completion;
mod diagnostics;
mod document_symbols;
mod doubts;
mod elsewhere;
mod explain;
mod exposure_plan;
mod exposures;
mod facts;
mod file_change;
mod fit;
mod hover;
mod intent;
mod listing;
#[cfg(test)]
mod live;
mod locate;
mod markdown;
mod missing;
mod names;
mod navigate;
mod neighbourhood;
mod pending;
mod reached;
mod symbols;
#[cfg(test)]
mod testing;
mod text;
mod tree;

pub use actions::{AcceptFor, Action, ActionKind};
pub use analysis::{Analysis, ExposureOptions, File, Grain, LensOptions, Options, ProjectFacts};
pub use annotations::{About, Annotation};
pub use completion::{Completion, CompletionKind, Completions};
pub use diagnostics::{Diagnostic, Fix, FixEdit, Lost, MAX_GONE, Severity};
pub use document_symbols::{DocumentSymbol, DocumentSymbolKind};
pub use doubts::Doubts;
pub use explain::{Candidate, ComparedName, Explanation, Matched, NodeName, TableExplanation};
pub use exposures::{Plan, PlanAction, PlanRequest, PlannedChange, WhenGone};
pub use facts::{UsageFacts, shown, warning_or_certified};
pub use file_change::{FileChange, Texts};
pub use fit::Fit;
pub use hover::Hover;
pub use intent::Intent;
pub use intent::missing::WrittenMissing;
pub use listing::Listed;
pub use missing::Missing;
pub use navigate::Place;
pub use neighbourhood::{Neighbour, NeighbourKind, Neighbourhood};
pub use pending::no_longer_built;
pub use reached::{Reached, Shown};
pub use symbols::{Symbol, SymbolKind};
pub use text::{
    ago, count, count_dashboards, is_hidden, plain, plain_message, safe_url, snapshot_mark, views,
    words,
};
pub use tree::{MAX_TREE_WORKBOOKS, RowKind, Tree, TreeAbout, TreeOrder, TreeRequest, TreeRow};

//! Exposures against Tableau: what stands in YAML, what Tableau shows, what differs.

pub(crate) mod diagnostics;
pub(crate) mod entry;
pub(crate) mod hover;
pub(crate) mod lens;
pub(crate) mod plan;
pub(crate) mod state;
pub(crate) mod subjects;
pub(crate) mod words;

pub use plan::{Plan, PlanAction, PlanRequest, PlannedChange, WhenGone};

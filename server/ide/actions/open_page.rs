//! Opens what an exposure stands for in Tableau: its page as Tableau knows it, else
//! the one that the exposure names and some workbook has.

use super::{Action, ActionKind};
use crate::analysis::Analysis;
use crate::exposures::subjects;

pub(super) fn for_exposure(analysis: &Analysis, exposure: usize) -> Option<Action> {
    let subject = analysis.lineage.subjects_of(exposure).into_iter().next()?;
    let page = subjects::page_of(analysis, subject)?;
    let name = &analysis.lineage.exposures()[exposure].name;
    let title = format!("Open exposure `{name}` in Tableau");
    Some(Action::new(title, ActionKind::OpenPage(page.to_owned())))
}

//! Sets a text of an exposure as Tableau has it; never unasked, for people word
//! these with care.

use super::{Action, ActionKind};
use crate::analysis::Analysis;
use crate::exposures::state;
use crate::intent::Intent;
use crate::text::plain;

pub(super) fn for_exposure(analysis: &Analysis, exposure: usize) -> Vec<Action> {
    let it = &analysis.lineage.exposures()[exposure];
    if it.package != analysis.lineage.nodes().root_package() {
        return Vec::new();
    }
    let differences = state::of(analysis, exposure).differences;
    let action = |difference: state::Difference| {
        let key = difference.field.key();
        let text = plain(&difference.tableau);
        let title = format!("Set `{key}` of exposure `{}` to {text}", it.name);
        let intent = Intent::Update(it.name.clone(), difference.field);
        Action::new(title, ActionKind::Edit(intent))
    };
    differences.into_iter().map(action).collect()
}

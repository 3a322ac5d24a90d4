//! What keeps an empty answer about a whole project from being a zero.

use lineage::Reason;

use super::{MAX_NEAR_MISSES, Missing, gaps, nameless, near_miss, of_any_node};
use crate::analysis::Analysis;
use crate::doubts::Doubts;
use crate::text::count;

/// Everything that may hide a use of any node, one line per kind.
pub(crate) fn of_project(analysis: &Analysis) -> Vec<Missing> {
    let gaps = gaps(analysis.lineage.gaps().iter());
    if !analysis.has_content() {
        let nothing = Missing {
            code: "no_content",
            message: "no Tableau content was found at all".to_owned(),
        };
        return std::iter::once(nothing).chain(gaps).collect();
    }
    beside_gaps(analysis).into_iter().chain(gaps).collect()
}

/// The same without the gaps of the content, and without saying that there is none.
pub(crate) fn beside_gaps(analysis: &Analysis) -> Vec<Missing> {
    let mut all = of_any_node(analysis);
    let is_said = all.iter().any(|it| it.code == "code_unread");
    let unread = Doubts::of(analysis).unread_code.clone();
    all.extend(unread.filter(|_| !is_said));
    all.extend(nameless(analysis));
    all.extend(near_misses(analysis));
    all
}

/// Tables that have the name of a node, and lie somewhere else.
fn near_misses(analysis: &Analysis) -> Vec<Missing> {
    let unmatched = analysis.lineage.unmatched().iter();
    let near = unmatched.filter(|it| it.reason == Reason::NoSuchRelation);
    let near: Vec<_> = near.filter(|it| !it.candidates.is_empty()).collect();
    let missing = |message| Missing {
        code: "name_differs",
        message,
    };
    let shown = near.iter().take(MAX_NEAR_MISSES);
    let quoted = |it: &String| format!("`{it}`");
    let shown = shown.map(|it| {
        let relations: Vec<String> = it.candidates.iter().map(quoted).collect();
        missing(near_miss(it, &relations))
    });
    let n_more = near.len().saturating_sub(MAX_NEAR_MISSES);
    let more = (n_more > 0).then(|| {
        let tables = count(n_more, "more table");
        let have = if n_more == 1 {
            "has such a name"
        } else {
            "have such names"
        };
        missing(format!("{tables} {have}"))
    });
    shown.chain(more).collect()
}

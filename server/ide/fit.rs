//! How well the project's relations and Tableau's tables fit.
//!
//! Names that are equal in few places tell of a manifest of another target: worth
//! one word for the whole project, not one for each of its nodes.

use std::collections::BTreeSet;

use lineage::{MatchKind, Reason};

use crate::analysis::Analysis;

/// Tableau's tables, each once, counted by what they led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// Tables whose place and name are a node's.
    pub n_matched: usize,
    /// Tables that would be a node's by a rule that nobody has accepted yet.
    pub n_proposed: usize,
    /// Tables of which only the name is a node's.
    pub n_by_name: usize,
    /// Tables that no relation of the project is.
    pub n_unmatched: usize,
}

impl Fit {
    pub(crate) fn of(analysis: &Analysis) -> Fit {
        let lineage = &analysis.lineage;
        let own = lineage.usages().iter().filter(|it| it.alias_of.is_none());
        let tables: BTreeSet<(&str, MatchKind)> =
            own.map(|it| (it.table.as_str(), it.kind)).collect();
        let of_kind = |kind| tables.iter().filter(|(_, it)| *it == kind).count();
        let n_by_name = of_kind(MatchKind::Name);
        let n_proposed = of_kind(MatchKind::Proposed);
        let n_surely = tables.iter().filter(|(_, it)| !it.is_probable());
        let n_matched = n_surely
            .map(|(table, _)| *table)
            .collect::<BTreeSet<_>>()
            .len();
        let unmatched = lineage.unmatched().iter();
        Fit {
            n_matched,
            n_proposed,
            n_by_name,
            n_unmatched: unmatched
                .filter(|it| it.reason == Reason::NoSuchRelation)
                .count(),
        }
    }

    /// Whether so few tables match that the manifest is rather of another target.
    pub fn is_poor(&self) -> bool {
        self.n_by_name + self.n_proposed + self.n_unmatched > 3 * self.n_matched
    }
}

#[cfg(test)]
mod tests {
    use fixture::Fixture;

    use crate::testing::{SHOP, analysis};

    /// Matched, proposed, by name, unmatched.
    #[track_caller]
    fn check(project: &str, counts: [usize; 4], is_poor: bool) {
        let fit = analysis(&Fixture::parse(project)).fit();
        let found = [
            fit.n_matched,
            fit.n_proposed,
            fit.n_by_name,
            fit.n_unmatched,
        ];
        assert_eq!((found, fit.is_poor()), (counts, is_poor));
    }

    #[test]
    fn tables_are_counted_once_and_few_equal_names_are_told() {
        check(SHOP, [4, 0, 0, 0], false);
        let dev = "#- nodes\nmodel.shop.a DEV.me.a\nmodel.shop.b DEV.me.b\n#- tableau\n\
                   workbook W\ndatasource D snowflake\n[DB].[S].[A]\n[DB].[S].[B]\n\
                   workbook V\ndatasource D snowflake\n[DB].[S].[A]\n[DB].[S].[C]\n";
        check(dev, [0, 0, 2, 1], true);
        let proposed =
            format!("{dev}#- proposal\nrule schema me -> S, database DEV -> DB\ncounts 2 0 1\n");
        check(&proposed, [0, 2, 0, 1], true);
        check("#- nodes\nmodel.shop.a DB.S.a\n", [0, 0, 0, 0], false);
    }
}

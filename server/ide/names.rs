//! Words for what production calls a node, and for who says so.

use lineage::{NameRule, NamedBy, NodeIx, Proposal, Relation, Standing};

use crate::analysis::Analysis;
use crate::text::{count, plain};

/// How a node stands to the manifest, where there is one and the node is not as dbt
/// parsed it.
pub(crate) fn standing(analysis: &Analysis, node: NodeIx) -> Option<&'static str> {
    if !analysis.project.has_manifest {
        return None;
    }
    match analysis.lineage.nodes().get(node).standing {
        Standing::Parsed => None,
        Standing::Edited => Some("edited since dbt parsed it"),
        Standing::Missing => Some("in the manifest, but its file is gone"),
        Standing::New => Some("newer than the manifest"),
    }
}

/// The same beside the node's name, of what is not in both: `newer than the manifest`.
pub(crate) fn standing_briefly(analysis: &Analysis, node: NodeIx) -> Option<&'static str> {
    match analysis.lineage.nodes().get(node).standing {
        Standing::Missing => Some("gone from the files"),
        Standing::New => standing(analysis, node),
        Standing::Parsed | Standing::Edited => None,
    }
}

/// Who says what production calls a node: `manifest state/manifest.json`. `show` makes a name
/// fit to be shown.
pub(crate) fn said_by(named_by: &NamedBy, show: impl Fn(&str) -> String) -> String {
    match named_by {
        NamedBy::Manifest(path) => format!("manifest {}", show(path)),
        NamedBy::Snapshot => "team snapshot".to_owned(),
        NamedBy::Rule(it) => format!("rule {}", show(&it.to_string())),
        NamedBy::Proposal(it) => format!("proposed rule {}", show(&it.to_string())),
    }
}

/// `schema dbt_*_marts → MARTS, database dev → prod`
pub(crate) fn rule(rule: &NameRule) -> String {
    plain(&rule.to_string())
}

/// `the name rule schema dbt_* → MARTS`; of several the first, and how many more.
pub(crate) fn rules(proposal: &Proposal) -> String {
    match proposal.rules.as_slice() {
        [] => "the name rule".to_owned(),
        [only] => format!("the name rule {}", rule(only)),
        [first, rest @ ..] => {
            let n_rules = count(1 + rest.len(), "name rule");
            format!("{n_rules} ({}, +{})", rule(first), rest.len())
        }
    }
}

/// `the proposed name rule schema dbt_* → MARTS`
pub(crate) fn proposed(proposal: &Proposal) -> String {
    match proposal.rules.as_slice() {
        [] => "the proposed name rule".to_owned(),
        [only] => format!("the proposed name rule {}", rule(only)),
        [first, rest @ ..] => {
            let (n_rules, n_more) = (1 + rest.len(), rest.len());
            format!(
                "the {n_rules} proposed name rules ({}, +{n_more})",
                rule(first)
            )
        }
    }
}

/// Whether two names are one relation's under a warehouse's rules.
pub(crate) fn is_same(a: &Relation, b: &Relation, case: lineage::Case) -> bool {
    let stored = |it: &Relation| {
        let part = |it: &Option<lineage::Identifier>| it.as_ref().map(|it| it.stored(case));
        (part(&it.database), part(&it.schema), it.name.stored(case))
    };
    stored(a) == stored(b)
}

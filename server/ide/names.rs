//! Words for what production calls a node, and for who says so.

use lineage::{NameRule, NamedBy, NodeIx, Proposal, Relation, Standing};

use crate::analysis::Analysis;
use crate::text::{count, plain};

/// How many of a proposal's rules and matches are spelled out.
const MAX_SPELLED: usize = 3;

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

/// Who says what production calls a node.
pub(crate) fn said_by(named_by: &NamedBy) -> String {
    match named_by {
        NamedBy::Manifest(path) => format!("manifest {}", plain(path)),
        NamedBy::Snapshot => "team snapshot".to_owned(),
        NamedBy::Rule(it) => format!("rule {}", rule(it)),
        NamedBy::Proposal(it) => format!("proposed rule {}", rule(it)),
    }
}

/// `schema dbt_*_marts → MARTS, database dev → prod`
pub(crate) fn rule(rule: &NameRule) -> String {
    let parts = [
        ("schema", &rule.from.schema, &rule.to.schema),
        ("database", &rule.from.database, &rule.to.database),
        ("name", &rule.from.name, &rule.to.name),
    ];
    let parts = parts.into_iter().filter_map(|(part, from, to)| {
        let (from, to) = (from.as_deref(), to.as_deref());
        (from.is_some() || to.is_some()).then(|| {
            let from = from.unwrap_or("*");
            format!("{part} {from} → {}", to.unwrap_or(from))
        })
    });
    plain(&parts.collect::<Vec<_>>().join(", "))
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

/// The proposal's rules, each by itself, the first few.
pub(crate) fn each_rule(proposal: &Proposal) -> Vec<String> {
    let n_more = proposal.rules.len().saturating_sub(MAX_SPELLED);
    let spelled = proposal.rules.iter().take(MAX_SPELLED).map(rule);
    let more = (n_more > 0).then(|| format!("+{n_more} more"));
    spelled.chain(more).collect()
}

/// How many tables a proposal would match, and how many it would not.
pub(crate) fn counts(proposal: &Proposal) -> String {
    let mut text = format!("matches {}", count(proposal.n_matched, "table"));
    match proposal.n_ambiguous {
        0 => {}
        n => text.push_str(&format!(", leaves {n} ambiguous")),
    }
    match proposal.n_unexplained {
        0 => {}
        n => text.push_str(&format!(", {n} unmatched")),
    }
    text
}

/// Whether two names are one relation's under a warehouse's rules.
pub(crate) fn is_same(a: &Relation, b: &Relation, case: lineage::Case) -> bool {
    let stored = |it: &Relation| {
        let part = |it: &Option<lineage::Identifier>| it.as_ref().map(|it| it.stored(case));
        (part(&it.database), part(&it.schema), it.name.stored(case))
    };
    stored(a) == stored(b)
}

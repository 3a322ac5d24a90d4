//! What a hover says of names that are not confirmed, and of files that are not as the
//! manifest has them.

use lineage::{MatchKind, NodeIx, Proposal, WorkbookUsage};

use crate::analysis::Analysis;
use crate::markdown::{code, escape};
use crate::names;
use crate::pending;
use crate::text::count;

/// How many of a proposal's rules are spelled out.
const MAX_RULES: usize = 3;

/// Both names, the proposed rule with its counts, and the ways out.
pub(super) fn confirm(
    analysis: &Analysis,
    node: NodeIx,
    usages: &[WorkbookUsage],
) -> Option<String> {
    let proposal = analysis.proposal.as_ref()?;
    let mut proposed = usages.iter().filter(|it| it.kind == MatchKind::Proposed);
    let read = proposed.next()?.via.last().copied().unwrap_or(node);
    let own = analysis.lineage.nodes().get(read).relation.as_ref();
    let production = analysis.lineage.production_relation(read);
    let both = match own.zip(production) {
        Some((own, production)) => {
            let (own, production) = (code(&own.to_string()), code(&production.to_string()));
            format!("{own} here is taken for {production} in Tableau, by a name rule")
        }
        None => "The names are compared by a name rule".to_owned(),
    };
    Some(format!(
        "**Not confirmed:** {both} that was worked out and that nobody has accepted. It \
         {}:\n{}\n\nWays out: accept the rule for the team or for you (an action here, or \
         `exposure-lens doctor --fix`), write another one into `dbt.map`, or name \
         production's manifest with `dbt.production_manifest`.",
        counts(analysis, proposal),
        rules(proposal)
    ))
}

/// `matches 41 tables (such as [PROD].[MARTS].[A] for a), leaves 2 ambiguous, 5 unmatched`
fn counts(analysis: &Analysis, proposal: &Proposal) -> String {
    let mut text = format!("matches {}", count(proposal.n_matched, "table"));
    if let Some((table, id)) = proposal.examples.first() {
        let node = analysis.lineage.nodes().by_id(id);
        let label = node.map(|ix| code(&analysis.lineage.nodes().get(ix).label()));
        let example = label.map(|label| format!(" (such as {} for {label})", code(table)));
        text.extend(example);
    }
    let left = [
        (proposal.n_ambiguous, "ambiguous"),
        (proposal.n_unexplained, "unmatched"),
    ];
    let left = left.into_iter().filter(|(n, _)| *n > 0);
    let left: Vec<String> = left.map(|(n, what)| format!("{n} {what}")).collect();
    if !left.is_empty() {
        text.push_str(&format!(", leaves {}", left.join(", ")));
    }
    text
}

/// The first rules, one a line.
fn rules(proposal: &Proposal) -> String {
    let shown = proposal.rules.iter().take(MAX_RULES);
    let shown = shown.map(|it| format!("- {}", code(&names::rule(it))));
    let n_more = proposal.rules.len().saturating_sub(MAX_RULES);
    let more = (n_more > 0).then(|| format!("- +{n_more} more"));
    shown.chain(more).collect::<Vec<_>>().join("\n")
}

/// What the files do to the node's deployed relation.
pub(super) fn what_follows(analysis: &Analysis, node: NodeIx) -> Option<String> {
    let id = &analysis.lineage.nodes().get(node).id;
    let it = analysis.pending.iter().find(|it| it.node == *id)?;
    let node = analysis.lineage.nodes().get(node);
    let (path, deployed) = (code(&it.path), code(&it.deployed.to_string()));
    let becomes = pending::becomes(node, it, code);
    let is_no_longer = pending::no_longer_built(1, pending::is_certain(it));
    Some(format!(
        "Once {path} is deployed, {deployed} {is_no_longer}: {becomes}."
    ))
}

/// Which version of a model it is, and which is the latest.
pub(super) fn version(analysis: &Analysis, node: NodeIx) -> Option<String> {
    let it = analysis.lineage.nodes().get(node);
    let version = escape(it.version.as_deref()?);
    Some(match it.latest_version.as_deref() {
        _ if it.is_latest() => format!("version {version}, the latest"),
        Some(latest) => format!("version {version}, the latest is {}", escape(latest)),
        None => format!("version {version}"),
    })
}

/// How the node stands to the manifest, and whether there is one.
pub(super) fn standing(analysis: &Analysis, node: NodeIx) -> Option<&'static str> {
    let no_manifest = || {
        let is_read = !analysis.project.has_manifest;
        is_read.then_some("read from the project's files, no manifest")
    };
    names::standing(analysis, node).or_else(no_manifest)
}

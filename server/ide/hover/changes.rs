//! What a hover says of names that are not confirmed, and of files that are not as the
//! manifest has them.

use dbt::Becomes;
use lineage::{MatchKind, NodeIx, WorkbookUsage};

use crate::analysis::Analysis;
use crate::markdown::{code, escape_message};
use crate::names;

/// What is said of a match that is only probable.
pub(super) fn how_probable(kind: MatchKind) -> &'static str {
    match kind {
        MatchKind::Proposed => "by the proposed name rule",
        _ => "matched by name only",
    }
}

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
    let rules = names::each_rule(proposal).into_iter();
    let rules: Vec<String> = rules.map(|it| format!("- {}", code(&it))).collect();
    let counts = names::counts(proposal);
    let example = example(analysis).unwrap_or_default();
    Some(format!(
        "**Not confirmed:** {both} that was worked out and that nobody has accepted. It \
         {counts}{example}:\n{}\n\nWays out: accept the rule for the team or for you (an \
         action here, or `exposure-lens doctor --fix`), write another one into `dbt.map`, or \
         name production's manifest with `dbt.production_manifest`.",
        rules.join("\n")
    ))
}

/// `, such as [PROD].[MARTS].[A] for a`
fn example(analysis: &Analysis) -> Option<String> {
    let (table, id) = analysis.proposal.as_ref()?.examples.first()?;
    let node = analysis.lineage.nodes().by_id(id)?;
    let label = analysis.lineage.nodes().get(node).label();
    Some(format!(", such as {} for {}", code(table), code(&label)))
}

/// What the files do to the node's deployed relation.
pub(super) fn pending(analysis: &Analysis, node: NodeIx) -> Option<String> {
    let id = &analysis.lineage.nodes().get(node).id;
    let it = analysis.pending.iter().find(|it| it.node == *id)?;
    let deployed = code(&it.deployed.to_string());
    let becomes = match &it.becomes {
        Becomes::Renamed(to) => format!("it becomes {}", code(&to.to_string())),
        Becomes::Disabled => "the node is disabled".to_owned(),
        Becomes::Ephemeral => "the node becomes ephemeral".to_owned(),
        Becomes::Deleted => "its definition is gone".to_owned(),
    };
    let path = code(&it.path);
    Some(format!(
        "Once {path} is deployed, {deployed} is no longer built: {becomes}."
    ))
}

/// How the node stands to the manifest, and whether there is one.
pub(super) fn standing(analysis: &Analysis, node: NodeIx) -> Option<String> {
    let no_manifest = || {
        let is_read = !analysis.project.has_manifest;
        is_read.then_some("read from the project's files, no manifest")
    };
    let standing = names::standing(analysis, node).or_else(no_manifest);
    standing.map(escape_message)
}

//! What `doctor` tells of names: production's manifest, the rules in force, the rule that
//! is proposed, and files that are not as dbt parsed them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use lineage::{Lineage, MatchKind, NameRule, NamedBy, NodeIx, NodeKind, Relation};
use serde::Serialize;

use crate::cli::load::Loaded;
use crate::config::RuleSetting;
use crate::workspace::production::FoundBy;

/// Production's manifest.
#[derive(Serialize)]
pub(super) struct Production {
    pub(super) path: String,
    /// The setting or the variable that names it, or `dbt_cloud_defer`.
    pub(super) found_by: &'static str,
    pub(super) dbt_version: Option<String>,
    pub(super) adapter: Option<String>,
    pub(super) generated_at: Option<String>,
    /// How many nodes it names.
    pub(super) names: usize,
    /// How many of those the project at hand does not have.
    pub(super) only_in_production: usize,
}

/// A rule of `dbt.map`.
#[derive(Serialize)]
pub(super) struct Rule {
    /// For people.
    pub(super) rule: String,
    /// As it stands in the settings.
    pub(super) setting: serde_json::Value,
    pub(super) origin: String,
    /// How many nodes it gives another name.
    pub(super) nodes: usize,
    /// How many of Tableau's tables are such a name.
    pub(super) tables: usize,
    /// How many of the nodes get a name that another node has too, so that neither matches.
    pub(super) clashes: usize,
}

/// Rules that were worked out and that nobody has accepted yet.
#[derive(Serialize)]
pub(super) struct Proposal {
    pub(super) rules: Vec<ProposedRule>,
    pub(super) tables_matched: usize,
    pub(super) tables_ambiguous: usize,
    pub(super) tables_unexplained: usize,
    pub(super) examples: Vec<Example>,
}

/// A rule that is proposed.
#[derive(Serialize)]
pub(super) struct ProposedRule {
    /// For people.
    pub(super) rule: String,
    /// As it would stand in the settings.
    pub(super) setting: serde_json::Value,
}

/// A table that would match by the proposal.
#[derive(Serialize)]
pub(super) struct Example {
    pub(super) table: String,
    pub(super) unique_id: String,
}

impl Production {
    pub(super) fn of(loaded: &Loaded) -> Option<Production> {
        let manifest = loaded.production.as_ref()?;
        let nodes = loaded.analysis.lineage.nodes();
        Some(Production {
            path: manifest.place.shown.clone(),
            found_by: match manifest.place.found_by {
                FoundBy::CloudDefer => "dbt_cloud_defer",
                named => named.shown(),
            },
            dbt_version: manifest.metadata.dbt_version.clone(),
            adapter: manifest.metadata.adapter_type.clone(),
            generated_at: manifest.metadata.generated_at.clone(),
            names: manifest.names.len(),
            only_in_production: manifest.only_in_production(nodes).count(),
        })
    }
}

impl Rule {
    /// The rules in force for the project, the one that counts first first.
    pub(super) fn all(loaded: &Loaded) -> Vec<Rule> {
        let lineage = &loaded.analysis.lineage;
        let mut counts = counts_of_rules(lineage);
        let rules = loaded.settings.name_rules_of(&loaded.project.dbt.name);
        rules
            .map(|it| {
                // A second one of the same kind does nothing.
                let counted = counts.remove(&it.rule).unwrap_or_default();
                Rule {
                    rule: it.rule.to_string(),
                    setting: it.to_value(),
                    origin: it.origin.to_string(),
                    nodes: counted.nodes,
                    tables: counted.tables.len(),
                    clashes: counted.clashes,
                }
            })
            .collect()
    }
}

#[derive(Default)]
struct Counted<'l> {
    nodes: usize,
    tables: BTreeSet<&'l str>,
    clashes: usize,
}

/// Of each rule the nodes that it names, and the tables that are such a name.
fn counts_of_rules(lineage: &Lineage) -> BTreeMap<&NameRule, Counted<'_>> {
    let mut counts: BTreeMap<&NameRule, Counted<'_>> = BTreeMap::new();
    let shared = shared_names(lineage);
    for (ix, _) in lineage.nodes().iter() {
        if let Some(rule) = rule_of(lineage, ix) {
            let counted = counts.entry(rule).or_default();
            counted.nodes += 1;
            let name = built_as(lineage, ix);
            counted.clashes += usize::from(name.is_some_and(|it| shared.contains(it)));
        }
    }
    let mapped = lineage.usages().iter();
    for usage in mapped.filter(|it| it.kind == MatchKind::Mapped) {
        if let Some(rule) = rule_of(lineage, usage.node) {
            let counted = counts.entry(rule).or_default();
            counted.tables.insert(&usage.table);
        }
    }
    counts
}

/// Names in production that nodes with relations of their own share.
fn shared_names(lineage: &Lineage) -> HashSet<&Relation> {
    let mut own_of: HashMap<&Relation, &Relation> = HashMap::new();
    let mut shared = HashSet::new();
    for (ix, node) in lineage.nodes().iter() {
        if let (Some(name), Some(own)) = (built_as(lineage, ix), &node.relation)
            && *own_of.entry(name).or_insert(own) != own
        {
            shared.insert(name);
        }
    }
    shared
}

/// What production builds as a node. A source may well be what a node builds.
fn built_as(lineage: &Lineage, ix: NodeIx) -> Option<&Relation> {
    let node = lineage.nodes().get(ix);
    let own = node.relation.as_ref();
    let is_built = node.kind != NodeKind::Source;
    lineage.production_relation(ix).or(own).filter(|_| is_built)
}

/// The accepted rule that says what production calls a node.
fn rule_of(lineage: &Lineage, node: NodeIx) -> Option<&NameRule> {
    match &lineage.production_name(node)?.named_by {
        NamedBy::Rule(rule) => Some(rule),
        _ => None,
    }
}

impl Proposal {
    pub(super) fn of(loaded: &Loaded) -> Option<Proposal> {
        let it = loaded.analysis.proposal.as_deref()?;
        let rules = it.rules.iter().map(|rule| ProposedRule {
            rule: rule.to_string(),
            setting: RuleSetting::new(rule.clone(), None).to_value(),
        });
        let examples = it.examples.iter().map(|(table, id)| Example {
            table: table.clone(),
            unique_id: id.to_string(),
        });
        Some(Proposal {
            rules: rules.collect(),
            tables_matched: it.n_matched,
            tables_ambiguous: it.n_ambiguous,
            tables_unexplained: it.n_unexplained,
            examples: examples.collect(),
        })
    }

    /// What accepting it means, in lines for people.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.rules.iter().map(|it| it.rule.clone()).collect();
        let tables = ide::count(self.tables_matched, "table");
        lines.push(format!(
            "{tables} would match, {} would be ambiguous, {} would stay without a node",
            self.tables_ambiguous, self.tables_unexplained
        ));
        let example = |it: &Example| format!("{} would be {}", it.table, it.unique_id);
        lines.extend(self.examples.iter().take(MAX_SHOWN).map(example));
        lines
    }
}

/// Examples, files and nodes that are named one by one; JSON has all.
pub(super) const MAX_SHOWN: usize = 3;

/// `a, b, c and 4 more`
pub(super) fn first_few(names: &[String]) -> String {
    let shown = names.iter().take(MAX_SHOWN).map(String::as_str);
    let shown = shown.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MAX_SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

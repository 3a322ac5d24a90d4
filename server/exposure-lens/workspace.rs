//! What is loaded, for both faces: a project from disk, Tableau's content, and
//! the [`ide::Analysis`] made of both.
//!
//! Everything here blocks on the disk; the language server calls it from a
//! blocking task.

pub mod accept;
pub mod code;
pub mod content;
pub mod current;
pub mod exposures;
pub mod homes;
pub mod packages;
mod parallel;
pub mod production;
pub mod project;
pub mod sites;
pub mod snapshot;
pub mod target;
pub mod write;

use std::collections::BTreeSet;
use std::sync::Arc;

use lineage::Production;
use lineage::{
    Content, Lineage, LineageInput, Node, NodeKind, Proposal, Standing, Timestamp, naming,
};

use crate::config::Settings;
use crate::workspace::current::Current;
use crate::workspace::exposures::Collected;
use crate::workspace::production::ProductionManifest;
use crate::workspace::project::{LoadedManifest, ProjectFiles};
use crate::workspace::sites::Kept;

/// The environment, as it is passed to what reads variables.
pub type Env<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

/// Something a person can act on, with a stable code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable, as in JSON answers.
    pub code: &'static str,
    /// One line: what was being done to what, and what to do.
    pub message: String,
}

/// That there is nothing of Tableau's to look at, and the ways to get something.
pub fn no_content() -> Problem {
    Problem {
        code: "no_content",
        message: "no Tableau content found: sign in to a site with `exposure-lens login URL` \
                  and run `exposure-lens pull`, name a team snapshot with `tableau.snapshot`, or \
                  put .twb, .twbx, .tds or .tdsx files into the repository or name them with \
                  `tableau.files` (files that Git ignores are left out)"
            .to_owned(),
    }
}

/// That Tableau reads other names than the manifest has, and what to do about it: one word
/// for the whole project.
pub fn poor_fit(analysis: &ide::Analysis) -> Option<Problem> {
    if let Some(proposal) = &analysis.proposal {
        let rules: Vec<String> = proposal.rules.iter().map(ToString::to_string).collect();
        let matched = ide::count(proposal.n_matched, "table");
        let message = format!(
            "Tableau reads production's names and the nodes have others: the name rule {} would \
             match {matched} ({} ambiguous, {} unexplained); accept it with a code action on a \
             model or `exposure-lens doctor --fix`, or name a manifest of production with \
             `dbt.production_manifest`",
            ide::plain(&rules.join("; ")),
            proposal.n_ambiguous,
            proposal.n_unexplained,
        );
        return Some(Problem {
            code: "names_proposed",
            message,
        });
    }
    let nodes = analysis.lineage.nodes();
    // Where no name is known there is something else to say.
    let is_named = |it: &Node| it.relation.as_ref().is_some_and(|it| it.schema.is_some());
    let are_named = nodes
        .iter()
        .any(|(_, it)| it.kind != NodeKind::Source && is_named(it));
    (are_named && analysis.fit().is_poor()).then(|| Problem {
        code: "few_names_match",
        message: "few of Tableau's tables are relations of the project, whose names may be of a \
                  developer's target: name a manifest of production with \
                  `dbt.production_manifest`, or write a rule for names with `dbt.map`"
            .to_owned(),
    })
}

/// That many files of the manifest's nodes are not there: it is of another state of the
/// project. A few that are gone are told one by one.
pub fn files_gone(analysis: &ide::Analysis) -> Option<Problem> {
    let nodes = analysis.lineage.nodes().iter();
    let gone: BTreeSet<&str> = nodes
        .filter(|(_, it)| it.standing == Standing::Missing)
        .map(|(_, it)| it.path.as_str())
        .collect();
    (gone.len() > ide::MAX_GONE).then(|| Problem {
        code: "files_gone",
        message: format!(
            "{} files of the manifest are not in the project ({}, …): it is of another state of \
             the project; run `dbt parse`",
            gone.len(),
            ide::plain(gone.first().copied().unwrap_or_default()),
        ),
    })
}

/// The process's environment.
pub fn process_env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// One problem for each setting that was left out; several places may say the same.
pub fn ignored_settings(settings: &Settings) -> Vec<Problem> {
    let mut warnings = settings.warnings.clone();
    warnings.dedup();
    let problem = |message| Problem {
        code: "setting_ignored",
        message,
    };
    warnings.into_iter().map(problem).collect()
}

/// Tableau's side of a project: its content from everywhere, each thing once.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The content of files, sites and the snapshot.
    pub contents: Arc<[Content]>,
    /// What production calls the nodes, where a snapshot says so.
    pub production: Arc<Production>,
}

impl Known {
    /// Makes one of what files hold and what is kept of sites and the snapshot, with
    /// what is missing from it at `now`.
    pub fn of(files: Content, kept: &Kept, now: Timestamp) -> Known {
        let mut contents = vec![files];
        contents.extend(kept.contents(now));
        Known {
            contents: lineage::merge(contents).into(),
            production: kept.production(),
        }
    }
}

/// Everything that an [`ide::Analysis`] is made of.
pub struct Ingredients<'a> {
    /// The project on disk.
    pub project: &'a ProjectFiles,
    /// Its manifest, where there is one.
    pub manifest: Option<&'a LoadedManifest>,
    /// Its nodes as they are now.
    pub current: &'a Current,
    /// Its exposures.
    pub exposures: Collected,
    /// Tableau's side.
    pub known: &'a Known,
    /// Production's manifest, where there is one.
    pub production: Option<&'a ProductionManifest>,
    /// The settings in force.
    pub settings: &'a Settings,
}

/// Puts a project, its nodes and Tableau's content together.
pub fn analyse(from: Ingredients<'_>) -> ide::Analysis {
    let Ingredients {
        project,
        manifest,
        current,
        exposures,
        known,
        production,
        settings,
    } = from;
    // Dashboards read where production runs, which need not be where a developer builds.
    let of_production = production.and_then(ProductionManifest::warehouse);
    let warehouse = of_production.as_ref().unwrap_or(&current.warehouse);
    let nodes = &current.nodes;
    let rules = settings.name_rules(&project.dbt.name);
    let named = production::names(
        production,
        &known.production,
        &rules,
        nodes,
        warehouse,
        &current.renamed,
    );
    // Rules that fit no node say nothing: there may be one that does.
    let is_named = production.is_some() || !named.is_empty();
    let input = LineageInput {
        warehouse: warehouse.clone(),
        nodes: Arc::clone(nodes),
        exposures: exposures.exposures,
        contents: Arc::clone(&known.contents),
        production: Arc::new(named),
    };
    let (lineage, proposal) = build(input, !is_named);
    ide::Analysis {
        lineage: Arc::new(lineage),
        disabled: Arc::clone(&current.disabled),
        pending: Arc::clone(&current.pending),
        proposal: proposal.map(Arc::new),
        project: ide::ProjectFacts {
            name: project.dbt.name.clone(),
            engine: manifest.map(|it| it.metadata.engine).unwrap_or_default(),
            model_paths: project.dbt.model_paths.clone(),
            resource_paths: project.dbt.resource_paths().map(str::to_owned).collect(),
            unread_files: exposures.unread,
            unread_code: current.unread.clone(),
            differing: current.differing.clone(),
            has_manifest: manifest.is_some(),
            n_skipped: manifest.map_or(0, |it| it.n_skipped),
        },
        options: settings.ide_options(),
        doubts: ide::Doubts::default(),
    }
}

/// The lineage; where rules are worked out that would explain Tableau's tables, with their
/// matches, marked as such.
fn build(input: LineageInput, may_propose: bool) -> (Lineage, Option<Proposal>) {
    let without = Lineage::build(input.clone());
    let proposal = may_propose.then(|| naming::propose(&without)).flatten();
    let Some(proposal) = proposal else {
        return (without, None);
    };
    let (known, nodes) = (&input.production, &input.nodes);
    let named = naming::with_proposal(known, nodes, &proposal, &input.warehouse);
    let input = LineageInput {
        production: Arc::new(named),
        ..input
    };
    (Lineage::build(input), Some(proposal))
}

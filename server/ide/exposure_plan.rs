//! Which exposure a workbook or dashboard should have, and where it goes.
//!
//! Identity is [`lineage::identity`]'s business and the YAML edit the `dbt`
//! crate's; here a [`Subject`] becomes a [`dbt::NewExposure`]: a stable name, the
//! page, the owner, and a `ref()` for every node that it reads itself.

mod name;
mod path;
mod target;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use dbt::{NewExposure, RefTarget};
use lineage::{
    Dashboard, Exposure, Identity, MatchKind, NodeIx, Owner, SameAs, Subject, Unmatched, Workbook,
    WorkbookIx,
};

use crate::analysis::{Analysis, Grain};
use crate::exposures::subjects;
use crate::names;
use crate::text::plain;

pub(crate) use name::Names;
pub(crate) use path::path_for;
pub(crate) use target::{refused_private, target_of};

/// An exposure to be written, and its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExposurePlan {
    /// What it stands for.
    pub(crate) subject: Subject,
    /// What is written.
    pub(crate) exposure: NewExposure,
    /// The file, relative to the project's root, with forward slashes.
    pub(crate) path: String,
}

/// How much of what a subject reads is taken for true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// All of it: a person looks at what is written.
    All,
    /// What is matched by more than its name.
    Sure,
}

/// The exposure that stands for a workbook already. An equal label alone is no such sign.
pub(crate) fn declared(analysis: &Analysis, workbook: WorkbookIx) -> Option<&Exposure> {
    let same = analysis.lineage.exposure_of(workbook)?;
    (same.by != Identity::Label).then_some(same.exposure)
}

/// The exposure that stands for a workbook or dashboard already: of a dashboard, also
/// the one of its whole workbook.
pub(crate) fn covering(analysis: &Analysis, subject: Subject) -> Option<&Exposure> {
    let same = same_as(analysis, subject)?;
    (same.by != Identity::Label).then_some(same.exposure)
}

/// The exposure that has the same label and no other sign.
pub(crate) fn namesake(analysis: &Analysis, subject: Subject) -> Option<&Exposure> {
    let same = same_as(analysis, subject)?;
    (same.by == Identity::Label).then_some(same.exposure)
}

fn same_as(analysis: &Analysis, subject: Subject) -> Option<SameAs<'_>> {
    match subject.dashboard {
        Some(_) => analysis.lineage.exposure_of_dashboard(subject),
        None => analysis.lineage.exposure_of(subject.workbook),
    }
}

/// What of a workbook gets an exposure of its own: with [`Grain::Dashboard`] the
/// dashboards and stories that read a node. Where only sheets do, the workbook.
pub(crate) fn subjects_of(analysis: &Analysis, workbook: WorkbookIx) -> Vec<Subject> {
    let whole = Subject {
        workbook,
        dashboard: None,
    };
    if analysis.options.exposures.grain == Grain::Workbook {
        return vec![whole];
    }
    let n_dashboards = analysis.lineage.workbook(workbook).dashboards.len();
    let dashboards = (0..n_dashboards).map(|it| Subject {
        workbook,
        dashboard: Some(it),
    });
    let reads = |it: &Subject| !analysis.lineage.reads(*it).is_empty();
    let dashboards: Vec<Subject> = dashboards.filter(reads).collect();
    if dashboards.is_empty() {
        return vec![whole];
    }
    dashboards
}

/// The workbooks that read a node of this project, in their order.
pub(crate) fn readers(analysis: &Analysis) -> BTreeSet<WorkbookIx> {
    let usages = analysis.lineage.usages().iter();
    let own = usages.filter(|it| it.alias_of.is_none());
    own.map(|it| it.workbook).collect()
}

/// The exposure that would be written where a person looks at it.
///
/// # Errors
/// As [`plan_subject`].
pub(crate) fn plan(analysis: &Analysis, subject: Subject) -> Result<ExposurePlan, String> {
    plan_subject(analysis, &Names::of(analysis), subject, Trust::All)
}

/// The exposure that would be written for `subject`.
///
/// # Errors
/// The reason, for a person, why none can be: there is one already, or dbt would
/// refuse it.
pub(crate) fn plan_subject(
    analysis: &Analysis,
    names: &Names,
    subject: Subject,
    trust: Trust,
) -> Result<ExposurePlan, String> {
    if let Some(exposure) = covering(analysis, subject) {
        let disabled = if exposure.enabled { "" } else { "disabled " };
        let name = &exposure.name;
        return Err(format!("{disabled}exposure `{name}` stands for it already"));
    }
    if !subjects_of(analysis, subject.workbook).contains(&subject) {
        return Err("`exposures.grain` asks for exposures of another kind".to_owned());
    }
    plan_listed(analysis, names, subject, trust)
}

/// The same for one of [`subjects_of`] its workbook that has none: it is not looked up again.
///
/// # Errors
/// As [`plan_subject`].
pub(crate) fn plan_listed(
    analysis: &Analysis,
    names: &Names,
    subject: Subject,
    trust: Trust,
) -> Result<ExposurePlan, String> {
    let depends_on = dependencies(analysis, subject, trust)?;
    let path = path_for(analysis, subject)?;
    let name = names.of_subject(subject).cloned().ok_or(
        "no name can be made for it that nothing else has: it is known by its title alone",
    )?;
    let workbook = analysis.lineage.workbook(subject.workbook);
    let dashboard = dashboard_of(workbook, subject);
    let description = workbook.description.clone();
    let exposure = NewExposure {
        name,
        label: dashboard.map_or(&workbook.name, |it| &it.name).clone(),
        url: subjects::page_of(analysis, subject).map(str::to_owned),
        description: description.filter(|text| !text.trim().is_empty()),
        owner: owner(analysis, workbook),
        depends_on,
        tags: analysis.options.exposures.tags.clone(),
        meta_tableau: identity(analysis, subject),
    };
    Ok(ExposurePlan {
        subject,
        exposure,
        path,
    })
}

/// The dashboard that a subject is, if it is one.
pub(crate) fn dashboard_of(workbook: &Workbook, subject: Subject) -> Option<&Dashboard> {
    workbook.dashboards.get(subject.dashboard?)
}

/// What the subject reads itself, each once; what lies upstream follows from
/// dbt's own graph. A node that dbt would refuse stops the whole plan: a list
/// that silently lacks one would be wrong.
fn dependencies(
    analysis: &Analysis,
    subject: Subject,
    trust: Trust,
) -> Result<Vec<RefTarget>, String> {
    let reads = analysis.lineage.reads(subject);
    let is_taken = |kind: MatchKind| trust == Trust::All || !kind.is_probable();
    let taken = reads.iter().filter(|it| is_taken(it.kind));
    let targets: Result<Vec<RefTarget>, String> =
        taken.map(|it| target_of(analysis, it.node)).collect();
    let mut targets = targets?;
    if targets.is_empty() {
        return Err(reads_nothing(analysis, subject));
    }
    targets.sort_by_key(sort_key);
    Ok(targets)
}

/// Refs first, by name; then sources.
pub(crate) fn sort_key(target: &RefTarget) -> (u8, String, Option<String>, Option<String>) {
    match target {
        RefTarget::Ref {
            package,
            name,
            version,
        } => (0, name.clone(), package.clone(), version.clone()),
        RefTarget::Source { source, table } => (1, source.clone(), Some(table.clone()), None),
    }
}

/// Why there is nothing to depend on. A table that dbt would build, were its model not
/// disabled, matches nothing.
fn reads_nothing(analysis: &Analysis, subject: Subject) -> String {
    let nothing = "it reads no node of this project itself";
    let guesses = analysis.lineage.reads(subject);
    if !guesses.is_empty() {
        return guessed(
            analysis,
            &labels(analysis, guesses.iter().map(|it| it.node)),
        );
    }
    match disabled_read(analysis, subject.workbook) {
        Some((table, name)) => format!(
            "{nothing}; its table {} has the name of the disabled model `{name}`, on which dbt \
             refuses an exposure",
            plain(table)
        ),
        None => nothing.to_owned(),
    }
}

pub(crate) fn labels(analysis: &Analysis, nodes: impl Iterator<Item = NodeIx>) -> Vec<String> {
    let mut labels: Vec<String> = nodes
        .map(|it| analysis.lineage.nodes().get(it).label())
        .collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// What is said of matches that are too weak to be written unseen.
pub(crate) fn guessed(analysis: &Analysis, labels: &[String]) -> String {
    let labels = is_or_are(labels);
    match &analysis.proposal {
        Some(proposal) => format!(
            "{labels} matched by {} or by name alone: accept the rule with `exposure-lens doctor \
             --fix`, or look at it and write it from the editor",
            names::proposed(proposal)
        ),
        None => format!(
            "{labels} matched by name alone: look at it and write it from the editor, or give \
             `dbt.manifest` the manifest of production"
        ),
    }
}

/// "`a` is", "`a`, `b` are"
pub(crate) fn is_or_are(names: &[String]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", listed(names))
}

/// The first names, and how many more.
pub(crate) fn listed(names: &[String]) -> String {
    let shown = names.iter().take(3).map(|it| format!("`{}`", plain(it)));
    let mut shown: Vec<String> = shown.collect();
    if names.len() > shown.len() {
        shown.push(format!("+{}", names.len() - shown.len()));
    }
    shown.join(", ")
}

/// A table of the workbook that has the name of a disabled node.
fn disabled_read(analysis: &Analysis, workbook: WorkbookIx) -> Option<(&str, &str)> {
    let title = &analysis.lineage.workbook(workbook).name;
    let is_its = |it: &&Unmatched| it.workbooks.contains(title);
    let tables = analysis.lineage.unmatched().iter().filter(is_its);
    let mut found = tables.filter_map(|table| {
        let name = &table.relation.as_ref()?.name.text;
        let mut disabled = analysis.disabled.iter();
        let disabled = disabled.find(|it| it.name.eq_ignore_ascii_case(name))?;
        Some((table.table.as_str(), disabled.name.as_str()))
    });
    found.next()
}

fn owner(analysis: &Analysis, workbook: &Workbook) -> Owner {
    let options = &analysis.options.exposures;
    let name = owner_name(analysis, workbook);
    let email = workbook.owner.email.clone().filter(|_| options.owner_email);
    if name.is_none() && email.is_none() {
        let unknown = || Some("unknown".to_owned());
        let name = options.owner.name.clone().or_else(unknown);
        return Owner {
            name,
            email: options.owner.email.clone(),
        };
    }
    Owner { name, email }
}

/// The owner as Tableau names them, where it does and something of it can be seen.
///
/// On Tableau Cloud that can be the address that they sign in with, which stands in git
/// for ever: without `exposures.owner_email` such a name is none.
pub(crate) fn owner_name(analysis: &Analysis, workbook: &Workbook) -> Option<String> {
    let may_be_address = analysis.options.exposures.owner_email;
    let name = workbook.owner.name.as_deref().map(str::trim)?;
    let is_address = name.split_whitespace().any(is_email);
    let is_taken = !plain(name).is_empty() && (may_be_address || !is_address);
    is_taken.then(|| name.to_owned())
}

fn is_email(word: &str) -> bool {
    let parts = word.split_once('@');
    parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

/// What finds the workbook or dashboard again, under `config.meta.tableau`.
fn identity(analysis: &Analysis, subject: Subject) -> Vec<(String, String)> {
    let workbook = analysis.lineage.workbook(subject.workbook);
    let dashboard = dashboard_of(workbook, subject);
    let is_unpublished = workbook.luid.is_none() && workbook.content_url.is_none();
    let mut meta = Vec::new();
    let mut put = |key: &str, value: Option<&String>| {
        let value = value.filter(|it| !it.is_empty());
        meta.extend(value.map(|it| (key.to_owned(), it.clone())));
    };
    put("site", workbook.site.as_ref());
    put("luid", workbook.luid.as_ref().map(|luid| &luid.0));
    put("content_url", workbook.content_url.as_ref());
    if is_unpublished || analysis.lineage.is_told_by_file(subject.workbook) {
        put("file", workbook.file.as_ref());
    }
    put("dashboard", dashboard.map(|it| &it.name));
    let luid = dashboard.and_then(|it| it.luid.as_ref());
    put("dashboard_luid", luid.map(|luid| &luid.0));
    meta
}

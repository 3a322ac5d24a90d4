//! The exposures that there are: what they lack, say differently, or stand for no more.

use dbt::{Change, Properties, RefTarget};
use lineage::{Exposure, ExposureName, NodeIx, Presence};

use super::{PlanAction, PlannedChange, WhenGone, Work, guessed_reads};
use crate::analysis::Analysis;
use crate::exposure_plan::{self, is_or_are, labels, listed, sort_key, target_of};
use crate::exposures::state::{self, Difference, ExposureState};
use crate::exposures::subjects::title_of;
use crate::exposures::words;

/// Plans every exposure, by file and name: a file's changes do not depend on the order
/// in which its exposures are known.
pub(super) fn plan(work: &mut Work<'_>) {
    let exposures = work.analysis.lineage.exposures();
    let mut places: Vec<usize> = (0..exposures.len()).collect();
    places.sort_by_key(|&ix| (&exposures[ix].path, &exposures[ix].name, &exposures[ix].id));
    for ix in places {
        let state = state::of(work.analysis, ix);
        let is_asked = |work: &Work<'_>| match work.request.workbooks {
            Some(_) => state.subjects.iter().any(|it| work.asks_for(it.workbook)),
            None => true,
        };
        if is_asked(work) {
            let changes = of_exposure(work, &state);
            work.changes.extend(changes);
        }
    }
}

fn of_exposure(work: &mut Work<'_>, state: &ExposureState) -> Vec<PlannedChange> {
    let analysis = work.analysis;
    let it = &analysis.lineage.exposures()[state.exposure];
    let say = Say {
        analysis,
        state,
        it,
    };
    match &state.presence {
        Presence::Elsewhere => Vec::new(),
        Presence::Unknown(why) => vec![say.unchanged(words::presence_unknown(why))],
        _ if it.package != analysis.lineage.nodes().root_package() => vec![of_package(&say)],
        Presence::Gone { content } => vec![gone(work, &say, *content)],
        Presence::Here if !it.enabled => vec![say.unchanged("it is disabled")],
        Presence::Here => here(work, &say),
    }
}

/// What is said of one exposure.
struct Say<'a> {
    analysis: &'a Analysis,
    state: &'a ExposureState,
    it: &'a Exposure,
}

impl Say<'_> {
    fn change(&self, action: PlanAction, reason: impl Into<String>) -> PlannedChange {
        let titles = self.state.subjects.iter();
        let mut titles: Vec<String> = titles.map(|it| title_of(self.analysis, *it)).collect();
        titles.sort_unstable();
        titles.dedup();
        let known = (!titles.is_empty()).then(|| titles.join(", "));
        PlannedChange {
            action,
            exposure: Some(self.it.name.clone()),
            workbook: known.or_else(|| self.it.label.clone()),
            path: self.it.path.clone(),
            reason: reason.into(),
            is_finding: !matches!(action, PlanAction::Unchanged | PlanAction::Refused),
        }
    }

    fn unchanged(&self, reason: impl Into<String>) -> PlannedChange {
        self.change(PlanAction::Unchanged, reason)
    }

    /// A change that was to be made, or why its file refuses it: that is to be mended.
    fn made(
        &self,
        made: Result<bool, String>,
        action: PlanAction,
        reason: String,
    ) -> Option<PlannedChange> {
        match made {
            Ok(true) => Some(self.change(action, reason)),
            Ok(false) => None,
            Err(why) => Some(PlannedChange {
                is_finding: true,
                ..self.change(PlanAction::Refused, format!("{reason}; {why}"))
            }),
        }
    }
}

/// Packages are other people's.
fn of_package(say: &Say<'_>) -> PlannedChange {
    let package = &say.it.package;
    let lacking = labels(say.analysis, say.state.lacking.iter().copied());
    if matches!(say.state.presence, Presence::Gone { .. }) {
        let why = format!("what it stands for is gone; it is written in package `{package}`");
        return say.change(PlanAction::Refused, why);
    }
    if lacking.is_empty() {
        return say.unchanged(format!("it is written in package `{package}`"));
    }
    let why = format!(
        "it lacks {}; it is written in package `{package}`",
        listed(&lacking)
    );
    say.change(PlanAction::Refused, why)
}

fn gone(work: &mut Work<'_>, say: &Say<'_>, content: usize) -> PlannedChange {
    let name = &say.it.name;
    let place = words::place(say.analysis, content);
    let read = words::as_read(say.analysis, content);
    let gone = format!("what it stands for is no more on {place}{read}");
    let is_old = work.request.is_old;
    let change = match work.request.gone {
        WhenGone::Remove if !is_old => Change::Remove(name.clone()),
        _ if !say.it.enabled => return say.unchanged(format!("{gone}; it is disabled already")),
        WhenGone::Disable if !is_old => Change::Disable(name.clone()),
        _ => return say.change(PlanAction::Stale, gone),
    };
    let made = work.files.make(&say.it.path, &change);
    let nothing = || say.unchanged(format!("{gone}; its file says so already"));
    say.made(made, PlanAction::Stale, gone.clone())
        .unwrap_or_else(nothing)
}

fn here(work: &mut Work<'_>, say: &Say<'_>) -> Vec<PlannedChange> {
    let mut changes = lacking(work, say);
    changes.extend(guessed(say));
    if work.request.update {
        changes.extend(update(work, say));
    }
    if changes.is_empty() {
        changes.push(say.unchanged(as_it_is(say)));
    }
    changes
}

/// Adds what it lacks; what dbt would refuse is told instead.
fn lacking(work: &mut Work<'_>, say: &Say<'_>) -> Vec<PlannedChange> {
    let mut changes = Vec::new();
    let mut targets: Vec<RefTarget> = Vec::new();
    let mut added: Vec<NodeIx> = Vec::new();
    for &node in &say.state.lacking {
        match target_of(say.analysis, node) {
            Ok(target) => {
                targets.push(target);
                added.push(node);
            }
            Err(why) => changes.push(say.change(PlanAction::Refused, why)),
        }
    }
    targets.sort_by_key(sort_key);
    if !targets.is_empty() {
        let change = Change::AddDependencies {
            exposure: say.it.name.clone(),
            targets,
        };
        let names = labels(say.analysis, added.into_iter());
        let reason = format!("it lacks {}", listed(&names));
        let made = work.files.make(&say.it.path, &change);
        changes.extend(say.made(made, PlanAction::AddDependsOn, reason));
    }
    changes
}

/// What it may lack, by matches that are too weak to be written unseen.
fn guessed(say: &Say<'_>) -> Option<PlannedChange> {
    let guessed = guessed_reads(say.analysis, &say.state.subjects);
    let named = state::declared(say.analysis, say.state.exposure);
    let names = labels(say.analysis, guessed.difference(&named).copied());
    (!names.is_empty()).then(|| {
        say.change(
            PlanAction::Refused,
            exposure_plan::guessed(say.analysis, &names),
        )
    })
}

/// Makes its texts and dependencies Tableau's, each by itself: one that is refused
/// keeps no other back.
fn update(work: &mut Work<'_>, say: &Say<'_>) -> Vec<PlannedChange> {
    let mut wanted = texts(say);
    wanted.extend(removals(say, work));
    let mut done = Vec::new();
    let mut changes = Vec::new();
    for (change, what) in wanted {
        match work.files.make(&say.it.path, &change) {
            Ok(true) => done.push(what),
            Ok(false) => {}
            refused => changes.extend(say.made(refused, PlanAction::Update, what)),
        }
    }
    if !done.is_empty() {
        changes.push(say.change(PlanAction::Update, done.join("; ")));
    }
    changes
}

/// Sets each text that is another in Tableau.
fn texts(say: &Say<'_>) -> Vec<(Change, String)> {
    let set = |it: &Difference| {
        let change = Change::Set {
            exposure: say.it.name.clone(),
            field: it.field,
            value: it.tableau.clone(),
        };
        (
            change,
            format!("`{}` is another in Tableau", it.field.key()),
        )
    };
    say.state.differences.iter().map(set).collect()
}

/// Takes each surplus node out, as the file names it.
fn removals(say: &Say<'_>, work: &mut Work<'_>) -> Vec<(Change, String)> {
    if say.state.surplus.is_empty() || work.request.is_old {
        return Vec::new();
    }
    let nodes = say.analysis.lineage.nodes();
    let text = work.files.text(&say.it.path).unwrap_or_default();
    let calls = written_calls(text, &say.it.name);
    let mut all = Vec::new();
    for &node in &say.state.surplus {
        let is_it = |it: &&RefTarget| it.resolve(nodes, nodes.root_package()) == Some(node);
        for target in calls.iter().filter(is_it) {
            let change = Change::RemoveDependency {
                exposure: say.it.name.clone(),
                target: target.clone(),
            };
            let what = format!("`{}` is not read any more", nodes.get(node).label());
            all.push((change, what));
        }
    }
    all
}

/// What the file's `depends_on` of an exposure refers to, each once.
fn written_calls(text: &str, name: &ExposureName) -> Vec<RefTarget> {
    let entries = Properties::parse(text).map(|it| it.exposures);
    let mut entries = entries.unwrap_or_default().into_iter();
    let entry = entries.find(|it| it.name == name.as_str());
    let calls = entry.map(|it| it.depends_on).unwrap_or_default();
    let mut targets: Vec<RefTarget> = calls.into_iter().map(|it| it.target).collect();
    targets.sort_by_key(sort_key);
    targets.dedup();
    targets
}

/// What is said of one that nothing is done to.
fn as_it_is(say: &Say<'_>) -> String {
    let keys = say.state.differences.iter().map(|it| it.field.key());
    let keys: Vec<String> = keys.map(str::to_owned).collect();
    let surplus = labels(say.analysis, say.state.surplus.iter().copied());
    let mut parts = Vec::new();
    if !keys.is_empty() {
        let other = if keys.len() == 1 { "another" } else { "others" };
        parts.push(format!("{} {other} in Tableau", is_or_are(&keys)));
    }
    if !surplus.is_empty() {
        parts.push(format!("{} not read any more", is_or_are(&surplus)));
    }
    if parts.is_empty() {
        return "it depends on all that is read".to_owned();
    }
    parts.join("; ")
}

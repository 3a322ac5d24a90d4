//! Loads the project that a command is about.
//!
//! Commands answer from what is on the disk: files, and what was kept of sites and of
//! the team snapshot. `pull` and `doctor` alone contact a host.

mod deployed;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use jiff::{SignedDuration, Timestamp};
use lineage::{Content, ContentKind, GapCode, Node, UniqueId};

pub(super) use self::deployed::Deployed;

use super::Context;
use crate::config::Settings;
use crate::disk;
use crate::output::json_v1;
use crate::workspace::code::{self, Listing};
use crate::workspace::content::{self, FileCache, Files};
use crate::workspace::current::{self, Current};
use crate::workspace::exposures::{self, is_yaml};
use crate::workspace::production::{self, ProductionManifest};
use crate::workspace::project::{self, LoadedManifest, ManifestError, ProjectFiles};
use crate::workspace::sites::{self, Access, Kept};
use crate::workspace::{self, Ingredients, Known, Problem, process_env};

/// How many projects an error names.
const MAX_NAMED: usize = 5;

/// A project with everything that is known about it.
pub(super) struct Loaded {
    pub(super) project: ProjectFiles,
    pub(super) settings: Settings,
    pub(super) manifest: Option<LoadedManifest>,
    /// Production's manifest, where there is one.
    pub(super) production: Option<ProductionManifest>,
    /// The workbook and datasource files that were found.
    pub(super) tableau_files: Vec<PathBuf>,
    pub(super) access: Access,
    /// What is kept of the settings' sites, and of the snapshot.
    pub(super) kept: Kept,
    /// Tableau's side, of which the analysis is made.
    known: Known,
    /// The files that dbt reads nodes from.
    listing: Arc<Listing>,
    /// Nodes that got another id than the manifest has, and the one that it has.
    pub(super) renamed: HashMap<UniqueId, UniqueId>,
    pub(super) analysis: ide::Analysis,
    pub(super) problems: Vec<Problem>,
    /// The time of the answer.
    pub(super) now: Timestamp,
}

/// A project and its settings, before anything large is read.
pub(super) struct Opened {
    pub(super) project: ProjectFiles,
    pub(super) settings: Settings,
    pub(super) access: Access,
}

/// Opens the project of `context`, or the nearest one upwards from the current folder.
pub(super) fn open(context: &Context) -> anyhow::Result<Opened> {
    let root = project_root(context)?;
    let editor = serde_json::Value::Null;
    let settings = project::settings(&root, context.config.as_deref(), &editor, &process_env);
    Ok(Opened {
        project: project::open(&root, &settings, &process_env)?,
        access: Access::new(&root, &settings, Arc::new(process_env), context.offline),
        settings,
    })
}

/// Loads the project of `context`, or the nearest one upwards from the current folder.
pub(super) fn load(context: &Context) -> anyhow::Result<Loaded> {
    let opened = open(context)?;
    let Read {
        manifest,
        files,
        kept,
    } = read(&opened)?;
    let Opened {
        project,
        settings,
        access,
    } = opened;
    let now = Timestamp::now();
    let mut problems = project.problems.clone();
    problems.extend(workspace::ignored_settings(&settings));
    let manifest = with_problems(&project, manifest, &mut problems);
    problems.extend(files.problems);
    problems.extend(kept.problems(now));
    let production = read_production(&project, &settings, &mut problems);
    let listing = Arc::new(Listing::of(&project));
    let current = read_current(&project, manifest.as_ref(), &listing);
    problems.extend(current.problems.iter().cloned());
    let yaml: Vec<PathBuf> = listing
        .files
        .iter()
        .filter(|it| is_yaml(it))
        .cloned()
        .collect();
    let nodes = &current.nodes;
    let mut exposures = exposures::collect(&project, manifest.as_ref(), nodes, &yaml, &|_| None);
    exposures.add_unseen(listing.unseen.clone());
    problems.append(&mut exposures.problems);
    let known = Known::of(files.content, &kept, now);
    let analysis = workspace::analyse(Ingredients {
        project: &project,
        manifest: manifest.as_ref(),
        current: &current,
        exposures,
        production: production.as_ref(),
        known: &known,
        settings: &settings,
    });
    let is_named = !kept.sites.is_empty() || kept.snapshot.is_some();
    if !(analysis.has_content() || is_named) && files.paths.is_empty() {
        problems.push(workspace::no_content());
    }
    problems.extend(workspace::poor_fit(&analysis));
    problems.extend(workspace::files_gone(&analysis));
    log(&analysis);
    Ok(Loaded {
        project,
        settings,
        manifest,
        production,
        tableau_files: files.paths,
        access,
        kept,
        known,
        listing,
        renamed: current.renamed,
        analysis,
        problems,
        now,
    })
}

/// Production's manifest, or why there is none that should be among the problems.
fn read_production(
    project: &ProjectFiles,
    settings: &Settings,
    problems: &mut Vec<Problem>,
) -> Option<ProductionManifest> {
    problems.extend(production::refused_setting(project, settings));
    let place = production::find(project, settings, &process_env)?;
    match production::read(project, &place) {
        Ok(manifest) => {
            problems.extend(manifest.problems.iter().cloned());
            Some(manifest)
        }
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

/// The project's nodes as they are now.
fn read_current(
    project: &ProjectFiles,
    manifest: Option<&LoadedManifest>,
    listing: &Arc<Listing>,
) -> Current {
    let code = code::Memory::default().read(project, listing, &HashMap::new());
    let mut memory = current::Memory::default();
    current::read(project, manifest, listing, &code, &mut memory, &process_env)
}

/// The manifest, or why there is none among the problems.
fn with_problems(
    project: &ProjectFiles,
    manifest: Result<LoadedManifest, ManifestError>,
    problems: &mut Vec<Problem>,
) -> Option<LoadedManifest> {
    match manifest {
        Ok(manifest) => {
            problems.extend(manifest.problems.iter().cloned());
            Some(manifest)
        }
        Err(error) => {
            problems.push(error.problem(project));
            None
        }
    }
}

fn log(analysis: &ide::Analysis) {
    let lineage = &analysis.lineage;
    tracing::debug!(
        n_nodes = lineage.nodes().len(),
        n_workbooks = lineage.workbooks().count(),
        n_usages = lineage.usages().len(),
        n_gaps = lineage.gaps().len(),
        "project loaded"
    );
}

/// The large readings.
struct Read {
    manifest: Result<LoadedManifest, ManifestError>,
    files: Files,
    kept: Kept,
}

/// The manifest, the workbooks and what is kept of sites: all at once.
fn read(opened: &Opened) -> anyhow::Result<Read> {
    let Opened {
        project,
        settings,
        access,
    } = opened;
    std::thread::scope(|scope| {
        let read_files = || content::read_files(project, settings, &mut FileCache::default());
        let files = scope.spawn(read_files);
        let kept = scope.spawn(|| sites::read(access, &mut sites::Memory::default()));
        let manifest = project::read_manifest(project);
        let files = files.join().ok();
        let kept = kept.join().ok();
        Ok(Read {
            manifest,
            files: files.context("reading the workbook files stopped; this is our bug")?,
            kept: kept.context("reading what is kept of sites stopped; this is our bug")?,
        })
    })
}

/// An absolute root, since files are found relative to it.
fn project_root(context: &Context) -> anyhow::Result<PathBuf> {
    let here = std::env::current_dir().context("cannot tell the current folder")?;
    if let Some(folder) = &context.project_dir {
        let root = here.join(folder);
        if !root.join("dbt_project.yml").is_file() {
            bail!("no dbt_project.yml in {}", folder.display());
        }
        return Ok(disk::canonical(&root).unwrap_or(root));
    }
    let root = project::root_of(&here.join("dbt_project.yml"));
    root.with_context(|| {
        format!(
            "no dbt_project.yml here or above; {}",
            projects_below(&here)
        )
    })
}

/// What to do in a folder of a repository that is above its projects.
fn projects_below(here: &Path) -> String {
    let name = "name the project with --project-dir";
    let is_repository = disk::repository_root(here).join(".git").exists();
    let roots = match is_repository {
        true => disk::project_roots(here),
        false => Vec::new(),
    };
    let shown = roots
        .iter()
        .take(MAX_NAMED)
        .map(|it| disk::relative(here, it));
    let shown: Vec<String> = shown.collect();
    let n_more = roots.len() - shown.len();
    match (shown.is_empty(), n_more) {
        (true, _) => name.to_owned(),
        (false, 0) => format!("{name}: {}", shown.join(", ")),
        (false, n) => format!("{name}: {}, +{n} more", shown.join(", ")),
    }
}

impl Loaded {
    /// Whether there are nodes, and any content was read: without one nothing can be said.
    pub(super) fn is_known(&self) -> bool {
        let has_nodes = self.manifest.is_some() || !self.analysis.lineage.nodes().is_empty();
        has_nodes && self.analysis.has_answers()
    }

    /// That files alone were looked at, which do not prove what is not there.
    pub(super) fn files_only(&self) -> Option<Problem> {
        let mut contents = self.analysis.lineage.contents().iter();
        let is_only = contents.all(|it| it.kind == ContentKind::Files);
        is_only.then(|| Problem {
            code: "files_only",
            message: "only workbook files were looked at; a site may hold other workbooks"
                .to_owned(),
        })
    }

    /// That an answer holds for some Tableau projects alone.
    pub(super) fn projects_selected(&self) -> Option<Problem> {
        let contents = self.analysis.lineage.contents().iter();
        let selected = contents.filter_map(|it| it.selected.as_deref());
        let selected: BTreeSet<&str> = selected.collect();
        let selected: Vec<&str> = selected.into_iter().collect();
        (!selected.is_empty()).then(|| Problem {
            code: "projects_selected",
            message: format!(
                "only the Tableau projects {} were looked at",
                selected.join(", ")
            ),
        })
    }

    /// Sites and snapshots that were read longer ago than the settings want: what they
    /// hold may have changed since.
    pub(super) fn old_contents(&self) -> Vec<Problem> {
        let contents = self.analysis.lineage.contents().iter();
        let old = contents.filter_map(|it| old(it, self.now, self.kept.max_age));
        old.collect()
    }

    /// Whether a node's file is there and dbt does not read it: `.dbtignore` names it, or it
    /// lies below no resource path.
    pub(super) fn leaves_out(&self, node: &Node) -> bool {
        let file = self.project.file_of(node);
        let is_own = node.package == self.project.dbt.name;
        is_own
            && file.is_some_and(|it| it.is_file() && self.listing.files.binary_search(&it).is_err())
    }

    /// A path as answers name it: relative to the project.
    pub(super) fn shown(&self, path: &Path) -> String {
        disk::relative(&self.project.root, path)
    }

    /// The frame of a JSON answer: what was read, and how complete it is.
    pub(super) fn json(&self) -> json_v1::Usages {
        json_v1::Usages::of(
            &self.analysis,
            &self.project.root,
            self.manifest.as_ref(),
            &self.problems,
        )
        .with_role(self.role())
    }

    /// Whose names the manifest at hand has: `production` or `development`, where known.
    pub(super) fn role(&self) -> Option<&'static str> {
        let (manifest, production) = (self.manifest.as_ref(), self.production.as_ref());
        production::role(manifest, production, &self.analysis.lineage)
    }
}

/// That a content is older than wanted, where no gap says so already.
fn old(content: &Content, now: Timestamp, max_age: SignedDuration) -> Option<Problem> {
    let at = content.fetched_at?;
    let is_told = content
        .gaps
        .iter()
        .any(|it| it.code == GapCode::RefreshFailed);
    let is_old = now.duration_since(at) >= max_age && !is_told;
    is_old.then(|| Problem {
        code: "content_old",
        message: format!(
            "{} was read {}: `exposure-lens pull` reads it again",
            ide::plain(&content.name),
            ide::ago(now, at)
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_longer_ago_than_wanted_is_told_with_its_age() {
        let now: Timestamp = "2026-02-01T06:00:00Z".parse().unwrap();
        let said = |at: Option<&str>| {
            let content = Content {
                name: "acme".to_owned(),
                fetched_at: at.map(|it| it.parse().unwrap()),
                ..Content::default()
            };
            let old = old(&content, now, SignedDuration::from_hours(6));
            old.map(|it| it.message).unwrap_or_default()
        };
        let old = "acme was read 22 d ago: `exposure-lens pull` reads it again";
        assert_eq!(said(Some("2026-01-10T05:00:00Z")), old);
        assert_eq!(said(Some("2026-02-01T05:00:00Z")), "");
        assert_eq!(said(None), "");
    }
}

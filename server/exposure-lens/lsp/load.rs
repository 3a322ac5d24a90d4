//! Loads a project, or what has changed of it, into a [`View`].
//!
//! Blocks on the disk and knows no client: the session runs it on a blocking
//! thread, one at a time for each project. What could be read once is kept until
//! something better can be read.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use lineage::{Content, NameRule, Timestamp};
use serde_json::Value;

use super::defined::Defined;
use super::document::Text;
use super::watched::{Parts, Stamps, Watched};
use crate::config::{self, Settings};
use crate::workspace::code::{self, Code, Listing};
use crate::workspace::content::{self, FileCache};
use crate::workspace::current::{self, Current};
use crate::workspace::exposures::{self, YamlPlaces, is_yaml};
use crate::workspace::production::{self, ProductionManifest, ProductionPlace};
use crate::workspace::project::{self, LoadedManifest, ManifestError, ProjectFiles};
use crate::workspace::sites::{self, Access, Kept};
use crate::workspace::{self, Ingredients, Known, Problem};

/// What answers are given from: never changed, only replaced whole.
#[derive(Debug)]
pub(super) struct View {
    pub(super) files: ProjectFiles,
    pub(super) manifest: Option<Arc<LoadedManifest>>,
    pub(super) current: Arc<Current>,
    pub(super) known: Known,
    pub(super) analysis: ide::Analysis,
    /// How the manifest, the files and Tableau's tables do not fit together.
    pub(super) fit: Vec<Problem>,
    /// What production calls the nodes by its manifest, where there is one.
    pub(super) production: Option<Arc<ProductionManifest>>,
    /// The rules for names in force.
    rules: Vec<NameRule>,
    /// Where what files define stands, as far as that was asked for.
    pub(super) defined: Defined,
}

/// A variable of the environment by its name.
pub(super) type Env = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What settings are read from, beside the team's file.
#[derive(Clone)]
pub(super) struct Sources {
    pub(super) user_file: Option<PathBuf>,
    /// The editor's sections, later ones win.
    pub(super) editor: Vec<Value>,
    pub(super) env: Env,
    /// Whether no host is ever to be contacted.
    pub(super) offline: bool,
}

/// A load to be done.
pub(super) struct Job {
    pub(super) root: PathBuf,
    pub(super) parts: Parts,
    pub(super) sources: Sources,
    pub(super) memory: Arc<Mutex<Memory>>,
    /// Files of the project that are open, as they stand in the editor.
    pub(super) buffers: HashMap<PathBuf, Text>,
}

/// What a load found.
#[derive(Clone)]
pub(super) struct Outcome {
    /// `None` when the project has never been readable.
    pub(super) view: Option<Arc<View>>,
    /// What a person can act on, worst first.
    pub(super) problems: Vec<Problem>,
    /// The sites and the snapshot of the settings; `None` when those could not be read.
    pub(super) sites: Option<Sites>,
    pub(super) watched: Watched,
    pub(super) seen: Stamps,
}

/// The sites and the snapshot of a project's settings: what is kept of them, and how
/// to contact them.
#[derive(Clone)]
pub(super) struct Sites {
    pub(super) access: Access,
    pub(super) kept: Arc<Kept>,
}

/// What is kept of a project between its loads.
#[derive(Default)]
pub(super) struct Memory {
    view: Option<Arc<View>>,
    manifest_problems: Vec<Problem>,
    exposures_problems: Vec<Problem>,
    files: Option<KnownFiles>,
    cache: FileCache,
    sites: Option<KnownSites>,
    sites_cache: sites::Memory,
    known: Option<AllKnown>,
    production: Option<KnownProduction>,
    production_problems: Vec<Problem>,
    listing: Option<KnownListing>,
    code: code::Memory,
    current: Option<KnownCurrent>,
    current_cache: current::Memory,
    watched: Watched,
    seen: Stamps,
}

/// Tableau's files as they were last read, and what that depended on.
struct KnownFiles {
    key: FilesKey,
    content: Arc<Content>,
    problems: Vec<Problem>,
}

/// What is kept of sites and the snapshot as it was last read, and the settings then.
struct KnownSites {
    settings: Vec<(&'static str, Value)>,
    sites: Sites,
}

/// Production's manifest as it was last read, and why not.
struct KnownProduction {
    place: ProductionPlace,
    seen: u64,
    manifest: Option<Arc<ProductionManifest>>,
    problem: Option<Problem>,
}

/// The project's own files as they were last looked for, and where.
struct KnownListing {
    dbt: dbt::Project,
    listing: Arc<Listing>,
}

/// The project's nodes as they were last made, and of what.
struct KnownCurrent {
    dbt: dbt::Project,
    manifest: Option<Arc<LoadedManifest>>,
    listing: Arc<Listing>,
    code: Code,
    /// What is read beside the project's own files, as it looked.
    beside: u64,
    current: Arc<Current>,
}

/// What was last made one of files and sites, and of which.
struct AllKnown {
    files: Arc<Content>,
    kept: Arc<Kept>,
    known: Known,
}

/// What decides which files are read.
#[derive(PartialEq)]
struct FilesKey {
    globs: Vec<String>,
    skipped: Vec<PathBuf>,
}

/// Loads what `job` asks for. A part that cannot be read keeps its last good state.
pub(super) fn load(job: &Job) -> Outcome {
    let mut memory = job.memory.lock().unwrap_or_else(PoisonError::into_inner);
    let memory = &mut *memory;
    memory.watched.settings = settings_files(&job.root, &job.sources);
    memory.seen.settings = content::fingerprint(&memory.watched.settings);
    let settings = settings(&job.root, &job.sources);
    let mut problems = Vec::new();
    let buffer = job.buffers.get(&job.root.join("dbt_project.yml"));
    let buffer = buffer.map(ToString::to_string);
    let env = &*job.sources.env;
    let files = match project::open_as(&job.root, buffer.as_deref(), &settings, &env) {
        Ok(opened) => Some(opened),
        Err(error) => {
            problems.push(Problem {
                code: "project_unreadable",
                message: format!("{error:#}"),
            });
            memory.view.as_ref().map(|view| view.files.clone())
        }
    };
    if let Some(files) = files {
        problems.extend(files.problems.iter().cloned());
        read(job, memory, &files, &settings);
        problems.extend(memory.manifest_problems.iter().cloned());
        problems.extend(memory.production_problems.iter().cloned());
        problems.extend(memory.exposures_problems.iter().cloned());
        let current = memory.current.iter();
        problems.extend(current.flat_map(|it| it.current.problems.iter().cloned()));
        problems.extend(
            memory
                .files
                .iter()
                .flat_map(|it| it.problems.iter().cloned()),
        );
        let now = Timestamp::now();
        problems.extend(
            memory
                .sites
                .iter()
                .flat_map(|it| it.sites.kept.problems(now)),
        );
    }
    let view = memory.view.as_ref();
    problems.extend(view.iter().flat_map(|it| it.fit.iter().cloned()));
    problems.extend(workspace::ignored_settings(&settings));
    let (view, watched) = (memory.view.clone(), memory.watched.clone());
    Outcome {
        view,
        problems,
        sites: memory.sites.as_ref().map(|it| it.sites.clone()),
        watched,
        seen: memory.seen,
    }
}

fn settings(root: &Path, sources: &Sources) -> Settings {
    let env = &*sources.env;
    let mut settings = project::settings(root, sources.user_file.as_deref(), &Value::Null, &env);
    for section in &sources.editor {
        settings.lay_editor(section);
    }
    settings
}

fn settings_files(root: &Path, sources: &Sources) -> Vec<PathBuf> {
    let user = config::user_file(sources.user_file.as_deref(), &*sources.env);
    let project = ["dbt_project.yml", "exposure-lens.yml"].map(|name| root.join(name));
    project.into_iter().chain(user).collect()
}

/// Reads the parts that are asked for and puts a new view together, where
/// something has changed in it.
fn read(job: &Job, memory: &mut Memory, files: &ProjectFiles, settings: &Settings) {
    let before = memory.view.clone();
    let last_good = before.as_ref().and_then(|view| view.manifest.clone());
    let path = vec![files.manifest_path.clone()];
    let is_due = job.parts.manifest || before.is_none() || memory.watched.manifest != path;
    memory.watched.manifest = path;
    if is_due {
        // Before the file is read: a change meanwhile is then seen as one.
        memory.seen.manifest = content::fingerprint(&memory.watched.manifest);
    }
    // The manifest and the workbooks are the two large readings: both at once.
    let (manifest, known) = std::thread::scope(|scope| {
        let reading = is_due.then(|| scope.spawn(|| project::read_manifest(files)));
        let content = read_files(job, memory, files, settings);
        let kept = read_kept(job, memory, settings);
        let known = all_known(memory, content, kept);
        (reading.map(std::thread::ScopedJoinHandle::join), known)
    });
    let manifest = match manifest {
        None => last_good,
        Some(Ok(read)) => best_manifest(memory, files, read, last_good),
        Some(Err(panic)) => std::panic::resume_unwind(panic),
    };
    let listing = read_listing(job, memory, files);
    let current = read_current(job, memory, files, &listing, manifest.as_ref());
    let mut exposures = read_exposures(job, files, &listing, manifest.as_deref(), &current);
    memory.exposures_problems = std::mem::take(&mut exposures.problems);
    let production = read_production(job, memory, files, settings);
    let rules = settings.name_rules(&files.dbt.name);
    let options = settings.ide_options();
    let is_same = |view: &Arc<View>| {
        let facts = &view.analysis.project;
        same(view.manifest.as_ref(), manifest.as_ref())
            && Arc::ptr_eq(&view.current, &current)
            && same(view.production.as_ref(), production.as_ref())
            && view.rules == rules
            && Arc::ptr_eq(&view.known.contents, &known.contents)
            && view.analysis.lineage.exposures() == exposures.exposures
            && facts.unread_files == exposures.unread
            && view.analysis.options == options
            && view.files.dbt == files.dbt
            && view.files.manifest_path == files.manifest_path
    };
    if before.as_ref().is_some_and(is_same) {
        return;
    }
    let analysis = workspace::analyse(Ingredients {
        project: files,
        manifest: manifest.as_deref(),
        current: &current,
        exposures,
        production: production.as_deref(),
        known: &known,
        settings,
    });
    let fit = workspace::poor_fit(&analysis)
        .into_iter()
        .chain(workspace::files_gone(&analysis))
        .collect();
    memory.view = Some(Arc::new(View {
        fit,
        rules,
        files: files.clone(),
        manifest,
        production,
        current,
        known,
        analysis,
        defined: Defined::default(),
    }));
}

/// Whether both are the same reading of a file, or there is none.
fn same<T>(a: Option<&Arc<T>>, b: Option<&Arc<T>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

/// Production's manifest; while it is half-written or gone, the last good one.
fn read_production(
    job: &Job,
    memory: &mut Memory,
    files: &ProjectFiles,
    settings: &Settings,
) -> Option<Arc<ProductionManifest>> {
    let refused = production::refused_setting(files, settings);
    memory.production_problems = refused.into_iter().collect();
    let place = production::find(files, settings, &*job.sources.env);
    // Before it is read: a change meanwhile is then seen as one.
    let watched = production::watched(files, place.as_ref());
    memory.watched.settings.extend(watched);
    memory.seen.settings = content::fingerprint(&memory.watched.settings);
    let Some(place) = place else {
        memory.production = None;
        return None;
    };
    let seen = content::fingerprint(std::slice::from_ref(&place.path));
    let known = memory.production.take().filter(|it| it.place == place);
    let (manifest, problem) = match known {
        Some(known) if known.seen == seen => (known.manifest, known.problem),
        known => match production::read(files, &place) {
            Ok(manifest) => (Some(Arc::new(manifest)), None),
            Err(problem) => (known.and_then(|it| it.manifest), Some(problem)),
        },
    };
    let of_manifest = manifest.iter().flat_map(|it| it.problems.iter().cloned());
    memory.production_problems.extend(of_manifest);
    memory.production_problems.extend(problem.clone());
    memory.production = Some(KnownProduction {
        place,
        seen,
        manifest: manifest.clone(),
        problem,
    });
    manifest
}

/// The manifest that was read; while it is gone, half-written or another
/// project's, the last good one.
fn best_manifest(
    memory: &mut Memory,
    files: &ProjectFiles,
    read: Result<LoadedManifest, ManifestError>,
    known: Option<Arc<LoadedManifest>>,
) -> Option<Arc<LoadedManifest>> {
    match read {
        Ok(manifest) => {
            memory.manifest_problems = manifest.problems.clone();
            Some(Arc::new(manifest))
        }
        Err(error) => {
            let mut problem = error.problem(files);
            if known.is_some() {
                problem.message = kept(&error, &problem.message);
            }
            memory.manifest_problems = vec![problem];
            known
        }
    }
}

fn kept(error: &ManifestError, message: &str) -> String {
    match error {
        ManifestError::Missing(_) => {
            "the manifest is gone; showing the last good one until `dbt parse` writes it anew"
                .to_owned()
        }
        ManifestError::Broken(..) => {
            "the manifest is half-written; showing the last good one".to_owned()
        }
        ManifestError::OtherProject(..) => format!("{message}; showing the last good one"),
    }
}

/// What is kept of sites and of the snapshot. Settings of Tableau's decide which those
/// are; a key stroke in a YAML file is no reason to look again.
fn read_kept(job: &Job, memory: &mut Memory, settings: &Settings) -> Arc<Kept> {
    let in_force = settings.in_force();
    let of_tableau: Vec<(&'static str, Value)> = in_force
        .filter(|(key, ..)| key.name.starts_with("tableau."))
        .map(|(key, value, _)| (key.name, value.clone()))
        .collect();
    if let Some(known) = &memory.sites
        && !job.parts.sites
        && known.settings == of_tableau
    {
        return Arc::clone(&known.sites.kept);
    }
    let env = Arc::clone(&job.sources.env);
    let access = Access::new(&job.root, settings, env, job.sources.offline);
    // Before it is read: a change meanwhile is then seen as one.
    memory.seen.kept = content::fingerprint(&memory.watched.kept);
    let kept = Arc::new(sites::read(&access, &mut memory.sites_cache));
    if memory.watched.kept != kept.paths {
        memory.watched.kept = kept.paths.clone();
        memory.seen.kept = content::fingerprint(&memory.watched.kept);
    }
    memory.sites = Some(KnownSites {
        settings: of_tableau,
        sites: Sites {
            access,
            kept: Arc::clone(&kept),
        },
    });
    kept
}

/// Files, sites and the snapshot as one; what was made of the same is kept.
fn all_known(memory: &mut Memory, files: Arc<Content>, kept: Arc<Kept>) -> Known {
    if let Some(it) = &memory.known
        && Arc::ptr_eq(&it.files, &files)
        && Arc::ptr_eq(&it.kept, &kept)
    {
        return it.known.clone();
    }
    let known = Known::of(Content::clone(&files), &kept, Timestamp::now());
    memory.known = Some(AllKnown {
        files,
        kept,
        known: known.clone(),
    });
    known
}

fn read_files(
    job: &Job,
    memory: &mut Memory,
    files: &ProjectFiles,
    settings: &Settings,
) -> Arc<Content> {
    let key = FilesKey {
        globs: settings.tableau_files(),
        skipped: content::skipped(files),
    };
    let known = memory.files.take_if(|it| job.parts.files || it.key != key);
    if let Some(current) = &memory.files {
        return Arc::clone(&current.content);
    }
    // Folders are looked at before they are walked: a file that comes meanwhile is
    // then seen as a change.
    memory.seen.folders = content::fingerprint(&memory.watched.folders);
    let read = content::read_files(files, settings, &mut memory.cache);
    let seen = memory.cache.fingerprint();
    let is_same = seen == memory.seen.tableau && read.paths == memory.watched.tableau;
    memory.seen.tableau = seen;
    memory.watched.tableau = read.paths;
    memory.watched.folders = read.folders;
    let content = match known.filter(|it| is_same && it.problems == read.problems) {
        Some(known) => known.content,
        None => Arc::new(read.content),
    };
    let problems = read.problems;
    memory.files = Some(KnownFiles {
        key,
        content: Arc::clone(&content),
        problems,
    });
    content
}

/// The project's own files: looked for anew when the disk may have changed.
fn read_listing(job: &Job, memory: &mut Memory, files: &ProjectFiles) -> Arc<Listing> {
    if let Some(known) = &memory.listing
        && !job.parts.exposures
        && known.dbt == files.dbt
    {
        return Arc::clone(&known.listing);
    }
    let listing = Arc::new(Listing::of(files));
    memory.watched.code = watched_code(&listing);
    memory.seen.code = content::fingerprint(&memory.watched.code);
    memory.listing = Some(KnownListing {
        dbt: files.dbt.clone(),
        listing: Arc::clone(&listing),
    });
    listing
}

/// The files, and the folders of theirs: a new file changes its folder.
fn watched_code(listing: &Listing) -> Vec<PathBuf> {
    let folders = listing.files.iter().filter_map(|it| it.parent());
    let mut folders: Vec<PathBuf> = folders.map(Path::to_owned).collect();
    folders.sort();
    folders.dedup();
    listing.files.iter().cloned().chain(folders).collect()
}

/// The project's nodes as they are now; what was made of the same is kept.
fn read_current(
    job: &Job,
    memory: &mut Memory,
    files: &ProjectFiles,
    listing: &Arc<Listing>,
    manifest: Option<&Arc<LoadedManifest>>,
) -> Arc<Current> {
    let texts = job.buffers.iter();
    let open = texts.map(|(path, text)| (path.clone(), text.to_string()));
    let code = memory.code.read(files, listing, &open.collect());
    let env = &*job.sources.env;
    let beside = manifest.map_or_else(|| current::watched(files, &env), |_| Vec::new());
    memory.watched.settings.extend(beside.iter().cloned());
    memory.seen.settings = content::fingerprint(&memory.watched.settings);
    let beside = content::fingerprint(&beside);
    if let Some(known) = &memory.current
        && Arc::ptr_eq(&known.listing, listing)
        && known.dbt == files.dbt
        && same(known.manifest.as_ref(), manifest)
        && known.code.is_same(&code)
        && known.beside == beside
    {
        return Arc::clone(&known.current);
    }
    let cache = &mut memory.current_cache;
    let made = current::read(files, manifest.map(|it| &**it), listing, &code, cache, &env);
    let before = memory.current.take().map(|it| it.current);
    let current = match before.filter(|it| it.is_same(&made)) {
        Some(before) => before,
        None => Arc::new(made),
    };
    memory.current = Some(KnownCurrent {
        dbt: files.dbt.clone(),
        manifest: manifest.cloned(),
        listing: Arc::clone(listing),
        code,
        beside,
        current: Arc::clone(&current),
    });
    current
}

fn read_exposures(
    job: &Job,
    files: &ProjectFiles,
    listing: &Listing,
    manifest: Option<&LoadedManifest>,
    current: &Current,
) -> exposures::Collected {
    let places = YamlPlaces::of(files);
    let listed = listing.files.iter().filter(|it| is_yaml(it));
    let mut paths: Vec<PathBuf> = listed.cloned().collect();
    // A new file may be open that is on no disk yet.
    let opened = job
        .buffers
        .keys()
        .filter(|it| paths.binary_search(it).is_err() && places.has(it));
    let opened: Vec<PathBuf> = opened.cloned().collect();
    paths.extend(opened);
    let buffer = |path: &Path| job.buffers.get(path).map(ToString::to_string);
    let mut collected = exposures::collect(files, manifest, &current.nodes, &paths, &buffer);
    collected.add_unseen(listing.unseen.clone());
    collected
}

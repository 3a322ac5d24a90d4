//! How the server is: one true state with its reason, and what the user is told.
//!
//! The state goes into a status bar and may change often. A message interrupts:
//! it is shown once for each cause, and only for what the user can mend.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use tower_lsp::ls_types::MessageType;

use super::ext::{
    Health, ManifestStatus, MemoryStatus, ProblemStatus, ProjectStatus, StatusParams,
};
use super::project::Project;
use super::session::{Session, State};
use super::to_proto;
use super::unloading::STEP;
use crate::disk;
use crate::workspace::{self, Problem};

pub(super) mod sites;

/// A hover over a status bar is no place for more.
const MAX_DETAILS: usize = 20;

impl Session {
    /// Tells the client how things are, where that has changed, and the user what
    /// they can mend, where that is new.
    pub(super) fn tell(&self) {
        let mut state = self.lock();
        let state = &mut *state;
        let is_loading =
            state.n_discovering > 0 || state.projects.values().any(Project::is_loading);
        let mut news = messages(&state.projects, is_loading, &mut state.told);
        news.extend(sites::messages(&state.projects, &mut state.told));
        for (kind, text) in news {
            self.peer.message(kind, format!("Exposure Lens: {text}"));
        }
        let status = status(state, is_loading, self.options.max_memory);
        // Sent under the lock, so that two states cannot overtake each other.
        if state.status.as_ref() != Some(&status) {
            self.peer.status(status.clone());
            state.status = Some(status);
        }
    }
}

type Projects = BTreeMap<PathBuf, Project>;

fn status(state: &State, is_loading: bool, bound: usize) -> StatusParams {
    let projects = &state.projects;
    let memory = state.memory(bound);
    let shown = lines(projects, is_loading, memory);
    let health = shown
        .iter()
        .map(|(health, _)| *health)
        .max()
        .unwrap_or(Health::Ok);
    let worst = shown
        .iter()
        .find(|(it, _)| *it == health && *it != Health::Ok);
    let message = match worst {
        Some((_, message)) => message.clone(),
        None if is_loading => "loading".to_owned(),
        None => summary(projects, memory),
    };
    let details: Vec<String> = shown
        .iter()
        .map(|(_, line)| line.clone())
        .filter(|it| *it != message)
        .take(MAX_DETAILS)
        .collect();
    StatusParams {
        health,
        quiescent: !is_loading,
        message,
        detail: (!details.is_empty()).then(|| details.join("\n")),
        projects: projects.values().filter_map(of_project).collect(),
        sites: sites::all(state),
        memory,
    }
}

/// What is to be told of the projects, each with how bad it is.
fn lines(projects: &Projects, is_loading: bool, memory: MemoryStatus) -> Vec<(Health, String)> {
    projects
        .values()
        .flat_map(|project| {
            let name = name_before(project, projects);
            let line = move |it: &Problem| format!("{name}{}", one_line(&it.message));
            project
                .problems
                .iter()
                .map(move |it| (health(project, it), line(it)))
        })
        .chain(
            (!is_loading && lacks_content(projects))
                .then(|| (Health::Warning, workspace::no_content().message)),
        )
        .chain(projects.values().filter_map(differing))
        .chain(too_much(memory).map(|line| (Health::Warning, line)))
        .collect()
}

/// Which files of a project are not as dbt parsed them: for whoever looks closer.
fn differing(project: &Project) -> Option<(Health, String)> {
    let files = &project.view.as_ref()?.current.differing;
    let (first, rest) = files.split_first()?;
    let more = match rest.len() {
        0 => String::new(),
        n => format!(", +{n}"),
    };
    let n_files = ide::count(files.len(), "file");
    let line = format!(
        "{}: {n_files} changed since dbt parsed the project ({}{more})",
        name(project),
        ide::plain(first)
    );
    Some((Health::Ok, line))
}

/// That the projects of open files alone take more memory than is meant for all.
fn too_much(memory: MemoryStatus) -> Option<String> {
    let megabytes = |bytes: usize| bytes.div_ceil(1 << 20);
    (memory.bytes > memory.bound.next_multiple_of(STEP)).then(|| {
        format!(
            "the projects of open files take {} MB of memory, more than the {} MB that are \
             meant for them: close files of projects that you do not need",
            megabytes(memory.bytes),
            megabytes(memory.bound)
        )
    })
}

/// Where there are several, each says which one it speaks of.
fn name_before(project: &Project, projects: &Projects) -> String {
    if projects.len() > 1 {
        format!("{}: ", name(project))
    } else {
        String::new()
    }
}

fn name(project: &Project) -> String {
    let folder = || {
        project
            .root
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let name = project
        .view
        .as_ref()
        .map(|view| view.files.dbt.name.clone());
    ide::plain(&name.filter(|name| !name.is_empty()).unwrap_or_else(folder))
}

/// Errors of parsers have several lines, and quote what they stumbled over.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .collect();
    words
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn health(project: &Project, problem: &Problem) -> Health {
    match problem.code {
        "internal_error" => Health::Error,
        "project_unreadable" if project.view.is_none() => Health::Error,
        code if is_for_the_user(code) => Health::Warning,
        _ => Health::Ok,
    }
}

/// What takes something away from the whole project, and can be mended. One
/// workbook among many that cannot be read is said in the hovers it concerns.
fn is_for_the_user(code: &str) -> bool {
    matches!(
        code,
        "project_unreadable"
            | "manifest_missing"
            | "manifest_unreadable"
            | "manifest_is_folder"
            | "manifest_of_another_project"
            | "setting_ignored"
            | "bad_glob"
            | "few_names_match"
            | "files_gone"
            | "names_proposed"
            | "production_manifest_missing"
            | "production_manifest_unreadable"
            | "production_manifest_of_another_project"
    ) || sites::is_about_one(code)
}

/// Whether there are projects, and none has anything of Tableau's or names where to get
/// it: of a site or a snapshot it is told by name.
fn lacks_content(projects: &Projects) -> bool {
    if sites::are_named(projects) {
        return false;
    }
    let mut views = projects
        .values()
        .filter_map(|it| it.view.as_ref())
        .peekable();
    views.peek().is_some() && views.all(|view| !view.analysis.has_content())
}

fn summary(projects: &Projects, memory: MemoryStatus) -> String {
    let loaded: Vec<&Project> = projects.values().filter(|it| it.view.is_some()).collect();
    let n_workbooks = loaded.iter().map(|it| n_workbooks(it)).sum();
    let workbooks = ide::count(n_workbooks, "workbook");
    match loaded[..] {
        [] if memory.known > 0 => {
            let known = ide::count(memory.known, "project");
            format!("{known}, none loaded: open a file of one")
        }
        [] => "no dbt project".to_owned(),
        _ if memory.known > memory.loaded => {
            format!(
                "{} of {} projects loaded, {workbooks}",
                memory.loaded, memory.known
            )
        }
        [project] => {
            let view = project.view.as_ref();
            let n_nodes = view.map_or(0, |view| view.analysis.lineage.nodes().len());
            format!(
                "{}: {}, {workbooks}",
                name(project),
                ide::count(n_nodes, "node")
            )
        }
        _ => format!("{}, {workbooks}", ide::count(loaded.len(), "project")),
    }
}

fn n_workbooks(project: &Project) -> usize {
    let contents = project
        .view
        .iter()
        .flat_map(|view| view.known.contents.iter());
    contents.map(|content| content.workbooks.len()).sum()
}

fn of_project(project: &Project) -> Option<ProjectStatus> {
    let manifest = project
        .view
        .as_ref()
        .and_then(|view| view.manifest.as_ref());
    Some(ProjectStatus {
        uri: to_proto::file_uri(&project.root)?,
        name: name(project),
        manifest: manifest.map(|it| ManifestStatus {
            path: disk::relative(&project.root, &it.path),
            dbt_version: it.metadata.dbt_version.clone(),
            generated_at: it.metadata.generated_at.clone(),
            nodes: it.read.nodes.len(),
        }),
        workbooks: n_workbooks(project),
        problems: project
            .problems
            .iter()
            .map(|it| ProblemStatus {
                code: it.code.to_owned(),
                message: it.message.clone(),
            })
            .collect(),
    })
}

/// What the user has not been told yet.
fn messages(
    projects: &Projects,
    is_loading: bool,
    told: &mut HashSet<String>,
) -> Vec<(MessageType, String)> {
    let mut new = Vec::new();
    for project in projects.values() {
        let lines: Vec<String> = project
            .problems
            .iter()
            .filter(|it| is_news(project, it) && told.insert(cause(project, it)))
            .map(|it| one_line(&it.message))
            .collect();
        if !lines.is_empty() {
            let name = name_before(project, projects);
            new.push((MessageType::WARNING, format!("{name}{}", lines.join("; "))));
        }
    }
    if !is_loading && lacks_content(projects) && told.insert("no content".to_owned()) {
        new.push((MessageType::INFO, workspace::no_content().message));
    }
    new
}

fn is_news(project: &Project, problem: &Problem) -> bool {
    let manifest = project.view.as_ref().and_then(|it| it.manifest.as_ref());
    // With a last good manifest there is nothing to do but wait for dbt.
    let is_kept = manifest.is_some() && problem.code.starts_with("manifest_");
    // A question is asked about it.
    let is_asked = problem.code == "names_proposed";
    let is_news = is_for_the_user(problem.code) && !sites::is_about_one(problem.code);
    is_news && !is_kept && !is_asked
}

/// Of two wrong settings both are said, of a file that breaks in ever new ways only
/// that it is broken. Whoever is told that one project has no manifest needs no message for
/// each of the others as it is opened: their status says it.
fn cause(project: &Project, problem: &Problem) -> String {
    let what = match problem.code {
        code @ "manifest_missing" => return code.to_owned(),
        "setting_ignored" | "bad_glob" => &problem.message,
        code => code,
    };
    format!("{}\0{what}", project.root.display())
}

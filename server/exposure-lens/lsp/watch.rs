//! Notices what changes on disk, for editors that do not tell.
//!
//! Looks at lengths and times, every second and whenever the client hints at a
//! change. What differs between two looks is still being written; it is read
//! once two looks agree.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::document::Home;
use super::load::Env;
use super::peer::Phase;
use super::project::{Poll, Project};
use super::session::Session;
use super::watched::{Stamps, Watched};
use crate::workspace::homes::Reaches;

/// The next look while something is being written.
const SETTLE: Duration = Duration::from_millis(200);
/// A project with more files and folders than this is looked at in full less often.
const MAX_PER_LOOK: usize = 2_000;

/// One look at all projects.
struct Look {
    projects: Vec<ProjectLook>,
    /// Whether a project is being loaded, and so not looked at.
    is_busy: bool,
    /// Documents without a project, and those that are there now.
    homes: Vec<(PathBuf, Vec<PathBuf>)>,
    /// The roots of all projects.
    known: Vec<PathBuf>,
    reaches: Arc<Reaches>,
    env: Env,
}

struct ProjectLook {
    root: PathBuf,
    watched: Arc<Watched>,
    /// At its many files and folders too.
    in_full: bool,
    stamps: Stamps,
}

/// Looks until the session ends.
pub(super) async fn watch(session: Arc<Session>) {
    let mut phase = session.peer.phase();
    let mut wait = session.options.poll;
    // Until every project could be looked at.
    let mut is_hint = false;
    for n_look in 0_usize.. {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = session.poke.notified() => is_hint = true,
            _ = phase.wait_for(|it| *it >= Phase::Closing) => return,
        }
        let look = session.what_to_look_at(if is_hint { 0 } else { n_look });
        is_hint &= look.is_busy;
        let Ok(look) = tokio::task::spawn_blocking(move || look.take()).await else {
            continue;
        };
        let is_settling = session.seen(look);
        session.fetch_due();
        wait = session.options.poll;
        if is_settling || is_hint {
            wait = wait.min(SETTLE);
        }
    }
}

impl Look {
    fn take(mut self) -> Look {
        for it in &mut self.projects {
            it.stamps = if it.in_full {
                it.watched.stamps()
            } else {
                it.watched.few_stamps(&it.stamps)
            };
        }
        for (path, roots) in &mut self.homes {
            let env = |name: &str| (self.env)(name);
            *roots = self.reaches.homes_of(path, &self.known, &env);
        }
        self
    }
}

impl Session {
    fn what_to_look_at(&self, n_look: usize) -> Look {
        let state = self.lock();
        let projects = state.projects.iter().filter_map(|(root, project)| {
            let (watched, stamps) = project.watched()?;
            let in_full = n_look.is_multiple_of(1 + watched.len() / MAX_PER_LOOK);
            Some(ProjectLook {
                root: root.clone(),
                watched,
                in_full,
                stamps,
            })
        });
        let is_busy = |it: &Project| it.has_loaded() && it.watched().is_none();
        let homeless = state
            .documents
            .iter()
            .filter(|(_, it)| it.home == Home::Nowhere);
        Look {
            projects: projects.collect(),
            is_busy: state.projects.values().any(is_busy),
            homes: homeless
                .map(|(path, _)| (path.clone(), Vec::new()))
                .collect(),
            known: state.known.iter().cloned().collect(),
            reaches: Arc::clone(&self.reaches),
            env: Arc::clone(&self.options.env),
        }
    }

    /// Takes a look in. Returns whether something is still being written.
    fn seen(self: &Arc<Session>, look: Look) -> bool {
        let mut is_settling = false;
        for ProjectLook {
            root,
            watched,
            stamps,
            ..
        } in look.projects
        {
            let poll = self
                .lock()
                .projects
                .get_mut(&root)
                .map(|it| it.poll(&watched, stamps));
            match poll {
                Some(Poll::Changed(parts)) => self.request(&root, parts, "files changed on disk"),
                Some(Poll::Settling) => is_settling = true,
                Some(Poll::Same) | None => {}
            }
        }
        for (path, roots) in look.homes {
            if !roots.is_empty() {
                self.settle(&path, roots);
            }
        }
        is_settling
    }
}

//! A project of the session: its last good view, and the work that renews it.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::load::{Memory, Outcome, Sites, View};
use super::watched::{Parts, Stamps, Watched};
use super::weight::Weight;
use crate::refresh::{Op, OpQueue};
use crate::workspace::Problem;

/// A dbt project that the session knows.
pub(super) struct Project {
    pub(super) root: PathBuf,
    /// What answers are given from; none until it could be loaded once.
    pub(super) view: Option<Arc<View>>,
    /// What a person can act on, worst first.
    pub(super) problems: Vec<Problem>,
    /// The sites and the snapshot of its settings.
    pub(super) sites: Option<Sites>,
    pub(super) memory: Arc<Mutex<Memory>>,
    pub(super) queue: OpQueue<Parts>,
    /// The request that includes the last change in an open file.
    pub(super) edited: u64,
    /// How much memory it takes.
    pub(super) weight: Weight,
    /// The number of the last question about it.
    pub(super) last_asked: Cell<u64>,
    /// How many requests wait for it.
    pub(super) n_waiting: usize,
    running: Parts,
    watched: Arc<Watched>,
    seen: Stamps,
    polled: Option<Stamps>,
}

impl Project {
    pub(super) fn new(root: PathBuf) -> Project {
        Project {
            root,
            view: None,
            problems: Vec::new(),
            sites: None,
            memory: Arc::default(),
            queue: OpQueue::default(),
            edited: 0,
            weight: Weight::default(),
            last_asked: Cell::new(0),
            n_waiting: 0,
            running: Parts::NONE,
            watched: Arc::default(),
            seen: Stamps::default(),
            polled: None,
        }
    }

    pub(super) fn start(&mut self) -> Option<Op<Parts>> {
        let op = self.queue.start()?;
        self.running = op.args;
        Some(op)
    }

    /// Takes over what a load found. Returns whether answers may differ now.
    pub(super) fn finish(&mut self, generation: u64, outcome: Option<(Outcome, Weight)>) -> bool {
        self.queue.finish(generation);
        self.running = Parts::NONE;
        let Some((outcome, weight)) = outcome else {
            // Our bug; the log has it. The last good view stays.
            let message = "loading stopped unexpectedly; the log says why".to_owned();
            self.problems.insert(
                0,
                Problem {
                    code: "internal_error",
                    message,
                },
            );
            return false;
        };
        let is_same = match (&self.view, &outcome.view) {
            (Some(before), Some(after)) => Arc::ptr_eq(before, after),
            (None, None) => true,
            _ => false,
        };
        self.view = outcome.view;
        self.weight = weight;
        self.problems = outcome.problems;
        self.sites = outcome.sites;
        self.watched = Arc::new(outcome.watched);
        self.seen = outcome.seen;
        self.polled = None;
        !is_same
    }

    /// Whether it has been loaded once, well or not.
    pub(super) fn has_loaded(&self) -> bool {
        self.queue.is_done(1)
    }

    /// Whether something is being read that a person waits for. Exposures follow
    /// every key stroke; that is not worth a word.
    pub(super) fn is_loading(&self) -> bool {
        let counts = |parts: &Parts| parts.manifest || parts.files;
        !self.has_loaded() || counts(&self.running) || self.queue.waiting().is_some_and(counts)
    }

    /// What is to be looked at for changes, and what it looked like when it was
    /// read; nothing while it is being read anyway.
    pub(super) fn watched(&self) -> Option<(Arc<Watched>, Stamps)> {
        (self.has_loaded() && self.queue.is_idle()).then(|| (Arc::clone(&self.watched), self.seen))
    }

    /// Takes a look at the disk: what is to be read anew, once two looks agree.
    /// What changes between two looks is still being written.
    pub(super) fn poll(&mut self, watched: &Arc<Watched>, now: Stamps) -> Poll {
        if !self.queue.is_idle() || !Arc::ptr_eq(watched, &self.watched) {
            return Poll::Settling;
        }
        let before = self.polled.replace(now);
        match self.seen.changed(&now) {
            None => Poll::Same,
            Some(parts) if before == Some(now) => Poll::Changed(parts),
            Some(_) => Poll::Settling,
        }
    }
}

/// What a look at the disk showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Poll {
    /// All is as it was read.
    Same,
    /// Something is changing.
    Settling,
    /// Something has changed.
    Changed(Parts),
}

//! What is known of Tableau sites: what is kept of each, and what keeps that from
//! being all. For both faces.
//!
//! [`read`] blocks on the disk and contacts nothing; the language server calls it where
//! it reads files, from a blocking task, with a [`Memory`] that it keeps. [`refresh`]
//! is async: it contacts one site that the user has signed in to, and keeps what that
//! says. After it has ended, well or not, `read` tells what has changed. The team
//! snapshot goes the same way: [`crate::workspace::snapshot::refresh`].

mod access;
pub mod folder;
pub mod history;
mod refresh;
mod state;
mod stored;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lineage::Content;
use lineage::Production;
use tableau::{Records, SiteAddress};

pub use self::access::{Access, SharedEnv};
use self::history::Failure;
pub use self::refresh::{Options, Progress, Refreshed, Step, refresh};
pub use self::state::{Phase, SiteState, name};
use self::stored::Shelf;
use crate::config::SiteSetting;
use crate::workspace::Problem;
use crate::workspace::snapshot::{self, SnapshotState};

/// What was read before, so that only what has changed is read again.
#[derive(Debug, Default)]
pub struct Memory {
    sites: stored::Memory,
    snapshot: snapshot::Memory,
}

/// What is kept of the sites and the snapshot that settings name.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Each site of the settings, in their order.
    pub sites: Vec<SiteState>,
    /// The team snapshot, where settings name one.
    pub snapshot: Option<SnapshotState>,
    /// How old content may become.
    pub max_age: SignedDuration,
    /// The files that were looked at: another look is due when one of them changes.
    pub paths: Vec<PathBuf>,
}

/// Reads what is kept. Blocks on the disk; contacts nothing.
pub fn read(access: &Access, memory: &mut Memory) -> Kept {
    let sites = access.sites();
    let states = sites
        .into_iter()
        .map(|it| state_of(access, it, &mut memory.sites));
    let mut kept = Kept {
        sites: states.collect(),
        snapshot: access.snapshot(&mut memory.snapshot),
        max_age: access.max_age(),
        paths: Vec::new(),
    };
    let shelves = kept
        .sites
        .iter()
        .filter_map(|it| access.shelf(&it.setting).ok());
    let snapshot = kept.snapshot.iter().flat_map(|it| it.paths.clone());
    kept.paths = shelves
        .flat_map(|it| [it.content(), it.history()])
        .chain(snapshot)
        .chain(access.watched())
        .collect();
    kept
}

fn state_of(access: &Access, setting: SiteSetting, memory: &mut stored::Memory) -> SiteState {
    let address = &setting.address;
    let shelf = access.shelf(&setting).ok();
    let public_url = access.settings().public_url();
    let content = shelf.as_ref().map_or(Ok(None), |shelf| {
        memory.content(shelf, public_url.as_deref())
    });
    let mut history = shelf.as_ref().map(Shelf::history_kept).unwrap_or_default();
    // Who has signed in since has done what the failure asked for.
    let signed_in_at = access.credential_of(address).and_then(|it| it.kept_at);
    let is_mended = |it: &Failure| it.needs_user && signed_in_at.is_some_and(|at| at > it.at);
    history.failure = history.failure.filter(|it| !is_mended(it));
    SiteState {
        signed_in: access.is_signed_in(address),
        damaged: content.as_ref().err().cloned(),
        content: content.ok().flatten(),
        history,
        setting,
    }
}

/// What is kept of a site as it said it, for a snapshot. Blocks on the disk.
///
/// # Errors
/// Why there is nothing, in one line.
pub fn records(access: &Access, setting: &SiteSetting) -> Result<Records, String> {
    let shelf = access.shelf(setting).map_err(|it| it.said())?;
    let nothing = || format!("nothing is kept of {}", name(&setting.address));
    shelf.records().and_then(|it| it.ok_or_else(nothing))
}

/// Forgets what is kept of a site, whatever was wanted of it, for `logout`.
///
/// # Errors
/// What the system says.
pub fn forget(access: &Access, address: &SiteAddress) -> std::io::Result<()> {
    match access.cache() {
        Ok(cache) => stored::forget(cache, address),
        // Without a cache folder nothing is kept.
        Err(_) => Ok(()),
    }
}

impl Kept {
    /// The contents of all sites and of the snapshot, each with what is missing from
    /// it at `now`. They are not merged yet: [`crate::workspace::Known::of`] does that.
    pub fn contents(&self, now: Timestamp) -> Vec<Content> {
        let sites = self.sites.iter().map(|it| it.to_content(now, self.max_age));
        let snapshot = self.snapshot.iter().flat_map(|it| it.to_contents(now));
        sites.chain(snapshot).collect()
    }

    /// What production calls the nodes, as the snapshot says.
    pub fn production(&self) -> Arc<Production> {
        let read = self.snapshot.as_ref().and_then(|it| it.snapshot.as_ref());
        read.map(|it| Arc::clone(&it.production))
            .unwrap_or_default()
    }

    /// What a user can act on. Who has the team's snapshot of a site need not sign in to it.
    pub fn problems(&self, now: Timestamp) -> Vec<Problem> {
        let sites = self.sites.iter().filter(|it| !self.stands_in(it));
        let sites = sites.filter_map(|it| it.problem(now, self.max_age));
        let snapshot = self.snapshot.as_ref().and_then(|it| it.problem(now));
        sites.chain(snapshot).collect()
    }

    /// Whether the snapshot has the site, and nothing else can have it.
    fn stands_in(&self, site: &SiteState) -> bool {
        let read = self.snapshot.as_ref().and_then(|it| it.snapshot.as_ref());
        let contents = read.map_or(&[][..], |it| &it.contents);
        let is_it = |it: &Content| it.name == site.content_name() && it.host == site.host();
        !site.signed_in && site.content.is_none() && contents.iter().any(is_it)
    }

    /// The sites that background work is to fetch now.
    pub fn due(&self, now: Timestamp) -> impl Iterator<Item = &SiteState> {
        self.sites
            .iter()
            .filter(move |it| it.is_due(now, self.max_age))
    }

    /// Whether background work is to ask for the snapshot now.
    pub fn is_snapshot_due(&self, now: Timestamp) -> bool {
        let snapshot = self.snapshot.as_ref();
        snapshot.is_some_and(|it| it.is_due(now, self.max_age))
    }
}

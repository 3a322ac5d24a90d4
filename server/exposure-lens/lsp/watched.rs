//! What of a project is looked at for changes, and what is to be read anew when it changed.

use std::path::PathBuf;

use crate::refresh::Coalesce;
use crate::workspace::content;

/// What is to be read anew. Settings and `dbt_project.yml` always are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) manifest: bool,
    /// Tableau's files.
    pub(super) files: bool,
    /// What is kept of sites and of the team snapshot.
    pub(super) sites: bool,
    /// The project's own files on disk: which there are, and what they say.
    pub(super) exposures: bool,
    /// What open files of the project say; of those on disk what is known.
    pub(super) code: bool,
}

impl Parts {
    pub(super) const ALL: Parts = Parts {
        manifest: true,
        files: true,
        sites: true,
        exposures: true,
        code: true,
    };
    pub(super) const NONE: Parts = Parts {
        manifest: false,
        files: false,
        sites: false,
        exposures: false,
        code: false,
    };
    pub(super) const CODE: Parts = Parts {
        code: true,
        ..Parts::NONE
    };
    pub(super) const SITES: Parts = Parts {
        sites: true,
        ..Parts::NONE
    };
}

impl Coalesce for Parts {
    fn join(&mut self, other: Parts) {
        self.manifest |= other.manifest;
        self.files |= other.files;
        self.sites |= other.sites;
        self.exposures |= other.exposures;
        self.code |= other.code;
    }
}

/// The files and folders whose change means that something is to be read anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Watched {
    pub(super) settings: Vec<PathBuf>,
    pub(super) manifest: Vec<PathBuf>,
    pub(super) tableau: Vec<PathBuf>,
    pub(super) folders: Vec<PathBuf>,
    /// Where sites and the snapshot are kept: another window may fetch them.
    pub(super) kept: Vec<PathBuf>,
    /// The project's own files, and the folders that they lie in.
    pub(super) code: Vec<PathBuf>,
}

/// What the watched files looked like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamps {
    pub(super) settings: u64,
    pub(super) manifest: u64,
    pub(super) tableau: u64,
    pub(super) folders: u64,
    pub(super) kept: u64,
    pub(super) code: u64,
}

impl Watched {
    /// What they look like now. Blocks on the disk.
    pub(super) fn stamps(&self) -> Stamps {
        Stamps {
            tableau: content::fingerprint(&self.tableau),
            folders: content::fingerprint(&self.folders),
            code: content::fingerprint(&self.code),
            ..self.few_stamps(&Stamps::default())
        }
    }

    /// As [`Watched::stamps`], but only of the few files that matter most; the rest
    /// is taken from `known`.
    pub(super) fn few_stamps(&self, known: &Stamps) -> Stamps {
        Stamps {
            settings: content::fingerprint(&self.settings),
            manifest: content::fingerprint(&self.manifest),
            kept: content::fingerprint(&self.kept),
            ..*known
        }
    }

    /// How many files and folders one look costs.
    pub(super) fn len(&self) -> usize {
        self.settings.len() + self.tableau.len() + self.folders.len() + self.code.len() + 1
    }
}

impl Stamps {
    /// What has to be read anew when things look like `now`; `None` when all is as it was.
    pub(super) fn changed(&self, now: &Stamps) -> Option<Parts> {
        let folders = self.folders != now.folders;
        let parts = Parts {
            manifest: self.manifest != now.manifest,
            files: folders || self.tableau != now.tableau,
            sites: self.kept != now.kept,
            exposures: folders || self.code != now.code,
            code: false,
        };
        (self != now).then_some(parts)
    }
}

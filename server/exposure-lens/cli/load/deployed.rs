//! The project against what production runs: its manifest with the files as they are now
//! laid over it.
//!
//! Where dbt parsed the files just now, as it does in CI, the manifest at hand knows nothing
//! of a model that they delete, nor of the table that a model had before it got another
//! name. Production's manifest does.

use std::collections::HashMap;

use lineage::UniqueId;

use super::{Loaded, read_current};
use crate::workspace::exposures::Collected;
use crate::workspace::project::{self, LoadedManifest};
use crate::workspace::{self, Ingredients};

/// A project as production has it, changed by the files.
pub(in crate::cli) struct Deployed {
    /// Production's manifest.
    pub(in crate::cli) manifest: LoadedManifest,
    /// Nodes that got another id, and the one they are deployed under.
    pub(in crate::cli) renamed: HashMap<UniqueId, UniqueId>,
    pub(in crate::cli) analysis: ide::Analysis,
}

impl Deployed {
    /// `None` where production's manifest is not known, or is the one at hand.
    pub(in crate::cli) fn of(loaded: &Loaded) -> Option<Deployed> {
        let production = loaded.production.as_ref()?;
        if loaded.manifest.is_some() && production.place.is_at_hand(&loaded.project) {
            return None;
        }
        let mut project = loaded.project.clone();
        project.manifest_path.clone_from(&production.place.path);
        // It was read a moment ago for its names: what was wrong with it is told.
        let manifest = project::read_manifest(&project).ok()?;
        let current = read_current(&project, Some(&manifest), &loaded.listing);
        let analysis = workspace::analyse(Ingredients {
            project: &project,
            manifest: Some(&manifest),
            current: &current,
            exposures: Collected {
                exposures: loaded.analysis.lineage.exposures().to_vec(),
                unread: loaded.analysis.project.unread_files.clone(),
                problems: Vec::new(),
            },
            production: Some(production),
            known: &loaded.known,
            settings: &loaded.settings,
        });
        Some(Deployed {
            manifest,
            renamed: current.renamed,
            analysis,
        })
    }
}

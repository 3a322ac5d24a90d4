//! A manifest with the files as they are now laid over it.
//!
//! Dashboards read what is deployed: a node of the manifest keeps its relation, whatever
//! its files say by now, and stays even when its file is gone. What its files say counts
//! for what it reads, and for nodes that the manifest does not have. Whether a file
//! changed is judged by its content. What a change does to something deployed is a
//! [`Pending`].
//!
//! First each node of the manifest is paired with what defines it now ([`pairing`]), then
//! laid over it ([`laying`]), and what that does to its relation is worked out
//! ([`pending`]); at last changed texts are read anew ([`edges`]).

mod compare;
mod edges;
mod laying;
mod pairing;
mod pending;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use lineage::{DisabledNode, Node, Relation, UniqueId};

use self::laying::Laying;
use self::pairing::Pairing;
use crate::config::ConfigKey;
use crate::facts::FileFacts;
use crate::manifest::Manifest;
use crate::scan::Scan;

/// The project's nodes as they are now.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// The manifest's nodes, changed by the files, and those that only files have.
    pub nodes: Vec<Node>,
    /// What is disabled, by the manifest or by the files.
    pub disabled: Vec<DisabledNode>,
    /// What the files do to what is deployed, sorted.
    pub pending: Vec<Pending>,
    /// The files that are not as dbt parsed them, by their path from the root (of another
    /// package `package/path`), sorted. Files that are gone are among them.
    pub differing: Vec<String>,
    /// Nodes that got another id with their file's name, and the id that they are
    /// deployed under: a production manifest knows them by that one.
    pub renamed: HashMap<UniqueId, UniqueId>,
}

/// Once dbt runs the files as they are now, a deployed relation is no longer built.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pending {
    /// The node, by the id that it has in [`Overlay::nodes`].
    pub node: UniqueId,
    /// What is deployed.
    pub deployed: Relation,
    /// Why it is no longer built.
    pub becomes: Becomes,
    /// The file that says so, by its path from its package's root; for a deleted file the
    /// path that it had.
    pub path: String,
    /// What in that file says so, where it is one key.
    pub key: Option<ConfigKey>,
}

/// What becomes of something deployed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Becomes {
    /// It is built under another name; the parts that are not known are left out.
    Renamed(Relation),
    /// It is disabled.
    Disabled,
    /// It has no table any more.
    Ephemeral,
    /// Its file is gone.
    Deleted,
}

/// Lays `scan`, which is of the packages named in `scanned`, over `manifest`.
///
/// `then` gives what a file of the root package said when dbt parsed it, where that is at
/// hand (the file on disk below an unsaved buffer): what a node reads through macros is
/// told apart by it. What [`Scan::unread`] names, a file or a whole folder, is taken to be
/// as the manifest has it.
pub fn overlay(
    manifest: &Manifest,
    scan: Scan,
    scanned: &[&str],
    then: &dyn Fn(&str) -> Option<FileFacts>,
) -> Overlay {
    let pairing = Pairing::of(manifest, &scan, scanned);
    let mut laying = Laying::new(manifest, &scan, &pairing);
    for (node, fate) in manifest.nodes.iter().zip(&pairing.fates) {
        laying.lay(node, *fate);
    }
    for &new in &pairing.new {
        laying.add(new);
    }
    laying.disable(scanned);
    laying.finish(then)
}

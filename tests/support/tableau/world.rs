//! All that a running server keeps: its sites, who is signed in, what was asked, what will fail.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_graphql::dynamic::Schema;
use serde_json::Value;

use super::fault::{Fault, What};
use super::graph::Graph;
use super::log::Request;
use super::session::Sessions;
use super::site::Site;

/// What a running server keeps.
pub(crate) struct World {
    pub(crate) sites: Vec<Lowered>,
    pub(crate) sessions: Sessions,
    pub(crate) requests: Vec<Request>,
    pub(crate) jobs: HashMap<String, Value>,
    /// What is waiting to be refreshed, by LUID.
    pub(crate) queued: HashSet<String>,
    pub(crate) delay: Duration,
    faults: Vec<Fault>,
}

/// A site, with what its Metadata API needs.
pub(crate) struct Lowered {
    pub(crate) site: Site,
    pub(crate) graph: Arc<Graph>,
    pub(crate) schema: Schema,
}

impl Lowered {
    pub(crate) fn new(site: Site) -> Self {
        Self {
            graph: Arc::new(super::lower::lower(&site)),
            schema: super::schema::build(&site.version.lacks),
            site,
        }
    }

    /// Makes the graph and the schema anew after a change.
    pub(crate) fn edit(&mut self, edit: impl FnOnce(&mut Site)) {
        edit(&mut self.site);
        self.graph = Arc::new(super::lower::lower(&self.site));
        self.schema = super::schema::build(&self.site.version.lacks);
    }
}

impl World {
    pub(crate) fn new(sites: Vec<Site>) -> Self {
        Self {
            sites: sites.into_iter().map(Lowered::new).collect(),
            sessions: Sessions::default(),
            requests: Vec::new(),
            jobs: HashMap::new(),
            queued: HashSet::new(),
            delay: Duration::ZERO,
            faults: Vec::new(),
        }
    }

    pub(crate) fn script(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    pub(crate) fn clear_script(&mut self) {
        self.faults.clear();
    }

    /// All that strikes this request.
    pub(crate) fn strikes(&mut self, request: &Request) -> Vec<What> {
        let faults = self.faults.iter_mut();
        faults.filter_map(|it| it.strike(request)).collect()
    }
}

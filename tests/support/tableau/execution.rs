//! One GraphQL request on its way: what it may see, how much it took, what went wrong.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::fault::Effects;
use super::graph::{Graph, Index};

/// What is null for those who may not see an object.
const NAMES: [&str; 9] = [
    "name",
    "fullName",
    "schema",
    "displayName",
    "description",
    "hostName",
    "projectName",
    "containerName",
    "query",
];

/// What is read and counted while a query runs.
#[derive(Debug)]
pub(crate) struct Execution {
    pub(crate) graph: Arc<Graph>,
    pub(crate) effects: Effects,
    /// Whether the token's user sees the names of tables.
    pub(crate) sees_names: bool,
    node_limit: usize,
    n_nodes: AtomicUsize,
    is_truncated: AtomicBool,
    /// Set by a filter on names where the user may not see them all.
    is_filtering: AtomicBool,
    warnings: Mutex<Vec<Value>>,
}

impl Execution {
    pub(crate) fn new(
        graph: Arc<Graph>,
        effects: Effects,
        sees_names: bool,
        node_limit: usize,
    ) -> Self {
        Self {
            graph,
            node_limit: effects.node_limit.unwrap_or(node_limit),
            effects,
            sees_names,
            n_nodes: AtomicUsize::new(0),
            is_truncated: AtomicBool::new(false),
            is_filtering: AtomicBool::new(false),
            warnings: Mutex::new(Vec::new()),
        }
    }

    /// A value of an object, or nothing where it is hidden.
    pub(crate) fn value(&self, index: Index, field: &str) -> Option<&Value> {
        if self.effects.null_fields.iter().any(|it| it == field) {
            return None;
        }
        let object = &self.graph.objects[index];
        let is_hidden = object.is_hidden || self.effects.hides_names;
        if is_hidden && NAMES.contains(&field) {
            return None;
        }
        object.values.get(field).filter(|it| !it.is_null())
    }

    /// The one object that a field leads to. The node limit leaves it alone, since it may stand
    /// where nothing may be null; [`super::fault::Fault::null_field`] takes it away.
    pub(crate) fn edge(&self, from: Index, field: &str) -> Option<Index> {
        let found = self.visible(from, field).first().copied();
        self.take(found.into_iter().collect());
        found
    }

    /// What a field leads to, as far as the node limit and the rights go.
    pub(crate) fn edges(&self, from: Index, field: &str) -> Vec<Index> {
        self.take(self.visible(from, field))
    }

    fn visible(&self, from: Index, field: &str) -> Vec<Index> {
        if self.effects.null_fields.iter().any(|it| it == field) {
            return Vec::new();
        }
        let mut found = self.graph.linked(from, field);
        if self.is_filtering.load(Ordering::Relaxed) {
            found.retain(|it| !self.graph.objects[*it].is_hidden);
        }
        found
    }

    /// Counts these objects; only those that still fit are left.
    pub(crate) fn take(&self, mut nodes: Vec<Index>) -> Vec<Index> {
        let before = self.n_nodes.fetch_add(nodes.len(), Ordering::Relaxed);
        let left = self.node_limit.saturating_sub(before);
        if nodes.len() > left {
            nodes.truncate(left);
            self.is_truncated.store(true, Ordering::Relaxed);
        }
        nodes
    }

    pub(crate) fn warn(&self, code: &str, message: &str, properties: &Value) {
        let mut warnings = self.warnings.lock().expect("no holder of the lock panics");
        warnings.push(coded("WARNING", code, message, properties));
    }

    /// From here on, what is hidden is left out.
    pub(crate) fn filter_results(&self) {
        self.is_filtering.store(true, Ordering::Relaxed);
    }

    /// The warnings of the whole request.
    pub(crate) fn into_warnings(self: Arc<Self>) -> Vec<Value> {
        if self.is_truncated.load(Ordering::Relaxed) {
            let message = "Showing partial results. The request exceeded the node limit. Use \
                           pagination or a filter.";
            let properties = json!({"nodeLimit": self.node_limit});
            self.warn("NODE_LIMIT_EXCEEDED", message, &properties);
        }
        let own = self.warnings.lock().expect("no holder of the lock panics");
        own.iter().chain(&self.effects.warnings).cloned().collect()
    }
}

/// An entry of `errors` in Tableau's shape.
pub(crate) fn coded(severity: &str, code: &str, message: &str, properties: &Value) -> Value {
    json!({
        "message": message,
        "extensions": {"severity": severity, "code": code, "properties": properties},
    })
}

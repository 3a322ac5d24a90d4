//! dbt's nodes: models, seeds, snapshots and sources, and how to find one.
//!
//! Built by the `dbt` crate from a manifest or from files; here they are only
//! looked up. Edges point from a node to what it reads ([`Node::depends_on`]).

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::relation::Relation;

/// dbt's `unique_id`: `model.shop.orders`, `source.shop.raw.events`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UniqueId(Arc<str>);

impl UniqueId {
    /// Wraps an id as dbt writes it.
    pub fn new(id: &str) -> UniqueId {
        UniqueId(id.into())
    }

    /// The id as dbt writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UniqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of dbt node it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeKind {
    /// A model, in SQL or Python.
    Model,
    /// A seed: a CSV file.
    Seed,
    /// A snapshot, in SQL or YAML.
    Snapshot,
    /// A source: a table that dbt reads but does not build.
    Source,
}

impl NodeKind {
    /// dbt's word for it, as in `resource_type`.
    pub fn as_str(self) -> &'static str {
        match self {
            NodeKind::Model => "model",
            NodeKind::Seed => "seed",
            NodeKind::Snapshot => "snapshot",
            NodeKind::Source => "source",
        }
    }
}

/// dbt's `access` of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Only its own group may reference it.
    Private,
    /// Only its own package may reference it, where the package says so.
    Protected,
    /// Anyone may reference it.
    Public,
}

/// A dbt node that may have a relation in the warehouse.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// dbt's `unique_id`.
    pub id: UniqueId,
    /// Model, seed, snapshot or source.
    pub kind: NodeKind,
    /// The name that `ref()` takes, or a source's table name (not its identifier).
    pub name: String,
    /// The package (project) that defines it.
    pub package: String,
    /// For a source: the name that `source()` takes first.
    pub source_name: Option<String>,
    /// For a versioned model: its version, as text.
    pub version: Option<String>,
    /// For a versioned model: the version that a plain `ref()` means.
    pub latest_version: Option<String>,
    /// `original_file_path` with forward slashes, relative to its package's root.
    /// Empty for a public model of another dbt Mesh project.
    pub path: String,
    /// The properties file that describes it, relative to its package's root.
    pub properties_path: Option<String>,
    /// What the warehouse calls it; `None` for an ephemeral model.
    pub relation: Option<Relation>,
    /// The unsuffixed view dbt keeps for the latest version, where configured (dbt 1.12+).
    pub latest_pointer: Option<Relation>,
    /// dbt's `materialized`, where known: `table`, `view`, `ephemeral`, …
    pub materialized: Option<String>,
    /// dbt's `access`, where known.
    pub access: Option<Access>,
    /// dbt's `group`.
    pub group: Option<String>,
    /// The nodes it reads.
    pub depends_on: Vec<UniqueId>,
    /// SHA-256 of its stripped file text, as dbt wrote it into the manifest.
    pub checksum: Option<String>,
    /// How it stands to the files of its project.
    pub standing: Standing,
    /// Whether it reads nodes by names that only dbt can work out, beside
    /// [`Node::depends_on`]: a `ref()` of a variable in a file that dbt has not parsed.
    pub reads_unknown: bool,
}

/// How a node stands to the files of its project, judged by their content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Standing {
    /// As the manifest has it: its files are those that dbt parsed, or were not compared.
    #[default]
    Parsed,
    /// The manifest has it, and its files say something else now. Its relation is the
    /// deployed one; what it reads is what its file says.
    Edited,
    /// The manifest has it, and the file that defines it is not there.
    Missing,
    /// A file defines it, and the manifest does not have it.
    New,
}

impl Node {
    /// Whether a plain `ref('name')` means this node: unversioned, or the latest version.
    pub fn is_latest(&self) -> bool {
        self.version.is_none() || self.version == self.latest_version
    }

    /// The name people use for it: `orders`, `dim_customers.v2`, `crm.accounts`.
    pub fn label(&self) -> String {
        match (&self.source_name, &self.version) {
            (Some(source), _) => format!("{source}.{}", self.name),
            (None, Some(version)) => format!("{}.v{version}", self.name),
            (None, None) => self.name.clone(),
        }
    }
}

/// A node that dbt parsed and left out because it is disabled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisabledNode {
    /// Its `unique_id`; an enabled node elsewhere may carry the same one.
    pub id: UniqueId,
    /// Its name, as `ref()` would take it.
    pub name: String,
    /// `original_file_path` with forward slashes, relative to its package's root.
    pub path: String,
    /// The package that defines it.
    pub package: String,
}

/// A node's place in its [`Nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeIx(u32);

impl NodeIx {
    pub(crate) fn place(self) -> usize {
        self.0 as usize
    }
}

/// All nodes of a project and its packages, with the ways to find one.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    root_package: String,
    nodes: Vec<Node>,
    by_id: HashMap<UniqueId, NodeIx>,
    by_name: HashMap<String, Vec<NodeIx>>,
    by_path: HashMap<String, Vec<NodeIx>>,
    children: Vec<Vec<NodeIx>>,
}

impl Nodes {
    /// Indexes `nodes`. When two share a `unique_id`, the first is kept.
    pub fn new(root_package: &str, nodes: Vec<Node>) -> Nodes {
        let mut all = Nodes {
            root_package: root_package.to_owned(),
            ..Nodes::default()
        };
        for node in nodes {
            all.push(node);
        }
        all.children = vec![Vec::new(); all.nodes.len()];
        for ix in all.indices() {
            let parents: Vec<NodeIx> = all.parents(ix).collect();
            for parent in parents {
                push_once(&mut all.children[parent.place()], ix);
            }
        }
        all
    }

    fn push(&mut self, node: Node) {
        if self.by_id.contains_key(&node.id) {
            return;
        }
        let ix = NodeIx(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.by_id.insert(node.id.clone(), ix);
        self.by_name.entry(node.name.clone()).or_default().push(ix);
        let paths = [Some(&node.path), node.properties_path.as_ref()];
        for path in paths.into_iter().flatten().filter(|path| !path.is_empty()) {
            push_once(self.by_path.entry(path.clone()).or_default(), ix);
        }
        self.nodes.push(node);
    }

    /// The nodes alone, in their order.
    pub fn into_vec(self) -> Vec<Node> {
        self.nodes
    }

    /// The package of the project itself.
    pub fn root_package(&self) -> &str {
        &self.root_package
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every node's place, in the manifest's order.
    pub fn indices(&self) -> impl Iterator<Item = NodeIx> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeIx)
    }

    /// Every node, in the manifest's order.
    pub fn iter(&self) -> impl Iterator<Item = (NodeIx, &Node)> {
        self.indices().zip(&self.nodes)
    }

    /// The node at a place.
    pub fn get(&self, ix: NodeIx) -> &Node {
        &self.nodes[ix.place()]
    }

    /// The node with this `unique_id`.
    pub fn by_id(&self, id: &UniqueId) -> Option<NodeIx> {
        self.by_id.get(id).copied()
    }

    /// Nodes with this name (a model's `ref()` name, a source's table name), in any package.
    pub fn by_name(&self, name: &str) -> &[NodeIx] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Nodes defined in or described by this file of `package`. The path has
    /// forward slashes and is relative to the package's root.
    pub fn in_file(&self, package: &str, path: &str) -> Vec<NodeIx> {
        let places = self.by_path.get(path).map_or(&[][..], Vec::as_slice);
        places
            .iter()
            .copied()
            .filter(|&ix| self.get(ix).package == package)
            .collect()
    }

    /// The nodes that `ix` reads.
    pub fn parents(&self, ix: NodeIx) -> impl Iterator<Item = NodeIx> {
        self.get(ix)
            .depends_on
            .iter()
            .filter_map(|id| self.by_id(id))
    }

    /// The nodes that read `ix`.
    pub fn children(&self, ix: NodeIx) -> &[NodeIx] {
        &self.children[ix.place()]
    }

    /// What `ref('name')`, `ref('package', 'name')`, `ref('name', v=2)` or
    /// `ref('name.v2')` means in a file of `from_package`.
    ///
    /// dbt looks in the named package; without one in the root project, then in
    /// the file's own package, then anywhere (dbt-core `_packages_to_search`).
    /// Without a version, the latest is meant.
    pub fn find_ref(
        &self,
        from_package: &str,
        package: Option<&str>,
        name: &str,
        version: Option<&str>,
    ) -> Option<NodeIx> {
        let fits = |ix: &NodeIx| {
            let node = self.get(*ix);
            node.kind != NodeKind::Source
                && match version {
                    Some(version) => node.version.as_deref() == Some(version),
                    None => node.is_latest(),
                }
        };
        let candidates: Vec<NodeIx> = self.by_name(name).iter().copied().filter(fits).collect();
        if candidates.is_empty()
            && version.is_none()
            && let Some((name, version)) = name.rsplit_once(".v")
        {
            return self.find_ref(from_package, package, name, Some(version));
        }
        match package {
            Some(package) => self.first_in(&candidates, package),
            None => self.nearest(&candidates, from_package),
        }
    }

    /// What `source('source', 'table')` means in a file of `from_package`.
    pub fn find_source(&self, from_package: &str, source: &str, table: &str) -> Option<NodeIx> {
        let fits = |ix: &NodeIx| self.get(*ix).source_name.as_deref() == Some(source);
        let candidates: Vec<NodeIx> = self.by_name(table).iter().copied().filter(fits).collect();
        self.nearest(&candidates, from_package)
    }

    fn nearest(&self, candidates: &[NodeIx], from_package: &str) -> Option<NodeIx> {
        self.first_in(candidates, &self.root_package)
            .or_else(|| self.first_in(candidates, from_package))
            .or_else(|| candidates.first().copied())
    }

    fn first_in(&self, candidates: &[NodeIx], package: &str) -> Option<NodeIx> {
        candidates
            .iter()
            .copied()
            .find(|&ix| self.get(ix).package == package)
    }
}

/// Adds `ix` unless it was the last one added: all of one node's come in a row.
fn push_once(places: &mut Vec<NodeIx>, ix: NodeIx) {
    if places.last() != Some(&ix) {
        places.push(ix);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::testing;

    const SHOP: &str = "
        model.pkg.orders           DB.PKG.orders
        model.shop.orders          DB.S.orders path=models/orders.sql
        model.pkg.only             DB.PKG.only
        model.other.only           DB.O.only
        model.shop.dim.v1          DB.S.dim_v1 latest=1 path=models/dim_v1.sql yml=models/dim.yml
        model.shop.dim.v2          DB.S.dim_v2 latest=1 path=models/dim_v2.sql yml=models/dim.yml
        source.shop.crm.orders     RAW.CRM.orders yml=models/crm.yml path=models/crm.yml
        source.shop.web.orders     RAW.WEB.orders yml=models/crm.yml path=models/crm.yml
        snapshot.shop.snap_a       DB.S.snap_a path=snapshots/snaps.sql
        snapshot.shop.snap_b       DB.S.snap_b path=snapshots/snaps.sql
        model.pkg.same_path        DB.PKG.x path=models/orders.sql";

    /// What refs (`name`, `package name`, `name v2`) mean in a file of a package.
    #[track_caller]
    fn check_refs(from_package: &str, refs: &str, found: Expect) {
        let nodes = testing::nodes(SHOP);
        let meaning = |line: &str| {
            let ix = match line.split(' ').collect::<Vec<_>>()[..] {
                ["source", source, table] => nodes.find_source(from_package, source, table),
                ["package", package, name] => {
                    nodes.find_ref(from_package, Some(package), name, None)
                }
                ["version", version, name] => {
                    nodes.find_ref(from_package, None, name, Some(version))
                }
                _ => nodes.find_ref(from_package, None, line, None),
            };
            format!(
                "{line}: {}\n",
                ix.map_or("-", |ix| nodes.get(ix).id.as_str())
            )
        };
        found.assert_eq(&refs.split(", ").map(meaning).collect::<String>());
    }

    // C22
    #[test]
    fn a_plain_ref_means_the_root_packages_node_first() {
        check_refs(
            "shop",
            "orders, package pkg orders, only, nothing",
            expect![[r#"
                orders: model.shop.orders
                package pkg orders: model.pkg.orders
                only: model.pkg.only
                nothing: -
            "#]],
        );
        check_refs(
            "other",
            "orders, only, package shop only",
            expect![[r#"
            orders: model.shop.orders
            only: model.other.only
            package shop only: -
        "#]],
        );
    }

    // C16
    #[test]
    fn a_ref_without_a_version_means_the_latest() {
        check_refs(
            "shop",
            "dim, version 2 dim, dim.v2, dim.v3, version 1 orders",
            expect![[r#"
                dim: model.shop.dim.v1
                version 2 dim: model.shop.dim.v2
                dim.v2: model.shop.dim.v2
                dim.v3: -
                version 1 orders: -
            "#]],
        );
    }

    // C19
    #[test]
    fn a_source_is_found_by_its_two_names() {
        check_refs(
            "shop",
            "source crm orders, source web orders, source s orders",
            expect![[r#"
                source crm orders: source.shop.crm.orders
                source web orders: source.shop.web.orders
                source s orders: -
            "#]],
        );
    }

    // C17, C18
    #[test]
    fn a_file_defines_or_describes_the_nodes_of_its_own_package() {
        let nodes = testing::nodes(SHOP);
        let in_file = |package: &str, path: &str| {
            let found = nodes.in_file(package, path);
            let labels: Vec<String> = found.iter().map(|&ix| nodes.get(ix).label()).collect();
            labels.join(", ")
        };
        assert_eq!(in_file("shop", "models/orders.sql"), "orders");
        assert_eq!(in_file("pkg", "models/orders.sql"), "same_path");
        assert_eq!(in_file("shop", "models/dim.yml"), "dim.v1, dim.v2");
        assert_eq!(in_file("shop", "models/crm.yml"), "crm.orders, web.orders");
        assert_eq!(in_file("shop", "snapshots/snaps.sql"), "snap_a, snap_b");
        assert_eq!(in_file("shop", ""), "");
    }

    #[test]
    fn each_edge_counts_once_and_the_first_of_an_id_is_kept() {
        let nodes = testing::nodes(
            "model.shop.a DB.S.a
             model.shop.b DB.S.b <- model.shop.a, model.shop.a, model.shop.gone
             model.shop.b DB.S.other <- model.shop.b",
        );
        let a = nodes.indices().next().unwrap();
        assert_eq!(nodes.len(), 2);
        assert_eq!(nodes.children(a).len(), 1);
    }
}

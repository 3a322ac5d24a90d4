//! The `ref()` or `source()` that means exactly one node, or why there is none.

use dbt::RefTarget;
use lineage::{Access, Node, NodeIx};

use crate::analysis::Analysis;

/// What is written in an exposure of the root project for this node.
///
/// # Errors
/// Why dbt would refuse it, or take it for something else.
pub(crate) fn target_of(analysis: &Analysis, ix: NodeIx) -> Result<RefTarget, String> {
    let nodes = analysis.lineage.nodes();
    let node = nodes.get(ix);
    if let Some(reason) = refusal(analysis, node) {
        return Err(reason);
    }
    let root = nodes.root_package();
    let mut forms = forms(node, root).into_iter();
    let exact = forms.find(|it| it.resolve(nodes, root) == Some(ix));
    exact.ok_or_else(|| {
        format!(
            "no `ref()` or `source()` means {} `{}` of package `{}` alone: another node has \
             the same name",
            node.kind.as_str(),
            node.label(),
            node.package
        )
    })
}

/// Why dbt would refuse an exposure on this node.
fn refusal(analysis: &Analysis, node: &Node) -> Option<String> {
    let is_private = node.access == Some(Access::Private);
    let engine = &analysis.project.engine;
    let is_refused = is_private && engine.refuses_private(node.group.is_some());
    is_refused.then(|| refused_private(analysis, node))
}

/// That the engine takes no exposure on a private node.
pub(crate) fn refused_private(analysis: &Analysis, node: &Node) -> String {
    format!(
        "`{}` has `access: private`, and {} refuses an exposure on it",
        node.label(),
        analysis.project.dbt()
    )
}

/// The ways to name a node from the root project, the shortest first. One of another
/// package is named with it: a plain name would change its meaning with the first
/// node of the same name here.
fn forms(node: &Node, root: &str) -> Vec<RefTarget> {
    if let Some(source) = &node.source_name {
        return vec![RefTarget::Source {
            source: source.clone(),
            table: node.name.clone(),
        }];
    }
    let version = node.version.clone().filter(|_| !node.is_latest());
    let named = |package: Option<&String>, version: Option<&String>| RefTarget::Ref {
        package: package.cloned(),
        name: node.name.clone(),
        version: version.cloned(),
    };
    let (version, own) = (version.as_ref(), node.version.as_ref());
    let package = Some(&node.package);
    let mut forms = vec![named(package, version), named(package, own)];
    if node.package == root {
        forms.insert(0, named(None, version));
        forms.insert(1, named(None, own));
    }
    forms
}

//! Where in a file it stands that something deployed is no longer built.

use std::ops::Range;

use dbt::{Becomes, ConfigFacts, FileFacts, Pending, PropertyFacts, Says};
use lineage::Node;

use super::Loss;
use crate::analysis::{Analysis, File};
use crate::locate;

/// Whether `file` is the one that says so, of a node in `package`. The project's
/// `dbt_project.yml` configures the nodes of all packages.
pub(super) fn is_in(pending: &Pending, package: &str, file: File<'_>) -> bool {
    let is_of_package = file.package == package || is_project_file(file.path);
    pending.path == file.path && is_of_package
}

pub(super) fn is_project_file(path: &str) -> bool {
    matches!(path, "dbt_project.yml" | "dbt_project.yaml")
}

/// The key that says so, else what defines or describes the node, else the first line.
pub(super) fn of(analysis: &Analysis, loss: &Loss<'_>, file: File<'_>) -> Range<usize> {
    let node = analysis.lineage.nodes().get(loss.node);
    let first_line = || locate::line_of(file.text, 0);
    if is_project_file(file.path) || loss.pending.becomes == Becomes::Deleted {
        return first_line();
    }
    let in_facts = match FileFacts::read(file.path, file.text).says {
        Says::Sql(facts) | Says::Python(facts) => {
            let block = facts.snapshots.iter().find(|it| it.name == node.name);
            let config = block.map_or(&facts.config, |it| &it.config);
            let name = block.map(|it| locate::line_of(file.text, it.name_span.start));
            key(config, loss.pending).or(name)
        }
        Says::Properties(facts) => in_properties(&facts, node, loss.pending),
        Says::Csv | Says::Unreadable(_) | Says::Nothing => None,
    };
    let fits = |it: &Range<usize>| it.start <= it.end && file.text.get(it.clone()).is_some();
    let definition = || {
        let mut all = locate::definitions(analysis, file).into_iter();
        all.find(|it| it.node == loss.node).map(|it| it.range)
    };
    in_facts
        .filter(fits)
        .or_else(definition)
        .unwrap_or_else(first_line)
}

fn key(config: &ConfigFacts, pending: &Pending) -> Option<Range<usize>> {
    pending.key.and_then(|it| config.span(it))
}

/// The key at the version or else at the entry, else the version or the name itself.
fn in_properties(facts: &PropertyFacts, node: &Node, pending: &Pending) -> Option<Range<usize>> {
    let is_entry = |it: &&dbt::NodeFacts| it.kind == node.kind && it.name == node.name;
    let entry = facts.nodes.iter().find(is_entry)?;
    let is_version = |it: &&dbt::VersionFacts| Some(&it.v) == node.version.as_ref();
    let version = entry.versions.iter().find(is_version);
    version
        .and_then(|it| key(&it.config, pending))
        .or_else(|| key(&entry.config, pending))
        .or_else(|| version.map(|it| it.span.clone()))
        .or_else(|| Some(entry.name_span.clone()))
}

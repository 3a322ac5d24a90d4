//! What a node whose text changed reads.
//!
//! What its text names, and what the manifest shows it to read through macros, which no
//! text shows.

use std::collections::HashMap;

use lineage::{Node, Nodes, UniqueId};

use crate::facts::{FileFacts, MacroName, Macros, Reads, Says};
use crate::refs::RefTarget;
use crate::scan::{Definition, Edges, Place};

/// What edges are worked out with.
pub(super) struct Reading<'a> {
    /// The nodes as they are now.
    pub(super) nodes: &'a Nodes,
    /// The manifest's, by id.
    pub(super) parsed: &'a HashMap<&'a UniqueId, &'a Node>,
    /// The ids that nodes of the manifest have now, where another.
    pub(super) now: &'a HashMap<&'a UniqueId, UniqueId>,
    /// Those of the files.
    pub(super) macros: &'a Macros<'a>,
    /// What a file of this package said when dbt parsed it.
    pub(super) root: &'a str,
    pub(super) then: &'a dyn Fn(&str) -> Option<FileFacts>,
}

impl Reading<'_> {
    /// What a definition reads, and whether there is more that only dbt can tell; `node` is
    /// what the manifest has of it.
    pub(super) fn edges(&self, now: &Definition, node: Option<&Node>) -> (Vec<UniqueId>, bool) {
        let reads = now.reads_through(self.macros);
        let Edges {
            mut ids,
            may_have_more,
            ..
        } = Edges::of(&reads, self.nodes, &now.package);
        let Some(node) = node else {
            return (ids, reads.has_unknown);
        };
        let then = self.reads_then(node, now);
        ids.extend(self.beside_text(node, then.as_ref(), may_have_more));
        ids.sort();
        ids.dedup();
        (ids, self.has_new_unknown(now, then.as_ref()))
    }

    /// Whether the text reads by names that only dbt can work out, beside those that the
    /// manifest tells: those of the macros that it called then, too.
    fn has_new_unknown(&self, now: &Definition, then: Option<&Reads>) -> bool {
        let Some(now) = now.reads() else {
            return false;
        };
        let Some(then) = then else {
            return now.has_unknown;
        };
        let is_new = |it: &&MacroName| !then.macros.contains(it);
        let new = Reads {
            macros: now.macros.iter().filter(is_new).cloned().collect(),
            ..Reads::default()
        };
        now.has_unknown || self.macros.followed(&new).has_unknown
    }

    /// What the manifest has beside what the text named when dbt parsed it. Where that text
    /// is not at hand, all that it has, as long as the text may still read it.
    fn beside_text(&self, node: &Node, then: Option<&Reads>, may_still: bool) -> Vec<UniqueId> {
        let then = then.map(|it| self.macros.followed(it));
        let did_hide = then
            .as_ref()
            .is_none_or(|it| it.calls_macros || it.has_unknown);
        if did_hide && !may_still {
            return Vec::new();
        }
        let is_hidden = |id: &&UniqueId| match (&then, self.parsed.get(*id)) {
            (Some(then), Some(parent)) => !then.targets.iter().any(|it| means(it, parent)),
            _ => true,
        };
        let hidden = node.depends_on.iter().filter(is_hidden);
        hidden
            .map(|id| self.now.get(id).unwrap_or(id).clone())
            .collect()
    }

    /// What the node's text named when dbt parsed it.
    fn reads_then(&self, node: &Node, now: &Definition) -> Option<Reads> {
        let checksum = node.checksum.as_ref()?;
        if node.package != self.root {
            return None;
        }
        let then = (self.then)(&node.path).filter(|it| it.is_text_of(checksum))?;
        match (then.says, now.place) {
            (Says::Sql(code) | Says::Python(code), Place::File) => Some(code.reads),
            (Says::Sql(code), Place::Block(_)) => {
                let mut blocks = code.snapshots.into_iter();
                blocks.find(|it| it.name == node.name).map(|it| it.reads)
            }
            (Says::Properties(facts), Place::Entry(_)) => {
                let mut entries = facts.nodes.into_iter();
                entries.find(|it| it.name == node.name)?.relation
            }
            _ => None,
        }
    }
}

/// Whether a call means `node`, as far as names tell.
pub(super) fn means(target: &RefTarget, node: &Node) -> bool {
    match target {
        RefTarget::Ref { name, version, .. } => {
            let is_version = |it: &str| node.version.as_deref() == Some(it);
            let dotted = name.rsplit_once(".v");
            (node.source_name.is_none() && node.name == *name)
                && version.as_deref().is_none_or(is_version)
                || dotted.is_some_and(|(name, it)| node.name == name && is_version(it))
        }
        RefTarget::Source { source, table } => {
            node.source_name.as_ref() == Some(source) && node.name == *table
        }
    }
}

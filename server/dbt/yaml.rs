//! YAML as a tree with byte spans: what was written, and where.
//!
//! One tree over the events of `granit-parser`, which reads what dbt's own
//! parser reads. Nothing is thrown away that a reader or an editor of dbt's
//! files needs: repeated keys stay (the last counts, as for dbt), styles and
//! anchors stay, an alias refers to its node and copies nothing. What the keys
//! mean is [`crate::properties`]' business.
//!
//! Bounded: text, nodes and nesting have limits, and walks that follow aliases
//! carry their own.

mod build;
mod scalar;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use crate::error::Error;

pub(crate) use self::build::{SourceScalar, scalars};
use self::scalar::truth;
pub(crate) use self::scalar::{is_null, needs_quotes};

/// Merge keys (`<<`) that lead to further merge keys are followed this far.
const MAX_MERGE_DEPTH: usize = 16;

/// The first document of a YAML text.
#[derive(Debug)]
pub(crate) struct Yaml<'t> {
    nodes: Vec<Node<'t>>,
    root: Option<NodeId>,
    /// How many documents the text has; dbt takes one.
    pub(crate) n_documents: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NodeId(u32);

#[derive(Debug)]
struct Node<'t> {
    kind: Kind<'t>,
    span: Range<usize>,
    /// Where its tag or anchor starts, else where it starts itself.
    outer_start: usize,
    anchor: Option<Cow<'t, str>>,
    tag: Option<String>,
}

#[derive(Debug)]
enum Kind<'t> {
    Scalar(Cow<'t, str>, Style),
    Sequence(Vec<NodeId>, Style),
    Mapping(Vec<(NodeId, NodeId)>, Style),
    Alias(NodeId),
}

/// How a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Style {
    /// A scalar without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|` or `>`, or a collection with an item a line.
    Block,
    /// `[…]` or `{…}`
    Flow,
}

impl Node<'_> {
    fn is_alias(&self) -> bool {
        matches!(self.kind, Kind::Alias(_))
    }
}

impl<'t> Yaml<'t> {
    /// Reads the first document of `text`. Its later documents are counted.
    pub(crate) fn parse(text: &'t str) -> Result<Yaml<'t>, Error> {
        build::build(text)
    }

    /// The document's value, unless there is none.
    pub(crate) fn root(&self) -> Option<Value<'_>> {
        self.root.map(|id| self.value(id))
    }

    /// Keys that stand twice in one mapping, all but the one that counts, in the
    /// text's order.
    pub(crate) fn repeated_keys(&self) -> Vec<Value<'_>> {
        let mut repeated = Vec::new();
        for node in &self.nodes {
            let Kind::Mapping(pairs, _) = &node.kind else {
                continue;
            };
            let mut seen = HashSet::new();
            for (key, _) in pairs.iter().rev() {
                let key = self.value(*key);
                if key.text().is_some_and(|text| !seen.insert(text)) {
                    repeated.push(key);
                }
            }
        }
        repeated.sort_by_key(|key| key.span().start);
        repeated
    }

    /// How many steps it would take to follow every alias to the end of the longest
    /// collection: small for what a person wrote, and a bound on what a text can cost.
    pub(crate) fn n_alias_steps(&self) -> usize {
        let n_aliases = self.nodes.iter().filter(|it| it.is_alias()).count();
        let lengths = self.nodes.iter().map(|node| match &node.kind {
            Kind::Sequence(items, _) => items.len(),
            Kind::Mapping(pairs, _) => pairs.len(),
            Kind::Scalar(..) | Kind::Alias(_) => 0,
        });
        n_aliases.saturating_mul(lengths.max().unwrap_or_default())
    }

    /// Whether there is an alias at all.
    pub(crate) fn has_aliases(&self) -> bool {
        self.nodes.iter().any(Node::is_alias)
    }

    /// The spans of the scalars in quotes, in the text's order.
    pub(crate) fn quoted(&self) -> impl Iterator<Item = Range<usize>> {
        let is_quoted = |node: &&Node<'_>| {
            matches!(
                node.kind,
                Kind::Scalar(_, Style::SingleQuoted | Style::DoubleQuoted)
            )
        };
        self.nodes
            .iter()
            .filter(is_quoted)
            .map(|it| it.span.clone())
    }

    fn value(&self, id: NodeId) -> Value<'_> {
        Value { yaml: self, id }
    }

    fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id.0 as usize]
    }
}

/// A node of a [`Yaml`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'y> {
    yaml: &'y Yaml<'y>,
    id: NodeId,
}

impl<'y> Value<'y> {
    /// Where its content stands: quotes and brackets are part of it, an anchor,
    /// a tag, the spaces, blank lines and comments behind it are not.
    pub(crate) fn span(self) -> Range<usize> {
        self.node().span.clone()
    }

    /// Where its anchor or tag starts, else where it starts itself.
    pub(crate) fn outer_start(self) -> usize {
        self.node().outer_start
    }

    /// How it is written; `None` for an alias.
    pub(crate) fn style(self) -> Option<Style> {
        match self.node().kind {
            Kind::Scalar(_, style) | Kind::Sequence(_, style) | Kind::Mapping(_, style) => {
                Some(style)
            }
            Kind::Alias(_) => None,
        }
    }

    /// Whether it is an alias, or has an anchor that others may refer to.
    pub(crate) fn is_shared(self) -> bool {
        self.node().anchor.is_some() || self.style().is_none()
    }

    /// Whether it is an alias, or an alias of the document refers to it: a change of
    /// it would change what stands elsewhere.
    pub(crate) fn is_referred_to(self) -> bool {
        let is_alias_of = |node: &Node<'_>| matches!(node.kind, Kind::Alias(id) if id == self.id);
        let is_anchored = self.node().anchor.is_some();
        self.style().is_none() || (is_anchored && self.yaml.nodes.iter().any(is_alias_of))
    }

    /// What stands in it and an alias outside of it refers to.
    pub(crate) fn needed_elsewhere(self) -> Option<Value<'y>> {
        let own = self.span();
        let mut nodes = self.yaml.nodes.iter();
        nodes.find_map(|node| match node.kind {
            Kind::Alias(id) if !own.contains(&node.span.start) => {
                let target = self.yaml.value(id);
                own.contains(&target.span().start).then_some(target)
            }
            _ => None,
        })
    }

    /// Its own anchor's name.
    pub(crate) fn anchor(self) -> Option<&'y str> {
        self.node().anchor.as_deref()
    }

    /// Its own tag.
    pub(crate) fn tag(self) -> Option<&'y str> {
        self.node().tag.as_deref()
    }

    /// The anchor that an alias names; `None` of anything else.
    pub(crate) fn alias(self) -> Option<&'y str> {
        let is_alias = self.style().is_none();
        is_alias.then(|| self.resolved().anchor().unwrap_or_default())
    }

    /// The text of a scalar, whatever it stands for.
    pub(crate) fn text(self) -> Option<&'y str> {
        match &self.resolved().node().kind {
            Kind::Scalar(text, _) => Some(text),
            Kind::Sequence(..) | Kind::Mapping(..) | Kind::Alias(_) => None,
        }
    }

    /// The text of a scalar that is not null.
    pub(crate) fn filled_text(self) -> Option<&'y str> {
        self.text().filter(|_| !self.is_null())
    }

    /// Whether it is no value: `key:`, `~`, `null`.
    pub(crate) fn is_null(self) -> bool {
        let node = self.resolved().node();
        match &node.kind {
            Kind::Scalar(text, Style::Plain) => node.tag.is_none() && is_null(text),
            Kind::Scalar(..) | Kind::Sequence(..) | Kind::Mapping(..) | Kind::Alias(_) => false,
        }
    }

    /// The truth value that a scalar without quotes stands for in YAML 1.1.
    pub(crate) fn truth(self) -> Option<bool> {
        let node = self.resolved().node();
        match &node.kind {
            Kind::Scalar(text, Style::Plain) if node.tag.is_none() => truth(text),
            Kind::Scalar(..) | Kind::Sequence(..) | Kind::Mapping(..) | Kind::Alias(_) => None,
        }
    }

    /// The items of a sequence; none of anything else.
    pub(crate) fn items(self) -> impl DoubleEndedIterator<Item = Value<'y>> + ExactSizeIterator {
        let items: &[NodeId] = match &self.resolved().node().kind {
            Kind::Sequence(items, _) => items,
            Kind::Scalar(..) | Kind::Mapping(..) | Kind::Alias(_) => &[],
        };
        items.iter().map(move |&id| self.yaml.value(id))
    }

    /// The keys and values of a mapping as written, repeated keys too.
    pub(crate) fn pairs(self) -> impl DoubleEndedIterator<Item = (Value<'y>, Value<'y>)> {
        let pairs: &[(NodeId, NodeId)] = match &self.resolved().node().kind {
            Kind::Mapping(pairs, _) => pairs,
            Kind::Scalar(..) | Kind::Sequence(..) | Kind::Alias(_) => &[],
        };
        let value = move |id: NodeId| self.yaml.value(id);
        pairs.iter().map(move |&(key, it)| (value(key), value(it)))
    }

    /// The value of `key`: its last own one, else a merged one (`<<`).
    pub(crate) fn get(self, key: &str) -> Option<Value<'y>> {
        self.get_pair(key, 0).map(|(_, value)| value)
    }

    /// The keys with the values that count, merged ones behind the mapping's own.
    pub(crate) fn entries(self) -> Vec<(&'y str, Value<'y>)> {
        let mut entries = Vec::new();
        let mut seen = HashSet::new();
        let merged = self.own_pair("<<").map(|(_, merged)| merged);
        let merged = merged.into_iter();
        let merged = merged.flat_map(|it| it.items().chain(it.is_mapping().then_some(it)));
        for mapping in std::iter::once(self).chain(merged) {
            let n_before = entries.len();
            for (key, value) in mapping.pairs().rev() {
                let Some(text) = key.text().filter(|&text| text != "<<") else {
                    continue;
                };
                if seen.insert(text) {
                    entries.push((text, value));
                }
            }
            entries[n_before..].reverse();
        }
        entries
    }

    /// The key and value that stand in this very mapping, not in a merged one.
    pub(crate) fn own_pair(self, key: &str) -> Option<(Value<'y>, Value<'y>)> {
        self.pairs().rfind(|(it, _)| it.text() == Some(key))
    }

    /// Whether it is a mapping, a sequence.
    pub(crate) fn is_mapping(self) -> bool {
        matches!(self.resolved().node().kind, Kind::Mapping(..))
    }

    /// Whether it is a sequence.
    pub(crate) fn is_sequence(self) -> bool {
        matches!(self.resolved().node().kind, Kind::Sequence(..))
    }

    /// Whether both are written as the same data: equal scalars of one kind,
    /// equal collections in the same order, the same anchors and aliases.
    pub(crate) fn is_same(self, other: Value<'_>) -> bool {
        let (a, b) = (self.node(), other.node());
        if a.anchor != b.anchor || a.tag != b.tag {
            return false;
        }
        match (&a.kind, &b.kind) {
            (Kind::Scalar(a, style), Kind::Scalar(b, other)) => {
                a == b && (*style == Style::Plain) == (*other == Style::Plain)
            }
            (Kind::Sequence(..), Kind::Sequence(..)) => {
                let (a, b) = (self.items(), other.items());
                a.len() == b.len() && a.zip(b).all(|(a, b)| a.is_same(b))
            }
            (Kind::Mapping(a, _), Kind::Mapping(b, _)) => {
                let is_same =
                    |((k, v), (l, w)): ((Value<'_>, Value<'_>), (Value<'_>, Value<'_>))| {
                        k.is_same(l) && v.is_same(w)
                    };
                a.len() == b.len() && self.pairs().zip(other.pairs()).all(is_same)
            }
            (Kind::Alias(_), Kind::Alias(_)) => {
                self.resolved().node().anchor == other.resolved().node().anchor
            }
            _ => false,
        }
    }

    fn get_pair(self, key: &str, depth: usize) -> Option<(Value<'y>, Value<'y>)> {
        self.own_pair(key).or_else(|| {
            let (_, merged) = self.own_pair("<<").filter(|_| depth < MAX_MERGE_DEPTH)?;
            if merged.is_mapping() {
                return merged.get_pair(key, depth + 1);
            }
            // NOTE: a list of merged mappings is read one deep: lists that lead to
            // lists would multiply.
            merged.items().find_map(|it| it.own_pair(key))
        })
    }

    fn resolved(self) -> Value<'y> {
        match self.node().kind {
            Kind::Alias(id) => self.yaml.value(id),
            Kind::Scalar(..) | Kind::Sequence(..) | Kind::Mapping(..) => self,
        }
    }

    fn node(self) -> &'y Node<'y> {
        self.yaml.node(self.id)
    }
}

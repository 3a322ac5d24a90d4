//! Lays what files say over the nodes of a manifest, one by one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use lineage::{Node, NodeKind, Nodes, Standing, UniqueId};

use super::Overlay;
use super::compare::{differing_keys, is_redeclared, is_same_text, may_be_set_elsewhere};
use super::edges::{Reading, means};
use super::pairing::{Fate, Pairing, Unread};
use super::pending::{Change, deleted};
use crate::config::ConfigKey;
use crate::facts::{FileFacts, Macros};
use crate::manifest::{Engine, Manifest};
use crate::scan::{Definition, Origin, Place, Scan};

/// The overlay while it is made.
pub(super) struct Laying<'a> {
    manifest: &'a Manifest,
    scan: &'a Scan,
    overlay: Overlay,
    macros: Macros<'a>,
    differing: BTreeSet<String>,
    /// The nodes whose text is read anew: the definition, and what the manifest has.
    changed: HashMap<UniqueId, (&'a Definition, Option<&'a Node>)>,
    /// The manifest's nodes by id.
    parsed: HashMap<&'a UniqueId, &'a Node>,
    /// The ids that nodes of the manifest have now, where another.
    now: HashMap<&'a UniqueId, UniqueId>,
    /// The ids that files disable, in one file at least.
    disabled_ids: HashSet<&'a UniqueId>,
}

impl<'a> Laying<'a> {
    pub(super) fn new(manifest: &'a Manifest, scan: &'a Scan, pairing: &Pairing) -> Laying<'a> {
        let n_nodes = pairing.fates.len() + pairing.new.len();
        Laying {
            manifest,
            scan,
            overlay: Overlay {
                nodes: Vec::with_capacity(n_nodes),
                ..Overlay::default()
            },
            macros: scan.macros(),
            differing: BTreeSet::new(),
            changed: HashMap::new(),
            parsed: manifest.nodes.iter().map(|it| (&it.id, it)).collect(),
            now: HashMap::new(),
            disabled_ids: scan.disabled.iter().map(|it| &it.id).collect(),
        }
    }

    /// Adds a node of the manifest as it is by now.
    pub(super) fn lay(&mut self, node: &'a Node, fate: Fate) {
        let scan = self.scan;
        let definition = |n: usize| &scan.definitions[n];
        let laid = match fate {
            Fate::Untouched => node.clone(),
            Fate::Missing => self.missing(node),
            Fate::TextOf(n) => self.text_of(node, definition(n)),
            Fate::Now(n) if node.kind == NodeKind::Source => self.source(node, definition(n)),
            Fate::Now(n) => self.now(node, definition(n)),
            Fate::Disabled(n) => self.disabled(node, definition(n)),
            Fate::Renamed(n) => self.renamed(node, definition(n)),
        };
        self.overlay.nodes.push(laid);
    }

    /// Adds a node that the manifest does not have.
    pub(super) fn add(&mut self, n: usize) {
        let scan = self.scan;
        let definition = &scan.definitions[n];
        self.differs(definition, &definition.path);
        self.changed
            .insert(definition.id.clone(), (definition, None));
        self.overlay.nodes.push(definition.node());
    }

    /// Adds what is disabled: by the manifest, where its files are not known to say
    /// otherwise, and by the files.
    pub(super) fn disable(&mut self, scanned: &[&str]) {
        let scan = self.scan;
        let unread = Unread::of(scan);
        let nodes = self.overlay.nodes.iter();
        let enabled: HashSet<(&UniqueId, &str)> =
            nodes.map(|it| (&it.id, it.path.as_str())).collect();
        let mut all = BTreeMap::new();
        for it in &self.manifest.disabled {
            let is_there = !scanned.contains(&it.package.as_str())
                || scan.file(&it.package, &it.path).is_some()
                || unread.has(&it.package, &it.path);
            if is_there && !enabled.contains(&(&it.id, it.path.as_str())) {
                all.insert((&it.id, it.path.as_str()), it);
            }
        }
        for it in &scan.disabled {
            let place = (&it.id, it.path.as_str());
            if !enabled.contains(&place) {
                all.entry(place).or_insert(it);
            }
        }
        self.overlay.disabled = all.into_values().cloned().collect();
    }

    /// Reads what changed anew, and gives the overlay.
    pub(super) fn finish(mut self, then: &dyn Fn(&str) -> Option<FileFacts>) -> Overlay {
        self.overlay.pending.sort();
        self.overlay.differing = std::mem::take(&mut self.differing).into_iter().collect();
        self.follow_renamed();
        if !self.changed.is_empty() {
            self.read_changed(then);
        }
        self.overlay
    }

    /// Nodes that got another id are read under that one.
    fn follow_renamed(&mut self) {
        if self.now.is_empty() {
            return;
        }
        let nodes = self.overlay.nodes.iter_mut();
        for id in nodes.flat_map(|it| &mut it.depends_on) {
            if let Some(now) = self.now.get(id) {
                id.clone_from(now);
            }
        }
    }

    fn read_changed(&mut self, then: &dyn Fn(&str) -> Option<FileFacts>) {
        let nodes = Nodes::new(&self.scan.root, std::mem::take(&mut self.overlay.nodes));
        let reading = Reading {
            nodes: &nodes,
            macros: &self.macros,
            parsed: &self.parsed,
            now: &self.now,
            root: &self.scan.root,
            then,
        };
        let changed = self.changed.iter();
        let read: HashMap<&UniqueId, (Vec<UniqueId>, bool)> = changed
            .map(|(id, (now, node))| (id, reading.edges(now, *node)))
            .collect();
        self.overlay.nodes = nodes.into_vec();
        for node in &mut self.overlay.nodes {
            if let Some((depends_on, reads_unknown)) = read.get(&node.id) {
                node.depends_on.clone_from(depends_on);
                node.reads_unknown = *reads_unknown;
            }
        }
    }

    fn missing(&mut self, node: &Node) -> Node {
        self.differing.insert(self.shown(&node.package, &node.path));
        if node.kind != NodeKind::Source {
            self.overlay.pending.extend(deleted(node));
        }
        Node {
            standing: Standing::Missing,
            ..node.clone()
        }
    }

    /// A node of which only the text is known.
    fn text_of(&mut self, node: &'a Node, now: &'a Definition) -> Node {
        let mut laid = node.clone();
        if is_same_text(node, now) == Some(false) {
            self.differs(now, &now.path);
            laid.standing = Standing::Edited;
            self.changed.insert(node.id.clone(), (now, Some(node)));
        }
        self.move_to(&mut laid, now);
        laid
    }

    /// Notes where the node is by now.
    fn move_to(&mut self, laid: &mut Node, now: &Definition) {
        if laid.path != now.path {
            self.differs(now, &laid.path);
            self.differs(now, &now.path);
            laid.path.clone_from(&now.path);
        }
    }

    fn source(&mut self, node: &'a Node, now: &'a Definition) -> Node {
        let mut laid = node.clone();
        self.move_to(&mut laid, now);
        if is_redeclared(node, now) {
            self.differs(now, &now.path);
            laid.standing = Standing::Edited;
        }
        laid
    }

    fn now(&mut self, node: &'a Node, now: &'a Definition) -> Node {
        let mut laid = node.clone();
        let keys = self.keys(node, now);
        let change = self.change(node, now, &keys);
        if self.place(&mut laid, node, now, &change) {
            laid.standing = Standing::Edited;
        }
        self.overlay.pending.extend(change.configured());
        laid
    }

    fn disabled(&mut self, node: &'a Node, now: &'a Definition) -> Node {
        let mut laid = node.clone();
        let keys = [ConfigKey::Enabled];
        let change = self.change(node, now, &keys);
        self.place(&mut laid, node, now, &change);
        laid.standing = Standing::Edited;
        if node.kind != NodeKind::Source {
            self.overlay.pending.extend(change.disabled());
        }
        laid
    }

    fn renamed(&mut self, node: &'a Node, now: &'a Definition) -> Node {
        let mut laid = node.clone();
        let keys = self.keys(node, now);
        let change = self.change(node, now, &keys);
        self.place(&mut laid, node, now, &change);
        laid.standing = Standing::Edited;
        laid.id = now.id.clone();
        laid.name.clone_from(&now.name);
        laid.version.clone_from(&now.version);
        laid.latest_version.clone_from(&now.latest_version);
        self.overlay.pending.extend(change.renamed());
        self.differs(now, &now.path);
        self.now.insert(&node.id, now.id.clone());
        self.overlay.renamed.insert(now.id.clone(), node.id.clone());
        laid
    }

    fn keys(&self, node: &Node, now: &Definition) -> Vec<ConfigKey> {
        let Some(before) = self.manifest.configs.get(&node.id) else {
            return Vec::new();
        };
        let mut keys = differing_keys(before, now, is_same_text(node, now));
        if !keys.is_empty() && now.reads_through(&self.macros).calls_macros {
            keys.retain(|key| !may_be_set_elsewhere(before, now, *key));
        }
        if self.manifest.metadata.engine == Engine::Fusion && self.disabled_ids.contains(&now.id) {
            // Fusion lets an entry describe the disabled file of its name instead.
            keys.retain(|key| now.origins.of(*key) != Origin::Properties);
        }
        keys
    }

    fn change<'c>(&self, node: &'c Node, now: &'c Definition, keys: &'c [ConfigKey]) -> Change<'c> {
        Change {
            node,
            now,
            keys,
            is_text_new: is_same_text(node, now) == Some(false),
            schema_depends_on_target: self.scan.schema_depends_on_target,
        }
    }

    /// Notes where the node's files are by now and what they say otherwise; whether they
    /// say anything otherwise.
    fn place(
        &mut self,
        laid: &mut Node,
        node: &'a Node,
        now: &'a Definition,
        change: &Change<'_>,
    ) -> bool {
        let mut is_edited = !change.keys.is_empty();
        for path in change.deciding_files() {
            self.differs(now, &path);
        }
        if change.is_text_new && !self.is_same_entry(node, now) {
            is_edited = true;
            self.differs(now, &now.path);
            self.changed.insert(now.id.clone(), (now, Some(node)));
        }
        self.move_to(laid, now);
        let described = now.properties_path.as_ref();
        if let Some(path) = described.filter(|it| Some(*it) != node.properties_path.as_ref()) {
            self.differs(now, path);
            laid.properties_path = Some(path.clone());
        }
        if now.latest_version.is_some() && now.latest_version != node.latest_version {
            is_edited = true;
            self.differs(now, described.unwrap_or(&now.path));
            laid.latest_version.clone_from(&now.latest_version);
        }
        is_edited
    }

    /// Whether an entry of a properties file reads what it read: the checksum is of the
    /// whole file, which changes with any other entry.
    fn is_same_entry(&self, node: &Node, now: &Definition) -> bool {
        let Some(reads) = now.reads().filter(|it| !it.has_unknown) else {
            return false;
        };
        let is_read = |id: &UniqueId| {
            let parent = self.parsed.get(id);
            parent.is_some_and(|parent| reads.targets.iter().any(|it| means(it, parent)))
        };
        matches!(now.place, Place::Entry(_))
            && reads.targets.len() == node.depends_on.len()
            && node.depends_on.iter().all(is_read)
    }

    fn differs(&mut self, now: &Definition, path: &str) {
        self.differing.insert(self.shown(&now.package, path));
    }

    fn shown(&self, package: &str, path: &str) -> String {
        if package == self.scan.root {
            path.to_owned()
        } else {
            format!("{package}/{path}")
        }
    }
}

//! Which node of a manifest is which definition of the files.
//!
//! By id first, as dbt does. What is left on both sides is one node under two ids where it
//! stands in one file, or where one file's text is now in another.

use std::collections::{HashMap, HashSet};

use lineage::{Node, NodeKind, UniqueId};

use super::compare;
use crate::config::{ConfigKey, Said};
use crate::facts::{PropertyFacts, Says};
use crate::manifest::Manifest;
use crate::scan::{Definition, Origin, Place, Scan, State};

/// What became of a node of the manifest; the numbers are of [`Scan`]'s definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Its files were not read, or say what they said.
    Untouched,
    /// This defines it now.
    Now(usize),
    /// This is its text; what a properties file says of it is not known.
    TextOf(usize),
    /// This disables it now.
    Disabled(usize),
    /// This is the node, under another id.
    Renamed(usize),
    /// Nothing defines it.
    Missing,
}

/// How the nodes of a manifest and the definitions of files belong together.
#[derive(Debug)]
pub(super) struct Pairing {
    /// What became of each node of the manifest.
    pub(super) fates: Vec<Fate>,
    /// The definitions that the manifest does not have.
    pub(super) new: Vec<usize>,
}

/// What pairing looks things up in.
struct Lookup<'a> {
    manifest: &'a Manifest,
    scan: &'a Scan,
    unread: Unread<'a>,
    by_id: HashMap<&'a UniqueId, Vec<usize>>,
    by_path: HashMap<(&'a str, &'a str), Vec<usize>>,
    was_disabled: HashSet<(&'a UniqueId, &'a str)>,
    /// The files of what was disabled, by package and path.
    disabled_files: HashSet<(&'a str, &'a str)>,
}

impl Pairing {
    pub(super) fn of(manifest: &Manifest, scan: &Scan, scanned: &[&str]) -> Pairing {
        let lookup = Lookup::of(manifest, scan);
        let scanned: HashSet<&str> = scanned.iter().copied().collect();
        let is_compared =
            |node: &Node| scanned.contains(node.package.as_str()) && !node.path.is_empty();
        let nodes = manifest.nodes.iter();
        let fates = nodes.map(|node| match is_compared(node) {
            true => lookup.fate(node),
            false => Fate::Untouched,
        });
        let mut pairing = Pairing {
            fates: fates.collect(),
            new: Vec::new(),
        };
        pairing.new = lookup.left(&pairing.fates);
        pairing.join_by_path(&lookup);
        pairing.join_by_text(&lookup);
        pairing
    }

    /// Joins what is left on both sides of one file: a model that got versions, a snapshot
    /// that got another name.
    fn join_by_path(&mut self, lookup: &Lookup<'_>) {
        self.join(lookup, |node_or_new| match node_or_new {
            Side::Node(node) => Some((node.package.clone(), node.kind, node.path.clone())),
            Side::New(new) => Some((new.package.clone(), new.kind, new.path.clone())),
        });
    }

    /// Joins a file that is gone and one that is new where both have one text, which no
    /// other file has.
    fn join_by_text(&mut self, lookup: &Lookup<'_>) {
        if self.new.is_empty() || !self.fates.contains(&Fate::Missing) {
            return;
        }
        let texts = Texts::of(lookup);
        self.join(lookup, |node_or_new| {
            let (package, kind, text) = match node_or_new {
                Side::Node(node) => (&node.package, node.kind, node.checksum.as_ref()?),
                Side::New(new) if new.place == Place::File => {
                    (&new.package, new.kind, texts.now(new)?)
                }
                Side::New(_) => return None,
            };
            texts
                .is_telling(text)
                .then(|| (package.clone(), kind, text.clone()))
        });
    }

    /// Joins what is missing and what is new where both have a key that nothing else has.
    fn join<K: std::hash::Hash + Eq>(
        &mut self,
        lookup: &Lookup<'_>,
        key: impl Fn(Side<'_>) -> Option<K>,
    ) {
        let mut sides: HashMap<K, (Vec<usize>, Vec<usize>)> = HashMap::new();
        let nodes = lookup.manifest.nodes.iter().enumerate();
        for (n, node) in nodes {
            let is_left = self.fates[n] == Fate::Missing && node.kind != NodeKind::Source;
            if let Some(key) = is_left.then(|| key(Side::Node(node))).flatten() {
                sides.entry(key).or_default().0.push(n);
            }
        }
        for &n in &self.new {
            let new = &lookup.scan.definitions[n];
            let is_left = new.kind != NodeKind::Source;
            if let Some(key) = is_left.then(|| key(Side::New(new))).flatten() {
                sides.entry(key).or_default().1.push(n);
            }
        }
        let pairs = sides.into_values().filter_map(|(missing, new)| {
            match (missing.as_slice(), new.as_slice()) {
                ([missing], [new]) => Some((*missing, *new)),
                _ => None,
            }
        });
        let pairs: HashMap<usize, usize> = pairs.collect();
        for (&missing, &new) in &pairs {
            self.fates[missing] = Fate::Renamed(new);
        }
        let joined: HashSet<usize> = pairs.into_values().collect();
        self.new.retain(|n| !joined.contains(n));
    }
}

/// A thing to be joined.
enum Side<'s> {
    Node(&'s Node),
    New(&'s Definition),
}

impl<'a> Lookup<'a> {
    fn of(manifest: &'a Manifest, scan: &'a Scan) -> Lookup<'a> {
        let n = scan.definitions.len();
        let mut by_id: HashMap<_, Vec<usize>> = HashMap::with_capacity(n);
        let mut by_path: HashMap<_, Vec<usize>> = HashMap::with_capacity(n);
        for (n, definition) in scan.definitions.iter().enumerate() {
            by_id.entry(&definition.id).or_default().push(n);
            let path = (definition.package.as_str(), definition.path.as_str());
            by_path.entry(path).or_default().push(n);
        }
        let disabled = manifest.disabled.iter();
        Lookup {
            manifest,
            scan,
            unread: Unread::of(scan),
            by_id,
            by_path,
            was_disabled: disabled
                .clone()
                .map(|it| (&it.id, it.path.as_str()))
                .collect(),
            disabled_files: disabled
                .map(|it| (it.package.as_str(), it.path.as_str()))
                .collect(),
        }
    }

    fn fate(&self, node: &Node) -> Fate {
        if self.unread.has(&node.package, &node.path) {
            return Fate::Untouched;
        }
        let defined = self.by_id.get(&node.id).map_or(&[][..], Vec::as_slice);
        let enabled = self.enabled(node, defined);
        if self.is_description_unknown(node, enabled) {
            return self.fate_by_text(node, enabled);
        }
        if let Some(n) = enabled {
            return Fate::Now(n);
        }
        match self.disabled(node, defined) {
            Some(n) if self.is_misread(node, n) => Fate::Untouched,
            Some(n) => Fate::Disabled(n),
            None if self.is_overlooked(node) => Fate::Untouched,
            None => Fate::Missing,
        }
    }

    /// Whether the properties file that described the node cannot be read, or not what it
    /// says of this node.
    fn is_description_unknown(&self, node: &Node, now: Option<usize>) -> bool {
        let Some(path) = node.properties_path.as_deref() else {
            return false;
        };
        let is_described = now.is_some_and(|n| {
            let definition = &self.scan.definitions[n];
            definition.properties_path.is_some()
        });
        let full = format!("{}/{path}", node.package);
        self.unread.has(&node.package, path) || !is_described && self.scan.is_partly_read(&full)
    }

    /// Of the definitions that are not disabled, the one at the node's own path first.
    fn enabled(&self, node: &Node, defined: &[usize]) -> Option<usize> {
        let definition = |n: usize| &self.scan.definitions[n];
        let is_enabled = |n: &usize| definition(*n).config.enabled != Said::Is(false);
        let mut enabled = defined.iter().copied().filter(is_enabled);
        let rest = enabled.clone();
        enabled
            .find(|&n| definition(n).path == node.path)
            .or_else(|| rest.clone().find(|&n| definition(n).state == State::Node))
            .or_else(|| rest.clone().next())
    }

    /// The definition that disables the node: not one that was disabled all along.
    fn disabled(&self, node: &Node, defined: &[usize]) -> Option<usize> {
        let path = |n: usize| self.scan.definitions[n].path.as_str();
        let is_news = |n: usize| !self.was_disabled.contains(&(&node.id, path(n)));
        let mut all = defined.iter().copied();
        let own = all.clone().find(|&n| path(n) == node.path);
        own.or_else(|| all.find(|&n| is_news(n)))
    }

    /// Whether that files disable the node cannot be held against the manifest.
    fn is_misread(&self, node: &Node, n: usize) -> bool {
        let definition = &self.scan.definitions[n];
        let is_same_text = compare::is_same_text(node, definition);
        !compare::is_claimed(definition, ConfigKey::Enabled, is_same_text)
    }

    /// Whether the node is in its file though it was not found there: the file is as dbt
    /// parsed it, or has entries of whose names only dbt knows.
    fn is_overlooked(&self, node: &Node) -> bool {
        let Some(file) = self.scan.file(&node.package, &node.path) else {
            return false;
        };
        let is_parsed = node.checksum.as_ref().is_some_and(|it| file.is_text_of(it));
        match &file.says {
            Says::Properties(facts) => facts.has_unknown || is_override(facts, node),
            // A file may be another node by what describes it, but not none.
            _ => is_parsed && (node.kind == NodeKind::Snapshot || self.at(node).is_empty()),
        }
    }

    /// What the node's own file says, where what describes it cannot be read: it may have
    /// another id by that, or be disabled. `moved` is what has its id elsewhere.
    fn fate_by_text(&self, node: &Node, moved: Option<usize>) -> Fate {
        let is_it = |definition: &Definition| match definition.place {
            Place::File => true,
            Place::Block(_) => definition.name == node.name,
            Place::Entry(_) | Place::Table(..) => false,
        };
        let here = self.at(node);
        match here.into_iter().find(|&n| is_it(&self.scan.definitions[n])) {
            Some(n) => Fate::TextOf(n),
            None if self.scan.file(&node.package, &node.path).is_some() => Fate::Untouched,
            None => moved.map_or(Fate::Missing, Fate::TextOf),
        }
    }

    /// The definitions of the node's kind at its path.
    fn at(&self, node: &Node) -> Vec<usize> {
        let path = (node.package.as_str(), node.path.as_str());
        let here = self.by_path.get(&path).map_or(&[][..], Vec::as_slice);
        let is_its = |n: &usize| self.scan.definitions[*n].kind == node.kind;
        here.iter().copied().filter(is_its).collect()
    }

    /// The definitions that no node of the manifest is.
    fn left(&self, fates: &[Fate]) -> Vec<usize> {
        let known: HashSet<&UniqueId> = self.manifest.nodes.iter().map(|it| &it.id).collect();
        let texts = fates.iter().filter_map(|fate| match fate {
            Fate::TextOf(n) => Some(*n),
            _ => None,
        });
        let taken: HashSet<usize> = texts.collect();
        let is_left = |(n, definition): &(usize, &Definition)| {
            definition.state == State::Node
                && !known.contains(&definition.id)
                && !taken.contains(n)
                && !self.may_still_be_disabled(definition)
        };
        let all = self.scan.definitions.iter().enumerate();
        all.filter(is_left).map(|(n, _)| n).collect()
    }

    /// Whether dbt left it out, and only dbt or a file that cannot be read can tell whether
    /// that is so still.
    fn may_still_be_disabled(&self, definition: &Definition) -> bool {
        let place = (definition.package.as_str(), definition.path.as_str());
        let is_unsaid = definition.properties_path.is_none() && !self.unread.0.is_empty();
        let is_unknown = definition.config.enabled == Said::Unknown
            || definition.origins.of(ConfigKey::Enabled) == Origin::Environment;
        self.disabled_files.contains(&place) && (is_unknown || is_unsaid)
    }
}

/// Whether the source is declared by an entry with `overrides`, which Fusion takes for a
/// source of the file's own package.
fn is_override(facts: &PropertyFacts, node: &Node) -> bool {
    let mut sources = facts.sources.iter();
    sources.any(|source| {
        source.overrides != Said::Nothing
            && node.source_name.as_ref() == Some(&source.name)
            && source.tables.iter().any(|it| it.name == node.name)
    })
}

/// Files and folders that could not be read.
pub(super) struct Unread<'a>(HashSet<&'a str>);

impl<'a> Unread<'a> {
    pub(super) fn of(scan: &'a Scan) -> Unread<'a> {
        let unread = scan.unread.iter().map(String::as_str);
        Unread(unread.filter(|it| !scan.is_partly_read(it)).collect())
    }

    /// Whether the file, or a folder that it is in, is among them.
    pub(super) fn has(&self, package: &str, path: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let full = format!("{package}/{path}");
        let folders = full.match_indices('/').map(|(end, _)| &full[..end]);
        folders.chain([full.as_str()]).any(|it| self.0.contains(it))
    }
}

/// How often each text occurs, then and now.
struct Texts<'a> {
    then: HashMap<&'a str, usize>,
    now: HashMap<&'a str, usize>,
    /// A new file's checksum as the manifest has it, line ends aside.
    as_parsed: HashMap<&'a str, &'a String>,
}

impl<'a> Texts<'a> {
    fn of(lookup: &Lookup<'a>) -> Texts<'a> {
        let mut texts = Texts {
            then: HashMap::new(),
            now: HashMap::new(),
            as_parsed: HashMap::new(),
        };
        let nodes = lookup.manifest.nodes.iter();
        let sums: Vec<&String> = nodes.filter_map(|it| it.checksum.as_ref()).collect();
        for sum in &sums {
            *texts.then.entry(sum).or_default() += 1;
        }
        let known: HashMap<&str, &String> = sums.iter().map(|it| (it.as_str(), *it)).collect();
        let files = lookup.scan.definitions.iter();
        for it in files.filter(|it| it.place == Place::File) {
            let own = &it.file.checksum;
            let mut all = std::iter::once(own).chain(&it.file.other_line_ends);
            if let Some(sum) = all.find_map(|it| known.get(it.as_str())) {
                *texts.now.entry(sum).or_default() += 1;
                texts.as_parsed.insert(own, sum);
            }
        }
        texts
    }

    fn now(&self, new: &Definition) -> Option<&'a String> {
        self.as_parsed.get(new.file.checksum.as_str()).copied()
    }

    /// Whether the text tells its node from any other: an empty one does not.
    fn is_telling(&self, text: &str) -> bool {
        let once = |texts: &HashMap<&str, usize>| texts.get(text) == Some(&1);
        once(&self.then) && once(&self.now) && text != crate::manifest::checksum("")
    }
}
